//! The elements of a page other than scripts: what they load, send to, lead to and run.

use html5gum::StartTag;

use super::content_policy::ContentPolicy;
use super::{MOST, PageFacts, Places, Reference, attribute, lossy, read, style};
use crate::facts::address::{Address, address};
use crate::model::Position;

/// Policies kept of one page: each is held against all its scripts.
const MOST_POLICIES: usize = 16;

/// Notes what `tag` says.
pub(super) fn element(facts: &mut PageFacts, name: &str, tag: &StartTag<usize>, places: &Places<'_>, outer: bool) {
    attributes(facts, tag, places);
    let sandbox = || attribute(tag, "sandbox").map(|(value, _)| value);
    let reference = |(url, at): (String, usize)| Reference {
        element: name.to_owned(),
        url,
        position: places.value(at),
        sandbox: None,
    };
    match name {
        "base" => facts.base = facts.base.take().or_else(|| attribute(tag, "href").map(|(url, _)| url)),
        "meta" => meta(facts, tag, places),
        "link" => {
            let kind = attribute(tag, "rel").map(|(value, _)| value.to_ascii_lowercase()).unwrap_or_default();
            let has = |words: &[&str]| kind.split_ascii_whitespace().any(|word| words.contains(&word));
            if has(&["stylesheet", "modulepreload", "preload", "manifest", "icon", "apple-touch-icon"]) {
                facts.references.extend(attribute(tag, "href").map(reference));
            } else if has(&["preconnect", "dns-prefetch", "prefetch", "prerender"]) {
                facts.hints.extend(attribute(tag, "href").map(reference));
            } else {
                let link = attribute(tag, "href").map(reference);
                add(&mut facts.links, &mut facts.more, link.filter(|link| is_remote(&link.url)));
            }
        }
        "img" | "audio" | "video" | "source" | "track" => facts.references.extend(attribute(tag, "src").map(reference)),
        "iframe" | "embed" | "frame" => {
            let frame = attribute(tag, "src").map(reference);
            facts.frames.extend(frame.map(|frame| Reference { sandbox: sandbox(), ..frame }));
            if let Some((page, at)) = attribute(tag, "srcdoc") {
                inner_page(facts, &page, places.value(at), outer);
            }
        }
        // Images and shapes of SVG.
        "image" | "use" => {
            let source = attribute(tag, "href").or_else(|| attribute(tag, "xlink:href")).map(reference);
            facts.references.extend(source.filter(|source| is_remote(&source.url)));
        }
        "object" => facts.frames.extend(attribute(tag, "data").map(reference)),
        "a" | "area" => {
            let link = attribute(tag, "href").map(reference);
            add(&mut facts.links, &mut facts.more, link.filter(|link| is_remote(&link.url)));
        }
        "form" => add(&mut facts.forms, &mut facts.more, attribute(tag, "action").map(reference)),
        "button" => add(&mut facts.forms, &mut facts.more, attribute(tag, "formaction").map(reference)),
        "input" => {
            add(&mut facts.forms, &mut facts.more, attribute(tag, "formaction").map(reference));
            if is_card_field(tag) {
                add(&mut facts.card_fields, &mut facts.more, Some(places.lines.position(tag.span.start)));
            }
        }
        _ => {}
    }
}

fn add<T>(list: &mut Vec<T>, more: &mut usize, item: Option<T>) {
    let Some(item) = item else { return };
    if list.len() < MOST {
        list.push(item);
    } else {
        *more = more.saturating_add(1);
    }
}

fn is_remote(url: &str) -> bool {
    matches!(address(url), Address::Remote { .. })
}

/// Attributes that every element may have.
fn attributes(facts: &mut PageFacts, tag: &StartTag<usize>, places: &Places<'_>) {
    for (name, value) in &tag.attributes {
        let name = name.as_slice();
        if name == b"style" {
            let text = lossy(&value.value);
            let place = places.value(value.span.start);
            // Character references make the attribute's text another than the page's: its begin is as near as it gets.
            style::read_into(&mut facts.style, &text, |_| place);
        } else if is_handler(name) {
            let handler = (lossy(name), places.lines.position(value.span.start));
            add(&mut facts.handlers, &mut facts.more, Some(handler));
        } else if matches!(name, b"href" | b"src" | b"action" | b"formaction" | b"data" | b"xlink:href") {
            let text = lossy(&value.value);
            // `javascript:void(0)` and the empty one are the old way to say that a link leads nowhere.
            if let Address::Other { scheme } = address(&text)
                && scheme == "javascript"
                && !is_idle(&text)
            {
                add(&mut facts.script_links, &mut facts.more, Some(places.value(value.span.start)));
            }
        }
    }
}

