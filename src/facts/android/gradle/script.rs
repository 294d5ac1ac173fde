//! A build script as a list of statements, each with the blocks around it. Nothing is executed.

use super::lex::{Kind, Token, lex};
use crate::facts::android::place::Place;
use crate::model::{LineIndex, Position};

/// Blocks within blocks; real scripts have fewer than ten. What is deeper belongs to none of the blocks that are asked for.
const MOST_LEVELS: usize = 20;
/// Characters of a block's name.
const MOST_OF_NAME: usize = 100;
/// Statements and blocks that are kept of one file.
const MOST_STATEMENTS: usize = 20_000;
/// The name of a block whose content may or may not be executed.
pub(super) const CONDITION: &str = "?";
/// Statements that open such blocks.
const CONDITIONS: &[&str] = &["if", "else", "when", "for", "while", "try", "catch", "finally", "switch", "case"];
/// Calls that name the block which they open by their argument.
const NAMING: &[&str] = &["create", "register", "getByName", "named", "maybeCreate", "container"];
/// Words that begin the declaration of a variable.
const DECLARING: &[&str] = &["def", "val", "var", "final", "const", "private", "int", "String", "Integer", "boolean"];

/// One statement.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    /// The names of the blocks around it, outermost first.
    pub(super) blocks: Vec<String>,
    /// What is set or called: `ext.targetSdkVersion` is two names.
    pub(super) names: Vec<String>,
    /// Whether it declares a variable.
    pub(super) declares: bool,
    /// The value or the arguments.
    pub(super) value: Vec<Token>,
    /// Where it begins.
    pub(super) at: Place,
}

impl Statement {
    /// The last name.
    pub(super) fn name(&self) -> &str {
        self.names.last().map_or("", String::as_str)
    }

    /// Blocks and all names but the last.
    pub(super) fn scope(&self) -> impl Iterator<Item = &str> {
        let names = self.names.len().saturating_sub(1);
        self.blocks.iter().chain(self.names.iter().take(names)).map(String::as_str)
    }

    /// Whether it stands in `within`, from `android` on, whatever is around that.
    pub(super) fn is_in(&self, within: &[&str]) -> bool {
        let scope: Vec<&str> = self.scope().filter(|name| *name != CONDITION).collect();
        let from = scope.iter().position(|name| *name == "android").map_or(0, |at| at + 1);
        scope.get(from..).is_some_and(|scope| scope == within)
    }

    /// Whether it is only executed under a condition.
    pub(super) fn is_conditional(&self) -> bool {
        self.blocks.iter().any(|block| block == CONDITION) || self.names.first().is_some_and(|name| name == "if")
    }
}

/// One file.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) path: String,
    pub(super) statements: Vec<Statement>,
    /// Whether it has more statements than are kept.
    pub(super) is_cut: bool,
    /// Every block that is opened, with the names of those around it.
    pub(super) blocks: Vec<(Vec<String>, Place)>,
    /// Byte offsets of tokens and where they are.
    places: Vec<(usize, Position)>,
}

impl Script {
    /// Reads a script.
    pub(super) fn read(path: &str, text: &str) -> Self {
        let lines = LineIndex::new(text);
        let tokens = lex(text);
        let places = tokens.iter().map(|token| (token.at, lines.position(token.at))).collect();
        let mut script =
            Self { path: path.to_owned(), statements: Vec::new(), is_cut: false, blocks: Vec::new(), places };
        let mut reader = Reader { frames: Vec::new(), blocks: Vec::new(), current: Vec::new(), depth: 0 };
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token.kind {
                Kind::NewLine => {
                    while tokens.next_if(|next| next.kind == Kind::NewLine).is_some() {}
                    let goes_on = tokens.peek().is_some_and(|next| next.is('.') || next.is('?') || next.is(':'));
                    if reader.depth == 0 && !goes_on && !reader.is_open() {
                        reader.end(&mut script);
                    }
                }
                Kind::Sign(';') if reader.depth == 0 => reader.end(&mut script),
                Kind::Sign('{') => reader.open(&mut script, &token),
                Kind::Sign('}') => reader.close(&mut script),
                Kind::Sign('(' | '[') => {
                    reader.depth += 1;
                    reader.current.push(token);
                }
                Kind::Sign(')' | ']') => {
                    reader.depth = reader.depth.saturating_sub(1);
                    reader.current.push(token);
                }
                _ => reader.current.push(token),
            }
        }
        reader.end(&mut script);
        script
    }

    /// The place of a token.
    pub(super) fn place(&self, token: &Token) -> Place {
        let index = self.places.partition_point(|(at, _)| *at < token.at);
        let position = self.places.get(index).map_or(Position { line: 1, column: 1 }, |(_, position)| *position);
        Place::new(&self.path, position)
    }
}

/// One open block.
struct Frame {
    /// How many names it added.
    names: usize,
    /// The open brackets of the statement around it.
    depth: usize,
}

struct Reader {
    frames: Vec<Frame>,
    /// The names of the open blocks.
    blocks: Vec<String>,
    current: Vec<Token>,
    /// Open brackets of the current statement.
    depth: usize,
}

