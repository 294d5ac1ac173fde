//! A linear look at a script before it is parsed: would its shape make the parser overflow its stack, take
//! quadratic time, or fill the memory? Such a script is not parsed, and says why.
//!
//! swc recurses once for each open bracket and each link of an operator chain, and a stack overflow ends the
//! process without a report. What it would do is bounded here by counting, never by a clock, so that the same
//! script has the same verdict on every machine. The scan is a tokenizer, not a parser: it knows strings,
//! comments, templates and regular expressions, and where one of these could be taken for another, strings and
//! regular expressions end with their line, so that the two readings meet again.

#[cfg(test)]
mod tests;
mod tokens;

use crate::inputs::Limits;

/// Scripts up to this length fit the analysis threads' stacks whatever their shape
/// (one level for each byte, some 9 kB of stack for each level: measured in `benches/audit.rs`).
pub const ALWAYS_SAFE_BYTES: usize = 32 * 1024;

/// Steps that swc may spend on joining `else if` links: it walks the whole chain for each new link.
const ELSE_STEPS: u64 = 40_000_000;

/// Why a script is not parsed, and where the bound was passed.
#[derive(Debug, PartialEq, Eq)]
pub struct Excess {
    /// Byte offset of the token that passed the bound.
    pub offset: usize,
    /// In words.
    pub why: String,
}

/// What a byte can begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    LineEnd,
    Word,
    Quote,
    Slash,
    Template,
    Open,
    Close,
    Comma,
    Semicolon,
    Operator,
}

static CLASSES: [Class; 256] = classes();

const fn classes() -> [Class; 256] {
    let mut table = [Class::Operator; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation, clippy::indexing_slicing)] // `byte` counts to 255
        {
            table[byte] = match byte as u8 {
                b' ' | b'\t' | 0x0b | 0x0c => Class::Space,
                b'\n' | b'\r' => Class::LineEnd,
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' | b'\\' | b'#' | b'@' | 0x80..=0xff => {
                    Class::Word
                }
                b'"' | b'\'' => Class::Quote,
                b'/' => Class::Slash,
                b'`' => Class::Template,
                b'(' | b'[' | b'{' => Class::Open,
                b')' | b']' | b'}' => Class::Close,
                b',' => Class::Comma,
                b';' => Class::Semicolon,
                _ => Class::Operator,
            };
        }
        byte += 1;
    }
    table
}

/// One open bracket, or the script itself.
#[derive(Clone, Copy, Default)]
struct Level {
    /// Tokens since the last one that ends every recursion of this level.
    chain: u64,
    /// `else` since the statement began.
    elses: u64,
    /// The statement has ended, unless an `else` or an operator follows.
    ended: Ended,
    /// `}` resumes a template's text.
    template: bool,
    /// `)` is followed by a statement (`if (…) /re/.test(x)`).
    control: bool,
    /// The bracket belongs to a `for`.
    is_for: bool,
    /// `}` ends an expression, so that a following `/` divides.
    expression: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Ended {
    #[default]
    No,
    Semicolon,
    Brace,
}

/// What stood before the current token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A name, literal or closing bracket: a `/` divides.
    Operand,
    /// An operator or opening bracket: a `/` begins a regular expression, a `{` an object.
    Operator,
    /// The begin of a statement: a `/` begins a regular expression, a `{` a block.
    Statement,
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    levels: Vec<Level>,
    level: Level,
    /// Sum of the chains of the levels below.
    below: u64,
    tokens: u64,
    /// Places that can be read in two ways as TypeScript, and how many there may be.
    ambiguities: u64,
    most_ambiguities: u64,
    /// The token before is `async`, which may begin a generic arrow function.
    after_async: bool,
    /// The token before is the `?` of a conditional.
    after_question: bool,
    else_steps: u64,
    before: Before,
    new_line: bool,
    after_dot: bool,
    control_word: bool,
    for_word: bool,
    function_expression: bool,
}

/// Whether `text` may be parsed within `limits`.
///
/// # Errors
/// The first bound that is passed.
pub fn check(text: &str, limits: &Limits) -> Result<(), Excess> {
    if text.len() <= ALWAYS_SAFE_BYTES {
        return Ok(());
    }
    scan(text, limits, u64::MAX)
}

/// Places where swc tries one reading of TypeScript after another, and parses what lies within twice, so 2^n times
/// for n within each other: `<` where an operand is expected (a type assertion, or a generic arrow function), and a
/// parenthesis after `?` (an operand, or an arrow function with its type).
const AMBIGUITIES: u64 = 12;

