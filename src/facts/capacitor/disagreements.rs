//! A native copy against the configuration that it was made from.

use serde::Serialize;

use super::settings::{Scalar, Setting, SettingValue, Settings};
use crate::model::{Fact, Position};

/// One key in which a copy and its source differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// The keys from the root.
    pub path: Vec<String>,
    /// How they differ.
    pub kind: DisagreementKind,
    /// Where the source has it; where its block is, when it has not.
    pub source: Option<(String, Position)>,
    /// Where the copy has it.
    pub copy: Option<(String, Position)>,
}

/// How a copy differs from its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DisagreementKind {
    /// The source has it, the copy has not.
    MissingInCopy,
    /// The copy has it, the source has not.
    OnlyInCopy,
    /// Their values differ.
    Differs,
}

/// Keys that the CLI takes out of the copies or puts into them (cli/src/tasks/copy.ts `copyCapacitorConfig`,
/// cli/src/ios/update.ts `generateIOSPackageClassList`).
fn is_of_the_cli(path: &[String]) -> bool {
    let starts = |keys: &[&str]| path.len() >= keys.len() && path.iter().zip(keys).all(|(one, other)| one == other);
    starts(&["packageClassList"]) || starts(&["android", "buildOptions"]) || starts(&["ios", "buildOptions"])
}

/// Whether a value that may depend on conditions can be this one.
fn can_be(value: &SettingValue, scalar: &Scalar) -> bool {
    match value {
        SettingValue::Known(known) => known == scalar,
        SettingValue::Unknown(_) => true,
        SettingValue::Conditional(cases) => cases.iter().any(|case| match &case.value {
            Fact::Known(known) => known == scalar,
            Fact::Unknown(_) | Fact::Unreadable(_) => true,
            Fact::Absent => false,
        }),
    }
}

fn can_be_absent(value: &SettingValue) -> bool {
    match value {
        SettingValue::Known(_) => false,
        SettingValue::Unknown(_) => true,
        SettingValue::Conditional(cases) => cases.iter().any(|case| !matches!(case.value, Fact::Known(_))),
    }
}

/// Where a copy says something else than its source can. What the source doesn't know is not held against the copy.
/// Elements of arrays are compared with their arrays.
#[must_use]
pub fn disagreements(source: &Settings, copy: &Settings) -> Vec<Disagreement> {
    let place = |setting: &Setting| Some((setting.file.clone(), setting.position));
    let mut found = Vec::new();
    for setting in whole(source) {
        let keys: Vec<&str> = setting.path.iter().map(String::as_str).collect();
        let kind = match copy.state(&keys) {
            Fact::Known(other) => match &other.value {
                SettingValue::Known(scalar) if !can_be(&setting.value, scalar) => DisagreementKind::Differs,
                _ => continue,
            },
            Fact::Absent if !can_be_absent(&setting.value) => DisagreementKind::MissingInCopy,
            _ => continue,
        };
        let there = copy.get(&keys).and_then(place);
        found.push(Disagreement { path: setting.path.clone(), kind, source: place(setting), copy: there });
    }
    for setting in whole(copy) {
        let keys: Vec<&str> = setting.path.iter().map(String::as_str).collect();
        if source.state(&keys) == Fact::Absent {
            let above = (0..keys.len()).rev().find_map(|length| source.block(keys.get(..length).unwrap_or_default()));
            found.push(Disagreement {
                path: setting.path.clone(),
                kind: DisagreementKind::OnlyInCopy,
                source: above.map(|block| (block.file.clone(), block.position)),
                copy: place(setting),
            });
        }
    }
    found
}

/// The settings that are no elements of arrays and not the CLI's own.
fn whole(settings: &Settings) -> impl Iterator<Item = &Setting> {
    let arrays: std::collections::BTreeSet<&[String]> = settings
        .blocks
        .iter()
        .map(|block| block.path.as_slice())
        .filter(|path| settings.list.iter().any(|setting| setting.path == **path))
        .collect();
    settings.list.iter().filter(move |setting| {
        let inside = (0..setting.path.len())
            .any(|length| setting.path.get(..length).is_some_and(|above| arrays.contains(above)));
        !inside && !is_of_the_cli(&setting.path)
    })
}
