//! The patterns. Each is a definition or a call by name in code that is no comment and no text.

use super::blank::blank;
use super::code::{Condition, Token, closings, condition, is_name, tokens};
use super::{Guard, SourceKind, SourceSighting};
use crate::facts::android::place::Place;
use crate::model::{Fact, LineIndex};

/// Names without which a file needs no closer look.
const NAMES: &[&str] = &[
    "checkServerTrusted",
    "ostnameVerifier",
    "SSLSession",
    "HOSTNAME_VERIFIER",
    "onReceivedSslError",
    "setWebContentsDebuggingEnabled",
    "addJavascriptInterface",
    "ClassLoader",
    "System",
    "getRuntime",
];
/// Calls that check nothing.
const LOGS: &[&str] = &["Log", "Timber", "Logger", "System", "println", "print"];
/// Loaders of code that is not in the package.
const LOADERS: &[&str] =
    &["DexClassLoader", "PathClassLoader", "InMemoryDexClassLoader", "DelegateLastClassLoader", "BaseDexClassLoader"];
/// Tokens between a verifier's name and its lambda's arrow.
const MOST_BEFORE_ARROW: usize = 24;
/// Tokens of a body, of arguments and of a `throws` that are looked at; the methods in question are short.
const MOST_OF_BODY: usize = 2_000;

/// Looks through one file.
pub(super) fn detect(path: &str, set: &str, text: &str, kotlin: bool) -> Vec<SourceSighting> {
    if !NAMES.iter().any(|name| text.contains(name)) {
        return Vec::new();
    }
    let blanked = blank(text, kotlin);
    let code = String::from_utf8_lossy(&blanked);
    let lines = LineIndex::new(text);
    let tokens = tokens(&code);
    let closings = closings(&tokens);
    let guards = guards(&tokens, &closings);
    let mut sightings = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let here = Here { tokens: &tokens, closings: &closings, guards: &guards, index, text };
        let Some((kind, own_guard, argument)) = here.look() else { continue };
        let guard = match own_guard {
            Guard::None => guards.get(index).copied().unwrap_or(Guard::None),
            other => other,
        };
        sightings.push(SourceSighting {
            kind,
            at: Place::new(path, lines.position(token.at)),
            source_set: set.to_owned(),
            name: token.text.to_owned(),
            guard,
            argument,
        });
    }
    sightings
}

struct Here<'a> {
    tokens: &'a [Token<'a>],
    closings: &'a [Option<usize>],
    guards: &'a [Guard],
    index: usize,
    text: &'a str,
}

type Seen = (SourceKind, Guard, Fact<String>);

