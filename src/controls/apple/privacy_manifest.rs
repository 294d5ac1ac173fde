//! OTA-APPLE-009: whether the app's privacy manifest is there and says only what Apple knows.

use crate::controls::apple::{app_manifests, at, ios_or_na, root};
use crate::controls::configured::day;
use crate::controls::support::{count, shown};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::ios::privacy_table::READ;
use crate::facts::ios::{AccessedApi, CollectedData, Listed, Membership, PrivacyManifest, Sited, Standing};
use crate::model::{Fact, Location, Severity};

/// OTA-APPLE-009.
pub static CONTROL: Control = Control {
    id: "OTA-APPLE-009",
    slug: "privacy-manifest",
    title: "Privacy manifest exists and parses",
    requirement: "App target has PrivacyInfo.xcprivacy with the four top-level keys, valid types, valid data-type and purpose names, and valid reason codes.",
    rationale: "Apple refuses uploads whose manifest is missing or wrong, and then no repair of the native part gets through. What an update collects must be in the store build's manifest, for an update can't change it.",
    remediation: "Create the file and add it to the app's target; use reason codes such as CA92.1 for UserDefaults and C617.1 for file timestamps.",
    limits: "Values are held against Apple's lists of 2026-11-23; when these are older than 180 days, a value that is not in them is manual and no failure, since it may be new. Apple itself does not ask for all four keys: one that is not there counts as empty. The parameter `top_level_keys` asks for all four, as the guide does. Whether what is declared is true and complete only a person knows. Manifests of extensions and of libraries are not judged here.",
    severity: Severity::High,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE", "5.1.1(i)"),
        ("APPLE-PRIV", "PrivacyInfo.NSPrivacyAccessedAPITypes"),
        ("APPLE-PRIV", "PrivacyInfo.NSPrivacyCollectedDataTypes"),
        ("APPLE-PRIV", "PrivacyInfo.NSPrivacyTracking"),
        ("APPLE-PRIV", "PrivacyInfo.NSPrivacyTrackingDomains"),
        ("GDPR", "5(1)(a)"),
        ("GDPR", "5(2)"),
        ("MASVS", "MASVS-PRIVACY-3"),
        ("MASWE", "MASWE-0112"),
    ],
    parameters: &[Parameter {
        name: "top_level_keys",
        about: "Whether a top-level key that is not there counts as empty, as for Apple, or all four must be there.",
        kind: ParameterKind::Choice(&["as-apple", "all"]),
    }],
    attestations: &[],
    cases: include_str!("../../../tests/controls/apple/privacy-manifest.md"),
    assess,
};

/// Apple's lists are trusted for so long, in seconds.
const FRESH: i64 = 180 * 24 * 60 * 60;

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let ios = match ios_or_na(facts) {
        Ok((_, ios)) => ios,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    let judge = Judge {
        all_keys: parameters.choice("top_level_keys") == "all",
        fresh: day(READ).is_some_and(|read| facts.as_of <= read.saturating_add(FRESH)),
    };
    let mut number = 0;
    for manifest in app_manifests(ios) {
        number += 1;
        judge.manifest(&mut outcome, manifest);
    }
    if number == 0 {
        let cut = ios.unread.iter().find(|unread| unread.why.contains("are not examined"));
        outcome.findings.push(match cut {
            Some(unread) => {
                let message =
                    format!("no privacy manifest was seen, and not all was looked at: {}", shown(&unread.why));
                Draft::indeterminate("not-examined", root(ios), message)
            }
            None => {
                let message = "the iOS project has no PrivacyInfo.xcprivacy for the app";
                Draft::fail("no-manifest", root(ios), message)
            }
        });
    }
    outcome
}

struct Judge {
    all_keys: bool,
    fresh: bool,
}

impl Judge {
    fn manifest(&self, outcome: &mut Outcome, manifest: &PrivacyManifest) {
        let file = &manifest.file;
        let whole = at(file, None);
        if let Fact::Unreadable(why) = &manifest.format {
            let message = format!("`{}` could not be read: {}", shown(file), shown(why));
            // What can't be opened is not broken.
            let unopened = why.starts_with("larger than") || why.starts_with("not a plain file");
            outcome.findings.push(if unopened {
                Draft::indeterminate("manifest-unread", whole, message)
            } else {
                Draft::fail("not-a-property-list", whole, message)
            });
            return;
        }
        if let Some(fault) = &manifest.fault {
            let message = format!("`{}` breaks off, so Xcode can't build with it: {}", shown(file), shown(&fault.why));
            outcome.findings.push(Draft::fail("not-a-property-list", at(file, fault.position), message));
            return;
        }
        let before = outcome.findings.len();
        Self::membership(outcome, manifest);
        self.keys(outcome, manifest);
        for data in manifest.collected.known().into_iter().flatten() {
            self.collected(outcome, data, file);
        }
        for api in manifest.accessed.known().into_iter().flatten() {
            self.accessed(outcome, api, file);
        }
        if outcome.findings.len() == before {
            let data = manifest.collected.known().map_or(0, Vec::len);
            let apis = manifest.accessed.known().map_or(0, Vec::len);
            let message = format!(
                "the manifest is in the app, and all its values are in Apple's lists: {}, {}",
                count(data, "kind of data", "kinds of data"),
                count(apis, "category of API", "categories of API")
            );
            outcome.saw(message, Some(whole));
        }
    }

