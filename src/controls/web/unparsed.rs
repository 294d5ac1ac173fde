//! Scripts and pages that were not parsed as a whole, for the controls that read them.

use crate::controls::support::{at, shown, whole};
use crate::controls::{Draft, Outcome};
use crate::facts::kind::Class;
use crate::facts::{FileFacts, Parse};

/// Adds why a page or a script was not examined, or not to its end.
pub(in crate::controls) fn add_unparsed(outcome: &mut Outcome, file: &FileFacts) {
    let Some(class) = file.detection.as_ref().map(|detection| detection.kind.class) else { return };
    let readable = matches!(class, Class::JavaScript | Class::Html | Class::Svg) || file.script.is_some();
    if !readable || file.unread.is_some() {
        return;
    }
    let path = shown(&file.path);
    match &file.parse {
        Some(Parse::Failed { why, position }) => {
            let place = position
                .map(|position| format!(" at line {}, column {}", position.line, position.column))
                .unwrap_or_default();
            let message = format!("`{path}` was not parsed as a whole{place}: {}", shown(why));
            outcome.findings.push(Draft::indeterminate("not-parsed", at(&file.path, *position), message));
        }
        None if class == Class::JavaScript && file.script.is_none() || class == Class::Html && file.page.is_none() => {
            let message = format!("`{path}` was not parsed");
            outcome.findings.push(Draft::indeterminate("not-parsed", whole(file), message));
        }
        Some(Parse::Whole) | None => {}
    }
    if file.script.as_ref().is_some_and(|script| script.sites_cut) {
        let message = format!("`{path}` has more places that load or run code than are kept");
        outcome.findings.push(Draft::indeterminate("sites-cut", whole(file), message));
    }
}
