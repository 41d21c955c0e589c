//! Random faults between a client and its servers, and their repair.

use std::collections::BTreeSet;
use std::time::Duration;

use apn_ami::client::Network as _;
use apn_sim::asterisk::{Answer, Rate};
use apn_sim::link::LinkOptions;
use apn_sim::world::Door;
use fastrand::Rng;

use crate::harness::{Harness, millis, seconds};
use crate::watch::{EARLY, TAGGED};

const DOORS: [Door; 6] =
    [Door::Open, Door::Refused, Door::Blackhole, Door::Unreachable, Door::NoName, Door::BadCertificate];

const SILENCE: Rate = Rate { events_per_second: 0, events_max: None, waiting_bytes_max: None };

/// Bytes that no Asterisk sends, or sends in this way. `$` stands for the id of one of our actions.
const GARBAGE: [&[u8]; 14] = [
    b"\r\n\r\n\n\n",
    b"nothing\r\nof any kind\r\n\r\n",
    b"Event: Half\r\nX: ",
    b"Event: \r\n\r\n",
    b"Response: Success\r\n\r\n",
    b"Response: Success\r\nActionID: $\r\n\r\n",
    b"Response: Goodbye\r\n\r\n",
    b"Response: Follows\r\nno end\n",
    b"\r\n--END COMMAND--\r\n\r\n",
    b"Event: UserEvent\r\nActionID: $\r\nEventList: Complete\r\n\r\n",
    b"Event: X\r\nActionID: $\r\nEventList: Complete\r\nListItems: -1\r\n\r\n",
    b"Asterisk Call Manager/1.1\r\n",
    b"Event: Shutdown\r\nShutdown: Cleanly\r\n\r\n",
    b"\0\xff\xfe:\r\n\r\n",
];

/// Sets up random answers of a fake server: late, long and irregular ones.
pub(crate) fn furnish(harness: &mut Harness, at: usize, random: &mut Rng) {
    let fake = harness.fake(at);
    fake.ignore("Never");
    if random.bool() {
        fake.respond("Command", Answer::new([("Message", "late")]).after(millis(random.u64(..5_000))));
    }
    fake.fill_list("QueueStatus", random.usize(..20));
    fake.fill_list("IAXpeers", random.usize(..5));
    fake.set_netstats(["IAX2/a 1 2 3"].iter().take(random.usize(..2)).copied());
    if random.bool() {
        fake.speak_before_login(format!("Event: {EARLY}\r\n\r\n").as_bytes());
    }
}

pub(crate) fn links(random: &mut Rng) -> LinkOptions {
    LinkOptions {
        latency: if random.bool() { Duration::ZERO } else { millis(random.u64(..60)) },
        jitter: if random.bool() { Duration::ZERO } else { millis(random.u64(..30)) },
        piece_bytes_max: match random.u32(..5) {
            0 => 1,
            1..3 => random.usize(2..300),
            _ => usize::MAX,
        },
        buffer_bytes: if random.bool() { 2 * 1_024 * 1_024 } else { random.usize(60..5_000) },
        corrupt_per_million: 0,
    }
}

/// Causes one fault of a server and returns its description. If it changes bytes, the server's key is added
/// to `corrupted`.
pub(crate) fn strike(
    harness: &mut Harness,
    at: usize,
    random: &mut Rng,
    corrupted: &mut BTreeSet<String>,
) -> String {
    let (site, now) = (harness.site(at), harness.now());
    match random.u32(..20) {
        0 => {
            let options = links(random);
            harness.world().set_links(site, options);
            format!("n{at}: {options:?}")
        }
        1 => {
            let stalled = random.bool();
            harness.world().stall(site, stalled);
            format!("n{at}: stall {stalled}")
        }
        2 => {
            harness.world().reset(site);
            format!("n{at}: reset")
        }
        3 => {
            harness.world().silence(site);
            format!("n{at}: silence")
        }
        4 => {
            let downtime = millis(random.u64(..5_000));
            harness.world().restart(site, downtime);
            format!("n{at}: restart, {downtime:?} down")
        }
        5 => {
            let refuse = random.bool();
            harness.fake(at).refuse_logins(refuse);
            format!("n{at}: refuse logins {refuse}")
        }
        6 => {
            let door = DOORS[random.usize(..DOORS.len())];
            harness.world().set_door(site, door);
            format!("n{at}: {door:?}")
        }
        7 => {
            let frozen = random.bool();
            harness.fake(at).freeze(frozen, now);
            format!("n{at}: frozen {frozen}")
        }
        8..10 => {
            let made = harness.fake(at).events_made();
            let rate = Rate {
                events_per_second: random.u32(1..10_000),
                events_max: Some(made + random.u64(..2_000)),
                waiting_bytes_max: None,
            };
            harness.fake(at).set_rate(rate, now);
            format!("n{at}: {rate:?}")
        }
        10 => {
            corrupted.insert(harness.key(at).to_owned());
            let corrupt_per_million = random.u32(..2_000);
            harness.world().set_links(site, LinkOptions { corrupt_per_million, ..links(random) });
            format!("n{at}: {corrupt_per_million} bytes in a million are corrupted")
        }
        11 => {
            let by = seconds(random.u64(..100_000));
            let unix = harness.world().now().unix;
            let unix = if random.bool() { unix + by } else { unix.saturating_sub(by) };
            harness.world().set_unix(unix);
            format!("the wall clock jumps by {by:?}")
        }
        12 if random.bool() => {
            // The reaction is to an action of the heartbeat or of the user.
            let name = ["Ping", "QueueStatus", "Command"][random.usize(..3)];
            harness.fake(at).respond(name, Answer::new([("Response", "Goodbye")]));
            format!("n{at}: goodbye to {name}")
        }
        12 => kick(harness, at, random.bool()),
        13..15 => tag(harness, at),
        15 => say_hostile(harness, at, random),
        _ => say_garbage(harness, at, random),
    }
}

