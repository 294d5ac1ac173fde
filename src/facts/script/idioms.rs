//! Well-known idioms of libraries, told by what stands immediately before and behind a site.
//!
//! Whoever hides code would imitate what is excused. So a row is no list of words somewhere near: its shapes are held against
//! the text that ends where the site begins, and against the text that begins there, so that neither a comment nor a text
//! beside it can bring them in. A row only explains what is not known otherwise; what comes over the network or from
//! another host stays what it is, but for loaders of modules whose address nothing tells.

use std::sync::{LazyLock, OnceLock};

use regex::bytes::{Regex, RegexBuilder};

use super::shapes::{EXCUSED, LOADERS};
use super::{Origin, SiteKind};

/// How many bytes before and behind a site a shape may reach.
const BEFORE: usize = 900;
const BEHIND: usize = 700;
/// How far the words of a row may stand from the site.
const FAR_BEFORE: usize = 3_000;
const FAR_BEHIND: usize = 1_500;
/// The most memory that a shape may take, in bytes.
const LARGEST: usize = 4 << 20;

/// One idiom.
pub struct Idiom {
    /// What the library is.
    pub name: &'static str,
    /// The kinds of sites that it explains.
    pub kinds: &'static [SiteKind],
    /// What ends where the site begins; any text when it is empty. A regular expression in which `%` stands for a name or a
    /// chain of them, over text without needless blanks, in which all quotes are `"`.
    pub before: &'static str,
    /// What begins with the site.
    pub behind: &'static str,
    /// Words that have to stand near, all of them; of `|` one. They cost little and are asked first.
    pub near: &'static [&'static str],
    /// The two shapes, once they were needed.
    pub shapes: OnceLock<Option<(Regex, Regex)>>,
}

impl Idiom {
    /// A row of the tables.
    pub const fn new(
        name: &'static str,
        kinds: &'static [SiteKind],
        before: &'static str,
        behind: &'static str,
        near: &'static [&'static str],
    ) -> Self {
        Self { name, kinds, before, behind, near, shapes: OnceLock::new() }
    }

    fn shapes(&self) -> Option<&(Regex, Regex)> {
        self.shapes.get_or_init(|| Some((shape(self.before, "(?:", ")$")?, shape(self.behind, "^(?:", ")")?))).as_ref()
    }

    fn fits(&self, kind: SiteKind, around: &Around<'_>) -> bool {
        let has = |words: &&str| words.split('|').any(|word| around.far.contains(word));
        self.kinds.contains(&kind)
            && self.near.iter().all(has)
            && self.shapes().is_some_and(|(before, behind)| {
                (self.before.is_empty() || before.is_match(around.before().as_bytes()))
                    && behind.is_match(around.behind().as_bytes())
            })
    }
}

fn shape(pattern: &str, head: &str, tail: &str) -> Option<Regex> {
    let pattern = pattern.replace('%', r"[\w$]+(?:\.[\w$]+)*");
    RegexBuilder::new(&format!("{head}{pattern}{tail}")).unicode(false).size_limit(LARGEST).build().ok()
}

/// The text around a site; squeezed when it is first asked for.
struct Around<'a> {
    script: &'a str,
    at: usize,
    far: &'a str,
    before: OnceLock<String>,
    behind: OnceLock<String>,
}

impl<'a> Around<'a> {
    fn new(script: &'a str, at: usize) -> Self {
        let far = slice(script, at.saturating_sub(FAR_BEFORE), at.saturating_add(FAR_BEHIND));
        Self { script, at, far, before: OnceLock::new(), behind: OnceLock::new() }
    }

    fn before(&self) -> &str {
        self.before.get_or_init(|| {
            let text = slice(self.script, self.at.saturating_sub(BEFORE), self.at);
            let mut out = squeezed(text);
            // `return x`: the blank belongs to what follows.
            if text.ends_with(char::is_whitespace) && out.ends_with(|one: char| one.is_alphanumeric()) {
                out.push(' ');
            }
            out
        })
    }

    fn behind(&self) -> &str {
        self.behind.get_or_init(|| squeezed(slice(self.script, self.at, self.at.saturating_add(BEHIND))))
    }
}

/// Whether `import(address)` stands in for `importScripts(address)`, which a worker that is a module has not.
fn stands_in(around: &Around<'_>) -> bool {
    let is_name = |one: char| one.is_alphanumeric() || matches!(one, '_' | '$' | '.');
    let inside = around.behind().strip_prefix("import(").and_then(|rest| rest.split(')').next());
    // Bundlers' comments stand before the address.
    let address = inside.and_then(|inside| inside.rsplit(|one| !is_name(one)).next()).filter(|name| !name.is_empty());
    address.is_some_and(|address| around.far.contains(&format!("importScripts({address})")))
}

/// What the surroundings say about a site, and where its code comes from as far as that changes. `asks` tells whether the
/// script asks another host, at an address that stands in it, for what may be code.
pub fn explain(script: &str, at: usize, kind: SiteKind, origin: Origin, asks: bool) -> (Origin, Option<&'static str>) {
    match origin {
        Origin::Unknown => {
            let around = Around::new(script, at);
            let found = EXCUSED.iter().find(|idiom| idiom.fits(kind, &around)).map(|idiom| idiom.name);
            (Origin::Unknown, found.or_else(|| is_never_reached(around.before()).then_some("what is never reached")))
        }
        Origin::NetworkDerived { source } => {
            let around = Around::new(script, at);
            // What the script's own worker names as an address is as unknown as what the worker is.
            let is_own = !kind.takes_code() && source == super::calling::OWN_WORKER;
            // Only a worker has `importScripts`, and only whoever made the worker writes to it.
            let is_told = source == super::calling::MESSAGE
                && (kind == SiteKind::ImportScripts || kind == SiteKind::DynamicImport && stands_in(&around));
            let is_loader = !asks
                && !names_host(around.far)
                && LOADERS.iter().any(|idiom| idiom.fits(kind, &around))
                && !asks_constant(around.far);
            let origin =
                if is_own || is_told || is_loader { Origin::Unknown } else { Origin::NetworkDerived { source } };
            (origin, None)
        }
        other => (other, None),
    }
}

