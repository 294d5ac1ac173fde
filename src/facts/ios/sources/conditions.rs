//! `#if DEBUG` and its like: when a line of a source is compiled.

use serde::Serialize;

use crate::model::printable;

/// Conditions within one another that are followed.
const MOST_LEVELS: usize = 64;

/// When a place is compiled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "when", content = "condition")]
pub enum Compiled {
    /// Always.
    Always,
    /// Only with `DEBUG`, which Xcode's templates set in the Debug configuration.
    DebugOnly,
    /// Only without `DEBUG`.
    ReleaseOnly,
    /// Under another condition.
    Under(String),
    /// Never: `#if 0`, `#if false`.
    Never,
}

/// The conditions of a source.
pub(super) struct Conditions {
    /// From which byte on which holds.
    changes: Vec<(usize, Compiled)>,
}

impl Conditions {
    /// What holds at a byte.
    pub(super) fn at(&self, offset: usize) -> Compiled {
        let next = self.changes.partition_point(|(from, _)| *from <= offset);
        self.changes.get(next.wrapping_sub(1)).map_or(Compiled::Always, |(_, compiled)| compiled.clone())
    }
}

/// One `#if` with its branches so far.
struct Open {
    now: Compiled,
    /// What an `#else` means.
    otherwise: Compiled,
}

/// Reads the conditions of code without comments and texts.
pub(super) fn read(code: &str) -> Conditions {
    let mut open: Vec<Open> = Vec::new();
    let mut changes = Vec::new();
    let mut offset = 0;
    for line in code.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let Some(directive) = line.trim_start().strip_prefix('#') else { continue };
        let directive = directive.trim();
        let (word, rest) =
            directive.split_once(|one: char| one.is_whitespace() || one == '(').unwrap_or((directive, ""));
        let condition = directive.get(word.len()..).unwrap_or_default().trim();
        match word {
            "if" => open.push(branch(&judge(condition))),
            "ifdef" => open.push(branch(&judge(rest.trim()))),
            "ifndef" => open.push(branch(&opposite(&judge(rest.trim())))),
            "elseif" | "elif" => {
                if let Some(last) = open.last_mut() {
                    let next = judge(condition);
                    last.now =
                        if last.otherwise == Compiled::Never { Compiled::Never } else { both(&last.otherwise, &next) };
                    last.otherwise = both(&last.otherwise, &opposite(&next));
                }
            }
            "else" => {
                if let Some(last) = open.last_mut() {
                    last.now = last.otherwise.clone();
                }
            }
            "endif" => {
                open.pop();
            }
            _ => continue,
        }
        if open.len() > MOST_LEVELS {
            open.truncate(MOST_LEVELS);
        }
        let all = open.iter().fold(Compiled::Always, |all, one| both(&all, &one.now));
        changes.push((start, all));
    }
    Conditions { changes }
}

fn branch(condition: &Compiled) -> Open {
    Open { now: condition.clone(), otherwise: opposite(condition) }
}

fn judge(condition: &str) -> Compiled {
    let plain: String = condition.chars().filter(|one| !one.is_whitespace() && !matches!(one, '(' | ')')).collect();
    // Under `DEBUG && X` it is only in debug builds; `DEBUG || X` is another condition.
    let parts: Vec<&str> = plain.split("&&").collect();
    let is_debug = |part: &&str| matches!(*part, "DEBUG" | "DEBUG==1" | "defined DEBUG" | "definedDEBUG" | "_DEBUG");
    let is_release = |part: &&str| matches!(*part, "!DEBUG" | "DEBUG==0" | "!definedDEBUG" | "RELEASE" | "NDEBUG");
    match plain.as_str() {
        "0" | "false" => Compiled::Never,
        "1" | "true" => Compiled::Always,
        _ if !plain.contains("||") && parts.iter().any(is_debug) => Compiled::DebugOnly,
        _ if parts.len() == 1 && parts.iter().any(is_release) => Compiled::ReleaseOnly,
        _ => Compiled::Under(printable(condition, 80)),
    }
}

fn opposite(condition: &Compiled) -> Compiled {
    match condition {
        Compiled::Always => Compiled::Never,
        Compiled::Never => Compiled::Always,
        Compiled::DebugOnly => Compiled::ReleaseOnly,
        Compiled::ReleaseOnly => Compiled::DebugOnly,
        Compiled::Under(text) => Compiled::Under(printable(&format!("not {text}"), 100)),
    }
}

fn both(outer: &Compiled, inner: &Compiled) -> Compiled {
    match (outer, inner) {
        (Compiled::Always, other) | (other, Compiled::Always) => other.clone(),
        (Compiled::Never, _)
        | (_, Compiled::Never)
        | (Compiled::DebugOnly, Compiled::ReleaseOnly)
        | (Compiled::ReleaseOnly, Compiled::DebugOnly) => Compiled::Never,
        (Compiled::DebugOnly, _) | (_, Compiled::DebugOnly) => Compiled::DebugOnly,
        (_, other) => other.clone(),
    }
}
