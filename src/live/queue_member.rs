//! One member of a queue.

use std::time::Duration;

use super::device_state::DeviceState;
use super::fields::{number, pick};
use super::texts::{Texts, cut};

/// A member of a queue: an interface that the queue calls.
#[derive(Clone, Debug, Default)]
pub struct QueueMember {
    texts: Texts<5>,
    state: Option<DeviceState>,
    is_paused: bool,
    is_in_call: bool,
    penalty: u32,
    calls_taken: u64,
    last_call: Option<Duration>,
    /// Number of the last list of queues when an event or a list named it.
    pub(super) listed: u32,
}

const INTERFACE: usize = 0;
const NAME: usize = 1;
const STATE_INTERFACE: usize = 2;
const MEMBERSHIP: usize = 3;
const PAUSE_REASON: usize = 4;

/// The headers of a member in an event or in a list item. Each has the whole state of the member
/// (`queue_member_blob_create`, `apps/app_queue.c`).
pub(super) struct MemberSnapshot<'f> {
    values: [&'f [u8]; 13],
}

/// The headers in the order of an event. A list has `Name` and `Location` instead of `MemberName` and
/// `Interface`.
const HEADERS: [&[u8]; 13] = [
    b"Queue",
    b"MemberName",
    b"Interface",
    b"StateInterface",
    b"Membership",
    b"Penalty",
    b"CallsTaken",
    b"LastCall",
    b"InCall",
    b"Status",
    b"Paused",
    b"PausedReason",
    b"Reason",
];
const LIST_HEADERS: [&[u8]; 13] = {
    let mut headers = HEADERS;
    (headers[1], headers[2]) = (b"Name", b"Location");
    headers
};

impl<'f> MemberSnapshot<'f> {
    pub(super) fn of_event(frame: &'f [u8]) -> Self {
        Self { values: pick(frame, &HEADERS) }
    }

    pub(super) fn of_item(frame: &'f [u8]) -> Self {
        Self { values: pick(frame, &LIST_HEADERS) }
    }

    pub(super) fn queue(&self) -> &'f [u8] {
        self.values[0]
    }

    pub(super) fn interface(&self) -> &'f [u8] {
        self.values[2]
    }

    fn is_paused(&self) -> bool {
        self.values[10] == b"1"
    }

    /// The reason of the pause. Empty if the member is not paused: the event of the end of a pause still has the
    /// reason, and a list does not.
    fn pause_reason(&self) -> &'f [u8] {
        let reason = if self.values[11].is_empty() { self.values[12] } else { self.values[11] };
        if self.is_paused() { reason } else { b"" }
    }
}

impl QueueMember {
    pub(super) fn new(snapshot: &MemberSnapshot<'_>) -> Self {
        let mut member = Self::default();
        member.take(snapshot);
        member
    }

    /// Takes the state of an event or a list item. True if something changed.
    pub(super) fn take(&mut self, snapshot: &MemberSnapshot<'_>) -> bool {
        let [_, name, interface, state_interface, membership, penalty, taken, last, in_call, state, ..] =
            snapshot.values;
        let texts = [interface, name, state_interface, membership, snapshot.pause_reason()];
        let is_changed = (0..texts.len()).any(|at| self.texts.get(at) != cut(texts[at]));
        let new = Self {
            texts: if is_changed { Texts::of(texts) } else { std::mem::take(&mut self.texts) },
            state: number(state).and_then(DeviceState::of_number),
            is_paused: snapshot.is_paused(),
            is_in_call: in_call == b"1",
            penalty: number(penalty).unwrap_or_default(),
            calls_taken: number(taken).unwrap_or_default(),
            last_call: number(last).filter(|last| *last != 0).map(Duration::from_secs),
            listed: self.listed,
        };
        let is_changed = is_changed || self.has_other_numbers(&new);
        *self = new;
        is_changed
    }

    fn has_other_numbers(&self, other: &Self) -> bool {
        let numbers = |member: &Self| {
            (
                (member.state, member.is_paused, member.is_in_call),
                (member.penalty, member.calls_taken, member.last_call),
            )
        };
        numbers(self) != numbers(other)
    }

    /// The interface, such as `PJSIP/alice`. It is unique within the queue.
    #[must_use]
    pub fn interface(&self) -> &[u8] {
        self.texts.get(INTERFACE)
    }

