//! Which files of a crate each file imports, and whether these imports form a circle.

use std::collections::{BTreeMap, BTreeSet};

use crate::rust;

/// The files, each with the files that it imports.
pub(crate) type Graph = BTreeMap<String, BTreeSet<String>>;

/// The import graph of the files under `root`, which ends in `/` and contains `lib.rs`. Unit tests are ignored, because
/// they import the code that they test.
pub(crate) fn graph(root: &str, files: &[(String, String)]) -> Graph {
    let known: BTreeMap<Vec<String>, &str> =
        files.iter().filter_map(|(path, _)| Some((module(root, path)?, path.as_str()))).collect();
    let imports = |path: &str, text: &str| -> Option<BTreeSet<String>> {
        let own = module(root, path)?;
        let found = paths(rust::shipped(&rust::code(text))).into_iter().filter_map(|path| {
            let whole = resolve(&own, &path)?;
            // The longest prefix of the path that is a file. The rest is an item of that file.
            (0..=whole.len()).rev().find_map(|end| known.get(&whole[..end]))
        });
        Some(found.filter(|found| **found != path).map(|found| (*found).to_owned()).collect())
    };
    files.iter().filter_map(|(path, text)| Some((path.clone(), imports(path, text)?))).collect()
}

/// Finds a circle, if there is one.
pub(crate) fn circle(graph: &Graph) -> Option<Vec<String>> {
    let mut done = BTreeSet::new();
    graph.keys().find_map(|start| walk(graph, start, &mut Vec::new(), &mut done))
}

fn walk(graph: &Graph, at: &str, way: &mut Vec<String>, done: &mut BTreeSet<String>) -> Option<Vec<String>> {
    if let Some(begin) = way.iter().position(|known| known == at) {
        return Some(way[begin..].to_vec());
    }
    if !done.insert(at.to_owned()) {
        return None;
    }
    way.push(at.to_owned());
    let found = graph.get(at)?.iter().find_map(|next| walk(graph, next, way, done));
    way.pop();
    found
}

/// The module path of a file: `a/b.rs` and `a/b/mod.rs` are `a::b`.
fn module(root: &str, path: &str) -> Option<Vec<String>> {
    let name = path.strip_prefix(root)?.strip_suffix(".rs")?;
    let name = name.strip_suffix("/mod").unwrap_or(name);
    Some(if name == "lib" { Vec::new() } else { name.split('/').map(str::to_owned).collect() })
}

fn resolve(own: &[String], path: &[String]) -> Option<Vec<String>> {
    match path.split_first()? {
        (first, rest) if first == "crate" => Some(rest.to_vec()),
        (first, rest) if first == "super" => {
            let (_, own) = own.split_last()?;
            if rest.first().is_some_and(|next| next == "super") {
                return resolve(own, rest);
            }
            Some(own.iter().chain(rest).cloned().collect())
        }
        // A module imports the modules that it declares.
        (first, rest) if first == "mod" => Some(own.iter().chain(rest).cloned().collect()),
        _ => None,
    }
}

/// All paths that begin with `crate` or `super`. A group gives one path for each member, and `mod x;` gives `mod::x`.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | ':' | '$')) {
                tree(&code[at..], &mut Vec::new(), &mut found);
            }
        }
    }
    for line in code.lines() {
        let line = line.trim().trim_start_matches("pub(crate) ").trim_start_matches("pub ");
        if let Some(name) = line.strip_prefix("mod ").and_then(|line| line.strip_suffix(';')) {
            found.push(vec!["mod".to_owned(), name.to_owned()]);
        }
    }
    found
}

/// Reads a path such as `a::b::{c, d::e}` at the beginning of the text, and returns the rest of the text.
fn tree<'a>(text: &'a str, before: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> &'a str {
    let depth = before.len();
    let mut rest = text.trim_start();
    loop {
        if let Some(group) = rest.strip_prefix('{') {
            rest = group.trim_start();
            while !rest.starts_with('}') && !rest.is_empty() {
                rest = tree(rest, before, found).trim_start();
                rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
                if !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '}' | '{' | '*')) {
                    break;
                }
            }
            rest = rest.strip_prefix('}').unwrap_or(rest);
            break;
        }
        let end =
            rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '#' | '*')).unwrap_or(rest.len());
        before.push(rest[..end].trim_start_matches("r#").to_owned());
        rest = &rest[end..];
        if let Some(next) = rest.strip_prefix("::") {
            rest = next;
        } else {
            found.push(before.clone());
            rest = rest
                .trim_start()
                .strip_prefix("as ")
                .map_or(rest, |alias| alias.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'));
            break;
        }
    }
    before.truncate(depth);
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> Graph {
        let files: Vec<_> =
            files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        graph("src/", &files)
    }

    #[test]
    fn groups_and_supers_and_items_lead_to_files() {
        let graph = of(&[
            ("src/lib.rs", "mod a;\nmod b;\n"),
            ("src/a/mod.rs", "pub(crate) mod c;\n"),
            ("src/a/c.rs", "use super::d::Item;\nuse crate::{b::{self, Other}, a::d as e};\n// crate::a\n"),
            ("src/a/d.rs", "fn f() { crate::b::g(\"super::c\"); }\n"),
            ("src/b.rs", ""),
        ]);
        let names = |path: &str| graph[path].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(names("src/lib.rs"), ["src/a/mod.rs", "src/b.rs"]);
        assert_eq!(names("src/a/c.rs"), ["src/a/d.rs", "src/b.rs"]);
        assert_eq!(names("src/a/d.rs"), ["src/b.rs"]);
        assert_eq!(circle(&graph), None);
    }

    #[test]
    fn a_circle_is_named() {
        let graph = of(&[
            ("src/lib.rs", "mod a;\nmod b;\nmod c;"),
            ("src/a.rs", "use crate::b::X;"),
            ("src/b.rs", "use super::c::{self};"),
            ("src/c.rs", "fn f() { crate::a::g() }"),
        ]);
        assert_eq!(circle(&graph), Some(vec!["src/a.rs".into(), "src/b.rs".into(), "src/c.rs".into()]));
    }
}
