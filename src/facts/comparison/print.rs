//! A piece of minified code as people read it: one statement for each line, indented by its brackets. Only for the eye.

use super::tokens::{Kind, Token, Tokens};

/// A line is broken after a comma from this length on.
const WIDE: usize = 90;
/// Lines of one piece.
const MOST_LINES: usize = 60;
/// Deeper code is indented no further.
const MOST_DEPTH: usize = 16;

/// `text` spread over lines. From where on it can't be read it stays as it is.
#[must_use]
pub fn spread(text: &str) -> String {
    let mut lines: Vec<String> = vec![String::new()];
    let mut tokens = Tokens::new(text, None);
    let mut depth = 0_usize;
    let mut open: Vec<bool> = Vec::new();
    let mut done = 0;
    while let Ok(Some(token)) = tokens.next() {
        if lines.len() > MOST_LINES {
            lines.push("…".to_owned());
            return lines.join("\n");
        }
        let written = text.get(done..token.range.end).unwrap_or_default();
        done = token.range.end;
        // What a template holds stays within its line.
        let block = token.kind == Kind::Mark(b'{');
        if token.opens {
            open.push(block);
        }
        let ends = matches!(token.kind, Kind::Mark(b')' | b']' | b'}'));
        if ends && open.pop() == Some(true) {
            depth = depth.saturating_sub(1);
            if lines.last().is_some_and(|line| !line.trim().is_empty()) {
                lines.push(indent(depth));
            } else if let Some(line) = lines.last_mut() {
                *line = indent(depth);
            }
        }
        let Some(line) = lines.last_mut() else { break };
        if line.trim().is_empty() {
            *line = indent(depth);
            line.push_str(written.trim_start());
        } else {
            line.push_str(&written.replace('\n', " "));
        }
        depth += usize::from(block);
        if ends_line(&token, line) {
            lines.push(indent(depth));
        }
    }
    if let Some(line) = lines.last_mut() {
        line.push_str(text.get(done..).unwrap_or_default());
    }
    lines.retain(|line| !line.trim().is_empty());
    lines.join("\n")
}

fn ends_line(token: &Token, line: &str) -> bool {
    match token.kind {
        Kind::Mark(b'{' | b';') => true,
        Kind::Mark(b',') => line.chars().count() > WIDE,
        _ => false,
    }
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth.min(MOST_DEPTH))
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn each_statement_has_its_line() {
        let code = "function a(b){var c=`x${d}`;if(c){e(\"{;}\")}return c}";
        let lines = "function a(b){\n  var c=`x${d}`;\n  if(c){\n    e(\"{;}\")\n  }return c\n}";
        assert_eq!(spread(code), lines);
        assert_eq!(spread("a b ' c"), "a b ' c");
    }
}
