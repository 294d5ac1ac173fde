//! The artefact type `manifest`: a list of files, and the files (CLI: `utils/manifest.ts`). Devices verify each with its own
//! signature and don't compare a file with the list.

use std::collections::BTreeSet;

use super::statement::{self, Carried, MANIFEST, Published, Records};
use super::{trusted_key, unsigned, verify_file};
use crate::facts::updaters::delivery::{Delivered, Delivery, integer};
use crate::facts::updaters::names::{Targets, fault};
use crate::facts::updaters::parts::{self, Budget, PLAIN_ENTRY, some};
use crate::facts::updaters::verification::{PlainContent, Reason, Record, Verdict};
use crate::inputs::JsonValue;
use crate::model::Digest;

/// One entry of the manifest.
struct Entry {
    href: String,
    checksum: String,
    bytes: Option<i64>,
}

fn entries(root: &JsonValue) -> Option<Vec<Entry>> {
    let entry = |one: &JsonValue| {
        let href = one.get("href")?.as_str()?.to_owned();
        let checksum = one.get("checksum")?.as_str()?.to_owned();
        Some(Entry { href, checksum, bytes: one.get("sizeInBytes").and_then(integer) })
    };
    parts::elements(root)?.iter().map(entry).collect()
}

/// Verifies the manifest by its own signature, then each file by its own.
pub(super) fn verify(
    delivery: &Delivery,
    manifest: &Delivered,
    published: &Published,
    carried: &Records<'_>,
    record: &mut Record,
) -> Result<Verdict, Reason> {
    // The manifest says which content is wanted under which name, and devices don't compare: names are not bound.
    record.not_covered(&["names_not_authenticated"]);
    let mut budget = Budget::new(&delivery.limits);
    let bytes = budget.read(manifest).map_err(|(why, reason)| record.failed("manifest", why, reason))?;
    let digest = Digest::of(&bytes);
    record.subject(&manifest.path, bytes.len() as u64, digest);
    let entries = parts::json(&bytes).and_then(|json| {
        let invalid = || ("it is no array of objects with href and checksum".to_owned(), "metadata_invalid");
        entries(&json.root).ok_or_else(invalid)
    });
    let hrefs = entries.iter().flatten().map(|entry| entry.href.as_str());
    check_names(hrefs.chain(carried.all.iter().map(|one| one.href)), record)?;

    let signed = published.signature.is_some() || carried.all.iter().any(Carried::is_signed);
    let key = trusted_key(delivery, signed, record)?;
    let step = if key.is_some() { "manifest signature" } else { "manifest checksum" };
    let own = statement::of_file(delivery, carried, MANIFEST, &manifest.path)
        .map_err(|(why, reason)| record.failed("metadata", why, reason))?
        .or(published);
    verify_file(step, MANIFEST, &digest, own.pair(), key.as_ref(), record)?;
    record.passed(step, "the manifest is as published");
    // What is not even JSON is refused only now: a change of the manifest is a matter of its signature.
    let entries = entries.map_err(|(why, reason)| record.failed("manifest", why, reason))?;
    let mut targets = Targets::default();
    if let Some(twice) = entries.iter().find(|entry| !targets.take(&entry.href)) {
        let detail = format!("{:?} is listed twice", twice.href);
        return Err(record.failed("names", detail, "duplicate_target"));
    }

    let step = if key.is_some() { "file signatures" } else { "file checksums" };
    let mut signed = own.signature.is_some();
    let mut unbound = Vec::new();
    let mut swapped = false;
    let mut content = Vec::new();
    let listed: BTreeSet<&str> = entries.iter().map(|entry| entry.checksum.as_str()).collect();
    for entry in &entries {
        let file = match carried.of(&entry.href).next() {
            Some(one) => delivery.located(&one.document, &one.kept(), &entry.href),
            None => delivery.located(&manifest.path, &PLAIN_ENTRY, &entry.href),
        };
        let Some(file) = file else {
            return Err(record.failed(step, format!("{} was not handed over", entry.href), "file_missing"));
        };
        let bytes = budget.read(file).map_err(|(why, reason)| record.failed(step, why, reason))?;
        let digest = Digest::of(&bytes);
        let stated = statement::of_file(delivery, carried, &entry.href, &file.path)
            .map_err(|(why, reason)| record.failed("metadata", why, reason))?;
        verify_file(step, &entry.href, &digest, stated.pair(), key.as_ref(), record)?;
        signed |= stated.signature.is_some();
        let hex = digest.hex();
        if hex != entry.checksum {
            swapped |= listed.contains(hex.as_str());
            unbound.push(entry.href.as_str());
        } else if entry.bytes.is_some_and(|stated| u64::try_from(stated) != Ok(bytes.len() as u64)) {
            record.noted("sizes", format!("{}: the manifest states another size", entry.href));
            record.issue("size_differs");
        }
        content.push((entry.href.clone(), bytes));
    }
    record.passed(step, format!("{} files, each by itself", entries.len()));
    record.content(PlainContent::Files(content));
    if !unbound.is_empty() {
        let detail = format!(
            "{} of the files are not what the manifest lists, and devices do not compare them: {}",
            unbound.len(),
            some(&unbound)
        );
        record.noted("files against the manifest", detail);
        record.issue("file_not_bound_to_manifest");
        if swapped {
            record.issue("manifest_files_swapped");
        }
    }
    let names: BTreeSet<&str> = entries.iter().map(|entry| entry.href.as_str()).collect();
    let extra: Vec<&str> =
        carried.all.iter().map(|one| one.href).filter(|href| *href != MANIFEST && !names.contains(href)).collect();
    if !extra.is_empty() {
        record.noted("set of files", format!("delivered but not in the manifest: {}", some(&extra)));
        record.issue("files_not_in_manifest");
    }
    if key.is_some() {
        return Ok(Verdict::Valid);
    }
    unsigned(signed, record);
    Ok(Verdict::UnsignedSha256Ok)
}

/// The plugins join `href` to a folder as it is (`new File(dir, href)`, `appendingPathComponent(href)`).
fn check_names<'a>(names: impl Iterator<Item = &'a str>, record: &mut Record) -> Result<(), Reason> {
    for href in names {
        if let Some(fault) = fault(href) {
            return Err(record.failed("names", format!("{href:?} has {fault}"), "path_traversal"));
        }
    }
    record.passed("names", "every name stays in the folder");
    Ok(())
}
