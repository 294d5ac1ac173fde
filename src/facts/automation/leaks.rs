//! Secrets that a script writes to files or to the log.

use super::commands::source;
use super::words::Word;
use super::{Leak, LeakKind, ValueSource};
use crate::model::{Position, printable};

/// Leaks kept of one script.
const MOST_LEAKS: usize = 200;
/// The longest name that is kept.
const LONGEST: usize = 120;

/// Parts of names of variables that hold secrets, and ends of names of those that only speak of one.
const SECRET_PARTS: [&str; 10] =
    ["KEY", "TOKEN", "SECRET", "PASSWORD", "PASSPHRASE", "PRIVATE", "CERTIFICATE", "CREDENTIAL", "P12", "JKS"];
const HARMLESS_ENDS: [&str; 9] =
    ["PATH", "FILE", "_ID", "ALIAS", "NAME", "PUBLIC", "PUBLIC_KEY", "CHANNEL", "KEYCHAIN"];
/// Ends of names of files that hold keys.
const KEY_FILES: [&str; 7] = [".pem", ".key", ".p12", ".jks", ".keystore", ".p8", ".capgo_key_v2"];

/// The leaks of a script, and which of its lines are the text of a here-document and no commands.
pub fn look(lines: &[Vec<Word>], place: &dyn Fn(usize) -> Position) -> (Vec<Leak>, Vec<bool>) {
    let mut leaks = Vec::new();
    let mut texts = Vec::with_capacity(lines.len());
    // The end mark of the open here-document, and the file it goes to.
    let mut here: Option<(String, Option<String>)> = None;
    for line in lines {
        if leaks.len() >= MOST_LEAKS {
            texts.push(false);
            continue;
        }
        if let Some((end, target)) = &here {
            let ends = line.first().is_some_and(|word| line.len() == 1 && word.text == *end);
            if ends {
                here = None;
            } else if target.is_some() {
                for (name, word) in line.iter().flat_map(references) {
                    let position = place(word.offset);
                    leaks.push(Leak { kind: LeakKind::File, name, target: target.clone(), position });
                }
            }
            texts.push(true);
            continue;
        }
        texts.push(false);
        here = here_document(line);
        of_line(line, place, &mut leaks);
    }
    (leaks, texts)
}

fn here_document(line: &[Word]) -> Option<(String, Option<String>)> {
    let at = line.iter().position(|word| word.operator && matches!(&*word.text, "<<" | "<<-"))?;
    let end = line.get(at + 1)?;
    let end = end.text.trim_start_matches('-').to_owned();
    // A shell reads its text as commands.
    let is_shell = line.first().is_some_and(|word| matches!(&*word.text, "bash" | "sh" | "zsh" | "ssh"));
    (!is_shell).then(|| (end, target(line)))
}

fn of_line(line: &[Word], place: &dyn Fn(usize) -> Position, leaks: &mut Vec<Leak>) {
    for pipeline in line.split(|word| word.operator && !matches!(&*word.text, "|" | ">" | ">>" | "<<<" | "<" | ">&")) {
        let speaks =
            pipeline.iter().find(|word| !word.text.contains('=')).map(|word| word.text.trim_start_matches('@'));
        let target = target(pipeline);
        let piped = pipeline.iter().any(|word| word.operator && word.text == "|");
        let decoded = pipeline.iter().any(|word| word.operator && word.text == "<<<");
        let last = pipeline.rsplit(|word| word.operator && word.text == "|").next().and_then(<[Word]>::first);
        let shown_at_end = last.is_some_and(|word| matches!(&*word.text, "base64" | "cat" | "head" | "tail" | "xxd"));
        let echoes = matches!(speaks, Some("echo" | "printf" | "cat" | "print" | "Write-Host" | "Write-Output"));
        if pipeline.iter().any(|word| word.text.contains("::add-mask::")) {
            continue;
        }
        for (name, word) in pipeline.iter().flat_map(references) {
            let kind = match &target {
                Some(_) if echoes || decoded || piped => LeakKind::File,
                None if echoes && (!piped || shown_at_end) => LeakKind::Log,
                _ => continue,
            };
            leaks.push(Leak { kind, name, target: target.clone(), position: place(word.offset) });
        }
        if speaks == Some("cat") && target.is_none() && !piped {
            for word in pipeline.iter().skip(1).filter(|word| KEY_FILES.iter().any(|end| word.text.ends_with(end))) {
                let name = printable(&word.text, LONGEST);
                leaks.push(Leak { kind: LeakKind::Log, name, target: None, position: place(word.offset) });
            }
        }
    }
}

/// The file to which a pipeline writes.
fn target(line: &[Word]) -> Option<String> {
    let at = line.iter().position(|word| {
        (word.operator && matches!(&*word.text, ">" | ">>"))
            || (!word.operator
                && matches!(&*word.text, "tee" | "-o" | "--output" | "-out" | "Out-File" | "Set-Content"))
    })?;
    let target = line.get(at + 1..)?.iter().find(|word| !word.text.starts_with('-'))?;
    (!target.operator && !target.text.starts_with("/dev/") && target.text != "&1")
        .then(|| printable(&target.text, LONGEST))
}

/// The secrets that a word names.
fn references(word: &Word) -> impl Iterator<Item = (String, &Word)> {
    names(&word.text).into_iter().map(move |name| (name, word))
}

fn names(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        rest = rest.get(at..).unwrap_or_default();
        let length = length(rest);
        let reference = rest.get(..length).unwrap_or_default();
        match source(reference, |_| String::new()) {
            ValueSource::SecretStore { name } => found.push(name),
            ValueSource::Variable { name } if is_secret(&name) => found.push(name),
            _ if reference.contains("secrets.") => found.push(printable(reference, LONGEST)),
            _ => {}
        }
        rest = rest.get(length.max(1)..).unwrap_or_default();
    }
    found
}

/// The length of the reference that a text begins with.
fn length(text: &str) -> usize {
    let head = text.get(..LONGEST).unwrap_or(text);
    if head.starts_with("${{") {
        return head.find("}}").map_or(1, |end| end + 2);
    }
    if head.starts_with("${") {
        return head.find('}').map_or(1, |end| end + 1);
    }
    if head.starts_with("$(") {
        return head.find(')').map_or(1, |end| end + 1);
    }
    let name = head.bytes().skip(1).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    name + 1
}

fn is_secret(name: &str) -> bool {
    let name = name.rsplit('.').next().unwrap_or(name).to_ascii_uppercase();
    SECRET_PARTS.iter().any(|part| name.contains(part)) && !HARMLESS_ENDS.iter().any(|end| name.ends_with(end))
}
