//! The part of OTA-WEB-007 that compares the app's plugins with the bundle's calls.

use std::collections::{BTreeMap, BTreeSet};

use crate::controls::support::shown;
use crate::controls::{Draft, Outcome};
use crate::facts::plugins::{AvailableSource, Platform};
use crate::facts::{AppFacts, BundleFacts, Parse, UPDATE_SYSTEMS};
use crate::model::{Location, Root, Severity};

/// Plugins that work without a call from JavaScript.
const SILENT: [&str; 7] = ["Keyboard", "SafeArea", "SplashScreen", "StatusBar", "EdgeToEdge", "SystemBars", "Watch"];

/// Plugins that are in the app and that no script of the bundle names.
pub(super) fn unused(outcome: &mut Outcome, app: &AppFacts, bundle: &BundleFacts) {
    let scripts: Vec<_> = bundle.all_files().filter_map(|file| file.script.as_ref()).collect();
    let broken =
        bundle.all_files().find(|file| file.unread.is_some() || matches!(file.parse, Some(Parse::Failed { .. })));
    if let Some(file) = broken {
        let message =
            format!("`{}` was not read whole, so which plugins the bundle calls was not compared", shown(&file.path));
        outcome.saw(message, Some(Location::file(Root::Bundle, &file.path)));
        return;
    }
    let called: BTreeSet<&str> =
        scripts.iter().flat_map(|script| &script.plugins).map(|plugin| plugin.name.as_str()).collect();
    let unknown: u32 = scripts.iter().map(|script| script.plugins_unknown).sum();
    // A native list outdoes what `package.json` asks for.
    let listed = |platform: Option<Platform>| match platform {
        Some(platform) => app.plugins.listed.contains(&platform),
        None => !app.plugins.listed.is_empty(),
    };
    let mut idle: BTreeMap<&str, &str> = BTreeMap::new();
    let mut number = 0;
    for one in &app.plugins.available {
        let declared = one.source == AvailableSource::Declared;
        let Some(name) = one.name.known().map(String::as_str) else { continue };
        if one.source == AvailableSource::Core || declared && listed(one.platform) {
            continue;
        }
        number += 1;
        let silent = SILENT.contains(&name) || UPDATE_SYSTEMS.iter().any(|system| system.plugin == name);
        if !called.contains(name) && !silent {
            idle.entry(name).or_insert(&one.path);
        }
    }
    let Some((_, path)) = idle.first_key_value() else {
        outcome
            .saw(format!("the {number} statements of plugins in the app were compared with the bundle's calls"), None);
        return;
    };
    let names: Vec<String> = idle.keys().map(|name| format!("`{}`", shown(name))).collect();
    let doubt =
        if unknown > 0 { format!("; {unknown} more are called by names that are not constant") } else { String::new() };
    let message = format!("no script of the bundle names {}, which the app contains{doubt}", names.join(", "));
    let draft = Draft::manual("unused-plugins", Location::file(Root::App, path), message).severity(Severity::Low);
    outcome.findings.push(draft.key(names.join(" ")));
}
