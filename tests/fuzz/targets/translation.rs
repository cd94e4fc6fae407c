#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| gowrap_fuzz::translation::holds(input));