/// `onclick`, `onload` …
fn is_handler(name: &[u8]) -> bool {
    name.len() > 3 && name.starts_with(b"on") && name.iter().all(u8::is_ascii_lowercase)
}

/// The code of an element's inline handlers.
pub(super) fn handlers(tag: &StartTag<usize>, places: &Places<'_>) -> Vec<(String, Position)> {
    let of_tag = tag.attributes.iter().filter(|(name, _)| is_handler(name.as_slice()));
    of_tag.map(|(_, value)| (lossy(&value.value), places.lines.position(value.span.start))).collect()
}

fn is_idle(url: &str) -> bool {
    let code = url.split_once(':').map(|(_, code)| code.trim().trim_end_matches(';').trim()).unwrap_or_default();
    matches!(code, "" | "void(0)" | "void 0" | "void (0)" | "//" | "return false" | "false")
}

fn meta(facts: &mut PageFacts, tag: &StartTag<usize>, places: &Places<'_>) {
    let Some((kind, _)) = attribute(tag, "http-equiv") else { return };
    let Some((content, at)) = attribute(tag, "content") else { return };
    match kind.to_ascii_lowercase().as_str() {
        "content-security-policy" => {
            if facts.policies.len() >= MOST_POLICIES {
                facts.more = facts.more.saturating_add(1);
                return;
            }
            // Scripts before the policy are not governed by it.
            let before = facts.scripts.iter().filter(|script| script.runs()).count();
            let policy = ContentPolicy::parse(&content, places.value(at), before);
            add(&mut facts.policies, &mut facts.more, Some(policy));
        }
        "refresh" => {
            // `5; url=https://…`, where `url=` may be left out (HTML, 4.2.5.3).
            let target = content.split_once([';', ',']).map(|(_, rest)| rest.trim()).unwrap_or_default();
            let named = target.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("url"));
            let target = if named { target.split_once('=').map_or(target, |(_, url)| url.trim()) } else { target };
            let url = target.trim_matches(['"', '\'']).to_owned();
            if !url.is_empty() {
                let position = places.value(at);
                let refresh = Reference { element: "meta".to_owned(), url, position, sandbox: None };
                add(&mut facts.refreshes, &mut facts.more, Some(refresh));
            }
        }
        _ => {}
    }
}

/// A page in an attribute has the origin of its frame's page, unless it is sandboxed.
fn inner_page(facts: &mut PageFacts, page: &str, position: crate::model::Position, outer: bool) {
    add(&mut facts.inner_pages, &mut facts.more, Some(position));
    if !outer {
        return;
    }
    let inner = read(page, false).facts;
    let moved = |list: Vec<Reference>| list.into_iter().map(move |one| Reference { position, ..one });
    let scripts = inner.scripts.into_iter().filter(|script| script.source.is_some());
    facts.scripts.extend(scripts.map(|script| super::ScriptElement { position, ..script }));
    facts.references.extend(moved(inner.references));
    facts.frames.extend(moved(inner.frames));
    facts.hints.extend(moved(inner.hints));
    for form in moved(inner.forms) {
        add(&mut facts.forms, &mut facts.more, Some(form));
    }
}

/// A field in which a person writes the number of a card (HTML, 4.10.18.7), or whose name says so.
fn is_card_field(tag: &StartTag<usize>) -> bool {
    let value = |name: &str| attribute(tag, name).map(|(value, _)| value.to_ascii_lowercase()).unwrap_or_default();
    let asked = value("autocomplete");
    let filled = ["cc-number", "cc-csc", "cc-exp"];
    let named = ["cardnumber", "card-number", "card_number", "ccnumber", "cvv", "cvc"];
    asked.split_ascii_whitespace().any(|word| filled.contains(&word))
        || named.contains(&value("name").as_str())
        || named.contains(&value("id").as_str())
}
