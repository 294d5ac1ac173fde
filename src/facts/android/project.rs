//! One Android project.

use serde::Serialize;

use super::files::{Files, join};
use super::gradle::{GradleFacts, module_folders, read_gradle};
use super::manifest::{Manifest, read_manifest};
use super::merge::{Build, Merger};
use super::network_security::{
    Defaults, HostProtection, NetworkSecurity, NetworkSecurityFile, is_config, protect, read_config,
};
use super::resources::Resources;
use super::sets::{SetKind, kind_of};
use super::sources::{SourceSighting, read_sources};
use crate::model::Fact;

/// Source sets of a module.
const MOST_SETS: usize = 200;
/// Libraries within the project.
const MOST_LIBRARIES: usize = 200;
/// XML resources of one source set.
const MOST_XML: usize = 300;

/// One Android project.
#[derive(Clone, Debug, Serialize)]
pub struct AndroidProject {
    /// Its folder relative to the app, empty for the app's own.
    pub path: String,
    /// The folder of the module that makes the app.
    pub module: String,
    /// The manifests as they are written.
    pub manifests: Vec<Manifest>,
    /// The builds: the plain release first, then the release of each flavour, then the debug build.
    pub builds: Vec<Build>,
    /// Every network security configuration, referred to or not.
    pub network_security: Vec<NetworkSecurityFile>,
    /// The build scripts.
    pub gradle: GradleFacts,
    /// What was seen in Java and Kotlin.
    pub sources: Vec<SourceSighting>,
    /// How many source files were read.
    pub source_files: usize,
}

impl AndroidProject {
    /// The plain release, of which all is true that is common to all releases.
    #[must_use]
    pub fn release(&self) -> Option<&Build> {
        self.builds.first()
    }

    /// What protects the connection to `host` in the plain release.
    #[must_use]
    pub fn effective(&self, host: &str) -> HostProtection {
        match self.release() {
            Some(build) => self.effective_in(build, host),
            None => unknown_host(host),
        }
    }

    /// What protects the connection to `host` in one of [`Self::builds`].
    #[must_use]
    pub fn effective_in(&self, build: &Build, host: &str) -> HostProtection {
        let mut defaults = Defaults {
            cleartext: build.default_cleartext(&self.gradle),
            user_anchors: build.default_user_anchors(&self.gradle),
            certificate_transparency: build.default_transparency(&self.gradle),
        };
        let reference = match &build.network_security_config {
            // `ManifestConfigSource`: the attribute counts only when no file is named.
            Fact::Absent => {
                defaults.cleartext = build.uses_cleartext_traffic.clone();
                return defaults.protection(host);
            }
            Fact::Known(reference) => reference,
            undecidable => return undecided(&defaults, host, undecidable),
        };
        let Some(name) = reference.value.trim().strip_prefix("@xml/") else {
            let why = format!("`{}` is no reference to an XML file", reference.value);
            return undecided(&defaults, host, &Fact::<()>::Unreadable(why));
        };
        let Some(file) = self.config_of(build, name) else {
            let why = format!("`@xml/{name}` is in none of the app's own resource folders");
            return undecided(&defaults, host, &Fact::<()>::Unreadable(why));
        };
        let Fact::Known(config) = &file.content else {
            let why = file.fault.as_ref().map_or_else(|| "it can't be read".to_owned(), |fault| fault.value.clone());
            let mut protection = undecided(&defaults, host, &Fact::<()>::Unreadable(format!("{}: {why}", file.path)));
            protection.config_file = Fact::Known(file.path.clone());
            return protection;
        };
        let is_debuggable = !build.is_release || build.debuggable.known().is_some_and(|known| known.value);
        let debug = is_debuggable.then(|| self.debug_overrides(build, config, name)).flatten();
        protect(config, &file.path, host, &defaults, debug)
    }

    /// The file of a resource in a build. Only the one without a qualifier is judged.
    #[must_use]
    pub fn config_of(&self, build: &Build, name: &str) -> Option<&NetworkSecurityFile> {
        let folders = &build.lookup.as_ref()?.folders;
        folders.iter().find_map(|folder| {
            let path = format!("{}/{name}.xml", join(folder, "res/xml"));
            self.network_security.iter().find(|file| file.path == path)
        })
    }

    /// The file's own, else those of `<name>_debug` (`XmlConfigSource.parseDebugOverridesResource`).
    fn debug_overrides<'a>(
        &'a self,
        build: &Build,
        config: &'a NetworkSecurity,
        name: &str,
    ) -> Option<&'a super::ConfigEntry> {
        config.debug_overrides.known().or_else(|| {
            let extra = self.config_of(build, &format!("{name}_debug"))?;
            extra.content.known()?.debug_overrides.known()
        })
    }
}

fn unknown_host(host: &str) -> HostProtection {
    let why = || Fact::Unknown("no build is known".to_owned());
    Defaults { cleartext: why(), user_anchors: why(), certificate_transparency: why() }.protection(host)
}

/// Nothing is known of the host, for one reason.
fn undecided<T>(defaults: &Defaults, host: &str, why: &Fact<T>) -> HostProtection {
    fn same<T, U>(fact: &Fact<T>) -> Fact<U> {
        match fact {
            Fact::Unreadable(why) => Fact::Unreadable(why.clone()),
            Fact::Unknown(why) => Fact::Unknown(why.clone()),
            Fact::Known(_) | Fact::Absent => Fact::Unknown(String::new()),
        }
    }
    let mut protection = defaults.protection(host);
    protection.config_file = same(why);
    protection.matched = same(why);
    protection.cleartext = same(why);
    protection.user_anchors = same(why);
    protection.system_anchors = same(why);
    protection.pin_set = same(why);
    protection.pin_expiry = same(why);
    protection.certificate_transparency = same(why);
    protection
}

