//! What the controls came to, for those that judge the audit itself.

use jiff::Timestamp;

use crate::controls::find;
use crate::facts::Facts;
use crate::facts::attestations::days;
use crate::facts::roll_up::{Granted, Record, RollUp, Rolled};
use crate::model::{Assessment, Verdict};
use crate::policy::Policy;

/// The facts for the controls that judge the audit: what is stated, and what the other controls came to. Nothing of the
/// subject itself is asked there.
pub fn up(facts: &Facts, assessments: &[Assessment], policy: &Policy, as_of: Timestamp) -> Facts {
    let today = as_of.to_zoned(jiff::tz::TimeZone::UTC).date();
    let controls = assessments.iter().map(rolled).collect();
    let exceptions = policy
        .exceptions
        .iter()
        .map(|exception| Granted {
            id: exception.id.clone(),
            control: exception.control.clone(),
            waivable: find(&exception.control).is_some_and(|control| control.waivable),
            owner: exception.owner.clone(),
            approver: exception.approver.clone(),
            reason: exception.reason.clone(),
            compensating_control: exception.compensating_control.clone(),
            scoped: !exception.paths.is_empty()
                || !exception.fingerprints.is_empty()
                || exception.bundle_sha256.is_some(),
            start: exception.start.map(|day| day.to_string()),
            expires: exception.expires.to_string(),
            days_left: days(today, exception.expires),
            renewals: exception.renewals(),
        })
        .collect();
    let bundle = facts.bundle.as_ref().map(|bundle| bundle.archive_sha256.unwrap_or(bundle.content_digest).hex());
    let record = Record {
        tool: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).to_owned(),
        policy_sha256: policy.sha256.hex(),
        bundle_sha256: bundle,
        as_of: as_of.to_string(),
    };
    Facts {
        schema: facts.schema,
        as_of: facts.as_of,
        attestations: facts.attestations.clone(),
        roll_up: Some(RollUp { controls, exceptions, record }),
        ..Facts::default()
    }
}

fn rolled(assessment: &Assessment) -> Rolled {
    let open = || assessment.findings.iter().filter(|finding| finding.exception.is_none());
    Rolled {
        control: assessment.control.clone(),
        severity: assessment.severity,
        verdict: assessment.verdict,
        open_failure: open().filter(|finding| finding.verdict == Verdict::Fail).map(|finding| finding.severity).max(),
        open_question: open().any(|finding| matches!(finding.verdict, Verdict::Manual | Verdict::Indeterminate)),
    }
}
