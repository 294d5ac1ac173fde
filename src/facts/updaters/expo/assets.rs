//! The assets of an Expo manifest: found among the files, and compared by SHA-256 as `FileDownloader.kt` does
//! (`verifySHA256AndWriteToFile`).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::facts::updaters::delivery::{Delivered, Delivery, Role};
use crate::facts::updaters::names;
use crate::facts::updaters::verification::Reason;
use crate::inputs::{JsonNode, JsonValue};
use crate::model::{Digest, printable};

/// What was compared.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// How many assets agree with their hash.
    pub agree: usize,
    /// The names of the assets that have no hash.
    pub unhashed: Vec<String>,
    /// Whether an asset comes over plain HTTP.
    pub is_cleartext: bool,
    /// Their bytes, under the names they are installed under.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Compares all assets of the manifest at `path`.
///
/// # Errors
/// The first that differs or is not there, and the reason.
pub(super) fn compare(delivery: &Delivery, path: &str, manifest: &JsonValue) -> Result<Compared, (String, Reason)> {
    let mut entries: Vec<&JsonValue> = manifest.get("launchAsset").into_iter().collect();
    match manifest.get("assets").map(|assets| &assets.node) {
        None | Some(JsonNode::Null) => {}
        Some(JsonNode::Array(assets)) => entries.extend(assets),
        Some(_) => return Err(("the assets are no list".to_owned(), "metadata_invalid")),
    }
    if entries.len() as u64 > delivery.limits.entries {
        return Err((format!("{} assets, limit {}", entries.len(), delivery.limits.entries), "too_large"));
    }
    let mut files = Files::of(delivery);
    let mut compared = Compared::default();
    let mut taken: BTreeMap<String, Digest> = BTreeMap::new();
    let mut total = 0_u64;
    for entry in entries {
        let asset = Asset::of(entry)?;
        let shown = printable(&asset.shown, 100);
        let file = files.find(delivery, path, entry, &asset);
        let file = file.ok_or_else(|| (format!("{shown} is not there"), "file_missing"))?;
        total = total.saturating_add(file.bytes);
        if total > delivery.limits.total_bytes {
            return Err((format!("the assets have more than {} bytes", delivery.limits.total_bytes), "too_large"));
        }
        let bytes = file.read(delivery.limits.entry_bytes);
        let bytes = bytes.map_err(|why| (format!("{} can't be read: {why}", file.path), "unreadable"))?;
        let digest = Digest::of(&bytes);
        match &asset.hash {
            // The device compares the texts.
            Some(hash) if *hash == written(&digest) => compared.agree += 1,
            Some(hash) => {
                let (hash, own) = (printable(hash, 100), written(&digest));
                let detail = format!("{shown} ({}) has the hash {own}, the manifest says {hash}", file.path);
                return Err((detail, "asset_hash_mismatch"));
            }
            None => compared.unhashed.push(shown.clone()),
        }
        compared.is_cleartext |= asset.url.is_some_and(|url| url.to_ascii_lowercase().starts_with("http://"));
        // The same asset may be listed twice; two assets must not be written to one place.
        match taken.insert(asset.installed.to_lowercase(), digest) {
            Some(other) if other != digest => {
                return Err((format!("{shown} is there twice with different content"), "duplicate_target"));
            }
            Some(_) => {}
            None => compared.files.push((asset.installed, bytes)),
        }
    }
    Ok(compared)
}

/// The writing of a hash in manifests: base64url without padding.
pub(super) fn written(digest: &Digest) -> String {
    URL_SAFE_NO_PAD.encode(digest.as_bytes())
}

struct Asset<'a> {
    /// The key with the extension, under which the device keeps it (`UpdatesUtils.kt`, `createFilenameForAsset`).
    installed: String,
    /// The names under which its bytes may have been saved.
    names: Vec<String>,
    hash: Option<String>,
    url: Option<&'a str>,
    shown: String,
}

