//! Findings about keys: how they are written, how strong they are, who else has them.

use std::collections::BTreeSet;

use super::{ConfigFinding, has_release};
use crate::facts::inventory::{Inventory, KeyProblem, KeyRecord, KeyRole};
use crate::facts::keys::known::Published;
use crate::facts::updaters::Delivery;
use crate::model::Digest;

/// The findings of all keys.
pub(super) fn findings(delivery: &Delivery, inventory: &Inventory, found: &mut Vec<ConfigFinding>) {
    let release = has_release(delivery);
    // Only a whole app tells that a file is missing.
    let whole = delivery.files.iter().any(|file| file.path.starts_with("android/") || file.path.starts_with("ios/"));
    for record in &inventory.records {
        let configured = record.system.is_some() || record.problems.contains(&KeyProblem::PrivateKeyInConfiguration);
        if configured {
            of_configured(record, whole && !release, delivery.as_of, found);
        } else {
            of_file(record, release, found);
        }
    }
    mismatch(inventory, found);
}

fn of_configured(record: &KeyRecord, whole: bool, as_of: i64, found: &mut Vec<ConfigFinding>) {
    let mut add = |rule: String, detail: String| {
        found.push(ConfigFinding::new(rule, &record.file, record.position, format!("{}: {detail}", place(record))));
    };
    let example = record.known.is_some_and(|known| known.published == Published::DocumentationExample);
    if let Some(known) = record.known {
        let rule = if example { "documentation_example_key" } else { "default_private_key" };
        add(rule.to_owned(), format!("{}: its private key is not secret", known.what));
    }
    for problem in &record.problems {
        // A key of the documentation has to go, whatever its length.
        let sized = matches!(problem, KeyProblem::UnsuitableLength | KeyProblem::ShortModulus);
        if (*problem == KeyProblem::FileMissing && !whole) || (sized && example) {
            continue;
        }
        let (rule, detail) = words(*problem, record);
        add(rule, detail);
    }
    if record.not_after.is_some_and(|end| end < as_of) {
        add("cert_expired".to_owned(), "the certificate has expired: no app accepts updates any more".to_owned());
    }
    if record.not_before.is_some_and(|start| start > as_of) {
        add("cert_not_yet_valid".to_owned(), "the certificate is not valid yet".to_owned());
    }
}

fn place(record: &KeyRecord) -> &str {
    record.source.split_once(": ").map_or(record.source.as_str(), |(_, at)| at)
}

/// The rule and the sentence of a problem.
fn words(problem: KeyProblem, record: &KeyRecord) -> (String, String) {
    let bits = record.fact.bits.map_or_else(|| "unknown".to_owned(), |bits| bits.to_string());
    let exponent = record.fact.exponent.as_deref().unwrap_or("unknown");
    let unread = record.unread.as_deref().unwrap_or("it can't be read");
    let (rule, detail) = match problem {
        KeyProblem::UnsuitableLength => {
            return (format!("key-{bits}"), format!("RSA of {bits} bits; the plugin takes blocks of 2048 bits only"));
        }
        KeyProblem::ShortModulus => {
            return (format!("key-{bits}"), format!("RSA of {bits} bits is too short to verify with"));
        }
        KeyProblem::SmallExponent => {
            return (format!("key-e{exponent}"), format!("RSA with the exponent {exponent} instead of 65537"));
        }
        KeyProblem::FileMissing => return ("key_file_missing".to_owned(), unread.to_owned()),
        KeyProblem::Unparsable => return ("key-unparsable".to_owned(), format!("no key: {unread}")),
        KeyProblem::PrivateKeyInConfiguration => ("private_key_in_config", "a private key goes out with every app"),
        KeyProblem::SpkiHeader => ("key-spki-header", "BEGIN PUBLIC KEY where the plugin wants BEGIN RSA PUBLIC KEY"),
        KeyProblem::Pkcs1Header => ("key-pkcs1-header", "BEGIN RSA PUBLIC KEY where the plugin wants BEGIN PUBLIC KEY"),
        KeyProblem::Certificate => ("key-certificate", "a certificate where the plugin wants a bare key"),
        KeyProblem::NoCertificate => ("key-no-certificate", "a bare key where a certificate is wanted"),
        KeyProblem::NoHeader => ("key-no-header", "no PEM header, which the plugin wants"),
        KeyProblem::OtherHeader => ("key-other-header", "a PEM header that the plugin does not know"),
        KeyProblem::SpkiBody => ("key-spki-body", "a SubjectPublicKeyInfo under the header of PKCS#1"),
        KeyProblem::OtherBody => ("key-other-body", "the body is not what the header says"),
        KeyProblem::LeadingNewline => ("key-leading-newline", "a line break before the header"),
        KeyProblem::LeadingSpace => ("key-leading-space", "blanks before the header"),
        KeyProblem::LeadingText => ("key-leading-text", "text before the header"),
        KeyProblem::EscapedNewlines => ("key-escaped-newlines", "line breaks written as two characters"),
        KeyProblem::CarriageReturns => ("key-crlf", "lines end with CR LF, which the iOS plugin does not take"),
        KeyProblem::WrongAlgorithm => ("key-wrong-algorithm", "a key of an algorithm that the plugin does not know"),
        KeyProblem::EvenModulus => ("key-even-modulus", "the RSA modulus is even"),
        KeyProblem::EvenExponent => ("key-even-exponent", "the RSA exponent is even"),
        KeyProblem::WrongLength => ("key-wrong-length", "a symmetric key that has not 256 bits"),
    };
    (rule.to_owned(), detail.to_owned())
}

