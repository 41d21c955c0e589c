//! Checks the structure of the project: which code may be in which file, for every file that git lists.

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
        // A file that git lists may be missing in the work tree.
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

/// The fake PBX. Its actions, calls and scripts depend on each other, so circles are allowed there.
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

/// The folders of the extension, each with the other folders that it may import.
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

/// The root of the repository. Cargo runs the tests of a crate in the folder of its manifest.
const ROOT: &str = ".";

/// The paths of all files of the project, relative to the root: the files that git tracks or would track, or all files
/// if this is an unpacked archive without git.
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
