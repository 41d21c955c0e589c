//! One channel of the model.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use smallvec::SmallVec;

use super::keys::{BridgeKey, CallKey, ChannelKey};
use super::reference::Reference;
use super::snapshot::{FIELDS, Field, Snapshot};
use super::texts::Texts;

/// Refers to a channel while it exists, and keeps its last state afterwards.
pub type ChannelRef = Reference<ChannelKey, Channel>;

/// One channel.
///
/// An event of one of many channels finds nothing of it in the processor's caches. What nearly every event reads is
/// therefore at its beginning, together with its texts.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Channel {
    state: Option<u8>,
    pub(super) life: Life,
    pub(super) is_held: bool,
    /// Number of the last session in which an event gave its state. 0 if only lists did.
    pub(super) confirmed_session: u32,
    pub(super) call: CallKey,
    /// Unix time at which it was first known to be Up.
    pub(super) up_at: Option<Duration>,
    texts: Texts<FIELDS, TEXTS_INLINE>,
    pub(super) bridge: Option<BridgeKey>,
    /// Number of the last session in which an event gave its bridge. 0 if only lists did.
    pub(super) bridge_told: u32,
    /// Number of the last session in which an event or a list confirmed its bridge.
    pub(super) placed: u32,
    /// Number of the last list that contained it.
    pub(super) listed: u32,
    /// Unix time of its creation, as far as known.
    pub(super) created_at: Duration,
    /// The reference that was given out, if any.
    pub(super) reference: Option<ChannelRef>,
}

/// Bytes of the texts of a usual channel, so that it fills four lines of a cache.
const TEXTS_INLINE: usize = 135;

/// Whether a channel exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Alive,
    /// A list no longer contained it. Its end is reported with its `Hangup`, or after a wait for that.
    Ending,
}

/// Which texts of a snapshot are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All that an event of the channel's own has, in the session with this number: only `Newexten` has the
    /// application.
    Own { session: u32 },
    /// All.
    Whole,
    /// Those that change without an event: the application, the place in the dialplan, the Linkedid.
    Silent,
}

impl Extent {
    fn fields(self, snapshot: &Snapshot<'_>) -> Range<usize> {
        match self {
            Self::Own { .. } if !snapshot.has_application() => 0..Field::Application as usize,
            Self::Own { .. } | Self::Whole => 0..FIELDS,
            // The id among them is the same: the channel was found by it.
            Self::Silent => Field::Context as usize..FIELDS,
        }
    }
}

impl Channel {
    /// A channel that was not known, in the state of a snapshot.
    pub(super) fn new(snapshot: &Snapshot<'_>, extent: Extent, call: CallKey, now: Duration) -> Self {
        let mut channel = Self {
            state: None,
            life: Life::Alive,
            is_held: false,
            confirmed_session: 0,
            call,
            up_at: None,
            texts: Texts::default(),
            bridge: None,
            bridge_told: 0,
            placed: 0,
            listed: 0,
            created_at: snapshot.age.map_or(now, |age| now.saturating_sub(age)),
            reference: None,
        };
        channel.take(snapshot, extent, now);
        channel
    }

    /// Takes the state of a snapshot. True if something changed.
    pub(super) fn take(&mut self, snapshot: &Snapshot<'_>, extent: Extent, now: Duration) -> bool {
        let is_changed = self.texts.replace(extent.fields(snapshot), snapshot.texts);
        if extent == Extent::Silent {
            return is_changed;
        }
        if let Extent::Own { session } = extent {
            self.confirmed_session = session;
        }
        if snapshot.is_up() {
            self.up_at.get_or_insert(now);
        }
        is_changed | (std::mem::replace(&mut self.state, snapshot.state) != snapshot.state)
    }

    pub(super) fn set_name(&mut self, name: &[u8]) {
        self.texts.set(Field::Name as usize, name);
    }

    /// Sets the Linkedid, which may change without an own event. True if it is different from before.
    pub(super) fn set_linked_id(&mut self, linked_id: &[u8]) -> bool {
        self.texts.set(Field::LinkedId as usize, linked_id)
    }

    /// One of its texts. Empty if Asterisk has none.
    #[must_use]
    pub fn text(&self, field: Field) -> &[u8] {
        self.texts.get(field as usize)
    }

