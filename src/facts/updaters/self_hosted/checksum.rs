//! Checksums as they are published beside a bundle: `sha256sum` and BSD lines, SRI, prefixed, or fields of a JSON file.

use sha2::Digest as _;

use crate::inputs::{JsonNode, JsonValue};

/// The fields of release metadata that state a checksum, with the algorithm that the name tells.
const FIELDS: [(&str, Option<Kind>); 12] = [
    ("checksum", None),
    ("checksums", None),
    ("hash", None),
    ("hashes", None),
    ("digest", None),
    ("integrity", None),
    ("sha256", Some(Kind::Sha256)),
    ("sha384", Some(Kind::Sha384)),
    ("sha512", Some(Kind::Sha512)),
    ("sha1", Some(Kind::Sha1)),
    ("md5", Some(Kind::Md5)),
    ("crc32", Some(Kind::Crc32)),
];

/// Lines of a list that are read; one that is longer is no list.
const MOST_LINES: usize = 10_000;

/// An algorithm, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A code against accidents: anyone can make a file that has it.
    Crc32,
    /// Broken (RFC 6151).
    Md5,
    /// Broken (RFC 6194).
    Sha1,
    /// FIPS 180-4.
    Sha256,
    /// FIPS 180-4.
    Sha384,
    /// FIPS 180-4.
    Sha512,
}

/// A checksum that was stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sum {
    /// With which algorithm.
    pub kind: Kind,
    /// Its bytes.
    pub value: Vec<u8>,
}

/// One line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The file it is of; `None` when the line is the checksum alone.
    pub name: Option<String>,
    /// The checksum.
    pub sum: Sum,
}

impl Kind {
    const ALL: [Self; 6] = [Self::Sha512, Self::Sha384, Self::Sha256, Self::Sha1, Self::Md5, Self::Crc32];

    /// Its name as people write it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC-32",
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    const fn bytes(self) -> usize {
        match self {
            Self::Crc32 => 4,
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The algorithm of this name, whatever separates its parts.
    fn named(name: &str) -> Option<Self> {
        let plain = |name: &str| name.replace(['-', '_', ' '], "").to_ascii_lowercase();
        Self::ALL.into_iter().find(|kind| plain(kind.name()) == plain(name))
    }

    /// Whether nobody can make another file that has the same value.
    pub(super) const fn is_strong(self) -> bool {
        matches!(self, Self::Sha256 | Self::Sha384 | Self::Sha512)
    }
}

impl Sum {
    /// Reads `abc…`, `sha256:abc…`, `sha256-<base64>`; `expected` is what the place says of the algorithm.
    pub(super) fn read(text: &str, expected: Option<Kind>) -> Option<Self> {
        let text = text.trim();
        let prefixed = text
            .char_indices()
            .filter(|(_, c)| matches!(c, ':' | '-' | '='))
            .find_map(|(at, _)| Some((Kind::named(text.get(..at)?)?, text.get(at + 1..)?)));
        let (named, digits) = prefixed.map_or((None, text), |(kind, rest)| (Some(kind), rest));
        let value = crate::facts::crypto::hex(digits)
            .or_else(|| crate::facts::crypto::base64(digits))
            .or_else(|| crate::facts::crypto::base64_url(digits))?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.bytes() == value.len())?;
        let agrees = |other: Option<Kind>| other.is_none_or(|other| other == kind);
        (agrees(named) && agrees(expected)).then_some(Self { kind, value })
    }

    /// Whether these bytes have it; `None` where it proves nothing and is not computed.
    pub(super) fn holds(&self, bytes: &[u8]) -> Option<bool> {
        let value = match self.kind {
            Kind::Crc32 => crc32fast::hash(bytes).to_be_bytes().to_vec(),
            Kind::Md5 => md5::Md5::digest(bytes).to_vec(),
            Kind::Sha1 => return None,
            Kind::Sha256 => sha2::Sha256::digest(bytes).to_vec(),
            Kind::Sha384 => sha2::Sha384::digest(bytes).to_vec(),
            Kind::Sha512 => sha2::Sha512::digest(bytes).to_vec(),
        };
        Some(value == self.value)
    }
}

/// The lines of a list, when all of the text is one: `<hex>  name`, `<hex> *name`, `SHA256 (name) = <hex>`, or `<hex>`.
pub(super) fn lines(text: &str) -> Option<Vec<Line>> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#') && !line.starts_with(';'))
        .take(MOST_LINES + 1)
        .collect();
    if lines.is_empty() || lines.len() > MOST_LINES {
        return None;
    }
    lines.into_iter().map(line).collect()
}

fn line(line: &str) -> Option<Line> {
    let hex_sum = |digits: &str, kind| {
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| Sum::read(digits, kind)).flatten()
    };
    if let Some((algorithm, rest)) = line.split_once(" (")
        && let Some(kind) = Kind::named(algorithm)
    {
        let (name, digits) = rest.rsplit_once(") = ")?;
        return Some(Line { name: Some(name.to_owned()), sum: hex_sum(digits, Some(kind))? });
    }
    let Some((digits, name)) = line.split_once([' ', '\t']) else {
        return Some(Line { name: None, sum: hex_sum(line, None)? });
    };
    let name = name.trim_start();
    let name = name.strip_prefix('*').unwrap_or(name);
    Some(Line { name: Some(name.to_owned()), sum: hex_sum(digits, None)? })
}

/// Whether a JSON file is metadata of a release that states a checksum.
pub(super) fn is_metadata(root: &JsonValue) -> bool {
    let foreign = ["plugins", "dependencies", "lockfileVersion", "dsseEnvelope", "payloadType", "messageSignature"];
    !foreign.iter().any(|field| root.get(field).is_some()) && FIELDS.iter().any(|(field, _)| root.get(field).is_some())
}

/// The checksums that release metadata states; `Err` names the field that cannot be read.
pub(super) fn of_metadata(root: &JsonValue) -> Result<Vec<Sum>, &'static str> {
    let mut sums = Vec::new();
    for (field, kind) in FIELDS {
        match root.get(field).map(|value| &value.node) {
            None | Some(JsonNode::Null) => {}
            Some(JsonNode::String(text)) if text.trim().is_empty() => {}
            Some(JsonNode::String(text)) => sums.push(Sum::read(text, kind).ok_or(field)?),
            Some(JsonNode::Object(pairs)) => {
                for (name, _, value) in pairs {
                    let kind = Kind::named(name).ok_or(field)?;
                    sums.push(value.as_str().and_then(|text| Sum::read(text, Some(kind))).ok_or(field)?);
                }
            }
            Some(_) => return Err(field),
        }
    }
    Ok(sums)
}
