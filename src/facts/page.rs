//! What an HTML page loads and runs.

use std::ops::Range;

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use serde::Serialize;

use crate::model::{LineIndex, Position};

/// What one HTML page loads and runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PageFacts {
    /// Its `script` elements, in order.
    pub scripts: Vec<ScriptElement>,
    /// The `href` of its first `base` element.
    pub base: Option<String>,
    /// Addresses it needs: styles, images, manifest, modules to preload. Scripts stand in `scripts`.
    pub references: Vec<Reference>,
    /// `iframe`, `embed` and `object` sources.
    pub frames: Vec<Reference>,
}

/// A `script` element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScriptElement {
    /// The value of `src`, if it has one.
    pub source: Option<String>,
    /// Whether it has an `integrity` attribute.
    pub integrity: Option<String>,
    /// The value of `type`, lower case; empty when absent.
    pub kind: String,
    /// Where the value of `src` begins, else the text.
    pub position: Position,
}

/// An address in an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The element's name.
    pub element: String,
    /// The address as written.
    pub url: String,
    /// Where it begins.
    pub position: Position,
}

/// What [`read_page`] gives: the facts, and where the page's own scripts stand.
#[derive(Debug, Default)]
pub struct PageReading {
    /// What it loads.
    pub facts: PageFacts,
    /// Byte ranges of the inline scripts that a browser would run.
    pub inline_scripts: Vec<Range<usize>>,
}

/// Reads a page as the WHATWG tokenizer does: what stands in a comment isn't there.
#[must_use]
pub fn read_page(text: &str) -> PageReading {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let lines = Places { text, lines: LineIndex::new(text) };
    let mut reading = PageReading::default();
    let mut open_script: Option<usize> = None;
    for token in Tokenizer::new_with_emitter(text, emitter).flatten() {
        match token {
            Token::StartTag(tag) => {
                let name = lossy(&tag.name);
                if name == "script" {
                    let element = script_element(&tag, &lines);
                    let runs = element.source.is_none()
                        && matches!(
                            element.kind.as_str(),
                            "" | "module" | "text/javascript" | "application/javascript" | "text/ecmascript"
                        );
                    open_script = runs.then_some(tag.span.end);
                    reading.facts.scripts.push(element);
                } else {
                    element(&mut reading.facts, &name, &tag, &lines);
                }
            }
            Token::EndTag(tag) if tag.name.as_slice() == b"script" => {
                if let Some(start) = open_script.take()
                    && start < tag.span.start
                {
                    reading.inline_scripts.push(start..tag.span.start);
                }
            }
            _ => {}
        }
    }
    // A script that is never closed does not run (HTML, 4.12.1.1), but it must not hide from the audit either.
    reading.inline_scripts.extend(open_script.map(|start| start..text.len()).filter(|range| !range.is_empty()));
    reading
}

/// Finds where values of attributes begin.
struct Places<'a> {
    text: &'a str,
    lines: LineIndex<'a>,
}

impl Places<'_> {
    fn value(&self, start: usize) -> Position {
        self.lines.position(value_start(self.text, start))
    }
}

fn script_element(tag: &StartTag<usize>, lines: &Places<'_>) -> ScriptElement {
    // An SVG script has its source in `href`.
    let source = attribute(tag, "src").or_else(|| attribute(tag, "href")).or_else(|| attribute(tag, "xlink:href"));
    ScriptElement {
        position: source.as_ref().map_or_else(|| lines.lines.position(tag.span.start), |(_, at)| lines.value(*at)),
        source: source.map(|(url, _)| url),
        integrity: attribute(tag, "integrity").map(|(value, _)| value),
        kind: attribute(tag, "type").map(|(value, _)| value.trim().to_ascii_lowercase()).unwrap_or_default(),
    }
}

fn element(facts: &mut PageFacts, name: &str, tag: &StartTag<usize>, lines: &Places<'_>) {
    let reference = |(url, at): (String, usize)| Reference { element: name.to_owned(), url, position: lines.value(at) };
    match name {
        "base" => facts.base = facts.base.take().or_else(|| attribute(tag, "href").map(|(url, _)| url)),
        "link" => {
            let kind = attribute(tag, "rel").map(|(value, _)| value.to_ascii_lowercase()).unwrap_or_default();
            let needed = kind.split_ascii_whitespace().any(|word| {
                matches!(word, "stylesheet" | "modulepreload" | "preload" | "manifest" | "icon" | "apple-touch-icon")
            });
            if needed {
                facts.references.extend(attribute(tag, "href").map(reference));
            }
        }
        "img" | "audio" | "video" | "source" | "track" => facts.references.extend(attribute(tag, "src").map(reference)),
        "iframe" | "embed" | "frame" => facts.frames.extend(attribute(tag, "src").map(reference)),
        "object" => facts.frames.extend(attribute(tag, "data").map(reference)),
        _ => {}
    }
}

/// An attribute's value and where the attribute begins.
fn attribute(tag: &StartTag<usize>, name: &str) -> Option<(String, usize)> {
    let value = tag.attributes.get(name.as_bytes())?;
    Some((lossy(&value.value).trim().to_owned(), value.span.start))
}

/// Where the value begins of the attribute that begins at `start`: the tokenizer tells of the name only.
fn value_start(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let Some(equals) = rest.find(['=', '>']).filter(|at| rest.get(*at..=*at) == Some("=")) else { return start };
    let value = rest.get(equals + 1..).unwrap_or_default();
    let blank = value.len() - value.trim_start().len();
    let quoted = value.trim_start().starts_with(['"', '\'']);
    start + equals + 1 + blank + usize::from(quoted)
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_found_with_their_places_and_comments_are_not_there() {
        let text = "<!-- <script src=\"https://x\"></script> -->\n<script src=\"a.js\" integrity=sha384-x></script>\n<script type=\"application/json\">{}</script><SCRIPT>if(a<b){}</SCRIPT>\n<link rel='stylesheet' href=\"a.css\"><iframe src=//f></iframe><base href=/b/>";
        let reading = read_page(text);
        let sources: Vec<_> = reading.facts.scripts.iter().map(|script| script.source.as_deref()).collect();
        assert_eq!(sources, [Some("a.js"), None, None]);
        assert_eq!(reading.facts.scripts[0].position, Position { line: 2, column: 14 });
        assert_eq!(reading.inline_scripts.len(), 1);
        assert_eq!(text.get(reading.inline_scripts[0].clone()), Some("if(a<b){}"));
        assert_eq!(reading.facts.references[0].url, "a.css");
        assert_eq!(reading.facts.frames[0].url, "//f");
        assert_eq!(reading.facts.base.as_deref(), Some("/b/"));
    }
}
