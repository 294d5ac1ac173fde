//! The bundle, whichever way it comes: one list of entries, read one at a time.

use std::path::Path;

use super::entry::{Content, EntryKind, Unread};
use super::observation::{Observation, ObservationKind};
use super::zip::ZipArchive;
use super::{Limits, folder};
use crate::model::{Digest, Problem};

/// How the bundle came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BundleKind {
    /// A zip archive.
    Zip,
    /// A folder.
    Folder,
}

/// One entry of a bundle.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name as the archive has it, decoded; for folders the path relative to the folder, with `/`.
    /// Not inert, and possibly hostile: it is never used to touch the file system.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
    /// Its unpacked size in bytes as stated by the central directory or the file system.
    pub size: u64,
    /// Index into the archive's or folder's own list.
    index: usize,
}

/// An update bundle: web assets in a zip or a folder.
#[derive(Debug)]
pub struct Bundle {
    /// The last part of the path it was opened from.
    pub name: String,
    /// How it came.
    pub kind: BundleKind,
    /// SHA-256 of the archive; a folder has none.
    pub archive_digest: Option<Digest>,
    /// Bytes of the archive, or of all files of the folder.
    pub bytes: u64,
    /// All entries that lie within the limits, sorted by path (equal paths in archive order).
    pub entries: Vec<Entry>,
    /// What is peculiar about the structure, found without reading the entries' data.
    pub observations: Vec<Observation>,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Zip(ZipArchive),
    Folder(folder::Folder),
    /// Files in memory, by index.
    Memory(Vec<Vec<u8>>),
    /// An archive that could not be opened; the observations say why.
    Nothing,
}

impl Bundle {
    /// Opens a folder or a zip.
    ///
    /// # Errors
    /// When there is nothing at `path` or it may not be read: no audit can be made. A broken archive is no
    /// error; it gives a bundle without entries and with an observation.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, Problem> {
        let shown = crate::model::printable(&path.display().to_string(), 200);
        let metadata = std::fs::metadata(path).map_err(|error| {
            Problem::new(format!("can't open the bundle `{shown}`: {error}"))
                .help("give a zip archive or a folder of web assets")
        })?;
        let name = base_name(path);
        if metadata.is_dir() {
            return Ok(Self::of_folder(name, folder::Folder::open(path, limits)));
        }
        if !metadata.is_file() {
            return Err(Problem::new(format!("`{shown}` is neither a file nor a folder"))
                .help("give a zip archive or a folder of web assets"));
        }
        if metadata.len() > limits.archive_bytes {
            return Ok(Self::too_large(name, path, metadata.len(), limits));
        }
        let bytes =
            std::fs::read(path).map_err(|error| Problem::new(format!("can't read the bundle `{shown}`: {error}")))?;
        Ok(Self::of_zip(name, bytes, limits))
    }

    /// Opens a zip that is already in memory.
    #[must_use]
    pub fn of_zip(name: String, bytes: Vec<u8>, limits: &Limits) -> Self {
        let (digest, opened) = super::zip::open_and_digest(bytes, limits);
        Self::of_opened(name, digest, opened, limits)
    }

    /// Opens a zip in memory whose digest is known.
    #[must_use]
    pub fn of_digested_zip(name: String, bytes: Vec<u8>, digest: Digest, limits: &Limits) -> Self {
        Self::of_opened(name, digest, super::zip::open(bytes, limits), limits)
    }

    fn of_opened(
        name: String,
        digest: Digest,
        (archive, length, mut observations): super::zip::Opened,
        limits: &Limits,
    ) -> Self {
        let Some(archive) = archive else {
            return Self {
                name,
                kind: BundleKind::Zip,
                archive_digest: Some(digest),
                bytes: length,
                entries: Vec::new(),
                observations,
                source: Source::Nothing,
            };
        };
        let entries = archive
            .entries()
            .iter()
            .enumerate()
            .map(|(index, entry)| Entry { path: entry.name.clone(), kind: entry.kind.clone(), size: entry.size, index })
            .collect();
        let entries = within_limits(entries, limits, &mut observations);
        observations.sort();
        Self {
            name,
            kind: BundleKind::Zip,
            archive_digest: Some(digest),
            bytes: length,
            entries,
            observations,
            source: Source::Zip(archive),
        }
    }

    /// A bundle of files in memory, such as those of a delta update, by the names they would be installed under.
    #[must_use]
    pub fn of_files(name: String, files: Vec<(String, Vec<u8>)>, limits: &Limits) -> Self {
        let mut observations = Vec::new();
        let mut entries = Vec::with_capacity(files.len());
        let mut contents = Vec::with_capacity(files.len());
        for (index, (path, bytes)) in files.into_iter().enumerate() {
            entries.push(Entry { path, kind: EntryKind::File, size: bytes.len() as u64, index });
            contents.push(bytes);
        }
        let bytes = entries.iter().map(|entry| entry.size).sum();
        let entries = within_limits(entries, limits, &mut observations);
        observations.sort();
        Self {
            name,
            kind: BundleKind::Folder,
            archive_digest: None,
            bytes,
            entries,
            observations,
            source: Source::Memory(contents),
        }
    }

    fn of_folder(name: String, (folder, mut observations): (folder::Folder, Vec<Observation>)) -> Self {
        let limits = folder.limits().clone();
        let entries: Vec<Entry> = folder
            .entries()
            .iter()
            .enumerate()
            .map(|(index, entry)| Entry { path: entry.path.clone(), kind: entry.kind.clone(), size: entry.size, index })
            .collect();
        let bytes = entries.iter().map(|entry| entry.size).sum();
        let entries = within_limits(entries, &limits, &mut observations);
        observations.sort();
        Self {
            name,
            kind: BundleKind::Folder,
            archive_digest: None,
            bytes,
            entries,
            observations,
            source: Source::Folder(folder),
        }
    }

    fn too_large(name: String, path: &Path, bytes: u64, limits: &Limits) -> Self {
        let detail = format!("{bytes} bytes, limit {}", limits.archive_bytes);
        Self {
            name,
            kind: BundleKind::Zip,
            archive_digest: digest_of_file(path),
            bytes,
            entries: Vec::new(),
            observations: vec![Observation::whole(ObservationKind::ArchiveTooLarge, detail)],
            source: Source::Nothing,
        }
    }

    /// The bytes of `entry`, decompressed and checked.
    ///
    /// # Errors
    /// When the entry is no regular file, is over a limit, encrypted or damaged.
    pub fn read(&self, entry: &Entry, limits: &Limits) -> Result<Content<'_>, Unread> {
        if entry.size > limits.entry_bytes {
            let why = format!("{} bytes, limit {}", entry.size, limits.entry_bytes);
            return Err(Unread::new(ObservationKind::EntryTooLarge, &entry.path, why));
        }
        match &self.source {
            Source::Zip(archive) => archive.read(entry.index),
            Source::Folder(folder) => folder.read(entry.index),
            Source::Memory(files) => {
                let bytes = files.get(entry.index).map_or(&[][..], Vec::as_slice);
                Ok(Content { bytes: bytes.into(), observations: Vec::new() })
            }
            Source::Nothing => {
                Err(Unread::new(ObservationKind::Unreadable, &entry.path, "the archive could not be opened"))
            }
        }
    }
}

