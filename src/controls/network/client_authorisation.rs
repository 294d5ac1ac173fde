//! OTA-NET-006: whether the update server asks who a client is, as the organisation states it.

use jiff::civil::Date;

use crate::controls::support::{add_unexamined, add_unread, count, shown, whole};
use crate::controls::transport::{days_between, today};
use crate::controls::updates::updates_or_na;
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::kind::Class;
use crate::facts::{BundleFacts, Facts, FileFacts};
use crate::model::{Location, Root, Severity};

/// After so many days a decision has to be made again.
const MOST_DAYS: i64 = 365;
/// Words in a path that say what a private key is for.
const CLIENT: [&str; 4] = ["client", "mtls", "mutual", "two-way"];

/// OTA-NET-006.
pub static CONTROL: Control = Control {
    id: "OTA-NET-006",
    slug: "client-authorisation",
    title: "Mutual TLS or equivalent client authorisation is decided",
    requirement: "For private channels, the server authenticates clients (mTLS, token, attestation) or the decision not to is recorded.",
    rationale: "A channel that is meant for few is open to all who know its address, unless its server asks who they are.",
    remediation: "Record.",
    limits: "No file shows what a server asks for: the policy or a statement says it, which counts as attested and never as verified. A decision with a day counts for 365 days; one without a day counts, and is told as undated. Of the bundle, key stores and private keys for clients are looked for: whoever has the app has them too, so one key for all devices is no authentication. Other private keys are OTA-KEY-001's.",
    severity: Severity::Low,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CRA", "AnnexI.I.2(d)"),
        ("MASWE", "MASWE-0048"),
        ("NIST-800-53", "AC-3"),
        ("NIST-800-53", "SC-23"),
        ("SOC2", "CC6.1"),
        ("SOC2", "CC6.6"),
        ("UPTANE", "eavesdrop"),
    ],
    parameters: &[
        Parameter {
            name: "client_auth",
            about: "What the organisation decided: how the server knows its clients, that it need not (`not-needed`), or that updates are public, which exempts it.",
            kind: ParameterKind::Choice(&[
                "unstated",
                "mutual-tls",
                "token",
                "device-attestation",
                "not-needed",
                "public",
            ]),
        },
        Parameter {
            name: "client_auth_decided",
            about: "The day of that decision, such as `2026-11-20`; the latest counts.",
            kind: ParameterKind::List(&[]),
        },
    ],
    attestations: &["server.client_auth"],
    cases: include_str!("../../../tests/controls/net/client-authorisation.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    let mut outcome = Outcome { attested: true, ..Outcome::default() };
    if let Some(bundle) = &facts.bundle {
        shipped_keys(&mut outcome, bundle);
    }
    let decided = match parameters.choice("client_auth") {
        // A key that ships is found whatever was decided.
        "public" if outcome.findings.is_empty() => {
            return Outcome::not_applicable("it is stated that updates are public");
        }
        "public" => return outcome,
        "mutual-tls" => "it is stated that the update server takes connections with a client certificate alone",
        "token" => "it is stated that the update server asks clients for a token",
        "device-attestation" => "it is stated that the update server asks clients for an attestation of the device",
        "not-needed" => "it is stated that the update server need not know its clients",
        _ => {
            let message = "nobody stated whether the update server asks who a client is; state `server.client_auth`, or set `client_auth` in the policy";
            outcome.findings.push(Draft::manual("unstated", Location::file(Root::Release, ""), message));
            return outcome;
        }
    };
    dated(&mut outcome, decided, parameters.list("client_auth_decided"), today(facts));
    outcome
}

fn dated(outcome: &mut Outcome, decided: &str, days: &[String], today: Date) {
    let place = || Location::file(Root::Release, "");
    let mut latest: Option<Date> = None;
    for text in days {
        match text.trim().parse::<Date>() {
            Ok(day) => latest = latest.max(Some(day)),
            Err(_) => {
                let message = format!("`client_auth_decided` has no day: `{}`", shown(text));
                outcome.findings.push(Draft::indeterminate("day-unread", place(), message).key(shown(text)));
            }
        }
    }
    let Some(day) = latest else {
        outcome.saw(format!("{decided}, without a day"), None);
        return;
    };
    let age = days_between(day, today);
    if (0..=MOST_DAYS).contains(&age) {
        outcome.saw(format!("{decided}, decided on {day}"), None);
    } else if age < 0 {
        let message = format!("{decided}, and gives a day that is still to come: {day}");
        outcome.findings.push(Draft::manual("decision-outdated", place(), message));
    } else {
        let message = format!("{decided}; that was decided on {day}, {age} days ago, and has to be looked at again");
        outcome.findings.push(Draft::manual("decision-outdated", place(), message));
    }
}

/// Keys with which a client would show who it is, and that everyone has who has the bundle.
fn shipped_keys(outcome: &mut Outcome, bundle: &BundleFacts) {
    add_unexamined(outcome, bundle);
    add_unread(outcome, bundle.all_files());
    for file in bundle.all_files() {
        if let Some(what) = client_key(file) {
            let message = format!("{what} ships with the bundle: whoever has the app can connect as its client");
            outcome.findings.push(Draft::fail("client-key-shipped", whole(file), message).severity(Severity::High));
        }
    }
    let files = count(bundle.all_files().count(), "file", "files");
    outcome.saw(format!("{files} of the bundle searched for keys of clients"), None);
}

fn client_key(file: &FileFacts) -> Option<&'static str> {
    let content = file.detection.as_ref()?.content.as_ref().filter(|kind| kind.class == Class::KeyStore);
    let path = file.path.to_lowercase();
    let named = CLIENT.iter().any(|word| path.contains(word));
    let key = file.keys.iter().any(|sighting| !sighting.key.usually_public);
    match content.map(|kind| kind.name) {
        Some("PEM certificate with private key") => Some("a certificate with its private key"),
        Some("PKCS#12 key store") => Some("a PKCS#12 store of a certificate with its private key"),
        _ if named && key => Some("a private key that is named a client's"),
        _ => None,
    }
}
