//! Lists: their start, their items and their end, with the bugs of each.

use std::collections::BTreeMap;

use crate::asterisk::block::{Block, ack, error};
use crate::asterisk::dispatch::{Next, Turn};
use crate::asterisk::options::Release;
use crate::asterisk::pbx::bridges::Bridge;
use crate::asterisk::request::Request;
use crate::asterisk::tables::{self, Empty, List, Quirk};

/// An item: its event and headers, without `ActionID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) event: String,
    pub(crate) headers: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Item {
    fn is_of(&self, header: &[u8], wanted: &[u8]) -> bool {
        self.headers.iter().any(|(name, value)| name == header && value.eq_ignore_ascii_case(wanted))
    }
}

/// The items of the lists, by action in lower case.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    items: BTreeMap<String, Vec<Item>>,
    /// Number of items before the list's own error.
    broken: BTreeMap<String, usize>,
}

impl Lists {
    pub(crate) fn set(&mut self, action: &str, items: Vec<Item>) {
        self.items.insert(action.to_ascii_lowercase(), items);
    }

    /// Fills a list with this many generated items. Returns false if the action has no list.
    pub(crate) fn fill(&mut self, action: &str, count: usize) -> bool {
        let Some(row) = tables::action(action.as_bytes()) else { return false };
        let Some(list) = tables::list(row.name) else { return false };
        self.set(action, made_up(list, count));
        true
    }

    /// Sends the list's own error after this many items. Returns false if the list has none.
    pub(crate) fn break_after(&mut self, action: &str, items: Option<usize>) -> bool {
        let row = tables::action(action.as_bytes());
        let list = row.and_then(|row| tables::list(row.name));
        if list.is_none_or(|list| list.midway.is_none()) {
            return false;
        }
        match items {
            Some(items) => self.broken.insert(action.to_ascii_lowercase(), items),
            None => self.broken.remove(&action.to_ascii_lowercase()),
        };
        true
    }

    /// The items that were set for this action.
    pub(crate) fn items(&self, action: &str) -> Option<&Vec<Item>> {
        self.items.get(&action.to_ascii_lowercase())
    }
}

/// One generated item of each kind, at least two.
fn made_up_default(list: &List) -> Vec<Item> {
    made_up(list, list.items.len().max(2))
}

fn made_up(list: &List, count: usize) -> Vec<Item> {
    let kinds = list.items.iter().cycle();
    let item = |(number, kind): (usize, &&str)| Item {
        event: kind.split('/').next().unwrap_or_default().to_owned(),
        headers: tables::item(kind)
            .iter()
            .map(|(name, value)| {
                (name.as_bytes().to_vec(), value.replace("{n}", &number.to_string()).into_bytes())
            })
            .collect(),
    };
    (1..=count).zip(kinds).map(item).collect()
}

/// Answers with the items that were set, with the current bridges or queues, or with generated items.
pub(super) fn run(action: &str, list: &List, turn: &mut Turn<'_>, request: &Request) -> Next {
    let set = turn.pbx.lists.items(action).cloned();
    let known = || bridges(action, turn).or_else(|| queues(action, turn, request));
    let mut items = set.or_else(known).unwrap_or_else(|| made_up_default(list));
    let (queue, endpoint) = (request.header("Queue"), request.header("Endpoint"));
    if action.starts_with("Queue") && !queue.is_empty() {
        items.retain(|item| item.is_of(b"Queue", queue));
    }
    if endpoint.eq_ignore_ascii_case(b"nosuch") {
        items.clear();
    }
    answer(action, list, &items, turn, request)
}

/// The current bridges as items of `BridgeList`. None for another action.
fn bridges(action: &str, turn: &Turn<'_>) -> Option<Vec<Item>> {
    let item =
        |bridge: &Bridge| Item { event: "BridgeListItem".to_owned(), headers: bridge.snapshot().pairs() };
    (action == "BridgeList").then(|| turn.pbx.bridges.all.iter().map(item).collect())
}

/// The current queues as items of `QueueStatus` or `QueueSummary`. None for another action.
fn queues(action: &str, turn: &Turn<'_>, request: &Request) -> Option<Vec<Item>> {
    match action {
        "QueueStatus" => Some(turn.pbx.queue_items(request.header("Member"), turn.now)),
        "QueueSummary" => Some(turn.pbx.queue_summaries(turn.now)),
        _ => None,
    }
}

