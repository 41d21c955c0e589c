//! Actions that change queues (`apps/app_queue.c`).

use crate::asterisk::args;
use crate::asterisk::classes::{is_false, is_true};
use crate::asterisk::dispatch::{Next, Turn};
use crate::asterisk::pbx::members::{Member, Pause};
use crate::asterisk::pbx::queues::{Entry, Queue};
use crate::asterisk::request::Request;

pub(super) fn add(turn: &mut Turn<'_>, request: &Request) -> Next {
    let [queue, interface, name, device] =
        ["Queue", "Interface", "MemberName", "StateInterface"].map(|header| text(request, header));
    if turn.pbx.queues.named(&queue).is_none() {
        return turn.error(request, "Unable to add interface to queue: No such queue");
    }
    let or_interface = |text: String| if text.is_empty() { interface.clone() } else { text };
    let member = Member {
        name: or_interface(name),
        state_interface: or_interface(device),
        penalty: number(request, "Penalty").try_into().unwrap_or(0),
        pause: is_true(request.header("Paused")).then(|| text(request, "Reason")),
        ..Member::new(&interface, true)
    };
    if turn.pbx.add_member(&queue, member, turn.now) {
        turn.ack(request, "Added interface to queue")
    } else {
        turn.error(request, "Unable to add interface: Already there")
    }
}

pub(super) fn remove(turn: &mut Turn<'_>, request: &Request) -> Next {
    let [queue, interface] = ["Queue", "Interface"].map(|header| text(request, header));
    let Some(found) = turn.pbx.queues.named(&queue) else {
        return turn.error(request, "Unable to remove interface from queue: No such queue");
    };
    match found.member(&interface) {
        None => turn.error(request, "Unable to remove interface: Not there"),
        Some(member) if !member.is_dynamic => turn.error(request, "Member not dynamic"),
        Some(_) => {
            turn.pbx.remove_member(&queue, &interface, turn.now);
            turn.ack(request, "Removed interface from queue")
        }
    }
}

pub(super) fn pause(turn: &mut Turn<'_>, request: &Request) -> Next {
    let [queue, interface, reason] = ["Queue", "Interface", "Reason"].map(|header| text(request, header));
    let begins = is_true(request.header("Paused"));
    let pause = if begins { Pause::Begins(&reason) } else { Pause::Ends(&reason) };
    if turn.pbx.pause_member(&queue, &interface, pause, turn.now) == 0 {
        return turn.error(request, "Interface not found");
    }
    let message = if begins { "Interface paused successfully" } else { "Interface unpaused successfully" };
    turn.ack(request, message)
}

pub(super) fn penalty(turn: &mut Turn<'_>, request: &Request) -> Next {
    let [queue, interface] = ["Queue", "Interface"].map(|header| text(request, header));
    let penalty = u32::try_from(number(request, "Penalty"));
    let found = penalty.map_or(0, |penalty| turn.pbx.set_penalty(&queue, &interface, penalty, turn.now));
    if found == 0 {
        return turn.error(request, "Invalid interface, queuename or penalty");
    }
    turn.ack(request, "Interface penalty set successfully")
}

pub(super) fn ring_in_use(turn: &mut Turn<'_>, request: &Request) -> Next {
    let [queue, interface] = ["Queue", "Interface"].map(|header| text(request, header));
    let rings = is_true(request.header("RingInUse"));
    if !rings && !is_false(request.header("RingInUse")) {
        let message = "'RingInUse' parameter must be a truth value (yes/no, on/off, 0/1, etc)";
        return turn.error(request, message);
    }
    if turn.pbx.ring_in_use(&queue, &interface, rings, turn.now) == 0 {
        return turn.error(request, "Invalid interface, queuename, or ringinuse value\n");
    }
    turn.ack(request, "Interface ringinuse set successfully")
}

/// Sets the counters to 0. No event tells it.
pub(super) fn reset(turn: &mut Turn<'_>, request: &Request) -> Next {
    let name = text(request, "Queue");
    let is_meant = |queue: &&mut Queue| name.is_empty() || queue.name.eq_ignore_ascii_case(&name);
    for queue in turn.pbx.queues.all.iter_mut().filter(is_meant) {
        (queue.completed, queue.abandoned) = (0, 0);
        for member in &mut queue.members {
            (member.calls_taken, member.last_call) = (0, 0);
        }
    }
    turn.ack(request, "Queue stats reset successfully")
}

/// Sets the priority of a caller. With `Immediate` the caller changes its place too. No event tells it.
pub(super) fn change_priority(turn: &mut Turn<'_>, request: &Request) -> Next {
    let Some(priority) = args::leading_number(request.header("Priority")) else {
        return turn.error(request, "'Priority' need integer.");
    };
    let (queue, place) = match place_of_caller(turn, request) {
        Ok(place) => place,
        Err(what) => {
            return turn.error(request, format!("Unable to change priority caller on queue: {what}"));
        }
    };
    let callers = &mut turn.pbx.queues.all[queue].callers;
    callers[place].priority = priority;
    if is_true(request.header("Immediate")) {
        let caller = callers.remove(place);
        let is_behind = |other: &Entry| caller.priority > other.priority;
        let place = callers.iter().position(is_behind).unwrap_or(callers.len());
        callers.insert(place, caller);
    }
    turn.ack(request, "Priority change for caller on queue")
}

/// Takes a caller out of a queue.
pub(super) fn withdraw(turn: &mut Turn<'_>, request: &Request) -> Next {
    let (queue, place) = match place_of_caller(turn, request) {
        Ok(place) => place,
        Err(what) => {
            return turn.error(request, format!("Unable to request withdraw from queue: {what}"));
        }
    };
    let caller = turn.pbx.queues.all[queue].callers[place].unique_id.clone();
    turn.ack(request, "Withdraw requested successfully");
    turn.pbx.leave_queue(&caller, turn.now);
    Next::Proceed
}

/// The index of the queue that a request names, and the index of the caller in it.
fn place_of_caller(turn: &Turn<'_>, request: &Request) -> Result<(usize, usize), &'static str> {
    let name = text(request, "Queue");
    let queues = &turn.pbx.queues.all;
    let at = queues.iter().position(|queue| queue.name.eq_ignore_ascii_case(&name)).ok_or("No such queue")?;
    let is_caller = |entry: &Entry| {
        let channel = turn.pbx.calls.find(&entry.unique_id);
        channel.is_some_and(|channel| channel.name == request.header("Caller"))
    };
    let place = queues[at].callers.iter().position(is_caller).ok_or("No such caller")?;
    Ok((at, place))
}

fn text(request: &Request, header: &str) -> String {
    String::from_utf8_lossy(request.header(header)).into_owned()
}

fn number(request: &Request, header: &str) -> i64 {
    args::leading_number(request.header(header)).unwrap_or_default()
}
