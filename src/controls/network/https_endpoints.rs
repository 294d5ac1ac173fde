//! OTA-NET-001: the addresses that the update system asks.

use crate::controls::peculiar::{self, Home};
use crate::controls::support::{Address, address, app_or_na, host, in_config, is_ip, is_listed, seen_configs, shown};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::{ConfigDocument, Facts, ReleaseFacts, UpdateSystem};
use crate::inputs::{JsonNode, JsonValue};
use crate::model::{Confidence, Fact, Location, Root, Severity};

/// OTA-NET-001.
pub static CONTROL: Control = Control {
    id: "OTA-NET-001",
    slug: "https-endpoints",
    title: "Update, statistics and channel endpoints use HTTPS on owned or contracted hosts",
    requirement: "updateUrl, statsUrl, channelUrl, serverDomain and bundle URLs are https and their hosts are on the policy list.",
    rationale: "Whoever answers at the update address decides what runs in the app. Over http anyone on the way can answer.",
    remediation: "Set explicit URLs.",
    limits: "Addresses in the configuration and in the release metadata are read; those that code sets at run time are not. The vendor's default host counts as contracted. Whether a listed host is owned is not examined, nor are certificates. A configuration in TypeScript or JavaScript is not run.",
    severity: Severity::Critical,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE-PRIV", "ATS"),
        ("CCPA", "1798.100(e)"),
        ("CRA", "AnnexI.I.2(e)"),
        ("CRA", "AnnexI.II.7"),
        ("CWE", "CWE-319"),
        ("ETSI-303645", "5.3-10"),
        ("GDPR", "28"),
        ("GDPR", "32(1)(a)"),
        ("MASVS", "MASVS-NETWORK-1"),
        ("MASWE", "MASWE-0048"),
        ("MASWE", "MASWE-0050"),
        ("NIST-800-53", "SC-8"),
        ("NIST-800-53", "SC-8(1)"),
        ("NIST-800-53", "SI-4(4)"),
        ("PLAY", "user-data"),
    ],
    parameters: &[Parameter {
        name: "update_hosts",
        about: "Hosts of updates, statistics and channels that are owned or contracted; an entry that begins with a dot means all hosts below it.",
        kind: ParameterKind::List(&[]),
    }],
    attestations: &[],
    cases: include_str!("../../../tests/controls/net/https-endpoints.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let list = parameters.list("update_hosts");
    let mut outcome = Outcome::default();
    if let Some(release) = &facts.release {
        published(&mut outcome, release, list);
    }
    let published = !outcome.findings.is_empty();
    let app = match app_or_na(facts) {
        Ok(app) => app,
        Err(_) if published => return outcome,
        Err(outcome) => return outcome,
    };
    let configs = seen_configs(&mut outcome, app);
    peculiar::add(&mut outcome, app, Home::Addresses);
    let unread = app.configs.iter().any(|config| matches!(config.content, Fact::Unreadable(_)))
        || !app.configs.iter().any(|config| config.content.known().is_some())
            && app.configs.iter().any(|config| matches!(config.content, Fact::Unknown(_)));
    if app.update_systems.is_empty() && !unread && outcome.findings.is_empty() {
        return Outcome::not_applicable("no update system is configured");
    }
    for system in &app.update_systems {
        for (config, json) in &configs {
            let block = json.root.path(&["plugins", system.plugin]);
            for key in system.endpoint_keys {
                match block.and_then(|block| block.get(key)).filter(|value| value.node != JsonNode::Null) {
                    Some(value) => endpoint(&mut outcome, system, config, key, value, list),
                    // It may be set in the part that is not known.
                    None if config.content.known().is_none() => {}
                    None => outcome.saw(
                        format!(
                            "`{key}` of {} is not set: the vendor's default applies ({})",
                            system.id, system.default_host
                        ),
                        Some(Location::file(Root::App, &config.path)),
                    ),
                }
            }
            if let Some(block) = block {
                development(&mut outcome, system, config, block);
            }
        }
    }
    outcome
}

fn endpoint(
    outcome: &mut Outcome,
    system: &UpdateSystem,
    config: &ConfigDocument,
    key: &str,
    value: &JsonValue,
    list: &[String],
) {
    let location = in_config(config, value);
    let Some(text) = value.as_str() else {
        // A development key may be a switch; `development` looks at those.
        if !is_development(key) {
            let message = format!("`{key}` is no text, so the address it stands for is not known");
            outcome.findings.push(Draft::manual("no-address", location, message).severity(Severity::Medium).key(key));
        }
        return;
    };
    if is_development(key) {
        return;
    }
    if text.trim().is_empty() {
        outcome.saw(format!("`{key}` is empty: switched off"), Some(location));
        return;
    }
    let lower = key.to_ascii_lowercase();
    let bare = (lower.ends_with("domain") || lower.ends_with("host")) && !text.contains("//");
    let (scheme, host) = if bare {
        ("https".to_owned(), host(text.trim()))
    } else {
        match address(text) {
            Address::Remote { scheme, host } => (scheme, host),
            Address::Local(_) | Address::Other { .. } => {
                let message = format!("`{key}` is no address of a server: `{}`", shown(text));
                outcome
                    .findings
                    .push(Draft::manual("no-address", location, message).severity(Severity::Medium).key(key));
                return;
            }
        }
    };
    judge(outcome, &Endpoint { key, scheme: &scheme, host: &host, default_host: system.default_host }, location, list);
}

