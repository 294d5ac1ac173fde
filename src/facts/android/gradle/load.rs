//! Which files make up a build, and the variables they define.

use std::collections::BTreeSet;

use super::GradleFacts;
use super::lex::{Kind, Token};
use super::read::facts_of;
use super::script::{Script, Statement};
use super::value::{Defined, Definition, Value, Variables};
use crate::facts::android::files::{Files, join, resolve};
use crate::facts::android::place::{Place, Written};
use crate::inputs::{JsonNode, parse_json};
use crate::model::{Fact, LineIndex};

/// Scripts that are read of one app.
const MOST_SCRIPTS: usize = 40;
/// Modules that a settings file may name.
const MOST_MODULES: usize = 200;

/// Reads the build scripts of the app module `module` of the project in `project`.
pub(in super::super) fn read_gradle(files: &Files<'_>, project: &str, module: &str) -> GradleFacts {
    let mut loader =
        Loader { files, variables: Variables::default(), seen: BTreeSet::new(), read: Vec::new(), broken: None };
    loader.properties(&join(project, "gradle.properties"));
    loader.versions(&join(project, "gradle/libs.versions.toml"));
    loader.cordova(&join(project, "cdv-gradle-config.json"));
    for name in ["variables.gradle", "variables.gradle.kts", "build.gradle", "build.gradle.kts"] {
        loader.script(&join(project, name), project);
    }
    let before = loader.variables.scripts.len();
    if module != project {
        loader.properties(&join(module, "gradle.properties"));
        for name in ["build.gradle", "build.gradle.kts"] {
            loader.script(&join(module, name), project);
        }
    }
    let own = if module == project { 0 } else { before };
    let Loader { variables, read, broken, .. } = loader;
    let mut facts = facts_of(&variables, own);
    facts.files = read;
    if let Some(why) = broken {
        facts.nothing_is_absent(&why);
    }
    facts
}

struct Loader<'a> {
    files: &'a Files<'a>,
    variables: Variables,
    seen: BTreeSet<String>,
    read: Vec<String>,
    /// The first file that is there and can't be read: nothing is surely absent then.
    broken: Option<String>,
}

impl Loader<'_> {
    fn open(&mut self, path: &str) -> Option<String> {
        if !self.seen.insert(path.to_owned()) {
            return None;
        }
        match self.files.text(path) {
            Fact::Known(text) => {
                self.read.push(path.to_owned());
                Some(text)
            }
            Fact::Absent => None,
            Fact::Unknown(why) | Fact::Unreadable(why) => {
                self.broken.get_or_insert_with(|| format!("{path}: {why}"));
                None
            }
        }
    }

    fn define(&mut self, name: &str, value: Defined, conditional: bool) {
        self.variables.defined.entry(name.to_owned()).or_default().push(Definition { value, conditional });
    }

    fn script(&mut self, path: &str, project: &str) {
        if self.variables.scripts.len() >= MOST_SCRIPTS {
            return;
        }
        let Some(text) = self.open(path) else { return };
        let script = Script::read(path, &text);
        if script.is_cut {
            self.broken.get_or_insert_with(|| format!("{path}: too many statements"));
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let index = self.variables.scripts.len();
        let mut applied = Vec::new();
        for statement in &script.statements {
            self.variable(index, statement);
            // `apply from: "variables.gradle"`, `apply(from = "…")`
            if statement.names.first().is_some_and(|name| name == "apply")
                && statement.value.iter().any(|token| token.word() == Some("from"))
            {
                applied.extend(statement.value.iter().find_map(Token::text).map(ToOwned::to_owned));
            }
        }
        self.variables.scripts.push(script);
        for name in applied {
            let name = name.trim_start_matches("$rootDir/").trim_start_matches("${rootDir}/").to_owned();
            let near = resolve(&folder, &name).filter(|path| self.files.is_file(path));
            let Some(path) = near.or_else(|| resolve(project, &name)) else { continue };
            self.script(&path, project);
        }
    }

    fn variable(&mut self, script: usize, statement: &Statement) {
        let conditional = statement.is_conditional();
        let in_ext = statement.blocks.last().is_some_and(|block| block == "ext" || block == "extra");
        let names: Vec<&str> = statement.names.iter().map(String::as_str).collect();
        let prefix = |name: &&&str| matches!(**name, "rootProject" | "project");
        let owned = names.iter().take_while(prefix).count();
        let names = names.get(owned..).unwrap_or_default();
        let value = || statement.value.clone();
        match names {
            // `ext.set("x", 1)`, `set("x", 1)` in `extra { … }`
            ["ext" | "extra", "set"] => self.set(script, &statement.value, conditional),
            ["set"] if in_ext => self.set(script, &statement.value, conditional),
            // `ext = [x: 1]`
            ["ext"] => self.map(script, "", &statement.value, conditional),
            ["ext" | "extra", rest @ ..] => {
                let name = rest.join(".");
                self.map(script, &name, &statement.value, conditional);
                self.define(&name, Defined::Tokens(script, value()), conditional);
            }
            [..] if in_ext || statement.declares => {
                let name = names.join(".");
                self.map(script, &name, &statement.value, conditional);
                // `val x by extra(1)`
                let value = match statement.value.split_first() {
                    Some((by, rest)) if by.word() == Some("by") => rest.to_vec(),
                    _ => value(),
                };
                self.define(&name, Defined::Tokens(script, value), conditional);
            }
            _ => {}
        }
    }

    fn set(&mut self, script: usize, tokens: &[Token], conditional: bool) {
        if let [open, name, comma, value @ .., close] = tokens
            && open.is('(')
            && comma.is(',')
            && close.is(')')
            && let Some(name) = name.text()
        {
            self.define(name, Defined::Tokens(script, value.to_vec()), conditional);
        }
    }

    /// `[a: 1, b: 2]` below `name`.
    fn map(&mut self, script: usize, name: &str, tokens: &[Token], conditional: bool) {
        for (key, value) in pairs(tokens) {
            let name = if name.is_empty() { key } else { format!("{name}.{key}") };
            self.define(&name, Defined::Tokens(script, value), conditional);
        }
    }

    fn properties(&mut self, path: &str) {
        let Some(text) = self.open(path) else { return };
        let lines = LineIndex::new(&text);
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let position = lines.position(at);
            at += line.len();
            let line = line.trim();
            if line.starts_with(['#', '!']) {
                continue;
            }
            if let Some((key, value)) = line.split_once(['=', ':']) {
                let written = Written::new(Value::Text(value.trim().to_owned()), Place::new(path, position));
                self.define(key.trim(), Defined::Literal(written), false);
            }
        }
    }

    /// The `[versions]` of a version catalog, as far as they are plain texts.
    fn versions(&mut self, path: &str) {
        let Some(text) = self.open(path) else { return };
        let lines = LineIndex::new(&text);
        let mut at = 0;
        let mut inside = false;
        for line in text.split_inclusive('\n') {
            let position = lines.position(at);
            at += line.len();
            let line = line.trim();
            if line.starts_with('[') {
                inside = line.starts_with("[versions]");
                continue;
            }
            let Some((key, value)) = line.split_once('=').filter(|_| inside && !line.starts_with('#')) else {
                continue;
            };
            let value = value.trim();
            let quoted = ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.split_once(quote));
            if let Some((value, _)) = quoted {
                // The accessor of `target-sdk` is `target.sdk`.
                let accessor = key.trim().trim_matches('"').replace(['-', '_'], ".");
                let written = Written::new(Value::Text(value.to_owned()), Place::new(path, position));
                self.variables.versions.insert(accessor, written);
            }
        }
    }

    /// Cordova's scripts take their levels from this file (cordova-android, `cordova.gradle`).
    fn cordova(&mut self, path: &str) {
        let Some(text) = self.open(path) else { return };
        let Ok(json) = parse_json(&text) else { return };
        for key in ["MIN_SDK_VERSION", "SDK_VERSION", "COMPILE_SDK_VERSION"] {
            let Some(found) = json.root.get(key) else { continue };
            let value = match &found.node {
                JsonNode::Number(number) => Value::Text(number.clone()),
                JsonNode::String(text) => Value::Text(text.clone()),
                _ => continue,
            };
            self.variables.cordova.insert(key.to_owned(), Written::new(value, Place::new(path, found.position)));
        }
    }
}

