//! Squarified treemaps (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000): areas in proportion, as square as can be.
#![allow(clippy::cast_precision_loss)] // geometry for the eye

use super::Area;

/// At most so many areas are drawn; the smallest are drawn as one.
const MOST: usize = 24;

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// One area and where it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// Its number in the legend, from 1.
    pub number: usize,
    /// The area; for the last one perhaps all that is small, taken together.
    pub area: Area,
    /// Which group it belongs to, from 0, the largest first.
    pub group: usize,
    /// Where.
    pub rect: Rect,
}

/// Lays areas out in a rectangle of `width` and `height`: groups lie together, the largest first. Areas of zero are left out.
#[must_use]
pub fn lay_out(areas: &[Area], width: f64, height: f64) -> Vec<Tile> {
    let areas = condense(areas);
    let mut groups: Vec<(String, Vec<Area>)> = Vec::new();
    for area in areas {
        match groups.iter_mut().find(|(name, _)| *name == area.group) {
            Some((_, members)) => members.push(area),
            None => groups.push((area.group.clone(), vec![area])),
        }
    }
    let total = |members: &[Area]| members.iter().map(|area| area.value).sum::<u64>();
    groups.sort_by(|one, other| (total(&other.1), &one.0).cmp(&(total(&one.1), &other.0)));
    let sums: Vec<f64> = groups.iter().map(|(_, members)| total(members) as f64).collect();
    let whole = Rect { x: 0.0, y: 0.0, width, height };
    let mut tiles = Vec::new();
    for (group, ((_, members), rect)) in groups.into_iter().zip(squarify(&sums, whole)).enumerate() {
        let values: Vec<f64> = members.iter().map(|area| area.value as f64).collect();
        for (area, rect) in members.into_iter().zip(squarify(&values, rect)) {
            tiles.push(Tile { number: tiles.len() + 1, area, group, rect });
        }
    }
    tiles
}

/// The largest areas, largest first; the others become one.
fn condense(areas: &[Area]) -> Vec<Area> {
    let mut sorted: Vec<Area> = areas.iter().filter(|area| area.value > 0).cloned().collect();
    sorted.sort_by(|one, other| (other.value, &one.group, &one.label).cmp(&(one.value, &other.group, &other.label)));
    if sorted.len() > MOST {
        let rest = sorted.split_off(MOST - 1);
        let value = rest.iter().map(|area| area.value).sum();
        sorted.push(Area { label: format!("{} smaller parts", rest.len()), group: "various".to_owned(), value });
    }
    sorted
}

/// Divides `rect` among `values`, which are above zero and fall.
fn squarify(values: &[f64], rect: Rect) -> Vec<Rect> {
    let total: f64 = values.iter().sum();
    let mut out = Vec::with_capacity(values.len());
    let mut rest = rect;
    let mut left = values;
    let mut left_total = total;
    while !left.is_empty() {
        let scale = rest.width * rest.height / left_total;
        let side = rest.width.min(rest.height);
        let mut taken = 1;
        let mut best = f64::INFINITY;
        for count in 1..=left.len() {
            let row = left.get(..count).unwrap_or_default();
            let sum: f64 = row.iter().sum::<f64>() * scale;
            let (most, least) =
                (row.first().copied().unwrap_or(0.0) * scale, row.last().copied().unwrap_or(0.0) * scale);
            let worst = (side * side * most / (sum * sum)).max(sum * sum / (side * side * least));
            if worst > best {
                break;
            }
            best = worst;
            taken = count;
        }
        let (row, after) = left.split_at(taken);
        let sum: f64 = row.iter().sum();
        let share = sum / left_total;
        let upright = rest.width >= rest.height;
        let (mut x, mut y) = (rest.x, rest.y);
        for value in row {
            let part = value / sum;
            let rect = if upright {
                Rect { x, y, width: rest.width * share, height: rest.height * part }
            } else {
                Rect { x, y, width: rest.width * part, height: rest.height * share }
            };
            if upright {
                y += rect.height;
            } else {
                x += rect.width;
            }
            out.push(rect);
        }
        if upright {
            rest.x += rest.width * share;
            rest.width -= rest.width * share;
        } else {
            rest.y += rest.height * share;
            rest.height -= rest.height * share;
        }
        left = after;
        left_total -= sum;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(label: &str, group: &str, value: u64) -> Area {
        Area { label: label.to_owned(), group: group.to_owned(), value }
    }

    #[test]
    fn areas_are_in_proportion_and_stay_inside() {
        let areas: Vec<Area> =
            (1..=80).map(|n| area(&format!("a{n}"), ["x", "y", "z"][n % 3], n as u64 * n as u64)).collect();
        let tiles = lay_out(&areas, 720.0, 400.0);
        assert_eq!(tiles.len(), MOST);
        let total: u64 = areas.iter().map(|area| area.value).sum();
        for tile in &tiles {
            let rect = tile.rect;
            assert!(rect.x >= -0.001 && rect.y >= -0.001, "{tile:?}");
            assert!(rect.x + rect.width <= 720.001 && rect.y + rect.height <= 400.001, "{tile:?}");
            let share = rect.width * rect.height / (720.0 * 400.0);
            assert!((share - tile.area.value as f64 / total as f64).abs() < 1e-6, "{tile:?}");
        }
        assert_eq!(tiles.iter().map(|tile| tile.area.value).sum::<u64>(), total, "nothing is lost");
        assert!(tiles.iter().any(|tile| tile.area.label == "57 smaller parts"));
    }

    #[test]
    fn the_example_of_the_paper() {
        let areas: Vec<Area> =
            [6, 6, 4, 3, 2, 2, 1].iter().enumerate().map(|(n, v)| area(&n.to_string(), "g", *v)).collect();
        let tiles = lay_out(&areas, 6.0, 4.0);
        let sizes: Vec<(f64, f64)> = tiles.iter().map(|tile| (tile.rect.width, tile.rect.height)).collect();
        assert_eq!(sizes.first().map(|(w, h)| (w.round(), h.round())), Some((3.0, 2.0)));
        assert_eq!(sizes.get(2).map(|(w, h)| ((w * 7.0).round(), (h * 7.0).round())), Some((12.0, 16.0)));
    }

    #[test]
    fn nothing_gives_nothing() {
        assert!(lay_out(&[], 10.0, 10.0).is_empty());
        assert!(lay_out(&[area("a", "b", 0)], 10.0, 10.0).is_empty());
    }
}