/// Reads the project in `path` whose app is made by `module`.
pub(super) fn read(files: &Files<'_>, path: &str, module: &str) -> AndroidProject {
    let gradle = read_gradle(files, path, module);
    let sources_folder = join(module, "src");
    let mut sets: Vec<(String, SetKind)> =
        files.folders(&sources_folder).into_iter().map(|name| (name.clone(), kind_of(&name, &gradle))).collect();
    sets.truncate(MOST_SETS);
    // An old Cordova project keeps its sources in `src` itself.
    let old = files.is_file(&join(module, "AndroidManifest.xml")) && !sets.iter().any(|(name, _)| name == "main");
    let mut folders: Vec<(String, SetKind, String)> = if old {
        vec![("main".to_owned(), SetKind::Main, module.to_owned())]
    } else {
        sets.iter().map(|(name, kind)| (name.clone(), *kind, join(&sources_folder, name))).collect()
    };
    let libraries = libraries(files, path, module);
    folders.extend(
        libraries.into_iter().map(|library| (library.clone(), SetKind::Library, library_root(files, &library))),
    );

    let mut manifests = Vec::new();
    let mut network_security = Vec::new();
    let mut broken = None;
    for (name, kind, folder) in &folders {
        let manifest_path = join(folder, "AndroidManifest.xml");
        let fault = match files.text(&manifest_path) {
            Fact::Known(text) => match read_manifest(&manifest_path, name, *kind, &text) {
                Ok(manifest) => {
                    manifests.push(manifest);
                    None
                }
                Err(why) => {
                    files.note(&manifest_path, &why);
                    Some(why)
                }
            },
            Fact::Unreadable(why) | Fact::Unknown(why) => Some(why),
            Fact::Absent => None,
        };
        if let Some(why) = fault.filter(|_| kind.ships() && broken.is_none()) {
            broken = Some(format!("{manifest_path}: {why}"));
        }
        network_security.extend(configs(files, name, *kind, folder));
    }

    let shipped: Vec<(String, String)> = folders
        .iter()
        .filter(|(_, kind, _)| kind.ships() && *kind != SetKind::Library)
        .map(|(name, _, folder)| (name.clone(), if old { join(folder, "src") } else { folder.clone() }))
        .collect();
    let mut sightings = Vec::new();
    let source_files = read_sources(files, &shipped, &mut sightings);

    let resources = Resources::new(files, &gradle);
    let merger =
        Merger { manifests: &manifests, gradle: &gradle, resources: &resources, broken, sources: sources_folder };
    let builds = merger.builds(&sets);
    AndroidProject {
        path: path.to_owned(),
        module: module.to_owned(),
        manifests,
        builds,
        network_security,
        gradle,
        sources: sightings,
        source_files,
    }
}

/// The modules besides the app's: Capacitor's `capacitor-cordova-android-plugins`, Cordova's `CordovaLib`, own ones beside the
/// app module, where `settings.gradle` puts them, and Expo's local modules (`modules/<name>/android`).
fn libraries(files: &Files<'_>, project: &str, module: &str) -> Vec<String> {
    let mut found: Vec<String> = files.folders(project).into_iter().map(|name| join(project, &name)).collect();
    found.extend(module_folders(files, project));
    let app = project.rsplit_once('/').map_or("", |(app, _)| app);
    if project.ends_with("android") {
        let modules = join(app, "modules");
        found.extend(files.folders(&modules).into_iter().map(|name| format!("{modules}/{name}/android")));
    }
    found.sort();
    found.dedup();
    found.retain(|folder| {
        folder != module
            && folder != project
            && (files.is_file(&join(folder, "src/main/AndroidManifest.xml"))
                || files.is_file(&join(folder, "AndroidManifest.xml")))
    });
    found.truncate(MOST_LIBRARIES);
    found
}

fn library_root(files: &Files<'_>, library: &str) -> String {
    let main = join(library, "src/main");
    if files.is_file(&join(&main, "AndroidManifest.xml")) { main } else { library.to_owned() }
}

/// The network security configurations of one source set.
fn configs(files: &Files<'_>, source_set: &str, kind: SetKind, folder: &str) -> Vec<NetworkSecurityFile> {
    let res = join(folder, "res");
    let mut found = Vec::new();
    for below in files.folders(&res) {
        let Some(qualifier) = below.strip_prefix("xml").filter(|rest| rest.is_empty() || rest.starts_with('-')) else {
            continue;
        };
        for file in files.files(&join(&res, &below)).into_iter().take(MOST_XML) {
            let Some(name) = file.strip_suffix(".xml") else { continue };
            let path = format!("{}/{file}", join(&res, &below));
            let Fact::Known(text) = files.text(&path) else { continue };
            if !is_config(&text) {
                continue;
            }
            let (content, fault) = match read_config(&path, &text) {
                Ok(config) => (Fact::Known(config), None),
                Err(fault) => (Fact::Unreadable(fault.value.clone()), Some(fault)),
            };
            found.push(NetworkSecurityFile {
                name: name.to_owned(),
                source_set: source_set.to_owned(),
                kind,
                qualifier: qualifier.to_owned(),
                content,
                fault,
                path,
            });
        }
    }
    found
}
