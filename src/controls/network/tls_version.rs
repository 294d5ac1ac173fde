//! OTA-NET-002: which versions of TLS the app and its update servers take.

use jiff::civil::Date;

use crate::controls::support::shown;
use crate::controls::transport::{
    UpdateHost, add_native_unread, add_once, add_undecided, days_between, is_online, offline, releases, shipped_lists,
    sited, today, update_hosts,
};
use crate::controls::updates::{systems_of_app, without_updates};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::ios::{HostRule, InfoPlist};
use crate::model::{Fact, Location, Root, Severity};

/// After so many days a scan says nothing any more.
const MOST_DAYS: i64 = 90;
/// Versions, the oldest first, by their names in a scan.
const VERSIONS: [&str; 6] = ["SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
/// Where TLS 1.2 and 1.3 stand in it.
const TLS_1_2: usize = 4;
const TLS_1_3: usize = 5;

/// OTA-NET-002.
pub static CONTROL: Control = Control {
    id: "OTA-NET-002",
    slug: "tls-version",
    title: "TLS version policy",
    requirement: "Server accepts TLS 1.3 and refuses TLS 1.1 and below; TLS 1.2 allowed with forward secrecy; client config sets no lower minimum.",
    rationale: "Older versions of TLS have known weaknesses, and without forward secrecy a key that leaks later opens what was recorded before.",
    remediation: "Set ssl_protocols TLSv1.2 TLSv1.3; attach testssl/sslyze JSON.",
    limits: "No server is asked. What it takes is shown by a dated scan of each update host, which the policy (`tls_scans`) or a statement says and which counts as attested for 90 days; a server's own configuration files are not read. Of the app, App Transport Security is read; Android has no setting for versions, and what code sets is not seen. The guide asks for TLS 1.3 while NIST SP 800-52 and others accept 1.2: so a server with 1.2 alone is a question by default, and a failure where the policy requires 1.3. TLS 1.3 is no pinning.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE-PRIV", "ATS"),
        ("CRA", "AnnexI.I.2(e)"),
        ("CWE", "CWE-326"),
        ("GDPR", "32(1)(a)"),
        ("MASVS", "MASVS-NETWORK-1"),
        ("MASWE", "MASWE-0050"),
        ("NIST-800-52", "3.1"),
        ("NIST-800-53", "SC-13"),
        ("NIST-800-53", "SC-23"),
        ("NIST-800-53", "SC-8(1)"),
        ("PCI-DSS", "3.6-3.7"),
        ("SOC2", "CC6.7"),
    ],
    parameters: &[
        Parameter {
            name: "tls_scans",
            about: "Scans of update hosts, each as host, day, lowest and highest version: `updates.example.com 2026-11-20 TLSv1.2 TLSv1.3`.",
            kind: ParameterKind::List(&[]),
        },
        Parameter {
            name: "tls13_required",
            about: "What a server with TLS 1.2 alone comes to: `ask` a person, `yes` (a failure) or `no` (accepted).",
            kind: ParameterKind::Choice(&["ask", "yes", "no"]),
        },
    ],
    attestations: &["tls.scan"],
    cases: include_str!("../../../tests/controls/net/tls-version.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let Some(app) = &facts.app else { return Outcome::not_applicable("no app was given") };
    if systems_of_app(facts).is_empty() {
        return without_updates(facts, app);
    }
    let (hosts, open) = update_hosts(facts);
    // A good server is shown by what the organisation states alone.
    let mut outcome = Outcome { attested: true, ..Outcome::default() };
    let online: Vec<bool> = app.android.projects.iter().map(|project| !offline(&mut outcome, project)).collect();
    if !online.is_empty() && !online.contains(&true) && app.ios.roots.is_empty() {
        return Outcome::not_applicable("the app asks for no INTERNET permission, so it opens no connection");
    }
    outcome.findings.extend(open);
    for project in app.android.projects.iter().filter(|project| releases(project).any(is_online)) {
        let place = project.manifests.first().map(|manifest| Location::file(Root::App, &manifest.path));
        outcome.saw("Android has no setting for the version of TLS: the system's own minimum holds", place);
    }
    for info in shipped_lists(&app.ios) {
        client(&mut outcome, info, &hosts);
    }
    let required = parameters.choice("tls13_required");
    for host in &hosts {
        server(&mut outcome, host, parameters.list("tls_scans"), today(facts), required);
    }
    add_native_unread(&mut outcome, app, |path| path.ends_with("Info.plist"));
    if hosts.is_empty() && outcome.findings.is_empty() {
        let message =
            "the addresses of updates name no host, so which TLS their server takes has to be looked at by hand";
        let draft = Draft::manual("no-named-host", Location::file(Root::App, ""), message);
        outcome.findings.push(draft.severity(Severity::Medium));
    }
    outcome
}

