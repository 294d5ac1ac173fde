//! OTA-NET-005: where the web view starts and may go.

use crate::controls::peculiar::{self, Home};
use crate::controls::support::{Address, address, app_or_na, host, in_config, seen_configs, shown};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::{ConfigDocument, Facts};
use crate::inputs::{JsonNode, JsonValue};
use crate::model::Severity;

/// OTA-NET-005.
pub static CONTROL: Control = Control {
    id: "OTA-NET-005",
    slug: "local-origin",
    title: "WebView origin is local, not a remote server",
    requirement: "server.url is absent in release; hostname and scheme are standard; navigation allow-list is narrow.",
    rationale: "With `server.url` set the app shows a remote server with the native bridge, and the bundle that was examined is never run.",
    remediation: "Remove server.url (live reload leftovers).",
    limits: "Public suffixes of more than one label, such as `co.uk` or `github.io`, are not known, so `*.github.io` is manual. Whether an allowed host is one's own is not known either: every exact host is manual, although the criteria pass one's own. `limitsNavigationsToAppBoundDomains` and what code sets at run time are not read. `server.cleartext` is judged here, too.",
    severity: Severity::Critical,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE", "2.5.2"),
        ("APPLE", "4.2"),
        ("APPLE", "4.7.2"),
        ("CRA", "AnnexI.I.2(j)"),
        ("CWE", "CWE-829"),
        ("MASVS", "MASVS-PLATFORM-2"),
        ("MASWE", "MASWE-0068"),
        ("MASWE", "MASWE-0071"),
        ("NIST-800-53", "CM-6"),
        ("NIST-800-53", "SC-18"),
        ("PLAY", "DNA-interpreted-code"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/net/local-origin.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let app = match app_or_na(facts) {
        Ok(app) => app,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    for (config, json) in seen_configs(&mut outcome, app) {
        if let Some(server) = json.root.get("server") {
            server_block(&mut outcome, config, server);
        }
    }
    peculiar::add(&mut outcome, app, Home::Origin);
    outcome
}

fn server_block(outcome: &mut Outcome, config: &ConfigDocument, server: &JsonValue) {
    let set = |key: &str| server.get(key).filter(|value| value.node != JsonNode::Null);
    let text = |key: &str| Some((set(key)?, set(key)?.as_str()?));
    // An empty text is no address: the web view stays local.
    if let Some(value) = set("url").filter(|value| value.as_str().is_none_or(|url| !url.trim().is_empty())) {
        let host = match value.as_str().map(address) {
            Some(Address::Remote { host, .. }) => host,
            _ => value.as_str().unwrap_or("a value that is no text").to_owned(),
        };
        let host = shown(&host);
        let message =
            format!("`server.url` is set: the web view shows `{host}` with the native bridge, not the bundle");
        outcome.findings.push(Draft::fail("remote-origin", in_config(config, value), message).key(host));
    }
    if let Some(allowed) = set("allowNavigation") {
        navigation(outcome, config, allowed);
    }
    if let Some(value) = set("cleartext").filter(|value| value.as_bool() == Some(true)) {
        let message = "`server.cleartext` is on: `android:usesCleartextTraffic` is written into the Android project";
        outcome.findings.push(Draft::fail("cleartext", in_config(config, value), message).severity(Severity::High));
    }
    let mut note = |rule: &str, value: &JsonValue, message: String, key: &str| {
        let draft = Draft::manual(rule, in_config(config, value), message).severity(Severity::Low);
        outcome.findings.push(draft.key(shown(key)));
    };
    if let Some((value, name)) = text("hostname").filter(|(_, name)| *name != "localhost" && name.contains('.')) {
        let message =
            format!("`server.hostname` is `{}`: the app takes the origin of a host that may exist", shown(name));
        note("hostname", value, message, name);
    }
    if let Some((value, scheme)) = text("androidScheme").filter(|(_, scheme)| *scheme != "https") {
        let message =
            format!("`server.androidScheme` is `{}`: `https` is the default since Capacitor 6", shown(scheme));
        note("android-scheme", value, message, scheme);
    }
    if let Some((value, scheme)) = text("iosScheme").filter(|(_, scheme)| matches!(*scheme, "http" | "https")) {
        let message =
            format!("`server.iosScheme` is `{}`, which WebKit keeps for itself: it has no effect", shown(scheme));
        note("ios-scheme", value, message, scheme);
    }
}

fn navigation(outcome: &mut Outcome, config: &ConfigDocument, allowed: &JsonValue) {
    let JsonNode::Array(entries) = &allowed.node else {
        let message = "`server.allowNavigation` is no list, so what it allows is not known";
        outcome
            .findings
            .push(Draft::manual("navigation", in_config(config, allowed), message).severity(Severity::Medium));
        return;
    };
    for entry in entries {
        let location = in_config(config, entry);
        let Some(text) = entry.as_str() else {
            let message = "an entry of `server.allowNavigation` is no text";
            outcome.findings.push(Draft::manual("navigation", location, message).severity(Severity::Medium));
            continue;
        };
        let name = match address(text) {
            Address::Remote { host, .. } => host,
            Address::Local(_) | Address::Other { .. } => host(text.trim()),
        };
        let shown_name = shown(&name);
        outcome.findings.push(if is_wide(&name) {
            let message = format!(
                "`server.allowNavigation` has `{shown_name}`: pages of hosts that nobody chose get the native bridge"
            );
            Draft::fail("navigation-wildcard", location, message).key(shown_name)
        } else {
            let message = format!("`server.allowNavigation` has `{shown_name}`: its pages get the native bridge");
            Draft::manual("navigation", location, message).severity(Severity::Medium).key(shown_name)
        });
    }
}

/// `*`, `*.com`, `com`: fewer than two labels that say something.
fn is_wide(name: &str) -> bool {
    let labels = name.split('.').filter(|label| !label.is_empty() && !label.contains('*')).count();
    // `localhost` is the app itself.
    let starless = !name.contains('*');
    let final_star = name.rsplit('.').next().is_some_and(|label| label.contains('*'));
    name != "localhost" && (labels < 2 || final_star && !starless)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_entries_are_told_from_hosts() {
        assert!(["*", "*.*", "*.com", "com", "", "example.*"].into_iter().all(is_wide));
        assert!(!["localhost", "example.com", "*.example.com", "10.0.0.1"].into_iter().any(is_wide));
    }
}
