//! Statements of the organisation, through the command line: the template, what is stale, and what they do to an audit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods)] // a test fails by panicking

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_otaudit"));
    command.args(arguments).env_remove("SOURCE_DATE_EPOCH").output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn faults(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn app() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "capacitor.config.json",
        r#"{"appId":"a.b.c","appName":"A","webDir":"www","plugins":{"CapacitorUpdater":{}}}"#,
    );
    write("www/index.html", "<!doctype html><title>A</title>");
    folder
}

fn state(folder: &Path, text: &str) {
    fs::write(folder.join("otaudit-attestations.yaml"), text).unwrap();
}

fn check(folder: &Path, more: &[&str]) -> (Option<i32>, Value) {
    let folder = folder.display().to_string();
    let mut arguments = vec!["check", &folder, "--as-of", "2026-12-01", "--format", "json"];
    arguments.extend(more);
    let output = run(&arguments);
    let report = serde_json::from_str(&out(&output)).unwrap_or_else(|_| panic!("{}", faults(&output)));
    (output.status.code(), report)
}

fn assessment<'a>(report: &'a Value, id: &str) -> &'a Value {
    let all = report["assessments"].as_array().unwrap();
    all.iter().find(|one| one["control"] == id).unwrap_or_else(|| panic!("no {id}"))
}

fn note<'a>(report: &'a Value, key: &str) -> &'a Value {
    let all = report["attestations"].as_array().unwrap();
    all.iter().find(|one| one["key"] == key).unwrap_or_else(|| panic!("no {key}"))
}

const PLAN: &str = "incident.plan:\n  date: 2026-11-01\n  by: A. Bee, security\n  value: {covers_ota: true, exercise_date: 2026-06-01}\n";

#[test]
fn a_statement_answers_its_control_and_gets_stale() {
    let app = app();
    let (_, before) = check(app.path(), &[]);
    assert_eq!(assessment(&before, "OTA-IR-005")["verdict"], "manual");
    assert_eq!(note(&before, "incident.plan")["state"], "missing");
    state(app.path(), PLAN);
    let (_, fresh) = check(app.path(), &[]);
    assert_eq!(assessment(&fresh, "OTA-IR-005")["verdict"], "attested");
    assert_eq!(assessment(&fresh, "OTA-IR-005")["assurance"], "attested");
    assert_eq!(note(&fresh, "incident.plan")["state"], "fresh");
    assert_eq!(note(&fresh, "incident.plan")["controls"], serde_json::json!(["OTA-IR-005"]));
    let folder = app.path().display().to_string();
    let late = run(&["check", &folder, "--as-of", "2028-01-01", "--format", "json"]);
    let late: Value = serde_json::from_str(&out(&late)).unwrap();
    assert_eq!(assessment(&late, "OTA-IR-005")["verdict"], "manual");
    assert_eq!(note(&late, "incident.plan")["state"], "stale");
    let early = run(&["check", &folder, "--as-of", "2026-10-01"]);
    assert_eq!(early.status.code(), Some(2), "a statement of the future is a fault of the file");
    assert!(faults(&early).contains("which is still to come"), "{}", faults(&early));
}

