//! One caller of a queue.

use std::borrow::Cow;
use std::time::Duration;

use super::fields::{known, number, pick, plain};
use super::texts::Texts;

/// A caller that waits in a queue, as the model last saw it.
#[derive(Clone, Debug, Default)]
pub struct QueueCaller {
    texts: Texts<4>,
    pub(super) joined_at: Duration,
    /// True if a `QueueCallerJoin` event reported the caller, and not only a list.
    pub(super) was_told: bool,
}

const UNIQUE_ID: usize = 0;
const CHANNEL: usize = 1;
const NUMBER: usize = 2;
const NAME: usize = 3;

/// The headers of a caller in an event or in a list item.
pub(super) struct CallerSnapshot<'f> {
    values: [&'f [u8]; 8],
    is_item: bool,
}

/// The headers in the order of an event. Only a list has `Wait`, only an event has `Count`.
const HEADERS: [&[u8]; 8] =
    [b"Channel", b"CallerIDNum", b"CallerIDName", b"Uniqueid", b"Queue", b"Position", b"Count", b"Wait"];

impl<'f> CallerSnapshot<'f> {
    pub(super) fn of_event(frame: &'f [u8]) -> Self {
        Self { values: pick(frame, &HEADERS), is_item: false }
    }

    pub(super) fn of_item(frame: &'f [u8]) -> Self {
        Self { values: pick(frame, &HEADERS), is_item: true }
    }

    /// The caller's number and name. If one is not known, an event has `<unknown>` and a list has `unknown`. A
    /// list escapes nothing (`manager_queues_status`, `apps/app_queue.c`).
    fn party(&self) -> (&'f [u8], Cow<'f, [u8]>) {
        let [_, number, name, ..] = self.values;
        if !self.is_item {
            return (known(number), plain(known(name)));
        }
        let known = |text: &'f [u8]| if text == b"unknown" { &b""[..] } else { known(text) };
        (known(number), Cow::Borrowed(known(name)))
    }

    pub(super) fn unique_id(&self) -> &'f [u8] {
        self.values[3]
    }

    pub(super) fn queue(&self) -> &'f [u8] {
        self.values[4]
    }

    /// The caller's position. The first one is 1.
    pub(super) fn position(&self) -> Option<usize> {
        number(self.values[5])
    }

    /// Number of callers that wait after the event.
    pub(super) fn count(&self) -> Option<usize> {
        number(self.values[6])
    }

    pub(super) fn wait(&self) -> Duration {
        Duration::from_secs(number(self.values[7]).unwrap_or_default())
    }
}

impl QueueCaller {
    pub(super) fn new(snapshot: &CallerSnapshot<'_>, joined_at: Duration, was_told: bool) -> Self {
        let [channel, _, _, unique_id, ..] = snapshot.values;
        let (number, name) = snapshot.party();
        Self { texts: Texts::of([unique_id, channel, number, &name]), joined_at, was_told }
    }

    /// The Uniqueid of the caller's channel.
    #[must_use]
    pub fn unique_id(&self) -> &[u8] {
        self.texts.get(UNIQUE_ID)
    }

    /// The name of the caller's channel.
    #[must_use]
    pub fn channel(&self) -> &[u8] {
        self.texts.get(CHANNEL)
    }

    /// The caller's number when the model added the caller. Empty if Asterisk knows none.
    #[must_use]
    pub fn number(&self) -> &[u8] {
        self.texts.get(NUMBER)
    }

    /// The caller's name when the model added the caller. Empty if Asterisk knows none.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        self.texts.get(NAME)
    }

    /// Unix time at which the caller joined. It is the time of the event, or it is computed from `Wait` of a
    /// list, which has whole seconds.
    #[must_use]
    pub fn joined_at(&self) -> Duration {
        self.joined_at
    }

    /// Bytes of memory, with the entry in the index by Uniqueid.
    pub(super) fn memory(&self) -> usize {
        size_of::<Self>() + self.texts.memory() + self.unique_id().len() + ENTRY_BYTES
    }
}

/// Bytes of an entry in the index by Uniqueid: its key and its value.
const ENTRY_BYTES: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_unescaped_where_an_event_has_it_and_unknown_ones_are_empty() {
        let frame =
            b"Channel: PJSIP/a-1\r\nCallerIDNum: <unknown>\r\nCallerIDName: a\\\\b\r\nUniqueid: 1.1\r\n";
        let caller = QueueCaller::new(&CallerSnapshot::of_event(frame), Duration::ZERO, true);
        assert_eq!((caller.number(), caller.name()), (&b""[..], &b"a\\b"[..]));
        let frame =
            b"Channel: PJSIP/a-1\r\nUniqueid: 1.1\r\nCallerIDNum: unknown\r\nCallerIDName: a\\\\b\r\n";
        let caller = QueueCaller::new(&CallerSnapshot::of_item(frame), Duration::ZERO, true);
        assert_eq!((caller.number(), caller.name()), (&b""[..], &b"a\\\\b"[..]));
    }
}
