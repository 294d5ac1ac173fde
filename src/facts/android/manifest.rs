//! One `AndroidManifest.xml`, as it is written (before any merging).

use roxmltree::Node;
use serde::Serialize;

use super::place::{Place, Written};
use super::sets::SetKind;
use crate::inputs::parse_xml;
use crate::model::LineIndex;

/// The namespace of the platform's attributes.
const ANDROID: &str = "http://schemas.android.com/apk/res/android";
/// The namespace of instructions for the manifest merger.
const TOOLS: &str = "http://schemas.android.com/tools";
/// Elements that are read of one parent: as many as the parser lets a whole file have, so that none is passed over.
const MOST: usize = 200_000;

/// One manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// Relative to the app's folder.
    pub path: String,
    /// The folder below `src`, or the library's folder.
    pub source_set: String,
    /// What the source set is for.
    pub kind: SetKind,
    /// The root's `package`.
    pub package: Option<Written<String>>,
    /// The `application` element.
    pub application: Option<Application>,
    /// `uses-permission` and `uses-permission-sdk-23`.
    pub permissions: Vec<Permission>,
    /// `permission` elements: what the app itself defines.
    pub defined_permissions: Vec<Permission>,
    /// `uses-sdk`, which Gradle's values override.
    pub uses_sdk: Vec<Attribute>,
    /// Activities, services, receivers and providers.
    pub components: Vec<Component>,
    /// `meta-data` directly below `application`.
    pub meta_data: Vec<MetaData>,
}

/// One attribute as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attribute {
    /// The name without `android:`.
    pub name: String,
    /// The value as written: perhaps a reference or a placeholder.
    pub value: String,
    /// Where.
    pub at: Place,
}

/// What an element tells the manifest merger (`com.android.manifmerger`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tools {
    /// `tools:node`: `remove`, `removeAll`, `replace`, `merge`, `mergeOnlyAttributes`, `strict`.
    pub node: Option<String>,
    /// The attributes of `tools:replace`, without `android:`.
    pub replace: Vec<String>,
    /// The attributes of `tools:remove`, without `android:`.
    pub remove: Vec<String>,
    /// `tools:selector`: the library that the instruction is limited to.
    pub selector: Option<String>,
}

/// The `application` element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Application {
    /// Where it begins.
    pub at: Place,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// What it tells the merger.
    pub tools: Tools,
}

/// A permission that is asked for or defined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Permission {
    /// The full name as written.
    pub name: String,
    /// Where the name is written.
    pub at: Place,
    /// The element: `uses-permission`, `uses-permission-sdk-23`, `permission`.
    pub element: String,
    /// `maxSdkVersion` as written.
    pub max_sdk: Option<Written<String>>,
    /// `protectionLevel` of a defined permission.
    pub protection_level: Option<Written<String>>,
    /// What it tells the merger.
    pub tools: Tools,
}

/// The kinds of components.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComponentKind {
    /// `activity`.
    Activity,
    /// `activity-alias`.
    ActivityAlias,
    /// `service`.
    Service,
    /// `receiver`.
    Receiver,
    /// `provider`.
    Provider,
}

/// An activity, service, receiver or provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Component {
    /// What it is.
    pub kind: ComponentKind,
    /// The name as written, perhaps with a leading dot.
    pub name: String,
    /// Where the name is written.
    pub at: Place,
    /// `exported` as written.
    pub exported: Option<Written<String>>,
    /// `permission` as written.
    pub permission: Option<Written<String>>,
    /// `authorities` of a provider.
    pub authorities: Option<Written<String>>,
    /// Its intent filters.
    pub filters: Vec<IntentFilter>,
    /// Its meta-data.
    pub meta_data: Vec<MetaData>,
    /// What it tells the merger.
    pub tools: Tools,
}

