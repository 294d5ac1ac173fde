//! The tokens of a script without a parse: several times faster, without recursion, and never wrong about where code stands.
//! Where one reading needs the grammar (whether a `/` divides or begins a regular expression), the caller is told and comes
//! again with the places of the regular expressions from a parse. A reading that took code for a text or a comment would let
//! a change go unseen, so that nothing is guessed here.

use std::ops::Range;

/// Why there are no more tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// A `/` can be read in two ways: the places of regular expressions are needed.
    Unsure,
    /// It is not read at all, in words.
    Unread(String),
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or keyword.
    Word,
    /// A number.
    Number,
    /// A text in quotes, or a template without expressions; its range is without the quotes.
    Text,
    /// A part of a template with expressions, without its marks.
    Template,
    /// A regular expression.
    Expression,
    /// One character of an operator or a bracket.
    Mark(u8),
}

/// A token and where it stands, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub range: Range<usize>,
    /// Whether it is the name of a property, a key or a method: the token before is a dot.
    pub after_dot: bool,
    /// Whether a bracket is open from here on: `(`, `[`, `{`, or the `${` that ends a part of a template.
    pub opens: bool,
}

/// What a `/` would be after what was read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slash {
    Divides,
    Begins,
    Unsure,
}

/// An open bracket.
#[derive(Clone, Copy)]
struct Open {
    close: u8,
    /// What a `/` is after its end.
    then: Slash,
    /// Its end goes on with a template.
    template: bool,
}

/// Words after which an expression begins.
const BEFORE_EXPRESSION: [&[u8]; 12] = [
    b"return",
    b"typeof",
    b"instanceof",
    b"in",
    b"new",
    b"delete",
    b"void",
    b"throw",
    b"case",
    b"do",
    b"else",
    b"default",
];
/// Words that are a name or not, as the grammar has it.
const EITHER: [&[u8]; 5] = [b"yield", b"await", b"of", b"extends", b"async"];
/// Words whose parenthesis is followed by a statement.
const CONTROL: [&[u8]; 4] = [b"if", b"while", b"for", b"with"];
/// Words whose brace is a block of statements.
const BLOCK: [&[u8]; 4] = [b"else", b"do", b"try", b"finally"];

/// What stood last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Start,
    Word {
        control: bool,
        block: bool,
    },
    Operand,
    Operator,
    Arrow,
    Dot,
    Colon,
    /// `)` of a control statement, or of anything else.
    Paren {
        control: bool,
    },
    /// `{`, `;` or a block's `}`.
    Statement,
    Brace,
}

/// Reads tokens one after the other.
pub(super) struct Tokens<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    open: Vec<Open>,
    slash: Slash,
    last: Last,
    new_line: bool,
    /// The places of regular expressions, sorted, when a parse told them.
    expressions: Option<&'a [usize]>,
    /// A part of a template is due.
    resume: bool,
}

