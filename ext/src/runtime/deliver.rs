//! Delivers events, endings and changes to PHP code. Each call of PHP code has its own guard.

use std::rc::Rc;
use std::time::{Duration, Instant};

use apn_ami::client::StepReport;
use apn_ami::cluster::{Delivery, DeliveryKind, LiveNews, Notification, ServerId, SubscriptionId};
use apn_ami::error;
use apn_ami::live::{CallRef, Edges, QueueChanges, QueueRef};
use apn_ami::net;
use apn_ami::node::{self, OutcomeCell};
use apn_ami::wire;
use ext_php_rs::error::php_error;
use ext_php_rs::flags::ErrorType;
use ext_php_rs::types::Zval;

use super::core::Hub;
use super::listener_name::name_of;
use super::listener_table::{Listener, Topic};
use super::live_read;
use super::objects::LostEvents;
use crate::convert::content::Content;
use crate::convert::description::{Description, describe};
use crate::convert::enums::{ConnectionState, DisconnectReason};
use crate::convert::errors::catch;
use crate::convert::live::{self, Kind, State};
use crate::convert::object::Throwable;
use crate::convert::{Array, Builder, Object, Str, zval};
use crate::zend::exception;
use crate::zend::guard::attempt;
use crate::zend::{Callable, PhpResult, Thrown, host};

/// Counts of one tick.
#[derive(Default)]
pub(crate) struct TickReport {
    pub(crate) step: StepReport,
    pub(crate) events: i64,
    pub(crate) actions: i64,
    /// The run of events that is being delivered.
    run: Option<Run>,
    /// When the last listener of an event returned. None if something else was delivered after it.
    returned_at: Option<Instant>,
}

/// Consecutive events of one server.
struct Run {
    server: ServerId,
    key: Str,
    /// When the last event of the run was received, in Unix time.
    received_at: Duration,
}

impl TickReport {
    /// True if listeners, callbacks or health can have seen something. A heartbeat does not count.
    pub(crate) fn is_seen(&self) -> bool {
        self.events > 0 || self.actions > 0 || self.step.transitions > 0 || self.step.more
    }

    pub(crate) fn has_progress(&self) -> bool {
        let StepReport { bytes_read, bytes_written, frames_parsed, connects, transitions, more, .. } =
            self.step;
        let is_idle =
            [bytes_read, bytes_written, frames_parsed] == [0; 3] && connects == 0 && transitions == 0;
        more || !is_idle || self.events > 0 || self.actions > 0
    }
}

/// Delivers what is due to listeners and callbacks, at most `tick_events_max` deliveries.
pub(crate) fn deliver_due(hub: &Rc<Hub>, report: &mut TickReport) -> PhpResult<()> {
    write_records(hub)?;
    let mut budget = {
        let mut core = hub.core()?;
        let budget = core.cluster().limits().tick_events_max;
        hub.undelivered.fill(|list| core.drain_deliveries(budget.saturating_sub(list.len()), list));
        budget
    };
    while budget > 0 {
        let Some(delivery) = hub.undelivered.pop() else { break };
        budget -= 1;
        if report.run.as_ref().is_some_and(|run| run.server != delivery.server) {
            tell_lag(hub, report)?;
        }
        deliver(hub, delivery, report)?;
    }
    tell_lag(hub, report)?;
    report.actions += hub.undelivered.take_released();
    write_records(hub)?;
    if hub.undelivered.is_empty() && hub.core()?.cluster_without_work().take_trim_hint() {
        host::give_memory_back();
    }
    hub.forget_removed()
}

/// Reports to the core how long the run's last event took from its arrival to its listeners.
fn tell_lag(hub: &Rc<Hub>, report: &mut TickReport) -> PhpResult<()> {
    if let Some(run) = report.run.take() {
        let lag = hub.now().unix.saturating_sub(run.received_at);
        hub.core()?.cluster_without_work().delivered(run.server, lag);
    }
    Ok(())
}

fn deliver(hub: &Rc<Hub>, delivery: Delivery, report: &mut TickReport) -> PhpResult<()> {
    let server = delivery.server;
    match delivery.kind {
        DeliveryKind::Event { message, listeners } => deliver_event(hub, server, message, &listeners, report),
        DeliveryKind::Live(news) => {
            report.returned_at = None;
            deliver_news(hub, server, news)
        }
        DeliveryKind::Notification(notification) => {
            report.returned_at = None;
            deliver_tell(hub, server, notification, report)
        }
    }
}

