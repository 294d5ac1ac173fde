//! Named values of XML files: property lists, Android's resources and manifests, Cordova's `config.xml`.

use crate::inputs::parse_xml;
use crate::model::Position;

/// A value under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedValue {
    /// The text of a property list's key, or the attribute `name`; `application@x` for attributes of a manifest's
    /// `application`.
    pub(crate) name: String,
    /// Its text; `true` and `false` of property lists as words.
    pub(crate) value: String,
    /// Where it stands.
    pub(crate) position: Position,
    /// Whether the file writes it with character references.
    pub(crate) escaped: bool,
}

/// All named values of an XML text, in order.
///
/// # Errors
/// In words, when it is no XML.
pub(crate) fn named_values(text: &str) -> Result<Vec<NamedValue>, String> {
    let tree = parse_xml(text)?;
    let mut lines = Lines { text, offset: 0, line: 1, start: 0 };
    let mut values = Vec::new();
    for node in tree.descendants().filter(roxmltree::Node::is_element) {
        if node.has_tag_name("application") {
            for attribute in node.attributes() {
                values.push(NamedValue {
                    name: format!("application@{}", attribute.name()),
                    value: attribute.value().to_owned(),
                    position: lines.at(node.range().start),
                    escaped: false,
                });
            }
        }
        let attribute = |name: &str| node.attributes().find(|attribute| attribute.name() == name);
        let plist = node.has_tag_name("key");
        let name = if plist { node.text() } else { attribute("name").map(|found| found.value()) };
        let Some(name) = name.map(str::trim) else { continue };
        let element = if plist { node.next_sibling_element() } else { Some(node) };
        let given = ["value", "default"].into_iter().find_map(attribute).filter(|_| !plist);
        let (value, range) = match (given, element) {
            (Some(given), _) => (given.value().to_owned(), given.range()),
            (None, Some(element)) if plist && ["true", "false"].contains(&element.tag_name().name()) => {
                (element.tag_name().name().to_owned(), element.range())
            }
            (None, Some(element)) => (element.children().filter_map(|child| child.text()).collect(), element.range()),
            (None, None) => continue,
        };
        // A resource's text may stand in quotes.
        let plain = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(&value).to_owned();
        let position = lines.at(node.range().start);
        let escaped = text.get(range).is_some_and(|raw| raw.contains("&#"));
        values.push(NamedValue { name: name.to_owned(), value: plain, position, escaped });
    }
    Ok(values)
}

/// Positions of offsets that never go back: counting from the start for each value would take forever.
struct Lines<'a> {
    text: &'a str,
    offset: usize,
    line: u32,
    start: usize,
}

impl Lines<'_> {
    fn at(&mut self, offset: usize) -> Position {
        let passed = self.text.as_bytes().get(self.offset..offset).unwrap_or_default();
        for at in memchr::memchr_iter(b'\n', passed) {
            self.line = self.line.saturating_add(1);
            self.start = self.offset + at + 1;
        }
        self.offset = self.offset.max(offset);
        Position { line: self.line, column: u32::try_from(offset.saturating_sub(self.start) + 1).unwrap_or(u32::MAX) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_names_and_places() {
        let text = "<plist>\n<dict><key> A </key><true/>\n <key>B</key><string>\"x&#10;y\"</string></dict></plist>";
        let values = named_values(text).unwrap();
        let seen: Vec<_> =
            values.iter().map(|value| (value.name.as_str(), value.value.as_str(), value.escaped)).collect();
        assert_eq!(seen, [("A", "true", false), ("B", "x\ny", true)]);
        assert_eq!(values.last().map(|value| value.position), Some(Position { line: 3, column: 2 }));
    }
}
