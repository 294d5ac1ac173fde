//! The values of a script as far as they are literals, or variables that are set to literals once.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::lex::{Kind, Token};
use super::script::Script;
use crate::facts::android::place::{Place, Written};
use crate::model::Fact;

/// Variables within variables.
const MOST_STEPS: usize = 16;
/// Expressions that are looked at in one project: variables of variables could multiply.
const MOST_EXPRESSIONS: usize = 100_000;
/// Tokens of an expression that is understood.
const MOST_TOKENS: usize = 500;
/// Characters of a text that is put together.
const MOST_OF_TEXT: usize = 16 * 1024;

/// A literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Number(i64),
    Text(String),
    Boolean(bool),
}

impl Value {
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Boolean(_) => None,
        }
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(boolean) => Some(*boolean),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Number(_) => None,
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Boolean(boolean) => boolean.to_string(),
        }
    }
}

/// An expression that a variable is set to.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) value: Defined,
    /// Whether it stands under a condition.
    pub(super) conditional: bool,
}

/// What stands on the right.
#[derive(Clone, Debug)]
pub(super) enum Defined {
    /// Tokens of the script with this index.
    Tokens(usize, Vec<Token>),
    /// A literal of a file that is no script.
    Literal(Written<Value>),
}

/// Everything that can be looked up.
#[derive(Debug, Default)]
pub(super) struct Variables {
    pub(super) scripts: Vec<Script>,
    /// `ext`, `extra`, local variables and `gradle.properties`, by name.
    pub(super) defined: BTreeMap<String, Vec<Definition>>,
    /// `libs.versions.toml`, by accessor.
    pub(super) versions: BTreeMap<String, Written<Value>>,
    /// `cdv-gradle-config.json`.
    pub(super) cordova: BTreeMap<String, Written<Value>>,
    /// Expressions that were looked at.
    pub(super) spent: Cell<usize>,
}

/// What an expression of the script with index `script` is.
pub(super) struct Evaluation<'a> {
    pub(super) variables: &'a Variables,
    visiting: Vec<String>,
    steps: usize,
}

type Known = Fact<Written<Value>>;

impl<'a> Evaluation<'a> {
    pub(super) const fn new(variables: &'a Variables) -> Self {
        Self { variables, visiting: Vec::new(), steps: 0 }
    }

    /// The value; `Absent` when it is a variable that nobody sets.
    pub(super) fn value(&mut self, script: usize, tokens: &[Token]) -> Known {
        if self.is_spent() || tokens.len() > MOST_TOKENS {
            return unknown("it is too long to be followed");
        }
        self.steps += 1;
        let fact = if self.steps > MOST_STEPS {
            unknown("it refers to itself, or over too many steps")
        } else {
            self.any(script, tokens)
        };
        self.steps -= 1;
        fact
    }

    /// Counts one more expression.
    fn is_spent(&self) -> bool {
        let spent = self.variables.spent.get();
        self.variables.spent.set(spent.saturating_add(1));
        spent > MOST_EXPRESSIONS
    }

    fn any(&mut self, script: usize, tokens: &[Token]) -> Known {
        let tokens = trim(tokens);
        if let [token] = tokens
            && let Some(value) = self.literal(script, token)
        {
            return value;
        }
        if let Some((left, right)) = split(tokens, true) {
            let value = self.value(script, left);
            return if value == Fact::Absent { self.value(script, right) } else { value };
        }
        if let Some((condition, branches)) = split(tokens, false) {
            return self.ternary(script, condition, branches);
        }
        if let Some((name, arguments)) = call(tokens) {
            return self.called(script, &name, arguments);
        }
        match dotted(tokens) {
            Some(names) => self.named(&names),
            None => unknown("it is computed"),
        }
    }

    fn place(&self, script: usize, token: &Token) -> Option<Place> {
        self.variables.scripts.get(script).map(|script| script.place(token))
    }

    fn literal(&mut self, script: usize, token: &Token) -> Option<Known> {
        let at = self.place(script, token)?;
        let value = match &token.kind {
            Kind::Number(number) => Value::Number(number.trim_end_matches(['L', 'l']).replace('_', "").parse().ok()?),
            Kind::Word(word) if word == "true" => Value::Boolean(true),
            Kind::Word(word) if word == "false" => Value::Boolean(false),
            Kind::Word(word) if word == "null" => return Some(Fact::Absent),
            Kind::Text(text, true) if text.contains('$') => return Some(self.template(text, at)),
            Kind::Text(text, _) => Value::Text(text.clone()),
            _ => return None,
        };
        Some(Fact::Known(Written::new(value, at)))
    }

