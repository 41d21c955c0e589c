//! `PendingCall`: a call that `Model::originate()` asked for.

use std::cell::Cell;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use apn_ami::cluster::ServerId;
use apn_ami::live::{self, CallRef, ExpectedCall};
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::{php_class, php_impl};

use super::call_handle::{self, Call};
use crate::classes::pending_action::PendingAction;
use crate::classes::registration::class;
use crate::convert::errors::Exception;
use crate::convert::errors::throw;
use crate::convert::number::duration;
use crate::convert::object::object;
use crate::convert::{Object, Str};
use crate::runtime::core::{Hub, Manager};
use crate::runtime::live_access::unseen;
use crate::runtime::tick;
use crate::zend::{Native, PhpResult, Tracer};

/// The time to wait for the channel's events after `OriginateResponse`. The response does not pass the queue
/// of channel events (`manager_event`, `main/manager.c`), so it can overtake them.
const EVENTS_MAY_LAG: Duration = Duration::from_secs(2);

/// A call that was asked for, and the action that asks for it.
#[php_class]
#[php(name = "Apn\\AmiClient\\Live\\PendingCall", flags = ClassFlags::Final)]
pub(crate) struct PendingCall {
    #[php(prop)]
    server_key: Str,
    #[php(prop)]
    channel_id: Str,
    #[php(prop)]
    action: Object<PendingAction>,
    manager: Manager,
    server: ServerId,
    expected: ExpectedCall,
    /// When the action was first seen to be complete while the model had no call.
    ended_at: Cell<Option<Instant>>,
    /// The call made of a failed `OriginateResponse` for which no channel came.
    failed: RefCell<Option<CallRef>>,
}

impl Native for PendingCall {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.value(&self.action);
        tracer.value(&self.manager.object);
    }
}

pub(super) fn new(
    manager: &Manager,
    server: ServerId,
    channel_id: Str,
    expected: ExpectedCall,
    action: Object<PendingAction>,
) -> PhpResult<Object<PendingCall>> {
    Ok(object(PendingCall {
        server_key: manager.hub()?.key(server),
        channel_id,
        action,
        manager: manager.clone(),
        server,
        expected,
        ended_at: Cell::default(),
        failed: RefCell::default(),
    }))
}

/// How far an originated call is.
enum Progress {
    /// The call has not appeared yet.
    None,
    Call(CallRef),
    /// The action failed, or it succeeded and the model sees no call.
    Failed,
}

#[php_impl]
impl PendingCall {
    pub(crate) fn call(&self) -> PhpResult<Option<Object<Call>>> {
        let hub = self.manager.hub()?;
        match self.progress(hub)? {
            Progress::Call(found) => call_handle::new(hub, self.server, found).map(Some),
            Progress::None | Progress::Failed => Ok(None),
        }
    }

    pub(crate) fn answered(&self, timeout: Option<f64>) -> PhpResult<Object<Call>> {
        self.wait("answered", timeout, |call| call.answered_at().is_some() || call.is_over())
    }

    pub(crate) fn ended(&self, timeout: Option<f64>) -> PhpResult<Object<Call>> {
        self.wait("ended", timeout, live::Call::is_over)
    }
}

impl PendingCall {
    fn wait(
        &self,
        method: &str,
        timeout: Option<f64>,
        is_done: impl Fn(&live::Call) -> bool,
    ) -> PhpResult<Object<Call>> {
        let hub = Rc::clone(self.manager.hub()?);
        let longest = timeout.map(|seconds| duration(method, 1, "timeout", seconds)).transpose()?.flatten();
        let is_over = || match self.progress(&hub) {
            Ok(Progress::None) => false,
            Ok(Progress::Call(call)) => self.is(&hub, &call, &is_done),
            Ok(Progress::Failed) | Err(_) => true,
        };
        let is_in_time = tick::wait_until(&hub, longest, is_over)?;
        match self.progress(&hub)? {
            Progress::Call(found) if is_in_time => call_handle::new(&hub, self.server, found),
            Progress::Failed => self.fail(&hub),
            Progress::Call(_) | Progress::None => {
                let message = format!(
                    "the call of channel `{}` on `{}` is not {method} after {:.3} s: it goes on",
                    self.channel_id.lossy(),
                    self.server_key.lossy(),
                    longest.unwrap_or_default().as_secs_f64(),
                );
                let id = self.action.state()?.pending().action_id.lossy();
                Err(throw(Exception::AwaitTimeout.make(&message, Some(&self.server_key), Some(&id))?))
            }
        }
    }

    fn is(&self, hub: &Rc<Hub>, call: &CallRef, is_done: &impl Fn(&live::Call) -> bool) -> bool {
        if let Some(ended) = call.ended() {
            return is_done(ended);
        }
        let Ok(core) = hub.core() else { return true };
        let live = core.cluster().live_of(self.server);
        live.and_then(|live| live.referred_call(call)).is_some_and(is_done)
    }

    fn progress(&self, hub: &Rc<Hub>) -> PhpResult<Progress> {
        let failed = self.failed.borrow().clone();
        if let Some(call) = failed.or_else(|| self.expected.call().cloned()) {
            return Ok(Progress::Call(call_handle::survivor(&mut *hub.core()?, self.server, call)));
        }
        let pending = Rc::clone(self.action.state()?.pending());
        match pending.outcome() {
            None => Ok(Progress::None),
            Some(Err(_)) => Ok(Progress::Failed),
            Some(Ok(answer)) => {
                let now = hub.now();
                let since = self.ended_at.get().unwrap_or(now.at);
                self.ended_at.set(Some(since));
                if now.at.saturating_duration_since(since) < EVENTS_MAY_LAG {
                    return Ok(Progress::None);
                }
                let event = answer.complete.as_deref();
                if event.is_none_or(|event| event.get(b"Response").as_deref() == Some(b"Success")) {
                    return Ok(Progress::Failed);
                }
                let reason = event.and_then(|event| event.get(b"Reason"));
                let outcome = live::Outcome::of_originate_reason(&reason.unwrap_or_default());
                let call = live::Call::failed(&self.channel_id, outcome, now.unix);
                let call = CallRef::to_ended(Arc::new(call));
                *self.failed.borrow_mut() = Some(call.clone());
                Ok(Progress::Call(call))
            }
        }
    }

    /// Throws the action's exception, or the error that the model does not see the call.
    fn fail<R>(&self, hub: &Rc<Hub>) -> PhpResult<R> {
        let pending = Rc::clone(self.action.state()?.pending());
        pending.is_observed.set(true);
        match pending.exception()? {
            Some(exception) => Err(throw(exception)),
            None => Err(unseen(hub, self.server, &self.channel_id)?),
        }
    }
}

pub(crate) fn register() {
    class::<PendingCall>().done();
}
