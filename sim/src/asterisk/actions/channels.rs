//! Actions that list channels and hang them up.

use regex_lite::Regex;

use super::lists::{self, Item};
use crate::asterisk::args;
use crate::asterisk::block::Block;
use crate::asterisk::classes::Classes;
use crate::asterisk::dispatch::{Next, Turn};
use crate::asterisk::pbx::channel::Channel;
use crate::asterisk::request::Request;

/// An item for each channel, youngest first.
fn items(turn: &Turn<'_>, event: &str, headers: impl Fn(&Channel) -> Block) -> Vec<Item> {
    let item = |channel: &Channel| Item { event: event.to_owned(), headers: headers(channel).pairs() };
    turn.pbx.calls.channels.iter().rev().map(item).collect()
}

pub(super) fn core_show_channels(turn: &mut Turn<'_>, request: &Request) -> Next {
    let (now, release) = (turn.now, turn.pbx.options.release);
    turn.pbx.calls.dead.retain(|dead| dead.until.is_none_or(|until| until > now));
    let item = |channel: &Channel| {
        let seconds = now.saturating_duration_since(channel.created).as_secs();
        let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
        channel
            .snapshot("", release)
            .header("Application", &channel.application.0)
            .header("ApplicationData", &channel.application.1)
            .header("Duration", format!("{hours:02}:{minutes:02}:{:02}", seconds % 60))
            .header("BridgeId", turn.pbx.bridges.id_of(&channel.unique_id))
    };
    let mut found = items(turn, "CoreShowChannel", item);
    // The list reads the cache, which can still have channels that are gone.
    found.extend(
        turn.pbx
            .calls
            .dead
            .iter()
            .map(|dead| Item { event: "CoreShowChannel".to_owned(), headers: item(&dead.channel).pairs() }),
    );
    lists::run_with("CoreShowChannels", found, turn, request)
}

pub(super) fn status(turn: &mut Turn<'_>, request: &Request) -> Next {
    let names = request.header("Variables");
    let write = turn.session.login.as_ref().map(|login| login.write).unwrap_or_default();
    if !may_evaluate(names, write) {
        return turn.error(request, "Status Access Forbidden: Variables");
    }
    let wanted = request.header("Channel");
    if !wanted.is_empty() && turn.pbx.calls.channel(wanted).is_none() {
        return turn.error(request, "No such channel");
    }
    let names = args::separate(names);
    let (now, release) = (turn.now, turn.pbx.options.release);
    let mut found = items(turn, "Status", |channel| {
        let seconds = now.saturating_duration_since(channel.created).as_secs();
        let block = Block::new().header("Privilege", "Call").raw(&channel.snapshot("", release).unended());
        let block = block
            .header("Type", technology(&channel.name))
            .header("DNID", "")
            .header("EffectiveConnectedLineNum", &channel.connected.number)
            .header("EffectiveConnectedLineName", &channel.connected.name)
            .header("TimeToHangup", "0")
            .header("BridgeID", turn.pbx.bridges.id_of(&channel.unique_id))
            .header("Application", &channel.application.0)
            .header("Data", &channel.application.1)
            .header("Nativeformats", "(slin)")
            .header("Readformat", "slin")
            .header("Readtrans", "")
            .header("Writeformat", "slin")
            .header("Writetrans", "")
            .header("Callgroup", "0")
            .header("Pickupgroup", "0")
            .header("Seconds", seconds.to_string());
        names.iter().fold(block, |block, name| {
            let value = channel.variable(name).unwrap_or(b"(null)");
            block.header("Variable", [name, &b"="[..], value].concat())
        })
    });
    if !wanted.is_empty() {
        found.retain(|item| {
            item.headers.iter().any(|(name, value)| name == b"Channel" && value.eq_ignore_ascii_case(wanted))
        });
    }
    lists::run_with("Status", found, turn, request)
}

/// False if a text names a function that can run programs and the account lacks the class `system`.
pub(super) fn may_evaluate(text: &[u8], write: Classes) -> bool {
    let names = |word: &[u8]| text.windows(word.len()).any(|part| part == word);
    write.contains(Classes::SYSTEM) || !(names(b"SHELL") || names(b"EVAL"))
}

fn technology(channel: &[u8]) -> &[u8] {
    channel.split(|byte| *byte == b'/').next().unwrap_or_default()
}

pub(super) fn hangup(turn: &mut Turn<'_>, request: &Request) -> Next {
    let name = request.header("Channel");
    let cause = std::str::from_utf8(request.header("Cause")).ok().and_then(|cause| cause.parse::<u8>().ok());
    let cause = cause.filter(|cause| *cause <= 127).unwrap_or_default();
    if name.starts_with(b"/") {
        return hang_up_matching(turn, request, cause);
    }
    let Some(unique_id) = turn.pbx.calls.channel(name).map(|channel| channel.unique_id.clone()) else {
        return turn.error(request, "No such channel");
    };
    turn.ack(request, "Channel Hungup");
    turn.pbx.hang_up(&[unique_id], cause, turn.now);
    Next::Proceed
}

fn hang_up_matching(turn: &mut Turn<'_>, request: &Request, cause: u8) -> Next {
    let name = request.header("Channel");
    let pattern = name.strip_prefix(b"/").and_then(|rest| rest.strip_suffix(b"/"));
    let Some(pattern) = pattern else {
        return turn.error(request, "Regex format invalid, Channel param should be /regex/");
    };
    let Ok(regex) = Regex::new(&String::from_utf8_lossy(pattern)) else {
        return turn.error(request, [b"Regex compile failed on: ", name].concat());
    };
    let matches = |channel: &&Channel| regex.is_match(&String::from_utf8_lossy(&channel.name));
    let matching: Vec<_> = turn.pbx.calls.channels.iter().rev().filter(matches).collect();
    let unique_ids: Vec<_> = matching.iter().map(|channel| channel.unique_id.clone()).collect();
    let found = matching
        .iter()
        .map(|channel| Item {
            event: "ChannelHungup".to_owned(),
            headers: vec![(b"Channel".to_vec(), channel.name.clone())],
        })
        .collect();
    lists::run_with("Hangup", found, turn, request);
    turn.pbx.hang_up(&unique_ids, cause, turn.now);
    Next::Proceed
}
