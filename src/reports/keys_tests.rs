use super::*;
use crate::facts::age::{Age, KeyPlace};
use crate::facts::inventory::KeyRole;
use crate::facts::keys::registry::Registry;
use crate::model::Position;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn key(source: &str, since: Fact<Date>, bound: Bound) -> AgedKey {
    let place = KeyPlace {
        source: source.to_owned(),
        file: source.to_owned(),
        kept_in: None,
        position: None,
        system: Some("capgo"),
        sample: false,
    };
    AgedKey {
        places: vec![place.clone(), KeyPlace { source: "copy\u{1b}[31m".to_owned(), ..place }],
        role: KeyRole::VerificationKey,
        purpose: Purpose::Signing,
        algorithm: Some("RSA".to_owned()),
        bits: Some(2048),
        spki_sha256: Some(Digest::of(b"x")),
        certificates: Vec::new(),
        validity: None,
        registered: Vec::new(),
        retired: None,
        custody: None,
        known: None,
        problems: vec![KeyProblem::SpkiHeader],
        unread: None,
        first_seen: Fact::Absent,
        age: Age { since, source: AgeSource::GitHistory, bound, detail: "first in `a`".to_owned() },
    }
}

fn sample() -> KeyAges {
    let entry = RegisteredKey {
        id: "token".to_owned(),
        fingerprint: None,
        purpose: Purpose::Access,
        created: Some(date("2026-01-01")),
        activated: None,
        retired: None,
        custody: Some(Custody::CiSecret),
        custody_note: None,
        owner: None,
        position: Position { line: 4, column: 5 },
    };
    KeyAges {
        registry: Fact::Known(Registry { path: "otaudit-keys.yaml".to_owned(), keys: vec![entry] }),
        history: Fact::Known(History { commits: 3, shallow: true, partial: None }),
        keys: vec![
            key("a.json: plugins.CapacitorUpdater.publicKey", Fact::Known(date("2025-11-13")), Bound::AtLeast),
            key("b", Fact::Absent, Bound::AtLeast),
        ],
        rotation: vec![RotationFact::RetiredInApp {
            id: "old".to_owned(),
            retired: date("2025-01-01"),
            used: crate::facts::age::Use { sources: vec!["a.json".to_owned()], spki_sha256: None, embedded: true },
        }],
        unread: Vec::new(),
    }
}

#[test]
fn bars_fill_up_to_the_limit_and_show_what_is_over() {
    let bar = |age, limit| age_bar(age, limit, 10);
    assert_eq!(bar(Some(0), Some(100)), "░░░░░░░░░░");
    assert_eq!(bar(Some(1), Some(100)), "█░░░░░░░░░");
    assert_eq!(bar(Some(99), Some(100)), "█████████░");
    assert_eq!(bar(Some(100), Some(100)), "██████████");
    assert_eq!(bar(Some(101), Some(100)), "█████████▶");
    assert_eq!(bar(Some(-5), Some(100)), "░░░░░░░░░░");
    for (age, limit) in [(None, Some(1)), (Some(1), None), (Some(1), Some(0))] {
        assert_eq!(bar(age, limit), "··········");
    }
    assert_eq!(bar(Some(i64::MAX), Some(u32::MAX)), "█████████▶");
    for width in [0, 1, 3] {
        for age in [-1, 0, 5, 10, 11] {
            assert_eq!(age_bar(Some(age), Some(10), width).chars().count(), width);
        }
    }
}

#[test]
fn the_table_is_as_it_should_be() {
    let report = keys_report(&sample(), date("2026-11-23"), &KeyLimits::default());
    let text = keys_text(&report, &Style::default());
    let digest = Digest::of(b"x");
    let expected = format!(
        "Keys  ages on 2026-11-23

  ████░░░░░░░░  at least 375 days of 1095 RSA 2048 verification key, signing
                a.json: plugins.CapacitorUpdater.publicKey
                also copy\\u{{1b}}[31m
                SPKI SHA-256 {digest}
                since 2025-11-13: first in `a`
                problems: spki header

  ············  age unknown of 1095 RSA 2048 verification key, signing
                b
                also copy\\u{{1b}}[31m
                SPKI SHA-256 {digest}
                first in `a`
                problems: spki header

  ███████████▶  326 days of 90 registered, access
                otaudit-keys.yaml:4: token
                since 2026-01-01: in the registry only
"
    );
    assert!(text.starts_with(&expected), "{text}");
    assert!(text.contains("`old` went out of use on 2025-01-01 and is still in a.json"), "{text}");
    assert!(text.contains("The clone is shallow"), "{text}");
    for width in [20, 60, 80] {
        let text = keys_text(&report, &Style { width, ..Style::default() });
        assert!(text.lines().all(|line| line.chars().count() <= usize::from(width.max(60))), "{text}");
        assert!(!text.contains('\u{1b}'));
    }
    assert!(keys_text(&report, &Style { color: true, ..Style::default() }).contains("\u{1b}[1;31m███████████▶"));
}

#[test]
fn json_has_the_schema_and_plain_values() {
    let report = keys_report(&sample(), date("2026-11-23"), &KeyLimits::default());
    let json: serde_json::Value = serde_json::from_slice(&keys_json(&report).unwrap()).unwrap();
    assert_eq!(json["schema"], KEYS_REPORT_SCHEMA);
    assert_eq!(json["keys"][0]["age_days"], 375);
    assert_eq!((&json["keys"][0]["bound"], &json["keys"][0]["limit_days"]), (&"at-least".into(), &1095.into()));
    assert_eq!(json["keys"][1]["since"], serde_json::Value::Null);
    assert_eq!(json["keys"][2]["custody"], "ci-secret");
    assert_eq!(json["rotation"][0]["kind"], "retired-in-app");
}
