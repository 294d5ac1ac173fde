//! What a script's pieces of code are, whatever a bundler and a minifier call things: the larger blocks, statements,
//! elements and properties; of each its own code as a digest over its tokens, without the names of variables, spaces,
//! comments and the hashes in the names of chunks.
//!
//! Two builds of the same sources have the same pieces; one that was changed, added or removed is told from chunks that
//! were cut otherwise and from names that were given otherwise.

#[cfg(test)]
mod tests;
mod words;

use std::ops::Range;

use sha2::{Digest as _, Sha256};
use swc_common::BytePos;
use swc_ecma_ast::EsVersion;
use swc_ecma_parser::unstable::{Capturing, Token as Parsed};
use swc_ecma_parser::{EsSyntax, Lexer, Parser, StringInput, Syntax};

use super::linkage::{Fate, Linkage, as_built, names_chunks};
use super::tokens::{Kind, Stop, Token, Tokens};
use crate::facts::script::budget;
use crate::facts::stored::{Reader, Stored};
use crate::inputs::Limits;
use words::{begins_statement, is_kept};

/// Bytes of a unit's digest: enough that no two units of a bundle are taken for one by chance.
const DIGEST_BYTES: usize = 16;
/// Statements, elements and properties of fewer bytes belong to what is around them.
const LEAST_PIECE: u32 = 160;
/// Blocks of fewer bytes belong to what is around them.
const LEAST_BLOCK: u32 = 64;
/// A run of small elements ends after one in so many, as its content falls, when it has these bytes at least: what is added
/// between two of thousands then changes one run, and not all that lies around.
const RUN_ENDS: u8 = 8;
const LEAST_RUN: u32 = 64;
/// Stands for a piece in what is around it: that something stands here, and not what.
const PIECE: u8 = 0xFF;
/// Stands for the name of a variable.
const VARIABLE: u8 = 0;

/// Over the tokens of a unit: the first bytes of their SHA-256.
pub type UnitDigest = [u8; DIGEST_BYTES];

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

impl Stored for Unit {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.digest);
        self.bytes.put(out);
        self.range.start.put(out);
        self.range.end.put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        let digest = reader.bytes(DIGEST_BYTES)?.try_into().ok()?;
        let bytes = u32::take(reader)?;
        Some(Self { digest, bytes, range: usize::take(reader)?..usize::take(reader)? })
    }
}

/// The units of a script, in the order in which they end.
///
/// # Errors
/// In words, when it can't be told where its code stands.
pub fn units(text: &str, limits: &Limits) -> Result<Vec<Unit>, String> {
    match Cutter::new(text).cut(Tokens::new(text, None)) {
        Ok(units) => Ok(units),
        Err(Stop::Unread(why)) => Err(why),
        Err(Stop::Unsure) => {
            let expressions = regular_expressions(text, limits)?;
            match Cutter::new(text).cut(Tokens::new(text, Some(&expressions))) {
                Ok(units) => Ok(units),
                Err(Stop::Unread(why)) => Err(why),
                Err(Stop::Unsure) => Err("where its regular expressions stand is not known".to_owned()),
            }
        }
    }
}

/// Where regular expressions begin, in bytes, as the grammar has it.
fn regular_expressions(text: &str, limits: &Limits) -> Result<Vec<usize>, String> {
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
    let mut parser = Parser::new_from(Capturing::new(Lexer::new(syntax, EsVersion::EsNext, input, None)));
    drop(parser.parse_program().map_err(|error| error.kind().msg().into_owned())?);
    let tokens = parser.input_mut().iter_mut().take();
    let begin = |position: BytePos| usize::try_from(position.0.saturating_sub(1)).unwrap_or(usize::MAX);
    let found = tokens.iter().filter(|token| token.token == Parsed::Regex).map(|token| begin(token.span.lo));
    let mut found: Vec<usize> = found.collect();
    found.sort_unstable();
    Ok(found)
}

