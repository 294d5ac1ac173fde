//! A report for people to read, before it is HTML or PDF: sections of blocks of plain text. Whoever writes one never
//! writes markup, so that no text of a subject can become markup.

mod charts;
mod html;
#[cfg(feature = "pdf")]
mod pdf;
mod treemap;

pub use html::write_html;
#[cfg(feature = "pdf")]
pub use pdf::{PdfSettings, pdf};

/// A whole document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// What it is, such as `Audit of an over-the-air update`.
    pub title: String,
    /// Of what, such as the app's name.
    pub subtitle: String,
    /// What stands on the cover: label and value.
    pub cover: Vec<(String, Inline)>,
    /// Its sections, in order.
    pub sections: Vec<Section>,
}

/// A part of a document. Top-level sections are numbered 1, 2, 3 …, and those whose anchor begins with `annex` A, B, C …
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// Its anchor: lower-case letters, digits and hyphens, once in a document.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
    /// Its parts.
    pub sections: Vec<Section>,
}

/// One piece of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A paragraph that must not be overlooked.
    Note(Tone, Vec<Inline>),
    /// An unordered list.
    List(Vec<Vec<Inline>>),
    /// Labels and what belongs to them.
    Pairs(Vec<(String, Vec<Inline>)>),
    /// A table.
    Table(Table),
    /// Text that keeps its lines, such as an excerpt.
    Code {
        /// What it is, such as its place.
        title: String,
        /// The lines.
        text: String,
    },
    /// Two excerpts side by side, before and after.
    Compare {
        /// What it is, such as the file.
        title: String,
        /// How it was.
        before: String,
        /// How it is.
        after: String,
    },
    /// A plot. Its figures also stand in a table that a screen reader reads.
    Chart(Chart),
    /// A place for a hand: label, and how many lines are left empty.
    Blank(String, u8),
}

/// Text within a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// Text that matters more.
    Strong(String),
    /// A name, a path, a digest: set in a fixed width, and broken anywhere.
    Code(String),
    /// A word with its tone, such as a verdict. The word says it all; the colour only helps.
    Badge(Tone, String),
    /// A reference to a section of the document: the section's anchor, and the text.
    Reference(String, String),
}

/// How grave something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// Nothing to do.
    Good,
    /// Neither.
    Neutral,
    /// Someone has to look.
    Open,
    /// It stands against the release.
    Bad,
    /// It stops the release.
    Grave,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What it shows, in a sentence.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each as long as the columns.
    pub rows: Vec<Vec<Vec<Inline>>>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// Whether it holds numbers, set flush right.
    pub numeric: bool,
    /// Its share of the width, against the shares of the others.
    pub share: u8,
}

/// A plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// What it shows, in a sentence.
    pub caption: String,
    /// The unit of its figures, such as `days`.
    pub unit: String,
    /// Its figures.
    pub shape: Shape,
}

/// What is plotted.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// One bar for each row, made of parts.
    Bars {
        /// The rows: label and the figures of its parts, in the order of `parts`.
        rows: Vec<(String, Vec<u64>)>,
        /// The names of the parts.
        parts: Vec<(Tone, String)>,
    },
    /// One bar for each row against marks: how far something is on its way to a limit.
    Gauges(Vec<Gauge>),
    /// Areas in proportion to their figures.
    Treemap(Vec<Area>),
    /// Lines over periods.
    Lines {
        /// The periods, oldest first.
        periods: Vec<String>,
        /// Name and one figure for each period; `None` where there is none.
        lines: Vec<(String, Vec<Option<f64>>)>,
    },
}

/// A figure on its way to its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gauge {
    /// What it is.
    pub label: String,
    /// The figure; `None` where it is not known.
    pub value: Option<u64>,
    /// From where on someone has to look.
    pub warn: u64,
    /// From where on it fails.
    pub fail: u64,
}

/// An area of a treemap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// What it is.
    pub label: String,
    /// The group it belongs to, such as an owner; areas of a group lie together in one colour.
    pub group: String,
    /// Its figure.
    pub value: u64,
}

impl Document {
    /// The numbers of the top-level sections, in order: `1`, `2` … and `A`, `B` … for annexes.
    #[must_use]
    pub fn numbers(&self) -> Vec<String> {
        let mut plain = 0_u32;
        let mut annex = 0_u32;
        self.sections
            .iter()
            .map(|section| {
                if section.id.starts_with("annex") {
                    annex += 1;
                    char::from_u32('A' as u32 + (annex - 1).min(25)).unwrap_or('Z').to_string()
                } else {
                    plain += 1;
                    plain.to_string()
                }
            })
            .collect()
    }
}