/// `(name, value)` of a map in Groovy (`[a: 1]`) or Kotlin (`mapOf("a" to 1)`).
pub(super) fn pairs(tokens: &[Token]) -> Vec<(String, Vec<Token>)> {
    let mut pairs = Vec::new();
    let inner = match tokens {
        [open, inner @ .., close] if open.is('[') && close.is(']') => inner,
        [name, open, inner @ .., close]
            if open.is('(') && close.is(')') && matches!(name.word(), Some("mapOf" | "mutableMapOf")) =>
        {
            inner
        }
        [open, inner @ .., close] if open.is('(') && close.is(')') => return pairs_of(inner, pairs),
        _ => return pairs,
    };
    pairs = pairs_of(inner, pairs);
    pairs
}

fn pairs_of(inner: &[Token], mut pairs: Vec<(String, Vec<Token>)>) -> Vec<(String, Vec<Token>)> {
    // `([a: 1])`, `(mapOf("a" to 1))`
    let inner = match inner {
        [open, rest @ .., close] if open.is('[') && close.is(']') => rest,
        [name, open, rest @ .., close] if name.word() == Some("mapOf") && open.is('(') && close.is(')') => rest,
        _ => inner,
    };
    let mut depth = 0_i64;
    for part in inner.split(|token| {
        match token.kind {
            Kind::Sign('(' | '[') => depth += 1,
            Kind::Sign(')' | ']') => depth -= 1,
            _ => {}
        }
        depth == 0 && token.is(',')
    }) {
        let part: Vec<Token> = part.iter().filter(|token| token.kind != Kind::NewLine).cloned().collect();
        if let [key, sign, value @ ..] = part.as_slice() {
            let name = key.text().or_else(|| key.word());
            if let Some(name) = name.filter(|_| sign.is(':') || sign.word() == Some("to")) {
                pairs.push((name.to_owned(), value.to_vec()));
            }
        }
    }
    pairs
}

/// The folders of the modules that `settings.gradle` puts at a place of its own within the app:
/// `project(':x').projectDir = new File('../x/android')`, also as Capacitor writes it.
pub(in super::super) fn module_folders(files: &Files<'_>, project: &str) -> Vec<String> {
    let mut folders = Vec::new();
    for name in ["settings.gradle", "settings.gradle.kts", "capacitor.settings.gradle"] {
        let path = join(project, name);
        let Fact::Known(text) = files.text(&path) else { continue };
        for statement in Script::read(&path, &text).statements {
            let sets = statement.value.iter().any(|token| token.word() == Some("projectDir"));
            if statement.name() == "project" && sets {
                let folder = statement.value.iter().filter_map(Token::text).next_back();
                folders.extend(folder.and_then(|folder| resolve(project, folder)));
            }
        }
    }
    folders.sort();
    folders.dedup();
    folders.truncate(MOST_MODULES);
    folders
}
