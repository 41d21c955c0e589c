//! The event classes that a set of subscriptions needs, for an event mask that follows the listeners.

use crate::glob::Glob;
use crate::nearest::nearest;
use crate::node::AutoMask;
use crate::settings::EVENT_CLASSES;

/// Lines of `name<TAB>class[,class]`, from the documentation and the source of Asterisk 20 to 23.
const TABLE: &str = include_str!("event_classes.tsv");

/// A set of event classes, one bit each in the order of [`EVENT_CLASSES`]. One more bit stands for an event
/// whose class is not known, and requests all events. Another bit stands for `Newexten`, whose class differs
/// between versions of Asterisk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Classes(u32);

const _: () = assert!(matches!(EVENT_CLASSES[1].as_bytes(), b"call"), "the second class is that of calls");

/// Number of subscriptions that need each class. The names of a subscription are looked up when it is added.
#[derive(Debug, Default)]
pub(super) struct ClassCounts([u32; BITS]);

const BITS: usize = EVENT_CLASSES.len() + 2;

/// The parsed `TABLE`.
#[derive(Debug)]
pub(super) struct ClassTable(Vec<(&'static str, Classes)>);

impl Classes {
    pub(super) const CALL: Self = Self(1 << 1);
    /// The live models need `call`; `system` tells them of reloads.
    pub(super) const LIVE: Self = Self(1 | Self::CALL.0);
    /// Where they keep queues.
    pub(super) const AGENT: Self = Self(1 << 5);
    const _AGENT_IS_IN_ITS_PLACE: () = assert!(matches!(EVENT_CLASSES[5].as_bytes(), b"agent"));
    const _SYSTEM_IS_IN_ITS_PLACE: () = assert!(matches!(EVENT_CLASSES[0].as_bytes(), b"system"));
    const ALL: Self = Self(1 << EVENT_CLASSES.len());
    const NEWEXTEN: Self = Self(1 << (EVENT_CLASSES.len() + 1));

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The values of `EventMask`: `off` for no class, `on` if the class of an event is not known.
    pub(super) fn mask(self) -> AutoMask {
        let has_newexten = self.0 & Self::NEWEXTEN.0 != 0;
        let with_newexten_as_call = if has_newexten { self.and(Self::CALL) } else { self };
        AutoMask { usual: self.listed(), with_newexten_as_call: with_newexten_as_call.listed() }
    }

    fn listed(self) -> String {
        if self.0 & Self::ALL.0 != 0 {
            return "on".to_owned();
        }
        let mut names: Vec<_> = self.bits().filter_map(|at| EVENT_CLASSES.get(at).copied()).collect();
        names.sort_unstable();
        if names.is_empty() { "off".to_owned() } else { names.join(",") }
    }

    fn bits(self) -> impl Iterator<Item = usize> {
        (0..BITS).filter(move |at| self.0 & (1 << at) != 0)
    }
}

impl ClassCounts {
    /// Counts the classes of a new subscription. True if the set of needed classes changed.
    pub(super) fn add(&mut self, classes: Classes) -> bool {
        let before = self.needed();
        classes.bits().for_each(|at| self.0[at] += 1);
        self.needed() != before
    }

    /// Removes the classes of a subscription. True if the set of needed classes changed.
    pub(super) fn remove(&mut self, classes: Classes) -> bool {
        let before = self.needed();
        classes.bits().for_each(|at| self.0[at] -= 1);
        self.needed() != before
    }

    pub(super) fn needed(&self) -> Classes {
        Classes(self.0.iter().enumerate().fold(0, |bits, (at, count)| bits | (u32::from(*count > 0) << at)))
    }
}

impl ClassTable {
    pub(super) fn new() -> Self {
        Self(rows().map(|(event, classes)| (event, of_names(classes))).collect())
    }

    /// The classes of all events that these names match.
    pub(super) fn of<'a>(&self, names: impl IntoIterator<Item = &'a Glob>) -> Classes {
        names.into_iter().fold(Classes::default(), |all, name| all.and(self.of_name(name)))
    }

    pub(super) fn knows(&self, name: &str) -> bool {
        self.0.iter().any(|(event, _)| event.eq_ignore_ascii_case(name))
    }

    pub(super) fn nearest(&self, name: &str) -> Option<&'static str> {
        nearest(name, self.0.iter().map(|(event, _)| *event))
    }

    fn of_name(&self, name: &Glob) -> Classes {
        if name.pattern().iter().all(|&byte| byte == b'*') {
            return Classes::ALL;
        }
        let fitting = self.0.iter().filter(|(event, _)| name.matches(event.as_bytes()));
        let classes = fitting.fold(Classes::default(), |all, (_, classes)| all.and(*classes));
        match classes == Classes::default() {
            true => Classes::ALL,
            false if name.matches(b"Newexten") => classes.and(Classes::NEWEXTEN),
            false => classes,
        }
    }
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

/// Parses the classes of a row. An unknown class requests all events.
fn of_names(classes: &str) -> Classes {
    let bit =
        |class: &str| EVENT_CLASSES.iter().position(|known| *known == class).unwrap_or(EVENT_CLASSES.len());
    Classes(classes.split(',').fold(0, |bits, class| bits | 1 << bit(class)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masks(names: &[&str]) -> AutoMask {
        let names: Vec<_> = names.iter().map(Glob::any_case).collect();
        ClassTable::new().of(&names).mask()
    }

    fn mask(names: &[&str]) -> String {
        let masks = masks(names);
        assert_eq!(masks.usual, masks.with_newexten_as_call);
        masks.usual
    }

    #[test]
    fn a_mask_has_the_classes_of_all_names() {
        assert_eq!(mask(&["hangup", "FullyBooted"]), "call,system");
        assert_eq!(mask(&["Queue*"]), "agent");
        assert_eq!(mask(&[]), "off");
        assert_eq!(Classes::CALL.mask().usual, "call");
    }

    #[test]
    fn a_name_that_is_not_known_asks_for_everything() {
        assert_eq!(mask(&["Hangup", "MyModuleEvent"]), "on");
        assert_eq!(mask(&["*"]), "on");
    }

    #[test]
    fn counts_tell_when_the_first_comes_and_the_last_goes() {
        let (table, mut counts) = (ClassTable::new(), ClassCounts::default());
        let of = |name: &str| table.of(&[Glob::any_case(name)]);
        assert!(counts.add(of("Hangup")) && !counts.add(of("Newchannel")) && counts.add(of("*")));
        assert_eq!(counts.needed().mask().usual, "on");
        assert!(!counts.remove(of("Hangup")) && counts.remove(of("*")));
        assert_eq!(counts.needed().mask().usual, "call");
        assert!(counts.remove(of("Newchannel")));
        assert_eq!(counts.needed(), Classes::default());
    }

    #[test]
    fn newexten_is_asked_for_as_a_call_too_where_it_may_be_one() {
        for name in ["newexten", "New*"] {
            assert_eq!(masks(&[name, "Hangup"]), AutoMask::of_any_version("call,dialplan"));
        }
        let alone = masks(&["NewExten", "VarSet"]);
        assert_eq!(
            (alone.usual.as_str(), alone.with_newexten_as_call.as_str()),
            ("dialplan", "call,dialplan")
        );
        assert_eq!(mask(&["VarSet"]), "dialplan", "which is of that class everywhere");
        assert_eq!(mask(&["NewExten", "*"]), "on");
        let (table, mut counts) = (ClassTable::new(), ClassCounts::default());
        let of = |name: &str| table.of(&[Glob::any_case(name)]);
        assert!(
            counts.add(of("VarSet")) && counts.add(of("Newexten")),
            "the same class, and another one elsewhere"
        );
        assert!(counts.remove(of("Newexten")));
        assert_eq!(counts.needed().mask(), AutoMask::of_any_version("dialplan"));
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
