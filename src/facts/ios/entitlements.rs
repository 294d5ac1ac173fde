//! Entitlements: what the app's signature claims (Apple: Entitlements, Bundle Resources).

use serde::Serialize;

use super::plist::{PlistFault, PlistFormat, PlistNode, PropertyList};
use super::sited::{Reader, Sited};
use super::transport_security::NamedKey;
use crate::model::Fact;

/// One `*.entitlements` file.
#[derive(Clone, Debug, Serialize)]
pub struct Entitlements {
    /// The file.
    pub file: String,
    /// Its spelling; `Unreadable` when nothing of it could be read.
    pub format: Fact<PlistFormat>,
    /// Where it breaks off.
    pub fault: Option<PlistFault>,
    /// The targets and configurations that are signed with it, as `App: Release`; empty when no project says so.
    pub used_by: Vec<String>,
    /// `get-task-allow`: whether a debugger may attach.
    pub get_task_allow: Sited<bool>,
    /// `keychain-access-groups`.
    pub keychain_groups: Sited<Vec<Sited<String>>>,
    /// `com.apple.developer.associated-domains`.
    pub associated_domains: Sited<Vec<Sited<String>>>,
    /// `com.apple.security.application-groups`.
    pub app_groups: Sited<Vec<Sited<String>>>,
    /// `aps-environment`: `development` or `production`.
    pub push_environment: Sited<String>,
    /// Every key, with booleans that are false left out: they claim nothing.
    pub claimed: Vec<NamedKey>,
}

impl Entitlements {
    pub(super) fn unreadable(file: &str, why: &str, used_by: Vec<String>) -> Self {
        fn nothing<T>(file: &str, why: &str) -> Sited<T> {
            Sited::new(Fact::Unreadable(why.to_owned()), file, None)
        }
        Self {
            file: file.to_owned(),
            format: Fact::Unreadable(why.to_owned()),
            fault: None,
            used_by,
            get_task_allow: nothing(file, why),
            keychain_groups: nothing(file, why),
            associated_domains: nothing(file, why),
            app_groups: nothing(file, why),
            push_environment: nothing(file, why),
            claimed: Vec::new(),
        }
    }

    pub(super) fn read(reader: &Reader<'_>, list: &PropertyList, used_by: Vec<String>) -> Self {
        let root = &list.root;
        // The Mac spelling is used by Catalyst targets.
        let task =
            if root.entry("get-task-allow").is_some() { "get-task-allow" } else { "com.apple.security.get-task-allow" };
        let claimed = root.entries().iter().filter(|entry| entry.value.node != PlistNode::Bool(false));
        Self {
            file: reader.file.to_owned(),
            format: Fact::Known(list.format),
            fault: list.fault.clone(),
            used_by,
            get_task_allow: reader.boolean(root, task),
            keychain_groups: reader.texts(root, "keychain-access-groups"),
            associated_domains: reader.texts(root, "com.apple.developer.associated-domains"),
            app_groups: reader.texts(root, "com.apple.security.application-groups"),
            push_environment: reader.text(root, "aps-environment"),
            claimed: claimed.map(|one| NamedKey { key: one.key.clone(), position: one.position }).collect(),
        }
    }
}
