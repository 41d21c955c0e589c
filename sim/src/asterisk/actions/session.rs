//! Actions about the session itself, and `UserEvent`.

use std::time::Duration;

use crate::asterisk::block::Block;
use crate::asterisk::classes::Classes;
use crate::asterisk::dispatch::{Next, Turn};
use crate::asterisk::request::Request;
use crate::asterisk::session::Hold;
use crate::asterisk::tables;

pub(super) fn logoff(turn: &mut Turn<'_>, request: &Request) -> Next {
    turn.say(&crate::asterisk::block::answer("Goodbye", request, "Thanks for all the fish."));
    Next::Close
}

pub(super) fn ping(turn: &mut Turn<'_>, request: &Request) -> Next {
    let timestamp = turn.pbx.clock.timestamp(turn.now);
    let pong = Block::response("Success", request).header("Ping", "Pong").header("Timestamp", timestamp);
    turn.say(&pong.end())
}

pub(super) fn events(turn: &mut Turn<'_>, request: &Request) -> Next {
    let Some(mask) = Classes::from_mask(request.header("EventMask")) else {
        return turn.error(request, "Invalid event mask");
    };
    if let Some(login) = &mut turn.session.login {
        login.mask = login.read.intersection(mask);
    }
    let state = if mask.is_empty() { "Off" } else { "On" };
    let answer = Block::new().header("Response", "Success").id_in_buffer(request.id(), 256);
    turn.say(&answer.header("Events", state).end())
}

pub(super) fn list_commands(turn: &mut Turn<'_>, request: &Request) -> Next {
    let write = turn.session.login.as_ref().map(|login| login.write).unwrap_or_default();
    let permitted = tables::actions().iter().filter(|action| write.allow(action.classes));
    let lines = permitted.map(|action| {
        let synopsis = format!("{}.  (Priv: {})", words(action.name), action.classes);
        (action.name, synopsis)
    });
    turn.say(&Block::response("Success", request).headers(lines).end())
}

/// Splits `CoreShowChannels` into `Core show channels`.
fn words(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && words.ends_with(|last: char| last.is_ascii_lowercase()) {
            words.push(' ');
            words.push(letter.to_ascii_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

/// Copies every line except `Action` and `UserEvent` into the event, the `ActionID` included.
pub(super) fn user_event(turn: &mut Turn<'_>, request: &Request) -> Next {
    let starts = |line: &[u8], name: &str| {
        line.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes()))
    };
    let copied =
        request.lines().iter().filter(|line| !starts(line, "UserEvent:") && !starts(line, "Action:"));
    let body = Block::new().header("UserEvent", request.header("UserEvent"));
    let body = copied.fold(body, |body, line| body.raw(line).raw(b"\r\n"));
    turn.pbx.emit("UserEvent", Classes::USER, body, turn.now);
    turn.ack(request, "Event Sent")
}

/// Sends an event that the client makes up. No Asterisk has this action. The header `Event` is the event's name,
/// `Privilege` its classes; without classes it goes to every session. All other headers are copied.
pub(crate) fn fake_event(turn: &mut Turn<'_>, request: &Request) -> Next {
    let name = String::from_utf8_lossy(request.header("Event")).into_owned();
    if name.is_empty() {
        return turn.error(request, "No event specified");
    }
    let is_own = |header: &[u8]| {
        [&b"Action"[..], b"ActionID", b"Event", b"Privilege"]
            .iter()
            .any(|own| header.eq_ignore_ascii_case(own))
    };
    // Asterisk writes `all` behind the classes of every event.
    let privilege = request.header("Privilege");
    let classes = Classes::from_mask(privilege.strip_suffix(b",all").unwrap_or(privilege));
    let body = Block::new().headers(request.headers().filter(|(header, _)| !is_own(header)));
    turn.pbx.emit(&name, classes.unwrap_or(Classes::NONE), body, turn.now);
    turn.ack(request, "Event Sent")
}

pub(super) fn wait_event(turn: &mut Turn<'_>, request: &Request) -> Next {
    let seconds =
        std::str::from_utf8(request.header("Timeout")).ok().and_then(|text| text.parse::<i64>().ok());
    // A negative number or a text that is not a number means no timeout.
    let until = seconds
        .and_then(|seconds| u64::try_from(seconds).ok())
        .and_then(|seconds| turn.now.checked_add(Duration::from_secs(seconds)));
    Next::Hold(Hold::Events { until, request: request.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        assert_eq!(words("CoreShowChannels"), "Core show channels");
        assert_eq!(words("DBGetTree"), "DBGet tree");
    }
}
