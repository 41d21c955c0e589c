//! The rules. The tests show for each rule a text that it accepts and one that it refuses.

use crate::rust;

/// A rule. `check` returns the faults of a file, each as `:line: what and why`.
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) check: fn(path: &str, text: &str) -> Vec<String>,
}

pub(crate) const RULES: &[Rule] = &[
    Rule { name: "io", check: io_only_in_net },
    Rule { name: "clock", check: clock_only_in_net },
    Rule { name: "unsafe", check: unsafe_only_in_zend },
    Rule { name: "allow", check: expect_instead_of_allow },
    Rule { name: "first-line", check: first_line_says_the_job },
    Rule { name: "length", check: one_idea_a_file },
    Rule { name: "laravel", check: laravel_only_in_its_adapter },
    Rule { name: "laravel-cluster", check: the_cluster_is_imported_by_nobody },
    Rule { name: "strict-types", check: php_is_strict },
    Rule { name: "php-checked", check: php_is_checked },
    Rule { name: "phpt-extensions", check: phpt_names_its_extensions },
    Rule { name: "plan-words", check: no_plan_words },
    Rule { name: "places", check: no_places },
    Rule { name: "sleep", check: no_sleep },
    Rule { name: "guard-tries", check: guard_only_tries },
    Rule { name: "builds", check: tools_share_their_builds },
];

/// Lines of a file. Above the first number there is a warning; above the second the test fails.
const LINES_LONG: usize = 700;
const LINES_MAX: usize = 800;

/// Lines of a shipped Rust file, without the unit tests at its end.
const SHIPPED_LINES_MAX: usize = 600;

/// Files of any length: generated, recorded, or not divisible.
const ANY_LENGTH: &[&str] = &[
    "Cargo.lock",
    "fuzz/Cargo.lock",
    "php/Cli/actions.php",
    "php/Events/",
    "sim/data/",
    "stubs/",
    "tests/data/",
    "tools/data/",
];

/// Files that may sleep, each with the reason.
const MAY_SLEEP: &[(&str, &str)] = &[
    ("benches/src/feeder.rs", "writes frames at a pace, which is what it is for"),
    ("tests/php/Loop/Doubles/SelectLoop.php", "an event loop without streams sleeps until its next timer"),
    (
        "tests/real/Server/Asterisk.php",
        "asks a process that starts whether it is ready, and has nothing to wait on",
    ),
    ("tests/real/Server/Process.php", "asks a process that ends whether it has, and has nothing to wait on"),
    (
        "laravel-adapter/tests/Browser/WallboardTest.php",
        "gives a page the time that it takes by itself to ask for news",
    ),
    (
        "laravel-adapter/tests/Cluster/FleetTest.php",
        "lets a fleet of processes live for minutes, which is what it is about",
    ),
    (
        "laravel-adapter/tests/Feature/StreamTest.php",
        "a listener that is slow is what one of its tests is about",
    ),
    (
        "laravel-adapter/tests/Feature/WorkerTest.php",
        "listeners that are slow are what some of its tests are about",
    ),
    ("laravel-adapter/tests/Cluster/SizingTest.php", "measures what a process uses over some seconds"),
    (
        "laravel-adapter/tests/Feature/ListenTest.php",
        "asks a process of its own what it does, and has nothing to wait on",
    ),
    (
        "laravel-adapter/tests/Feature/LongLivedTest.php",
        "holds requests for a moment, so that the children of FPM share them",
    ),
    (
        "laravel-adapter/tests/Support/Wait.php",
        "asks processes and Redis whether a condition holds, and has nothing to wait on",
    ),
    ("tests/real/StallGuardTest.php", "a listener that sleeps is what the test is about"),
];

/// I/O is allowed in `src/net` and in the fake's own server only. Addresses are data and allowed everywhere.
fn io_only_in_net(path: &str, text: &str) -> Vec<String> {
    const WORDS: &[&str] = &[
        "mio",
        "rustls",
        "socket2",
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "ToSocketAddrs",
        "thread::spawn",
        "thread::scope",
        "thread::Builder",
        "thread::sleep",
    ];
    if !sans_io(path) {
        return Vec::new();
    }
    find(rust::shipped(&rust::code(text)), WORDS, "I/O and threads belong in src/net")
}

