//! The list of files and the files: `{href, size, integrity}`.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::NAMES;
use crate::facts::crypto;
use crate::facts::updaters::delivery::{Delivery, integer};
use crate::facts::updaters::names::{Targets, fault};
use crate::facts::updaters::parts::{self, Budget, PLAIN_ENTRY, some};
use crate::facts::updaters::verification::{PlainContent, Reason, Record};
use crate::inputs::JsonValue;

/// Compares every file with its entry.
pub(super) fn check(
    delivery: &Delivery,
    manifest: &str,
    list: &[u8],
    budget: &mut Budget,
    record: &mut Record,
) -> Result<(), Reason> {
    let json = parts::json(list).map_err(|(why, reason)| record.failed("manifest", why, reason))?;
    let entries = parts::elements(&json.root)
        .and_then(|all| all.iter().map(|one| Some((one.get("href")?.as_str()?, one))).collect::<Option<Vec<_>>>());
    let Some(entries) = entries else {
        let detail = "it is no array of objects with href";
        return Err(record.failed("manifest", detail, "metadata_invalid"));
    };
    let mut targets = Targets::default();
    for (href, _) in &entries {
        if let Some(fault) = fault(href) {
            return Err(record.failed("names", format!("{href:?} has {fault}"), "path_traversal"));
        }
        if !targets.take(href) {
            return Err(record.failed("names", format!("{href:?} is listed twice"), "duplicate_target"));
        }
    }
    record.passed("names", "every name stays in the folder, and no two are one file");

    let mut located = BTreeSet::new();
    let mut content = Vec::with_capacity(entries.len());
    for (href, entry) in &entries {
        let Some(file) = delivery.located(manifest, &PLAIN_ENTRY, href) else {
            return Err(record.failed("integrity", format!("{href} was not handed over"), "file_missing"));
        };
        located.insert(file.path.as_str());
        let bytes = budget.read(file).map_err(|(why, reason)| record.failed("integrity", why, reason))?;
        let integrity = entry.get("integrity").and_then(JsonValue::as_str).unwrap_or("");
        check_integrity(href, integrity, &bytes, record)?;
        let size = entry.get("size");
        if size.is_some_and(|size| integer(size).and_then(|size| u64::try_from(size).ok()) != Some(bytes.len() as u64))
        {
            let detail = format!("{href}: the manifest states another size than {} bytes", bytes.len());
            return Err(record.failed("size", detail, "size_mismatch"));
        }
        content.push(((*href).to_owned(), bytes));
    }
    record.passed("integrity", format!("{} files, every hash of each", entries.len()));
    record.content(PlainContent::Files(content));
    let extra = parts::unlisted(delivery, manifest, &located, |inner| {
        inner.ends_with(".css.map") || inner.ends_with(".js.map") || NAMES.contains(&inner)
    });
    if !extra.is_empty() {
        record.noted("set of files", format!("delivered but not in the manifest: {}", some(&extra)));
        record.issue("files_not_in_manifest");
    }
    Ok(())
}

/// Every hash that the list names must agree, not just the strongest (Subresource Integrity, section 3.3.4, would be
/// content with one of the strongest).
fn check_integrity(href: &str, integrity: &str, bytes: &[u8], record: &mut Record) -> Result<(), Reason> {
    let mut compared = 0_usize;
    for one in integrity.split_ascii_whitespace() {
        let (algorithm, value) = one.split_once('-').unwrap_or((one, ""));
        let value = value.split('?').next().unwrap_or("");
        let digest = match algorithm {
            "sha256" => Sha256::digest(bytes).to_vec(),
            "sha384" => Sha384::digest(bytes).to_vec(),
            "sha512" => Sha512::digest(bytes).to_vec(),
            _ => {
                record.issue("integrity_algorithm_weak");
                continue;
            }
        };
        if crypto::base64(value).as_deref() != Some(digest.as_slice()) {
            let detail = format!("{href}: its {algorithm} is another than the manifest says");
            return Err(record.failed("integrity", detail, "integrity_mismatch"));
        }
        compared = compared.saturating_add(1);
    }
    if compared == 0 {
        let detail = format!("{href} has no SHA-256, SHA-384 or SHA-512");
        return Err(record.failed("integrity", detail, "no_integrity"));
    }
    Ok(())
}
