//! OTA-GOV-004: whether the update plugin and its vendor are assessed.

use std::collections::BTreeSet;

use crate::controls::stated::{add, place, said};
use crate::controls::support::shown;
use crate::controls::updates::{packages_of, updates_or_na};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::attestations::days;
use crate::facts::packages::{Exactness, Installed};
use crate::model::{Location, Position, Root, Severity};

/// OTA-GOV-004.
pub static CONTROL: Control = Control {
    id: "OTA-GOV-004",
    slug: "plugin-assessed",
    title: "OTA plugin and vendor are assessed",
    requirement: "Updater plugin is pinned, supported, from a known source with public code or vendor report, no known advisories; vendor assurance (SOC 2/ISO 27001) reviewed.",
    rationale: "The update plugin can replace all of the app's code. It is the one dependency that has to be chosen with open eyes.",
    remediation: "Hold the plugin fast in a lockfile, update it, have its source reviewed, and state `plugin.source_review`.",
    limits: "Versions are those of lockfiles and installed packages. The hash that a lockfile has of a package is not compared, and its registry is not asked. Known weaknesses are those of the built-in advisories of this tool, of severity high or critical: those whose conditions hold fail, and those whose conditions no file shows are questions. That the source is open permits a review and is no evidence of one: somebody has to state it. A vendor's report older than a year is a question.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA-REG", "7123(c)(15)"),
        ("CRA", "Art.13(5)"),
        ("CWE", "CWE-1104"),
        ("GDPR", "28"),
        ("MASVS", "MASVS-CODE-3"),
        ("MASWE", "MASWE-0076"),
        ("NIS2", "21(2)(d)"),
        ("NIST-800-53", "SA-22"),
        ("NIST-800-53", "SA-9"),
        ("NIST-800-53", "SR-3"),
        ("NIST-800-53", "SR-6"),
        ("NIST-SSDF", "PW.4"),
        ("SOC2", "CC9.2"),
    ],
    parameters: &[],
    attestations: &["vendors", "plugin.source_review"],
    cases: include_str!("../../../tests/controls/gov/plugin-assessed.md"),
    assess,
};

/// A report on a vendor counts for a year.
const MOST_DAYS: i64 = 365;

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let systems = match updates_or_na(facts) {
        Ok(systems) => systems,
        Err(outcome) => return outcome,
    };
    let Some(packages) = &facts.packages else { return Outcome::not_applicable("no app was given") };
    let mut outcome = Outcome::default();
    for name in systems.iter().flat_map(|system| packages_of(system)) {
        let all: Vec<&Installed> = packages.of(name).collect();
        if !all.is_empty() {
            pinned(&mut outcome, name, &all);
        }
    }
    weaknesses(&mut outcome, facts);
    add(&mut outcome, facts, "plugin.source_review", |judge, entry| judge.needs(entry, &["plugin", "result"]));
    if let Some(vendors) = facts.attestations.answer("vendors").fresh() {
        for vendor in vendors.value.entries.iter().filter(|vendor| vendor.has("assurance_report")) {
            let age = vendor.date("assurance_date").map(|date| days(date, facts.attestations.today.unwrap_or(date)));
            if age.is_none_or(|age| age > MOST_DAYS) {
                let name = vendor.text("name").map_or_else(|| "a vendor".to_owned(), said);
                let message =
                    format!("the report on the security of {name} has no day, or is older than {MOST_DAYS} days");
                outcome.findings.push(Draft::manual("report-outdated", place(facts, Some(vendors)), message).key(name));
            }
        }
    }
    outcome
}

/// Known weaknesses of what is installed, each once.
fn weaknesses(outcome: &mut Outcome, facts: &Facts) {
    let mut seen = BTreeSet::new();
    for one in facts.advised.iter().filter(|one| one.certain && one.severity >= Severity::High) {
        if one.applies == Some(false) || !seen.insert((&one.advisory, &one.package)) {
            continue;
        }
        let fixed =
            one.fixed.as_deref().map(|fixed| format!("; {} has the protection", shown(fixed))).unwrap_or_default();
        let (package, version) = (shown(&one.package), shown(&one.version));
        let message =
            format!("`{package}` {version} is known to be weak ({}): {}{fixed}", one.advisory, shown(&one.title));
        let place = in_app(&one.source, one.position);
        outcome.findings.push(if one.applies == Some(true) {
            Draft::fail("known-weakness", place, message).key(&*one.advisory)
        } else {
            let message = format!("{message}; whether it concerns this app depends on what no file shows");
            Draft::manual("maybe-weak", place, message).key(&*one.advisory)
        });
    }
}

fn pinned(outcome: &mut Outcome, name: &str, all: &[&Installed]) {
    if let Some(one) = all.iter().find(|one| one.range.as_deref().is_some_and(is_loose_git)) {
        let range = shown(one.range.as_deref().unwrap_or_default());
        let message = format!("`{name}` comes from `{range}`, which names no commit: it is what the branch is today");
        outcome.findings.push(Draft::fail("git-without-commit", in_app(&one.source, one.position), message).key(name));
        return;
    }
    let held = all.iter().find(|one| one.exactness > Exactness::Declared && one.version.known().is_some());
    match (held, all.first()) {
        (Some(one), _) => {
            let version = one.version.known().map(String::as_str).unwrap_or_default();
            outcome.saw(
                format!("`{name}` is held at {} by `{}`", shown(version), shown(&one.source)),
                Some(in_app(&one.source, one.position)),
            );
        }
        (None, Some(one)) => {
            let message = format!("no lockfile holds `{name}` at a version");
            outcome.findings.push(Draft::manual("not-pinned", in_app(&one.source, one.position), message).key(name));
        }
        (None, None) => {}
    }
}

/// An address of a repository without a whole commit behind `#`.
fn is_loose_git(range: &str) -> bool {
    let git = ["git+", "git:", "git@", "github:", "gitlab:", "bitbucket:"].iter().any(|start| range.starts_with(start))
        || range.split('#').next().is_some_and(|address| address.ends_with(".git"));
    let commit = range.split_once('#').map_or("", |(_, commit)| commit);
    git && !(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn in_app(path: &str, position: Option<Position>) -> Location {
    position.map_or_else(|| Location::file(Root::App, path), |position| Location::at(Root::App, path, position))
}
