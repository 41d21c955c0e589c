//! A session under any operations: bytes of the peer, calls of the caller, and the passing of time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use apn_ami::error::{ActionError, DisconnectReason};
use apn_ami::limits::Limits;
use apn_ami::node::{
    AutoMask, CompletionPolicy, ConnectionState, FrameOutcome, LinkPrivacy, Node, OutcomeCell, Output,
    Strategy, TimeoutBehavior,
};
use apn_ami::secret::Secret;
use apn_ami::settings::{AuthMethod, EventMask, ServerSettings};
use apn_ami::wire::{Action, InstanceId, Stamp};

use crate::input::Input;

/// Messages of a peer. `$` is replaced by the id of an action.
const WORDS: [&str; 29] = [
    "Asterisk Call Manager/11.0.0\r\n",
    "Asterisk Call Manager/1.1\r\n",
    "Response: Success\r\nActionID: $\r\nChallenge: 42\r\n\r\n",
    "Response: Success\r\nActionID: $\r\nMessage: Authentication accepted\r\n\r\n",
    "Response: Success\r\nActionID: $\r\n\r\n",
    "Response: Success\r\nActionID: $\r\nEventList: start\r\n\r\n",
    "Response: Error\r\nActionID: $\r\nMessage: Permission denied\r\n\r\n",
    "Response: Error\r\nActionID: $\r\nMessage: Login Already In Use\r\n\r\n",
    "Response: Goodbye\r\nActionID: $\r\n\r\n",
    "Response: Follows\r\nActionID: $\r\na\n\nb\n--END COMMAND--\r\n\r\n",
    "Response: Success\r\nMessage: to nobody\r\n\r\n",
    "Event: Item\r\nActionID: $\r\n\r\n",
    "Event: ListComplete\r\nActionID: $\r\nEventList: Complete\r\nListItems: -1\r\n\r\n",
    "Event: ListComplete\r\nActionID: $\r\nEventList: cancelled\r\n\r\n",
    "Event: UserEvent\r\nActionID: $\r\nEventList: Complete\r\n\r\n",
    "Event: OriginateResponse\r\nActionID: $\r\nResponse: Failure\r\n\r\n",
    "Event: WaitEventComplete\r\nActionID: $\r\n\r\n",
    "Event: Hangup\r\nChannel: PJSIP/a\r\n\r\n",
    "Event: PeerEntry\r\nX: y\r\n\r\n",
    "Event: Shutdown\r\nShutdown: Cleanly\r\n\r\n",
    "IAX2/a 1 2 3\r\n\r\n",
    "Asterisk Call Manager/2.5.0\r\n",
    "ActionID: $\r\nResponse: Success\r\nMessage: Things will follow\r\n\r\n",
    "ActionID: $\r\nEvent: ThingsComplete\r\n\r\n",
    "ActionID: $\r\nrow\r\n\r\n",
    "Event: DataGet Tree\r\nActionID: $\r\n\r\n",
    "\r\n",
    "Event: Half\r\nX: ",
    "\0\u{ff}",
];

const ACTIONS: [&str; 12] = [
    "Ping",
    "QueueStatus",
    "Originate",
    "WaitEvent",
    "IAXpeers",
    "IAXnetstats",
    "JabberSend",
    "Logoff",
    "DBGet",
    "DataGet",
    "Parkinglots",
    "Queues",
];

const PENDING_MAX: usize = 6;
const OUTBOX_MAX: usize = 4_096;
/// The number of bytes that the client itself may add beyond the bound for callers: a few short actions.
const OUTBOX_OWN: usize = 4_096;

/// Runs operations that the bytes describe.
pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mut harness = Harness::new(&mut input);
    while !input.is_empty() {
        harness.act(&mut input);
        harness.settle();
    }
    harness.node.link_down(DisconnectReason::PeerClosed, String::new(), harness.now);
    harness.settle();
    assert_eq!(harness.node.state(), ConnectionState::Disconnected);
    assert!(harness.open.is_empty(), "actions without an end: {:?}", harness.open);
    assert_eq!(harness.node.pending(), 0);
}

