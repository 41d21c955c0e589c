//! The enums of the live model, and what they are to the core.

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

/// What happened to a call.
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
    #[php(value = "merged")]
    Merged,
    #[php(value = "ended")]
    Ended,
}

/// What became of a call.
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
    #[php(value = "merged")]
    Merged,
    #[php(value = "lost")]
    Lost,
}

/// Where a channel is: Asterisk's numbers.
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

pub(crate) fn add(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module.enumeration::<State>().enumeration::<Edge>().enumeration::<Outcome>().enumeration::<ChannelState>()
}

mirrors!(live::State => State: Stale Syncing Current Partial Deaf Denied);
mirrors!(live::Outcome => Outcome: Answered NoAnswer Busy Congestion Failed Cancelled Merged Lost);

/// Each edge and its bit.
const EDGES: [(Edge, live::Edges); 9] = [
    (Edge::Started, live::Edges::STARTED),
    (Edge::Ringing, live::Edges::RINGING),
    (Edge::Answered, live::Edges::ANSWERED),
    (Edge::Connected, live::Edges::CONNECTED),
    (Edge::Held, live::Edges::HELD),
    (Edge::Resumed, live::Edges::RESUMED),
    (Edge::Transferred, live::Edges::TRANSFERRED),
    (Edge::Merged, live::Edges::MERGED),
    (Edge::Ended, live::Edges::ENDED),
];

/// All edges.
pub(crate) fn every_edge() -> live::Edges {
    EDGES.iter().fold(live::Edges::default(), |all, (_, edge)| all.and(*edge))
}

/// The bit of an edge.
pub(crate) fn edge_bit(edge: Edge) -> live::Edges {
    EDGES.iter().find(|(own, _)| *own == edge).map_or(live::Edges::default(), |(_, bit)| *bit)
}

/// A list of edges, in the order of a call's life.
pub(crate) fn edges(edges: live::Edges) -> Array {
    let mut list = Builder::new(0);
    for (edge, _) in EDGES.iter().filter(|(_, bit)| edges.has(*bit)) {
        list.push(*edge);
    }
    list.finish()
}

/// The state of a channel; none of a number that Asterisk does not have.
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
