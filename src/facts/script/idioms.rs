//! Well-known harmless idioms of libraries, told by what stands around a site of which nothing else is known.
//!
//! Never a bare name: all fragments of a row stand within the same few thousand bytes. A row only explains what is not
//! known otherwise; what comes over the network or from another host stays what it is.

use super::{Origin, SiteKind};

/// How many bytes before and after a site are looked at.
const BEFORE: usize = 3_000;
const AFTER: usize = 1_500;

/// What the library is, and the fragments that stand around the site, all of them; of `|` one.
const IDIOMS: &[(&str, &[&str])] = &[
    ("lodash's template", &["__p", "__t", "sourceURL|escape|print"]),
    ("underscore's template", &["__p+=|__p +=", "with(obj||{})|with(obj"]),
    ("Vue's template compiler", &["with(this){return |Vue", "staticRenderFns|_rc|_Vue|_withStripped"]),
    ("Handlebars' template compiler", &["container", "depth0", "helpers"]),
    ("Ajv's schema compiler", &["self", "scope|refVal", "validate|ucs2length|sourceCode|makeValidate"]),
    ("protobuf.js' code generator", &["return function |function(", "codegen|scopeParams|Function.apply(null"]),
    ("protobuf.js' inquire", &["quire", ".replace(/^/,"]),
    (
        "the `setImmediate` polyfill",
        &[
            "\"function\"|'function'|`function`",
            "new Function(\"\"+|new Function(\"\" +|Function(\"\"+|Function(``+|Function(''+|Function('' +",
        ],
    ),
    ("the function binding of old engines", &["binder", "apply(this"]),
    ("core-js' binding of constructors", &["return new F(|return new C("]),
    ("core-js' lookup of Node's modules", &["return require("]),
    ("Stencil's import of modules", &["return import(w)"]),
    ("d3-dsv's row objects", &["return {|return{", "JSON.stringify", "columns|d["]),
    ("the Closure Library's module loader", &["goog.globalEval|loadModuleFromSource_|goog.loadModule"]),
    ("the JSON fallback of old browsers", &["\\],:{}\\s", "return |(\"|('"]),
    ("Emscripten's glue", &["ASM_CONSTS|wasmMemory|locateFile|scriptDirectory|emscripten|urlOrBlob"]),
    ("zone.js' patches", &["zone_symbol"]),
    ("jQuery's evaluation of scripts", &["parentNode.removeChild|.remove()", "noModule|globalEval|nonce"]),
    ("pdf.js' worker", &["workerSrc", "GlobalWorkerOptions|setupFakeWorker|pdf.worker|WorkerMessageHandler"]),
    ("Monaco's workers", &["MonacoEnvironment|getWorkerUrl"]),
    ("SystemJS' loader", &["System", "systemjs|instantiate|crossOrigin"]),
    ("workbox-window's registration", &["serviceWorker", "updatefound|controllerchange|workbox"]),
    ("webpack's chunk loader", &["data-webpack|chunkLoadingGlobal|ChunkLoadError|__webpack|webpackChunk"]),
    ("Vite's preloading of modules", &["modulepreload"]),
    ("doT's template compiler", &["varname", "encodeHTML|doT"]),
    ("EJS' template compiler", &["escapeFn|rethrow"]),
    ("Pug's template compiler", &["pug_html|pug.compile"]),
    ("Knockout's bindings", &["$context", "$element"]),
    ("the scripts of jsonpath", &["jsonpath|runInNewContext", "keys("]),
    ("Prism's worker", &["filename", "Prism", "highlight"]),
    ("Angular's compiler", &["angular#unsafe|trustedScriptForJit|trustedScriptFromString"]),
];

/// Loaders whose text comes by request: an own module of the bundle, whose address no text tells.
const LOADERS: &[(&str, &[&str])] = &[
    ("a loader of the bundle's own modules", &["sourceURL=", "define|amd|AMD|importScripts", "fetch("]),
    ("MapLibre's worker", &["same-origin", "createObjectURL", "import("]),
    ("Emscripten's threads", &["urlOrBlob"]),
    ("MathJax' or SystemJS' loader", &["System", "sourceURL"]),
    ("ngx-monaco's loader for Electron", &["nodeRequire", "monacoAmdRequire", "XMLHttpRequest"]),
    ("Monaco's worker of one's own", &["customWorkerPath", "customTSWorkerFactory", "importScripts"]),
    // A reader of whatever page its caller asks for.
    ("d3's reader of pages", &["createContextualFragment(", "selectNode(", "responseXML", "JSON.parse("]),
];

/// What the surroundings say about a site, and where its code comes from as far as that changes.
pub fn explain(script: &str, at: usize, kind: SiteKind, origin: Origin) -> (Origin, Option<&'static str>) {
    match origin {
        Origin::Unknown => {
            let window = around(script, at);
            let found = IDIOMS.iter().find(|(_, fragments)| has_all(window, fragments)).map(|(name, _)| *name);
            (Origin::Unknown, found)
        }
        Origin::NetworkDerived { source } => {
            let window = around(script, at);
            let is_loader = !window.contains("://")
                && LOADERS.iter().any(|(_, fragments)| has_all(window, fragments))
                && !asks_constant(window);
            // What is imported is the text that was asked for, not an address that the network gave.
            let is_blob = kind == SiteKind::DynamicImport && window.contains("createObjectURL(new Blob([");
            // Its address is a variable: where it leads is not known, and that is all that is known.
            if is_loader && (kind.takes_code() || is_blob || source == "a message") {
                (Origin::Unknown, None)
            } else {
                (Origin::NetworkDerived { source }, None)
            }
        }
        other => (other, None),
    }
}

/// Whether a request goes to an address that stands in the script.
fn asks_constant(window: &str) -> bool {
    let is_constant = |text: &str| text.trim_start().starts_with(['"', '\'', '`']);
    let opened = |rest: &str| rest.split_once(',').is_some_and(|(_, address)| is_constant(address));
    let methods = ["open(\"GET\"", "open('GET'", "open(`GET`", "open(\"get\"", "open('get'", "open(`get`"];
    window.split("fetch(").skip(1).any(is_constant)
        || methods.iter().any(|method| window.split(method).skip(1).any(opened))
}

fn has_all(window: &str, fragments: &[&str]) -> bool {
    fragments.iter().all(|fragment| fragment.split('|').any(|one| !one.is_empty() && window.contains(one)))
}

fn around(script: &str, at: usize) -> &str {
    let at = at.min(script.len());
    let start = (at.saturating_sub(BEFORE)..=at).find(|place| script.is_char_boundary(*place)).unwrap_or(at);
    let end = at.saturating_add(AFTER).min(script.len());
    let end = (start..=end).rev().find(|place| script.is_char_boundary(*place)).unwrap_or(start);
    script.get(start..end).unwrap_or_default()
}