impl Table {
    /// The columns' widths in whole percents, which add up to 100.
    #[must_use]
    pub fn widths(&self) -> Vec<u32> {
        let total: u32 = self.columns.iter().map(|column| u32::from(column.share.max(1))).sum();
        let mut left = 100;
        let mut widths: Vec<u32> = self
            .columns
            .iter()
            .map(|column| {
                let width = u32::from(column.share.max(1)) * 100 / total.max(1);
                left -= width.min(left);
                width
            })
            .collect();
        if let Some(first) = widths.first_mut() {
            *first += left;
        }
        widths
    }
}

impl Column {
    /// A column of words.
    #[must_use]
    pub fn words(title: &str, share: u8) -> Self {
        Self { title: title.to_owned(), numeric: false, share }
    }

    /// A column of numbers.
    #[must_use]
    pub fn numbers(title: &str, share: u8) -> Self {
        Self { title: title.to_owned(), numeric: true, share }
    }
}

impl Inline {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A name, a path, a digest.
    pub fn code(text: impl Into<String>) -> Self {
        Self::Code(text.into())
    }
}

impl Tone {
    /// All tones, gravest last.
    pub const ALL: [Self; 5] = [Self::Good, Self::Neutral, Self::Open, Self::Bad, Self::Grave];

    /// The lower-case word that style sheets and templates know it by.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Neutral => "neutral",
            Self::Open => "open",
            Self::Bad => "bad",
            Self::Grave => "grave",
        }
    }
}

impl Gauge {
    /// How grave the figure is against its limits.
    #[must_use]
    pub const fn tone(&self) -> Tone {
        match self.value {
            None => Tone::Neutral,
            Some(value) if value > self.fail => Tone::Grave,
            Some(value) if value > self.warn => Tone::Open,
            Some(_) => Tone::Good,
        }
    }

    /// The figure against its limits, in words.
    #[must_use]
    pub fn words(&self, unit: &str) -> String {
        let (warn, fail) = (figure(self.warn, unit), figure(self.fail, unit));
        let marks =
            if self.warn == self.fail { format!("limit {fail}") } else { format!("told from {warn}, limit {fail}") };
        match self.value {
            None => format!("not known ({marks})"),
            Some(value) if value > self.fail => format!("{} {unit}: over the limit ({marks})", figure(value, unit)),
            Some(value) if value > self.warn => format!("{} {unit}: told ({marks})", figure(value, unit)),
            Some(value) => format!("{} {unit} ({marks})", figure(value, unit)),
        }
    }
}

/// A figure as people read it: bytes in kB and MB, others with their digits in groups of three.
#[must_use]
pub fn figure(value: u64, unit: &str) -> String {
    #[allow(clippy::cast_precision_loss)] // one decimal is shown
    let number = value as f64;
    match (unit, value) {
        ("bytes", 1_000_000..) => format!("{:.1} MB", number / 1e6),
        ("bytes", 1_000..) => format!("{:.1} kB", number / 1e3),
        ("bytes", _) => format!("{value} B"),
        _ => {
            let digits = value.to_string();
            let mut out = String::new();
            for (place, digit) in digits.chars().enumerate() {
                if place > 0 && (digits.len() - place).is_multiple_of(3) {
                    out.push(',');
                }
                out.push(digit);
            }
            out
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_numbered_and_annexes_lettered() {
        let section = |id: &str| Section { id: id.to_owned(), ..Section::default() };
        let document = Document {
            sections: vec![section("limits"), section("scope"), section("annex-a"), section("annex-b")],
            ..Document::default()
        };
        assert_eq!(document.numbers(), ["1", "2", "A", "B"]);
    }

    #[test]
    fn widths_add_up() {
        let columns = vec![Column::words("a", 1), Column::words("b", 1), Column::numbers("c", 1)];
        assert_eq!(Table { columns, ..Table::default() }.widths(), [34, 33, 33]);
        assert!(Table::default().widths().is_empty());
    }

    #[test]
    fn figures_are_readable_and_gauges_say_where_they_stand() {
        assert_eq!(figure(1_234_567, "days"), "1,234,567");
        assert_eq!(figure(95_000, "bytes"), "95.0 kB");
        let gauge = |value| Gauge { label: "key".to_owned(), value, warn: 365, fail: 1095 };
        assert_eq!(gauge(Some(366)).words("days"), "366 days: told (told from 365, limit 1,095)");
        assert_eq!(gauge(Some(1096)).tone(), Tone::Grave);
        assert_eq!(gauge(None).words("days"), "not known (told from 365, limit 1,095)");
    }
}
