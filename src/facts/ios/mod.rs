//! The iOS side of the receiving app, from its sources: property lists, build settings, entitlements, privacy manifests
//! and a few patterns of Swift and Objective-C. Nothing is run and no link is followed.

mod entitlements;
mod expo;
mod files;
mod info;
pub mod plist;
mod privacy;
pub mod privacy_table;
mod project;
mod sited;
mod sources;
mod transport_security;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_truth_ios;

use std::path::Path;

use serde::Serialize;

pub use entitlements::Entitlements;
pub use expo::ExpoPlist;
pub use info::{InfoPlist, MOST_APP_BOUND_DOMAINS, Product, Setting};
pub use privacy::{AccessedApi, CollectedData, Listed, PrivacyManifest, Standing};
pub use project::{BuildSetting, Configuration, XcodeProject, XcodeTarget};
pub use sited::Sited;
pub use sources::{Compiled, ScriptOrigin, SourceFact, SourceFactKind};
pub use transport_security::{
    CANCELLING, DEFAULT_TLS, DomainException, DomainFault, HostProtection, HostRule, NamedKey, Pin, PinFault, PinKind,
    PinnedDomain, TLS_VERSIONS, TransportSecurity,
};

use crate::model::Fact;
use plist::{PlistFault, PlistFormat, PlistNode, PlistValue, PropertyList};
use project::Variables;
use sited::Reader;

/// The iOS side of an app.
#[derive(Clone, Debug, Default, Serialize)]
pub struct IosFacts {
    /// The native folders, relative to the app's; empty when there is no iOS side.
    pub roots: Vec<String>,
    /// The Xcode projects.
    pub projects: Vec<XcodeProject>,
    /// Every Info.plist.
    pub info: Vec<InfoPlist>,
    /// Every privacy manifest.
    pub privacy: Vec<PrivacyManifest>,
    /// Every entitlements file.
    pub entitlements: Vec<Entitlements>,
    /// Every `Expo.plist`.
    pub expo: Vec<ExpoPlist>,
    /// Build settings that matter, one for each target, configuration and name.
    pub settings: Vec<TargetSetting>,
    /// What was seen in Swift and Objective-C.
    pub sources: Vec<SourceFact>,
    /// Source files that were read.
    pub sources_read: usize,
    /// Files that were not read, and why.
    pub unread: Vec<Unread>,
}

/// A file that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// The file, relative to the app's folder.
    pub file: String,
    /// Why.
    pub why: String,
}

/// Whether a file is in a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "membership", content = "of")]
pub enum Membership {
    /// It is in these targets.
    In(Vec<String>),
    /// A project was read whole, and it is in none of its targets.
    InNone,
    /// No project was found, or one could not be read.
    Unknown(String),
}

/// What one configuration of a target says of a build setting.
#[derive(Clone, Debug, Serialize)]
pub struct TargetSetting {
    /// The target.
    pub target: String,
    /// The configuration.
    pub configuration: String,
    /// Whether the configuration is for developing.
    pub is_debug: bool,
    /// The setting.
    pub name: String,
    /// Its value, with variables replaced.
    pub value: Sited<String>,
}

/// The settings that are reported for each target; with them all that begin with `INFOPLIST_KEY_`, which Xcode writes into
/// the app's Info.plist (Xcode, Build Settings Reference).
const SETTINGS: [&str; 12] = [
    "CODE_SIGN_ENTITLEMENTS",
    "CURRENT_PROJECT_VERSION",
    "DEBUG_INFORMATION_FORMAT",
    "ENABLE_BITCODE",
    "GCC_PREPROCESSOR_DEFINITIONS",
    "GENERATE_INFOPLIST_FILE",
    "INFOPLIST_FILE",
    "IPHONEOS_DEPLOYMENT_TARGET",
    "MARKETING_VERSION",
    "PRODUCT_BUNDLE_IDENTIFIER",
    "SWIFT_ACTIVE_COMPILATION_CONDITIONS",
    "CAPACITOR_DEBUG",
];
/// Settings that are reported, of all targets together.
const MOST_SETTINGS: usize = 20_000;

