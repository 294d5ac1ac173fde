//! The iOS side of OTA-NET-004: App Transport Security, and code that trusts every server.

use crate::controls::support::shown;
use crate::controls::transport::{add_once, add_undecided, sited};
use crate::controls::{Draft, Outcome};
use crate::facts::ios::{Compiled, DomainException, InfoPlist, IosFacts, Sited, SourceFact, SourceFactKind};
use crate::model::{Fact, Location, Root, Severity};

/// What the property list of an app or extension weakens; `is_update` tells whether an exception covers an update host.
pub(super) fn transport_security(
    outcome: &mut Outcome,
    info: &InfoPlist,
    is_update: &dyn Fn(&DomainException) -> bool,
) {
    let security = &info.transport_security;
    if let Fact::Unreadable(why) = &info.format {
        let message = format!("`{}` could not be read: {}", shown(&info.file), shown(why));
        add_once(outcome, Draft::indeterminate("not-read", Location::file(Root::App, &info.file), message));
        return;
    }
    // One broken file is one finding, not one for each key that may stand further on.
    if security.is_incomplete {
        let message =
            format!("`{}` breaks off, so what it says of App Transport Security is not known", shown(&info.file));
        let place = Location::file(Root::App, &info.file);
        add_once(outcome, Draft::indeterminate("property-list-breaks-off", place, message));
    }
    let undecided = |outcome: &mut Outcome, value: &Sited<bool>, rule: &str, what: &str| {
        if !matches!(value.fact, Fact::Unreadable(_)) || !security.is_incomplete {
            add_undecided(outcome, &value.fact, rule, sited(value), what);
        }
    };
    let arbitrary = security.arbitrary_loads();
    match &arbitrary.fact {
        Fact::Known(true) => {
            let message =
                "`NSAllowsArbitraryLoads` switches App Transport Security off, for all hosts without an entry";
            outcome.findings.push(Draft::fail("arbitrary-loads", sited(&arbitrary), message));
        }
        Fact::Known(false) if !security.cancelled_by.is_empty() => {
            let by = security.cancelled_by.first().map(|key| key.key.as_str()).unwrap_or_default();
            outcome.saw(format!("`{by}` makes iOS ignore `NSAllowsArbitraryLoads`"), Some(sited(&arbitrary)));
        }
        Fact::Known(false) | Fact::Absent => {
            let place = if arbitrary.is_stated() { sited(&arbitrary) } else { Location::file(Root::App, &info.file) };
            outcome.saw("App Transport Security is on for all hosts without an entry of their own", Some(place));
        }
        _ => undecided(outcome, &arbitrary, "arbitrary-loads-unknown", "`NSAllowsArbitraryLoads`"),
    }
    for (key, value, whom) in [
        ("NSAllowsArbitraryLoadsInWebContent", &security.allows_arbitrary_loads_in_web_content, "web views"),
        ("NSAllowsArbitraryLoadsForMedia", &security.allows_arbitrary_loads_for_media, "media"),
    ] {
        match &value.fact {
            Fact::Known(true) => {
                let message = format!("`{key}` switches App Transport Security off for {whom}");
                let severity = if whom == "media" { Severity::Low } else { Severity::High };
                outcome
                    .findings
                    .push(Draft::manual("arbitrary-loads-in-part", sited(value), message).severity(severity).key(key));
            }
            Fact::Known(false) | Fact::Absent => {}
            _ => undecided(outcome, value, "arbitrary-loads-unknown", &format!("`{key}`")),
        }
    }
    for exception in &security.exceptions {
        let value = &exception.allows_insecure_http;
        let domain = shown(&exception.domain);
        let local = ["localhost", "127.0.0.1", "::1"].contains(&exception.domain.as_str());
        match &value.fact {
            Fact::Known(true) if local => {
                outcome.saw(format!("http is allowed to `{domain}`, the device itself"), Some(sited(value)));
            }
            Fact::Known(true) => {
                let update = is_update(exception);
                let from = if update { ", which serves the updates" } else { "" };
                let message = format!("an exception allows http without TLS to `{domain}`{from}");
                let severity = if update { Severity::High } else { Severity::Medium };
                outcome
                    .findings
                    .push(Draft::manual("insecure-exception", sited(value), message).severity(severity).key(domain));
            }
            Fact::Known(false) | Fact::Absent => {}
            _ => undecided(
                outcome,
                value,
                "insecure-exception-unknown",
                &format!("whether http is allowed to `{domain}`"),
            ),
        }
    }
}

/// What Swift and Objective-C weaken.
pub(super) fn swift(outcome: &mut Outcome, ios: &IosFacts, fact: &SourceFact) {
    let place = Location::at(Root::App, &fact.file, fact.position);
    let (rule, what, doubt) = match &fact.kind {
        SourceFactKind::ServerTrustAccepted { judged_by: Some(by), .. } => {
            outcome.saw(format!("a server's certificate is accepted after `{}`", shown(by)), Some(place));
            return;
        }
        SourceFactKind::ServerTrustAccepted { compares_host, .. } => {
            let what = "whatever certificate the server sends is accepted".to_owned();
            ("trust-all", what, compares_host.then_some("for some hosts, which have to be read"))
        }
        SourceFactKind::TrustSwitchedOff { name } => {
            ("trust-switched-off", format!("`{}` switches the check of certificates off", shown(name)), None)
        }
        _ => return,
    };
    let is_whole = !ios.projects.is_empty() && ios.projects.iter().all(|project| project.fault.is_none());
    let doubt = match &fact.compiled {
        Compiled::DebugOnly | Compiled::Never => {
            outcome.saw(format!("{what}, in debug builds alone"), Some(place));
            return;
        }
        Compiled::Under(_) => Some("under a condition that has to be read"),
        Compiled::Always | Compiled::ReleaseOnly if is_whole && fact.targets.is_empty() => {
            Some("in a file that no target compiles, as far as the Xcode project shows")
        }
        Compiled::Always | Compiled::ReleaseOnly => doubt,
    };
    outcome.findings.push(match doubt {
        Some(doubt) => {
            let rule = format!("{rule}-under-condition");
            Draft::manual(&rule, place, format!("{what}, {doubt}")).severity(Severity::High)
        }
        None => Draft::fail(rule, place, what),
    });
}
