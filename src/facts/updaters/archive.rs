//! What an unpacking device would stumble over in the content of a release, in the vocabulary of its issues.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Delivery, PlainContent};
use crate::inputs::{Bundle, Limits, ObservationKind};

/// The content as a bundle, when it can be looked into.
///
/// # Errors
/// In words, when the delivered file can't be read.
pub fn bundle(content: PlainContent, delivery: &Delivery, limits: &Limits) -> Result<Bundle, String> {
    match content {
        PlainContent::Zip(bytes, digest) => {
            Ok(Bundle::of_digested_zip("content.zip".to_owned(), bytes, digest, limits))
        }
        PlainContent::Delivered(path) => {
            let file = delivery.file(&path).ok_or("it is not among what was given")?;
            Ok(Bundle::of_zip(file.name().to_owned(), file.read(limits.archive_bytes)?, limits))
        }
        PlainContent::Files(files) => Ok(Bundle::of_files("content".to_owned(), files, limits)),
    }
}

/// What is wrong with the content, and each time the first entry that shows it. Only a `web` content, which a web view
/// loads, needs a start page.
#[must_use]
pub fn issues(bundle: &Bundle, web: bool) -> Vec<(Cow<'static, str>, String)> {
    let mut issues: Vec<(Cow<'static, str>, String)> = Vec::new();
    for observation in &bundle.observations {
        let Some(word) = word(observation.kind) else { continue };
        if issues.iter().all(|(own, _)| own != word) {
            let entry = observation.entry.as_deref().map_or_else(String::new, |entry| format!("`{entry}`: "));
            issues.push((Cow::Borrowed(word), format!("{entry}{}", observation.detail)));
        }
    }
    if web && !has_index(bundle) && !bundle.entries.is_empty() {
        let detail = "no `index.html` at the top or in the only folder there".to_owned();
        issues.push((Cow::Borrowed("zip_no_index_html"), detail));
    }
    issues
}

/// The word of an observation; none for what harms no installation.
const fn word(kind: ObservationKind) -> Option<&'static str> {
    use ObservationKind as Kind;
    Some(match kind {
        Kind::AbsolutePath | Kind::ParentPath | Kind::BackslashInName | Kind::NulInName => "zip_path_traversal",
        Kind::Symlink => "zip_symlink",
        Kind::DuplicateName => "zip_duplicate_entry",
        Kind::CollidingName => "zip_colliding_names",
        Kind::SpecialFile => "zip_special_file",
        Kind::Encrypted => "zip_encrypted_entry",
        Kind::UnsupportedMethod => "zip_unsupported_method",
        Kind::OnlyInCentralDirectory
        | Kind::OnlyInLocalHeaders
        | Kind::NameDiffers
        | Kind::SizeDiffers
        | Kind::MethodDiffers
        | Kind::CrcDiffers
        | Kind::StreamLengthDiffers
        | Kind::HiddenData
        | Kind::OverlappingEntries => "zip_two_readings",
        Kind::PrependedData | Kind::TrailingData => "zip_foreign_data",
        Kind::WrongCrc | Kind::WrongSize | Kind::DamagedData | Kind::Unreadable | Kind::MultiDisk => "zip_damaged",
        Kind::NotAnArchive => "content_not_an_archive",
        Kind::ArchiveTooLarge
        | Kind::TooManyEntries
        | Kind::EntryTooLarge
        | Kind::TotalTooLarge
        | Kind::RatioTooHigh => "zip_over_limit",
        Kind::FlagsDiffer
        | Kind::OrderDiffers
        | Kind::TreacherousName
        | Kind::IrregularName
        | Kind::UndecodableName
        | Kind::Comment
        | Kind::Zip64
        | Kind::PathTooLong
        | Kind::PathTooDeep
        | Kind::NestedTooDeep => return None,
    })
}

/// Whether the device finds a start page: at the top, or in the only folder there, which Capgo's plugin unwraps
/// (`flattenAssets`; names that begin with `.` or `__MACOSX` don't count).
fn has_index(bundle: &Bundle) -> bool {
    if bundle.entries.iter().any(|entry| entry.path == "index.html") {
        return true;
    }
    let tops: BTreeSet<&str> = bundle
        .entries
        .iter()
        .filter_map(|entry| entry.path.split('/').next())
        .filter(|top| !top.starts_with('.') && !top.starts_with("__MACOSX"))
        .collect();
    let mut tops = tops.into_iter();
    let (Some(only), None) = (tops.next(), tops.next()) else { return false };
    bundle.entries.iter().any(|entry| entry.path.strip_prefix(only) == Some("/index.html"))
}
