use super::*;

const CAPGO: &str = "@capgo/capacitor-updater";

fn defaults() -> Vec<Advisory> {
    read(DEFAULT_ADVISORIES).unwrap()
}

/// The ids about a version of Capgo's plugin, without their prefix.
fn capgo(version: &str) -> Vec<String> {
    let advisories = defaults();
    let found = matching(&advisories, CAPGO, version);
    found.iter().map(|advisory| advisory.id.trim_start_matches("capgo-").to_owned()).collect()
}

#[test]
fn the_table_of_capgo() {
    const BYPASS: &str = "signature-bypass-empty-session-key";
    const BYPASS_IOS: &str = "signature-bypass-empty-session-key-ios-manifest";
    const OPTIONAL: &str = "checksum-optional";
    const TELEMETRY: &str = "telemetry-on-by-default";
    const TRAVERSAL: &str = "delta-path-traversal";
    const LAX: &str = "lax-rsa-padding";
    const UNPACKED: &str = "ios-unpacked-before-verified";
    const LENGTH: &str = "checksum-length-not-enforced";
    const DEFAULT: &str = "default-private-key";
    const PRIVATE: &str = "private-key-in-app";
    const UNKNOWN: &str = "public-key-unknown";
    const STRAY: &str = "stray-old-major";
    let cases: [(&str, &[&str]); 22] = [
        ("8.51.23", &[TELEMETRY, UNPACKED]),
        ("8.51.24", &[TELEMETRY]),
        ("8.51.22", &[BYPASS, BYPASS_IOS, OPTIONAL, TELEMETRY, UNPACKED]),
        ("8.51.23-beta.1", &[BYPASS, BYPASS_IOS, OPTIONAL, TELEMETRY, UNPACKED]),
        ("8.51.15", &[BYPASS, BYPASS_IOS, OPTIONAL, LAX, TELEMETRY, UNPACKED]),
        ("8.46.0", &[BYPASS, BYPASS_IOS, OPTIONAL, TRAVERSAL, LAX, TELEMETRY]),
        ("8.45.0", &[BYPASS, BYPASS_IOS, OPTIONAL, TRAVERSAL, LAX]),
        ("8.41.9", &[BYPASS, BYPASS_IOS, OPTIONAL, TRAVERSAL, LAX, LENGTH]),
        ("7.51.21", &[BYPASS, BYPASS_IOS, OPTIONAL, TELEMETRY]),
        ("7.50.0", &[BYPASS, BYPASS_IOS, OPTIONAL, TRAVERSAL, LAX]),
        ("6.51.16", &[BYPASS, BYPASS_IOS, OPTIONAL, TELEMETRY]),
        ("6.50.1", &[BYPASS, BYPASS_IOS, OPTIONAL, LAX, TELEMETRY]),
        ("5.50.2", &[BYPASS, BYPASS_IOS, OPTIONAL, LAX, TELEMETRY]),
        ("6.1.3", &[BYPASS, BYPASS_IOS, DEFAULT, PRIVATE, UNKNOWN, OPTIONAL]),
        ("4.17.11", &[DEFAULT, PRIVATE, UNKNOWN, OPTIONAL]),
        ("4.17.10", &[PRIVATE, UNKNOWN, OPTIONAL]),
        ("3.3.4", &[UNKNOWN, OPTIONAL]),
        ("7.0.0", &[BYPASS, BYPASS_IOS, STRAY, DEFAULT, PRIVATE, UNKNOWN, OPTIONAL]),
        ("9.0.0", &[STRAY, DEFAULT, PRIVATE, UNKNOWN, OPTIONAL]),
        ("10.0.0", &[STRAY, DEFAULT, PRIVATE, UNKNOWN, OPTIONAL]),
        ("9.0.0-rc.1", &[STRAY, DEFAULT, PRIVATE, UNKNOWN, OPTIONAL, TELEMETRY]),
        ("10.0.1", &[]),
    ];
    for (version, expected) in cases {
        assert_eq!(capgo(version), expected, "{version}");
    }
    assert_eq!(capgo("v8.51.22+build").len(), 5, "prefix and build don't hide it");
    assert_eq!(capgo("latest"), Vec::<String>::new());
    assert!(capgo("6.2.5").iter().all(|id| id != DEFAULT && id != UNKNOWN));
    assert!(
        capgo("5.43.3").iter().all(|id| id != DEFAULT && id != UNKNOWN),
        "published later, without the default key"
    );
}

