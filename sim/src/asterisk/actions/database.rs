//! The internal database of `DBPut`, `DBGet` and the like.

use super::lists::{self, Item};
use crate::asterisk::dispatch::{Next, Turn};
use crate::asterisk::request::Request;

/// Path of an entry as Asterisk stores it.
fn path(family: &[u8], key: &[u8]) -> Vec<u8> {
    [b"/", family, b"/", key].concat()
}

pub(super) fn put(turn: &mut Turn<'_>, request: &Request) -> Next {
    let key = path(request.header("Family"), request.header("Key"));
    turn.pbx.database.insert(key, request.header("Val").to_vec());
    turn.ack(request, "Updated database successfully")
}

pub(super) fn get(turn: &mut Turn<'_>, request: &Request) -> Next {
    let (family, key) = (request.header("Family"), request.header("Key"));
    let value = turn.pbx.database.get(&path(family, key));
    let item = value.map(|value| Item {
        event: "DBGetResponse".to_owned(),
        headers: vec![
            (b"Family".to_vec(), family.to_vec()),
            (b"Key".to_vec(), key.to_vec()),
            (b"Val".to_vec(), value.clone()),
        ],
    });
    lists::run_with("DBGet", item.into_iter().collect(), turn, request)
}

pub(super) fn get_tree(turn: &mut Turn<'_>, request: &Request) -> Next {
    let prefix = prefix(request);
    let items = turn
        .pbx
        .database
        .iter()
        .filter(|(key, _)| is_under(key, &prefix))
        .map(|(key, value)| Item {
            event: "DBGetTreeResponse".to_owned(),
            headers: vec![(b"Key".to_vec(), key.clone()), (b"Val".to_vec(), value.clone())],
        })
        .collect();
    lists::run_with("DBGetTree", items, turn, request)
}

pub(super) fn delete(turn: &mut Turn<'_>, request: &Request) -> Next {
    match turn.pbx.database.remove(&path(request.header("Family"), request.header("Key"))) {
        Some(_) => turn.ack(request, "Key deleted successfully"),
        None => turn.error(request, "Database entry could not be deleted"),
    }
}

pub(super) fn delete_tree(turn: &mut Turn<'_>, request: &Request) -> Next {
    let prefix = prefix(request);
    let before = turn.pbx.database.len();
    turn.pbx.database.retain(|key, _| !is_under(key, &prefix));
    if turn.pbx.database.len() == before {
        return turn.error(request, "Database entry not found");
    }
    turn.ack(request, "Key tree deleted successfully")
}

/// Path of a tree: the whole database, a family, or a key of a family.
fn prefix(request: &Request) -> Vec<u8> {
    let (family, key) = (request.header("Family"), request.header("Key"));
    match (family.is_empty(), key.is_empty()) {
        (true, _) => Vec::new(),
        (false, true) => [b"/", family].concat(),
        (false, false) => path(family, key),
    }
}

fn is_under(key: &[u8], prefix: &[u8]) -> bool {
    key.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}
