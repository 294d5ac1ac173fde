//! Words that are code whatever a minifier does.

/// Words that begin a statement where they follow the end of a block.
pub(super) fn begins_statement(word: &[u8]) -> bool {
    matches!(
        word,
        b"function"
            | b"class"
            | b"var"
            | b"let"
            | b"const"
            | b"if"
            | b"for"
            | b"return"
            | b"export"
            | b"import"
            | b"async"
    )
}

/// Words that are the program's own and no minifier's: keywords, and the globals that matter. What a minifier might call a
/// variable (`of`, `get`, `set`) is none.
pub(super) fn is_kept(word: &[u8]) -> bool {
    const WORDS: [&[u8]; 78] = [
        b"Array",
        b"Blob",
        b"Capacitor",
        b"DOMParser",
        b"Date",
        b"Error",
        b"EventSource",
        b"Function",
        b"Infinity",
        b"JSON",
        b"Math",
        b"Notification",
        b"Number",
        b"Object",
        b"Promise",
        b"Proxy",
        b"Reflect",
        b"RegExp",
        b"SharedWorker",
        b"String",
        b"URL",
        b"WebAssembly",
        b"WebSocket",
        b"Worker",
        b"XMLHttpRequest",
        b"async",
        b"atob",
        b"await",
        b"break",
        b"btoa",
        b"case",
        b"catch",
        b"class",
        b"const",
        b"continue",
        b"crypto",
        b"debugger",
        b"default",
        b"delete",
        b"do",
        b"document",
        b"else",
        b"eval",
        b"export",
        b"extends",
        b"false",
        b"fetch",
        b"finally",
        b"for",
        b"function",
        b"globalThis",
        b"if",
        b"import",
        b"importScripts",
        b"in",
        b"indexedDB",
        b"instanceof",
        b"let",
        b"localStorage",
        b"location",
        b"navigator",
        b"new",
        b"null",
        b"process",
        b"require",
        b"return",
        b"self",
        b"sessionStorage",
        b"static",
        b"super",
        b"switch",
        b"this",
        b"throw",
        b"true",
        b"try",
        b"typeof",
        b"undefined",
        b"var",
    ];
    const LATER: [&[u8]; 6] = [b"void", b"while", b"window", b"with", b"yield", b"setTimeout"];
    (2..=14).contains(&word.len()) && (WORDS.binary_search(&word).is_ok() || LATER.contains(&word))
}
