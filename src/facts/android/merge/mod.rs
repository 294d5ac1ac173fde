//! What a build is after merging, as far as the sources show (`com.android.manifmerger.ManifestMerger2`): build type before
//! flavour before `main` before libraries. Libraries that are fetched are not seen.

mod attributes;
mod elements;

use serde::Serialize;

use super::gradle::GradleFacts;
use super::manifest::{Manifest, MetaData};
use super::place::{Effective, Place, Written};
use super::resources::{Lookup, Resources};
use super::sets::SetKind;
use crate::model::Fact;

pub use attributes::MergedAttribute;
pub use elements::{MergedComponent, MergedPermission};

/// Flavours of which a build is made up.
const MOST_FLAVOURS: usize = 50;
/// From this API level on, `http` is off by default (`NetworkSecurityConfig.getDefaultBuilder`).
const P: u32 = 28;
/// From this API level on, the user's certificates are not trusted by default.
const N: u32 = 24;
/// From this API level on, certificate transparency is demanded by default.
const AFTER_BAKLAVA: u32 = 37;

/// One build of the app.
#[derive(Clone, Debug, Serialize)]
pub struct Build {
    /// `release`, `debug`, `freeRelease`.
    pub name: String,
    /// The flavour; a build of several dimensions appears once for each flavour.
    pub flavour: Option<String>,
    /// Whether it is a release.
    pub is_release: bool,
    /// The manifests that go into it, the strongest first.
    pub manifests: Vec<String>,
    /// The attributes of `application`.
    pub attributes: Vec<MergedAttribute>,
    /// Permissions that it asks for.
    pub permissions: Vec<MergedPermission>,
    /// Components.
    pub components: Vec<MergedComponent>,
    /// `meta-data` of the application, with the values resolved.
    pub meta_data: Vec<(MetaData, Fact<Written<String>>)>,
    /// `minSdk`.
    pub min_sdk: Fact<Written<u32>>,
    /// `targetSdk`.
    pub target_sdk: Fact<Written<u32>>,
    /// Whether it is debuggable: the manifest's word, else the build type's.
    pub debuggable: Fact<Effective<bool>>,
    /// `allowBackup`, on by default.
    pub allow_backup: Fact<Effective<bool>>,
    /// `usesCleartextTraffic` with its default. Without effect from API 24 on when there is a network security configuration.
    pub uses_cleartext_traffic: Fact<Effective<bool>>,
    /// The reference to the network security configuration, resolved: `@xml/name`.
    pub network_security_config: Fact<Written<String>>,
    /// The permission `android.permission.INTERNET`.
    pub internet: Fact<Place>,
    #[serde(skip)]
    pub(super) lookup: Option<Lookup>,
}

impl Build {
    /// A merged attribute of `application` by its name without `android:`.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&MergedAttribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// Whether `targetSdk` is at least `level`, also when only the levels around it are known.
    pub(super) fn targets(&self, gradle: &GradleFacts, level: u32) -> Fact<Effective<bool>> {
        let rule = "depends on targetSdk";
        let answer =
            |written: &Written<u32>, value| Fact::Known(Effective::platform(value, rule, Some(written.at.clone())));
        match (&self.target_sdk, &self.min_sdk, &gradle.compile_sdk) {
            (Fact::Known(target), _, _) => answer(target, target.value >= level),
            // Gradle refuses a targetSdk below minSdk, and one above compileSdk is of no use.
            (_, Fact::Known(min), _) if min.value >= level => answer(min, true),
            (_, _, Fact::Known(compile)) if compile.value < level => answer(compile, false),
            (Fact::Unknown(why), _, _) => Fact::Unknown(format!("targetSdk is not known: {why}")),
            (Fact::Unreadable(why), _, _) => Fact::Unreadable(format!("targetSdk is not known: {why}")),
            (Fact::Absent, _, _) => {
                Fact::Unknown("targetSdk is not known: no Gradle file and no manifest sets it".to_owned())
            }
        }
    }

    /// The platform's defaults for network security.
    pub(super) fn default_user_anchors(&self, gradle: &GradleFacts) -> Fact<Effective<bool>> {
        negate(self.targets(gradle, N), "up to targetSdk 23 the user's certificates are trusted, later not")
    }

    pub(super) fn default_cleartext(&self, gradle: &GradleFacts) -> Fact<Effective<bool>> {
        negate(self.targets(gradle, P), "up to targetSdk 27 cleartext is permitted, later not")
    }