impl<'a> Tokens<'a> {
    pub fn new(text: &'a str, expressions: Option<&'a [usize]>) -> Self {
        let mut tokens = Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            open: Vec::new(),
            slash: Slash::Begins,
            last: Last::Start,
            new_line: true,
            expressions,
            resume: false,
        };
        if tokens.bytes.starts_with(b"\xEF\xBB\xBF") {
            tokens.at = 3;
        }
        if tokens.rest().starts_with(b"#!") {
            tokens.skip_line();
        }
        tokens
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// The next byte after spaces and comments, without going there; 0 where a comment begins or nothing follows.
    pub fn following(&self) -> u8 {
        let mut rest = self.rest().iter();
        rest.find(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
            .copied()
            .filter(|byte| *byte != b'/')
            .unwrap_or(0)
    }

    /// The next token; none at the end.
    pub fn next(&mut self) -> Result<Option<Token>, Stop> {
        if std::mem::take(&mut self.resume) {
            return self.template().map(Some);
        }
        self.skip_space()?;
        let Some(&byte) = self.bytes.get(self.at) else {
            return if self.open.is_empty() { Ok(None) } else { Err(unread("a bracket is not closed", self.at)) };
        };
        let after_dot = self.last == Last::Dot;
        let start = self.at;
        let kind = match byte {
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_ascii_digit() => self.number(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | b'\\' | b'#' | b'@' | 0x80..=0xFF => self.word(after_dot),
            b'"' | b'\'' => return self.string(byte).map(Some),
            b'`' => {
                self.at += 1;
                return self.template().map(Some);
            }
            b'/' => self.slash()?,
            _ => self.mark(byte)?,
        };
        self.new_line = false;
        let opens = matches!(kind, Kind::Mark(b'(' | b'[' | b'{'));
        Ok(Some(Token { kind, range: start..self.at, after_dot, opens }))
    }

    fn skip_space(&mut self) -> Result<(), Stop> {
        loop {
            match self.peek(0) {
                b'\n' | b'\r' => {
                    self.new_line = true;
                    self.at += 1;
                }
                b' ' | b'\t' | 0x0B | 0x0C => self.at += 1,
                b'/' if self.peek(1) == b'/' => self.skip_line(),
                b'/' if self.peek(1) == b'*' => {
                    let from = self.at + 2;
                    let inner = self.bytes.get(from..).unwrap_or_default();
                    let Some(end) = memchr::memmem::find(inner, b"*/") else {
                        return Err(unread("a comment is not closed", self.at));
                    };
                    let comment = inner.get(..end).unwrap_or_default();
                    self.new_line |= comment.iter().any(|byte| matches!(byte, b'\n' | b'\r' | 0xE2));
                    self.at = from + end + 2;
                }
                // Comments in the manner of HTML, which a script may have and a module not (ECMA-262, B.1.1).
                b'<' if self.rest().starts_with(b"<!--") => {
                    return Err(unread("it has a comment as HTML has them", self.at));
                }
                b'-' if self.new_line && self.rest().starts_with(b"-->") => {
                    return Err(unread("it has a comment as HTML has them", self.at));
                }
                0x80..=0xFF => match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
                    Some(character) if character.is_whitespace() || character == '\u{FEFF}' => {
                        self.new_line |= matches!(character, '\u{2028}' | '\u{2029}');
                        self.at += character.len_utf8();
                    }
                    _ => return Ok(()),
                },
                _ => return Ok(()),
            }
        }
    }

    /// To the end of the line: LF, CR, or the two separators of Unicode.
    fn skip_line(&mut self) {
        let rest = self.rest();
        let mut from = 0;
        loop {
            let Some(found) = rest.get(from..).and_then(|rest| memchr::memchr3(b'\n', b'\r', 0xE2, rest)) else {
                self.at = self.bytes.len();
                return;
            };
            let end = from + found;
            let here = rest.get(end..).unwrap_or_default();
            if here.first() != Some(&0xE2) || here.starts_with(b"\xE2\x80\xA8") || here.starts_with(b"\xE2\x80\xA9") {
                self.at += end;
                return;
            }
            from = end + 1;
        }
    }

    fn number(&mut self) -> Kind {
        let rest = self.rest();
        let radix = rest.first() == Some(&b'0')
            && rest.get(1).is_some_and(|byte| matches!(byte.to_ascii_lowercase(), b'x' | b'b' | b'o'));
        let mut length = 0;
        let mut dots = 0;
        while let Some(&byte) = rest.get(length) {
            let exponent = !radix && length > 0 && matches!(rest.get(length - 1), Some(b'e' | b'E'));
            match byte {
                b'.' if !radix && dots == 0 => dots = 1,
                b'+' | b'-' if exponent => {}
                _ if byte.is_ascii_alphanumeric() || byte == b'_' => {}
                _ => break,
            }
            length += 1;
        }
        self.at += length.max(1);
        self.after(Last::Operand, Slash::Divides);
        Kind::Number
    }

    fn word(&mut self, after_dot: bool) -> Kind {
        let start = self.at;
        let mut rest = self.rest();
        // A byte of more than ASCII is a name's, unless it is a space of Unicode.
        loop {
            let plain = rest
                .iter()
                .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'\\' | b'#' | b'@')));
            self.at = plain.map_or(self.bytes.len(), |at| self.bytes.len() - rest.len() + at);
            rest = self.rest();
            match rest.first() {
                Some(0x80..=0xFF) => match self.text.get(self.at..).and_then(|text| text.chars().next()) {
                    Some(character) if !character.is_whitespace() && character != '\u{FEFF}' => {
                        self.at += character.len_utf8();
                        rest = self.rest();
                    }
                    _ => break,
                },
                // `\u{61}` is a part of a name.
                Some(b'{') if self.bytes.get(start..self.at).is_some_and(|word| word.ends_with(b"\\u")) => {
                    self.at += rest.iter().position(|byte| *byte == b'}').map_or(1, |at| at + 1);
                    rest = self.rest();
                }
                _ => break,
            }
        }
        let word = self.bytes.get(start..self.at).unwrap_or_default();
        let is = |words: &[&[u8]]| !after_dot && words.contains(&word);
        let slash = if is(&BEFORE_EXPRESSION) {
            Slash::Begins
        } else if is(&EITHER) {
            Slash::Unsure
        } else {
            Slash::Divides
        };
        // `for await (…)` keeps its `for`.
        let control = is(&CONTROL) || word == b"await" && matches!(self.last, Last::Word { control: true, .. });
        self.after(Last::Word { control, block: is(&BLOCK) }, slash);
        if slash == Slash::Begins && !is(&BLOCK) {
            self.last = Last::Operator;
        }
        Kind::Word
    }

    fn string(&mut self, quote: u8) -> Result<Token, Stop> {
        let start = self.at + 1;
        let mut from = start;
        loop {
            let rest = self.bytes.get(from..).unwrap_or_default();
            let end = memchr::memchr3(quote, b'\\', b'\n', rest).map(|at| from + at);
            match end.and_then(|at| self.bytes.get(at).map(|byte| (at, *byte))) {
                Some((at, b'\\')) => from = at + 2,
                Some((at, byte)) if byte == quote => {
                    self.at = at + 1;
                    let after_dot = self.last == Last::Dot;
                    self.after(Last::Operand, Slash::Divides);
                    self.new_line = false;
                    return Ok(Token { kind: Kind::Text, range: start..at, after_dot, opens: false });
                }
                _ => return Err(unread("a text is not closed", self.at)),
            }
        }
    }

    /// A template from after its backtick, or from after the end of an expression in it.
    fn template(&mut self) -> Result<Token, Stop> {
        let start = self.at;
        let resumed = self.open.last().is_some_and(|open| open.template && open.close == b'`');
        let mut from = start;
        loop {
            let rest = self.bytes.get(from..).unwrap_or_default();
            let found = memchr::memchr3(b'`', b'\\', b'$', rest).map(|at| from + at);
            match found.and_then(|at| self.bytes.get(at).map(|byte| (at, *byte))) {
                Some((at, b'\\')) => from = at + 2,
                Some((at, b'`')) => {
                    self.at = at + 1;
                    if resumed {
                        self.open.pop();
                    }
                    self.after(Last::Operand, Slash::Divides);
                    self.new_line = false;
                    let kind = if resumed { Kind::Template } else { Kind::Text };
                    return Ok(Token { kind, range: start..at, after_dot: false, opens: false });
                }
                Some((at, _)) if self.bytes.get(at + 1) == Some(&b'{') => {
                    self.at = at + 2;
                    if !resumed {
                        self.open.push(Open { close: b'`', then: Slash::Divides, template: true });
                    }
                    self.open.push(Open { close: b'}', then: Slash::Divides, template: true });
                    self.after(Last::Operator, Slash::Begins);
                    return Ok(Token { kind: Kind::Template, range: start..at, after_dot: false, opens: true });
                }
                Some((at, _)) => from = at + 1,
                None => return Err(unread("a template is not closed", start)),
            }
        }
    }

    fn slash(&mut self) -> Result<Kind, Stop> {
        let begins = match (self.expressions, self.slash) {
            (Some(known), _) => known.binary_search(&self.at).is_ok(),
            (None, Slash::Begins) => true,
            (None, Slash::Divides) => false,
            (None, Slash::Unsure) => return Err(Stop::Unsure),
        };
        if !begins {
            self.at += 1;
            self.after(Last::Operator, Slash::Begins);
            return Ok(Kind::Mark(b'/'));
        }
        let mut at = self.at + 1;
        let mut in_class = false;
        loop {
            match self.bytes.get(at) {
                None | Some(b'\n' | b'\r') => return Err(unread("a regular expression is not closed", self.at)),
                Some(b'\\') => at += 1,
                Some(b'[') => in_class = true,
                Some(b']') => in_class = false,
                Some(b'/') if !in_class => break,
                Some(_) => {}
            }
            at += 1;
        }
        at += 1;
        at += self.bytes.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        self.at = at;
        self.after(Last::Operand, Slash::Divides);
        Ok(Kind::Expression)
    }

    fn mark(&mut self, byte: u8) -> Result<Kind, Stop> {
        self.at += 1;
        match byte {
            b'(' | b'[' => {
                let control = byte == b'(' && matches!(self.last, Last::Word { control: true, .. });
                let then = if control { Slash::Begins } else { Slash::Divides };
                self.open.push(Open { close: if byte == b'(' { b')' } else { b']' }, then, template: false });
                self.after(Last::Operator, Slash::Begins);
            }
            b'{' => {
                let then = match self.last {
                    Last::Paren { control: true } | Last::Word { block: true, .. } | Last::Statement | Last::Start => {
                        Slash::Begins
                    }
                    // After a `return` that ends its line, a block begins.
                    Last::Operator if !self.new_line => Slash::Divides,
                    _ => Slash::Unsure,
                };
                self.open.push(Open { close: b'}', then, template: false });
                self.after(Last::Statement, Slash::Begins);
            }
            b')' | b']' | b'}' => {
                let Some(open) = self.open.pop().filter(|open| open.close == byte) else {
                    return Err(unread("a bracket is closed that was not opened", self.at - 1));
                };
                self.resume = open.template;
                let last = match byte {
                    b')' => Last::Paren { control: open.then == Slash::Begins },
                    b'}' if open.then == Slash::Begins => Last::Statement,
                    b'}' => Last::Brace,
                    _ => Last::Operand,
                };
                self.after(last, open.then);
            }
            // In `for (;; {} / 2)` an object follows.
            b';' if self.open.last().is_some_and(|open| open.close == b')') => {
                self.after(Last::Operator, Slash::Begins);
            }
            b';' => self.after(Last::Statement, Slash::Begins),
            b':' => self.after(Last::Colon, Slash::Begins),
            b'.' if self.rest().starts_with(b"..") => {
                self.at += 2;
                self.after(Last::Operator, Slash::Begins);
            }
            b'.' => self.after(Last::Dot, Slash::Unsure),
            b'>' if self.bytes.get(self.at.wrapping_sub(2)) == Some(&b'=') => self.after(Last::Arrow, Slash::Begins),
            b'+' | b'-' if self.peek(0) == byte => {
                // `a++ / 2` divides; what stands before on the same line decides.
                self.at += 1;
                if self.slash == Slash::Divides && !self.new_line {
                    self.after(Last::Operand, Slash::Divides);
                } else {
                    self.after(Last::Operator, Slash::Unsure);
                }
            }
            _ => self.after(Last::Operator, Slash::Begins),
        }
        Ok(Kind::Mark(byte))
    }

    fn after(&mut self, last: Last, slash: Slash) {
        self.last = last;
        self.slash = slash;
    }
}

fn unread(why: &str, at: usize) -> Stop {
    Stop::Unread(format!("{why} (byte {at})"))
}
