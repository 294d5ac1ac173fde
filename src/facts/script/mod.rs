//! What a script does: one parse, one walk, and the tree dies where it was made.

mod addresses;
mod apply;
mod awaited;
mod bind;
pub(crate) mod budget;
mod calling;
mod calls;
mod constants;
mod fold;
mod functions;
mod held;
mod idioms;
mod names;
mod parse;
mod plugins;
mod scopes;
mod shapes;
mod sites;
#[cfg(test)]
mod tests;
mod told;
mod uses;
mod value;
mod visit;
mod walk;

pub use parse::{ScriptReading, read_script};

use serde::Serialize;

use crate::model::Position;

/// What one script does that the controls want to know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ScriptFacts {
    /// Places where code comes into being, or is fetched, in the order of the text.
    pub sites: Vec<CodeSite>,
    /// There were more sites than are kept.
    pub sites_cut: bool,
    /// It turns a table of texts while it runs, as obfuscators do and minifiers do not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub turns_a_table: bool,
    /// `WebAssembly.instantiate` and its kin, or a module in base64.
    pub webassembly: Vec<Position>,
    /// The native plugins that it names, each name once for each way, at its first place.
    pub plugins: Vec<PluginUse>,
    /// How many more plugins it registers by names that are not constant.
    pub plugins_unknown: u32,
    /// Calls of methods that matter for updates and privacy, in the order of the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<NamedCall>,
    /// The hosts of texts that are addresses, each at its first place; not every one is contacted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<(String, Position)>,
    /// What it calls and reads of the browser, of native plugins and of well-known services, by name, in the order of names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<ApiUse>,
    /// The addresses with a scheme that it names, each once for each role, in the order of the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<NamedAddress>,
    /// The target of `//# sourceMappingURL=`; a data URL is cut to its head.
    pub source_mapping_url: Option<String>,
}

/// What a script calls or reads of the browser, of a native plugin or of a well-known service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApiUse {
    /// The names from the root, with dots: `navigator.geolocation.watchPosition`; for a native plugin from the plugin's
    /// name, whatever the variable is called that holds it: `Geolocation.watchPosition`.
    pub path: String,
    /// Whether the root is a native plugin.
    pub is_plugin: bool,
    /// How often it is called or constructed.
    pub calls: u32,
    /// How often it is read otherwise.
    pub reads: u32,
    /// The first call, or else the first reading.
    pub position: Position,
}

/// An address that a script names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedAddress {
    /// The address, bounded and inert; what is not constant is left out at its end.
    pub url: String,
    /// What the script does with it.
    pub role: AddressRole,
    /// Whether more follows that is not constant.
    pub open: bool,
    /// Where it stands first.
    pub position: Position,
}

/// What a script does with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressRole {
    /// It is asked: `fetch`, `XMLHttpRequest`, `WebSocket`, an HTTP plugin.
    Contacted,
    /// A person is sent there: `window.open`, `location`, `Browser.open`.
    Linked,
    /// It is named; what for is not seen.
    Named,
}

/// One call of a method that is watched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedCall {
    /// The method: `notifyAppReady`.
    pub method: &'static str,
    /// The last name of what it is called on; the plugin's own name where a variable of the script holds it.
    pub object: Option<String>,
    /// Where.
    pub position: Position,
    /// Its first argument as written, bounded and inert; not serialised, since it may be a secret.
    #[serde(skip)]
    pub argument: Option<String>,
    /// The innermost condition under which it is reached, bounded and inert; whether the app runs natively is none.
    pub condition: Option<String>,
}

/// A native plugin that a script names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PluginUse {
    /// Its name.
    pub name: String,
    /// In which way.
    pub call: PluginCall,
    /// The platforms for which the script itself brings an implementation, where it registers the plugin: `web`, `android`,
    /// `ios`, `electron`. An object that can't be read counts as `web`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub implemented: Vec<&'static str>,
    /// Where.
    pub position: Position,
}

/// In which way a script names a native plugin (`@capacitor/core`, `src/runtime.ts`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PluginCall {
    /// `registerPlugin('Name', {web: …})`, also where a minifier has renamed the function.
    Registered,
    /// `Capacitor.Plugins.Name`.
    Property,
    /// `Capacitor.isPluginAvailable('Name')`: it may be missing.
    Checked,
}

