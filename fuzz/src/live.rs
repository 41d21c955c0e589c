//! Any events and lists in any order: the model keeps its bounds and is consistent, and a true list makes it
//! right.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use apn_ami::limits::LiveLimits;
use apn_ami::live::{ListRequest, Live, Moment, State};
use apn_ami::wire::Kind;

use crate::input::Input;

const EVENTS: [&str; 29] = [
    "Newchannel",
    "Newstate",
    "Newexten",
    "NewCallerid",
    "Hangup",
    "BridgeCreate",
    "BridgeDestroy",
    "BridgeEnter",
    "BridgeLeave",
    "LocalBridge",
    "DialBegin",
    "DialState",
    "DialEnd",
    "Hold",
    "AttendedTransfer",
    "BlindTransfer",
    "Pickup",
    "Reload",
    "ParkedCall",
    "QueueCallerJoin",
    "QueueCallerJoin",
    "QueueCallerLeave",
    "QueueCallerAbandon",
    "QueueMemberAdded",
    "QueueMemberRemoved",
    "QueueMemberStatus",
    "QueueMemberPause",
    "AgentConnect",
    "AgentComplete",
];
/// Items of the list of queues.
const QUEUE_ITEMS: [&str; 3] = ["QueueParams", "QueueMember", "QueueEntry"];
const IDS: [&str; 8] = ["1.1", "1.2", "1.3", "2.1", "9.9", "call", "pbx-1.4", ""];
const NAMES: [&str; 5] = ["PJSIP/a-1", "Local/1@a-1;1", "Local/1@a-1;2", "PJSIP/<unknown>-2", "x"];
const TYPES: [&str; 3] = ["basic", "base", ""];
const STATUSES: [&str; 4] = ["ANSWER", "BUSY", "RINGING", ""];

/// A queue with one member and one caller, as a list has them.
const TRUE_QUEUE: [&str; 3] = [
    "Event: QueueParams\r\nQueue: true\r\nStrategy: ringall\r\nCalls: 1\r\nCompleted: 3\r\n",
    "Event: QueueMember\r\nQueue: true\r\nName: alice\r\nLocation: PJSIP/alice\r\nStatus: 1\r\nPaused: 0\r\n",
    "Event: QueueEntry\r\nQueue: true\r\nPosition: 1\r\nChannel: SIP/1.1\r\nUniqueid: 1.1\r\nWait: 5\r\n",
];

struct Run {
    live: Live,
    now: Moment,
    limits: LiveLimits,
}

/// Runs operations that the bytes describe.
///
/// # Panics
///
/// A property does not hold.
pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let limits = LiveLimits {
        channels_max: usize::from(input.byte() % 16) + 1,
        ended_calls_max: usize::from(input.byte() % 4),
        bytes_max: input.number() * 8 + 1_000,
        keeps_queues: input.byte() & 1 == 0,
        queues_max: usize::from(input.byte() % 4) + 1,
        queue_entries_max: usize::from(input.byte() % 8) + 2,
        ..LiveLimits::default()
    };
    let now = Moment { now: Instant::now(), unix: Duration::from_secs(1_000_000) };
    let mut run = Run { live: Live::new(&limits, 1), now, limits };
    run.live.notify(input.byte() & 1 == 0);
    while !input.is_empty() {
        run.act(&mut input);
        run.hold();
    }
    run.make_right();
}

