//! Any operations on one session: see `apn_ami_fuzz::node`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| apn_ami_fuzz::node::check(bytes));