impl<'a> Here<'a> {
    fn token(&self, ahead: usize) -> &'a str {
        self.tokens.get(self.index + ahead).map_or("", |token| token.text)
    }

    fn before(&self, back: usize) -> &'a str {
        self.index.checked_sub(back).and_then(|index| self.tokens.get(index)).map_or("", |token| token.text)
    }

    fn look(&self) -> Option<Seen> {
        let called = self.token(1) == "(";
        let plain = |kind| Some((kind, Guard::None, Fact::Absent));
        match self.token(0) {
            "checkServerTrusted" if called => {
                self.body().filter(|body| checks_nothing(body)).and_then(|_| plain(SourceKind::TrustAll))
            }
            "verify" if called => self.verify().then_some(()).and_then(|()| plain(SourceKind::AnyHostname)),
            "HostnameVerifier"
            | "setHostnameVerifier"
            | "hostnameVerifier"
            | "setDefaultHostnameVerifier"
            | "defaultHostnameVerifier"
            | "setSSLHostnameVerifier"
                if self.takes_any() =>
            {
                plain(SourceKind::AnyHostname)
            }
            "ALLOW_ALL_HOSTNAME_VERIFIER" => plain(SourceKind::AnyHostname),
            "NoopHostnameVerifier" | "AllowAllHostnameVerifier" if called || self.token(2) == "INSTANCE" => {
                plain(SourceKind::AnyHostname)
            }
            "onReceivedSslError" if called => self.proceeds(),
            "setWebContentsDebuggingEnabled" if called => Some(self.debugging()),
            "addJavascriptInterface" if called && self.body().is_none() => {
                Some((SourceKind::JavascriptInterface, Guard::None, self.last_text()))
            }
            name if LOADERS.contains(&name) && called && self.before(1) != "class" => plain(SourceKind::ClassLoader),
            "load" if called && self.before(1) == "." && self.loads() => {
                Some((SourceKind::NativeLoad, Guard::None, self.last_text()))
            }
            _ => None,
        }
    }

    /// `System.load(`, `Runtime.getRuntime().load(`; `System.loadLibrary` takes what is in the package.
    fn loads(&self) -> bool {
        self.before(2) == "System" || (self.before(2) == ")" && self.before(4) == "getRuntime")
    }

    /// The body of a definition at this name, without its braces; nothing for a call. `= x` in Kotlin is a body too.
    fn body(&self) -> Option<&'a [Token<'a>]> {
        if self.before(1) == "." || self.before(1) == "::" {
            return None;
        }
        let mut at = self.closing(self.index + 1)? + 1;
        let last = at.saturating_add(MOST_OF_BODY);
        // `throws A, B`, `: Unit`
        while let Some(token) = self.tokens.get(at).filter(|_| at < last) {
            match token.text {
                "{" => return self.slice(at + 1, self.closing(at)?),
                "=" => {
                    let rest = self.slice(at + 1, self.tokens.len())?;
                    let end = rest.iter().position(|token| matches!(token.text, "}" | "fun" | "override" | ";"));
                    return rest.get(..end.unwrap_or(rest.len()));
                }
                "throws" | ":" | "," | "." | "?" => at += 1,
                word if is_name(word) && !matches!(self.tokens.get(at - 1).map(|token| token.text), Some(")")) => {
                    at += 1;
                }
                _ => return None,
            }
        }
        None
    }

    fn arguments(&self) -> &'a [Token<'a>] {
        let close = self.closing(self.index + 1).unwrap_or(self.index + 2);
        self.tokens.get(self.index + 2..close).unwrap_or_default()
    }

    fn closing(&self, open: usize) -> Option<usize> {
        self.closings.get(open).copied().flatten()
    }

    /// The tokens from one to before another, not more than are looked at.
    fn slice(&self, from: usize, to: usize) -> Option<&'a [Token<'a>]> {
        self.tokens.get(from..to.min(from.saturating_add(MOST_OF_BODY)))
    }

    /// `boolean verify(String, SSLSession) { return true; }`
    fn verify(&self) -> bool {
        let session = self.arguments().iter().take(MOST_OF_BODY).any(|token| token.text == "SSLSession");
        let body = self.body().map(texts).unwrap_or_default();
        session && matches!(body.as_slice(), ["return", "true", ";"] | ["return", "true"] | ["true"])
    }

    /// `(a, b) -> true`, `{ _, _ -> true }`, `(a, b) -> { return true; }`
    fn takes_any(&self) -> bool {
        let rest = self.tokens.get(self.index + 1..).unwrap_or_default();
        let Some(arrow) = rest.iter().take(MOST_BEFORE_ARROW).position(|token| token.text == "->") else {
            return false;
        };
        let allowed = |text: &str| is_name(text) || matches!(text, "(" | ")" | "{" | "," | ":" | "?" | "=" | ".");
        let plain = rest.get(..arrow).unwrap_or_default().iter().all(|token| allowed(token.text));
        let after: Vec<&str> = rest.iter().skip(arrow + 1).take(4).map(|token| token.text).collect();
        plain
            && match after.as_slice() {
                ["true", end, ..] => matches!(*end, ")" | "}" | ";" | ","),
                ["{", "return", "true", _] => true,
                _ => false,
            }
    }

    /// `handler.proceed()` within the body, and under which condition.
    fn proceeds(&self) -> Option<Seen> {
        let body = self.body()?;
        // Where the body begins in the file.
        let first = body.first().map_or(0, |first| self.tokens.partition_point(|token| token.at < first.at));
        let mut guard = None;
        for (at, token) in body.iter().enumerate() {
            let next = body.get(at + 1).map(|token| token.text);
            let before = at.checked_sub(1).and_then(|before| body.get(before)).map(|token| token.text);
            if token.text == "proceed" && next == Some("(") && before == Some(".") {
                let found = self.guards.get(first + at).copied().unwrap_or(Guard::None);
                // The least guarded call counts.
                let worse = match guard {
                    None => true,
                    Some(known) => rank(found) < rank(known),
                };
                if worse {
                    guard = Some(found);
                }
            }
        }
        guard.map(|guard| (SourceKind::SslErrorProceed, guard, Fact::Absent))
    }

    fn debugging(&self) -> Seen {
        let arguments = self.arguments();
        let (guard, argument) = match texts(arguments.get(..2).unwrap_or(arguments)).as_slice() {
            ["true"] => (Guard::None, Fact::Known("true".to_owned())),
            ["false"] => (Guard::None, Fact::Known("false".to_owned())),
            _ => match condition(arguments) {
                Condition::Debug => (Guard::DebugBuild, Fact::Unknown("it is on in debug builds".to_owned())),
                _ => (Guard::Condition, Fact::Unknown("it is computed".to_owned())),
            },
        };
        (SourceKind::WebContentsDebugging, guard, argument)
    }

    /// The last argument, when it is a text.
    fn last_text(&self) -> Fact<String> {
        if let [.., open, close] = self.arguments()
            && open.text == "\""
            && close.text == "\""
            && let Some(text) = self.text.get(open.at + 1..close.at)
        {
            return Fact::Known(text.chars().take(200).collect());
        }
        Fact::Unknown("it is computed".to_owned())
    }
}

