//! The document as the template reads it: JSON, with all geometry computed and every text cut where a line may break.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use typst::text::Font;

use super::PdfSettings;
use super::world::families;
use crate::model::escape;
use crate::reports::document::charts::{bar_words, gauge_scale, hue, nice, tile_label};
use crate::reports::document::treemap::lay_out;
use crate::reports::document::{Block, Chart, Document, Gauge, Inline, Section, Shape, Table, figure};

/// Words longer than this may break after each so many characters.
const PIECE: usize = 10;
/// A treemap's width and height in points.
const MAP: (f64, f64) = (480.0, 250.0);
/// A line plot's width and height in points.
const PLANE: (f64, f64) = (400.0, 130.0);

pub(super) fn json(document: &Document, settings: &PdfSettings, fonts: &[Font]) -> Vec<u8> {
    let mut anchors = BTreeSet::new();
    document.sections.iter().for_each(|section| collect(section, &mut anchors));
    let setter = Setter { fonts, anchors };
    let numbers = document.numbers();
    let sections = document.sections.iter().zip(&numbers).map(|(one, number)| setter.section(one, number, 1));
    let value = json!({
        "title": setter.plain(&document.title),
        "subtitle": setter.plain(&document.subtitle),
        "asof": settings.as_of,
        "paper": if settings.letter { "us-letter" } else { "a4" },
        "fonts": families(fonts).into_iter().filter(|name| name != "Noto Sans Mono").collect::<Vec<_>>(),
        "cover": document.cover.iter().map(|(label, value)| json!([setter.plain(label), setter.line(std::slice::from_ref(value))])).collect::<Vec<_>>(),
        "sections": sections.collect::<Vec<_>>(),
    });
    value.to_string().into_bytes()
}

fn collect(section: &Section, anchors: &mut BTreeSet<String>) {
    anchors.insert(section.id.clone());
    section.sections.iter().for_each(|part| collect(part, anchors));
}

/// What sets text: which letters there are, and where one can point.
struct Setter<'a> {
    fonts: &'a [Font],
    anchors: BTreeSet<String>,
}

