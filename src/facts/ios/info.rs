//! Info.plist files (Apple: Information Property List Key Reference).

use serde::Serialize;

use super::plist::{PlistFault, PlistFormat, PlistNode, PlistValue, PropertyList};
use super::sited::{Reader, Sited};
use super::transport_security::{NamedKey, TransportSecurity};
use crate::model::{Fact, Position};

/// The most domains that WebKit reads of `WKAppBoundDomains` (WebKit, "App-Bound Domains", 2020).
pub const MOST_APP_BOUND_DOMAINS: usize = 10;

/// What updaters read out of Info.plist: CodePush, Expo Updates, and cordova-plugin-ionic (Appflow).
const UPDATER_KEYS: [&str; 4] = ["CodePush", "EXUpdates", "IonA", "IonC"];
const IONIC_KEYS: [&str; 4] = ["IonUpdateMethod", "IonMaxVersions", "IonMinBackgroundDuration", "IonLiveUpdate"];

/// One Info.plist.
#[derive(Clone, Debug, Serialize)]
pub struct InfoPlist {
    /// The file.
    pub file: String,
    /// Its spelling; `Unreadable` when nothing of it could be read.
    pub format: Fact<PlistFormat>,
    /// Where it breaks off; Xcode can't build with such a file.
    pub fault: Option<PlistFault>,
    /// Keys that are there once more; the last one counts. The place is that of the repetition.
    pub duplicates: Vec<NamedKey>,
    /// The targets that are built with it; empty when no project says so.
    pub targets: Vec<String>,
    /// What it belongs to.
    pub product: Product,
    /// `CFBundleIdentifier`.
    pub identifier: Sited<String>,
    /// `CFBundleDisplayName`.
    pub display_name: Sited<String>,
    /// `CFBundleShortVersionString`.
    pub version: Sited<String>,
    /// `CFBundleVersion`.
    pub build: Sited<String>,
    /// `MinimumOSVersion`; seldom in sources, where the build settings say it.
    pub minimum_os: Sited<String>,
    /// `NSAppTransportSecurity`.
    pub transport_security: TransportSecurity,
    /// `WKAppBoundDomains`; WebKit reads the first [`MOST_APP_BOUND_DOMAINS`].
    pub app_bound_domains: Sited<Vec<Sited<String>>>,
    /// Keys that end with `UsageDescription`, in the order of the file.
    pub usage_descriptions: Vec<Setting>,
    /// `UIBackgroundModes`.
    pub background_modes: Sited<Vec<Sited<String>>>,
    /// The schemes of `CFBundleURLTypes`.
    pub url_schemes: Vec<Sited<String>>,
    /// `LSApplicationQueriesSchemes`.
    pub queried_schemes: Sited<Vec<Sited<String>>>,
    /// `ITSAppUsesNonExemptEncryption`.
    pub non_exempt_encryption: Sited<bool>,
    /// `CAPACITOR_DEBUG`: the text `true` makes web views inspectable and logs in full (Capacitor, `CAPInstanceDescriptor`).
    pub capacitor_debug: Sited<String>,
    /// `UIFileSharingEnabled`.
    pub file_sharing: Sited<bool>,
    /// `LSSupportsOpeningDocumentsInPlace`.
    pub documents_in_place: Sited<bool>,
    /// Keys of updaters, in the order of the file.
    pub updater_settings: Vec<Setting>,
}

/// A key with its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The key; below another with a `.` between.
    pub key: String,
    /// Its text; booleans and numbers as text.
    pub value: Sited<String>,
}

/// What an Info.plist belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "product", content = "point")]
pub enum Product {
    /// An app.
    App,
    /// An extension of an app, with its extension point.
    Extension(Option<String>),
    /// Tests.
    Test,
    /// A framework or a bundle of resources.
    Other,
    /// Neither the file nor a project says.
    Undecided,
}

