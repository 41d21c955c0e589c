//! Any frame as a message: see `apn_ami_fuzz::message`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| apn_ami_fuzz::message::check(bytes));
