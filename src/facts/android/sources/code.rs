//! A blanked source as words and signs, with the blocks they stand in.

/// Tokens that are read of one file: more than a file within the bound of its size can have.
const MOST_TOKENS: usize = 1_100_000;
/// Tokens of a condition that is understood.
const MOST_OF_CONDITION: usize = 200;

/// One word, number or sign; a text in quotes is its two quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

/// The tokens of a blanked source.
pub(super) fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = code.get(at..) {
        let Some(first) = rest.chars().next() else { break };
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let length = match first {
            _ if is_word(first) => rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()),
            _ if rest.starts_with("->") || rest.starts_with("::") => 2,
            _ => first.len_utf8(),
        };
        if !first.is_whitespace() && tokens.len() < MOST_TOKENS {
            tokens.extend(rest.get(..length).map(|text| Token { text, at }));
        }
        at += length;
    }
    tokens
}

/// For each token that opens a bracket, the index of the one that closes it.
pub(super) fn closings(tokens: &[Token<'_>]) -> Vec<Option<usize>> {
    let mut found = vec![None; tokens.len()];
    let (mut round, mut curly) = (Vec::new(), Vec::new());
    for (index, token) in tokens.iter().enumerate() {
        let opened = match token.text {
            "(" => {
                round.push(index);
                continue;
            }
            "{" => {
                curly.push(index);
                continue;
            }
            ")" => round.pop(),
            "}" => curly.pop(),
            _ => continue,
        };
        if let Some(slot) = opened.and_then(|at: usize| found.get_mut(at)) {
            *slot = Some(index);
        }
    }
    found
}

/// What a condition says of the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// True in builds for development only.
    Debug,
    /// True in every other build.
    NotDebug,
    /// Something else.
    Other,
}

impl Condition {
    pub(super) const fn otherwise(self) -> Self {
        match self {
            Self::Debug => Self::NotDebug,
            Self::NotDebug => Self::Debug,
            Self::Other => Self::Other,
        }
    }
}

/// Reads the tokens of a condition. `a || b` is no guard, whatever `a` is.
pub(super) fn condition(tokens: &[Token<'_>]) -> Condition {
    let has = |word: &str| tokens.iter().any(|token| token.text == word);
    let debug = |text: &str| matches!(text, "DEBUG" | "FLAG_DEBUGGABLE" | "isDebuggable" | "isDebug" | "IS_DEBUG");
    if tokens.len() > MOST_OF_CONDITION || has("|") {
        return Condition::Other;
    }
    let Some(at) = tokens.iter().position(|token| debug(token.text)) else { return Condition::Other };
    // `!BuildConfig.DEBUG`, `(flags & FLAG_DEBUGGABLE) == 0`, `DEBUG == false`
    let before = tokens.get(..at).unwrap_or_default();
    let start =
        before.iter().rposition(|token| !(token.text == "." || is_name(token.text))).and_then(|at| before.get(at));
    let negated = start.is_some_and(|token| token.text == "!");
    let joined: String = tokens.iter().map(|token| token.text).collect();
    let is_zero = joined.contains("==0")
        || joined.contains("0==")
        || joined.contains("==false")
        || joined.contains("DEBUG.not()");
    if negated || is_zero { Condition::NotDebug } else { Condition::Debug }
}

pub(super) fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_')
}