    pub(super) fn default_transparency(&self, gradle: &GradleFacts) -> Fact<Effective<bool>> {
        match self.targets(gradle, AFTER_BAKLAVA) {
            Fact::Known(targets) => Fact::Known(Effective::platform(
                targets.value,
                "from targetSdk 37 on certificate transparency is demanded",
                targets.origin.place().cloned(),
            )),
            other => other,
        }
    }
}

fn negate(fact: Fact<Effective<bool>>, rule: &'static str) -> Fact<Effective<bool>> {
    match fact {
        Fact::Known(known) => Fact::Known(Effective::platform(!known.value, rule, known.origin.place().cloned())),
        other => other,
    }
}

/// Everything that builds are made from.
pub(super) struct Merger<'a> {
    pub(super) manifests: &'a [Manifest],
    pub(super) gradle: &'a GradleFacts,
    pub(super) resources: &'a Resources<'a>,
    /// The first manifest of a release that is there and can't be read.
    pub(super) broken: Option<String>,
    /// Where the folder of a source set is: `android/app/src`.
    pub(super) sources: String,
}

impl Merger<'_> {
    /// The plain release first, then the release of each flavour, then the debug build. When the project has flavours, no
    /// plain release is ever built; it stands for what is common to all.
    pub(super) fn builds(&self, set_names: &[(String, SetKind)]) -> Vec<Build> {
        let mut flavours: Vec<String> = self.gradle.flavours.iter().map(|flavour| flavour.name.clone()).collect();
        flavours.extend(set_names.iter().filter(|(_, kind)| *kind == SetKind::Flavour).map(|(name, _)| name.clone()));
        flavours.sort();
        flavours.dedup();
        flavours.truncate(MOST_FLAVOURS);
        let mut builds = vec![self.build(None, true)];
        builds.extend(flavours.iter().map(|flavour| self.build(Some(flavour), true)));
        builds.push(self.build(None, false));
        builds
    }

    fn build(&self, flavour: Option<&str>, is_release: bool) -> Build {
        let kind = if is_release { "release" } else { "debug" };
        let variant = flavour.map(|flavour| format!("{flavour}{}", if is_release { "Release" } else { "Debug" }));
        let order: Vec<&str> = variant.as_deref().into_iter().chain([kind]).chain(flavour).chain(["main"]).collect();
        let rank = |manifest: &Manifest| match manifest.kind {
            SetKind::Library => Some(order.len()),
            _ => order.iter().position(|set| *set == manifest.source_set),
        };
        let mut manifests: Vec<(usize, &Manifest)> =
            self.manifests.iter().filter_map(|manifest| Some((rank(manifest)?, manifest))).collect();
        manifests.sort_by_key(|(rank, manifest)| (*rank, manifest.path.as_str()));
        let manifests: Vec<&Manifest> = manifests.into_iter().map(|(_, manifest)| manifest).collect();

        let mut folders: Vec<String> = order.iter().map(|set| super::files::join(&self.sources, set)).collect();
        let of_libraries = manifests.iter().filter(|manifest| manifest.kind == SetKind::Library);
        folders.extend(of_libraries.filter_map(|manifest| Some(manifest.path.rsplit_once('/')?.0.to_owned())));
        // An older Cordova project has `res` beside its manifest.
        folders.extend(manifests.iter().filter_map(|manifest| Some(manifest.path.rsplit_once('/')?.0.to_owned())));
        let mut scopes: Vec<String> = vec![kind.to_owned()];
        scopes.extend(flavour.map(ToOwned::to_owned));
        scopes.push("defaultConfig".to_owned());
        let lookup = Lookup { folders, scopes };

        let name = variant.unwrap_or_else(|| kind.to_owned());
        let mut build = Build {
            name,
            flavour: flavour.map(ToOwned::to_owned),
            is_release,
            manifests: manifests.iter().map(|manifest| manifest.path.clone()).collect(),
            attributes: attributes::merge(&manifests, self.resources, &lookup),
            permissions: elements::permissions(&manifests, self.resources, &lookup),
            components: Vec::new(),
            meta_data: Vec::new(),
            min_sdk: self.level(&manifests, flavour, "minSdkVersion"),
            target_sdk: self.level(&manifests, flavour, "targetSdkVersion"),
            debuggable: Fact::Absent,
            allow_backup: Fact::Absent,
            uses_cleartext_traffic: Fact::Absent,
            network_security_config: Fact::Absent,
            internet: Fact::Absent,
            lookup: None,
        };
        build.meta_data = elements::meta_data(&manifests)
            .into_iter()
            .map(|data| {
                let value = data.value.as_ref();
                let value = value.map(|value| self.resources.resolve(&value.value, &value.at, &lookup));
                (data, value.unwrap_or(Fact::Absent))
            })
            .collect();
        let explicit = build.targets(self.gradle, 31);
        build.components = elements::components(&manifests, self.resources, &lookup, &explicit);
        self.settle(&mut build, kind);
        build.lookup = Some(lookup);
        build
    }

    fn settle(&self, build: &mut Build, kind: &str) {
        fn boolean(build: &Build, name: &str) -> Fact<Effective<bool>> {
            build.attribute(name).map_or(Fact::Absent, MergedAttribute::boolean)
        }
        let broken = self.broken.as_deref();
        // What an unreadable manifest says may be anything: nothing is absent then.
        let settle = |fact: Fact<Effective<bool>>, default: &dyn Fn() -> Fact<Effective<bool>>| match (fact, broken) {
            (Fact::Absent, Some(why)) => Fact::Unreadable(why.to_owned()),
            (Fact::Absent, None) => default(),
            (fact, _) => fact,
        };
        build.allow_backup = settle(boolean(build, "allowBackup"), &|| {
            Fact::Known(Effective::platform(true, "without the attribute, backup is allowed", None))
        });
        build.uses_cleartext_traffic =
            settle(boolean(build, "usesCleartextTraffic"), &|| build.default_cleartext(self.gradle));
        build.debuggable = settle(boolean(build, "debuggable"), &|| {
            let set = self.gradle.build_type(kind).map_or(Fact::Absent, |build_type| build_type.debuggable.clone());
            match set {
                Fact::Known(written) => Fact::Known(Effective::written(written.value, written.at)),
                Fact::Unknown(why) => Fact::Unknown(why),
                Fact::Unreadable(why) => Fact::Unreadable(why),
                Fact::Absent if self.gradle.broken.is_some() => {
                    Fact::Unreadable(self.gradle.broken.clone().unwrap_or_default())
                }
                Fact::Absent => Fact::Known(Effective::platform(
                    kind == "debug",
                    "only the build type `debug` is debuggable by itself",
                    None,
                )),
            }
        });
        build.network_security_config = build
            .attribute("networkSecurityConfig")
            .map_or_else(|| nothing(broken), |attribute| attribute.value.clone());
        let internet = build.permissions.iter().find(|permission| permission.name == "android.permission.INTERNET");
        build.internet = internet.map_or_else(|| nothing(broken), |internet| Fact::Known(internet.at.clone()));
    }

    /// Gradle overrides `uses-sdk`; `targetSdk` is `minSdk` when nobody sets it.
    fn level(&self, manifests: &[&Manifest], flavour: Option<&str>, name: &str) -> Fact<Written<u32>> {
        let flavour = flavour.and_then(|flavour| self.gradle.flavour(flavour));
        let is_target = name == "targetSdkVersion";
        let of_flavour = flavour.map(|flavour| if is_target { &flavour.target_sdk } else { &flavour.min_sdk });
        let of_gradle = if is_target { &self.gradle.target_sdk } else { &self.gradle.min_sdk };
        let set = of_flavour.into_iter().chain([of_gradle]).find(|fact| **fact != Fact::Absent);
        if let Some(set) = set {
            return set.clone();
        }
        let own = manifests.iter().filter(|manifest| manifest.kind != SetKind::Library);
        let in_manifest = own.flat_map(|manifest| &manifest.uses_sdk).find(|attribute| attribute.name == name);
        match in_manifest {
            Some(attribute) => match attribute.value.trim().parse() {
                Ok(level) => Fact::Known(Written::new(level, attribute.at.clone())),
                Err(_) => Fact::Unknown("it is no number".to_owned()),
            },
            None if is_target && !self.gradle.files.is_empty() => self.level(manifests, None, "minSdkVersion"),
            None => Fact::Absent,
        }
    }
}

/// Nothing was found: it is absent, unless a file could not be read.
fn nothing<T>(broken: Option<&str>) -> Fact<T> {
    broken.map_or(Fact::Absent, |why| Fact::Unreadable(why.to_owned()))
}
