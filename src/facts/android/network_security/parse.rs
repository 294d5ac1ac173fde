//! The grammar of `XmlConfigSource.parseNetworkSecurityConfig` and `parseConfigEntry`.

use std::collections::BTreeSet;

use roxmltree::Node;

use super::pins::{digest, expiration};
use super::{Anchor, AnchorSource, ConfigEntry, Domain, NetworkSecurity, Pin, PinSet};
use crate::facts::android::place::{Place, Written};
use crate::inputs::parse_xml;
use crate::model::{Fact, LineIndex};

/// Levels of nested `domain-config`s; no real file has more than two.
const MOST_LEVELS: usize = 64;
/// Elements that only newer versions of the platform understand: no slips of the pen.
const NEWER: &[&str] = &["domainEncryption", "certificateTransparency"];

/// What is wrong, and where.
pub(in super::super) type Fault = Written<String>;

/// Whether a text is worth parsing as such a configuration.
pub(in super::super) fn is_config(text: &str) -> bool {
    text.contains("network-security-config")
}

/// Reads one file.
///
/// # Errors
/// The first thing that the platform's parser refuses. The platform throws at the app's first connection then.
pub(in super::super) fn read_config(path: &str, text: &str) -> Result<NetworkSecurity, Fault> {
    let lines = LineIndex::new(text);
    let start = Place::new(path, lines.position(0));
    let document = parse_xml(text).map_err(|why| Written::new(why, start))?;
    let mut reader =
        Reader { path, lines, seen: BTreeSet::new(), entries: Vec::new(), unknown: Vec::new(), odd_values: Vec::new() };
    let root = document.root_element();
    if root.tag_name().name() != "network-security-config" {
        return Err(reader.fault(root, "its root is no `network-security-config`"));
    }
    let mut base = None;
    let mut debug_overrides = Fact::Absent;
    for child in elements(root) {
        match child.tag_name().name() {
            "base-config" if base.is_some() => return Err(reader.fault(child, "only one base-config allowed")),
            "base-config" => base = Some(reader.entry(child, "base-config")?),
            "domain-config" => reader.domain_config(child, None, 0)?,
            "debug-overrides" if debug_overrides != Fact::Absent => {
                return Err(reader.fault(child, "only one debug-overrides allowed"));
            }
            // In a release it is skipped, so that its faults break debug builds only.
            "debug-overrides" => {
                debug_overrides = match reader.entry(child, "debug-overrides") {
                    Ok(entry) => Fact::Known(entry),
                    Err(fault) => Fact::Unreadable(fault.value),
                };
            }
            _ => reader.skip(child),
        }
    }
    let Reader { entries, unknown, odd_values, .. } = reader;
    Ok(NetworkSecurity { base, domains: entries, debug_overrides, unknown, odd_values })
}

fn elements<'a, 'input: 'a>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(Node::is_element)
}

struct Reader<'a> {
    path: &'a str,
    lines: LineIndex<'a>,
    seen: BTreeSet<String>,
    entries: Vec<ConfigEntry>,
    unknown: Vec<Written<String>>,
    odd_values: Vec<Written<String>>,
}

