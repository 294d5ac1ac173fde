//! A report for people to read, before it is HTML or PDF: sections of blocks of plain text. Whoever writes one never
//! writes markup, so that no text of a subject can become markup.

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

/// A numbered part of a document.
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
