//! Calls that play by themselves, as in a call center: they ring, wait in queues, talk and hang up.
//!
//! Each step is one that a phone or an agent takes on the server, with all its events. So lists and events agree at
//! every moment. The rate decides when the next step is due, and the number of calls at a time follows the rate: the
//! steps of a call then come a few seconds apart.

use std::time::Instant;

use super::Pbx;
use super::channel::{Party, State};
use super::members::{Member, Pause};
use super::phones::Refusal;
use super::queues::Queue;
use crate::asterisk::pace::{Pace, Rate};

/// A Uniqueid.
type Id = Vec<u8>;

#[derive(Debug)]
pub(crate) struct Traffic {
    pub(crate) pace: Pace,
    random: fastrand::Rng,
    calls: Vec<Call>,
}

#[derive(Debug)]
struct Call {
    caller: Id,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// The caller waits in a queue.
    Waiting,
    /// A member's channel rings for a caller of its queue.
    Offered(Id),
    Dialled(Callee),
    Ringing(Callee),
    Talking(Callee),
    Held(Callee),
}

/// The phone that was called, and the halves of the Local channel to it.
#[derive(Debug)]
struct Callee {
    phone: Id,
    local: Option<(Id, Id)>,
}

impl Callee {
    /// The channels of the called side, in the order in which they hang up.
    fn channels(&self) -> Vec<&Id> {
        let halves = self.local.iter().flat_map(|(one, two)| [two, one]);
        [&self.phone].into_iter().chain(halves).collect()
    }
}

/// The queues and their extensions.
const QUEUES: [(&str, &[u8]); 3] = [("support", b"801"), ("sales", b"802"), ("billing", b"803")];
const AGENTS: [&str; 12] =
    ["Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi", "Ivan", "Judy", "Mallory", "Niaj"];
const CUSTOMERS: [&str; 8] = ["Miller", "Smith", "Jones", "Garcia", "Kim", "Rossi", "Novak", "Silva"];
const REASONS: [&str; 4] = ["lunch", "training", "paperwork", "break"];
/// Maximum number of calls at a time, so that lists stay short at any rate.
const CALLS_MAX: u32 = 400;
/// Steps that are tried before a call is ended for want of events.
const TRIES: usize = 10;

impl Traffic {
    pub(crate) fn new(seed: u64, now: Instant) -> Self {
        let random = fastrand::Rng::with_seed(seed);
        Self { pace: Pace::new(Rate::default(), now), random, calls: Vec::new() }
    }

    pub(crate) fn set_rate(&mut self, rate: Rate, pbx: &mut Pbx, now: Instant) {
        self.pace.set_rate(rate, now);
        if rate.events_per_second > 0 {
            self.staff(pbx);
        }
    }

    /// Number of calls at a time. The 40 events of a call then take some twenty seconds.
    fn calls_wanted(&self) -> usize {
        (self.pace.rate().events_per_second / 2).clamp(4, CALLS_MAX) as usize
    }

    /// Configures the queues that the server does not have. The first agent of each queue is a member of the next
    /// queue too.
    fn staff(&self, pbx: &mut Pbx) {
        let agents = (self.calls_wanted() / 8).clamp(3, AGENTS.len());
        for (number, (name, _)) in QUEUES.iter().enumerate() {
            if pbx.queues.named(name).is_some() {
                continue;
            }
            let of_next = 201 + (number + 1) % QUEUES.len() * 20;
            let own = 201 + number * 20..201 + number * 20 + agents;
            let members = own.chain([of_next]).map(|phone| {
                let given = AGENTS[phone % AGENTS.len()];
                Member { name: format!("{given} {phone}"), ..Member::new(&format!("PJSIP/{phone}"), false) }
            });
            let members = members.collect();
            let strategy = "leastrecent".to_owned();
            pbx.queues.all.push(Queue { strategy, members, ..Queue::new(name) });
        }
    }