/// What App Transport Security asks of servers.
fn client(outcome: &mut Outcome, info: &InfoPlist, hosts: &[UpdateHost]) {
    let security = &info.transport_security;
    let file = Location::file(Root::App, &info.file);
    for host in hosts {
        let protection = security.effective(&host.host);
        let name = shown(&host.host);
        match &protection.minimum_tls.fact {
            Fact::Known(version) if is_old(version) => {
                let message = format!(
                    "an exception lowers the minimum for `{name}`, which serves updates, to {}",
                    shown(version)
                );
                add_once(
                    outcome,
                    Draft::fail("low-minimum", sited(&protection.minimum_tls), message).key(name.as_str()),
                );
            }
            Fact::Known(version) => {
                let message = format!("iOS takes {} and newer of `{name}`", shown(version));
                outcome.saw(message, Some(sited(&protection.minimum_tls)));
            }
            Fact::Absent => {
                let message = format!("App Transport Security is off for `{name}`, so it sets no minimum of TLS there");
                let draft = Draft::manual("no-minimum", sited(&protection.minimum_tls), message);
                add_once(outcome, draft.key(name.as_str()));
            }
            undecided => {
                let what = format!("the minimum of TLS for `{name}`");
                add_undecided(outcome, undecided, "minimum-unknown", sited(&protection.minimum_tls), &what);
            }
        }
        if protection.forward_secrecy.known() == Some(&false) && matches!(protection.rule, HostRule::Exception(_)) {
            let message =
                format!("an exception allows connections without forward secrecy to `{name}`, which serves updates");
            let draft = Draft::fail("no-forward-secrecy", sited(&protection.forward_secrecy), message);
            add_once(outcome, draft.severity(Severity::Medium).key(name));
        }
    }
    // Hosts that serve no updates get less, and are no affair of updates.
    for exception in &security.exceptions {
        if let Some(version) = exception.minimum_tls.known().filter(|version| is_old(version)) {
            let place = sited(&exception.minimum_tls);
            if outcome.findings.iter().all(|known| known.location != place) {
                let name = shown(&exception.domain);
                let message = format!("an exception lowers the minimum for `{name}` to {}", shown(version));
                let draft = Draft::manual("low-minimum-elsewhere", place, message).severity(Severity::Medium);
                outcome.findings.push(draft.key(name));
            }
        }
    }
    if hosts.is_empty() {
        outcome.saw("App Transport Security was read", Some(file));
    }
}

fn is_old(version: &str) -> bool {
    VERSIONS.iter().position(|known| *known == version).is_some_and(|rank| rank < TLS_1_2)
}

/// One scan as the policy states it.
struct Scan {
    day: Date,
    lowest: usize,
    highest: usize,
}

fn scan(text: &str) -> Option<(String, Scan)> {
    let mut words = text.split_whitespace();
    let (host, day, lowest, highest) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let rank = |text: &str| VERSIONS.iter().position(|known| known.eq_ignore_ascii_case(text));
    let (lowest, highest) = (rank(lowest)?, rank(highest)?);
    let is_whole = words.next().is_none() && lowest <= highest;
    let scan = Scan { day: day.parse().ok()?, lowest, highest };
    is_whole.then(|| (host.to_lowercase(), scan))
}

fn server(outcome: &mut Outcome, host: &UpdateHost, stated: &[String], today: Date, required: &str) {
    let name = shown(&host.host);
    let place = || host.location.clone();
    let own =
        |text: &&String| text.split_whitespace().next().is_some_and(|first| first.eq_ignore_ascii_case(&host.host));
    let mut scans: Vec<Scan> = Vec::new();
    for text in stated.iter().filter(own) {
        match scan(text) {
            Some((_, scan)) => scans.push(scan),
            None => {
                let message = format!(
                    "the scan of `{name}` in `tls_scans` is not host, day, lowest and highest version: `{}`",
                    shown(text)
                );
                add_once(outcome, Draft::indeterminate("scan-unread", place(), message).key(shown(text)));
            }
        }
    }
    let Some(latest) = scans.into_iter().max_by_key(|scan| scan.day) else {
        let message = format!("no scan shows which versions of TLS `{name}` takes; state one in `tls_scans`");
        add_once(outcome, Draft::manual("no-scan", place(), message).severity(Severity::Medium).key(name));
        return;
    };
    let age = days_between(latest.day, today);
    let word = |rank: usize| VERSIONS.get(rank).copied().unwrap_or_default();
    let (day, lowest, highest) = (latest.day, word(latest.lowest), word(latest.highest));
    let draft = if latest.lowest < TLS_1_2 {
        let message = format!("the scan of {day} shows that `{name}` takes {lowest}");
        Draft::fail("low-server", place(), message)
    } else if !(0..=MOST_DAYS).contains(&age) {
        let message = if age < 0 {
            format!("the scan of `{name}` is dated {day}, which is still to come")
        } else {
            format!("the scan of `{name}` of {day} is {age} days old, and after {MOST_DAYS} it says nothing any more")
        };
        Draft::manual("scan-outdated", place(), message).severity(Severity::Medium)
    } else if latest.highest < TLS_1_3 && required == "yes" {
        let message =
            format!("the scan of {day} shows that `{name}` takes {highest} at best, and the policy requires TLS 1.3");
        Draft::fail("no-tls13", place(), message).severity(Severity::Medium)
    } else if latest.highest < TLS_1_3 && required != "no" {
        let message = format!("the scan of {day} shows that `{name}` takes {highest} at best");
        Draft::manual("no-tls13", place(), message).severity(Severity::Low)
    } else {
        let message = format!("a scan of {day} is stated: `{name}` takes {lowest} to {highest}");
        outcome.saw(message, Some(place()));
        return;
    };
    add_once(outcome, draft.key(name));
}
