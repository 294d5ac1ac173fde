//! CodePush: a folder whose hash is signed in a JSON Web Token (code-push `update-contents-tasks.ts`;
//! `CodePushUpdateUtils.java`, `CodePushUpdateUtils.m`).

mod keys;
mod package;
#[cfg(test)]
mod tests;

use self::package::{DIFF, Package, RELEASE};
use super::delivery::{Delivered, Delivery, Role};
use super::verification::{PlainContent, Reason, Record, Verdict, Verification};
use super::{Updater, jose, names};
use crate::facts::crypto;
use crate::inputs::{Json, JsonNode, JsonValue, Leniency, decode, parse_json};
use crate::model::{Digest, printable};

/// CodePush.
pub static UPDATER: Updater = Updater { id: "codepush", recognise, verify };

/// The version of the claims (`CURRENT_CLAIM_VERSION`).
const CLAIM_VERSION: &str = "1.0.0";

fn recognise(delivery: &Delivery) -> Option<u8> {
    if delivery.files.iter().any(|file| file.name() == RELEASE) {
        return Some(95);
    }
    let is_diff = |file: &Delivered| file.name() == DIFF;
    if delivery.files.iter().any(is_diff) {
        return Some(90);
    }
    if keys::configured(delivery).is_ok_and(|keys| !keys.is_empty()) {
        return Some(85);
    }
    // Capacitor's own updaters pack no such folder; their configuration counts more.
    if delivery.files.iter().any(|file| file.role == Role::Release && package::is_update(file)) {
        return Some(80);
    }
    let has_folder = delivery.files.iter().any(|file| format!("/{}", file.path).contains("/CodePush/"));
    let has_response = !stated_hashes(delivery).is_empty();
    match (has_folder, has_response, has_folder && !keys::files(delivery, "\0").is_empty()) {
        (true, true, _) | (true, _, true) => Some(60),
        (true, false, false) => Some(40),
        (false, true, _) => Some(30),
        (false, false, _) => None,
    }
}

fn verify(delivery: &Delivery) -> Verification {
    let mut record = Record::new(UPDATER.id);
    let result = steps(delivery, &mut record);
    record.close(result)
}

fn steps(delivery: &Delivery, record: &mut Record) -> Result<Verdict, Reason> {
    let place = package::place(delivery);
    let key = keys::find(delivery, place.as_ref(), record)?;
    let Some(place) = place else {
        if let Some(path) = &delivery.stated.bundle {
            let detail = format!("{path} is a single file: CodePush verifies no signature and no hash of it");
            return Err(record.failed("package hash", detail, "no_integrity"));
        }
        record.absent("package", "there is no folder CodePush and no archive: only the configuration was read");
        return Ok(Verdict::NothingToVerify);
    };
    let package = package::read(delivery, &place);
    let mut package = package.map_err(|(detail, reason)| record.failed("package", detail, reason))?;
    record.generation(match (&package.diff, &package.archive) {
        (Some(_), _) => "diff",
        (None, Some(_)) => "zip",
        (None, None) => "folder",
    });
    record.passed("package", format!("{} files are hashed", package.digests.len()));
    check_diff(&package, record)?;
    if !package.ignored.is_empty() {
        let shown: Vec<_> = package.ignored.iter().take(5).map(|path| printable(path, 80)).collect();
        let detail = format!(
            "{} files are left out of the hash, so anybody may change them: {}",
            package.ignored.len(),
            shown.join(", ")
        );
        record.noted("ignored files", detail);
        record.issue("ignored_file_smuggled");
        record.issue("unsigned_ignored_files");
    }
    let Some(hash) = package.hash() else {
        return Err(record.failed("package hash", "it can't be computed", "unreadable"));
    };
    // A folder has no digest of its own: the package hash stands for it.
    record.subject(&package.source, package.bytes, package.archive_digest.unwrap_or(hash));
    record.not_covered(&["version_not_authenticated", "channel_not_authenticated", "app_not_authenticated"]);
    record.not_covered(&["rollback_not_prevented", "expiry_not_signed"]);
    let stated = stated_hashes(delivery);
    if stated.windows(2).any(|pair| matches!(pair, [one, other] if one != other)) {
        return Err(record.failed(
            "package hash",
            "several package hashes are stated that differ",
            "metadata_ambiguous",
        ));
    }
    let verdict = match package.release.take() {
        Some(release) => {
            check_signature(&release, key.as_ref(), &hash, package.diff.is_some(), record)?;
            Verdict::Valid
        }
        None if key.is_some() => {
            let detail = "the app has a public key, and the update has no CodePush/.codepushrelease";
            return Err(record.failed("signature", detail, "signature_missing"));
        }
        None => {
            record.absent("signature", "the update is not signed, and the app has no public key");
            record.not_covered(&["names_not_authenticated", "set_not_authenticated"]);
            if stated.is_empty() {
                let detail = "without a public key the device hashes no full update, and no package hash is stated";
                return Err(record.failed("package hash", detail, "no_integrity"));
            }
            Verdict::UnsignedHashOk
        }
    };
    if let Some(stated) = stated.first() {
        if *stated != hash.hex() {
            if package.diff.is_some() && verdict == Verdict::UnsignedHashOk {
                return Err(record.failed("package hash", BASE_MISSING, "base_missing"));
            }
            let detail = format!("the content has the package hash {hash}, the server says {}", printable(stated, 100));
            return Err(record.failed("package hash", detail, "package_hash_mismatch"));
        }
        record.passed("package hash", "the content has the package hash that the server says");
    }
    let files = std::mem::take(&mut package.files);
    record.content(package.archive.take().map_or(PlainContent::Files(files), PlainContent::Delivered));
    Ok(verdict)
}

