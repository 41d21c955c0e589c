//! The enums of the live model and their conversion from the core's types.

use apn_ami::live;
use ext_php_rs::builders::ModuleBuilder;
use ext_php_rs::enum_::RegisteredEnum;
use ext_php_rs::php_enum;

use super::array::{Array, Builder};
use super::enums::mirrors;

/// How far a model can be trusted.
#[php_enum]
#[php(name = "Apn\\AmiClient\\Live\\State")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    #[php(value = "stale")]
    Stale,
    #[php(value = "syncing")]
    Syncing,
    #[php(value = "current")]
    Current,
    #[php(value = "partial")]
    Partial,
    #[php(value = "deaf")]
    Deaf,
    #[php(value = "denied")]
    Denied,
}

/// Something that happened to a call.
#[php_enum]
#[php(name = "Apn\\AmiClient\\Live\\Edge")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    #[php(value = "started")]
    Started,
    #[php(value = "ringing")]
    Ringing,
    #[php(value = "answered")]
    Answered,
    #[php(value = "connected")]
    Connected,
    #[php(value = "held")]
    Held,
    #[php(value = "resumed")]
    Resumed,
    #[php(value = "transferred")]
    Transferred,
    #[php(value = "parked")]
    Parked,
    #[php(value = "merged")]
    Merged,
    #[php(value = "ended")]
    Ended,
}

/// How a call ended.
#[php_enum]
#[php(name = "Apn\\AmiClient\\Live\\Outcome")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    #[php(value = "answered")]
    Answered,
    #[php(value = "no_answer")]
    NoAnswer,
    #[php(value = "busy")]
    Busy,
    #[php(value = "congestion")]
    Congestion,
    #[php(value = "failed")]
    Failed,
    #[php(value = "cancelled")]
    Cancelled,
    #[php(value = "abandoned")]
    Abandoned,
    #[php(value = "merged")]
    Merged,
    #[php(value = "lost")]
    Lost,
}

/// State of a channel. The values are Asterisk's numbers.
#[php_enum]
#[php(name = "Apn\\AmiClient\\Live\\ChannelState")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChannelState {
    #[php(value = 0)]
    Down,
    #[php(value = 1)]
    Reserved,
    #[php(value = 2)]
    OffHook,
    #[php(value = 3)]
    Dialing,
    #[php(value = 4)]
    Ring,
    #[php(value = 5)]
    Ringing,
    #[php(value = 6)]
    Up,
    #[php(value = 7)]
    Busy,
    #[php(value = 8)]
    DialingOffHook,
    #[php(value = 9)]
    PreRing,
}

/// What a live model keeps.
#[php_enum]
#[php(name = "Apn\\AmiClient\\Live\\Kind")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    #[php(value = "calls")]
    Calls,
    #[php(value = "queues")]
    Queues,
}

/// What a device does: Asterisk's numbers.
#[php_enum]
#[php(name = "Apn\\AmiClient\\Live\\DeviceState")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeviceState {
    #[php(value = 0)]
    Unknown,
    #[php(value = 1)]
    NotInUse,
    #[php(value = 2)]
    InUse,
    #[php(value = 3)]
    Busy,
    #[php(value = 4)]
    Invalid,
    #[php(value = 5)]
    Unavailable,
    #[php(value = 6)]
    Ringing,
    #[php(value = 7)]
    RingInUse,
    #[php(value = 8)]
    OnHold,
}

/// What happened to a queue.
#[php_enum]
#[php(name = "Apn\\AmiClient\\Live\\QueueChange")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueueChange {
    #[php(value = "added")]
    Added,
    #[php(value = "joined")]
    Joined,
    #[php(value = "answered")]
    Answered,
    #[php(value = "abandoned")]
    Abandoned,
    #[php(value = "left")]
    Left,
    #[php(value = "members")]
    Members,
    #[php(value = "counters")]
    Counters,
    #[php(value = "removed")]
    Removed,
}

pub(crate) fn add(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    let module = module.enumeration::<State>().enumeration::<Edge>().enumeration::<Outcome>();
    let module = module.enumeration::<ChannelState>().enumeration::<Kind>();
    module.enumeration::<DeviceState>().enumeration::<QueueChange>()
}

mirrors!(live::State => State: Stale Syncing Current Partial Deaf Denied);
mirrors!(live::Outcome => Outcome: Answered NoAnswer Busy Congestion Failed Cancelled Abandoned Merged Lost);

mirrors!(live::DeviceState => DeviceState:
    Unknown NotInUse InUse Busy Invalid Unavailable Ringing RingInUse OnHold);
mirrors!(DeviceState => live::DeviceState:
    Unknown NotInUse InUse Busy Invalid Unavailable Ringing RingInUse OnHold);

/// Each change of a queue and its bit.
const QUEUE_CHANGES: [(QueueChange, live::QueueChanges); 8] = [
    (QueueChange::Added, live::QueueChanges::ADDED),
    (QueueChange::Joined, live::QueueChanges::JOINED),
    (QueueChange::Answered, live::QueueChanges::ANSWERED),
    (QueueChange::Abandoned, live::QueueChanges::ABANDONED),
    (QueueChange::Left, live::QueueChanges::LEFT),
    (QueueChange::Members, live::QueueChanges::MEMBERS),
    (QueueChange::Counters, live::QueueChanges::COUNTERS),
    (QueueChange::Removed, live::QueueChanges::REMOVED),
];

/// A list of what happened to a queue.
pub(crate) fn queue_changes(changes: live::QueueChanges) -> Array {
    let mut list = Builder::new(0);
    for (change, _) in QUEUE_CHANGES.iter().filter(|(_, bit)| changes.contains(*bit)) {
        list.push(*change);
    }
    list.finish()
}

/// Each edge and its bit.
const EDGES: [(Edge, live::Edges); 10] = [
    (Edge::Started, live::Edges::STARTED),
    (Edge::Ringing, live::Edges::RINGING),
    (Edge::Answered, live::Edges::ANSWERED),
    (Edge::Connected, live::Edges::CONNECTED),
    (Edge::Held, live::Edges::HELD),
    (Edge::Resumed, live::Edges::RESUMED),
    (Edge::Transferred, live::Edges::TRANSFERRED),
    (Edge::Parked, live::Edges::PARKED),
    (Edge::Merged, live::Edges::MERGED),
    (Edge::Ended, live::Edges::ENDED),
];

pub(crate) fn edge_bit(edge: Edge) -> live::Edges {
    EDGES.iter().find(|(own, _)| *own == edge).map_or(live::Edges::empty(), |(_, bit)| *bit)
}

/// A PHP list of the edges, in the order of `EDGES`.
pub(crate) fn edges(edges: live::Edges) -> Array {
    let mut list = Builder::new(0);
    for (edge, _) in EDGES.iter().filter(|(_, bit)| edges.contains(*bit)) {
        list.push(*edge);
    }
    list.finish()
}

/// The state for a number. None for a number that Asterisk does not use.
pub(crate) fn channel_state(number: Option<u8>) -> Option<ChannelState> {
    let name = [
        "Down",
        "Reserved",
        "OffHook",
        "Dialing",
        "Ring",
        "Ringing",
        "Up",
        "Busy",
        "DialingOffHook",
        "PreRing",
    ]
    .get(usize::from(number?))?;
    ChannelState::from_name(name).ok()
}