/// Whether an address on a host stands there; names of XML vocabularies are none, and of files.
fn names_host(window: &str) -> bool {
    window.match_indices("://").any(|(at, mark)| {
        let (before, behind) = (window.get(..at), window.get(at + mark.len()..));
        let is_web =
            before.is_some_and(|before| ["http", "https", "ws", "wss"].iter().any(|scheme| before.ends_with(scheme)));
        is_web && behind.is_some_and(|behind| !behind.starts_with("www.w3.org/"))
    })
}

/// A list of names and calls; texts are whole arguments: where one ends that began before, it fits no longer.
static PLAIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let shape = r#"^[\w$]+(?:[\w$.]+|[(,](?:"\w*"[,)])?|\))*$"#;
    RegexBuilder::new(shape).unicode(false).build().ok()
});

/// `return x;eval(x)`: behind a way out that no condition guards, on the same line.
fn is_never_reached(before: &str) -> bool {
    let Some(before) = before.strip_suffix(';') else { return false };
    let Some((head, value)) = before.rsplit_once("return ") else { return false };
    let is_plain = value.len() < 100 && PLAIN.as_ref().is_some_and(|plain| plain.is_match(value.as_bytes()));
    is_plain && value.matches('(').count() == value.matches(')').count() && head.ends_with([';', '}', '{'])
}

/// Whether a request goes to an address that stands beside it.
fn asks_constant(window: &str) -> bool {
    let is_constant = |text: &str| text.trim_start().starts_with(['"', '\'', '`']);
    let opened = |rest: &str| rest.split_once(',').is_some_and(|(_, address)| is_constant(address));
    let methods = ["open(\"GET\"", "open('GET'", "open(`GET`", "open(\"get\"", "open('get'", "open(`get`"];
    window.split("fetch(").skip(1).any(is_constant)
        || methods.iter().any(|method| window.split(method).skip(1).any(opened))
}

/// The text without blanks but those between two words, and with one kind of quotes. A line break stands where a comment
/// begins or ends, and in no shape but where a text of the library has it: a comment brings no shape in.
fn squeezed(text: &str) -> String {
    let is_word = |one: char| one.is_alphanumeric() || matches!(one, '_' | '$');
    let mut out = String::with_capacity(text.len());
    let (mut last, mut blank, mut has_comment) = (' ', false, false);
    for one in text.chars() {
        if one.is_whitespace() {
            if one == '\n' && has_comment {
                out.push('\n');
                has_comment = false;
                last = one;
            }
            blank = true;
            continue;
        }
        if !blank && last == '/' && matches!(one, '/' | '*') {
            out.insert(out.len() - 1, '\n');
            has_comment |= one == '/';
        }
        if blank && is_word(last) && is_word(one) {
            out.push(' ');
        }
        // Minifiers leave it out.
        if one == '}' && out.ends_with(';') {
            out.pop();
        }
        out.push(if matches!(one, '\'' | '`') { '"' } else { one });
        if !blank && last == '*' && one == '/' {
            out.push('\n');
        }
        blank = false;
        last = one;
    }
    out
}

fn slice(script: &str, start: usize, end: usize) -> &str {
    let end = end.min(script.len());
    let start = (start.min(end)..=end).find(|place| script.is_char_boundary(*place)).unwrap_or(end);
    let end = (start..=end).rev().find(|place| script.is_char_boundary(*place)).unwrap_or(start);
    script.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_can_be_read() {
        for idiom in EXCUSED.iter().chain(&LOADERS) {
            assert!(idiom.shapes().is_some(), "{}", idiom.name);
            assert!(!idiom.kinds.is_empty() && !idiom.behind.is_empty(), "{}", idiom.name);
        }
    }

    #[test]
    fn comments_do_not_join_what_they_part() {
        assert_eq!(squeezed("a  =\n b ; return  c"), "a=b;return c");
        assert_eq!(squeezed("x // y\nz"), "x\n//y\nz");
        assert_eq!(squeezed("x /* y */ z"), "x\n/*y*/\nz");
        assert_eq!(squeezed("f('a', `b`)"), "f(\"a\",\"b\")");
    }

    #[test]
    fn only_what_follows_an_unguarded_return_is_never_reached() {
        for dead in [
            "function f(e){return e;",
            "a();return n(),n(),e;",
            "r}return s(n,\"f\"),E(n,\"f\"),n(),e;",
            "if(a){b()}return e;",
        ] {
            assert!(is_never_reached(&squeezed(dead)), "{dead}");
        }
        for alive in [
            "if(a)return e;",
            "else return e;",
            "return f(function(){a;",
            "//\nreturn e;",
            "return e",
            "x=>{return e}",
            "x=\"};return \"+a;",
            "x='};return a\"';",
        ] {
            assert!(!is_never_reached(&squeezed(alive)), "{alive}");
        }
    }
}
