//! OTA-PLAY-008: whether the bundle hides what it does.

use crate::controls::changed;
use crate::controls::owners::owned;
use crate::controls::support::{add_unexamined, at, bundle_or_na, count, shown};
use crate::controls::web::unparsed::add_unparsed;
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::comparison::SetKind;
use crate::facts::script::{CodeSite, Origin};
use crate::model::{Confidence, Location, Root, Severity};

/// OTA-PLAY-008.
pub static CONTROL: Control = Control {
    id: "OTA-PLAY-008",
    slug: "no-hidden-behaviour",
    title: "No deceptive or hidden behaviour signals",
    requirement: "Bundle has no cloaking (behaviour by installer, emulator, review account) and no obfuscation beyond minification.",
    rationale: "Google removes apps that hide what they do. A script that first decodes its own code can't be reviewed by anyone.",
    remediation: "Use plain minification.",
    limits: "Seen are code that is decoded from a text and run, and tables of texts that are turned while the script runs, as obfuscators leave them. Behaviour that depends on the installer, on an emulator or on a reviewer's account is not seen: a pass means that no indicator was found. Some vendors of security products obfuscate legitimately.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[("APPLE", "2.3.1(a)"), ("NIST-800-53", "SC-18"), ("PLAY", "behavior-transparency")],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/play/no-hidden-behaviour.md"),
    assess,
};

/// What decodes a text; in the expression of a site they stand before the code.
const DECODERS: [&str; 4] = ["atob(", "fromCharCode", "unescape(", "decodeURIComponent("];
/// Shorter code is no hidden behaviour: `return this`.
const SHORTEST: usize = 24;

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    add_unexamined(&mut outcome, bundle);
    let mut scripts = 0;
    for file in bundle.all_files() {
        add_unparsed(&mut outcome, file);
        let Some(script) = &file.script else { continue };
        scripts += 1;
        for site in script.sites.iter().filter(|site| is_decoded(site)) {
            let message = format!("{} runs code that is decoded from a text before", site.kind.expression());
            let message = owned(facts, file, site.position, message);
            let draft = Draft::fail("decoded-code", at(&file.path, Some(site.position)), message);
            outcome.findings.push(draft.confidence(Confidence::Likely).excerpt(shown(&site.excerpt)));
        }
        if script.turns_a_table {
            let message = "the script turns a table of texts while it runs, as obfuscators leave it: look at why it hides what it does";
            let place = Location::file(Root::Bundle, &file.path);
            outcome.findings.push(Draft::manual("obfuscated", place, message).confidence(Confidence::Likely));
        }
    }
    outcome.saw(format!("no more indicator found in {}", count(scripts, "script", "scripts")), None);
    changed::tell(&mut outcome, facts, &[SetKind::DynamicCode, SetKind::RemoteConfig, SetKind::Flags]);
    outcome
}

fn is_decoded(site: &CodeSite) -> bool {
    let Origin::Constant { text } = &site.origin else { return false };
    let decodes = |decoder: &str| site.excerpt.contains(decoder) && !text.contains(decoder);
    site.kind.takes_code() && text.len() >= SHORTEST && site.idiom.is_none() && DECODERS.iter().any(|one| decodes(one))
}
