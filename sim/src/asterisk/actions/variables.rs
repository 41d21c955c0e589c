//! `Getvar` and `Setvar`. Values are taken literally.

use super::channels::may_evaluate;
use crate::asterisk::block::Block;
use crate::asterisk::classes::Classes;
use crate::asterisk::dispatch::{Next, Turn};
use crate::asterisk::request::Request;

pub(super) fn getvar(turn: &mut Turn<'_>, request: &Request) -> Next {
    let (name, channel) = (request.header("Variable"), request.header("Channel"));
    let write = turn.session.login.as_ref().map(|login| login.write).unwrap_or_default();
    if !may_evaluate(name, write) {
        return turn.error(request, "GetVar Access Forbidden: Variable");
    }
    let value = if channel.is_empty() {
        None
    } else {
        match turn.pbx.calls.channel(channel) {
            None => return turn.error(request, "No such channel"),
            Some(channel) => channel.variable(name).map(<[u8]>::to_vec),
        }
    };
    let value = value.or_else(|| turn.pbx.globals.get(name).cloned()).unwrap_or_else(|| {
        if name == b"EPOCH" {
            turn.pbx.clock.unix(turn.now).as_secs().to_string().into_bytes()
        } else {
            Vec::new()
        }
    });
    turn.say(&Block::response("Success", request).header("Variable", name).header("Value", value).end())
}

pub(super) fn setvar(turn: &mut Turn<'_>, request: &Request) -> Next {
    let (name, value) = (request.header("Variable"), request.header("Value"));
    // Leading underscores ask for inheritance and are not part of the name.
    let bare = name.strip_prefix(b"__").or_else(|| name.strip_prefix(b"_")).unwrap_or(name);
    let (channel, release) = (request.header("Channel"), turn.pbx.options.release);
    let snapshot = if channel.is_empty() {
        turn.pbx.globals.insert(bare.to_vec(), value.to_vec());
        Block::new().header("Channel", "none").header("Uniqueid", "none")
    } else {
        let Some(channel) = turn.pbx.calls.channel_mut(channel) else {
            return turn.error(request, "No such channel");
        };
        channel.set_variable(bare, value);
        channel.snapshot("", release)
    };
    turn.ack(request, "Variable Set");
    let body = snapshot.header("Variable", bare).header("Value", release.written(value));
    turn.pbx.emit("VarSet", Classes::DIALPLAN, body, turn.now);
    Next::Proceed
}
