//! Whether the bundle fits the binary that the store reviewed: its plugins, its major of Capacitor, its configuration.

use crate::controls::plugins_fit::uses;
use crate::controls::support::{count, shown};
use crate::controls::{Draft, Outcome};
use crate::facts::binary::ReviewedBinary;
use crate::facts::capacitor::{Disagreement, DisagreementKind, disagreements};
use crate::facts::comparison::{Comparison, SetItem, SetKind};
use crate::facts::plugins::{MissingPlugin, MissingStanding, missing};
use crate::facts::{Facts, UPDATE_SYSTEMS};
use crate::model::{Confidence, Location, Root, Severity};

/// A plugin that `@capacitor/core` registers by itself, and the first major that does (`core/src/core-plugins.ts`).
const CORE_PLUGIN: (&str, u32) = ("SystemBars", 8);
/// Methods told of one plugin.
const MOST: usize = 5;

/// Compares with the bundle inside the binary, and with what lies beside that.
pub(super) fn compare(outcome: &mut Outcome, facts: &Facts) {
    let Some(comparison) = &facts.reviewed else { return };
    plugins(outcome, facts, comparison);
    core(outcome, comparison);
    methods(outcome, comparison);
    if let Some(binary) = facts.binary.as_ref().filter(|binary| !binary.within_app) {
        config(outcome, facts, binary);
    }
}

/// Plugins that the bundle inside the binary did not ask for.
fn plugins(outcome: &mut Outcome, facts: &Facts, comparison: &Comparison) {
    let mut new = comparison.added(SetKind::Plugins).filter(|item| item.name != CORE_PLUGIN.0).peekable();
    if new.peek().is_none() {
        outcome.saw("the bundle asks for no plugin that the bundle inside the binary did not ask for", None);
    }
    for item in new {
        let name = shown(&item.name);
        let message = format!("the bundle asks for the plugin `{name}`, which the bundle inside the binary did not");
        match in_binary(facts, item) {
            InBinary::There => {
                outcome.saw(format!("{message}; the binary has it"), Some(item.location.clone()));
            }
            InBinary::Lacking(lacking) if lacking.guarded => {
                let message = format!("{message}; it asks first, so that the binary may lack it");
                outcome.saw(message, Some(item.location.clone()));
            }
            InBinary::Lacking(lacking) => {
                outcome.findings.push(lacking_draft(item.location.clone(), &message, &lacking));
            }
            // The project's own list decided.
            InBinary::NoList if facts.app.is_some() => outcome.saw(message, Some(item.location.clone())),
            InBinary::NoList => {
                let message = format!("{message}; look at whether the binary has it");
                outcome.findings.push(Draft::manual("plugin-not-reviewed", item.location.clone(), message).key(name));
            }
        }
    }
}

/// What the binary's own list says of a plugin.
enum InBinary {
    /// There is no list.
    NoList,
    /// It has the plugin.
    There,
    /// It has not.
    Lacking(MissingPlugin),
}

fn in_binary(facts: &Facts, item: &SetItem) -> InBinary {
    let (Some(binary), Some(bundle)) = (&facts.binary, &facts.bundle) else { return InBinary::NoList };
    let Some(platform) = binary.platform.filter(|platform| binary.plugins.listed.contains(platform)) else {
        return InBinary::NoList;
    };
    let mut lacking = missing(&uses(bundle), &binary.plugins, platform).into_iter();
    lacking.find(|one| one.name == item.name).map_or(InBinary::There, InBinary::Lacking)
}

fn lacking_draft(place: Location, message: &str, lacking: &MissingPlugin) -> Draft {
    let draft = match &lacking.standing {
        MissingStanding::Unreadable { path } => {
            let message = format!("{message}; the binary's `{}` could not be read", shown(path));
            Draft::indeterminate("plugins-unread", place, message)
        }
        MissingStanding::MayBe { packages } => {
            let first = packages.first().map(|package| shown(package)).unwrap_or_default();
            let message = format!("{message}; in the binary's list it may be `{first}`");
            Draft::manual("plugin-not-reviewed", place, message).severity(Severity::Medium)
        }
        _ if lacking.has_web => {
            let message = format!(
                "{message}, and the binary's list does not have it either: an implementation for browsers is no help in the app; look at whether the app calls it"
            );
            Draft::manual("plugin-for-browsers", place, message).severity(Severity::Medium)
        }
        _ => {
            let message =
                format!("{message}, and the binary's list does not have it either: calls of it fail on devices");
            // A plugin of the app's own code stands in no list.
            Draft::fail("plugin-not-in-binary", place, message).confidence(Confidence::Likely)
        }
    };
    draft.key(shown(&lacking.name))
}

