//! A content security policy in a `meta` element, read as CSP Level 3 does.

use serde::Serialize;

use crate::facts::address::{host, is_ip};
use crate::model::{Position, printable};

/// Directives kept of one policy, and sources kept of one directive.
const MOST: usize = 200;
/// What a `meta` element can't set (CSP Level 3, 3.3).
const NOT_IN_META: [&str; 3] = ["frame-ancestors", "report-uri", "sandbox"];

/// One policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContentPolicy {
    /// Its directives, the first of each name.
    pub directives: Vec<Directive>,
    /// Directives that have no effect in a `meta` element.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without_effect: Vec<String>,
    /// Directives that stand a second time, which a browser leaves out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<String>,
    /// How many scripts stand before it and are not governed.
    pub scripts_before: usize,
    /// Where its text begins.
    pub position: Position,
}

/// One directive, such as `script-src 'self'`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Directive {
    /// Its name, in lower case.
    pub name: String,
    /// Its sources as written, bounded and inert.
    pub sources: Vec<String>,
}

/// What a source expression allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source<'a> {
    /// `'none'`: nothing, when it stands alone.
    Nothing,
    /// `'self'`.
    Own,
    /// `'unsafe-inline'`, `'unsafe-eval'`, `'wasm-unsafe-eval'`, `'strict-dynamic'` … without quotes, in lower case.
    Keyword(String),
    /// `'nonce-…'`.
    Nonce(&'a str),
    /// `'sha256-…'`, without quotes.
    Hash(&'a str),
    /// `*`, or a scheme such as `https:` that allows every host.
    Everything(String),
    /// `data:`, `blob:`, `filesystem:`: no host.
    Scheme(String),
    /// A host, perhaps with scheme, port and path; `*.example.com` begins with a dot.
    Host {
        /// In lower case; empty when left out.
        scheme: String,
        /// In lower case.
        host: String,
    },
}

impl ContentPolicy {
    /// Reads the text of a policy.
    #[must_use]
    pub fn parse(text: &str, position: Position, scripts_before: usize) -> Self {
        let mut policy =
            Self { directives: Vec::new(), without_effect: Vec::new(), repeated: Vec::new(), scripts_before, position };
        for part in text.split(';').take(MOST) {
            let mut words = part.split_ascii_whitespace();
            let Some(name) = words.next().map(|name| printable(&name.to_ascii_lowercase(), 60)) else { continue };
            if NOT_IN_META.contains(&name.as_str()) {
                policy.without_effect.push(name);
            } else if policy.directives.iter().any(|known| known.name == name) {
                policy.repeated.push(name);
            } else {
                let sources = words.take(MOST).map(|word| printable(word, 200)).collect();
                policy.directives.push(Directive { name, sources });
            }
        }
        policy
    }

    /// The directive of exactly this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Directive> {
        self.directives.iter().find(|directive| directive.name == name)
    }

    /// The directive that governs what `name` is for: itself, else what it falls back to (CSP Level 3, 6.8.3).
    #[must_use]
    pub fn governing(&self, name: &str) -> Option<&Directive> {
        let chain: &[&str] = match name {
            "script-src-elem" => &["script-src-elem", "script-src", "default-src"],
            "script-src-attr" => &["script-src-attr", "script-src", "default-src"],
            "style-src-elem" => &["style-src-elem", "style-src", "default-src"],
            "style-src-attr" => &["style-src-attr", "style-src", "default-src"],
            "worker-src" => &["worker-src", "child-src", "script-src", "default-src"],
            "frame-src" => &["frame-src", "child-src", "default-src"],
            // These do not fall back.
            "base-uri" | "form-action" => return self.get(name),
            _ => return self.get(name).or_else(|| self.get("default-src")),
        };
        chain.iter().find_map(|name| self.get(name))
    }

    /// Whether a hash stands in it.
    #[must_use]
    pub fn has_hash(&self) -> bool {
        self.directives.iter().any(|directive| directive.read().any(|source| matches!(source, Source::Hash(_))))
    }
}

