//! One script: bounded, parsed as module or script as it needs, walked, and dropped.

use std::ops::Range;

use swc_common::{BytePos, Spanned as _};
use swc_ecma_ast::EsVersion;
use swc_ecma_parser::unstable::Token;
use swc_ecma_parser::{EsSyntax, Lexer, Parser, StringInput, Syntax};

use super::walk::{Walked, Walker, offset, walk};
use super::{AddressRole, ApiUse, CodeSite, NamedAddress, NamedCall, PluginUse, ScriptFacts, budget, idioms};
use crate::facts::keys::PrivateKeyFact;
use crate::facts::secrets::SecretFact;
use crate::inputs::Limits;
use crate::model::{LineIndex, Position, excerpt, printable};

/// How much of an expression is shown.
const EXCERPT: usize = 160;

/// Conditions with these words ask where the app runs: on the web there is no update plugin.
const PLATFORM: [&str; 6] = ["isNative", "getPlatform", "isPluginAvailable", "Capacitor", "cordova", "platform"];

/// What was read of one script.
#[derive(Clone, Debug, Default)]
pub struct ScriptReading {
    /// What it does, as far as it parsed.
    pub facts: ScriptFacts,
    /// Secrets in its texts.
    pub secrets: Vec<(Position, SecretFact)>,
    /// Private keys in its texts.
    pub keys: Vec<(Position, PrivateKeyFact)>,
    /// Why and where it did not parse.
    pub failure: Option<(String, Position)>,
}

impl ScriptReading {
    /// The same with everything at one place: that of the attribute that holds the code.
    #[must_use]
    pub fn at(mut self, place: Position) -> Self {
        let facts = &mut self.facts;
        facts.sites.iter_mut().for_each(|one| one.position = place);
        facts.webassembly.iter_mut().for_each(|one| *one = place);
        facts.plugins.iter_mut().for_each(|one| one.position = place);
        facts.calls.iter_mut().for_each(|one| one.position = place);
        facts.hosts.iter_mut().for_each(|(_, one)| *one = place);
        facts.uses.iter_mut().for_each(|one| one.position = place);
        facts.addresses.iter_mut().for_each(|one| one.position = place);
        self.secrets.iter_mut().for_each(|(one, _)| *one = place);
        self.keys.iter_mut().for_each(|(one, _)| *one = place);
        self
    }
}

/// Reads the script at `range` of `text`: a whole file, or what stands between a page's script tags.
///
/// `lines` is of the whole `text`: a page may have very many scripts, and they share it.
/// Runs on a thread with a large stack (see [`budget`]); nothing of the tree outlives it.
#[must_use]
pub fn read_script(text: &str, lines: &LineIndex<'_>, range: Range<usize>, limits: &Limits) -> ScriptReading {
    let base = range.start;
    let Some(script) = text.get(range) else { return ScriptReading::default() };
    let mut reading = ScriptReading::default();
    reading.facts.source_mapping_url = source_mapping_url(script);
    if let Err(excess) = budget::check(script, limits) {
        let position = lines.position(base + excess.offset);
        reading.failure = Some((format!("not parsed: {}", excess.why), position));
        return reading;
    }
    match parse(script, 0) {
        Ok(walked) => place(&mut reading, walked, text, lines, base),
        Err((why, offset)) => {
            reading.failure = Some((why, lines.position(base + offset)));
        }
    }
    reading
}

/// The sites of code that stands in a text of a script; short enough to need no look at its shape.
pub(super) fn nested(code: &str, depth: u32) -> Option<Walked> {
    parse(code, depth).ok()
}

