//! What an app's configuration says about Expo Updates: `app.json`, Android's meta-data (`UpdatesConfiguration.kt`), iOS's
//! `Expo.plist` (`UpdatesConfig.swift`).

use crate::facts::updaters::delivery::{Delivered, Delivery};
use crate::facts::updaters::verification::Reason;
use crate::facts::updaters::xml::{self, Pairs};
use crate::inputs::{JsonNode, JsonValue, decode, parse_json};

/// Configurations and certificates are small.
const MOST_BYTES: u64 = 2 * 1024 * 1024;
const ANDROID: &str = "expo.modules.updates.";
/// The settings of Android that are read.
const ANDROID_NAMES: [&str; 7] = [
    "EXPO_UPDATE_URL",
    "CODE_SIGNING_CERTIFICATE",
    "CODE_SIGNING_METADATA",
    "CODE_SIGNING_INCLUDE_MANIFEST_RESPONSE_CERTIFICATE_CHAIN",
    "CODE_SIGNING_ALLOW_UNSIGNED_MANIFESTS",
    "DISABLE_ANTI_BRICKING_MEASURES",
    "EXPO_RUNTIME_VERSION",
];
/// The settings of iOS that are read, in the same order.
const IOS_NAMES: [&str; 7] = [
    "EXUpdatesURL",
    "EXUpdatesCodeSigningCertificate",
    "EXUpdatesCodeSigningMetadata",
    "EXUpdatesCodeSigningIncludeManifestResponseCertificateChain",
    "EXUpdatesConfigCodeSigningAllowUnsignedManifests",
    "EXUpdatesDisableAntiBrickingMeasures",
    "EXUpdatesRuntimeVersion",
];

/// The settings of one configuration.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    /// Where they stand.
    pub source: String,
    /// The text of the certificate.
    pub certificate: Option<String>,
    /// The path of a certificate that is not there.
    pub missing: Option<String>,
    /// The id of the key.
    pub key_id: Option<String>,
    /// The algorithm.
    pub algorithm: Option<String>,
    /// Whether a served chain of certificates counts.
    pub includes_chain: Option<bool>,
    /// Whether a manifest without signature is accepted.
    pub allows_unsigned: bool,
    /// Whether scripts may change the address and headers.
    pub disables_anti_bricking: bool,
    /// Where updates come from.
    pub url: Option<String>,
    /// The version of the native runtime, where it is a plain text.
    pub runtime_version: Option<String>,
}

/// All configurations, the first to count most; and what could not be read.
#[derive(Clone, Debug, Default)]
pub(super) struct Configured {
    /// In the order `app.json`, Android, iOS.
    pub all: Vec<Settings>,
    /// Configurations that can't be read.
    pub unread: Vec<String>,
}

/// Whether this is an `app.json` with Expo Updates.
pub(super) fn is_app_json(root: &JsonValue) -> bool {
    root.path(&["expo", "updates"]).is_some()
}

/// Reads all configurations.
///
/// # Errors
/// What is ambiguous, and the reason.
pub(super) fn read(delivery: &Delivery) -> Result<Configured, (String, Reason)> {
    let mut configured = Configured::default();
    let trusted = xml::trusted(delivery);
    // Two folders may hold files of one path: the shape is looked up among all, the bytes are the trusted file's.
    let mut jsons: Vec<_> = trusted.iter().filter(|file| may_be_app_json(delivery, file)).collect();
    jsons.sort_by_key(|file| file.path.len());
    for file in jsons {
        let Ok(bytes) = file.read(MOST_BYTES) else {
            configured.unread.push(file.path.clone());
            continue;
        };
        let Ok(json) = parse_json(&decode(&bytes).text) else {
            configured.unread.push(file.path.clone());
            continue;
        };
        if !is_app_json(&json.root) {
            continue;
        }
        if json.leniency.iter().any(|one| matches!(one, crate::inputs::Leniency::DuplicateKey { .. })) {
            return Err((format!("{} repeats a key", file.path), "metadata_ambiguous"));
        }
        configured.all.push(of_app_json(file, &json.root, &trusted));
    }
    let native: Vec<_> = trusted.iter().filter(|file| xml::is_native(file)).collect();
    let mut platforms = [Vec::new(), Vec::new()];
    for file in native {
        match xml::pairs(file) {
            Ok(pairs) => {
                for (platform, names) in platforms.iter_mut().zip([android_names(), ios_names()]) {
                    if let Some(name) = names.iter().find(|name| pairs.is_ambiguous(name)) {
                        return Err((format!("{} has {name} twice", file.path), "metadata_ambiguous"));
                    }
                    platform.extend(of_native(file, &pairs, &names));
                }
            }
            Err(_) if matches!(file.name(), "AndroidManifest.xml" | "Expo.plist") => {
                configured.unread.push(file.path.clone());
            }
            Err(_) => {}
        }
    }
    configured.all.extend(platforms.into_iter().flatten());
    Ok(configured)
}

