//! Shows problems to a person: what is wrong, where, with a caret, and what to do next.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::model::{Label, Problem, escape};

/// All problems as text, one after the other with an empty line between them; with colours if `color`.
#[must_use]
pub fn render(problems: &[Problem], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for problem in problems {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&renderer.render(&[group(problem)]));
        out.push('\n');
    }
    out
}

fn group(problem: &Problem) -> annotate_snippets::Group<'static> {
    let mut group = annotate_snippets::Group::with_title(Level::ERROR.primary_title(escape(&problem.message)));
    if let Some(label) = &problem.label {
        let line = MarkedLine::of(label);
        let mark = AnnotationKind::Primary.span(line.start..line.end).label(escape(&label.text));
        let snippet = Snippet::source(line.text).line_start(line.number).path(escape(&label.source_name));
        group = group.element(snippet.annotation(mark));
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(escape(help)));
    }
    group
}

/// The line that a label marks, made inert; places count in the inert text.
struct MarkedLine {
    number: usize,
    text: String,
    start: usize,
    end: usize,
}

impl MarkedLine {
    fn of(label: &Label) -> Self {
        let source = label.source.as_str();
        let before = boundary(source, label.range.start);
        let (head, tail) = source.split_at(before);
        let line_start = head.rfind('\n').map_or(0, |end| end + 1);
        let rest = tail.split('\n').next().unwrap_or_default();
        let marked = rest.get(..boundary(rest, label.range.end.saturating_sub(before))).unwrap_or_default();
        let after = rest.get(marked.len()..).unwrap_or_default().trim_end_matches('\r');

        let mut text = inert(head.get(line_start..).unwrap_or_default());
        let start = text.len();
        text.push_str(&inert(marked));
        let end = text.len();
        text.push_str(&inert(after));
        Self { number: head.matches('\n').count() + 1, text, start, end }
    }
}

/// Inert text in which tabs stay, so that carets stand below what they mark.
fn inert(text: &str) -> String {
    text.split('\t').map(escape).collect::<Vec<_>>().join("\t")
}

/// The nearest start of a character at or before `offset`.
fn boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(source: &str, marked: &str) -> Problem {
        let start = source.find(marked).unwrap();
        Problem::new("unknown key `fail_onn` in `gate`").help("did you mean `fail_on`?").at(Label {
            source_name: "policies/mine.yaml".to_owned(),
            source: source.to_owned(),
            range: start..start + marked.len(),
            text: "unknown key".to_owned(),
        })
    }

    #[test]
    fn a_caret_stands_under_the_fault() {
        let shown = render(&[problem("schema: x\r\ngate:\r\n  fail_onn: high\r\n", "fail_onn")], false);
        let expected = "\
error: unknown key `fail_onn` in `gate`
 --> policies/mine.yaml:3:3
  |
3 |   fail_onn: high
  |   ^^^^^^^^ unknown key
  |
  = help: did you mean `fail_on`?
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn problems_without_a_place_have_a_title_and_help() {
        let shown = render(&[Problem::new("no bundle").help("name one"), Problem::new("x")], false);
        assert_eq!(shown, "error: no bundle\n |\n = help: name one\n\nerror: x\n");
    }

    #[test]
    fn hostile_text_is_inert() {
        let mut hostile = problem("a: \u{1b}[31m\u{202e}fail_onn\n", "fail_onn");
        hostile.message = "un\u{1b}[2Jknown\nline".to_owned();
        let shown = render(&[hostile], false);
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown}");
        assert!(shown.contains("un\\u{1b}[2Jknown\\nline"), "{shown}");
        assert!(render(&[problem("fail_onn", "fail_onn")], true).contains('\u{1b}'));
    }

    #[test]
    fn any_range_is_shown() {
        for range in [0..0, 3..900, 900..901, 2..3, 1..2] {
            let label = Label { source_name: "ü".into(), source: "aé\nb".into(), range, text: "t".into() };
            assert!(render(&[Problem::new("x").at(label)], false).starts_with("error: x"));
        }
    }
}
