//! Which commands of a script publish updates, and how.

use super::tools::{TOKEN_VARIABLES, TOOLS, Tool, WEAKENING_VARIABLES, program};
use super::words::{Style, Word, commands, lines};
use super::{Gate, Named, Publish, Signing, TokenUse, Value, ValueSource, Weakening, gates};
use crate::model::{Position, mask, printable};

/// Commands kept of one file.
const MOST_PUBLISHES: usize = 1_000;
/// The most words between a program and its command's word: options of the program itself.
const MOST_OPTIONS: usize = 4;
/// The longest text that is kept of a value.
const LONGEST: usize = 120;

/// What the scripts of one file do.
#[derive(Default)]
pub struct Seen {
    pub publishes: Vec<Publish>,
    pub tokens: Vec<TokenUse>,
    pub weakenings: Vec<Weakening>,
    pub gates: Vec<Gate>,
    /// Scripts of `package.json` that are run.
    pub scripts: Vec<Named>,
}

/// Looks through the words of a script's line.
pub fn look(line: &[Word], job: Option<&str>, place: &dyn Fn(usize) -> Position, seen: &mut Seen) {
    gates::look(line, job, place, &mut seen.gates);
    for command in commands(line) {
        look_at(command, job, place, seen);
        // `bash -c "npx capgo …"`: a text that a shell reads once more.
        let quoted = |word: &&Word| word.text.contains(' ') && mentions_a_tool(&word.text);
        for word in command.iter().filter(quoted).filter(|_| !is_about_text(command)) {
            for inner in lines(&word.text, word.offset + 1, Style::Lines) {
                commands(&inner).for_each(|inner| look_at(inner, job, place, seen));
            }
        }
    }
}

fn mentions_a_tool(text: &str) -> bool {
    TOOLS.iter().flat_map(|tool| tool.programs).any(|name| text.contains(name))
}

fn look_at(command: &[Word], job: Option<&str>, place: &dyn Fn(usize) -> Position, seen: &mut Seen) {
    for word in command {
        if let Some((name, value)) = word.text.split_once('=') {
            variable(name, value, place(word.offset), seen);
        }
    }
    if let Some(script) = package_script(command) {
        seen.scripts.push(Named { name: printable(&script.text, LONGEST), position: place(script.offset) });
    }
    if is_about_text(command) || seen.publishes.len() >= MOST_PUBLISHES {
        return;
    }
    let Some((tool, at, length, action)) = recognise(command) else {
        login(command, place, seen);
        return;
    };
    let position = place(command.get(at).map_or(0, |word| word.offset));
    let options = Options { words: command.get(at + 1..).unwrap_or_default(), place };
    let weakenings = tool
        .weakening
        .iter()
        .filter_map(|(option, effect)| {
            let word = options.find(&[option])?.0;
            Some(Weakening { option: (*option).to_owned(), effect, position: place(word.offset) })
        })
        .collect();
    for option in tool.token_options {
        if let Some((_, Some(value))) = options.find(&[option]) {
            seen.tokens.push(TokenUse { name: (*option).to_owned(), value: value.secret() });
        }
    }
    let names: Vec<&str> = command.get(at..=at + length).unwrap_or_default().iter().map(|word| &*word.text).collect();
    seen.publishes.push(Publish {
        system: tool.system,
        action,
        command: printable(&names.join(" "), LONGEST),
        position,
        job: job.map(str::to_owned),
        signing: signing(tool, action, &options),
        channel: options.find(tool.channel_options).and_then(|(_, value)| value).map(Given::plain),
        rollout: options.find(tool.rollout_options).and_then(|(_, value)| value).map(Given::plain),
        weakenings,
    });
}

