//! Collects every fault of one YAML file, each with its place and a suggestion, and reads values strictly.

use std::ops::Range;

use super::yaml::{YamlKey as Key, YamlNode as Node, YamlValue as Value};
use crate::model::{Label, Problem};

/// No more faults of one file are shown; each carries the whole text.
const MAX_FAULTS: usize = 100;

/// The faults found so far in one file.
pub(crate) struct Faults<'a> {
    name: &'a str,
    source: &'a str,
    found: Vec<(Range<usize>, Problem, String)>,
}

impl<'a> Faults<'a> {
    pub(crate) const fn new(name: &'a str, source: &'a str) -> Self {
        Self { name, source, found: Vec::new() }
    }

    /// Adds a fault at `span`; `label` stands under the caret.
    pub(crate) fn add(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
        label: &str,
        help: impl Into<String>,
    ) {
        self.found.push((span.clone(), Problem::new(message).help(help), label.to_owned()));
    }

    /// All faults in the order of their places.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        let Self { name, source, mut found } = self;
        found.sort_by_key(|(span, ..)| (span.start, span.end));
        let more = found.len().saturating_sub(MAX_FAULTS);
        let mut problems: Vec<Problem> = found
            .into_iter()
            .take(MAX_FAULTS)
            .map(|(span, problem, text)| {
                let range = first_line(source, span);
                problem.at(Label { source_name: name.to_owned(), source: source.to_owned(), range, text })
            })
            .collect();
        if more > 0 {
            problems.push(Problem::new(format!("`{name}` has {more} more faults")).help("mend those above first"));
        }
        problems
    }

    /// The entries of a map whose keys must be among `known`; unknown keys are faults.
    pub(crate) fn entries<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> Vec<(&'n Key, &'n Node)> {
        let entries = self.map(node, what);
        let mut kept = Vec::new();
        for (key, value) in entries {
            if known.contains(&key.name.as_str()) {
                kept.push((key, value));
            } else {
                let help = suggest(&key.name, known, "the keys are");
                self.add(&key.span, format!("unknown key `{}` in {what}", key.name), "unknown key", help);
            }
        }
        kept
    }

    /// The entries of a map with free keys; a key that is written twice is a fault, and its first value holds.
    pub(crate) fn map<'n>(&mut self, node: &'n Node, what: &str) -> Vec<(&'n Key, &'n Node)> {
        let Value::Map(entries) = &node.value else {
            self.wrong_type(node, what, "a map");
            return Vec::new();
        };
        let mut seen = std::collections::BTreeSet::new();
        let mut kept = Vec::new();
        for (key, value) in entries {
            if seen.insert(key.name.as_str()) {
                kept.push((key, value));
            } else {
                let message = format!("duplicate key `{}` in {what}", key.name);
                self.add(&key.span, message, "written before", "keep one of the two");
            }
        }
        kept
    }

    /// The items of a list.
    pub(crate) fn list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        if let Value::List(items) = &node.value {
            return items;
        }
        self.wrong_type(node, what, "a list");
        &[]
    }

    /// A text that is not blank.
    pub(crate) fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        match &node.value {
            Value::Text(text) if text.trim().is_empty() => {
                self.add(&node.span, format!("{what} is empty"), "empty", "write a text");
                None
            }
            Value::Text(text) => Some(text),
            _ => {
                self.wrong_type(node, what, "a text");
                None
            }
        }
    }

    /// A list of texts that has at least one, and the place of each.
    pub(crate) fn texts(&mut self, node: &Node, what: &str) -> Vec<(String, Range<usize>)> {
        let items = self.list(node, what);
        if items.is_empty() && matches!(node.value, Value::List(_)) {
            self.add(
                &node.span,
                format!("{what} is an empty list"),
                "empty",
                "list at least one, or leave the key out",
            );
        }
        let one = format!("each item of {what}");
        items.iter().filter_map(|item| Some((self.text(item, &one)?.to_owned(), item.span.clone()))).collect()
    }

    /// One of several words.
    pub(crate) fn word<'w>(&mut self, node: &Node, what: &str, words: &[&'w str]) -> Option<&'w str> {
        let text = self.text(node, what)?;
        let found = words.iter().copied().find(|word| *word == text);
        if found.is_none() {
            let help = suggest(text, words, "expected one of");
            self.add(&node.span, format!("{what} can't be `{text}`"), "not a value of it", help);
        }
        found
    }

    /// A whole number above zero.
    pub(crate) fn positive(&mut self, node: &Node, what: &str) -> Option<u64> {
        match node.value {
            Value::Integer(number) if number > 0 => u64::try_from(number).ok(),
            Value::Integer(_) | Value::Float(_) => {
                self.add(
                    &node.span,
                    format!("{what} must be a whole number above 0"),
                    "not above 0 or not whole",
                    "write a whole number, such as 1000",
                );
                None
            }
            _ => {
                self.wrong_type(node, what, "a whole number");
                None
            }
        }
    }

    fn wrong_type(&mut self, node: &Node, what: &str, expected: &str) {
        let message = format!("{what} must be {expected}, not {}", node.value.kind());
        let help = match (expected, &node.value) {
            ("a text", Value::Bool(_) | Value::Integer(_) | Value::Float(_)) => "put it in quotes".to_owned(),
            ("a text", Value::Null) => "write a text, or leave the key out".to_owned(),
            ("a whole number", Value::Text(_)) => "write digits only, without quotes, unit or separators".to_owned(),
            ("a list", _) => "write each item on a line of its own after `- `, or `[…]`".to_owned(),
            ("a map", _) => "write `key: value` lines, indented below".to_owned(),
            _ => format!("write {expected}"),
        };
        self.add(&node.span, message, &format!("expected {expected}"), help);
    }
}

