//! The events that the model reads, and their classes.

/// An event that the model reads.
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
    /// `ParkedCall`. The channel is in a parking lot and waits in no queue.
    Parked,
    Queue(OfQueues),
    /// `FullyBooted`. Lists that the server refused while it was starting may succeed now.
    Booted,
    /// `Reload`. The server read its configuration again, which can change things without other events.
    Reload,
}

/// Events of one channel that have its whole state (`channel_snapshot_update`, `manager_channels.c`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    New,
    State,
    Other,
    /// `Newexten`, of class `dialplan`. The others have class `call`.
    Exten,
    Hangup,
}

/// The events of queues. They have class `agent` (`apps/app_queue.c`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OfQueues {
    Join,
    Leave,
    Abandon,
    MemberAdded,
    MemberRemoved,
    /// A member changed.
    Member,
    Connect,
    /// An event that changes nothing. It shows that the session receives events of class `agent`.
    Other,
}

impl Event {
    /// The event with this name, as Asterisk spells it. `None` if the model does not read it.
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
            b"ParkedCall" => Self::Parked,
            b"QueueMemberStatus"
            | b"QueueMemberPause"
            | b"QueueMemberPaused"
            | b"QueueMemberPenalty"
            | b"QueueMemberRinginuse" => Self::Queue(OfQueues::Member),
            b"QueueCallerJoin" => Self::Queue(OfQueues::Join),
            b"QueueCallerLeave" => Self::Queue(OfQueues::Leave),
            b"QueueCallerAbandon" => Self::Queue(OfQueues::Abandon),
            b"QueueMemberAdded" => Self::Queue(OfQueues::MemberAdded),
            b"QueueMemberRemoved" => Self::Queue(OfQueues::MemberRemoved),
            b"AgentConnect" => Self::Queue(OfQueues::Connect),
            b"AgentCalled" | b"AgentComplete" | b"AgentRingNoAnswer" => Self::Queue(OfQueues::Other),
            b"FullyBooted" => Self::Booted,
            b"Reload" => Self::Reload,
            _ => return None,
        })
    }

    /// True for events that only an account with class `call` in `read` receives.
    pub(super) fn is_of_calls(self) -> bool {
        !matches!(self, Self::Own(Own::Exten) | Self::Queue(_) | Self::Booted | Self::Reload)
    }
}

/// The event class that the model needs for calls. Class `system` is not needed: it adds reports of reloads.
pub const CLASSES: &str = "call";

/// The event class that the model needs for queues.
pub const QUEUE_CLASSES: &str = "agent";
