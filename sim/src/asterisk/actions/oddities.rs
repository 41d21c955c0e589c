//! Actions whose answers follow no common form.

use crate::asterisk::block::{Block, ack, error};
use crate::asterisk::classes::Classes;
use crate::asterisk::dispatch::{Next, Turn};
use crate::asterisk::options::Release;
use crate::asterisk::request::Request;

/// Answers with two responses of the same id.
pub(super) fn jabber_send(turn: &mut Turn<'_>, request: &Request) -> Next {
    turn.ack(request, "Attempting to send Jabber Message");
    turn.success(request)
}

/// Answers with rows of text and a blank line, without a response.
pub(super) fn iax_netstats(turn: &mut Turn<'_>) -> Next {
    let rows = turn.pbx.netstats.clone();
    let block = rows.iter().fold(Block::new(), |block, row| block.raw(row).raw(b"\n"));
    turn.say(&block.end())
}

/// Answers with the output of `queue show` and no response, up to 14. A blank line follows each queue, and
/// the answer ends with two.
pub(super) fn queues(turn: &mut Turn<'_>) -> Next {
    let text = turn.pbx.cli.run(b"queue show").text;
    let lines = text.strip_suffix(b"\n").unwrap_or(&text).split(|byte| *byte == b'\n');
    let block = lines.fold(Block::new(), |block, line| block.raw(line).raw(b"\r\n"));
    turn.say(&[&block.end()[..], b"\r\n"].concat())
}

/// Answers with an error, or with one event and no response, up to 14.
pub(super) fn data_get(turn: &mut Turn<'_>, request: &Request) -> Next {
    let path = request.header("Path");
    if path.is_empty() {
        return turn.error(request, "'Path' parameter not specified");
    }
    if path == b"nosuch" {
        return turn.error(request, "No data returned");
    }
    let root = String::from_utf8_lossy(path).rsplit('/').next().unwrap_or_default().to_owned();
    turn.say(&Block::event("DataGet Tree").id(request.id()).header(format!("{root}/name"), "default").end())
}

/// Answers with two blank lines at the end. Early releases had no response around these lines.
pub(super) fn queue_rule(turn: &mut Turn<'_>, request: &Request) -> Next {
    let block = Block::response("Success", request)
        .header("RuleList", "default")
        .header("Rule", "30,+3,+0")
        .header("Rule", "60,10,+2");
    turn.say(&[&block.end()[..], b"\r\n"].concat())
}

/// Answers with one blank line too many, also after an error.
pub(super) fn sip_show_peer(turn: &mut Turn<'_>, request: &Request) -> Next {
    let peer = request.header("Peer");
    let answer = if peer.eq_ignore_ascii_case(b"nosuch") {
        error(request, [b"Peer ", peer, b" not found."].concat())
    } else {
        Block::response("Success", request)
            .header("Channeltype", "SIP")
            .header("ObjectName", peer)
            .header("ChanObjectType", "peer")
            .header("SecretExist", "Y")
            .header("Context", "default")
            .header("Address-IP", "192.0.2.1")
            .header("Status", "OK (12 ms)")
            .end()
    };
    turn.say(&[&answer[..], b"\r\n"].concat())
}

pub(super) fn sip_qualify_peer(turn: &mut Turn<'_>, request: &Request) -> Next {
    turn.say(&[&ack(request, "SIP peer found - will qualify")[..], b"\r\n"].concat())
}

/// Answers with a response and one event that is not part of a list.
pub(super) fn fax_stats(turn: &mut Turn<'_>, request: &Request) -> Next {
    turn.ack(request, "FAXStats event will follow");
    let event = Block::event("FAXStats")
        .id_in_buffer(request.id(), 256)
        .header("CurrentSessions", "0")
        .header("ReservedSessions", "0")
        .header("TransmitAttempts", "0")
        .header("ReceiveAttempts", "0")
        .header("CompletedFAXes", "0")
        .header("FailedFAXes", "0");
    turn.say(&event.end())
}

