use super::*;
use crate::reports::document::{Area, Block, Chart, Column, Gauge, Inline, Section, Shape, Table, Tone};

const HOSTILE: &str =
    "#panic() $x$ *b* _i_ @ref <lab> `raw` [x](y) // c \\ \u{202e}gpj\u{1b}[31m </script> = 港 Ω م 🎉 \u{0f00}";

fn everything(words: &str) -> Document {
    let line = vec![
        Inline::text(words),
        Inline::Strong(words.to_owned()),
        Inline::code(words),
        Inline::Badge(Tone::Grave, words.to_owned()),
        Inline::Reference("one".to_owned(), words.to_owned()),
        Inline::Reference("nowhere".to_owned(), words.to_owned()),
    ];
    let chart = |shape| Block::Chart(Chart { caption: words.to_owned(), unit: words.to_owned(), shape });
    let blocks = vec![
        Block::Paragraph(line.clone()),
        Block::Note(Tone::Open, line.clone()),
        Block::List(vec![line.clone()]),
        Block::Pairs(vec![(words.to_owned(), line.clone())]),
        Block::Table(Table {
            caption: words.to_owned(),
            columns: vec![Column::words(words, 1)],
            rows: vec![vec![line]],
        }),
        Block::Table(Table { caption: words.to_owned(), columns: Vec::new(), rows: Vec::new() }),
        Block::Code { title: words.to_owned(), text: format!("{words}\n  {words}") },
        Block::Compare { title: words.to_owned(), before: words.to_owned(), after: words.to_owned() },
        Block::Blank(words.to_owned(), 2),
        chart(Shape::Bars { rows: vec![(words.to_owned(), vec![3])], parts: vec![(Tone::Bad, words.to_owned())] }),
        chart(Shape::Gauges(vec![Gauge { label: words.to_owned(), value: Some(400), warn: 365, fail: 1095 }])),
        chart(Shape::Treemap(vec![Area { label: words.to_owned(), group: words.to_owned(), value: 7 }])),
        chart(Shape::Lines {
            periods: vec![words.to_owned(), "b".to_owned()],
            lines: vec![(words.to_owned(), vec![Some(1.0), Some(2.0)])],
        }),
    ];
    Document {
        title: words.to_owned(),
        subtitle: words.to_owned(),
        cover: vec![(words.to_owned(), Inline::text(words))],
        sections: vec![Section { id: "one".to_owned(), title: words.to_owned(), blocks, sections: Vec::new() }],
    }
}

fn settings() -> PdfSettings {
    PdfSettings { as_of: "2026-11-23T00:00:00Z".to_owned(), ..PdfSettings::default() }
}

#[test]
fn any_text_is_set_and_twice_the_same() {
    let document = everything(HOSTILE);
    let first = pdf(&document, &settings()).unwrap();
    assert!(first.starts_with(b"%PDF-"));
    assert!(first == pdf(&document, &settings()).unwrap(), "the bytes differ from run to run");
    let text = String::from_utf8_lossy(&first);
    assert!(text.contains("/StructTreeRoot"), "the file has no tags");
    assert!(text.contains("pdfuaid"), "the typesetter did not vouch for PDF/UA-1");
    assert!(!text.contains("/JavaScript") && !text.contains("/Launch"));
}

#[test]
fn letter_is_another_page_and_a_broken_font_is_told() {
    let document = everything("plain");
    let letter = pdf(&document, &PdfSettings { letter: true, ..settings() }).unwrap();
    assert!(letter != pdf(&document, &settings()).unwrap());
    let broken = PdfSettings { fonts: vec![b"no font".to_vec()], ..settings() };
    assert_eq!(pdf(&document, &broken).unwrap_err(), "font 1 is no font: expected TTF, OTF or TTC");
}

#[test]
fn a_letter_without_a_font_is_written_out() {
    let fonts = world::fonts(&[]).unwrap();
    let json = String::from_utf8(data::json(&everything("a\u{0f00}b Ω 港 م 🎉"), &settings(), &fonts)).unwrap();
    assert!(json.contains(r"a\\u{f00}b Ω 港 م 🎉"), "{}", json.chars().take(400).collect::<String>());
}