/// A bracket, or the script itself, that is being read.
struct Group {
    /// Whether it is one of braces.
    block: bool,
    /// Where its tokens begin in the normal form.
    from: usize,
    /// Bytes of its own tokens, without the element that is open.
    bytes: u32,
    /// The same of the element that is open.
    element_from: usize,
    element_at: usize,
    element_bytes: u32,
    /// Drawn from the pieces within the open element, and within all of them.
    element_mix: u8,
    mix: u8,
    /// Where the run of elements begins in the normal form, and where it stands.
    run_from: usize,
    run_at: usize,
}

impl Group {
    const fn new(block: bool, from: usize, at: usize) -> Self {
        Self {
            block,
            from,
            bytes: 0,
            element_from: from,
            element_at: at,
            element_bytes: 0,
            element_mix: 0,
            mix: 0,
            run_from: from,
            run_at: at,
        }
    }
}

/// Cuts tokens into pieces. The normal form of what is open lies on one stack; a piece takes its own off.
struct Cutter<'a> {
    text: &'a str,
    normal: Vec<u8>,
    groups: Vec<Group>,
    units: Vec<Unit>,
    /// The last mark, when the last token was one.
    mark: Option<u8>,
    /// Whether the script names chunks with hashes.
    hashed: bool,
    linkage: Linkage,
}

impl<'a> Cutter<'a> {
    fn new(text: &'a str) -> Self {
        let groups = vec![Group::new(false, 0, 0)];
        let hashed = names_chunks(text.as_bytes());
        Self { text, normal: Vec::new(), groups, units: Vec::new(), mark: None, hashed, linkage: Linkage::new(hashed) }
    }

    fn cut(mut self, mut tokens: Tokens<'_>) -> Result<Vec<Unit>, Stop> {
        while let Some(token) = tokens.next()? {
            self.token(&token, &tokens);
        }
        let end = self.text.len();
        self.end_element(end);
        if let Some(root) = self.groups.pop()
            && root.bytes > 0
        {
            self.take(root.from, root.run_at..end, root.bytes);
        }
        Ok(self.units)
    }

    fn token(&mut self, token: &Token, tokens: &Tokens<'_>) {
        let written = self.text.as_bytes().get(token.range.clone()).unwrap_or_default();
        let before = self.mark.take();
        let rest = self.text.as_bytes().get(token.range.end..).unwrap_or_default();
        let (names, fate) = self.linkage.look(token, written, tokens.following(), rest);
        if let Some(names) = names {
            self.literal(6, &names, names.len());
        }
        if fate == Fate::Drop {
            self.mark = if let Kind::Mark(mark) = token.kind { Some(mark) } else { None };
            return;
        }
        match token.kind {
            Kind::Mark(mark @ (b')' | b']' | b'}')) => {
                self.end_element(token.range.start);
                self.end_group(token.range.end, mark);
                self.mark = Some(mark);
                return;
            }
            // Where a minifier puts semicolons says nothing.
            Kind::Mark(b';') => self.end_element(token.range.start),
            Kind::Mark(b',') => {
                self.end_element(token.range.start);
                self.normal.push(b',');
                self.start_element(token.range.end);
            }
            Kind::Mark(_) => {
                self.normal.extend_from_slice(written);
                self.count(written.len());
            }
            Kind::Word => {
                if before == Some(b'}') && begins_statement(written) {
                    self.end_element(token.range.start);
                }
                // In `a ? b : c` a colon follows a variable.
                let is_key = matches!(before, Some(b'{' | b',')) && tokens.following() == b':';
                if fate == Fate::Keep && (token.after_dot || is_key || is_kept(written)) {
                    self.named(1, written);
                } else {
                    self.normal.push(VARIABLE);
                }
                self.count(written.len());
            }
            Kind::Number => self.literal(2, written, written.len()),
            Kind::Expression => self.literal(3, written, written.len()),
            Kind::Text => self.literal(4, &as_built(written, self.hashed), written.len()),
            Kind::Template => self.literal(5, &as_built(written, self.hashed), written.len()),
        }
        if token.opens {
            let block = token.kind == Kind::Mark(b'{');
            self.groups.push(Group::new(block, self.normal.len(), token.range.end));
        }
        if let Kind::Mark(mark) = token.kind {
            self.mark = Some(mark);
        }
    }

