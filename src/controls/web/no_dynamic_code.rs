//! OTA-WEB-002: places where a script makes code from data.

use std::collections::BTreeMap;

use crate::controls::owners::owned;
use crate::controls::support::{add_unexamined, add_unread, at, bundle_or_na, count, shown};
use crate::controls::web::unparsed::add_unparsed;
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::script::{Origin, SiteKind};
use crate::model::{Confidence, Severity};

/// OTA-WEB-002.
pub static CONTROL: Control = Control {
    id: "OTA-WEB-002",
    slug: "no-dynamic-code",
    title: "Dynamic code evaluation is absent or contained",
    requirement: "No eval, new Function, setTimeout(string) on data that can come from network.",
    rationale: "Code that is made from data which comes over the network is code that nobody has examined, with all rights of the app.",
    remediation: "Remove; precompile templates.",
    limits: "Data is followed through the functions, promises, objects and classes of one script, not from script to script. Markup from outside is manual. A value of unknown origin is manual, a constant text is evidence. Idioms such as `Function(\"return this\")()` are known by their pattern and what stands around them. Which places are new in this update is not compared.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "2.5.2"),
        ("CWE", "CWE-79"),
        ("CWE", "CWE-95"),
        ("MASVS", "MASVS-CODE-4"),
        ("MASWE", "MASWE-0072"),
        ("MASWE", "MASWE-0079"),
        ("NIST-800-53", "SC-18"),
        ("NIST-800-53", "SI-10"),
        ("PLAY", "DNA-interpreted-code"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/web/no-dynamic-code.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    add_unexamined(&mut outcome, bundle);
    add_unread(&mut outcome, bundle.all_files());
    let (mut scripts, mut constant) = (0, 0);
    let mut idioms: BTreeMap<&str, usize> = BTreeMap::new();
    for file in bundle.all_files() {
        add_unparsed(&mut outcome, file);
        let Some(script) = &file.script else { continue };
        scripts += 1;
        for site in script.sites.iter().filter(|site| site.kind.takes_code()) {
            let location = at(&file.path, Some(site.position));
            let before = outcome.findings.len();
            let what = site.kind.expression();
            let excerpt = shown(&site.excerpt);
            match (&site.origin, site.idiom) {
                // Scripts in such markup don't run, and libraries put fetched pictures and texts into pages this way.
                (Origin::NetworkDerived { source } | Origin::UserInput { source }, _)
                    if site.kind == SiteKind::Markup =>
                {
                    let message = format!("{what} is made from what comes from outside ({})", shown(source));
                    let draft = Draft::manual("foreign-markup", location, message).severity(Severity::Medium);
                    outcome.findings.push(draft.confidence(Confidence::Possible).excerpt(excerpt));
                }
                (Origin::UserInput { source }, _) => {
                    let message = format!("{what} runs what a person or a link decides ({})", shown(source));
                    let draft = Draft::fail("user-code", location, message).severity(Severity::High);
                    outcome.findings.push(draft.confidence(Confidence::Likely).excerpt(excerpt));
                }
                (Origin::NetworkDerived { source }, _) => {
                    let message = format!("{what} runs what comes over the network ({})", shown(source));
                    let draft = Draft::fail("network-code", location, message).severity(Severity::Critical);
                    outcome.findings.push(draft.confidence(Confidence::Likely).excerpt(excerpt));
                }
                (Origin::Remote { host, .. }, _) => {
                    let message = format!("{what} runs what comes from `{}`", shown(host));
                    let draft = Draft::fail("network-code", location, message).severity(Severity::Critical);
                    outcome.findings.push(draft.confidence(Confidence::Likely).excerpt(excerpt));
                }
                (_, Some(idiom)) => *idioms.entry(idiom).or_default() += 1,
                (Origin::Constant { .. } | Origin::SameOrigin { .. }, None) => constant += 1,
                (Origin::Unknown, None) => {
                    let message = format!("{what} runs a value whose origin the text does not tell");
                    let draft = Draft::manual("unknown-code", location, message).severity(Severity::Medium);
                    outcome.findings.push(draft.confidence(Confidence::Possible).excerpt(excerpt));
                }
            }
            for draft in outcome.findings.iter_mut().skip(before) {
                draft.message = owned(facts, file, site.position, std::mem::take(&mut draft.message));
            }
        }
    }
    let scripts = count(scripts, "script", "scripts");
    let constant = count(constant, "place that runs a constant text", "places that run a constant text");
    outcome.saw(format!("{scripts}: {constant}"), None);
    for (idiom, number) in idioms {
        outcome.saw(format!("the known idiom {}: {}", shown(idiom), count(number, "place", "places")), None);
    }
    outcome
}
