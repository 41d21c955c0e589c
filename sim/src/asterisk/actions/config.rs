//! Actions that read configuration files.

use std::collections::BTreeMap;

use crate::asterisk::block::Block;
use crate::asterisk::dispatch::{Next, Turn};
use crate::asterisk::request::Request;

/// A category's name, and the name and value of each of its lines.
type Category = (String, Vec<(String, String)>);

/// The configuration files, by name.
#[derive(Debug)]
pub(crate) struct ConfigFiles(BTreeMap<String, Vec<Category>>);

impl Default for ConfigFiles {
    fn default() -> Self {
        let mut files = Self(BTreeMap::new());
        files.set("queues.conf", QUEUES);
        files.set("empty.conf", "");
        files
    }
}

const QUEUES: &str = "\
[general]
[support]
strategy=ringall
member=Local/201@answer,0,Agent 201
member=Local/202@busy,0,Agent 202
[sales]
strategy=rrmemory
";

impl ConfigFiles {
    /// Writes a file. Lines before the first category are ignored.
    pub(crate) fn set(&mut self, name: &str, text: &str) {
        let mut categories: Vec<Category> = Vec::new();
        for line in text.lines() {
            if let Some(category) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                categories.push((category.to_owned(), Vec::new()));
            } else if let (Some((name, value)), Some(category)) =
                (line.split_once('='), categories.last_mut())
            {
                category.1.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
        self.0.insert(name.to_owned(), categories);
    }

    /// The categories that a request asks for. `None` if the file does not exist.
    fn asked(&self, request: &Request) -> Option<Vec<&Category>> {
        let file = self.0.get(std::str::from_utf8(request.header("Filename")).ok()?)?;
        let wanted = request.header("Category");
        let is_asked = |category: &&Category| wanted.is_empty() || category.0.as_bytes() == wanted;
        Some(file.iter().filter(is_asked).collect())
    }
}

const NO_FILE: &str = "Config file not found";

pub(super) fn get(turn: &mut Turn<'_>, request: &Request) -> Next {
    let Some(categories) = turn.pbx.config.asked(request) else { return turn.error(request, NO_FILE) };
    let mut block = Block::response("Success", request);
    for (number, (name, lines)) in categories.iter().enumerate() {
        block = block.header(format!("Category-{number:06}"), name);
        for (line, (key, value)) in lines.iter().enumerate() {
            block = block.header(format!("Line-{number:06}-{line:06}"), format!("{key}={value}"));
        }
    }
    // Asterisk writes this line only if the request names a category, and without a colon (main/manager.c,
    // `action_getconfig`).
    if categories.is_empty() && !request.header("Category").is_empty() {
        block = block.raw(b"No categories found\r\n");
    }
    turn.say(&block.end())
}

pub(super) fn get_json(turn: &mut Turn<'_>, request: &Request) -> Next {
    let Some(categories) = turn.pbx.config.asked(request) else { return turn.error(request, NO_FILE) };
    let categories: Vec<_> = categories
        .iter()
        .map(|(name, lines)| {
            let lines: Vec<_> =
                lines.iter().map(|(key, value)| format!("{}:{}", quoted(key), quoted(value))).collect();
            format!("{}:{{{}}}", quoted(name), lines.join(","))
        })
        .collect();
    let json = format!("{{{}}}", categories.join(","));
    turn.say(&Block::response("Success", request).header("JSON", json).end())
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

pub(super) fn categories(turn: &mut Turn<'_>, request: &Request) -> Next {
    let Some(categories) = turn.pbx.config.asked(request) else { return turn.error(request, NO_FILE) };
    let names =
        categories.iter().enumerate().map(|(number, (name, _))| (format!("Category-{number:06}"), name));
    let block = Block::response("Success", request).headers(names);
    // The response is a success that has a header `Error`.
    let block = if categories.is_empty() { block.header("Error", "no categories found") } else { block };
    turn.say(&block.end())
}
