//! What a script's pieces of code are, whatever a bundler and a minifier call things: functions, classes, and the larger
//! statements, declarations and properties; of each its own code as a digest over its tokens, without the names of
//! variables, spaces, comments and the hashes in the names of chunks.
//!
//! Two builds of the same sources have the same pieces; one that was changed, added or removed is told from chunks that
//! were cut otherwise and from names that were given otherwise.

use std::ops::Range;

use sha2::{Digest as _, Sha256};
use swc_common::{BytePos, Spanned as _};
use swc_ecma_ast::{ArrowExpr, Class, Constructor, EsVersion, Function, KeyValueProp, Program, Stmt, VarDeclarator};
use swc_ecma_parser::unstable::{Capturing, Token, TokenAndSpan};
use swc_ecma_parser::{EsSyntax, Lexer, Parser, StringInput, Syntax};
use swc_ecma_visit::{Visit, VisitWith as _};

use crate::facts::script::budget;
use crate::inputs::Limits;

/// Bytes of a unit's digest: enough that no two units of a bundle are taken for one by chance.
const DIGEST_BYTES: usize = 16;

/// Over the tokens of a unit: the first bytes of their SHA-256.
pub type UnitDigest = [u8; DIGEST_BYTES];

/// Statements, declarations and properties of fewer bytes belong to what is around them.
const LEAST_PIECE: usize = 160;

/// One piece's own code, without that of the pieces within it; or what of a script stands outside of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Over its tokens, with a mark for each piece within it.
    pub digest: UnitDigest,
    /// Bytes of its own tokens.
    pub bytes: u32,
    /// Where it stands in the script, in bytes.
    pub range: Range<usize>,
}

/// The units of a script, in the order in which they begin.
///
/// # Errors
/// In words, when it is too deep to be parsed, or no script.
pub fn units(text: &str, limits: &Limits) -> Result<Vec<Unit>, String> {
    budget::check(text, limits).map_err(|excess| excess.why)?;
    let Ok(length) = u32::try_from(text.len()) else { return Err("longer than 4 GiB".to_owned()) };
    let syntax = Syntax::Es(EsSyntax {
        decorators: true,
        import_attributes: true,
        explicit_resource_management: true,
        allow_return_outside_function: true,
        ..EsSyntax::default()
    });
    // swc counts bytes from 1.
    let input = StringInput::new(text, BytePos(1), BytePos(length.saturating_add(1)));
    let lexer = Capturing::new(Lexer::new(syntax, EsVersion::EsNext, input, None));
    let mut parser = Parser::new_from(lexer);
    let program = parser.parse_program().map_err(|error| error.kind().msg().into_owned())?;
    let mut pieces = Pieces::default();
    pieces.visit(&program);
    drop(program);
    let tokens = parser.input_mut().iter_mut().take();
    Ok(of_tokens(text, &tokens, &pieces.ranges))
}

/// The ranges of a script's pieces, in the order in which they begin, outer ones first.
#[derive(Default)]
struct Pieces {
    ranges: Vec<Range<usize>>,
}

impl Pieces {
    fn visit(&mut self, program: &Program) {
        program.visit_with(self);
        self.ranges.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    }

    fn add(&mut self, span: swc_common::Span) {
        self.ranges.push(offset(span.lo)..offset(span.hi));
    }

    fn add_large(&mut self, span: swc_common::Span) {
        let range = offset(span.lo)..offset(span.hi);
        if range.len() >= LEAST_PIECE {
            self.ranges.push(range);
        }
    }
}

impl Visit for Pieces {
    fn visit_function(&mut self, function: &Function) {
        self.add(function.span());
        function.visit_children_with(self);
    }

    fn visit_constructor(&mut self, constructor: &Constructor) {
        self.add(constructor.span());
        constructor.visit_children_with(self);
    }

    fn visit_arrow_expr(&mut self, arrow: &ArrowExpr) {
        self.add(arrow.span());
        arrow.visit_children_with(self);
    }

    fn visit_stmt(&mut self, statement: &Stmt) {
        self.add_large(statement.span());
        statement.visit_children_with(self);
    }

    fn visit_var_declarator(&mut self, declarator: &VarDeclarator) {
        self.add_large(declarator.span());
        declarator.visit_children_with(self);
    }

    fn visit_key_value_prop(&mut self, property: &KeyValueProp) {
        self.add_large(property.span());
        property.visit_children_with(self);
    }

    fn visit_class(&mut self, class: &Class) {
        self.add(class.span());
        class.visit_children_with(self);
    }
}

fn offset(position: BytePos) -> usize {
    usize::try_from(position.0.saturating_sub(1)).unwrap_or(usize::MAX)
}

/// A unit that is being read.
struct Open {
    hash: Sha256,
    bytes: u32,
    range: Range<usize>,
    /// Whether the token before was a dot, so that a name is a property's.
    after_dot: bool,
}

