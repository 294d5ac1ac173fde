//! Xcode projects: which targets there are, which files are in them, and what their build settings say.

mod paths;
mod settings;
mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use super::Unread;
use super::files::{self, MOST_PROJECT_BYTES};
use super::plist::{self, PlistFault, PlistValue};
use crate::model::{Fact, Position};

pub(super) use paths::join;
pub use settings::{BuildSetting, Layer};
pub use variables::{Variables, expand};

/// Targets of one project.
const MOST_TARGETS: usize = 200;
/// Configurations of one target.
const MOST_CONFIGURATIONS: usize = 50;

/// One `project.pbxproj`.
#[derive(Clone, Debug, Serialize)]
pub struct XcodeProject {
    /// The file.
    pub file: String,
    /// What is wrong with it: what stands after the fault is not known.
    pub fault: Option<PlistFault>,
    /// The targets.
    pub targets: Vec<XcodeTarget>,
    /// The language of development, which `$(DEVELOPMENT_LANGUAGE)` stands for.
    pub development_region: Option<String>,
    /// The settings, each layer once.
    #[serde(skip)]
    layers: Vec<Layer>,
}

/// One target.
#[derive(Clone, Debug, Serialize)]
pub struct XcodeTarget {
    /// Its name.
    pub name: String,
    /// Where it begins in the project.
    pub position: Option<Position>,
    /// What it makes: `application`, `app-extension`, `framework`, `bundle.unit-test` …
    pub product: Fact<String>,
    /// Its configurations: Debug, Release and others.
    pub configurations: Vec<Configuration>,
    /// The files that are copied into the app.
    pub resources: Vec<String>,
    /// The files that are compiled.
    pub sources: Vec<String>,
    /// Folders whose files are all in the target (Xcode 16).
    pub folders: Vec<String>,
    /// Files of those folders that are left out.
    pub excluded: Vec<String>,
}

/// One configuration of a target.
#[derive(Clone, Debug, Serialize)]
pub struct Configuration {
    /// Its name.
    pub name: String,
    /// Where it begins in the project.
    pub position: Option<Position>,
    /// The layers of settings, the strongest first: target, its xcconfig, project, its xcconfig.
    #[serde(skip)]
    layers: Vec<usize>,
}

impl Configuration {
    /// Whether its name says that it is for developing: `Debug`, `Debug-Staging`, `Development`.
    #[must_use]
    pub fn is_debug(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        name.contains("debug") || name == "development" || name == "dev"
    }
}

impl XcodeTarget {
    /// Whether it is for tests only.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.product.known().is_some_and(|product| product.contains("test"))
    }

    /// Whether a file is part of it.
    #[must_use]
    pub fn contains(&self, file: &str) -> bool {
        let listed = |files: &[String]| files.iter().any(|one| one == file);
        let in_folder = || {
            let inside = |folder: &String| {
                file.strip_prefix(folder.as_str()).is_some_and(|rest| folder.is_empty() || rest.starts_with('/'))
            };
            self.folders.iter().any(inside) && !listed(&self.excluded)
        };
        listed(&self.resources)
            || listed(&self.sources)
            || in_folder()
            // A folder reference is copied with everything in it.
            || self.resources.iter().any(|one| file.strip_prefix(one.as_str()).is_some_and(|rest| rest.starts_with('/')))
    }
}

impl XcodeProject {
    /// What a configuration of a target says of a setting: the strongest layer that names it.
    #[must_use]
    pub fn setting(&self, configuration: &Configuration, name: &str) -> Option<&BuildSetting> {
        configuration
            .layers
            .iter()
            .filter_map(|layer| self.layers.get(*layer))
            .find_map(|layer| layer.settings.get(name))
    }

