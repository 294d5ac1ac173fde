//! The ledger's word on what was audited before, for the controls on versions.

use super::chain::Ledger;
use crate::facts::{Past, PastAudit};
use crate::model::GateResult;

/// The audits of `app` on `channel`, the earliest first. What has no channel is of every channel.
#[must_use]
pub fn history(ledger: &Ledger, app: Option<&str>, channel: Option<&str>) -> Past {
    let own = ledger.ordered().into_iter().filter(|(_, record)| record.app.as_deref() == app);
    let same = own.filter(|(_, record)| match (record.channel.as_deref(), channel) {
        (Some(theirs), Some(ours)) => theirs == ours,
        _ => true,
    });
    let audits = same.filter_map(|(name, record)| {
        let audit = record.audit.as_ref()?;
        Some(PastAudit {
            record: name,
            as_of: record.as_of.clone(),
            version: record.version.clone(),
            archive: audit.subject.archive,
            content: audit.subject.content,
            passed: audit.gate.result == GateResult::Passed,
        })
    });
    Past { audits: audits.collect() }
}
