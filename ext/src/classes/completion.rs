//! The completion policy of an action, read from its strategy.

use std::time::Duration;

use apn_ami::node::{self, CompletionPolicy, Strategy};
use ext_php_rs::convert::FromZval;

use super::follows_response_strategy::FollowsResponseStrategy;
use super::interfaces::{PhpInterfaceAction, PhpInterfaceCompletionStrategy};
use super::single_response_strategy::SingleResponseStrategy;
use crate::convert::completion::{event_names, invalid, number};
use crate::convert::enums::TimeoutBehavior;
use crate::convert::{Object, Value, View};
use crate::zend::PhpResult;

/// Reads the completion policy of an action. Each method is called once.
pub(crate) fn completion_of_action(action: &Object<PhpInterfaceAction>) -> PhpResult<CompletionPolicy> {
    let strategy = action.call_method("getCompletionStrategy", vec![])?;
    if strategy.is_null() {
        return Ok(CompletionPolicy::default());
    }
    let strategy = Object::from_zval(&strategy)
        .ok_or_else(|| invalid("getCompletionStrategy() has to return a CompletionStrategy or null"))?;
    completion_of(&strategy)
}

pub(crate) fn completion_of(
    strategy: &Object<PhpInterfaceCompletionStrategy>,
) -> PhpResult<CompletionPolicy> {
    let ask = |method: &str| strategy.call_method(method, vec![]);
    let names = match ask("getTerminalEventNames")?.view() {
        View::Array(names) => event_names(&names)?,
        _ => return Err(invalid("getTerminalEventNames() has to return a list of names")),
    };
    let is_single = strategy.is::<SingleResponseStrategy>() || strategy.is::<FollowsResponseStrategy>();
    let on_timeout = TimeoutBehavior::from_zval(&ask("getTimeoutBehavior")?);
    Ok(CompletionPolicy {
        strategy: match names {
            _ if is_single => Strategy::Single,
            names if names.is_empty() => Strategy::Automatic,
            names => Strategy::Events(names),
        },
        max_duration: number("maxDurationMs", &ask("getMaxDurationMs")?)?.map(Duration::from_millis),
        messages_max: number("maxMessages", &ask("getMaxMessages")?)?
            .map(|number| usize::try_from(number).unwrap_or(usize::MAX)),
        on_timeout: on_timeout.map_or(node::TimeoutBehavior::Fail, Into::into),
    })
}
