use super::*;
use crate::reports::document::{Column, Tone};

const HOSTILE: &str = "</style></title><script>alert(1)</script>\" onload=x '&amp; \u{202e}gpj\u{1b}[31m";

fn shown(document: &Document) -> String {
    let mut out = Vec::new();
    write_html(document, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn everywhere(words: &str) -> Document {
    let line = |inline: Inline| vec![inline];
    let table = Table {
        caption: words.to_owned(),
        columns: vec![Column::words(words, 1), Column::numbers(words, 2)],
        rows: vec![vec![line(Inline::code(words)), line(Inline::Reference("part".to_owned(), words.to_owned()))]],
    };
    let blocks = vec![
        Block::Paragraph(vec![Inline::text(words), Inline::Strong(words.to_owned())]),
        Block::Note(Tone::Grave, line(Inline::Badge(Tone::Grave, words.to_owned()))),
        Block::List(vec![line(Inline::text(words))]),
        Block::Pairs(vec![(words.to_owned(), line(Inline::text(words)))]),
        Block::Table(table),
        Block::Code { title: words.to_owned(), text: words.to_owned() },
        Block::Compare { title: words.to_owned(), before: words.to_owned(), after: words.to_owned() },
        Block::Blank(words.to_owned(), 2),
    ];
    let part = Section { id: "part".to_owned(), title: words.to_owned(), blocks, sections: Vec::new() };
    Document {
        title: words.to_owned(),
        subtitle: words.to_owned(),
        cover: vec![(words.to_owned(), Inline::text(words))],
        sections: vec![Section {
            id: "one".to_owned(),
            title: words.to_owned(),
            sections: vec![part],
            ..Section::default()
        }],
    }
}

#[test]
fn text_never_becomes_markup() {
    let plain = shown(&everywhere("plain"));
    let hostile = shown(&everywhere(HOSTILE));
    let tags = |html: &str| html.matches('<').count();
    assert_eq!(tags(&plain), tags(&hostile), "a text opened an element");
    assert_eq!(plain.matches("plain").count(), hostile.matches("alert(1)").count(), "a text was lost");
    assert_eq!(plain.matches('"').count(), hostile.matches('"').count(), "a text ended an attribute");
    assert!(!hostile.contains(['\u{202e}', '\u{1b}']));
}

#[test]
fn the_page_allows_its_own_style_and_nothing_else() {
    let page = shown(&everywhere("x"));
    let style = page.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).unwrap();
    let digest = STANDARD.encode(Digest::of(style.as_bytes()).as_bytes());
    assert!(page.contains(&format!("default-src 'none'; style-src 'sha256-{digest}'")));
    for outside in ["http:", "https:", "<script", "<link", "<img", "@import", "url(", " style=", "</style></"] {
        assert!(!page.replace("</style></head>", "").contains(outside), "{outside}");
    }
}

#[test]
fn every_reference_has_its_target_and_tables_are_labelled() {
    let page = shown(&everywhere("x"));
    for target in page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
    }
    assert_eq!(page.matches("<table").count(), page.matches("<caption>").count());
    assert!(page.contains("<html lang=\"en\"") && page.contains("<main ") && page.contains("<nav "));
    assert!(page.contains("scope=\"col\"") && page.contains("scope=\"row\""));
}

#[test]
fn an_empty_table_says_so() {
    let table = Table { caption: "Exceptions".to_owned(), ..Table::default() };
    let section = Section { id: "a".to_owned(), blocks: vec![Block::Table(table)], ..Section::default() };
    assert!(shown(&Document { sections: vec![section], ..Document::default() }).contains("Exceptions: none."));
}
