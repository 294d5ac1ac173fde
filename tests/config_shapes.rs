//! Runs the Markdown cases of `tests/config/shapes.md`: configurations in all the shapes in which people write them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)] // a test fails by panicking

use std::path::Path;

use otaudit::facts::capacitor::{OddityKind, Scalar, SettingValue, read_config};
use otaudit::model::Fact;

fn scalar(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Null => "null".to_owned(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Number(text) => text.clone(),
        Scalar::Text(text) => format!("{text:?}"),
        Scalar::List(list) => format!("[{}]", list.iter().map(self::scalar).collect::<Vec<_>>().join(", ")),
        Scalar::Object(pairs) => {
            let pairs: Vec<String> =
                pairs.iter().map(|(key, value)| format!("{key}: {}", self::scalar(value))).collect();
            format!("{{{}}}", pairs.join(", "))
        }
    }
}

/// Every line that a case may expect.
fn seen(folder: &Path) -> Vec<String> {
    let config = read_config(folder, None);
    let mut lines = vec![match &config.shipping {
        Fact::Known(path) => format!("ships {path}"),
        Fact::Unknown(why) | Fact::Unreadable(why) => format!("ships ? {why}"),
        Fact::Absent => "ships nothing".to_owned(),
    }];
    for file in &config.files {
        let prefix =
            if config.shipping.known() == Some(&file.path) { String::new() } else { format!("{}: ", file.path) };
        let settings = match &file.settings {
            Fact::Known(settings) => settings,
            Fact::Unknown(why) => {
                lines.push(format!("{prefix}unknown: {why}"));
                continue;
            }
            Fact::Unreadable(why) => {
                lines.push(format!("{prefix}unreadable: {why}"));
                continue;
            }
            Fact::Absent => continue,
        };
        for setting in &settings.list {
            let path = setting.path.join(".");
            let place = if setting.file == file.path {
                format!("@{}", setting.position.line)
            } else {
                format!("@{}:{}", setting.file, setting.position.line)
            };
            let origin = match &setting.origin {
                Some((other, position)) if *other == setting.file => format!(" from {}", position.line),
                Some((other, position)) => format!(" from {other}:{}", position.line),
                None => String::new(),
            };
            lines.push(match &setting.value {
                SettingValue::Known(value) => format!("{prefix}{path} = {} {place}{origin}", scalar(value)),
                SettingValue::Unknown(why) => format!("{prefix}{path} ? {why} {place}"),
                SettingValue::Conditional(cases) => {
                    let cases: Vec<String> = cases
                        .iter()
                        .map(|case| {
                            let value = match &case.value {
                                Fact::Known(value) => scalar(value),
                                Fact::Absent => "absent".to_owned(),
                                Fact::Unknown(why) | Fact::Unreadable(why) => format!("? {why}"),
                            };
                            format!("{value} when {}", case.when)
                        })
                        .collect();
                    format!("{prefix}{path} = {} {place}", cases.join(" | "))
                }
            });
        }
        for block in &settings.blocks {
            if let Some(why) = &block.open {
                lines.push(format!("{prefix}{} open: {why}", block.path.join(".")));
            }
        }
        for oddity in &file.oddities {
            let what = match &oddity.kind {
                OddityKind::TextForBoolean { text } => format!("text for boolean {text:?}"),
                OddityKind::WordForBoolean { word } => format!("word for boolean {word:?}"),
                OddityKind::OtherType { expected } => format!("no {expected}"),
                OddityKind::WrongLevel { belongs } => format!("belongs to {}", belongs.join(", ")),
                OddityKind::NearlyKnown { known } => format!("nearly {known}"),
            };
            lines.push(format!("{prefix}{} odd: {what} @{}", oddity.path.join("."), oddity.position.line));
        }
        if let Some(position) = file.exports_function {
            lines.push(format!("{prefix}exports a function @{}", position.line));
        }
    }
    for (copy, differences) in config.disagreements() {
        for difference in differences {
            lines.push(format!("{} disagrees: {} {:?}", copy.path, difference.path.join("."), difference.kind));
        }
    }
    lines
}

struct Case {
    name: String,
    files: Vec<(String, String)>,
    expected: Vec<String>,
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("## ") {
            cases.push(Case { name: name.to_owned(), files: Vec::new(), expected: Vec::new() });
        } else if let Some(info) = line.strip_prefix("```") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let case = cases.last_mut().expect("a case before the first block");
            match info.split_once(' ') {
                Some((_, path)) => case.files.push((path.to_owned(), body.join("\n") + "\n")),
                None => {
                    case.expected.extend(body.iter().filter(|line| !line.is_empty()).map(|line| (*line).to_owned()));
                }
            }
        }
    }
    cases
}

/// Each expected line is seen; a line that begins with `not ` begins none that is seen; `only` means that there are no
/// other settings, open blocks and oddities.
#[test]
fn every_shape_is_read_as_it_is_meant() {
    let cases = cases(include_str!("config/shapes.md"));
    assert!(cases.len() >= 30, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in &case.files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let seen = seen(folder.path());
        let mut faults = Vec::new();
        for line in &case.expected {
            match line.strip_prefix("not ") {
                Some(line) if seen.iter().any(|seen| seen.starts_with(line)) => faults.push(format!("seen: {line}")),
                None if line != "only" && !seen.contains(line) => faults.push(format!("missing: {line}")),
                _ => {}
            }
        }
        if case.expected.iter().any(|line| line == "only") {
            let more = seen.iter().filter(|line| !line.starts_with("ships ") && !case.expected.contains(line));
            faults.extend(more.map(|line| format!("more: {line}")));
        }
        if !faults.is_empty() {
            wrong.push(format!("{}\n  {}\n  -- seen --\n  {}", case.name, faults.join("\n  "), seen.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases are wrong:\n\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}
