//! Compares the queues of a model with those of the server.

use std::collections::BTreeSet;

use apn_ami::live::{DeviceState, Live, Queue, QueueMember};
use apn_sim::asterisk::{TrueMember, TrueQueue};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn member(member: &QueueMember) -> TrueMember {
    TrueMember {
        interface: text(member.interface()),
        state: member.state().map_or(u8::MAX, DeviceState::number),
        is_paused: member.is_paused(),
        reason: text(member.pause_reason()),
        penalty: member.penalty(),
        is_dynamic: member.is_dynamic(),
    }
}

pub(crate) fn callers(queue: &Queue) -> Vec<String> {
    queue.callers().iter().map(|caller| text(caller.unique_id())).collect()
}

/// The differences between the model's queues and the true ones. Counters, and fields that change without events,
/// are not compared.
pub(crate) fn queue_differences(live: &Live, truth: &[TrueQueue]) -> Vec<String> {
    let mut found = Vec::new();
    for own in truth {
        let name = &own.name;
        let Some(queue) = live.find_queue(name.as_bytes()).and_then(|key| live.queue(key)) else {
            found.push(format!("queue {name} is missing"));
            continue;
        };
        if callers(queue) != own.callers {
            found.push(format!("{name}: callers are {:?}, truly {:?}", callers(queue), own.callers));
        }
        let members: Vec<_> = queue.members().map(member).collect();
        if members != own.members {
            found.push(format!("{name}: members are {members:?}, truly {:?}", own.members));
        }
        if text(queue.strategy()) != own.strategy {
            found.push(format!("{name}: strategy is {:?}", text(queue.strategy())));
        }
    }
    for (_, queue) in live.queues() {
        let name = text(queue.name());
        if !truth.iter().any(|own| own.name == name) {
            found.push(format!("queue {name} is a ghost"));
        }
    }
    found
}

/// Inconsistencies within the model's queues.
pub(crate) fn queue_inconsistencies(live: &Live) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (key, queue) in live.queues() {
        if live.find_queue(queue.name()) != Some(key) {
            found.push(format!("queue {} is not found by its name", text(queue.name())));
        }
        for caller in queue.callers() {
            if !seen.insert(caller.unique_id().to_vec()) {
                found.push(format!("{} waits twice", text(caller.unique_id())));
            }
        }
    }
    found
}