impl Run {
    fn act(&mut self, input: &mut Input<'_>) {
        match input.byte() % 14 {
            0 => self.live.on_ready(input.byte() == 255, self.now),
            1 => self.live.on_lost(),
            2 => self.live.on_too_long(self.now),
            3 => {
                self.pass(Duration::from_millis(input.number() as u64 * 10));
                self.live.on_time(self.now);
            }
            4 => drop(self.live.begin_list(self.now.now)),
            5 => {
                let answer = ["Success", "Error"][usize::from(input.byte() & 1)];
                let message =
                    ["Permission denied", "Invalid/unknown command", ""][usize::from(input.byte() % 3)];
                let frame = format!("Response: {answer}\r\nMessage: {message}\r\n");
                self.live.on_listed(Kind::Response, frame.as_bytes(), self.now);
            }
            6 => self.live.on_listed(Kind::Event, &frame("CoreShowChannel", input), self.now),
            7 => self.live.on_listed(Kind::Event, &frame("BridgeListItem", input), self.now),
            8 => self.live.on_listed(Kind::Event, b"Event: CoreShowChannelsComplete\r\n", self.now),
            9 => drop(self.live.pop_news()),
            10 => {
                let (name, frame) = (input.word(), input.text());
                self.live.on_event(name.as_bytes(), frame, self.now);
            }
            11 => {
                let name = QUEUE_ITEMS[usize::from(input.byte()) % QUEUE_ITEMS.len()];
                self.live.on_listed(Kind::Event, &frame(name, input), self.now);
            }
            12 => self.live.on_listed(Kind::Event, b"Event: QueueStatusComplete\r\n", self.now),
            _ => {
                let name = EVENTS[usize::from(input.byte()) % EVENTS.len()];
                let frame = frame(name, input);
                self.live.on_event(name.as_bytes(), &frame, self.now);
            }
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now = Moment { now: self.now.now + time, unix: self.now.unix + time };
    }

    /// Checks the properties that hold at any time.
    fn hold(&self) {
        let live = &self.live;
        assert!(live.channels().count() <= self.limits.channels_max, "more channels than allowed");
        assert!(live.calls().count() <= self.limits.channels_max, "a call has a channel");
        assert!(live.ended_calls().count() <= self.limits.ended_calls_max, "more ended calls than allowed");
        for (key, channel) in live.channels() {
            let call = live.call(channel.call()).expect("a channel is of a call");
            assert!(call.channels().contains(&key), "a call has its channels");
            if let Some(bridge) = channel.bridge() {
                let bridge = live.bridge(bridge).expect("the bridge of a channel is there");
                assert!(bridge.members().contains(&key), "a bridge has its members");
            }
            assert_eq!(live.find_channel(channel.unique_id()), Some(key), "a channel is found by its id");
            assert!(!live.peers(key).contains(&key), "nobody talks to himself");
        }
        assert!(live.queues().count() <= self.limits.queues_max, "more queues than allowed");
        let entries: usize =
            live.queues().map(|(_, queue)| queue.members().len() + queue.callers().len()).sum();
        assert!(entries <= self.limits.queue_entries_max, "more members and callers than allowed");
        let mut waiting = BTreeSet::new();
        for caller in live.queues().flat_map(|(_, queue)| queue.callers()) {
            assert!(waiting.insert(caller.unique_id()), "nobody waits twice");
        }
    }

    /// Begins a session, lets delayed changes happen, and sends lists of a known state. The model must equal
    /// that state, or be a truncated part of it.
    fn make_right(&mut self) {
        self.live.on_lost();
        self.live.on_ready(false, self.now);
        self.pass(Duration::from_secs(70));
        self.live.on_time(self.now);
        self.live.set_bytes_max(usize::MAX);
        let truth: BTreeSet<_> =
            IDS.iter().filter(|id| !id.is_empty()).take(self.limits.channels_max / 2).collect();
        let channels: Vec<_> = truth
            .iter()
            .map(|id| {
                format!(
                    "Event: CoreShowChannel\r\nChannel: SIP/{id}\r\nUniqueid: {id}\r\nLinkedid: {id}\r\nBridgeId: \r\n"
                )
            })
            .collect();
        let mut asked = BTreeSet::new();
        while let Some(ListRequest { action, .. }) = self.live.begin_list(self.now.now) {
            assert!(asked.insert(action), "{action} is asked for again");
            let items = match action {
                "CoreShowChannels" => channels.clone(),
                "QueueStatus" => TRUE_QUEUE.map(str::to_owned).to_vec(),
                _ => Vec::new(),
            };
            self.live.on_listed(Kind::Response, b"Response: Success\r\nEventList: start\r\n", self.now);
            for item in items {
                self.live.on_listed(Kind::Event, item.as_bytes(), self.now);
            }
            let end = format!("Event: {action}Complete\r\nEventList: Complete\r\n");
            self.live.on_listed(Kind::Event, end.as_bytes(), self.now);
        }
        assert!(asked.contains("CoreShowChannels") && asked.contains("BridgeList"), "{asked:?}");
        assert_eq!(asked.contains("QueueStatus"), self.limits.keeps_queues, "{asked:?}");
        self.hold();
        let queues: Vec<_> = self.live.queues().map(|(_, queue)| queue.name().to_vec()).collect();
        let expected = if self.limits.keeps_queues { vec![b"true".to_vec()] } else { Vec::new() };
        assert!(queues == expected || self.live.is_truncated() && queues.is_empty(), "{queues:?}");
        for (_, queue) in self.live.queues() {
            assert!(
                self.live.is_truncated() || queue.members().len() == 1 && queue.callers().len() == 1,
                "{queue:?}"
            );
        }
        let known: BTreeSet<_> =
            self.live.channels().map(|(_, channel)| channel.unique_id().to_vec()).collect();
        let is_right = known.iter().all(|id| truth.iter().any(|own| own.as_bytes() == id));
        assert!(is_right, "a ghost in {known:?}");
        assert!(self.live.is_truncated() || known.len() == truth.len(), "{known:?} of {truth:?}");
        assert_eq!(self.live.state(), State::Current);
        assert_eq!(self.live.bridges().count(), 0, "no bridge was listed");
    }
}

fn frame(name: &str, input: &mut Input<'_>) -> Vec<u8> {
    let mut pick = |from: &[&'static str]| from[usize::from(input.byte()) % from.len()];
    let (id, other, linked, bridge) = (pick(&IDS), pick(&IDS), pick(&IDS), pick(&IDS));
    let (channel, bridge_type, status) = (pick(&NAMES), pick(&TYPES), pick(&STATUSES));
    let state = pick(&["0", "4", "5", "6", "256", ""]);
    let (queue, member) = (pick(&IDS), pick(&NAMES));
    format!(
        "Event: {name}\r\nBridgeUniqueid: {bridge}\r\nBridgeType: {bridge_type}\r\nChannel: {channel}\r\n\
         ChannelState: {state}\r\nCallerIDName: \\\\{status}\\\r\nUniqueid: {id}\r\nLinkedid: {linked}\r\n\
         LocalOneUniqueid: {id}\r\nLocalTwoUniqueid: {other}\r\nDestChannel: {channel}\r\nDestUniqueid: {other}\r\n\
         TransfererUniqueid: {id}\r\nOrigTransfererUniqueid: {id}\r\nSecondTransfererUniqueid: {other}\r\n\
         TargetUniqueid: {other}\r\nDialStatus: {status}\r\nCause: {state}\r\nDuration: 00:00:1{state}\r\nBridgeId: {bridge}\r\n\
         Queue: {queue}\r\nInterface: {member}\r\nLocation: {member}\r\nMemberName: {other}\r\nPosition: {state}\r\n\
         Status: {state}\r\nPaused: {state}\r\nWait: {state}\r\n"
    )
    .into_bytes()
}
