//! One tick: a step of the core, then the deliveries to PHP code. Functions that wait do so by ticking.

use std::io;
use std::rc::Rc;
use std::time::Duration;

use apn_ami::client::StepReport;
use apn_ami::cluster::ServerId;
use apn_ami::node::ConnectionState;

use super::core::Hub;
use super::deliver::{TickReport, deliver_due};
use super::owned_core::Core;
use crate::convert::errors::throw;
use crate::convert::function::call_function;
use crate::zend::{Callable, PhpResult, exception, guard};

/// Longest uninterrupted wait. A signal that arrives just before a wait does not end that wait.
const WAIT_SLICE: Duration = Duration::from_millis(500);

/// A fake's time without any visible change after which no more changes are expected. It is longer than the
/// longest reconnect delay, which is 24 hours.
const NOTHING_COMES: Duration = Duration::from_secs(25 * 3_600);

/// The real pause after each further tick of `run`, made by PHP's `usleep`. A signal ends it.
const FAKE_PAUSE_MICROS: i64 = 100_000;

/// One bounded round: I/O and timers, then the deliveries that are due.
pub(crate) fn tick(hub: &Rc<Hub>, method: &str, longest: Duration) -> PhpResult<TickReport> {
    let ticking = hub.ticks.begin(method)?;
    let mut report = TickReport::default();
    let longest = if hub.undelivered.is_empty() { longest } else { Duration::ZERO };
    report.step = step(hub, |core| core.step(longest))?;
    let outcome = guard::attempt(|| deliver_due(hub, &mut report)).and_then(|delivered| delivered);
    drop(ticking);
    if !hub.is_at_home() {
        // This is a forked child. The core belongs to the parent, so nothing is left to do here.
        return outcome.and_then(|()| hub.check_process()).map(|()| report);
    }
    report.step.more |= report_undelivered(hub)?;
    if hub.ticks.is_leaving() && !report.step.more {
        hub.release();
    }
    outcome?;
    match hub.ticks.take_postponed() {
        Some(exception) => Err(throw(exception)),
        None => Ok(report),
    }
}

/// Ticks until `done` returns true. Returns false if `longest` is over before. Within a listener it does I/O
/// only and delivers nothing.
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

/// Moves a fake's time by `longest`. Everything due on the way and at the end is delivered.
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

/// Ticks until a stop request, or until `until` returns true.
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
            // Nothing is left that could end this `run`, except a signal or the user's `until`. The pause
            // keeps the loop from using all CPU time.
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
    // Servers in memory may call PHP code for their answers, which are then available at once.
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

/// Tells the core whether deliveries are left here, so that the poll descriptor is readable in that case.
/// Returns true if deliveries are left here or in the core.
fn report_undelivered(hub: &Hub) -> PhpResult<bool> {
    let is_left = !hub.undelivered.is_empty();
    let mut core = hub.core()?;
    // An unchanged value is not set: mutable access makes the lock update the descriptor.
    if core.has_undelivered() != is_left {
        core.set_undelivered(is_left);
    }
    Ok(is_left || core.cluster().has_deliverable())
}

/// Delivers everything that is due, at the end of a manager's work.
pub(crate) fn deliver_everything(hub: &Rc<Hub>, method: &str) -> PhpResult<()> {
    loop {
        if !tick(hub, method, Duration::ZERO)?.step.more {
            return Ok(());
        }
        guard::serve_interrupts()?;
    }
}

/// Waits until each server is Ready or can no longer become Ready in time. Returns false if `stop()` ended
/// the wait.
pub(crate) fn wait_for_ready(hub: &Rc<Hub>, servers: &[ServerId], wait: Option<Duration>) -> PhpResult<bool> {
    let end = wait.and_then(|wait| hub.now().at.checked_add(wait));
    let stops = hub.stops.count();
    let settled = || {
        let Ok(core) = hub.core() else { return true };
        let cluster = core.cluster();
        let is_settled = |id: &ServerId| match cluster.state(*id) {
            ConnectionState::Ready => true,
            // A listener closed the server, or its next attempt comes after the end of the wait. A server
            // without a time for its attempt waits for the connect budget.
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

/// Logs off from servers and waits for the end of their sessions. A session that does not end within `grace`
/// is cut.
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
    // The wait is slightly longer than `grace`, since the sessions are cut when `grace` ends.
    wait_until(hub, Some(grace.saturating_add(Duration::from_millis(10))), is_closed)?;
    Ok(())
}