const fn rank(guard: Guard) -> u8 {
    match guard {
        Guard::None => 0,
        Guard::Condition => 1,
        Guard::DebugBuild => 2,
    }
}

fn texts<'a>(tokens: &[Token<'a>]) -> Vec<&'a str> {
    tokens.iter().map(|token| token.text).collect()
}

/// Whether a body does nothing but log and return.
fn checks_nothing(body: &[Token<'_>]) -> bool {
    body.split(|token| token.text == ";").all(|statement| match statement.first().map(|token| token.text) {
        None => true,
        Some("return" | "Unit") => statement.len() == 1 || statement.get(1).is_some_and(|token| token.text == "Unit"),
        Some(first) => LOGS.contains(&first) && !statement.iter().any(|token| token.text == "throw"),
    })
}

/// For each token what it stands under.
fn guards(tokens: &[Token<'_>], closings: &[Option<usize>]) -> Vec<Guard> {
    let mut found = Vec::with_capacity(tokens.len());
    // Of each open block: its condition, when it has one.
    let mut blocks: Vec<Option<Condition>> = Vec::new();
    let mut open = Open::default();
    // The condition of the `if` that closed last, for its `else`.
    let mut closed: Option<Condition> = None;
    // The condition of the statement that is being read, up to its `;`.
    let mut pending: Option<Condition> = None;
    // The end of the brackets behind an `if`.
    let mut skip_to = 0;
    for (index, token) in tokens.iter().enumerate() {
        found.push(open.with(pending));
        if index < skip_to {
            continue;
        }
        match token.text {
            "if" | "while" => {
                if let Some(close) = closings.get(index + 1).copied().flatten() {
                    let of = condition(tokens.get(index + 2..close).unwrap_or_default());
                    // Within `else if` both must hold; what is surer stays.
                    pending = Some(if pending == Some(Condition::Debug) { Condition::Debug } else { of });
                    skip_to = close + 1;
                }
            }
            "else" => pending = Some(closed.unwrap_or(Condition::Other).otherwise()),
            "case" | "catch" | "when" => pending = pending.or(Some(Condition::Other)),
            "{" => {
                let of = pending.take();
                open.count(of, true);
                blocks.push(of);
            }
            "}" => {
                closed = blocks.pop().flatten();
                open.count(closed, false);
                pending = None;
            }
            ";" => closed = pending.take(),
            _ => {}
        }
    }
    found
}

/// How many open blocks have which condition.
#[derive(Default)]
struct Open {
    debug: usize,
    other: usize,
}

impl Open {
    fn count(&mut self, condition: Option<Condition>, opens: bool) {
        let counter = match condition {
            Some(Condition::Debug) => &mut self.debug,
            Some(Condition::Other) => &mut self.other,
            // It runs in releases: no guard at all.
            Some(Condition::NotDebug) | None => return,
        };
        *counter = if opens { counter.saturating_add(1) } else { counter.saturating_sub(1) };
    }

    fn with(&self, pending: Option<Condition>) -> Guard {
        if self.debug > 0 || pending == Some(Condition::Debug) {
            Guard::DebugBuild
        } else if self.other > 0 || pending == Some(Condition::Other) {
            Guard::Condition
        } else {
            Guard::None
        }
    }
}
