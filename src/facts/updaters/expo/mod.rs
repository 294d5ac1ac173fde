//! Expo Updates: a manifest that is signed as raw bytes with the key of a certificate, and assets by SHA-256
//! (expo-updates: `CodeSigningConfiguration.kt`, `CertificateChain.kt`, `SignatureHeaderInfo.kt`, `FileDownloader.kt`).

mod assets;
mod certificates;
mod multipart;
mod response;
mod settings;
mod signatures;
#[cfg(test)]
pub(super) mod tests;
mod trust;

use self::certificates::Project;
use self::response::{Body, Response, SIGNATURE};
use self::settings::Configured;
use self::signatures::{Signed, check_signatures};
use self::trust::{Trust, is_at_fault, report_certificate, report_settings};
use super::Updater;
use super::delivery::Delivery;
use super::verification::{PlainContent, Reason, Record, Verdict, Verification};
use crate::inputs::{Json, JsonNode, JsonValue, Leniency, decode, parse_json};

/// Expo Updates.
pub static UPDATER: Updater = Updater { id: "expo", recognise, verify };

/// The id of a key that nobody names (`CODE_SIGNING_METADATA_DEFAULT_KEY_ID`).
const DEFAULT_KEY_ID: &str = "root";
/// The only algorithm (`CodeSigningAlgorithm.kt`).
const ALGORITHM: &str = "rsa-v1_5-sha256";
/// Ninety days: a certificate in the app is renewed with a release through the store.
const SOON: i64 = 90 * 24 * 60 * 60;

fn recognise(delivery: &Delivery) -> Option<u8> {
    if delivery.header(SIGNATURE).is_some() || delivery.header("expo-protocol-version").is_some() {
        return Some(95);
    }
    if delivery.document(response::is_manifest).is_some() {
        return Some(90);
    }
    if response::in_parts(delivery).is_some() {
        return Some(88);
    }
    if delivery.document(settings::is_app_json).is_some() || delivery.document(response::is_directive).is_some() {
        return Some(85);
    }
    let is_configured = |file: &&super::Delivered| {
        let read = || settings::read(delivery).is_ok_and(|configured| !configured.all.is_empty());
        matches!(file.name(), "AndroidManifest.xml" | "Expo.plist") && read()
    };
    delivery.files.iter().any(|file| is_configured(&file)).then_some(70)
}

fn verify(delivery: &Delivery) -> Verification {
    let mut record = Record::new(UPDATER.id);
    let result = steps(delivery, &mut record);
    record.close(result)
}

fn steps(delivery: &Delivery, record: &mut Record) -> Result<Verdict, Reason> {
    let configured =
        settings::read(delivery).map_err(|(detail, reason)| record.failed("configuration", detail, reason))?;
    let trust =
        Trust::of(delivery, &configured).map_err(|(detail, reason)| record.failed("certificate", detail, reason))?;
    let response = response::find(delivery).map_err(|(detail, reason)| record.failed("response", detail, reason))?;
    report_settings(delivery, &configured, &trust, record);
    let Some(response) = response else {
        record.absent("response", "there is no manifest and no directive: only the configuration was read");
        let has_issues = report_certificate(delivery, &trust, record) || is_at_fault(&configured);
        return Ok(if has_issues { Verdict::ConfigFinding } else { Verdict::NothingToVerify });
    };
    if let Some((bytes, sha256)) = response.whole {
        record.subject(&response.path, bytes, sha256);
    }
    record.generation(match (&response.manifest, response.has_parts) {
        (Some(_), true) => "multipart",
        (Some(_), false) => "json",
        (None, _) => "directive",
    });
    if response.manifest.is_none() && response.directive.is_none() {
        return Err(record.failed("response", "it has neither a manifest nor a directive", "manifest_missing"));
    }
    let bodies: Vec<_> = [&response.directive, &response.manifest].into_iter().flatten().collect();
    let signed = if trust.certificate.is_none() {
        if configured.all.is_empty() && bodies.iter().any(|body| body.signature.is_some()) {
            let detail =
                "the response is signed, and neither a configuration nor a certificate of the app was handed over";
            return Err(record.failed("certificate", detail, "certificate_missing"));
        }
        record.absent("signature", "the app has no code signing certificate: signatures are not looked at");
        record.issue("code_signing_off");
        None
    } else if trust.allows_unsigned && bodies.iter().any(|body| body.signature.is_none()) {
        record.absent("signature", "it has no signature, and the app accepts unsigned manifests");
        // A signature that is there must hold all the same.
        let rest: Vec<_> = bodies.into_iter().filter(|body| body.signature.is_some()).collect();
        if !rest.is_empty() {
            check_signatures(delivery, &trust, &response, &rest, record)?;
        }
        None
    } else {
        Some(check_signatures(delivery, &trust, &response, &bodies, record)?)
    };
    record.not_covered(&["channel_not_authenticated", "rollback_not_prevented", "expiry_not_signed"]);
    record.not_covered(&["response_headers_not_authenticated", "extensions_not_authenticated"]);
    if signed.as_ref().is_some_and(|signed| signed.project.is_none()) {
        // Without the extension nothing ties the manifest to this app but that nobody else signs with its key.
        record.not_covered(&["app_not_authenticated"]);
    }
    if signed.is_none() {
        record.not_covered(&["version_not_authenticated", "app_not_authenticated", "names_not_authenticated"]);
        record.not_covered(&["set_not_authenticated", "url_not_authenticated"]);
    }
    check_content(delivery, &configured, &response, signed.as_ref(), record)
}

