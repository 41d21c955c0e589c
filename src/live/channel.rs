//! One channel as the model knows it.

use std::sync::Arc;
use std::time::Duration;

use super::fields::{known, number, pick, pick_of, plain};
use super::keys::{BridgeKey, CallKey, ChannelKey};
use super::reference::Reference;
use super::texts::{Texts, cut};
use crate::wire::Lines;

/// A text of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Asterisk's")]
pub enum Field {
    Name,
    CallerNumber,
    CallerName,
    ConnectedNumber,
    ConnectedName,
    AccountCode,
    Context,
    Exten,
    Priority,
    UniqueId,
    LinkedId,
    Application,
    ApplicationData,
}

const FIELDS: usize = 13;

/// Refers to a channel while it is there, and keeps its last state afterwards.
pub type ChannelRef = Reference<ChannelKey, Channel>;

/// One channel.
#[derive(Clone, Debug)]
pub struct Channel {
    texts: Texts<FIELDS>,
    state: Option<u8>,
    pub(super) life: Life,
    pub(super) call: CallKey,
    pub(super) bridge: Option<BridgeKey>,
    pub(super) is_held: bool,
    /// Unix time at which it was made, as far as that is known.
    pub(super) created_at: Duration,
    /// Unix time at which it was seen to be Up first.
    pub(super) up_at: Option<Duration>,
    /// The session that told its state last, and its bridge; 0 where only a list did.
    pub(super) confirmed_session: u32,
    pub(super) bridge_told: u32,
    /// The session in which its bridge was last confirmed, by an event or a list.
    pub(super) placed: u32,
    /// The last list that had it.
    pub(super) listed: u32,
    /// Somebody refers to it.
    pub(super) reference: Option<ChannelRef>,
}

/// Whether a channel is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Alive,
    /// A list had it no more: its end is told when its `Hangup` comes, or does not.
    Ending,
}

/// What an event or a list item says of a channel's state: `ast_manager_build_channel_state_string_prefix`.
pub(super) struct Snapshot<'f> {
    values: [&'f [u8]; STATE_NAMES.len()],
    own: [&'f [u8]; OWN_NAMES.len()],
}

/// In the order in which Asterisk sends them.
const STATE_NAMES: [&[u8]; 12] = [
    b"Channel",
    b"ChannelState",
    b"CallerIDNum",
    b"CallerIDName",
    b"ConnectedLineNum",
    b"ConnectedLineName",
    b"AccountCode",
    b"Context",
    b"Exten",
    b"Priority",
    b"Uniqueid",
    b"Linkedid",
];
const NAME: usize = 0;
const STATE: usize = 1;
const CALLER_NUMBER: usize = 2;
const CALLER_NAME: usize = 3;
const CONNECTED_NUMBER: usize = 4;
const CONNECTED_NAME: usize = 5;
const ACCOUNT: usize = 6;
const CONTEXT: usize = 7;
const EXTEN: usize = 8;
const PRIORITY: usize = 9;
const UNIQUE_ID: usize = 10;
const LINKED_ID: usize = 11;

/// What follows the state: the own of one event or list each.
const OWN_NAMES: [&[u8]; 8] =
    [b"Application", b"AppData", b"ApplicationData", b"Data", b"Cause", b"Duration", b"Seconds", b"BridgeId"];
const APPLICATION: usize = 0;
const CAUSE: usize = 4;
const DURATION: usize = 5;
const SECONDS: usize = 6;
const BRIDGE_ID: usize = 7;

/// Channel state `Up` (include/asterisk/channelstate.h).
const UP: u8 = 6;
/// Channel state `Ringing`.
const RINGING: u8 = 5;

/// The state of an event as Asterisk writes it; `None` for whatever is written in another way. Names that are known
/// here are compared without a search, which is most of what the model costs.
fn state_in_order<'f>(lines: &mut Lines<'f>) -> Option<[&'f [u8]; STATE_NAMES.len()]> {
    #[inline]
    fn value<'f, const N: usize>(line: &'f [u8], name: &[u8; N]) -> Option<&'f [u8]> {
        let (first, rest) = line.split_first_chunk::<N>()?;
        (first == name).then_some(rest)
    }
    let mut next = || lines.next();
    // `Event`, `Privilege`, and a `Timestamp` where the server sends one.
    let _ = (next()?, next()?);
    let mut line = next()?;
    if value(line, b"Timestamp: ").is_some() {
        line = next()?;
    }
    let name = value(line, b"Channel: ")?;
    let state = value(next()?, b"ChannelState: ")?;
    value(next()?, b"ChannelStateDesc: ")?;
    let caller_number = value(next()?, b"CallerIDNum: ")?;
    let caller_name = value(next()?, b"CallerIDName: ")?;
    let connected_number = value(next()?, b"ConnectedLineNum: ")?;
    let connected_name = value(next()?, b"ConnectedLineName: ")?;
    value(next()?, b"Language: ")?;
    let account = value(next()?, b"AccountCode: ")?;
    let context = value(next()?, b"Context: ")?;
    let exten = value(next()?, b"Exten: ")?;
    let priority = value(next()?, b"Priority: ")?;
    let unique_id = value(next()?, b"Uniqueid: ")?;
    let linked_id = value(next()?, b"Linkedid: ")?;
    Some([
        name,
        state,
        caller_number,
        caller_name,
        connected_number,
        connected_name,
        account,
        context,
        exten,
        priority,
        unique_id,
        linked_id,
    ])
}