    /// The settings of a configuration whose name begins so, the strongest of each name.
    #[must_use]
    pub fn settings_beginning(&self, configuration: &Configuration, start: &str) -> Vec<(&str, &BuildSetting)> {
        let mut found: BTreeMap<&str, &BuildSetting> = BTreeMap::new();
        for layer in configuration.layers.iter().filter_map(|layer| self.layers.get(*layer)) {
            let range = layer.settings.range(start.to_owned()..);
            for (name, setting) in range.take_while(|(name, _)| name.starts_with(start)) {
                found.entry(name).or_insert(setting);
            }
        }
        found.into_iter().collect()
    }

    /// The folder in which the project lies, to which its paths are relative.
    #[must_use]
    pub fn folder(&self) -> &str {
        let bundle = self.file.rsplit_once('/').map_or("", |(bundle, _)| bundle);
        bundle.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// Reads all projects.
pub(super) fn read(
    app: &Path,
    projects: &[String],
    xcconfig: &[String],
    unread: &mut Vec<Unread>,
) -> Vec<XcodeProject> {
    let mut read = Vec::new();
    for file in projects {
        let list = files::read(app, file, MOST_PROJECT_BYTES).and_then(|bytes| plist::parse(&bytes));
        match list {
            Ok(list) => read.push(Interpreter::new(app, file, &list.root, xcconfig).project(list.fault.clone())),
            Err(why) => unread.push(Unread { file: file.clone(), why }),
        }
    }
    read
}

struct Interpreter<'a> {
    app: &'a Path,
    file: &'a str,
    root: &'a PlistValue,
    objects: BTreeMap<&'a str, &'a plist::PlistEntry>,
    paths: BTreeMap<&'a str, String>,
    xcconfig: &'a [String],
    layers: Vec<Layer>,
    /// Which layer an object or an xcconfig file has become.
    known: BTreeMap<String, usize>,
}

impl<'a> Interpreter<'a> {
    fn new(app: &'a Path, file: &'a str, root: &'a PlistValue, xcconfig: &'a [String]) -> Self {
        let entries = root.get("objects").map(PlistValue::entries).unwrap_or_default();
        let objects = entries.iter().map(|entry| (entry.key.as_str(), entry)).collect();
        Self { app, file, root, objects, paths: BTreeMap::new(), xcconfig, layers: Vec::new(), known: BTreeMap::new() }
    }

    fn object(&self, id: Option<&PlistValue>) -> Option<&'a plist::PlistEntry> {
        self.objects.get(id?.as_str()?).copied()
    }

    fn project(mut self, fault: Option<PlistFault>) -> XcodeProject {
        let project = self.object(self.root.get("rootObject"));
        let mut result = XcodeProject {
            file: self.file.to_owned(),
            fault,
            targets: Vec::new(),
            development_region: None,
            layers: Vec::new(),
        };
        let Some(project) = project else {
            let why = "it names no project".to_owned();
            result.fault.get_or_insert(PlistFault { position: None, why });
            return result;
        };
        result.development_region =
            project.value.get("developmentRegion").and_then(PlistValue::as_str).map(str::to_owned);
        let folder = result.folder().to_owned();
        self.paths = paths::of_files(&self.objects, project, &folder);
        let shared = self.configurations(project);
        let targets = project.value.get("targets").map(PlistValue::elements).unwrap_or_default();
        for target in targets.iter().take(MOST_TARGETS) {
            if let Some(target) = self.object(Some(target)) {
                let target = self.target(target, &shared);
                result.targets.push(target);
            }
        }
        result.layers = self.layers;
        result
    }