/// Outside of `src/net` time is an argument, so that tests can use virtual time.
fn clock_only_in_net(path: &str, text: &str) -> Vec<String> {
    if !sans_io(path) {
        return Vec::new();
    }
    find(
        rust::shipped(&rust::code(text)),
        &["Instant::now", "SystemTime::now", "elapsed()"],
        "the clock belongs in src/net; take `now` as an argument",
    )
}

fn unsafe_only_in_zend(path: &str, text: &str) -> Vec<String> {
    // The tests with their own allocator.
    let is_allocator = ["tests/freed_memory.rs", "tests/memory.rs"].contains(&path);
    if !is(path, ".rs") || path.starts_with("ext/src/zend/") || is_allocator {
        return Vec::new();
    }
    find(&rust::code(text), &["unsafe"], "unsafe code belongs in ext/src/zend")
}

fn expect_instead_of_allow(path: &str, text: &str) -> Vec<String> {
    if !is(path, ".rs") {
        return Vec::new();
    }
    find(&rust::code(text), &["#[allow", "#![allow"], "say #[expect(…, reason = \"…\")]")
}

fn first_line_says_the_job(path: &str, text: &str) -> Vec<String> {
    if !is(path, ".rs") || text.starts_with("//! ") {
        return Vec::new();
    }
    vec![":1: a Rust file begins with `//!` and its one job".to_owned()]
}

fn one_idea_a_file(path: &str, text: &str) -> Vec<String> {
    let lines = text.lines().count();
    let shipped = rust::shipped(text).lines().count();
    if is(path, ".rs") && !path.contains("tests/") && shipped > SHIPPED_LINES_MAX {
        return vec![format!(": {shipped} lines of Rust before its unit tests, at most {SHIPPED_LINES_MAX}")];
    }
    if lines <= LINES_LONG || ANY_LENGTH.iter().any(|exempt| path.starts_with(exempt)) {
        return Vec::new();
    }
    if lines <= LINES_MAX {
        println!("{path}: {lines} lines, think of cutting it before {LINES_MAX}");
        return Vec::new();
    }
    vec![format!(": {lines} lines, at most {LINES_MAX}")]
}

fn laravel_only_in_its_adapter(path: &str, text: &str) -> Vec<String> {
    let in_adapter = ["laravel-adapter/", "examples/laravel-"].iter().any(|folder| path.starts_with(folder));
    if !is(path, ".php") || in_adapter {
        return Vec::new();
    }
    find(text, &["Illuminate"], "Laravel belongs in laravel-adapter")
}

/// Leases, handovers, remote actions and the stream are used only with many workers. Other code uses interfaces, which the
/// service provider of the cluster binds.
fn the_cluster_is_imported_by_nobody(path: &str, text: &str) -> Vec<String> {
    let folder = "laravel-adapter/src/Cluster/";
    if !path.starts_with("laravel-adapter/src/") || path.starts_with(folder) {
        return Vec::new();
    }
    find(text, &["Laravel\\Cluster"], "only laravel-adapter/src/Cluster knows its classes; bind an interface")
}

/// Stubs are exempt because they contain no code, and views because they are HTML.
fn php_is_strict(path: &str, text: &str) -> Vec<String> {
    if !is(path, ".php")
        || is(path, ".stub.php")
        || is(path, ".blade.php")
        || text.contains("\ndeclare(strict_types=1);\n")
    {
        return Vec::new();
    }
    vec![":1: a PHP file declares strict_types=1".to_owned()]
}

/// `mago.toml` must name every folder with PHP, so that the linter reads it.
fn php_is_checked(path: &str, _: &str) -> Vec<String> {
    let folder = path.split('/').next().unwrap_or_default();
    let named = include_str!("../../mago.toml").contains(&format!("\"{folder}\""));
    if !is(path, ".php") || named {
        return Vec::new();
    }
    vec![format!(": no lint or analysis reads `{folder}`: name it in mago.toml")]
}

