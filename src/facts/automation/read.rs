//! One folder's CI files and scripts, each read for itself.

use std::collections::BTreeSet;
use std::path::Path;

use super::commands::{self, Seen};
use super::words::{Style, Word, lines};
use super::{
    Automation, AutomationFile, AutomationKind, Job, LiteralSecret, Publish, Trigger, TriggerKind, github, leaks,
    pipelines, places,
};
use crate::facts::secrets::{Standing, secrets};
use crate::inputs::{JsonNode, YamlLimits, YamlNode, decode, parse_json, parse_yaml};
use crate::model::{Fact, LineIndex, Position, printable};

/// Larger files are not read.
pub const MOST_BYTES: usize = 1024 * 1024;
/// GitHub's and GitLab's own files are some fifteen levels deep.
const MOST_DEPTH: usize = 32;
/// Jobs, triggers and the like kept of one file.
const MOST_ITEMS: usize = 2_000;
/// How often scripts of `package.json` may run one another.
const MOST_STEPS: usize = 16;
/// The longest name that is kept.
const LONGEST: usize = 120;

const LIMITS: YamlLimits = YamlLimits { bytes: MOST_BYTES, depth: MOST_DEPTH, aliases: true };

/// Reads the CI files and scripts of `folder`. A monorepo has them at its top: give the top, or both.
#[must_use]
pub fn read_automation(folder: &Path) -> Automation {
    let (found, cut) = places::find(folder);
    let mut files: Vec<AutomationFile> = found
        .into_iter()
        .map(|(path, kind)| match places::read(folder, &path, MOST_BYTES) {
            Ok(bytes) => read_file(&path, kind, &decode(&bytes).text),
            Err(why) => AutomationFile { state: Fact::Unreadable(why), ..empty(&path, kind) },
        })
        .collect();
    connect(&mut files);
    Automation { files, cut }
}

fn empty(path: &str, kind: AutomationKind) -> AutomationFile {
    AutomationFile {
        path: path.to_owned(),
        kind,
        state: Fact::Known(()),
        triggers: Vec::new(),
        permissions: Vec::new(),
        jobs: Vec::new(),
        publishes: Vec::new(),
        gates: Vec::new(),
        tokens: Vec::new(),
        literals: Vec::new(),
        leaks: Vec::new(),
        weakenings: Vec::new(),
    }
}

/// A job delivers when one of its commands does, or a script of `package.json` that it runs.
fn connect(files: &mut [AutomationFile]) {
    let package = files.iter().find(|file| file.kind == AutomationKind::PackageJson);
    let delivers = |publish: &Publish| publish.action.delivers();
    let mut scripts: BTreeSet<String> = package
        .map(|file| {
            file.publishes.iter().filter(|publish| delivers(publish)).filter_map(|one| one.job.clone()).collect()
        })
        .unwrap_or_default();
    let jobs = package.map(|file| file.jobs.clone()).unwrap_or_default();
    for _ in 0..MOST_STEPS {
        let before = scripts.len();
        for job in &jobs {
            if job.scripts.iter().any(|script| scripts.contains(&script.name)) {
                scripts.insert(job.name.clone());
            }
        }
        if scripts.len() == before {
            break;
        }
    }
    for file in files {
        for job in &mut file.jobs {
            job.publishes = file.publishes.iter().any(|one| one.job.as_ref() == Some(&job.name) && delivers(one))
                || job.scripts.iter().any(|script| scripts.contains(&script.name));
        }
    }
}