fn deliver_event(
    hub: &Rc<Hub>,
    server: ServerId,
    message: wire::Message,
    listeners: &[SubscriptionId],
    report: &mut TickReport,
) -> PhpResult<()> {
    report.events += 1;
    let received_at = message.stamp().received_at;
    let run = report.run.get_or_insert_with(|| Run { server, key: hub.key(server), received_at });
    run.received_at = received_at;
    let event = (hub.objects.event)(run.key.clone(), Content::Single(message))?;
    for id in listeners {
        if let Some(listener) = hub.listeners.of_event(*id) {
            let began = report.returned_at.take().unwrap_or_else(net::instant);
            let ended = call_listener(hub, &listener, &[zval(event.clone())], Some(&event), began)?;
            report.returned_at = Some(ended);
        }
    }
    if event.is_shared() {
        // The events that came with it are gone soon, and it must not hold their memory.
        (hub.objects.detach)(event);
    }
    Ok(())
}

fn deliver_tell(
    hub: &Rc<Hub>,
    server: ServerId,
    notification: Notification,
    report: &mut TickReport,
) -> PhpResult<()> {
    match notification {
        Notification::Ended { sequence, cell } => {
            report.actions += 1;
            deliver_ending(hub, server, sequence, &cell)
        }
        Notification::Changed { from, to, reason, detail } => {
            deliver_change(hub, server, from, to, reason, detail)
        }
        Notification::Gap { from, to, reason, dropped } => {
            let lost = LostEvents { from, to, reason, dropped };
            let gap = (hub.objects.gap)(hub.key(server), &lost);
            call_topic(hub, Topic::Gap(Some(server)), &[zval(gap)])
        }
    }
}

fn deliver_news(hub: &Rc<Hub>, server: ServerId, news: LiveNews) -> PhpResult<()> {
    match news {
        LiveNews::State(state) => {
            let arguments = [zval(hub.key(server)), zval(State::from(state)), zval(Kind::Calls)];
            call_topic(hub, Topic::LiveState, &arguments)
        }
        LiveNews::QueueState(state) => {
            let arguments = [zval(hub.key(server)), zval(State::from(state)), zval(Kind::Queues)];
            call_topic(hub, Topic::LiveState, &arguments)
        }
        LiveNews::Queue { queue, changes } => deliver_queue(hub, server, queue, changes),
        LiveNews::Call { call, edges } => deliver_call(hub, server, call, edges),
    }
}

fn deliver_call(hub: &Rc<Hub>, server: ServerId, call: CallRef, edges: Edges) -> PhpResult<()> {
    let (key, listeners) = (hub.key(server), hub.listeners.of_topic(Topic::Call));
    let wanted = live_read::call(&Rc::downgrade(hub), server, &call, |live, call| {
        let wanted = |listener: &Rc<Listener>| {
            let filter = listener.calls_wanted.as_ref();
            filter.map_or(edges, |filter| filter.wanted(&key, live, call, edges))
        };
        listeners.iter().map(wanted).collect::<Vec<_>>()
    })?;
    if wanted.iter().all(Edges::is_empty) {
        return Ok(());
    }
    let Some(make) = hub.call_object.get() else { return Ok(()) };
    let call = make(hub, server, call)?;
    for (listener, edges) in listeners.iter().zip(wanted).filter(|(_, edges)| !edges.is_empty()) {
        let arguments = [zval(call.clone()), zval(live::edges(edges))];
        call_listener(hub, listener, &arguments, None, net::instant())?;
    }
    Ok(())
}

fn deliver_queue(hub: &Rc<Hub>, server: ServerId, queue: QueueRef, changes: QueueChanges) -> PhpResult<()> {
    let listeners = hub.listeners.of_topic(Topic::Queue);
    if listeners.is_empty() {
        return Ok(());
    }
    let name = live_read::queue(&Rc::downgrade(hub), server, &queue, |_, queue| queue.name().to_vec())?;
    let is_wanted =
        |listener: &&Rc<Listener>| listener.queue_wanted.as_ref().is_none_or(|wanted| *wanted == name);
    let mut wanted = listeners.iter().filter(is_wanted).peekable();
    let Some(make) = hub.queue_object.get().filter(|_| wanted.peek().is_some()) else { return Ok(()) };
    let arguments = [zval(make(hub, server, queue)?), zval(live::queue_changes(changes))];
    for listener in wanted {
        call_listener(hub, listener, &arguments, None, net::instant())?;
    }
    Ok(())
}

