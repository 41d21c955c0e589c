//! `Attempt`: one attempt of a call to reach a device, and its outcome.

use apn_ami::live;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::php_class;

use super::text::Text;
use crate::classes::registration::class;
use crate::convert::live::Outcome;
use crate::convert::number::microseconds;
use crate::convert::object::object;
use crate::convert::{Array, Builder, Object, Str};
use crate::zend::Native;

/// One attempt of a call to reach a device. `outcome` is null while the attempt goes on.
#[php_class]
#[php(name = "Apn\\AmiClient\\Live\\Attempt", flags = ClassFlags::Final.union(ClassFlags::ReadonlyClass))]
pub(crate) struct Attempt {
    #[php(prop)]
    channel: Str,
    #[php(prop)]
    device: Str,
    #[php(prop)]
    since: f64,
    #[php(prop)]
    outcome: Option<Outcome>,
}

impl Native for Attempt {}

pub(super) fn new(attempt: &live::Attempt) -> Object<Attempt> {
    object(Attempt {
        channel: Str::new(attempt.channel()),
        device: Str::new(attempt.device()),
        since: microseconds(attempt.since),
        outcome: attempt.outcome.map(Into::into),
    })
}

pub(super) fn to_array(attempt: &live::Attempt, text: Text) -> Array {
    let mut all = Builder::new(4);
    all.set("channel", text(attempt.channel()));
    all.set("device", text(attempt.device()));
    all.set("since", microseconds(attempt.since));
    all.set("outcome", attempt.outcome.map(|outcome| Str::new(outcome.name())));
    all.finish()
}

pub(crate) fn register() {
    class::<Attempt>().done();
}
