//! References of manifests: `@string/x`, `@bool/x` and `${placeholder}`, resolved when they are literal.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use roxmltree::Node;

use super::files::{Files, join};
use super::gradle::GradleFacts;
use super::place::{Place, Written};
use crate::inputs::parse_xml;
use crate::model::{Fact, LineIndex};

/// References that lead to references.
const MOST_STEPS: usize = 8;
/// Files of values that are read of one source set.
const MOST_FILES: usize = 300;
/// Bytes of a literal that a reference stands for.
const MOST_OF_TEXT: usize = 16 * 1024;
/// Values that are kept of one source set.
const MOST_VALUES: usize = 50_000;

/// One value of a resource file.
#[derive(Clone, Debug)]
struct Value {
    /// Whether its folder is `values`, without a qualifier such as `-night`.
    default: bool,
    written: Written<String>,
}

type Values = BTreeMap<(String, String), Vec<Value>>;

/// The values of all source sets, read when first asked for.
pub(super) struct Resources<'a> {
    files: &'a Files<'a>,
    gradle: &'a GradleFacts,
    /// By the folder that holds `res`.
    read: RefCell<BTreeMap<String, Values>>,
}

/// What a build is made of, for looking things up: folders that hold `res`, first wins, and scopes of Gradle values.
#[derive(Clone, Debug)]
pub(super) struct Lookup {
    pub(super) folders: Vec<String>,
    pub(super) scopes: Vec<String>,
}

impl<'a> Resources<'a> {
    pub(super) const fn new(files: &'a Files<'a>, gradle: &'a GradleFacts) -> Self {
        Self { files, gradle, read: RefCell::new(BTreeMap::new()) }
    }

    /// The literal that `value` stands for in the build `lookup`, and where the literal is.
    pub(super) fn resolve(&self, value: &str, at: &Place, lookup: &Lookup) -> Fact<Written<String>> {
        let mut current = Written::new(value.to_owned(), at.clone());
        for _ in 0..MOST_STEPS {
            if current.value.len() > MOST_OF_TEXT {
                break;
            }
            let text = current.value.trim();
            current = if text.contains("${") {
                match self.placeholders(&current, lookup) {
                    Ok(next) => next,
                    Err(why) => return Fact::Unknown(why),
                }
            } else if let Some((kind, name)) = reference(text) {
                match self.resource(kind, name, lookup) {
                    Ok(next) => next,
                    Err(why) => return Fact::Unknown(why),
                }
            } else {
                return Fact::Known(current);
            };
        }
        Fact::Unknown("it refers to itself, over too many steps, or to a very long text".to_owned())
    }

    fn placeholders(&self, current: &Written<String>, lookup: &Lookup) -> Result<Written<String>, String> {
        let mut text = String::new();
        let mut at = current.at.clone();
        let mut rest = current.value.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, tail)) = after.split_once('}') else { break };
            if text.len() > MOST_OF_TEXT {
                return Err("it stands for a very long text".to_owned());
            }
            text.push_str(before);
            let known = self.placeholder(name, lookup);
            match known {
                Some(Fact::Known(written)) => {
                    text.push_str(&written.value);
                    at = written.at;
                }
                Some(Fact::Unknown(why)) => return Err(format!("the placeholder `{name}`: {why}")),
                _ => return Err(format!("the placeholder `{name}` has no literal in the Gradle files")),
            }
            rest = tail;
        }
        if rest.contains("${") {
            return Err("a placeholder does not end".to_owned());
        }
        text.push_str(rest);
        if text.contains("${") {
            return Err("a placeholder within a placeholder".to_owned());
        }
        Ok(Written::new(text, at))
    }

    fn placeholder(&self, name: &str, lookup: &Lookup) -> Option<Fact<Written<String>>> {
        let placeholders = &self.gradle.placeholders;
        let of_scope = |scope: &String| {
            placeholders.iter().rev().find(|placeholder| placeholder.scope == *scope && placeholder.name == name)
        };
        let found = lookup.scopes.iter().find_map(of_scope).map(|placeholder| placeholder.value.clone());
        // The plugin sets this one itself.
        found.or_else(|| (name == "applicationId").then(|| self.gradle.application_id.clone()))
    }

    fn resource(&self, kind: &str, name: &str, lookup: &Lookup) -> Result<Written<String>, String> {
        for value in self.gradle.resource_values.iter().filter(|value| value.kind == kind && value.name == name) {
            if lookup.scopes.contains(&value.scope) {
                return match &value.value {
                    Fact::Known(written) => Ok(written.clone()),
                    _ => Err(format!("the Gradle files compute `@{kind}/{name}`")),
                };
            }
        }
        for folder in &lookup.folders {
            self.load(folder);
            let read = self.read.borrow();
            let Some(values) = read.get(folder).and_then(|values| values.get(&(kind.to_owned(), name.to_owned())))
            else {
                continue;
            };
            let texts: BTreeSet<&str> = values.iter().map(|value| value.written.value.as_str()).collect();
            if texts.len() > 1 {
                return Err(format!("`@{kind}/{name}` differs between configurations of the device"));
            }
            let value = values.iter().find(|value| value.default).or_else(|| values.first());
            if let Some(value) = value {
                return Ok(value.written.clone());
            }
        }
        Err(format!("`@{kind}/{name}` is in none of the app's own resource files"))
    }

    fn load(&self, folder: &str) {
        if self.read.borrow().contains_key(folder) {
            return;
        }
        let mut values = Values::new();
        let mut count = 0;
        let res = join(folder, "res");
        let folders = self.files.folders(&res);
        let paths = folders.iter().filter(|name| *name == "values" || name.starts_with("values-")).flat_map(|name| {
            let below = join(&res, name);
            let files = self.files.files(&below).into_iter().filter(|file| file.ends_with(".xml"));
            files.map(move |file| (name == "values", join(&below, &file))).collect::<Vec<_>>()
        });
        for (default, path) in paths.take(MOST_FILES) {
            let Fact::Known(text) = self.files.text(&path) else { continue };
            let Ok(document) = parse_xml(&text) else {
                self.files.note(&path, "not XML");
                continue;
            };
            let lines = LineIndex::new(&text);
            for node in document.root_element().children().filter(Node::is_element) {
                let found = (node.tag_name().name(), node.attribute("type"), node.attribute("name"));
                let (("item", Some(kind), Some(name)) | (kind @ ("string" | "bool" | "integer"), _, Some(name))) =
                    found
                else {
                    continue;
                };
                count += 1;
                if count > MOST_VALUES {
                    break;
                }
                let place = Place::new(&path, lines.position(node.range().start));
                let written = Written::new(unescape(node.text().unwrap_or_default()), place);
                values.entry((kind.to_owned(), name.to_owned())).or_default().push(Value { default, written });
            }
        }
        self.read.borrow_mut().insert(folder.to_owned(), values);
    }
}

/// `@string/x`, `@com.example:bool/x`; not `@android:…`, which is the platform's.
fn reference(text: &str) -> Option<(&str, &str)> {
    let (kind, name) = text.strip_prefix('@')?.split_once('/')?;
    let kind = kind.trim_start_matches(['+', '*']);
    if kind.starts_with("android:") {
        return None;
    }
    let kind = kind.rsplit(':').next()?;
    // A file is what it is: its name says all that a manifest can.
    matches!(kind, "string" | "bool" | "integer").then_some((kind, name))
}

/// A text of a resource without its quotes and escapes, as far as addresses and flags need it.
fn unescape(text: &str) -> String {
    let text = text.trim();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    text.replace("\\'", "'").replace("\\\"", "\"").replace("\\n", "\n").replace("\\@", "@")
}
