//! OTA-GOV-003: whether the evidence of an audit is complete and can be made again.

use crate::controls::stated::place;
use crate::controls::support::shown;
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::model::{Location, Root, Severity};

/// OTA-GOV-003.
pub static CONTROL: Control = Control {
    id: "OTA-GOV-003",
    slug: "reproducible-evidence",
    title: "Evidence is complete, hashed and reproducible",
    requirement: "Audit run records input hashes, tool version, policy hash, time source and signs the evidence manifest; report can be re-verified.",
    rationale: "A report that can't be made again from the same inputs is an opinion.",
    remediation: "Sign each report with its manifest, say so in the policy (`signing`), and renew documents that changed.",
    limits: "A run can't see whether its own report is signed afterwards: the policy states it (`signing`), which counts as attested. Whose clock the moment came from the report does not know; `--as-of` states it. A document that a statement names with another SHA-256 than it has is a mismatch of the evidence.",
    severity: Severity::High,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("GDPR", "5(2)"),
        ("NIST-800-53", "AU-10"),
        ("NIST-800-53", "AU-11"),
        ("NIST-800-53", "AU-8"),
        ("NIST-800-53", "AU-9(3)"),
        ("NIST-SSDF", "PS.3"),
        ("SOC2", "CC4.1"),
    ],
    parameters: &[Parameter {
        name: "signing",
        about: "What the organisation states of how reports are signed.",
        kind: ParameterKind::Choice(&["unstated", "every-report"]),
    }],
    attestations: &[],
    cases: include_str!("../../../tests/controls/gov/reproducible-evidence.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let Some(rolled) = &facts.roll_up else {
        return Outcome::not_applicable("nothing was audited");
    };
    let mut outcome = Outcome::default();
    let record = &rolled.record;
    let bundle = record
        .bundle_sha256
        .as_deref()
        .map_or_else(|| "no bundle".to_owned(), |digest| format!("the bundle {}", shown(digest)));
    outcome.saw(
        format!(
            "the report records {}, the policy {}, {bundle}, and the moment {}",
            shown(&record.tool),
            shown(&record.policy_sha256),
            shown(&record.as_of)
        ),
        None,
    );
    for statement in facts.attestations.statements.values() {
        for document in statement.evidence.iter().filter(|document| document.checked.contradicts()) {
            let message = format!(
                "the document `{}` of the statement `{}` has another SHA-256 than the one that is stated",
                shown(&document.source),
                statement.key.name
            );
            let draft = Draft::fail("hash-mismatch", place(facts, Some(statement)), message);
            outcome.findings.push(draft.key(&*document.source));
        }
    }
    if record.tool.is_empty() || record.policy_sha256.is_empty() || record.as_of.is_empty() {
        let message = "the report does not record its own tool, policy and moment";
        outcome.findings.push(Draft::fail("record-incomplete", Location::file(Root::App, ""), message));
    }
    if parameters.choice("signing") == "every-report" {
        outcome.attested = true;
        outcome.saw("the policy states that every report is signed with its manifest", None);
    } else {
        let message =
            "whether this report gets signed the run itself can't see: sign it, and state `signing` in the policy";
        outcome.findings.push(Draft::manual("unsigned", Location::file(Root::App, ""), message));
    }
    outcome
}