/// A key in a file. Among a release's files a private key is the carrier's, not the app's; but what stands in a
/// configuration that is a script goes into the app.
fn of_file(record: &KeyRecord, release: bool, found: &mut Vec<ConfigFinding>) {
    let name = record.file.rsplit('/').next().unwrap_or(&record.file);
    let script = name.starts_with("capacitor.config.") || name.starts_with("app.config.");
    if record.sample || (release && !script) {
        return;
    }
    let mut add = |rule: &'static str, detail: String| {
        found.push(ConfigFinding::new(rule, &record.file, record.position, detail));
    };
    if record.role == KeyRole::PrivateKey && record.secret && script {
        add("private_key_in_config", "a private key goes out with every app".to_owned());
    } else if record.role == KeyRole::PrivateKey && record.secret {
        add("private_key_in_repo", "a private key lies among the app's files".to_owned());
    }
    match record.known {
        Some(known) if known.published == Published::DefaultOfPackage => {
            add("default_private_key", format!("{}: it is not secret", known.what));
        }
        Some(known) if script => add("documentation_example_key", format!("{}: it is not secret", known.what)),
        _ => {}
    }
}

/// Whether the signing key that lies beside a configuration is that of another public key.
fn mismatch(inventory: &Inventory, found: &mut Vec<ConfigFinding>) {
    let kept: Vec<&str> = inventory.records.iter().filter_map(|record| record.kept_in.as_deref()).collect();
    let beside = |private: bool| -> BTreeSet<Digest> {
        let records = inventory.records.iter().filter(|record| (record.role == KeyRole::PrivateKey) == private);
        let records = records.filter(|record| record.system.is_none() && !record.sample);
        let records = records.filter(|record| is_signing_file(&record.file) && !kept.contains(&record.file.as_str()));
        records.filter_map(|record| record.fact.spki_sha256).collect()
    };
    // A private key decides; the public file that the tool writes beside it tells where there is none.
    let at_hand = Some(beside(true)).filter(|keys| !keys.is_empty()).unwrap_or_else(|| beside(false));
    if at_hand.is_empty() {
        return;
    }
    for record in &inventory.records {
        let verifies = matches!(record.role, KeyRole::VerificationKey | KeyRole::Certificate);
        let Some(digest) = record.fact.spki_sha256.filter(|_| verifies && record.system.is_some()) else { continue };
        // OtaKit and CodePush releases are signed by a server; only these systems' tools keep the key beside the app.
        let local = matches!(record.system, Some("capgo" | "capawesome" | "expo"));
        if local && !at_hand.contains(&digest) {
            let detail = format!("{}: the signing key at hand is not that of this public key", place(record));
            found.push(ConfigFinding::new("key_pair_mismatch", &record.file, record.position, detail));
        }
    }
}

/// The names under which the vendors' tools keep their keys: Capgo `.capgo_key_v2`, Capawesome `private.pem`, Expo
/// `private-key.pem`; each has its public half beside it.
fn is_signing_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.starts_with(".capgo_key_v2")
        || name.starts_with("capgo_key_v2")
        || ["private.pem", "private-key.pem"].contains(&name.as_str())
}
