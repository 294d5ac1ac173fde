//! OTA-WEB-003: the content security policy of the main page.

use crate::controls::support::{add_unexamined, add_unread, at, bundle_or_na, count, is_listed, shown, whole};
use crate::controls::web::policy_fit::{Rules, fit};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::page::{ContentPolicy, Directive, PageFacts, Source};
use crate::facts::{BundleFacts, Facts, FileFacts};
use crate::model::{Location, Root, Severity};

/// OTA-WEB-003.
pub static CONTROL: Control = Control {
    id: "OTA-WEB-003",
    slug: "content-policy",
    title: "Content Security Policy restricts sources",
    requirement: "index.html has a CSP meta with script-src without unsafe-eval and wildcard, and connect-src limited to known hosts.",
    rationale: "A text that slips into a page becomes code with the native bridge in its hand. A policy in the page keeps it from running, and from sending data elsewhere.",
    remediation: "Put `<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self'; …\">` first into the head of index.html, with the hosts that the app asks in `connect-src`.",
    limits: "The main page is judged: index.html, or the only page with scripts; others are counted. Policies in headers, which a web view's own server could send, are not seen, nor is the bundle before this one. Where several policies stand, all of them bind, and each weakness counts only when all have it. Whether a policy breaks the app is told from what scripts and pages do, which is never complete. Inline styles are not held against it.",
    severity: Severity::Medium,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(j)"),
        ("CRA", "AnnexI.I.2(k)"),
        ("CWE", "CWE-79"),
        ("GDPR", "32(1)(b)"),
        ("MASVS", "MASVS-PLATFORM-2"),
        ("MASWE", "MASWE-0070"),
        ("MASWE", "MASWE-0072"),
        ("NIST-800-53", "SC-18"),
        ("NIST-800-53", "SC-23"),
        ("PCI-DSS", "11.6.1"),
        ("PCI-DSS", "6.4.3"),
    ],
    parameters: &[Parameter {
        name: "first_party_hosts",
        about: "The app's own hosts, and others that it may ask; an entry that begins with a dot means all hosts below it. When there are any, every host in `connect-src` has to be among them. `otaudit network` shows them as first party.",
        kind: ParameterKind::List(&[]),
    }],
    attestations: &[],
    cases: include_str!("../../../tests/controls/web/content-policy.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    add_unexamined(&mut outcome, bundle);
    let Some((file, page)) = main_page(bundle) else {
        add_unread(&mut outcome, bundle.all_files());
        if outcome.findings.is_empty() {
            return Outcome::not_applicable("the bundle has no page that runs scripts");
        }
        return outcome;
    };
    if page.policies.is_empty() {
        let message = format!("`{}` has no content security policy", shown(&file.path));
        outcome.findings.push(Draft::manual("no-policy", whole(file), message));
        return outcome;
    }
    for policy in &page.policies {
        let place = at(&file.path, Some(policy.position));
        let names: Vec<&str> = policy.directives.iter().map(|one| one.name.as_str()).collect();
        outcome.saw(format!("a policy with {}", shown(&names.join(", "))), Some(place.clone()));
        form(&mut outcome, policy, &place);
    }
    let place = at(&file.path, page.policies.first().map(|policy| policy.position));
    let rules = Rules { policies: &page.policies, place: place.clone() };
    scripts(&mut outcome, &rules);
    connections(&mut outcome, &rules, parameters.list("first_party_hosts"));
    rest(&mut outcome, &rules);
    fit(&mut outcome, &rules, bundle, page);
    outcome
}

/// index.html, the highest one; else the only page that runs scripts.
fn main_page(bundle: &BundleFacts) -> Option<(&FileFacts, &PageFacts)> {
    let is_page = |file: &&FileFacts| file.page.is_some() && !file.path.ends_with(".svg");
    let pages = || bundle.files.iter().filter(is_page);
    let named = pages().filter(|file| file.path == "index.html" || file.path.ends_with("/index.html"));
    let main = named.min_by_key(|file| (file.path.matches('/').count(), file.path.as_str())).or_else(|| {
        let mut running = pages().filter(|file| file.page.as_ref().is_some_and(|page| !page.scripts.is_empty()));
        running.next().filter(|_| running.next().is_none())
    })?;
    main.page.as_ref().map(|page| (main, page))
}

/// What is wrong with a policy whatever it allows.
fn form(outcome: &mut Outcome, policy: &ContentPolicy, place: &Location) {
    if !policy.without_effect.is_empty() {
        let message = format!("{} has no effect in a `meta` element", shown(&policy.without_effect.join(", ")));
        let draft = Draft::manual("without-effect", place.clone(), message).severity(Severity::Low);
        outcome.findings.push(draft);
    }
    if !policy.repeated.is_empty() {
        let message = format!("{} stands twice; browsers take the first", shown(&policy.repeated.join(", ")));
        outcome.findings.push(Draft::manual("repeated", place.clone(), message).severity(Severity::Low));
    }
    if policy.scripts_before > 0 {
        let scripts = count(policy.scripts_before, "script stands", "scripts stand");
        let message = format!("{scripts} before the policy, which does not govern what comes before it");
        outcome.findings.push(Draft::manual("after-scripts", place.clone(), message));
    }
}