fn kick(harness: &mut Harness, at: usize, softly: bool) -> String {
    let now = harness.now();
    if let Some(session) = harness.fake(at).sessions().last() {
        let fake = harness.fake(at);
        if softly { fake.close(session, now) } else { fake.cut(session, now) }
    }
    format!("n{at}: kicked, softly {softly}")
}

/// Sends to every session an event that names the session. Sessions that the client has left get one too.
fn tag(harness: &mut Harness, at: usize) -> String {
    let now = harness.now();
    let fake = harness.fake(at);
    let sessions: Vec<_> = fake.sessions().collect();
    for session in &sessions {
        fake.inject(*session, format!("Event: {TAGGED}\r\nOf: {session:?}\r\n\r\n").as_bytes(), now);
    }
    format!("n{at}: tagged {sessions:?}")
}

/// Sends floods that an honest server never sends. `hostile.rs` tests each of them separately.
fn say_hostile(harness: &mut Harness, at: usize, random: &mut Rng) -> String {
    let now = harness.now();
    let Some(session) = harness.fake(at).sessions().last() else {
        return format!("n{at}: nobody to flood");
    };
    let id = own_id(harness, at, random);
    let (what, times) = match random.u32(..6) {
        0 => (format!("Event: L\r\nActionID: {id}\r\nEventList: Complete\r\nListItems: -1\r\n\r\n"), 300),
        1 => (format!("Response: Success\r\nActionID: {id}\r\nEventList: start\r\n\r\n"), 50),
        2 => (format!("Event: Item\r\nActionID: {id}\r\nX: {}\r\n\r\n", "x".repeat(2_000)), 100),
        3 => (String::from("Event:\n\n"), 2_000),
        4 => (format!("Response: Error\r\nActionID: {id}\r\nX: {}\r\n\r\n", "x".repeat(70_000)), 1),
        _ => (format!("Event: OriginateResponse\r\nActionID: {id}\r\nResponse: Failure\r\n\r\n"), 20),
    };
    harness.fake(at).inject(session, what.repeat(times).as_bytes(), now);
    format!("n{at}: {times} times {:?}", &what[..what.len().min(80)])
}

/// Gives every server except the first more frames than the client reads in two ticks.
pub(crate) fn flood_beside_first(harness: &mut Harness) {
    let (now, frames) = (harness.now(), (3 * harness.setup.limits.tick_frames_max).min(1_000));
    for at in 1..harness.ids.len() {
        if let Some(session) = harness.fake(at).sessions().last() {
            harness.fake(at).inject(session, &b"Event: Flood\r\n\r\n".repeat(frames), now);
        }
    }
}

/// The id of one of our actions, usually a recent one. A peer that sees them all could forge it.
fn own_id(harness: &Harness, at: usize, random: &mut Rng) -> String {
    let sent = harness.watch(at).sent();
    let back = if random.bool() { random.usize(..4) } else { random.usize(..200) };
    let sequence = sent.len().checked_sub(1 + back).map_or(7, |at| sent[at]);
    format!("{}:hhhhhhhhhhhhh:{sequence}", harness.key(at))
}

fn say_garbage(harness: &mut Harness, at: usize, random: &mut Rng) -> String {
    let now = harness.now();
    let Some(session) = harness.fake(at).sessions().last() else {
        return format!("n{at}: nobody to say garbage to");
    };
    let mut said = Vec::new();
    for _ in 0..random.usize(1..6) {
        match random.u32(..12) {
            0 => said.extend((0..random.usize(..200)).map(|_| random.u8(..))),
            1 => said.extend(vec![b'x'; random.usize(..140_000)]),
            _ => {
                let garbage = GARBAGE[random.usize(..GARBAGE.len())];
                let parts: Vec<_> = garbage.split(|byte| *byte == b'$').collect();
                said.extend(parts.join(own_id(harness, at, random).as_bytes()));
            }
        }
    }
    harness.fake(at).inject(session, &said, now);
    format!("n{at}: {} bytes of garbage", said.len())
}

/// Ends the faults of a server.
pub(crate) fn heal(harness: &mut Harness, at: usize) {
    let (site, now) = (harness.site(at), harness.now());
    harness.world().set_links(site, LinkOptions::default());
    harness.world().stall(site, false);
    harness.world().set_door(site, Door::Open);
    for name in ["Ping", "QueueStatus"] {
        harness.fake(at).unscript(name);
    }
    harness.fake(at).refuse_logins(false);
    harness.fake(at).freeze(false, now);
    harness.fake(at).set_rate(SILENCE, now);
}
