//! Java and Kotlin without what is not code: comments and the contents of texts become spaces, offsets stay.

/// Blanks a source. Kotlin's comments nest; Java's don't.
pub(super) fn blank(text: &str, kotlin: bool) -> Vec<u8> {
    let mut out = text.as_bytes().to_vec();
    let mut at = 0;
    while let Some(rest) = text.as_bytes().get(at..).filter(|rest| !rest.is_empty()) {
        let (length, keep) = piece(rest, kotlin);
        if length == 0 {
            at += 1;
            continue;
        }
        let inner = at.saturating_add(keep)..at.saturating_add(length).saturating_sub(keep);
        if let Some(bytes) = out.get_mut(inner) {
            for byte in bytes.iter_mut().filter(|byte| **byte != b'\n') {
                *byte = b' ';
            }
        }
        at += length;
    }
    out
}

/// The length of a comment or text at the start, 0 when there is none; and how many bytes stay at both its ends.
fn piece(rest: &[u8], kotlin: bool) -> (usize, usize) {
    let up_to = |end: &[u8], from: usize| {
        let tail = rest.get(from..).unwrap_or_default();
        memchr::memmem::find(tail, end).map_or(rest.len(), |found| from + found + end.len())
    };
    if rest.starts_with(b"//") {
        return (memchr::memchr(b'\n', rest).unwrap_or(rest.len()), 0);
    }
    if rest.starts_with(b"/*") {
        return (if kotlin { nested(rest) } else { up_to(b"*/", 2) }, 0);
    }
    if rest.starts_with(b"\"\"\"") {
        return (up_to(b"\"\"\"", 3), 3);
    }
    match rest.first() {
        Some(quote @ (b'"' | b'\'')) => (line_text(rest, *quote), 1),
        _ => (0, 0),
    }
}

fn nested(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0_usize);
    while let Some(pair) = rest.get(at..at.saturating_add(2)) {
        match pair {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth = depth.saturating_sub(1);
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

fn line_text(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' => return at,
            _ if *byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    rest.len()
}
