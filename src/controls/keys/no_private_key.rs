//! OTA-KEY-001: private keys in the bundle and in the app configuration.

use std::collections::BTreeSet;

use rsa::PublicKey;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::pkcs8::{DecodePublicKey as _, EncodePublicKey as _};

use crate::controls::support::{add_unexamined, add_unread, at, count, in_config, known_configs, shown, strings};
use crate::controls::updates::{key_place, trusted_keys};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::inventory::{Inventory, KeyProblem, KeyRecord, KeyRole};
use crate::facts::keys::{KeyForm, KeyMaterial, PrivateKeyFact, private_keys_in_text};
use crate::model::{Confidence, Digest, Location, Root, Severity};

/// OTA-KEY-001.
pub static CONTROL: Control = Control {
    id: "OTA-KEY-001",
    slug: "no-private-key",
    title: "No private key in bundle, config, repository or native project",
    requirement: "No private signing or decryption key (PEM, DER, PKCS#8/12, JKS, p12, legacy CapacitorUpdater.privateKey) is present in anything shipped or versioned.",
    rationale: "A signing key that ships can be taken by anyone who unpacks the app, who then signs updates for all its users.",
    remediation: "Revoke and rotate at once (OTA-KEY-006), purge history, move to KMS.",
    limits: "The bundle, the configurations of the app and its update systems, and the key files in the app's folder are searched; the repository's history is not. A key file in the app's folder is a failure when it is the private half of a key that the app verifies updates with, else manual, since its use is not known; whether `.gitignore` keeps it out of the repository is not seen. Any private key that ships is a failure, except in folders where samples are kept, which is manual. A key that a vendor published counts as a private key that ships: everyone has it. A TypeScript or JavaScript configuration is not run. The password of an Android keystore in `android.buildOptions` counts, at high severity; an older CLI copies it into the app. Keys that are put together by code are not seen. Key material is never shown.",
    severity: Severity::Critical,
    automation: Automation::Automated,
    waivable: false,
    mappings: &[
        ("CCPA", "1798.100(e)"),
        ("CRA", "AnnexI.I.2(d)"),
        ("CRA", "AnnexI.I.2(e)"),
        ("CWE", "CWE-321"),
        ("CWE", "CWE-798"),
        ("ETSI-303645", "5.3-7"),
        ("GDPR", "32(1)(a)"),
        ("MASTG", "MASTG-TEST-0212"),
        ("MASTG", "MASTG-TEST-0214"),
        ("MASVS", "MASVS-CRYPTO-2"),
        ("MASVS", "MASVS-STORAGE-1"),
        ("MASWE", "MASWE-0013"),
        ("MASWE", "MASWE-0014"),
        ("NIS2", "21(2)(h)"),
        ("NIST-800-53", "IA-5"),
        ("NIST-800-53", "SC-12"),
        ("NIST-SSDF", "PS.1"),
        ("PCI-DSS", "3.6-3.7"),
        ("SOC2", "CC6.1"),
        ("TUF", "key-compromise"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/key/no-private-key.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let configured = facts.app.as_ref().filter(|app| !app.configs.is_empty());
    let keys = facts.keys.as_ref().filter(|keys| facts.app.is_some() || !keys.records.is_empty());
    if facts.bundle.is_none() && configured.is_none() && keys.is_none() {
        return Outcome::not_applicable("neither a bundle nor an app configuration was given");
    }
    let mut outcome = Outcome::default();
    let configs = configured.map(|app| known_configs(&mut outcome, app, true)).unwrap_or_default();
    let active: BTreeSet<Digest> = configs
        .iter()
        .filter_map(|(_, json)| json.root.path(&["plugins", "CapacitorUpdater", "publicKey"]))
        .filter_map(|key| public_half(key.as_str()?))
        .chain(trusted_keys(facts).filter_map(|(_, record)| record.fact.spki_sha256))
        .collect();
    for (config, json) in configs {
        let updater = json.root.path(&["plugins", "CapacitorUpdater", "privateKey"]);
        let updater = updater.filter(|key| key.as_str().is_some_and(|text| !text.trim().is_empty()));
        if let Some(key) = updater {
            let known = key.as_str().map(private_keys_in_text).unwrap_or_default();
            let details = known.first().map(|fact| describe(fact, &active)).unwrap_or_default();
            let message = format!("`plugins.CapacitorUpdater.privateKey` is set{details}: it ships with the app");
            outcome
                .findings
                .push(Draft::fail("updater-private-key", in_config(config, key), message).key("privateKey"));
        }
        strings(&json.root, &mut |value, text| {
            if updater.is_some_and(|updater| updater.position == value.position) {
                return;
            }
            for key in private_keys_in_text(text) {
                outcome.findings.extend(judge(&key, in_config(config, value), &active));
            }
        });
    }
    keystores(&mut outcome, facts);
    if let Some(keys) = keys {
        inventory(&mut outcome, facts, keys, &active);
    }
    if let Some(bundle) = &facts.bundle {
        add_unexamined(&mut outcome, bundle);
        add_unread(&mut outcome, bundle.all_files());
        for file in bundle.all_files() {
            for sighting in &file.keys {
                outcome.findings.extend(judge(&sighting.key, at(&file.path, sighting.position), &active));
            }
        }
        outcome.saw(format!("{} searched for private keys", count(bundle.all_files().count(), "file", "files")), None);
    }
    outcome
}

/// The password of the keystore that signs the app's packages, written into a configuration.
fn keystores(outcome: &mut Outcome, facts: &Facts) {
    let rules = ["keystore_password_in_source_config", "keystore_password_in_native_config"];
    for finding in facts.config.iter().filter(|finding| rules.contains(&finding.rule.as_ref())) {
        let root = if facts.app.is_some() { Root::App } else { Root::Release };
        let place = finding.position.map_or_else(
            || Location::file(root, &finding.path),
            |position| Location::at(root, &finding.path, position),
        );
        let message = format!("{}: whoever reads it opens the keystore", shown(&finding.detail));
        let draft = Draft::fail("keystore-password", place, message).severity(Severity::High);
        outcome.findings.push(draft.key(shown(&finding.detail)));
    }
}

/// The keys of the app's files beside its Capacitor configurations, which were searched above.
fn inventory(outcome: &mut Outcome, facts: &Facts, keys: &Inventory, active: &BTreeSet<Digest>) {
    let searched: BTreeSet<&str> = facts
        .app
        .iter()
        .flat_map(|app| &app.configs)
        .filter(|config| config.content.known().is_some())
        .map(|config| config.path.as_str())
        .collect();
    for record in &keys.records {
        let place = key_place(facts, record);
        let id = record.fact.spki_sha256.map(|digest| digest.hex()).unwrap_or_default();
        if let Some(known) = record.known.filter(|_| record.system.is_some()) {
            let message = format!("`{}` is {}: everyone has its private key", shown(&record.source), known.what);
            outcome.findings.push(Draft::fail("published-key", place, message).key(id));
        } else if record.role == KeyRole::PrivateKey && !searched.contains(record.file.as_str()) {
            outcome.findings.extend(private(facts, record, active, place, id));
        }
    }
    for (path, why) in &keys.unread {
        // Metadata and settings that are broken are other controls' where they are no configuration of the app.
        if !searched.contains(path.as_str()) && is_key_file(path) {
            let location = Location::file(if facts.app.is_some() { Root::App } else { Root::Release }, path);
            let message = format!("`{}` was not searched for keys: {}", shown(path), shown(why));
            outcome.findings.push(Draft::indeterminate("key-unread", location, message));
        }
    }
    let number = keys.records.len();
    outcome.saw(format!("{} of configurations and key files looked at", count(number, "key", "keys")), None);
}

fn is_key_file(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    [".pem", ".key", ".p8", ".der"].iter().any(|ending| path.ends_with(ending)) || path.contains(".capgo_key")
}

/// A private key in a configuration ships with the app; one in a file of its own is the publisher's, and must not lie in
/// what is versioned.
fn private(facts: &Facts, record: &KeyRecord, active: &BTreeSet<Digest>, place: Location, id: String) -> Option<Draft> {
    let source = shown(&record.source);
    let belongs = record.fact.spki_sha256.is_some_and(|half| active.contains(&half));
    let name = record.file.rsplit('/').next().unwrap_or_default();
    // A configuration that is a script goes into the app with what it says.
    let script = record.secret && ["capacitor.config.", "app.config."].iter().any(|start| name.starts_with(start));
    if script || record.problems.contains(&KeyProblem::PrivateKeyInConfiguration) {
        let message = format!("a private key stands in `{source}`: it ships with the app");
        return Some(Draft::fail("private-key", place, message).key(id));
    }
    // What lies in a release's folder alone is its publisher's, who may verify before it is sent.
    if !record.secret || facts.app.is_none() {
        return None;
    }
    Some(if belongs {
        let message = format!("`{source}` is the private key of the app's updates, in the app's folder");
        Draft::fail("signing-key-in-project", place, message).key(id)
    } else if record.sample {
        let message = format!("a private key lies in `{source}`, a folder where samples are kept");
        Draft::manual("sample-key", place, message).severity(Severity::Medium).key(id)
    } else {
        let message = format!("a private key lies in `{source}`; what it is used for is not known");
        Draft::manual("key-in-project", place, message).severity(Severity::High).key(id)
    })
}

fn judge(key: &PrivateKeyFact, location: Location, active: &BTreeSet<Digest>) -> Option<Draft> {
    let details = describe(key, active);
    let id = key.public_half_sha256.map(|digest| digest.hex()).unwrap_or_default();
    let belongs = key.public_half_sha256.is_some_and(|half| active.contains(&half));
    Some(match key.material {
        KeyMaterial::Real if key.usually_public && !belongs => {
            let message = format!("a private key stands here{details}; it lies in a folder where samples are kept");
            Draft::manual("sample-key", location, message).severity(Severity::Medium).key(id)
        }
        KeyMaterial::Real => {
            Draft::fail("private-key", location, format!("a private key stands here{details}")).key(id)
        }
        KeyMaterial::Encrypted => {
            let message = format!("a private key under a password stands here{details}");
            Draft::manual("encrypted-key", location, message).severity(Severity::High).key(id)
        }
        KeyMaterial::Undecodable => {
            let message = format!("what stands here looks like a private key and does not decode to one{details}");
            Draft::manual("undecodable-key", location, message)
                .severity(Severity::Low)
                .confidence(Confidence::Possible)
                .key(id)
        }
        KeyMaterial::Placeholder => return None,
    })
}

/// Algorithm, container and whose key it is, each with a comma before it.
fn describe(key: &PrivateKeyFact, active: &BTreeSet<Digest>) -> String {
    let mut out = String::new();
    if let Some(algorithm) = &key.algorithm {
        out.push_str(", ");
        out.push_str(&shown(algorithm));
        if let Some(bits) = key.bits {
            out.push_str(&format!(" of {bits} bits"));
        }
    }
    out.push_str(", ");
    out.push_str(form(key.form));
    match key.public_half_sha256 {
        Some(half) if active.contains(&half) => {
            out.push_str(", and it belongs to the configured public key of the updates");
        }
        Some(half) => out.push_str(&format!(", SHA-256 of its public half {half}")),
        None => {}
    }
    out
}

const fn form(form: KeyForm) -> &'static str {
    match form {
        KeyForm::PemPkcs1 => "as PEM (PKCS#1)",
        KeyForm::PemPkcs8 => "as PEM (PKCS#8)",
        KeyForm::PemEncryptedPkcs8 => "as PEM (encrypted PKCS#8)",
        KeyForm::PemEc => "as PEM (EC)",
        KeyForm::PemOpenssh => "as PEM (OpenSSH)",
        KeyForm::PemDsa => "as PEM (DSA)",
        KeyForm::Pgp => "as a PGP block",
        KeyForm::DerPkcs1 => "as DER (PKCS#1)",
        KeyForm::DerPkcs8 => "as DER (PKCS#8)",
        KeyForm::Pkcs12 => "in a PKCS#12 store",
        KeyForm::Jks => "in a Java key store",
        KeyForm::Bks => "in a Bouncy Castle key store",
        KeyForm::Base64Der => "as base64 of DER",
        KeyForm::Jwk => "as a JSON web key",
    }
}

/// SHA-256 of the DER `SubjectPublicKeyInfo` of an RSA public key in PEM.
fn public_half(text: &str) -> Option<Digest> {
    let key = PublicKey::from_pkcs1_pem(text).ok().or_else(|| PublicKey::from_public_key_pem(text).ok())?;
    Some(Digest::of(key.to_public_key_der().ok()?.as_bytes()))
}
