//! OTA-INT-005: whether signed provenance binds the bundle to its source.

use crate::controls::changed;
use crate::controls::support::shown;
use crate::controls::updates::{passed, refused_at, refused_because, release_place, verified};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::updaters::{Reason, Verdict, Verification};
use crate::model::{Digest, Severity};

/// OTA-INT-005.
pub static CONTROL: Control = Control {
    id: "OTA-INT-005",
    slug: "provenance",
    title: "Build is reproducible or bound to source",
    requirement: "Rebuilding the commit gives the same bundle hash, or signed provenance binds commit and bundle hash.",
    rationale: "A signature says who released a bundle, and not that it was built from the sources that were reviewed.",
    remediation: "Emit SLSA provenance in CI.",
    limits: "Nothing is rebuilt. Provenance is an in-toto statement with a SLSA predicate in a DSSE envelope (or one of sigstore's bundles) beside the archive, verified with a key that is given; sigstore's transparency log and certificates are not asked. Which commit and builder it names is for a person to compare. Unsigned provenance is no evidence here; it counts as attested once `release.provenance` is stated.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.II.7"),
        ("CWE", "CWE-345"),
        ("NIST-800-53", "CM-14"),
        ("NIST-800-53", "SA-10"),
        ("NIST-800-53", "SR-11"),
        ("NIST-SSDF", "PS.2"),
        ("NIST-SSDF", "PS.3"),
        ("SOC2", "CC8.1"),
    ],
    parameters: &[Parameter {
        name: "provenance",
        about: "whether provenance is asked for: `expected`, or `off` where the policy does without",
        kind: ParameterKind::Choice(&["expected", "off"]),
    }],
    attestations: &["release.provenance"],
    cases: include_str!("../../../tests/controls/int/provenance.md"),
    assess,
};

/// How the types of SLSA's provenance begin, of version 0.1 on.
pub(super) const SLSA: &str = "https://slsa.dev/provenance/";
/// Refusals at which the signature held and the statement is of something else.
const DIFFERS: Reason = "subject_mismatch";

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    if parameters.choice("provenance") == "off" {
        return Outcome::not_applicable("the policy asks for no provenance");
    }
    let verification = verified(facts);
    if facts.bundle.is_none() && verification.is_none() {
        return Outcome::not_applicable("no bundle was given");
    }
    let mut outcome = Outcome::default();
    let place = release_place(facts);
    let steps = verification.iter().flat_map(|one| &one.steps);
    let predicates: Vec<&str> =
        steps.filter(|step| step.step == "predicate").map(|step| step.detail.as_str()).collect();
    let of_slsa = predicates.iter().find(|predicate| predicate.starts_with(SLSA));
    let draft = match (verification, of_slsa) {
        (Some(verification), Some(predicate)) => match verification.result {
            result if result.is_authentic() => {
                let how = passed(verification, &["signature"]).next();
                let how = how.map_or_else(String::new, |step| format!(", {}", step.detail));
                let message =
                    format!("provenance `{}` is signed and its subject is this bundle{how}", shown(predicate));
                outcome.saw(shown(&message), Some(place));
                return outcome;
            }
            Verdict::Reject(DIFFERS) => {
                let because = refused_because(verification);
                let known = earlier(facts, verification);
                let message = format!("the provenance is of another bundle: {because}{known}");
                Draft::fail("digest-differs", place, message)
            }
            _ => {
                let message =
                    format!("there is provenance, and it was not verified: {}", refused_because(verification));
                Draft::manual("not-verified", place, message)
            }
        },
        _ => {
            let message = if predicates.is_empty() {
                "no signed provenance came with the bundle; rebuild it from its commit, or state `release.provenance`"
            } else {
                "what is signed is a statement of another type than SLSA's provenance; state `release.provenance`"
            };
            Draft::manual("no-provenance", place, message)
        }
    };
    outcome.findings.push(draft.key("provenance"));
    outcome
}

/// Which earlier bundle the provenance is of, as far as the ledger and the bundle before tell.
fn earlier(facts: &Facts, verification: &Verification) -> String {
    let detail = refused_at(verification).map_or("", |step| step.detail.as_str());
    let says = |digest: Option<Digest>| digest.is_some_and(|digest| detail.ends_with(&digest.hex()));
    let audits = facts.past.iter().flat_map(|past| &past.audits);
    if let Some(audit) = audits.into_iter().find(|audit| says(audit.archive) || says(audit.content)) {
        let version = audit.version.as_deref().map_or_else(String::new, |version| format!(", version {version}"));
        return shown(&format!("; that is the bundle audited on {}{version}", audit.as_of));
    }
    let previous = changed::comparisons(facts).find(|(comparison, _)| says(Some(comparison.before)));
    previous.map_or_else(String::new, |(_, since)| format!("; that is {since}"))
}