/// `make test` of phpize runs PHP without ini files, so shared extensions are loaded only if a test names them.
fn phpt_names_its_extensions(path: &str, text: &str) -> Vec<String> {
    const SHARED: &[(&str, &str)] = &[
        ("ctype_", "ctype"),
        ("mb_", "mbstring"),
        ("pcntl_", "pcntl"),
        ("posix_", "posix"),
        ("socket_", "sockets"),
    ];
    let Some((head, script)) = text.split_once("--FILE--").filter(|_| is(path, ".phpt")) else {
        return Vec::new();
    };
    let calls = |prefix: &str| {
        script.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word.starts_with(prefix))
    };
    let missing =
        SHARED.iter().filter(|(prefix, name)| calls(prefix) && !head.lines().any(|line| line == *name));
    missing.map(|(_, name)| format!(": --EXTENSIONS-- must name {name}")).collect()
}

/// Words of a plan mean nothing to a later reader.
fn no_plan_words(path: &str, text: &str) -> Vec<String> {
    if quotes_the_forbidden(path) {
        return Vec::new();
    }
    let mut faults = find(text, &["TODO", "FIXME", "XXX"], "do it, or leave it out");
    for (number, line) in (1..).zip(text.lines()) {
        let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).collect();
        let planned = words.windows(2).any(|pair| {
            ["phase", "task", "milestone", "guideline"].contains(&pair[0].to_lowercase().as_str())
                && pair[1].starts_with(|c: char| c.is_ascii_digit())
        });
        if planned {
            faults.push(format!(":{number}: say why in words that outlive the plan"));
        }
    }
    faults
}

/// Files must not name folders of one machine or hosts of registries, so that a clone works anywhere.
fn no_places(path: &str, text: &str) -> Vec<String> {
    const FOLDERS: &[&str] = &["/root/", "/work/", "/home/"];
    const REGISTRIES: &[&str] =
        &["debian.org", "crates.io", "packagist.org", "pypi.org", "npmjs.org", "npmjs.com"];
    if quotes_the_forbidden(path) || is(path, "Cargo.lock") || is(path, "composer.lock") {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let folder = FOLDERS.iter().any(|folder| starts_a_path(line, folder));
        let host = line.contains("://") && REGISTRIES.iter().any(|host| line.contains(host));
        if folder || host {
            faults.push(format!(":{number}: a path of one machine or the host of a registry"));
        }
        // If two checkouts share a target folder, this could be the path of the other one.
        if is(path, ".rs") && line.contains("env!(\"CARGO_MANIFEST_DIR\")") {
            faults.push(format!(":{number}: a path of one checkout: cargo runs a test beside its manifest"));
        }
    }
    faults
}

/// Tests wait for a condition or use virtual time.
fn no_sleep(path: &str, text: &str) -> Vec<String> {
    const WHY: &str = "wait for a condition, or list the file in MAY_SLEEP with a reason";
    let in_tests = path.starts_with("tests/") || path.contains("/tests/");
    if MAY_SLEEP.iter().any(|(listed, _)| path == *listed) {
        return Vec::new();
    }
    if is(path, ".rs") {
        return find(&rust::code(text), &["thread::sleep"], WHY);
    }
    if in_tests && (is(path, ".php") || is(path, ".phpt") || is(path, ".inc")) {
        return find(text, &["sleep(", "usleep(", "time_nanosleep(", "time_sleep_until("], WHY);
    }
    Vec::new()
}

/// A thread that waits for a `parking_lot` lock is in a table of the whole process, which a forked child inherits
/// unchanged. Only the PHP thread may wait, because it is the thread that forks.
fn guard_only_tries(path: &str, text: &str) -> Vec<String> {
    if path != "src/net/guard.rs" {
        return Vec::new();
    }
    find(&rust::code(text), &["lock()", "lock_to_step()"], "the guard tries, see src/net/shared_state.rs")
}

/// Tools whose builds share nothing with those of `make check` and `make test`.
const BUILDS_APART: &[(&str, &str)] = &[
    ("tools/asan", "instrumented, in a target folder of its own"),
    ("tools/coverage", "instrumented, with a profile of its own"),
    ("tools/fuzz", "instrumented, in a target folder of its own"),
    ("tools/release", "what is published, in a target folder of its own"),
    ("tools/sim", "with a profile of its own"),
];

