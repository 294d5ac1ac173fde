//! OTA-WEB-001: code that is loaded from outside the bundle.

use crate::controls::owners::owned;
use crate::controls::references::resolve;
use crate::controls::support::{
    Address, add_unexamined, add_unread, address, at, bundle_or_na, count, is_listed, shown,
};
use crate::controls::web::unparsed::add_unparsed;
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::page::{PageFacts, ScriptElement};
use crate::facts::script::{CodeSite, Origin, ScriptFacts, SiteKind};
use crate::facts::{BundleFacts, Facts, FileFacts};
use crate::model::{Confidence, Severity};

/// OTA-WEB-001.
pub static CONTROL: Control = Control {
    id: "OTA-WEB-001",
    slug: "no-remote-code",
    title: "No remote executable content",
    requirement: "No script, worker, import, import map or iframe with bridge access from an origin outside the bundle.",
    rationale: "Code from another origin is neither examined nor signed, runs with the native bridge, and can change every minute.",
    remediation: "Bundle it, or load in a separate in-app browser without bridge.",
    limits: "Scripts are read, not run: an address that a script computes is manual. Import maps are not followed; `document.write` is OTA-WEB-002. A frame is manual, whether it is listed or not. An address that comes from the network is a failure. Known harmless idioms are evidence.",
    severity: Severity::Critical,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE", "2.5.2"),
        ("APPLE", "4.7.2"),
        ("APPLE-PLA", "3.3.1(B)"),
        ("CRA", "AnnexI.I.2(j)"),
        ("CWE", "CWE-829"),
        ("GDPR", "32(1)(b)"),
        ("MASVS", "MASVS-CODE-4"),
        ("MASVS", "MASVS-PLATFORM-2"),
        ("MASWE", "MASWE-0070"),
        ("MASWE", "MASWE-0071"),
        ("NIST-800-53", "SC-18"),
        ("NIST-800-53", "SR-3"),
        ("PCI-DSS", "6.4.3"),
        ("PLAY", "DNA-interpreted-code"),
        ("PLAY", "sdk-requirements"),
        ("TUF", "extraneous-dependencies"),
    ],
    parameters: &[Parameter {
        name: "allowed_script_hosts",
        about: "Hosts whose scripts a person may accept, such as those of payment vendors; an entry that begins with a dot means all hosts below it.",
        kind: ParameterKind::List(&[]),
    }],
    attestations: &[],
    cases: include_str!("../../../tests/controls/web/no-remote-code.md"),
    assess,
};

#[derive(Default)]
struct Seen {
    pages: usize,
    scripts: usize,
    local: usize,
    known: usize,
}

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let allowed = parameters.list("allowed_script_hosts");
    let mut outcome = Outcome::default();
    add_unexamined(&mut outcome, bundle);
    add_unread(&mut outcome, bundle.all_files());
    let mut seen = Seen::default();
    for file in bundle.all_files() {
        add_unparsed(&mut outcome, file);
        page(&mut outcome, bundle, file, allowed, &mut seen);
        if let Some(script) = &file.script {
            seen.scripts += 1;
            for site in script.sites.iter().filter(|site| !site.kind.takes_code()) {
                let before = outcome.findings.len();
                judge(&mut outcome, file, site, allowed, &mut seen);
                tell_candidates(&mut outcome, before, script);
                tell_owner(&mut outcome, before, facts, file, site);
            }
        }
    }
    outcome.saw(
        format!(
            "{} and {}: {} within the bundle, {} that are known to be harmless",
            count(seen.pages, "page", "pages"),
            count(seen.scripts, "script", "scripts"),
            count(seen.local, "place that loads code", "places that load code"),
            count(seen.known, "idiom", "idioms")
        ),
        None,
    );
    outcome
}

/// Addresses of scripts on other hosts that are shown beside a place whose own address is not known.
const CANDIDATES: usize = 3;

/// Says which scripts on other hosts a file names, where one of its places loads code from an address that is not known: a
/// library's default may stand in an object far from where it is used.
fn tell_candidates(outcome: &mut Outcome, before: usize, script: &ScriptFacts) {
    let named: Vec<String> = script
        .addresses
        .iter()
        .filter(|one| is_of_script(&one.url) && matches!(address(&one.url), Address::Remote { .. }))
        .map(|one| format!("`{}{}`", shown(&one.url), if one.open { "…" } else { "" }))
        .take(CANDIDATES)
        .collect();
    if named.is_empty() {
        return;
    }
    for draft in outcome.findings.iter_mut().skip(before).filter(|draft| draft.rule == "unknown-address") {
        draft.message = format!("{}; the same file names {}", draft.message, named.join(", "));
    }
}

/// Whether the path of an address is a script's, or that of a package named like one: `tesseract.js@v5`.
fn is_of_script(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    path.split('/')
        .skip(3)
        .any(|part| part.ends_with(".js") || part.ends_with(".mjs") || part.contains(".js@") || part.contains(".mjs@"))
}

/// Says whose code it is, in the findings since `before`.
fn tell_owner(outcome: &mut Outcome, before: usize, facts: &Facts, file: &FileFacts, site: &CodeSite) {
    for draft in outcome.findings.iter_mut().skip(before) {
        draft.message = owned(facts, file, site.position, std::mem::take(&mut draft.message));
    }
}

