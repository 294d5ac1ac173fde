//! Runs the Markdown cases of every control, each as a folder and as a zip: both must agree.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)] // a test fails by panicking

#[path = "support/archive.rs"]
mod archive;
mod cases;
#[path = "support/provenance.rs"]
mod provenance;
#[path = "support/releases.rs"]
mod releases;
#[path = "support/signing.rs"]
mod signing;

use std::collections::BTreeMap;
use std::path::Path;

use cases::{Case, Expectation, read};
use otaudit::controls::{CATALOG, Control, Outcome, ParameterValue, Parameters};
use otaudit::evaluation::outcome;
use otaudit::facts::attestations::{self, ATTESTATIONS_FILE, Attestations};
use otaudit::facts::comparison::{ScriptReader, compare};
use otaudit::facts::git::day_of;
use otaudit::facts::updaters::{Delivery, Role, Stated, load};
use otaudit::facts::{FACTS_SCHEMA, Facts, Silent, read_bundle, read_release};
use otaudit::inputs::{Bundle, Limits};

/// The moment at which the cases' dates are judged: 2026-12-01.
const CLOCK: i64 = 1_796_083_200;

fn assess(control: &Control, case: &Case, bundle: Option<&Bundle>, folder: &Path) -> Outcome {
    let limits = Limits::default();
    let release = case.release_of(bundle);
    let own = bundle.map(|bundle| read_bundle(bundle, &limits, 1, &Silent).unwrap());
    let mut case = case.clone();
    case.fill_digest(own.as_ref().map(|own| own.content_digest.hex()).as_deref());
    let case = &case;
    let against = |files: &[(String, Vec<u8>)]| {
        let (bundle, own) = bundle.zip(own.as_ref()).filter(|_| !files.is_empty())?;
        let before = Bundle::of_zip("before.zip".to_owned(), Case::zip_of(files), &limits);
        let earlier = read_bundle(&before, &limits, 1, &Silent).unwrap();
        let reader = |bundle, facts| ScriptReader { bundle, facts, limits: &limits, jobs: 1, store: None };
        Some(compare(reader(&before, &earlier), reader(bundle, own)))
    };
    let (previous, reviewed) = (against(&case.previous), against(&case.reviewed));
    let mut facts = Facts {
        schema: FACTS_SCHEMA,
        as_of: CLOCK,
        bundle: own,
        previous,
        reviewed,
        binary: case.binary(&folder.join("binary")),
        past: case.past(),
        roll_up: case.roll_up.as_deref().map(|text| serde_yaml::from_str(text).unwrap()),
        release: release.map(|(name, bytes)| read_release(&name, &bytes)),
        ..Facts::default()
    };
    let mut found = Vec::new();
    if !case.made.is_empty() {
        let made = folder.join("release");
        case.write_made(&made);
        found.push(load::read(&made, Role::Release, limits.entries));
    }
    if case.app.iter().any(|(path, _)| !path.is_empty()) {
        let app = folder.join("app");
        case.write_app(&app);
        facts.add_app(&app, None).unwrap();
        found.push(load::read(&app, Role::App, limits.entries));
    }
    if !found.is_empty() {
        let delivery = Delivery::new(found, Stated::default(), CLOCK, limits);
        facts.add_delivery(&delivery, !case.made.is_empty());
    }
    if let Some(text) = &case.statements {
        let today = day_of(CLOCK).unwrap();
        let statements = attestations::read(ATTESTATIONS_FILE, text, today).unwrap();
        let source = ATTESTATIONS_FILE.to_owned();
        facts.set_attestations(Attestations { source, today: Some(today), statements, ..Attestations::default() });
    }
    let given: BTreeMap<String, ParameterValue> = case.parameters.clone();
    outcome(&facts, control, &Parameters::of(control.parameters, &given))
}

