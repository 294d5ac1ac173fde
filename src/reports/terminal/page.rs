//! The page that is written on: the only place that knows the width, the colours, and that all text is made inert.

use std::fmt::Write as _;

use super::wrap::{columns, wrap};
use crate::model::escape;
use crate::reports::Style;

/// Prose is not set wider than this: longer lines are hard to read.
const MEASURE: usize = 100;

/// Narrower terminals get lines of this many columns anyway.
const NARROWEST: usize = 60;

/// What a piece of text means, and so how it is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::reports) enum Tint {
    Plain,
    Strong,
    Faint,
    Bad,
    Doubt,
    Good,
}

impl Tint {
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Bad => "1;31",
            Self::Doubt => "33",
            Self::Good => "32",
        }
    }
}

/// Text in the making.
pub(in crate::reports) struct Page {
    width: usize,
    color: bool,
    text: String,
}

impl Page {
    pub(in crate::reports) fn new(style: &Style) -> Self {
        Self { width: usize::from(style.width).max(NARROWEST), color: style.color, text: String::new() }
    }

    /// Columns of the terminal.
    pub(in crate::reports) const fn width(&self) -> usize {
        self.width
    }

    /// The text; it ends with a line feed.
    pub(in crate::reports) fn finish(self) -> String {
        self.text
    }

    /// An empty line.
    pub(in crate::reports) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// One line as it is, however wide.
    pub(in crate::reports) fn line(&mut self, spans: &[(Tint, &str)]) {
        let last = spans.iter().rposition(|(_, text)| !text.trim_end().is_empty());
        for (index, (tint, text)) in spans.iter().enumerate() {
            match last {
                Some(last) if index < last => self.span(*tint, text),
                Some(last) if index == last => self.span(*tint, text.trim_end()),
                _ => {}
            }
        }
        self.text.push('\n');
    }

    fn span(&mut self, tint: Tint, text: &str) {
        let text = escape(text);
        if self.color && !tint.code().is_empty() && !text.trim().is_empty() {
            // Spaces stay outside, so that no style underlines or fills them.
            let start = text.len() - text.trim_start().len();
            let (spaces, words) = text.split_at_checked(start).unwrap_or(("", &text));
            // Writing to a String cannot fail.
            let _ = write!(self.text, "{spaces}\u{1b}[{}m{words}\u{1b}[0m", tint.code());
        } else {
            self.text.push_str(&text);
        }
    }

    /// A label at column `indent`, and text beside it that is wrapped and stays right of the label.
    pub(in crate::reports) fn entry(&mut self, indent: usize, label: (Tint, &str), gutter: usize, text: (Tint, &str)) {
        let (label_tint, label) = (label.0, escape(label.1));
        let left = indent + gutter.max(if label.is_empty() { 0 } else { columns(&label) + 2 });
        let lines = wrap(&escape(text.1), self.width.min(MEASURE).saturating_sub(left).max(20));
        for (number, line) in lines.iter().enumerate() {
            let shown = if number == 0 { label.as_str() } else { "" };
            let padding = " ".repeat(left - indent - columns(shown));
            self.line(&[
                (Tint::Plain, &" ".repeat(indent)),
                (label_tint, shown),
                (Tint::Plain, &padding),
                (text.0, line),
            ]);
        }
    }

    /// A sentence that begins with a tinted head; its next lines hang two columns further in.
    pub(in crate::reports) fn sentence(&mut self, indent: usize, head: (Tint, &str), rest: &str) {
        let whole = escape(&format!("{} {rest}", head.1));
        let lines = wrap(&whole, self.width.min(MEASURE).saturating_sub(indent + 2));
        for (number, line) in lines.iter().enumerate() {
            let margin = " ".repeat(if number == 0 { indent } else { indent + 2 });
            match line.strip_prefix(head.1) {
                Some(rest) if number == 0 => self.line(&[(Tint::Plain, &margin), head, (Tint::Plain, rest)]),
                _ => self.line(&[(Tint::Plain, &margin), (Tint::Plain, line)]),
            }
        }
    }

    /// Wrapped text at column `indent`.
    pub(in crate::reports) fn paragraph(&mut self, indent: usize, text: (Tint, &str)) {
        self.entry(indent, (Tint::Plain, ""), 0, text);
    }

    /// The title of a section, with a rule to the right edge.
    pub(in crate::reports) fn section(&mut self, tint: Tint, title: &str) {
        self.blank();
        let rule = "─".repeat(self.width.min(MEASURE).saturating_sub(columns(title) + 1));
        self.line(&[(tint, title), (Tint::Faint, " "), (Tint::Faint, &rule)]);
    }
}