/// `capgo login TOKEN`, `capawesome login --token TOKEN`.
fn login(command: &[Word], place: &dyn Fn(usize) -> Position, seen: &mut Seen) {
    let Some((tool, at)) = tool_of(command) else { return };
    let rest = command.get(at + 1..).unwrap_or_default();
    let Some(word) = rest.iter().position(|word| matches!(&*word.text, "login" | "init")) else { return };
    let options = Options { words: rest.get(word + 1..).unwrap_or_default(), place };
    for option in tool.token_options {
        if let Some((_, Some(value))) = options.find(&[option]) {
            seen.tokens.push(TokenUse { name: (*option).to_owned(), value: value.secret() });
        }
    }
    if let Some(first) = options.words.first().filter(|first| tool.system == "capgo" && !first.text.starts_with('-')) {
        let given = Given { text: first.text.clone(), position: place(first.offset) };
        seen.tokens.push(TokenUse { name: "login".to_owned(), value: given.secret() });
    }
}

/// Notes a variable that is a token of an update system, or that switches checks off.
pub fn variable(name: &str, value: &str, position: Position, seen: &mut Seen) {
    let name = name.trim_start_matches("export ").trim();
    if let Some((_, _, effect)) =
        WEAKENING_VARIABLES.iter().find(|(known, bad, _)| name.eq_ignore_ascii_case(known) && value == *bad)
    {
        seen.weakenings.push(Weakening { option: format!("{name}={value}"), effect, position });
    }
    if TOKEN_VARIABLES.contains(&name) && !value.is_empty() {
        let given = Given { text: value.to_owned(), position };
        seen.tokens.push(TokenUse { name: name.to_owned(), value: given.secret() });
    }
}

/// `echo` and its kin only speak of a command; `npm install` only fetches a program.
pub fn is_about_text(command: &[Word]) -> bool {
    let mut words = command.iter().map(|word| &*word.text).skip_while(|word| word.contains('=') || *word == "sudo");
    let first = words.next().unwrap_or_default().trim_start_matches(['@', '-']);
    let second = words.next().unwrap_or_default();
    matches!(first, "echo" | "printf" | "cat" | "grep" | "which" | "command" | "test" | "[" | "log" | "info" | "warn")
        || (matches!(first, "npm" | "pnpm" | "yarn" | "bun")
            && matches!(second, "install" | "i" | "add" | "ci" | "remove" | "uninstall" | "global"))
}

fn tool_of(command: &[Word]) -> Option<(&'static Tool, usize)> {
    command.iter().enumerate().find_map(|(at, word)| {
        let name = program(&word.text);
        TOOLS.iter().find(|tool| tool.programs.contains(&name)).map(|tool| (tool, at))
    })
}

/// The tool, which of the words is its name, how many words after it make the command, and what the command does.
fn recognise(command: &[Word]) -> Option<(&'static Tool, usize, usize, super::PublishAction)> {
    for (at, word) in command.iter().enumerate() {
        let name = program(&word.text);
        for tool in TOOLS {
            // Capawesome's commands are unlike any other's, so a variable may stand for the program.
            let by_command = word.text.starts_with("apps:") || word.text.starts_with("manifests:");
            if by_command && tool.commands.iter().any(|(words, _)| *words == [&*word.text]) {
                let action = tool.commands.iter().find(|(words, _)| *words == [&*word.text])?.1;
                return Some((tool, at.saturating_sub(1), usize::from(at > 0), action));
            }
            if !tool.programs.contains(&name) {
                continue;
            }
            let rest = command.get(at + 1..).unwrap_or_default();
            let skipped = rest.iter().take(MOST_OPTIONS).take_while(|word| word.text.starts_with('-')).count();
            let rest = rest.get(skipped..).unwrap_or_default();
            let fits = |words: &[&str]| {
                rest.len() >= words.len() && words.iter().zip(rest).all(|(word, given)| *word == given.text)
            };
            // The longest one: `release` is the begin of none.
            let best = tool.commands.iter().filter(|(words, _)| fits(words)).max_by_key(|(words, _)| words.len());
            // `code-push` has the commands of `appcenter codepush` without that word.
            let alone = name.starts_with("code-push") || tool.system != "codepush";
            if let Some((words, action)) = best.filter(|(words, _)| alone || words.len() > 1) {
                return Some((tool, at, skipped + words.len(), *action));
            }
        }
    }
    None
}

