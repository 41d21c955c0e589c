//! Which event classes a set of subscriptions needs, for a mask that follows the listeners.

use std::collections::BTreeSet;

use crate::glob::Glob;
use crate::node::AutoMask;

/// `name<TAB>class[,class]`, from the documentation and the source of Asterisk 20 to 23.
const TABLE: &str = include_str!("event_classes.tsv");

/// The values of `EventMask`: `off` for no subscription, `on` where an event's class is not known.
pub(super) fn mask_for<'a>(names: impl Iterator<Item = &'a Glob>, needs_calls: bool) -> AutoMask {
    let mut classes = BTreeSet::new();
    let mut needs_newexten = false;
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
            return AutoMask::of_any_version("on");
        }
        needs_newexten |= name.matches(b"Newexten");
    }
    let usual = listed(&classes);
    if needs_newexten {
        classes.insert("call");
    }
    AutoMask { usual, with_newexten_as_call: listed(&classes) }
}

fn listed(classes: &BTreeSet<&str>) -> String {
    if classes.is_empty() { "off".to_owned() } else { classes.iter().copied().collect::<Vec<_>>().join(",") }
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::EVENT_CLASSES;

    fn masks(names: &[&str], needs_calls: bool) -> AutoMask {
        let names: Vec<_> = names.iter().map(Glob::any_case).collect();
        mask_for(names.iter(), needs_calls)
    }

    fn mask(names: &[&str], needs_calls: bool) -> String {
        let masks = masks(names, needs_calls);
        assert_eq!(masks.usual, masks.with_newexten_as_call);
        masks.usual
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
    fn newexten_is_asked_for_as_a_call_too_where_it_may_be_one() {
        for name in ["newexten", "New*"] {
            let masks = masks(&[name, "Hangup"], false);
            assert_eq!(masks.usual, "call,dialplan");
            assert_eq!(masks.with_newexten_as_call, "call,dialplan");
        }
        let masks = masks(&["NewExten", "VarSet"], false);
        assert_eq!(
            (masks.usual.as_str(), masks.with_newexten_as_call.as_str()),
            ("dialplan", "call,dialplan")
        );
        assert_eq!(mask(&["VarSet"], false), "dialplan", "which is of that class everywhere");
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