impl InfoPlist {
    pub(super) fn unreadable(
        file: &str,
        why: &str,
        targets: Vec<String>,
        empty: &PropertyList,
        reader: &Reader<'_>,
    ) -> Self {
        let mut info = Self::read(reader, empty, targets, None);
        file.clone_into(&mut info.file);
        info.format = Fact::Unreadable(why.to_owned());
        info
    }

    pub(super) fn read(reader: &Reader<'_>, list: &PropertyList, targets: Vec<String>, product: Option<&str>) -> Self {
        let root = &list.root;
        let descriptions = root.entries().iter().filter(|one| one.key.ends_with("UsageDescription"));
        let updaters = root.entries().iter().filter(|one| is_updater_key(&one.key));
        Self {
            file: reader.file.to_owned(),
            format: Fact::Known(list.format),
            fault: list.fault.clone(),
            duplicates: list.duplicates.iter().map(|(key, at)| NamedKey { key: key.clone(), position: *at }).collect(),
            targets,
            product: self::product(root, product),
            identifier: reader.text(root, "CFBundleIdentifier"),
            display_name: reader.text(root, "CFBundleDisplayName"),
            version: reader.text(root, "CFBundleShortVersionString"),
            build: reader.text(root, "CFBundleVersion"),
            minimum_os: reader.text(root, "MinimumOSVersion"),
            transport_security: TransportSecurity::read(reader, root),
            app_bound_domains: reader.texts(root, "WKAppBoundDomains"),
            usage_descriptions: descriptions.map(|one| setting(reader, &one.key, &one.value, one.position)).collect(),
            background_modes: reader.texts(root, "UIBackgroundModes"),
            url_schemes: schemes(reader, root),
            queried_schemes: reader.texts(root, "LSApplicationQueriesSchemes"),
            non_exempt_encryption: reader.boolean(root, "ITSAppUsesNonExemptEncryption"),
            capacitor_debug: reader.text(root, "CAPACITOR_DEBUG"),
            file_sharing: reader.boolean(root, "UIFileSharingEnabled"),
            documents_in_place: reader.boolean(root, "LSSupportsOpeningDocumentsInPlace"),
            updater_settings: updaters.map(|one| setting(reader, &one.key, &one.value, one.position)).collect(),
        }
    }
}

pub(super) fn setting(reader: &Reader<'_>, key: &str, value: &PlistValue, position: Option<Position>) -> Setting {
    Setting { key: key.to_owned(), value: reader.at(reader.string(value), position) }
}

fn is_updater_key(key: &str) -> bool {
    UPDATER_KEYS.iter().any(|start| key.starts_with(start)) || IONIC_KEYS.contains(&key) || key == "IonApi"
}

fn schemes(reader: &Reader<'_>, root: &PlistValue) -> Vec<Sited<String>> {
    let types = root.get("CFBundleURLTypes").map(PlistValue::elements).unwrap_or_default();
    let lists = types.iter().filter_map(|one| one.get("CFBundleURLSchemes"));
    lists.flat_map(|list| reader.strings(list.elements())).collect()
}

/// By what the project makes with it, else by its own keys.
fn product(root: &PlistValue, made: Option<&str>) -> Product {
    let extension = root.get("NSExtension");
    let point = || extension?.get("NSExtensionPointIdentifier")?.as_str().map(str::to_owned);
    match (made, root.get("CFBundlePackageType").and_then(PlistValue::as_str)) {
        (Some(made), _) if made.contains("test") => Product::Test,
        (Some(made), _) if made.contains("extension") => Product::Extension(point()),
        (Some(made), _) if made.starts_with("application") => Product::App,
        (Some(_), _) => Product::Other,
        _ if extension.is_some() => Product::Extension(point()),
        (None, Some("APPL")) => Product::App,
        (None, Some("XPC!")) => Product::Extension(None),
        (None, Some("FMWK" | "BNDL")) => Product::Other,
        _ if root.get("LSRequiresIPhoneOS").is_some_and(|one| one.node == PlistNode::Bool(true)) => Product::App,
        _ => Product::Undecided,
    }
}