    /// Takes one step that has events.
    pub(crate) fn step(&mut self, pbx: &mut Pbx, now: Instant) {
        let before = pbx.events_made;
        for _ in 0..TRIES {
            self.try_step(pbx, now);
            if pbx.events_made > before {
                break;
            }
        }
        while pbx.events_made == before {
            match self.take_call() {
                Some(call) => self.end(&call, pbx, now),
                None => self.begin(pbx, now),
            }
        }
        self.pace.count(pbx.events_made - before);
    }

    fn try_step(&mut self, pbx: &mut Pbx, now: Instant) {
        if self.random.u32(..100) < 2 {
            self.shift(pbx, now);
        } else if self.calls.len() < self.calls_wanted() && self.random.bool() {
            self.begin(pbx, now);
        } else if let Some(call) = self.take_call() {
            let call = self.advance(call, pbx, now);
            self.calls.extend(call);
        }
    }

    fn take_call(&mut self) -> Option<Call> {
        let at = self.random.usize(..self.calls.len().max(1));
        (at < self.calls.len()).then(|| self.calls.swap_remove(at))
    }

    fn begin(&mut self, pbx: &mut Pbx, now: Instant) {
        let queue = self.random.choice(QUEUES).unwrap_or(QUEUES[0]);
        let is_open =
            pbx.queues.named(queue.0).is_some_and(|queue| queue.callers.len() < queue.members.len());
        let call = match self.random.u32(..10) {
            0..5 if is_open => self.begin_in_queue(queue, pbx, now),
            5..7 => self.begin_through_local(pbx, now),
            _ => self.begin_to_phone(pbx, now),
        };
        self.calls.push(call);
    }

    /// A customer calls in and waits for an agent.
    fn begin_in_queue(&mut self, (queue, exten): (&str, &[u8]), pbx: &mut Pbx, now: Instant) -> Call {
        let customer = self.customer();
        let caller = pbx.pick_up(b"PJSIP/trunk", exten, customer, now);
        pbx.execute(&caller, "Answer", b"", now);
        pbx.new_state(&caller, State::Up, now);
        pbx.set_variables(&caller, &[(b"CAMPAIGN".to_vec(), queue.as_bytes().to_vec())], now);
        pbx.join_queue(&caller, queue, None, now);
        Call { caller, stage: Stage::Waiting }
    }

    /// A phone calls out, or another phone.
    fn begin_to_phone(&mut self, pbx: &mut Pbx, now: Instant) -> Call {
        let (caller, phone) = self.phones();
        let (device, exten) = if self.random.bool() {
            (format!("PJSIP/{phone}"), phone.into_bytes())
        } else {
            ("PJSIP/trunk".to_owned(), self.number())
        };
        let caller = pbx.pick_up(format!("PJSIP/{caller}").as_bytes(), &exten, owner(&caller), now);
        pbx.execute(&caller, "Dial", device.as_bytes(), now);
        let phone = pbx.dial_from(&caller, device.as_bytes(), now);
        Call { caller, stage: Stage::Dialled(Callee { phone, local: None }) }
    }

    /// A customer calls a phone through a Local channel.
    fn begin_through_local(&mut self, pbx: &mut Pbx, now: Instant) -> Call {
        let (_, phone) = self.phones();
        let customer = self.customer();
        let caller = pbx.pick_up(b"PJSIP/trunk", phone.as_bytes(), customer, now);
        pbx.execute(&caller, "Dial", format!("Local/{phone}@default").as_bytes(), now);
        let (one, two) = pbx.dial_local_from(&caller, phone.as_bytes(), now);
        pbx.execute(&two, "Dial", format!("PJSIP/{phone}").as_bytes(), now);
        let phone = pbx.dial_from(&two, format!("PJSIP/{phone}").as_bytes(), now);
        Call { caller, stage: Stage::Dialled(Callee { phone, local: Some((one, two)) }) }
    }