struct Harness {
    node: Node,
    now: Instant,
    state: ConnectionState,
    instance: InstanceId,
    open: BTreeMap<u64, Arc<OutcomeCell>>,
    sent: Vec<u64>,
    /// The sequences of all actions that were queued.
    asked: Vec<u64>,
}

impl Harness {
    fn new(input: &mut Input<'_>) -> Self {
        let (now, choice) = (Instant::now(), input.byte());
        let masks = [EventMask::All, EventMask::Auto, EventMask::Off];
        let auths = [AuthMethod::Auto, AuthMethod::Md5, AuthMethod::Plain];
        let settings = ServerSettings {
            event_mask: masks[usize::from(choice % 3)].clone(),
            auth: auths[usize::from(choice / 3 % 3)],
            limits: Limits {
                pending_actions_max: PENDING_MAX,
                outbox_bytes_max: OUTBOX_MAX,
                action_bytes_max: 64 * 1_024,
                frame_bytes_max: 64 * 1_024,
                ..Limits::default()
            },
            ..ServerSettings::new("a", "10.0.0.1", 5_038, "u", Secret::new("s")).expect("fine settings")
        };
        let settings = Arc::new(settings.checked().expect("bounds within their ranges"));
        let instance = InstanceId::from_random([1; 13]);
        let mut node = Node::new(settings, instance, Duration::from_secs(1), now);
        if choice & 128 != 0 {
            node.log_actions(Arc::default());
        }
        Self {
            node,
            now,
            state: ConnectionState::Disconnected,
            instance,
            open: BTreeMap::new(),
            sent: vec![1],
            asked: Vec::new(),
        }
    }

