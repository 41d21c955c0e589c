//! Passes records to the `log` crate, which Rust programs use as their one logger.

use crate::record::{Field, Level, Record};

/// Passes one record to the program's logger, with its fields as key-value pairs.
pub(crate) fn forward(record: &Record) {
    let level = match record.what.level() {
        Level::Debug => log::Level::Debug,
        Level::Info => log::Level::Info,
        Level::Warning => log::Level::Warn,
        Level::Error => log::Level::Error,
    };
    let fields: Vec<_> = record
        .what
        .fields()
        .into_iter()
        .map(|(name, field)| match field {
            Field::Text(text) => (name, text),
            Field::Integer(number) => (name, number.to_string()),
            Field::Seconds(seconds) => (name, format!("{seconds:.3}")),
        })
        .chain(record.server.iter().map(|server| ("server_key", server.as_str().to_owned())))
        .collect();
    let fields: Vec<_> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
    log::logger().log(
        &log::Record::builder()
            .level(level)
            .target("apn_ami")
            .args(format_args!("{}", record.what.message()))
            .key_values(&fields.as_slice())
            .build(),
    );
}