    /// A sort, a length and bytes: no two series of tokens have the same normal form.
    fn named(&mut self, sort: u8, bytes: &[u8]) {
        self.normal.push(sort);
        self.normal.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.normal.extend_from_slice(bytes);
    }

    fn literal(&mut self, sort: u8, bytes: &[u8], length: usize) {
        self.named(sort, bytes);
        self.count(length);
    }

    fn count(&mut self, bytes: usize) {
        if let Some(group) = self.groups.last_mut() {
            group.element_bytes = group.element_bytes.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
        }
    }

    fn start_element(&mut self, at: usize) {
        let from = self.normal.len();
        if let Some(group) = self.groups.last_mut() {
            (group.element_from, group.element_at, group.element_bytes) = (from, at, 0);
        }
    }

    /// An element of the innermost group ends: large ones are pieces, others are the group's.
    fn end_element(&mut self, at: usize) {
        let Some(group) = self.groups.last_mut() else { return };
        let (from, begin, bytes) = (group.element_from, group.element_at, group.element_bytes);
        if bytes >= LEAST_PIECE {
            self.take(from, begin..at, bytes);
        } else {
            group.bytes = group.bytes.saturating_add(bytes);
        }
        let [drawn, ..] = crc32fast::hash(self.normal.get(from..).unwrap_or_default()).to_le_bytes();
        if let Some(group) = self.groups.last_mut() {
            let mix = std::mem::take(&mut group.element_mix);
            group.mix ^= mix;
            if (drawn ^ mix).is_multiple_of(RUN_ENDS) && group.bytes >= LEAST_RUN {
                let (from, begin) = (group.run_from, group.run_at);
                let bytes = std::mem::take(&mut group.bytes);
                self.take(from, begin..at, bytes);
                let next = self.normal.len();
                if let Some(group) = self.groups.last_mut() {
                    group.element_mix = 0;
                    (group.run_from, group.run_at) = (next, at);
                }
            }
        }
        self.start_element(at);
    }

    fn end_group(&mut self, at: usize, mark: u8) {
        if self.groups.len() < 2 {
            return;
        }
        let Some(group) = self.groups.pop() else { return };
        if group.block && group.bytes >= LEAST_BLOCK {
            self.take(group.from, group.run_at..at.saturating_sub(1), group.bytes);
        } else if let Some(outer) = self.groups.last_mut() {
            outer.element_bytes = outer.element_bytes.saturating_add(group.bytes);
        }
        if let Some(outer) = self.groups.last_mut() {
            outer.element_mix ^= group.mix;
        }
        self.normal.push(mark);
        self.count(1);
    }

    /// Makes a piece of what lies on the stack from `from` on.
    fn take(&mut self, from: usize, range: Range<usize>, bytes: u32) {
        let mut digest = [0; DIGEST_BYTES];
        let whole = Sha256::digest(self.normal.get(from..).unwrap_or_default());
        for (to, from) in digest.iter_mut().zip(whole) {
            *to = from;
        }
        if let (Some(group), [first, ..]) = (self.groups.last_mut(), digest) {
            group.element_mix ^= first;
        }
        self.units.push(Unit { digest, bytes, range: trimmed(self.text, range) });
        self.normal.truncate(from);
        self.normal.push(PIECE);
    }
}

/// Without the spaces before it.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let bytes = text.as_bytes().get(range.clone()).unwrap_or_default();
    let blank = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b';' | b',')).count();
    range.start + blank..range.end
}
