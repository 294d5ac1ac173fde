//! Whether a statement may be believed: who signed it, about which bundle, how old it is, under which policy, and what it
//! says.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{BundleDigests, Predicate, Statement, predicate::GATE_PASSED};
use crate::ledger::verify::short;
use crate::model::{Digest, Severity, printable};
use crate::policy::GateRules;

/// A statement may be this much from the future, in seconds: clocks differ.
const SKEW: i64 = 300;

/// What a statement is held against.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The bundle that is to go out.
    pub bundle: BundleDigests,
    /// Now, in seconds since 1970.
    pub as_of: i64,
    /// How old the audit may be, in seconds.
    pub max_age: Option<i64>,
    /// The policy that has to have been used: its digest and its gate.
    pub policy: Option<(Digest, GateRules)>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Held {
    /// What: `signature`, `subject`, `gate`, `age`, `policy`.
    pub what: &'static str,
    /// Whether it holds; `None` when nothing was asked of it.
    pub holds: Option<bool>,
    /// What was seen, in words; inert text.
    pub detail: String,
}

/// What became of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Believed {
    /// The conditions.
    pub conditions: Vec<Held>,
}

impl Believed {
    /// Whether nothing speaks against it.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.conditions.iter().all(|condition| condition.holds != Some(false))
    }
}

/// Judges a statement that these keys of ours signed.
#[must_use]
pub fn believe(statement: &Statement, signed_by: &[Digest], rules: &Rules) -> Believed {
    let signature = match signed_by.first() {
        Some(key) => held("signature", Some(true), &format!("signed by the key `{}`", short(key))),
        None => held("signature", Some(false), "none of its signatures is by the key that was given"),
    };
    Believed {
        conditions: vec![
            signature,
            subject(statement, rules.bundle),
            gate(statement),
            age(statement, rules),
            policy(statement, rules.policy),
        ],
    }
}

fn held(what: &'static str, holds: Option<bool>, detail: &str) -> Held {
    Held { what, holds, detail: printable(detail, 400) }
}

fn subject(statement: &Statement, bundle: BundleDigests) -> Held {
    let Some(own) = bundle.archive.or(bundle.content) else {
        return held("subject", Some(false), "the bundle has no digest");
    };
    let stated = statement.subject.iter().filter_map(|subject| subject.digest.get("sha256"));
    if stated.clone().any(|digest| digest.eq_ignore_ascii_case(&own.hex())) {
        return held("subject", Some(true), &format!("it is about this bundle, `{}`", own.hex()));
    }
    let stated: Vec<&str> = stated.map(String::as_str).take(3).collect();
    held("subject", Some(false), &format!("it is about `{}`, the bundle is `{}`", stated.join("`, `"), own.hex()))
}

fn gate(statement: &Statement) -> Held {
    let predicate = &statement.predicate;
    if statement.predicate_type == Predicate::TestResult.uri() {
        let result = predicate.get("result").and_then(Value::as_str).unwrap_or("nothing");
        let failed = predicate.get("failedTests").and_then(Value::as_array).map_or(0, Vec::len);
        let passed = matches!(result, "PASSED" | "WARNED") && failed == 0;
        let more = if failed > 0 { format!(", with {failed} failed controls") } else { String::new() };
        return held("gate", Some(passed), &format!("its result is {result}{more}"));
    }
    if statement.predicate_type == Predicate::Svr.uri() {
        let properties = predicate.get("properties").and_then(Value::as_array);
        let passed = properties.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(GATE_PASSED)));
        let word = if passed { "has" } else { "lacks" };
        return held("gate", Some(passed), &format!("it {word} the property {GATE_PASSED}"));
    }
    held("gate", Some(false), &format!("its predicate `{}` is not known here", statement.predicate_type))
}

/// The audit's moment: `timeCreated` of an SVR, the report's `as_of` of a test result.
fn moment(statement: &Statement) -> Option<&str> {
    let predicate = &statement.predicate;
    let annotated = || {
        let all = predicate.get("configuration")?.as_array()?;
        all.iter().find_map(|one| one.get("annotations")?.get("as_of")?.as_str())
    };
    predicate.get("timeCreated").and_then(Value::as_str).or_else(annotated)
}

fn age(statement: &Statement, rules: &Rules) -> Held {
    let stated = moment(statement);
    let Some(then) = stated.and_then(|text| text.parse::<Timestamp>().ok()) else {
        let holds = rules.max_age.map(|_| false);
        return held("age", holds, "it does not say when the audit was made");
    };
    let seconds = rules.as_of - then.as_second();
    let shown = format!("the audit is of {then}");
    if seconds < -SKEW {
        return held("age", Some(false), &format!("{shown}, which is still to come"));
    }
    match rules.max_age {
        None => held("age", None, &format!("{shown}; no age was asked for")),
        Some(most) => {
            let holds = seconds <= most;
            let word = if holds { "within" } else { "longer ago than" };
            held("age", Some(holds), &format!("{shown}, {word} {}", duration(most)))
        }
    }
}

/// Seconds in the greatest unit that divides them.
fn duration(seconds: i64) -> String {
    let units = [(86_400, "days"), (3600, "hours"), (60, "minutes")];
    let unit = units.into_iter().find(|(length, _)| seconds >= *length && seconds % length == 0);
    unit.map_or_else(|| format!("{seconds} seconds"), |(length, name)| format!("{} {name}", seconds / length))
}

fn policy(statement: &Statement, asked: Option<(Digest, GateRules)>) -> Held {
    let predicate = &statement.predicate;
    let lists = [predicate.get("configuration"), predicate.get("verifier").and_then(|one| one.get("policies"))];
    let mut all = lists.into_iter().flatten().filter_map(Value::as_array).flatten();
    let digest = |one: &Value| one.get("digest")?.get("sha256")?.as_str().map(str::to_ascii_lowercase);
    let Some((own, rules)) = asked else { return held("policy", None, "no policy was asked for") };
    let Some(found) = all.find(|one| digest(one) == Some(own.hex())) else {
        return held("policy", Some(false), &format!("the audit was not made under the policy `{}`", own.hex()));
    };
    let said = |name: &str| found.get("annotations").and_then(|all| all.get(name));
    // The command line may lower the gate below the policy's.
    let fail_on = said("fail_on").and_then(Value::as_str).and_then(|word| word.parse::<Severity>().ok());
    let flag = |name: &str| said(name).and_then(Value::as_bool).unwrap_or(false);
    let lowered = fail_on.is_none_or(|own| own > rules.fail_on)
        || rules.manual_fails && !flag("strict")
        || rules.indeterminate_fails && !flag("indeterminate_fails");
    if lowered {
        return held("policy", Some(false), "the gate was lowered on the command line against the policy");
    }
    held("policy", Some(true), &format!("the audit was made under this policy, `{}`", own.hex()))
}