impl Open {
    fn new(range: Range<usize>) -> Self {
        Self { hash: Sha256::new(), bytes: 0, range, after_dot: false }
    }

    fn close(self) -> Unit {
        let mut digest = [0; DIGEST_BYTES];
        for (to, from) in digest.iter_mut().zip(self.hash.finalize()) {
            *to = from;
        }
        Unit { digest, bytes: self.bytes, range: self.range }
    }
}

fn of_tokens(text: &str, tokens: &[TokenAndSpan], pieces: &[Range<usize>]) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut open = vec![Open::new(0..text.len())];
    let mut next = pieces.iter().peekable();
    for (index, token) in tokens.iter().enumerate() {
        let range = offset(token.span.lo)..offset(token.span.hi);
        while open.len() > 1 && open.last().is_some_and(|unit| unit.range.end <= range.start) {
            units.extend(open.pop().map(Open::close));
        }
        while let Some(piece) = next.next_if(|piece| piece.start <= range.start) {
            // The outer one knows that something stands here, and not what.
            if let Some(outer) = open.last_mut() {
                outer.hash.update([0xFF]);
            }
            open.push(Open::new(piece.clone()));
        }
        let Some(unit) = open.last_mut() else { break };
        let written = text.get(range.clone()).unwrap_or_default();
        let before = index.checked_sub(1).and_then(|before| tokens.get(before)).map(|before| before.token);
        // In `a ? b : c` a colon follows a variable.
        let is_key = matches!(before, Some(Token::LBrace | Token::Comma))
            && tokens.get(index + 1).is_some_and(|after| after.token == Token::Colon);
        add(unit, token.token, written, is_key);
        unit.bytes = unit.bytes.saturating_add(u32::try_from(written.len()).unwrap_or(u32::MAX));
    }
    units.extend(open.into_iter().map(Open::close));
    units.sort_by(|one, other| (one.range.start, &one.digest).cmp(&(other.range.start, &other.digest)));
    units
}

fn add(unit: &mut Open, token: Token, written: &str, is_key: bool) {
    let after_dot = std::mem::replace(&mut unit.after_dot, matches!(token, Token::Dot | Token::OptionalChain));
    // A name of a variable is the minifier's; that of a property is the program's.
    let is_variable = token.is_word() && !after_dot && !is_key && !token.is_keyword();
    if token == Token::Eof || token == Token::Semi {
        // Where a minifier puts semicolons says nothing.
        return;
    }
    if is_variable {
        unit.hash.update([0]);
        return;
    }
    let written = written.as_bytes();
    unit.hash.update([1]);
    if matches!(written.first(), Some(b'"' | b'\'' | b'`')) {
        unit.hash.update(masked(written.get(1..written.len().saturating_sub(1)).unwrap_or_default()));
    } else {
        unit.hash.update(written);
    }
    unit.hash.update([2]);
}

/// A text with the hash in a chunk's file name left out: `./main-4f3a1b9c.js` → `./main-.js`.
fn masked(text: &[u8]) -> Vec<u8> {
    super::names::without_hash(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digests(text: &str) -> Vec<[u8; DIGEST_BYTES]> {
        let mut all: Vec<_> = units(text, &Limits::default()).unwrap().into_iter().map(|unit| unit.digest).collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn names_spaces_and_comments_are_no_code() {
        let one = "function add(first, second) { /* adds */ return first.value + second.value; }\nadd(a, b);";
        let other = "function e(t,n){return t.value+n.value}e(r,i)";
        assert_eq!(digests(one), digests(other));
        assert_ne!(digests(one), digests("function e(t,n){return t.value-n.value}e(r,i)"));
        assert_eq!(digests("x={key:a?b:c}"), digests("y={key:d?e:f}"));
        assert_ne!(digests("x={key:1}"), digests("x={kez:1}"));
        assert_ne!(digests(one), digests("function e(t,n){return t.value+n.other}e(r,i)"));
    }

    #[test]
    fn the_hash_of_a_chunk_is_no_code() {
        assert_eq!(digests("import('./main-4f3a1b9c.js')"), digests("import('./main-99aa00bb.js')"));
        assert_ne!(digests("import('./main-4f3a1b9c.js')"), digests("import('./other-4f3a1b9c.js')"));
    }

    #[test]
    fn a_change_within_a_function_leaves_the_outer_one_alone() {
        let before = units("function a(){f(1);return function(){g(2)}}", &Limits::default()).unwrap();
        let after = units("function a(){f(1);return function(){g(3)}}", &Limits::default()).unwrap();
        let same = before.iter().filter(|unit| after.iter().any(|other| other.digest == unit.digest)).count();
        assert_eq!((before.len(), after.len(), same), (3, 3, 2));
    }

    #[test]
    fn templates_and_regular_expressions_are_read_rightly() {
        assert_ne!(digests("x=`a${b}c`"), digests("x=`a${b}d`"));
        assert_ne!(digests("x=/a/"), digests("x=/b/"));
    }
}
