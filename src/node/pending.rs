//! The table of pending actions. Each of them ends exactly once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::completion::{ImplicitEvents, TimeoutBehavior, made_up_success};
use super::deadlines::Deadlines;
use super::outcome_cell::OutcomeCell;
use super::pending_entry::{Entry, NewEntry, Phase};
use super::sequence_row::SequenceRow;
use crate::error::{ActionError, Answer};
use crate::server_key::ServerKey;
use crate::vocabulary::DisconnectReason;
use crate::wire::{AmiVersion, Message};

/// The actions of one server without an outcome, and the room of those whose outcome was not delivered yet. An action
/// counts against the bounds until its outcome is delivered.
#[derive(Debug)]
pub(super) struct PendingTable {
    server: ServerKey,
    entries: SequenceRow<Entry>,
    deadlines: Deadlines,
    bytes_max: usize,
    /// Number of actions with an outcome that was not delivered yet.
    undelivered: usize,
    /// Bytes of the messages of all actions, those with an undelivered outcome included.
    bytes: usize,
    /// The action whose answer is being received, if events without an `ActionID` belong to it.
    /// Asterisk answers one action at a time.
    implicit_events: Option<(u64, ImplicitEvents)>,
    /// Actions that end with the answer to a later action, with what they have received by then.
    fenced: BTreeSet<u64>,
    /// An action of this session has ended that had events, or that may still get some.
    had_events: bool,
    /// Actions that ended since the last `take_ended`, in order.
    ended: Vec<(u64, Arc<OutcomeCell>)>,
}

/// What happened to a message with the id of an action of this client.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Matched {
    /// The message was for a pending action.
    Taken,
    /// The action has ended already.
    Late,
}

impl PendingTable {
    pub(super) fn new(server: ServerKey, bytes_max: usize) -> Self {
        Self {
            server,
            entries: SequenceRow::default(),
            deadlines: Deadlines::default(),
            bytes_max,
            undelivered: 0,
            bytes: 0,
            implicit_events: None,
            fenced: BTreeSet::new(),
            had_events: false,
            ended: Vec::new(),
        }
    }

    /// Number of actions whose outcome was not delivered yet, those without an outcome included.
    pub(super) fn len(&self) -> usize {
        self.entries.len() + self.undelivered
    }

    /// Number of actions without an outcome.
    pub(super) fn on_their_way(&self) -> usize {
        self.entries.len()
    }

    /// Bytes of the messages of all actions whose outcome was not delivered yet.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The outcome of an action was delivered, or the caller read it before that.
    pub(super) fn on_delivered(&mut self, cell: &OutcomeCell) {
        if cell.outcome().is_some() && !cell.is_delivered.swap(true, Ordering::Relaxed) {
            self.undelivered -= 1;
            self.bytes -= cell.bytes();
        }
    }

    /// True if `take_ended` gives some.
    pub(super) fn has_ended(&self) -> bool {
        !self.ended.is_empty()
    }