/// An address that the app or its users ask.
struct Endpoint<'a> {
    key: &'a str,
    scheme: &'a str,
    host: &'a str,
    default_host: &'a str,
}

fn judge(outcome: &mut Outcome, endpoint: &Endpoint<'_>, location: Location, list: &[String]) {
    let Endpoint { key, scheme, host, default_host } = *endpoint;
    let shown_host = shown(host);
    let id = format!("{key} {shown_host}");
    if scheme != "https" {
        let named = if scheme.is_empty() { "no scheme".to_owned() } else { format!("`{}`", shown(scheme)) };
        let message = format!("`{key}` asks `{shown_host}` over {named} instead of `https`");
        outcome.findings.push(Draft::fail("not-https", location, message).key(id));
    } else if host.is_empty() || host.contains(['$', '{', '<', '%']) {
        let message = format!("`{key}` names no host that could be told: `{shown_host}`");
        outcome.findings.push(Draft::manual("no-address", location, message).severity(Severity::Medium).key(id));
    } else if is_ip(host) {
        let message = format!("`{key}` names the number `{shown_host}` instead of a host");
        outcome.findings.push(Draft::fail("ip-literal", location, message).severity(Severity::High).key(id));
    } else if is_listed(host, list) {
        outcome.saw(format!("`{key}` asks `{shown_host}`, which is on the list"), Some(location));
    } else if host == default_host {
        outcome.saw(format!("`{key}` asks `{shown_host}`, the vendor's default host"), Some(location));
    } else if list.is_empty() {
        let message = format!(
            "`{key}` asks `{shown_host}`, and there is no list: add the host to `update_hosts` if it is yours or contracted"
        );
        outcome.findings.push(Draft::manual("host-not-listed", location, message).severity(Severity::Medium).key(id));
    } else {
        let message = format!("`{key}` asks `{shown_host}`, which `update_hosts` does not list");
        outcome.findings.push(Draft::fail("host-not-listed", location, message).severity(Severity::High).key(id));
    }
}

/// `localS3`, `localHost`, `localApi` …: servers on a developer's machine.
fn is_development(key: &str) -> bool {
    key.strip_prefix("local").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
}

fn development(outcome: &mut Outcome, system: &UpdateSystem, config: &ConfigDocument, block: &JsonValue) {
    let JsonNode::Object(pairs) = &block.node else { return };
    for (key, _, value) in pairs.iter().filter(|(key, ..)| is_development(key)) {
        let off = match &value.node {
            JsonNode::Null | JsonNode::Bool(false) => true,
            JsonNode::String(text) => text.trim().is_empty(),
            JsonNode::Bool(true) | JsonNode::Number(_) | JsonNode::Array(_) | JsonNode::Object(_) => false,
        };
        if !off {
            let key = shown(key);
            let message = format!("`{key}` is set: it sends {} to a server of its developers", system.id);
            let draft = Draft::fail("development-server", in_config(config, value), message);
            outcome.findings.push(draft.severity(Severity::High).key(key));
        }
    }
}

/// The address that the release metadata state for the bundle.
fn published(outcome: &mut Outcome, release: &ReleaseFacts, list: &[String]) {
    let location = release.url_position.map_or_else(
        || Location::file(Root::Release, &release.source),
        |position| Location::at(Root::Release, &release.source, position),
    );
    let Fact::Known(url) = &release.url else { return };
    let Address::Remote { scheme, host } = address(url) else { return };
    let shown_host = shown(&host);
    if scheme != "https" {
        let message = format!("the bundle is fetched from `{shown_host}` over `{}` instead of `https`", shown(&scheme));
        outcome.findings.push(Draft::fail("not-https", location, message).key(format!("url {shown_host}")));
    } else if !list.is_empty() && !is_listed(&host, list) {
        let message = format!("the bundle is fetched from `{shown_host}`, which `update_hosts` does not list");
        let draft = Draft::manual("release-host-not-listed", location, message).severity(Severity::Medium);
        outcome.findings.push(draft.confidence(Confidence::Likely).key(format!("url {shown_host}")));
    } else {
        outcome.saw(format!("the bundle is fetched from `{shown_host}` over https"), Some(location));
    }
}
