//! What a statement says of an audit.

use serde_json::{Value, json};

use super::{Descriptor, sha256};
use crate::model::{Assessment, Digest, GateResult, Problem, Report, Verdict};

/// The sorts of predicates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Predicate {
    /// Each control as a test, with its outcome.
    TestResult,
    /// What was verified, in few words.
    Svr,
}

impl Predicate {
    /// Its URI.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::TestResult => "https://in-toto.io/attestation/test-result/v0.1",
            Self::Svr => "https://in-toto.io/attestation/svr/v0.2",
        }
    }
}

/// The property that an SVR states when the gate passed.
pub(super) const GATE_PASSED: &str = "OTAUDIT_GATE_PASSED";

/// What the policy and the gate were, as both predicates tell it.
fn policy(report: &Report) -> Descriptor {
    Descriptor {
        name: Some(report.settings.policy.name.clone()),
        digest: sha256(report.settings.policy.sha256),
        annotations: Some(json!({
            "fail_on": report.gate.fail_on.word(),
            "strict": report.gate.strict,
            "indeterminate_fails": report.gate.indeterminate_fails,
        })),
        ..Descriptor::default()
    }
}

pub(super) fn of(report: &Report, file: Digest, kind: Predicate) -> Result<Value, Problem> {
    match kind {
        Predicate::TestResult => Ok(test_result(report, file)),
        Predicate::Svr => svr(report),
    }
}

fn test_result(report: &Report, file: Digest) -> Value {
    let blocks =
        |assessment: &Assessment| assessment.findings.iter().any(|finding| report.gate.blocking.contains(&finding.id));
    let (mut passed, mut warned, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for assessment in &report.assessments {
        match assessment.verdict {
            _ if blocks(assessment) => failed.push(&assessment.control),
            Verdict::Pass => passed.push(&assessment.control),
            // A statement is no evidence, and what was not decided did not pass.
            Verdict::Fail | Verdict::Indeterminate | Verdict::Manual | Verdict::Attested => {
                warned.push(&assessment.control);
            }
            Verdict::NotApplicable => {}
        }
    }
    let result = match report.gate.result {
        GateResult::Failed => "FAILED",
        GateResult::Passed if warned.is_empty() => "PASSED",
        GateResult::Passed => "WARNED",
    };
    let annotations = json!({
        "as_of": report.as_of,
        "content_sha256": report.subject.bundle.as_ref().map(|bundle| bundle.content_digest),
        "tool": format!("{} {}", report.tool.name, report.tool.version),
        "schema": report.schema,
    });
    let report = [
        policy(report),
        Descriptor {
            name: Some("report".to_owned()),
            digest: sha256(file),
            annotations: Some(annotations),
            ..Descriptor::default()
        },
    ];
    json!({
        "result": result,
        "configuration": report,
        "passedTests": passed,
        "warnedTests": warned,
        "failedTests": failed,
    })
}

fn svr(report: &Report) -> Result<Value, Problem> {
    if report.gate.result == GateResult::Failed {
        return Err(Problem::new("the gate did not pass, and an SVR states only what was verified")
            .help("use `--predicate test-result`, which can state a failure"));
    }
    let mut properties = vec![GATE_PASSED.to_owned()];
    if report.gate.strict {
        properties.push("OTAUDIT_STRICT".to_owned());
    }
    properties.extend(
        report
            .assessments
            .iter()
            .filter(|assessment| assessment.verdict == Verdict::Pass)
            .map(|assessment| format!("OTAUDIT_PASS_{}", assessment.control.replace('-', "_"))),
    );
    Ok(json!({
        "verifier": {
            "id": format!("pkg:generic/{}@{}", report.tool.name, report.tool.version),
            "policies": [policy(report)],
        },
        "timeCreated": report.as_of,
        "properties": properties,
    }))
}
