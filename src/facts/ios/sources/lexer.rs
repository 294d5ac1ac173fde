//! Swift and Objective-C with comments and texts blanked out, every byte at its place.

/// A text taken apart.
pub(super) struct Lexed {
    /// The code: comments and the insides of texts are spaces, lines and offsets are as before.
    pub(super) code: String,
    /// The insides of texts, as ranges of bytes.
    pub(super) texts: Vec<(usize, usize)>,
}

/// Takes a source apart. Swift has nested comments, raw texts (`#"…"#`), texts of several lines and code within texts;
/// that code stays blanked.
pub(super) fn lex(text: &str, is_swift: bool) -> Lexed {
    let bytes = text.as_bytes();
    let mut code: Vec<u8> = bytes.to_vec();
    let mut texts = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        let (end, inside) = if rest.starts_with(b"//") {
            (at + memchr::memchr(b'\n', rest).unwrap_or(rest.len()), None)
        } else if rest.starts_with(b"/*") {
            (at + comment(rest, is_swift), None)
        } else if *byte == b'"' || (is_swift && *byte == b'#' && hashes(rest).is_some()) {
            let hashes = if *byte == b'#' { hashes(rest).unwrap_or(0) } else { 0 };
            let (open, length) = quoted(rest, hashes, is_swift);
            (at + length, Some((at + open, at + length.saturating_sub(open))))
        } else if *byte == b'\'' && !is_swift {
            (at + character(rest), None)
        } else {
            at += 1;
            continue;
        };
        let end = end.clamp(at + 1, bytes.len());
        if let Some((from, to)) = inside {
            texts.push((from.min(end), to.clamp(from.min(end), end)));
        }
        let (from, to) = inside.unwrap_or((at, end));
        for blank in code.get_mut(from.min(end)..to.min(end)).unwrap_or_default() {
            if !matches!(*blank, b'\n' | b'\r') {
                *blank = b' ';
            }
        }
        at = end;
    }
    Lexed { code: String::from_utf8(code).unwrap_or_default(), texts }
}

/// The length of a comment.
fn comment(rest: &[u8], nests: bool) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        match rest.get(at..at + 2) {
            Some(b"/*") if depth == 0 || nests => {
                depth += 1;
                at += 2;
            }
            Some(b"*/") => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

/// The `#` before a raw text.
fn hashes(rest: &[u8]) -> Option<usize> {
    let count = rest.iter().take_while(|byte| **byte == b'#').count();
    (rest.get(count) == Some(&b'"')).then_some(count)
}

/// The length of a text's opening and of the whole. A text of one line ends with its line at the latest.
fn quoted(rest: &[u8], hashes: usize, is_swift: bool) -> (usize, usize) {
    let is_long = is_swift && rest.get(hashes..hashes + 3) == Some(b"\"\"\"");
    let quotes = if is_long { 3 } else { 1 };
    let open = hashes + quotes;
    let mut at = open;
    // Parentheses open within `\( … )`, which may hold texts of its own.
    let mut nested = 0_usize;
    let mut within_nested_text = false;
    while let Some(byte) = rest.get(at) {
        let escape = *byte == b'\\'
            && (hashes == 0 || rest.get(at + 1..).unwrap_or_default().starts_with(&b"#".repeat(hashes.min(64))));
        if !is_long && *byte == b'\n' {
            return (open, at);
        } else if nested > 0 {
            match byte {
                b'\\' if within_nested_text => at += 1,
                b'"' => within_nested_text = !within_nested_text,
                b'(' if !within_nested_text => nested += 1,
                b')' if !within_nested_text => nested -= 1,
                _ => {}
            }
            at += 1;
        } else if escape {
            if is_swift && rest.get(at + 1 + hashes) == Some(&b'(') {
                nested = 1;
            }
            at += 2 + hashes;
        } else if *byte == b'"' && closes(rest.get(at..).unwrap_or_default(), quotes, hashes) {
            return (open, at + open);
        } else {
            at += 1;
        }
    }
    (open, rest.len())
}

fn closes(rest: &[u8], quotes: usize, hashes: usize) -> bool {
    let marks = |from: usize, count: usize, mark: u8| {
        rest.get(from..from + count).is_some_and(|part| part.iter().all(|byte| *byte == mark))
    };
    marks(0, quotes, b'"') && marks(quotes, hashes, b'#')
}

/// The length of `'c'`; an apostrophe alone ends with its line.
fn character(rest: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\'' => return at + 1,
            b'\n' => return at,
            _ => at += 1,
        }
    }
    rest.len()
}
