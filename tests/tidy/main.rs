//! Holds the cuts of the project: what may stand where, in every file that git knows.

mod imports;
mod rules;
mod rust;

use rules::RULES;
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn every_file_keeps_to_the_rules() {
    let mut faults = Vec::new();
    for path in files() {
        // A file that git still lists may be gone from the work tree.
        let Ok(bytes) = fs::read(&path) else { continue };
        let Ok(text) = String::from_utf8(bytes) else { continue };
        for rule in RULES {
            faults.extend(
                (rule.check)(&path, &text).into_iter().map(|fault| format!("{path}{fault} [{}]", rule.name)),
            );
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// The crates whose files import each other in one direction only.
const WITHOUT_CIRCLES: &[&str] = &["src/", "ext/src/", "sim/src/"];

/// A PBX whose actions, calls and scripts all act on each other.
const MAY_CIRCLE: &str = "sim/src/asterisk/";

#[test]
fn no_file_imports_what_imports_it() {
    for root in WITHOUT_CIRCLES {
        let texts = files().into_iter().filter(|path| path.starts_with(root));
        let texts: Vec<_> =
            texts.filter_map(|path| Some((path.clone(), fs::read_to_string(&path).ok()?))).collect();
        let mut graph = imports::graph(root, &texts);
        graph.retain(|path, imported| {
            imported.retain(|other| !other.starts_with(MAY_CIRCLE));
            !path.starts_with(MAY_CIRCLE)
        });
        assert!(graph.contains_key(&format!("{root}lib.rs")), "no crate in {root}");
        let circle = imports::circle(&graph);
        assert!(circle.is_none(), "a circle of imports: {}", circle.unwrap_or_default().join(" -> "));
    }
}

/// The rooms of the extension, and those that each may import besides itself.
const ROOMS: &[(&str, &[&str])] = &[
    ("ext/src/zend/", &[]),
    ("ext/src/convert/", &["ext/src/zend/"]),
    ("ext/src/fake/", &["ext/src/convert/", "ext/src/zend/"]),
    ("ext/src/runtime/", &["ext/src/fake/", "ext/src/convert/", "ext/src/zend/"]),
];

#[test]
fn rooms_import_only_what_lies_below_them() {
    let texts = files().into_iter().filter(|path| path.starts_with("ext/src/"));
    let texts: Vec<_> =
        texts.filter_map(|path| Some((path.clone(), fs::read_to_string(&path).ok()?))).collect();
    let graph = imports::graph("ext/src/", &texts);
    let mut faults = Vec::new();
    for (path, imported) in &graph {
        let may_import = |other: &str| {
            let room = ROOMS.iter().find(|(room, _)| path.starts_with(room));
            room.is_none_or(|(room, below)| {
                other.starts_with(room) || below.iter().any(|below| other.starts_with(below))
            })
        };
        faults.extend(
            imported.iter().filter(|other| !may_import(other)).map(|other| format!("{path} -> {other}")),
        );
    }
    for (room, _) in ROOMS {
        assert!(graph.keys().any(|path| path.starts_with(room)), "there is no room {room}");
    }
    assert!(faults.is_empty(), "imports that lead upwards:\n{}\n", faults.join("\n"));
}

/// Where the repository begins: cargo runs the tests of a crate beside its manifest.
const ROOT: &str = ".";

/// Every file of the project by its path from the root: what git tracks or would track, else (in an unpacked
/// archive) what lies there.
fn files() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok());
    let mut paths: Vec<String> = match listed {
        Some(list) => list.split_terminator('\0').map(str::to_owned).collect(),
        None => walk(Path::new(ROOT), ""),
    };
    paths.sort();
    assert!(paths.iter().any(|path| path == "Cargo.toml"), "no project in this folder");
    paths
}

fn walk(folder: &Path, prefix: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).expect("a readable folder").flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = format!("{prefix}{name}");
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                let built = matches!(path.as_str(), "target" | ".cache" | ".git");
                if !built {
                    paths.extend(walk(&entry.path(), &format!("{path}/")));
                }
            }
            Ok(kind) if kind.is_file() => paths.push(path),
            _ => {}
        }
    }
    paths
}

#[test]
fn without_git_the_same_files_are_found_by_walking() {
    let walked = walk(Path::new(ROOT), "");
    assert!(walked.iter().any(|path| path == "tests/tidy/main.rs"));
    assert!(!walked.iter().any(|path| path.starts_with("target/")));
}
