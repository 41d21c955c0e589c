//! One call between two phones, step by step, for tests of programs.

use std::fmt;
use std::time::Instant;

use super::node::Asterisk;
use super::pbx::channel::Party;
use super::pbx::phones::Refusal;

/// A call between two phones.
///
/// ```
/// # use std::time::Instant;
/// # use apn_sim::asterisk::{Asterisk, Caller, Conversation, Options};
/// # let now = Instant::now();
/// let mut asterisk = Asterisk::new(Options::default(), now);
/// let alice = Caller { device: "PJSIP/alice".into(), number: b"201".into(), name: b"Alice".into() };
/// let mut call = Conversation::begin(&mut asterisk, alice, "PJSIP/bob", now);
/// call.ring(&mut asterisk, now)?;
/// call.answer(&mut asterisk, now)?;
/// assert_eq!(asterisk.truth().channels.len(), 2);
/// call.hang_up(&mut asterisk, 16, now)?;
/// assert_eq!(asterisk.truth().channels.len(), 0);
/// # Ok::<_, apn_sim::asterisk::Mistake>(())
/// ```
#[derive(Debug)]
pub struct Conversation {
    caller: Leg,
    callee: Leg,
    phase: Phase,
}

/// A channel of the call. The leg keeps id and name after the channel is gone.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names are Asterisk's")]
pub struct Leg {
    pub unique_id: Vec<u8>,
    pub name: Vec<u8>,
}

impl Leg {
    fn of(asterisk: &Asterisk, unique_id: Vec<u8>) -> Self {
        let name =
            asterisk.pbx.calls.find(&unique_id).map(|channel| channel.name.clone()).unwrap_or_default();
        Self { unique_id, name }
    }

    fn is_there(&self, asterisk: &Asterisk) -> bool {
        asterisk.pbx.calls.find(&self.unique_id).is_some()
    }

    /// The leg's phone: the channel's name without the dash and the number at its end.
    #[must_use]
    pub fn device(&self) -> &[u8] {
        let end = self.name.iter().rposition(|byte| *byte == b'-').unwrap_or(self.name.len());
        &self.name[..end]
    }
}

/// The phone that makes a call.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Caller {
    pub device: String,
    pub number: Vec<u8>,
    pub name: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Dialled,
    Ringing,
    Talking,
    Held,
    Ended,
}

/// The error of a step that the call cannot take in its current phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "their text says it")]
pub enum Mistake {
    Ended,
    RingsAlready,
    AnsweredAlready,
    NotAnswered,
    HeldAlready,
    NotHeld,
    SecondEnded,
    SecondNotAnswered,
    /// The second call of an attended transfer was not made by the phone that transfers.
    OtherPhone,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ended => "the call has ended",
            Self::RingsAlready => "it rings already",
            Self::AnsweredAlready => "the call was answered before",
            Self::NotAnswered => "nobody has answered the call",
            Self::HeldAlready => "the call is on hold already",
            Self::NotHeld => "the call is not on hold",
            Self::SecondEnded => "the second call has ended",
            Self::SecondNotAnswered => "nobody has answered the second call",
            Self::OtherPhone => "the second call must come from the phone that was called in the first one",
        })
    }
}

impl std::error::Error for Mistake {}

impl Conversation {
    /// One phone calls another. The other phone is dialled and does not ring yet.
    pub fn begin(asterisk: &mut Asterisk, from: Caller, to: &str, now: Instant) -> Self {
        asterisk.advance(now);
        let pbx = &mut asterisk.pbx;
        let party = Party { name: from.name, number: from.number };
        let caller = pbx.pick_up(from.device.as_bytes(), exten_of(to), party, now);
        let dialled = pbx.dial_from(&caller, to.as_bytes(), now);
        asterisk.advance(now);
        Self { caller: Leg::of(asterisk, caller), callee: Leg::of(asterisk, dialled), phase: Phase::Dialled }
    }

    /// The channel of the calling phone.
    #[must_use]
    pub fn caller(&self) -> &Leg {
        &self.caller
    }

    /// The channel of the called phone. After a transfer or a pick-up it is the channel of the phone that has
    /// the call now.
    #[must_use]
    pub fn callee(&self) -> &Leg {
        &self.callee
    }