    /// The member's name. Asterisk uses the interface if no name was given.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        self.texts.get(NAME)
    }

    /// The device whose state Asterisk uses as the member's state.
    #[must_use]
    pub fn state_interface(&self) -> &[u8] {
        self.texts.get(STATE_INTERFACE)
    }

    /// The state of the member's device. `None` if the model does not know Asterisk's number.
    #[must_use]
    pub fn state(&self) -> Option<DeviceState> {
        self.state
    }

    /// True while the member is paused. The queue does not call a paused member.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// The reason of the pause. Empty if the member is not paused or no reason was given.
    #[must_use]
    pub fn pause_reason(&self) -> &[u8] {
        self.texts.get(PAUSE_REASON)
    }

    /// The penalty. Asterisk calls members with a lower penalty first.
    #[must_use]
    pub fn penalty(&self) -> u32 {
        self.penalty
    }

    /// True if the member was added while Asterisk ran (`Membership: dynamic`) and not by configuration.
    #[must_use]
    pub fn is_dynamic(&self) -> bool {
        self.texts.get(MEMBERSHIP) == b"dynamic"
    }

    /// Number of calls that the member took. Asterisk reports a change of it late, or only in the next list.
    #[must_use]
    pub fn calls_taken(&self) -> u64 {
        self.calls_taken
    }

    /// Unix time at which the member's last call ended. It can be as old as `calls_taken`.
    #[must_use]
    pub fn last_call(&self) -> Option<Duration> {
        self.last_call
    }

    /// True while the member has a call of this queue. It can be as old as `calls_taken`.
    #[must_use]
    pub fn is_in_call(&self) -> bool {
        self.is_in_call
    }

    /// True if the queue would call the member now: it is not paused, and its device is not in use or in unknown
    /// state. `QueueSummary` counts members in the same way (`apps/app_queue.c`).
    #[must_use]
    pub fn is_available(&self) -> bool {
        !self.is_paused && matches!(self.state, Some(DeviceState::NotInUse | DeviceState::Unknown))
    }

    /// Bytes of memory, with the entry in the queue.
    pub(super) fn memory(&self) -> usize {
        size_of::<Self>() + self.texts.memory() + self.interface().len() + PLACE_BYTES
    }
}

/// Two words of the key, and the part of a node that is not used.
const PLACE_BYTES: usize = 48;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_and_a_list_say_the_same_of_a_member() {
        let event = b"Event: QueueMemberPause\r\nQueue: support\r\nMemberName: Alice\r\nInterface: PJSIP/alice\r\n\
            StateInterface: PJSIP/alice\r\nMembership: dynamic\r\nPenalty: 2\r\nCallsTaken: 3\r\nLastCall: 5\r\nInCall: 1\r\n\
            Status: 2\r\nPaused: 1\r\nPausedReason: lunch\r\nReason: lunch\r\n";
        let item = b"Event: QueueMember\r\nQueue: support\r\nName: Alice\r\nLocation: PJSIP/alice\r\n\
            StateInterface: PJSIP/alice\r\nMembership: dynamic\r\nPenalty: 2\r\nCallsTaken: 3\r\nLastCall: 5\r\nInCall: 1\r\n\
            Status: 2\r\nPaused: 1\r\nPausedReason: lunch\r\n";
        let mut member = QueueMember::new(&MemberSnapshot::of_event(event));
        assert!(!member.take(&MemberSnapshot::of_item(item)));
        assert_eq!((member.interface(), member.name()), (&b"PJSIP/alice"[..], &b"Alice"[..]));
        assert_eq!((member.pause_reason(), member.penalty(), member.calls_taken()), (&b"lunch"[..], 2, 3));
        assert!(member.is_dynamic() && member.is_in_call() && member.is_paused() && !member.is_available());
        assert_eq!(member.state(), Some(DeviceState::InUse));
    }

    #[test]
    fn the_end_of_a_pause_has_no_reason_and_an_unknown_state_is_none() {
        let event =
            b"Queue: q\r\nInterface: a\r\nStatus: 17\r\nPaused: 0\r\nPausedReason: lunch\r\nLastCall: 0\r\n";
        let member = QueueMember::new(&MemberSnapshot::of_event(event));
        assert_eq!((member.pause_reason(), member.state(), member.last_call()), (&b""[..], None, None));
    }
}
