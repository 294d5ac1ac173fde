//! Where code comes from, by the value that is run or by the address that is loaded.

use std::rc::Rc;

use super::Origin;
use super::value::{Operation, Value, graver};
use crate::model::printable;

/// How much of a constant is shown.
const SHOWN: usize = 200;

/// The origin of code itself.
pub fn code_of(values: &[Value]) -> Origin {
    let mut texts = Vec::new();
    let mut user = None;
    let mut unknown = false;
    for value in values {
        match value {
            Value::Network(source) => return Origin::NetworkDerived { source: (*source).to_owned() },
            Value::User(source) => user = Some(*source),
            Value::List(list) if list.iter().any(Value::is_foreign) => return code_of(list),
            Value::OneOf(list) => texts.extend(list.iter().filter_map(Value::to_text)),
            _ => match value.to_text() {
                Some(text) => texts.push(text),
                None => unknown = true,
            },
        }
    }
    match user {
        Some(source) => Origin::UserInput { source: source.to_owned() },
        None if unknown => Origin::Unknown,
        None => Origin::Constant { text: printable(&texts.join(", "), SHOWN) },
    }
}

/// The origin of code at an address.
pub fn address_of(value: &Value) -> Origin {
    match value {
        Value::Text(url) => classify(url, true),
        Value::Prefix(head) => classify(head, false),
        Value::OneOf(list) => address_of(&graver(list)),
        Value::Network(source) => Origin::NetworkDerived { source: (*source).to_owned() },
        Value::User(source) => Origin::UserInput { source: (*source).to_owned() },
        Value::Blob(content) => match (&**content, code_of(std::slice::from_ref(content))) {
            (Value::Text(text), _) if let Some(url) = imported(text) => classify(url, true),
            (_, Origin::Constant { .. }) => Origin::SameOrigin { url: "blob:".to_owned() },
            (_, origin) => origin,
        },
        Value::Local | Value::Number(_) => Origin::SameOrigin { url: String::new() },
        _ => Origin::Unknown,
    }
}

/// `new URL(address, base)`.
pub fn resolved(arguments: &[Value]) -> Value {
    let is_remote =
        |value: &Value| matches!(value, Value::Text(url) | Value::Prefix(url) if remote_host(url).is_some());
    let (first, base) = (arguments.first(), arguments.get(1));
    match (first, base) {
        (Some(url), _) if is_remote(url) || url.is_foreign() => url.clone(),
        // One that brings its own scheme needs no base.
        (Some(Value::Text(url)), _) if has_scheme(url) => Value::Text(Rc::clone(url)),
        (Some(_), Some(Value::Text(base) | Value::Prefix(base))) if remote_host(base).is_some() => {
            Value::Prefix(Rc::clone(base))
        }
        (Some(_), Some(base)) if base.is_foreign() => base.clone(),
        (Some(Value::Text(_) | Value::Local), None | Some(Value::Local | Value::Text(_) | Value::Known(_))) => {
            Value::Local
        }
        (Some(Value::Prefix(path)), None | Some(Value::Local | Value::Text(_) | Value::Known(_)))
            if is_relative(path) =>
        {
            Value::Local
        }
        (Some(later), base) if later.is_later() && !matches!(base, Some(Value::Unknown)) => {
            Value::later(Operation::Address(later.clone()))
        }
        _ => Value::Unknown,
    }
}

/// Whether an address begins with a scheme of its own; a drive or a port has none of these letters before its colon.
fn has_scheme(url: &str) -> bool {
    let scheme = url.trim_start().split(':').next().unwrap_or_default();
    matches!(scheme.to_ascii_lowercase().as_str(), "data" | "blob" | "javascript" | "file" | "filesystem")
}

/// The first foreign address that a small loader in a text imports.
fn imported(text: &str) -> Option<&str> {
    let quoted = text.split("importScripts(").nth(1).or_else(|| text.split("import ").nth(1))?;
    let start = quoted.find(['"', '\'', '`'])?;
    let url = quoted.get(start + 1..)?.split(['"', '\'', '`']).next()?;
    remote_host(url).map(|_| url)
}