    /// The dialled phone rings.
    ///
    /// # Errors
    ///
    /// The call already rings, was answered or has ended.
    pub fn ring(&mut self, asterisk: &mut Asterisk, now: Instant) -> Result<(), Mistake> {
        match self.phase(asterisk)? {
            Phase::Dialled => {
                asterisk.phones(now).ring(&self.callee.unique_id);
                self.phase = Phase::Ringing;
                Ok(())
            }
            Phase::Ringing => Err(Mistake::RingsAlready),
            _ => Err(Mistake::AnsweredAlready),
        }
    }

    /// The dialled phone answers. It need not have rung before.
    ///
    /// # Errors
    ///
    /// The call was answered before or has ended.
    pub fn answer(&mut self, asterisk: &mut Asterisk, now: Instant) -> Result<(), Mistake> {
        self.check_unanswered(asterisk)?;
        asterisk.phones(now).answer(&self.caller.unique_id, &self.callee.unique_id);
        self.phase = Phase::Talking;
        Ok(())
    }

    /// The called phone puts the caller on hold.
    ///
    /// # Errors
    ///
    /// The call was not answered, is already on hold or has ended.
    pub fn hold(&mut self, asterisk: &mut Asterisk, now: Instant) -> Result<(), Mistake> {
        if self.check_answered(asterisk)? == Phase::Held {
            return Err(Mistake::HeldAlready);
        }
        asterisk.phones(now).hold(&self.callee.unique_id, true);
        self.phase = Phase::Held;
        Ok(())
    }

    /// The called phone takes the caller off hold.
    ///
    /// # Errors
    ///
    /// The call was not answered, is not on hold or has ended.
    pub fn resume(&mut self, asterisk: &mut Asterisk, now: Instant) -> Result<(), Mistake> {
        if self.check_answered(asterisk)? != Phase::Held {
            return Err(Mistake::NotHeld);
        }
        asterisk.phones(now).hold(&self.callee.unique_id, false);
        self.phase = Phase::Talking;
        Ok(())
    }

    /// The called phone transfers the caller to another phone and hangs up. The other phone is dialled, and
    /// can ring and answer.
    ///
    /// # Errors
    ///
    /// The call was not answered or has ended.
    pub fn transfer(&mut self, asterisk: &mut Asterisk, to: &str, now: Instant) -> Result<(), Mistake> {
        self.check_answered(asterisk)?;
        asterisk.pbx.blind_transfer(&self.callee.unique_id, &self.caller.unique_id, exten_of(to), now);
        let callee = asterisk.pbx.dial_from(&self.caller.unique_id, to.as_bytes(), now);
        self.callee = Leg::of(asterisk, callee);
        self.phase = Phase::Dialled;
        asterisk.advance(now);
        Ok(())
    }

    /// The called phone connects the caller with the phone that it has called in a second call, and hangs up.
    /// This conversation goes on with that phone; the second one has ended.
    ///
    /// # Errors
    ///
    /// One of the calls was not answered or has ended, or another phone made the second call.
    pub fn attended_transfer(
        &mut self,
        asterisk: &mut Asterisk,
        second: &mut Self,
        now: Instant,
    ) -> Result<(), Mistake> {
        self.check_answered(asterisk)?;
        second.check_answered(asterisk).map_err(|mistake| match mistake {
            Mistake::Ended => Mistake::SecondEnded,
            _ => Mistake::SecondNotAnswered,
        })?;
        if self.callee.device() != second.caller.device() {
            return Err(Mistake::OtherPhone);
        }
        asterisk.phones(now).attended_transfer(&self.callee.unique_id, &second.caller.unique_id);
        self.callee.clone_from(&second.callee);
        self.phase = Phase::Talking;
        second.phase = Phase::Ended;
        Ok(())
    }

    /// Another phone picks up the call, which is not answered yet.
    ///
    /// # Errors
    ///
    /// The call was answered before or has ended.
    pub fn pick_up(&mut self, asterisk: &mut Asterisk, by: &str, now: Instant) -> Result<(), Mistake> {
        self.check_unanswered(asterisk)?;
        let party = Party { name: Vec::new(), number: exten_of(by).to_vec() };
        // The feature code of Asterisk's sample dialplan.
        let picker = asterisk.pbx.pick_up(by.as_bytes(), b"*8", party, now);
        asterisk.phones(now).pick_up(&self.caller.unique_id, &self.callee.unique_id, &picker);
        self.callee = Leg::of(asterisk, picker);
        self.phase = Phase::Talking;
        Ok(())
    }

