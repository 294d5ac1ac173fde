//! Breaking text into lines of a terminal, measured in its columns: Chinese takes two, a combining mark none.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many columns `text` takes.
pub(super) fn columns(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// `text` in lines of at most `width` columns, broken at spaces, and inside a word only when it is wider than a line.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let gap = usize::from(!line.is_empty());
        if columns(&line) + gap + columns(word) <= width {
            if gap == 1 {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut pieces = chop(word, width);
        line = pieces.pop().unwrap_or_default();
        lines.append(&mut pieces);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// `text` in pieces of at most `width` columns, broken anywhere but before a mark that belongs to a character.
pub(super) fn chop(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut used = 0;
    for character in text.chars() {
        let size = character.width().unwrap_or(0);
        if used + size > width && size > 0 {
            pieces.push(std::mem::take(&mut piece));
            used = 0;
        }
        piece.push(character);
        used += size;
    }
    pieces.push(piece);
    pieces
}

/// At most `width` columns of `text`; a cut is shown by `…`.
pub(super) fn fit(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut first = chop(text, width.saturating_sub(1)).into_iter().next().unwrap_or_default();
    first.push('…');
    first
}

/// At most `width` columns of `text`, of a longer one its head and its end.
pub(super) fn fit_middle(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let half = width.saturating_sub(1) / 2;
    let head = chop(text, half).into_iter().next().unwrap_or_default();
    let backwards: String = text.chars().rev().collect();
    let tail = chop(&backwards, half).into_iter().next().unwrap_or_default();
    format!("{head}…{}", tail.chars().rev().collect::<String>())
}

/// A path as it stands; only a monstrous one loses its middle.
pub(super) fn path(text: &str) -> String {
    const WHOLE: usize = 240;
    if text.chars().nth(WHOLE).is_none() { text.to_owned() } else { fit_middle(text, WHOLE) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_to_the_width() {
        assert_eq!(wrap("the quick brown fox", 9), ["the quick", "brown fox"]);
        assert_eq!(wrap("ab abcdefghij c", 4), ["ab", "abcd", "efgh", "ij c"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("更新包含本机代码", 6), ["更新包", "含本机", "代码"]);
        assert_eq!(chop("e\u{301}e\u{301}e\u{301}", 2), ["e\u{301}e\u{301}", "e\u{301}"]);
    }

    #[test]
    fn cuts_are_marked() {
        assert_eq!(fit("abcdef", 6), "abcdef");
        assert_eq!(fit("abcdefg", 6), "abcde…");
        assert_eq!(fit_middle("assets/index.js:1:2", 11), "asset…s:1:2");
        assert_eq!(path(&"x".repeat(9000)).chars().count(), 239);
    }
}