/// One place where code comes into being, or is fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodeSite {
    /// How.
    pub kind: SiteKind,
    /// From where.
    pub origin: Origin,
    /// Where the expression begins.
    pub position: Position,
    /// The expression, bounded and inert.
    pub excerpt: String,
    /// The well-known harmless idiom that it is, if it is one.
    pub idiom: Option<&'static str>,
}

/// The ways in which a script makes or fetches code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SiteKind {
    /// `eval(x)`.
    DirectEval,
    /// `(0, eval)(x)`, `window.eval(x)`.
    IndirectEval,
    /// `Function(x)`, `new Function(x)`.
    FunctionConstructor,
    /// `setTimeout("…")`, `setInterval("…")`.
    StringTimer,
    /// `import(x)`.
    DynamicImport,
    /// `import … from "…"`, `export … from "…"`.
    StaticImport,
    /// `importScripts(x)`.
    ImportScripts,
    /// `new Worker(x)`, `new SharedWorker(x)`, `serviceWorker.register(x)`, `addModule(x)`.
    Worker,
    /// A script element made by the script, with a source.
    ScriptElement,
    /// A script element made by the script, with a text.
    ScriptText,
    /// Markup that may hold handlers but whose scripts don't run: `innerHTML`, `insertAdjacentHTML`.
    #[serde(rename = "html")]
    Markup,
    /// `setAttribute("onclick", x)`.
    EventAttribute,
    /// Markup whose scripts run: `document.write`, `srcdoc`, `createContextualFragment`.
    #[serde(rename = "html")]
    DocumentWrite,
    /// A `javascript:` address.
    JavascriptUrl,
    /// `executeScript`, `evaluateJavascript`: code for another web view.
    #[serde(rename = "native-eval")]
    NativeBridge,
    /// An import map that the script makes.
    ImportMap,
}

impl SiteKind {
    /// The expression as a reader knows it.
    #[must_use]
    pub const fn expression(self) -> &'static str {
        match self {
            Self::DirectEval => "`eval`",
            Self::IndirectEval => "indirect `eval`",
            Self::FunctionConstructor => "`Function` constructor",
            Self::StringTimer => "timer with a text",
            Self::DynamicImport => "`import()`",
            Self::StaticImport => "`import … from`",
            Self::ImportScripts => "`importScripts`",
            Self::Worker => "worker",
            Self::ScriptElement => "script element",
            Self::ScriptText => "script element with a text",
            Self::Markup => "markup",
            Self::EventAttribute => "event attribute",
            Self::ImportMap => "import map",
            Self::DocumentWrite => "markup whose scripts run",
            Self::JavascriptUrl => "`javascript:` address",
            Self::NativeBridge => "script for a web view",
        }
    }

    /// Whether the argument is code itself, not an address of code.
    #[must_use]
    pub const fn takes_code(self) -> bool {
        matches!(
            self,
            Self::DirectEval
                | Self::IndirectEval
                | Self::FunctionConstructor
                | Self::StringTimer
                | Self::ScriptText
                | Self::Markup
                | Self::EventAttribute
                | Self::DocumentWrite
                | Self::JavascriptUrl
                | Self::NativeBridge
        )
    }
}

/// Where the code of a site comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "class")]
pub enum Origin {
    /// A text that stands in the script; bounded and inert.
    Constant {
        /// The text.
        text: String,
    },
    /// An address within the bundle, or a blob or data address made from constants.
    SameOrigin {
        /// The address, bounded and inert.
        url: String,
    },
    /// An address on another host.
    Remote {
        /// The address as far as it is constant, bounded and inert.
        url: String,
        /// Its host.
        host: String,
    },
    /// A value that came over the network, within the function or its simple promise chain.
    NetworkDerived {
        /// What it came from, such as `fetch`.
        source: String,
    },
    /// A value that a person types, or whoever made the link that was followed.
    UserInput {
        /// What it came from, such as the page's address.
        source: String,
    },
    /// It can't be known from the text.
    Unknown,
}
