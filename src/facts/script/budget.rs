//! A linear look at a script before it is parsed: would its shape make the parser overflow its stack, take
//! quadratic time, or fill the memory? Such a script is not parsed, and says why.
//!
//! swc recurses once for each open bracket and each link of an operator chain, and a stack overflow ends the
//! process without a report. What it would do is bounded here by counting, never by a clock, so that the same
//! script has the same verdict on every machine. The scan is a tokenizer, not a parser: it knows strings,
//! comments, templates and regular expressions, and where one of these could be taken for another, strings and
//! regular expressions end with their line, so that the two readings meet again.

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

    fn word(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length =
            rest.iter().position(|byte| CLASSES.get(usize::from(*byte)) != Some(&Class::Word)).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        self.at += length;
        let begins_statement = self.before == Before::Statement;
        self.before = Before::Operand;
        self.control_word = false;
        self.for_word = false;
        self.after_async = word == b"async";
        // A property may have any name: `a.if(x) / 2`.
        if std::mem::take(&mut self.after_dot) || !(2..=10).contains(&length) {
            return;
        }
        match word {
            b"if" | b"while" | b"with" => self.control_word = true,
            b"for" => {
                self.control_word = true;
                self.for_word = true;
            }
            b"return" | b"typeof" | b"instanceof" | b"in" | b"new" | b"delete" | b"void" | b"throw" | b"yield"
            | b"await" => {
                self.before = Before::Operator;
            }
            b"of" if self.level.is_for => self.before = Before::Operator,
            b"case" | b"default" => {
                // Each clause of a `switch` stands beside the one before it.
                self.level.chain = 0;
                self.before = Before::Operator;
            }
            b"do" => self.before = Before::Statement,
            b"else" => {
                self.before = Before::Statement;
                self.level.elses += 1;
                self.else_steps += self.level.elses;
            }
            b"function" | b"class" => self.function_expression = !begins_statement,
            _ => {}
        }
    }

    fn operator(&mut self, byte: u8) {
        self.at += 1;
        self.after_dot = false;
        if byte == b'<' && (self.before != Before::Operand || self.after_async) {
            self.ambiguities += 1;
        }
        match byte {
            b'?' => self.after_question = !matches!(self.bytes.get(self.at), Some(b'?' | b'.')),
            b'.' => self.after_dot = self.bytes.get(self.at) != Some(&b'.'),
            // `a++ / b` divides; `++` before an operand leaves what stood before it.
            b'+' | b'-' if self.bytes.get(self.at) == Some(&byte) => {
                self.at += 1;
                return;
            }
            b'>' if self.at >= 2 && self.bytes.get(self.at - 2) == Some(&b'=') => {
                // The body of an arrow is a block, not an object.
                self.before = Before::Statement;
                return;
            }
            b':' if self.levels.is_empty() || !self.level.expression => {
                self.before = Before::Statement;
                return;
            }
            _ => {}
        }
        self.before = Before::Operator;
    }

    fn open(&mut self, byte: u8) {
        let parent = self.level;
        self.below += parent.chain;
        self.levels.push(parent);
        let control = byte == b'(' && self.control_word;
        let expression = match (byte, self.before) {
            (b'{', Before::Operand) => std::mem::take(&mut self.function_expression),
            (b'{', Before::Statement) => false,
            // An object, or a bracket that is no brace.
            _ => true,
        };
        self.level = Level { control, is_for: control && self.for_word, expression, ..Level::default() };
        self.before = if byte == b'{' && !expression { Before::Statement } else { Before::Operator };
        self.control_word = false;
        self.for_word = false;
        self.after_dot = false;
    }

    fn close(&mut self, byte: u8) {
        let inner = self.level;
        let Some(outer) = self.levels.pop() else {
            // More closed than opened: not a script; the parser will say so.
            self.before = Before::Operand;
            return;
        };
        self.level = outer;
        self.below = self.below.saturating_sub(outer.chain);
        if byte == b'}' && inner.template {
            self.template();
            return;
        }
        self.before = match byte {
            b')' if inner.control => Before::Statement,
            b'}' if !inner.expression => {
                self.level.ended = Ended::Brace;
                Before::Statement
            }
            b'}' => {
                // The end of a function expression may also be the end of its statement.
                self.level.ended = Ended::Brace;
                Before::Operand
            }
            _ => Before::Operand,
        };
    }

    /// The text of a template up to its end or its next `${`, with `at` behind the backtick or brace.
    fn template(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'`' => {
                    self.before = Before::Operand;
                    return;
                }
                b'$' if self.bytes.get(self.at) == Some(&b'{') => {
                    self.at += 1;
                    self.before = Before::Operator;
                    self.open(b'{');
                    self.level.template = true;
                    self.before = Before::Operator;
                    return;
                }
                _ => {}
            }
        }
    }

    fn slash(&mut self) {
        self.at += 1;
        if self.before == Before::Operand {
            self.before = Before::Operator;
            return;
        }
        let mut in_class = false;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' => self.at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => {
                    self.at += 1;
                    break;
                }
                b'\n' | b'\r' => break,
                _ => {}
            }
            self.at += 1;
        }
        self.before = Before::Operand;
    }

    fn skip_comment(&mut self) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if rest.starts_with(b"//") {
            self.skip_line();
            true
        } else if rest.starts_with(b"/*") {
            let body = rest.get(2..).unwrap_or_default();
            let end = memchr::memmem::find(body, b"*/").map_or(rest.len(), |end| end + 4);
            self.new_line |= memchr::memchr(b'\n', rest.get(..end).unwrap_or_default()).is_some();
            self.at += end;
            true
        } else {
            false
        }
    }

    fn skip_line(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    }

    fn skip_string(&mut self, quote: u8) {
        self.at += 1;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let Some(step) = memchr::memchr3(quote, b'\\', b'\n', rest) else {
                self.at = self.bytes.len();
                return;
            };
            self.at += step + 1;
            match rest.get(step) {
                Some(b'\\') => self.at += 1,
                Some(b'\n') => {
                    // An unclosed string ends with its line.
                    self.at -= 1;
                    return;
                }
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excess(text: &str) -> Option<String> {
        check(text, &Limits::default()).err().map(|excess| excess.why)
    }

    #[test]
    fn every_hostile_shape_is_seen() {
        let many = 100_000;
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{", "}"),
            ("a=>", ""),
            ("function f(){", "}"),
            ("(function(){", "})()"),
            ("`${", "}`"),
            ("class A{a(){", "}}"),
            ("!", ""),
            ("typeof ", ""),
            ("new ", ""),
            ("a?b:", ""),
            ("a=", ""),
            ("if(a)", ""),
            ("for(;;)", ""),
            ("a:", ""),
            ("x=>(", ")"),
            ("async x=>", ""),
            ("do ", "while(1)"),
            ("-", ""),
            ("f(", ")"),
            ("a[", "]"),
            ("{a:", "}"),
            ("await ", ""),
            ("else ", ""),
            ("if(a){}else ", ""),
            ("a**", ""),
        ] {
            let text = format!("{}1{}", open.repeat(many), close.repeat(many));
            assert!(excess(&text).is_some(), "{open:?} nested {many} times");
        }
        for link in ["1+", "a.b.", "a||", "f()", "a,b+", "`a`", "a?.b", "x in ", "''+\n", "a\n+", "{}+", "a[0]"] {
            let text = if link == "a,b+" { "b+".repeat(many) } else { link.repeat(many) };
            assert!(excess(&text).is_some(), "a chain of {link:?}");
        }
        assert!(excess(&format!("if(a){{}}{}", "else if(b){}".repeat(20_000))).is_some());
        assert!(excess(&format!("if(a)x;{}", "else if(b)x,y\n".repeat(20_000))).is_some());
        assert!(excess(&";".repeat(13_000_000)).is_some());
    }

    #[test]
    fn brackets_hidden_from_a_naive_count_are_seen() {
        // Strings with closing brackets, after a regular expression that looks like the begin of a string.
        let hidden = "(\"/*)*/\"".repeat(50_000);
        assert!(excess(&format!("a=/\"/;\n{hidden}")).is_some());
        assert!(excess(&format!("if(a)/\"/.test(b);\n{hidden}")).is_some());
        assert!(excess(&format!("function f(){{}}/\"/.test(b);{hidden}")).is_some());
        assert!(excess(&format!("a=b/c;d=\"/\";{hidden}")).is_some());
        assert!(excess(&format!("x=`\"${{a}}\"`;{hidden}")).is_some());
    }

    #[test]
    fn long_but_flat_scripts_are_parsed() {
        for unit in [
            "var a=1;",
            "f(a,b);",
            "x=[1,2];",
            "function a(){return 1}",
            "import a from 'b'\n",
            "case 1:return a;",
            "a,",
            "'x',",
            "if(a){b()}else{c()}",
            "a.b.c.d(e).f;",
            "x=`a${b}c`;",
            "class A{a(){}b(){}}",
            "a\nb\n",
            "const a = b / c\n",
            "// it's (((\n",
            "/* ((( \" */",
            "'((('+a;",
            "/[(]/.test(a);",
            "a++/b;",
            "{a:1};",
            "x=>{y};",
        ] {
            let text = unit.repeat(200_000);
            assert_eq!(excess(&text), None, "{unit:?} repeated");
        }
        let strings = "'some line of text '+\n".repeat(5_000);
        assert_eq!(excess(&format!("x={strings}''")), None, "a text of 5,000 lines");
    }

    #[test]
    fn small_scripts_are_not_scanned() {
        assert_eq!(excess(&"(".repeat(ALWAYS_SAFE_BYTES)), None);
    }
}