const BASE_MISSING: &str =
    "it is a diff: the package hash is of the update merged with the one before, which is not there";

/// The list of a diff update names files that the device deletes.
fn check_diff(package: &Package, record: &mut Record) -> Result<(), Reason> {
    let Some(diff) = &package.diff else { return Ok(()) };
    let json = match strict(diff, "unreadable") {
        Ok(json) => json,
        Err((why, reason)) => return Err(record.failed("diff", format!("{DIFF}: {why}"), reason)),
    };
    let Some(JsonValue { node: JsonNode::Array(deleted), .. }) = json.root.get("deletedFiles") else {
        return Err(record.failed("diff", format!("{DIFF} has no list deletedFiles"), "metadata_invalid"));
    };
    for entry in deleted {
        let Some(name) = entry.as_str() else {
            return Err(record.failed("diff", "a deleted file has no name", "metadata_invalid"));
        };
        if let Some(fault) = names::fault(name) {
            let detail = format!("the deleted file {} has {fault}", printable(name, 100));
            return Err(record.failed("diff", detail, "path_traversal"));
        }
    }
    record.noted("diff", format!("the device deletes {} files of the update before", deleted.len()));
    Ok(())
}

/// Verifies the token: its algorithm, its signature, and the hash that it claims.
fn check_signature(
    release: &[u8],
    key: Option<&rsa::PublicKey>,
    hash: &Digest,
    is_diff: bool,
    record: &mut Record,
) -> Result<(), Reason> {
    let malformed = |record: &mut Record, why: &str| record.failed("token", why, "jwt_malformed");
    let Ok(token) = std::str::from_utf8(release.trim_ascii()) else {
        return Err(malformed(record, "it is no text"));
    };
    let mut parts = token.split('.');
    let (Some(head), Some(body), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(malformed(record, "it has not three parts"));
    };
    let decoded = crypto::base64_url(head).ok_or_else(|| malformed(record, "its header is not base64url"))?;
    let header = strict(&decoded, "jwt_malformed").map_err(|(why, reason)| record.failed("token", why, reason))?;
    let algorithm = header.root.get("alg").and_then(JsonValue::as_str);
    if let Some(reason) = jose::refusal(algorithm) {
        let named =
            algorithm.map_or_else(|| "names no algorithm".to_owned(), |name| format!("names {}", printable(name, 40)));
        return Err(record.failed("algorithm", format!("the token {named}; only RS256 is accepted"), reason));
    }
    // Extensions that a reader must understand (RFC 7515, section 4.1.11): there are none.
    if header.root.get("crit").is_some() {
        return Err(malformed(record, "its header asks for extensions that no reader knows"));
    }
    record.passed("algorithm", "RS256");
    let Some(key) = key else {
        let detail = "the update is signed, and no public key was handed over";
        return Err(record.failed("key", detail, "key_missing"));
    };
    let signed = token.strip_suffix(signature).and_then(|rest| rest.strip_suffix('.')).unwrap_or_default();
    let signature = crypto::base64_url(signature).unwrap_or_default();
    if !crypto::verifies_pkcs1_sha256(key, Digest::of(signed.as_bytes()).as_bytes(), &signature) {
        return Err(record.failed("signature", "it is not made with the app's key", "signature_invalid"));
    }
    record.passed("signature", "the token is signed with the app's key");
    let decoded = crypto::base64_url(body).ok_or_else(|| malformed(record, "its claims are not base64url"))?;
    let claims = strict(&decoded, "jwt_malformed").map_err(|(why, reason)| record.failed("token", why, reason))?.root;
    if claims.get("claimVersion").and_then(JsonValue::as_str) != Some(CLAIM_VERSION) {
        record.noted("claims", format!("their version is not {CLAIM_VERSION}"));
        record.issue("claim_version_unknown");
    }
    let claimed = claims.get("contentHash").and_then(JsonValue::as_str);
    if claimed == Some(hash.hex().as_str()) {
        record.passed("content hash", "the content has the package hash that was signed");
        return Ok(());
    }
    if is_diff && claimed.is_some() {
        return Err(record.failed("content hash", BASE_MISSING, "base_missing"));
    }
    let detail = match claimed {
        Some(claimed) => format!("the content has the package hash {hash}, signed was {}", printable(claimed, 100)),
        None => "the token claims no contentHash".to_owned(),
    };
    Err(record.failed("content hash", detail, "content_hash_mismatch"))
}

/// JSON in which nothing is said twice.
fn strict(bytes: &[u8], unreadable: Reason) -> Result<Json, (String, Reason)> {
    let json = parse_json(&decode(bytes).text).map_err(|(_, why)| (format!("not JSON: {why}"), unreadable))?;
    if json.leniency.iter().any(|one| matches!(one, Leniency::DuplicateKey { .. })) {
        return Err(("a key is repeated, so that readers may differ on what it says".to_owned(), "metadata_ambiguous"));
    }
    Ok(json)
}

/// The package hashes that the server or the command line states.
fn stated_hashes(delivery: &Delivery) -> Vec<String> {
    let places: [&[&str]; 6] = [
        &["packageHash"],
        &["package_hash"],
        &["updateInfo", "packageHash"],
        &["updateInfo", "package_hash"],
        &["update_info", "packageHash"],
        &["update_info", "package_hash"],
    ];
    let is_response = |path: &str| !format!("/{path}").contains("/CodePush/");
    let documents = delivery.documents.iter().filter(|document| is_response(&document.path));
    let said =
        documents.flat_map(|document| places.iter().filter_map(|place| document.json.root.path(place)?.as_str()));
    delivery.stated.checksum.as_deref().into_iter().chain(said).map(|hash| hash.trim().to_owned()).collect()
}
