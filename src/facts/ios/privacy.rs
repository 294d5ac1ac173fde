//! Privacy manifests (`PrivacyInfo.xcprivacy`): what an app says that it collects and why.

use serde::Serialize;

use super::Membership;
use super::plist::{PlistEntry, PlistFault, PlistFormat, PlistNode, PlistValue, PropertyList};
use super::privacy_table::{CATEGORIES, DATA_TYPE, DATA_TYPES, KEYS, PURPOSE, PURPOSES};
use super::sited::{Reader, Sited};
use super::transport_security::NamedKey;
use crate::model::{Fact, Position};

/// One privacy manifest.
#[derive(Clone, Debug, Serialize)]
pub struct PrivacyManifest {
    /// The file.
    pub file: String,
    /// Its spelling; `Unreadable` when nothing of it could be read.
    pub format: Fact<PlistFormat>,
    /// Where it breaks off.
    pub fault: Option<PlistFault>,
    /// Whether it is in a target, and so in the app.
    pub membership: Membership,
    /// `NSPrivacyTracking`.
    pub tracking: Sited<bool>,
    /// `NSPrivacyTrackingDomains`.
    pub tracking_domains: Sited<Vec<Sited<String>>>,
    /// `NSPrivacyCollectedDataTypes`.
    pub collected: Sited<Vec<CollectedData>>,
    /// `NSPrivacyAccessedAPITypes`.
    pub accessed: Sited<Vec<AccessedApi>>,
    /// Keys that Apple doesn't document.
    pub unknown_keys: Vec<NamedKey>,
}

/// A value and how it stands in Apple's lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The value as it is written.
    pub value: Sited<String>,
    /// How it stands in Apple's lists.
    pub standing: Standing,
}

/// How a value stands in Apple's lists (`privacy_table`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is in them.
    Listed,
    /// It is, but only third-party SDKs may declare it.
    ForSdksOnly,
    /// It is a reason of another category.
    OfAnotherCategory,
    /// It is not in them; it may be newer than they are.
    NotListed,
    /// It is not known what the value is.
    Undecided,
}

/// One kind of data that is collected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CollectedData {
    /// Where the entry begins.
    pub position: Option<Position>,
    /// `NSPrivacyCollectedDataType`.
    pub data_type: Listed,
    /// `NSPrivacyCollectedDataTypeLinked`: whether it is linked to the user.
    pub linked: Sited<bool>,
    /// `NSPrivacyCollectedDataTypeTracking`: whether it is used for tracking.
    pub tracking: Sited<bool>,
    /// `NSPrivacyCollectedDataTypePurposes`.
    pub purposes: Sited<Vec<Listed>>,
}

impl CollectedData {
    /// The type without Apple's prefix: `CrashData`.
    #[must_use]
    pub fn short_type(&self) -> Option<&str> {
        self.data_type.value.known().map(|value| value.strip_prefix(DATA_TYPE).unwrap_or(value))
    }
}

/// One category of required reason API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccessedApi {
    /// Where the entry begins.
    pub position: Option<Position>,
    /// `NSPrivacyAccessedAPIType`.
    pub category: Listed,
    /// `NSPrivacyAccessedAPITypeReasons`.
    pub reasons: Sited<Vec<Listed>>,
}

impl AccessedApi {
    /// The category without Apple's prefix: `UserDefaults`.
    #[must_use]
    pub fn short_category(&self) -> Option<&str> {
        let value = self.category.value.known()?;
        Some(value.strip_prefix("NSPrivacyAccessedAPICategory").unwrap_or(value))
    }
}

impl PrivacyManifest {
    pub(super) fn unreadable(file: &str, why: &str, membership: Membership) -> Self {
        fn nothing<T>(file: &str, why: &str) -> Sited<T> {
            Sited::new(Fact::Unreadable(why.to_owned()), file, None)
        }
        Self {
            file: file.to_owned(),
            format: Fact::Unreadable(why.to_owned()),
            fault: None,
            membership,
            tracking: nothing(file, why),
            tracking_domains: nothing(file, why),
            collected: nothing(file, why),
            accessed: nothing(file, why),
            unknown_keys: Vec::new(),
        }
    }

