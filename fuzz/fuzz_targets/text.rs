//! Texts that are parsed: JSON, XML, release files, advisories.
#![no_main]

use libfuzzer_sys::fuzz_target;
use otaudit::facts::advisories;
use otaudit::facts::updaters::release_file;
use otaudit::inputs::{decode, parse_json, parse_xml};

fuzz_target!(|bytes: &[u8]| {
    let decoded = decode(bytes);
    let _ = parse_json(&decoded.text);
    let _ = parse_xml(&decoded.text);
    let _ = release_file::read("release.yaml", bytes);
    let _ = advisories::read(&decoded.text);
});
