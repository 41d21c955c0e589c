//! The names under which headers stand in arrays, as strings that PHP has made already: an array of a usual event then
//! takes no memory for its keys, and hashes none.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::ffi::{self, RawString};

/// What events tell of a channel, alone or behind a prefix (`ast_manager_build_channel_state_string_prefix`).
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

/// Names that many events have, as Asterisk spells them.
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

/// A string that lives as long as the process and is never changed, nor counted. None of them is a number.
pub(crate) struct Interned(*mut RawString);

impl Interned {
    pub(super) fn as_raw(&self) -> *mut RawString {
        self.0
    }
}

// SAFETY: nobody writes to it once it is made, as `ami_string_intern` says.
unsafe impl Send for Interned {}
// SAFETY: as above.
unsafe impl Sync for Interned {}

static NAMES: OnceLock<FxHashMap<Box<[u8]>, Interned>> = OnceLock::new();

/// Makes the names, when PHP loads the extension: only then does it keep strings for good.
pub(super) fn intern() {
    let of_channels = PREFIXES.iter().flat_map(|prefix| OF_CHANNEL.map(|name| format!("{prefix}{name}")));
    let names = of_channels.chain(OTHERS.map(str::to_owned));
    NAMES.get_or_init(|| {
        names
            .map(|name| {
                let lower = name.to_ascii_lowercase();
                // SAFETY: pointer and length are those of a string, whose bytes are copied; at start-up.
                let interned = unsafe { ffi::ami_string_intern(lower.as_ptr().cast(), lower.len()) };
                (name.into_bytes().into(), Interned(interned))
            })
            .collect()
    });
}

/// The lower-case name of a header that is spelled as Asterisk spells it; None where it is not one of the usual.
pub(crate) fn lower_name(header: &[u8]) -> Option<&'static Interned> {
    NAMES.get()?.get(header)
}