    /// Takes the next step of a call. `None` if the call is over.
    fn advance(&mut self, call: Call, pbx: &mut Pbx, now: Instant) -> Option<Call> {
        let is_there = |id: &Id| pbx.calls.find(id).is_some();
        let is_whole = is_there(&call.caller)
            && match &call.stage {
                Stage::Waiting | Stage::Offered(_) => true,
                Stage::Dialled(dialled)
                | Stage::Ringing(dialled)
                | Stage::Talking(dialled)
                | Stage::Held(dialled) => dialled.channels().into_iter().all(is_there),
            };
        if !is_whole {
            self.end(&call, pbx, now);
            return None;
        }
        let Call { caller, stage } = call;
        let stage = match stage {
            Stage::Waiting => self.offer(&caller, pbx, now),
            Stage::Offered(member) => Some(self.settle(member, pbx, now)),
            Stage::Dialled(dialled) if self.random.u32(..10) == 0 => {
                refuse(&caller, &dialled, Refusal::Congestion, pbx, now);
                None
            }
            Stage::Dialled(dialled) => {
                pbx.ring_phone(&dialled.phone, now);
                if let Some((one, _)) = &dialled.local {
                    pbx.ring_phone(one, now);
                }
                Some(Stage::Ringing(dialled))
            }
            Stage::Ringing(dialled) => self.answer(&caller, dialled, pbx, now),
            Stage::Talking(dialled) => self.talk(&caller, dialled, pbx, now),
            Stage::Held(dialled) => {
                pbx.hold_phone(&dialled.phone, false, now);
                Some(Stage::Talking(dialled))
            }
        };
        stage.map(|stage| Call { caller, stage })
    }

    /// Rings a free agent for a caller who is far enough ahead. Some callers give up.
    fn offer(&mut self, caller: &Id, pbx: &mut Pbx, now: Instant) -> Option<Stage> {
        let place = pbx.queues.place_of(caller);
        let Some((queue, place)) = place.filter(|_| self.random.u32(..30) > 0) else {
            pbx.go(caller, 16, now);
            return None;
        };
        let members = pbx.queues.all[queue].members.iter().filter(|member| member.is_available());
        let free: Vec<_> = members.map(|member| member.interface.clone()).collect();
        if place >= free.len() {
            return Some(Stage::Waiting);
        }
        let member = pbx.ring_member(caller, &free[self.random.usize(..free.len())], now);
        Some(member.map_or(Stage::Waiting, Stage::Offered))
    }

    /// The member whose phone rings answers, or does not.
    fn settle(&mut self, member: Id, pbx: &mut Pbx, now: Instant) -> Stage {
        if pbx.calls.find(&member).is_none() {
            return Stage::Waiting;
        }
        if self.random.u32(..6) == 0 {
            pbx.miss_member(&member, now);
            return Stage::Waiting;
        }
        pbx.answer_member(&member, now);
        Stage::Talking(Callee { phone: member, local: None })
    }

    fn answer(&mut self, caller: &Id, dialled: Callee, pbx: &mut Pbx, now: Instant) -> Option<Stage> {
        let refusal = match self.random.u32(..12) {
            0 => Refusal::Busy,
            1 => Refusal::NoAnswer,
            2 => Refusal::Cancel,
            _ => {
                match &dialled.local {
                    None => pbx.answer_phone(caller, &dialled.phone, now),
                    Some((one, two)) => {
                        pbx.answer_phone(two, &dialled.phone, now);
                        pbx.answer_phone(caller, one, now);
                    }
                }
                return Some(Stage::Talking(dialled));
            }
        };
        refuse(caller, &dialled, refusal, pbx, now);
        None
    }