pub(super) fn fax_session(turn: &mut Turn<'_>, request: &Request) -> Next {
    let number = request.header("SessionNumber");
    if number.is_empty() || !number.iter().all(u8::is_ascii_digit) {
        return turn.error(request, "Invalid session ID");
    }
    turn.ack(request, "FAXSession event will follow");
    let event = Block::event("FAXSession")
        .id_in_buffer(request.id(), 256)
        .header("SessionNumber", number)
        .header("Operation", "receive")
        .header("State", "Active")
        .header("PagesReceived", "1");
    turn.say(&event.end())
}

/// Answers at once. The outcome is an event of class `agi` with the same `CommandID`.
pub(super) fn agi(turn: &mut Turn<'_>, request: &Request) -> Next {
    let release = turn.pbx.options.release;
    let channel = turn.pbx.calls.channel(request.header("Channel"));
    let body = channel.map_or_else(
        || Block::new().header("Channel", request.header("Channel")),
        |channel| channel.snapshot("", release),
    );
    let body = body.header("CommandID", request.header("CommandID")).header("Result", "200%20result%3D0%0A");
    turn.pbx.emit("AsyncAGIExec", Classes::AGI, body, turn.now);
    turn.ack(request, "Added AGI command to queue")
}

/// The `ActionID` is copied through a buffer of 150 bytes, as in `CoreStatus`.
pub(super) fn core_settings(turn: &mut Turn<'_>, request: &Request) -> Next {
    let release = turn.pbx.options.release;
    let block = Block::new()
        .header("Response", "Success")
        .id_in_buffer(request.id(), 150)
        .header("AMIversion", release.ami_version())
        .header("AsteriskVersion", format!("{}.0.0-fake", release.name()))
        .header("SystemName", "")
        .header("CoreMaxCalls", "0")
        .header("CoreMaxLoadAvg", "0.000000")
        .header("CoreRunUser", "")
        .header("CoreRunGroup", "")
        .header("CoreMaxFilehandles", "0")
        .header("CoreRealTimeEnabled", "No")
        .header("CoreCDRenabled", "Yes")
        .header("CoreHTTPenabled", "No")
        .header("SoundsSearchCustomDir", "No");
    turn.say(&block.end())
}

pub(super) fn core_status(turn: &mut Turn<'_>, request: &Request) -> Next {
    let started = turn.pbx.clock.date_time(turn.pbx.booted_at);
    let (date, time) = started.split_once('T').unwrap_or_default();
    let calls = turn.pbx.calls.channels.len().to_string();
    let block = Block::new()
        .header("Response", "Success")
        .id_in_buffer(request.id(), 150)
        .header("CoreStartupDate", date)
        .header("CoreStartupTime", time)
        .header("CoreReloadDate", date)
        .header("CoreReloadTime", time)
        .header("CoreCurrentCalls", calls);
    let block = if turn.pbx.options.release >= Release::V18 {
        block.header("CoreProcessedCalls", turn.pbx.calls.made().to_string())
    } else {
        block
    };
    turn.say(&block.end())
}

pub(super) fn module_check(turn: &mut Turn<'_>, request: &Request) -> Next {
    if request.header("Module").starts_with(b"nosuch") {
        return turn.error(request, "Module not loaded");
    }
    turn.say(&Block::response("Success", request).header("Version", "").end())
}

pub(super) fn extension_state(turn: &mut Turn<'_>, request: &Request) -> Next {
    let context = match request.header("Context") {
        b"" => b"default",
        context => context,
    };
    let block = Block::response("Success", request)
        .header("Message", "Extension Status")
        .header("Exten", request.header("Exten"))
        .header("Context", context)
        .header("Hint", "")
        .header("Status", "-1")
        .header("StatusText", "Unknown");
    turn.say(&block.end())
}

pub(super) fn mailbox_status(turn: &mut Turn<'_>, request: &Request) -> Next {
    let block = Block::response("Success", request)
        .header("Message", "Mailbox Status")
        .header("Mailbox", request.header("Mailbox"))
        .header("Waiting", "1");
    turn.say(&block.end())
}

pub(super) fn mailbox_count(turn: &mut Turn<'_>, request: &Request) -> Next {
    let block = Block::response("Success", request)
        .header("Message", "Mailbox Message Count")
        .header("Mailbox", request.header("Mailbox"))
        .header("UrgMessages", "0")
        .header("NewMessages", "1")
        .header("OldMessages", "0");
    turn.say(&block.end())
}
