//! The report as JSON, and the one JSON writer of this floor: indented, a newline at the end, every character inert.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::Style;
use crate::model::{Report, escape};

/// Writes the report as the model has it.
pub(super) fn write(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    write_pretty(report, out)
}

/// Writes `value`; characters that could steer a terminal or a reader's eye become JSON's own `\u` escapes,
/// so that nothing is lost and a reader of the raw text is safe.
///
/// # Errors
/// Those of `out`.
pub fn write_pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    for line in text.lines() {
        out.write_all(inert(line).as_bytes())?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// One line of JSON with its treacherous characters escaped. They are never ASCII syntax, so they stand inside strings.
fn inert(line: &str) -> String {
    if line.is_ascii() && !line.contains('\u{7f}') {
        return line.to_owned();
    }
    let mut out = String::with_capacity(line.len());
    for character in line.chars() {
        let mut buffer = [0; 4];
        let text: &str = character.encode_utf8(&mut buffer);
        if character.is_ascii_graphic() || character == ' ' || escape(text) == text {
            out.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn treacherous_characters_are_escaped_and_come_back() {
        let hostile = "a\u{1b}[31m\u{7f}\u{9b}\u{202e}\u{e0041}\u{2028}\n\"\\ 漢字 👩‍👩‍👧";
        let mut out = Vec::new();
        write_pretty(&hostile, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(escape(text.trim_end()), text.trim_end());
        assert!(text.contains("\\u202e") && text.contains("\\udb40\\udc41") && text.contains("漢字"), "{text}");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), hostile);
    }
}
