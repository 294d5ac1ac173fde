//! OTA-SIG-004: what the signature covers beside the bytes.

use crate::controls::support::shown;
use crate::controls::verified::{NO_RELEASE, Standing, place, scheme, standing};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::updaters::Verification;
use crate::model::Severity;

/// OTA-SIG-004.
pub static CONTROL: Control = Control {
    id: "OTA-SIG-004",
    slug: "signed-metadata",
    title: "Signature covers metadata, not only bytes",
    requirement: "Version, app id, channel or target, min native version and expiry are under the signature.",
    rationale: "Where only the bytes are signed, whoever controls the server can serve any bundle that was ever signed, as any version, to any channel.",
    remediation: "Embed a signed manifest in the bundle (otaudit manifest) and check it at start.",
    limits: "What a signature covers is known for each update system from its sources, and told for the release at hand. Most systems sign the bytes only, so that this is manual by default; `when_missing: fail`, which the policy `strict` sets, makes it a failure. What a server enforces beside the signature is not seen. The smallest native version counts as signed where the runtime version is.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(f)"),
        ("CWE", "CWE-345"),
        ("MASWE", "MASWE-0026"),
        ("NIST-800-53", "SC-23"),
        ("NIST-800-53", "SI-7"),
        ("TUF", "freeze"),
        ("TUF", "mix-and-match"),
        ("TUF", "rollback"),
        ("TUF", "wrong-software"),
        ("UPTANE", "mix-and-match"),
        ("UPTANE", "rollback"),
    ],
    parameters: &[
        Parameter {
            name: "signed_fields",
            about: "What has to be under the signature: `version`, `app`, `channel`, `native-version`, `expiry`.",
            kind: ParameterKind::List(&["version", "app", "channel", "native-version", "expiry"]),
        },
        Parameter {
            name: "when_missing",
            about: "What it is when one of them is not.",
            kind: ParameterKind::Choice(&["manual", "fail"]),
        },
    ],
    attestations: &[],
    cases: include_str!("../../../tests/controls/sig/signed-metadata.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let verification = match standing(facts) {
        Standing::Authentic(verification) => verification,
        Standing::NoRelease => return Outcome::not_applicable(NO_RELEASE),
        Standing::Unsigned(_) | Standing::Missing(_) | Standing::NoKey(_) => {
            return Outcome::not_applicable("there is no signature that could cover anything (see OTA-SIG-001)");
        }
        Standing::Refused(..) | Standing::Unfinished(..) => {
            return Outcome::not_applicable("there is no signature that holds (see OTA-SIG-002)");
        }
    };
    let mut outcome = Outcome::default();
    let fields = parameters.list("signed_fields");
    let (signed, unsigned): (Vec<_>, Vec<_>) = fields.iter().partition(|field| covers(verification, field));
    let names = |fields: &[&String]| fields.iter().map(|field| shown(field)).collect::<Vec<_>>().join(", ");
    if !signed.is_empty() {
        outcome.saw(format!("the signature covers {}", names(&signed)), Some(place(verification)));
    }
    if unsigned.is_empty() {
        if signed.is_empty() {
            outcome.saw("the policy asks for nothing but the bytes to be signed", None);
        }
        return outcome;
    }
    let message = format!(
        "the signature of {} does not cover {}: an old bundle can be served again as if it were this one",
        scheme(verification),
        names(&unsigned)
    );
    let draft = if parameters.choice("when_missing") == "fail" {
        Draft::fail("metadata-not-signed", place(verification), message)
    } else {
        Draft::manual("metadata-not-signed", place(verification), message).severity(Severity::Medium)
    };
    outcome.findings.push(draft.key(verification.system));
    outcome
}

/// Whether a signature that verified covers this field. What is not known to be covered is not.
fn covers(verification: &Verification, field: &str) -> bool {
    let listed = |word: &str| verification.not_covered.contains(&word);
    match field {
        "version" => !listed("version_not_authenticated"),
        "app" => !listed("app_not_authenticated"),
        "channel" => !listed("channel_not_authenticated"),
        // Both sign the runtime version, which says for which native builds an update is meant.
        "native-version" => matches!(verification.system, "otakit" | "expo"),
        "expiry" => verification.system == "otakit" && !listed("expiry_not_signed"),
        _ => false,
    }
}