/// Sorts the entries by path and cuts the list where a limit is reached; each cut is an observation.
fn within_limits(mut entries: Vec<Entry>, limits: &Limits, observations: &mut Vec<Observation>) -> Vec<Entry> {
    entries.sort_by(|one, other| (&one.path, one.index).cmp(&(&other.path, other.index)));
    let count = entries.len() as u64;
    if count > limits.entries {
        let detail = format!(
            "{count} entries, limit {}; those after it in the order of paths were not examined",
            limits.entries
        );
        observations.push(Observation::whole(ObservationKind::TooManyEntries, detail));
        entries.truncate(usize::try_from(limits.entries).unwrap_or(usize::MAX));
    }
    let total: u64 = entries.iter().fold(0, |sum, entry| sum.saturating_add(entry.size));
    if total > limits.total_bytes {
        let mut sum = 0_u64;
        let fitting = entries
            .iter()
            .take_while(|entry| {
                sum = sum.saturating_add(entry.size);
                sum <= limits.total_bytes
            })
            .count();
        let detail = format!(
            "{total} bytes unpacked, limit {}; {} entries at the end of the order of paths were not examined",
            limits.total_bytes,
            entries.len() - fitting
        );
        observations.push(Observation::whole(ObservationKind::TotalTooLarge, detail));
        entries.truncate(fitting);
    }
    for entry in &entries {
        let length = entry.path.len() as u64;
        if length > limits.path_bytes {
            let detail = format!("{length} bytes, limit {}", limits.path_bytes);
            observations.push(Observation::on(ObservationKind::PathTooLong, &entry.path, detail));
        }
        let depth = entry.path.split('/').filter(|part| !part.is_empty()).count() as u64;
        if depth > limits.path_depth {
            let detail = format!("{depth} parts, limit {}", limits.path_depth);
            observations.push(Observation::on(ObservationKind::PathTooDeep, &entry.path, detail));
        }
    }
    entries
}

fn base_name(path: &Path) -> String {
    // `.` and `..` have no last part of their own; the real folder's name is what a reader knows.
    let real = path
        .file_name()
        .map(ToOwned::to_owned)
        .or_else(|| path.canonicalize().ok()?.file_name().map(ToOwned::to_owned));
    real.map_or_else(|| "bundle".to_owned(), |name| crate::model::printable(&name.to_string_lossy(), 200))
}

/// The digest of a file of any size, in constant memory.
fn digest_of_file(path: &Path) -> Option<Digest> {
    Digest::of_reader(std::fs::File::open(path).ok()?).ok()
}
