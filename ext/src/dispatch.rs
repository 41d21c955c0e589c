//! One tick: a step of the core, then everything that is due to PHP code, each call in its own guard.

use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use apn_ami::client::StepReport;
use apn_ami::cluster::{Delivery, DeliveryKind, ServerId, SubscriptionId, Tell};
use apn_ami::error::DisconnectReason;
use apn_ami::net;
use apn_ami::node::{ActionSlot, ConnectionState};
use apn_ami::wire::Message;

use crate::hub::{Core, Hub};
use crate::listeners::{Listener, Topic};
use crate::message::{MessageState, microseconds, new_event, to_int};
use crate::zend::classes::{GapProperties, TickSummaryProperties};
use crate::zend::exception::{self, Description, describe};
use crate::zend::{
    Array, Builder, Callable, Class, IntoValue, Object, PhpResult, Properties, Str, Thrown, Value, View,
    callable, guard, host,
};

/// Longest uninterrupted wait: a signal that comes just before the wait begins does not end it.
const WAIT_SLICE: Duration = Duration::from_millis(500);

/// How long a fake's time goes on without anything that PHP code sees before nothing can be on its way any more:
/// the longest delay of a reconnect, and then some.
const NOTHING_COMES: Duration = Duration::from_secs(25 * 3_600);

/// What each tick of `run` waits for real from then on, by PHP's function, which a signal ends.
const FAKE_PAUSE_MICROS: i64 = 100_000;

/// What one tick did.
#[derive(Default)]
pub(crate) struct TickReport {
    step: StepReport,
    events: i64,
    actions: i64,
    /// The events of one server that are being delivered.
    run: Option<Run>,
    /// When the last listener of an event returned, unless something else was delivered since.
    returned_at: Option<Instant>,
}

/// Events of one server, one after the other.
struct Run {
    server: ServerId,
    key: Str,
    /// When the last of them came.
    received_at: Duration,
}

impl TickReport {
    pub(crate) fn summary(&self) -> PhpResult<Object> {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        TickSummaryProperties {
            bytes_read: count(self.step.bytes_read),
            bytes_written: count(self.step.bytes_written),
            frames_parsed: count(self.step.frames_parsed),
            events_dispatched: self.events,
            events_dropped: to_int(self.step.events_dropped),
            actions_completed: self.actions,
            state_transitions: to_int(self.step.transitions),
            connect_attempts: to_int(self.step.connects),
            more: self.step.more,
        }
        .into_object()
    }

    /// Something happened that listeners, callbacks or health tell of. A heartbeat is not that.
    fn is_seen(&self) -> bool {
        self.events > 0 || self.actions > 0 || self.step.transitions > 0 || self.step.more
    }

    fn has_progress(&self) -> bool {
        let StepReport { bytes_read, bytes_written, frames_parsed, connects, transitions, more, .. } =
            self.step;
        let is_idle =
            [bytes_read, bytes_written, frames_parsed] == [0; 3] && connects == 0 && transitions == 0;
        more || !is_idle || self.events > 0 || self.actions > 0
    }
}

/// One bounded round: I/O and timers, then what is due.
pub(crate) fn tick(hub: &Rc<Hub>, method: &str, longest: Duration) -> PhpResult<TickReport> {
    let ticking = hub.begin_tick(method)?;
    let mut report = TickReport::default();
    let longest = if hub.due.borrow().is_empty() { longest } else { Duration::ZERO };
    report.step = step(hub, |core| core.step(longest))?;
    let outcome = guard::attempt(|| deliver_due(hub, &mut report)).and_then(|delivered| delivered);
    drop(ticking);
    if !hub.is_at_home() {
        // The core is the parent's: there is nothing left to do here.
        return outcome.and_then(|()| hub.check_process()).map(|()| report);
    }
    report.step.more |= rest(hub)?;
    if hub.is_leaving.get() && !report.step.more {
        hub.release();
    }
    outcome?;
    let postponed = hub.postponed.borrow_mut().take();
    match postponed {
        Some(exception) => Err(exception::throw(exception)),
        None => Ok(report),
    }
}