impl Directive {
    /// What its sources allow.
    pub fn read(&self) -> impl Iterator<Item = Source<'_>> {
        self.sources.iter().filter_map(|text| source(text))
    }

    /// Whether this keyword is there.
    #[must_use]
    pub fn has(&self, keyword: &str) -> bool {
        self.read().any(|source| matches!(source, Source::Keyword(word) if word == keyword))
    }

    /// Whether a nonce or a hash is there, or `'strict-dynamic'`: then browsers leave `'unsafe-inline'` out.
    #[must_use]
    pub fn names_scripts(&self) -> bool {
        self.has("strict-dynamic") || self.read().any(|source| matches!(source, Source::Nonce(_) | Source::Hash(_)))
    }

    /// Whether any inline script runs.
    #[must_use]
    pub fn allows_inline(&self) -> bool {
        self.has("unsafe-inline") && !self.names_scripts()
    }

    /// Whether texts may become code.
    #[must_use]
    pub fn allows_eval(&self) -> bool {
        self.has("unsafe-eval")
    }

    /// Whether it lets an address of this host through; an empty scheme is that of the page.
    #[must_use]
    pub fn allows_host(&self, scheme: &str, host: &str) -> bool {
        self.read().any(|source| match source {
            Source::Everything(one) => one == "*" || one == scheme || scheme.is_empty() || upgraded(&one, scheme),
            Source::Host { scheme: one, host: pattern } => {
                let scheme_fits = one.is_empty() || scheme.is_empty() || one == scheme || upgraded(&one, scheme);
                let host_fits = match pattern.strip_prefix('.') {
                    Some(_) => host.len() > pattern.len() && host.ends_with(&pattern),
                    None => pattern == host,
                };
                scheme_fits && host_fits
            }
            _ => false,
        })
    }
}

/// A source for `http` lets `https` through, and one for `https` lets `wss` (CSP Level 3, 6.7.2.8).
fn upgraded(allowed: &str, scheme: &str) -> bool {
    matches!(
        (allowed, scheme),
        ("http", "https" | "ws" | "wss") | ("ws", "wss" | "http" | "https") | ("https", "wss") | ("wss", "https")
    )
}

/// Reads one source expression.
fn source(text: &str) -> Option<Source<'_>> {
    if let Some(quoted) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        let lower = quoted.to_ascii_lowercase();
        return Some(match lower.as_str() {
            "none" => Source::Nothing,
            "self" => Source::Own,
            _ if lower.starts_with("nonce-") => Source::Nonce(quoted.get(6..).unwrap_or_default()),
            _ if ["sha256-", "sha384-", "sha512-"].iter().any(|head| lower.starts_with(head)) => Source::Hash(quoted),
            _ => Source::Keyword(lower),
        });
    }
    let lower = text.to_ascii_lowercase();
    if lower == "*" {
        return Some(Source::Everything(lower));
    }
    if let Some(scheme) = lower.strip_suffix(':') {
        return Some(match scheme {
            "http" | "https" | "ws" | "wss" | "ftp" => Source::Everything(scheme.to_owned()),
            _ => Source::Scheme(scheme.to_owned()),
        });
    }
    let (scheme, rest) = match lower.split_once("://") {
        Some((scheme, rest)) => (scheme.to_owned(), rest.to_owned()),
        None => (String::new(), lower),
    };
    let name = host(&rest);
    if name == "*" {
        return Some(Source::Everything(if scheme.is_empty() { "*".to_owned() } else { scheme }));
    }
    let name = name.strip_prefix('*').map_or_else(|| name.clone(), str::to_owned);
    (!name.is_empty()).then_some(Source::Host { scheme, host: name })
}

impl Source<'_> {
    /// Whether it allows http: a scheme or host that says so, unless the host is the device itself.
    #[must_use]
    pub fn is_cleartext(&self) -> bool {
        match self {
            Self::Everything(scheme) => matches!(scheme.as_str(), "http" | "ws"),
            Self::Host { scheme, host } => {
                matches!(scheme.as_str(), "http" | "ws")
                    && host != "localhost"
                    && !(is_ip(host) && host.starts_with("127."))
            }
            _ => false,
        }
    }
}
