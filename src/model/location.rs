//! Where something was seen.

use std::cell::OnceCell;

use serde::{Deserialize, Serialize};

use super::escape;

/// What a location's path is relative to. Absolute paths of the machine never enter a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Root {
    /// The update bundle.
    Bundle,
    /// The app that receives it.
    App,
    /// What is published beside the bundle.
    Release,
}

impl Root {
    /// The lower-case word used in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bundle => "bundle",
            Self::App => "app",
            Self::Release => "release",
        }
    }
}

/// A line and a column, both counted from 1; the column counts Unicode characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// A place in the subject: a file, and where it makes sense a line and column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Location {
    /// What `path` is relative to.
    pub root: Root,
    /// The path with `/` between its parts, made inert; empty for the subject as a whole.
    pub path: String,
    /// The line, from 1, when the place is inside a text.
    pub line: Option<u32>,
    /// The column in characters, from 1, when the line is known.
    pub column: Option<u32>,
}

impl Location {
    /// A whole file, or the whole subject when `path` is empty.
    #[must_use]
    pub fn file(root: Root, path: &str) -> Self {
        Self { root, path: escape(path), line: None, column: None }
    }

    /// A place inside a text file.
    #[must_use]
    pub fn at(root: Root, path: &str, position: Position) -> Self {
        Self { root, path: escape(path), line: Some(position.line), column: Some(position.column) }
    }
}

/// How far apart the marks of [`LineIndex`] are, in bytes.
const MARK_EVERY: usize = 1024;

/// Finds line and column of byte offsets in one text. A minified file is one line of megabytes, so characters
/// are counted from marks set at regular distances and never from the line's start. The text is indexed when the first
/// position is asked for, and once: most texts are never asked.
#[derive(Debug)]
pub struct LineIndex<'a> {
    bytes: &'a [u8],
    index: OnceCell<Index>,
}

#[derive(Debug)]
struct Index {
    starts: Vec<usize>,
    /// Characters before each multiple of [`MARK_EVERY`] bytes.
    marks: Vec<usize>,
}

impl Index {
    fn of(bytes: &[u8]) -> Self {
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let crlf = bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n');
            if !crlf {
                starts.push(at + 1);
            }
        }
        let mut characters = 0;
        let mut marks = Vec::with_capacity(bytes.len() / MARK_EVERY + 1);
        for block in bytes.chunks(MARK_EVERY) {
            marks.push(characters);
            characters += count_characters(block);
        }
        marks.push(characters);
        Self { starts, marks }
    }
}

impl<'a> LineIndex<'a> {
    /// An index of the lines of `text`; a line ends with LF, CRLF or a lone CR.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), index: OnceCell::new() }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::of(self.bytes))
    }

    /// The position of byte `offset`; offsets past the end give the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.bytes.len());
        let line = self.index().starts.partition_point(|start| *start <= offset);
        let start = self.index().starts.get(line.wrapping_sub(1)).copied().unwrap_or(0);
        let column = self.characters_before(offset).saturating_sub(self.characters_before(start)) + 1;
        Position { line: saturate(line), column: saturate(column) }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let mark = offset / MARK_EVERY;
        let rest = self.bytes.get(mark * MARK_EVERY..offset).unwrap_or_default();
        self.index().marks.get(mark).copied().unwrap_or_default() + count_characters(rest)
    }
}

/// Every byte that does not continue a UTF-8 sequence begins a character.
fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
}

fn saturate(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let index = LineIndex::new("ab\ncé-\r\nx\ry");
        let at = |offset| {
            let Position { line, column } = index.position(offset);
            (line, column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(3), (2, 1));
        assert_eq!(at(6), (2, 3), "é is one column although it is two bytes");
        assert_eq!(at(9), (3, 1), "CRLF ends one line");
        assert_eq!(at(11), (4, 1), "a lone CR ends a line");
        assert_eq!(at(999), (4, 2));
        let long = format!("a\n{}x", "é".repeat(5000));
        assert_eq!(LineIndex::new(&long).position(long.len() - 1), Position { line: 2, column: 5001 });
    }
}