fn may_be_app_json(delivery: &Delivery, file: &Delivered) -> bool {
    file.name() == "app.json"
        || delivery.documents.iter().any(|document| document.path == file.path && is_app_json(&document.json.root))
}

fn android_names() -> Vec<String> {
    ANDROID_NAMES.iter().map(|name| format!("{ANDROID}{name}")).collect()
}

fn ios_names() -> Vec<String> {
    IOS_NAMES.iter().map(|name| (*name).to_owned()).collect()
}

fn of_app_json(file: &Delivered, root: &JsonValue, trusted: &[&Delivered]) -> Settings {
    let updates = root.path(&["expo", "updates"]);
    let value = |name: &str| updates.and_then(|updates| updates.get(name));
    let text = |name: &str| value(name).and_then(JsonValue::as_str);
    let on = |name: &str| value(name).and_then(JsonValue::as_bool);
    let metadata = |name: &str| Some(value("codeSigningMetadata")?.get(name)?.as_str()?.to_owned());
    let path = text("codeSigningCertificate");
    let certificate = path.and_then(|path| {
        if path.contains("-----BEGIN") {
            Some(path.to_owned())
        } else {
            file_text(certificate_file(file, path, trusted)?)
        }
    });
    // `null` switches it off as leaving it out does; any other value that is no path is one that can't be read.
    let is_set = value("codeSigningCertificate").is_some_and(|value| value.node != JsonNode::Null);
    let missing = (certificate.is_none() && is_set).then(|| path.unwrap_or("not a path").to_owned());
    Settings {
        source: format!("{}: expo.updates.codeSigningCertificate", file.path),
        certificate,
        missing,
        key_id: metadata("keyid"),
        algorithm: metadata("alg"),
        includes_chain: on("codeSigningIncludeManifestResponseCertificateChain"),
        allows_unsigned: ["codeSigningAllowUnsignedManifests", "allowUnsignedManifests"]
            .iter()
            .any(|name| on(name) == Some(true)),
        disables_anti_bricking: on("disableAntiBrickingMeasures") == Some(true),
        url: text("url").map(str::to_owned),
        runtime_version: root.path(&["expo", "runtimeVersion"]).and_then(JsonValue::as_str).map(str::to_owned),
    }
}

/// The certificate at a path of `app.json`, beside it; else the only file of that name.
fn certificate_file<'a>(app_json: &Delivered, path: &str, trusted: &[&'a Delivered]) -> Option<&'a Delivered> {
    let path = path.strip_prefix("./").unwrap_or(path);
    let beside =
        app_json.path.rsplit_once('/').map_or_else(|| path.to_owned(), |(folder, _)| format!("{folder}/{path}"));
    let exact = trusted.iter().find(|file| file.path == beside);
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut named = trusted.iter().filter(|file| file.name() == name);
    exact.or_else(|| named.next().filter(|_| named.next().is_none())).copied()
}

fn file_text(file: &Delivered) -> Option<String> {
    String::from_utf8(file.read(MOST_BYTES).ok()?).ok()
}

/// The settings of a native configuration, when it has any.
fn of_native(file: &Delivered, pairs: &Pairs, names: &[String]) -> Option<Settings> {
    let [url, certificate, metadata, chain, unsigned, bricking, runtime] = names else { return None };
    // iOS writes the metadata as a dictionary, Android as JSON.
    let nested = |inner: &str| pairs.get(&format!("{metadata}.{inner}")).map(str::to_owned);
    let json = pairs.get(metadata).and_then(|text| parse_json(text).ok());
    let within = |inner: &str| Some(json.as_ref()?.root.get(inner)?.as_str()?.to_owned());
    let is_there = names.iter().any(|name| pairs.get(name).is_some());
    let on = |name: &str| pairs.get(name).map(|value| value.eq_ignore_ascii_case("true"));
    is_there.then(|| Settings {
        source: format!("{}: {certificate}", file.path),
        certificate: pairs.get(certificate).filter(|text| !text.trim().is_empty()).map(str::to_owned),
        missing: None,
        key_id: nested("keyid").or_else(|| within("keyid")),
        algorithm: nested("alg").or_else(|| within("alg")),
        // Off where the build does not name it (`UpdatesConfiguration.kt`).
        includes_chain: Some(on(chain) == Some(true)),
        allows_unsigned: on(unsigned) == Some(true),
        disables_anti_bricking: on(bricking) == Some(true),
        url: pairs.get(url).map(str::to_owned),
        // `@string/…` points elsewhere.
        runtime_version: pairs.get(runtime).filter(|text| !text.starts_with('@')).map(str::to_owned),
    })
}
