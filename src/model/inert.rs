//! Makes text of the subject inert: nothing in it can steer a terminal, a page or a reader's eye.

/// The characters that render as nothing, reorder text, or speak to a terminal.
fn is_treacherous(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// `text` with every control, bidirectional and invisible character written out as `\u{…}`
/// (and line feed, carriage return and tab as `\n`, `\r`, `\t`). Joiners inside emoji stay.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            hostile if is_treacherous(hostile) => out.extend(hostile.escape_unicode()),
            plain => out.push(plain),
        }
    }
    out
}

/// At most `limit` characters of `text`; a cut is shown by `…` at the end and counted in the limit.
#[must_use]
pub fn shorten(text: &str, limit: usize) -> String {
    if text.chars().nth(limit).is_none() {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(limit.saturating_sub(1)).collect();
    out.push('…');
    out
}

/// Inert text of at most `limit` characters, on one line.
#[must_use]
pub fn printable(text: &str, limit: usize) -> String {
    // The cut comes first so that a hostile megabyte is never escaped, and again because escapes grow.
    shorten(&escape(&shorten(text, limit)), limit)
}

/// The line around byte `offset` of `text`, as inert text of at most `limit` characters:
/// minified files have lines of megabytes, so a window is cut and its cut ends marked with `…`.
#[must_use]
pub fn excerpt(text: &str, offset: usize, limit: usize) -> String {
    let before = limit / 3;
    let mut start = offset.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let (head, tail) = text.split_at(start);
    let window: Vec<char> = head.chars().rev().take(before).take_while(|character| !is_line_end(*character)).collect();
    let cut_head = window.len() == before && head.chars().rev().nth(before).is_some_and(|next| !is_line_end(next));
    let mut out = String::new();
    if cut_head {
        out.push('…');
    }
    out.extend(window.iter().rev());
    let rest = limit.saturating_sub(out.chars().count());
    let line: String = tail.chars().take(rest + 1).take_while(|character| !is_line_end(*character)).collect();
    out.push_str(&shorten(&line, rest));
    let out = if cut_head { out } else { out.trim_start().to_owned() };
    escape(out.trim_end())
}

const fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// A secret as it may be shown: its first and last four characters and its length, less for short ones.
#[must_use]
pub fn mask(secret: &str) -> String {
    let length = secret.chars().count();
    let shown = if length >= 16 { 4 } else { usize::from(length >= 8) };
    let first: String = secret.chars().take(shown).collect();
    let last: String = secret.chars().skip(length - shown).collect();
    escape(&format!("{first}…{last} ({length} characters)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_and_bidirectional_controls_are_written_out() {
        assert_eq!(escape("a\u{1b}[31mb\u{202e}c\nd"), "a\\u{1b}[31mb\\u{202e}c\\nd");
        assert_eq!(escape("Ωmega 漢字 👩‍👩‍👧"), "Ωmega 漢字 👩‍👩‍👧");
    }

    #[test]
    fn cuts_are_marked_and_bounded() {
        assert_eq!(shorten("abcdef", 6), "abcdef");
        assert_eq!(shorten("abcdefg", 6), "abcde…");
        assert_eq!(printable(&"\u{1b}".repeat(1000), 20).chars().count(), 20);
    }

    #[test]
    fn an_excerpt_is_a_window_of_its_line() {
        let text = format!("first\nlet a = 1; eval(x);{}\nlast", "y".repeat(500));
        let offset = text.find("eval").unwrap();
        let shown = excerpt(&text, offset, 60);
        assert!(shown.starts_with("let a = 1; eval(x);"), "{shown}");
        assert!(shown.ends_with('…') && shown.chars().count() <= 60, "{shown}");
        assert_eq!(excerpt("é", 1, 10), "é", "an offset inside a character moves to its start");
        assert_eq!(excerpt("", 5, 10), "");
    }

    #[test]
    fn masks_keep_short_secrets_hidden() {
        assert_eq!(mask("hunter2"), "… (7 characters)");
        assert_eq!(mask("ghp_0123456789abcdef"), "ghp_…cdef (20 characters)");
    }
}