/// Reads the iOS side of the app in a folder: Capacitor's or Expo's `ios`, Cordova's `platforms/ios`, or a native project.
#[must_use]
pub fn read_ios(app: &Path) -> IosFacts {
    let found = files::find(app);
    let mut unread = found.unread.clone();
    let projects = project::read(app, &found.projects, &found.xcconfig, &mut unread);
    let owners = Owners::of(&projects);
    let mut facts = IosFacts { roots: found.roots.clone(), settings: settings(&projects), ..IosFacts::default() };
    // A target may give its Info.plist any name.
    let named = found.lists.iter().filter(|file| owners.info.iter().any(|(path, _, _)| path == *file));
    let mut info: Vec<&String> = found.info.iter().chain(named).collect();
    info.sort_unstable();
    for file in info {
        facts.info.push(read_info(app, file, &owners));
    }
    for file in &found.privacy {
        let membership = owners.membership(file, &unread);
        let none = Variables::default();
        facts.privacy.push(match list(app, file) {
            Ok(list) => PrivacyManifest::read(&Reader::new(file, &list, &none), &list, membership),
            Err(why) => PrivacyManifest::unreadable(file, &why, membership),
        });
    }
    for file in &found.entitlements {
        let (users, variables) = owners.signed_with(file);
        facts.entitlements.push(match list(app, file) {
            Ok(list) => Entitlements::read(&Reader::new(file, &list, &variables), &list, users),
            Err(why) => Entitlements::unreadable(file, &why, users),
        });
    }
    for file in &found.expo {
        let none = Variables::default();
        match list(app, file) {
            Ok(list) => facts.expo.push(ExpoPlist::read(&Reader::new(file, &list, &none), &list)),
            Err(why) => unread.push(Unread { file: file.clone(), why }),
        }
    }
    let targets = |file: &str| -> Vec<String> { owners.compiled_in(file) };
    let is_test = |file: &str| owners.is_for_tests(file);
    let (sources, read) = sources::read(app, &found.sources, &targets, &is_test, &mut unread);
    facts.sources = sources;
    facts.sources_read = read;
    facts.unread = unread;
    facts.projects = projects;
    facts
}

fn list(app: &Path, file: &str) -> Result<PropertyList, String> {
    files::read(app, file, plist::MOST_BYTES).and_then(|bytes| plist::parse(&bytes))
}

fn read_info(app: &Path, file: &str, owners: &Owners<'_>) -> InfoPlist {
    let mine: Vec<_> = owners.info.iter().filter(|(path, _, _)| path == file).collect();
    let mut targets: Vec<String> = mine.iter().map(|(_, _, target)| target.name.clone()).collect();
    targets.dedup();
    let product = mine.first().and_then(|(_, _, target)| target.product.known()).map(String::as_str);
    let variables = Variables::new(mine.iter().map(|(_, project, target)| (*project, *target)).collect());
    match list(app, file) {
        Ok(list) => InfoPlist::read(&Reader::new(file, &list, &variables), &list, targets, product),
        Err(why) => {
            let root = PlistValue { position: None, node: PlistNode::Dict(Vec::new()) };
            let fault = Some(PlistFault { position: None, why: why.clone() });
            let empty = PropertyList { root, format: PlistFormat::Xml, fault, duplicates: Vec::new() };
            InfoPlist::unreadable(file, &why, targets, &empty, &Reader::new(file, &empty, &variables))
        }
    }
}

type Owner<'a> = (String, &'a XcodeProject, &'a XcodeTarget);

/// Which targets use which files.
struct Owners<'a> {
    projects: &'a [XcodeProject],
    info: Vec<Owner<'a>>,
    signed: Vec<(Owner<'a>, &'a Configuration)>,
}

