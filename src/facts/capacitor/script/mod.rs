//! A configuration in TypeScript or JavaScript, read without being run: its values are followed as far as they are
//! made of literals, and what depends on anything else says on what.

mod arrays;
mod calls;
mod calls_known;
mod changes;
mod expressions;
mod functions;
mod interpreter;
mod load;
mod modules;
mod objects;
mod operators;
mod patterns;
mod statements;
mod switch;

use std::path::Path;

use super::flatten::flatten;
use super::settings::Settings;
use super::value::{Node, Value};
use crate::model::{Fact, Position};

/// Stack of the thread that reads a configuration: its shape is bounded before (see [`load`]), and a level of
/// nesting takes the parser some 10 kB in debug builds.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// What was read of one script.
pub(super) struct Reading {
    pub settings: Fact<Settings>,
    /// Where it could not be read.
    pub failure: Option<(Position, String)>,
    /// Where a function is exported instead of an object, which the CLI does not call.
    pub exports_function: Option<Position>,
    /// The other files that were read, relative to the app's folder.
    pub imports: Vec<String>,
}

/// Reads the script at `path` with the files of `folder` that it imports.
pub(super) fn read(folder: &Path, path: &str, text: String) -> Reading {
    let (folder, path) = (folder.to_path_buf(), path.to_owned());
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || read_here(&folder, &path, text));
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(reading)) => reading,
        _ => Reading {
            settings: Fact::Unreadable("no thread could be had to read it".to_owned()),
            failure: None,
            exports_function: None,
            imports: Vec::new(),
        },
    }
}

fn read_here(folder: &Path, path: &str, text: String) -> Reading {
    let modules = load::load(folder, path, text);
    let mut reading = Reading {
        settings: Fact::Absent,
        failure: None,
        exports_function: None,
        imports: modules.iter().skip(1).map(|module| module.path.clone()).collect(),
    };
    if let Some(load::Module { tree: Err((position, why)), .. }) = modules.first() {
        reading.settings = Fact::Unreadable(format!("line {}, column {}: {why}", position.line, position.column));
        reading.failure = Some((*position, why.clone()));
        return reading;
    }
    let mut interpreter = interpreter::Interpreter::new(folder, &modules);
    let mut root = interpreter.configuration();
    if let Value::Function(function) = root.value {
        reading.exports_function = Some(root.place.position);
        root = interpreter.call_function(function, &[], root.place);
    }
    reading.imports.extend(interpreter.json_files().iter().cloned());
    reading.settings = match root.value {
        Value::Object(_) | Value::Either(_) => Fact::Known(flatten(&interpreter.heap, &root, &interpreter.files)),
        Value::Unknown(ref unknown) => Fact::Unknown(unknown.why.to_string()),
        _ => Fact::Unknown(not_an_object(&root)),
    };
    reading
}

fn not_an_object(root: &Node) -> String {
    let Position { line, column } = root.place.position;
    match root.value {
        Value::Undefined => "it exports nothing as default, and nothing with `module.exports`".to_owned(),
        Value::Package(ref name) => format!("it comes from the package `{name}`, which isn't read"),
        _ => format!("what it exports on line {line}, column {column} is no object"),
    }
}
