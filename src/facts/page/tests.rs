use super::*;

#[test]
fn scripts_are_found_with_their_places_and_comments_are_not_there() {
    let text = "<!-- <script src=\"https://x\"></script> -->\n<script src=\"a.js\" integrity=sha384-x></script>\n<script type=\"application/json\">{}</script><SCRIPT>if(a<b){}</SCRIPT>\n<link rel='stylesheet' href=\"a.css\"><iframe src=//f></iframe><base href=/b/>";
    let reading = read_page(text);
    let sources: Vec<_> = reading.facts.scripts.iter().map(|script| script.source.as_deref()).collect();
    assert_eq!(sources, [Some("a.js"), None, None]);
    assert_eq!(reading.facts.scripts[0].position, Position { line: 2, column: 14 });
    assert_eq!(reading.inline_scripts.len(), 1);
    assert_eq!(text.get(reading.inline_scripts[0].clone()), Some("if(a<b){}"));
    assert_eq!(reading.facts.references[0].url, "a.css");
    assert_eq!(reading.facts.frames[0].url, "//f");
    assert_eq!(reading.facts.base.as_deref(), Some("/b/"));
}

#[test]
fn policies_are_read_as_a_browser_does() {
    let page = concat!(
        "<!-- <meta http-equiv=Content-Security-Policy content=\"default-src 'none'\"> -->\n<script>1</script>",
        "<meta http-equiv=Content-Security-Policy content=\"Script-Src 'self' https://*.acme.io 'sha256-x' 'unsafe-inline'; ",
        "img-src * data:; script-src *; frame-ancestors 'none'; connect-src http://plain.acme.io wss:\">"
    );
    let facts = read_page(page).facts;
    let [policy] = facts.policies.as_slice() else { unreachable!("{:?}", facts.policies) };
    assert_eq!((policy.scripts_before, policy.position.line), (1, 2));
    assert_eq!(
        (policy.without_effect.as_slice(), policy.repeated.as_slice()),
        (&["frame-ancestors".to_owned()][..], &["script-src".to_owned()][..])
    );
    let scripts = policy.governing("worker-src").unwrap();
    assert_eq!(scripts.name, "script-src");
    assert!(!scripts.allows_inline() && !scripts.allows_eval() && scripts.names_scripts());
    assert!(scripts.allows_host("https", "a.acme.io") && !scripts.allows_host("https", "acme.io"));
    assert!(!scripts.allows_host("http", "a.acme.io"));
    assert!(policy.governing("style-src").is_none());
    assert!(policy.get("connect-src").unwrap().allows_host("wss", "any.example"));
    assert!(policy.get("connect-src").unwrap().read().any(|source| source.is_cleartext()));
    assert_eq!(facts.scripts[0].hashes.len(), 3);
}

#[test]
fn what_else_a_page_runs_and_loads() {
    let page = concat!(
        "<body onload=go()><a href='javascript:void(0)'>x</a><a href=' java\nscript:go()'>y</a>",
        "<iframe srcdoc='<script src=https://code.acme.io/x.js></script>' sandbox></iframe><iframe src=//f.acme.io sandbox=allow-scripts>",
        "</iframe><meta http-equiv=refresh content='0; URL=https://go.acme.io/'><form action=/pay><input autocomplete='billing cc-number'>",
        "<div style='background:url(https://img.acme.io/a)'></div>"
    );
    let facts = read_page(page).facts;
    assert_eq!(facts.handlers.len(), 1);
    assert_eq!(facts.script_links.len(), 1);
    assert_eq!(facts.scripts[0].source.as_deref(), Some("https://code.acme.io/x.js"));
    assert_eq!((facts.inner_pages.len(), facts.frames[0].sandbox.as_deref()), (1, Some("allow-scripts")));
    assert_eq!(facts.refreshes[0].url, "https://go.acme.io/");
    assert_eq!((facts.forms.len(), facts.card_fields.len()), (1, 1));
    assert_eq!(facts.style.addresses[0].role, StyleRole::Image);
}

#[test]
fn styles_are_read_with_comments_strings_and_escapes() {
    let css = concat!(
        "/* @import 'https://gone.acme.io'; */ @import url( https://a.acme.io/x.css ) screen;\n@IMPORT \"//b.acme.io/y.css\";",
        "a{content:'url(https://text.acme.io)';background:\\75rl('https://c.acme.io/\\2e.png'),url(data:image/png;base64,AA==)}",
        "@font-face{font-family:x;src:local('x'),url(http://d.acme.io/f.woff2)}b{c:url(local.png)}d{e:url(https://e.acme.io"
    );
    let found: Vec<_> = read_style(css).addresses.into_iter().map(|one| (one.url, one.role)).collect();
    let expected = [
        ("https://a.acme.io/x.css", StyleRole::Import),
        ("//b.acme.io/y.css", StyleRole::Import),
        ("https://c.acme.io/..png", StyleRole::Image),
        ("http://d.acme.io/f.woff2", StyleRole::Font),
        ("https://e.acme.io", StyleRole::Image),
    ];
    assert_eq!(found, expected.map(|(url, role)| (url.to_owned(), role)));
}
