//! The bundle against every checksum that is stated of it.

use super::Covered;
use super::checksum::{Kind, Sum, of_metadata};
use super::material::{Material, is_of};
use crate::facts::updaters::delivery::{Delivered, Delivery};
use crate::facts::updaters::verification::{Reason, Record};

/// What the checksums came to.
#[derive(Debug, Default)]
pub(super) struct Sums {
    /// The strongest that was stated.
    pub strongest: Option<Kind>,
    /// Whether a strong one stands in a file that is signed.
    pub signed: bool,
}

/// Compares the bundle with every checksum that is stated of it.
pub(super) fn checksums(
    delivery: &Delivery,
    material: &Material<'_>,
    record: &mut Record,
    bundle: &Delivered,
    bytes: &[u8],
    covered: &Covered,
) -> Result<Sums, Reason> {
    let mut stated: Vec<(&str, Sum)> = Vec::new();
    if let Some(text) = &delivery.stated.checksum {
        let sum = Sum::read(text, None);
        let malformed = "the stated checksum is of no known length and writing";
        stated
            .push(("stated checksum", sum.ok_or_else(|| record.failed("checksum", malformed, "checksum_malformed"))?));
    }
    for (file, lines) in &material.lists {
        // A checksum alone is of the file that its own file is named after.
        let named_after = file.path.rsplit_once('.').and_then(|(name, _)| delivery.file(name));
        let is_own = named_after.is_none_or(|named| named.path == bundle.path);
        let of_bundle = lines.iter().filter(|line| line.name.as_deref().map_or(is_own, |name| is_of(name, bundle)));
        let before = stated.len();
        stated.extend(of_bundle.map(|line| (file.path.as_str(), line.sum.clone())));
        if stated.len() == before {
            record.noted("checksum", format!("{} says nothing of {}", file.path, bundle.path));
        }
    }
    for document in &material.metadata {
        let sums = of_metadata(&document.json.root).map_err(|field| {
            let why = format!("{}: {field} is of no known length and writing", document.path);
            record.failed("checksum", why, "checksum_malformed")
        })?;
        stated.extend(sums.into_iter().map(|sum| (document.path.as_str(), sum)));
    }
    let mut result = Sums::default();
    for (source, sum) in stated {
        let name = sum.kind.name();
        match sum.holds(bytes) {
            Some(true) => record.passed("checksum", format!("{name} as {source} states it")),
            Some(false) => {
                let why = format!("{} has another {name} than {source} states", bundle.path);
                return Err(record.failed("checksum", why, "checksum_mismatch"));
            }
            None => record.noted("checksum", format!("{source} states {name}, which proves nothing")),
        }
        result.strongest = result.strongest.max(Some(sum.kind));
        result.signed |= sum.kind.is_strong() && covered.paths.iter().any(|path| path == source);
    }
    Ok(result)
}