/// An intent filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IntentFilter {
    /// Where it begins.
    pub at: Place,
    /// The actions.
    pub actions: Vec<String>,
    /// The categories.
    pub categories: Vec<String>,
    /// The attributes of each `data` element.
    pub data: Vec<Vec<Attribute>>,
    /// `autoVerify` as written.
    pub auto_verify: Option<Written<String>>,
}

impl IntentFilter {
    /// Whether a web page can open it: `VIEW`, `BROWSABLE` and a scheme.
    #[must_use]
    pub fn is_deep_link(&self) -> bool {
        self.actions.iter().any(|action| action == "android.intent.action.VIEW")
            && self.categories.iter().any(|category| category == "android.intent.category.BROWSABLE")
            && self.data.iter().flatten().any(|attribute| attribute.name == "scheme")
    }

    /// The values of one attribute of its `data` elements, such as `scheme` or `host`.
    pub fn data_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Attribute> {
        self.data.iter().flatten().filter(move |attribute| attribute.name == name)
    }
}

/// A `meta-data` element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MetaData {
    /// The name.
    pub name: String,
    /// Where the element begins.
    pub at: Place,
    /// `value` or `resource` as written; not serialised, since keys of services stand here.
    #[serde(skip)]
    pub value: Option<Written<String>>,
    /// What it tells the merger.
    pub tools: Tools,
}

impl Application {
    /// An attribute by its name without `android:`.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// Reads one manifest.
///
/// # Errors
/// In words: it is no XML, or its root is no `manifest`.
pub fn read_manifest(path: &str, source_set: &str, kind: SetKind, text: &str) -> Result<Manifest, String> {
    let document = parse_xml(text)?;
    let reader = Reader { path, lines: LineIndex::new(text) };
    let root = document.root_element();
    if root.tag_name().name() != "manifest" {
        return Err("its root is no `manifest`".to_owned());
    }
    let mut manifest = Manifest {
        path: path.to_owned(),
        source_set: source_set.to_owned(),
        kind,
        package: plain(&reader, root, "package"),
        application: None,
        permissions: Vec::new(),
        defined_permissions: Vec::new(),
        uses_sdk: Vec::new(),
        components: Vec::new(),
        meta_data: Vec::new(),
    };
    for child in root.children().filter(Node::is_element).take(MOST) {
        match child.tag_name().name() {
            "application" if manifest.application.is_none() => reader.application(child, &mut manifest),
            "uses-permission" | "uses-permission-sdk-23" | "uses-permission-sdk-m" => {
                manifest.permissions.extend(reader.permission(child));
            }
            "permission" => manifest.defined_permissions.extend(reader.permission(child)),
            "uses-sdk" => manifest.uses_sdk.extend(reader.attributes(child)),
            _ => {}
        }
    }
    Ok(manifest)
}

fn plain(reader: &Reader<'_>, node: Node<'_, '_>, name: &str) -> Option<Written<String>> {
    let attribute = node.attributes().find(|attribute| attribute.namespace().is_none() && attribute.name() == name)?;
    Some(Written::new(attribute.value().to_owned(), reader.place(attribute.range().start)))
}

struct Reader<'a> {
    path: &'a str,
    lines: LineIndex<'a>,
}

