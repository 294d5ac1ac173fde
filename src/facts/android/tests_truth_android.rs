//! The score against hand-made truth about real apps; only with `OTAUDIT_APPS`, the folder that holds `configs` and `truth`.

use std::path::Path;

use serde_json::Value;

use super::*;
use crate::model::Fact;

#[derive(Default)]
struct Score {
    hits: usize,
    all: usize,
    misses: Vec<String>,
}

impl Score {
    fn check(&mut self, hit: bool, what: String) {
        self.all += 1;
        if hit { self.hits += 1 } else { self.misses.push(what) }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn score_manifest(app: &str, truth: &Value, facts: &AndroidFacts, score: &mut Score) {
    let path = text(&truth["file"]);
    let name = format!("{app} {path}");
    let found = facts.projects.iter().flat_map(|project| &project.manifests).find(|manifest| manifest.path == path);
    score.check(found.is_some(), format!("{name}: not read"));
    let Some(manifest) = found else { return };
    let set = text(&truth["source_set"]);
    let same = manifest.source_set == set || (manifest.kind == SetKind::Library && set == "main");
    score.check(same, format!("{name}: source set {set} is {}", manifest.source_set));
    let attribute = |name: &str| manifest.application.as_ref().and_then(|application| application.attribute(name));
    for (key, value) in truth.as_object().unwrap() {
        if let (Some(line), Some(expected)) = (value["line"].as_u64(), value.get("value")) {
            let hit = attribute(key).is_some_and(|attribute| {
                attribute.value == text(expected) && u64::from(attribute.at.position.line) == line
            });
            score.check(hit, format!("{name}: {key} {:?}", attribute(key)));
        }
    }
    for absent in list(&truth["absent"]) {
        score.check(attribute(&text(absent)).is_none(), format!("{name}: {absent} should be absent"));
    }
    let permissions = list(&truth["permissions"]);
    let uses: Vec<&Permission> = manifest.permissions.iter().collect();
    score.check(
        uses.len() == permissions.len(),
        format!("{name}: {} permissions, truth {}", uses.len(), permissions.len()),
    );
    for permission in permissions {
        let short = text(&permission["name"]);
        let option = |key: &str| permission.get(key).map(text);
        let hit = uses.iter().any(|known| {
            known.name.trim_start_matches("android.permission.") == short
                && u64::from(known.at.position.line) == permission["line"].as_u64().unwrap_or_default()
                && known.max_sdk.as_ref().map(|max| max.value.clone()) == option("maxSdkVersion")
                && known.tools.node == option("tools:node")
        });
        score.check(hit, format!("{name}: {permission}"));
    }
}

fn score_config(app: &str, truth: &Value, facts: &AndroidFacts, score: &mut Score) {
    let path = text(&truth["file"]);
    let name = format!("{app} {path}");
    let found = facts.projects.iter().flat_map(|project| &project.network_security).find(|file| file.path == path);
    let config = found.and_then(|file| file.content.known());
    score.check(config.is_some(), format!("{name}: not read"));
    let Some(config) = config else { return };
    let entries: Vec<&ConfigEntry> =
        config.base.iter().chain(&config.domains).chain(config.debug_overrides.known()).collect();
    let wanted = list(&truth["entries"]);
    score.check(entries.len() == wanted.len(), format!("{name}: {} entries", entries.len()));
    for want in wanted {
        let hit = entries.iter().any(|entry| {
            let anchors: Vec<String> = entry
                .trust_anchors
                .iter()
                .flatten()
                .map(|anchor| match &anchor.source {
                    AnchorSource::System => "system".to_owned(),
                    AnchorSource::User => "user".to_owned(),
                    AnchorSource::Wfa => "wfa".to_owned(),
                    AnchorSource::Resource(name) => name.clone(),
                })
                .collect();
            entry.element == text(&want["element"])
                && u64::from(entry.at.position.line) == want["line"].as_u64().unwrap_or_default()
                && entry.cleartext.as_ref().map(|known| known.value.to_string())
                    == want.get("cleartextTrafficPermitted").filter(|value| !value.is_null()).map(text)
                && anchors == list(&want["trust_anchors"]).iter().map(text).collect::<Vec<_>>()
                && entry.domains.len() == list(&want["domains"]).len()
                && entry.pin_set.as_ref().map_or(0, |set| set.pins.len()) as u64
                    == want["pins"].as_u64().unwrap_or_default()
        });
        score.check(hit, format!("{name}: {want}"));
    }
}

/// Facts of the hand-made list that stand in an Android file.
fn score_hand(app: &str, truth: &Value, facts: &AndroidFacts, score: &mut Score) {
    let reference = text(&truth["ref"]);
    let Some((path, line)) =
        reference.rsplit_once(':').filter(|(path, _)| path.contains("android/") && path.ends_with(".xml"))
    else {
        return;
    };
    let at = |place: &Place| place.path == path && place.position.line.to_string() == line;
    let Some(project) = facts.projects.first() else { return };
    let host = project.effective("example.com");
    let stated = |fact: &Fact<Effective<bool>>| {
        fact.known().is_some_and(|known| known.origin.place().is_some_and(at) && truth["value"] == known.value)
    };
    let hit = match text(&truth["id"]).as_str() {
        "nsc.user CAs" => stated(&host.user_anchors),
        "nsc.base cleartext" => stated(&host.cleartext),
        "ota.url" => project.release().is_some_and(|build| {
            build.meta_data.iter().any(|(data, value)| {
                at(&data.at) && value.known().is_some_and(|known| known.value == text(&truth["value"]))
            })
        }),
        _ => return,
    };
    score.check(hit, format!("{app}: {truth}"));
}

#[test]
#[allow(clippy::disallowed_methods)] // a test's own switch
fn truth_about_real_apps() {
    let Ok(apps) = std::env::var("OTAUDIT_APPS") else { return };
    let apps = Path::new(&apps);
    let mut score = Score::default();
    let mut names: Vec<_> = std::fs::read_dir(apps.join("truth")).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    for path in names {
        let truth: Value = serde_yaml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let app = text(&truth["name"]);
        let folder = apps.join("configs").join(&app);
        if !folder.is_dir() {
            continue;
        }
        let facts = read_android(&folder);
        let native = &truth["native_facts_parsed_then_reviewed"];
        for manifest in list(&native["android_manifests"]) {
            score_manifest(&app, manifest, &facts, &mut score);
        }
        for config in list(&native["network_security_config"]) {
            score_config(&app, config, &facts, &mut score);
        }
        let read: usize = facts.projects.iter().map(|project| project.manifests.len()).sum();
        let told = list(&native["android_manifests"]).len();
        score.check(read == told, format!("{app}: {read} manifests, truth {told}"));
        let configs: usize = facts.projects.iter().map(|project| project.network_security.len()).sum();
        score.check(
            configs == list(&native["network_security_config"]).len(),
            format!("{app}: {configs} configurations"),
        );
        for hand in list(&truth["config_facts_hand"]) {
            score_hand(&app, hand, &facts, &mut score);
        }
        score.check(facts.unread.is_empty(), format!("{app}: {:?}", facts.unread));
    }
    println!("android: {} of {}", score.hits, score.all);
    assert!(score.all > 0, "no truth was found");
    assert!(score.misses.is_empty(), "{}", score.misses.join("\n"));
}
