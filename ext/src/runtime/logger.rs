//! The PSR-3 logger: gets the core's records and the extension's own, and can break nothing.

use std::cell::Cell;

use apn_ami::record::{Field, Record};

use crate::convert::number::to_int;
use crate::zend::exception::{self, type_error};
use crate::zend::{Array, Builder, Object, PhpResult, Str, Tracer, zval};

/// A logger of the user's, or none.
pub(crate) struct Logger {
    object: Option<Object>,
    /// How often it threw.
    failures: Cell<u64>,
}

impl Logger {
    pub(crate) fn new(object: Option<Object>) -> Self {
        Self { object, failures: Cell::default() }
    }

    /// Refuses what is no PSR-3 logger: the package that has the interface need not be loaded.
    pub(crate) fn check(object: Option<&Object>, parameter: &str) -> PhpResult<()> {
        match object {
            Some(object) if !object.is_named("Psr\\Log\\LoggerInterface") && !object.has_method("log") => {
                let class = object.class_name();
                Err(type_error(&format!(
                    "{parameter} must be of type ?Psr\\Log\\LoggerInterface, {class} given"
                )))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn is_there(&self) -> bool {
        self.object.is_some()
    }

    pub(crate) fn failures(&self) -> u64 {
        self.failures.get()
    }

    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        if let Some(object) = &self.object {
            tracer.object(object);
        }
    }

    /// Writes one entry. What the logger throws is counted and goes no further, but for `exit()`.
    pub(crate) fn log(&self, level: &str, message: &str, context: Array) -> PhpResult<()> {
        let Some(object) = &self.object else { return Ok(()) };
        let arguments = [zval(Str::new(level)), zval(Str::new(message)), zval(context)];
        if let Err(thrown) = object.call_method("log", &arguments) {
            drop(exception::catch(thrown)?);
            self.failures.set(self.failures.get() + 1);
        }
        Ok(())
    }

    /// Writes one record of the core.
    pub(crate) fn record(&self, record: &Record) -> PhpResult<()> {
        let fields = record.what.fields();
        let mut context = Builder::new(fields.len() + 2);
        if let Some(server) = &record.server {
            context.set("server_key", Str::new(server.as_str()));
        }
        context.set("record", Str::new(record.what.name()));
        for (name, field) in fields {
            match field {
                Field::Text(text) => context.set(name, Str::new(text)),
                Field::Integer(number) => context.set(name, to_int(number)),
                Field::Seconds(seconds) => context.set(name, seconds),
            }
        }
        self.log(record.what.level().as_str(), record.what.message(), context.finish())
    }
}
