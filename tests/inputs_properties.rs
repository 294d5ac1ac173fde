//! Whatever the bytes are, opening and reading a bundle ends, does not panic, and gives back what was packed.

#[path = "support/archive.rs"]
mod archive;

use archive::{Archive, Record};
use otaudit::inputs::{Bundle, Limits, decode, is_json, parse_json};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// Opens and reads everything; the contents that could be read whole, by path, and the number of observations.
fn read(bytes: Vec<u8>) -> (Vec<(String, Vec<u8>)>, usize) {
    let limits = Limits { entry_bytes: 1 << 20, total_bytes: 4 << 20, ..Limits::default() };
    let bundle = Bundle::of_zip("bundle.zip".to_owned(), bytes, &limits);
    let mut observations = bundle.observations.len();
    let mut contents = Vec::new();
    for entry in &bundle.entries {
        match bundle.read(entry, &limits) {
            Ok(content) => {
                observations += content.observations.len();
                contents.push((entry.path.clone(), content.bytes.into_owned()));
            }
            Err(_) => observations += 1,
        }
    }
    (contents, observations)
}

fn good() -> Vec<u8> {
    let script = "let words = ['one', 'two', 'three', 'four'];\n".repeat(20);
    let mut archive = Archive::from(vec![
        Record::stored("index.html", b"<!doctype html>"),
        Record::deflated("app.js", script.as_bytes()),
        Record::deflated("assets/é.js", script.as_bytes()).streamed(true, false),
        Record::deflated("assets/b.js", script.as_bytes()).streamed(false, false),
        Record::stored("link", b"index.html").mode(0o120_777),
        Record::stored("folder/", b"").mode(0o040_755),
    ]);
    archive.comment = b"comment".to_vec();
    archive.bytes()
}

fn good_wide() -> Vec<u8> {
    let wide = [&b"\x01\0\x10\0"[..], &5_u64.to_le_bytes(), &5_u64.to_le_bytes()].concat();
    let unicode = [&b"\x75\x70\x09\0\x01"[..], &crc32fast::hash(b"a.js").to_le_bytes(), b"b.js"].concat();
    let mut archive = Archive::from(vec![
        Record::stored("a.js", b"12345").with(|header| {
            (header.compressed, header.size) = (u32::MAX, u32::MAX);
            header.extra.clone_from(&wide);
        }),
        Record::stored("a.js", b"67890").with(|header| header.extra.clone_from(&unicode)),
    ]);
    archive.zip64 = true;
    archive.bytes()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(bytes in vec(any::<u8>(), 0..2000)) {
        read(bytes);
    }

    #[test]
    fn random_records(parts in vec(prop_oneof![
        Just(b"PK\x03\x04".to_vec()), Just(b"PK\x01\x02".to_vec()), Just(b"PK\x05\x06".to_vec()),
        Just(b"PK\x06\x06".to_vec()), Just(b"PK\x06\x07".to_vec()), Just(b"PK\x07\x08".to_vec()),
        Just(vec![0; 16]), Just(vec![0xff; 8]), vec(any::<u8>(), 0..30),
    ], 0..40)) {
        read(parts.concat());
    }

    #[test]
    fn mutations(changes in vec((any::<Index>(), any::<u8>()), 1..4), wide: bool) {
        let mut bytes = if wide { good_wide() } else { good() };
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        read(bytes);
    }

    #[test]
    fn truncations(at in any::<Index>(), wide: bool) {
        let bytes = if wide { good_wide() } else { good() };
        read(bytes[..at.index(bytes.len())].to_vec());
        read(bytes[at.index(bytes.len())..].to_vec());
    }

    #[test]
    fn contents_come_back(
        files in vec(vec(any::<u8>(), 0..3000), 0..8),
        forms in vec((any::<bool>(), any::<bool>(), any::<bool>()), 8),
    ) {
        let records = files.iter().zip(&forms).enumerate().map(|(index, (bytes, (deflated, streamed, signed)))| {
            let path = format!("assets/{index}.js");
            if !deflated {
                return Record::stored(&path, bytes);
            }
            let record = Record::deflated(&path, bytes);
            if *streamed { record.streamed(*signed, false) } else { record }
        });
        let (contents, observations) = read(Archive::from(records.collect::<Vec<_>>()).bytes());
        prop_assert_eq!(observations, 0);
        prop_assert_eq!(contents.into_iter().map(|(_, bytes)| bytes).collect::<Vec<_>>(), files);
    }

    #[test]
    fn texts_and_json(bytes in vec(any::<u8>(), 0..300), text in "[\\[\\]{}:,\"'\\\\/*\n0-9a-fux.+\\-eé漢😀\u{0}]{0,60}") {
        for text in [decode(&bytes).text.as_ref(), &text] {
            let (parsed, strict) = (parse_json(text), is_json(text));
            if let Ok(json) = &parsed {
                prop_assert!(strict.is_ok(), "{:?} {:?}", json, strict);
            }
        }
    }
}

#[test]
fn every_single_byte_can_be_wrong() {
    for good in [good(), good_wide()] {
        for at in 0..good.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut bytes = good.clone();
                bytes[at] = value;
                read(bytes);
            }
            read(good[..at].to_vec());
        }
    }
}
