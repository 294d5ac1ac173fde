//! YAML that a team writes for this tool: strict, and with faults that a user can act on.

use std::ops::Range;

use super::yaml::{YamlLimits, YamlNode as Node, offset, parse as parse_yaml};
use crate::model::{Label, Problem};

/// The longest text that is read.
const MAX_BYTES: usize = 1024 * 1024;
/// How deep maps and lists may be nested.
const MAX_DEPTH: usize = 32;
const LIMITS: YamlLimits = YamlLimits { bytes: MAX_BYTES, depth: MAX_DEPTH, aliases: false };

/// Reads one YAML document. Anchors and aliases, merge keys, a second document and nesting beyond 32 levels are refused;
/// keys that are written twice are kept, so that they can be reported together with all other faults.
///
/// # Errors
/// The fault at which reading stopped, with its place.
pub fn parse(name: &str, text: &str) -> Result<Node, Problem> {
    if text.len() > MAX_BYTES {
        return Err(Problem::new(format!("`{name}` has {} bytes, more than {MAX_BYTES}", text.len()))
            .help("split it, or leave out what no control needs"));
    }
    parse_yaml(text, &LIMITS).map_err(|error| problem(name, text, &error))
}

fn problem(name: &str, text: &str, error: &serde_yaml::Error) -> Problem {
    let location = error.location();
    let start = location.and_then(|location| offset(text, location.line(), location.column())).unwrap_or(0);
    let (message, help) = words(error);
    let label = Label {
        source_name: name.to_owned(),
        source: text.to_owned(),
        range: character_at(text, start),
        text: "here the text could not be read on".to_owned(),
    };
    Problem::new(format!("`{name}` is not readable as YAML: {message}")).at(label).help(help)
}

/// What an error says, without the place (the label has it), and what to do about it.
fn words(error: &serde_yaml::Error) -> (String, String) {
    let message = error.without_snippet().to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(said, _)| said);
    if message.contains("Anchors") || message.contains("Aliases") {
        let help = "write the value out where it is needed".to_owned();
        return ("anchors (`&`) and aliases (`*`) are not allowed".to_owned(), help);
    }
    if message.contains("Depth") || message.contains("recursion") {
        return (format!("more than {MAX_DEPTH} levels"), "six levels are enough".to_owned());
    }
    let help = "check the indentation, the quotes and the colons of this line and of the one before it";
    (message.to_owned(), help.to_owned())
}

/// The range of the character at `start`; empty at the end of the text.
fn character_at(text: &str, start: usize) -> Range<usize> {
    let start = start.min(text.len());
    let length = text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    start..start + length
}
