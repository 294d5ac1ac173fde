//! Archives, packages and disk images; zip archives are told apart by the names they hold.

use super::Class::{self, Archive, Data, Database, DiskImage, Package, Unknown};
use super::bytes::{has, place, u16_le, u32_le};

type Named = (Class, &'static str);

/// The most names that are read from one zip archive.
const MOST_NAMES: usize = 10_000;

/// Offset, mark, meaning. Sources: each format's specification; for the older ones `file(1)`'s magic.
const MARKS: &[(usize, &[u8], Named)] = &[
    (0, b"\xFD7zXZ\0", (Archive, "xz data")),
    (0, b"\x28\xB5\x2F\xFD", (Archive, "Zstandard data")),
    (0, b"\x04\x22\x4D\x18", (Archive, "LZ4 data")),
    (0, b"7z\xBC\xAF\x27\x1C", (Archive, "7z archive")),
    (0, b"Rar!\x1A\x07\x00", (Archive, "RAR archive")),
    (0, b"Rar!\x1A\x07\x01\x00", (Archive, "RAR archive")),
    (0, b"MSCF\0\0\0\0", (Archive, "cabinet archive")),
    (0, b"LZIP\x01", (Archive, "lzip data")),
    (0, b"AA01", (Archive, "Apple Archive")),
    (0, b"xar!\0\x1C", (Package, "xar archive (macOS package)")),
    (0, b"\xED\xAB\xEE\xDB", (Package, "RPM package")),
    (0, b"Cr24\x02\0\0\0", (Package, "Chrome extension")),
    (0, b"Cr24\x03\0\0\0", (Package, "Chrome extension")),
    (257, b"ustar", (Archive, "tar archive")),
    (0x8001, b"CD001", (DiskImage, "ISO 9660 image")),
    (0, b"hsqs", (DiskImage, "SquashFS image")),
    (0, b"QFI\xFB", (DiskImage, "QCOW2 image")),
    (0, b"SQLite format 3\0", (Database, "SQLite database")),
    (16, b"T-DB", (Database, "Realm database")),
    (0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", (Unknown, "OLE compound file")),
];

/// What archive, package or image the bytes are.
pub(super) fn sniff(bytes: &[u8]) -> Option<Named> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(zip_kind(bytes));
    }
    // RFC 1952: method 8, and the upper three flag bits are zero.
    if has(bytes, 0, b"\x1F\x8B\x08") && bytes.get(3).is_some_and(|flags| flags & 0xE0 == 0) && bytes.len() >= 18 {
        return Some((Archive, "gzip data"));
    }
    // bzip2: the block size as a digit, then the mark of a block (π) or of the end (√π).
    let blocks = has(bytes, 4, b"1AY&SY") || has(bytes, 4, b"\x17\x72\x45\x38\x50\x90");
    if has(bytes, 0, b"BZh") && bytes.get(3).is_some_and(u8::is_ascii_digit) && blocks {
        return Some((Archive, "bzip2 data"));
    }
    // Apple's disk images carry their mark in a trailer of 512 bytes.
    if bytes.len().checked_sub(512).is_some_and(|trailer| has(bytes, trailer, b"koly\0\0\0\x04")) {
        return Some((DiskImage, "Apple disk image"));
    }
    MARKS.iter().find(|(offset, mark, _)| has(bytes, *offset, mark)).map(|row| row.2)
}

/// Sources: Android's APK, AAB and AAR formats, the JAR specification, Apple's IPA layout, OPC, EPUB OCF, dotLottie.
fn zip_kind(bytes: &[u8]) -> Named {
    let names = zip_names(bytes);
    let is = |wanted: &str| names.iter().any(|name| name == wanted);
    let begins = |wanted: &str| names.iter().any(|name| name.starts_with(wanted));
    let holds = |wanted: &str| names.iter().any(|name| name.contains(wanted));
    if is("BundleConfig.pb") {
        (Package, "Android App Bundle")
    } else if is("AndroidManifest.xml") {
        (Package, if is("classes.jar") { "Android library (AAR)" } else { "Android package (APK)" })
    } else if names.iter().any(|name| name.starts_with("Payload/") && name.contains(".app/")) {
        (Package, "iOS app package (IPA)")
    } else if is("META-INF/MANIFEST.MF") {
        (Package, "Java archive (JAR)")
    } else if is("classes.dex") {
        (Package, "zip archive with DEX code")
    } else if holds(".xcframework/") || holds(".framework/") {
        (Package, "zipped Apple framework")
    } else if holds(".dist-info/WHEEL") {
        (Package, "Python wheel")
    } else if is("[Content_Types].xml") && (begins("word/") || begins("xl/") || begins("ppt/")) {
        (Data, "Office document")
    } else if is("META-INF/container.xml") && is("mimetype") {
        (Data, "EPUB book")
    } else if is("META-INF/manifest.xml") && is("mimetype") {
        (Data, "OpenDocument file")
    } else if is("manifest.json") && (begins("animations/") || begins("a/")) {
        (Data, "dotLottie animation")
    } else {
        (Archive, "zip archive")
    }
}

/// The entry names in a zip archive, at most 10,000: from the central directory (APPNOTE 4.3.12), or, where the
/// archive's end is missing or lies, from whatever entry headers can be found. Not a reader of archives.
#[must_use]
pub fn zip_names(bytes: &[u8]) -> Vec<String> {
    let listed = central_directory(bytes).map(|start| names_from(bytes, start)).unwrap_or_default();
    if listed.is_empty() { found_names(bytes) } else { listed }
}

/// Where the central directory begins, counted back from its end record: right even behind prepended data.
fn central_directory(bytes: &[u8]) -> Option<usize> {
    let from = bytes.len().saturating_sub(22 + 0xFFFF);
    let end = from + memchr::memmem::rfind(bytes.get(from..)?, b"PK\x05\x06")?;
    end.checked_sub(place(u32_le(bytes, end + 12)?))
}

fn names_from(bytes: &[u8], mut offset: usize) -> Vec<String> {
    let mut names = Vec::new();
    while names.len() < MOST_NAMES && has(bytes, offset, b"PK\x01\x02") {
        let length = |at: usize| u16_le(bytes, offset + at).map_or(0, usize::from);
        let (name, extra, comment) = (length(28), length(30), length(32));
        let Some(text) = bytes.get(offset + 46..offset + 46 + name) else { break };
        names.push(String::from_utf8_lossy(text).into_owned());
        offset += 46 + name + extra + comment;
    }
    names
}

/// Entry headers of either sort, wherever they lie; a name is read once, so the work is bounded by the file's length.
fn found_names(bytes: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut from = 0;
    while names.len() < MOST_NAMES {
        let Some(found) = bytes.get(from..).and_then(|rest| memchr::memmem::find(rest, b"PK")) else { break };
        let at = from + found;
        from = at + 2;
        let (length_at, name_at) = match bytes.get(at + 2..at + 4) {
            Some([1, 2]) => (at + 28, at + 46),
            Some([3, 4]) => (at + 26, at + 30),
            _ => continue,
        };
        let length = u16_le(bytes, length_at).map_or(0, usize::from);
        if let Some(text) = bytes.get(name_at..name_at + length) {
            names.push(String::from_utf8_lossy(text).into_owned());
            from = name_at + length;
        }
    }
    names
}
