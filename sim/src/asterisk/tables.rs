//! The data files: all actions, and the form of each list on the wire.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::classes::Classes;
use super::options::Release;

/// A row of `data/actions.tsv`.
#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) name: &'static str,
    pub(crate) classes: Classes,
    /// Headers that must not be empty, and Asterisk's error message for each.
    pub(crate) required: Vec<(&'static str, String)>,
    pub(crate) answer: TableAnswer,
}

/// The source of an action's answer.
#[derive(Debug)]
pub(crate) enum TableAnswer {
    /// A function of this crate.
    Code,
    /// The action's row of `data/lists.tsv`.
    List(List),
    /// `Response: Success` with this message. An empty message adds no header.
    Message(String),
}

/// A row of `data/lists.tsv`. The head of that file explains the columns.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) message: String,
    pub(crate) items: Vec<&'static str>,
    pub(crate) completion: &'static str,
    pub(crate) carries: Vec<(&'static str, &'static str)>,
    pub(crate) empty: Empty,
    pub(crate) id_first: bool,
    /// Size of the C buffer for an item's `ActionID` line. None if the line can have any length.
    pub(crate) id_buffer_bytes: Option<usize>,
    pub(crate) midway: Option<Midway>,
    pub(crate) marked_since: Release,
    pub(crate) quirk: Option<Quirk>,
}

/// The answer of a list without items.
#[derive(Debug)]
pub(crate) enum Empty {
    Complete,
    Error(String),
    Success(String),
}

/// An error in the middle of a list.
#[derive(Debug)]
pub(crate) struct Midway {
    pub(crate) error: String,
    pub(crate) goes_on: bool,
}

/// A bug of Asterisk in the form of one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quirk {
    NoId,
    Unended,
    BareLf,
    CapitalStart,
}

/// Finds an action by name, without regard to case.
pub(crate) fn action(name: &[u8]) -> Option<&'static Action> {
    let name = std::str::from_utf8(name).ok()?.to_ascii_lowercase();
    TABLES.by_name.get(&name).map(|row| &TABLES.actions[*row])
}

/// Every action, in the order of the file.
pub(crate) fn actions() -> &'static [Action] {
    &TABLES.actions
}

/// The list that an action answers with.
pub(crate) fn list(action_name: &str) -> Option<&'static List> {
    match &action(action_name.as_bytes())?.answer {
        TableAnswer::List(list) => Some(list),
        TableAnswer::Code => TABLES.coded_lists.get(action_name),
        TableAnswer::Message(_) => None,
    }
}

/// Headers of an item. `{n}` in a value stands for the item's number.
pub(crate) fn item(kind: &str) -> &'static [(&'static str, &'static str)] {
    TABLES.items.get(kind).map_or(&[], Vec::as_slice)
}

struct Tables {
    actions: Vec<Action>,
    by_name: HashMap<String, usize>,
    /// Lists whose items code makes.
    coded_lists: HashMap<&'static str, List>,
    items: HashMap<&'static str, Vec<(&'static str, &'static str)>>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut coded_lists: HashMap<_, _> =
        rows(include_str!("../../data/lists.tsv")).map(|row| (row[0], list_of(&row))).collect();
    let actions: Vec<_> = rows(include_str!("../../data/actions.tsv"))
        .map(|row| {
            let answer = match row[3] {
                "code" => TableAnswer::Code,
                "list" => match coded_lists.remove(row[0]) {
                    Some(list) => TableAnswer::List(list),
                    None => panic!("lists.tsv has no row `{}`", row[0]),
                },
                message => TableAnswer::Message(text(message)),
            };
            let required = pairs(row[2]).map(|(name, error)| (name, text(error))).collect();
            Action { name: row[0], classes: Classes::named(row[1]), required, answer }
        })
        .collect();
    let by_name =
        actions.iter().enumerate().map(|(row, action)| (action.name.to_ascii_lowercase(), row)).collect();
    Tables { actions, by_name, coded_lists, items: items(include_str!("../../data/items.txt")) }
});

/// Rows of a table, without its comments and its head.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split('\t').collect())
}

fn list_of(row: &[&'static str]) -> List {
    let (position, buffer) = row[6].split_once(' ').unwrap_or((row[6], "0"));
    List {
        message: text(row[1]),
        items: row[2].split(',').collect(),
        completion: row[3],
        carries: pairs(row[4]).collect(),
        empty: match row[5].split_once(' ') {
            Some(("error", message)) => Empty::Error(text(message)),
            Some(("success", message)) => Empty::Success(text(message)),
            _ => Empty::Complete,
        },
        id_first: position == "first",
        id_buffer_bytes: buffer.parse().ok().filter(|bytes| *bytes > 0),
        midway: row[7]
            .split_once(' ')
            .map(|(then, error)| Midway { error: text(error), goes_on: then == "continue" }),
        marked_since: Release::named(row[8]).unwrap_or(Release::V13),
        quirk: match row[9] {
            "no-id" => Some(Quirk::NoId),
            "unended" => Some(Quirk::Unended),
            "bare-lf" => Some(Quirk::BareLf),
            "capital-start" => Some(Quirk::CapitalStart),
            _ => None,
        },
    }
}

fn pairs(field: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    field.split(';').filter_map(|pair| pair.split_once('='))
}

/// A text of the tables. `\n` stands for the line feed at the end of some of Asterisk's messages.
fn text(field: &str) -> String {
    field.replace("\\n", "\n")
}

fn items(file: &'static str) -> HashMap<&'static str, Vec<(&'static str, &'static str)>> {
    let mut items: HashMap<_, Vec<_>> = HashMap::new();
    let mut kind = "";
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            kind = name;
        } else if let Some((name, value)) = line.split_once(':') {
            items.entry(kind).or_default().push((name, value.trim_start()));
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_whole() {
        for table in [include_str!("../../data/lists.tsv"), include_str!("../../data/actions.tsv")] {
            let columns = table.lines().find(|line| line.starts_with("action\t")).expect("a head");
            let columns = columns.split('\t').count();
            for row in rows(table) {
                assert_eq!(row.len(), columns, "{row:?}");
            }
        }
    }

    #[test]
    fn every_item_of_every_list_has_its_headers() {
        for list in actions().iter().filter_map(|action| list(action.name)) {
            for kind in &list.items {
                assert!(!item(kind).is_empty(), "items.txt lacks [{kind}]");
            }
        }
    }

    #[test]
    fn every_list_belongs_to_an_action() {
        for row in rows(include_str!("../../data/lists.tsv")) {
            assert!(list(row[0]).is_some(), "actions.tsv lacks `{}`", row[0]);
        }
    }
}