fn check_content(
    delivery: &Delivery,
    configured: &Configured,
    response: &Response,
    signed: Option<&Signed>,
    record: &mut Record,
) -> Result<Verdict, Reason> {
    let project = signed.and_then(|signed| signed.project.as_ref());
    if let Some(body) = &response.directive {
        let directive = json_of(body, "directive", record)?;
        if !response::is_directive(&directive.root) {
            return Err(record.failed("directive", "its type is not known to any version", "directive_unknown"));
        }
        let kind = directive.root.get("type").and_then(JsonValue::as_str).unwrap_or_default();
        record.noted("directive", format!("the device is told: {kind}"));
        let own = directive.root.path(&["extra", "signingInfo"]);
        let pair = (own.and_then(|own| own.get("projectId")), own.and_then(|own| own.get("scopeKey")));
        check_project(project, pair, record)?;
    }
    let Some(body) = &response.manifest else {
        return match signed {
            Some(_) => Ok(Verdict::Valid),
            None => Err(record.failed("directive", "nothing shows where this directive comes from", "no_integrity")),
        };
    };
    let manifest = json_of(body, "manifest", record)?.root;
    if !response::is_manifest(&manifest)
        || !matches!(manifest.get("launchAsset"), Some(JsonValue { node: JsonNode::Object(_), .. }))
    {
        return Err(record.failed("manifest", "it has no launchAsset", "metadata_invalid"));
    }
    let pair = (manifest.path(&["extra", "eas", "projectId"]), manifest.path(&["extra", "scopeKey"]));
    check_project(project, pair, record)?;
    let runtime = manifest.get("runtimeVersion").and_then(JsonValue::as_str);
    let own = configured.all.iter().find_map(|settings| settings.runtime_version.as_deref());
    if runtime.is_some() && runtime == own {
        record.passed("runtime version", "the update is for the runtime that the app has");
    } else if let (Some(runtime), Some(own)) = (runtime, own) {
        record
            .noted("runtime version", format!("the update is for {runtime}, the app is {own}: it would not be loaded"));
        record.issue("runtime_version_differs");
    }
    let compared = assets::compare(delivery, &response.path, &manifest);
    let compared = compared.map_err(|(detail, reason)| record.failed("assets", detail, reason))?;
    if compared.is_cleartext {
        record.issue("content_url_cleartext");
    }
    if let Some(first) = compared.unhashed.first() {
        record.absent(
            "asset hash",
            format!("{} assets have no hash and are not checked, the first is {first}", compared.unhashed.len()),
        );
        record.issue("asset_hash_missing");
    }
    if compared.agree == 0 && signed.is_none() {
        return Err(record.failed("assets", "no asset has a hash, and nothing is signed", "no_integrity"));
    }
    record.passed("assets", format!("{} assets have the hash that the manifest says", compared.agree));
    record.content(PlainContent::Files(compared.files));
    Ok(if signed.is_some() { Verdict::Valid } else { Verdict::UnsignedHashOk })
}

fn json_of(body: &Body, step: &'static str, record: &mut Record) -> Result<Json, Reason> {
    let json = match parse_json(&decode(&body.bytes).text) {
        Ok(json) => json,
        Err((position, why)) => {
            let detail = format!("line {}, column {}: {why}", position.line, position.column);
            return Err(record.failed(step, detail, "unreadable"));
        }
    };
    if json.leniency.iter().any(|one| matches!(one, Leniency::DuplicateKey { .. })) {
        return Err(record.failed(
            step,
            "it repeats a key, so that readers may differ on what it says",
            "metadata_ambiguous",
        ));
    }
    Ok(json)
}

/// A certificate that names its project signs for no other (`FileDownloader.kt`, "Invalid certificate for manifest").
fn check_project(
    expected: Option<&Project>,
    (project, scope): (Option<&JsonValue>, Option<&JsonValue>),
    record: &mut Record,
) -> Result<(), Reason> {
    let Some(expected) = expected else {
        return Ok(());
    };
    let own = (project.and_then(JsonValue::as_str), scope.and_then(JsonValue::as_str));
    if own != (Some(expected.project.as_str()), Some(expected.scope.as_str())) {
        let detail = format!("the certificate is for {} of {}, not for this update", expected.scope, expected.project);
        return Err(record.failed("project", detail, "expo_project_mismatch"));
    }
    record.passed("project", format!("the certificate is for this project, {}", expected.project));
    Ok(())
}
