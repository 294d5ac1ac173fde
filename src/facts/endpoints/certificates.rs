//! Plugins that pin the certificates of servers by files of the app, for their own requests.

use std::fs::{File, symlink_metadata};
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use serde::Serialize;

use super::shipped::{setting_place, shipping_configs};
use crate::facts::capacitor::{ConfigFacts, ConfigFile, Scalar};
use crate::facts::keys::public;
use crate::facts::plugins::AppPlugins;
use crate::model::{Digest, Fact, Location, Root};

/// A certificate has some kilobytes.
const MOST_BYTES: u64 = 256 * 1024;
/// Certificates of one plugin that are read.
const MOST_CERTIFICATES: usize = 100;
/// Entries of a folder that are listed.
const MOST_ENTRIES: usize = 1000;
/// Where `npx cap sync` puts the certificates of `plugins.SSLPinning.certs` (Capacitor's CLI, `copySSLCert`).
const COPIES: [&str; 2] = ["android/app/src/main/assets/certs", "ios/App/App/certs"];
/// Where cordova-plugin-advanced-http looks for certificates once a script calls `setServerTrustMode('pinned')`: in
/// `certificates` below the web assets (its README, "setServerTrustMode").
const ADVANCED_HTTP: [&str; 5] = [
    "www/certificates",
    "src/certificates",
    "public/certificates",
    "android/app/src/main/assets/public/certificates",
    "ios/App/App/public/certificates",
];

/// A plugin that pins, and its certificates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PinningPlugin {
    /// The name of its block in the configuration, or its package.
    pub name: &'static str,
    /// Where it is configured or declared.
    pub location: Location,
    /// Its certificates.
    pub certificates: Vec<PinnedCertificate>,
}

/// A certificate that a plugin pins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PinnedCertificate {
    /// The path, as it is written.
    pub path: String,
    /// Where the path is written, or the file itself.
    pub location: Location,
    /// What it is: `Absent` when no such file is there, `Unknown` when the path leads out of the app's folder or is not known,
    /// `Unreadable` for what is no certificate.
    pub content: Fact<Certificate>,
}

/// What is known of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// The first second of its validity, since 1970.
    pub not_before: i64,
    /// The last second of it.
    pub not_after: i64,
    /// SHA-256 of its SubjectPublicKeyInfo, when that is a key of a known form.
    pub spki_sha256: Option<Digest>,
}

/// The pinning plugins of the app in `folder`: Ionic's and Capgo's `SSLPinning`, and cordova-plugin-advanced-http.
#[must_use]
pub fn pinning_plugins(folder: &Path, settings: &ConfigFacts, plugins: &AppPlugins) -> Vec<PinningPlugin> {
    let mut found: Vec<PinningPlugin> = Vec::new();
    // The copies in the native projects say the same of the same files.
    let mut configured = settings.shipping().into_iter().chain(shipping_configs(settings));
    found.extend(configured.find_map(|config| ssl_pinning(folder, config)));
    found.extend(advanced_http(folder, plugins));
    found
}

/// `plugins.SSLPinning.certs`: paths relative to the project's folder.
fn ssl_pinning(folder: &Path, config: &ConfigFile) -> Option<PinningPlugin> {
    let settings = config.settings.known()?;
    let block = settings.block(&["plugins", "SSLPinning"])?;
    let list = ["plugins", "SSLPinning", "certs"];
    let mut certificates = Vec::new();
    for setting in settings.under(&list).filter(|setting| setting.path.len() == 4).take(MOST_CERTIFICATES) {
        let path: Vec<&str> = setting.path.iter().map(String::as_str).collect();
        for (value, _) in settings.possible(&path) {
            let (path, content) = match value {
                Fact::Known(Scalar::Text(path)) => {
                    let content = certificate_or_copy(folder, &path);
                    (path, content)
                }
                Fact::Known(_) => (String::new(), Fact::Unreadable("it is no text".to_owned())),
                Fact::Unknown(why) => (String::new(), Fact::Unknown(why)),
                Fact::Unreadable(why) => (String::new(), Fact::Unreadable(why)),
                Fact::Absent => continue,
            };
            certificates.push(PinnedCertificate { path, location: setting_place(setting), content });
        }
    }
    if let Fact::Unknown(why) = settings.state(&list) {
        let location = Location::file(Root::App, &config.path);
        certificates.push(PinnedCertificate { path: String::new(), location, content: Fact::Unknown(why) });
    }
    let location = Location::at(Root::App, &block.file, block.position);
    Some(PinningPlugin { name: "SSLPinning", location, certificates })
}