/// [`check`] for TypeScript, small texts included.
///
/// # Errors
/// As [`check`].
pub fn check_typescript(text: &str, limits: &Limits) -> Result<(), Excess> {
    scan(text, limits, AMBIGUITIES)
}

fn scan(text: &str, limits: &Limits, most_ambiguities: u64) -> Result<(), Excess> {
    let mut scan = Scan {
        bytes: text.as_bytes(),
        at: 0,
        levels: Vec::new(),
        level: Level::default(),
        below: 0,
        tokens: 0,
        ambiguities: 0,
        most_ambiguities,
        after_async: false,
        after_question: false,
        else_steps: 0,
        before: Before::Statement,
        new_line: true,
        after_dot: false,
        control_word: false,
        for_word: false,
        function_expression: false,
    };
    if scan.bytes.starts_with(b"#!") {
        scan.skip_line();
    }
    scan.run(limits)
}

impl Scan<'_> {
    fn run(&mut self, limits: &Limits) -> Result<(), Excess> {
        while let Some(&byte) = self.bytes.get(self.at) {
            let class = CLASSES.get(usize::from(byte)).copied().unwrap_or(Class::Operator);
            match class {
                Class::Space => {
                    self.at += 1;
                    continue;
                }
                Class::LineEnd => {
                    self.at += 1;
                    self.new_line = true;
                    continue;
                }
                Class::Slash if self.skip_comment() => continue,
                _ => {}
            }
            let start = self.at;
            self.settle(class);
            if std::mem::take(&mut self.after_question) && (byte == b'(' || self.word_is(&[b"async"])) {
                self.ambiguities += 1;
            }
            match class {
                Class::Word => self.word(),
                Class::Quote => {
                    self.skip_string(byte);
                    self.before = Before::Operand;
                }
                Class::Template => {
                    self.at += 1;
                    self.template();
                }
                Class::Slash => self.slash(),
                Class::Open => {
                    self.open(byte);
                    self.at += 1;
                }
                Class::Close => {
                    self.at += 1;
                    self.close(byte);
                }
                Class::Comma => {
                    self.level.chain = 0;
                    self.before = Before::Operator;
                    self.at += 1;
                }
                Class::Semicolon => {
                    self.level.ended = Ended::Semicolon;
                    self.before = Before::Statement;
                    self.at += 1;
                }
                Class::Operator | Class::Space | Class::LineEnd => self.operator(byte),
            }
            self.new_line = false;
            self.tokens += 1;
            self.level.chain += 1;
            self.within(limits, start)?;
        }
        Ok(())
    }

    #[inline]
    fn within(&self, limits: &Limits, offset: usize) -> Result<(), Excess> {
        let excess = |what: &str, limit: u64| Err(Excess { offset, why: format!("more than {limit} {what}") });
        if self.levels.len() as u64 > limits.script_nesting {
            return excess("brackets open at once", limits.script_nesting);
        }
        if self.below + self.level.chain > limits.script_chain {
            return excess("links in one unbroken chain of operators, calls or statements", limits.script_chain);
        }
        if self.else_steps > ELSE_STEPS {
            return Err(Excess { offset, why: "`else if` chains too long to be parsed in linear time".to_owned() });
        }
        if self.ambiguities > self.most_ambiguities {
            return excess("places that are ambiguous in TypeScript", self.most_ambiguities);
        }
        if self.tokens > limits.script_tokens {
            return excess("tokens", limits.script_tokens);
        }
        Ok(())
    }

    /// Ends the statement that a `;` or `}` closed, unless the next token goes on with it.
    #[inline]
    fn settle(&mut self, next: Class) {
        let ends = match self.level.ended {
            Ended::No if !self.new_line => return,
            Ended::No => {
                // Two operands on two lines: a semicolon is inserted (ECMA-262, 12.10).
                self.before == Before::Operand
                    && next == Class::Word
                    && !self.word_is(&[b"in", b"instanceof", b"of", b"else"])
            }
            Ended::Semicolon => !self.word_is(&[b"else"]),
            Ended::Brace => match next {
                Class::Word => !self.word_is(&[b"else"]),
                Class::Quote => true,
                Class::Open => self.bytes.get(self.at) == Some(&b'{'),
                _ => false,
            },
        };
        self.level.ended = Ended::No;
        if ends {
            self.level.chain = 0;
            self.level.elses = 0;
        }
    }

    #[inline]
    fn word_is(&self, words: &[&[u8]]) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        words.iter().any(|word| {
            rest.starts_with(word)
                && rest.get(word.len()).is_none_or(|next| CLASSES.get(usize::from(*next)) != Some(&Class::Word))
        })
    }
}