fn page(outcome: &mut Outcome, bundle: &BundleFacts, file: &FileFacts, allowed: &[String], seen: &mut Seen) {
    let Some(page) = &file.page else { return };
    seen.pages += 1;
    for script in &page.scripts {
        let Some(source) = script.source.as_deref() else { continue };
        let Address::Remote { host, .. } = address(source) else {
            seen.local += 1;
            outcome.findings.extend(unread_script(bundle, file, page, script));
            continue;
        };
        let integrity = if script.integrity.is_some() { "; its `integrity` is stated" } else { "" };
        let message = format!("this page loads a script from `{}`{integrity}", shown(&host));
        let location = at(&file.path, Some(script.position));
        outcome.findings.push(remote("remote-script", location, message, &host, allowed).excerpt(shown(source)));
    }
    if let Some(base) = page.base.as_deref()
        && let Address::Remote { host, .. } = address(base)
    {
        let message = format!("the base of this page is `{}`: every relative address leads there", shown(&host));
        outcome
            .findings
            .push(Draft::fail("remote-base", at(&file.path, None), message).key(shown(&host)).excerpt(shown(base)));
    }
    for frame in &page.frames {
        if let Address::Remote { host, .. } = address(&frame.url) {
            let message = format!(
                "this page shows `{}` in `{}`; it may reach the native bridge",
                shown(&host),
                shown(&frame.element)
            );
            let draft = Draft::manual("remote-frame", at(&file.path, Some(frame.position)), message);
            outcome.findings.push(draft.severity(Severity::Medium).key(shown(&host)).excerpt(shown(&frame.url)));
        }
    }
}

/// Code from a host: a failure, unless the policy lists the host; then a person decides.
/// A page runs what it names in `script src`, whatever the file is called; one that is not called a script was not
/// read as one, and must not hide behind its name.
fn unread_script(bundle: &BundleFacts, file: &FileFacts, page: &PageFacts, script: &ScriptElement) -> Option<Draft> {
    let runs = matches!(script.kind.as_str(), "" | "module" | "text/javascript" | "application/javascript");
    let path = resolve(page.base.as_deref().unwrap_or(&file.path), script.source.as_deref()?)?;
    let target = bundle.file(&path).filter(|target| runs && target.script.is_none() && target.unread.is_none())?;
    let message =
        format!("this page runs `{}`, which is not named like a script and was not read as one", shown(&path));
    let location = at(&file.path, Some(script.position));
    Some(Draft::indeterminate("script-not-read", location, message).key(shown(&target.path)))
}

fn remote(rule: &str, location: crate::model::Location, message: String, host: &str, allowed: &[String]) -> Draft {
    let draft = if is_listed(host, allowed) {
        Draft::manual(rule, location, format!("{message}, which the policy lists")).severity(Severity::Medium)
    } else {
        Draft::fail(rule, location, message)
    };
    draft.key(shown(host))
}

fn judge(outcome: &mut Outcome, file: &FileFacts, site: &CodeSite, allowed: &[String], seen: &mut Seen) {
    let location = at(&file.path, Some(site.position));
    let what = site.kind.expression();
    outcome.findings.push(match &site.origin {
        Origin::Constant { .. } | Origin::SameOrigin { .. } => {
            seen.local += 1;
            return;
        }
        Origin::Remote { url, host } => {
            let message = format!("{what} loads code from `{}`: `{}`", shown(host), shown(url));
            let confidence =
                if site.kind == SiteKind::ScriptElement { Confidence::Likely } else { Confidence::Certain };
            remote("remote-code", location, message, host, allowed).confidence(confidence).excerpt(shown(&site.excerpt))
        }
        Origin::NetworkDerived { source } => {
            let message = format!("{what} loads code from an address that comes from the network ({})", shown(source));
            let draft = Draft::fail("network-address", location, message).confidence(Confidence::Likely);
            draft.excerpt(shown(&site.excerpt))
        }
        Origin::UserInput { source } => {
            let message =
                format!("{what} loads code from an address that a person or a link decides ({})", shown(source));
            let draft = Draft::fail("user-address", location, message).confidence(Confidence::Likely);
            draft.severity(Severity::High).excerpt(shown(&site.excerpt))
        }
        Origin::Unknown => {
            if let Some(idiom) = site.idiom {
                seen.known += 1;
                let path = shown(&file.path);
                outcome.saw(format!("`{path}` has {what} in a known idiom: {}", shown(idiom)), Some(location));
                return;
            }
            let message = format!("{what} loads code from an address that the text does not tell");
            let draft = Draft::manual("unknown-address", location, message).severity(Severity::Medium);
            draft.confidence(Confidence::Possible).excerpt(shown(&site.excerpt))
        }
    });
}

#[cfg(test)]
mod tests {
    use super::is_of_script;

    #[test]
    fn addresses_of_scripts_are_told_by_their_path() {
        assert!(is_of_script("https://cdn.example/npm/tesseract.js@v"));
        assert!(is_of_script("https://cdn.example/lib/worker.min.js?v=1"));
        assert!(!is_of_script("https://three.js/docs"));
        assert!(!is_of_script("https://cdn.example/data.json"));
    }
}
