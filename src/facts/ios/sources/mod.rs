//! What Swift and Objective-C sources of the app show, by their text: only a few patterns, each with its function and the
//! condition under which it is compiled. Comments and texts are never taken for code.

mod conditions;
mod functions;
mod lexer;
mod patterns;

use std::path::Path;

use serde::Serialize;

use super::Unread;
use super::files::{self, MOST_SOURCE_BYTES, MOST_SOURCES};
use crate::inputs::decode;
use crate::model::{LineIndex, Position};

pub use conditions::Compiled;
pub use patterns::{ScriptOrigin, SourceFactKind};

/// Facts of one file; generated files may repeat themselves.
const MOST_FACTS: usize = 200;

/// Bytes of all sources together.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Something that a source shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceFact {
    /// What.
    pub kind: SourceFactKind,
    /// The file.
    pub file: String,
    /// Where.
    pub position: Position,
    /// The function that it stands in, when it stands in one.
    pub function: Option<String>,
    /// When it is compiled.
    pub compiled: Compiled,
    /// The targets that compile the file; empty when no project says so.
    pub targets: Vec<String>,
}

/// Reads the sources; files of tests are left out. Gives the facts and how many files were read.
pub(super) fn read(
    app: &Path,
    sources: &[String],
    targets: &dyn Fn(&str) -> Vec<String>,
    is_test: &dyn Fn(&str) -> bool,
    unread: &mut Vec<Unread>,
) -> (Vec<SourceFact>, usize) {
    let own: Vec<&String> = sources.iter().filter(|file| !in_test_folder(file) && !is_test(file)).collect();
    let (mut facts, mut read, mut total) = (Vec::new(), 0, 0_usize);
    if let Some(first) = own.get(MOST_SOURCES) {
        let why = format!("the sources from here on are not read: there are more than {MOST_SOURCES}");
        unread.push(Unread { file: (*first).clone(), why });
    }
    for file in own.into_iter().take(MOST_SOURCES) {
        match files::read(app, file, MOST_SOURCE_BYTES) {
            Ok(_) if total > MOST_BYTES => {
                let why = format!("the sources from here on are not read: they are more than {MOST_BYTES} bytes");
                unread.push(Unread { file: file.clone(), why });
                break;
            }
            Ok(bytes) => {
                total += bytes.len();
                let found = of_text(file, &decode(&bytes).text);
                read += 1;
                if !found.is_empty() {
                    let targets = targets(file);
                    facts.extend(found.into_iter().map(|fact| SourceFact { targets: targets.clone(), ..fact }));
                }
            }
            Err(why) => unread.push(Unread { file: file.clone(), why }),
        }
    }
    (facts, read)
}

fn in_test_folder(file: &str) -> bool {
    let mut folders = file.split('/').rev().skip(1);
    folders.any(|folder| folder.ends_with("Tests") || folder == "Test")
}

/// What one text shows.
pub(super) fn of_text(file: &str, text: &str) -> Vec<SourceFact> {
    let is_swift = file.ends_with(".swift");
    // Nearly every file has none of the words: these are looked for before anything is taken apart.
    if !patterns::may_have_any(text) {
        return Vec::new();
    }
    let lexed = lexer::lex(text, is_swift);
    let functions = functions::find(&lexed.code, is_swift);
    let conditions = conditions::read(&lexed.code);
    let lines = LineIndex::new(text);
    let mut facts = Vec::new();
    for (offset, kind) in patterns::find(text, &lexed, &functions) {
        let compiled = conditions.at(offset);
        if compiled == Compiled::Never || facts.len() >= MOST_FACTS {
            continue;
        }
        facts.push(SourceFact {
            kind,
            file: file.to_owned(),
            position: lines.position(offset),
            function: functions.around(offset).map(|function| function.name.clone()),
            compiled,
            targets: Vec::new(),
        });
    }
    facts
}
