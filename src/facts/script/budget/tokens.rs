//! One token of each kind, and what it means for the recursion that swc will need.

use super::{Before, CLASSES, Class, Ended, Level, Scan};

impl Scan<'_> {
    pub(super) fn word(&mut self) {
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

    pub(super) fn operator(&mut self, byte: u8) {
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

    pub(super) fn open(&mut self, byte: u8) {
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

    pub(super) fn close(&mut self, byte: u8) {
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
    pub(super) fn template(&mut self) {
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

    pub(super) fn slash(&mut self) {
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

    pub(super) fn skip_comment(&mut self) -> bool {
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

    pub(super) fn skip_line(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    }

    pub(super) fn skip_string(&mut self, quote: u8) {
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
