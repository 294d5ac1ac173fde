//! The values of a configuration → its settings: paths instead of nesting, conditions spelt out for each of them.

use std::collections::{BTreeMap, BTreeSet};

use super::settings::{Alternative, Block, Scalar, Setting, SettingValue, Settings};
use super::value::{Condition, Heap, Node, Place, Value, both, phrase};
use crate::model::{Fact, printable};

/// Values that are visited; what comes after them is not listed, and the root says so.
const MOST_VISITS: usize = 20_000;
/// Keys of one path.
const MOST_DEPTH: usize = 32;
/// Characters of one condition that are kept.
const PHRASE: usize = 300;

/// One value that a path may have.
#[derive(Clone)]
struct Choice {
    value: Fact<Scalar>,
    when: Vec<Condition>,
    at: Place,
    origin: Place,
}

/// An object or array: its relative path, its place, its conditions, and why it may hold more.
type FoundBlock = (Vec<String>, Place, Vec<Condition>, Option<String>);

/// What was found below one node: relative paths, and the values that each may have.
#[derive(Default)]
struct Found {
    values: Vec<(Vec<String>, Vec<Choice>)>,
    blocks: Vec<FoundBlock>,
}

struct Flattener<'a> {
    heap: &'a Heap,
    visits: usize,
    cut: bool,
}

/// The settings below `root`, which is an object.
pub(super) fn flatten(heap: &Heap, root: &Node, files: &[String]) -> Settings {
    let mut flattener = Flattener { heap, visits: 0, cut: false };
    let found = flattener.node(root, root.place, 0);
    let name = |place: Place| files.get(place.file).cloned().unwrap_or_default();
    let mut settings = Settings::default();
    for (path, place, when, open) in found.blocks {
        let when = (!when.is_empty()).then(|| printable(&phrase(&when), PHRASE));
        settings.blocks.push(Block { path, file: name(place), position: place.position, when, open });
    }
    settings.blocks.sort_by_key(|block| !block.path.is_empty());
    if flattener.cut
        && let Some(root) = settings.blocks.first_mut()
    {
        root.open = Some(format!("it has more than {MOST_VISITS} values"));
    }
    for (path, choices) in found.values {
        settings.list.extend(setting(path, &choices, &name));
    }
    settings
}

fn setting(path: Vec<String>, choices: &[Choice], name: &impl Fn(Place) -> String) -> Option<Setting> {
    let shown = choices.iter().find(|choice| choice.value != Fact::Absent)?;
    let value = if choices.iter().all(|choice| choice.value == shown.value) {
        match &shown.value {
            Fact::Known(scalar) => SettingValue::Known(scalar.clone()),
            Fact::Unknown(why) | Fact::Unreadable(why) => SettingValue::Unknown(why.clone()),
            Fact::Absent => return None,
        }
    } else {
        SettingValue::Conditional(
            choices
                .iter()
                .map(|choice| Alternative {
                    value: choice.value.clone(),
                    when: printable(&phrase(&choice.when), PHRASE),
                    file: name(choice.origin),
                    position: choice.origin.position,
                })
                .collect(),
        )
    };
    let origin = (shown.origin != shown.at).then(|| (name(shown.origin), shown.origin.position));
    Some(Setting { path, value, file: name(shown.at), position: shown.at.position, origin })
}

