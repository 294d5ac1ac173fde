//! XML property lists: strictly where possible, else up to the fault.

use roxmltree::Node;

use super::builder::Builder;
use super::{PlistFault, PropertyList, scan};
use crate::inputs::parse_xml;
use crate::model::{LineIndex, printable};

/// Parses a text without a byte-order mark.
///
/// # Errors
/// In words, when nothing of it could be read.
pub(super) fn parse(text: &str) -> Result<PropertyList, String> {
    let lines = LineIndex::new(text);
    let document = match parse_xml(text) {
        Ok(document) => document,
        Err(why) => return scan::parse(text, &lines, &printable(&why, 200)),
    };
    let mut builder = Builder::default();
    let mut node = document.root_element();
    // Walked along the links of the tree: its depth is the file's, not ours to recurse into.
    let fault = 'walk: loop {
        let position = lines.position(node.range().start);
        let step = enter(&mut builder, node, &lines);
        if let Err(why) = step {
            break Some(PlistFault { position: Some(position), why });
        }
        if let Some(child) = node.first_child() {
            node = child;
            continue;
        }
        loop {
            if node.is_element()
                && let Err(why) = builder.close()
            {
                break 'walk Some(PlistFault { position: Some(lines.position(node.range().end)), why });
            }
            if node.id() == document.root_element().id() {
                break 'walk None;
            }
            if let Some(sibling) = node.next_sibling() {
                node = sibling;
                break;
            }
            match node.parent() {
                Some(parent) => node = parent,
                None => break 'walk None,
            }
        }
    };
    builder.finish(fault)
}

fn enter(builder: &mut Builder, node: Node<'_, '_>, lines: &LineIndex<'_>) -> Result<(), String> {
    if node.is_element() {
        builder.open(node.tag_name().name(), lines.position(node.range().start))
    } else if let (true, Some(text)) = (node.is_text(), node.text()) {
        builder.text(text)
    } else {
        Ok(())
    }
}
