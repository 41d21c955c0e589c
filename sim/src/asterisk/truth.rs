//! The true state of a server, independent of the events sent so far.

use std::collections::BTreeMap;

use super::node::Asterisk;
use super::pbx::Purpose;
use super::pbx::bridges::age_of;
use super::pbx::channel::Channel;
use super::pbx::channel_events::other_half;
use super::pbx::members::Member;
use super::pbx::queues::Queue;

/// The true state of a server at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// Channels, ordered by Uniqueid.
    pub channels: Vec<TrueChannel>,
    /// Ids and purposes of bridges, ordered by id.
    pub bridges: Vec<(String, Purpose)>,
    /// Calls, ordered by the age of their id.
    pub calls: Vec<TrueCall>,
    /// By name.
    pub queues: Vec<TrueQueue>,
}

/// What is true of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Asterisk's")]
pub struct TrueQueue {
    pub name: String,
    pub strategy: String,
    /// By interface.
    pub members: Vec<TrueMember>,
    /// Uniqueids, who waits first before the others.
    pub callers: Vec<String>,
    pub completed: u64,
    pub abandoned: u64,
}

/// What is true of a member of a queue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are Asterisk's")]
pub struct TrueMember {
    pub interface: String,
    pub state: u8,
    pub is_paused: bool,
    pub reason: String,
    pub penalty: u32,
    pub is_dynamic: bool,
}

/// The true state of a channel.
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
    /// Id of the channel's bridge. Empty if it is in none.
    pub bridge: String,
}

/// The channels of one call. Channels belong to one call if they have the same Linkedid, are halves of a
/// Local channel, or are in one bridge of two parties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrueCall {
    /// The oldest Linkedid of the channels.
    pub id: String,
    /// Uniqueids of the channels.
    pub channels: Vec<String>,
}

impl Asterisk {
    /// The current state.
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
        Truth { channels, bridges, calls: self.true_calls(), queues: self.true_queues() }
    }

    fn true_queues(&self) -> Vec<TrueQueue> {
        let member = |member: &Member| TrueMember {
            interface: member.interface.clone(),
            state: member.state,
            is_paused: member.is_paused(),
            reason: member.pause.clone().unwrap_or_default(),
            penalty: member.penalty,
            is_dynamic: member.is_dynamic,
        };
        let queue = |queue: &Queue| {
            let mut members: Vec<_> = queue.members.iter().map(member).collect();
            members.sort();
            TrueQueue {
                name: queue.name.clone(),
                strategy: queue.strategy.clone(),
                members,
                callers: queue.callers.iter().map(|entry| text(&entry.unique_id)).collect(),
                completed: queue.completed,
                abandoned: queue.abandoned,
            }
        };
        let mut queues: Vec<_> = self.pbx.queues.all.iter().map(queue).collect();
        queues.sort_by(|one, other| one.name.cmp(&other.name));
        queues
    }

    fn true_calls(&self) -> Vec<TrueCall> {
        let channels = &self.pbx.calls.channels;
        let mut sets: Vec<Vec<&Channel>> = Vec::new();
        for channel in channels.iter() {
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