    /// Hangs up both phones. `cause` is a hang-up cause of Asterisk. Before the call is answered it decides
    /// the `DialStatus`: 16 is `CANCEL`, 17 is `BUSY`.
    ///
    /// # Errors
    ///
    /// The call has ended.
    pub fn hang_up(&mut self, asterisk: &mut Asterisk, cause: u8, now: Instant) -> Result<(), Mistake> {
        let is_over = !self.caller.is_there(asterisk) && !self.callee.is_there(asterisk);
        if is_over || self.phase == Phase::Ended {
            self.phase = Phase::Ended;
            return Err(Mistake::Ended);
        }
        let mut phones = asterisk.phones(now);
        if matches!(self.phase, Phase::Dialled | Phase::Ringing) {
            phones.refuse(&self.caller.unique_id, &self.callee.unique_id, Refusal::of_cause(cause));
        }
        phones.hang_up(&self.callee.unique_id, cause);
        phones.hang_up(&self.caller.unique_id, cause);
        self.phase = Phase::Ended;
        Ok(())
    }

    /// The current phase. It is an error if a leg is gone, since the program under test may have hung up.
    fn phase(&self, asterisk: &Asterisk) -> Result<Phase, Mistake> {
        let is_whole = self.caller.is_there(asterisk) && self.callee.is_there(asterisk);
        if self.phase == Phase::Ended || !is_whole { Err(Mistake::Ended) } else { Ok(self.phase) }
    }

    fn check_unanswered(&self, asterisk: &Asterisk) -> Result<(), Mistake> {
        match self.phase(asterisk)? {
            Phase::Dialled | Phase::Ringing => Ok(()),
            _ => Err(Mistake::AnsweredAlready),
        }
    }

    fn check_answered(&self, asterisk: &Asterisk) -> Result<Phase, Mistake> {
        match self.phase(asterisk)? {
            phase @ (Phase::Talking | Phase::Held) => Ok(phase),
            _ => Err(Mistake::NotAnswered),
        }
    }
}

