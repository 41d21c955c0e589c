//! Any events and lists: see `apn_ami_fuzz::live`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| apn_ami_fuzz::live::check(bytes));
