//! Which event classes a set of subscriptions needs, for a mask that follows the listeners.

use std::collections::BTreeSet;

use crate::glob::Glob;

/// `name<TAB>class[,class]`, from the documentation and the source of Asterisk 20 to 23.
const TABLE: &str = include_str!("event_classes.tsv");

/// The value of `EventMask`: `off` for no subscription, `on` where an event's class is not known.
pub(super) fn mask_for<'a>(
    names: impl Iterator<Item = &'a Glob>,
    needs_calls: bool,
    more: &'static str,
) -> String {
    let mut classes: BTreeSet<_> = more.split_terminator(',').collect();
    if needs_calls {
        classes.insert("call");
    }
    for name in names {
        let mut is_known = false;
        for (event, of_event) in rows() {
            if name.matches(event.as_bytes()) {
                is_known = true;
                classes.extend(of_event.split(','));
            }
        }
        if !is_known || name.pattern().iter().all(|&byte| byte == b'*') {
            return "on".to_owned();
        }
    }
    if classes.is_empty() { "off".to_owned() } else { classes.into_iter().collect::<Vec<_>>().join(",") }
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::EVENT_CLASSES;

    fn mask(names: &[&str], needs_calls: bool) -> String {
        let names: Vec<_> = names.iter().map(Glob::any_case).collect();
        mask_for(names.iter(), needs_calls, "")
    }

    #[test]
    fn a_mask_has_the_classes_of_all_names() {
        assert_eq!(mask(&["hangup", "FullyBooted"], false), "call,system");
        assert_eq!(mask(&["Queue*"], false), "agent");
        assert_eq!(mask(&[], false), "off");
        assert_eq!(mask(&[], true), "call");
    }

    #[test]
    fn a_name_that_is_not_known_asks_for_everything() {
        assert_eq!(mask(&["Hangup", "MyModuleEvent"], false), "on");
        assert_eq!(mask(&["*"], false), "on");
    }

    #[test]
    fn every_class_of_the_table_is_one_of_asterisk() {
        for (event, classes) in rows() {
            for class in classes.split(',') {
                assert!(EVENT_CLASSES.contains(&class), "{event}: {class}");
            }
        }
        assert!(rows().count() > 150);
    }
}