/// Which texts of a snapshot count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All but the application: what an event of the channel's own says.
    Own,
    /// All.
    Whole,
    /// Those that change without an event: the application, the place in the dialplan, the Linkedid.
    Silent,
}

impl<'f> Snapshot<'f> {
    pub(super) fn of(frame: &'f [u8]) -> Self {
        let mut lines = Lines::of(frame);
        match state_in_order(&mut lines) {
            Some(values) => Self { values, own: pick_of(lines, &OWN_NAMES) },
            None => Self { values: pick(frame, &STATE_NAMES), own: pick(frame, &OWN_NAMES) },
        }
    }

    pub(super) fn unique_id(&self) -> &'f [u8] {
        self.values[UNIQUE_ID]
    }

    pub(super) fn linked_id(&self) -> &'f [u8] {
        self.values[LINKED_ID]
    }

    /// True where it has the name and the id that a channel is found by.
    pub(super) fn is_named(&self, channel: &Channel) -> bool {
        cut(self.values[NAME]) == channel.name() && cut(self.unique_id()) == channel.unique_id()
    }

    pub(super) fn state(&self) -> Option<u8> {
        number(self.values[STATE])
    }

    pub(super) fn is_ringing(&self) -> bool {
        self.state() == Some(RINGING)
    }

    pub(super) fn is_up(&self) -> bool {
        self.state() == Some(UP)
    }

    pub(super) fn cause(&self) -> Option<u16> {
        number(self.own[CAUSE])
    }

    /// `Duration` of `CoreShowChannels`, `Seconds` of `Status`.
    pub(super) fn age(&self) -> Option<Duration> {
        let [duration, seconds] = [self.own[DURATION], self.own[SECONDS]];
        let text = if duration.is_empty() { seconds } else { duration };
        super::fields::seconds(text).map(Duration::from_secs)
    }

    pub(super) fn bridge_id(&self) -> &'f [u8] {
        self.own[BRIDGE_ID]
    }

    fn application_data(&self) -> &'f [u8] {
        let of_each = self.own[APPLICATION + 1..CAUSE].iter();
        of_each.copied().find(|data| !data.is_empty()).unwrap_or_default()
    }
}

impl Channel {
    /// What a snapshot says of a channel that was not known.
    pub(super) fn new(snapshot: &Snapshot<'_>, extent: Extent, call: CallKey, now: Duration) -> Self {
        let mut channel = Self {
            texts: Texts::default(),
            state: None,
            life: Life::Alive,
            call,
            bridge: None,
            is_held: false,
            created_at: snapshot.age().map_or(now, |age| now.saturating_sub(age)),
            up_at: None,
            confirmed_session: 0,
            bridge_told: 0,
            placed: 0,
            listed: 0,
            reference: None,
        };
        channel.take(snapshot, extent, now);
        channel
    }

