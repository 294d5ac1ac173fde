//! One archive for each kind of observation, and honest archives that have none.
#![allow(clippy::cast_possible_truncation, clippy::enum_glob_use)]

use std::io::{Cursor, Write as _};

#[path = "../../../tests/support/archive.rs"]
mod archive;

use archive::{Archive, Record, deflate};

use super::super::Limits;
use super::super::observation::ObservationKind::{self, *};
use super::*;

const HTML: &[u8] = b"<!doctype html><title>example</title>";
const SCRIPT: &str = "console.log('something long enough to be worth deflating, twice: something long enough');";

fn pair() -> Vec<Record> {
    vec![Record::stored("index.html", HTML), Record::deflated("app.js", SCRIPT.as_bytes())]
}

/// Opens and reads everything: the kinds of all observations in the order in which they were made.
fn kinds_within(bytes: Vec<u8>, limits: &Limits) -> Vec<ObservationKind> {
    let (archive, _, mut observations) = open(bytes, limits);
    if let Some(archive) = archive {
        for index in 0..archive.entries().len() {
            match archive.read(index) {
                Ok(content) => observations.extend(content.observations),
                Err(unread) => observations.push(unread.observation),
            }
        }
    }
    let mut kinds: Vec<_> = observations.into_iter().map(|observation| observation.kind).collect();
    kinds.sort_unstable();
    kinds
}

fn kinds(archive: &Archive) -> Vec<ObservationKind> {
    kinds_within(archive.bytes(), &Limits::default())
}

fn of(records: Vec<Record>) -> Vec<ObservationKind> {
    kinds(&Archive::from(records))
}

/// The honest pair with its second entry changed.
fn second(change: impl FnOnce(Record) -> Record) -> Vec<ObservationKind> {
    let mut records = pair();
    let last = records.pop().unwrap();
    records.push(change(last));
    of(records)
}

#[test]
fn honest_archives_have_no_observation() {
    assert_eq!(of(pair()), []);
    assert_eq!(of(vec![]), [], "an empty archive is one");
    assert_eq!(of(vec![Record::stored("a/", b"").mode(0o040_755), Record::stored("a/b", b"")]), []);
    for (signed, wide) in [(true, false), (false, false)] {
        let streamed = pair()
            .into_iter()
            .map(|record| Record::deflated(std::str::from_utf8(&record.central.unwrap().name).unwrap(), HTML));
        assert_eq!(of(streamed.map(|record| record.streamed(signed, wide)).collect()), []);
    }
    let half = second(|record| record.streamed(true, false).with_local(|local| local.size = SCRIPT.len() as u32));
    assert_eq!(half, [], "as Info-ZIP streams");
    let long = "x".repeat(100_000);
    assert_eq!(kinds_within(Archive::of(&[("a", b"a"), ("b", long.as_bytes())]), &Limits::default()), []);
}

