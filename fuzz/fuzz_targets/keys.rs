//! Public and private keys, in every writing that is read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use otaudit::facts::keys::{private_keys, private_keys_in_text, public};

fuzz_target!(|bytes: &[u8]| {
    let _ = private_keys("file.bin", bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = public::read(text, "fuzz");
        let _ = private_keys_in_text(text);
    }
    let _ = public::read_der(bytes, "fuzz");
});