impl Reader<'_> {
    fn place(&self, offset: usize) -> Place {
        Place::new(self.path, self.lines.position(offset))
    }

    fn at(&self, node: Node<'_, '_>) -> Place {
        self.place(node.range().start)
    }

    fn fault(&self, node: Node<'_, '_>, why: &str) -> Fault {
        Written::new(why.to_owned(), self.at(node))
    }

    fn skip(&mut self, node: Node<'_, '_>) {
        let name = node.tag_name().name();
        if !NEWER.contains(&name) {
            self.unknown.push(Written::new(name.to_owned(), self.at(node)));
        }
    }

    fn domain_config(&mut self, node: Node<'_, '_>, parent: Option<usize>, level: usize) -> Result<(), Fault> {
        if level > MOST_LEVELS {
            return Err(self.fault(node, "nested too deeply"));
        }
        let mut entry = self.entry(node, "domain-config")?;
        if entry.domains.is_empty() {
            return Err(self.fault(node, "no domain elements in domain-config"));
        }
        entry.parent = parent;
        let index = self.entries.len();
        self.entries.push(entry);
        for child in elements(node).filter(|child| child.tag_name().name() == "domain-config") {
            self.domain_config(child, Some(index), level + 1)?;
        }
        Ok(())
    }

    /// One entry without the ones nested in it.
    fn entry(&mut self, node: Node<'_, '_>, element: &'static str) -> Result<ConfigEntry, Fault> {
        let for_domains = element == "domain-config";
        let mut entry = ConfigEntry {
            element,
            at: self.at(node),
            parent: None,
            cleartext: None,
            hsts: None,
            certificate_transparency: None,
            domains: Vec::new(),
            trust_anchors: None,
            pin_set: None,
        };
        // The platform compares these names without their namespace.
        for attribute in node.attributes() {
            match attribute.name() {
                "cleartextTrafficPermitted" => entry.cleartext = Some(self.boolean(&attribute, true)),
                "hstsEnforced" => entry.hsts = Some(self.boolean(&attribute, false)),
                _ => {}
            }
        }
        for child in elements(node) {
            let name = child.tag_name().name();
            match name {
                "domain" | "pin-set" | "domain-config" if !for_domains => {
                    return Err(self.fault(child, &format!("{name} element not allowed in {element}")));
                }
                "domain" => {
                    let domain = self.domain(child)?;
                    entry.domains.push(domain);
                }
                "pin-set" if entry.pin_set.is_some() => {
                    return Err(self.fault(child, "multiple pin-set elements not allowed"));
                }
                "pin-set" => entry.pin_set = Some(self.pin_set(child)?),
                "trust-anchors" if entry.trust_anchors.is_some() => {
                    return Err(self.fault(child, "multiple trust-anchors elements not allowed"));
                }
                "trust-anchors" => entry.trust_anchors = Some(self.anchors(child, element == "debug-overrides")?),
                "domain-config" => {}
                "certificateTransparency" if element == "debug-overrides" => {
                    return Err(self.fault(child, "certificateTransparency not allowed in debug-overrides"));
                }
                "certificateTransparency" => {
                    let enabled = self.plain_boolean(child, "enabled", false);
                    entry.certificate_transparency = Some(Written::new(enabled, self.at(child)));
                }
                _ => self.skip(child),
            }
        }
        Ok(entry)
    }

    /// `XmlResourceParser.getAttributeBooleanValue`: only what the resource compiler (`ResourceUtils::ParseBool` of aapt2)
    /// took for a boolean or a number counts; a reference or another word gives the default.
    fn boolean(&mut self, attribute: &roxmltree::Attribute<'_, '_>, default: bool) -> Written<bool> {
        let at = self.place(attribute.range().start);
        let value = match attribute.value().trim() {
            "true" | "TRUE" | "True" => true,
            "false" | "FALSE" | "False" => false,
            other => match other.parse::<i32>() {
                Ok(number) => number != 0,
                Err(_) => {
                    let text = format!("{}=\"{}\"", attribute.name(), attribute.value());
                    self.odd_values.push(Written::new(text, at.clone()));
                    default
                }
            },
        };
        Written::new(value, at)
    }

    /// A boolean attribute without a namespace.
    fn plain_boolean(&mut self, node: Node<'_, '_>, name: &str, default: bool) -> bool {
        let found = node.attributes().find(|attribute| attribute.namespace().is_none() && attribute.name() == name);
        found.map_or(default, |attribute| self.boolean(&attribute, default).value)
    }

    /// The text of an element that must hold nothing else.
    fn only_text(&self, node: Node<'_, '_>, missing: &str) -> Result<String, Fault> {
        let text: String = node.children().filter(Node::is_text).filter_map(|child| child.text()).collect();
        let text = text.trim();
        if text.is_empty() {
            return Err(self.fault(node, missing));
        }
        if elements(node).next().is_some() {
            let name = node.tag_name().name();
            return Err(self.fault(node, &format!("{name} contains additional elements")));
        }
        Ok(text.to_owned())
    }

    fn domain(&mut self, node: Node<'_, '_>) -> Result<Domain, Fault> {
        let include_subdomains = self.plain_boolean(node, "includeSubdomains", false);
        let name = self.only_text(node, "domain name missing")?.to_lowercase();
        if !self.seen.insert(name.clone()) {
            return Err(self.fault(node, &format!("{name} has already been specified")));
        }
        Ok(Domain { name, at: self.at(node), include_subdomains })
    }

    fn anchors(&mut self, node: Node<'_, '_>, override_pins: bool) -> Result<Vec<Anchor>, Fault> {
        let mut anchors = Vec::new();
        for child in elements(node) {
            if child.tag_name().name() != "certificates" {
                self.skip(child);
                continue;
            }
            let override_pins = self.plain_boolean(child, "overridePins", override_pins);
            let source = match child.attribute("src").map(str::trim) {
                Some("system") => AnchorSource::System,
                Some("user") => AnchorSource::User,
                Some("wfa") => AnchorSource::Wfa,
                Some(reference) if reference.starts_with('@') => AnchorSource::Resource(reference.to_owned()),
                Some(_) => return Err(self.fault(child, "unknown certificates src: none of system, user, @resource")),
                None => return Err(self.fault(child, "certificates element missing src attribute")),
            };
            anchors.push(Anchor { source, override_pins, at: self.at(child) });
        }
        Ok(anchors)
    }

    fn pin_set(&mut self, node: Node<'_, '_>) -> Result<PinSet, Fault> {
        let dated =
            node.attributes().find(|attribute| attribute.namespace().is_none() && attribute.name() == "expiration");
        let expiration = match dated {
            Some(dated) => {
                let day = expiration(dated.value());
                let day = day.ok_or_else(|| self.fault(node, "invalid expiration date in pin-set"))?;
                Some(Written::new(day, self.place(dated.range().start)))
            }
            None => None,
        };
        let mut pins = Vec::new();
        for child in elements(node) {
            if child.tag_name().name() != "pin" {
                self.skip(child);
                continue;
            }
            let algorithm = child.attribute("digest").unwrap_or_default();
            if !algorithm.eq_ignore_ascii_case("SHA-256") {
                return Err(self.fault(child, &format!("unsupported pin digest algorithm: {algorithm}")));
            }
            let text = self.only_text(child, "missing pin digest")?;
            let sha256 = digest(&text).map_err(|why| self.fault(child, &why))?;
            pins.push(Pin { text, sha256, at: self.at(child) });
        }
        Ok(PinSet { at: self.at(node), expiration, pins })
    }
}