    /// The actions that ended since the last call, in order.
    pub(super) fn take_ended(&mut self) -> impl Iterator<Item = (u64, Arc<OutcomeCell>)> {
        self.ended.drain(..)
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(deadline, _)| deadline)
    }

    pub(super) fn insert(&mut self, sequence: u64, new: NewEntry, now: Instant) -> Arc<OutcomeCell> {
        let cell = Arc::new(OutcomeCell::new(new.name));
        let deadline = now + new.duration;
        let phase = Phase::Asked { responses_left: new.rule.responses, complete: None };
        let entry = Entry {
            cell: Arc::clone(&cell),
            rule: new.rule,
            is_cut_short: new.is_cut_short,
            messages_max: new.messages_max,
            on_timeout: new.on_timeout,
            deadline,
            duration: new.duration,
            first_byte_offset: new.first_byte_offset,
            phase,
            events: Vec::new(),
            bytes: 0,
        };
        self.deadlines.insert(deadline, sequence);
        if entry.rule.is_fenced {
            self.fenced.insert(sequence);
        }
        self.entries.insert(sequence, entry);
        cell
    }

    /// A `Response` with the id of action `sequence`.
    pub(super) fn on_response(&mut self, sequence: u64, response: Message) -> Matched {
        if let Some(error) = self.take_in(sequence, &response) {
            return self.end(sequence, Err(error));
        }
        let Some(entry) = self.entries.get_mut(sequence) else { return Matched::Late };
        if response.name().eq_ignore_ascii_case(b"Error") {
            let answer = Box::new(Answer {
                response,
                events: std::mem::take(&mut entry.events),
                complete: None,
                partial: false,
            });
            let (server, action) = (self.server.clone(), entry.cell.action().to_owned());
            return self.end(sequence, Err(ActionError::Refused { server, action, response: answer }));
        }
        match &mut entry.phase {
            Phase::Asked { responses_left, .. } if *responses_left > 1 => *responses_left -= 1,
            Phase::Asked { complete, .. } if complete.is_some() || !entry.rule.waits_after(&response) => {
                let (complete, is_partial) = (complete.take(), entry.is_cut_short);
                let events = std::mem::take(&mut entry.events);
                return self.end(sequence, Ok(Answer { response, events, complete, partial: is_partial }));
            }
            Phase::Asked { .. } => {
                entry.phase = Phase::Collecting { response: Box::new(response) };
                if entry.rule.implicit_events != ImplicitEvents::Ordinary {
                    self.implicit_events = Some((sequence, entry.rule.implicit_events));
                }
            }
            // A second success within a list. Asterisk sends none, and the end of the list still decides.
            Phase::Collecting { .. } => {}
        }
        Matched::Taken
    }

    /// An event with the id of action `sequence`. Or an event or text without an id that belongs to the action because
    /// of its position in the stream.
    pub(super) fn on_event(&mut self, sequence: u64, event: Message) -> Matched {
        if let Some(error) = self.take_in(sequence, &event) {
            return self.end(sequence, Err(error));
        }
        let Some(entry) = self.entries.get_mut(sequence) else { return Matched::Late };
        let ends = entry.rule.ends_with(event.name()) || entry.rule.ends_list(&event);
        match &mut entry.phase {
            Phase::Asked { responses_left: 0, .. } if ends => {
                return self.complete(sequence, made_up_success(&[]), Some(Box::new(event)), false);
            }
            Phase::Asked { complete, .. } if ends => *complete = Some(Box::new(event)),
            Phase::Collecting { response } if ends => {
                let response = Message::clone(response);
                return self.complete(sequence, response, Some(Box::new(event)), false);
            }
            Phase::Asked { .. } | Phase::Collecting { .. } => entry.events.push(event),
        }
        Matched::Taken
    }

    /// True if an event of this name ends action `sequence`.
    pub(super) fn waits_for(&self, sequence: u64, event: &[u8]) -> bool {
        self.entries.get(sequence).is_some_and(|entry| entry.rule.ends_with(event))
    }

    /// Makes the next answer end action `sequence`, if the action still waits for its response. False if it does not,
    /// or if an answer was to end it before.
    pub(super) fn fence(&mut self, sequence: u64) -> bool {
        let is_asked = |entry: &Entry| matches!(entry.phase, Phase::Asked { .. });
        self.entries.get(sequence).is_some_and(is_asked) && self.fenced.insert(sequence)
    }

    /// An answer to action `sequence` came, so all earlier actions are done. Those that may not show their end
    /// themselves end with what they have received.
    pub(super) fn end_fenced_before(&mut self, sequence: u64) {
        while let Some(fenced) = self.fenced.range(..sequence).next().copied() {
            self.fenced.remove(&fenced);
            let Some(entry) = self.entries.get_mut(fenced) else { continue };
            let (response, complete, too_large) = match &mut entry.phase {
                Phase::Collecting { response } => (Message::clone(response), None, None),
                Phase::Asked { complete, .. } => {
                    let (response, complete) = (made_up_success(&entry.events), complete.take());
                    let too_large = self.take_in(fenced, &response);
                    (response, complete, too_large)
                }
            };
            match too_large {
                Some(error) => self.end(fenced, Err(error)),
                None => self.complete(fenced, response, complete, false),
            };
        }
    }

    /// A session begins. A server that does not mark its lists may send events of an action that has ended.
    pub(super) fn on_login(&mut self, version: AmiVersion) {
        self.had_events = !version.marks_lists();
    }

    /// Events of an action that has ended may still come.
    pub(super) fn expect_late_events(&mut self) {
        self.had_events = true;
    }

    /// False while no event can carry the id of an action of this session, so that events need not be searched for one.
    pub(super) fn may_be_named(&self) -> bool {
        self.had_events || !self.entries.is_empty()
    }

    /// The action that gets events without an `ActionID` now, and whether listeners get them too.
    pub(super) fn implicit_events(&self) -> Option<(u64, ImplicitEvents)> {
        self.implicit_events
    }

    /// The answer to action `sequence` exceeded a bound and was skipped.
    pub(super) fn on_too_large(&mut self, sequence: u64, bound: &'static str, limit: usize) -> Matched {
        let Some(entry) = self.entries.get(sequence) else { return Matched::Late };
        let (server, action) = (self.server.clone(), entry.cell.action().to_owned());
        self.end(sequence, Err(ActionError::TooLarge { server, action, bound, limit }))
    }

    /// Ends the actions whose time is up. A session that has become idle is called for its heartbeat too.
    pub(super) fn on_time(&mut self, now: Instant) {
        self.entries.shrink();
        while let Some((deadline, sequence)) = self.deadlines.first()
            && deadline <= now
        {
            self.time_out(sequence);
        }
    }

    fn time_out(&mut self, sequence: u64) {
        let Some(entry) = self.entries.get(sequence) else { return };
        match (&entry.phase, entry.on_timeout) {
            (Phase::Collecting { response }, TimeoutBehavior::Partial) => {
                let response = Message::clone(response);
                self.complete(sequence, response, None, true);
            }
            (Phase::Asked { .. } | Phase::Collecting { .. }, TimeoutBehavior::Fail)
            | (Phase::Asked { .. }, TimeoutBehavior::Partial) => {
                let (server, action) = (self.server.clone(), entry.cell.action().to_owned());
                let waited = entry.duration;
                self.end(sequence, Err(ActionError::TimedOut { server, action, waited }));
            }
        }
    }

    /// The caller stops waiting. False if the action had ended already.
    pub(super) fn cancel(&mut self, sequence: u64) -> bool {
        let Some(entry) = self.entries.get(sequence) else { return false };
        let (server, action) = (self.server.clone(), entry.cell.action().to_owned());
        self.end(sequence, Err(ActionError::Cancelled { server, action }));
        true
    }

    /// The session ended, and every action ends with an error, oldest first. The error depends on `has_left`, which is
    /// true if the byte at an offset of the outgoing stream was written.
    pub(super) fn end_with_session(&mut self, reason: DisconnectReason, has_left: impl Fn(u64) -> bool) {
        let left = self
            .entries
            .iter()
            .map(|(sequence, entry)| (sequence, entry.first_byte_offset, entry.cell.action().to_owned()));
        let left: Vec<_> = left.collect();
        for (sequence, first_byte_offset, action) in left {
            let server = self.server.clone();
            let error = if has_left(first_byte_offset) {
                ActionError::OutcomeUnknown { server, action, reason }
            } else {
                ActionError::NotSent { server, action, reason }
            };
            self.end(sequence, Err(error));
        }
    }

    /// Counts a message, and returns the error if it exceeds a bound. All actions together may hold twice `bytes_max`:
    /// even if undelivered outcomes hold `bytes_max`, a single action has its whole room beside them, and no more.
    fn take_in(&mut self, sequence: u64, message: &Message) -> Option<ActionError> {
        let entry = self.entries.get_mut(sequence)?;
        let bytes = message.memory();
        self.bytes += bytes;
        entry.bytes += bytes;
        let messages = entry.messages() + 1;
        let (bound, limit) = match entry.messages_max {
            Some(limit) if messages > limit => ("maxMessages", limit),
            _ if entry.bytes > self.bytes_max || self.bytes > 2 * self.bytes_max => {
                ("maxActionBytes", self.bytes_max)
            }
            _ => return None,
        };
        let (server, action) = (self.server.clone(), entry.cell.action().to_owned());
        Some(ActionError::TooLarge { server, action, bound, limit })
    }

    fn complete(
        &mut self,
        at: u64,
        response: Message,
        complete: Option<Box<Message>>,
        partial: bool,
    ) -> Matched {
        let events =
            self.entries.get_mut(at).map(|entry| std::mem::take(&mut entry.events)).unwrap_or_default();
        self.end(at, Ok(Answer { response, events, complete, partial }))
    }

    fn end(&mut self, sequence: u64, outcome: Result<Answer, ActionError>) -> Matched {
        let Some(entry) = self.entries.remove(sequence) else { return Matched::Late };
        let live = &self.entries;
        self.deadlines.remove(entry.deadline, sequence, live.len(), |sequence| live.get(sequence).is_some());
        if !self.fenced.is_empty() {
            self.fenced.remove(&sequence);
        }
        if self.implicit_events.is_some_and(|(at, _)| at == sequence) {
            self.implicit_events = None;
        }
        self.had_events |= match &outcome {
            Ok(answer) => !entry.rule.lists || !answer.events.is_empty() || answer.complete.is_some(),
            // A list may go on after an error within it, as that of `PJSIPShowEndpoint` does.
            Err(ActionError::Refused { response, .. }) => {
                matches!(entry.phase, Phase::Collecting { .. }) || !response.events.is_empty()
            }
            Err(_) => true,
        };
        let bytes = match &outcome {
            Ok(_) | Err(ActionError::Refused { .. }) => entry.bytes,
            Err(_) => 0,
        };
        self.bytes -= entry.bytes - bytes;
        self.undelivered += 1;
        entry.cell.end(outcome, bytes);
        self.ended.push((sequence, entry.cell));
        Matched::Taken
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::node::completion::Rule;
    use crate::node::sequence_row::KEPT_CAPACITY;
    use crate::node::{CompletionPolicy, Strategy};
    use crate::wire::Action;

    struct Fixture {
        table: PendingTable,
        now: Instant,
        cells: Vec<Arc<OutcomeCell>>,
    }

    impl Fixture {
        fn new() -> Self {
            let server = ServerKey::new("a").unwrap();
            Self { table: PendingTable::new(server, 4_096), now: Instant::now(), cells: Vec::new() }
        }

        fn send(&mut self, action: &str, completion: &CompletionPolicy) -> u64 {
            let sequence = self.cells.len() as u64 + 1;
            let action = Action::new(action, []).unwrap();
            let new = NewEntry {
                name: action.shared_name(),
                is_cut_short: false,
                rule: Rule::of(&action, completion, new_version()),
                messages_max: completion.messages_max,
                on_timeout: completion.on_timeout,
                duration: Duration::from_secs(30),
                first_byte_offset: sequence * 100,
            };
            self.cells.push(self.table.insert(sequence, new, self.now));
            sequence
        }

        fn response(&mut self, sequence: u64, text: &str) -> Matched {
            self.table.on_response(sequence, Message::from_frame(text.as_bytes()))
        }

        fn event(&mut self, sequence: u64, text: &str) -> Matched {
            self.table.on_event(sequence, Message::from_frame(text.as_bytes()))
        }

        fn outcome(&self, sequence: u64) -> Option<&Result<Answer, ActionError>> {
            self.cells[usize::try_from(sequence).unwrap() - 1].outcome()
        }

        fn answer(&self, sequence: u64) -> &Answer {
            self.outcome(sequence).expect("ended").as_ref().expect("succeeded")
        }

        fn error(&self, sequence: u64) -> &ActionError {
            self.outcome(sequence).expect("ended").as_ref().expect_err("failed")
        }
    }

    fn new_version() -> AmiVersion {
        AmiVersion::of_banner(b"Asterisk Call Manager/11.0.0")
    }

    const START: &str = "Response: Success\r\nEventList: start\r\n";
    const END: &str = "Event: XComplete\r\nEventList: Complete\r\nListItems: 1\r\n";

    #[test]
    fn a_response_without_a_list_ends_its_action() {
        let mut fixture = Fixture::new();
        let ping = fixture.send("Ping", &CompletionPolicy::default());
        assert_eq!(fixture.response(ping, "Response: Success\r\nPing: Pong\r\n"), Matched::Taken);
        assert_eq!(fixture.answer(ping).response.get(b"Ping").unwrap().as_ref(), b"Pong");
        assert_eq!(fixture.response(ping, "Response: Success\r\n"), Matched::Late);
    }

    #[test]
    fn a_list_ends_with_its_mark_in_any_case() {
        for (start, end) in [
            (START.to_owned(), END.to_owned()),
            (START.replace("start", "Start"), END.replace("Complete", "complete")),
        ] {
            let mut fixture = Fixture::new();
            let list = fixture.send("Whatever", &CompletionPolicy::default());
            fixture.response(list, &start);
            fixture.event(list, "Event: X\r\n");
            assert!(fixture.outcome(list).is_none());
            fixture.event(list, &end);
            let answer = fixture.answer(list);
            assert_eq!(answer.events.len(), 1);
            assert!(answer.complete.as_ref().unwrap().is_event("XComplete"));
        }
    }

    #[test]
    fn an_error_ends_the_action_also_in_the_middle_of_a_list() {
        let mut fixture = Fixture::new();
        let list = fixture.send("CoreShowChannelMap", &CompletionPolicy::default());
        fixture.response(list, START);
        fixture.event(list, "Event: X\r\n");
        fixture.response(list, "Response: Error\r\nMessage: gone\r\n");
        let ActionError::Refused { response, .. } = fixture.error(list) else { panic!("refused") };
        assert_eq!(response.events.len(), 1);
        assert_eq!(fixture.event(list, END), Matched::Late);
    }

    #[test]
    fn an_event_that_ends_the_action_may_come_before_its_response() {
        let mut fixture = Fixture::new();
        let wanted = CompletionPolicy {
            strategy: Strategy::Events(vec!["OriginateResponse".into()]),
            ..CompletionPolicy::default()
        };
        let originate = fixture.send("Originate", &wanted);
        fixture.event(originate, "Event: OriginateResponse\r\nResponse: Success\r\n");
        assert!(fixture.outcome(originate).is_none());
        fixture.response(originate, "Response: Success\r\n");
        assert!(fixture.answer(originate).complete.is_some());
    }

    #[test]
    fn a_single_response_ends_even_a_list() {
        let mut fixture = Fixture::new();
        let single = CompletionPolicy { strategy: Strategy::Single, ..CompletionPolicy::default() };
        let list = fixture.send("QueueStatus", &single);
        fixture.response(list, START);
        assert!(fixture.answer(list).events.is_empty());
        assert_eq!(fixture.event(list, "Event: X\r\n"), Matched::Late);
    }

    #[test]
    fn jabber_send_has_two_responses() {
        let mut fixture = Fixture::new();
        let jabber = fixture.send("JabberSend", &CompletionPolicy::default());
        fixture.response(jabber, "Response: Success\r\nMessage: Attempting\r\n");
        assert!(fixture.outcome(jabber).is_none());
        fixture.response(jabber, "Response: Success\r\nMessage: Sent\r\n");
        assert_eq!(fixture.answer(jabber).response.get(b"Message").unwrap().as_ref(), b"Sent");
    }

    #[test]
    fn an_action_without_any_response_ends_with_the_next_answer() {
        for name in ["IAXnetstats", "Queues", "RptLocalNodes", "Events"] {
            let mut fixture = Fixture::new();
            let [text, ping] = [name, "Ping"].map(|name| fixture.send(name, &CompletionPolicy::default()));
            for rows in [&b"peer 1: 2 3\r\n  4\r\n"[..], b"peer 5\n"] {
                fixture.table.on_event(text, Message::from_frame(rows));
            }
            fixture.table.end_fenced_before(text);
            assert!(fixture.outcome(text).is_none(), "not with its own");
            fixture.table.end_fenced_before(ping);
            assert_eq!(fixture.answer(text).response.output().unwrap(), b"peer 1: 2 3\n  4\n\npeer 5");
        }
    }

    #[test]
    fn an_action_that_has_its_response_needs_no_fence() {
        let mut fixture = Fixture::new();
        let [asked, list] = ["X", "QueueStatus"].map(|name| fixture.send(name, &CompletionPolicy::default()));
        fixture.response(list, START);
        let fences = [list, asked, asked, 99].map(|sequence| fixture.table.fence(sequence));
        assert_eq!(fences, [false, true, false, false], "one is enough, and nobody waits for 99");
        fixture.table.end_fenced_before(99);
        assert!(
            fixture.outcome(asked).is_some() && fixture.outcome(list).is_none(),
            "the end of a list will come"
        );
    }

    #[test]
    fn one_message_more_than_allowed_fails_the_action() {
        let mut fixture = Fixture::new();
        let list =
            fixture.send("X", &CompletionPolicy { messages_max: Some(2), ..CompletionPolicy::default() });
        fixture.response(list, START);
        fixture.event(list, "Event: X\r\n");
        assert!(fixture.outcome(list).is_none());
        fixture.event(list, "Event: X\r\n");
        assert!(
            fixture.error(list).to_string().ends_with("exceeds maxMessages (2)"),
            "{}",
            fixture.error(list)
        );
    }

    #[test]
    fn what_one_action_collects_is_bounded_in_bytes() {
        let mut fixture = Fixture::new();
        let list = fixture.send("X", &CompletionPolicy::default());
        fixture.response(list, START);
        for _ in 0..50 {
            fixture.event(list, &format!("Event: X\r\nY: {}\r\n", "y".repeat(100)));
        }
        assert!(matches!(
            fixture.error(list),
            ActionError::TooLarge { bound: "maxActionBytes", limit: 4_096, .. }
        ));
    }

    #[test]
    fn an_action_leaves_the_bounds_once_with_its_bytes_when_its_ending_is_delivered() {
        let mut fixture = Fixture::new();
        let pings: Vec<_> = (0..3).map(|_| fixture.send("Ping", &CompletionPolicy::default())).collect();
        for ping in &pings[..2] {
            fixture.response(*ping, "Response: Success\r\n");
        }
        let each = Message::from_frame(b"Response: Success\r\n").memory();
        assert_eq!(
            (fixture.table.len(), fixture.table.on_their_way(), fixture.table.bytes()),
            (3, 1, 2 * each)
        );
        for (delivered, left) in [(0, 2), (0, 2), (2, 2), (1, 1)] {
            let cell = Arc::clone(&fixture.cells[delivered]);
            fixture.table.on_delivered(&cell);
            assert_eq!((fixture.table.len(), fixture.table.bytes()), (left, (left - 1) * each));
        }
        fixture.table.cancel(pings[2]);
        assert_eq!((fixture.table.len(), fixture.table.bytes()), (1, 0), "an error holds no bytes");
    }

    #[test]
    fn messages_are_counted_whatever_their_order() {
        let at_most =
            |messages| CompletionPolicy { messages_max: Some(messages), ..CompletionPolicy::default() };
        let mut fixture = Fixture::new();
        let none = fixture.send("Ping", &at_most(0));
        fixture.response(none, "Response: Success\r\n");
        assert!(matches!(fixture.error(none), ActionError::TooLarge { bound: "maxMessages", limit: 0, .. }));
        // `JabberSend` has two responses.
        let (one, two) = (fixture.send("JabberSend", &at_most(1)), fixture.send("JabberSend", &at_most(2)));
        for jabber in [one, two] {
            fixture.response(jabber, "Response: Success\r\n");
            assert!(fixture.outcome(jabber).is_none());
            fixture.response(jabber, "Response: Success\r\n");
        }
        assert!(matches!(fixture.error(one), ActionError::TooLarge { limit: 1, .. }));
        assert_eq!(fixture.answer(two).events.len(), 0);
        // The event that ends the action and another event, both before the response.
        for (messages, is_enough) in [(2, false), (3, true)] {
            let ends = Strategy::Events(vec!["Done".into()]);
            let early = fixture.send("X", &CompletionPolicy { strategy: ends, ..at_most(messages) });
            fixture.event(early, "Event: Item\r\n");
            fixture.event(early, "Event: Done\r\n");
            assert!(fixture.outcome(early).is_none());
            fixture.response(early, "Response: Success\r\n");
            assert_eq!(fixture.outcome(early).unwrap().is_ok(), is_enough, "{messages}");
        }
    }

    #[test]
    fn bytes_are_counted_to_the_last() {
        let response = || Message::from_frame(b"Response: Success\r\n");
        for (bytes_max, is_enough) in [(response().memory(), true), (response().memory() - 1, false)] {
            let mut fixture = Fixture::new();
            fixture.table = PendingTable::new(ServerKey::new("a").unwrap(), bytes_max);
            let ping = fixture.send("Ping", &CompletionPolicy::default());
            fixture.table.on_response(ping, response());
            assert_eq!(fixture.outcome(ping).unwrap().is_ok(), is_enough);
        }
    }

    #[test]
    fn ids_are_looked_for_in_events_while_any_event_may_carry_one() {
        let success = "Response: Success\r\n";
        let refused = "Response: Error\r\n";
        let default = CompletionPolicy::default;
        let single = || CompletionPolicy { strategy: Strategy::Single, ..default() };
        let cases: [(&str, CompletionPolicy, &[&str], bool); 7] = [
            ("a plain answer", default(), &[success], false),
            ("a refusal", default(), &[refused], false),
            ("a list", default(), &[START, END], true),
            ("a list that nobody wants", single(), &[START], true),
            ("a list that may go on after its error", default(), &[START, refused], true),
            ("an error after an event", default(), &["Event: X\r\n", refused], true),
            (
                "an answer that was too much",
                CompletionPolicy { messages_max: Some(0), ..default() },
                &[success],
                true,
            ),
        ];
        for (what, completion, messages, expected) in cases {
            let mut fixture = Fixture::new();
            assert!(!fixture.table.may_be_named());
            let action = fixture.send("X", &completion);
            assert!(fixture.table.may_be_named());
            for text in messages {
                if text.starts_with("Event") {
                    fixture.event(action, text)
                } else {
                    fixture.response(action, text)
                };
            }
            assert!(fixture.outcome(action).is_some());
            assert_eq!(fixture.table.may_be_named(), expected, "after {what}");
            fixture.table.on_login(new_version());
            assert!(!fixture.table.may_be_named(), "a new session");
            fixture.table.on_login(AmiVersion::of_banner(b"Asterisk Call Manager/2.6.0"));
            assert!(fixture.table.may_be_named(), "an old server marks nothing");
        }
    }

    #[test]
    fn an_answer_above_the_bound_of_a_frame_fails_its_action() {
        let mut fixture = Fixture::new();
        let ping = fixture.send("Ping", &CompletionPolicy::default());
        assert_eq!(fixture.cells[0].action(), "Ping");
        assert_eq!(fixture.table.on_too_large(ping, "maxFrameSize", 7), Matched::Taken);
        assert!(matches!(fixture.error(ping), ActionError::TooLarge { bound: "maxFrameSize", limit: 7, .. }));
        assert_eq!(fixture.table.on_too_large(ping, "maxFrameSize", 7), Matched::Late);
    }

    #[test]
    fn an_event_before_a_single_response_is_kept_whatever_it_says_of_a_list() {
        let mut fixture = Fixture::new();
        let single = CompletionPolicy { strategy: Strategy::Single, ..CompletionPolicy::default() };
        let list = fixture.send("QueueStatus", &single);
        fixture.event(list, END);
        fixture.response(list, START);
        assert_eq!((fixture.answer(list).events.len(), fixture.answer(list).complete.is_some()), (1, false));
    }

    #[test]
    fn an_action_that_waits_for_an_event_does_not_end_with_its_response() {
        let mut fixture = Fixture::new();
        let ends = Strategy::Events(vec!["Done".into()]);
        let action = fixture.send("X", &CompletionPolicy { strategy: ends, ..CompletionPolicy::default() });
        fixture.response(action, "Response: Success\r\n");
        fixture.response(action, "Response: Success\r\n");
        assert!(fixture.outcome(action).is_none(), "nor with a second one");
        fixture.event(action, "Event: Done\r\n");
        assert!(fixture.answer(action).complete.is_some());
    }

    #[test]
    fn a_list_that_was_cancelled_has_ended() {
        let mut fixture = Fixture::new();
        let list = fixture.send("X", &CompletionPolicy::default());
        fixture.response(list, START);
        fixture.event(list, "Event: XComplete\r\nEventList: Cancelled\r\n");
        assert!(fixture.answer(list).complete.is_some());
    }

    #[test]
    fn events_without_an_id_belong_to_the_action_that_is_being_answered_until_it_ends() {
        let mut fixture = Fixture::new();
        let (peers, other) = (
            fixture.send("IAXpeers", &CompletionPolicy::default()),
            fixture.send("X", &CompletionPolicy::default()),
        );
        assert_eq!(fixture.table.implicit_events(), None);
        fixture.response(peers, START);
        assert_eq!(fixture.table.implicit_events(), Some((peers, ImplicitEvents::Items)));
        fixture.response(other, START);
        fixture.event(other, END);
        assert!(fixture.outcome(other).is_some());
        assert_eq!(
            fixture.table.implicit_events(),
            Some((peers, ImplicitEvents::Items)),
            "the end of another changes nothing"
        );
        fixture.event(peers, END);
        assert_eq!(fixture.table.implicit_events(), None);
        let plain = fixture.send("X", &CompletionPolicy::default());
        fixture.response(plain, START);
        assert_eq!(fixture.table.implicit_events(), None, "its items have its id");
    }

    #[test]
    fn an_idle_session_gives_the_room_for_many_actions_back() {
        let mut fixture = Fixture::new();
        let many: Vec<_> = (0..200).map(|_| fixture.send("Ping", &CompletionPolicy::default())).collect();
        for (ended, ping) in many.iter().enumerate() {
            assert_eq!(fixture.table.on_their_way(), 200 - ended);
            fixture.response(*ping, "Response: Success\r\n");
            assert!(fixture.outcome(*ping).unwrap().is_ok());
            let cell = Arc::clone(&fixture.cells[ended]);
            fixture.table.on_delivered(&cell);
        }
        fixture.table.on_time(fixture.now);
        assert!(fixture.table.entries.capacity() <= KEPT_CAPACITY);
        let few = fixture.send("Ping", &CompletionPolicy::default());
        fixture.response(few, "Response: Success\r\n");
        assert!(fixture.table.entries.capacity() > 0, "room for a few stays");
    }

    #[test]
    fn a_time_out_fails_or_gives_what_came() {
        let mut fixture = Fixture::new();
        let partial =
            CompletionPolicy { on_timeout: TimeoutBehavior::Partial, ..CompletionPolicy::default() };
        let (fails, gives, empty) = (
            fixture.send("A", &CompletionPolicy::default()),
            fixture.send("B", &partial),
            fixture.send("C", &partial),
        );
        for action in [fails, gives] {
            fixture.response(action, START);
            fixture.event(action, "Event: X\r\n");
        }
        let end = fixture.table.next_deadline().unwrap();
        assert_eq!(end, fixture.now + Duration::from_secs(30));
        fixture.table.on_time(end.checked_sub(Duration::from_nanos(1)).unwrap());
        assert!(fixture.cells.iter().all(|cell| cell.outcome().is_none()), "not before its time");
        fixture.table.on_time(end);
        assert!(matches!(fixture.error(fails), ActionError::TimedOut { .. }));
        assert!(fixture.answer(gives).partial && fixture.answer(gives).events.len() == 1);
        assert!(matches!(fixture.error(empty), ActionError::TimedOut { .. }));
        assert_eq!(fixture.table.on_their_way(), 0);
        assert_eq!(fixture.table.next_deadline(), None);
    }

    #[test]
    fn a_lost_session_says_of_each_action_whether_it_left() {
        let mut fixture = Fixture::new();
        let (left, stayed) = (
            fixture.send("A", &CompletionPolicy::default()),
            fixture.send("B", &CompletionPolicy::default()),
        );
        fixture
            .table
            .end_with_session(DisconnectReason::PeerClosed, |first_byte_offset| first_byte_offset < 150);
        assert!(matches!(fixture.error(left), ActionError::OutcomeUnknown { .. }));
        assert!(matches!(fixture.error(stayed), ActionError::NotSent { .. }));
        assert_eq!(
            fixture.table.take_ended().map(|(sequence, _)| sequence).collect::<Vec<_>>(),
            [left, stayed]
        );
    }

    #[test]
    fn a_cancelled_action_ends_once_and_its_answer_is_late() {
        let mut fixture = Fixture::new();
        let ping = fixture.send("Ping", &CompletionPolicy::default());
        assert!(fixture.table.cancel(ping) && !fixture.table.cancel(ping));
        assert!(matches!(fixture.error(ping), ActionError::Cancelled { .. }));
        assert_eq!(fixture.response(ping, "Response: Success\r\n"), Matched::Late);
    }
}
