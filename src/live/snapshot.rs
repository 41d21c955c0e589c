//! The state of a channel in an event or in a list item.

use std::time::Duration;

use super::texts::Packed;

/// A text of a channel, in the order in which Asterisk sends them.
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

pub(super) const FIELDS: usize = Field::ApplicationData as usize + 1;

impl Field {
    /// True for the texts for which Asterisk writes `<unknown>` if it has none.
    pub(super) fn may_be_unknown(self) -> bool {
        matches!(self, Self::CallerNumber | Self::CallerName | Self::ConnectedNumber | Self::ConnectedName)
    }

    /// True for the texts that Asterisk escapes.
    pub(super) fn is_escaped(self) -> bool {
        matches!(self, Self::CallerName | Self::ConnectedName)
    }
}

/// A channel's state in a frame, as `ast_manager_build_channel_state_string_prefix` writes it
/// (`manager_channels.c`). Headers that the frame lacks are empty.
pub(super) struct Snapshot<'f> {
    /// The texts in the order of [`Field`]: unescaped, and empty if Asterisk writes `<unknown>`.
    pub(super) texts: &'f Packed<FIELDS>,
    pub(super) state: Option<u8>,
    /// The cause of a `Hangup`.
    pub(super) cause: Option<u16>,
    /// The age of the channel in a list item: `Duration` of `CoreShowChannels`, `Seconds` of `Status`.
    pub(super) age: Option<Duration>,
    /// The id of the bridge in a list item.
    pub(super) bridge_id: &'f [u8],
}

/// Channel state `Up` (include/asterisk/channelstate.h).
const UP: u8 = 6;
/// Channel state `Ringing`.
pub(super) const RINGING: u8 = 5;

impl<'f> Snapshot<'f> {
    /// One of the texts, cut at its bound.
    pub(super) fn text(&self, field: Field) -> &'f [u8] {
        self.texts.get(field as usize)
    }

    pub(super) fn unique_id(&self) -> &'f [u8] {
        self.text(Field::UniqueId)
    }

    pub(super) fn linked_id(&self) -> &'f [u8] {
        self.text(Field::LinkedId)
    }

    /// True if the snapshot has an application: of the channel's own events only `Newexten` has one.
    pub(super) fn has_application(&self) -> bool {
        !self.text(Field::Application).is_empty()
    }

    pub(super) fn is_ringing(&self) -> bool {
        self.state == Some(RINGING)
    }

    pub(super) fn is_up(&self) -> bool {
        self.state == Some(UP)
    }
}