/// `did you mean …?`, or all that is possible.
pub(crate) fn suggest(word: &str, known: &[&str], otherwise: &str) -> String {
    let nearest = known
        .iter()
        .map(|candidate| (distance(&word.to_lowercase(), &candidate.to_lowercase()), *candidate))
        .filter(|(distance, candidate)| *distance <= if candidate.chars().count() < 6 { 2 } else { 3 })
        .filter(|(distance, candidate)| *distance < candidate.chars().count())
        .min();
    if let Some((_, candidate)) = nearest {
        return format!("did you mean `{candidate}`?");
    }
    let all: Vec<String> = known.iter().map(|candidate| format!("`{candidate}`")).collect();
    format!("{otherwise} {}", all.join(", "))
}

/// The number of insertions, deletions and replacements between two words; long words are cut.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().take(64).collect();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (row, letter) in left.chars().take(64).enumerate() {
        let mut last = row + 1;
        let mut current = vec![last];
        for (other, pair) in right.iter().zip(previous.windows(2)) {
            let (diagonal, above) = (pair.first().copied().unwrap_or(0), pair.last().copied().unwrap_or(0));
            last = (diagonal + usize::from(letter != *other)).min(above + 1).min(last + 1);
            current.push(last);
        }
        previous = current;
    }
    previous.last().copied().unwrap_or(0)
}

/// The part of `span` on its first line, one character at least where there is one.
fn first_line(source: &str, span: Range<usize>) -> Range<usize> {
    let start = span.start.min(source.len());
    let rest = source.get(start..).unwrap_or_default();
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    let one = line.chars().next().map_or(0, char::len_utf8);
    start..start + line.len().min(span.end.saturating_sub(start)).max(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_are_near_or_complete() {
        assert_eq!(distance("fail_onn", "fail_on"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(suggest("failon", &["fail_on", "manual"], "the keys are"), "did you mean `fail_on`?");
        assert_eq!(suggest("zzzzzzzz", &["fail_on", "manual"], "the keys are"), "the keys are `fail_on`, `manual`");
    }

    #[test]
    fn faults_are_bounded_and_in_order() {
        let mut faults = Faults::new("t", "ab\ncd");
        for start in (0..300).rev() {
            faults.add(&(start..start + 9), "x", "y", "z");
        }
        let problems = faults.into_problems();
        assert_eq!(problems.len(), MAX_FAULTS + 1);
        assert_eq!(problems[0].label.as_ref().unwrap().range, 0..2);
        assert_eq!(problems[3].label.as_ref().unwrap().range, 3..5);
    }
}