/// Reads the text of one file.
pub fn read_file(path: &str, kind: AutomationKind, text: &str) -> AutomationFile {
    let lines = LineIndex::new(text);
    let mut reading = Reading { kind, text, lines, file: empty(path, kind), seen: Seen::default() };
    match kind {
        AutomationKind::PackageJson => package(&mut reading),
        AutomationKind::Shell => reading.plain(text, None),
        AutomationKind::Fastfile => reading.plain(&as_words(text), None),
        _ => yaml(&mut reading),
    }
    // What stands twice by an alias is one place.
    let Reading { mut file, seen, .. } = reading;
    for literal in literals(text, kind) {
        file.literals.push(literal);
    }
    file.publishes = seen.publishes;
    file.tokens = seen.tokens;
    file.gates = seen.gates;
    file.gates.sort_by_key(|gate| gate.position);
    file.gates.dedup();
    file.weakenings.extend(seen.weakenings);
    file.publishes.dedup();
    file.publishes.sort_by_key(|publish| publish.position);
    file.leaks.sort_by_key(|leak| leak.position);
    file.leaks.dedup();
    file.tokens.sort_by_key(|token| token.value.position);
    file.tokens.dedup();
    file.weakenings.sort_by_key(|weakening| weakening.position);
    file.weakenings.dedup();
    file
}

fn yaml(reading: &mut Reading<'_>) {
    match parse_yaml(reading.text, &LIMITS) {
        Ok(root) if matches!(reading.kind, AutomationKind::GithubWorkflow | AutomationKind::GithubAction) => {
            github::read(&root, reading);
        }
        Ok(root) => pipelines::read(&root, reading),
        Err(error) => {
            let error = error.without_snippet().to_string();
            reading.file.state = Fact::Unreadable(printable(&format!("not YAML: {error}"), 300));
            reading.plain(reading.text, None);
        }
    }
}

/// Ruby's `sh("npx", "x")`, as words: its brackets, commas and quotes are blanks of the same length.
fn as_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '#' if characters.peek() == Some(&'{') => out.push('$'),
            '(' | ')' | '[' | ']' | ',' | '"' | '\'' | '`' => {
                open = matches!(character, '(' | ',') || (open && matches!(character, '"' | '\''));
                out.push(' ');
            }
            '\n' if open => out.push(' '),
            _ => {
                open &= character.is_whitespace();
                out.push(character);
            }
        }
    }
    out
}

fn package(reading: &mut Reading<'_>) {
    let json = match parse_json(reading.text) {
        Ok(json) => json,
        Err((position, why)) => {
            let why = format!("line {}, column {}: {why}", position.line, position.column);
            reading.file.state = Fact::Unreadable(why);
            return;
        }
    };
    let Some(JsonNode::Object(scripts)) = json.root.get("scripts").map(|scripts| &scripts.node) else { return };
    for (name, position, value) in scripts.iter().take(MOST_ITEMS) {
        let Some(text) = value.as_str() else { continue };
        let start = value.position;
        let place = |offset: usize| within_json(start, text, offset);
        reading.named_job(name, *position);
        let words = lines(text, 0, Style::Lines);
        reading.look(&words, Some(name), &place);
    }
}

/// The place of a byte of a JSON text: what had to be escaped is two characters wide.
fn within_json(start: Position, text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let width: usize =
        before.chars().map(|one| if matches!(one, '"' | '\\' | '\n' | '\r' | '\t') { 2 } else { 1 }).sum();
    Position {
        line: start.line,
        column: start.column.saturating_add(1).saturating_add(u32::try_from(width).unwrap_or(0)),
    }
}

/// Secrets of known providers outside comments.
fn literals(text: &str, kind: AutomationKind) -> Vec<LiteralSecret> {
    let lines = LineIndex::new(text);
    secrets(text)
        .into_iter()
        .filter(|secret| secret.standing != Standing::Publishable)
        .filter(|secret| kind == AutomationKind::PackageJson || !in_comment(text, secret.offset))
        .take(MOST_ITEMS)
        .map(|secret| LiteralSecret { position: lines.position(secret.offset), secret })
        .collect()
}

