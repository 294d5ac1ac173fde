use crate::facts::testing::bundle;

use super::*;

#[test]
fn hosts_are_told_apart_by_what_is_done_with_them() {
    let page = concat!(
        "<!-- <script src=https://gone.acme.io/x.js></script> -->\n",
        "<script src=https://code.acme.io/x.js></script><link rel=stylesheet href=https://fonts.googleapis.com/css>",
        "<link rel=preconnect href=https://api.acme.io><a href=https://github.com/acme>x</a>",
        "<style>@import 'http://style.acme.io/a.css'; a{background:url(//img.acme.io/a.png)}</style>",
        "<form action=https://form.acme.io/></form>"
    );
    let script = "const a='http://www.w3.org/2000/svg',b='http://plain.acme.io/v1',c='https://reactjs.org/docs/error';";
    let facts = bundle(&[
        ("index.html", page),
        ("a.js", script),
        ("a.css", "@font-face{src:url(\"https://fonts.acme.io/a.woff2\")}"),
        ("a.json", "{\"api\":\"https:\\/\\/json.acme.io\\/v1\",\"text\":\"see https://not.acme.io\"}"),
    ]);
    let class = |host: &str| facts.network.host(host).map(|host| (host.class, host.cleartext));
    assert_eq!(class("gone.acme.io"), None);
    assert_eq!(class("code.acme.io"), Some((HostClass::Code, false)));
    assert_eq!(class("fonts.googleapis.com"), Some((HostClass::Resource, false)));
    assert_eq!(class("api.acme.io"), Some((HostClass::Contacted, false)));
    assert_eq!(class("form.acme.io"), Some((HostClass::Contacted, false)));
    assert_eq!(class("github.com"), Some((HostClass::Linked, false)));
    assert_eq!(class("style.acme.io"), Some((HostClass::Resource, true)));
    assert_eq!(class("img.acme.io"), Some((HostClass::Resource, false)));
    assert_eq!(class("www.w3.org"), Some((HostClass::Namespace, false)));
    assert_eq!(class("plain.acme.io"), Some((HostClass::Named, true)));
    assert_eq!(class("reactjs.org"), Some((HostClass::Reference, false)));
    assert_eq!(class("fonts.acme.io"), Some((HostClass::Resource, false)));
    assert_eq!(class("not.acme.io"), None);
    assert_eq!(facts.network.host("fonts.googleapis.com").unwrap().owner.as_ref().unwrap().name, "Google Fonts");
}

#[test]
fn roles_are_told_by_the_code_around_an_address() {
    let script = concat!(
        "async function a(q){return await x.get(`https://waited.acme.io/query?x=${q}`)}",
        "y.post('https://then.acme.io/c').then(e=>e);this.z.get('https://piped.acme.io/d').pipe(f).subscribe(g);",
        "const c=B.create({baseURL:'https://client.acme.io',timeout:1});",
        "const ask=u=>fetch(u);ask('https://first.acme.io/');ask('https://second.acme.io/');",
        "h('a',{href:'https://anchor.acme.io/x'});p(Link,{href:'https://link.acme.io',target:'_blank'});",
        "const t=[['href','https://template.acme.io/x','target','_blank',1,'a']];",
        "q('https://project.acme.io','eyJhbGciOiJIUzI1NiJ9.e30.x');",
        "const r='parts',v='eyJhbGciOiJIUzI1NiJ9.e30.x';w(`https://${r}.acme.io`,v);",
        "const named={at:`https://${r+'2'}.acme.io/v1`};",
        "shell.openExternal('https://outside.acme.io');",
        // None of these tells what the address is for: a table, a name of a schema, a style, an item of a menu.
        "m.get('https://table.acme.io/x');s.getSchema('https://schema.acme.io/x');",
        "h('link',{rel:'stylesheet',href:'https://style.acme.io/x.css'});const n=[{href:'https://menu.acme.io'}];",
        "const k=[['rel','stylesheet','href','https://style2.acme.io/x']];"
    );
    let facts = bundle(&[("a.js", script)]);
    let class = |host: &str| facts.network.host(&format!("{host}.acme.io")).map(|host| host.class);
    for host in ["waited", "then", "piped", "client", "first", "second", "project", "parts"] {
        assert_eq!(class(host), Some(HostClass::Contacted), "{host}");
    }
    for host in ["anchor", "link", "template", "outside"] {
        assert_eq!(class(host), Some(HostClass::Linked), "{host}");
    }
    for host in ["table", "schema", "style", "menu", "style2", "parts2"] {
        assert_eq!(class(host), Some(HostClass::Named), "{host}");
    }
}

#[test]
fn many_hosts_are_counted_and_not_kept() {
    let mut page = String::new();
    for number in 0..3_000 {
        page.push_str(&format!("<img src=https://h{number}.acme.io/>"));
    }
    let facts = bundle(&[("index.html", &page)]);
    assert_eq!((facts.network.hosts.len(), facts.network.more), (2_000, 1_000));
}
