//! A draft of release notes and of "Notes for Review": what files show to be new, and what a person must still say.
//!
//! It claims nothing: each line says what was seen, and blanks are for what no file shows.

use super::markdown::{capital, code};
use super::{ComparisonReport, summary};
use crate::facts::comparison::{Comparison, SetChange, SetKind};

/// Names of one list.
const MOST_ITEMS: usize = 30;

/// What users should hear of when it changes, each with the question that a person answers.
const FOR_USERS: [(SetKind, &str); 5] = [
    (SetKind::PersonalData, "what the app uses it for, whether it leaves the device, and who receives it"),
    (SetKind::Trackers, "who receives what, and how users are asked"),
    (SetKind::Payments, "what is sold, and by which way to pay"),
    (SetKind::Locales, "which languages are new"),
    (SetKind::Pages, "what can be done there"),
];

/// What App Review and Google Play ask about.
const FOR_REVIEW: [(SetKind, &str); 11] = [
    (SetKind::Plugins, "which feature uses it, and in which reviewed version of the app the plugin is"),
    (SetKind::PluginCalls, "which feature calls it"),
    (SetKind::Permissions, "whether the reviewed binary has this text or permission, and which feature asks"),
    (SetKind::DynamicCode, "why code comes into being there, and that it changes no feature"),
    (SetKind::CodeHosts, "why code is loaded from there"),
    (SetKind::RemoteConfig, "which features are switched, and how App Review can see each of them"),
    (SetKind::Flags, "what it switches, and how App Review can see it"),
    (SetKind::Routes, "how App Review reaches it"),
    (SetKind::Contacts, "what is sent there"),
    (SetKind::WebAssembly, "what it computes"),
    (SetKind::ServiceWorkers, "what it answers"),
];

/// The draft as Markdown.
#[must_use]
pub fn comparison_disclosure(report: &ComparisonReport<'_>) -> String {
    let comparison = report.comparison;
    let mut out = format!(
        "# Draft: what this update discloses\n\nFrom {} to {}. {}\n\n\
         > This draft was made from files. It says what is new in them and nothing about why. A person completes each\n\
         > `…`, strikes out what users can't notice, and answers for the text. Nothing here is a statement of conformity.\n",
        code(&report.before),
        code(&report.after),
        summary(comparison)
    );
    out.push_str("\n## Release notes\n\n");
    out.push_str("- What users can do now that they could not do before: …\n- What was mended: …\n");
    section(&mut out, comparison, &FOR_USERS, "Say");
    out.push_str("\n## Notes for Review\n\n");
    out.push_str("- The class of the change (fix, content, design, feature): …\n");
    out.push_str("- That the primary purpose is the one that was reviewed, and why: …\n");
    let any = section(&mut out, comparison, &FOR_REVIEW, "Say");
    if !any {
        out.push_str("- Nothing of what reviewers ask about is new or gone in the files.\n");
    }
    if !comparison.code.unread.is_empty() {
        out.push_str("\n## What could not be compared\n\n");
        for (path, why) in comparison.code.unread.iter().take(MOST_ITEMS) {
            out.push_str(&format!("- {}: {}\n", code(path), code(why)));
        }
    }
    out.push_str("\n## Who answers for it\n\n- Name and date: …\n- Content digest of the update: ");
    out.push_str(&code(&comparison.after.hex()));
    out.push('\n');
    out
}

fn section(out: &mut String, comparison: &Comparison, kinds: &[(SetKind, &str)], word: &str) -> bool {
    let mut any = false;
    for (kind, question) in kinds {
        let Some(set) = comparison.set(*kind).filter(|set| !set.added.is_empty() || !set.removed.is_empty()) else {
            continue;
        };
        any = true;
        out.push_str(&format!("- {}\n", capital(kind.title())));
        items(out, set);
        if !set.added.is_empty() {
            out.push_str(&format!("  - {word} {question}: …\n"));
        }
    }
    any
}

fn items(out: &mut String, set: &SetChange) {
    for (items, word) in [(&set.added, "new"), (&set.removed, "gone")] {
        for item in items.iter().take(MOST_ITEMS) {
            let line = item.location.line.map(|line| format!(":{line}")).unwrap_or_default();
            let place = code(&format!("{}{line}", item.location.path));
            out.push_str(&format!("  - {word}: {} (seen in {place})\n", code(&item.name)));
        }
        if items.len() > MOST_ITEMS {
            out.push_str(&format!("  - and {} more\n", items.len() - MOST_ITEMS));
        }
    }
}