/// The extension of a phone: the device's name without the technology.
fn exten_of(device: &str) -> &[u8] {
    device.split_once('/').map_or(device, |(_, name)| name).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asterisk::Options;

    fn alice() -> Caller {
        Caller { device: "PJSIP/alice".into(), number: b"201".into(), name: b"Alice".into() }
    }

    fn talking() -> (Asterisk, Conversation, Instant) {
        let now = Instant::now();
        let mut asterisk = Asterisk::new(Options::default(), now);
        let mut call = Conversation::begin(&mut asterisk, alice(), "PJSIP/bob", now);
        call.answer(&mut asterisk, now).expect("it may");
        (asterisk, call, now)
    }

    fn devices(asterisk: &Asterisk) -> Vec<String> {
        let device = |name: &str| name.rsplit_once('-').map_or(name, |(device, _)| device).to_owned();
        asterisk.truth().channels.iter().map(|channel| device(&channel.name)).collect()
    }

    #[test]
    fn a_blind_transfer_leaves_a_call_that_can_be_answered_anew() {
        let (mut asterisk, mut call, now) = talking();
        call.transfer(&mut asterisk, "PJSIP/carol", now).expect("it may");
        assert_eq!(devices(&asterisk), ["PJSIP/alice", "PJSIP/carol"]);
        assert_eq!(asterisk.truth().bridges, []);
        call.ring(&mut asterisk, now).expect("it may");
        call.answer(&mut asterisk, now).expect("it may");
        let truth = asterisk.truth();
        assert_eq!((truth.bridges.len(), truth.calls.len()), (1, 1));
        assert_eq!(truth.channels[1].number, b"carol");
        assert_eq!(truth.channels[1].connected_number, b"201");
    }

    #[test]
    fn an_attended_transfer_makes_one_call_of_two() {
        let (mut asterisk, mut call, now) = talking();
        let bob = Caller { device: "PJSIP/bob".into(), number: b"202".into(), name: Vec::new() };
        let mut second = Conversation::begin(&mut asterisk, bob, "PJSIP/carol", now);
        assert_eq!(call.attended_transfer(&mut asterisk, &mut second, now), Err(Mistake::SecondNotAnswered));
        second.answer(&mut asterisk, now).expect("it may");
        assert_eq!(asterisk.truth().calls.len(), 2);
        call.attended_transfer(&mut asterisk, &mut second, now).expect("it may");
        assert_eq!(devices(&asterisk), ["PJSIP/alice", "PJSIP/carol"]);
        let truth = asterisk.truth();
        assert_eq!(truth.calls.len(), 1);
        let connected: Vec<_> = truth.channels.iter().map(|channel| &channel.connected_number[..]).collect();
        assert_eq!(connected, [&b"carol"[..], b"201"]);
        assert_eq!(second.hang_up(&mut asterisk, 16, now), Err(Mistake::Ended));
        call.hang_up(&mut asterisk, 16, now).expect("it may");
        assert_eq!(asterisk.truth().channels, []);
    }

    #[test]
    fn only_the_phone_that_was_called_joins_two_calls() {
        let (mut asterisk, mut call, now) = talking();
        let mut second = Conversation::begin(&mut asterisk, alice(), "PJSIP/carol", now);
        second.answer(&mut asterisk, now).expect("it may");
        assert_eq!(call.attended_transfer(&mut asterisk, &mut second, now), Err(Mistake::OtherPhone));
    }

    #[test]
    fn a_pick_up_answers_with_another_phone() {
        let now = Instant::now();
        let mut asterisk = Asterisk::new(Options::default(), now);
        let mut call = Conversation::begin(&mut asterisk, alice(), "PJSIP/bob", now);
        call.ring(&mut asterisk, now).expect("it may");
        call.pick_up(&mut asterisk, "PJSIP/dave", now).expect("it may");
        assert_eq!(devices(&asterisk), ["PJSIP/alice", "PJSIP/dave"]);
        assert_eq!(asterisk.truth().calls.len(), 1);
        assert_eq!(call.pick_up(&mut asterisk, "PJSIP/eve", now), Err(Mistake::AnsweredAlready));
    }

    #[test]
    fn a_step_that_cannot_be_taken_says_why_and_changes_nothing() {
        let now = Instant::now();
        let mut asterisk = Asterisk::new(Options::default(), now);
        let mut call = Conversation::begin(&mut asterisk, alice(), "PJSIP/bob", now);
        assert_eq!(call.hold(&mut asterisk, now), Err(Mistake::NotAnswered));
        assert_eq!(call.transfer(&mut asterisk, "PJSIP/carol", now), Err(Mistake::NotAnswered));
        call.ring(&mut asterisk, now).expect("it may");
        assert_eq!(call.ring(&mut asterisk, now), Err(Mistake::RingsAlready));
        call.answer(&mut asterisk, now).expect("it may");
        assert_eq!(call.ring(&mut asterisk, now), Err(Mistake::AnsweredAlready));
        assert_eq!(call.answer(&mut asterisk, now), Err(Mistake::AnsweredAlready));
        assert_eq!(call.resume(&mut asterisk, now), Err(Mistake::NotHeld));
        call.hold(&mut asterisk, now).expect("it may");
        assert_eq!(call.hold(&mut asterisk, now), Err(Mistake::HeldAlready));
        call.resume(&mut asterisk, now).expect("it may");
        call.hang_up(&mut asterisk, 16, now).expect("it may");
        assert_eq!(call.hang_up(&mut asterisk, 16, now), Err(Mistake::Ended));
        assert_eq!(call.ring(&mut asterisk, now), Err(Mistake::Ended));
    }

    #[test]
    fn who_is_left_of_a_call_can_hang_up() {
        let (mut asterisk, mut call, now) = talking();
        let bob = call.callee().unique_id.clone();
        asterisk.phones(now).hang_up(&bob, 16);
        assert_eq!(call.hold(&mut asterisk, now), Err(Mistake::Ended));
        call.hang_up(&mut asterisk, 16, now).expect("alice is there");
        assert_eq!(asterisk.truth().channels, []);
    }
}