impl Setter<'_> {
    /// Inert text; a letter that no font has is written out.
    fn plain(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for letter in escape(text).chars() {
            let has = |font: &Font| font.info().coverage.contains(u32::from(letter));
            if letter.is_ascii() || self.fonts.iter().any(has) {
                out.push(letter);
            } else if !matches!(letter, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}') {
                out.extend(letter.escape_unicode());
            }
        }
        out
    }

    /// The text in pieces, between which a line may break.
    fn pieces(&self, text: &str) -> Vec<String> {
        let mut pieces = vec![String::new()];
        let mut run = 0;
        for letter in self.plain(text).chars() {
            // Only long words of ASCII need help: the typesetter breaks other writings itself, and a cut would part their signs.
            let joins = letter.is_ascii_graphic();
            run = if joins { run + 1 } else { 0 };
            if run > PIECE {
                pieces.push(String::new());
                run = 1;
            }
            if let Some(last) = pieces.last_mut() {
                last.push(letter);
            }
        }
        pieces
    }

    fn line(&self, line: &[Inline]) -> Value {
        let one = |inline: &Inline| match inline {
            Inline::Strong(words) => json!({"k": "strong", "p": self.pieces(words)}),
            Inline::Code(words) => json!({"k": "code", "p": self.pieces(words)}),
            Inline::Badge(tone, words) => json!({"k": "badge", "t": tone.word(), "p": [self.plain(words)]}),
            Inline::Reference(id, words) if self.anchors.contains(id) => {
                json!({"k": "link", "to": id, "p": self.pieces(words)})
            }
            Inline::Text(words) | Inline::Reference(_, words) => json!({"k": "text", "p": self.pieces(words)}),
        };
        Value::Array(line.iter().filter(|inline| **inline != Inline::Text(String::new())).map(one).collect())
    }

    fn section(&self, one: &Section, number: &str, level: u8) -> Value {
        let parts = one.sections.iter().enumerate();
        json!({
            "id": one.id,
            "title": format!("{number}  {}", self.plain(&one.title)),
            "level": level,
            "blocks": one.blocks.iter().map(|block| self.block(block)).collect::<Vec<_>>(),
            "sections": parts.map(|(index, part)| self.section(part, &format!("{number}.{}", index + 1), level + 1)).collect::<Vec<_>>(),
        })
    }

    fn block(&self, block: &Block) -> Value {
        match block {
            Block::Paragraph(line) => json!({"k": "par", "l": self.line(line)}),
            Block::Note(tone, line) => json!({"k": "note", "t": tone.word(), "l": self.line(line)}),
            Block::List(items) => {
                json!({"k": "list", "i": items.iter().map(|item| self.line(item)).collect::<Vec<_>>()})
            }
            Block::Pairs(pairs) => {
                json!({"k": "pairs", "i": pairs.iter().map(|(label, value)| json!([self.plain(label), self.line(value)])).collect::<Vec<_>>()})
            }
            Block::Table(table) => self.table(table),
            Block::Code { title, text } => json!({"k": "code", "t": self.pieces(title), "l": self.lines(text)}),
            Block::Compare { title, before, after } => {
                json!({"k": "compare", "t": self.pieces(title), "b": self.lines(before), "a": self.lines(after)})
            }
            Block::Chart(chart) => self.chart(chart),
            Block::Blank(label, lines) => json!({"k": "blank", "l": self.plain(label), "n": lines}),
        }
    }

    /// Each line in pieces; blanks at its beginning stay.
    fn lines(&self, text: &str) -> Vec<Vec<String>> {
        text.split('\n').map(|line| self.pieces(&line.trim_end_matches('\r').replace("  ", "\u{a0}\u{a0}"))).collect()
    }

    fn table(&self, table: &Table) -> Value {
        json!({
            "k": "table",
            "c": self.plain(&table.caption),
            "w": table.widths(),
            "n": table.columns.iter().map(|column| column.numeric).collect::<Vec<_>>(),
            "h": table.columns.iter().map(|column| self.plain(&column.title)).collect::<Vec<_>>(),
            "r": table.rows.iter().map(|row| row.iter().map(|cell| self.line(cell)).collect::<Vec<_>>()).collect::<Vec<_>>(),
        })
    }

    fn chart(&self, chart: &Chart) -> Value {
        match &chart.shape {
            Shape::Bars { rows, parts } => {
                let most = rows.iter().map(|(_, figures)| figures.iter().sum::<u64>()).max().unwrap_or(0).max(1);
                let row = |(label, figures): &(String, Vec<u64>)| {
                    let bars = figures.iter().zip(parts).filter(|(value, _)| **value > 0);
                    let bars = bars.map(|(value, (tone, _))| json!([tone.word(), share(*value, most)]));
                    let words = bar_words(figures, parts, &chart.unit);
                    json!([self.pieces(label), bars.collect::<Vec<_>>(), self.plain(&words)])
                };
                json!({"k": "bars", "c": self.plain(&chart.caption), "u": self.plain(&chart.unit), "r": rows.iter().map(row).collect::<Vec<_>>()})
            }
            Shape::Gauges(gauges) => {
                let row = |gauge: &Gauge| {
                    let scale = gauge_scale(gauge);
                    let words = gauge.words(&chart.unit);
                    let value = gauge.value.map(|value| share(value, scale));
                    json!([
                        self.pieces(&gauge.label),
                        value,
                        gauge.tone().word(),
                        share(gauge.warn, scale),
                        share(gauge.fail, scale),
                        self.plain(&words)
                    ])
                };
                json!({"k": "gauges", "c": self.plain(&chart.caption), "u": self.plain(&chart.unit), "r": gauges.iter().map(row).collect::<Vec<_>>()})
            }
            Shape::Treemap(areas) => {
                let tiles = lay_out(areas, MAP.0, MAP.1);
                let total: u64 = tiles.iter().map(|tile| tile.area.value).sum();
                let single = tiles.iter().all(|tile| tile.group == 0);
                let tile = |tile: &crate::reports::document::treemap::Tile| {
                    let (number, label) = tile_label(tile, 5.2);
                    json!({
                        "x": tile.rect.x, "y": tile.rect.y, "w": tile.rect.width, "h": tile.rect.height,
                        "g": hue(if single { tile.number - 1 } else { tile.group }),
                        "n": number.then(|| tile.number.to_string()), "l": label.map(|label| self.plain(&label)),
                        "no": tile.number.to_string(), "label": self.pieces(&tile.area.label), "group": self.pieces(&tile.area.group),
                        "value": figure(tile.area.value, &chart.unit),
                        "share": format!("{:.1} %", share(tile.area.value, total.max(1))),
                    })
                };
                json!({"k": "map", "c": self.plain(&chart.caption), "u": self.plain(&chart.unit), "w": MAP.0, "h": MAP.1, "t": tiles.iter().map(tile).collect::<Vec<_>>()})
            }
            Shape::Lines { periods, lines } => self.lines_plot(chart, periods, lines),
        }
    }

    fn lines_plot(&self, chart: &Chart, periods: &[String], lines: &[(String, Vec<Option<f64>>)]) -> Value {
        let most = lines.iter().flat_map(|(_, values)| values.iter().flatten()).copied().fold(0.0, f64::max);
        let top = nice(most);
        #[allow(clippy::cast_precision_loss)] // geometry for the eye
        let x = |index: usize| index as f64 / periods.len().saturating_sub(1).max(1) as f64 * PLANE.0;
        let line = |(number, (name, values)): (usize, &(String, Vec<Option<f64>>))| {
            let points = values.iter().enumerate();
            let points =
                points.filter_map(|(index, value)| value.map(|value| json!([x(index), (1.0 - value / top) * PLANE.1])));
            let shown = values.iter().map(|value| value.map_or_else(|| "–".to_owned(), |value| format!("{value}")));
            json!({"name": self.plain(name), "no": (number + 1).to_string(), "g": hue(number), "p": points.collect::<Vec<_>>(), "v": shown.collect::<Vec<_>>()})
        };
        json!({
            "k": "lines", "c": self.plain(&chart.caption), "u": self.plain(&chart.unit), "w": PLANE.0, "h": PLANE.1,
            "top": format!("{top}"), "periods": periods.iter().map(|period| self.plain(period)).collect::<Vec<_>>(),
            "lines": lines.iter().enumerate().map(line).collect::<Vec<_>>(),
        })
    }
}

/// In percent.
#[allow(clippy::cast_precision_loss)] // geometry for the eye
fn share(value: u64, of: u64) -> f64 {
    value as f64 / of as f64 * 100.0
}
