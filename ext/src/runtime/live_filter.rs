//! The filter of a call listener.

use apn_ami::cluster::ValueFilter;
use apn_ami::live::{Call, Edges, Field, Live};

/// The filter given to `onCall`.
pub(crate) struct CallFilter {
    pub(crate) edges: Edges,
    /// Patterns for the server's key. An empty list matches every server.
    pub(crate) servers: Vec<ValueFilter>,
    /// Patterns for the devices and numbers of parties. An empty list matches every call.
    pub(crate) parties: Vec<ValueFilter>,
}

impl CallFilter {
    /// The edges that the listener wants of `edges`. Empty if the server or the parties do not match.
    pub(crate) fn wanted(&self, key: &[u8], live: Option<&Live>, call: &Call, edges: Edges) -> Edges {
        let is_of =
            |patterns: &[ValueFilter], text: &[u8]| patterns.iter().any(|pattern| pattern.matches(text));
        let is_wanted = (self.servers.is_empty() || is_of(&self.servers, key))
            && (self.parties.is_empty() || has_party(live, call, |text| is_of(&self.parties, text)));
        if is_wanted { edges & self.edges } else { Edges::empty() }
    }
}

/// True if `is_wanted` accepts the device or number of a party, present or gone, or the device of an attempt.
///
/// It is not inlined, because a loop over listeners would then read all of the call before it begins, wanted or not.
#[inline(never)]
pub(crate) fn has_party(live: Option<&Live>, call: &Call, is_wanted: impl Fn(&[u8]) -> bool) -> bool {
    let gone = [call.caller_gone(), call.answered_by_gone()];
    let was_there =
        gone.into_iter().flatten().any(|party| is_wanted(party.device()) || is_wanted(party.number()));
    let is_there = |live: &Live| {
        live.parties(call)
            .any(|(_, channel)| is_wanted(channel.device()) || is_wanted(channel.text(Field::CallerNumber)))
    };
    was_there
        || live.is_some_and(is_there)
        || call.attempts().iter().any(|attempt| is_wanted(attempt.device()))
}
