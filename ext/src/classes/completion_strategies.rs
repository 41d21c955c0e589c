//! The four strategies, and every other `CompletionStrategy` as the core reads it.

use std::time::Duration;

use apn_ami::node::{self, Completion, Strategy};
use ext_php_rs::convert::FromZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::{php_class, php_impl};

use super::interfaces::{PhpInterfaceAction, PhpInterfaceCompletionStrategy};
use crate::convert::completion::{event_names, invalid, number, positive};
use crate::convert::enums::TimeoutBehavior;
use crate::convert::serialized::property;
use crate::zend::class::value_class;
use crate::zend::instance::Unserialize;
use crate::zend::{Array, Native, Object, PhpResult, Tracer, Value, View};

/// One response and nothing else.
macro_rules! response_strategy {
    ($name:ident, $class:literal) => {
        /// One response and nothing else.
        #[php_class]
        #[php(name = $class, flags = ClassFlags::Final.union(ClassFlags::ReadonlyClass))]
        #[php(implements(PhpInterfaceCompletionStrategy))]
        #[derive(Clone)]
        pub(crate) struct $name {
            #[php(prop)]
            max_duration_ms: Option<i64>,
        }

        impl Native for $name {}

        impl Unserialize for $name {
            fn unserialize(data: &Array) -> PhpResult<Self> {
                Self::__construct(property(data, "maxDurationMs", $class)?)
            }
        }

        #[php_impl]
        impl $name {
            pub(crate) fn __construct(max_duration_ms: Option<i64>) -> PhpResult<Self> {
                positive("maxDurationMs", max_duration_ms)?;
                Ok(Self { max_duration_ms })
            }

            pub(crate) fn get_max_duration_ms(&self) -> Option<i64> {
                self.max_duration_ms
            }

            pub(crate) fn get_max_messages(&self) -> Option<i64> {
                None
            }

            pub(crate) fn get_terminal_event_names(&self) -> Array {
                Array::empty()
            }

            pub(crate) fn get_timeout_behavior(&self) -> TimeoutBehavior {
                TimeoutBehavior::Fail
            }
        }
    };
}

/// A response, and events that come with it.
macro_rules! event_strategy {
    ($name:ident, $class:literal, $events:expr) => {
        /// A response, and events that come with it.
        #[php_class]
        #[php(name = $class, flags = ClassFlags::Final.union(ClassFlags::ReadonlyClass))]
        #[php(implements(PhpInterfaceCompletionStrategy))]
        #[derive(Clone)]
        pub(crate) struct $name {
            #[php(prop)]
            terminal_event_names: Array,
            #[php(prop)]
            max_duration_ms: Option<i64>,
            #[php(prop)]
            max_messages: Option<i64>,
            #[php(prop)]
            timeout_behavior: TimeoutBehavior,
        }

        impl Native for $name {
            fn trace(&self, tracer: &mut Tracer) {
                tracer.array(&self.terminal_event_names);
            }
        }

        impl Unserialize for $name {
            fn unserialize(data: &Array) -> PhpResult<Self> {
                Self::__construct(
                    property(data, "terminalEventNames", $class)?,
                    property(data, "maxDurationMs", $class)?,
                    property(data, "maxMessages", $class)?,
                    property(data, "timeoutBehavior", $class)?,
                )
            }
        }

        #[php_impl]
        impl $name {
            #[php(defaults(terminal_event_names = $events, timeout_behavior = TimeoutBehavior::Fail))]
            pub(crate) fn __construct(
                terminal_event_names: Array,
                max_duration_ms: Option<i64>,
                max_messages: Option<i64>,
                timeout_behavior: TimeoutBehavior,
            ) -> PhpResult<Self> {
                positive("maxDurationMs", max_duration_ms)?;
                positive("maxMessages", max_messages)?;
                event_names(&terminal_event_names)?;
                Ok(Self { terminal_event_names, max_duration_ms, max_messages, timeout_behavior })
            }

            pub(crate) fn get_max_duration_ms(&self) -> Option<i64> {
                self.max_duration_ms
            }

            pub(crate) fn get_max_messages(&self) -> Option<i64> {
                self.max_messages
            }

            pub(crate) fn get_terminal_event_names(&self) -> Array {
                self.terminal_event_names.clone()
            }

            pub(crate) fn get_timeout_behavior(&self) -> TimeoutBehavior {
                self.timeout_behavior
            }
        }
    };
}

response_strategy!(SingleResponseStrategy, "Apn\\AmiClient\\SingleResponseStrategy");
response_strategy!(FollowsResponseStrategy, "Apn\\AmiClient\\FollowsResponseStrategy");
event_strategy!(MultiEventStrategy, "Apn\\AmiClient\\MultiEventStrategy", Array::empty());
event_strategy!(
    AsyncEventStrategy,
    "Apn\\AmiClient\\AsyncEventStrategy",
    ["OriginateResponse"].into_iter().collect::<Array>()
);

/// What an action says of its completion, read once.
pub(crate) fn completion_of_action(action: &Object<PhpInterfaceAction>) -> PhpResult<Completion> {
    let strategy = action.call_method("getcompletionstrategy", &[])?;
    if strategy.is_null() {
        return Ok(Completion::default());
    }
    let strategy = Object::from_zval(&strategy)
        .ok_or_else(|| invalid("getCompletionStrategy() has to return a CompletionStrategy or null"))?;
    completion_of(&strategy)
}

pub(crate) fn completion_of(strategy: &Object<PhpInterfaceCompletionStrategy>) -> PhpResult<Completion> {
    let ask = |method: &str| strategy.call_method(method, &[]);
    let names = match ask("getterminaleventnames")?.view() {
        View::Array(names) => event_names(&names)?,
        _ => return Err(invalid("getTerminalEventNames() has to return a list of names")),
    };
    let is_single = strategy.is::<SingleResponseStrategy>() || strategy.is::<FollowsResponseStrategy>();
    let on_timeout = TimeoutBehavior::from_zval(&ask("gettimeoutbehavior")?);
    Ok(Completion {
        strategy: match names {
            _ if is_single => Strategy::Single,
            names if names.is_empty() => Strategy::Automatic,
            names => Strategy::Events(names),
        },
        max_duration: number("maxDurationMs", &ask("getmaxdurationms")?)?.map(Duration::from_millis),
        messages_max: number("maxMessages", &ask("getmaxmessages")?)?
            .map(|number| usize::try_from(number).unwrap_or(usize::MAX)),
        on_timeout: on_timeout.map_or(node::TimeoutBehavior::Fail, Into::into),
    })
}

pub(crate) fn register() {
    value_class::<SingleResponseStrategy>().done::<SingleResponseStrategy>();
    value_class::<MultiEventStrategy>().done::<MultiEventStrategy>();
    value_class::<FollowsResponseStrategy>().done::<FollowsResponseStrategy>();
    value_class::<AsyncEventStrategy>().done::<AsyncEventStrategy>();
}
