//! OTA-SIG-003: the algorithm and length of the keys that verify updates.

use std::collections::BTreeMap;

use crate::controls::support::shown;
use crate::controls::verified::{Standing, detail, place, standing};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::inventory::{KeyRecord, KeyRole};
use crate::facts::keys::public::{PublicForm, PublicKeyFact, Weakness};
use crate::model::{Digest, Location, Root, Severity};

/// OTA-SIG-003.
pub static CONTROL: Control = Control {
    id: "OTA-SIG-003",
    slug: "signature-algorithm",
    title: "Signature algorithm is current",
    requirement: "Algorithm is RSA-PSS or PKCS#1 v1.5 with SHA-256 or better and modulus >= 2048 (>= 3072 for keys meant to live beyond 2030), ECDSA P-256+, or Ed25519.",
    rationale: "Short keys and old hashes can be forged by whoever is willing to pay for it.",
    remediation: "Generate RSA-3072 or Ed25519 key; rotate.",
    limits: "Keys that verify updates are judged, of the release and of the configuration, and the algorithm that a signature names. RSA of 2048 bits passes: it is acceptable until the end of 2030 (NIST SP 800-57), and the only length that Capgo's plugin can use. The guide asks for a plan to migrate: `warn_rsa_bits: 3072`, which the policy `strict` sets, makes it manual. Capgo's operation with the private key on a checksum is a signature with recovery and no encryption. An RSA exponent below 65537 is a failure: with old plugins' padding checks, signatures can be forged for it.",
    severity: Severity::High,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(e)"),
        ("CRA", "AnnexI.I.2(f)"),
        ("CWE", "CWE-326"),
        ("CWE", "CWE-327"),
        ("ETSI-303645", "5.3-7"),
        ("GDPR", "32(1)(a)"),
        ("MASTG", "MASTG-TEST-0208"),
        ("MASTG", "MASTG-TEST-0209"),
        ("MASVS", "MASVS-CRYPTO-1"),
        ("MASWE", "MASWE-0021"),
        ("MASWE", "MASWE-0025"),
        ("NIS2", "21(2)(h)"),
        ("NIST-800-131A", "R2"),
        ("NIST-800-53", "SC-13"),
        ("NIST-800-57", "5.6.2"),
    ],
    parameters: &[
        Parameter {
            name: "min_rsa_bits",
            about: "The fewest bits of an RSA modulus.",
            kind: ParameterKind::Choice(&["2048", "3072", "4096"]),
        },
        Parameter {
            name: "warn_rsa_bits",
            about: "An RSA modulus of fewer bits needs a plan to migrate: it is manual.",
            kind: ParameterKind::Choice(&["2048", "3072", "4096"]),
        },
    ],
    attestations: &[],
    cases: include_str!("../../../tests/controls/sig/signature-algorithm.md"),
    assess,
};

/// Algorithms whose keys verify with SHA-256 or better, and are long enough.
const CURRENT: &[&str] = &["EC P-256", "EC P-384", "EC P-521", "Ed25519"];
/// Refusals because of the algorithm that a signature names.
const ALGORITHM: &[&str] = &["alg_not_accepted", "algorithm_unsupported", "chain_algorithm", "key_algorithm"];

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let mut outcome = Outcome::default();
    let mut keys: BTreeMap<Digest, (&PublicKeyFact, Location)> = BTreeMap::new();
    for record in facts.keys.iter().flat_map(|keys| &keys.records).filter(|record| verifies(record)) {
        if let Some(key) = &record.public {
            keys.entry(key.spki_sha256).or_insert_with(|| (key, of_record(facts, record)));
        }
    }
    if let Some(verification) = &facts.verification
        && let Some(key) = verification.key.as_ref().filter(|key| key.form != PublicForm::PrivateKey)
    {
        keys.entry(key.spki_sha256).or_insert_with(|| (key, place(verification)));
    }
    for (key, location) in keys.into_values() {
        judge(key, location, parameters, &mut outcome);
    }
    if let Standing::Refused(verification, reason) = standing(facts)
        && ALGORITHM.contains(&reason)
    {
        let message = format!("the signature's algorithm is refused: {}", shown(detail(verification)));
        outcome.findings.push(Draft::fail("algorithm", place(verification), message).key(reason));
    }
    if outcome.evidence.is_empty() && outcome.findings.is_empty() {
        return Outcome::not_applicable("there is no key that verifies updates");
    }
    outcome
}

/// Whether it is a key that an update system reads to verify with.
fn verifies(record: &KeyRecord) -> bool {
    record.system.is_some() && matches!(record.role, KeyRole::VerificationKey | KeyRole::Certificate)
}

fn of_record(facts: &Facts, record: &KeyRecord) -> Location {
    let root = if facts.app.is_some() { Root::App } else { Root::Release };
    record
        .position
        .map_or_else(|| Location::file(root, &record.file), |position| Location::at(root, &record.file, position))
}

fn judge(key: &PublicKeyFact, location: Location, parameters: &Parameters, outcome: &mut Outcome) {
    let bits = key.bits.unwrap_or_default();
    let number = |name: &str| parameters.choice(name).parse::<u32>().unwrap_or(2048);
    let (least, warn) = (number("min_rsa_bits"), number("warn_rsa_bits"));
    let id = key.spki_sha256.hex();
    let mut fail = |rule: &str, message: String| {
        outcome.findings.push(Draft::fail(rule, location.clone(), message).key(id.clone()));
    };
    if key.algorithm != "RSA" {
        if CURRENT.contains(&key.algorithm.as_str()) {
            outcome.saw(format!("updates are verified with {}", shown(&key.algorithm)), Some(location));
        } else {
            let algorithm = shown(&key.algorithm);
            fail("unknown-algorithm", format!("the key is of `{algorithm}`, which is no current algorithm"));
        }
        return;
    }
    let exponent = key.exponent.as_deref().unwrap_or("unknown");
    if bits < least {
        fail("short-key", format!("the key is RSA of {bits} bits, at least {least} are asked for"));
    }
    let weak = |weakness: &Weakness| matches!(weakness, Weakness::SmallExponent | Weakness::EvenExponent);
    if key.weaknesses.iter().any(weak) {
        fail("weak-exponent", format!("the key is RSA with the exponent {exponent} instead of 65537"));
    }
    if key.weaknesses.contains(&Weakness::EvenModulus) {
        fail("broken-modulus", "the key is RSA with an even modulus, which is no product of two primes".to_owned());
    }
    if bits >= least && bits < warn {
        let message =
            format!("the key is RSA of {bits} bits, which is acceptable until the end of 2030: plan its successor");
        outcome.findings.push(Draft::manual("plan-migration", location, message).severity(Severity::Low).key(id));
    } else {
        outcome.saw(format!("updates are verified with RSA of {bits} bits, exponent {exponent}"), Some(location));
    }
}