/// A plugin that the script of Capacitor registers by itself shows its major.
fn core(outcome: &mut Outcome, comparison: &Comparison) {
    let (name, major) = CORE_PLUGIN;
    let Some(set) = comparison.set(SetKind::Plugins) else { return };
    let found = |items: &[SetItem]| items.iter().find(|item| item.name == name).cloned();
    let (message, item) = match (found(&set.added), found(&set.removed)) {
        (Some(item), _) => (
            format!(
                "the bundle brings @capacitor/core {major} or later (it registers `{name}`), and the bundle inside the binary an earlier major: script and native runtime do not fit"
            ),
            item,
        ),
        (None, Some(item)) => (
            format!(
                "the bundle inside the binary has @capacitor/core {major} or later (it registers `{name}`), and this one has not: script and native runtime may not fit"
            ),
            item,
        ),
        (None, None) => return,
    };
    let draft = Draft::fail("core-major-differs", item.location, message).confidence(Confidence::Likely);
    outcome.findings.push(draft.key("@capacitor/core"));
}

/// Methods that the bundle inside the binary did not call: the built-in version of a plugin may not have them.
fn methods(outcome: &mut Outcome, comparison: &Comparison) {
    let new_plugin = |plugin: &str| comparison.added(SetKind::Plugins).any(|item| item.name == plugin);
    let mut last: Option<&str> = None;
    let split = |item: &'_ SetItem| item.name.split_once('.').map(|(plugin, _)| plugin.to_owned());
    let all: Vec<(String, &SetItem)> =
        comparison.added(SetKind::PluginCalls).filter_map(|item| Some((split(item)?, item))).collect();
    for (plugin, first) in &all {
        if last == Some(plugin) || new_plugin(plugin) {
            continue;
        }
        last = Some(plugin);
        let own: Vec<&SetItem> = all.iter().filter(|(other, _)| other == plugin).map(|(_, item)| *item).collect();
        let names: Vec<String> = own.iter().take(MOST).map(|item| format!("`{}`", shown(&item.name))).collect();
        let more = own.len().saturating_sub(MOST);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = format!(
            "the bundle calls {}{more}, which the bundle inside the binary did not; look at whether the plugin's version in the binary has it",
            names.join(", ")
        );
        let draft = Draft::manual("method-not-reviewed", first.location.clone(), message);
        outcome.findings.push(draft.severity(Severity::Low).key(shown(plugin)));
    }
}

/// An update can't change the configuration of the binary: what the app's says otherwise does not hold on devices.
fn config(outcome: &mut Outcome, facts: &Facts, binary: &ReviewedBinary) {
    let own = facts.app.as_ref().and_then(|app| app.settings.shipping());
    let Some((own, settings)) = own.and_then(|own| Some((own, own.settings.known()?))) else { return };
    let Some(built_in) = binary.config.settings.known() else {
        let message = "the configuration inside the binary could not be read";
        outcome.findings.push(Draft::indeterminate(
            "binary-config-unread",
            Location::file(Root::App, &own.path),
            message,
        ));
        return;
    };
    let all = disagreements(settings, built_in);
    if all.is_empty() {
        outcome.saw("the configuration inside the binary is that of the app", None);
        return;
    }
    let mut others = Vec::new();
    for one in &all {
        let name = shown(&one.path.join("."));
        let place = one.source.as_ref().map_or_else(
            || Location::file(Root::App, &own.path),
            |(file, position)| Location::at(Root::App, file, *position),
        );
        let how = match one.kind {
            DisagreementKind::MissingInCopy => format!("lacks `{name}`, which the app's has"),
            DisagreementKind::OnlyInCopy => format!("has `{name}`, which the app's has not"),
            DisagreementKind::Differs => format!("has another `{name}` than the app's"),
        };
        let message = format!("the configuration inside the binary {how}; an update can't change it");
        let draft = match weight(one) {
            Weight::Breaks => Draft::fail("config-not-in-binary", place, message),
            Weight::Matters => Draft::manual("config-not-in-binary", place, message).severity(Severity::Medium),
            Weight::Other => {
                others.push(name);
                continue;
            }
        };
        outcome.findings.push(draft.key(name));
    }
    if let Some(first) = others.first() {
        let message = format!(
            "the configuration inside the binary differs from the app's in {}, the first is `{first}`; an update can't change it",
            count(others.len(), "more setting", "more settings")
        );
        let draft = Draft::manual("config-not-in-binary", Location::file(Root::App, &own.path), message);
        outcome.findings.push(draft.severity(Severity::Low));
    }
}

enum Weight {
    /// Devices refuse the update, or it is for another app.
    Breaks,
    /// The page, its origin, or the update system behave otherwise.
    Matters,
    /// Anything else.
    Other,
}

fn weight(one: &Disagreement) -> Weight {
    let part = |at: usize| one.path.get(at).map_or("", String::as_str);
    let of_updater = part(0) == "plugins" && UPDATE_SYSTEMS.iter().any(|system| system.plugin == part(1));
    match (part(0), part(2)) {
        ("appId", _) => Weight::Breaks,
        (_, "publicKey" | "manifestKeys" | "key") if of_updater => Weight::Breaks,
        ("server", _) => Weight::Matters,
        _ if of_updater => Weight::Matters,
        _ => Weight::Other,
    }
}
