//! People who use phones at random.

use apn_sim::asterisk::{Purpose, Refusal};
use fastrand::Rng;

use crate::rig::Rig;

/// Dials and Local channels of the calls so far, so that later steps can continue a call. The ids of channels
/// that are gone may be among them.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    dials: Vec<(Vec<u8>, Vec<u8>)>,
    locals: Vec<(Vec<u8>, Vec<u8>)>,
    calls: u32,
}

/// Number of channels above which no call begins at random.
const CHANNELS_MAX: usize = 60;

impl Crowd {
    /// Takes one step and returns its name.
    pub(crate) fn act(&mut self, rig: &mut Rig, random: &mut Rng) -> &'static str {
        let there: Vec<_> =
            rig.fake.truth().channels.into_iter().map(|channel| channel.unique_id.into_bytes()).collect();
        if there.len() < 3 || (there.len() < CHANNELS_MAX && random.u32(..4) == 0) {
            return self.begin(rig, random);
        }
        let one = there[random.usize(..there.len())].clone();
        let other = there[random.usize(..there.len())].clone();
        let dial = self.dials.get(random.usize(..self.dials.len().max(1))).cloned();
        let local = self.locals.get(random.usize(..self.locals.len().max(1))).cloned();
        let mut phones = rig.phones();
        match (random.u32(..18), dial, local) {
            (0..=3, Some((caller, dialled)), _) => {
                phones.answer(&caller, &dialled);
                self.forget(&dialled);
                "answer"
            }
            (4, Some((_, dialled)), _) => {
                phones.ring(&dialled);
                "ring"
            }
            (5, Some((caller, dialled)), _) => {
                let ways = [Refusal::Busy, Refusal::NoAnswer, Refusal::Congestion, Refusal::Cancel];
                phones.refuse(&caller, &dialled, ways[random.usize(..ways.len())]);
                self.forget(&dialled);
                "refuse"
            }
            (6, Some((caller, dialled)), _) if one != caller && one != dialled => {
                phones.pick_up(&caller, &dialled, &one);
                self.forget(&dialled);
                "pick-up"
            }
            (7, _, Some((one, two))) => {
                phones.optimize(&one, &two);
                "optimize"
            }
            (8, _, _) if one != other => {
                phones.bridge(&[&one, &other], Purpose::Talk);
                "bridge"
            }
            (9, _, _) if one != other => {
                phones.bridge(&[&one, &other], Purpose::Conference);
                "conference"
            }
            (10, _, _) => {
                phones.join(&one, &other);
                "join"
            }
            (11, _, _) if one != other => {
                phones.attended_transfer(&one, &other);
                "attended transfer"
            }
            (12, _, _) => {
                phones.blind_transfer(&one, "300");
                "blind transfer"
            }
            (13, _, _) => {
                phones.hold(&one, random.bool());
                "hold"
            }
            (14, _, _) => {
                let number = random.u32(..999).to_string();
                phones.rename(&one, &number, b"\x1b]0;x\x07\\=1+1 \xe9", &number);
                "rename"
            }
            (15, _, _) => {
                phones.leave(&one);
                "leave"
            }
            (16, _, _) => {
                let (near, far) = phones.dial_local(&one, "400");
                drop(phones);
                self.dials.push((one, near.clone()));
                self.locals.push((near, far));
                "dial a Local channel"
            }
            _ => {
                phones.hang_up(&one, 16);
                "hang up"
            }
        }
    }

    fn begin(&mut self, rig: &mut Rig, random: &mut Rng) -> &'static str {
        self.calls += 1;
        let number = (100 + self.calls % 900).to_string();
        let mut phones = rig.phones();
        let caller = phones.call(&format!("PJSIP/p{number}"), &number, "200");
        for _ in 0..random.usize(1..3) {
            let dialled = phones.dial(&caller, &format!("PJSIP/q{}", random.u32(..50)));
            self.dials.push((caller.clone(), dialled));
        }
        "call"
    }

    fn forget(&mut self, dialled: &[u8]) {
        self.dials.retain(|(_, other)| other != dialled);
    }

    /// Hangs up every channel.
    pub(crate) fn go_home(&mut self, rig: &mut Rig) {
        for channel in rig.fake.truth().channels {
            rig.phones().hang_up(channel.unique_id.as_bytes(), 16);
        }
        *self = Self { calls: self.calls, ..Self::default() };
    }
}
