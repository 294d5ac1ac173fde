//! What can still be read of an XML property list that is not well-formed: everything before its first fault, such as
//! a file that is cut off or has the marks of a merge conflict in it.

use super::builder::Builder;
use super::{PlistFault, PropertyList};
use crate::model::{LineIndex, printable};

/// Characters of a character reference, `&` and `;` included.
const MOST_REFERENCE: usize = 12;

/// Reads up to the fault. `why` is what the strict parser said.
pub(super) fn parse<'a>(text: &'a str, lines: &'a LineIndex<'a>, why: &str) -> Result<PropertyList, String> {
    let mut scan = Scan { text, lines, offset: 0, builder: Builder::default(), names: Vec::new() };
    let fault = match scan.run() {
        Ok(()) => PlistFault { position: None, why: why.to_owned() },
        Err(fault) => PlistFault { position: Some(lines.position(scan.offset)), why: fault },
    };
    scan.builder.finish(Some(fault))
}

struct Scan<'a> {
    text: &'a str,
    lines: &'a LineIndex<'a>,
    offset: usize,
    builder: Builder,
    names: Vec<&'a str>,
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    fn run(&mut self) -> Result<(), String> {
        while self.offset < self.text.len() {
            let rest = self.rest();
            if !rest.starts_with('<') {
                self.characters(rest)?;
            } else if let Some(after) = rest.strip_prefix("<!--") {
                let end = after.find("-->").ok_or("a comment has no end")?;
                self.offset += "<!--".len() + end + "-->".len();
            } else if let Some(after) = rest.strip_prefix("<![CDATA[") {
                let end = after.find("]]>").ok_or("a CDATA section has no end")?;
                self.builder.text(after.get(..end).unwrap_or_default())?;
                self.offset += "<![CDATA[".len() + end + "]]>".len();
            } else if rest.starts_with("<?") || rest.starts_with("<!") {
                let end = rest.find('>').ok_or("a declaration has no end")?;
                self.offset += end + 1;
            } else {
                self.tag(rest)?;
            }
        }
        if self.builder.is_complete() && self.names.is_empty() {
            return Ok(());
        }
        let open = self.names.last().map_or_else(String::new, |name| format!(" inside <{}>", printable(name, 40)));
        Err(format!("the file ends{open}"))
    }

    /// The text up to the next tag.
    fn characters(&mut self, rest: &str) -> Result<(), String> {
        let end = rest.find('<').unwrap_or(rest.len());
        let mut piece = rest.get(..end).unwrap_or_default();
        while let Some(at) = piece.find('&') {
            let (before, reference) = piece.split_at(at);
            self.builder.text(before)?;
            self.offset += before.len();
            let length = reference.bytes().take(MOST_REFERENCE).position(|byte| byte == b';');
            let length = length.ok_or("`&` that begins no reference")? + 1;
            let (reference, after) = reference.split_at_checked(length).unwrap_or((reference, ""));
            let character =
                resolve(reference).ok_or_else(|| format!("unknown reference {}", printable(reference, 20)))?;
            self.builder.text(character.encode_utf8(&mut [0; 4]))?;
            self.offset += reference.len();
            piece = after;
        }
        self.builder.text(piece)?;
        self.offset += piece.len();
        Ok(())
    }

    fn tag(&mut self, rest: &'a str) -> Result<(), String> {
        let end = rest.find('>').ok_or("a tag has no end")?;
        let inside = rest.get(1..end).unwrap_or_default();
        if inside.contains('<') {
            return Err(format!("`<{}` begins no tag", printable(inside, 20)));
        }
        if let Some(name) = inside.strip_prefix('/') {
            let name = name.trim_end();
            if self.names.last() != Some(&name) {
                return Err(format!("</{}> closes no element that is open", printable(name, 40)));
            }
            self.names.pop();
            self.builder.close()?;
        } else {
            let empty = inside.ends_with('/');
            let name = inside.trim_end_matches('/').split_ascii_whitespace().next().unwrap_or_default();
            self.builder.open(name, self.lines.position(self.offset))?;
            if empty {
                self.builder.close()?;
            } else {
                self.names.push(name);
            }
        }
        self.offset += end + 1;
        Ok(())
    }
}

fn resolve(reference: &str) -> Option<char> {
    match reference {
        "&lt;" => Some('<'),
        "&gt;" => Some('>'),
        "&amp;" => Some('&'),
        "&quot;" => Some('"'),
        "&apos;" => Some('\''),
        _ => {
            let number = reference.strip_prefix("&#")?.strip_suffix(';')?;
            let value = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            value.ok().and_then(char::from_u32)
        }
    }
}
