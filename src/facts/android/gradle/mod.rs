//! What the build scripts say as literals: SDK levels, identity, build types, signing. No script is executed.

mod lex;
mod load;
mod read;
mod script;
#[cfg(test)]
mod tests;
mod value;

use serde::Serialize;

use super::place::{Place, Written};
use crate::model::Fact;

pub(super) use load::{module_folders, read_gradle};

/// What the Gradle files of the app module and its project say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GradleFacts {
    /// The files that were read, in the order in which they are applied.
    pub files: Vec<String>,
    /// The first file that is there and could not be read whole.
    pub broken: Option<String>,
    /// `minSdk`.
    pub min_sdk: Fact<Written<u32>>,
    /// `targetSdk` of `defaultConfig`. The place is the literal's, which may be in `variables.gradle`.
    pub target_sdk: Fact<Written<u32>>,
    /// `compileSdk`.
    pub compile_sdk: Fact<Written<u32>>,
    /// `applicationId`.
    pub application_id: Fact<Written<String>>,
    /// `namespace`.
    pub namespace: Fact<Written<String>>,
    /// `versionName`.
    pub version_name: Fact<Written<String>>,
    /// `versionCode`.
    pub version_code: Fact<Written<i64>>,
    /// Every build type that is named.
    pub build_types: Vec<BuildType>,
    /// Every product flavour.
    pub flavours: Vec<Flavour>,
    /// Every signing configuration.
    pub signing_configs: Vec<SigningConfig>,
    /// `manifestPlaceholders`.
    pub placeholders: Vec<Placeholder>,
    /// `resValue`.
    pub resource_values: Vec<ResourceValue>,
}

/// A build type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BuildType {
    /// Its name.
    pub name: String,
    /// Where its block begins.
    pub at: Place,
    /// `debuggable`.
    pub debuggable: Fact<Written<bool>>,
    /// `minifyEnabled`.
    pub minify: Fact<Written<bool>>,
    /// The name of the signing configuration: `signingConfigs.debug` is `debug`.
    pub signing_config: Option<Written<String>>,
    /// `applicationIdSuffix`.
    pub application_id_suffix: Fact<Written<String>>,
}

/// A product flavour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flavour {
    /// Its name.
    pub name: String,
    /// Where its block begins.
    pub at: Place,
    /// `applicationId`.
    pub application_id: Fact<Written<String>>,
    /// `applicationIdSuffix`.
    pub application_id_suffix: Fact<Written<String>>,
    /// `minSdk`.
    pub min_sdk: Fact<Written<u32>>,
    /// `targetSdk`.
    pub target_sdk: Fact<Written<u32>>,
}

/// A signing configuration. Its passwords are never kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SigningConfig {
    /// Its name.
    pub name: String,
    /// Where its block begins.
    pub at: Place,
    /// `storeFile`, when it is a literal.
    pub store_file: Fact<Written<String>>,
    /// Each password that stands in a file as a literal.
    pub literal_passwords: Vec<LiteralPassword>,
}

/// A password in clear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LiteralPassword {
    /// `storePassword` or `keyPassword`.
    pub field: String,
    /// Where the literal is.
    pub at: Place,
    /// How many characters it has.
    pub characters: usize,
    /// Whether it is `android`, the password of everyone's debug key.
    pub is_debug_default: bool,
}

/// A placeholder for the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Placeholder {
    /// `defaultConfig`, or the name of a build type or flavour.
    pub scope: String,
    /// The name.
    pub name: String,
    /// The value; not serialised, since keys of services stand here.
    #[serde(skip)]
    pub value: Fact<Written<String>>,
}

/// A resource that the script makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResourceValue {
    /// `defaultConfig`, or the name of a build type or flavour.
    pub scope: String,
    /// `string`, `bool`.
    pub kind: String,
    /// The name.
    pub name: String,
    /// The value; not serialised, since keys of services stand here.
    #[serde(skip)]
    pub value: Fact<Written<String>>,
}

fn not_absent<T: PartialEq>(fact: &mut Fact<T>, why: &str) {
    if *fact == Fact::Absent {
        *fact = Fact::Unreadable(why.to_owned());
    }
}

impl GradleFacts {
    /// A project without any Gradle file.
    #[must_use]
    pub const fn absent() -> Self {
        Self {
            files: Vec::new(),
            broken: None,
            min_sdk: Fact::Absent,
            target_sdk: Fact::Absent,
            compile_sdk: Fact::Absent,
            application_id: Fact::Absent,
            namespace: Fact::Absent,
            version_name: Fact::Absent,
            version_code: Fact::Absent,
            build_types: Vec::new(),
            flavours: Vec::new(),
            signing_configs: Vec::new(),
            placeholders: Vec::new(),
            resource_values: Vec::new(),
        }
    }

    /// A file can't be read: what the others don't say may stand there.
    fn nothing_is_absent(&mut self, why: &str) {
        self.broken = Some(why.to_owned());
        for level in [&mut self.min_sdk, &mut self.target_sdk, &mut self.compile_sdk] {
            not_absent(level, why);
        }
        for text in [&mut self.application_id, &mut self.namespace, &mut self.version_name] {
            not_absent(text, why);
        }
        not_absent(&mut self.version_code, why);
        for build_type in &mut self.build_types {
            not_absent(&mut build_type.debuggable, why);
            not_absent(&mut build_type.minify, why);
        }
    }

    /// A build type by name.
    #[must_use]
    pub fn build_type(&self, name: &str) -> Option<&BuildType> {
        self.build_types.iter().find(|build_type| build_type.name == name)
    }

    /// A flavour by name.
    #[must_use]
    pub fn flavour(&self, name: &str) -> Option<&Flavour> {
        self.flavours.iter().find(|flavour| flavour.name == name)
    }
}