#[test]
fn archives_of_the_zip_crate_have_no_observation() {
    use zip::write::SimpleFileOptions;
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_directory("assets", SimpleFileOptions::default()).unwrap();
    for (path, method) in
        [("assets/é.js", zip::CompressionMethod::Deflated), ("index.html", zip::CompressionMethod::Stored)]
    {
        writer.start_file(path, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(SCRIPT.as_bytes()).unwrap();
    }
    assert_eq!(kinds_within(writer.finish().unwrap().into_inner(), &Limits::default()), []);
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    writer.start_file("app.js", SimpleFileOptions::default()).unwrap();
    writer.write_all(SCRIPT.as_bytes()).unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    assert_eq!(kinds_within(bytes, &Limits::default()), []);
}

#[test]
fn contents_and_entries_are_as_written() {
    let (archive, _, _) = open(Archive::from(pair()).bytes(), &Limits::default());
    let archive = archive.unwrap();
    let listed: Vec<_> = archive.entries().iter().map(|entry| (entry.name.as_str(), entry.size)).collect();
    assert_eq!(listed, [("index.html", HTML.len() as u64), ("app.js", SCRIPT.len() as u64)]);
    assert_eq!(archive.read(0).unwrap().bytes, HTML);
    assert_eq!(archive.read(1).unwrap().bytes, SCRIPT.as_bytes());
    assert_eq!(archive.read(2).unwrap_err().observation.kind, Unreadable);
}

#[test]
fn differences_between_the_readings() {
    assert_eq!(second(|record| record.with_local(|local| local.name = b"evil.j".to_vec())), [NameDiffers]);
    assert_eq!(second(|record| record.with_local(|local| local.crc = 7)), [CrcDiffers]);
    assert_eq!(second(|record| record.with_local(|local| local.size += 1)), [SizeDiffers]);
    assert_eq!(second(|record| record.with_local(|local| local.flags = 1 << 11)), [FlagsDiffer]);
    assert_eq!(second(|record| record.with_local(|local| local.method = 9)), [MethodDiffers]);
    let unicode = [&b"\x75\x70\x09\0\x01"[..], &crc32fast::hash(b"app.js").to_le_bytes(), b"b.js"].concat();
    assert_eq!(second(|record| record.with(|header| header.extra.clone_from(&unicode))), [NameDiffers, NameDiffers]);
    let mut reversed = Archive::from(pair());
    reversed.order = Some(vec![1, 0]);
    assert_eq!(kinds(&reversed), [OrderDiffers]);
}

#[test]
fn descriptors_that_lie() {
    let lie = |at: usize| {
        second(|record| {
            let mut record = record.streamed(true, false);
            record.descriptor[at] ^= 1;
            record
        })
    };
    assert_eq!(lie(4), [CrcDiffers]);
    assert_eq!(lie(8), [SizeDiffers]);
    assert_eq!(lie(12), [SizeDiffers]);
    let stored = |record: Record| Record { local: record.local, ..Record::stored("a.js", b"a").streamed(true, false) };
    assert!(second(stored).contains(&MethodDiffers));
    assert_eq!(of(vec![Record::stored("a.js", b"a").streamed(true, false)]), [UnsupportedMethod]);
    assert_eq!(second(|record| record.streamed(true, true)), [Zip64]);
}

#[test]
fn entries_that_only_one_reading_has() {
    let mut records = pair();
    records.insert(1, Record::deflated("hidden.js", b"evil()"));
    records[1].central = None;
    assert_eq!(of(records.clone()), [OnlyInLocalHeaders], "its length is stated");
    records[1] = Record { central: None, ..Record::deflated("hidden.js", b"evil()").streamed(false, false) };
    assert_eq!(of(records.clone()), [OnlyInLocalHeaders], "its length is found by inflating");
    records[1] = Record { central: None, ..Record::stored("hidden.js", b"evil()") };
    assert_eq!(of(records), [OnlyInLocalHeaders]);

    // Android's reader stops at the first gap.
    let mut records = pair();
    records[1].before = b"gap".to_vec();
    assert_eq!(of(records), [OnlyInCentralDirectory, HiddenData]);
    let mut records = pair();
    records[1].local = None;
    assert!(of(records).contains(&Unreadable));
}

#[test]
fn a_stream_that_ends_early_hides_entries_from_one_reader() {
    let hidden = Archive::from(vec![Record::stored("hidden.js", b"evil()")]).bytes();
    let found = second(|mut record| {
        record.data.extend(&hidden);
        let length = record.data.len() as u32;
        record.with(|header| header.compressed = length)
    });
    assert_eq!(found, [StreamLengthDiffers]);
    let found = second(|record| record.with(|header| header.compressed -= 2));
    assert_eq!(found, [StreamLengthDiffers, HiddenData]);
}

#[test]
fn names() {
    let named = |name: &[u8], flags: u16| {
        second(|record| {
            record.with(|header| {
                header.name = name.to_vec();
                header.flags = flags;
            })
        })
    };
    assert_eq!(named(b"index.html", 0), [DuplicateName]);
    assert_eq!(named(b"INDEX.html", 0), [CollidingName]);
    assert_eq!(named(b"/a", 0), [AbsolutePath]);
    assert_eq!(named(b"../a", 0), [ParentPath]);
    assert_eq!(named(b"a\\b", 0), [BackslashInName]);
    assert_eq!(named(b"a\0b", 0), [NulInName]);
    assert_eq!(named("a\u{200b}b".as_bytes(), 1 << 11), [TreacherousName]);
    assert_eq!(named(b"a//b", 0), [IrregularName]);
    assert_eq!(named(b"caf\x82", 0), [UndecodableName]);
    assert_eq!(named(b"caf\x82", 1 << 11), [UndecodableName]);
}

#[test]
fn kinds_of_entries() {
    let (archive, _, found) =
        open(Archive::from(vec![Record::stored("link", b"../etc").mode(0o120_777)]).bytes(), &Limits::default());
    assert_eq!(found, [Observation::on(Symlink, "link", "to `../etc`")]);
    let archive = archive.unwrap();
    assert_eq!(archive.entries()[0].kind, EntryKind::Symlink("../etc".to_owned()));
    assert_eq!(archive.read(0).unwrap_err().observation.kind, Symlink);
    assert_eq!(of(vec![Record::deflated("link", HTML).mode(0o120_777)]), [Symlink, Symlink]);
    assert_eq!(second(|record| record.mode(0o010_644)), [SpecialFile, SpecialFile]);
    assert_eq!(second(|record| record.with(|header| header.flags = 1)), [Encrypted, Encrypted]);
    assert_eq!(second(|record| record.with(|header| header.method = 99)), [Encrypted, Encrypted]);
    assert_eq!(second(|record| record.with(|header| header.method = 12)), [UnsupportedMethod, UnsupportedMethod]);
    assert_eq!(of(vec![Record::stored("folder/", b"data")]), [HiddenData]);
}

#[test]
fn structure() {
    let with = |change: fn(&mut Archive)| {
        let mut archive = Archive::from(pair());
        change(&mut archive);
        kinds(&archive)
    };
    assert_eq!(with(|archive| archive.prepend = b"#!/bin/sh\n".to_vec()), [PrependedData]);
    assert_eq!(with(|archive| archive.append = b"more".to_vec()), [TrailingData]);
    assert_eq!(with(|archive| archive.before_directory = b"more".to_vec()), [HiddenData]);
    assert_eq!(with(|archive| archive.after_directory = b"more".to_vec()), [HiddenData]);
    assert_eq!(with(|archive| archive.comment = b"made by me".to_vec()), [Comment]);
    assert_eq!(with(|archive| archive.records[0].comment = b"made by me".to_vec()), [Comment]);
    assert_eq!(with(|archive| archive.zip64 = true), [Zip64]);
    assert_eq!(with(|archive| archive.disk = 1), [MultiDisk, Unreadable]);
    assert_eq!(with(|archive| archive.records[0].disk = 1), [MultiDisk]);
    assert_eq!(with(|archive| archive.count = Some(1)), [Unreadable]);
}

#[test]
fn overlapping_entries() {
    let mut records = pair();
    records.push(Record { local: None, data: Vec::new(), offset: Some(0), ..Record::stored("index.html", HTML) });
    assert_eq!(of(records), [OrderDiffers, DuplicateName, OverlappingEntries]);
    let found = second(|record| record.with(|header| (header.compressed, header.size) = (1000, 1000)));
    assert!(found.contains(&OverlappingEntries), "into the central directory: {found:?}");
}

#[test]
fn several_ends() {
    let mut archive = Archive::from(pair());
    archive.comment = Archive::from(vec![Record::stored("other.html", b"other")]).bytes();
    let (opened, _, observations) = open(archive.bytes(), &Limits::default());
    assert_eq!(opened.unwrap().entries()[0].name, "other.html", "the last signature wins, as on iOS");
    let kinds: Vec<_> = observations.iter().map(|observation| observation.kind).collect();
    assert!(kinds.contains(&TrailingData) && kinds.contains(&OnlyInLocalHeaders), "{observations:?}");

    archive.comment = b"PK\x05\x06 is how an end begins".to_vec();
    assert_eq!(kinds_within(archive.bytes(), &Limits::default()), [TrailingData, Comment]);

    let nested = Archive::from(pair()).bytes();
    assert_eq!(of(vec![Record::stored("nested.zip", &nested)]), [], "an end inside an entry is none");
}

#[test]
fn two_directories() {
    // The stated place is inside an entry, where there is another directory.
    let nested = Archive::from(vec![Record::stored("other.html", b"other")]).bytes();
    let mut bytes = Archive::from(vec![Record::stored("nested.zip", &nested)]).bytes();
    let inner = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap() as u32;
    let at = bytes.len() - 6;
    bytes[at..at + 4].copy_from_slice(&inner.to_le_bytes());
    let (archive, _, observations) = open(bytes, &Limits::default());
    assert_eq!(archive.unwrap().entries()[0].name, "other.html", "as minizip reads");
    assert!(observations.iter().any(|found| found.detail.starts_with("two central directories")), "{observations:?}");
}

#[test]
fn data_that_is_not_as_stated() {
    assert_eq!(second(|record| record.with(|header| header.crc ^= 1)), [WrongCrc]);
    assert_eq!(second(|record| record.with(|header| header.size += 1)), [WrongSize]);
    assert_eq!(second(|record| record.with(|header| header.size -= 1)), [WrongSize]);
    assert_eq!(of(vec![Record::stored("a", b"abc").with(|header| header.size = 2)]), [WrongSize]);
    let damaged = second(|mut record| {
        record.data = vec![0xff; record.data.len()];
        record
    });
    assert_eq!(damaged, [DamagedData]);
    // Two gigabytes stated with twenty bytes of data: nothing is set aside for them.
    let limits = Limits { entry_bytes: u64::MAX, ..Limits::default() };
    let lying = Record::deflated("a", b"abc").with(|header| header.size = 2_000_000_000);
    assert_eq!(kinds_within(Archive::from(vec![lying]).bytes(), &limits), [WrongSize, RatioTooHigh]);
}

#[test]
fn bombs_are_not_unpacked() {
    let zeros = vec![0_u8; 1024 * 1024];
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    let mut crc = crc32fast::Hasher::new();
    for _ in 0..64 {
        encoder.write_all(&zeros).unwrap();
        crc.update(&zeros);
    }
    let mut bomb = Record::deflated("bomb", b"");
    bomb.data = encoder.finish().unwrap();
    let (packed, crc) = (bomb.data.len() as u32, crc.finalize());
    let bomb = bomb.with(|header| (header.compressed, header.size, header.crc) = (packed, 64 * 1024 * 1024, crc));
    let limits = Limits { entry_bytes: 1024 * 1024, ..Limits::default() };
    assert_eq!(kinds_within(Archive::from(vec![bomb.clone()]).bytes(), &limits), [EntryTooLarge, RatioTooHigh]);
    assert_eq!(kinds_within(Archive::from(vec![bomb.clone()]).bytes(), &Limits::default()), [RatioTooHigh]);
    // It states less than it has.
    let modest = bomb.clone().with(|header| header.size = 1000);
    assert_eq!(kinds_within(Archive::from(vec![modest]).bytes(), &limits), [WrongSize]);
    // Only Android's reader meets it.
    let hidden = Record { central: None, ..bomb.streamed(true, false) };
    let found = kinds_within(Archive::from(vec![hidden]).bytes(), &limits);
    assert_eq!(found, [OnlyInLocalHeaders, HiddenData, Unreadable]);
}

#[test]
fn a_crowd_of_overlapping_entries_is_not_read() {
    let mut records = vec![Record::deflated("0", &deflate(SCRIPT.repeat(100).as_bytes()))];
    for index in 1..100 {
        let mut other = records[0].clone().with(|header| header.name = index.to_string().into_bytes());
        (other.local, other.data, other.offset) = (None, Vec::new(), Some(0));
        records.push(other);
    }
    let (archive, _, _) = open(Archive::from(records).bytes(), &Limits::default());
    let archive = archive.unwrap();
    assert!(archive.read(0).is_ok());
    assert_eq!(archive.read(99).unwrap_err().observation.kind, OverlappingEntries);
}

#[test]
fn what_is_no_archive_says_why() {
    let why = |bytes: &[u8]| {
        let (archive, _, observations) = open(bytes.to_vec(), &Limits::default());
        assert!(archive.is_none());
        assert_eq!(observations.iter().map(|observation| observation.kind).collect::<Vec<_>>(), [NotAnArchive]);
        observations[0].detail.clone()
    };
    assert_eq!(why(b""), "0 bytes");
    assert_eq!(why(b"hello"), "no end-of-central-directory record: cut off or not a zip");
    let whole = Archive::from(pair()).bytes();
    let expected =
        "no end-of-central-directory record: cut off or not a zip; 2 local headers can be read from its start";
    assert_eq!(why(&whole[..whole.len() - 22]), expected);
    let lost = [&b"PK\x05\x06\0\0\0\0\x01\0\x01\0\xff\xff\0\0\xff\xff\0\0\0\0"[..]].concat();
    assert_eq!(why(&lost), "the end-of-central-directory record points to no central directory in the archive");
}

#[test]
fn a_damaged_directory_gives_what_can_be_read() {
    let mut bytes = Archive::from(pair()).bytes();
    let places: Vec<usize> = memchr::memmem::find_iter(&bytes, b"PK\x01\x02").collect();
    bytes[places[1]] = b'X';
    let (archive, _, observations) = open(bytes, &Limits::default());
    assert_eq!(archive.unwrap().entries().len(), 1);
    let kinds: Vec<_> = observations.iter().map(|observation| observation.kind).collect();
    assert_eq!(kinds, [Unreadable, OnlyInLocalHeaders], "{observations:?}");
}

#[test]
fn entries_and_observations_are_bounded() {
    let records = (0..3000).map(|index| Record::stored(&format!("../{index}"), b"")).collect::<Vec<_>>();
    let bytes = Archive::from(records).bytes();
    let (archive, _, observations) = open(bytes.clone(), &Limits::default());
    assert_eq!(archive.unwrap().entries().len(), 3000);
    assert_eq!(observations.len(), 1001);
    assert_eq!(observations.last(), Some(&Observation::whole(ParentPath, "2000 more")));
    let (archive, _, observations) = open(bytes, &Limits { entries: 100, ..Limits::default() });
    assert_eq!(archive.unwrap().entries().len(), 101);
    assert!(observations.iter().all(|observation| observation.kind == ParentPath));
}
