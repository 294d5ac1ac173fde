use std::collections::BTreeSet;

use super::*;

const HEX: &str = "3d2f9c0e7a4b5c6d8e9f0a1b2c3d4e5f60718293a4b5c6d7e8f9001122334455";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn one(rest: &str) -> String {
    format!("schema: otaudit/keys/v1\nkeys:\n  - id: a\n    purpose: signing\n    fingerprint: {HEX}\n{rest}")
}

/// Line, column and message of each fault.
fn faults(text: &str) -> Vec<(u32, u32, String)> {
    let problems = read("k.yaml", text).unwrap_err();
    let place = |problem: &Problem| {
        let label = problem.label.as_ref().unwrap();
        let Position { line, column } = LineIndex::new(&label.source).position(label.range.start);
        (line, column, problem.message.clone())
    };
    problems.iter().map(place).collect()
}

#[test]
fn the_example_is_read_and_agrees_with_the_schema() {
    let text = std::fs::read_to_string(root().join("docs/examples/keys/otaudit-keys.yaml")).unwrap();
    let registry = read(REGISTRY_FILE, &text).unwrap();
    let first = &registry.keys[0];
    assert_eq!(
        (first.id.as_str(), first.purpose, first.custody),
        ("ota-signing-2025", Purpose::Signing, Some(Custody::Kms))
    );
    assert_eq!(first.since().map(|date| date.to_string()).as_deref(), Some("2025-03-14"));
    assert_eq!(first.position, Position { line: 4, column: 5 });
    assert_eq!(registry.keys[2].since().map(|date| date.to_string()).as_deref(), Some("2026-10-05"));
    let schema = std::fs::read_to_string(root().join("docs/schemas/keys.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let value: serde_json::Value = serde_yaml::from_str(&text).unwrap();
    assert!(validator.is_valid(&value), "{:?}", validator.iter_errors(&value).next());
    for wrong in ["created: 5 May 2025", "custody: drawer", "colour: red", "purpose: signing\n    fingerprint: abc"] {
        let text = format!("schema: otaudit/keys/v1\nkeys:\n  - id: a\n    {wrong}\n");
        assert!(read("k", &text).is_err(), "{wrong}");
        assert!(!validator.is_valid(&serde_yaml::from_str(&text).unwrap()), "{wrong}");
    }
}

#[test]
fn the_schema_has_the_names_of_the_code() {
    let schema = std::fs::read_to_string(root().join("docs/schemas/keys.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let item = &schema["properties"]["keys"]["items"];
    let names =
        |value: &serde_json::Value| -> BTreeSet<String> { value.as_object().unwrap().keys().cloned().collect() };
    // serde lists the names that it knows in its complaint about one that it does not.
    let known = |why: String| -> BTreeSet<String> { why.split('`').skip(3).step_by(2).map(str::to_owned).collect() };
    let why = serde_json::from_str::<WrittenKey>("{\"?\": 1}").unwrap_err().to_string();
    assert_eq!(names(&item["properties"]), known(why));
    let why = serde_json::from_str::<Written>("{\"?\": 1}").unwrap_err().to_string();
    assert_eq!(names(&schema["properties"]), known(why));
    let words = |value: &serde_json::Value| -> BTreeSet<String> {
        value.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    };
    let why = serde_json::from_str::<Purpose>("\"?\"").unwrap_err().to_string();
    assert_eq!(words(&item["properties"]["purpose"]["enum"]), known(why));
    let why = serde_json::from_str::<Custody>("\"?\"").unwrap_err().to_string();
    assert_eq!(words(&item["properties"]["custody"]["enum"]), known(why));
    assert_eq!(schema["properties"]["schema"]["const"], KEYS_SCHEMA);
    assert_eq!(item["additionalProperties"], false);
}

#[test]
fn faults_have_their_places() {
    let cases = [
        (one("    colour: red\n"), 6, 5, "colour"),
        (one("    id: b\n"), 6, 5, "id"),
        (one("    custody: drawer\n"), 6, 14, "drawer"),
        (one("    created: 2025-02-30\n"), 6, 14, "`2025-02-30` is not a date"),
        (one("    created: 2025-02-03\n    retired: 2024-01-01\n"), 7, 14, "`retired` is before `created`"),
        (one(&format!("  - {{id: a, purpose: signing, fingerprint: {HEX}}}\n")), 6, 10, "two keys have the id `a`"),
        ("schema: otaudit/keys/v1\nkeys:\n  - id: a\n    purpose: signing\n".to_owned(), 3, 9, "has no `fingerprint`"),
        (
            "schema: otaudit/keys/v1\nkeys:\n  - id: a\n    purpose: access\n    fingerprint: x\n".to_owned(),
            5,
            18,
            "no SHA-256",
        ),
        ("schema: other\nkeys: []\n".to_owned(), 1, 9, "the schema is `other`"),
        ("schema: otaudit/keys/v1\nkeys: [\n".to_owned(), 0, 0, ""),
    ];
    for (text, line, column, message) in cases {
        let found = faults(&text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].2.contains(message), "{text}: {found:?}");
        if line > 0 {
            assert_eq!((found[0].0, found[0].1), (line, column), "{text}: {found:?}");
        }
    }
    assert_eq!(faults(&one("    created: a\n    retired: b\n")).len(), 2, "all faults of values at once");
}

#[test]
fn anchors_depth_and_a_second_document_are_refused() {
    let deep = format!("schema: {}a{}\nkeys: []\n", "[".repeat(50_000), "]".repeat(50_000));
    for text in ["schema: &a otaudit/keys/v1\nkeys: []\n", "schema: otaudit/keys/v1\nkeys: []\n---\na: b\n", "", &deep]
    {
        assert!(read("k", text).is_err(), "{text:.60}");
    }
    assert!(read("k", &"a".repeat(300_000)).is_err());
}

#[test]
fn fingerprints_are_read_as_tools_write_them() {
    let digest = Digest::from_hex(HEX).unwrap();
    let colons = HEX.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()).collect::<Vec<_>>().join(":");
    let text = "PS+cDnpLXG2OnwobLD1OX2BxgpOktcbX6PkAESIzRFU=";
    let unpadded = text.trim_end_matches('=');
    for written in
        [HEX, &HEX.to_uppercase(), &colons, &format!("sha256:{HEX}"), text, unpadded, &format!("sha256/{text}")]
    {
        assert_eq!(fingerprint(written), Some(digest), "{written}");
    }
    for wrong in
        ["", "sha256:", "3d:2f", HEX.split_at(1).1, "PS+cDnpLXG2O", &format!("{HEX}00"), "sha1/PS+cDnpLXG2Onwob"]
    {
        assert_eq!(fingerprint(wrong), None, "{wrong}");
    }
}

#[test]
fn a_link_or_a_broken_registry_is_unreadable() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(of_app(folder.path()), Fact::Absent);
    std::fs::write(folder.path().join(REGISTRY_FILE), one("    colour: red\n")).unwrap();
    let Fact::Unreadable(why) = of_app(folder.path()) else { panic!() };
    assert!(why.starts_with("line 6, column 5: "), "{why}");
    std::fs::write(folder.path().join(REGISTRY_FILE), one("")).unwrap();
    assert_eq!(of_app(folder.path()).known().map(|registry| registry.keys.len()), Some(1));
    #[cfg(unix)]
    {
        let path = folder.path().join(REGISTRY_FILE);
        std::fs::rename(&path, folder.path().join("other.yaml")).unwrap();
        std::os::unix::fs::symlink("other.yaml", &path).unwrap();
        assert!(matches!(of_app(folder.path()), Fact::Unreadable(_)));
    }
}
