//! A document as one HTML file that needs nothing else: no script, no address, its style inside and named by its digest in
//! the policy of the page. All text passes [`text`] and the escaping of the template macro.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::charts::chart;
use super::{Block, Document, Inline, Section, Table};
use crate::model::{Digest, escape};

/// The style sheet; a test holds that it can't end the element that holds it.
const STYLE: &str = include_str!("style.css");

/// Writes the document as HTML.
///
/// # Errors
/// Those of `out`.
pub fn write_html(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(page(document).into_string().as_bytes())?;
    out.write_all(b"\n")
}

/// Text of the document, inert once more: whoever wrote the document may have forgotten.
pub(super) fn text(text: &str) -> String {
    escape(text)
}

fn page(document: &Document) -> Markup {
    let digest = STANDARD.encode(Digest::of(STYLE.as_bytes()).as_bytes());
    let policy = format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'");
    let numbers = document.numbers();
    html! {
        (DOCTYPE)
        html lang="en" dir="ltr" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (text(&document.title)) @if !document.subtitle.is_empty() { ": " (text(&document.subtitle)) } }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                header {
                    h1 { (text(&document.title)) }
                    @if !document.subtitle.is_empty() { p.subtitle dir="auto" { (text(&document.subtitle)) } }
                    dl.cover { @for (label, value) in &document.cover {
                        div { dt { (text(label)) } dd { (inline(value)) } }
                    } }
                }
                nav aria-labelledby="contents" {
                    h2 id="contents" { "Contents" }
                    ol { @for (section, number) in document.sections.iter().zip(&numbers) {
                        li {
                            a href={ "#" (section.id) } { span.no { (number) } " " (text(&section.title)) }
                            @if !section.sections.is_empty() {
                                details {
                                    summary { (section.sections.len()) " parts" }
                                    ol { @for part in &section.sections {
                                        li { a href={ "#" (part.id) } { (text(&part.title)) } }
                                    } }
                                }
                            }
                        }
                    } }
                }
                main id="content" tabindex="-1" {
                    @for (one, number) in document.sections.iter().zip(&numbers) { (section(one, number, 2)) }
                }
            }
        }
    }
}

fn section(one: &Section, number: &str, level: u8) -> Markup {
    let title = html! { span.no { (number) } " " bdi { (text(&one.title)) } };
    html! {
        section id=(one.id) {
            @match level {
                2 => { h2 { (title) } }
                3 => { h3 { (title) } }
                4 => { h4 { (title) } }
                _ => { h5 { (title) } }
            }
            @for one in &one.blocks { (block(one)) }
            @for (index, part) in one.sections.iter().enumerate() {
                (section(part, &format!("{number}.{}", index + 1), level.saturating_add(1)))
            }
        }
    }
}

fn block(block: &Block) -> Markup {
    html! {
        @match block {
            Block::Paragraph(line) => { p { (inlines(line)) } }
            Block::Note(tone, line) => { p class={ "note t-" (tone.word()) } role="note" { (inlines(line)) } }
            Block::List(items) => { ul { @for item in items { li { (inlines(item)) } } } }
            Block::Pairs(pairs) => { dl.pairs { @for (label, value) in pairs {
                div { dt { (text(label)) } dd { (inlines(value)) } }
            } } }
            Block::Table(one) => { (table(one)) }
            Block::Code { title, text: lines } => { (code(title, lines)) }
            Block::Compare { title, before, after } => {
                figure.compare {
                    figcaption { code dir="auto" { (text(title)) } }
                    div.sides {
                        div { p.side { "Before" } pre dir="auto" { (lines_of(before)) } }
                        div { p.side { "After" } pre dir="auto" { (lines_of(after)) } }
                    }
                }
            }
            Block::Chart(one) => { (chart(one)) }
            Block::Blank(label, lines) => {
                div.blank {
                    span { (text(label)) }
                    @for _ in 0..*lines { span.rule { (PreEscaped("&nbsp;")) } }
                }
            }
        }
    }
}

fn code(title: &str, lines: &str) -> Markup {
    html! {
        figure.code {
            @if !title.is_empty() { figcaption { code dir="auto" { (text(title)) } } }
            pre dir="auto" { (lines_of(lines)) }
        }
    }
}

/// The lines of a text, each inert.
fn lines_of(lines: &str) -> String {
    lines.split('\n').map(|line| escape(line.trim_end_matches('\r'))).collect::<Vec<_>>().join("\n")
}

fn table(table: &Table) -> Markup {
    let widths = table.widths();
    html! {
        @if table.rows.is_empty() {
            p.none { (text(&table.caption)) ": none." }
        } @else {
            div.table { table role="table" {
                caption { (text(&table.caption)) }
                colgroup { @for width in widths { col class={ "w" (width) }; } }
                thead role="rowgroup" { tr role="row" { @for column in &table.columns {
                    th.number[column.numeric] scope="col" role="columnheader" { (text(&column.title)) }
                } } }
                tbody role="rowgroup" { @for row in &table.rows { tr role="row" {
                    @for (index, (cell, column)) in row.iter().zip(&table.columns).enumerate() {
                        @if index == 0 {
                            th.number[column.numeric] scope="row" role="rowheader" data-label=(text(&column.title)) { (inlines(cell)) }
                        } @else {
                            td.number[column.numeric] role="cell" data-label=(text(&column.title)) { (inlines(cell)) }
                        }
                    }
                } } }
            } }
        }
    }
}

fn inlines(line: &[Inline]) -> Markup {
    html! { @for one in line { (inline(one)) } }
}

fn inline(one: &Inline) -> Markup {
    html! {
        @match one {
            Inline::Text(words) => { (text(words)) }
            Inline::Strong(words) => { strong { bdi { (text(words)) } } }
            Inline::Code(words) => { code dir="auto" { (text(words)) } }
            Inline::Badge(tone, words) => { span class={ "badge t-" (tone.word()) } { (text(words)) } }
            Inline::Reference(id, words) => { a href={ "#" (id) } { bdi { (text(words)) } } }
        }
    }
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