impl<'a> Asset<'a> {
    fn of(entry: &'a JsonValue) -> Result<Self, (String, Reason)> {
        let invalid = |why: &str| (format!("an asset of the manifest {why}"), "metadata_invalid");
        if !matches!(entry.node, JsonNode::Object(_)) {
            return Err(invalid("is no object"));
        }
        let text = |name: &str| match entry.get(name).map(|value| &value.node) {
            None | Some(JsonNode::Null) => Ok(None),
            Some(JsonNode::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(invalid(&format!("has a {name} that is no text"))),
        };
        let (key, hash, url, extension) = (text("key")?, text("hash")?, text("url")?, text("fileExtension")?);
        let last = url.map(|url| url.split(['?', '#']).next().unwrap_or(url)).and_then(|url| url.rsplit('/').next());
        let last = last.filter(|name| !name.is_empty() && names::fault(name).is_none());
        let extension = extension.map_or_else(String::new, |extension| {
            if extension.is_empty() || extension.starts_with('.') {
                extension.to_owned()
            } else {
                format!(".{extension}")
            }
        });
        let installed = match (key, last) {
            (Some(key), _) if extension.is_empty() || key.ends_with(&extension) => key.to_owned(),
            (Some(key), _) => format!("{key}{extension}"),
            (None, Some(last)) => last.to_owned(),
            (None, None) => return Err(invalid("has neither a key nor an address with a name")),
        };
        // The device joins key and extension to its folder.
        for name in [&installed, &format!("{}{extension}", key.unwrap_or("asset"))] {
            if let Some(fault) = names::fault(name) {
                return Err((format!("{} has {fault}", printable(name, 100)), "path_traversal"));
            }
        }
        let mut names = vec![installed.clone()];
        names.extend(key.map(str::to_owned));
        names.extend(last.map(str::to_owned));
        Ok(Self {
            installed,
            names,
            hash: hash.map(str::to_owned),
            url,
            shown: key.or(url).unwrap_or_default().to_owned(),
        })
    }
}

/// The files of the release, by path, and by digest once a name leads nowhere.
struct Files<'a> {
    by_path: BTreeMap<&'a str, &'a Delivered>,
    by_hash: Option<BTreeMap<String, &'a Delivered>>,
}

impl<'a> Files<'a> {
    fn of(delivery: &'a Delivery) -> Self {
        let release = delivery.files.iter().filter(|file| file.role == Role::Release);
        Self { by_path: release.map(|file| (file.path.as_str(), file)).collect(), by_hash: None }
    }

    fn find(
        &mut self,
        delivery: &'a Delivery,
        document: &str,
        entry: &JsonValue,
        asset: &Asset<'_>,
    ) -> Option<&'a Delivered> {
        let folder = document.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        // Where the carrier says it is kept counts alone.
        if entry.get("_local").or_else(|| entry.get("local")).is_some() {
            return delivery.located(document, entry, asset.names.first()?);
        }
        for name in &asset.names {
            for path in [format!("{folder}assets/{name}"), format!("{folder}{name}")] {
                if let Some(file) = self.by_path.get(path.as_str()) {
                    return Some(file);
                }
            }
        }
        // Exports name assets by their content, not by the manifest's keys: the hash finds them.
        if let Some(hash) = &asset.hash
            && let Some(file) = self.by_hash(delivery).get(hash)
        {
            return Some(file);
        }
        asset.names.iter().find_map(|name| delivery.located(document, entry, name))
    }

    fn by_hash(&mut self, delivery: &'a Delivery) -> &BTreeMap<String, &'a Delivered> {
        let by_path = &self.by_path;
        self.by_hash.get_or_insert_with(|| {
            let mut total = 0_u64;
            let small = by_path.values().filter(|file| file.bytes <= delivery.limits.entry_bytes);
            let within = small.take_while(|file| {
                total = total.saturating_add(file.bytes);
                total <= delivery.limits.total_bytes
            });
            within.filter_map(|file| Some((written(&file.digest().ok()?), *file))).collect()
        })
    }
}