fn parse(script: &str, nested: u32) -> Result<Walked, (String, usize)> {
    let Ok(length) = u32::try_from(script.len()) else {
        return Err(("longer than 4 GiB".to_owned(), 0));
    };
    let parser = || {
        let syntax = Syntax::Es(EsSyntax {
            decorators: true,
            import_attributes: true,
            explicit_resource_management: true,
            allow_return_outside_function: true,
            ..EsSyntax::default()
        });
        // swc counts bytes from 1.
        let input = StringInput::new(script, BytePos(1), BytePos(length.saturating_add(1)));
        Parser::new_from(Lexer::new(syntax, EsVersion::EsNext, input, None))
    };
    if let Some(walked) = by_statement(&mut parser(), script.len(), nested) {
        return Ok(walked);
    }
    match parser().parse_program() {
        Ok(program) => Ok(walk(&program, script.len())),
        Err(error) => Err((error.kind().msg().into_owned(), offset(error.span().lo))),
    }
}

/// Parses one statement, walks it and drops it before the next is parsed: its tree is still in the processor's cache
/// then, and its memory serves the next one. `None` where only the whole program can be read rightly: after an error,
/// and where an `await` outside of functions may make a script mean something else than a module (ECMA-262, 16.1 and 16.2).
fn by_statement(parser: &mut Parser<Lexer<'_>>, length: usize, nested: u32) -> Option<Walked> {
    parser.allow_module_syntax();
    parser.parse_shebang().ok()?;
    let mut walker = Walker::new(length);
    walker.nested = nested;
    let mut is_module = false;
    while parser.input().cur() != Token::Eof {
        let item = parser.parse_module_item().ok()?;
        is_module |= item.is_module_decl();
        walker.item(&item);
        if walker.awaits_outside && !is_module {
            return None;
        }
    }
    parser.take_errors().is_empty().then(|| walker.finish())
}

/// Whether what lies at an address on another host may be code or a page: by its name, for most of what an app asks for is data.
fn may_be_code(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let name = path.split('/').skip(3).last().unwrap_or_default();
    let code = [".js", ".mjs", ".cjs", ".html", ".htm", ".php", ".txt"];
    super::addresses::remote_host(url).is_some() && code.iter().any(|ending| name.ends_with(ending))
}

fn place(reading: &mut ScriptReading, walked: Walked, text: &str, lines: &LineIndex<'_>, base: usize) {
    if walked.is_empty() {
        return;
    }
    let position = |offset: usize| lines.position(base + offset);
    reading.facts.sites_cut = walked.sites_cut;
    reading.facts.turns_a_table = walked.turns_a_table;
    reading.facts.webassembly = walked.webassembly.iter().map(|offset| position(*offset)).collect();
    reading.secrets = walked.secrets.into_iter().map(|(offset, secret)| (position(offset), secret)).collect();
    reading.keys = walked.keys.into_iter().map(|(offset, key)| (position(offset), key)).collect();
    reading.facts.plugins_unknown = walked.plugins.unknown;
    let plugins = walked.plugins.named.into_iter();
    reading.facts.plugins = plugins
        .map(|((name, call, implemented), at)| PluginUse { name, call, implemented, position: position(at) })
        .collect();
    let part = |(from, to): (usize, usize)| text.get(base + from..base + to).unwrap_or_default();
    let calls = walked.calls.list.into_iter().map(|call| NamedCall {
        method: call.method,
        object: call.object.map(|object| printable(&object, EXCERPT)),
        position: position(call.at),
        argument: call.argument.map(|range| printable(part(range), EXCERPT)),
        condition: call
            .conditions
            .into_iter()
            .map(part)
            .rfind(|condition| !PLATFORM.iter().any(|word| condition.contains(word)))
            .map(|condition| printable(condition, EXCERPT)),
    });
    reading.facts.calls = calls.collect();
    reading.facts.calls.sort_by_key(|call| call.position);
    reading.facts.hosts = walked.calls.hosts.into_iter().map(|(host, offset)| (host, position(offset))).collect();
    let used = walked.uses.list.into_iter().map(|(path, found)| ApiUse {
        path,
        is_plugin: found.is_plugin,
        calls: found.calls,
        reads: found.reads,
        position: position(found.at),
    });
    reading.facts.uses = used.collect();
    reading.facts.uses.sort_by(|one, other| one.path.cmp(&other.path));
    // What an address is for says more than that it is named.
    let all = &walked.uses.addresses;
    let is_told = |url: &String| {
        [AddressRole::Contacted, AddressRole::Linked]
            .iter()
            .any(|role| [false, true].iter().any(|open| all.contains_key(&(url.clone(), *role, *open))))
    };
    let addresses = all.iter().filter(|((url, role, _), _)| *role != AddressRole::Named || !is_told(url));
    let addresses = addresses.map(|((url, role, open), at)| NamedAddress {
        url: printable(url, EXCERPT),
        role: *role,
        open: *open,
        position: position(*at),
    });
    reading.facts.addresses = addresses.collect();
    reading.facts.addresses.sort_by(|one, other| (one.position, &one.url).cmp(&(other.position, &other.url)));
    let asks = all.keys().any(|(url, role, _)| *role == AddressRole::Contacted && may_be_code(url));
    reading.facts.sites = walked
        .sites
        .into_iter()
        .map(|site| {
            let (origin, idiom) = idioms::explain(text, base + site.offset, site.kind, site.origin, asks);
            CodeSite {
                kind: site.kind,
                origin,
                position: position(site.offset),
                excerpt: excerpt(text, base + site.offset, EXCERPT),
                idiom: site.idiom.or(idiom),
            }
        })
        .collect();
    reading.facts.sites.sort_by_key(|site| (site.position, site.kind));
}

