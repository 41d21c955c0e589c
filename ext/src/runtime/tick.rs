//! One tick: a step of the core, then everything that is due to PHP code; and what waits by ticking.

use std::io;
use std::rc::Rc;
use std::time::Duration;

use apn_ami::client::StepReport;
use apn_ami::cluster::ServerId;
use apn_ami::node::ConnectionState;

use super::core::Hub;
use super::deliver::{TickReport, deliver_due};
use super::owned_core::Core;
use crate::convert::function::call_function;
use crate::convert::zval;
use crate::zend::{Callable, PhpResult, exception, guard};

/// Longest uninterrupted wait: a signal that comes just before the wait begins does not end it.
const WAIT_SLICE: Duration = Duration::from_millis(500);

/// How long a fake's time goes on without anything that PHP code sees before nothing can be on its way any more:
/// the longest delay of a reconnect, and then some.
const NOTHING_COMES: Duration = Duration::from_secs(25 * 3_600);

/// What each tick of `run` waits for real from then on, by PHP's function, which a signal ends.
const FAKE_PAUSE_MICROS: i64 = 100_000;

/// One bounded round: I/O and timers, then what is due.
pub(crate) fn tick(hub: &Rc<Hub>, method: &str, longest: Duration) -> PhpResult<TickReport> {
    let ticking = hub.ticks.begin(method)?;
    let mut report = TickReport::default();
    let longest = if hub.undelivered.is_empty() { longest } else { Duration::ZERO };
    report.step = step(hub, |core| core.step(longest))?;
    let outcome = guard::attempt(|| deliver_due(hub, &mut report)).and_then(|delivered| delivered);
    drop(ticking);
    if !hub.is_at_home() {
        // The core is the parent's: there is nothing left to do here.
        return outcome.and_then(|()| hub.check_process()).map(|()| report);
    }
    report.step.more |= rest(hub)?;
    if hub.ticks.is_leaving() && !report.step.more {
        hub.release();
    }
    outcome?;
    match hub.ticks.take_postponed() {
        Some(exception) => Err(exception::throw(zval(exception))),
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
        if hub.ticks.is_on() {
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
        if hub.stops.take() {
            return Ok(());
        }
        let report = tick(hub, "run", longest)?;
        guard::serve_interrupts()?;
        if hub.stage().is_some() {
            if report.is_seen() || !hub.pendings.is_empty() {
                last_seen = hub.now().at;
            }
            // A run that nobody stops would spin for ever. Timestamp only a signal can end it, or what `until` looks at.
            if hub.now().at.saturating_duration_since(last_seen) > NOTHING_COMES {
                call_function("usleep", vec![&FAKE_PAUSE_MICROS])?;
            }
        }
        if let Some(until) = until
            && until.call(&[])?.is_true()
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
    match hub.stage() {
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
    let is_left = !hub.undelivered.is_empty();
    let mut core = hub.core()?;
    // Who changes nothing has nothing to announce.
    if core.has_undelivered() != is_left {
        core.set_undelivered(is_left);
    }
    Ok(is_left || core.cluster().has_deliverable())
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

/// Waits until all are Ready, or can no more become so in time. False when `stop` ended it.
pub(crate) fn wait_for_ready(hub: &Rc<Hub>, servers: &[ServerId], wait: Option<Duration>) -> PhpResult<bool> {
    let end = wait.and_then(|wait| hub.now().at.checked_add(wait));
    let stops = hub.stops.count();
    let settled = || {
        let Ok(core) = hub.core() else { return true };
        let cluster = core.cluster();
        let is_settled = |id: &ServerId| match cluster.state(*id) {
            ConnectionState::Ready => true,
            // Closed by a listener, or its next try comes too late for us. Without one it waits for its
            // turn in the connect budget.
            ConnectionState::Disconnected => {
                let is_late = |at| end.is_some_and(|end| at > end);
                !cluster.is_wanted(*id) || cluster.next_retry(*id).is_some_and(is_late)
            }
            ConnectionState::Resolving
            | ConnectionState::Connecting
            | ConnectionState::Connected
            | ConnectionState::Authenticating
            | ConnectionState::Closing => false,
        };
        hub.stops.count() != stops || servers.iter().all(is_settled)
    };
    wait_until(hub, wait, settled)?;
    Ok(hub.stops.count() == stops)
}

/// Says goodbye to servers and waits for the end of their sessions, at most so long.
pub(crate) fn close(hub: &Rc<Hub>, servers: &[ServerId], grace: Duration) -> PhpResult<()> {
    {
        let mut core = hub.core()?;
        for id in servers {
            core.close(*id, grace);
        }
    }
    let is_closed = || {
        hub.core().is_ok_and(|core| {
            servers.iter().all(|id| core.cluster().state(*id) == ConnectionState::Disconnected)
        })
    };
    // A moment more than the sessions themselves take, whose end comes with the grace's.
    wait_until(hub, Some(grace.saturating_add(Duration::from_millis(10))), is_closed)?;
    Ok(())
}
