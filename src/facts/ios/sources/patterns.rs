//! The patterns that are looked for.

use serde::Serialize;

use super::functions::{Function, Functions};
use super::lexer::Lexed;

/// What a source shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum SourceFactKind {
    /// A credential is made of whatever certificate the server sent (`URLCredential(trust:)`).
    ServerTrustAccepted {
        /// A word in the same function by which the certificate may be judged before, such as `SecTrustEvaluateWithError`.
        judged_by: Option<String>,
        /// The function compares the host.
        compares_host: bool,
    },
    /// Judging certificates is switched off by name, such as Alamofire's `DisabledTrustEvaluator`.
    TrustSwitchedOff {
        /// The name.
        name: String,
    },
    /// `dlopen`.
    LibraryLoaded,
    /// `evaluateJavaScript` or `evaluateScript`.
    ScriptEvaluated {
        /// The function that is called.
        call: String,
        /// Where the script comes from, as far as the function shows.
        origin: ScriptOrigin,
    },
    /// `isInspectable = true`: Safari may look into the web view (iOS 16.4 and later).
    Inspectable,
    /// A key of App Transport Security in a text: it may be set in code.
    TransportSecurityKey {
        /// The key.
        key: String,
    },
}

/// Where a script comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "origin", content = "through")]
pub enum ScriptOrigin {
    /// It is written there.
    Literal,
    /// The function reads a file of the app's bundle, through this.
    Bundled(String),
    /// The function downloads something, through this.
    Downloaded(String),
    /// The function does not show it.
    NotVisible,
}

/// Places of one pattern in one file; generated files may repeat themselves.
const MOST_PLACES: usize = 50;
/// Bytes of a function that are looked through.
const MOST_BODY: usize = 64 * 1024;

/// Credentials made of the server's certificate (Apple: `URLCredential.init(trust:)`).
const CREDENTIALS: [&str; 4] =
    ["URLCredential(trust:", "URLCredential.init(trust:", "URLCredential(forTrust:", "credentialForTrust:"];
/// Words that speak for a judgement of the certificate before it is accepted.
const JUDGING: [&str; 11] = [
    "SecTrustEvaluateWithError",
    "SecTrustEvaluateAsync",
    "SecTrustEvaluate",
    "SecTrustCopyKey",
    "SecTrustCopyPublicKey",
    "SecTrustCopyCertificateChain",
    "SecTrustGetCertificateAtIndex",
    "SecTrustSetAnchorCertificates",
    "SecCertificateCopyData",
    "evaluateServerTrust",
    "TSKPinningValidator",
];
/// Words of a function's own names that speak for the same, in lower case.
const JUDGING_PARTS: [&str; 4] = ["evaluat", "validat", "verif", "pinn"];
/// Switches of libraries, with what must stand after them.
const SWITCHES: [(&str, &[&str]); 8] = [
    ("DisabledTrustEvaluator", &[]),
    ("DisabledEvaluator", &["("]),
    (".disableEvaluation", &[]),
    ("allowInvalidCertificates", &["=true", "=YES"]),
    ("validatesDomainName", &["=false", "=NO"]),
    ("setAllowInvalidCertificates", &[":YES", "(true)"]),
    ("setAllowsAnyHTTPSCertificate", &[":YES"]),
    ("allowsAnyHTTPSCertificateForHost", &[":", "("]),
];
const EVALUATING: [&str; 5] = [
    "evaluateJavaScript",
    "callAsyncJavaScript",
    "evaluateScript",
    "stringByEvaluatingJavaScriptFromString",
    "stringByEvaluatingJavaScript",
];
const INSPECTABLE: [(&str, &[&str]); 4] = [
    ("isInspectable", &["=true", "=YES"]),
    ("inspectable", &["=YES", "=true"]),
    ("setInspectable", &[":YES", "(true)"]),
    ("_remoteInspectionEnabled", &["=true"]),
];
const DOWNLOADING: [&str; 13] = [
    "dataTask",
    "downloadTask",
    "URLSession",
    "NSURLSession",
    "NSURLConnection",
    "contentsOf",
    "stringWithContentsOfURL",
    "initWithContentsOfURL",
    "dataWithContentsOfURL",
    "AF.request",
    "AF.download",
    "Alamofire",
    "AFHTTPSessionManager",
];
const BUNDLED: [&str; 5] = ["Bundle.main", "NSBundle", "forResource", "pathForResource", "URLForResource"];
const SECURITY_KEYS: [&str; 4] =
    ["NSAllowsArbitraryLoads", "NSExceptionAllowsInsecureHTTPLoads", "NSAppTransportSecurity", "NSExceptionDomains"];

/// Whether a text has any word at all that begins a pattern.
pub(super) fn may_have_any(text: &str) -> bool {
    let words = [
        "rust",
        "dlopen",
        "aluat",
        "callAsyncJavaScript",
        "nspect",
        "NSA",
        "NSException",
        "InvalidCertificates",
        "AnyHTTPSCertificate",
        "validatesDomainName",
    ];
    words.iter().any(|word| text.contains(word))
}