    fn membership(outcome: &mut Outcome, manifest: &PrivacyManifest) {
        let whole = at(&manifest.file, None);
        let file = shown(&manifest.file);
        match &manifest.membership {
            Membership::In(targets) => {
                outcome.saw(format!("`{file}` is in the target {}", shown(&targets.join(", "))), Some(whole));
            }
            Membership::InNone => {
                let message = format!("`{file}` is in no target of the Xcode project, so it is not in the app");
                outcome.findings.push(Draft::manual("not-in-target", whole, message));
            }
            Membership::Unknown(why) => {
                let message = format!("whether `{file}` is in the app's target is not known: {}", shown(why));
                outcome.findings.push(Draft::manual("target-unknown", whole, message));
            }
        }
    }

    fn keys(&self, outcome: &mut Outcome, manifest: &PrivacyManifest) {
        self.key(outcome, "NSPrivacyTracking", &manifest.tracking);
        self.key(outcome, "NSPrivacyTrackingDomains", &manifest.tracking_domains);
        self.key(outcome, "NSPrivacyCollectedDataTypes", &manifest.collected);
        self.key(outcome, "NSPrivacyAccessedAPITypes", &manifest.accessed);
        for unknown in &manifest.unknown_keys {
            let message =
                format!("the key `{}` is none that Apple documents for privacy manifests", shown(&unknown.key));
            let draft = Draft::manual("unknown-key", at(&manifest.file, unknown.position), message);
            outcome.findings.push(draft.severity(Severity::Medium).key(shown(&unknown.key)));
        }
    }

    fn key<T>(&self, outcome: &mut Outcome, name: &str, value: &Sited<T>) {
        let place = at(&value.file, value.position);
        let draft = match &value.fact {
            Fact::Known(_) => return,
            Fact::Absent if self.all_keys => {
                Draft::fail("key-missing", place, format!("the manifest has no key `{name}`"))
            }
            Fact::Absent => {
                outcome.saw(format!("the manifest has no key `{name}`, which counts as empty"), Some(place));
                return;
            }
            // A privacy manifest has no variables: what is not known is of a wrong type.
            Fact::Unknown(why) => {
                Draft::fail("wrong-type", place, format!("`{name}` is of a wrong type: {}", shown(why)))
            }
            Fact::Unreadable(why) => {
                Draft::indeterminate("key-unreadable", place, format!("`{name}` could not be read: {}", shown(why)))
            }
        };
        outcome.findings.push(draft.key(name));
    }

    fn collected(&self, outcome: &mut Outcome, data: &CollectedData, file: &str) {
        self.listed(outcome, &data.data_type, "kind of data", at(file, data.position));
        let place = at(file, data.position);
        for (name, value) in [("Linked", &data.linked), ("Tracking", &data.tracking)] {
            if value.known().is_none() {
                let message =
                    format!("an entry of the collected data has no boolean `NSPrivacyCollectedDataType{name}`");
                outcome
                    .findings
                    .push(Draft::fail("entry-incomplete", place.clone(), message).key(format!("{place:?}{name}")));
            }
        }
        self.list(outcome, &data.purposes, "purpose", place);
    }

    fn accessed(&self, outcome: &mut Outcome, api: &AccessedApi, file: &str) {
        self.listed(outcome, &api.category, "category of API", at(file, api.position));
        self.list(outcome, &api.reasons, "reason", at(file, api.position));
    }

    fn list(&self, outcome: &mut Outcome, values: &Sited<Vec<Listed>>, what: &str, entry: Location) {
        match values.known() {
            Some(list) if !list.is_empty() => {
                for value in list {
                    let place = at(&value.value.file, value.value.position);
                    self.listed(
                        outcome,
                        value,
                        what,
                        if value.value.position.is_some() { place } else { entry.clone() },
                    );
                }
            }
            _ => {
                let message = format!("an entry of the manifest states no {what}");
                outcome.findings.push(Draft::fail("entry-incomplete", entry, message).key(what));
            }
        }
    }

    fn listed(&self, outcome: &mut Outcome, value: &Listed, what: &str, entry: Location) {
        let text = value.value.known().map_or("", String::as_str);
        let place = if value.value.position.is_some() { at(&value.value.file, value.value.position) } else { entry };
        let draft = match value.standing {
            Standing::Listed => return,
            Standing::ForSdksOnly => {
                let message = format!("the {what} `{}` is for third-party SDKs, not for apps", shown(text));
                Draft::manual("for-sdks-only", place, message).severity(Severity::Medium)
            }
            Standing::OfAnotherCategory => Draft::fail(
                "wrong-category",
                place,
                format!("the {what} `{}` belongs to another category of API", shown(text)),
            ),
            Standing::NotListed if self.fresh => {
                Draft::fail("not-listed", place, format!("the {what} `{}` is in none of Apple's lists", shown(text)))
            }
            Standing::NotListed => {
                let message = format!(
                    "the {what} `{}` is in none of Apple's lists of {READ}, which are old: it may be newer",
                    shown(text)
                );
                Draft::manual("not-listed", place, message).severity(Severity::Medium)
            }
            Standing::Undecided => Draft::fail(
                "entry-incomplete",
                place,
                format!("an entry of the manifest states no {what} that is a text"),
            ),
        };
        outcome.findings.push(draft.key(format!("{what} {}", shown(text))));
    }
}