/// What `script-src` lets through.
fn scripts(outcome: &mut Outcome, rules: &Rules<'_>) {
    let place = || rules.place.clone();
    if rules.all(|policy| policy.governing("script-src").is_none()) {
        let message = "neither `script-src` nor `default-src` stands in the policy: scripts may come from everywhere";
        outcome.findings.push(Draft::fail("scripts-open", place(), message));
        return;
    }
    let weak = |test: fn(&Directive) -> bool| rules.all(|policy| policy.governing("script-src").is_none_or(test));
    // With `'strict-dynamic'` hosts and schemes are left out.
    let everything = |one: &Directive| {
        !one.has("strict-dynamic") && one.read().any(|source| matches!(source, Source::Everything(_)))
    };
    if weak(everything) {
        outcome.findings.push(Draft::fail("scripts-wildcard", place(), "scripts may come from every host"));
    }
    let data = |one: &Directive| one.read().any(|source| matches!(source, Source::Scheme(scheme) if scheme == "data"));
    if weak(data) {
        let message = "scripts may come from `data:` addresses, which any text can be";
        outcome.findings.push(Draft::fail("scripts-data", place(), message));
    }
    if weak(Directive::allows_eval) {
        let message = "`'unsafe-eval'` lets texts become code";
        outcome.findings.push(Draft::fail("unsafe-eval", place(), message));
    }
    if weak(Directive::allows_inline) {
        let message =
            "`'unsafe-inline'` without nonce or hash lets every script in the page run, also one that slipped in";
        outcome.findings.push(Draft::manual("unsafe-inline", place(), message));
    }
    if weak(|one| one.read().any(|source| source.is_cleartext())) {
        let message = "scripts may come over http";
        outcome.findings.push(Draft::fail("scripts-cleartext", place(), message));
    }
}

/// What `connect-src` lets through.
fn connections(outcome: &mut Outcome, rules: &Rules<'_>, known: &[String]) {
    let place = || rules.place.clone();
    let everything = |one: &Directive| one.read().any(|source| matches!(source, Source::Everything(_)));
    if rules.all(|policy| policy.governing("connect-src").is_none_or(everything)) {
        let message = "requests may go to every host: `connect-src` does not limit them";
        outcome.findings.push(Draft::manual("connections-open", place(), message).severity(Severity::Low));
        return;
    }
    if rules
        .all(|policy| policy.governing("connect-src").is_none_or(|one| one.read().any(|source| source.is_cleartext())))
    {
        outcome
            .findings
            .push(Draft::manual("connections-cleartext", place(), "requests may go over http").severity(Severity::Low));
    }
    if known.is_empty() {
        return;
    }
    let directives = rules.policies.iter().filter_map(|policy| policy.governing("connect-src"));
    for source in directives.flat_map(Directive::read) {
        if let Source::Host { host, .. } = source
            && !is_listed(&host, known)
            && !known.contains(&host)
            && rules.all(|policy| policy.governing("connect-src").is_none_or(|one| one.allows_host("https", &host)))
        {
            let message =
                format!("requests may go to `{}`, which the policy's `first_party_hosts` do not list", shown(&host));
            outcome
                .findings
                .push(Draft::manual("host-not-listed", place(), message).severity(Severity::Low).key(shown(&host)));
        }
    }
}

/// Directives that a good policy has beside those.
fn rest(outcome: &mut Outcome, rules: &Rules<'_>) {
    let mut missing = Vec::new();
    if rules.all(|policy| policy.get("default-src").is_none()) {
        missing.push("`default-src`, so that what is not named is open");
    }
    let plugins = |policy: &ContentPolicy| policy.governing("object-src").is_none();
    if rules.all(plugins) {
        missing.push("`object-src 'none'`");
    }
    if rules.all(|policy| policy.get("base-uri").is_none()) {
        missing.push("`base-uri`, so that a `base` that slips in turns every relative address");
    }
    if !missing.is_empty() {
        let message = format!("the policy lacks {}", missing.join(", "));
        let draft = Draft::manual("missing-directives", rules.place.clone(), message).severity(Severity::Low);
        outcome.findings.push(draft);
    }
    if rules.all(|policy| policy.governing("script-src").is_none()) {
        return;
    }
    let root = Location::file(Root::Bundle, &rules.place.path);
    outcome.saw(format!("{} bind together", count(rules.policies.len(), "policy", "policies")), Some(root));
}
