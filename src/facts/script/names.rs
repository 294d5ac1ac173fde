//! The browser's own things that a script can reach, by name.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use swc_atoms::Atom;

/// One of the browser's own things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    Eval,
    FunctionConstructor,
    ImportScripts,
    Timer,
    Worker,
    ServiceWorker,
    Window,
    Document,
    Location,
    Navigator,
    Reflect,
    Object,
    FunctionPrototype,
    Fetch,
    Request,
    RequestObject,
    Json,
    Promise,
    Array,
    StringConstructor,
    FromCharCode,
    Storage,
    Atob,
    Decode,
    ParseInt,
    Number,
    WebAssembly,
    Http,
    Files,
    Url,
    Blob,
    Open,
    Prompt,
    History,
    ResolvePromise,
    Socket,
    SocketObject,
    Element,
    Caches,
    /// A function that imports its argument.
    Import,
    /// `encodeURI` and its kin.
    Encode,
    /// A worker that the script made.
    WorkerObject,
    /// `Map` and `Set`, of which only the values are followed.
    Table,
}

const NAMES: &[(&str, Known)] = &[
    ("eval", Known::Eval),
    ("execScript", Known::Eval),
    ("Function", Known::FunctionConstructor),
    ("importScripts", Known::ImportScripts),
    ("setTimeout", Known::Timer),
    ("setInterval", Known::Timer),
    ("setImmediate", Known::Timer),
    ("Worker", Known::Worker),
    ("SharedWorker", Known::Worker),
    ("window", Known::Window),
    ("self", Known::Window),
    ("globalThis", Known::Window),
    ("top", Known::Window),
    ("parent", Known::Window),
    ("frames", Known::Window),
    ("global", Known::Window),
    ("document", Known::Document),
    ("location", Known::Location),
    ("navigator", Known::Navigator),
    ("Reflect", Known::Reflect),
    ("Object", Known::Object),
    ("fetch", Known::Fetch),
    ("XMLHttpRequest", Known::Request),
    ("JSON", Known::Json),
    ("Promise", Known::Promise),
    ("Array", Known::Array),
    ("String", Known::StringConstructor),
    ("localStorage", Known::Storage),
    ("sessionStorage", Known::Storage),
    ("atob", Known::Atob),
    ("decodeURIComponent", Known::Decode),
    ("decodeURI", Known::Decode),
    ("unescape", Known::Decode),
    ("encodeURI", Known::Encode),
    ("encodeURIComponent", Known::Encode),
    ("parseInt", Known::ParseInt),
    ("Number", Known::Number),
    ("WebAssembly", Known::WebAssembly),
    ("CapacitorHttp", Known::Http),
    ("Http", Known::Http),
    ("axios", Known::Http),
    ("ky", Known::Http),
    ("Filesystem", Known::Files),
    ("Preferences", Known::Files),
    ("WebSocket", Known::Socket),
    ("EventSource", Known::Socket),
    ("caches", Known::Caches),
    ("URL", Known::Url),
    ("Blob", Known::Blob),
    ("open", Known::Open),
    ("prompt", Known::Prompt),
    ("history", Known::History),
    ("Map", Known::Table),
    ("Set", Known::Table),
    ("indexedDB", Known::Storage),
];

static KNOWN: LazyLock<FxHashMap<Atom, Known>> =
    LazyLock::new(|| NAMES.iter().map(|(name, known)| (Atom::from(*name), *known)).collect());

/// What a name means that the script does not define.
pub fn known(name: &Atom) -> Option<Known> {
    KNOWN.get(name).copied()
}

/// The same for a name that was made from parts.
pub fn known_text(name: &str) -> Option<Known> {
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, known)| *known)
}

impl Known {
    /// Whether it can be called or constructed.
    pub const fn is_function(self) -> bool {
        !matches!(
            self,
            Self::Window
                | Self::Document
                | Self::Location
                | Self::Navigator
                | Self::Reflect
                | Self::Json
                | Self::Storage
                | Self::ServiceWorker
                | Self::RequestObject
                | Self::SocketObject
                | Self::Element
                | Self::Caches
                | Self::WebAssembly
                | Self::Files
                | Self::History
                | Self::WorkerObject
        )
    }
}