/// Whether a `#` outside quotes stands before a place in its line.
fn in_comment(text: &str, offset: usize) -> bool {
    let line = text.get(..offset).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
    let mut quote = None;
    let mut last = ' ';
    for character in line.chars() {
        match quote {
            Some(open) if open == character => quote = None,
            None if matches!(character, '"' | '\'') => quote = Some(character),
            None if character == '#' && last.is_whitespace() => return true,
            _ => {}
        }
        last = character;
    }
    false
}

/// Gives places of bytes.
pub trait Place {
    /// The position of a byte.
    fn place(&self, offset: usize) -> Position;
}

/// One file while it is read.
pub struct Reading<'a> {
    pub kind: AutomationKind,
    pub text: &'a str,
    lines: LineIndex<'a>,
    pub file: AutomationFile,
    seen: Seen,
}

impl Place for Reading<'_> {
    fn place(&self, offset: usize) -> Position {
        self.lines.position(offset)
    }
}

impl Reading<'_> {
    /// A script that is a YAML text.
    pub fn script(&mut self, node: &YamlNode, job: Option<&str>) {
        let Some((text, base, style)) = pipelines::written(node, self.text) else { return };
        let words = lines(text, base, style);
        self.look_in_file(&words, job);
    }

    /// A whole text of commands.
    fn plain(&mut self, text: &str, job: Option<&str>) {
        let words = lines(text, 0, Style::Lines);
        self.look_in_file(&words, job);
    }

    fn look_in_file(&mut self, words: &[Vec<Word>], job: Option<&str>) {
        let index = LineIndex::new(self.text);
        let lines = std::mem::replace(&mut self.lines, index);
        self.look(words, job, &|offset| lines.position(offset));
        self.lines = lines;
    }

    fn look(&mut self, words: &[Vec<Word>], job: Option<&str>, place: &dyn Fn(usize) -> Position) {
        let (leaks, texts) = leaks::look(words, place);
        self.file.leaks.extend(leaks);
        for (line, _) in words.iter().zip(texts).filter(|(_, is_text)| !is_text) {
            commands::look(line, job, place, &mut self.seen);
        }
        let scripts = std::mem::take(&mut self.seen.scripts);
        if let Some(job) = job {
            self.with_job(job, |job| job.scripts.extend(scripts));
        }
    }

    /// How many checks of updates were met.
    pub fn gates(&self) -> usize {
        self.seen.gates.len()
    }

    /// Notes that the checks met after the first `from` stop nothing.
    pub fn ignore_gates(&mut self, from: usize) {
        self.seen.gates.iter_mut().skip(from).for_each(|gate| gate.ignored = true);
    }

    /// A variable that the file sets.
    pub fn variable(&mut self, name: &str, value: &str, offset: usize) {
        let position = self.place(offset);
        commands::variable(name, value, position, &mut self.seen);
    }

    /// Notes a job once.
    pub fn job(&mut self, name: &str, offset: usize) {
        let position = self.place(offset);
        self.named_job(name, position);
    }

    fn named_job(&mut self, name: &str, position: Position) {
        if self.file.jobs.len() < MOST_ITEMS && !self.file.jobs.iter().any(|job| job.name == name) {
            self.file.jobs.push(Job {
                name: name.to_owned(),
                position,
                environment: None,
                approval: None,
                permissions: Vec::new(),
                uses: Vec::new(),
                foreign_checkout: None,
                scripts: Vec::new(),
                may_fail: false,
                publishes: false,
            });
        }
    }

    /// Changes a job that was noted.
    pub fn with_job(&mut self, name: &str, change: impl FnOnce(&mut Job)) {
        if let Some(job) = self.file.jobs.iter_mut().find(|job| job.name == name) {
            change(job);
        }
    }

    /// Notes what starts the jobs.
    pub fn trigger(&mut self, kind: TriggerKind, name: &str, limits: Vec<String>, offset: usize) {
        if self.file.triggers.len() < MOST_ITEMS {
            let position = self.place(offset);
            self.file.triggers.push(Trigger { kind, name: printable(name, LONGEST), limits, position });
        }
    }
}
