//! Plots as inline SVG. Bars and gauges are rows of a table whose words hold the same figures, so that they read on a phone
//! and to a screen reader; treemaps and lines stand beside a table of their figures.
#![allow(clippy::cast_precision_loss)] // geometry for the eye

use maud::{Markup, html};
use unicode_width::UnicodeWidthStr as _;

use super::treemap::{Tile, lay_out};
use super::{Area, Chart, Gauge, Shape, Tone, figure};
use crate::model::{escape as text, shorten};

/// Units across a bar.
const ACROSS: f64 = 1000.0;
/// A treemap's width and height.
const MAP: (f64, f64) = (720.0, 380.0);
/// A line plot's width, height, and the margins of its plane: left and bottom.
const PLANE: (f64, f64, f64, f64) = (720.0, 260.0, 56.0, 30.0);
/// Dashes of lines, by their number: colour is not the only sign.
const DASHES: [&str; 5] = ["none", "8 4", "2 4", "12 4 2 4", "5 2"];

/// A plot as HTML.
pub fn chart(chart: &Chart) -> Markup {
    match &chart.shape {
        Shape::Bars { rows, parts } => bars(chart, rows, parts),
        Shape::Gauges(gauges) => gauge_table(chart, gauges),
        Shape::Treemap(areas) => treemap(chart, areas),
        Shape::Lines { periods, lines } => line_plot(chart, periods, lines),
    }
}

/// A coordinate, short.
fn n(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn bars(chart: &Chart, rows: &[(String, Vec<u64>)], parts: &[(Tone, String)]) -> Markup {
    let most = rows.iter().map(|(_, figures)| figures.iter().sum::<u64>()).max().unwrap_or(0).max(1) as f64;
    html! {
        div.table { table.chart role="table" {
            caption { (text(&chart.caption)) }
            thead role="rowgroup" { tr role="row" {
                th scope="col" role="columnheader" { "What" }
                th scope="col" role="columnheader" { "Share" }
                th scope="col" role="columnheader" { (heading(&chart.unit)) }
            } }
            tbody role="rowgroup" { @for (label, figures) in rows {
                @let words = bar_words(figures, parts, &chart.unit);
                tr role="row" {
                    th scope="row" role="rowheader" { bdi { (text(label)) } }
                    td role="cell" { (bar(label, &words, figures, parts, most)) }
                    td role="cell" { (text(&words)) }
                }
            } }
        } }
    }
}

/// `3 critical, 2 high`; parts of zero are left out.
pub fn bar_words(figures: &[u64], parts: &[(Tone, String)], unit: &str) -> String {
    let words: Vec<String> = figures
        .iter()
        .zip(parts)
        .filter(|(value, _)| **value > 0)
        .map(|(value, (_, name))| format!("{} {name}", figure(*value, unit)))
        .collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn bar(label: &str, words: &str, figures: &[u64], parts: &[(Tone, String)], most: f64) -> Markup {
    let mut x = 0.0;
    let mut rects = Vec::new();
    for (value, (tone, _)) in figures.iter().zip(parts).filter(|(value, _)| **value > 0) {
        let width = *value as f64 / most * ACROSS;
        rects.push((x, (width - 3.0).max(width * 0.5), *tone));
        x += width;
    }
    html! {
        svg.bar viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" {
            title { (text(label)) ": " (text(words)) }
            rect.track x="0" y="0" width="1000" height="20" {}
            @for (x, width, tone) in rects {
                rect class={ "f-" (tone.word()) } x=(n(x)) y="0" width=(n(width)) height="20" {}
            }
        }
    }
}

fn gauge_table(chart: &Chart, gauges: &[Gauge]) -> Markup {
    html! {
        div.table { table.chart role="table" {
            caption { (text(&chart.caption)) }
            thead role="rowgroup" { tr role="row" {
                th scope="col" role="columnheader" { "What" }
                th scope="col" role="columnheader" { "Against its limits" }
                th scope="col" role="columnheader" { (heading(&chart.unit)) }
            } }
            tbody role="rowgroup" { @for gauge in gauges {
                @let words = gauge.words(&chart.unit);
                tr role="row" {
                    th scope="row" role="rowheader" { bdi { (text(&gauge.label)) } }
                    td role="cell" { (gauge_bar(gauge, &words)) }
                    td role="cell" { (text(&words)) }
                }
            } }
        } }
    }
}

/// The largest figure of a gauge's scale: its limit lies at four fifths, unless the figure is beyond.
pub fn gauge_scale(gauge: &Gauge) -> u64 {
    gauge.value.unwrap_or(0).max(gauge.fail.saturating_mul(5) / 4).max(1)
}

fn gauge_bar(gauge: &Gauge, words: &str) -> Markup {
    let scale = gauge_scale(gauge) as f64;
    let at = |value: u64| n(value as f64 / scale * ACROSS);
    html! {
        svg.bar viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" {
            title { (text(&gauge.label)) ": " (text(words)) }
            rect.track x="0" y="3" width="1000" height="14" {}
            @if let Some(value) = gauge.value {
                rect class={ "f-" (gauge.tone().word()) } x="0" y="3" width=(at(value)) height="14" {}
            }
            @if gauge.warn != gauge.fail {
                line.warn x1=(at(gauge.warn)) x2=(at(gauge.warn)) y1="0" y2="20" {}
            }
            line.limit x1=(at(gauge.fail)) x2=(at(gauge.fail)) y1="0" y2="20" {}
        }
    }
}