    /// The name, such as `PJSIP/alice-0000000a`.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        self.text(Field::Name)
    }

    /// The Uniqueid, which never changes.
    #[must_use]
    pub fn unique_id(&self) -> &[u8] {
        self.text(Field::UniqueId)
    }

    /// The Linkedid.
    #[must_use]
    pub fn linked_id(&self) -> &[u8] {
        self.text(Field::LinkedId)
    }

    /// The name without its serial number: `PJSIP/alice` of `PJSIP/alice-0000000a`.
    #[must_use]
    pub fn device(&self) -> &[u8] {
        device_of(self.name())
    }

    /// Moves the channel into its reference, as its last state.
    pub(super) fn close(mut self) {
        if let Some(reference) = self.reference.take() {
            reference.end(Arc::new(self));
        }
    }

    /// The number of its state (`ChannelState`).
    #[must_use]
    pub fn state(&self) -> Option<u8> {
        self.state
    }

    /// True for a half of a Local channel.
    #[must_use]
    pub fn is_local(&self) -> bool {
        local_half(self.name()).is_some()
    }

    /// True while it is on hold.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.is_held
    }

    /// Unix time of its creation.
    #[must_use]
    pub fn created_at(&self) -> Duration {
        self.created_at
    }

    /// Unix time at which it was first known to be Up.
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

    /// Bytes of memory of its texts.
    pub(super) fn text_memory(&self) -> usize {
        self.texts.memory()
    }
}

/// The name of a channel without its serial number.
pub(super) fn device_of(name: &[u8]) -> &[u8] {
    memchr::memrchr(b'-', name).map_or(name, |dash| &name[..dash])
}

/// The name of a Local channel without its half, and the half, `1` or `2`: `Local/1@ctx-00000001;2`.
pub(super) fn local_half(name: &[u8]) -> Option<(&[u8], u8)> {
    let (half, base) = name.split_last()?;
    let base = base.strip_suffix(b";").filter(|base| base.starts_with(b"Local/"))?;
    matches!(half, b'1' | b'2').then_some((base, *half))
}

/// The name of the other half of a Local channel.
pub(super) fn other_half(name: &[u8]) -> Option<SmallVec<[u8; 64]>> {
    let (_, half) = local_half(name)?;
    let mut other = SmallVec::from_slice(name);
    *other.last_mut()? = b'1' + b'2' - half;
    Some(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::call::Call;
    use crate::live::interest::Own;
    use crate::live::keys::Slab;
    use crate::live::state_reader::StateReader;

    fn channel(frame: &str) -> Channel {
        let call = Slab::default().insert(());
        let now = Duration::from_secs(100);
        Channel::new(&StateReader::default().event(Own::New, frame.as_bytes()), OWN, call, now)
    }

    const OWN: Extent = Extent::Own { session: 1 };

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
        let mut reader = StateReader::default();
        assert!(channel.take(&reader.item(item.as_bytes()), Extent::Silent, now));
        assert_eq!((channel.name(), channel.state()), (&b"PJSIP/a-b-00000001"[..], Some(0)));
        assert_eq!((channel.text(Field::Exten), channel.linked_id()), (&b"5"[..], &b"1.5"[..]));
        assert_eq!(channel.text(Field::ApplicationData), b"X");
        let new = reader.event(Own::State, NEW.as_bytes());
        assert!(channel.take(&new, OWN, now));
        assert_eq!(
            channel.text(Field::Application),
            b"Dial",
            "an event without an application says nothing of it"
        );
        assert!(!channel.take(&new, OWN, now), "the same again");
        let up = NEW.replace("ChannelState: 0", "ChannelState: 6");
        let renumbered = up.replace("201", "202");
        for (changed, what) in [(&up, "the state"), (&renumbered, "a text"), (&NEW.to_owned(), "both")] {
            assert!(channel.take(&reader.event(Own::State, changed.as_bytes()), OWN, now), "{what}");
        }
    }

    #[test]
    fn the_halves_of_a_local_channel_know_each_other() {
        assert_eq!(other_half(b"Local/1@a-00000001;1").as_deref(), Some(&b"Local/1@a-00000001;2"[..]));
        assert_eq!(other_half(b"Local/1@a-00000001;2").as_deref(), Some(&b"Local/1@a-00000001;1"[..]));
        for other in [&b"PJSIP/a-1;1"[..], b"Local/1@a-1", b"Local/1@a-1;3", b""] {
            assert_eq!(other_half(other), None);
        }
    }

    #[test]
    fn with_its_key_a_channel_or_a_call_takes_four_lines_of_a_cache() {
        assert_eq!((size_of::<Channel>(), size_of::<Call>()), (4 * 64 - 8, 4 * 64 - 8));
    }

    #[test]
    fn usual_texts_are_in_the_channel_itself() {
        let name = "PJSIP/trunk-of-a-provider-00000001";
        let usual = channel(&NEW.replace("PJSIP/a-b-00000001", name));
        assert_eq!((usual.name(), usual.text_memory()), (name.as_bytes(), 0));
        let long = channel(&NEW.replace("PJSIP/a-b-00000001", &"x".repeat(200)));
        assert!(long.text_memory() > 200);
    }
}
