//! Any action of a caller: see `apn_ami_fuzz::action`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| apn_ami_fuzz::action::check(bytes));
