//! The true state of a fake server as PHP arrays.

use apn_sim::asterisk::{Purpose, TrueCall, TrueChannel, TrueMember, TrueQueue, Truth};

use crate::convert::number::to_int;
use crate::convert::{Array, Builder, Str};

/// An array with `channels`, `bridges`, `calls` and `queues`.
pub(crate) fn truth_of(truth: &Truth) -> Array {
    let mut all = Builder::new(4);
    all.set("channels", list(truth.channels.iter().map(channel)));
    all.set("bridges", list(truth.bridges.iter().map(|(id, purpose)| bridge(id, *purpose, &truth.channels))));
    all.set("calls", list(truth.calls.iter().map(call)));
    all.set("queues", list(truth.queues.iter().map(queue)));
    all.finish()
}

fn channel(channel: &TrueChannel) -> Array {
    let mut array = Builder::new(10);
    array.set("name", Str::new(&channel.name));
    array.set("uniqueid", Str::new(&channel.unique_id));
    array.set("linkedid", Str::new(&channel.linked_id));
    array.set("state", Str::new(channel.state_desc));
    array.set("number", Str::new(&channel.number));
    array.set("callerName", Str::new(&channel.caller_name));
    array.set("connectedNumber", Str::new(&channel.connected_number));
    array.set("account", Str::new(&channel.account));
    array.set("exten", Str::new(&channel.exten));
    array.set("bridge", (!channel.bridge.is_empty()).then(|| Str::new(&channel.bridge)));
    array.finish()
}

fn bridge(id: &str, purpose: Purpose, channels: &[TrueChannel]) -> Array {
    let purpose = match purpose {
        Purpose::Talk => "talk",
        Purpose::Conference => "conference",
        Purpose::Holding => "holding",
    };
    let members = channels.iter().filter(|channel| channel.bridge == id);
    let mut array = Builder::new(3);
    array.set("id", Str::new(id));
    array.set("purpose", Str::new(purpose));
    array.set("channels", list(members.map(|channel| Str::new(&channel.unique_id))));
    array.finish()
}

fn call(call: &TrueCall) -> Array {
    let mut array = Builder::new(2);
    array.set("id", Str::new(&call.id));
    array.set("channels", list(call.channels.iter().map(Str::new)));
    array.finish()
}

fn queue(queue: &TrueQueue) -> Array {
    let mut array = Builder::new(6);
    array.set("name", Str::new(&queue.name));
    array.set("strategy", Str::new(&queue.strategy));
    array.set("members", list(queue.members.iter().map(member)));
    array.set("callers", list(queue.callers.iter().map(Str::new)));
    array.set("completed", to_int(queue.completed));
    array.set("abandoned", to_int(queue.abandoned));
    array.finish()
}

fn member(member: &TrueMember) -> Array {
    let mut array = Builder::new(6);
    array.set("interface", Str::new(&member.interface));
    array.set("state", i64::from(member.state));
    array.set("isPaused", member.is_paused);
    array.set("reason", Str::new(&member.reason));
    array.set("penalty", i64::from(member.penalty));
    array.set("isDynamic", member.is_dynamic);
    array.finish()
}

fn list(items: impl Iterator<Item = impl ext_php_rs::convert::IntoZval>) -> Array {
    let mut array = Builder::new(items.size_hint().0);
    items.for_each(|item| array.push(item));
    array.finish()
}
