//! Names of headers that many events have, in Asterisk's spelling.

/// The headers of a channel snapshot, which can have a prefix
/// (`ast_manager_build_channel_state_string_prefix`).
const OF_CHANNEL: [&str; 14] = [
    "Channel",
    "ChannelState",
    "ChannelStateDesc",
    "CallerIDNum",
    "CallerIDName",
    "ConnectedLineNum",
    "ConnectedLineName",
    "Language",
    "AccountCode",
    "Context",
    "Exten",
    "Priority",
    "Uniqueid",
    "Linkedid",
];

const PREFIXES: [&str; 4] = ["", "Dest", "LocalOne", "LocalTwo"];

/// Other headers that many events have.
const OTHERS: [&str; 58] = [
    "Event",
    "Response",
    "Privilege",
    "Timestamp",
    "ActionID",
    "Message",
    "EventList",
    "ListItems",
    "Application",
    "AppData",
    "Extension",
    "Variable",
    "Value",
    "ChanVariable",
    "State",
    "Status",
    "StatusText",
    "Cause",
    "Cause-txt",
    "Reason",
    "UserEvent",
    "Device",
    "DialStatus",
    "DialString",
    "BridgeUniqueid",
    "BridgeType",
    "BridgeTechnology",
    "BridgeCreator",
    "BridgeName",
    "BridgeNumChannels",
    "BridgeVideoSourceMode",
    "Queue",
    "Count",
    "Position",
    "Interface",
    "MemberName",
    "StateInterface",
    "Membership",
    "Penalty",
    "CallsTaken",
    "LastCall",
    "LastPause",
    "LoginTime",
    "InCall",
    "Paused",
    "PausedReason",
    "Ringinuse",
    "Wrapuptime",
    "HoldTime",
    "TalkTime",
    "Conference",
    "Digit",
    "Direction",
    "DurationMs",
    "Hint",
    "Peer",
    "PeerStatus",
    "Address",
];

/// All names of this file.
pub(crate) fn usual() -> impl Iterator<Item = String> {
    let of_channels = PREFIXES.iter().flat_map(|prefix| OF_CHANNEL.map(|name| format!("{prefix}{name}")));
    of_channels.chain(OTHERS.map(str::to_owned))
}