    /// Takes the state that a snapshot has. True where anything is another than before.
    pub(super) fn take(&mut self, snapshot: &Snapshot<'_>, extent: Extent, now: Duration) -> bool {
        let values = &snapshot.values;
        let is_whole = extent != Extent::Silent;
        // `Newexten` is an own event that names the application.
        let has_application = extent != Extent::Own || !snapshot.own[APPLICATION].is_empty();
        let (caller_name, connected_name) = (plain(values[CALLER_NAME]), plain(values[CONNECTED_NAME]));
        let is_changed = self.texts.write(&[
            given(is_whole, values[NAME]),
            given(is_whole, values[CALLER_NUMBER]),
            given(is_whole, &caller_name),
            given(is_whole, values[CONNECTED_NUMBER]),
            given(is_whole, &connected_name),
            given(is_whole, values[ACCOUNT]),
            Some(values[CONTEXT]),
            Some(values[EXTEN]),
            Some(values[PRIORITY]),
            given(is_whole, values[UNIQUE_ID]),
            Some(values[LINKED_ID]),
            given(has_application, snapshot.own[APPLICATION]),
            given(has_application, snapshot.application_data()),
        ]);
        if !is_whole {
            return is_changed;
        }
        let state = snapshot.state();
        if state == Some(UP) && self.up_at.is_none() {
            self.up_at = Some(now);
        }
        std::mem::replace(&mut self.state, state) != state || is_changed
    }

    /// Its Linkedid moved without an event of its own. True where it is another than before.
    pub(super) fn set_linked_id(&mut self, linked_id: &[u8]) -> bool {
        self.texts.set(Field::LinkedId as usize, linked_id)
    }

    /// One of its texts; empty where Asterisk knows none.
    #[must_use]
    pub fn text(&self, field: Field) -> &[u8] {
        self.texts.get(field as usize)
    }

    /// `PJSIP/alice-0000000a`.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        self.text(Field::Name)
    }

    /// Its id, for its life.
    #[must_use]
    pub fn unique_id(&self) -> &[u8] {
        self.text(Field::UniqueId)
    }

    /// What Asterisk calls its call.
    #[must_use]
    pub fn linked_id(&self) -> &[u8] {
        self.text(Field::LinkedId)
    }

    /// `PJSIP/alice` of `PJSIP/alice-0000000a`: the name without what numbers the channel.
    #[must_use]
    pub fn device(&self) -> &[u8] {
        device_of(self.name())
    }

    /// Its last state, for whoever refers to it.
    pub(super) fn close(mut self) {
        if let Some(reference) = self.reference.take() {
            reference.end(Arc::new(self));
        }
    }

    /// Asterisk's number of its state.
    #[must_use]
    pub fn state(&self) -> Option<u8> {
        self.state
    }

    /// True for a half of a Local channel, which is nobody's phone.
    #[must_use]
    pub fn is_local(&self) -> bool {
        local_half(self.name()).is_some()
    }

    /// True while it is on hold.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.is_held
    }

    /// Unix time at which it was made.
    #[must_use]
    pub fn created_at(&self) -> Duration {
        self.created_at
    }

    /// Unix time at which it was seen to be Up first.
    #[must_use]
    pub fn up_at(&self) -> Option<Duration> {
        self.up_at
    }

    /// The call it belongs to.
    #[must_use]
    pub fn call(&self) -> CallKey {
        self.call
    }

    /// The bridge it is in.
    #[must_use]
    pub fn bridge(&self) -> Option<BridgeKey> {
        self.bridge
    }

    /// Bytes of memory, with its entries in two indexes.
    pub(super) fn memory(&self) -> usize {
        size_of::<Self>() + self.texts.memory() + INDEX_BYTES
    }
}

