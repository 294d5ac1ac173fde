//! Gathers what was handed over to verify a release.

use std::path::Path;

use jiff::Timestamp;

use crate::facts::updaters::load::{self, Found};
use crate::facts::updaters::{Data, Delivered, Delivery, Role, Stated, UPDATERS};
use crate::inputs::Limits;
use crate::model::{Problem, printable};

/// A key, certificate or signature on the command line larger than this is none.
const MOST_TEXT_BYTES: u64 = 256 * 1024;

/// What the command line gives, beside the release itself.
#[derive(Debug, Default)]
pub struct Given<'a> {
    /// Files of metadata.
    pub metadata: &'a [std::path::PathBuf],
    /// The app's folder.
    pub app: Option<&'a Path>,
    /// The app's configuration that ships, relative to its folder.
    pub config: Option<&'a str>,
    /// Statements; the public key and the signature as a file's path or as text.
    pub stated: Stated,
}

/// The delivery at `release`, a folder or the bundle's file.
///
/// # Errors
/// Nothing is there, or what was given beside it can't be read.
pub fn gather(release: &Path, given: Given<'_>, limits: &Limits, as_of: Timestamp) -> Result<Delivery, Vec<Problem>> {
    let mut stated = given.stated;
    if let Some(system) = &stated.system
        && system != "capgo-electron"
        && !UPDATERS.iter().any(|updater| updater.id == system)
    {
        let known: Vec<&str> = UPDATERS.iter().map(|updater| updater.id).collect();
        let shown = printable(system, 60);
        return Err(Problem::new(format!("`{shown}` is no update system"))
            .help(format!("expected one of: {}, capgo-electron", known.join(", ")))
            .into());
    }
    let mut found = vec![load::read(existing(release, "the release")?, Role::Release, limits.entries)];
    if release.is_file() {
        stated.bundle = stated.bundle.or_else(|| Some(name_of(release)));
    }
    for path in given.metadata {
        found.push(load::read(existing(path, "the release file")?, Role::Release, limits.entries));
    }
    if let Some(app) = given.app {
        found.push(load::read_shipping(existing(app, "the app")?, Role::App, limits.entries, given.config));
    }
    if let Some(text) = &stated.public_key {
        stated.public_key = Some(text_or_file(text, "public key")?);
    }
    if let Some(text) = stated.signature.take() {
        stated.signature = Some(signature(&text, &mut found)?);
    }
    let faults: Vec<Problem> = found.iter().flat_map(|found| &found.faults).map(|fault| fault_of(fault)).collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    let written = found.iter_mut().find_map(|found| found.release_file.take());
    let mut delivery = Delivery::new(found, stated, as_of.as_second(), limits.clone());
    if let Some(written) = written {
        adopt(&mut delivery, written.stated, written.public_key_path.as_deref())?;
    }
    Ok(delivery)
}

fn fault_of(fault: &str) -> Problem {
    Problem::new(format!("the release file can't be used: {}", printable(fault, 400)))
        .help("its fields are described by docs/schemas/release.schema.json")
}

/// The command line wins over the release file.
fn adopt(delivery: &mut Delivery, written: Stated, key_path: Option<&str>) -> Result<(), Problem> {
    let key = match (written.public_key, key_path) {
        (None, Some(path)) => Some(key_beside(delivery, path)?),
        (key, _) => key,
    };
    let stated = &mut delivery.stated;
    stated.system = stated.system.take().or(written.system);
    stated.bundle = stated.bundle.take().or(written.bundle);
    (stated.version, stated.channel, stated.previous_version) =
        (written.version, written.channel, written.previous_version);
    stated.public_key = stated.public_key.take().or(key);
    stated.checksum = stated.checksum.take().or(written.checksum);
    stated.session_key = stated.session_key.take().or(written.session_key);
    stated.signature = stated.signature.take().or(written.signature);
    stated.algorithm = stated.algorithm.take().or(written.algorithm);
    Ok(())
}

fn key_beside(delivery: &Delivery, path: &str) -> Result<String, Problem> {
    let shown = printable(path, 200);
    let file = delivery.file(path).ok_or_else(|| {
        Problem::new(format!("the release file names a public key `{shown}`, which is not there"))
            .help("give the key's path beside the release file")
    })?;
    let bytes = file.read(MOST_TEXT_BYTES).map_err(|why| Problem::new(format!("can't read `{shown}`: {why}")))?;
    Ok(text_of(bytes))
}

/// PEM as text; DER as base64 without a frame, which readers of keys take too.
fn text_of(bytes: Vec<u8>) -> String {
    use base64::Engine as _;
    String::from_utf8(bytes)
        .unwrap_or_else(|error| base64::engine::general_purpose::STANDARD.encode(error.into_bytes()))
}

fn existing<'a>(path: &'a Path, what: &str) -> Result<&'a Path, Problem> {
    std::fs::metadata(path).map(|_| path).map_err(|error| {
        let shown = printable(&path.display().to_string(), 200);
        Problem::new(format!("can't open {what} `{shown}`: {error}")).help("give a file or folder that exists")
    })
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn text_or_file(text: &str, what: &str) -> Result<String, Problem> {
    let path = Path::new(text);
    let is_file = !text.contains('\n') && text.len() < 4096 && path.is_file();
    if !is_file {
        let looks_like_path = text.len() < 200 && (text.contains('.') || text.contains('/')) && !text.contains("-----");
        if looks_like_path && !text.contains('=') {
            let shown = printable(text, 200);
            return Err(Problem::new(format!("there is no file `{shown}` for the {what}"))
                .help("give the file's path or the text itself"));
        }
        return Ok(text.to_owned());
    }
    let shown = printable(text, 200);
    let length = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    if length > MOST_TEXT_BYTES {
        return Err(Problem::new(format!("`{shown}` has {length} bytes, limit {MOST_TEXT_BYTES} for a {what}")));
    }
    let bytes = std::fs::read(path).map_err(|error| Problem::new(format!("can't read `{shown}`: {error}")))?;
    Ok(text_of(bytes))
}

/// A signature's file joins the delivery and is named by its path there; a text stays what it is.
fn signature(text: &str, found: &mut [Found]) -> Result<String, Problem> {
    let path = Path::new(text);
    if text.contains('\n') || text.len() >= 4096 || !path.is_file() {
        return Ok(text.to_owned());
    }
    let bytes = std::fs::metadata(path).map_err(|error| Problem::new(error.to_string()))?.len();
    let name = name_of(path);
    if let Some(found) = found.first_mut()
        && !found.files.iter().any(|file| file.path == name)
    {
        let data = Data::File(path.to_owned());
        found.files.push(Delivered { path: name.clone(), role: Role::Release, bytes, data });
    }
    Ok(name)
}
