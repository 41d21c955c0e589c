//! Finds the phones that hear each other through bridges and Local channels.

use super::bridges::Bridges;
use super::channel::{Channel, Life, other_half};
use super::channels::Channels;
use super::keys::ChannelKey;
use super::snapshot::Field;
use crate::limits::LIVE_PEERS_MAX;

/// The phones that hear this channel. Halves of Local channels, members of holding bridges and the channel itself
/// are left out.
pub(super) fn of(key: ChannelKey, channels: &Channels, bridges: &Bridges) -> Vec<ChannelKey> {
    let mut reached = vec![key];
    let mut at = 0;
    while let Some(next) = reached.get(at).copied() {
        at += 1;
        let Some(channel) = channels.get(next) else { continue };
        let bridge =
            channel.bridge.and_then(|bridge| bridges.get(bridge)).filter(|bridge| !bridge.is_holding());
        let members = bridge.map_or(&[][..], |bridge| bridge.members());
        // A Local channel continues at its other half.
        let other = other_half(channel.name()).and_then(|name| channels.by_name(&name)).map(|(key, _)| key);
        for found in members.iter().copied().chain(other) {
            if reached.len() < LIVE_PEERS_MAX && !reached.contains(&found) {
                reached.push(found);
            }
        }
    }
    reached.remove(0);
    reached
        .retain(|found| channels.get(*found).is_some_and(|channel| !channel.is_local() && is_alive(channel)));
    reached
}

/// True if two phones hear each other through this channel.
pub(super) fn have_met(key: ChannelKey, channels: &Channels, bridges: &Bridges) -> bool {
    let is_phone = channels.get(key).is_some_and(|channel| !channel.is_local());
    of(key, channels, bridges).len() + usize::from(is_phone) > 1
}

/// The channels of a party: a device such as `PJSIP/alice`, a number, or the name or id of a channel.
pub(super) fn channels_of(party: &[u8], channels: &Channels) -> Vec<ChannelKey> {
    let is_of = |channel: &Channel| {
        is_alive(channel)
            && (channel.device() == party
                || channel.text(Field::CallerNumber) == party
                || channel.name() == party
                || channel.unique_id() == party)
    };
    channels.iter().filter(|(_, channel)| is_of(channel)).map(|(key, _)| key).collect()
}

fn is_alive(channel: &Channel) -> bool {
    channel.life == Life::Alive
}
