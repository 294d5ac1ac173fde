//! Where an app has its CodePush public key.

use super::package::{Place, is_inside};
use crate::facts::keys::public::{self, PublicForm, PublicKey};
use crate::facts::updaters::delivery::{Delivered, Delivery, Role};
use crate::facts::updaters::verification::{Reason, Record};
use crate::facts::updaters::xml;
use crate::inputs::{JsonValue, Leniency, decode, parse_json};

/// The name of the key in native configurations.
pub(super) const KEY_NAME: &str = "CodePushPublicKey";
/// A key's file.
const MOST_KEY_BYTES: u64 = 64 * 1024;

/// The app's key: of a configuration, as stated, or of the only file with a public key that is not in the update.
pub(super) fn find(
    delivery: &Delivery,
    place: Option<&Place<'_>>,
    record: &mut Record,
) -> Result<Option<rsa::PublicKey>, Reason> {
    let configured = configured(delivery);
    let mut keys = configured.map_err(|(detail, reason)| record.failed("configuration", detail, reason))?;
    if keys.is_empty() {
        let stated = delivery.stated.public_key.clone();
        keys.extend(stated.map(|text| ("the stated public key".to_owned(), text)));
    }
    let base = if let Some(Place::Folder(base)) = place { base.as_str() } else { "\0" };
    let is_file = keys.is_empty();
    if is_file {
        keys = files(delivery, base);
    }
    let mut found = None;
    for (source, text) in keys {
        let read = public::read(&text, &source);
        let (key, fact) = read.map_err(|why| record.failed("key", format!("{source}: {}", why.0), "key_invalid"))?;
        if fact.form == PublicForm::PrivateKey {
            let detail = format!("{source}: a private key stands where the public key belongs");
            return Err(record.failed("key", detail, "key_invalid"));
        }
        match &found {
            None => found = Some((key, fact)),
            Some((_, first)) if first.spki_sha256 == fact.spki_sha256 => {}
            Some(_) if is_file => {
                let detail = "there are several public keys, and no configuration says which one is the app's";
                return Err(record.failed("key", detail, "key_ambiguous"));
            }
            Some(_) => record.issue("public_keys_differ"),
        }
    }
    let Some((key, fact)) = found else { return Ok(None) };
    record.key(fact);
    match key {
        PublicKey::Rsa(key) => Ok(Some(key)),
        _ => Err(record.failed("key", "it is no RSA key that can be used", "key_algorithm")),
    }
}

/// The keys of the configurations: `Info.plist`, `strings.xml`, `config.xml`, or Capacitor's block of the plugin.
pub(super) fn configured(delivery: &Delivery) -> Result<Vec<(String, String)>, (String, Reason)> {
    let mut keys = Vec::new();
    let trusted = xml::trusted(delivery);
    for file in trusted.iter().filter(|file| xml::is_native(file) && !is_in_update(file)) {
        let pairs = match xml::pairs(file) {
            Ok(pairs) => pairs,
            // A configuration that can't be read may be the one with the key.
            Err(why) if matches!(file.name(), "Info.plist" | "strings.xml") => {
                return Err((format!("{} can't be read: {why}", file.path), "unreadable"));
            }
            Err(_) => continue,
        };
        if pairs.is_ambiguous(KEY_NAME) {
            return Err((format!("{} has {KEY_NAME} twice", file.path), "metadata_ambiguous"));
        }
        if let Some(text) = pairs.get(KEY_NAME).filter(|text| !text.trim().is_empty()) {
            keys.push((format!("{}: {KEY_NAME}", file.path), text.to_owned()));
        }
    }
    // Two folders may hold files of one path: the bytes are the trusted file's.
    let shape = |root: &JsonValue| root.path(&["plugins", "CodePush"]).is_some();
    let named = |path: &str| delivery.documents.iter().any(|one| one.path == path && shape(&one.json.root));
    for file in trusted.iter().filter(|file| named(&file.path) && !is_in_update(file)) {
        let bytes = file.read(MOST_KEY_BYTES * 16);
        let bytes = bytes.map_err(|why| (format!("{} can't be read: {why}", file.path), "unreadable"))?;
        let Ok(json) = parse_json(&decode(&bytes).text) else { continue };
        if json.leniency.iter().any(|one| matches!(one, Leniency::DuplicateKey { .. })) {
            return Err((format!("{} repeats a key", file.path), "metadata_ambiguous"));
        }
        for name in ["ANDROID_PUBLIC_KEY", "IOS_PUBLIC_KEY", "PUBLIC_KEY"] {
            let text = json.root.path(&["plugins", "CodePush", name]).and_then(JsonValue::as_str);
            if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                keys.push((format!("{}: plugins.CodePush.{name}", file.path), text.to_owned()));
            }
        }
    }
    Ok(keys)
}

fn is_in_update(file: &Delivered) -> bool {
    file.role == Role::Release && format!("/{}", file.path).contains("/CodePush/")
}

/// The files with a public key in PEM that are not of the update.
pub(super) fn files(delivery: &Delivery, base: &str) -> Vec<(String, String)> {
    let outside = |file: &&&Delivered| {
        !is_in_update(file) && (base == "\0" || !is_inside(base, file)) && file.bytes <= MOST_KEY_BYTES
    };
    let trusted = xml::trusted(delivery);
    let texts = trusted.iter().filter(outside).filter_map(|file| {
        // A build has many small files: the first bytes of most say that they are no keys.
        let mut start = [0; 5];
        file.open().and_then(|mut reader| reader.read_exact(&mut start)).ok().filter(|()| start == *b"-----")?;
        let text = String::from_utf8(file.read(MOST_KEY_BYTES).ok()?).ok()?;
        let is_key =
            ["-----BEGIN PUBLIC KEY-----", "-----BEGIN RSA PUBLIC KEY-----"].iter().any(|mark| text.contains(mark));
        is_key.then(|| (file.path.clone(), text))
    });
    texts.collect()
}
