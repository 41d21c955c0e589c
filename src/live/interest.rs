//! Which events the model reads.

/// An event that says something to the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Own(Own),
    BridgeCreate,
    BridgeDestroy,
    BridgeEnter,
    BridgeLeave,
    LocalBridge,
    DialBegin,
    DialState,
    DialEnd,
    Hold,
    Unhold,
    BlindTransfer,
    AttendedTransfer,
    Pickup,
    /// The server may answer now what it did not know before.
    Booted,
    /// Configuration was read anew, which changes things without events.
    Reload,
}

/// The events that are a channel's own and carry its whole state (`channel_snapshot_update`, `manager_channels.c`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    New,
    State,
    Other,
    /// Of class `dialplan`, the others are of class `call`.
    Exten,
    Hangup,
}

impl Event {
    /// By name, as Asterisk spells it.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"Newexten" => Self::Own(Own::Exten),
            b"Newstate" => Self::Own(Own::State),
            b"NewCallerid" | b"NewConnectedLine" | b"NewAccountCode" => Self::Own(Own::Other),
            b"Newchannel" => Self::Own(Own::New),
            b"Hangup" => Self::Own(Own::Hangup),
            b"BridgeEnter" => Self::BridgeEnter,
            b"BridgeLeave" => Self::BridgeLeave,
            b"BridgeCreate" => Self::BridgeCreate,
            b"BridgeDestroy" => Self::BridgeDestroy,
            b"DialBegin" => Self::DialBegin,
            b"DialState" => Self::DialState,
            b"DialEnd" => Self::DialEnd,
            b"LocalBridge" => Self::LocalBridge,
            b"Hold" => Self::Hold,
            b"Unhold" => Self::Unhold,
            b"BlindTransfer" => Self::BlindTransfer,
            b"AttendedTransfer" => Self::AttendedTransfer,
            b"Pickup" => Self::Pickup,
            b"FullyBooted" => Self::Booted,
            b"Reload" => Self::Reload,
            _ => return None,
        })
    }

    /// True for those that are told only to who reads class `call`.
    pub(super) fn is_of_calls(self) -> bool {
        !matches!(self, Self::Own(Own::Exten) | Self::Booted | Self::Reload)
    }
}

/// The class of events that the model cannot be right without. `system` tells it of reloads.
pub const CLASSES: &str = "call";
