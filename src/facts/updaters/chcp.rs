//! cordova-hot-code-push: `chcp.json` says what the release is, `chcp.manifest` lists every file with its MD5; nothing is
//! signed (plugin: `ContentConfig.java`, `ChcpXmlConfig.java`, `UpdateLoaderWorker.java`; CLI: `context.js`, `build.js`).

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use md5::{Digest as _, Md5};

use super::Updater;
use super::delivery::{Delivery, Document, Role};
use super::names::{Targets, fault};
use super::parts::{self, Budget, PLAIN_ENTRY, some};
use super::verification::{PlainContent, Reason, Record, Verdict, Verification};
use crate::inputs::{JsonNode, JsonValue, parse_xml};

const APPLICATION: &str = "chcp.json";
const MANIFEST: &str = "chcp.manifest";
/// An app's `config.xml` is small.
const MOST_XML_BYTES: u64 = 1024 * 1024;

/// Nothing is signed, so everything is in the hands of who answers the request.
const NOT_COVERED: [&str; 9] = [
    "content_not_authenticated",
    "names_not_authenticated",
    "set_not_authenticated",
    "version_not_authenticated",
    "channel_not_authenticated",
    "app_not_authenticated",
    "url_not_authenticated",
    "rollback_not_prevented",
    "expiry_not_signed",
];

/// cordova-hot-code-push.
pub static UPDATER: Updater = Updater { id: "chcp", recognise, verify };

fn recognise(delivery: &Delivery) -> Option<u8> {
    if delivery.document(is_list).is_some() || delivery.document(is_application).is_some() {
        return Some(90);
    }
    let named = |name: &str| delivery.files.iter().any(|file| file.name() == name);
    if named(MANIFEST) || named(APPLICATION) {
        return Some(80);
    }
    xml_texts(delivery).iter().any(|(_, text)| text.contains("<chcp")).then_some(50)
}

fn is_list(root: &JsonValue) -> bool {
    parts::is_array_of(root, &["file", "hash"])
}

fn is_application(root: &JsonValue) -> bool {
    root.get("content_url").is_some() && root.get("release").is_some()
}

fn verify(delivery: &Delivery) -> Verification {
    let mut record = Record::new(UPDATER.id);
    let result = steps(delivery, &mut record);
    record.close(result)
}

fn steps(delivery: &Delivery, record: &mut Record) -> Result<Verdict, Reason> {
    record.not_covered(&NOT_COVERED);
    let native = app_settings(delivery, record)?;
    let application = only(delivery, APPLICATION, is_application, record)?;
    let list = only(delivery, MANIFEST, is_list, record)?;
    let (application, list) = match (application, list) {
        (Some(application), Some(list)) => (application, list),
        (None, None) => return Ok(Verdict::NothingToVerify),
        (None, Some(_)) => return Err(record.failed("release", "there is no chcp.json", "file_missing")),
        (Some(_), None) => return Err(record.failed("manifest", "there is no chcp.manifest", "file_missing")),
    };
    check_application(application, native, record)?;
    check_files(delivery, list, record)?;
    Ok(Verdict::Md5OkUnsigned)
}

/// The one document of this name, else of this shape. One that has the name and can't be read is not overlooked.
fn only<'a>(
    delivery: &'a Delivery,
    name: &str,
    shape: fn(&JsonValue) -> bool,
    record: &mut Record,
) -> Result<Option<&'a Document>, Reason> {
    let is_named = |path: &str| path.rsplit('/').next() == Some(name);
    let mut found: Vec<_> = delivery.documents.iter().filter(|document| is_named(&document.path)).collect();
    if found.is_empty() {
        if let Some(file) = delivery.files.iter().find(|file| is_named(&file.path)) {
            return Err(record.failed("metadata", format!("{} is no JSON", file.path), "metadata_invalid"));
        }
        found = delivery.documents.iter().filter(|document| shape(&document.json.root)).collect();
    }
    match found.as_slice() {
        [] => Ok(None),
        [one] if Delivery::is_ambiguous(one) => {
            let detail = format!("{} repeats a key, so readers may differ on what it says", one.path);
            Err(record.failed("metadata", detail, "metadata_ambiguous"))
        }
        [one] => Ok(Some(one)),
        several => {
            let paths: Vec<_> = several.iter().map(|document| document.path.as_str()).collect();
            Err(record.failed("metadata", format!("several of one kind: {}", some(&paths)), "metadata_ambiguous"))
        }
    }
}