fn classify(url: &str, whole: bool) -> Origin {
    let shown = printable(url.trim(), SHOWN);
    if let Some(host) = remote_host(url) {
        return Origin::Remote { url: shown, host };
    }
    let head: String = url.trim_start().chars().take(12).collect::<String>().to_ascii_lowercase();
    if head.starts_with("data:") || head.starts_with("javascript:") {
        return if whole { Origin::Constant { text: shown } } else { Origin::Unknown };
    }
    // The scheme may still follow an empty or cut beginning.
    if whole || is_relative(url) { Origin::SameOrigin { url: shown } } else { Origin::Unknown }
}

/// Whether the beginning of an address settles that it stays where it is: what follows a path cannot be a scheme.
fn is_relative(beginning: &str) -> bool {
    let is_slash = |one: char| matches!(one, '/' | '\\');
    let beginning = beginning.trim_start_matches(|one: char| one.is_whitespace() || one.is_control());
    if let Some(rest) = beginning.strip_prefix(is_slash) {
        return rest.chars().next().is_some_and(|one| !is_slash(one) && !one.is_whitespace());
    }
    let path = beginning.find(['/', '\\', '?', '#']);
    path.is_some_and(|at| beginning.get(..at).is_some_and(|before| !before.contains(':')))
}

/// Whether a text can only be the beginning of an address below the page: no code begins so.
pub fn is_path(beginning: &str) -> bool {
    let is_plain = |one: char| one.is_alphanumeric() || matches!(one, '.' | '_' | '-' | '/' | '~' | '%' | '@');
    beginning.starts_with(['.', '/'])
        && beginning.ends_with('/')
        && is_relative(beginning)
        && beginning.chars().all(is_plain)
}

/// The host of an `http:`, `https:` or protocol-relative address that names one whole; none for the local machine. As the URL
/// Standard reads it: `\\` is as good as `/`, tabs and line breaks are left out, and `https:` needs no `//`.
#[must_use]
pub fn remote_host(url: &str) -> Option<String> {
    let url = url.trim_start_matches(|character: char| character.is_whitespace() || character.is_control());
    if !url.starts_with(['h', 'H', '/', '\\']) {
        return None;
    }
    let begin = || url.get(..12).unwrap_or(url);
    if begin().contains(['\t', '\r', '\n']) {
        return remote_host(&url.replace(['\t', '\r', '\n'], ""));
    }
    let is_slash = |one: char| matches!(one, '/' | '\\');
    let lower = url.get(..6.min(url.len())).unwrap_or(url).to_ascii_lowercase();
    let rest = match lower.strip_prefix("https:").or_else(|| lower.strip_prefix("http:")) {
        Some(_) => url.split_once(':')?.1,
        None if url.chars().take(2).filter(|one| is_slash(*one)).count() == 2 => url,
        None => return None,
    };
    let rest = rest.trim_start_matches(is_slash);
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split(':').next().unwrap_or(host);
    let valid = host.contains(char::is_alphanumeric)
        && host.chars().all(|character| character.is_alphanumeric() || matches!(character, '.' | '-' | '_'))
        && !matches!(host, "localhost" | "127.0.0.1");
    valid.then(|| host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_foreign_hosts_are_remote() {
        assert_eq!(remote_host("https://CDN.example.com/x.js").as_deref(), Some("cdn.example.com"));
        assert_eq!(remote_host("//cdn.example.com:8080/x").as_deref(), Some("cdn.example.com"));
        assert_eq!(remote_host(" \n\thttp://user@cdn.example.com?x").as_deref(), Some("cdn.example.com"));
        // All of these lead there, in each browser.
        for disguised in [
            "/\\cdn.example.com/x.js",
            "\\\\cdn.example.com/x.js",
            "https:/cdn.example.com/x.js",
            "https:cdn.example.com/x.js",
            "https:////cdn.example.com/x.js",
            "ht\ntps://cdn.example.com/x.js",
        ] {
            assert_eq!(remote_host(disguised).as_deref(), Some("cdn.example.com"), "{disguised}");
        }
        for local in [
            "./a.js",
            "/a.js",
            "a//b",
            "http://localhost:3000/x",
            "https://",
            "https://${x}/",
            "data:text/javascript,1",
            "blob:x",
        ] {
            assert_eq!(remote_host(local), None, "{local}");
        }
    }
}