impl<'a> Owners<'a> {
    fn of(projects: &'a [XcodeProject]) -> Self {
        let mut owners = Self { projects, info: Vec::new(), signed: Vec::new() };
        for (project, target) in
            projects.iter().flat_map(|project| project.targets.iter().map(move |one| (project, one)))
        {
            for configuration in &target.configurations {
                let path = |name: &str| {
                    let text = project.setting(configuration, name)?.value.as_str();
                    let text = project::expand(project, target, configuration, &without_root(text)).ok()?;
                    project::join(project.folder(), &text)
                };
                if let Some(path) = path("INFOPLIST_FILE")
                    && !owners.info.iter().any(|(known, _, owner)| *known == path && std::ptr::eq(*owner, target))
                {
                    owners.info.push((path, project, target));
                }
                if let Some(path) = path("CODE_SIGN_ENTITLEMENTS") {
                    owners.signed.push(((path, project, target), configuration));
                }
            }
        }
        owners
    }

    fn signed_with(&self, file: &str) -> (Vec<String>, Variables<'a>) {
        let mine = self.signed.iter().filter(|((path, _, _), _)| path == file);
        let (mut users, mut owners): (Vec<String>, Vec<(&XcodeProject, &XcodeTarget)>) = (Vec::new(), Vec::new());
        for ((_, project, target), configuration) in mine {
            users.push(format!("{}: {}", target.name, configuration.name));
            if !owners.iter().any(|(_, owner)| std::ptr::eq(*owner, *target)) {
                owners.push((project, target));
            }
        }
        (users, Variables::new(owners))
    }

    fn membership(&self, file: &str, unread: &[Unread]) -> Membership {
        let targets = self.compiled_in(file);
        if !targets.is_empty() {
            return Membership::In(targets);
        }
        if let Some(broken) = self.projects.iter().find_map(|project| project.fault.as_ref()) {
            return Membership::Unknown(format!("the Xcode project breaks off: {}", broken.why));
        }
        match unread.iter().find(|one| one.file.ends_with(".pbxproj")) {
            Some(broken) => Membership::Unknown(format!("the Xcode project was not read: {}", broken.why)),
            None if self.projects.is_empty() => Membership::Unknown("no Xcode project was found".to_owned()),
            None => Membership::InNone,
        }
    }

    fn compiled_in(&self, file: &str) -> Vec<String> {
        let targets = self.projects.iter().flat_map(|project| &project.targets);
        targets.filter(|target| target.contains(file)).map(|target| target.name.clone()).collect()
    }

    /// Whether only targets for tests have the file.
    fn is_for_tests(&self, file: &str) -> bool {
        let mut having =
            self.projects.iter().flat_map(|project| &project.targets).filter(|target| target.contains(file)).peekable();
        having.peek().is_some() && having.all(XcodeTarget::is_test)
    }
}

/// The variables for the project's own folder, to which paths are relative anyway.
fn without_root(path: &str) -> String {
    let starts = ["$(SRCROOT)/", "${SRCROOT}/", "$(PROJECT_DIR)/", "${PROJECT_DIR}/"];
    starts.iter().find_map(|start| path.strip_prefix(start)).unwrap_or(path).to_owned()
}

fn settings(projects: &[XcodeProject]) -> Vec<TargetSetting> {
    let mut settings = Vec::new();
    for (project, target) in projects.iter().flat_map(|project| project.targets.iter().map(move |one| (project, one))) {
        for configuration in &target.configurations {
            let mut found = project.settings_beginning(configuration, "INFOPLIST_KEY_");
            found.extend(SETTINGS.iter().filter_map(|name| Some((*name, project.setting(configuration, name)?))));
            for (name, setting) in found {
                if settings.len() >= MOST_SETTINGS {
                    return settings;
                }
                let value = if setting.conditional {
                    Err("it has other values under conditions".to_owned())
                } else {
                    project::expand(project, target, configuration, &setting.value)
                };
                let fact = value.map_or_else(Fact::Unknown, Fact::Known);
                settings.push(TargetSetting {
                    target: target.name.clone(),
                    configuration: configuration.name.clone(),
                    is_debug: configuration.is_debug(),
                    name: name.to_owned(),
                    value: Sited::new(fact, &setting.file, setting.position),
                });
            }
        }
    }
    settings
}