impl Reader {
    /// Whether the line can't be the statement's last.
    fn is_open(&self) -> bool {
        self.current.last().is_some_and(|last| ['=', ',', '?', ':', '.', '+'].into_iter().any(|sign| last.is(sign)))
    }

    fn keep(&self, script: &mut Script, tokens: Vec<Token>) {
        let Some(statement) = statement(script, &self.blocks, tokens) else { return };
        if script.statements.len() < MOST_STATEMENTS {
            script.statements.push(statement);
        } else {
            script.is_cut = true;
        }
    }

    fn end(&mut self, script: &mut Script) {
        let tokens = std::mem::take(&mut self.current);
        self.depth = 0;
        self.keep(script, tokens);
    }

    fn open(&mut self, script: &mut Script, brace: &Token) {
        let depth = self.depth;
        let tokens = std::mem::take(&mut self.current);
        let names = block_names(&tokens);
        let at = script.place(tokens.first().unwrap_or(brace));
        // `version = release(36) { … }` is a statement too.
        if tokens.iter().any(|token| token.is('=')) {
            self.keep(script, tokens);
        }
        let mut added = 0;
        for name in names {
            if self.blocks.len() < MOST_LEVELS {
                self.blocks.push(name.chars().take(MOST_OF_NAME).collect());
                added += 1;
            }
        }
        if added > 0 && script.blocks.len() < MOST_STATEMENTS {
            script.blocks.push((self.blocks.clone(), at));
        }
        self.frames.push(Frame { names: added, depth });
        self.depth = 0;
    }

    fn close(&mut self, script: &mut Script) {
        self.end(script);
        if let Some(frame) = self.frames.pop() {
            self.blocks.truncate(self.blocks.len().saturating_sub(frame.names));
            self.depth = frame.depth;
        }
    }
}

/// What a block is called: `buildTypes.getByName("release")` is `buildTypes`, `release`.
fn block_names(tokens: &[Token]) -> Vec<String> {
    let first = tokens.first();
    if first.and_then(Token::word).is_some_and(|word| CONDITIONS.contains(&word)) {
        return vec![CONDITION.to_owned()];
    }
    // `val release by getting { … }`
    if tokens.iter().any(|token| matches!(token.word(), Some("getting" | "creating" | "registering"))) {
        return tokens.get(1).and_then(Token::word).map(|name| vec![name.to_owned()]).unwrap_or_default();
    }
    if let Some(text) = first.and_then(Token::text) {
        return vec![text.to_owned()];
    }
    let mut names = Vec::new();
    let mut tokens = tokens.iter().peekable();
    while let Some(token) = tokens.next() {
        let Some(word) = token.word() else { continue };
        if NAMING.contains(&word) {
            while tokens.next_if(|next| next.is('(')).is_some() {}
            names.extend(tokens.next_if(|next| next.text().is_some()).and_then(Token::text).map(ToOwned::to_owned));
        } else {
            names.push(word.to_owned());
        }
        if tokens.next_if(|next| next.is('.')).is_none() {
            break;
        }
    }
    if names.is_empty() { vec![CONDITION.to_owned()] } else { names }
}

fn statement(script: &Script, blocks: &[String], tokens: Vec<Token>) -> Option<Statement> {
    let at = script.place(tokens.first()?);
    let declared = tokens.iter().take_while(|token| token.word().is_some_and(|word| DECLARING.contains(&word))).count();
    let tokens: Vec<Token> = tokens.into_iter().skip(declared).filter(|token| token.kind != Kind::NewLine).collect();
    let mut names = Vec::new();
    let mut rest = tokens.as_slice();
    while let Some((token, after)) = rest.split_first() {
        let Some(word) = token.word() else { break };
        names.push(word.to_owned());
        rest = after;
        match rest.split_first() {
            Some((dot, after)) if dot.is('.') => rest = after,
            _ => break,
        }
    }
    if names.is_empty() {
        return None;
    }
    rest = index_and_sign(rest, &mut names);
    let value: Vec<Token> = rest.to_vec();
    Some(Statement { blocks: blocks.to_vec(), names, declares: declared > 0, value, at })
}

/// Passes `["name"]`, a type, `=` and `+=`; gives what is left.
fn index_and_sign<'a>(mut rest: &'a [Token], names: &mut Vec<String>) -> &'a [Token] {
    if let [open, name, close, after @ ..] = rest
        && open.is('[')
        && close.is(']')
        && after.first().is_some_and(|token| token.is('='))
    {
        names.extend(name.text().map(ToOwned::to_owned));
        rest = after;
    }
    if let [colon, kind, after @ ..] = rest
        && colon.is(':')
        && kind.word().is_some()
        && after.first().is_some_and(|token| token.is('='))
    {
        rest = after;
    }
    match rest {
        [sign, after @ ..] if sign.is('=') => after,
        [plus, sign, after @ ..] if plus.is('+') && sign.is('=') => after,
        _ => rest,
    }
}