/// The texts of the XML files that may be Cordova's configuration.
fn xml_texts(delivery: &Delivery) -> Vec<(&str, String)> {
    delivery
        .files
        .iter()
        .filter(|file| file.name().to_ascii_lowercase().ends_with(".xml") && file.bytes <= MOST_XML_BYTES)
        .filter(|file| file.role == Role::App || file.name() == "config.xml" || !file.path.contains('/'))
        .filter_map(|file| Some((file.path.as_str(), String::from_utf8(file.read(MOST_XML_BYTES).ok()?).ok()?)))
        .collect()
}

/// Reads `<chcp>` of `config.xml`: gives the least version of the native interface, and notes an open channel.
fn app_settings(delivery: &Delivery, record: &mut Record) -> Result<Option<i64>, Reason> {
    let mut least: Option<i64> = None;
    let texts = xml_texts(delivery);
    let unread = |path: &str| !texts.iter().any(|(own, _)| *own == path);
    if let Some(file) = delivery.files.iter().find(|file| file.name() == "config.xml" && unread(&file.path)) {
        let detail = format!("{}: too long, or no UTF-8", file.path);
        return Err(record.failed("app settings", detail, "config_unreadable"));
    }
    for (path, text) in texts.iter().filter(|(_, text)| text.contains("<chcp")) {
        let document = match parse_xml(text.trim_start_matches('\u{feff}')) {
            Ok(document) => document,
            Err(error) => {
                return Err(record.failed("app settings", format!("{path}: {error}"), "config_unreadable"));
            }
        };
        let Some(block) = document.descendants().find(|node| node.tag_name().name() == "chcp") else { continue };
        let value = |tag: &str, name: &str| {
            let node = block.children().find(|node| node.tag_name().name() == tag)?;
            node.attribute(name).map(ToOwned::to_owned)
        };
        if let Some(url) = value("config-file", "url").filter(|url| is_cleartext(url)) {
            record.noted("app settings", format!("{path}: {url} is fetched without TLS"));
            record.issue("config_url_cleartext");
        }
        // As the plugin: 1 where it is missing, no number, or not positive.
        let version = value("native-interface", "version").and_then(|text| text.trim().parse::<i64>().ok());
        let version = version.filter(|version| *version > 0).unwrap_or(1);
        least = Some(least.map_or(version, |least| least.min(version)));
    }
    match least {
        Some(version) => record.passed("app settings", format!("the app's native interface is {version}")),
        None => record.absent("app settings", "no config.xml with chcp settings was handed over"),
    }
    Ok(least)
}

/// Whether an address is of a scheme without TLS.
fn is_cleartext(url: &str) -> bool {
    let scheme = url.trim().split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|scheme| ["http", "ftp", "ws"].contains(&scheme.as_str()))
}