impl Flattener<'_> {
    fn spent(&mut self) -> bool {
        self.visits += 1;
        self.cut |= self.visits > MOST_VISITS;
        self.cut
    }

    fn node(&mut self, node: &Node, at: Place, depth: usize) -> Found {
        let mut found = Found::default();
        if self.spent() {
            return found;
        }
        match &node.value {
            Value::Object(_) if depth >= MOST_DEPTH => {
                self.leaf(&mut found, Fact::Unknown("nested too deeply".to_owned()), node, at);
            }
            Value::Object(id) => self.object(&mut found, *id, node.place, at, depth),
            Value::Either(cases) => {
                let parts: Vec<(Vec<Condition>, Place, Found)> = cases
                    .iter()
                    .map(|case| (case.when.clone(), case.node.place, self.node(&case.node, at, depth)))
                    .collect();
                merge(&mut found, parts, at);
            }
            _ => {
                if let Some(value) = self.plain(node, 0) {
                    self.leaf(&mut found, value, node, at);
                }
            }
        }
        found
    }

    #[allow(clippy::unused_self)] // reads like its siblings
    fn leaf(&self, found: &mut Found, value: Fact<Scalar>, node: &Node, at: Place) {
        found.values.push((Vec::new(), vec![Choice { value, when: Vec::new(), at, origin: node.place }]));
    }

    fn object(&mut self, found: &mut Found, id: usize, place: Place, at: Place, depth: usize) {
        let Some(object) = self.heap.get(id) else { return };
        let open = object.open.as_ref().map(ToString::to_string);
        found.blocks.push((Vec::new(), place, Vec::new(), open.clone()));
        if object.is_array {
            let whole = match open {
                Some(why) => Fact::Unknown(why),
                None => self.list(id, 0),
            };
            found.values.push((Vec::new(), vec![Choice { value: whole, when: Vec::new(), at, origin: place }]));
        }
        for entry in &object.entries {
            let below = self.node(&entry.node, entry.at, depth + 1);
            let prefixed = |path: Vec<String>| {
                let mut full = Vec::with_capacity(path.len() + 1);
                full.push(entry.key.to_string());
                full.extend(path);
                full
            };
            found.values.extend(below.values.into_iter().map(|(path, choices)| (prefixed(path), choices)));
            found
                .blocks
                .extend(below.blocks.into_iter().map(|(path, place, when, open)| (prefixed(path), place, when, open)));
            if self.cut {
                return;
            }
        }
    }

    /// The elements of an array as one value.
    fn list(&mut self, id: usize, depth: usize) -> Fact<Scalar> {
        let Some(object) = self.heap.get(id) else { return Fact::Absent };
        let mut list = Vec::new();
        for entry in &object.entries {
            match self.plain(&entry.node, depth + 1) {
                Some(Fact::Known(scalar)) => list.push(scalar),
                // `JSON.stringify` writes `null` for an element that isn't there.
                None => list.push(Scalar::Null),
                Some(other) => return other,
            }
        }
        Fact::Known(Scalar::List(list))
    }

    /// A value without paths; `None` for one that `JSON.stringify` leaves out.
    fn plain(&mut self, node: &Node, depth: usize) -> Option<Fact<Scalar>> {
        if depth > MOST_DEPTH || (depth > 0 && self.spent()) {
            return Some(Fact::Unknown("nested too deeply".to_owned()));
        }
        Some(match &node.value {
            Value::Undefined | Value::Function(_) => return None,
            Value::Null => Fact::Known(Scalar::Null),
            Value::Bool(value) => Fact::Known(Scalar::Bool(*value)),
            Value::Number(text) => Fact::Known(Scalar::Number(text.to_string())),
            Value::Text(text) => Fact::Known(Scalar::Text(text.to_string())),
            Value::Environment => Fact::Unknown("it is the whole environment of the build".to_owned()),
            Value::Package(name) => Fact::Unknown(format!("it comes from the package `{name}`, which isn't read")),
            Value::FileText(path) => {
                Fact::Unknown(format!("it is read from the file `{path}` when the configuration is evaluated"))
            }
            Value::Falsy => Fact::Unknown("it is some falsy value".to_owned()),
            Value::Unknown(unknown) => Fact::Unknown(unknown.why.to_string()),
            Value::Either(_) => Fact::Unknown("an element depends on a condition".to_owned()),
            Value::Object(id) => {
                let object = self.heap.get(*id)?;
                if let Some(why) = &object.open {
                    return Some(Fact::Unknown(why.to_string()));
                }
                if object.is_array {
                    return Some(self.list(*id, depth));
                }
                let mut pairs = Vec::new();
                for entry in &object.entries {
                    match self.plain(&entry.node, depth + 1) {
                        Some(Fact::Known(scalar)) => pairs.push((entry.key.to_string(), scalar)),
                        None => {}
                        Some(other) => return Some(other),
                    }
                }
                Fact::Known(Scalar::Object(pairs))
            }
        })
    }
}

/// The alternatives of one node: a path that one of them lacks is absent there.
fn merge(found: &mut Found, parts: Vec<(Vec<Condition>, Place, Found)>, at: Place) {
    let mut index: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for (_, _, part) in &parts {
        for (path, _) in &part.values {
            if !index.contains_key(path) {
                index.insert(path.clone(), found.values.len());
                found.values.push((path.clone(), Vec::new()));
            }
        }
    }
    let number = parts.len();
    let mut blocks: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let mut counts: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for (when, place, part) in parts {
        let mut seen = BTreeSet::new();
        for (path, choices) in part.values {
            let Some(slot) = index.get(&path).and_then(|slot| found.values.get_mut(*slot)) else { continue };
            seen.insert(path);
            for choice in choices {
                if let Some(when) = both(&when, &choice.when) {
                    slot.1.push(Choice { when, ..choice });
                }
            }
        }
        for (path, choices) in &mut found.values {
            if !seen.contains(path) {
                choices.push(Choice { value: Fact::Absent, when: when.clone(), at, origin: place });
            }
        }
        for (path, place, inner, open) in part.blocks {
            let Some(when) = both(&when, &inner) else { continue };
            let first = found.blocks.len();
            match blocks.get(&path).and_then(|slot| found.blocks.get_mut(*slot)) {
                // There in several cases: only a block that is in each of them needs no condition.
                Some(old) => {
                    let cases = counts.entry(path).or_insert(1);
                    *cases += 1;
                    if *cases == number {
                        old.2 = Vec::new();
                    }
                    old.3 = old.3.take().or(open);
                }
                None => {
                    blocks.insert(path.clone(), first);
                    found.blocks.push((path, place, when, open));
                }
            }
        }
    }
}
