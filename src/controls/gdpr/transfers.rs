//! OTA-GDPR-006: whether data that goes to other countries may go there.

use crate::controls::signals::{Said, add_unparsed, judge, signals_or_na};
use crate::controls::support::{is_listed, shown};
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::controls::{Parameter, ParameterKind};
use crate::facts::Facts;
use crate::facts::privacy::{Kind, Met};
use crate::model::Severity;

/// OTA-GDPR-006.
pub static CONTROL: Control = Control {
    id: "OTA-GDPR-006",
    slug: "transfers",
    title: "Third-country transfers are covered",
    requirement: "For each vendor host, region and transfer tool (adequacy incl. DPF, SCC, BCR) with TIA is recorded.",
    rationale: "Data that leaves the EEA needs a ground for that, service by service. An update can add a service.",
    remediation: "Add SCC/TIA or move region.",
    limits: "The services are those of the table of signals. Where a host stands can't be told from its name, and is not asked: the contract says it. What the policy (`covered_hosts`) or a statement says is believed. Whether the GDPR applies is not judged.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[("EDPB", "R1/2020"), ("GDPR", "13"), ("GDPR", "30"), ("GDPR", "44-49")],
    parameters: &[
        Parameter {
            name: "covered_hosts",
            about: "Hosts whose transfers are covered by adequacy or clauses; one that begins with a dot means all below it.",
            kind: ParameterKind::List(&[]),
        },
        Parameter {
            name: "uncovered_hosts",
            about: "Hosts of which it is known that nothing covers a transfer to them.",
            kind: ParameterKind::List(&[]),
        },
    ],
    attestations: &["vendors"],
    cases: include_str!("../../../tests/controls/gdpr/transfers.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let found = match signals_or_na(facts) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    let covered = parameters.list("covered_hosts");
    let mut outcome = Outcome::default();
    add_unparsed(&mut outcome, &found);
    let services = found.signals.iter().filter(|fact| {
        fact.signal.kind == Kind::Service && fact.met != Met::Available && fact.signal.id != "lib.replayota"
    });
    let mut number = 0;
    for fact in services {
        number += 1;
        let mut hosts: Vec<&str> =
            fact.places.iter().map(|one| one.what.as_str()).filter(|what| is_host(what)).collect();
        hosts.sort_unstable();
        hosts.dedup();
        let uncovered = hosts.iter().find(|host| is_listed(host, parameters.list("uncovered_hosts")));
        let wrong = uncovered
            .map(|host| format!("; it is stated that the transfer to `{}` is not covered", shown(host)))
            .unwrap_or_default();
        let said = if !hosts.is_empty() && hosts.iter().all(|host| is_listed(host, covered)) {
            Said::Fine(": it is stated that the transfer is covered")
        } else if uncovered.is_some() {
            Said::Wrong("not-covered", &wrong)
        } else {
            let severity = if fact.met.is_use() { Severity::Medium } else { Severity::Low };
            Said::Nothing(
                "recipient",
                "; look at where its provider keeps the data, and whether a transfer out of the EEA is covered",
                severity,
            )
        };
        judge(&mut outcome, facts, fact, &said, &fact.signal.id);
    }
    if number == 0 && outcome.findings.is_empty() {
        return Outcome::not_applicable("the bundle calls no service of others that is known");
    }
    outcome
}

fn is_host(what: &str) -> bool {
    what.contains('.') && what.bytes().all(|byte| !byte.is_ascii_uppercase() && byte != b'(') && !what.contains("..")
}