/// All patterns of a file, in the order of their places.
pub(super) fn find(text: &str, lexed: &Lexed, functions: &Functions) -> Vec<(usize, SourceFactKind)> {
    let code = lexed.code.as_str();
    let mut found: Vec<(usize, SourceFactKind)> = Vec::new();
    for pattern in CREDENTIALS {
        found.extend(places(code, pattern).map(|at| (at, server_trust(code, functions.around(at)))));
    }
    for (name, after) in SWITCHES {
        let places = places(code, name).filter(|at| is_followed(code, at + name.len(), after));
        found.extend(
            places.map(|at| (at, SourceFactKind::TrustSwitchedOff { name: name.trim_matches('.').to_owned() })),
        );
    }
    found.extend(
        places(code, "dlopen")
            .filter(|at| is_followed(code, at + 6, &["("]))
            .map(|at| (at, SourceFactKind::LibraryLoaded)),
    );
    for call in EVALUATING {
        let places = places(code, call).filter(|at| is_call(code, *at, call));
        found.extend(places.map(|at| {
            let origin = origin(text, code, at + call.len(), functions.around(at));
            (at, SourceFactKind::ScriptEvaluated { call: call.to_owned(), origin })
        }));
    }
    for (name, after) in INSPECTABLE {
        found.extend(
            places(code, name)
                .filter(|at| is_followed(code, at + name.len(), after))
                .map(|at| (at, SourceFactKind::Inspectable)),
        );
    }
    for (from, to) in &lexed.texts {
        let inside = text.get(*from..*to).unwrap_or_default();
        let key = SECURITY_KEYS.iter().filter_map(|key| Some((inside.find(key)?, *key))).min();
        if let Some((at, key)) = key {
            found.push((from + at, SourceFactKind::TransportSecurityKey { key: key.to_owned() }));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found
}

/// Where a word stands as a word of its own.
fn places<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let bytes = code.as_bytes();
    let ends_open = word.ends_with(':');
    code.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |at| {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            (word.starts_with('.') || !is_part(before)) && (ends_open || !is_part(bytes.get(at + word.len())))
        })
        .take(MOST_PLACES)
}

/// Whether one of these follows, white space left out; anything does when there are none.
fn is_followed(code: &str, at: usize, after: &[&str]) -> bool {
    let rest = code.get(at..).unwrap_or_default();
    let next: String = rest.chars().filter(|one| !one.is_whitespace()).take(8).collect();
    after.is_empty() || after.iter().any(|one| next.starts_with(one))
}

/// A call, and not the declaration of a function of that name.
fn is_call(code: &str, at: usize, name: &str) -> bool {
    let before = code.get(..at).unwrap_or_default().trim_end();
    !before.ends_with("func") && is_followed(code, at + name.len(), &["(", ":"])
}

/// A function's text, cut where it is too long.
fn body<'a>(code: &'a str, function: &Function) -> &'a str {
    let mut end = function.end.min(function.start + MOST_BODY);
    while !code.is_char_boundary(end) {
        end -= 1;
    }
    code.get(function.start..end).unwrap_or_default()
}

fn server_trust(code: &str, function: Option<&Function>) -> SourceFactKind {
    let body = function.map(|function| body(code, function)).unwrap_or_default();
    // The head of the function is not part of its judgement: `func verifyNothing(…)`.
    let body = body.find('{').and_then(|open| body.get(open..)).unwrap_or_default();
    let named = JUDGING.iter().find(|word| places(body, word).next().is_some()).map(|word| (*word).to_owned());
    let own = || {
        let words = body.split(|one: char| !one.is_ascii_alphanumeric() && one != '_');
        let judges = |word: &&str| {
            let word = word.to_ascii_lowercase();
            JUDGING_PARTS.iter().any(|part| word.contains(part))
        };
        words.filter(|word| word.len() <= 80).find(judges).map(str::to_owned)
    };
    let compares_host = places(body, "host")
        .any(|at| is_followed(body, at + 4, &["==", "!=", ".hasSuffix", "isEqual", ".contains", "has"]));
    SourceFactKind::ServerTrustAccepted { judged_by: named.or_else(own), compares_host }
}

/// Where the script of a call comes from: its argument, and what else its function does.
fn origin(text: &str, code: &str, after: usize, function: Option<&Function>) -> ScriptOrigin {
    let argument = code
        .get(after..)
        .unwrap_or_default()
        .trim_start_matches(|one: char| one.is_whitespace() || matches!(one, '(' | ':' | '@'));
    let argument = argument.strip_prefix("script:").unwrap_or(argument).trim_start();
    if argument.starts_with(['"', '#']) {
        let start = code.len() - argument.len();
        let line = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
        // A text with variables in it is not all written there.
        if !line.contains("\\(") && !line.contains(" + ") {
            return ScriptOrigin::Literal;
        }
    }
    let body = function.map(|function| body(code, function)).unwrap_or_default();
    let first =
        |words: &[&str]| words.iter().find(|word| places(body, word).next().is_some()).map(|word| (*word).to_owned());
    match (first(&DOWNLOADING), first(&BUNDLED)) {
        // `contentsOf:` reads files of the bundle as well as addresses.
        (Some(through), Some(bundled)) if through == "contentsOf" => ScriptOrigin::Bundled(bundled),
        (Some(through), _) => ScriptOrigin::Downloaded(through),
        (None, Some(bundled)) => ScriptOrigin::Bundled(bundled),
        (None, None) => ScriptOrigin::NotVisible,
    }
}