fn heading(unit: &str) -> String {
    let mut letters = unit.chars();
    letters.next().map_or_else(|| "Figures".to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

/// The colour of a group: there are eight, and the groups after the seventh share the last.
pub fn hue(group: usize) -> usize {
    group.min(7)
}

/// What is written into a tile, and whether it fits there: its number and as much of its label as there is room for.
pub fn tile_label(tile: &Tile, character: f64) -> (bool, Option<String>) {
    let room = |width: f64| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a small number above zero
        let columns = ((width - 10.0) / character).max(0.0) as usize;
        columns
    };
    let columns = room(tile.rect.width);
    let number = columns >= 2 && tile.rect.height >= 20.0;
    let label = (columns >= 6 && tile.rect.height >= 38.0).then(|| fit(&tile.area.label, columns));
    (number, label)
}

/// As much of a text as fits into so many columns; wide characters take two.
fn fit(label: &str, columns: usize) -> String {
    let mut count = label.chars().count();
    loop {
        let cut = shorten(label, count);
        if cut.width() <= columns || count == 0 {
            return cut;
        }
        count -= 1;
    }
}

fn treemap(chart: &Chart, areas: &[Area]) -> Markup {
    let tiles = lay_out(areas, MAP.0, MAP.1);
    let total: u64 = tiles.iter().map(|tile| tile.area.value).sum();
    // With one owner alone the colours tell the kinds.
    let single = tiles.iter().all(|tile| tile.group == 0);
    let color = |tile: &Tile| hue(if single { tile.number - 1 } else { tile.group });
    let percent = |value: u64| format!("{:.1} %", value as f64 / total.max(1) as f64 * 100.0);
    html! {
        figure {
            svg.map viewBox={ "0 0 " (n(MAP.0)) " " (n(MAP.1)) } role="img" {
                title { (text(&chart.caption)) }
                desc { "Areas in proportion to " (text(&chart.unit)) "; the table below has the same figures under the same numbers." }
                @for tile in &tiles {
                    @let (number, label) = tile_label(tile, 7.6);
                    g {
                        title { (text(&tile.area.label)) ", " (text(&tile.area.group)) ": " (figure(tile.area.value, &chart.unit)) }
                        rect class={ "g" (color(tile)) } x=(n(tile.rect.x + 1.0)) y=(n(tile.rect.y + 1.0))
                            width=(n((tile.rect.width - 2.0).max(0.5))) height=(n((tile.rect.height - 2.0).max(0.5))) {}
                        @if number {
                            text.number x=(n(tile.rect.x + 7.0)) y=(n(tile.rect.y + 17.0)) { (tile.number) }
                        }
                        @if let Some(label) = label {
                            text.label x=(n(tile.rect.x + 7.0)) y=(n(tile.rect.y + 33.0)) { (text(&label)) }
                        }
                    }
                }
            }
            div.table { table role="table" {
                caption { (text(&chart.caption)) }
                thead role="rowgroup" { tr role="row" {
                    th.number scope="col" role="columnheader" { "No." }
                    th scope="col" role="columnheader" { "Part" }
                    th scope="col" role="columnheader" { "Of" }
                    th.number scope="col" role="columnheader" { (heading(&chart.unit)) }
                    th.number scope="col" role="columnheader" { "Share" }
                } }
                tbody role="rowgroup" { @for tile in &tiles {
                    tr role="row" {
                        td.number role="cell" data-label="No." { (tile.number) }
                        th scope="row" role="rowheader" { bdi { (text(&tile.area.label)) } }
                        td role="cell" data-label="Of" { bdi { (text(&tile.area.group)) } }
                        td.number role="cell" data-label=(heading(&chart.unit)) { (figure(tile.area.value, &chart.unit)) }
                        td.number role="cell" data-label="Share" { (percent(tile.area.value)) }
                    }
                } }
            } }
        }
    }
}

/// The top of a scale for figures up to `most`: 1, 2 or 5 times a power of ten.
pub fn nice(most: f64) -> f64 {
    let mut step = 1.0;
    while step < most {
        for factor in [2.0, 5.0, 10.0] {
            if step * factor >= most {
                return step * factor;
            }
        }
        step *= 10.0;
    }
    step
}

fn line_plot(chart: &Chart, periods: &[String], lines: &[(String, Vec<Option<f64>>)]) -> Markup {
    let (width, height, left, bottom) = PLANE;
    let most = lines.iter().flat_map(|(_, values)| values.iter().flatten()).copied().fold(0.0, f64::max);
    let top = nice(most);
    let last = periods.len().saturating_sub(1).max(1) as f64;
    let x = |index: usize| left + index as f64 / last * (width - left - 40.0);
    let y = |value: f64| 10.0 + (1.0 - value / top) * (height - bottom - 10.0);
    html! {
        figure {
            svg.lines viewBox={ "0 0 " (n(width)) " " (n(height)) } role="img" {
                title { (text(&chart.caption)) }
                desc { "Lines over periods, in " (text(&chart.unit)) "; the table below has the same figures." }
                @for tick in [0.0, 0.5, 1.0] {
                    line.grid x1=(n(left)) x2=(n(width - 40.0)) y1=(n(y(top * tick))) y2=(n(y(top * tick))) {}
                    text.axis x=(n(left - 6.0)) y=(n(y(top * tick) + 4.0)) text-anchor="end" { (n(top * tick)) }
                }
                @for (index, period) in periods.iter().enumerate() {
                    text.axis x=(n(x(index))) y=(n(height - 8.0)) text-anchor="middle" { (text(&shorten(period, 10))) }
                }
                @for (number, (name, values)) in lines.iter().enumerate() {
                    @let points: Vec<(f64, f64)> = values.iter().enumerate()
                        .filter_map(|(index, value)| value.map(|value| (x(index), y(value)))).collect();
                    g class={ "l" (hue(number)) } {
                        title { (text(name)) }
                        polyline points=(points.iter().map(|(x, y)| format!("{},{}", n(*x), n(*y))).collect::<Vec<_>>().join(" "))
                            stroke-dasharray=(DASHES.get(number % DASHES.len()).copied().unwrap_or("none")) {}
                        @for (x, y) in &points { circle cx=(n(*x)) cy=(n(*y)) r="3.5" {} }
                        @if let Some((x, y)) = points.last() {
                            text.key x=(n(x + 8.0)) y=(n(y + 4.0)) { (number + 1) }
                        }
                    }
                }
            }
            div.table { table role="table" {
                caption { (text(&chart.caption)) " (" (text(&chart.unit)) ")" }
                thead role="rowgroup" { tr role="row" {
                    th scope="col" role="columnheader" { "Line" }
                    @for period in periods { th.number scope="col" role="columnheader" { (text(period)) } }
                } }
                tbody role="rowgroup" { @for (number, (name, values)) in lines.iter().enumerate() {
                    tr role="row" {
                        th scope="row" role="rowheader" { (number + 1) ". " bdi { (text(name)) } }
                        @for (value, period) in values.iter().zip(periods) {
                            td.number role="cell" data-label=(text(period)) {
                                @match value { Some(value) => { (n(*value)) } None => { "–" } }
                            }
                        }
                    }
                } }
            } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_round() {
        assert!(
            [(0.0, 1.0), (3.0, 5.0), (10.0, 10.0), (11.0, 20.0), (480.0, 500.0)].iter().all(|(most, top)| (nice(
                *most
            ) - *top)
                .abs()
                < f64::EPSILON)
        );
    }

    #[test]
    fn labels_are_bounded_by_columns_and_not_by_letters() {
        assert_eq!(fit("港湾の時刻表", 5), "港湾…");
        assert_eq!(fit("script", 6), "script");
    }

    #[test]
    fn every_plot_has_a_title_and_its_figures_as_words() {
        let bars = Chart {
            caption: "Findings".to_owned(),
            unit: "findings".to_owned(),
            shape: Shape::Bars {
                rows: vec![("GDPR <b>".to_owned(), vec![3, 0])],
                parts: vec![(Tone::Grave, "critical".to_owned()), (Tone::Bad, "high".to_owned())],
            },
        };
        let gauges = Chart {
            caption: "Ages".to_owned(),
            unit: "days".to_owned(),
            shape: Shape::Gauges(vec![Gauge { label: "key".to_owned(), value: Some(400), warn: 365, fail: 1095 }]),
        };
        let map = Chart {
            caption: "Parts".to_owned(),
            unit: "bytes".to_owned(),
            shape: Shape::Treemap(vec![Area { label: "script".to_owned(), group: "react".to_owned(), value: 2000 }]),
        };
        let lines = Chart {
            caption: "Trend".to_owned(),
            unit: "findings".to_owned(),
            shape: Shape::Lines {
                periods: vec!["Q1".to_owned(), "Q2".to_owned()],
                lines: vec![("high".to_owned(), vec![Some(2.0), None])],
            },
        };
        let seen: Vec<String> = [bars, gauges, map, lines].iter().map(|one| chart(one).into_string()).collect();
        for (html, words) in seen.iter().zip([
            "3 critical",
            "400 days: told",
            "2.0 kB",
            "<td class=\"number\" role=\"cell\" data-label=\"Q2\">–",
        ]) {
            assert!(html.contains("role=\"img\"") && html.contains("<title>") && html.contains("<caption>"), "{html}");
            assert!(html.contains(words), "{html}");
            assert!(!html.contains("<b>"));
        }
    }
}
