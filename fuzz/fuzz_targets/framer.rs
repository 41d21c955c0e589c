//! Any stream, cut anywhere: see `apn_ami_fuzz::framer`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| apn_ami_fuzz::framer::check(bytes));