    /// `"$name"`, `"1.${minor}"`.
    fn template(&mut self, text: &str, at: Place) -> Known {
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            if self.is_spent() || result.len() > MOST_OF_TEXT {
                return unknown("it is too long to be followed");
            }
            result.push_str(before);
            let braced = after.strip_prefix('{').and_then(|inner| inner.split_once('}'));
            let (name, tail) = match braced {
                Some(parts) => parts,
                None => {
                    let end = after.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(after.len());
                    after.split_at_checked(end).unwrap_or((after, ""))
                }
            };
            let names: Vec<&str> = name.trim().split('.').collect();
            match self.named(&names) {
                Fact::Known(value) => result.push_str(&value.value.text()),
                _ => return unknown("it is put together from what only a build knows"),
            }
            rest = tail;
        }
        result.push_str(rest);
        Fact::Known(Written::new(Value::Text(result), at))
    }

    fn ternary(&mut self, script: usize, condition: &[Token], branches: &[Token]) -> Known {
        let mut depth = 0_usize;
        let colon = branches.iter().position(|token| {
            depth = match token.kind {
                Kind::Sign('(' | '[') => depth + 1,
                Kind::Sign(')' | ']') => depth.saturating_sub(1),
                _ => depth,
            };
            depth == 0 && token.is(':')
        });
        let Some((yes, no)) = colon.and_then(|colon| branches.split_at_checked(colon)) else {
            return unknown("it depends on a condition");
        };
        let no = no.get(1..).unwrap_or_default();
        match call(trim(condition)) {
            Some((name, arguments)) if name.last().is_some_and(|name| name == "hasProperty" || name == "has") => {
                let asked = arguments.first().and_then(Token::text).unwrap_or_default();
                let defined =
                    self.variables.defined.contains_key(asked) && !self.visiting.iter().any(|name| name == asked);
                if defined { self.value(script, yes) } else { self.value(script, no) }
            }
            _ => {
                let (yes, no) = (self.value(script, yes), self.value(script, no));
                let same = |fact: &Known| fact.known().map(|written| written.value.clone());
                if same(&yes).is_some() && same(&yes) == same(&no) { yes } else { unknown("it depends on a condition") }
            }
        }
    }

    fn called(&mut self, script: usize, name: &[String], arguments: &[Token]) -> Known {
        let Some(last) = name.last().map(String::as_str) else { return unknown("it is computed") };
        let (first, second) = arguments
            .iter()
            .position(|token| token.is(','))
            .and_then(|comma| Some((arguments.get(..comma)?, arguments.get(comma + 1..)?)))
            .unwrap_or((arguments, &[]));
        let asked = first.first().and_then(Token::text);
        match (last, asked) {
            ("parseInt" | "valueOf" | "release" | "Integer" | "extra", _) if second.is_empty() => {
                self.value(script, first)
            }
            ("property" | "findProperty" | "gradleProperty" | "get" | "getProperty", Some(asked)) => self.lookup(asked),
            ("safeExtGet" | "getExtOrDefault" | "safeExt" | "getExtOrIntegerDefault", Some(asked)) => {
                let value = self.lookup(asked);
                if value == Fact::Absent { self.value(script, second) } else { value }
            }
            ("getenv" | "environmentVariable", _) => unknown("it comes from the environment of the build"),
            _ => unknown("it is computed"),
        }
    }

    fn named(&mut self, names: &[&str]) -> Known {
        if let ["libs", "versions", accessor @ ..] = names {
            let accessor = accessor.join(".");
            return self.variables.versions.get(&accessor).map_or(Fact::Absent, |value| Fact::Known(value.clone()));
        }
        if let ["cordovaConfig", key] = names {
            return self.variables.cordova.get(*key).map_or(Fact::Absent, |value| Fact::Known(value.clone()));
        }
        let prefix =
            |name: &&&str| matches!(**name, "rootProject" | "project" | "ext" | "extra" | "this" | "properties");
        let owned = names.iter().take_while(prefix).count();
        self.lookup(&names.get(owned..).unwrap_or_default().join("."))
    }

    fn lookup(&mut self, name: &str) -> Known {
        if self.visiting.iter().any(|visiting| visiting == name) {
            return Fact::Absent;
        }
        let Some(definitions) = self.variables.defined.get(name) else { return Fact::Absent };
        self.visiting.push(name.to_owned());
        let mut found: Known = Fact::Absent;
        for definition in definitions {
            if self.is_spent() {
                found = unknown("it is too long to be followed");
                break;
            }
            let value = match &definition.value {
                Defined::Literal(written) => Fact::Known(written.clone()),
                Defined::Tokens(script, tokens) => self.value(*script, tokens),
            };
            let same = found.known().map(|known| &known.value) == value.known().map(|known| &known.value);
            found = match found {
                _ if definition.conditional => unknown("it is set under a condition"),
                Fact::Absent => value,
                _ if same => found,
                _ => unknown("it is set more than once"),
            };
        }
        self.visiting.pop();
        found
    }
}

