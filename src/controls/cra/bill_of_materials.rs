//! OTA-CRA-002: whether there is a bill of materials of this very bundle.

use crate::controls::support::{count, shown};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::papers::Bill;
use crate::model::{Digest, Location, Root, Severity};

/// OTA-CRA-002.
pub static CONTROL: Control = Control {
    id: "OTA-CRA-002",
    slug: "bill-of-materials",
    title: "SBOM for the bundle",
    requirement: "Machine-readable SBOM (CycloneDX/SPDX) with at least top-level npm dependencies exists, is for this version, and includes the bundle hash.",
    rationale: "When a library turns out to be weak, the question is which update carries it: only a list of that very update answers it.",
    remediation: "Write a bill of materials for each bundle: `otaudit sbom > sbom.json`, or the package manager's own.",
    limits: "Bills are looked for in the app's folder under their usual names (`sbom.json`, `bom.json`, with `.cdx` or `.spdx`, also in `sbom/`, `reports/` and `build/`), and are read as CycloneDX or SPDX in JSON. They are not held against the official schemas. A bill is this bundle's when it states its digest (of the archive, or of the content, as `otaudit sbom` writes it), or the release's version. Dependencies are those that `package.json` asks for at run time; what a bill holds beyond them is not judged. Bills inside a bundle are not looked for: a confidential one has no place there.",
    severity: Severity::Medium,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.II.1"),
        ("CRA", "Art.13(5)"),
        ("MASTG", "MASTG-TEST-0274"),
        ("MASTG", "MASTG-TEST-0275"),
        ("MASVS", "MASVS-CODE-3"),
        ("NIST-800-53", "CM-7"),
        ("NIST-800-53", "SR-3"),
        ("NIST-SSDF", "PS.3"),
        ("SOC2", "CC9.2"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/cra/bill-of-materials.md"),
    assess,
};

/// How a bill stands to the bundle.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Ours,
    Other,
    Untied,
    Unreadable,
}

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let Some(bundle) = &facts.bundle else { return Outcome::not_applicable("no bundle was given") };
    let mut outcome = Outcome::default();
    let papers = facts.papers.as_ref();
    let bills: Vec<&Bill> = papers.iter().flat_map(|papers| &papers.bills).collect();
    if bills.is_empty() {
        let message = "no bill of materials is seen in the app's folder: write one with `otaudit sbom`, or by the package manager";
        outcome.findings.push(Draft::manual("absent", Location::file(Root::App, "sbom.json"), message));
        return outcome;
    }
    let own: Vec<Digest> = bundle.archive_sha256.into_iter().chain([bundle.content_digest]).collect();
    let version = facts.release.as_ref().and_then(|release| release.version.known()).map(String::as_str);
    let judged: Vec<(&Bill, Standing)> = bills.iter().map(|bill| (*bill, standing(bill, &own, version))).collect();
    if let Some((bill, _)) = judged.iter().find(|(_, standing)| *standing == Standing::Ours) {
        ours(&mut outcome, facts, bill);
        return outcome;
    }
    for (bill, standing) in judged {
        let place = Location::file(Root::App, &bill.path);
        let (path, why) = (shown(&bill.path), shown(bill.fault.as_deref().unwrap_or_default()));
        outcome.findings.push(match standing {
            Standing::Unreadable => Draft::indeterminate(
                "unreadable",
                place,
                format!("the bill of materials `{path}` could not be read: {why}"),
            ),
            Standing::Other => Draft::fail(
                "other-version",
                place,
                format!("the bill of materials `{path}` is of another bundle or version"),
            ),
            Standing::Untied | Standing::Ours => Draft::manual(
                "not-tied",
                place,
                format!("the bill of materials `{path}` states neither the bundle's digest nor the release's version"),
            ),
        });
    }
    outcome
}

fn standing(bill: &Bill, own: &[Digest], version: Option<&str>) -> Standing {
    if bill.fault.is_some() {
        return Standing::Unreadable;
    }
    if !bill.digests.is_empty() {
        return if bill.digests.iter().any(|digest| own.contains(digest)) { Standing::Ours } else { Standing::Other };
    }
    match (bill.version.as_deref(), version) {
        (Some(stated), Some(version)) if stated == version => Standing::Ours,
        (Some(_), Some(_)) => Standing::Other,
        _ => Standing::Untied,
    }
}

/// What the bundle's own bill leaves out.
fn ours(outcome: &mut Outcome, facts: &Facts, bill: &Bill) {
    let place = Location::file(Root::App, &bill.path);
    let dependencies = facts.papers.iter().flat_map(|papers| &papers.dependencies);
    let missing: Vec<String> =
        dependencies.filter(|name| !bill.components.contains(*name)).map(|name| format!("`{}`", shown(name))).collect();
    if missing.is_empty() {
        let format = bill.format.unwrap_or_default();
        let number = count(bill.components.len(), "component", "components");
        outcome.saw(format!("`{}` ({format}) is this bundle's and lists {number}", shown(&bill.path)), Some(place));
        return;
    }
    let some: Vec<&str> = missing.iter().take(8).map(String::as_str).collect();
    let message = format!(
        "`{}` leaves out {} that `package.json` asks for: {}",
        shown(&bill.path),
        count(missing.len(), "dependency", "dependencies"),
        some.join(", ")
    );
    outcome.findings.push(Draft::manual("incomplete", place, message));
}