    pub(super) fn read(reader: &Reader<'_>, list: &PropertyList, membership: Membership) -> Self {
        let root = &list.root;
        let unknown = root.entries().iter().filter(|entry| !KEYS.contains(&entry.key.as_str()));
        Self {
            file: reader.file.to_owned(),
            format: Fact::Known(list.format),
            fault: list.fault.clone(),
            membership,
            tracking: reader.boolean(root, "NSPrivacyTracking"),
            tracking_domains: reader.texts(root, "NSPrivacyTrackingDomains"),
            collected: each(reader, root, "NSPrivacyCollectedDataTypes", collected),
            accessed: each(reader, root, "NSPrivacyAccessedAPITypes", accessed),
            unknown_keys: unknown.map(|one| NamedKey { key: one.key.clone(), position: one.position }).collect(),
        }
    }
}

fn each<T>(
    reader: &Reader<'_>,
    root: &PlistValue,
    key: &str,
    read: fn(&Reader<'_>, &PlistValue) -> T,
) -> Sited<Vec<T>> {
    let Some(PlistEntry { position, value, .. }) = root.entry(key) else { return reader.missing() };
    let fact = match &value.node {
        PlistNode::Array(elements) => Fact::Known(elements.iter().map(|one| read(reader, one)).collect()),
        _ => Fact::Unknown(format!("{} stands where an array belongs", value.kind())),
    };
    reader.at(fact, *position)
}

fn collected(reader: &Reader<'_>, entry: &PlistValue) -> CollectedData {
    let key = |name: &str| format!("{DATA_TYPE}{name}");
    CollectedData {
        position: entry.position,
        data_type: listed(reader.text(entry, DATA_TYPE), |value| one_of(value, DATA_TYPE, DATA_TYPES)),
        linked: reader.boolean(entry, &key("Linked")),
        tracking: reader.boolean(entry, &key("Tracking")),
        purposes: all_listed(reader.texts(entry, &key("Purposes")), |value| one_of(value, PURPOSE, PURPOSES)),
    }
}

fn accessed(reader: &Reader<'_>, entry: &PlistValue) -> AccessedApi {
    let name = reader.text(entry, "NSPrivacyAccessedAPIType");
    let category = CATEGORIES.iter().find(|one| name.known().is_some_and(|name| name == one.name));
    let standing = |value: &str| match category {
        Some(category) if category.for_sdks_only.contains(&value) => Standing::ForSdksOnly,
        Some(category) if category.reasons.contains(&value) => Standing::Listed,
        _ if CATEGORIES.iter().any(|one| one.reasons.contains(&value)) => Standing::OfAnotherCategory,
        _ => Standing::NotListed,
    };
    AccessedApi {
        position: entry.position,
        reasons: all_listed(reader.texts(entry, "NSPrivacyAccessedAPITypeReasons"), standing),
        category: listed(name, |_| if category.is_some() { Standing::Listed } else { Standing::NotListed }),
    }
}

fn one_of(value: &str, start: &str, list: &[&str]) -> Standing {
    if value.strip_prefix(start).is_some_and(|rest| list.contains(&rest)) {
        Standing::Listed
    } else {
        Standing::NotListed
    }
}

fn listed(value: Sited<String>, standing: impl Fn(&str) -> Standing) -> Listed {
    let standing = value.known().map_or(Standing::Undecided, |value| standing(value));
    Listed { value, standing }
}

fn all_listed(values: Sited<Vec<Sited<String>>>, standing: impl Fn(&str) -> Standing) -> Sited<Vec<Listed>> {
    let Sited { fact, file, position } = values;
    let fact = match fact {
        Fact::Known(values) => Fact::Known(values.into_iter().map(|value| listed(value, &standing)).collect()),
        Fact::Unknown(why) => Fact::Unknown(why),
        Fact::Absent => Fact::Absent,
        Fact::Unreadable(why) => Fact::Unreadable(why),
    };
    Sited { fact, file, position }
}
