//! Zips: both readings, and the data of every entry.
#![no_main]

use libfuzzer_sys::fuzz_target;
use otaudit::inputs::{Bundle, Limits};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { entry_bytes: 1 << 20, total_bytes: 4 << 20, ..Limits::default() };
    let bundle = Bundle::of_zip("fuzz.zip".to_owned(), bytes.to_vec(), &limits);
    for entry in bundle.entries.iter().take(100) {
        let _ = bundle.read(entry, &limits);
    }
});