impl Reader<'_> {
    fn place(&self, offset: usize) -> Place {
        Place::new(self.path, self.lines.position(offset))
    }

    /// The attributes in the platform's namespace: the platform sees no others.
    fn attributes(&self, node: Node<'_, '_>) -> Vec<Attribute> {
        node.attributes()
            .filter(|attribute| attribute.namespace() == Some(ANDROID))
            .map(|attribute| Attribute {
                name: attribute.name().to_owned(),
                value: attribute.value().to_owned(),
                at: self.place(attribute.range().start),
            })
            .collect()
    }

    fn written(&self, node: Node<'_, '_>, name: &str) -> Option<Written<String>> {
        let attribute =
            node.attributes().find(|attribute| attribute.namespace() == Some(ANDROID) && attribute.name() == name)?;
        Some(Written::new(attribute.value().to_owned(), self.place(attribute.range().start)))
    }

    fn permission(&self, node: Node<'_, '_>) -> Option<Permission> {
        let tools = tools(node);
        // `removeAll` needs no name.
        let name = self
            .written(node, "name")
            .or_else(|| tools.node.as_ref().map(|_| Written::new(String::new(), self.place(node.range().start))))?;
        Some(Permission {
            name: name.value.trim().to_owned(),
            at: name.at,
            element: node.tag_name().name().to_owned(),
            max_sdk: self.written(node, "maxSdkVersion"),
            protection_level: self.written(node, "protectionLevel"),
            tools,
        })
    }

    fn application(&self, node: Node<'_, '_>, manifest: &mut Manifest) {
        manifest.application = Some(Application {
            at: self.place(node.range().start),
            attributes: self.attributes(node),
            tools: tools(node),
        });
        for child in node.children().filter(Node::is_element).take(MOST) {
            let kind = match child.tag_name().name() {
                "activity" => ComponentKind::Activity,
                "activity-alias" => ComponentKind::ActivityAlias,
                "service" => ComponentKind::Service,
                "receiver" => ComponentKind::Receiver,
                "provider" => ComponentKind::Provider,
                "meta-data" => {
                    manifest.meta_data.extend(self.meta_data(child));
                    continue;
                }
                _ => continue,
            };
            manifest.components.push(self.component(kind, child));
        }
    }

    fn component(&self, kind: ComponentKind, node: Node<'_, '_>) -> Component {
        let name =
            self.written(node, "name").unwrap_or_else(|| Written::new(String::new(), self.place(node.range().start)));
        let below = |name: &'static str| {
            node.children().filter(move |child| child.is_element() && child.tag_name().name() == name).take(MOST)
        };
        Component {
            kind,
            name: name.value,
            at: name.at,
            exported: self.written(node, "exported"),
            permission: self.written(node, "permission"),
            authorities: self.written(node, "authorities"),
            filters: below("intent-filter").map(|filter| self.filter(filter)).collect(),
            meta_data: below("meta-data").filter_map(|data| self.meta_data(data)).collect(),
            tools: tools(node),
        }
    }

    fn filter(&self, node: Node<'_, '_>) -> IntentFilter {
        let mut filter = IntentFilter {
            at: self.place(node.range().start),
            actions: Vec::new(),
            categories: Vec::new(),
            data: Vec::new(),
            auto_verify: self.written(node, "autoVerify"),
        };
        for child in node.children().filter(Node::is_element).take(MOST) {
            let name = || self.written(child, "name").map(|name| name.value);
            match child.tag_name().name() {
                "action" => filter.actions.extend(name()),
                "category" => filter.categories.extend(name()),
                "data" => filter.data.push(self.attributes(child)),
                _ => {}
            }
        }
        filter
    }

    fn meta_data(&self, node: Node<'_, '_>) -> Option<MetaData> {
        Some(MetaData {
            name: self.written(node, "name")?.value,
            at: self.place(node.range().start),
            value: self.written(node, "value").or_else(|| self.written(node, "resource")),
            tools: tools(node),
        })
    }
}

fn tools(node: Node<'_, '_>) -> Tools {
    let mut tools = Tools::default();
    for attribute in node.attributes().filter(|attribute| attribute.namespace() == Some(TOOLS)) {
        match attribute.name() {
            "node" => tools.node = Some(attribute.value().trim().to_owned()),
            "replace" => tools.replace = names(attribute.value()),
            "remove" => tools.remove = names(attribute.value()),
            "selector" => tools.selector = Some(attribute.value().trim().to_owned()),
            _ => {}
        }
    }
    tools
}

/// `android:a, android:b`; a name without a prefix is taken for Android's.
fn names(list: &str) -> Vec<String> {
    let bare = |name: &str| name.trim().rsplit(':').next().unwrap_or_default().to_owned();
    list.split(',').map(bare).filter(|name| !name.is_empty()).collect()
}