/// Cargo compiles a crate once more for other features, flags or environments. So `make test` after `make check` compiles no
/// crate twice only if every tool asks for the features of the whole workspace, sets no flags of its own, and compiles the
/// extension in the environment of `tools/env`, for which ext-php-rs is built. Tests do not compile the extension.
fn tools_share_their_builds(path: &str, text: &str) -> Vec<String> {
    const FLAGS: &[&str] = &["RUSTFLAGS", "CARGO_PROFILE_", "CFLAGS", "--features"];
    if !path.starts_with("tools/") || BUILDS_APART.iter().any(|(tool, _)| path == *tool) {
        return Vec::new();
    }
    let mut faults = Vec::new();
    let mut command = String::new();
    for (number, line) in (1..).zip(text.lines()) {
        command.push_str(line.trim_end_matches('\\'));
        if line.ends_with('\\') {
            continue;
        }
        let line = std::mem::take(&mut command);
        let builds =
            |kind: &str| line.contains(&format!("cargo {kind} -")) && !line.trim_start().starts_with('#');
        let compiles_extension = ["build", "check", "clippy", "doc", "run"].into_iter().any(builds);
        if !compiles_extension && !builds("test") {
            continue;
        }
        if !line.contains("--workspace") {
            faults
                .push(format!(":{number}: --workspace, or each crate is compiled for other features again"));
        }
        if compiles_extension && !line.contains("tools/env") {
            faults.push(format!(
                ":{number}: tools/env, or ext-php-rs is compiled for another environment again"
            ));
        }
        // Not those of documentation, RUSTDOCFLAGS.
        if line.split([' ', '"']).any(|word| FLAGS.iter().any(|flag| word.starts_with(flag))) {
            faults.push(format!(":{number}: flags of its own, with which each crate is compiled again"));
        }
    }
    faults
}

/// True for Rust files that get bytes and time as arguments: all except the network, the fake's binary, tests, benches
/// and examples.
fn sans_io(path: &str) -> bool {
    let library = ["src/", "ext/src/", "sim/src/"].iter().any(|folder| path.starts_with(folder));
    let in_fake = path.starts_with("sim/src/bin/") || path == "sim/src/server.rs";
    library && is(path, ".rs") && !path.starts_with("src/net/") && !in_fake
}

/// True for files that may contain forbidden words: this file, and the dialogues of real servers.
fn quotes_the_forbidden(path: &str) -> bool {
    path == "tests/tidy/rules.rs" || path.starts_with("tests/data/")
}

fn is(path: &str, ending: &str) -> bool {
    path.ends_with(ending)
}

/// True if the line contains the folder at the beginning of a path, not in the middle of one.
fn starts_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "_-./$}*@)".contains(c))
    })
}

/// The faults of all lines that contain one of `words` as a whole word.
fn find(text: &str, words: &[&str], why: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for word in words.iter().filter(|word| contains_word(line, word)) {
            faults.push(format!(":{number}: `{word}`: {why}"));
        }
    }
    faults
}