/// Ticks until `done`, at most so long. Within a listener it does I/O only and delivers nothing. False when
/// the time is over.
pub(crate) fn wait_until(
    hub: &Rc<Hub>,
    longest: Option<Duration>,
    done: impl Fn() -> bool,
) -> PhpResult<bool> {
    let end = longest.and_then(|longest| hub.now().at.checked_add(longest));
    let mut is_first = true;
    loop {
        if done() {
            return Ok(true);
        }
        let left = end.map_or(WAIT_SLICE, |end| end.saturating_duration_since(hub.now().at).min(WAIT_SLICE));
        if left.is_zero() && !is_first {
            return Ok(false);
        }
        is_first = false;
        if hub.is_ticking.get() {
            step(hub, |core| core.step_while_due(left))?;
        } else {
            tick(hub, "tick", left)?;
        }
        guard::serve_interrupts()?;
    }
}

/// Moves a fake's time so far, doing everything on the way and what is due at the end of it.
pub(crate) fn advance(hub: &Rc<Hub>, longest: Duration) -> PhpResult<()> {
    let end = hub.now().at + longest;
    loop {
        let left = end.saturating_duration_since(hub.now().at);
        let report = tick(hub, "advance", left)?;
        guard::serve_interrupts()?;
        if left.is_zero() && !report.has_progress() {
            return Ok(());
        }
    }
}

/// Connects are wanted; ticks until stopped or `until` says so.
pub(crate) fn run(hub: &Rc<Hub>, until: Option<&Callable>) -> PhpResult<()> {
    const ASK_EVERY: Duration = Duration::from_millis(100);
    let longest = if until.is_some() { ASK_EVERY } else { WAIT_SLICE };
    let mut last_seen = hub.now().at;
    loop {
        if hub.is_stopped.replace(false) {
            return Ok(());
        }
        let report = tick(hub, "run", longest)?;
        guard::serve_interrupts()?;
        if hub.stage.is_some() {
            if report.is_seen() || !hub.pendings.is_empty() {
                last_seen = hub.now().at;
            }
            // A run that nobody stops would spin for ever. Now only a signal can end it, or what `until` looks at.
            if hub.now().at.saturating_duration_since(last_seen) > NOTHING_COMES {
                callable::call_function("usleep", &[FAKE_PAUSE_MICROS.into_value()])?;
            }
        }
        if let Some(until) = until
            && matches!(until.call(&[])?.view(), View::Bool(true))
        {
            return Ok(());
        }
    }
}

fn step(hub: &Hub, run: impl FnOnce(&mut Core) -> io::Result<StepReport>) -> PhpResult<StepReport> {
    let broken = |failure: io::Error| exception::error(&format!("cannot wait for the sockets: {failure}"));
    let outcome = run(&mut *hub.core_to_step()?);
    let report = outcome.map_err(broken)?;
    // Servers in memory may ask PHP code for their answers, which are there at once.
    match &hub.stage {
        Some(stage) if stage.answer_questions()? => {
            let outcome = hub.core_to_step()?.step(Duration::ZERO);
            Ok(sum(report, outcome.map_err(broken)?))
        }
        _ => Ok(report),
    }
}

fn sum(first: StepReport, second: StepReport) -> StepReport {
    StepReport {
        bytes_read: first.bytes_read + second.bytes_read,
        bytes_written: first.bytes_written + second.bytes_written,
        frames_parsed: first.frames_parsed + second.frames_parsed,
        connects: first.connects + second.connects,
        events_dropped: first.events_dropped + second.events_dropped,
        transitions: first.transitions + second.transitions,
        more: second.more,
    }
}

/// Nothing is delivered until the caller comes back: whoever watches the descriptor has to know what is left.
fn rest(hub: &Hub) -> PhpResult<bool> {
    let is_left = !hub.due.borrow().is_empty();
    let mut core = hub.core()?;
    // Who changes nothing has nothing to announce.
    if core.is_owing() != is_left {
        core.owe(is_left);
    }
    Ok(is_left || core.cluster().has_due())
}

/// Gives listeners and callbacks what they are owed, at most as much as a tick may.
fn deliver_due(hub: &Rc<Hub>, report: &mut TickReport) -> PhpResult<()> {
    write_records(hub)?;
    let mut budget = {
        let mut core = hub.core()?;
        let budget = core.cluster().limits().tick_events_max;
        let mut due = hub.due.borrow_mut();
        // What takes and what gives share one piece of memory.
        let mut list = Vec::from(std::mem::take(&mut *due));
        core.take_due(budget.saturating_sub(list.len()), &mut list);
        *due = list.into();
        budget
    };
    while budget > 0 {
        // Not `while let`: its scrutinee would keep the borrow while PHP runs.
        let next = hub.due.borrow_mut().pop_front();
        let Some(delivery) = next else { break };
        budget -= 1;
        if report.run.as_ref().is_some_and(|run| run.server != delivery.server) {
            tell_lag(hub, report)?;
        }
        deliver(hub, delivery, report)?;
    }
    tell_lag(hub, report)?;
    report.actions += hub.released.take();
    write_records(hub)?;
    if hub.due.borrow().is_empty() && hub.core()?.cluster_mut().take_burst_behind() {
        host::give_memory_back();
    }
    hub.forget_removed()
}