    fn target(&mut self, target: &'a plist::PlistEntry, shared: &[Configuration]) -> XcodeTarget {
        let text = |key: &str| target.value.get(key).and_then(PlistValue::as_str);
        let product = text("productType").map_or(Fact::Absent, |product| {
            Fact::Known(product.trim_start_matches("com.apple.product-type.").to_owned())
        });
        let mut configurations = self.configurations(target);
        for configuration in &mut configurations {
            let below = shared.iter().find(|one| one.name == configuration.name);
            configuration.layers.extend(below.map(|below| below.layers.as_slice()).unwrap_or_default());
        }
        let mut result = XcodeTarget {
            name: text("name").unwrap_or_default().to_owned(),
            position: target.position,
            product,
            configurations,
            resources: Vec::new(),
            sources: Vec::new(),
            folders: Vec::new(),
            excluded: Vec::new(),
        };
        for phase in target.value.get("buildPhases").map(PlistValue::elements).unwrap_or_default() {
            let Some(phase) = self.object(Some(phase)) else { continue };
            let list = match phase.value.get("isa").and_then(PlistValue::as_str) {
                Some("PBXResourcesBuildPhase") => &mut result.resources,
                Some("PBXSourcesBuildPhase") => &mut result.sources,
                _ => continue,
            };
            for file in phase.value.get("files").map(PlistValue::elements).unwrap_or_default() {
                let reference = self.object(Some(file)).and_then(|file| file.value.get("fileRef")?.as_str());
                // A localised file stands for its variants.
                list.extend(reference.and_then(|id| self.paths.get(id)).cloned());
            }
        }
        self.synchronized(target, &mut result);
        result
    }

    /// Xcode 16: all files of such a folder are in the target, except those it lists.
    fn synchronized(&self, target: &plist::PlistEntry, result: &mut XcodeTarget) {
        for group in target.value.get("fileSystemSynchronizedGroups").map(PlistValue::elements).unwrap_or_default() {
            let Some(path) = group.as_str().and_then(|id| self.paths.get(id)) else { continue };
            result.folders.push(path.clone());
            let exceptions = self.object(Some(group)).and_then(|group| group.value.get("exceptions"));
            for exception in exceptions.map(PlistValue::elements).unwrap_or_default() {
                let Some(exception) = self.object(Some(exception)) else { continue };
                let whose = exception.value.get("target").and_then(PlistValue::as_str);
                if whose.is_some_and(|whose| whose == target.key) {
                    let left_out =
                        exception.value.get("membershipExceptions").map(PlistValue::elements).unwrap_or_default();
                    result
                        .excluded
                        .extend(left_out.iter().filter_map(PlistValue::as_str).filter_map(|one| join(path, one)));
                }
            }
        }
    }

    fn configurations(&mut self, owner: &'a plist::PlistEntry) -> Vec<Configuration> {
        let list = self.object(owner.value.get("buildConfigurationList"));
        let ids =
            list.and_then(|list| list.value.get("buildConfigurations")).map(PlistValue::elements).unwrap_or_default();
        let mut result = Vec::new();
        for id in ids.iter().take(MOST_CONFIGURATIONS) {
            let Some(entry) = self.object(Some(id)) else { continue };
            let own = match self.known.get(&entry.key) {
                Some(layer) => *layer,
                None => self.layer(&entry.key, settings::of_configuration(self.file, &entry.value)),
            };
            let mut layers = vec![own];
            layers.extend(self.base(entry));
            let name = entry.value.get("name").and_then(PlistValue::as_str).unwrap_or_default().to_owned();
            result.push(Configuration { name, position: entry.position, layers });
        }
        result
    }

    fn layer(&mut self, key: &str, layer: Layer) -> usize {
        self.layers.push(layer);
        self.known.insert(key.to_owned(), self.layers.len() - 1);
        self.layers.len() - 1
    }

    /// The xcconfig file that a configuration is based on.
    fn base(&mut self, entry: &plist::PlistEntry) -> Option<usize> {
        let id = entry.value.get("baseConfigurationReference").and_then(PlistValue::as_str);
        let by_id = id.and_then(|id| self.paths.get(id)).cloned();
        // Xcode 16 names it relative to a folder.
        let path = by_id.or_else(|| {
            let anchor = self.paths.get(entry.value.get("baseConfigurationReferenceAnchor")?.as_str()?)?;
            join(anchor, entry.value.get("baseConfigurationReferenceRelativePath")?.as_str()?)
        })?;
        if let Some(layer) = self.known.get(&path) {
            return Some(*layer);
        }
        let layer = settings::of_xcconfig(self.app, &path, self.xcconfig, &mut BTreeSet::new());
        Some(self.layer(&path, layer))
    }
}