    fn act(&mut self, input: &mut Input<'_>) {
        let now = self.now;
        match input.byte() % 16 {
            0 => self.node.start(now),
            1 => self.node.link_resolved(now),
            2 => self
                .node
                .link_up(if input.byte() & 1 == 0 { LinkPrivacy::Private } else { LinkPrivacy::Open }, now),
            3 => {
                let reasons =
                    [DisconnectReason::PeerClosed, DisconnectReason::Refused, DisconnectReason::Requested];
                self.node.link_down(reasons[usize::from(input.byte() % 3)], "x".to_owned(), now);
            }
            4 => self.node.close(Duration::from_millis(input.number() as u64), now),
            5 => self.pass(Duration::from_millis(input.number() as u64)),
            6 => {
                let next = self.node.next_deadline();
                self.pass(next.map_or(Duration::ZERO, |next| next.saturating_duration_since(now)));
            }
            7 => {
                let count = self.node.outbox().len().min(input.number());
                self.node.advance_outbox(count);
            }
            8 => {
                let mask = ["on", "off", "call", "call,user"][usize::from(input.byte() % 4)];
                self.node.set_auto_mask(AutoMask::of_any_version(mask));
            }
            9 => self.hear(input.text()),
            10 => {
                if let Some(sequence) = self.sent.get(usize::from(input.byte()) % self.sent.len()).copied() {
                    let is_open = self.open.contains_key(&sequence);
                    assert_eq!(self.node.cancel(sequence), is_open, "what is open can be cancelled, once");
                }
            }
            11 | 12 => self.send(input),
            _ => {
                let word = WORDS[usize::from(input.byte()) % WORDS.len()];
                // Usually an id of the last actions. The client's own login and pings are among them.
                let back = usize::from(input.byte());
                let back = if back < 224 { back % 8 } else { back };
                let known = self.asked.len().checked_sub(1 + back).map(|at| self.asked[at]);
                let sequence = known.unwrap_or_else(|| self.node.next_sequence());
                let id = format!("a:{}:{sequence}", self.instance.as_str());
                self.hear(word.replace('$', &id).as_bytes());
            }
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
        self.node.on_time(self.now);
        // A deadline that is over must be gone after it was handled. Otherwise the caller's loop would spin.
        for _ in 0..4 {
            if self.node.next_deadline().is_none_or(|next| next > self.now) {
                return;
            }
            self.node.on_time(self.now);
        }
        panic!("a deadline that is over and stays");
    }

    fn hear(&mut self, bytes: &[u8]) {
        let now = self.now;
        // A link that is not up brings no bytes.
        if matches!(
            self.state,
            ConnectionState::Disconnected | ConnectionState::Resolving | ConnectionState::Connecting
        ) {
            return;
        }
        self.node.framer().feed(bytes);
        self.node.filled(0, now);
        loop {
            let state = self.node.state();
            match self.node.next(Stamp::default(), now) {
                FrameOutcome::Event(frame) => {
                    assert_eq!(state, ConnectionState::Ready, "an event outside of a session");
                    // A block can begin with its `ActionID`.
                    let is_event =
                        |line: &[u8]| line.get(..6).is_some_and(|name| name.eq_ignore_ascii_case(b"Event:"));
                    assert!(frame.split(|byte| *byte == b'\n').any(is_event), "{}", frame.escape_ascii());
                }
                FrameOutcome::Handled | FrameOutcome::Lost(_) => {}
                FrameOutcome::Listed(..) | FrameOutcome::ListBroken => unreachable!("no action is streamed"),
                FrameOutcome::NeedInput => return,
            }
        }
    }

    fn send(&mut self, input: &mut Input<'_>) {
        let action =
            Action::new(ACTIONS[usize::from(input.byte()) % ACTIONS.len()], []).expect("a fine action");
        let choice = input.byte();
        let completion = CompletionPolicy {
            strategy: match choice & 3 {
                0 => Strategy::Single,
                1 => Strategy::Events(vec!["Hangup".to_owned(), "Item".to_owned()]),
                _ => Strategy::Automatic,
            },
            max_duration: (choice & 4 != 0).then(|| Duration::from_millis(u64::from(choice))),
            messages_max: (choice & 8 != 0).then_some(usize::from(choice >> 5)),
            on_timeout: if choice & 16 == 0 { TimeoutBehavior::Fail } else { TimeoutBehavior::Partial },
        };
        match self.node.send(&action, &completion, self.now) {
            Ok(ticket) => {
                assert_eq!(self.state, ConnectionState::Ready, "sent without a session");
                assert!(ticket.cell.outcome().is_none());
                assert!(self.open.insert(ticket.id.sequence(), ticket.cell).is_none(), "an id is used once");
                self.sent.push(ticket.id.sequence());
            }
            Err(error) => {
                assert!(error.is_retry_safe());
                let is_full = matches!(error, ActionError::Backpressure { .. });
                assert!(is_full || self.state != ConnectionState::Ready, "{error}");
            }
        }
    }

    /// Collects the ids of the queued actions.
    fn look_for_ids(&mut self) {
        let waiting = String::from_utf8_lossy(self.node.outbox().waiting());
        let of_line =
            |line: &str| line.strip_prefix("ActionID: a:")?.split(':').nth(1)?.trim_end().parse().ok();
        let last = self.asked.last().copied().unwrap_or_default();
        self.asked.extend(waiting.lines().filter_map(of_line).filter(|sequence: &u64| *sequence > last));
    }

    /// Takes the outputs of the node and checks them.
    fn settle(&mut self) {
        self.look_for_ids();
        while let Some(output) = self.node.pop_output() {
            match output {
                Output::Changed { from, to, reason, .. } => {
                    assert_eq!(from, self.state, "a change begins where the last one ended");
                    assert_ne!(from, to);
                    assert_eq!(reason.is_some(), to == ConnectionState::Disconnected);
                    if to == ConnectionState::Disconnected {
                        assert!(self.open.is_empty(), "actions end before their session: {:?}", self.open);
                    }
                    self.state = to;
                }
                Output::Ended { sequence, cell } => {
                    assert!(
                        self.open.remove(&sequence).is_some(),
                        "{sequence} ended twice, or was never sent"
                    );
                    assert!(cell.outcome().is_some());
                    self.node.delivered(&cell);
                }
                Output::OpenLink | Output::CloseLink | Output::Record(_) => {}
            }
        }
        assert_eq!(self.node.state(), self.state);
        assert_eq!(self.node.pending(), self.open.len());
        assert!(self.open.len() <= PENDING_MAX);
        assert!(self.open.values().all(|cell| cell.outcome().is_none()), "an end that was not told");
        assert!(self.node.outbox().len() <= OUTBOX_MAX + OUTBOX_OWN, "{} bytes", self.node.outbox().len());
    }
}