/// Tells the core how long the last event of a run took to its listeners.
fn tell_lag(hub: &Rc<Hub>, report: &mut TickReport) -> PhpResult<()> {
    if let Some(run) = report.run.take() {
        let lag = hub.now().unix.saturating_sub(run.received_at);
        hub.core()?.cluster_mut().delivered(run.server, lag);
    }
    Ok(())
}

fn deliver(hub: &Rc<Hub>, delivery: Delivery, report: &mut TickReport) -> PhpResult<()> {
    let server = delivery.server;
    match delivery.kind {
        DeliveryKind::Event { message, listeners } => deliver_event(hub, server, message, &listeners, report),
        DeliveryKind::Tell(tell) => {
            report.returned_at = None;
            deliver_tell(hub, server, tell, report)
        }
    }
}

fn deliver_event(
    hub: &Rc<Hub>,
    server: ServerId,
    message: Message,
    listeners: &[SubscriptionId],
    report: &mut TickReport,
) -> PhpResult<()> {
    report.events += 1;
    let received_at = message.stamp().received_at;
    let run = report.run.get_or_insert_with(|| Run { server, key: hub.key(server), received_at });
    run.received_at = received_at;
    let event = new_event(run.key.clone(), MessageState::Single(message))?;
    for id in listeners {
        if let Some(listener) = hub.listeners.of_event(*id) {
            let began = report.returned_at.take().unwrap_or_else(net::instant);
            let ended = call_listener(hub, &listener, &[event.clone().into_value()], Some(&event), began)?;
            report.returned_at = Some(ended);
        }
    }
    Ok(())
}

fn deliver_tell(hub: &Rc<Hub>, server: ServerId, tell: Tell, report: &mut TickReport) -> PhpResult<()> {
    match tell {
        Tell::Ended { sequence, slot } => {
            report.actions += 1;
            deliver_ending(hub, server, sequence, &slot)
        }
        Tell::Changed { from, to, reason, detail } => deliver_change(hub, server, from, to, reason, detail),
        Tell::Gap { from, to, reason, dropped } => {
            let gap = GapProperties {
                server_key: hub.key(server),
                from: microseconds(from),
                to: microseconds(to),
                reason: reason.map(reason_case),
                dropped: to_int(dropped),
            };
            let gap = gap.into_object()?.into_value();
            call_topic(hub, Topic::Gap(Some(server)), &[gap])
        }
    }
}

fn deliver_ending(hub: &Rc<Hub>, server: ServerId, sequence: u64, slot: &ActionSlot) -> PhpResult<()> {
    let Some(pending) = hub.pendings.take(server, sequence) else { return Ok(()) };
    debug_assert!(std::ptr::eq(slot, std::sync::Arc::as_ptr(pending.slot())));
    let callbacks = pending.deliver();
    if callbacks.is_empty() {
        return Ok(());
    }
    let arguments = pending.arguments()?;
    for callback in callbacks {
        call_back(hub, &callback, &arguments)?;
    }
    Ok(())
}

fn deliver_change(
    hub: &Rc<Hub>,
    server: ServerId,
    from: ConnectionState,
    to: ConnectionState,
    reason: Option<DisconnectReason>,
    detail: String,
) -> PhpResult<()> {
    let state =
        |state: ConnectionState| Object::enum_case(Class::ConnectionState, state.as_str()).into_value();
    let arguments = [
        hub.key(server).into_value(),
        state(from),
        state(to),
        reason.map(reason_case).into_value(),
        detail.as_str().into_value(),
    ];
    if reason.is_some() {
        hub.details.borrow_mut().insert(server, detail);
    }
    call_topic(hub, Topic::State(Some(server)), &arguments)
}

pub(crate) fn reason_case(reason: DisconnectReason) -> Object {
    Object::enum_case(Class::DisconnectReason, reason.as_str())
}

