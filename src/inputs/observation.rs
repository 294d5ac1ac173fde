//! What is peculiar about a bundle's structure. Observations say what is there; controls word and weigh it.

use serde::{Deserialize, Serialize};

/// One peculiarity of the bundle's structure.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Observation {
    /// Which.
    pub kind: ObservationKind,
    /// The entry's name as the archive has it (not inert), when it concerns one entry.
    pub entry: Option<String>,
    /// The values that were seen, such as `central directory: 12 bytes, local header: 14 bytes`.
    pub detail: String,
}

impl Observation {
    /// An observation on one entry.
    pub fn on(kind: ObservationKind, entry: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind, entry: Some(entry.into()), detail: detail.into() }
    }

    /// An observation on the whole bundle.
    pub fn whole(kind: ObservationKind, detail: impl Into<String>) -> Self {
        Self { kind, entry: None, detail: detail.into() }
    }
}

/// The kinds of structural peculiarity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObservationKind {
    // The two readings of a zip disagree.
    /// The central directory has it, the local headers in stream order do not.
    OnlyInCentralDirectory,
    /// A reader of the local headers meets it, the central directory does not have it.
    OnlyInLocalHeaders,
    /// The name differs between the central directory and the local header.
    NameDiffers,
    /// A size differs between the central directory and the local header, data descriptor or data.
    SizeDiffers,
    /// The method differs.
    MethodDiffers,
    /// The flags that change the reading (encryption, UTF-8 name) differ.
    FlagsDiffer,
    /// The CRC-32 differs between the central directory and the local header or data descriptor.
    CrcDiffers,
    /// The two readings meet the entries in different orders.
    OrderDiffers,
    /// The compressed stream ends before or after the place that the directory states.
    StreamLengthDiffers,
    // Names.
    /// Two entries have the same name.
    DuplicateName,
    /// Two names are equal but for case or Unicode normalisation.
    CollidingName,
    /// A name begins with `/`, `\`, or a drive letter.
    AbsolutePath,
    /// A name has a part `..`.
    ParentPath,
    /// A name has a backslash.
    BackslashInName,
    /// A name has a NUL.
    NulInName,
    /// A name has a control character, or one that renders as nothing or reorders text.
    TreacherousName,
    /// A name is empty, or has an empty part or a part `.`.
    IrregularName,
    /// A name is not valid UTF-8 (or not UTF-8 although flagged so).
    UndecodableName,
    // Kinds of entries.
    /// A symbolic link; it is not followed.
    Symlink,
    /// A device, pipe, socket or other special file; it is not opened.
    SpecialFile,
    /// An encrypted entry.
    Encrypted,
    /// A compression method that the devices' unpackers do not have.
    UnsupportedMethod,
    // Structure.
    /// Bytes before the first record.
    PrependedData,
    /// Bytes after the last record.
    TrailingData,
    /// Bytes between records that belong to none.
    HiddenData,
    /// Two entries share bytes of the archive.
    OverlappingEntries,
    /// The archive, or one entry, has a comment.
    Comment,
    /// Zip64 records.
    Zip64,
    /// The archive is spread over several disks.
    MultiDisk,
    // Data.
    /// The data's CRC-32 is not the stated one.
    WrongCrc,
    /// The data is longer or shorter than stated.
    WrongSize,
    /// The compressed data is damaged or cut off.
    DamagedData,
    // Bounds.
    /// The archive is larger than the limit.
    ArchiveTooLarge,
    /// There are more entries than the limit.
    TooManyEntries,
    /// An entry is larger than the limit.
    EntryTooLarge,
    /// All entries together are larger than the limit.
    TotalTooLarge,
    /// An entry expands more than the limit.
    RatioTooHigh,
    /// A path is longer than the limit.
    PathTooLong,
    /// A path has more parts than the limit.
    PathTooDeep,
    /// An archive lies deeper inside others than the limit.
    NestedTooDeep,
    // Reading.
    /// It could not be opened or read.
    Unreadable,
    /// The archive can't be opened as a zip at all.
    NotAnArchive,
}

impl ObservationKind {
    /// The kebab-case word used in facts and as a finding's rule.
    #[must_use]
    pub fn word(self) -> String {
        // The serialised name is the one source of the word.
        serde_json::to_value(self).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    }
}
