//! XML of native projects and Cordova's configuration, refused before it costs the parser too much.

use roxmltree::{Document, ParsingOptions};

/// The most nodes of an XML file: a manifest has some hundreds.
const MOST_NODES: u32 = 200_000;
/// The most attributes of one element: the parser compares each with all before it.
const MOST_ATTRIBUTES: usize = 500;
/// The most declarations of namespaces: the parser copies what is in scope for each.
const MOST_NAMESPACES: usize = 200;

/// Parses a text without a byte-order mark. Nothing outside the text is ever fetched.
///
/// # Errors
/// In words: it is no XML, or it would cost too much time or memory for its length.
pub fn parse(text: &str) -> Result<Document<'_>, String> {
    if let Some(why) = costly(text) {
        return Err(why.to_owned());
    }
    // Apple's property lists have a document type, though no entities of their own.
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| format!("not XML: {error}"))
}

/// Why a text would cost the parser too much for its length; no tool writes such files.
fn costly(text: &str) -> Option<&'static str> {
    // A short reference may stand for a long entity, any number of times.
    if text.contains("<!ENTITY") {
        return Some("it declares entities");
    }
    if text.matches("xmlns").take(MOST_NAMESPACES + 1).count() > MOST_NAMESPACES {
        return Some("too many namespaces");
    }
    // No value of an attribute may hold `<`, so a tag's attributes lie before the next one.
    let many = |tag: &str| tag.matches('=').take(MOST_ATTRIBUTES + 1).count() > MOST_ATTRIBUTES;
    text.split('<').any(many).then_some("too many attributes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_xml_is_refused_before_it_costs_anything() {
        assert!(parse(&"<a>".repeat(200_000)).is_err());
        let many = |write: fn(usize) -> String| (0..20_000).map(write).collect::<String>();
        let attributes = many(|number| format!(" a{number}='>'"));
        assert_eq!(parse(&format!("<a{attributes}/>")).err().as_deref(), Some("too many attributes"));
        let namespaces = many(|number| format!("<a xmlns:b{number}='c'>"));
        assert_eq!(parse(&namespaces).err().as_deref(), Some("too many namespaces"));
        let entity = format!("<!DOCTYPE a [<!ENTITY b '{}'>]><a>{}</a>", "b".repeat(9_999), "&b;".repeat(9_999));
        assert_eq!(parse(&entity).err().as_deref(), Some("it declares entities"));
        let deep = "<a>".repeat(90_000) + &"</a>".repeat(90_000);
        drop(parse(&deep));
    }

    #[test]
    fn a_property_list_is_read() {
        let list = "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist/>";
        assert!(parse(list).is_ok());
    }
}
