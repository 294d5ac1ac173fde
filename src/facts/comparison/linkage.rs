//! How bundlers tie chunks together: which names a chunk exports and another imports, which chunks are fetched ahead, which
//! build a chunk is of. All of it is named anew with every build, and is no code.
//!
//! Which of a chunk's short export names an import takes is therefore not compared; longer names, which no minifier gave,
//! are. Nothing else is left out: what is no part of such a clause or list is code.

use super::tokens::{Kind, Token};
use crate::facts::hashed::{hash_in, without_hash, without_tail};

/// Export names of so many characters are a minifier's.
const SHORT: usize = 2;
/// Names of one clause; more are not remembered.
const MOST_NAMES: usize = 20_000;

/// What becomes of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is code.
    Keep,
    /// It is a name that says nothing.
    Variable,
    /// It says nothing.
    Drop,
}

/// Where a reader stands in such clauses and lists.
#[derive(Default)]
pub(super) struct Linkage {
    /// Whether the script names chunks with hashes.
    hashed: bool,
    clause: Option<Clause>,
    /// Tokens left of `__vite__mapDeps([0,1])`, a call that gives the chunks that vite fetches ahead: like the `[]` for none.
    ahead: Option<Ahead>,
    /// Within a list of chunks: its next comma, or its next text, belongs to it.
    listed: bool,
    before: Option<u8>,
    /// Sentry's name of the build is due.
    build: bool,
    /// Brackets open within the setters of `System.register`.
    setters: Option<u32>,
}

/// Where a reader stands in `([0,1])`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ahead {
    Parenthesis,
    List,
    Numbers,
    End,
}

/// `import {…} from`, `export {…}`.
#[derive(Default)]
struct Clause {
    exports: bool,
    /// 0 before the braces, 1 within, 2 behind.
    part: u8,
    first: Vec<u8>,
    last: Vec<u8>,
    names: Vec<Vec<u8>>,
}

impl Clause {
    fn word(&mut self, word: &[u8]) {
        if self.first.is_empty() {
            self.first = word.to_vec();
        }
        self.last = word.to_vec();
    }

    fn end_item(&mut self) {
        let (first, last) = (std::mem::take(&mut self.first), std::mem::take(&mut self.last));
        let name = if self.exports { last } else { first };
        if name.len() > SHORT && self.names.len() < MOST_NAMES {
            self.names.push(name);
        }
    }

    fn end(mut self) -> Vec<u8> {
        self.names.sort_unstable();
        self.names.join(&0)
    }
}

impl Linkage {
    /// For a script; `hashed` as [`names_chunks`] says.
    pub fn new(hashed: bool) -> Self {
        Self { hashed, ..Self::default() }
    }

    /// What becomes of a token; and before it, the names of a clause that ended.
    /// `rest` is the script behind it.
    pub fn look(&mut self, token: &Token, written: &[u8], following: u8, rest: &[u8]) -> (Option<Vec<u8>>, Fate) {
        let before = self.before.take();
        if let Kind::Mark(mark) = token.kind {
            self.before = Some(mark);
        }
        if let Some(clause) = self.clause.take() {
            return self.within(clause, token, written, following);
        }
        if let Some(ahead) = self.ahead.take() {
            return (None, self.ahead(ahead, token.kind));
        }
        let fate = match token.kind {
            Kind::Word if written == AHEAD && is_list_of_numbers(rest) => {
                self.ahead = Some(Ahead::Parenthesis);
                Fate::Drop
            }
            Kind::Word => self.word(token, written, following),
            Kind::Text => self.text(written, before, following),
            Kind::Mark(mark) => self.mark(mark),
            _ => Fate::Keep,
        };
        (None, fate)
    }

    /// The tokens of `([0,1])`, which was seen whole: `[]` is left.
    fn ahead(&mut self, ahead: Ahead, kind: Kind) -> Fate {
        let (next, fate) = match (ahead, kind) {
            (Ahead::Parenthesis, _) => (Some(Ahead::List), Fate::Drop),
            (Ahead::List, _) => (Some(Ahead::Numbers), Fate::Keep),
            (Ahead::Numbers, Kind::Mark(b']')) => (Some(Ahead::End), Fate::Keep),
            (Ahead::Numbers, _) => (Some(Ahead::Numbers), Fate::Drop),
            (Ahead::End, _) => (None, Fate::Drop),
        };
        self.ahead = next;
        fate
    }

    fn word(&mut self, token: &Token, written: &[u8], following: u8) -> Fate {
        self.listed = false;
        let begins = following == b'{' || following == b'*';
        if !token.after_dot && (written == b"import" && (begins || is_word_or_text(following)))
            || !token.after_dot && written == b"export" && begins
        {
            self.clause = Some(Clause { exports: written == b"export", ..Clause::default() });
        } else if written == b"_sentryDebugIds" {
            self.build = true;
        } else if written == b"setters" && following == b':' {
            self.setters = Some(0);
        } else if token.after_dot && written.len() <= SHORT && self.setters.is_some_and(|depth| depth > 0) {
            return Fate::Variable;
        }
        Fate::Keep
    }

    fn mark(&mut self, mark: u8) -> Fate {
        if let Some(depth) = &mut self.setters {
            match mark {
                b'[' | b'{' | b'(' => *depth += 1,
                b']' | b'}' | b')' => {
                    *depth = depth.saturating_sub(1);
                    if *depth == 0 {
                        self.setters = None;
                    }
                }
                // Something else than a list stands there.
                _ if *depth == 0 && mark != b':' => self.setters = None,
                _ => {}
            }
        }
        let listed = std::mem::take(&mut self.listed);
        if listed && mark == b',' {
            self.listed = true;
            return Fate::Drop;
        }
        Fate::Keep
    }