fn certificate_or_copy(folder: &Path, path: &str) -> Fact<Certificate> {
    let content = certificate(folder, path);
    if content != Fact::Absent {
        return content;
    }
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let copies = COPIES.iter().map(|place| certificate(folder, &format!("{place}/{name}")));
    copies.into_iter().find(|copy| *copy != Fact::Absent).unwrap_or(Fact::Absent)
}

fn advanced_http(folder: &Path, plugins: &AppPlugins) -> Option<PinningPlugin> {
    let name = "cordova-plugin-advanced-http";
    let declared = plugins.available.iter().find(|one| one.package.as_deref() == Some(name))?;
    let location = declared.position.map_or_else(
        || Location::file(Root::App, &declared.path),
        |position| Location::at(Root::App, &declared.path, position),
    );
    let mut certificates: Vec<PinnedCertificate> = Vec::new();
    for place in ADVANCED_HTTP {
        for file in listed(folder, place) {
            let path = format!("{place}/{file}");
            let content = certificate(folder, &path);
            // The copies in the native projects are the same files.
            if !certificates.iter().any(|known| known.path.ends_with(&format!("/{file}")) && known.content == content) {
                certificates.push(PinnedCertificate { location: Location::file(Root::App, &path), path, content });
            }
        }
    }
    certificates.truncate(MOST_CERTIFICATES);
    Some(PinningPlugin { name, location, certificates })
}

/// The names of the certificate files in a folder of the app, sorted.
fn listed(folder: &Path, path: &str) -> Vec<String> {
    if !matches!(inside(folder, path), Ok(Some(metadata)) if metadata.is_dir()) {
        return Vec::new();
    }
    let Ok(entries) = std::fs::read_dir(folder.join(path)) else { return Vec::new() };
    let names = entries.take(MOST_ENTRIES).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| name.to_ascii_lowercase().ends_with(".cer")).collect();
    names.sort();
    names
}

/// Reads a file of the app as a certificate, in PEM or DER.
fn certificate(folder: &Path, path: &str) -> Fact<Certificate> {
    let metadata = match inside(folder, path) {
        Ok(Some(metadata)) => metadata,
        Ok(None) => return Fact::Absent,
        Err(why) => return Fact::Unknown(why),
    };
    if !metadata.is_file() {
        return Fact::Unreadable("it is no regular file".to_owned());
    }
    let mut bytes = Vec::new();
    let read = File::open(folder.join(path)).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        return Fact::Unreadable(error.kind().to_string());
    }
    if bytes.len() as u64 > MOST_BYTES {
        return Fact::Unreadable(format!("more than {MOST_BYTES} bytes"));
    }
    of_bytes(&bytes).map_or_else(|| Fact::Unreadable("it is no certificate".to_owned()), Fact::Known)
}

fn of_bytes(bytes: &[u8]) -> Option<Certificate> {
    let text = std::str::from_utf8(bytes).ok();
    let (not_before, not_after) = text.and_then(public::validity).or_else(|| public::validity_of_der(bytes))?;
    let key = text.and_then(|text| public::read(text, "").ok()).or_else(|| public::read_der(bytes, "").ok());
    Some(Certificate { not_before, not_after, spki_sha256: key.map(|(_, fact)| fact.spki_sha256) })
}

/// What is at a path below the folder; no link is followed.
fn inside(folder: &Path, path: &str) -> Result<Option<std::fs::Metadata>, String> {
    if path.starts_with(['/', '\\']) || path.split(['/', '\\']).any(|part| part == "..") || path.contains(':') {
        return Err("it lies outside the app's folder".to_owned());
    }
    let mut full = folder.to_owned();
    let mut found = None;
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        full.push(part);
        match symlink_metadata(&full) {
            Ok(metadata) if metadata.is_symlink() => return Err("a symbolic link, which is not followed".to_owned()),
            Ok(metadata) => found = Some(metadata),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(error) => return Err(error.kind().to_string()),
        }
    }
    Ok(found)
}
