//! Faults, freshness, and the bundle that a statement is about.

use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn of(text: &str) -> Attestations {
    let today = day("2026-12-01");
    let statements = read("a.yaml", text, today).unwrap();
    Attestations { source: "a.yaml".to_owned(), today: Some(today), statements, ..Attestations::default() }
}

fn faults(text: &str) -> Vec<String> {
    read("a.yaml", text, day("2026-12-01")).unwrap_err().into_iter().map(|problem| problem.message).collect()
}

const ROPA: &str = "gdpr.ropa:\n  date: 2026-11-01\n  by: A, DPO\n  value: {entry_id: R1}\n";

#[test]
fn every_fault_is_told_at_once() {
    let text = "gdpr.rop: {}\n\
        gdpr.ropa:\n  date: 2027-01-01\n  value: {entry_id: R1, entryid: x}\n\
        gdpr.dpia:\n  date: 1.1.2026\n  by: A\n  value: {screening: maybe}\n\
        gdpr.dpia: {}\n\
        release.notes:\n  date: 2026-11-01\n  by: A\n  value: {text: x}\n\
        vendors:\n  date: 2026-11-01\n  by: A\n  value: {name: x}\n";
    let found = faults(text);
    for expected in [
        "unknown key `gdpr.rop`",
        "`gdpr.ropa` lacks `by`",
        "`date` of `gdpr.ropa` is 2027-01-01, which is still to come on 2026-12-01",
        "unknown key `entryid` in the value of `gdpr.ropa`",
        "`date` of `gdpr.dpia` is no date: `1.1.2026`",
        "`screening` of `gdpr.dpia` can't be `maybe`",
        "duplicate key `gdpr.dpia` in the file of statements",
        "`release.notes` lacks `bundle_sha256`",
        "the value of `vendors` must be a list, not a map",
    ] {
        assert!(found.iter().any(|message| message == expected), "{expected}\n{found:#?}");
    }
    assert_eq!(found.len(), 9, "{found:#?}");
    let help = read("a.yaml", text, day("2026-12-01")).unwrap_err()[0].help.clone();
    assert_eq!(help.as_deref(), Some("did you mean `gdpr.ropa`?"));
}

#[test]
fn a_statement_ages_and_ends() {
    let mut all = of(ROPA);
    assert!(matches!(all.answer("gdpr.ropa"), Answer::Fresh(_)));
    assert_eq!(all.answer("gdpr.dpia"), Answer::Missing);
    assert_eq!(all.days_left(&all.statements["gdpr.ropa"]), Some(150));
    all.max_age_days.insert("gdpr.ropa".to_owned(), 29);
    let Answer::Stale(_, why) = all.answer("gdpr.ropa") else { panic!("stale") };
    assert_eq!(why, "it is 30 days old, and counts for 29");
    // A policy can't make it last longer.
    all.max_age_days.insert("gdpr.ropa".to_owned(), 9999);
    assert_eq!(all.max_age(key("gdpr.ropa").unwrap()), 180);
    let ended = of(&format!("{ROPA}  valid_until: 2026-11-30\n"));
    assert!(matches!(ended.answer("gdpr.ropa"), Answer::Stale(_, why) if why == "it was valid until 2026-11-30"));
}

#[test]
fn a_release_s_statement_counts_for_its_bundle_alone() {
    let digest = Digest::of(b"bundle");
    let text = format!(
        "release.notes:\n  date: 2026-11-30\n  by: A, PM\n  bundle_sha256: {digest}\n  value: {{text: Fixes}}\n"
    );
    let mut all = of(&text);
    assert!(matches!(all.answer("release.notes"), Answer::OtherBundle(_, why) if why.ends_with("none was given")));
    all.bundle = vec![Digest::of(b"other")];
    assert!(matches!(all.answer("release.notes"), Answer::OtherBundle(..)));
    all.bundle.push(digest);
    assert!(all.answer("release.notes").fresh().is_some());
}

#[test]
fn evidence_is_looked_at_in_the_folder_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "one").unwrap();
    let state = |source: &str, sha256: &str| {
        let text = format!("{ROPA}  evidence: [{{path: '{source}', sha256: '{sha256}'}}]\n");
        let mut all = of(&text);
        all.look_at_evidence(folder.path());
        let answer = matches!(all.answer("gdpr.ropa"), Answer::Fresh(_));
        (all.statements["gdpr.ropa"].evidence[0].checked.clone(), answer)
    };
    let (one, other) = (Digest::of(b"one"), Digest::of(b"other"));
    assert_eq!(state("a.txt", &one.hex()), (Checked::Same, true));
    assert_eq!(state("a.txt", &other.hex()), (Checked::Differs(one), false));
    assert_eq!(state("b.txt", &one.hex()), (Checked::Absent, true));
    assert_eq!(state("../a.txt", &one.hex()).0, Checked::NotRead("not below the app's folder"));
    assert_eq!(state("/etc/hosts", &one.hex()).0, Checked::NotRead("not below the app's folder"));
}

#[test]
fn the_template_states_nothing_and_what_it_shows_is_sound() {
    let text = template(&|_| vec!["OTA-X-001".to_owned()]);
    assert!(of(&text).statements.is_empty());
    // Without its marks, and with examples for values, each key is one that the reader knows.
    let digits = "ab".repeat(32);
    let bare: String = text
        .lines()
        .filter(|line| line.starts_with("# ") && !line.starts_with("# --") && !line.starts_with("#    counts"))
        .skip_while(|line| !line.starts_with("# apple."))
        .map(|line| {
            let line = line.strip_prefix("# ").unwrap().split("    # ").next().unwrap();
            let line = line.split(" | ").next().unwrap();
            line.replace("YYYY-MM-DD", "2026-11-30").replace("64 hexadecimal digits", &digits) + "\n"
        })
        .collect();
    let read = read("a.yaml", &bare, day("2026-12-01"));
    assert_eq!(read.map(|found| found.len()).map_err(|all| all[0].clone()), Ok(keys().len()), "{bare}");
}

#[test]
fn the_schema_has_every_key() {
    let schema = schema();
    let properties = schema["properties"].as_object().unwrap();
    assert!(keys().iter().all(|key| properties.contains_key(&key.name)));
}
