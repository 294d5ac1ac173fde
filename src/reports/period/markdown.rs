//! A document as Markdown, so that it can be read in a repository.

use std::fmt::Write as _;

use super::super::document::{Block, Chart, Document, Inline, Section, Shape};
use crate::model::escape;

pub(super) fn write(document: &Document) -> String {
    let mut out = format!("# {}\n\n{}\n\n", plain(&document.title), plain(&document.subtitle));
    for (label, value) in &document.cover {
        let _ = writeln!(out, "- {}: {}", plain(label), inline(std::slice::from_ref(value)));
    }
    for section in &document.sections {
        write_section(section, 2, &mut out);
    }
    out
}

fn write_section(section: &Section, level: usize, out: &mut String) {
    let _ = write!(out, "\n{} {}\n", "#".repeat(level.min(6)), plain(&section.title));
    for block in &section.blocks {
        out.push('\n');
        write_block(block, out);
    }
    for inner in &section.sections {
        write_section(inner, level + 1, out);
    }
}

fn write_block(block: &Block, out: &mut String) {
    let _ = match block {
        Block::Paragraph(words) => writeln!(out, "{}", inline(words)),
        Block::Note(_, words) => writeln!(out, "> **Note:** {}", inline(words)),
        Block::List(items) => items.iter().try_for_each(|item| writeln!(out, "- {}", inline(item))),
        Block::Pairs(pairs) => {
            pairs.iter().try_for_each(|(label, words)| writeln!(out, "- {}: {}", plain(label), inline(words)))
        }
        Block::Table(table) => {
            let heads: Vec<String> = table.columns.iter().map(|column| plain(&column.title)).collect();
            let rules: Vec<&str> = table.columns.iter().map(|one| if one.numeric { "--:" } else { "---" }).collect();
            let _ = writeln!(out, "{}\n\n| {} |\n| {} |", plain(&table.caption), heads.join(" | "), rules.join(" | "));
            table.rows.iter().try_for_each(|row| {
                let cells: Vec<String> = row.iter().map(|cell| inline(cell)).collect();
                writeln!(out, "| {} |", cells.join(" | "))
            })
        }
        Block::Code { title, text } => {
            let lines: Vec<String> = text.lines().map(|line| format!("    {}", escape(line))).collect();
            writeln!(out, "{}\n\n{}", plain(title), lines.join("\n"))
        }
        Block::Compare { title, before, after } => {
            writeln!(out, "{}: {} is {} now", plain(title), plain(before), plain(after))
        }
        Block::Chart(chart) => {
            write_chart(chart, out);
            Ok(())
        }
        Block::Blank(label, _) => writeln!(out, "{}: ______", plain(label)),
    };
}

/// The figures of a plot: Markdown has no plots.
fn write_chart(chart: &Chart, out: &mut String) {
    let _ = writeln!(out, "{} ({})\n", plain(&chart.caption), plain(&chart.unit));
    let mut line = |label: &str, figures: String| {
        let _ = writeln!(out, "- {}: {figures}", plain(label));
    };
    match &chart.shape {
        Shape::Bars { rows, parts } => {
            for (label, figures) in rows {
                let named = figures.iter().zip(parts).map(|(figure, (_, name))| format!("{} {figure}", plain(name)));
                line(label, named.collect::<Vec<_>>().join(", "));
            }
        }
        Shape::Gauges(gauges) => {
            for gauge in gauges {
                let value = gauge.value.map_or_else(|| "not known".to_owned(), |value| value.to_string());
                line(&gauge.label, format!("{value} of {}", gauge.fail));
            }
        }
        Shape::Treemap(areas) => areas.iter().for_each(|area| line(&area.label, area.value.to_string())),
        Shape::Lines { periods, lines } => {
            for (label, figures) in lines {
                let named = periods.iter().zip(figures).map(|(period, figure)| {
                    format!("{} {}", plain(period), figure.map_or_else(|| "-".to_owned(), |figure| figure.to_string()))
                });
                line(label, named.collect::<Vec<_>>().join(", "));
            }
        }
    }
}

fn inline(words: &[Inline]) -> String {
    let pieces: Vec<String> = words
        .iter()
        .map(|word| match word {
            Inline::Text(text) | Inline::Badge(_, text) | Inline::Reference(_, text) => plain(text),
            Inline::Strong(text) => format!("**{}**", plain(text)),
            Inline::Code(text) => format!("`{}`", escape(text).replace(['`', '|'], "'")),
        })
        .collect();
    pieces.join(" ")
}

/// Text in which nothing is markup.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in escape(text).chars() {
        if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&' | '~' | '!') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}
