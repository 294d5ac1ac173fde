//! Finds where any of many short texts begins, in one pass. An automaton waits for each byte's state before it can look
//! at the next byte; here every place is looked up by itself, which most of a bundle's texts leave at once.

/// Bits of the table's index: 16 KiB, so that it stays in the processor's first cache.
const BITS: u32 = 14;

/// The texts that are searched for.
#[derive(Debug)]
pub(super) struct Marks {
    /// Whether a place that begins with these three bytes may hold one.
    heads: Box<[bool; 1 << BITS]>,
    /// The texts and their numbers; equal heads stand together, the longest text first.
    texts: Vec<(u32, Vec<u8>, usize)>,
}

/// Where a text was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// The number of the text, in the order in which they were given.
    pub(super) text: usize,
    /// Where it begins.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

impl Marks {
    /// A search for `texts`, each of three bytes or more; shorter ones are never found.
    pub(super) fn new(texts: impl Iterator<Item = impl AsRef<str>>) -> Self {
        let mut heads = Box::new([false; 1 << BITS]);
        let mut table = Vec::new();
        for (number, text) in texts.enumerate() {
            if let [first, second, third, ..] = text.as_ref().as_bytes() {
                let head = head([*first, *second, *third]);
                if let Some(place) = heads.get_mut(slot(head)) {
                    *place = true;
                }
                table.push((head, text.as_ref().as_bytes().to_vec(), number));
            }
        }
        table.sort_by_key(|(head, text, _): &(u32, Vec<u8>, usize)| (*head, std::cmp::Reverse(text.len())));
        Self { heads, texts: table }
    }

    /// Every text in `bytes`, from left to right, the longest at each place; those within another are left out.
    pub(super) fn find_iter<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = Hit> + 'a {
        let mut from = 0;
        std::iter::from_fn(move || {
            let hit = self.find(bytes, from)?;
            from = hit.end;
            Some(hit)
        })
    }

    fn find(&self, bytes: &[u8], from: usize) -> Option<Hit> {
        let rest = bytes.get(from..)?;
        rest.windows(3).enumerate().find_map(|(step, window)| {
            let &[first, second, third] = window else { return None };
            let head = head([first, second, third]);
            self.heads.get(slot(head)).is_some_and(|may| *may).then(|| self.at(rest, from, step, head)).flatten()
        })
    }

    fn at(&self, rest: &[u8], from: usize, step: usize, head: u32) -> Option<Hit> {
        let begin = self.texts.partition_point(|(other, ..)| *other < head);
        let same = self.texts.get(begin..)?.iter().take_while(|(other, ..)| *other == head);
        let place = rest.get(step..)?;
        same.into_iter().find(|(_, text, _)| place.starts_with(text)).map(|(_, text, number)| {
            let start = from + step;
            Hit { text: *number, start, end: start + text.len() }
        })
    }
}

fn head([first, second, third]: [u8; 3]) -> u32 {
    u32::from_le_bytes([first, second, third, 0])
}

/// The place of a head in the table (multiplicative hashing, Knuth volume 3, 6.4).
fn slot(head: u32) -> usize {
    (head.wrapping_mul(0x9E37_79B1) >> (u32::BITS - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXTS: [&str; 6] = ["abc", "abcd", "bca", "cab", "aaaa", "c.b"];

    /// The same by looking at every place for every text.
    fn plainly(bytes: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut start = 0;
        while start < bytes.len() {
            let here = TEXTS.iter().enumerate().filter(|(_, text)| bytes[start..].starts_with(text.as_bytes()));
            match here.max_by_key(|(_, text)| text.len()) {
                Some((text, found)) => {
                    hits.push(Hit { text, start, end: start + found.len() });
                    start += found.len();
                }
                None => start += 1,
            }
        }
        hits
    }

    proptest! {
        #[test]
        fn it_finds_what_looking_everywhere_finds(text in "[abcd.]{0,40}") {
            let marks = Marks::new(TEXTS.into_iter());
            prop_assert_eq!(marks.find_iter(text.as_bytes()).collect::<Vec<_>>(), plainly(text.as_bytes()));
        }
    }

    #[test]
    fn equal_texts_of_two_rules_are_one() {
        let marks = Marks::new(["abc", "abc"].into_iter());
        assert_eq!(marks.find_iter(b"xabc").count(), 1);
    }
}