/// Two entries of four bytes and their tags, in tables that are half full.
const INDEX_BYTES: usize = 24;

fn given(is_given: bool, text: &[u8]) -> Option<&[u8]> {
    is_given.then(|| known(text))
}

/// The name of a channel without what numbers it.
pub(super) fn device_of(name: &[u8]) -> &[u8] {
    memchr::memrchr(b'-', name).map_or(name, |dash| &name[..dash])
}

/// Which half of a Local channel a name is of, and the name without it: `Local/1@ctx-00000001;2`.
pub(super) fn local_half(name: &[u8]) -> Option<(&[u8], u8)> {
    let (half, base) = name.split_last()?;
    let base = base.strip_suffix(b";").filter(|base| base.starts_with(b"Local/"))?;
    matches!(half, b'1' | b'2').then_some((base, *half))
}

/// The name of the other half of a Local channel.
pub(super) fn other_half(name: &[u8]) -> Option<Vec<u8>> {
    let (base, half) = local_half(name)?;
    Some([base, b";", &[b'1' + b'2' - half]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::keys::Slab;

    fn channel(frame: &str) -> Channel {
        let call = Slab::default().insert(());
        let now = Duration::from_secs(100);
        Channel::new(&Snapshot::of(frame.as_bytes()), Extent::Own, call, now)
    }

    const NEW: &str = "Event: Newchannel\r\nChannel: PJSIP/a-b-00000001\r\nChannelState: 0\r\nCallerIDNum: 201\r\n\
        CallerIDName: A\\tB\r\nConnectedLineNum: <unknown>\r\nUniqueid: 1.1\r\nLinkedid: 1.0\r\n";

    #[test]
    fn an_own_event_is_a_whole_state_and_names_are_as_people_wrote_them() {
        let channel = channel(NEW);
        assert_eq!((channel.device(), channel.state()), (&b"PJSIP/a-b"[..], Some(0)));
        assert_eq!(channel.text(Field::CallerName), b"A\tB");
        assert_eq!(channel.text(Field::ConnectedNumber), b"");
    }

    #[test]
    fn a_list_that_comes_after_events_changes_what_has_no_event() {
        let mut channel = channel(NEW);
        let item = "Event: CoreShowChannel\r\nChannel: other\r\nChannelState: 6\r\nExten: 5\r\nUniqueid: 1.1\r\n\
            Linkedid: 1.5\r\nApplication: Dial\r\nApplicationData: X\r\n";
        let now = Duration::from_secs(101);
        assert!(channel.take(&Snapshot::of(item.as_bytes()), Extent::Silent, now));
        assert_eq!((channel.name(), channel.state()), (&b"PJSIP/a-b-00000001"[..], Some(0)));
        assert_eq!((channel.text(Field::Exten), channel.linked_id()), (&b"5"[..], &b"1.5"[..]));
        assert_eq!(channel.text(Field::ApplicationData), b"X");
        assert!(channel.take(&Snapshot::of(NEW.as_bytes()), Extent::Own, now));
        assert_eq!(
            channel.text(Field::Application),
            b"Dial",
            "an event without an application says nothing of it"
        );
        assert!(!channel.take(&Snapshot::of(NEW.as_bytes()), Extent::Own, now), "the same again");
    }

    #[test]
    fn the_halves_of_a_local_channel_know_each_other() {
        assert_eq!(other_half(b"Local/1@a-00000001;1").unwrap(), b"Local/1@a-00000001;2");
        assert_eq!(other_half(b"Local/1@a-00000001;2").unwrap(), b"Local/1@a-00000001;1");
        for other in [&b"PJSIP/a-1;1"[..], b"Local/1@a-1", b"Local/1@a-1;3", b""] {
            assert_eq!(other_half(other), None);
        }
    }

    #[test]
    fn a_channel_of_usual_texts_takes_little() {
        assert!(size_of::<Channel>() <= 160, "{}", size_of::<Channel>());
        assert!(channel(NEW).memory() < 300);
    }
}
