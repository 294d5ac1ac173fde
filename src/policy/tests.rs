//! Whole policy files.

use jiff::civil::date;

use super::*;
use crate::controls::CATALOG;
use crate::model::Problem;

fn nothing(_: &str) -> Option<(String, String)> {
    None
}

fn read(text: &str) -> Result<Policy, Vec<Problem>> {
    load("mine.yaml", text, &nothing)
}

fn messages(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| problem.message.as_str()).collect()
}

fn marked(problem: &Problem) -> &str {
    let label = problem.label.as_ref().unwrap();
    label.source.get(label.range.clone()).unwrap()
}

#[test]
fn the_built_in_policies_load() {
    let default = load("default", builtin("default").unwrap(), &nothing).unwrap();
    assert_eq!((default.name.as_str(), default.controls.len()), ("default", CATALOG.len()));
    assert_eq!((default.gate, &default.limits), (GateRules::default(), &Limits::default()));
    assert_eq!(default.deviations, []);
    let strict = load("strict", builtin("strict").unwrap(), &nothing).unwrap();
    assert_eq!(strict.extends, ["default"]);
    assert_eq!(strict.gate, GateRules { fail_on: Severity::Medium, manual_fails: true, indeterminate_fails: true });
    assert_eq!(strict.deviations, []);
    assert_ne!(strict.sha256, default.sha256);
    assert_eq!(builtin("none"), None);
}

#[test]
fn all_faults_are_reported_at_once_and_in_order() {
    let text = "\
schema: otaudit/policy/v1
nmae: mine
select: {include: [{area: BUM}]}
gate:
  fail_onn: high
  manual: 3
  manual: report
severity: {OTA-BUN-999: low, OTA-BUN-001: grave}
limits: {entries: 0}
exceptions:
  - control: OTA-KEY-001
    owner: Ann
    approver: ann
    expires: 2026-13-01
    scope: {paths: ['a[']}
";
    let problems = read(text).unwrap_err();
    let shown: Vec<(&str, &str)> = problems.iter().map(|problem| (problem.message.as_str(), marked(problem))).collect();
    let expected = [
        ("unknown key `nmae` in the policy", "nmae"),
        ("`area` can't be `BUM`", "BUM"),
        ("unknown key `fail_onn` in `gate`", "fail_onn"),
        ("`manual` must be a text, not a whole number", "3"),
        ("duplicate key `manual` in `gate`", "manual"),
        ("unknown control `OTA-BUN-999`", "OTA-BUN-999"),
        ("the severity of `OTA-BUN-001` can't be `grave`", "grave"),
        ("`entries` must be a whole number above 0", "0"),
        ("an exception lacks `reason`", "control: OTA-KEY-001"),
        ("`OTA-KEY-001` allows no exception", "OTA-KEY-001"),
        ("the approver of an exception is its owner", "ann"),
        ("`2026-13-01` is not a date", "2026-13-01"),
    ];
    assert_eq!(shown[..12], expected);
    assert!(shown[12].0.starts_with("`a[` is not a glob: ") && shown[12].1 == "'a['", "{shown:?}");
    assert_eq!(shown.len(), 13);
    let help = |index: usize| problems[index].help.as_deref().unwrap();
    assert_eq!((help(0), help(1), help(2)), ("did you mean `name`?", "did you mean `BUN`?", "did you mean `fail_on`?"));
    assert!(problems.iter().all(|problem| problem.help.is_some()));
}

