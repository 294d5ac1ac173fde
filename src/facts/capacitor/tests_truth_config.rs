//! Scores the settings against hand-made truth about apps: `OTAUDIT_APPS` names the folder, `OTAUDIT_APP_SOURCES` one
//! with the configurations in TypeScript, when there is one (`<app>/capacitor.config.ts`).
#![allow(clippy::disallowed_methods)] // a test that is asked for

use std::path::PathBuf;

use super::*;

/// The path of a setting by the name that the truth gives it.
fn path_of(id: &str, settings: &Settings) -> Option<Vec<String>> {
    let id = id.split(' ').next()?;
    let updater =
        ["CapacitorUpdater", "LiveUpdate"].into_iter().find(|name| settings.block(&["plugins", name]).is_some());
    let parts: Vec<&str> = id.split('.').collect();
    let full = match parts.as_slice() {
        ["ota", "system"] => return None,
        ["ota", key] => vec!["plugins", updater?, key],
        // Both platforms' keys are asked for as one fact, at the first.
        ["sqlite"] => vec!["plugins", "CapacitorSQLite", "iosIsEncryption"],
        ["CapacitorHttp", key] => vec!["plugins", "CapacitorHttp", key],
        other => other.to_vec(),
    };
    Some(full.into_iter().map(str::to_owned).collect())
}

#[test]
fn settings_agree_with_the_truth() {
    let Ok(apps) = std::env::var("OTAUDIT_APPS") else { return };
    let apps = PathBuf::from(apps);
    let sources = std::env::var("OTAUDIT_APP_SOURCES").map(PathBuf::from).ok();
    let (mut right, mut asked, mut missing) = (0, 0, 0);
    let mut truths: Vec<PathBuf> = std::fs::read_dir(apps.join("truth")).unwrap().map(|e| e.unwrap().path()).collect();
    truths.sort();
    for truth in truths {
        let name = truth.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&truth).unwrap();
        let (mut id, mut value) = (String::new(), String::new());
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("- id: ") {
                id = rest.to_owned();
            } else if let Some(rest) = line.strip_prefix("  value: ") {
                value = rest.trim_matches('\'').to_owned();
            } else if let Some((file, at)) = line
                .strip_prefix("  ref: ")
                .and_then(|rest| rest.rsplit_once(':'))
                .filter(|(file, _)| file.contains("capacitor.config"))
            {
                let folder =
                    [Some(apps.join("configs").join(&name)), sources.as_ref().map(|sources| sources.join(&name))]
                        .into_iter()
                        .flatten()
                        .find(|folder| folder.join(file).is_file());
                let Some(folder) = folder else {
                    missing += usize::from(!id.starts_with("ota.system"));
                    continue;
                };
                let config = read_config(&folder, Some(file));
                let settings = config.settings();
                let Some(settings) = settings.known() else {
                    println!("MISS {name} {id}: {settings:?}");
                    asked += 1;
                    continue;
                };
                let Some(path) = path_of(&id, settings) else { continue };
                asked += 1;
                let keys: Vec<&str> = path.iter().map(String::as_str).collect();
                let seen = settings.get(&keys);
                let shown = seen.map(|setting| match &setting.value {
                    SettingValue::Known(Scalar::Bool(value)) => value.to_string(),
                    SettingValue::Known(Scalar::Text(text)) => text.clone(),
                    other => format!("{other:?}"),
                });
                let agrees = match (&shown, value.starts_with("absent")) {
                    (None, absent) => absent,
                    (Some(shown), false) => {
                        ((value.starts_with(shown.as_str()) && (!shown.is_empty() || value == "empty string"))
                            || (value == "off on both" && shown == "false")
                            || value.contains("COMPUTED")
                            || value.contains("literal")
                            || value.contains("legacy option")
                            || value.contains("etc"))
                            && settings.under(&keys).chain(seen).any(|setting| setting.position.line.to_string() == at)
                    }
                    (Some(_), true) => false,
                };
                right += usize::from(agrees);
                if !agrees {
                    println!(
                        "MISS {name} {id} = {value} at {at}: {shown:?} {:?}",
                        seen.map(|setting| setting.position)
                    );
                }
            }
        }
    }
    assert_eq!(right, asked, "the misses are printed above");
    println!("{right} of {asked} facts; {missing} in files that aren't here");
}