    fn text(&mut self, written: &[u8], before: Option<u8>, following: u8) -> Fate {
        let listed = std::mem::take(&mut self.listed) || before == Some(b'[');
        if listed && matches!(following, b',' | b']') && is_chunk(written, self.hashed) {
            self.listed = true;
            return Fate::Drop;
        }
        let uuid = written.strip_prefix(b"sentry-dbid-").unwrap_or(written);
        if self.build && is_uuid(uuid) {
            self.build = uuid.len() == written.len();
            return Fate::Drop;
        }
        Fate::Keep
    }

    fn within(&mut self, mut clause: Clause, token: &Token, written: &[u8], following: u8) -> (Option<Vec<u8>>, Fate) {
        match (token.kind, clause.part) {
            (Kind::Mark(b'{'), 0) => clause.part = 1,
            (Kind::Mark(b'}'), 1) => {
                clause.end_item();
                clause.part = 2;
                // What follows may be `from`, or the next statement.
                if clause.exports && following != b'f' {
                    return (Some(clause.end()), Fate::Drop);
                }
            }
            (Kind::Mark(b','), 0 | 1) => clause.end_item(),
            (Kind::Mark(b'*'), 0) => {}
            (Kind::Word | Kind::Text, 1) => clause.word(written),
            (Kind::Word, 0 | 2) if written == b"from" => clause.part = 3,
            (Kind::Word, 0) => {
                if clause.exports {
                    clause.word(written);
                }
            }
            // The address, or no clause any more.
            _ => {
                clause.end_item();
                return (Some(clause.end()), Fate::Keep);
            }
        }
        self.clause = Some(clause);
        (None, Fate::Drop)
    }
}

/// The function that vite's builds fetch chunks ahead with.
const AHEAD: &[u8] = b"__vite__mapDeps";

/// Whether `([0,1])` stands here.
fn is_list_of_numbers(rest: &[u8]) -> bool {
    let Some(inner) = rest.strip_prefix(b"([") else { return false };
    let length = inner.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b',').count();
    inner.get(length..).is_some_and(|end| end.starts_with(b"])"))
}

const fn is_word_or_text(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$' | b'"' | b'\'' | b'`') || byte >= 0x80
}

/// A file of the bundle with a hash in its name.
fn is_chunk(text: &[u8], hashed: bool) -> bool {
    let ends = [&b".js"[..], b".mjs", b".css"].iter().any(|end| text.ends_with(end));
    ends && !is_elsewhere(text)
        && (hash_in(text).is_some() || hashed && is_beside(text) && without_tail(text).is_some())
}

/// Whether a text is the address of something outside of the bundle.
fn is_elsewhere(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"//").is_some()
}

/// `252810bf-d89b-4b5e-8c0a-fdd2f40a8e1c`.
fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A text `name@1.2.3` without its version, as builds write the release into every chunk.
fn without_version(text: &[u8]) -> &[u8] {
    let Some(at) = text.iter().rposition(|byte| *byte == b'@').filter(|at| *at > 0) else { return text };
    let (name, version) = text.split_at(at);
    let mut parts = version.get(1..).unwrap_or_default().splitn(3, |byte| *byte == b'.');
    let is_number = |part: &[u8]| !part.is_empty() && part.len() < 6 && part.iter().all(u8::is_ascii_digit);
    let numbers = parts.by_ref().take(2).filter(|part| is_number(part)).count();
    let last = parts.next().unwrap_or_default();
    let digits = last.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = last.get(digits..).unwrap_or_default();
    let ends = rest.is_empty() || matches!(rest.first(), Some(b'-' | b'+'));
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./@+".contains(byte);
    if numbers == 2 && digits > 0 && ends && text.iter().all(plain) { name } else { text }
}

/// Whether a script names chunks whose names have a hash: then all chunks have one.
pub(super) fn names_chunks(script: &[u8]) -> bool {
    memchr::memmem::find_iter(script, b".js").any(|at| {
        let end = at + 3;
        // A quote ends the way back, too, so that no byte is looked at often.
        if !script.get(end).is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'`')) {
            return false;
        }
        let before = script.get(at.saturating_sub(LONGEST_NAME)..at).unwrap_or_default();
        let length =
            before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte)).count();
        script.get(at - length..end).is_some_and(|name| hash_in(name).is_some())
    })
}

/// The longest name of a chunk.
const LONGEST_NAME: usize = 200;

/// A text without what a build alone put into it: the hash of a chunk, the version of the release. What lies outside of the
/// bundle keeps its whole address. `hashed` as [`names_chunks`] says.
pub(super) fn as_built(text: &[u8], hashed: bool) -> Vec<u8> {
    if is_elsewhere(text) {
        return text.to_vec();
    }
    if hashed && hash_in(text).is_none() && is_beside(text) {
        return without_tail(text).unwrap_or_else(|| text.to_vec());
    }
    without_hash(without_version(text))
}

/// Whether a text names a script or style of the bundle as chunks name each other.
fn is_beside(text: &[u8]) -> bool {
    let ends = [&b".js"[..], b".mjs", b".css"].iter().any(|end| text.ends_with(end));
    ends && [&b"./"[..], b"../", b"assets/"].iter().any(|start| text.starts_with(start))
}