#[test]
fn required_keys_and_types_are_held() {
    assert_eq!(messages(&read("name: x\n").unwrap_err()), ["the policy lacks `schema`"]);
    assert_eq!(messages(&read("").unwrap_err()), ["the policy must be a map, not nothing"]);
    assert_eq!(messages(&read("schema: otaudit/policy/v2\n").unwrap_err()), ["`schema` can't be `otaudit/policy/v2`"]);
    let head = "schema: otaudit/policy/v1\n";
    for (rest, message) in [
        ("select: {include: []}", "`select` leaves no control"),
        ("select: {include: [{area: BUN, control: OTA-BUN-001}]}", "an item of a selection must have exactly one key"),
        ("select: {include: [{}]}", "an item of a selection must have exactly one key"),
        ("select: {exclude: [{framework: GPDR}]}", "`framework` can't be `GPDR`"),
        ("select: {exclude: BUN}", "`exclude` must be a list, not a text"),
        ("parameters: {OTA-BUN-001: {nope-nope-nope: x}}", "`OTA-BUN-001` has no parameter `nope-nope-nope`"),
        ("limits: {ratio: '9'}", "`ratio` must be a whole number, not a text"),
        ("name: ' '", "`name` is empty"),
        (
            "exceptions: [{control: OTA-SIG-002, owner: a, reason: b, expires: 2027-01-01}]",
            "`OTA-SIG-002` allows no exception",
        ),
        (
            "exceptions: [{control: OTA-BUN-001, owner: a, reason: b, start: 2026-01-01, expires: 2027-01-02}]",
            "an exception lasts 366 days, more than 365",
        ),
        (
            "exceptions: [{control: OTA-BUN-001, owner: a, reason: b, start: 2026-01-02, expires: 2026-01-01}]",
            "an exception ends before it starts",
        ),
        (
            "exceptions: [{control: OTA-BUN-001, owner: a, reason: b, expires: 2027-01-01, scope: {paths: []}}]",
            "`paths` is an empty list",
        ),
        ("extends: defualt", "no policy `defualt` to extend"),
    ] {
        assert_eq!(messages(&read(&format!("{head}{rest}\n")).unwrap_err()), [message], "{rest}");
    }
}

#[test]
fn a_policy_overrides_what_it_extends() {
    let base = "\
schema: otaudit/policy/v1
extends: default
gate: {fail_on: critical, indeterminate: report}
limits: {entries: 60000, ratio: 100}
severity: {OTA-BUN-001: low}
select: {exclude: [{control: OTA-BUN-003}]}
exceptions: [{control: OTA-BUN-001, owner: a, reason: b, expires: 2027-01-01}]
";
    let child = "\
schema: otaudit/policy/v1
title: Mine
extends: ./base.yaml
gate: {fail_on: low}
limits: {ratio: 300}
parameters: {OTA-BUN-003: {wasm: deny}}
exceptions: [{id: EXC-1, control: OTA-BUN-003, owner: a, approver: c, reason: b, expires: 2027-01-01}]
";
    let resolve = |path: &str| (path == "base.yaml").then(|| (path.to_owned(), base.to_owned()));
    let policy = load("dir/mine.yaml", child, &resolve).unwrap();
    assert_eq!((policy.name.as_str(), policy.title.as_str()), ("mine", "Mine"));
    assert_eq!(policy.extends, ["base", "default"]);
    assert_eq!(policy.gate, GateRules { fail_on: Severity::Low, manual_fails: false, indeterminate_fails: false });
    assert_eq!((policy.limits.entries, policy.limits.ratio, policy.limits.path_depth), (60_000, 300, 64));
    assert!(policy.controls.iter().all(|selected| selected.control.id != "OTA-BUN-003"));
    let ids: Vec<&str> = policy.exceptions.iter().map(|exception| exception.id.as_str()).collect();
    assert_eq!(ids, ["EXC-2", "EXC-1"]);
    let deviations: Vec<String> = policy.deviations.iter().map(|one| format!("{}: {}", one.what, one.change)).collect();
    assert_eq!(deviations.len(), 5, "{deviations:?}");
    assert_eq!(deviations[1], "OTA-BUN-003: not selected");
    assert_eq!(deviations[2], "gate: `indeterminate` changed from `fail` to `report`");
    assert_eq!(
        deviations[3..],
        ["limits: `entries` raised from 50000 to 60000", "limits: `ratio` raised from 200 to 300"]
    );
    assert!(deviations[0].ends_with("to `low`"));
}

#[test]
fn paths_are_seen_from_the_folder_of_the_policy_that_names_them() {
    let file = |next: &str| format!("schema: otaudit/policy/v1\nextends: {next}\n");
    let resolve = |path: &str| match path {
        "shared/team.yaml" => Some(("shown".to_owned(), file("./company.yaml"))),
        "shared/company.yaml" => Some((path.to_owned(), file("/etc/base.yaml"))),
        "/etc/base.yaml" => Some((path.to_owned(), file("default"))),
        _ => None,
    };
    let policy = load("any/where/mine.yaml", &file("shared/team.yaml"), &resolve).unwrap();
    assert_eq!(policy.extends, ["shown", "company", "base", "default"]);
}

