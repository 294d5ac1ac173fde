//! The template of the file of statements: everything commented out, so that it is valid as it is and states nothing.

use super::keys::{Field, FieldKind, Key, keys};

/// The template, each key as its question with the fields of its value; `controls` gives the ids that accept a key.
#[must_use]
pub fn template(controls: &dyn Fn(&str) -> Vec<String>) -> String {
    let mut text = HEAD.to_owned();
    for key in keys() {
        text.push('\n');
        one(&mut text, key, &controls(&key.name));
    }
    text
}

const HEAD: &str = "\
# What only your organisation can state. `otaudit check` looks for this file in the app's folder.
#
# Take away the `#` in front of what you state, and fill it in: the day, who states it (name and role), and the value.
# A statement counts for the days that are named with it, from its `date` on; `valid_until` can end it earlier.
# `evidence` names documents: a `path` below this folder, or a `url`, each with the `sha256` it had.
# Where there is nothing of the kind, write `value: none`.
# Statements about one release carry `bundle_sha256`: the SHA-256 of the archive, or the content digest, as reports show it.
";

fn one(text: &mut String, key: &Key, controls: &[String]) {
    let mut line = |words: &str| {
        text.push_str("# ");
        text.push_str(words);
        text.push('\n');
    };
    line(&format!("-- {}", key.question));
    line(&format!("   counts for {} days; asked by {}", key.max_age_days, controls.join(", ")));
    line(&format!("{}:", key.name));
    line("  date: YYYY-MM-DD");
    line("  by: name, role");
    if key.release_bound {
        line("  bundle_sha256: 64 hexadecimal digits");
    }
    line("  evidence: [{ path: docs/example.pdf, sha256: 64 hexadecimal digits }]");
    line("  value:");
    for (index, field) in key.fields.iter().enumerate() {
        let lead = match (key.list, index) {
            (true, 0) => "    - ",
            (true, _) => "      ",
            (false, _) => "    ",
        };
        line(&format!("{lead}{}: {}", field.name, example(field)));
    }
}

fn example(field: &Field) -> String {
    let shape = match field.kind {
        FieldKind::Word => field.words.join(" | "),
        FieldKind::Truth => "true | false".to_owned(),
        FieldKind::Date => "YYYY-MM-DD".to_owned(),
        FieldKind::Number => "0".to_owned(),
        FieldKind::Text => "text".to_owned(),
        FieldKind::Texts => "[text, text]".to_owned(),
        FieldKind::Sha256 => "64 hexadecimal digits".to_owned(),
    };
    format!("{shape}    # {}", field.about)
}