fn contains_word(line: &str, word: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let after = &line[at + word.len()..];
        let goes_on = word.ends_with(inside) && after.starts_with(inside);
        !goes_on && !line[..at].ends_with(inside)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of the rules that stop `text` at `path`.
    fn stopped(path: &str, text: &str) -> Vec<&'static str> {
        RULES.iter().filter(|rule| !(rule.check)(path, text).is_empty()).map(|rule| rule.name).collect()
    }

    fn rust(line: &str) -> String {
        format!("//! A job.\n{line}\n")
    }

    fn php(line: &str) -> String {
        format!("<?php\n\ndeclare(strict_types=1);\n{line}\n")
    }

    #[test]
    fn sockets_and_threads_are_stopped_outside_the_network() {
        for line in [
            "use mio::Poll;",
            "use std::net::TcpStream;",
            "std::thread::spawn(f)",
            "rustls::Error",
            "socket2::Socket",
        ] {
            assert_eq!(stopped("src/node/state.rs", &rust(line)), ["io"], "{line}");
            assert_eq!(stopped("ext/src/manager.rs", &rust(line)), ["io"], "{line}");
            assert!(stopped("src/net/reactor.rs", &rust(line)).is_empty(), "{line}");
            assert!(stopped("sim/src/bin/fake-asterisk/server.rs", &rust(line)).is_empty(), "{line}");
            assert!(stopped("tests/reactor.rs", &rust(line)).is_empty(), "{line}");
        }
        assert!(stopped("src/settings.rs", &rust("use std::net::IpAddr; // not mio")).is_empty());
    }

    #[test]
    fn the_clock_is_stopped_outside_the_network_but_not_in_unit_tests() {
        assert_eq!(stopped("src/node/state.rs", &rust("let now = Instant::now();")), ["clock"]);
        assert_eq!(stopped("ext/src/event.rs", &rust("SystemTime::now()")), ["clock"]);
        assert_eq!(stopped("src/node/state.rs", &rust("start.elapsed()")), ["clock"]);
        assert!(stopped("ext/src/event.rs", &rust("fn received_at(&self) -> SystemTime")).is_empty());
        assert!(stopped("src/net/reactor.rs", &rust("Instant::now()")).is_empty());
        assert!(stopped("src/node/state.rs", &rust("#[cfg(test)]\nmod tests { Instant::now() }")).is_empty());
    }

    #[test]
    fn unsafe_code_is_stopped_outside_zend() {
        assert_eq!(stopped("ext/src/manager.rs", &rust("unsafe { f() }")), ["unsafe"]);
        assert!(stopped("ext/src/zend/object.rs", &rust("unsafe { f() }")).is_empty());
        assert!(stopped("src/lib.rs", &rust("#![forbid(unsafe_code)] // nothing unsafe")).is_empty());
    }

    #[test]
    fn allow_is_stopped_and_expect_passes() {
        assert_eq!(stopped("src/lib.rs", &rust("#[allow(dead_code)]")), ["allow"]);
        assert_eq!(stopped("src/lib.rs", &rust("#![allow(dead_code)]")), ["allow"]);
        assert!(stopped("src/lib.rs", &rust("#[expect(dead_code, reason = \"why\")]")).is_empty());
    }

    #[test]
    fn a_rust_file_without_its_job_is_stopped() {
        assert_eq!(stopped("src/lib.rs", "use std::fmt;\n"), ["first-line"]);
    }

    #[test]
    fn a_long_file_is_stopped_unless_it_is_generated() {
        let long = "//! A job.\n".repeat(LINES_MAX + 1);
        assert_eq!(stopped("tests/all.rs", &long), ["length"]);
        assert!(stopped("tests/all.rs", &"//! A job.\n".repeat(LINES_MAX)).is_empty());
        assert!(stopped("stubs/ami_client.stub.php", &long).is_empty());
    }

    #[test]
    fn a_rust_file_is_stopped_earlier_but_for_its_unit_tests() {
        let shipped = "//! A job.\n".repeat(SHIPPED_LINES_MAX);
        assert!(stopped("src/job.rs", &format!("{shipped}#[cfg(test)]\nmod tests {{\n}}\n")).is_empty());
        assert_eq!(stopped("src/job.rs", &format!("{shipped}//! One more.\n")), ["length"]);
        assert!(stopped("tests/job.rs", &format!("{shipped}//! One more.\n")).is_empty());
    }

    #[test]
    fn laravel_is_stopped_outside_its_adapter() {
        assert_eq!(stopped("php/Client.php", &php("use Illuminate\\Support\\Str;")), ["laravel"]);
        assert!(
            !stopped("laravel-adapter/src/Provider.php", &php("use Illuminate\\Support\\Str;"))
                .contains(&"laravel")
        );
    }

    #[test]
    fn the_cluster_folder_of_the_adapter_is_stopped_outside_itself() {
        let line = php("use Apn\\AmiClient\\Laravel\\Cluster\\Leases;");
        assert_eq!(stopped("laravel-adapter/src/Worker/Worker.php", &line), ["laravel-cluster"]);
        assert!(stopped("laravel-adapter/src/Cluster/Handovers.php", &line).is_empty());
        assert!(stopped("laravel-adapter/tests/Feature/ClusterTest.php", &line).is_empty());
    }

    #[test]
    fn php_without_strict_types_is_stopped_but_not_a_stub() {
        assert_eq!(stopped("php/Client.php", "<?php\n"), ["strict-types"]);
        assert!(stopped("stubs/ami_client.stub.php", "<?php\n").is_empty());
        assert!(stopped("tests/phpt/ping.phpt", "<?php\n").is_empty());
    }

    #[test]
    fn php_in_a_folder_that_nobody_checks_is_stopped() {
        assert_eq!(stopped("scripts/a.php", &php("")), ["php-checked"]);
        assert!(stopped("tests/php/a.php", &php("")).is_empty());
    }

    #[test]
    fn a_phpt_that_does_not_name_its_extensions_is_stopped() {
        let script = "--EXTENSIONS--\nami_client\n--FILE--\n<?php posix_kill(1, 0);";
        assert_eq!(stopped("tests/phpt/a.phpt", script), ["phpt-extensions"]);
        let named = script.replace("ami_client\n", "ami_client\nposix\n");
        assert!(stopped("tests/phpt/a.phpt", &named).is_empty());
        let own = "--FILE--\n<?php stream_socket_client('tcp://[::1]:1'); exposix_kill();";
        assert!(stopped("tests/phpt/a.phpt", own).is_empty());
    }

    #[test]
    fn words_of_a_plan_are_stopped() {
        for line in ["TODO", "// FIXME: later", "see Phase 2", "as task 4.3 says", "(Guideline 6)"] {
            assert_eq!(stopped("README.md", line), ["plan-words"], "{line}");
        }
        assert!(stopped("README.md", "in this phase, 2 tasks; a multitask 4").is_empty());
    }

    #[test]
    fn places_of_one_machine_are_stopped() {
        for line in ["see /root/x", "path=\"/work/main\"", "cd /home/me/", "https://crates.io/crates/mio"] {
            assert_eq!(stopped("README.md", line), ["places"], "{line}");
        }
        for line in ["$prefix/root/x", "a tool from crates.io", "tests/work/x", "//homepage"] {
            assert!(stopped("README.md", line).is_empty(), "{line}");
        }
        assert_eq!(stopped("tests/a.rs", &rust("env!(\"CARGO_MANIFEST_DIR\")")), ["places"]);
    }

    #[test]
    fn a_guard_that_waits_for_the_lock_is_stopped() {
        assert_eq!(stopped("src/net/guard.rs", &rust("let client = shared.client.lock();")), ["guard-tries"]);
        assert!(stopped("src/net/guard.rs", &rust("let client = shared.client.try_lock();")).is_empty());
        assert!(stopped("src/net/shared.rs", &rust("let client = self.shared.client.lock();")).is_empty());
    }

    #[test]
    fn a_tool_that_compiles_every_crate_again_is_stopped() {
        for line in [
            "tools/env cargo build --release -p apn-bench",
            "cargo build --release --workspace",
            "cargo test --test tidy",
            "CFLAGS=-O3 \\\n  cargo test --workspace",
            "RUSTFLAGS=-g tools/env cargo clippy --workspace",
        ] {
            assert_eq!(stopped("tools/some", line), ["builds"], "{line}");
            assert!(stopped("tools/asan", line).is_empty(), "{line}");
            assert!(stopped("docs/some.md", line).is_empty(), "{line}");
        }
        for line in [
            "tools/env cargo build --release --workspace",
            "RUSTDOCFLAGS='-D warnings' \\\n  tools/env cargo doc --workspace",
            "cargo test --workspace",
            "cargo fmt --all",
        ] {
            assert!(stopped("tools/some", line).is_empty(), "{line}");
        }
    }

    #[test]
    fn waiting_by_the_clock_is_stopped_in_tests() {
        assert_eq!(stopped("tests/reactor.rs", &rust("std::thread::sleep(d);")), ["sleep"]);
        assert_eq!(stopped("tests/php/ATest.php", &php("usleep(10);")), ["sleep"]);
        assert_eq!(stopped("tests/phpt/a.phpt", "sleep(1);"), ["sleep"]);
        assert!(stopped("examples/loop.php", &php("usleep(10);")).is_empty());
    }
}
