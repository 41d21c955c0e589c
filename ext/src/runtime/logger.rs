//! The PSR-3 logger of a manager, for the records of the core and of the extension. Its exceptions are
//! counted.

use std::cell::Cell;

use apn_ami::record::{Field, Record};
use ext_php_rs::convert::FromZval;

use crate::convert::errors::{catch, type_error};
use crate::convert::number::to_int;
use crate::convert::{Array, Builder, Object, Str, zval};
use crate::zend::{Callable, PhpResult, Tracer};

/// The `log` method of a PSR-3 logger. A class that has only `__call` is not accepted.
fn log_of(object: &Object) -> Option<Callable> {
    object.get_class_entry().function_table.get("log")?;
    let mut method = Builder::new(2);
    method.push(object.clone());
    method.push("log");
    Callable::from_zval(&zval(method.finish()))
}

/// The user's logger, if there is one.
pub(crate) struct Logger {
    /// The method `log` of the object.
    log: Option<Callable>,
    /// How often it threw.
    failures: Cell<u64>,
}

impl Logger {
    pub(crate) fn new(object: Option<Object>) -> Self {
        Self { log: object.as_ref().and_then(log_of), failures: Cell::default() }
    }

    /// Throws a `TypeError` if the object has no method `log`. The interface itself is not checked, since its
    /// package need not be loaded.
    pub(crate) fn check(object: Option<&Object>, parameter: &str) -> PhpResult<()> {
        match object {
            Some(object) if log_of(object).is_none() => {
                let class = object.class_name();
                Err(type_error(&format!(
                    "{parameter} must be of type ?Psr\\Log\\LoggerInterface, {class} given"
                )))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn is_there(&self) -> bool {
        self.log.is_some()
    }

    pub(crate) fn failures(&self) -> u64 {
        self.failures.get()
    }

    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        if let Some(log) = &self.log {
            tracer.value(log);
        }
    }

    /// Writes one entry. An exception is counted and not passed on, except `exit()` and a fatal error.
    pub(crate) fn log(&self, level: &str, message: &str, context: Array) -> PhpResult<()> {
        let Some(log) = &self.log else { return Ok(()) };
        let arguments = [zval(Str::new(level)), zval(Str::new(message)), zval(context)];
        if let Err(thrown) = log.call(&arguments) {
            drop(catch(thrown)?);
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