#[test]
fn others() {
    let advisories = defaults();
    let ids = |package: &str, version: &str| -> Vec<String> {
        matching(&advisories, package, version).iter().map(|advisory| advisory.id.clone()).collect()
    };
    assert_eq!(ids("cordova-plugin-ionic", "5.5.3"), ["ionic-cordova-no-verification"]);
    assert_eq!(ids("@capgo/electron-updater", "0.0.6"), ["capgo-electron-symmetric-checksum"]);
    assert_eq!(ids("cordova-hot-code-push-plugin", "1.5.3"), ["chcp-md5-no-signature"]);
    assert_eq!(ids("@capawesome/capacitor-live-update", "6.0.7"), ["capawesome-no-verification"]);
    assert_eq!(ids("@capacitor/ios", "5.7.3"), ["capacitor-ios-no-privacy-manifest"]);
    assert_eq!(ids("@capacitor/ios", "6.0.0"), Vec::<String>::new());
    assert_eq!(ids("capacitor-updater", "7.0.0"), Vec::<String>::new(), "another package");
    assert_eq!(packages(&advisories).len(), 10);
}

#[test]
fn fixes_are_named() {
    let advisories = defaults();
    let fix = |id: &str, version: &str| {
        let advisory = advisories.iter().find(|advisory| advisory.id == id).unwrap();
        advisory.fix_for(&exact(version).unwrap()).map(Version::to_string)
    };
    assert_eq!(fix("capgo-delta-path-traversal", "7.6.0").as_deref(), Some("7.50.1"));
    assert_eq!(fix("capgo-signature-bypass-empty-session-key", "7.51.21").as_deref(), Some("8.51.23"));
    assert_eq!(fix("capgo-stray-old-major", "10.0.0"), None, "no later number helps");
    assert_eq!(fix("ionic-cordova-no-verification", "5.5.3"), None);
}

#[test]
fn ranges_reach_some_or_every_version() {
    let advisories = defaults();
    let bypass = |range: &str| {
        let found = matching_range(&advisories, CAPGO, range);
        let first = found.iter().find(|(advisory, _)| advisory.id == "capgo-signature-bypass-empty-session-key");
        first.map(|(_, reach)| *reach)
    };
    assert_eq!(bypass("^8.0.0"), Some(Reach::Some));
    assert_eq!(bypass("^8.51.23"), None);
    assert_eq!(bypass("5 || 6 || ~7.1"), Some(Reach::Every));
    assert_eq!(bypass("~8.51.2"), Some(Reach::Some));
    assert_eq!(bypass("8.51.0 - 8.51.22"), Some(Reach::Every));
    assert_eq!(bypass("latest"), Some(Reach::Some));
}

/// A good file of which one part is replaced.
fn changed(part: &str, with: &str) -> Result<Vec<Advisory>, String> {
    let good = "schema: otaudit/advisories/v1\nadvisories:\n- id: a-1\n  package: p\n  affected: [<2.0.0]\n  fixed: [2.0.0]\n  severity: low\n  title: t\n  weak: w\n  fix: f\n  effects: [x_y]\n  conditions: [c]\n  platforms: [ios]\n  sources: [{repository: r, file: f}]\n  read: 2026-11-23\n";
    assert!(good.contains(part));
    read(&good.replace(part, with))
}

#[test]
fn files_are_read_strictly() {
    assert_eq!(changed("a-1", "a-2").map(|advisories| advisories.len()), Ok(1));
    assert_eq!(changed("[2.0.0]", "none yet").map(|advisories| advisories[0].fixed.len()), Ok(0));
    assert!(changed("  conditions: [c]\n", "").is_ok());
    let wrong = [
        ("advisories/v1", "advisories/v2", "schema: expected"),
        ("  title: t", "  title: t\n  hint: h", "hint"),
        ("file: f", "file: f, line: 1", "line"),
        ("a-1", "A 1", "id must be"),
        ("package: p", "package: ''", "`package` is empty"),
        ("[<2.0.0]", "[]", "at least one"),
        ("[<2.0.0]", "['']", "no range"),
        ("[<2.0.0]", "[latest]", "no range"),
        ("[<2.0.0]", "['>2 <1']", "no range"),
        ("[2.0.0]", "[1.9.0]", "both affected and fixed"),
        ("[2.0.0]", "[two]", "no version"),
        ("[2.0.0]", "[]", "`none yet`"),
        ("[2.0.0]", "soon", "`none yet`"),
        ("low", "grave", "grave"),
        ("x_y", "x-y", "joined by `_`"),
        ("[ios]", "[windows]", "windows"),
        ("2026-11-23", "2026-13-23", "date"),
        (
            "2026-11-23\n",
            "2026-11-23\n- id: a-1\n  package: p\n  affected: [<2.0.0]\n  fixed: none yet\n  severity: low\n  title: t\n  weak: w\n  fix: f\n  effects: [x]\n  platforms: [ios]\n  sources: [{repository: r, file: f}]\n  read: 2026-11-23\n",
            "twice",
        ),
    ];
    for (part, with, expected) in wrong {
        let why = changed(part, with).unwrap_err();
        assert!(why.contains(expected), "{part} → {with}: {why}");
    }
    assert!(read(&" ".repeat(MOST_BYTES + 1)).is_err());
}