fn check_application(application: &Document, native: Option<i64>, record: &mut Record) -> Result<(), Reason> {
    let root = &application.json.root;
    let text = |name: &str| match root.get(name).map(|value| &value.node) {
        Some(JsonNode::String(text) | JsonNode::Number(text)) if !text.is_empty() => Some(text.as_str()),
        _ => None,
    };
    let (Some(release), Some(url)) = (text("release"), text("content_url")) else {
        let detail = format!("{} lacks its release or its content_url", application.path);
        return Err(record.failed("release", detail, "metadata_invalid"));
    };
    record.passed("release", format!("release {release}; devices compare for difference only, so an older one passes"));
    if is_cleartext(url) {
        record.noted("content address", format!("{url} is fetched without TLS: who is on the way sets the content"));
        record.issue("content_url_cleartext");
    }
    let wanted = text("min_native_interface").map_or(Some(0), |text| text.trim().parse::<i64>().ok());
    match (wanted, native) {
        (None, _) => {
            let detail = "min_native_interface is no number, which devices take for 0";
            record.noted("native interface", detail);
            record.issue("native_interface_invalid");
        }
        (Some(wanted), Some(native)) if wanted > native => {
            let detail = format!("the release wants {wanted}, the app has {native}: devices do not install it");
            record.noted("native interface", detail);
            record.issue("native_interface_too_old");
        }
        (Some(wanted), Some(native)) => {
            record.passed("native interface", format!("the release wants {wanted}, the app has {native}"));
        }
        (Some(wanted), None) => {
            record.noted("native interface", format!("the release wants {wanted}; the app was not handed over"));
        }
    }
    Ok(())
}

fn check_files(delivery: &Delivery, list: &Document, record: &mut Record) -> Result<(), Reason> {
    if let Some(file) = delivery.file(&list.path)
        && let Ok(digest) = file.digest()
    {
        record.subject(&file.path, file.bytes, digest);
    }
    let entry = |one: &'static str| {
        move |value: &'_ JsonValue| value.get(one).and_then(JsonValue::as_str).map(ToOwned::to_owned)
    };
    let (name, hash) = (entry("file"), entry("hash"));
    let entries: Option<Vec<(String, String)>> =
        parts::elements(&list.json.root).and_then(|all| all.iter().map(|one| Some((name(one)?, hash(one)?))).collect());
    let Some(entries) = entries else {
        let detail = format!("{} is no array of objects with file and hash", list.path);
        return Err(record.failed("manifest", detail, "metadata_invalid"));
    };
    let mut targets = Targets::default();
    for (name, _) in &entries {
        if let Some(fault) = fault(name) {
            return Err(record.failed("names", format!("{name:?} has {fault}"), "path_traversal"));
        }
        if !targets.take(name) {
            return Err(record.failed("names", format!("{name:?} is listed twice"), "duplicate_target"));
        }
    }
    record.passed("names", "every name stays in the folder, and no two are one file");

    let mut budget = Budget::new(&delivery.limits);
    let mut located = BTreeSet::new();
    let mut content = Vec::with_capacity(entries.len());
    for (name, hash) in entries {
        let Some(file) = delivery.located(&list.path, &PLAIN_ENTRY, &name) else {
            return Err(record.failed("MD5", format!("{name} was not handed over"), "file_missing"));
        };
        located.insert(file.path.as_str());
        let bytes = budget.read(file).map_err(|(why, reason)| record.failed("MD5", why, reason))?;
        // Lower case and all 32 digits, as the plugin compares texts.
        let own: String = Md5::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if own != hash {
            let detail = format!("{name}: its MD5 is {own}, the manifest says {hash}");
            return Err(record.failed("MD5", detail, "md5_mismatch"));
        }
        content.push((name, bytes));
    }
    let detail = format!("{} files agree; MD5 collides at will, and nothing is signed", content.len());
    record.passed("MD5", detail);
    record.content(PlainContent::Files(content));
    let extra = parts::unlisted(delivery, &list.path, &located, is_ignored);
    if !extra.is_empty() {
        record.noted("set of files", format!("delivered but not in the manifest: {}", some(&extra)));
        record.issue("files_not_in_manifest");
    }
    Ok(())
}

/// What the CLI leaves out of the manifest.
fn is_ignored(inner: &str) -> bool {
    let own = [APPLICATION, MANIFEST, "package.json", "cordova-hcp.json"];
    inner.split('/').any(|part| part.starts_with('.') || part == "node_modules" || own.contains(&part))
}
