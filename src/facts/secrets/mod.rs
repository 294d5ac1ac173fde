//! Secrets of known providers in texts: found by their prefixes in one pass, believed by their shape and checksum.
//! Private keys are in `facts::keys`.

mod checks;
mod connections;
mod looks;
mod rules;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use serde::Serialize;

use super::marks::Marks;
use crate::model::{Digest, mask};
use rules::RULES;

/// How grave it is that a text holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It must never leave the server.
    Secret,
    /// Its provider means it to be shipped.
    Publishable,
    /// It may be a secret, or only half of one: a person has to look.
    Weak,
}

/// One secret, without its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SecretFact {
    /// The rule's id, such as `github-token`.
    pub rule: &'static str,
    /// Who issues it.
    pub provider: &'static str,
    /// What it is.
    pub what: &'static str,
    /// How grave it is.
    pub standing: Standing,
    /// Its first and last characters and its length.
    pub masked: String,
    /// SHA-256 of its text, to tell equal ones.
    pub sha256: Digest,
    /// Where it begins, in bytes.
    pub offset: usize,
}

/// Where a prefix was met.
#[derive(Clone, Copy)]
struct Place<'a> {
    text: &'a str,
    /// Where the prefix begins.
    at: usize,
    /// Where it ends.
    after: usize,
}

/// A secret that a rule recognised.
struct Found {
    start: usize,
    end: usize,
    standing: Standing,
}

/// The most facts of one text: a hostile one may hold a million, and the first thousands say enough.
const MOST_SECRETS: usize = 10_000;

/// Shorter texts hold no secret of any rule.
const SHORTEST: usize = 16;

struct Finder {
    marks: Marks,
    /// Which rule each of the marks belongs to.
    rules: Vec<usize>,
}

static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let prefixes = || {
        RULES.iter().enumerate().flat_map(|(number, rule)| rule.prefixes.iter().map(move |prefix| (number, *prefix)))
    };
    Finder { marks: Marks::new(prefixes().map(|pair| pair.1)), rules: prefixes().map(|pair| pair.0).collect() }
});

/// The secrets in a text: one string of a script, or a whole file.
#[must_use]
pub fn secrets(text: &str) -> Vec<SecretFact> {
    let mut facts = Vec::new();
    if text.len() < SHORTEST {
        return facts;
    }
    let mut covered = 0;
    for hit in FINDER.marks.find_iter(text.as_bytes()) {
        let rule = FINDER.rules.get(hit.text).and_then(|number| RULES.get(*number));
        let Some(rule) = rule.filter(|_| hit.start >= covered) else { continue };
        let Some(found) = rule.find(Place { text, at: hit.start, after: hit.end }) else { continue };
        let Some(secret) = text.get(found.start..found.end) else { continue };
        covered = found.end.max(hit.end);
        facts.push(SecretFact {
            rule: rule.id,
            provider: rule.provider,
            what: rule.what,
            standing: found.standing,
            masked: mask(secret),
            sha256: Digest::of(secret.as_bytes()),
            offset: found.start,
        });
        if facts.len() == MOST_SECRETS {
            break;
        }
    }
    facts
}