/// Answers with `found`, unless other items were set.
pub(super) fn run_with(action: &str, found: Vec<Item>, turn: &mut Turn<'_>, request: &Request) -> Next {
    let Some(list) = tables::list(action) else { return turn.success(request) };
    let items = turn.pbx.lists.items(action).cloned().unwrap_or(found);
    answer(action, list, &items, turn, request)
}

fn answer(action: &str, list: &List, items: &[Item], turn: &mut Turn<'_>, request: &Request) -> Next {
    match &list.empty {
        Empty::Error(message) if items.is_empty() => return turn.error(request, filled(message, request, 0)),
        Empty::Success(message) if items.is_empty() => return turn.ack(request, filled(message, request, 0)),
        Empty::Complete | Empty::Error(_) | Empty::Success(_) => {}
    }
    let is_marked = turn.pbx.options.release >= list.marked_since;
    turn.say(&start(list, is_marked, request));
    let broken = turn.pbx.lists.broken.get(&action.to_ascii_lowercase()).copied();
    for (number, item) in items.iter().enumerate() {
        if broken == Some(number) && midway(list, turn, request) {
            return Next::Proceed;
        }
        turn.say(&item_block(action, list, item, turn.pbx.options.release, request));
    }
    if broken.is_some_and(|number| number >= items.len()) && midway(list, turn, request) {
        return Next::Proceed;
    }
    turn.say(&complete(list, is_marked, request, items.len()))
}

/// Sends the list's own error. Returns true if the list ends with it.
fn midway(list: &List, turn: &mut Turn<'_>, request: &Request) -> bool {
    let Some(midway) = &list.midway else { return false };
    turn.say(&error(request, filled(&midway.error, request, 0)));
    !midway.goes_on
}

fn start(list: &List, is_marked: bool, request: &Request) -> Vec<u8> {
    if !is_marked {
        return ack(request, &list.message);
    }
    if list.quirk == Some(Quirk::CapitalStart) {
        let block = Block::response("Success", request).header("EventList", "Start");
        return block.header("Message", &list.message).end();
    }
    Block::list_start(request, &list.message).end()
}

fn item_block(action: &str, list: &List, item: &Item, release: Release, request: &Request) -> Vec<u8> {
    // Items of `Parkinglots` had no id in 11 (main/features.c).
    let has_id = list.quirk != Some(Quirk::NoId) && !(action == "Parkinglots" && release <= Release::V11);
    let with_id = |block: Block| match list.id_buffer_bytes {
        _ if !has_id => block,
        Some(bytes) => block.id_in_buffer(request.id(), bytes),
        None => block.id(request.id()),
    };
    let headers = item.headers.iter().fold(Block::new(), |block, (name, value)| {
        if list.quirk == Some(Quirk::BareLf) && name == b"CallStarted" {
            block.raw(name).raw(b": ").raw(value).raw(b"\n")
        } else {
            block.header(name, value)
        }
    });
    if action == "VoicemailUsersList" && release <= Release::V13_1 {
        // Up to 13.1 the `ActionID` is the first line (app_voicemail.c).
        return with_id(Block::new()).header("Event", &item.event).raw(&headers.unended()).end();
    }
    let block = Block::event(&item.event);
    let block = if list.id_first {
        with_id(block).raw(&headers.unended())
    } else {
        with_id(block.raw(&headers.unended()))
    };
    if list.quirk == Some(Quirk::Unended) { block.unended() } else { block.end() }
}

fn complete(list: &List, is_marked: bool, request: &Request, items: usize) -> Vec<u8> {
    let block = if is_marked {
        Block::list_complete(list.completion, request, items)
    } else {
        Block::event(list.completion).id(request.id())
    };
    let carried = list.carries.iter().map(|(name, value)| (*name, filled(value, request, items)));
    block.headers(carried).end()
}

/// Replaces `{items}` by the number of items, and `{header}` by that header of the request.
fn filled(template: &str, request: &Request, items: usize) -> Vec<u8> {
    let mut text = Vec::new();
    let mut rest = template;
    while let Some((before, name, after)) = rest
        .split_once('{')
        .and_then(|(before, rest)| rest.split_once('}').map(|(n, after)| (before, n, after)))
    {
        text.extend_from_slice(before.as_bytes());
        match name {
            "items" => text.extend_from_slice(items.to_string().as_bytes()),
            header => text.extend_from_slice(request.header(header)),
        }
        rest = after;
    }
    text.extend_from_slice(rest.as_bytes());
    text
}
