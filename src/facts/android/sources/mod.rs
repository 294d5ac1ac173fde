//! Java and Kotlin of the app module, for the few calls that change what protects the app.

mod blank;
mod code;
mod detect;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::files::{Files, join};
use super::place::Place;
use crate::model::Fact;

/// Files that are read.
const MOST_FILES: usize = 2_000;
/// Folders within folders.
const MOST_LEVELS: usize = 40;
/// Sightings that are kept.
const MOST_SIGHTINGS: usize = 2_000;

/// What was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A `checkServerTrusted` that checks nothing: every certificate is trusted.
    TrustAll,
    /// A `HostnameVerifier` that takes every name.
    AnyHostname,
    /// An `onReceivedSslError` that goes on.
    SslErrorProceed,
    /// `setWebContentsDebuggingEnabled`.
    WebContentsDebugging,
    /// `addJavascriptInterface`.
    JavascriptInterface,
    /// A class loader for code from files or memory.
    ClassLoader,
    /// `System.load` of a path.
    NativeLoad,
}

/// What a call stands under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guard {
    /// Nothing.
    None,
    /// Only in builds for development: `if (BuildConfig.DEBUG)`, `FLAG_DEBUGGABLE`, or `BuildConfig.DEBUG` as the argument.
    DebugBuild,
    /// Another condition.
    Condition,
}

/// One place in a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceSighting {
    /// What.
    pub kind: SourceKind,
    /// Where the name that was looked for stands.
    pub at: Place,
    /// The source set.
    pub source_set: String,
    /// The name as written: `DexClassLoader`, `onReceivedSslError`.
    pub name: String,
    /// What it stands under.
    pub guard: Guard,
    /// The argument: `true` or `false` of a switch, the name of a JavaScript interface. `Unknown` when it is computed.
    pub argument: Fact<String>,
}

/// Reads the sources below `folder` (a source set, or an old project's own folder).
pub(super) fn read_sources(
    files: &Files<'_>,
    folders: &[(String, String)],
    sightings: &mut Vec<SourceSighting>,
) -> usize {
    let mut count = 0;
    for (set, folder) in folders {
        let mut waiting = vec![(folder.clone(), 0_usize)];
        while let Some((folder, level)) = waiting.pop() {
            for entry in files.list(&folder) {
                let path = join(&folder, &entry.name);
                let kotlin = path.ends_with(".kt");
                if entry.is_folder && level < MOST_LEVELS {
                    waiting.push((path, level + 1));
                } else if !entry.is_folder && (kotlin || path.ends_with(".java")) {
                    count += 1;
                    if count > MOST_FILES {
                        files.note(&folder, &format!("more than {MOST_FILES} source files"));
                        return count;
                    }
                    let Fact::Known(text) = files.text(&path) else { continue };
                    sightings.extend(detect::detect(&path, set, &text, kotlin));
                    sightings.truncate(MOST_SIGHTINGS);
                }
            }
        }
    }
    sightings.sort_by(|left, right| (&left.at, left.kind).cmp(&(&right.at, right.kind)));
    count
}