/// The target of the `sourceMappingURL` comment that ends the script (ECMA-426); the data of a data URL is left out.
/// The same words inside a script are a text: loaders of styles and bundlers write such comments themselves.
fn source_mapping_url(script: &str) -> Option<String> {
    let script = script.trim_end();
    let start = memchr::memrchr2(b'\n', b'\r', script.as_bytes()).map_or(0, |at| at + 1);
    let comment = script.get(start..)?.trim_start();
    let rest = comment.strip_prefix("//# ").or_else(|| comment.strip_prefix("//@ "))?;
    let url = rest.strip_prefix("sourceMappingURL=")?.trim();
    let url = if url.starts_with("data:") { url.split(',').next().unwrap_or(url) } else { url };
    (!url.is_empty() && !url.contains(char::is_whitespace)).then(|| crate::model::printable(url, 200))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::script::{Origin, SiteKind};

    fn sites(script: &str) -> Vec<(SiteKind, Origin)> {
        let reading = read_script(script, &LineIndex::new(script), 0..script.len(), &Limits::default());
        assert_eq!(reading.failure, None, "{script}");
        reading.facts.sites.into_iter().map(|site| (site.kind, site.origin)).collect()
    }

    fn only(script: &str) -> (SiteKind, Origin) {
        let found = sites(script);
        assert_eq!(found.len(), 1, "{script}: {found:?}");
        found.into_iter().next().unwrap()
    }

    fn remote(script: &str) -> Option<String> {
        if let Origin::Remote { host, .. } = only(script).1 { Some(host) } else { None }
    }

    #[test]
    fn code_of_the_network_is_told_from_constants_and_the_unknown() {
        for script in [
            "fetch('/x').then(r=>r.text()).then(t=>eval(t))",
            "async()=>{const r=await fetch(u);const t=await r.text();new Function(t)()}",
            "addEventListener('message',e=>{new Function('a',e.data)})",
            "onmessage=function(e){(0,eval)(e.data)}",
            "x.onload=function(){window.eval(x.responseText)}",
            "eval(JSON.parse(localStorage.getItem('c')).code)",
        ] {
            assert!(matches!(only(script).1, Origin::NetworkDerived { .. }), "{script}");
        }
        for script in
            ["Function('return this')()", "new Function('a','b','return a+b')", "eval('1')", "setTimeout('a()',1)"]
        {
            assert!(matches!(only(script).1, Origin::Constant { .. }), "{script}");
        }
        for script in ["eval(x)", "new Function(a,b)", "function f(e){return import(e)}", "new Worker(w)"] {
            assert_eq!(only(script).1, Origin::Unknown, "{script}");
        }
        assert_eq!(sites("setTimeout(f,1);setTimeout(()=>1);a.eval(x);class A{eval(x){}};import('./a.js')"), []);
        // Closure's timers, and its way to bind.
        let timer = "function E(h,_,T){return E=y,E.apply(null,arguments)}function y(h,_,T){return h.call.apply(h.bind,arguments)}\
            function tn(h,_,T){if(typeof h=='function')T&&(h=E(h,T));else throw 1;return setTimeout(h,_||0)}\
            function iu(h){h.g=tn(()=>{h.g=null},h.l)}";
        assert_eq!(sites(timer), []);
        assert_eq!(
            sites("function f(Function,x){return Function(x)}"),
            [],
            "a parameter of that name is not the browser's"
        );
    }

    #[test]
    fn an_ambiguous_await_hides_nothing() {
        // In a script, `await` is a name and the rest a division; in a module it is a regular expression.
        assert_eq!(only("await\n/1; eval(x) /1").1, Origin::Unknown);
        assert_eq!(only("var await = 1; await\n/eval(x)/g").1, Origin::Unknown);
        assert_eq!(only("async function f() { await g(); eval(x) }").1, Origin::Unknown);
        assert_eq!(only("import a from './a.js'; await a; eval(x)").1, Origin::Unknown);
    }

    #[test]
    fn remote_code_is_named_by_host() {
        for script in [
            "import('https://cdn.example/a.mjs')",
            "import a from 'https://cdn.example/a.mjs'",
            "export * from '//cdn.example/a.mjs'",
            "importScripts('https://cdn.example/a.js')",
            "const v='1.2';importScripts(`https://cdn.example/lib@${v}/a.js`)",
            "function f(v){importScripts(`https://cdn.example/lib@${v}/a.js`)}",
            "new Worker('https://cdn.example/w.js')",
            "const s=document.createElement('script');s.src='https://cdn.example/a.js'",
            "var s=document.createElement('script');s.setAttribute('src','//cdn.example/a.js')",
            "navigator.serviceWorker.register('https://cdn.example/sw.js')",
            "const u='https://cdn.example/';import(u+'x.js')",
        ] {
            assert_eq!(remote(script).as_deref(), Some("cdn.example"), "{script}");
        }
        assert_eq!(only("const u='https://cdn.example/';function f(u){return import(u)}").1, Origin::Unknown);
    }

    #[test]
    fn positions_are_those_of_the_whole_text() {
        let page = "<p>é</p>\n<script>\n  eval(x)</script>";
        let start = page.find("<script>").unwrap() + 8;
        let reading =
            read_script(page, &LineIndex::new(page), start..page.find("</script>").unwrap(), &Limits::default());
        assert_eq!(reading.facts.sites[0].position, Position { line: 3, column: 3 });
    }

    #[test]
    fn what_does_not_parse_says_where() {
        let reading =
            read_script("let a = 1;\nlet = = 2", &LineIndex::new("let a = 1;\nlet = = 2"), 0..20, &Limits::default());
        let (_, position) = reading.failure.unwrap();
        assert_eq!(position.line, 2);
    }

    #[test]
    fn the_chunk_loader_of_a_bundler_is_an_idiom() {
        let script = r#"r.l=(e,t)=>{var s=document.createElement("script");s.charset="utf-8",s.setAttribute("data-webpack",n+"x"),s.src=e}"#;
        let reading = read_script(script, &LineIndex::new(script), 0..script.len(), &Limits::default());
        assert_eq!(reading.facts.sites[0].idiom, Some("webpack's chunk loader"));
    }

    #[test]
    fn only_the_comment_at_the_end_names_a_source_map() {
        let url = source_mapping_url;
        assert_eq!(url("a()\n//# sourceMappingURL=a.js.map\n").as_deref(), Some("a.js.map"));
        let inline = "a()\n//# sourceMappingURL=data:application/json;base64,eyJ9";
        assert_eq!(url(inline).as_deref(), Some("data:application/json;base64"));
        assert_eq!(url("x=\"/*# sourceMappingURL=data:application/json;base64,\".concat(b)"), None);
        assert_eq!(url("x=`\n//# sourceMappingURL=a.map`;\nb()"), None);
    }
}
