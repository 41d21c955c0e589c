//! The four strategies, and every other `CompletionStrategy` as the core reads it.

use std::time::Duration;

use apn_ami::node::{Completion, Strategy, TimeoutBehavior};

use crate::zend::classes::{
    AsyncEventStrategyProperties, FollowsResponseStrategyProperties, MultiEventStrategyProperties,
    SingleResponseStrategyProperties,
};
use crate::zend::exception::throw_new;
use crate::zend::properties::bad_data;
use crate::zend::{Array, Class, Object, PhpResult, Properties, Str, Thrown, Value, View};

/// One response and nothing else.
macro_rules! response_strategy {
    ($name:ident, $properties:ident) => {
        pub(crate) struct $name;

        impl $name {
            pub(crate) fn construct(this: &Object, given: $properties) -> PhpResult<()> {
                positive("maxDurationMs", given.max_duration_ms)?;
                given.init(this)
            }

            pub(crate) fn unserialize(this: &Object, data: Array) -> PhpResult<()> {
                Self::construct(this, $properties::of_serialized(&data)?)
            }

            pub(crate) fn get_max_duration_ms(this: &Object) -> PhpResult<Option<i64>> {
                Ok($properties::of(this)?.max_duration_ms)
            }

            pub(crate) fn get_max_messages(_: &Object) -> PhpResult<Option<i64>> {
                Ok(None)
            }

            pub(crate) fn get_terminal_event_names(_: &Object) -> PhpResult<Array> {
                Ok(Array::of_strings(&[]))
            }

            pub(crate) fn get_timeout_behavior(_: &Object) -> PhpResult<Object> {
                Ok(Object::enum_case(Class::TimeoutBehavior, "fail"))
            }
        }
    };
}

/// A response, and events that come with it.
macro_rules! event_strategy {
    ($name:ident, $properties:ident) => {
        pub(crate) struct $name;

        impl $name {
            pub(crate) fn construct(this: &Object, given: $properties) -> PhpResult<()> {
                positive("maxDurationMs", given.max_duration_ms)?;
                positive("maxMessages", given.max_messages)?;
                event_names(&given.terminal_event_names)?;
                given.init(this)
            }

            pub(crate) fn unserialize(this: &Object, data: Array) -> PhpResult<()> {
                let given = $properties::of_serialized(&data)?;
                if !given.timeout_behavior.is(Class::TimeoutBehavior) {
                    return Err(bad_data(Class::$name));
                }
                Self::construct(this, given)
            }

            pub(crate) fn get_max_duration_ms(this: &Object) -> PhpResult<Option<i64>> {
                Ok($properties::of(this)?.max_duration_ms)
            }

            pub(crate) fn get_max_messages(this: &Object) -> PhpResult<Option<i64>> {
                Ok($properties::of(this)?.max_messages)
            }

            pub(crate) fn get_terminal_event_names(this: &Object) -> PhpResult<Array> {
                Ok($properties::of(this)?.terminal_event_names)
            }

            pub(crate) fn get_timeout_behavior(this: &Object) -> PhpResult<Object> {
                Ok($properties::of(this)?.timeout_behavior)
            }
        }
    };
}

response_strategy!(SingleResponseStrategy, SingleResponseStrategyProperties);
response_strategy!(FollowsResponseStrategy, FollowsResponseStrategyProperties);
event_strategy!(MultiEventStrategy, MultiEventStrategyProperties);
event_strategy!(AsyncEventStrategy, AsyncEventStrategyProperties);

/// What an action says of its completion, read once.
pub(crate) fn of_action(action: &Object) -> PhpResult<Completion> {
    match action.call_method("getcompletionstrategy", &[])?.view() {
        View::Null => Ok(Completion::default()),
        View::Object(strategy) if strategy.is(Class::CompletionStrategy) => of_strategy(&strategy),
        _ => Err(invalid("getCompletionStrategy() has to return a CompletionStrategy or null")),
    }
}

pub(crate) fn of_strategy(strategy: &Object) -> PhpResult<Completion> {
    let ask = |method: &str| strategy.call_method(method, &[]);
    let names = match ask("getterminaleventnames")?.view() {
        View::Array(names) => event_names(&names)?,
        _ => return Err(invalid("getTerminalEventNames() has to return a list of names")),
    };
    let is_single = strategy.is(Class::SingleResponseStrategy) || strategy.is(Class::FollowsResponseStrategy);
    let on_timeout = match ask("gettimeoutbehavior")?.object() {
        Some(case) if case.is(Class::TimeoutBehavior) && case.enum_value() == "partial" => {
            TimeoutBehavior::Partial
        }
        _ => TimeoutBehavior::Fail,
    };
    Ok(Completion {
        strategy: match names {
            _ if is_single => Strategy::Single,
            names if names.is_empty() => Strategy::Automatic,
            names => Strategy::Events(names),
        },
        max_duration: number("maxDurationMs", &ask("getmaxdurationms")?)?.map(Duration::from_millis),
        messages_max: number("maxMessages", &ask("getmaxmessages")?)?
            .map(|number| usize::try_from(number).unwrap_or(usize::MAX)),
        on_timeout,
    })
}

fn number(field: &str, value: &Value) -> PhpResult<Option<u64>> {
    match value.view() {
        View::Null => Ok(None),
        View::Int(number) => {
            positive(field, Some(number))?;
            Ok(u64::try_from(number).ok())
        }
        _ => Err(invalid(&format!("{field} is {}, must be int or null", value.type_name()))),
    }
}

fn positive(field: &str, value: Option<i64>) -> PhpResult<()> {
    match value {
        Some(value) if value <= 0 => {
            Err(invalid(&format!("{field} is {value}, must be at least 1, or null")))
        }
        _ => Ok(()),
    }
}

fn event_names(list: &Array) -> PhpResult<Vec<String>> {
    let names = if list.is_list() { list.strings() } else { None };
    names
        .filter(|names| names.iter().all(|name| !name.is_empty()))
        .map(|names| names.iter().map(Str::lossy).collect())
        .ok_or_else(|| invalid("terminalEventNames must be a list of event names"))
}

fn invalid(why: &str) -> Thrown {
    throw_new(Class::InvalidActionException, &format!("completion strategy is invalid: {why}"))
}