#[test]
fn a_statement_answers_a_partial_control_as_the_policy_does() {
    let app = app();
    state(
        app.path(),
        "signing.dual_control:\n  date: 2026-11-01\n  by: A. Bee\n  value: {mode: two-persons}\n\
         bundle.confidentiality:\n  date: 2026-11-01\n  by: A. Bee\n  value: {level: public}\n",
    );
    let (_, report) = check(app.path(), &[]);
    let dual = assessment(&report, "OTA-SIG-006");
    assert_eq!(dual["verdict"], "attested");
    assert!(dual["evidence"].to_string().contains("stated as `signing.dual_control` by A. Bee on 2026-11-01"));
    assert_eq!(assessment(&report, "OTA-ENC-001")["verdict"], "attested");
    // Where a statement is why a control does not apply, its author is named.
    state(app.path(), "signing.dual_control:\n  date: 2026-11-01\n  by: A. Bee\n  value: {mode: single-developer}\n");
    let (_, alone) = check(app.path(), &[]);
    assert!(assessment(&alone, "OTA-SIG-006")["reason"].as_str().unwrap().contains("by A. Bee on 2026-11-01"));
    state(app.path(), "signing.dual_control:\n  date: 2026-11-01\n  by: A. Bee\n  value: {mode: two-persons}\n");
    // What the policy sets goes before it.
    let policy = app.path().join("policy.yaml");
    fs::write(
        &policy,
        "schema: otaudit/policy/v1\nextends: default\nparameters: {OTA-SIG-006: {dual_control: none}}\n",
    )
    .unwrap();
    let (_, report) = check(app.path(), &["--policy", &policy.display().to_string()]);
    assert_eq!(assessment(&report, "OTA-SIG-006")["verdict"], "fail");
}

#[test]
fn a_law_that_does_not_apply_is_told_with_reason_and_author() {
    let app = app();
    state(
        app.path(),
        "ccpa.scope:\n  date: 2026-11-01\n  by: C. Dee, counsel\n  value: {applies: false, role: none, reason: no business in California}\n",
    );
    let (_, report) = check(app.path(), &[]);
    let control = assessment(&report, "OTA-CCPA-003");
    assert_eq!(control["verdict"], "not-applicable");
    let reason = control["reason"].as_str().unwrap();
    assert!(reason.contains("C. Dee, counsel") && reason.contains("no business in California"), "{reason}");
    let scope = report["scope"].as_array().unwrap();
    let laws: Vec<(&str, &Value)> = scope.iter().map(|one| (one["law"].as_str().unwrap(), &one["applies"])).collect();
    assert_eq!(laws, [("CCPA", &Value::Bool(false)), ("CRA", &Value::Null), ("GDPR", &Value::Null)]);
    assert_eq!(scope[0]["controls"].as_array().unwrap().len(), 8);
    assert_ne!(assessment(&report, "OTA-GDPR-001")["verdict"], "not-applicable");
}

#[test]
fn evidence_that_changed_makes_a_statement_stale() {
    let app = app();
    fs::write(app.path().join("plan.txt"), "plan").unwrap();
    let digest = otaudit::model::Digest::of(b"plan");
    state(app.path(), &format!("{PLAN}  evidence: [{{path: plan.txt, sha256: {digest}}}]\n"));
    let (_, report) = check(app.path(), &[]);
    assert_eq!(assessment(&report, "OTA-IR-005")["verdict"], "attested");
    fs::write(app.path().join("plan.txt"), "another plan").unwrap();
    let (_, report) = check(app.path(), &[]);
    assert_eq!(assessment(&report, "OTA-IR-005")["verdict"], "manual");
    assert_eq!(assessment(&report, "OTA-GOV-003")["verdict"], "fail");
    assert!(note(&report, "incident.plan")["reason"].as_str().unwrap().contains("SHA-256 differs"));
}