fn call_topic(hub: &Rc<Hub>, topic: Topic, arguments: &[Value]) -> PhpResult<()> {
    for listener in hub.listeners.of_topic(topic) {
        call_listener(hub, &listener, arguments, None, net::instant())?;
    }
    Ok(())
}

/// Calls one listener, if nobody cancelled it meanwhile. What it throws stops nobody else. Gives the moment at
/// which it returned: of listeners that follow each other the next one's time begins there, so that each costs
/// one look at the clock.
fn call_listener(
    hub: &Rc<Hub>,
    listener: &Listener,
    arguments: &[Value],
    event: Option<&Object>,
    began: Instant,
) -> PhpResult<Instant> {
    let Some(callable) = listener.callable() else { return Ok(began) };
    let outcome = callable.call(arguments).map(drop);
    // A listener that cancelled itself ends here, and its destructors may throw too.
    drop(callable);
    let outcome = outcome.and_then(|()| exception::check());
    let ended = net::instant();
    listener.calls.set(listener.calls.get() + 1);
    listener.time.set(listener.time.get() + ended.saturating_duration_since(began));
    if let Err(thrown) = outcome {
        listener.failures.set(listener.failures.get() + 1);
        contain(hub, thrown, &listener.name, event)?;
    }
    // In a child that the listener forked nobody else is called: that is for the parent to do.
    hub.check_process()?;
    Ok(ended)
}

/// Calls a callback of an action. What it throws stops nobody else.
pub(crate) fn call_back(hub: &Rc<Hub>, callback: &Callable, arguments: &[Value]) -> PhpResult<()> {
    if let Err(thrown) = callback.call(arguments).map(drop).and_then(|()| exception::check()) {
        contain(hub, thrown, &callback.name(), None)?;
    }
    hub.check_process()
}

/// Tells somebody what a listener threw: `onListenerError`, else the logger, else a warning. `Err` for what is
/// no failure but an end: `exit()`, a fatal error.
fn contain(hub: &Rc<Hub>, thrown: Thrown, name: &str, event: Option<&Object>) -> PhpResult<()> {
    let failure = exception::catch(thrown)?;
    let handlers = hub.listeners.of_topic(Topic::Error);
    if handlers.is_empty() {
        return report(hub, &failure, name, event);
    }
    for handler in handlers {
        let Some(callable) = handler.callable() else { continue };
        let arguments = [failure.clone().into_value(), event.cloned().into_value()];
        if let Err(thrown) = callable.call(&arguments) {
            let second = exception::catch(thrown)?;
            report(hub, &failure, name, event)?;
            report(hub, &second, &handler.name, None)?;
        }
    }
    Ok(())
}

fn report(hub: &Rc<Hub>, failure: &Object, name: &str, event: Option<&Object>) -> PhpResult<()> {
    if hub.logger.is_there() {
        return hub.logger.log("error", "AMI listener failed", failure_context(failure, name, event));
    }
    let Description { class, message, file, line } = describe(failure);
    let text = format!("Uncaught {class} in AMI listener {name}: {message} in {file}:{line}");
    match host::warning(&text) {
        Ok(()) => Ok(()),
        // A handler that makes exceptions of warnings wants to hear of it: once all listeners had their turn.
        Err(thrown) => {
            let converted = exception::catch(thrown)?;
            let is_first = hub.postponed.borrow().is_none();
            if is_first {
                *hub.postponed.borrow_mut() = Some(converted);
            }
            Ok(())
        }
    }
}

fn failure_context(failure: &Object, name: &str, event: Option<&Object>) -> Array {
    let mut context = Builder::new(4);
    context.set("exception", failure.clone());
    context.set("listener", name);
    if let Some(event) = event {
        context.set("server_key", event.get("serverKey"));
        context.set("event", event.get("name"));
    }
    context.finish()
}

/// Hands the core's records to the logger; without one the core keeps none.
fn write_records(hub: &Rc<Hub>) -> PhpResult<()> {
    if !hub.logger.is_there() {
        return Ok(());
    }
    loop {
        let record = hub.core()?.pop_record();
        let Some(record) = record else { return Ok(()) };
        hub.logger.record(&record)?;
    }
}

/// Everything that is due, after the last step: for the end of a manager's work.
pub(crate) fn deliver_everything(hub: &Rc<Hub>, method: &str) -> PhpResult<()> {
    loop {
        if !tick(hub, method, Duration::ZERO)?.step.more {
            return Ok(());
        }
        guard::serve_interrupts()?;
    }
}
