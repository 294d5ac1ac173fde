//! Scores the facts against hand-made truth about real apps, in the folder that `OTAUDIT_APPS` names: each fact that begins
//! with `CI:` and names a place must be an upload at that place, unsigned where it says so. Where the data of an app has no
//! CI files, those of the folder that `OTAUDIT_APP_SOURCES` names are taken (`<app>/.github/…`); without them it can't be scored and is only named; what is claimed beyond the truth is printed to be looked at.

use std::path::Path;

use super::*;

#[test]
#[allow(clippy::disallowed_methods)] // the folder is not part of the project
fn real_apps() {
    let Ok(folder) = std::env::var("OTAUDIT_APPS") else { return };
    let mut truths: Vec<_> =
        std::fs::read_dir(Path::new(&folder).join("truth")).unwrap().flatten().map(|entry| entry.path()).collect();
    truths.sort();
    let (mut found, mut all) = (0, 0);
    for path in truths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let truth: serde_json::Value = serde_yaml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let app = Path::new(&folder).join("configs").join(&name);
        let sources = std::env::var("OTAUDIT_APP_SOURCES").map(|sources| Path::new(&sources).join(&name)).ok();
        let app = sources.filter(|sources| sources.join(".github").is_dir()).unwrap_or(app);
        let automation = read_automation(&app);
        for (file, publish) in automation.publishes() {
            println!("{name}: {}:{} {} {:?}", file.path, publish.position.line, publish.command, publish.signing);
        }
        for fact in truth["source_facts_hand"].as_array().into_iter().flatten() {
            let (said, place) = (fact["fact"].as_str().unwrap_or(""), fact["ref"].as_str().unwrap_or(""));
            let Some((file, line)) = place.rsplit_once(':').filter(|_| said.starts_with("CI:")) else { continue };
            if !app.join(file).exists() {
                println!("{name}: not in the data: {place}");
                continue;
            }
            all += 1;
            let hit = automation.publishes().any(|(at, publish)| {
                at.path == file
                    && publish.position.line.to_string() == line
                    && (publish.signing == Signing::NotNamed || !said.contains("without"))
            });
            found += u32::from(hit);
            if !hit {
                println!("{name}: MISSED {said} at {place}");
            }
        }
    }
    println!("automation: {found} of {all}");
    assert_eq!(found, all);
}