#[test]
fn the_file_is_found_by_option_policy_and_name() {
    let app = app();
    fs::write(app.path().join("other.yaml"), PLAN).unwrap();
    let policy = app.path().join("policy.yaml");
    let with =
        |text: &str| fs::write(&policy, format!("schema: otaudit/policy/v1\nextends: default\n{text}\n")).unwrap();
    with("attestations: other.yaml");
    let named = policy.display().to_string();
    let (_, report) = check(app.path(), &["--policy", &named]);
    assert_eq!(note(&report, "incident.plan")["state"], "fresh");
    with("attestations: {file: other.yaml, max_age_days: {incident.plan: 10}}");
    let (_, report) = check(app.path(), &["--policy", &named]);
    assert_eq!(note(&report, "incident.plan")["state"], "stale");
    #[cfg(unix)]
    {
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("secret.yaml"), "password: x").unwrap();
        let link = app.path().join("otaudit-attestations.yaml");
        std::os::unix::fs::symlink(elsewhere.path().join("secret.yaml"), &link).unwrap();
        let led = run(&["check", &app.path().display().to_string()]);
        assert_eq!(led.status.code(), Some(2));
        assert!(faults(&led).contains("leads out of the app's folder") && !faults(&led).contains("password"));
        fs::remove_file(&link).unwrap();
    }
    let option = app.path().join("other.yaml").display().to_string();
    let (_, report) = check(app.path(), &["--attestations", &option]);
    assert_eq!(note(&report, "incident.plan")["state"], "fresh");
    let folder = app.path().display().to_string();
    let missing = run(&["check", &folder, "--attestations", "nowhere.yaml"]);
    assert_eq!(missing.status.code(), Some(2));
    with("attestations: {max_age_days: {incident.plan: 1000, incident.pan: 3}, file: ../x.yaml}");
    let wrong = run(&["policy", "check", &named]);
    let told = faults(&wrong);
    for expected in ["counts for 365 days at most", "did you mean `incident.plan`?", "outside the app's folder"] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
}

#[test]
fn the_template_is_valid_as_it_is_and_check_tells_what_is_missing() {
    let app = app();
    let folder = app.path().display().to_string();
    let file = app.path().join("otaudit-attestations.yaml").display().to_string();
    assert_eq!(run(&["attestations", "init", "--output", &file]).status.code(), Some(0));
    assert_eq!(run(&["attestations", "init", "--output", &file]).status.code(), Some(2), "nothing is overwritten");
    let template = out(&run(&["attestations", "init"]));
    assert_eq!(fs::read_to_string(&file).unwrap(), template);
    assert!(template.contains("# gdpr.ropa:") && template.contains("asked by OTA-GDPR-001"));
    let none = run(&["attestations", "check", &folder, "--as-of", "2026-12-01"]);
    assert_eq!(none.status.code(), Some(0), "{}", faults(&none));
    assert!(out(&none).contains("0 fresh") && out(&none).contains("64 missing"), "{}", out(&none));
    state(app.path(), &PLAN.replace("2026-11-01", "2025-11-01"));
    let stale = run(&["attestations", "check", &folder, "--as-of", "2026-12-01", "--format", "json"]);
    assert_eq!(stale.status.code(), Some(1));
    let document: Value = serde_json::from_str(&out(&stale)).unwrap();
    assert_eq!((&document["sound"], &document["expiring"]), (&Value::Bool(false), &serde_json::json!([])));
    state(app.path(), &PLAN.replace("2026-11-01", "2025-12-10"));
    let soon = run(&["attestations", "check", &folder, "--as-of", "2026-12-01"]);
    assert_eq!(soon.status.code(), Some(0));
    assert!(out(&soon).contains("expiring") && out(&soon).contains("9 more days"), "{}", out(&soon));
}

#[test]
fn the_schema_is_kept_and_accepts_what_the_reader_accepts() {
    let text = out(&run(&["attestations", "schema"]));
    if std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
        fs::write("docs/schemas/attestations.schema.json", &text).unwrap();
    }
    let kept = fs::read_to_string("docs/schemas/attestations.schema.json").unwrap_or_default();
    assert!(kept == text, "docs/schemas/attestations.schema.json is not current: run with SNAPSHOTS=overwrite");
    let validator = jsonschema::validator_for(&serde_json::from_str::<Value>(&text).unwrap()).unwrap();
    let of = |yaml: &str| serde_yaml::from_str::<Value>(yaml).unwrap();
    assert!(validator.is_valid(&of(PLAN)));
    assert!(validator.is_valid(&of("incident.register: {date: '2026-11-01', by: A, value: none}")));
    assert!(!validator.is_valid(&of("incident.plan: {date: '2026-11-01', value: {covers_ota: true}}")));
    assert!(!validator.is_valid(&of("incident.pan: {}")));
}