/// `npm run NAME`, `yarn NAME`, `pnpm NAME`, `bun run NAME`.
fn package_script(command: &[Word]) -> Option<&Word> {
    let at = command.iter().position(|word| matches!(&*word.text, "npm" | "yarn" | "pnpm" | "bun"))?;
    let manager = command.get(at)?;
    let mut rest = command.get(at + 1..)?.iter().filter(|word| !word.text.starts_with('-'));
    let first = rest.next()?;
    match &*first.text {
        "run" | "run-script" => rest.next(),
        _ if manager.text == "yarn" || manager.text == "pnpm" => Some(first),
        _ => None,
    }
}

fn signing(tool: &Tool, action: super::PublishAction, options: &Options<'_>) -> Signing {
    use super::PublishAction::{Package, Promote};
    if !tool.signs || matches!(action, Package | Promote) {
        return Signing::NotApplicable;
    }
    for option in tool.unsigned_options {
        if let Some((word, _)) = options.find(&[option]) {
            return Signing::Refused { option: (*option).to_owned(), position: (options.place)(word.offset) };
        }
    }
    for option in tool.key_options {
        if let Some((word, value)) = options.find(&[option]) {
            let value = value.map_or_else(
                || Value { source: ValueSource::Computed, position: (options.place)(word.offset) },
                Given::key,
            );
            return Signing::Key { option: (*option).to_owned(), value };
        }
    }
    Signing::NotNamed
}

struct Options<'a> {
    words: &'a [Word],
    place: &'a dyn Fn(usize) -> Position,
}

impl<'a> Options<'a> {
    /// The first of the options, and its value.
    fn find(&self, names: &[&str]) -> Option<(&'a Word, Option<Given>)> {
        self.words.iter().enumerate().find_map(|(at, word)| {
            let (name, joined) =
                word.text.split_once('=').map_or((&*word.text, None), |(name, value)| (name, Some(value)));
            if !names.contains(&name) {
                return None;
            }
            let given = match joined {
                Some(value) => {
                    Some(Given { text: value.to_owned(), position: (self.place)(word.offset + name.len() + 1) })
                }
                None => self
                    .words
                    .get(at + 1)
                    .filter(|next| !next.operator && !next.text.starts_with('-'))
                    .map(|next| Given { text: next.text.clone(), position: (self.place)(next.offset) }),
            };
            Some((word, given))
        })
    }
}

/// The value of an option, as it is written.
struct Given {
    text: String,
    position: Position,
}

impl Given {
    /// No secret: it is kept.
    fn plain(self) -> Value {
        let source = source(&self.text, |text| printable(text, LONGEST));
        Value { source, position: self.position }
    }

    /// A key's path is kept, its text is not.
    fn key(self) -> Value {
        let source = source(&self.text, |text| {
            let is_path = text.len() <= LONGEST && !text.contains(' ') && (text.contains('.') || text.contains('/'));
            if is_path && !text.contains("BEGIN") { printable(text, LONGEST) } else { mask(text) }
        });
        Value { source, position: self.position }
    }

    fn secret(self) -> Value {
        Value { source: source(&self.text, mask), position: self.position }
    }
}

/// Where a value comes from.
pub fn source(text: &str, show: impl Fn(&str) -> String) -> ValueSource {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")) {
        let inner = inner.trim();
        let name = |name: &str| printable(name.trim(), LONGEST);
        return match inner.split_once('.') {
            Some(("secrets", rest)) if is_name(rest) => ValueSource::SecretStore { name: name(rest) },
            Some((_, _)) if inner.split('.').all(is_name) => ValueSource::Variable { name: name(inner) },
            _ => ValueSource::Computed,
        };
    }
    let bare = text
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
        .or_else(|| text.strip_prefix("$(").and_then(|rest| rest.strip_suffix(')')))
        .or_else(|| text.strip_prefix("$env:"))
        .or_else(|| text.strip_prefix('$'))
        .or_else(|| text.strip_prefix("ENV"));
    match bare {
        Some(name) if is_name(name) => ValueSource::Variable { name: printable(name, LONGEST) },
        Some(_) => ValueSource::Computed,
        None if text.contains('$') => ValueSource::Computed,
        None => ValueSource::Literal { text: show(text) },
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}