fn deliver_ending(hub: &Rc<Hub>, server: ServerId, sequence: u64, cell: &OutcomeCell) -> PhpResult<()> {
    let Some(pending) = hub.pendings.take(server, sequence) else { return Ok(()) };
    debug_assert!(std::ptr::eq(cell, std::sync::Arc::as_ptr(pending.cell())));
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
    from: node::ConnectionState,
    to: node::ConnectionState,
    reason: Option<error::DisconnectReason>,
    detail: String,
) -> PhpResult<()> {
    let arguments = [
        zval(hub.key(server)),
        zval(ConnectionState::from(from)),
        zval(ConnectionState::from(to)),
        zval(reason.map(DisconnectReason::from)),
        zval(Str::new(&detail)),
    ];
    if reason.is_some() {
        hub.names.set_detail(server, detail);
    }
    call_topic(hub, Topic::State(Some(server)), &arguments)
}

fn call_topic(hub: &Rc<Hub>, topic: Topic, arguments: &[Zval]) -> PhpResult<()> {
    for listener in hub.listeners.of_topic(topic) {
        call_listener(hub, &listener, arguments, None, net::instant())?;
    }
    Ok(())
}

/// Calls a listener, unless it was cancelled meanwhile. An exception does not stop other listeners. Returns
/// the moment at which the listener returned. The next listener's time begins at that moment, so each call
/// reads the clock once.
fn call_listener(
    hub: &Rc<Hub>,
    listener: &Listener,
    arguments: &[Zval],
    event: Option<&Object>,
    began: Instant,
) -> PhpResult<Instant> {
    let Some(callable) = listener.callable() else { return Ok(began) };
    let outcome = callable.call(arguments).map(drop);
    // The drop frees a listener that cancelled itself. A destructor can throw too.
    drop(callable);
    let outcome = outcome.and_then(|()| exception::check());
    let ended = net::instant();
    listener.calls.set(listener.calls.get() + 1);
    listener.time.set(listener.time.get() + ended.saturating_duration_since(began));
    if let Err(thrown) = outcome {
        listener.failures.set(listener.failures.get() + 1);
        contain(hub, thrown, &listener.name, event)?;
    }
    // If the listener forked, the child calls no other listener. The parent calls them.
    hub.check_process()?;
    Ok(ended)
}

/// Calls a callback of an action. An exception does not stop other callbacks.
pub(crate) fn call_back(hub: &Rc<Hub>, callback: &Callable, arguments: &[Zval]) -> PhpResult<()> {
    if let Err(thrown) = callback.call(arguments).map(drop).and_then(|()| exception::check()) {
        contain(hub, thrown, &name_of(callback), None)?;
    }
    hub.check_process()
}

/// Passes an exception of a listener to `onListenerError`, else to the logger, else to a PHP warning. `Err`
/// if PHP code ended the script by `exit()` or a fatal error.
fn contain(hub: &Rc<Hub>, thrown: Thrown, name: &str, event: Option<&Object>) -> PhpResult<()> {
    let failure = catch(thrown)?;
    let handlers = hub.listeners.of_topic(Topic::Error);
    if handlers.is_empty() {
        return report(hub, &failure, name, event);
    }
    for handler in handlers {
        let Some(callable) = handler.callable() else { continue };
        let arguments = [zval(failure.clone()), zval(event.cloned())];
        if let Err(thrown) = callable.call(&arguments) {
            let second = catch(thrown)?;
            report(hub, &failure, name, event)?;
            report(hub, &second, &handler.name, None)?;
        }
    }
    Ok(())
}

fn report(hub: &Rc<Hub>, failure: &Object<Throwable>, name: &str, event: Option<&Object>) -> PhpResult<()> {
    if hub.logger.is_there() {
        return hub.logger.log("error", "AMI listener failed", failure_context(failure, name, event));
    }
    let Description { class, message, file, line } = describe(failure);
    let text = format!("Uncaught {class} in AMI listener {name}: {message} in {file}:{line}");
    match warning(&text) {
        Ok(()) => Ok(()),
        // An error handler threw an exception for the warning. The tick throws it after all listeners were
        // called.
        Err(thrown) => {
            hub.ticks.postpone(catch(thrown)?);
            Ok(())
        }
    }
}

/// Raises an `E_WARNING`. The user's error handler can run and throw.
fn warning(message: &str) -> PhpResult<()> {
    attempt(|| php_error(&ErrorType::Warning, &message.replace('\0', "")))?;
    exception::check()
}

fn failure_context(failure: &Object<Throwable>, name: &str, event: Option<&Object>) -> Array {
    let mut context = Builder::new(4);
    context.set("exception", failure.clone());
    context.set("listener", Str::new(name));
    if let Some(event) = event {
        context.set("server_key", event.get("serverKey"));
        context.set("event", event.get("name"));
    }
    context.finish()
}

/// Passes the core's records to the logger. Without a logger the core makes none.
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