#[test]
fn clauses_are_listed_with_what_answers_them() {
    let text = out(&run(&["controls", "--framework", "gdpr"]));
    assert!(text.contains("33  (") && text.contains("OTA-GDPR-008"), "{text}");
    let json: Value =
        serde_json::from_str(&out(&run(&["controls", "--framework", "tuf", "--format", "json"]))).unwrap();
    let open = json["clauses"].as_array().unwrap().iter().filter(|clause| clause["covered"] == false).count();
    let table = out(&run(&["controls", "--framework", "tuf"]));
    assert_eq!(table.matches("not covered by this tool").count(), open);
    assert_eq!(run(&["controls", "--framework", "gdprr"]).status.code(), Some(2));
}

#[test]
fn the_ready_selections_hold_what_their_frameworks_ask_for() {
    for (name, framework, least) in [
        ("gdpr", "GDPR", 40),
        ("ccpa", "CCPA", 15),
        ("app-store", "APPLE", 14),
        ("play", "PLAY", 10),
        ("cra", "CRA", 25),
    ] {
        let app = app();
        let (_, report) = check(app.path(), &["--policy", name]);
        let all = report["assessments"].as_array().unwrap();
        assert!(all.len() >= least, "{name}: {}", all.len());
        let answers =
            |one: &&Value| one["mappings"].as_array().unwrap().iter().any(|clause| clause["framework"] == framework);
        assert!(all.iter().filter(answers).count() >= least, "{name}");
        assert_eq!(report["settings"]["policy"]["name"], name);
    }
}

#[test]
fn the_register_of_exceptions_is_judged() {
    let app = app();
    let policy = app.path().join("policy.yaml");
    fs::write(
        &policy,
        "schema: otaudit/policy/v1\nextends: default\nexceptions:\n  - control: OTA-IR-005\n    owner: A. Bee\n    approver: C. Dee\n    \
         reason: plan in January\n    risk_acceptance: C. Dee accepts it until the plan is there\n    compensating_control: on-call\n    \
         renewals: [2026-10-01]\n    start: 2026-07-01\n    expires: 2027-03-01\n    scope: {paths: ['**']}\n",
    )
    .unwrap();
    let (_, report) = check(app.path(), &["--policy", &policy.display().to_string()]);
    let kept = &report["exceptions"][0];
    assert_eq!((&kept["renewals"], &kept["state"]), (&serde_json::json!(1), &serde_json::json!("applied")));
    assert!(kept["risk_acceptance"].as_str().unwrap().starts_with("C. Dee accepts"));
    assert_eq!(assessment(&report, "OTA-GOV-002")["verdict"], "pass");
    assert_eq!(assessment(&check(app.path(), &[]).1, "OTA-GOV-002")["verdict"], "not-applicable");
}

#[test]
fn the_example_is_sound_and_answers_the_sample() {
    let example = "docs/examples/otaudit-attestations.yaml";
    let sample = Path::new("tests/samples/harbour");
    let (_, report) = check(sample, &["--attestations", example]);
    for key in ["gdpr.ropa", "ccpa.scope", "vendors", "scope.gdpr.applies", "release.approval"] {
        assert_eq!(note(&report, key)["state"], "fresh", "{key}");
    }
    assert_eq!(assessment(&report, "OTA-REL-003")["verdict"], "attested");
    // It calls no service of others, with or without the statement.
    assert!(!assessment(&report, "OTA-GDPR-006")["reason"].as_str().unwrap().contains("vendors"));
    // For another bundle the approval counts for nothing.
    let (_, report) = check(Path::new("tests/samples/harbour-broken"), &["--attestations", example]);
    assert_eq!(note(&report, "release.approval")["state"], "other-bundle");
    assert_eq!(assessment(&report, "OTA-REL-003")["verdict"], "manual");
}
