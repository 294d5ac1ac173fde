//! The part of OTA-WEB-003 that holds the policy against what the bundle does: what it would break.

use std::collections::BTreeSet;

use crate::controls::support::{Address, address, count, shown};
use crate::controls::{Draft, Outcome};
use crate::facts::BundleFacts;
use crate::facts::network::HostClass;
use crate::facts::page::{ContentPolicy, Directive, PageFacts, ScriptElement, Source};
use crate::model::{Location, Severity};

/// The policies of one page, which bind together.
pub(super) struct Rules<'a> {
    /// In the order of the page.
    pub policies: &'a [ContentPolicy],
    /// Where the first stands.
    pub place: Location,
}

impl Rules<'_> {
    /// Whether this holds for each policy: a weakness that one of them does not have is none.
    pub fn all(&self, test: impl Fn(&ContentPolicy) -> bool) -> bool {
        self.policies.iter().all(test)
    }

    /// Whether a policy forbids what `allowed` looks for in the directive that governs `name`.
    fn forbids(&self, name: &str, allowed: impl Fn(&Directive) -> bool) -> bool {
        self.policies.iter().any(|policy| policy.governing(name).is_some_and(|one| !allowed(one)))
    }
}

/// Says what the policy breaks.
pub(super) fn fit(outcome: &mut Outcome, rules: &Rules<'_>, bundle: &BundleFacts, page: &PageFacts) {
    let mut broken = Vec::new();
    let scripts = || bundle.all_files().filter_map(|file| Some((file, file.script.as_ref()?)));
    // A shim that asks for the global object has another way when it may not.
    let texts =
        scripts().flat_map(|(_, script)| &script.sites).filter(|site| site.kind.takes_code() && site.idiom.is_none());
    let texts = texts.count();
    if texts > 0 && rules.forbids("script-src", Directive::allows_eval) {
        broken
            .push(format!("{} that make code of texts (`'unsafe-eval'` is missing)", count(texts, "place", "places")));
    }
    let modules = scripts().map(|(_, script)| script.webassembly.len()).sum::<usize>();
    let wasm = |one: &Directive| one.allows_eval() || one.has("wasm-unsafe-eval");
    if modules > 0 && rules.forbids("script-src", wasm) {
        broken.push(format!(
            "{} that start WebAssembly (`'wasm-unsafe-eval'` is missing)",
            count(modules, "place", "places")
        ));
    }
    let refused = page.scripts.iter().filter(|script| is_refused(rules, script)).count();
    if refused > 0 {
        broken.push(format!("{} of this page", count(refused, "script", "scripts")));
    }
    let attributes = |one: &Directive| one.allows_inline() || one.has("unsafe-hashes");
    if !page.handlers.is_empty() && rules.forbids("script-src-attr", attributes) {
        broken.push(count(page.handlers.len(), "attribute with a script", "attributes with scripts"));
    }
    if !broken.is_empty() {
        let message = format!("the policy refuses what the bundle does: {}", broken.join(", "));
        let draft = Draft::manual("breaks-scripts", rules.place.clone(), message).severity(Severity::Low);
        outcome.findings.push(draft);
    }
    for (name, hosts) in [("connect-src", hosts(bundle, HostClass::Contacted)), ("script-src", loaded(page))] {
        let refused: Vec<String> = hosts
            .into_iter()
            .filter(|(scheme, host)| {
                rules.forbids(name, |one| one.has("strict-dynamic") || one.allows_host(scheme, host))
            })
            .map(|(_, host)| format!("`{}`", shown(&host)))
            .collect();
        if !refused.is_empty() {
            let first: Vec<String> = refused.iter().take(8).cloned().collect();
            let more = refused.len().saturating_sub(first.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let message = format!("`{name}` refuses {}{more}, which the bundle asks", first.join(", "));
            let draft = Draft::manual("refuses-hosts", rules.place.clone(), message).severity(Severity::Low);
            outcome.findings.push(draft.key(name));
        }
    }
}

/// Whether a script of the page that runs is refused; one with an address is when it is of the bundle.
fn is_refused(rules: &Rules<'_>, script: &ScriptElement) -> bool {
    if !script.runs() {
        return false;
    }
    let marked = |one: &Directive| {
        one.read().any(|source| match source {
            Source::Nonce(nonce) => script.nonce.as_deref() == Some(nonce),
            Source::Hash(hash) => script.hashes.iter().any(|known| same_hash(known, hash)),
            _ => false,
        })
    };
    rules.forbids("script-src-elem", |one| match &script.source {
        None => one.allows_inline() || marked(one),
        Some(source) if matches!(address(source), Address::Local(_)) => {
            let open = |source| matches!(source, Source::Own | Source::Everything(_) | Source::Host { .. });
            marked(one) || !one.has("strict-dynamic") && one.read().any(open)
        }
        Some(_) => true,
    })
}

/// Hashes may be written in base64 or in its form for addresses (CSP Level 3, 2.3.1).
fn same_hash(known: &str, written: &str) -> bool {
    known.split_once('-').zip(written.split_once('-')).is_some_and(|((one, known), (other, written))| {
        one.eq_ignore_ascii_case(other) && known == written.replace('-', "+").replace('_', "/")
    })
}

/// The hosts of a class, with their schemes.
fn hosts(bundle: &BundleFacts, class: HostClass) -> BTreeSet<(String, String)> {
    let mentions = bundle.network.hosts.iter().flat_map(|host| host.mentions.iter());
    // Greetings and forms are not governed by `connect-src`.
    let asked = mentions.filter(|one| one.class == class && one.by == "script");
    asked.filter_map(|one| remote(&one.url)).collect()
}

/// The hosts from which the page's own scripts come.
fn loaded(page: &PageFacts) -> BTreeSet<(String, String)> {
    page.scripts.iter().filter_map(|script| script.source.as_deref()).filter_map(remote).collect()
}

fn remote(url: &str) -> Option<(String, String)> {
    match address(url) {
        Address::Remote { scheme, host } => Some((scheme, host)),
        Address::Other { .. } | Address::Local(_) => None,
    }
}
