//! What an HTML page loads and runs.

mod content_policy;
mod elements;
mod import_map;
mod style;

pub use content_policy::{ContentPolicy, Directive, Source};
pub use import_map::import_map;
pub use style::{StyleAddress, StyleFacts, StyleRole, read_style};

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use serde::Serialize;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::model::{LineIndex, Position};

/// Things of one sort kept of one page.
const MOST: usize = 1_000;

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
    /// The content security policies in its `meta` elements, in order; what stands in a comment is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<ContentPolicy>,
    /// Attributes that are scripts, such as `onclick`: the attribute's name and its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub handlers: Vec<(String, Position)>,
    /// `javascript:` addresses in links, forms and frames.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub script_links: Vec<Position>,
    /// The addresses of forms.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<Reference>,
    /// Fields for card data, by `autocomplete` (`cc-number`) or name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub card_fields: Vec<Position>,
    /// Links that a person follows: those that lead to another host.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Reference>,
    /// Hosts that it greets before it needs them: `preconnect`, `dns-prefetch`, `prefetch`, `prerender`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<Reference>,
    /// Where `meta http-equiv="refresh"` leads.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refreshes: Vec<Reference>,
    /// Frames with a page of their own in `srcdoc`; what it loads stands among the other facts, at the place of the attribute.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inner_pages: Vec<Position>,
    /// The addresses in its style elements and attributes.
    #[serde(skip_serializing_if = "StyleFacts::is_empty")]
    pub style: StyleFacts,
    /// How many things more there are than are kept.
    #[serde(skip_serializing_if = "is_zero")]
    pub more: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
fn is_zero(number: &usize) -> bool {
    *number == 0
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
    /// The value of `nonce`, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Of a script that stands in the page: the hashes as a content security policy writes them; filled in only when a policy
    /// of the page has hashes.
    #[serde(skip)]
    pub hashes: Vec<String>,
}

impl ScriptElement {
    /// Whether a browser runs it as a script; else it is data, an import map or rules.
    #[must_use]
    pub fn runs(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "" | "module"
                | "text/javascript"
                | "application/javascript"
                | "text/ecmascript"
                | "application/ecmascript"
                | "application/x-javascript"
                | "text/jscript"
        )
    }
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
    /// The value of `sandbox`, for a frame that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<String>,
}

/// What [`read_page`] gives: the facts, and where the page's own scripts stand.
#[derive(Debug, Default)]
pub struct PageReading {
    /// What it loads.
    pub facts: PageFacts,
    /// Byte ranges of the inline scripts that a browser would run.
    pub inline_scripts: Vec<Range<usize>>,
    /// Byte ranges of the import maps.
    pub import_maps: Vec<Range<usize>>,
    /// The code of inline handlers, and where it stands.
    pub handlers: Vec<(String, Position)>,
    /// There were more handlers than are read.
    pub handlers_cut: bool,
}

/// Reads a page as the WHATWG tokenizer does: what stands in a comment isn't there.
#[must_use]
pub fn read_page(text: &str) -> PageReading {
    read(text, true)
}

/// `outer`: not the page in a `srcdoc`, whose own `srcdoc` is not followed.
fn read(text: &str, outer: bool) -> PageReading {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let places = Places { text, lines: LineIndex::new(text) };
    let mut reading = PageReading::default();
    let mut open_script: Option<usize> = None;
    let mut open_map: Option<usize> = None;
    let mut open_style: Option<usize> = None;
    let mut inline: Vec<(usize, Range<usize>)> = Vec::new();
    for token in Tokenizer::new_with_emitter(text, emitter).flatten() {
        match token {
            Token::StartTag(tag) => {
                let name = lossy(&tag.name);
                if name == "script" {
                    let element = script_element(&tag, &places);
                    let runs = element.source.is_none() && element.runs();
                    open_map = (element.source.is_none() && element.kind == "importmap").then_some(tag.span.end);
                    open_script = runs.then_some(tag.span.end);
                    reading.facts.scripts.push(element);
                } else if name == "style" {
                    open_style = Some(tag.span.end);
                }
                elements::element(&mut reading.facts, &name, &tag, &places, outer);
                let handlers = elements::handlers(&tag, &places);
                if reading.handlers.len() < MOST {
                    reading.handlers.extend(handlers);
                } else {
                    reading.handlers_cut |= !handlers.is_empty();
                }
            }
            Token::EndTag(tag) if tag.name.as_slice() == b"script" => {
                reading.import_maps.extend(open_map.take().map(|start| start..tag.span.start));
                if let Some(start) = open_script.take()
                    && start < tag.span.start
                {
                    inline.push((reading.facts.scripts.len() - 1, start..tag.span.start));
                    reading.inline_scripts.push(start..tag.span.start);
                }
            }
            Token::EndTag(tag) if tag.name.as_slice() == b"style" => {
                if let Some(css) = open_style.take().and_then(|start| text.get(start..tag.span.start).zip(Some(start)))
                {
                    style::read_into(&mut reading.facts.style, css.0, |at| places.lines.position(css.1 + at));
                }
            }
            _ => {}
        }
    }
    // A script that is never closed does not run (HTML, 4.12.1.1), but it must not hide from the audit either.
    reading.inline_scripts.extend(open_script.map(|start| start..text.len()).filter(|range| !range.is_empty()));
    if reading.facts.policies.iter().any(ContentPolicy::has_hash) {
        for (element, range) in inline {
            let script = text.get(range).unwrap_or_default();
            reading.facts.scripts.get_mut(element).into_iter().for_each(|element| element.hashes = hashes(script));
        }
    }
    reading
}

/// The hashes of a script as a content security policy writes them; the tokenizer's text has `\n` for each line end.
fn hashes(script: &str) -> Vec<String> {
    let text = script.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.as_bytes();
    vec![
        format!("sha256-{}", STANDARD.encode(Sha256::digest(text))),
        format!("sha384-{}", STANDARD.encode(Sha384::digest(text))),
        format!("sha512-{}", STANDARD.encode(Sha512::digest(text))),
    ]
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

fn script_element(tag: &StartTag<usize>, places: &Places<'_>) -> ScriptElement {
    // An SVG script has its source in `href`.
    let source = attribute(tag, "src").or_else(|| attribute(tag, "href")).or_else(|| attribute(tag, "xlink:href"));
    ScriptElement {
        position: source.as_ref().map_or_else(|| places.lines.position(tag.span.start), |(_, at)| places.value(*at)),
        source: source.map(|(url, _)| url),
        integrity: attribute(tag, "integrity").map(|(value, _)| value),
        kind: attribute(tag, "type").map(|(value, _)| value.trim().to_ascii_lowercase()).unwrap_or_default(),
        nonce: attribute(tag, "nonce").map(|(value, _)| value),
        hashes: Vec::new(),
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
mod tests;
