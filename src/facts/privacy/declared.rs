//! What the app declares of a signal: privacy manifest, purpose texts, Android's permissions.

use serde::Serialize;

use super::table::{Kind, Signal};
use crate::facts::AppFacts;
use crate::facts::ios::{IosFacts, Product};
use crate::model::{Fact, Location, Root};

/// Whether something is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// There is nothing to declare here.
    NotNeeded,
    /// It is.
    Declared,
    /// It can't be told from the files.
    NotKnown,
    /// It is not.
    NotDeclared,
}

/// What one sort of declaration says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Declared {
    /// Whether.
    pub standing: Standing,
    /// By what, or what is missing.
    pub what: String,
    /// Where.
    pub place: Option<Location>,
}

/// What the app declares of a signal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Declarations {
    /// Apple's privacy manifest: the data types that are collected.
    pub privacy_manifest: Declared,
    /// Apple's purpose texts (`NS…UsageDescription`).
    pub usage_description: Declared,
    /// Android's permissions.
    pub android_permission: Declared,
}

impl Declarations {
    /// All of it in one word: what is missing outweighs what is not known, and that outweighs what is there.
    #[must_use]
    pub fn overall(&self) -> Standing {
        self.each().into_iter().map(|one| one.standing).max().unwrap_or(Standing::NotNeeded)
    }

    /// The three, in the order of the fields.
    #[must_use]
    pub const fn each(&self) -> [&Declared; 3] {
        [&self.privacy_manifest, &self.usage_description, &self.android_permission]
    }
}

impl Declared {
    fn new(standing: Standing, what: impl Into<String>, place: Option<Location>) -> Self {
        Self { standing, what: what.into(), place }
    }

    fn not_needed() -> Self {
        Self::new(Standing::NotNeeded, "", None)
    }
}

pub(super) fn declarations(signal: &Signal, app: Option<&AppFacts>) -> Declarations {
    let Some(app) = app else {
        let of = |needed: bool| {
            if needed { Declared::new(Standing::NotKnown, "no app was given", None) } else { Declared::not_needed() }
        };
        return Declarations {
            privacy_manifest: of(!signal.apple.is_empty()),
            usage_description: of(texts(signal).next().is_some()),
            android_permission: of(!signal.android_permissions.is_empty()),
        };
    };
    Declarations {
        privacy_manifest: manifest(signal, &app.ios),
        usage_description: description(signal, &app.ios),
        android_permission: permission(signal, app),
    }
}

fn texts(signal: &Signal) -> impl Iterator<Item = &str> {
    signal.ios_keys.iter().map(String::as_str).filter(|key| key.ends_with("UsageDescription"))
}

fn manifest(signal: &Signal, ios: &IosFacts) -> Declared {
    if signal.apple.is_empty() || ios.roots.is_empty() {
        return Declared::not_needed();
    }
    let wanted = signal.apple.join(" or ");
    let mut read = None;
    for manifest in &ios.privacy {
        match &manifest.collected.fact {
            Fact::Known(collected) => {
                let hit = collected
                    .iter()
                    .find(|one| one.short_type().is_some_and(|name| signal.apple.iter().any(|wanted| wanted == name)));
                if let Some(hit) = hit {
                    let place = match hit.position {
                        Some(position) => Location::at(Root::App, &manifest.file, position),
                        None => Location::file(Root::App, &manifest.file),
                    };
                    return Declared::new(Standing::Declared, hit.short_type().unwrap_or_default(), Some(place));
                }
                read = Some(manifest);
            }
            Fact::Absent if manifest.fault.is_none() => read = Some(manifest),
            Fact::Absent | Fact::Unknown(_) | Fact::Unreadable(_) => {
                let place = Some(Location::file(Root::App, &manifest.file));
                return Declared::new(Standing::NotKnown, "the privacy manifest could not be read whole", place);
            }
        }
    }
    match read {
        Some(manifest) => Declared::new(Standing::NotDeclared, wanted, Some(Location::file(Root::App, &manifest.file))),
        None => Declared::new(Standing::NotDeclared, format!("{wanted}: there is no privacy manifest"), None),
    }
}

fn description(signal: &Signal, ios: &IosFacts) -> Declared {
    if texts(signal).next().is_none() || ios.roots.is_empty() {
        return Declared::not_needed();
    }
    // A text for all the time covers the time in use, too.
    let fits = |key: &str| texts(signal).any(|wanted| wanted == key || is_location(wanted) && is_location(key));
    for setting in ios.settings.iter().filter(|one| !one.is_debug) {
        let key = setting.name.strip_prefix("INFOPLIST_KEY_").unwrap_or_default();
        if fits(key) && setting.value.known().is_none_or(|text| !text.trim().is_empty()) {
            let place = Location::file(Root::App, &setting.value.file);
            return Declared::new(Standing::Declared, key, Some(place));
        }
    }
    let mut seen = None;
    for info in ios.info.iter().filter(|info| matches!(info.product, Product::App | Product::Undecided)) {
        for setting in info.usage_descriptions.iter().filter(|one| fits(&one.key)) {
            if setting.value.known().is_none_or(|text| !text.trim().is_empty()) {
                let place = match setting.value.position {
                    Some(position) => Location::at(Root::App, &info.file, position),
                    None => Location::file(Root::App, &info.file),
                };
                return Declared::new(Standing::Declared, setting.key.clone(), Some(place));
            }
        }
        if matches!(info.format, Fact::Unreadable(_)) || info.fault.is_some() {
            let place = Some(Location::file(Root::App, &info.file));
            return Declared::new(Standing::NotKnown, "Info.plist could not be read whole", place);
        }
        seen = seen.or(Some(Location::file(Root::App, &info.file)));
    }
    let wanted: Vec<&str> = texts(signal).collect();
    let standing = if seen.is_some() { Standing::NotDeclared } else { Standing::NotKnown };
    Declared::new(standing, wanted.join(" or "), seen)
}

fn is_location(key: &str) -> bool {
    key.starts_with("NSLocation")
}

fn permission(signal: &Signal, app: &AppFacts) -> Declared {
    if signal.android_permissions.is_empty() || app.android.projects.is_empty() {
        return Declared::not_needed();
    }
    let builds = app.android.projects.iter().flat_map(|project| &project.builds).filter(|build| build.is_release);
    let mut any = false;
    for build in builds {
        any = true;
        let hit = build.permissions.iter().find(|one| {
            let short = one.name.strip_prefix("android.permission.").unwrap_or(&one.name);
            signal.android_permissions.iter().any(|wanted| {
                wanted == short
                    || wanted == &one.name
                    || wanted.strip_suffix('*').is_some_and(|start| one.name.starts_with(start))
            })
        });
        if let Some(hit) = hit {
            let place = Location::at(Root::App, &hit.at.path, hit.at.position);
            return Declared::new(Standing::Declared, hit.name.clone(), Some(place));
        }
    }
    let wanted = signal.android_permissions.join(" or ");
    // Plugins bring most of their permissions themselves, in manifests that are not in the app's folder.
    if any && signal.kind == Kind::Browser {
        Declared::new(Standing::NotDeclared, wanted, None)
    } else {
        Declared::new(
            Standing::NotKnown,
            format!("{wanted}: not in the app's own manifests, a plugin may bring it"),
            None,
        )
    }
}
