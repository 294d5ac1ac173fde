//! A verification as JSON and as text: what was verified, with which key, each step, what is not covered, one last line.

use std::io;

use super::Style;
use super::terminal::{Page, Tint};
use crate::facts::keys::public::PublicKeyFact;
use crate::facts::updaters::{StepResult, Verdict, Verification};

/// As JSON, `otaudit/verification/v1`.
///
/// # Errors
/// None that is known: the value is plain data.
pub fn verification_json(verification: &Verification) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    super::write_pretty(verification, &mut bytes)?;
    Ok(bytes)
}

/// As text for a terminal.
#[must_use]
pub fn verification_text(verification: &Verification, style: &Style) -> String {
    let mut page = Page::new(style);
    if !style.quiet {
        head(verification, &mut page);
        steps(verification, &mut page);
        rest(verification, &mut page);
        advisories(verification, &mut page);
        page.blank();
    }
    let word = verification.result.word();
    let tint = match verification.result {
        result if result.is_authentic() && verification.issues.is_empty() => Tint::Good,
        result if result.is_authentic() => Tint::Doubt,
        Verdict::Reject(_) | Verdict::NoChecksum | Verdict::DecryptsV1Unsigned => Tint::Bad,
        _ => Tint::Doubt,
    };
    page.sentence(0, (tint, &word), &format!("— {}", meaning(verification)));
    page.finish()
}

fn head(verification: &Verification, page: &mut Page) {
    let generation = verification.generation.map_or_else(String::new, |generation| format!(", {generation}"));
    page.entry(0, (Tint::Strong, "System"), 10, (Tint::Plain, &format!("{}{generation}", verification.system)));
    if let Some(subject) = &verification.subject {
        let text = format!("{}, {} bytes, content SHA-256 {}", subject.path, subject.bytes, subject.sha256);
        page.entry(0, (Tint::Strong, "Release"), 10, (Tint::Plain, &text));
    }
    let key = verification.key.as_ref().map_or_else(|| "none".to_owned(), key);
    page.entry(0, (Tint::Strong, "Key"), 10, (Tint::Plain, &key));
}

fn key(key: &PublicKeyFact) -> String {
    let bits = key.bits.map_or_else(String::new, |bits| format!(", {bits} bits"));
    let exponent = key.exponent.as_ref().map_or_else(String::new, |exponent| format!(", e = {exponent}"));
    format!("{}{bits}{exponent}, from {}; SPKI SHA-256 {}", key.algorithm, key.source, key.spki_sha256)
}

fn steps(verification: &Verification, page: &mut Page) {
    page.section(Tint::Strong, "Steps");
    for step in &verification.steps {
        let (tint, word) = match step.result {
            StepResult::Passed => (Tint::Good, "passed"),
            StepResult::Failed => (Tint::Bad, "failed"),
            StepResult::Absent => (Tint::Doubt, "absent"),
            StepResult::Noted => (Tint::Faint, "noted"),
        };
        page.entry(2, (tint, word), 8, (Tint::Plain, &format!("{}: {}", step.step, step.detail)));
    }
}

fn rest(verification: &Verification, page: &mut Page) {
    if !verification.not_covered.is_empty() {
        page.section(Tint::Strong, "What no signature covers");
        page.paragraph(2, (Tint::Plain, &words(verification.not_covered.iter().copied())));
    }
    if !verification.issues.is_empty() {
        page.section(Tint::Strong, "Issues");
        for issue in &verification.issues {
            page.entry(2, (Tint::Doubt, "!"), 3, (Tint::Plain, issue));
        }
    }
}

/// The known weaknesses of the installed plugins.
fn advisories(verification: &Verification, page: &mut Page) {
    if verification.advisories.is_empty() {
        return;
    }
    page.section(Tint::Strong, "Known weaknesses of the installed plugins");
    for one in &verification.advisories {
        let sure =
            if one.certain && one.applies == Some(true) { "" } else { " (it can't be told whether it applies here)" };
        let text = format!("{} {}: {}{sure}. {}", one.package, one.version, one.title, one.fix);
        page.entry(2, (Tint::Doubt, &one.severity.to_string()), 10, (Tint::Plain, &text));
    }
}

/// `version_not_authenticated` as people read it.
fn words<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| name.trim_end_matches("_not_authenticated").replace('_', " ")).collect::<Vec<_>>().join(", ")
}

/// The result in one sentence.
fn meaning(verification: &Verification) -> &'static str {
    match verification.result {
        Verdict::Valid if verification.issues.is_empty() => {
            "authentic: the key verifies it and the content is what was signed"
        }
        Verdict::Valid => "authentic, but see the issues: the signature covers what is wrong too",
        Verdict::ValidLegacy => "authentic, in a form that current plugins refuse",
        Verdict::DecryptsV1Unsigned => {
            "not authentic: it decrypts with a key that the app publishes, and nothing is signed"
        }
        Verdict::UnsignedSha256Ok | Verdict::UnsignedHashOk | Verdict::UnsignedSriOk => {
            "not authentic: whole, but whoever changes the bundle can change its hash too"
        }
        Verdict::UnsignedCrc32Ok => "not authentic: a CRC-32 agrees, which anybody can forge",
        Verdict::Md5OkUnsigned => "not authentic: the MD5s agree, which can be forged, and nothing is signed",
        Verdict::NoChecksum => "not authentic: nothing is stated that the bundle could be compared with",
        Verdict::ConfigFinding => "there is no release here; the configuration has faults",
        Verdict::Reject(_) => "not authentic: the device refuses this release, or should",
        Verdict::NothingToVerify => "there is nothing here that could be verified",
    }
}
