//! Any settings and bounds: see `apn_ami_fuzz::settings`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| apn_ami_fuzz::settings::check(bytes));
