//! Which file of the bundle an address on a page means.

use crate::controls::support::{Address, address};

/// The path in the bundle that `url` means on a page whose path or base is `base`; `None` when it means no file.
pub(super) fn resolve(base: &str, url: &str) -> Option<String> {
    if ["{{", "${", "<%", "[["].iter().any(|mark| url.contains(mark)) {
        return None;
    }
    let Address::Local(url) = address(url) else { return None };
    let bare = |text: &str| text.split(['?', '#']).next().unwrap_or_default().replace('\\', "/");
    let wanted = bare(&url);
    if wanted.is_empty() {
        return None;
    }
    // The folder of the base is all that matters.
    let base = bare(base);
    let folder = base.rsplit_once('/').map(|(folder, _)| folder).unwrap_or_default();
    let joined = if wanted.starts_with('/') { wanted } else { format!("{folder}/{wanted}") };
    let mut parts: Vec<String> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(percent_decoded(part)),
        }
    }
    // A folder is a route of the app, not a file.
    (!parts.is_empty() && !joined.ends_with('/')).then(|| parts.join("/"))
}

fn percent_decoded(text: &str) -> String {
    let digit = |byte: Option<u8>| {
        byte.and_then(|byte| char::from(byte).to_digit(16)).and_then(|digit| u8::try_from(digit).ok())
    };
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        let pair = digit(bytes.get(at + 1).copied()).zip(digit(bytes.get(at + 2).copied()));
        match pair.filter(|_| byte == b'%') {
            Some((high, low)) => {
                out.push(high * 16 + low);
                at += 3;
            }
            None => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_resolve_as_in_a_browser() {
        let is =
            |base: &str, url: &str, path: &str| assert_eq!(resolve(base, url).as_deref(), Some(path), "{base} {url}");
        is("", "assets/a%20b.js?v=1#x", "assets/a b.js");
        is("/", "./assets/a.js", "assets/a.js");
        is("/app/", "a.js", "app/a.js");
        is("/app", "a.js", "a.js");
        is("app/x", "/a.js", "a.js");
        is("", "../../a.js", "a.js");
        for url in
            ["#top", "data:,1", "mailto:a@b", "https://a.example/x.js", "//a.example/x.js", "{{ url }}", "/", "users/"]
        {
            assert_eq!(resolve("", url), None, "{url}");
        }
    }
}
