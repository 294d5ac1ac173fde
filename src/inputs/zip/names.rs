//! Names of entries: decoding them, and what is peculiar about them. Used for folders too.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use super::super::observation::{Observation, ObservationKind};
use super::records::UTF8;
use crate::model::{escape, printable};

/// The upper half of code page 437, the encoding of names without the UTF-8 flag (APPNOTE D.1).
const CODE_PAGE_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// Characters of a name that are shown in the detail of another entry's observation.
const SHOWN: usize = 200;

/// The name as text, and what was wrong with it. Android decodes every name as UTF-8, so valid UTF-8 is taken as such
/// whether flagged or not; what is left is read as code page 437.
pub(super) fn decode_name(raw: &[u8], flags: u16) -> (String, Option<&'static str>) {
    if let Ok(text) = simdutf8::basic::from_utf8(raw) {
        return (text.to_owned(), None);
    }
    if flags & UTF8 != 0 {
        return (String::from_utf8_lossy(raw).into_owned(), Some("flagged as UTF-8 and not valid UTF-8"));
    }
    let upper: Vec<char> = CODE_PAGE_437.chars().collect();
    let character = |byte: &u8| match usize::from(*byte).checked_sub(128) {
        Some(index) => upper.get(index).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
        None => char::from(*byte),
    };
    (raw.iter().map(character).collect(), Some("not valid UTF-8, read as code page 437"))
}

/// What is peculiar about one name by itself.
pub fn name_observations(name: &str) -> Vec<Observation> {
    use ObservationKind::{AbsolutePath, BackslashInName, IrregularName, NulInName, ParentPath, TreacherousName};
    let mut found = Vec::new();
    let mut note = |kind, detail: String| found.push(Observation::on(kind, name, detail));
    let bytes = name.as_bytes();
    if name.starts_with(['/', '\\']) {
        note(AbsolutePath, "begins with a slash".to_owned());
    } else if bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.get(1) == Some(&b':') {
        note(AbsolutePath, "begins with a drive letter".to_owned());
    }
    if name.split(['/', '\\']).any(|part| part == "..") {
        note(ParentPath, "has a part `..`".to_owned());
    }
    if let Some(at) = memchr::memchr(b'\\', bytes) {
        note(BackslashInName, format!("at byte {at} of the name"));
    }
    if let Some(at) = memchr::memchr(0, bytes) {
        note(NulInName, format!("at byte {at} of the name"));
    }
    // A NUL has its own kind; the other characters that deceive are what is asked here.
    let without = name.replace('\0', "");
    if escape(&without) != without {
        note(TreacherousName, format!("written out: {}", printable(name, SHOWN)));
    }
    if let Some(why) = irregular(name) {
        note(IrregularName, why.to_owned());
    }
    found
}

fn irregular(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("empty");
    }
    // One slash at the end is how folders are marked; one at the start has its own kind.
    let inner = name.strip_suffix('/').unwrap_or(name);
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    if inner.split('/').any(str::is_empty) {
        return Some("has an empty part");
    }
    inner.split('/').any(|part| part == ".").then_some("has a part `.`")
}

/// The names seen so far, to find those that are the same or that one file system takes for the same.
#[derive(Debug, Default)]
pub struct NameSet {
    /// How often each name was seen.
    exact: BTreeMap<String, u64>,
    /// The first name of each folded form.
    folded: BTreeMap<String, String>,
}

impl NameSet {
    /// Adds a name; observes when it was there before, or one that differs only in case or normalisation.
    pub fn add(&mut self, name: &str) -> Vec<Observation> {
        if let Some(count) = self.exact.get_mut(name) {
            *count += 1;
            return vec![Observation::on(
                ObservationKind::DuplicateName,
                name,
                format!("occurrence {count} of this name"),
            )];
        }
        self.exact.insert(name.to_owned(), 1);
        let folded = fold(name);
        if let Some(other) = self.folded.get(&folded) {
            let detail = format!("the same as `{}` but for case or normalisation", printable(other, SHOWN));
            return vec![Observation::on(ObservationKind::CollidingName, name, detail)];
        }
        self.folded.insert(folded, name.to_owned());
        Vec::new()
    }
}

/// The form in which names are equal that differ only in case or normalisation; a folder and a file collide too.
fn fold(name: &str) -> String {
    let name = name.strip_suffix('/').unwrap_or(name);
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    // Lower-casing can undo the composition, hence the second time.
    let lower: String = name.nfc().flat_map(char::to_lowercase).collect();
    lower.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::observation::ObservationKind::*;
    use super::*;

    fn kinds(name: &str) -> Vec<ObservationKind> {
        name_observations(name).into_iter().map(|observation| observation.kind).collect()
    }

    #[test]
    fn each_peculiarity_of_a_name_is_seen() {
        for (name, expected) in [
            ("a/b-c_d.é.js", vec![]),
            ("folder/", vec![]),
            ("a..b/..c", vec![]),
            ("/etc/passwd", vec![AbsolutePath]),
            ("c:evil", vec![AbsolutePath]),
            ("\\evil", vec![AbsolutePath, BackslashInName]),
            ("a/../../b", vec![ParentPath]),
            ("a\\..\\b", vec![ParentPath, BackslashInName]),
            ("a\0.js", vec![NulInName]),
            ("a\u{202e}sj.exe", vec![TreacherousName]),
            ("a\n\0", vec![NulInName, TreacherousName]),
            ("", vec![IrregularName]),
            ("a//b", vec![IrregularName]),
            ("./a", vec![IrregularName]),
            ("/", vec![AbsolutePath, IrregularName]),
        ] {
            assert_eq!(kinds(name), expected, "{name:?}");
        }
    }

    #[test]
    fn duplicates_and_collisions_are_seen() {
        let mut names = NameSet::default();
        let mut kinds =
            |name: &str| names.add(name).into_iter().map(|found| (found.kind, found.detail)).collect::<Vec<_>>();
        assert_eq!(kinds("index.html"), vec![]);
        assert_eq!(kinds("index.html"), vec![(DuplicateName, "occurrence 2 of this name".to_owned())]);
        let detail = "the same as `index.html` but for case or normalisation".to_owned();
        assert_eq!(kinds("Index.HTML"), vec![(CollidingName, detail)]);
        assert_eq!(kinds("caf\u{e9}"), vec![]);
        assert_eq!(kinds("CAFE\u{301}").first().map(|found| found.0), Some(CollidingName));
        assert_eq!(kinds("index.html/").first().map(|found| found.0), Some(CollidingName), "a file and a folder");
    }

    #[test]
    fn names_are_decoded_as_the_devices_do() {
        assert_eq!(decode_name("é".as_bytes(), 0), ("é".to_owned(), None));
        assert_eq!(decode_name(b"\x82", 0).0, "é");
        assert_eq!(decode_name(b"\xff", 0).0, "\u{a0}");
        assert!(decode_name(b"\x82", UTF8).1.is_some());
        assert_eq!(CODE_PAGE_437.chars().count(), 128);
    }
}
