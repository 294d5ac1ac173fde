//! Commands that check an update before it goes out, and whether their failure stops anything.

use super::Gate;
use super::commands::is_about_text;
use super::tools::program;
use super::words::Word;
use crate::model::Position;

/// Gates kept of one file.
const MOST_GATES: usize = 1_000;
/// The most words between the program and its command's word, and between that and the end of its command.
const MOST_OPTIONS: usize = 4;
const MOST_WORDS: usize = 200;

/// Looks through the words of a script's line for `otaudit check` and `npx otaudit@1 verify`.
pub fn look(line: &[Word], job: Option<&str>, place: &dyn Fn(usize) -> Position, seen: &mut Vec<Gate>) {
    let mut begin = 0;
    for (at, word) in line.iter().enumerate() {
        if word.operator {
            begin = at + 1;
        }
        if word.operator || program(&word.text) != "otaudit" || seen.len() >= MOST_GATES {
            continue;
        }
        let rest = line.get(at + 1..).unwrap_or_default();
        let own = rest.iter().take(MOST_OPTIONS + 1).take_while(|word| !word.operator);
        let Some(action) = own.clone().find(|word| matches!(&*word.text, "check" | "verify")) else { continue };
        if is_about_text(line.get(begin..).unwrap_or_default()) {
            continue;
        }
        let ends = |word: &&Word| word.operator && !word.text.starts_with(['>', '<']);
        let after: Vec<&str> =
            rest.iter().take(MOST_WORDS).skip_while(|word| !ends(word)).take(3).map(|word| &*word.text).collect();
        let stops = matches!(after.as_slice(), ["||", "exit" | "return", code] if *code != "0");
        seen.push(Gate {
            command: format!("otaudit {}", action.text),
            position: place(word.offset),
            job: job.map(str::to_owned),
            ignored: after.first() == Some(&"||") && !stops,
        });
    }
}
