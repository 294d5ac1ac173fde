use std::collections::BTreeSet;

use super::*;
use crate::facts::ios::privacy_table::DATA_TYPES;
use crate::facts::{Silent, read_bundle};
use crate::inputs::{Bundle, Limits};

/// The data types of Google Play's form ("Data types and purposes").
const PLAY: [&str; 38] = [
    "Approximate location",
    "Precise location",
    "Name",
    "Email address",
    "User IDs",
    "Address",
    "Phone number",
    "Race and ethnicity",
    "Political or religious beliefs",
    "Sexual orientation",
    "Other info",
    "User payment info",
    "Purchase history",
    "Credit score",
    "Other financial info",
    "Health info",
    "Fitness info",
    "Emails",
    "SMS or MMS",
    "Other in-app messages",
    "Photos",
    "Videos",
    "Voice or sound recordings",
    "Music files",
    "Other audio files",
    "Files and docs",
    "Calendar events",
    "Contacts",
    "App interactions",
    "In-app search history",
    "Installed apps",
    "Other user-generated content",
    "Other actions",
    "Web browsing history",
    "Crash logs",
    "Diagnostics",
    "Other app performance data",
    "Device or other IDs",
];

fn found(script: &str) -> PrivacyFacts {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("app.js"), script).unwrap();
    let limits = Limits::default();
    let bundle = Bundle::open(folder.path(), &limits).unwrap();
    read_privacy(&read_bundle(&bundle, &limits, 1, &Silent).unwrap(), None)
}

fn met(script: &str) -> Vec<(String, Met, u32)> {
    found(script).signals.into_iter().map(|one| (one.signal.id.clone(), one.met, one.count)).collect()
}

#[test]
fn the_table_names_only_what_is_known_and_nothing_twice() {
    let table = built_in().unwrap();
    assert!(table.signals.len() >= 57);
    let mut ids = BTreeSet::new();
    for signal in &table.signals {
        let id = &signal.id;
        assert!(ids.insert(id), "{id} twice");
        assert!(signal.apple.iter().all(|name| DATA_TYPES.contains(&name.as_str())), "{id}: {:?}", signal.apple);
        assert!(signal.play.iter().all(|name| PLAY.contains(&name.as_str())), "{id}: {:?}", signal.play);
        assert!(signal.ccpa.iter().all(|letter| table.ccpa.contains_key(letter)), "{id}: {:?}", signal.ccpa);
        assert!(!signal.title.is_empty() && !signal.gdpr.is_empty(), "{id}");
        for names in [&signal.apis, &signal.reads, &signal.plugins, &signal.methods, &signal.hosts, &signal.packages] {
            let once: BTreeSet<&String> = names.iter().collect();
            assert_eq!(once.len(), names.len(), "{id}");
        }
        assert!(signal.plugins.iter().all(|name| name.matches('.').count() == 1), "{id}: {:?}", signal.plugins);
        assert!(signal.hosts.iter().all(|host| host.contains('.') && *host == host.to_lowercase()), "{id}");
    }
}

#[test]
fn calls_are_met_and_mentions_are_not() {
    let is = |script: &str, id: &str, how: Met, count: u32| {
        assert_eq!(met(script), [(id.to_owned(), how, count)], "{script}");
    };
    is(
        "navigator.geolocation.watchPosition(f); navigator.geolocation.watchPosition(g)",
        "web.geolocation",
        Met::Called,
        2,
    );
    is("window.navigator.geolocation.getCurrentPosition(f)", "web.geolocation", Met::Called, 1);
    is("const g = registerPlugin('Geolocation'); g.getCurrentPosition()", "cap.geolocation", Met::Called, 1);
    is("const g = registerPlugin('Geolocation'); g.addListener('x')", "cap.geolocation", Met::Registered, 1);
    is("const a = registerPlugin('AdMob'); a.showBanner({})", "cap.admob", Met::Called, 1);
    is("if (navigator.globalPrivacyControl) stop()", "web.gpc", Met::Read, 1);
    is("const a = navigator.connection.effectiveType", "cap.network", Met::Read, 1);
    is("const dsn = 'https://o1.ingest.sentry.io/2'", "lib.crashlytics", Met::Named, 1);
    for script in [
        "const text = 'navigator.geolocation.watchPosition'",
        "const navigator = {}; navigator.clipboard.readText()",
        "if (navigator.geolocation) show()",
        "const a = registerPlugin('Geolocation2'); a.watchPosition()",
        "MediaRecorder.isTypeSupported('a')",
        "const link = 'https://docs.sentry.io/'",
        "const host = 'https://notingest.sentry.io.example/'",
    ] {
        assert_eq!(met(script), [], "{script}");
    }
}

#[test]
fn a_fingerprint_is_several_sources_together() {
    let navigator = "[navigator.hardwareConcurrency, navigator.deviceMemory, navigator.plugins]";
    let all = format!(
        "x({navigator}, screen.colorDepth, screen.availWidth, new OfflineAudioContext(1), Intl.DateTimeFormat())"
    );
    let seen = met(&all);
    assert!(seen.iter().any(|(id, _, _)| id == "web.fingerprint"), "{seen:?}");
    for script in [
        "x(navigator.hardwareConcurrency, navigator.languages, screen.width, Intl.DateTimeFormat())".to_owned(),
        format!("x({navigator}, screen.colorDepth, screen.availWidth, Intl.DateTimeFormat())"),
        "new OfflineAudioContext(1)".to_owned(),
    ] {
        assert_eq!(met(&script), [], "{script}");
    }
}

#[test]
fn places_are_bounded_and_the_surest_comes_first() {
    let seen = found("const g = registerPlugin('Geolocation'); g.watchPosition()");
    let [signal] = &seen.signals[..] else { panic!("{seen:?}") };
    let ways: Vec<Met> = signal.places.iter().map(|place| place.met).collect();
    assert_eq!(ways, [Met::Called, Met::Registered]);
    assert_eq!(signal.declared.overall(), Standing::NotKnown);
    assert!(!found("const = (;").unparsed.is_empty());
}
