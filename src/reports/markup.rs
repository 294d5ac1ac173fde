//! Text of the subject in Markdown. GitHub, GitLab and OSCAL's readers find links, mentions and HTML in prose, also in
//! escaped prose; in code they find none. So a word stays prose only when it is made of letters, digits and plain
//! punctuation, and every other word becomes code.

use crate::model::{escape, shorten};

/// `text` as code, of at most `limit` characters; for a table's cell, where even in code a `|` ends the cell.
pub(super) fn cell(text: &str, limit: usize) -> String {
    code(text, limit).replace('|', "\\|")
}

/// `text` as code, of at most `limit` characters: inert, whatever stands in it.
pub(super) fn code(text: &str, limit: usize) -> String {
    let shown = shorten(&escape(&shorten(text, limit)), limit);
    let longest = shown.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let ends = shown.starts_with(['`', ' ']) || shown.ends_with(['`', ' ']) || shown.is_empty();
    let gap = if ends { " " } else { "" };
    format!("{fence}{gap}{shown}{gap}{fence}")
}

/// Prose of at most `limit` characters on one line: words and code between back-ticks, nothing else is markup.
pub(super) fn prose(text: &str, limit: usize) -> String {
    let text = shorten(&escape(&shorten(text, limit)), limit);
    let parts: Vec<&str> = text.split('`').collect();
    let mut out = String::with_capacity(text.len() + 16);
    // With an odd number of back-ticks one can't tell code from prose, and everything is prose.
    if parts.len().is_multiple_of(2) {
        plain(&text, &mut out);
        return out.trim().to_owned();
    }
    for (number, part) in parts.iter().enumerate() {
        match (number % 2, part.is_empty()) {
            (0, _) => plain(part, &mut out),
            (_, true) => out.push_str("\\`\\`"),
            (_, false) => push_code(part, &mut out),
        }
    }
    out.trim().to_owned()
}

/// Prose without code of its own; blanks at its ends stay, since code may follow.
fn plain(text: &str, out: &mut String) {
    for (number, part) in text.split(' ').enumerate() {
        if number > 0 {
            out.push(' ');
        }
        word(part, out);
    }
}

fn word(word: &str, out: &mut String) {
    if word.chars().all(is_plain) && !is_link(word) {
        // Inside a word an underscore is no markup; at its ends it is.
        out.push_str(&word.replace('_', "\\_"));
        return;
    }
    // The punctuation around it is that of the sentence.
    let core = word.trim_end_matches([',', '.', ';', ':']);
    let (head, core) = core.strip_prefix('(').map_or(("", core), |core| ("(", core));
    let core = if head.is_empty() { core } else { core.trim_end_matches(')') };
    let tail = word.get(head.len() + core.len()..).unwrap_or_default();
    out.push_str(head);
    if !core.is_empty() {
        push_code(core, out);
    }
    out.push_str(tail);
}

/// Two codes side by side would be read as one.
fn push_code(text: &str, out: &mut String) {
    if out.ends_with('`') {
        out.push(' ');
    }
    out.push_str(&code(text, usize::MAX));
}

fn is_plain(character: char) -> bool {
    character.is_alphanumeric()
        || matches!(
            character,
            ',' | '.' | ';' | ':' | '(' | ')' | '\'' | '"' | '/' | '%' | '?' | '…' | '-' | '_' | '\u{301}'
        )
}

/// What GitHub and GitLab make a link of without being asked: addresses, commits, issues.
fn is_link(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let core = lower.trim_matches(|character: char| !character.is_alphanumeric());
    let is_hex = core.len() >= 7
        && core.chars().all(|digit| digit.is_ascii_hexdigit())
        && core.contains(|digit: char| digit.is_ascii_digit());
    lower.contains("://")
        || lower.contains("www.")
        || core.starts_with("gh-")
        || is_hex
        || word.matches(':').count() > 1
        || lower.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_code() {
        for (text, expected) in [
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            (" a", "`  a `"),
            ("", "`  `"),
            ("<img src=x>\n# a", "`<img src=x>\\n# a`"),
            ("a|b", "`a|b`"),
        ] {
            assert_eq!(code(text, 100), expected);
        }
        assert_eq!(cell("a|b", 100), "`a\\|b`");
        assert_eq!(code("abcdef", 4), "`abc…`");
    }

    #[test]
    fn prose_holds_words_and_code_only() {
        for (text, expected) in [
            ("`eval` runs what comes over the network (fetch)", "`eval` runs what comes over the network (fetch)"),
            ("see [x](http://evil).", "see `[x](http://evil)`."),
            ("<script>alert(1)</script> @octocat #12 GH-3", "`<script>alert(1)</script>` `@octocat` `#12` `GH-3`"),
            ("www.evil.example http://evil deadbeef1", "`www.evil.example` `http://evil` `deadbeef1`"),
            ("one ` back-tick <b>", "one `` ` `` back-tick `<b>`"),
            ("the name `a` @you `b` x", "the name `a` `@you` `b` x"),
            ("![i](x) _a_ **b** a|b", "`![i](x)` \\_a\\_ `**b**` `a|b`"),
            ("50 % of 'it', \"so\"", "50 % of 'it', \"so\""),
            ("`server.url`: it is set (PKCS#1), as `a``b`", "`server.url`: it is set (`PKCS#1`), as `a` `b`"),
            ("x :tada: at a.js:1:2.", "x `:tada`: at `a.js:1:2`."),
            ("``", "\\`\\`"),
        ] {
            assert_eq!(prose(text, 1000), expected);
        }
    }
}
