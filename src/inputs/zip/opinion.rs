//! A second opinion on the central directory from the `zip` crate: where two strict readers disagree, devices can too.

use std::collections::BTreeMap;
use std::io::Cursor;

use super::super::observation::ObservationKind::Unreadable;
use super::notes::Notes;
use super::records::unicode_path;
use super::streaming::Located;

/// Compares our reading with that of the `zip` crate, names and sizes only. Ask only about archives whose end has one
/// reading and whose entries were counted: that bounds what the crate does with hostile ones.
pub(super) fn compare(bytes: &[u8], entries: &[Located<'_>], notes: &mut Notes) {
    let archive = match zip::ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(error) => {
            let error = crate::model::printable(&error.to_string(), 200);
            notes.whole(Unreadable, format!("a second reader refuses the archive: {error}"));
            return;
        }
    };
    // The crate keeps the last of several equal names, and takes the name from the Unicode path field.
    let ours: BTreeMap<&[u8], u64> = entries
        .iter()
        .map(|entry| &entry.record.stated)
        .map(|stated| (unicode_path(stated.extra).unwrap_or(stated.name), stated.size))
        .collect();
    let mut theirs = BTreeMap::new();
    for index in 0..archive.len() {
        if let Ok(entry) = archive.by_index_data(index) {
            theirs.insert(entry.name_raw().to_vec(), entry.size());
        }
    }
    let same = ours.len() == theirs.len() && ours.iter().all(|(name, size)| theirs.get(*name) == Some(size));
    if !same {
        let detail = format!("a second reader lists other names or sizes: {} names, ours {}", theirs.len(), ours.len());
        notes.whole(Unreadable, detail);
    }
}