fn seen(outcome: &Outcome) -> Expectation {
    let mut findings: Vec<String> = outcome
        .findings
        .iter()
        .map(|finding| {
            let place = match (finding.location.line, finding.location.column) {
                (Some(line), Some(column)) => format!("{}:{line}:{column}", finding.location.path),
                _ => finding.location.path.clone(),
            };
            format!("{} {} {place}", finding.verdict, finding.rule).trim_end().to_owned()
        })
        .collect();
    findings.sort();
    let said = outcome.findings.iter().map(|finding| finding.message.clone());
    let says = said.chain(outcome.evidence.iter().map(|one| one.message.clone())).collect();
    Expectation { verdict: outcome.verdict().word().to_owned(), findings, says }
}

#[test]
fn every_case_of_every_control_holds_as_folder_and_as_zip() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for control in CATALOG {
        let cases = read(control.cases);
        let mut verdicts = std::collections::BTreeSet::new();
        for case in &cases {
            count += 1;
            verdicts.insert(case.expected.verdict.clone());
            let folder = tempfile::tempdir().unwrap();
            for form in ["folder", "zip"] {
                // A folder has no archive whose digest could be published.
                if control.id == "OTA-INT-001" && form == "folder" && !case.bundle.is_empty() {
                    continue;
                }
                let bundle = match (case.bundle.is_empty() && case.links.is_empty(), form) {
                    (true, _) => None,
                    (false, "folder") => {
                        let root = folder.path().join("bundle");
                        case.write_bundle(&root);
                        Some(Bundle::open(&root, &Limits::default()).unwrap())
                    }
                    _ => Some(Bundle::of_zip("bundle.zip".to_owned(), case.zip(), &Limits::default())),
                };
                let outcome = seen(&assess(control, case, bundle.as_ref(), folder.path()));
                if !case.expected.agrees(&outcome) {
                    wrong.push(format!(
                        "{} / {} ({form})\n  expected {} {:#?} {:?}\n  seen     {} {:#?} {:?}",
                        control.id,
                        case.name,
                        case.expected.verdict,
                        case.expected.findings,
                        case.expected.says,
                        outcome.verdict,
                        outcome.findings,
                        outcome.says
                    ));
                }
            }
        }
        assert!(verdicts.contains("pass") || verdicts.contains("attested"), "{} has no case that passes", control.id);
        assert!(verdicts.contains("fail"), "{} has no case that fails", control.id);
        assert!(
            verdicts.iter().any(|verdict| matches!(verdict.as_str(), "manual" | "indeterminate" | "not-applicable")),
            "{} has no case that is undecided or does not apply",
            control.id
        );
    }
    assert!(wrong.is_empty(), "{} of {count} cases are wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn made_releases_come_to_what_they_are_made_for() {
    let word = |kind: &str, options: &[(&str, &str)]| {
        let folder = tempfile::tempdir().unwrap();
        let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let bundle = [("index.html", "<title>Harbour</title>"), ("assets/a.js", "console.log(1)"), ("b.css", "p {}")]
            .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
        let case = Case { bundle: bundle.to_vec(), made: vec![(kind.to_owned(), options)], ..Case::default() };
        case.write_made(folder.path());
        let found = load::read(folder.path(), Role::Release, Limits::default().entries);
        let delivery = Delivery::new(vec![found], Stated::default(), CLOCK, Limits::default());
        let verification = otaudit::facts::updaters::verify(&delivery).verification;
        format!("{} {}", verification.result.word(), verification.issues.join(",")).trim_end().to_owned()
    };
    for (kind, options, expected) in [
        ("capgo-v3", &[][..], "valid"),
        ("capgo-v3", &[("tamper", "ciphertext")], "reject:checksum_mismatch"),
        ("capgo-v3", &[("tamper", "checksum")], "reject:rsa_padding"),
        ("capgo-v3", &[("tamper", "session-key")], "reject:rsa_padding"),
        ("capgo-v3", &[("tamper", "other-content")], "reject:checksum_mismatch"),
        ("capgo-v3", &[("tamper", "no-session-key")], "reject:session_key_missing"),
        ("capgo-v3", &[("tamper", "no-checksum")], "no_checksum"),
        ("capgo-v3", &[("key", "other")], "reject:rsa_padding"),
        ("capgo-v3", &[("key", "1024")], "reject:key_size key-1024"),
        ("capgo-v3", &[("key", "4096")], "reject:key_size key-4096"),
        ("capgo-v3", &[("key", "e3")], "reject:key_exponent key-e3"),
        ("capgo-v3", &[("key", "spki-header")], "reject:public_key_header key-spki-header"),
        ("capgo-v3", &[("key", "private")], "reject:private_key_in_config private_key_in_config"),
        ("capgo-v3", &[("key", "none")], "reject:private_key_missing"),
        ("capgo-v3", &[("omit", "bundle")], "reject:bundle_missing"),
        ("capgo-v3", &[("plugin", r#"{"allowModifyUrl": true}"#)], "valid allow_modify_url"),
        ("capgo-v3", &[("url", "http://a.example/1.3.0.zip")], "valid bundle_url_cleartext,version_not_authenticated"),
        ("capgo-v2", &[], "valid_legacy"),
        ("capgo-v1", &[], "decrypts_v1_unsigned private_key_in_app,private_key_in_config"),
        ("capgo-plain", &[], "unsigned_sha256_ok"),
        ("capgo-plain", &[("publickey", "yes")], "unsigned_sha256_ok signature_bypass_empty_session_key"),
        ("capgo-plain", &[("tamper", "bundle")], "reject:checksum_mismatch"),
        ("capgo-plain", &[("tamper", "no-checksum")], "no_checksum"),
        ("capgo-crc32", &[], "unsigned_crc32_ok"),
        ("capgo-delta", &[], "valid"),
        ("capgo-delta", &[("tamper", "file")], "reject:brotli_or_hash"),
        ("capgo-delta", &[("tamper", "traversal")], "reject:path_traversal"),
        ("capgo-delta", &[("tamper", "duplicate")], "reject:duplicate_target"),
        ("capgo-delta", &[("tamper", "missing")], "reject:file_missing"),
        ("capgo-delta", &[("tamper", "left-out")], "valid set_not_authenticated"),
        ("capgo-delta", &[("tamper", "no-index")], "valid delta_no_index_html,set_not_authenticated,zip_no_index_html"),
        ("capgo-delta", &[("tamper", "swapped")], "valid"),
        ("capgo-delta-plain", &[], "unsigned_hash_ok"),
        ("capawesome-signed", &[], "valid"),
        ("capawesome-signed", &[("key", "1024")], "valid key-1024,key_too_short"),
        ("capawesome-signed", &[("key", "3072")], "valid"),
        ("capawesome-signed", &[("key", "other")], "reject:signature_invalid"),
        ("capawesome-signed", &[("tamper", "bundle")], "reject:signature_invalid"),
        ("capawesome-signed", &[("tamper", "no-signature")], "reject:signature_missing"),
        ("capawesome-plain", &[], "unsigned_sha256_ok"),
        ("otakit-signed", &[], "valid"),
        ("otakit-signed", &[("exp", "1")], "reject:signature_expired"),
        ("otakit-signed", &[("key", "other")], "reject:signature_invalid"),
        ("otakit-signed", &[("tamper", "bundle")], "reject:sha256_mismatch"),
        ("otakit-plain", &[], "unsigned_sha256_ok manifest_keys_missing"),
        ("otakit-encrypted", &[], "valid"),
        ("chcp", &[], "md5_ok_unsigned"),
        ("chcp", &[("tamper", "file")], "reject:md5_mismatch"),
        ("sha256", &[], "unsigned_sha256_ok"),
    ] {
        assert_eq!(word(kind, options), expected, "{kind} {options:?}");
    }
}