    fn talk(&mut self, caller: &Id, mut dialled: Callee, pbx: &mut Pbx, now: Instant) -> Option<Stage> {
        if let Some((one, two)) = dialled.local.take_if(|_| self.random.bool()) {
            pbx.optimize_away(&one, &two, now);
            return Some(Stage::Talking(dialled));
        }
        match self.random.u32(..10) {
            0..3 => {
                pbx.hold_phone(&dialled.phone, true, now);
                Some(Stage::Held(dialled))
            }
            3 if dialled.local.is_none() => {
                let (_, phone) = self.phones();
                pbx.blind_transfer(&dialled.phone, caller, phone.as_bytes(), now);
                let phone = pbx.dial_from(caller, format!("PJSIP/{phone}").as_bytes(), now);
                Some(Stage::Dialled(Callee { phone, local: None }))
            }
            4..7 => Some(Stage::Talking(dialled)),
            _ => {
                self.end(&Call { caller: caller.clone(), stage: Stage::Talking(dialled) }, pbx, now);
                None
            }
        }
    }

    /// Hangs up what is left of a call, from one of its ends.
    fn end(&mut self, call: &Call, pbx: &mut Pbx, now: Instant) {
        let dialled = match &call.stage {
            // A phone that still rings stops when its caller leaves the queue.
            Stage::Waiting | Stage::Offered(_) => Vec::new(),
            Stage::Dialled(dialled)
            | Stage::Ringing(dialled)
            | Stage::Talking(dialled)
            | Stage::Held(dialled) => dialled.channels(),
        };
        let mut channels: Vec<_> = dialled.into_iter().chain([&call.caller]).collect();
        if self.random.bool() {
            channels.reverse();
        }
        for channel in channels {
            pbx.go(channel, 16, now);
        }
    }

    /// An agent begins or ends a pause, or comes or goes for the day.
    fn shift(&mut self, pbx: &mut Pbx, now: Instant) {
        let number = self.random.usize(..QUEUES.len());
        let (queue, _) = QUEUES[number];
        let temporary = format!("PJSIP/{}", 291 + number);
        let Some(known) = pbx.queues.named(queue) else { return };
        if self.random.u32(..4) == 0 {
            match known.member(&temporary) {
                None => {
                    let member = Member { penalty: 1, ..Member::new(&temporary, true) };
                    pbx.add_member(queue, member, now);
                }
                Some(member) if member.is_available() => pbx.remove_member(queue, &temporary, now),
                Some(_) => {}
            }
            return;
        }
        let Some(member) = self.random.choice(&known.members) else { return };
        let interface = member.interface.clone();
        let paused = known.members.iter().filter(|member| member.is_paused()).count();
        if member.is_paused() {
            pbx.pause_member("", &interface, Pause::Ends(""), now);
        } else if paused < known.members.len() / 3 {
            let reason = self.random.choice(REASONS).unwrap_or_default();
            pbx.pause_member("", &interface, Pause::Begins(reason), now);
        }
    }

    /// The extensions of two phones.
    fn phones(&mut self) -> (String, String) {
        let first = self.random.u32(..50);
        let second = (first + self.random.u32(1..50)) % 50;
        ((301 + first).to_string(), (301 + second).to_string())
    }

    fn customer(&mut self) -> Party {
        let name = self.random.choice(CUSTOMERS).unwrap_or_default();
        Party { name: name.as_bytes().to_vec(), number: self.number() }
    }

    fn number(&mut self) -> Vec<u8> {
        format!("030{:07}", self.random.u32(..10_000_000)).into_bytes()
    }
}

fn refuse(caller: &Id, dialled: &Callee, why: Refusal, pbx: &mut Pbx, now: Instant) {
    if let Some((one, two)) = &dialled.local {
        pbx.refuse_phone(two, &dialled.phone, why, now);
        pbx.go(two, why.cause(), now);
        pbx.refuse_phone(caller, one, why, now);
    } else {
        pbx.refuse_phone(caller, &dialled.phone, why, now);
    }
    pbx.go(caller, why.cause(), now);
}

fn owner(phone: &str) -> Party {
    Party { name: format!("Desk {phone}").into_bytes(), number: phone.as_bytes().to_vec() }
}