#[test]
fn loops_and_long_chains_are_faults() {
    let file = |next: &str| format!("schema: otaudit/policy/v1\nextends: {next}\n");
    let back = |path: &str| Some((path.to_owned(), file(if path == "b.yaml" { "a.yaml" } else { "b.yaml" })));
    let problems = load("a.yaml", &file("b.yaml"), &back).unwrap_err();
    assert_eq!(messages(&problems), ["the policy `a.yaml` extends itself"]);
    let longer = |path: &str| Some((path.to_owned(), file(&format!("x{path}"))));
    let problems = load("a.yaml", &file("b.yaml"), &longer).unwrap_err();
    assert_eq!(messages(&problems), ["more than 8 policies extend one another"]);
}

#[test]
fn exceptions_hold_for_their_time_and_scope() {
    let digest = Digest::of(b"bundle");
    let text = format!(
        "schema: otaudit/policy/v1\nexceptions:\n  - control: OTA-BUN-001\n    owner: a\n    reason: b\n    start: 2026-01-01\n    \
         expires: 2026-12-31\n    scope: {{paths: ['assets/*.js'], fingerprints: [f1], bundle_sha256: '{digest}'}}\n"
    );
    let policy = read(&text).unwrap();
    let exception = &policy.exceptions[0];
    assert_eq!(exception.id, "EXC-1");
    let states =
        [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)].map(|day| exception.state_on(day));
    assert_eq!(states, [Standing::Pending, Standing::InForce, Standing::InForce, Standing::Expired]);
    assert!(exception.covers("OTA-BUN-001", "assets/a.js", "f1", Some(&digest)));
    assert!(!exception.covers("OTA-BUN-002", "assets/a.js", "f1", Some(&digest)));
    assert!(!exception.covers("OTA-BUN-001", "assets/x/a.js", "f1", Some(&digest)));
    assert!(!exception.covers("OTA-BUN-001", "assets/a.js", "f2", Some(&digest)));
    assert!(!exception.covers("OTA-BUN-001", "assets/a.js", "f1", None));
}

#[test]
fn the_schema_lists_every_parameter_and_accepts_the_built_in_policies() {
    let schema = schema();
    for control in CATALOG {
        for parameter in control.parameters {
            let path = format!("/properties/parameters/properties/{}/properties/{}", control.id, parameter.name);
            assert!(schema.pointer(&path).is_some(), "{path}");
        }
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, text) in BUILTIN {
        let policy: serde_json::Value = serde_yaml::from_str(text).unwrap();
        assert!(validator.is_valid(&policy), "{name}");
    }
    assert!(!validator.is_valid(&serde_json::json!({ "schema": POLICY_SCHEMA, "gaet": {} })));
    let properties = schema.pointer("/properties").and_then(serde_json::Value::as_object).unwrap();
    assert_eq!(properties.len(), file::KEYS.len());
}

#[test]
fn no_limit_is_missing() {
    let fields = serde_json::to_value(Limits::default()).unwrap();
    let mut names: Vec<&str> = LIMITS.iter().map(|field| field.name).collect();
    names.sort_unstable();
    let mut known: Vec<&str> = fields.as_object().unwrap().keys().map(String::as_str).collect();
    known.sort_unstable();
    assert_eq!(names, known);
}

#[test]
fn statements_are_named_and_aged_and_exceptions_renewed() {
    let text = "\
schema: otaudit/policy/v1
attestations: {file: ./compliance/stated.yaml, max_age_days: {gdpr.ropa: 90}}
exceptions:
  - control: OTA-NET-003
    owner: Ann
    reason: pins next quarter
    risk_acceptance: Bea accepts it
    renewals: [2026-06-01, 2026-03-01]
    start: 2025-03-01
    expires: 2027-05-01
";
    let policy = read(text).unwrap();
    assert_eq!(policy.attestations.as_deref(), Some("compliance/stated.yaml"));
    assert_eq!(policy.max_age_days.get("gdpr.ropa"), Some(&90));
    let kept = &policy.exceptions[0];
    assert_eq!((kept.renewals(), kept.risk_acceptance.as_deref()), (2, Some("Bea accepts it")));
    // The year counts from the last renewal, and no longer.
    let longer = read(&text.replace("2027-05-01", "2027-06-02")).unwrap_err();
    assert_eq!(messages(&longer), ["an exception lasts 366 days, more than 365"]);
    let outside = read(&text.replace("./compliance", "../compliance").replace(": 90", ": 181")).unwrap_err();
    assert_eq!(
        messages(&outside),
        [
            "the file of statements lies outside the app's folder",
            "a statement of `gdpr.ropa` counts for 180 days at most"
        ]
    );
}
