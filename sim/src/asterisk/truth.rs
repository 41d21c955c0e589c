//! What is true of a server, whatever it has told.

use std::collections::BTreeMap;

use super::node::Asterisk;
use super::pbx::Purpose;
use super::pbx::bridges::age_of;
use super::pbx::channel::Channel;
use super::pbx::channel_events::other_half;

/// What is true of a server at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// By Uniqueid.
    pub channels: Vec<TrueChannel>,
    /// Ids and purposes.
    pub bridges: Vec<(String, Purpose)>,
    /// By id.
    pub calls: Vec<TrueCall>,
}

/// What is true of a channel.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are Asterisk's")]
pub struct TrueChannel {
    pub unique_id: String,
    pub name: String,
    pub state: u8,
    pub state_desc: &'static str,
    pub linked_id: String,
    pub number: Vec<u8>,
    pub caller_name: Vec<u8>,
    pub connected_number: Vec<u8>,
    pub account: Vec<u8>,
    pub exten: Vec<u8>,
    /// Empty where it is in none.
    pub bridge: String,
}

/// Channels that belong together: of one Linkedid, the halves of a Local channel, or in a bridge of two parties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrueCall {
    /// The oldest of their Linkedids.
    pub id: String,
    /// Uniqueids.
    pub channels: Vec<String>,
}

impl Asterisk {
    /// What is true now.
    #[must_use]
    pub fn truth(&self) -> Truth {
        let channels = self.pbx.calls.channels.iter().map(|channel| TrueChannel {
            unique_id: text(&channel.unique_id),
            name: text(&channel.name),
            state: channel.state as u8,
            state_desc: channel.state.label(),
            linked_id: text(&channel.linked_id),
            number: channel.caller.number.clone(),
            caller_name: channel.caller.name.clone(),
            connected_number: channel.connected.number.clone(),
            account: channel.account.clone(),
            exten: channel.place.exten.clone(),
            bridge: text(&self.pbx.bridges.id_of(&channel.unique_id)),
        });
        let mut channels: Vec<_> = channels.collect();
        channels.sort();
        let mut bridges: Vec<_> =
            self.pbx.bridges.all.iter().map(|bridge| (text(&bridge.id), bridge.purpose)).collect();
        bridges.sort_by(|one, other| one.0.cmp(&other.0));
        Truth { channels, bridges, calls: self.true_calls() }
    }

    fn true_calls(&self) -> Vec<TrueCall> {
        let channels = &self.pbx.calls.channels;
        let mut sets: Vec<Vec<&Channel>> = Vec::new();
        for channel in channels {
            let (mut own, others): (Vec<_>, Vec<_>) = sets
                .into_iter()
                .partition(|set| set.iter().any(|other| self.belong_together(channel, other)));
            own.push(vec![channel]);
            sets = others;
            sets.push(own.concat());
        }
        let mut calls: BTreeMap<(u64, u64), TrueCall> = BTreeMap::new();
        for set in sets {
            let ids = set.iter().map(|channel| &channel.linked_id);
            let Some(id) = ids.min_by_key(|id| age_of(id)) else { continue };
            let mut channels: Vec<_> = set.iter().map(|channel| text(&channel.unique_id)).collect();
            channels.sort();
            calls.insert(age_of(id), TrueCall { id: text(id), channels });
        }
        calls.into_values().collect()
    }

    fn belong_together(&self, one: &Channel, other: &Channel) -> bool {
        let is_basic = |channel: &Channel| {
            self.pbx.bridges.of(&channel.unique_id).filter(|bridge| bridge.purpose == Purpose::Talk)
        };
        one.linked_id == other.linked_id
            || other_half(&one.name).is_some_and(|name| name == other.name)
            || is_basic(one).zip(is_basic(other)).is_some_and(|(one, other)| one.id == other.id)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
