//! Words, texts and signs of a Gradle script, in Groovy or Kotlin; comments are gone.

/// Tokens that are read of one file: more than a file within the bound of its size can have.
const MOST_TOKENS: usize = 1_100_000;

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word(String),
    /// A text in quotes; `true` when it may hold `$name`.
    Text(String, bool),
    /// A number as written.
    Number(String),
    /// Any other character.
    Sign(char),
    /// The end of a line.
    NewLine,
}

/// One token.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Byte offset of its begin.
    pub(super) at: usize,
}

impl Token {
    pub(super) fn is(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }

    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text, _) => Some(text),
            _ => None,
        }
    }
}

/// The tokens of a script.
pub(super) fn lex(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if tokens.len() >= MOST_TOKENS {
            break;
        }
        let (kind, length) = next(rest);
        if let Some(kind) = kind {
            tokens.push(Token { kind, at });
        }
        at += length.max(1);
    }
    tokens
}

fn next(rest: &str) -> (Option<Kind>, usize) {
    let Some(first) = rest.chars().next() else { return (None, 1) };
    let up_to = |end: &str, from: usize| {
        rest.get(from..).and_then(|tail| tail.find(end)).map_or(rest.len(), |found| from + found)
    };
    if rest.starts_with("//") {
        return (None, up_to("\n", 0));
    }
    if rest.starts_with("/*") {
        return (None, (up_to("*/", 2) + 2).min(rest.len()));
    }
    for quotes in ["\"\"\"", "'''"] {
        if rest.starts_with(quotes) {
            let end = up_to(quotes, 3);
            let value = rest.get(3..end).unwrap_or_default().to_owned();
            return (Some(Kind::Text(value, quotes.starts_with('"'))), (end + 3).min(rest.len()));
        }
    }
    match first {
        '\n' => (Some(Kind::NewLine), 1),
        '"' | '\'' => quoted(rest, first),
        _ if first.is_whitespace() => (None, first.len_utf8()),
        _ if first.is_ascii_digit() => {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.')).unwrap_or(rest.len());
            (rest.get(..end).map(|number| Kind::Number(number.to_owned())), end)
        }
        _ if first.is_alphabetic() || first == '_' || first == '$' => {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len());
            (rest.get(..end).map(|word| Kind::Word(word.to_owned())), end)
        }
        // Kotlin's names in back-ticks.
        '`' => {
            let end = up_to("`", 1);
            (rest.get(1..end).map(|word| Kind::Word(word.to_owned())), (end + 1).min(rest.len()))
        }
        _ => (Some(Kind::Sign(first)), first.len_utf8()),
    }
}

fn quoted(rest: &str, quote: char) -> (Option<Kind>, usize) {
    let mut value = String::new();
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => {
                value.push(match character {
                    'n' => '\n',
                    't' => '\t',
                    other => other,
                });
                escaped = false;
            }
            '\\' => escaped = true,
            // A text never goes over the end of its line: what looks like one is something else.
            '\n' => return (Some(Kind::Text(value, quote == '"')), at),
            _ if character == quote => return (Some(Kind::Text(value, quote == '"')), at + 1),
            _ => value.push(character),
        }
    }
    (Some(Kind::Text(value, quote == '"')), rest.len())
}
