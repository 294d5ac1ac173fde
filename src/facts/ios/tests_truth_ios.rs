//! Scores the facts against hand-made truth about real apps: `OTAUDIT_APPS` names a folder with `truth/*.yaml` and
//! `configs/<name>/`. Without it nothing is checked.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use super::*;

#[derive(Default)]
struct Score {
    right: usize,
    of: usize,
    misses: Vec<String>,
}

impl Score {
    fn check(&mut self, is_right: bool, what: &str) {
        self.of += 1;
        self.right += usize::from(is_right);
        if !is_right {
            self.misses.push(what.to_owned());
        }
    }
}

#[allow(clippy::disallowed_methods)]
fn folder() -> Option<PathBuf> {
    std::env::var("OTAUDIT_APPS").ok().map(PathBuf::from)
}

fn line<T>(fact: &Sited<T>) -> Option<u64> {
    fact.position.map(|position| u64::from(position.line))
}

fn is_bool(fact: &Sited<bool>, truth: Option<&Value>) -> bool {
    match truth.and_then(Value::as_bool) {
        Some(value) => fact.known() == Some(&value),
        None => fact.fact == Fact::Absent,
    }
}

fn strings(fact: &Sited<Vec<Sited<String>>>) -> BTreeSet<String> {
    fact.known().into_iter().flatten().filter_map(|one| one.known().cloned()).collect()
}

fn listed(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[test]
fn facts_agree_with_the_truth() {
    let Some(folder) = folder() else { return };
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(folder.join("truth")).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let mut score = Score::default();
    for path in names {
        let truth: Value = serde_yaml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let app = folder.join("configs").join(name);
        if !app.is_dir() {
            continue;
        }
        let facts = read_ios(&app);
        let native = &truth["native_facts_parsed_then_reviewed"];
        let infos = native["info_plists"].as_array().cloned().unwrap_or_default();
        let wanted: BTreeSet<&str> = infos.iter().filter_map(|one| one["file"].as_str()).collect();
        let found: BTreeSet<&str> = facts.info.iter().map(|one| one.file.as_str()).collect();
        score.check(wanted == found, &format!("{name}: Info.plist files {found:?}, truth {wanted:?}"));
        for one in &infos {
            info(name, one, &facts, &mut score);
        }
        let manifests = native["privacy_manifests"].as_array().cloned().unwrap_or_default();
        let wanted: BTreeSet<&str> = manifests.iter().filter_map(|one| one["file"].as_str()).collect();
        let found: BTreeSet<&str> = facts.privacy.iter().map(|one| one.file.as_str()).collect();
        score.check(wanted == found, &format!("{name}: privacy manifests {found:?}, truth {wanted:?}"));
        for one in &manifests {
            privacy(name, one, &facts, &mut score);
        }
        for unread in &facts.unread {
            println!("{name}: unread {unread:?}");
        }
    }
    println!("ios: {} of {}", score.right, score.of);
    for miss in &score.misses {
        println!("miss: {miss}");
    }
    assert!(score.misses.is_empty(), "see the list");
}

fn info(name: &str, truth: &Value, facts: &IosFacts, score: &mut Score) {
    let file = truth["file"].as_str().unwrap();
    let Some(info) = facts.info.iter().find(|one| one.file == file) else { return score.check(false, file) };
    let security = &info.transport_security;
    let at = |what: &str| format!("{name} {file}: {what}");
    score.check(truth["ats_line"].as_u64() == line(&security.stated), &at("line of ATS"));
    let ats = truth["ats"].as_object();
    score.check(ats.is_some() == security.stated.is_stated(), &at("ATS is stated"));
    for (key, fact) in [
        ("NSAllowsArbitraryLoads", &security.allows_arbitrary_loads),
        ("NSAllowsArbitraryLoadsInWebContent", &security.allows_arbitrary_loads_in_web_content),
        ("NSAllowsArbitraryLoadsForMedia", &security.allows_arbitrary_loads_for_media),
        ("NSAllowsLocalNetworking", &security.allows_local_networking),
    ] {
        score.check(is_bool(fact, ats.and_then(|ats| ats.get(key))), &at(key));
    }
    let none = serde_json::Map::new();
    let domains = ats.and_then(|ats| ats.get("NSExceptionDomains")?.as_object()).unwrap_or(&none);
    score.check(domains.len() == security.exceptions.len(), &at("number of exceptions"));
    for (domain, keys) in domains {
        let found = security.exceptions.iter().find(|one| one.domain == *domain);
        let is_right = found.is_some_and(|found| {
            is_bool(&found.allows_insecure_http, keys.get("NSExceptionAllowsInsecureHTTPLoads"))
                && is_bool(&found.includes_subdomains, keys.get("NSIncludesSubdomains"))
                && found.minimum_tls.known().map(String::as_str) == keys["NSExceptionMinimumTLSVersion"].as_str()
        });
        score.check(is_right, &at(domain));
    }
    let usages = truth["usage_descriptions"].as_object().unwrap_or(&none);
    score.check(usages.len() == info.usage_descriptions.len(), &at("number of usage descriptions"));
    for (key, at_line) in usages {
        let found = info.usage_descriptions.iter().find(|one| one.key == *key);
        score.check(found.and_then(|one| line(&one.value)) == at_line.as_u64(), &at(key));
    }
    score.check(strings(&info.background_modes) == listed(&truth["background_modes"]), &at("background modes"));
    let encryption = &truth["ITSAppUsesNonExemptEncryption"];
    let is_right = is_bool(&info.non_exempt_encryption, encryption.get("value"))
        && encryption.get("line").and_then(Value::as_u64) == line(&info.non_exempt_encryption);
    score.check(is_right, &at("ITSAppUsesNonExemptEncryption"));
}

fn privacy(name: &str, truth: &Value, facts: &IosFacts, score: &mut Score) {
    let file = truth["file"].as_str().unwrap();
    let Some(manifest) = facts.privacy.iter().find(|one| one.file == file) else { return score.check(false, file) };
    let at = |what: &str| format!("{name} {file}: {what}");
    score.check(is_bool(&manifest.tracking, truth.get("NSPrivacyTracking")), &at("NSPrivacyTracking"));
    let domains = &truth["tracking_domains"];
    let is_right = if domains.is_array() {
        manifest.tracking_domains.is_stated() && strings(&manifest.tracking_domains) == listed(domains)
    } else {
        manifest.tracking_domains.fact == Fact::Absent
    };
    score.check(is_right, &at("tracking domains"));
    let collected = manifest.collected.known().into_iter().flatten().filter_map(CollectedData::short_type);
    score.check(collected.map(str::to_owned).collect::<BTreeSet<_>>() == listed(&truth["collected"]), &at("collected"));
    let none = serde_json::Map::new();
    let categories = truth["accessed_api"].as_object().unwrap_or(&none);
    let accessed: Vec<&AccessedApi> = manifest.accessed.known().into_iter().flatten().collect();
    score.check(accessed.len() == categories.len(), &at("number of categories"));
    for (category, reasons) in categories {
        let found = accessed.iter().find(|one| one.short_category() == Some(category));
        let found: BTreeSet<String> = found
            .and_then(|one| one.reasons.known())
            .into_iter()
            .flatten()
            .filter(|one| matches!(one.standing, Standing::Listed | Standing::ForSdksOnly))
            .filter_map(|one| one.value.known().cloned())
            .collect();
        score.check(found == listed(reasons), &at(category));
    }
}
