//! Settings in the native projects' XML files: Android manifests and string resources, iOS property lists, Cordova's
//! `config.xml`. Read as pairs of name and value.

use roxmltree::Node;

use super::delivery::{Delivered, Delivery, Role};
use crate::inputs::{decode, parse_xml};

/// Native configurations are small; a larger file is none.
const MOST_BYTES: u64 = 2 * 1024 * 1024;
/// The namespace of Android's attributes.
const ANDROID: &str = "http://schemas.android.com/apk/res/android";

/// The settings of one file.
#[derive(Clone, Debug, Default)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find_map(|(own, value)| (own == name).then_some(value.as_str()))
    }

    /// Whether a name is there with two different values, so that readers may differ on what holds.
    #[must_use]
    pub fn is_ambiguous(&self, name: &str) -> bool {
        let first = self.get(name);
        self.0.iter().any(|(own, value)| own == name && Some(value.as_str()) != first)
    }
}

/// The files whose settings hold for the app: the app's own when it was handed over apart, else all.
#[must_use]
pub fn trusted(delivery: &Delivery) -> Vec<&Delivered> {
    let apart = delivery.files.iter().any(|file| file.role == Role::App);
    delivery.files.iter().filter(|file| !apart || file.role == Role::App).collect()
}

/// Whether the file may hold native settings, by its name.
#[must_use]
pub fn is_native(file: &Delivered) -> bool {
    let name = file.name().to_ascii_lowercase();
    name.ends_with(".xml") || name.ends_with(".plist")
}

/// The settings of a file: `meta-data` of an Android manifest's application, `string` resources, keys of a property list
/// (those of a dictionary in it as `outer.inner`), preferences of a `config.xml`. Any other XML has none.
///
/// # Errors
/// In words, when it can't be read as XML (a binary property list or binary manifest is none).
pub fn pairs(file: &Delivered) -> Result<Pairs, String> {
    let bytes = file.read(MOST_BYTES)?;
    let text = decode(&bytes).text;
    let document = parse_xml(&text)?;
    let root = document.root_element();
    let mut pairs = Vec::new();
    match root.tag_name().name() {
        "manifest" => {
            let application = root.children().filter(|node| node.has_tag_name("application"));
            for node in application.flat_map(|node| node.children()).filter(|node| node.has_tag_name("meta-data")) {
                if let (Some(name), Some(value)) =
                    (node.attribute((ANDROID, "name")), node.attribute((ANDROID, "value")))
                {
                    pairs.push((name.to_owned(), value.to_owned()));
                }
            }
        }
        "resources" => {
            for node in root.children().filter(|node| node.has_tag_name("string")) {
                if let Some(name) = node.attribute("name") {
                    pairs.push((name.to_owned(), unquoted(&content(node))));
                }
            }
        }
        "widget" => {
            for node in root.descendants().filter(|node| node.tag_name().name() == "preference") {
                if let (Some(name), Some(value)) = (node.attribute("name"), node.attribute("value")) {
                    pairs.push((name.to_owned(), value.to_owned()));
                }
            }
        }
        "plist" => {
            for node in root.children().filter(|node| node.has_tag_name("dict")) {
                dictionary(node, "", &mut pairs);
            }
        }
        _ => {}
    }
    Ok(Pairs(pairs))
}

/// All text of an element.
fn content(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|text| text.text()).collect()
}

/// A string resource may stand in double quotes, which keep its line ends.
fn unquoted(text: &str) -> String {
    let trimmed = text.trim();
    trimmed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(trimmed).to_owned()
}

/// The pairs of a property list's dictionary; one level of dictionaries in it.
fn dictionary(node: Node<'_, '_>, outer: &str, pairs: &mut Vec<(String, String)>) {
    let mut key = None;
    for child in node.children().filter(Node::is_element) {
        if child.has_tag_name("key") {
            key = Some(format!("{outer}{}", content(child).trim()));
            continue;
        }
        let Some(name) = key.take() else { continue };
        match child.tag_name().name() {
            "dict" if outer.is_empty() => dictionary(child, &format!("{name}."), pairs),
            "true" => pairs.push((name, "true".to_owned())),
            "false" => pairs.push((name, "false".to_owned())),
            "string" | "integer" => pairs.push((name, content(child).trim().to_owned())),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Pairs, String> {
        let delivery = crate::facts::testing::delivery(vec![("a.xml", text.as_bytes().to_vec())]);
        pairs(&delivery.files[0])
    }

    #[test]
    fn the_four_kinds_are_read() {
        let android = "<manifest xmlns:android=\"http://schemas.android.com/apk/res/android\"><application>\
            <meta-data android:name=\"a\" android:value=\"1&#10;2\"/></application></manifest>";
        assert_eq!(of(android).unwrap().get("a"), Some("1\n2"));
        let list = "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\
            <plist><dict><key>a</key><string>1</string><key>b</key><dict><key>c</key><true/></dict></dict></plist>";
        let list = of(list).unwrap();
        assert_eq!((list.get("a"), list.get("b.c")), (Some("1"), Some("true")));
        assert_eq!(of("<resources><string name=\"a\">\"1\"</string></resources>").unwrap().get("a"), Some("1"));
        let widget = "<widget><platform name=\"ios\"><preference name=\"a\" value=\"1\"/></platform></widget>";
        assert_eq!(of(widget).unwrap().get("a"), Some("1"));
    }

    #[test]
    fn what_is_no_xml_or_ambiguous_is_told() {
        assert!(of("bplist00").is_err());
        assert!(of("<a><b></a>").is_err());
        let twice = of("<resources><string name=\"a\">1</string><string name=\"a\">2</string></resources>").unwrap();
        assert!(twice.is_ambiguous("a"));
        let bomb = format!(
            "<!DOCTYPE a [<!ENTITY x \"{}\">{}]><a>&x9;</a>",
            "y".repeat(100),
            (1..10).map(|n| format!("<!ENTITY x{n} \"{}\">", format!("&x{};", n - 1).repeat(10))).collect::<String>()
        );
        assert!(of(&bomb).is_err());
    }
}