fn unknown(why: &str) -> Known {
    Fact::Unknown(why.to_owned())
}

/// Calls that change a value's type and nothing else.
const PLAIN: &[&str] = &["toInteger", "toInt", "get", "toString", "trim", "getOrNull", "toBoolean"];

/// Without outer brackets, `!!`, `as Integer`, `.toInteger()`.
fn trim(mut tokens: &[Token]) -> &[Token] {
    loop {
        tokens = match tokens {
            [rest @ .., cast, kind] if cast.word() == Some("as") && kind.word().is_some() => rest,
            [rest @ .., dot, name, open, close]
                if dot.is('.')
                    && open.is('(')
                    && close.is(')')
                    && name.word().is_some_and(|word| PLAIN.contains(&word)) =>
            {
                rest
            }
            [rest @ .., bang] if bang.is('!') && !rest.is_empty() => rest,
            [open, rest @ .., close] if open.is('(') && close.is(')') && balanced(rest) => rest,
            _ => return tokens,
        };
    }
}

/// Whether no bracket closes that was not opened.
fn balanced(tokens: &[Token]) -> bool {
    let mut depth = 0_i64;
    tokens.iter().all(|token| {
        match token.kind {
            Kind::Sign('(' | '[') => depth += 1,
            Kind::Sign(')' | ']') => depth -= 1,
            _ => {}
        }
        depth >= 0
    })
}

/// At the first `?:` outside brackets, or at the first `?` that is neither that nor `?.`.
fn split(tokens: &[Token], elvis: bool) -> Option<(&[Token], &[Token])> {
    let mut depth = 0_i64;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Sign('(' | '[') => depth += 1,
            Kind::Sign(')' | ']') => depth -= 1,
            Kind::Sign('?') if depth == 0 => {
                let next = tokens.get(at + 1);
                if elvis && next.is_some_and(|next| next.is(':')) {
                    return Some((tokens.get(..at)?, tokens.get(at + 2..)?));
                }
                if !elvis && !next.is_some_and(|next| next.is(':') || next.is('.')) {
                    return Some((tokens.get(..at)?, tokens.get(at + 1..)?));
                }
            }
            _ => {}
        }
    }
    None
}

/// `a.b.c`, with `["c"]` for the last too.
fn dotted(tokens: &[Token]) -> Option<Vec<&str>> {
    let mut names = vec![tokens.first()?.word()?];
    let mut rest = tokens.get(1..)?;
    loop {
        rest = match rest {
            [] => return Some(names),
            [question, after @ ..] if question.is('?') && after.first().is_some_and(|dot| dot.is('.')) => after,
            [dot, name, after @ ..] if dot.is('.') && name.word().is_some() => {
                names.extend(name.word());
                after
            }
            [open, name, close, after @ ..] if open.is('[') && close.is(']') => {
                names.push(name.text()?);
                after
            }
            _ => return None,
        };
    }
}

/// `a.b(…)` and nothing behind it.
fn call(tokens: &[Token]) -> Option<(Vec<String>, &[Token])> {
    let [.., close] = tokens else { return None };
    if !close.is(')') {
        return None;
    }
    let open = tokens.iter().position(|token| token.is('('))?;
    let arguments = tokens.get(open + 1..tokens.len().checked_sub(1)?)?;
    let names = dotted(tokens.get(..open)?)?;
    balanced(arguments).then(|| (names.into_iter().map(ToOwned::to_owned).collect(), arguments))
}

/// A fact's value in another type, or why it has none.
pub(super) fn typed<T>(fact: Known, what: &str, convert: impl FnOnce(&Value) -> Option<T>) -> Fact<Written<T>> {
    match fact {
        Fact::Known(written) => match convert(&written.value) {
            Some(value) => Fact::Known(Written::new(value, written.at)),
            None => Fact::Unknown(format!("it is no {what}")),
        },
        Fact::Absent => Fact::Absent,
        Fact::Unknown(why) => Fact::Unknown(why),
        Fact::Unreadable(why) => Fact::Unreadable(why),
    }
}
