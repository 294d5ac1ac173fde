//! OTA-CCPA-002: whether the California privacy policy is current.

use std::collections::BTreeMap;

use crate::controls::privacy_link::link;
use crate::controls::signals::{is_personal, sentence};
use crate::controls::stated::add;
use crate::controls::support::shown;
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::model::Severity;

/// OTA-CCPA-002.
pub static CONTROL: Control = Control {
    id: "OTA-CCPA-002",
    slug: "policy-current",
    title: "Notice at collection and privacy policy are current",
    requirement: "Policy lists categories collected in 12 months incl. update identifiers, sold/shared, retention, rights; updated within 12 months; link in download page and app settings.",
    rationale: "The law asks for a policy not older than twelve months. An update can begin to collect a category that it does not list.",
    remediation: "Update the privacy policy within twelve months, list every category, and state `privacy.policy_ccpa`.",
    limits: "Letters are those of 1798.140(v)(1), as the table of signals has them; only signals that hardly have another use are asked about. A link is told where one is seen; where in the app it stands files don't show. The policy itself is not read.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "5.1.1(i)"),
        ("CCPA", "1798.100(a)"),
        ("CCPA", "1798.110"),
        ("CCPA", "1798.130"),
        ("CCPA-REG", "7003(d)"),
        ("CCPA-REG", "7011"),
        ("CCPA-REG", "7012"),
        ("MASVS", "MASVS-PRIVACY-3"),
        ("MASWE", "MASWE-0111"),
        ("NIST-800-53", "PT-5"),
    ],
    parameters: &[],
    attestations: &["privacy.policy_ccpa"],
    cases: include_str!("../../../tests/controls/ccpa/policy-current.md"),
    assess,
};

/// Twelve months.
const MOST_DAYS: i64 = 365;

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let mut outcome = Outcome::default();
    if let Some((place, url)) = facts.bundle.as_ref().and_then(link) {
        outcome.saw(format!("the bundle links to `{}`", shown(&url)), Some(place));
    }
    let found = facts.personal_data();
    let mut letters: BTreeMap<String, String> = BTreeMap::new();
    for fact in found.iter().flat_map(|found| &found.signals).filter(|fact| is_personal(fact)) {
        for letter in &fact.signal.ccpa {
            letters.entry(letter.clone()).or_insert_with(|| sentence(fact));
        }
    }
    add(&mut outcome, facts, "privacy.policy_ccpa", |judge, entry| {
        judge.needs(entry, &["url", "last_updated", "categories"]);
        if let Some(age) = judge.age(entry, "last_updated").filter(|age| *age > MOST_DAYS) {
            judge.fail("outdated", format!("the policy was updated {age} days ago, more than {MOST_DAYS}"));
        }
        let listed: Vec<String> = entry.texts("categories").iter().map(|letter| letter.trim().to_uppercase()).collect();
        for (letter, why) in letters.iter().filter(|(letter, _)| entry.has("categories") && !listed.contains(letter)) {
            judge.ask("category-left-out", format!("{why}, category {letter}, which the stated policy does not list"));
        }
    });
    outcome
}
