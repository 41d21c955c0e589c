//! Macros for the four completion strategies. Each strategy has a file that consists of one macro call.

/// Declares a strategy that completes an action with its response.
macro_rules! response_strategy {
    ($name:ident, $class:literal) => {
        use ext_php_rs::flags::ClassFlags;
        use ext_php_rs::types::ZendHashTable;
        use ext_php_rs::{php_class, php_impl};

        use super::interfaces::PhpInterfaceCompletionStrategy;
        use super::method::Unserialize;
        use super::registration::value_class;
        use crate::convert::Array;
        use crate::convert::completion::positive;
        use crate::convert::enums::TimeoutBehavior;
        use crate::convert::serialized::property;
        use crate::zend::{Native, PhpResult};

        /// Completes an action with its response.
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
            fn unserialize(data: &ZendHashTable) -> PhpResult<Self> {
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

        pub(crate) fn register() {
            value_class::<$name>().done();
        }
    };
}

/// Declares a strategy that completes an action with its response and events.
macro_rules! event_strategy {
    ($name:ident, $class:literal, $events:expr) => {
        use ext_php_rs::flags::ClassFlags;
        use ext_php_rs::types::ZendHashTable;
        use ext_php_rs::{php_class, php_impl};

        use super::interfaces::PhpInterfaceCompletionStrategy;
        use super::method::Unserialize;
        use super::registration::value_class;
        use crate::convert::Array;
        use crate::convert::completion::{event_names, positive};
        use crate::convert::enums::TimeoutBehavior;
        use crate::convert::serialized::property;
        use crate::zend::{Native, PhpResult, Tracer};

        /// Completes an action with its response and events.
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
                tracer.value(&self.terminal_event_names);
            }
        }

        impl Unserialize for $name {
            fn unserialize(data: &ZendHashTable) -> PhpResult<Self> {
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

        pub(crate) fn register() {
            value_class::<$name>().done();
        }
    };
}

pub(crate) use {event_strategy, response_strategy};
