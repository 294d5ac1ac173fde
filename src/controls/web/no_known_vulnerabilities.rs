//! OTA-WEB-005: libraries of the bundle with known vulnerabilities.

use std::cmp::Reverse;

use semver::Version;

use crate::controls::support::{add_unexamined, add_unread, at, bundle_or_na, count, shown};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::components::{Library, Told, libraries};
use crate::facts::vulnerabilities::{Vulnerability, VulnerableLibraries, built_in, stated};
use crate::facts::{BundleFacts, Facts};
use crate::model::{Confidence, Location, Root, Severity};

/// OTA-WEB-005.
pub static CONTROL: Control = Control {
    id: "OTA-WEB-005",
    slug: "no-known-vulnerabilities",
    title: "No components with known vulnerabilities",
    requirement: "JavaScript libraries recognised in the bundle have no known exploitable vulnerability at audit date.",
    rationale: "A known vulnerability of a library is public with its way to exploit it, and works in every app that ships the library.",
    remediation: "Upgrade and release as a security update.",
    limits: "A library is known by a banner, by a text that it carries, by the names that bundlers leave, or by a source map; a version counts only where one of these states it. What a minifier left no trace of is not seen, so a pass does not mean that there is none: scan the lockfile too. The table is small and dated: its date stands in the evidence, and after 180 days a person has to look. Vulnerabilities of servers and build tools are left out of it. Whether the app reaches the vulnerable code is not asked, so none is critical. A library that is surely there without a version is manual if the table has an entry for it. Reports of other scanners (VEX) are not read. A fix that was ported back keeps the old version and is reported.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA-REG", "7123(c)(14)"),
        ("CRA", "AnnexI.I.2(a)"),
        ("CRA", "AnnexI.II.1"),
        ("CRA", "AnnexI.II.2"),
        ("CWE", "CWE-1104"),
        ("ETSI-303645", "5.3-8"),
        ("GDPR", "32(1)(d)"),
        ("MASTG", "MASTG-TEST-0274"),
        ("MASTG", "MASTG-TEST-0275"),
        ("MASVS", "MASVS-CODE-3"),
        ("MASWE", "MASWE-0076"),
        ("NIST-800-53", "RA-5"),
        ("NIST-800-53", "SI-2"),
        ("NIST-800-53", "SR-3"),
        ("NIST-SSDF", "PW.4"),
        ("NIST-SSDF", "RV.1"),
        ("PLAY", "DNA-vulnerabilities"),
        ("SOC2", "CC7.1"),
    ],
    parameters: &[],
    attestations: &["vuln.scan"],
    cases: include_str!("../../../tests/controls/web/no-known-vulnerabilities.md"),
    assess,
};

/// When the table is older than this at the moment of the audit, in days, what it does not know may be much.
const STALE_DAYS: i64 = 180;
/// How many vulnerabilities of one library are named.
const NAMED: usize = 4;
const DAY: i64 = 86_400;

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    add_unexamined(&mut outcome, bundle);
    add_unread(&mut outcome, bundle.all_files());
    let Some(table) = built_in() else {
        let message = "the table of known vulnerabilities could not be read";
        outcome.findings.push(Draft::indeterminate("no-table", Location::file(Root::Bundle, ""), message));
        return outcome;
    };
    age(&mut outcome, table, facts.as_of);
    let found = libraries(bundle);
    for library in &found {
        judge(&mut outcome, table, library);
    }
    list(&mut outcome, &found, bundle);
    outcome
}

/// Says how old the table is at the moment of the audit.
fn age(outcome: &mut Outcome, table: &VulnerableLibraries, as_of: i64) {
    let made = table.data.to_zoned(jiff::tz::TimeZone::UTC).map_or(0, |moment| moment.timestamp().as_second());
    let days = as_of.saturating_sub(made) / DAY;
    let rows = count(table.rows.len(), "vulnerability", "vulnerabilities");
    if days > STALE_DAYS {
        let message = format!(
            "the table of known vulnerabilities is of {} and {days} days old: what became known since is not in it; scan the lockfile, or use a newer otaudit",
            table.data
        );
        let place = Location::file(Root::Bundle, "");
        outcome.findings.push(Draft::manual("stale-table", place, message).severity(Severity::Low));
    } else {
        outcome.saw(format!("compared with {rows} known until {}, {} ago", table.data, ago(days)), None);
    }
}

fn ago(days: i64) -> String {
    count(usize::try_from(days).unwrap_or_default(), "day", "days")
}

fn judge(outcome: &mut Outcome, table: &VulnerableLibraries, library: &Library) {
    let Some(told) = library.places.first() else { return };
    let rows = || table.of_package(&library.package);
    let package = shown(&library.package);
    let Some(version) = library.version.as_deref().and_then(stated) else {
        let number = rows().count();
        if number > 0 {
            let known = count(number, "known vulnerability", "known vulnerabilities");
            let message = format!(
                "the bundle carries {package} (by {}), whose version its text does not tell; versions of it have {known}",
                told.how.word()
            );
            let draft = Draft::manual("unknown-version", place(told), message).severity(Severity::Low);
            outcome.findings.push(draft.confidence(Confidence::Likely).key(package));
        }
        return;
    };
    let mut hits: Vec<&Vulnerability> = rows().filter(|row| row.affected.contains(&version)).collect();
    // The gravest first; the table's order is kept among equals.
    hits.sort_by_key(|row| Reverse(row.severity));
    let Some(worst) = hits.first().map(|row| row.severity) else { return };
    let message = format!(
        "{package} {version} (by {}) has {}: {}",
        told.how.word(),
        count(hits.len(), "known vulnerability", "known vulnerabilities"),
        named(&hits, &version)
    );
    let key = format!("{package}@{version}");
    let draft = if worst >= Severity::High {
        Draft::fail("vulnerable-library", place(told), message).severity(Severity::High)
    } else {
        Draft::manual("vulnerable-library", place(told), message).severity(worst)
    };
    outcome.findings.push(draft.confidence(Confidence::Likely).key(key));
}

/// The numbers, severities and fixes of the first few.
fn named(hits: &[&Vulnerability], version: &Version) -> String {
    let one = |row: &&Vulnerability| {
        let number = row.cve.first().map_or_else(|| row.id.clone(), |cve| format!("{cve}, {}", row.id));
        let fix = row.fix_for(version).map_or_else(String::new, |fix| format!(", fixed in {fix}"));
        format!("{} ({number}; {}{fix})", shown(&row.title), row.severity)
    };
    let mut text = hits.iter().take(NAMED).map(one).collect::<Vec<_>>().join("; ");
    if hits.len() > NAMED {
        text.push_str(&format!("; and {} more", hits.len() - NAMED));
    }
    text
}

fn place(told: &Told) -> Location {
    at(&told.path, told.position)
}

/// What was recognised, for the reader to compare.
fn list(outcome: &mut Outcome, found: &[Library], bundle: &BundleFacts) {
    let names: Vec<String> = found
        .iter()
        .filter_map(|library| Some(format!("{} {}", shown(&library.package), shown(library.version.as_deref()?))))
        .collect();
    let scripts = bundle.all_files().filter(|file| file.script.is_some()).count();
    let scripts = count(scripts, "script", "scripts");
    let unknown = count(found.len() - names.len(), "other package", "other packages");
    let message = if names.is_empty() {
        format!("{scripts}: no library tells its version, {unknown} without one")
    } else {
        let shown = names.iter().take(40).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if names.len() > 40 { format!(" and {} more", names.len() - 40) } else { String::new() };
        format!("{scripts}: {shown}{more}; {unknown} without a version")
    };
    outcome.saw(message, None);
}
