//! Version ranges as npm writes them (node-semver's README, "Range Grammar"), as sets that can be compared.

use semver::{BuildMetadata, Prerelease, Version};

/// Longer texts are no ranges that a person or tool wrote.
const LONGEST_RANGE: usize = 1024;

/// A set of versions: one interval for each alternative of the range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionSet {
    intervals: Vec<Interval>,
}

/// A place between versions: just before or just after one of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cut {
    version: Version,
    after: bool,
}

/// From one place to another; no `high` is without end.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Interval {
    low: Cut,
    high: Option<Cut>,
}

/// One version as written in a lockfile: `8.51.22`, also `v8.51.22` and `=8.51.22`; `None` when it is none.
#[must_use]
pub fn exact(text: &str) -> Option<Version> {
    let text = text.trim();
    let text = text.strip_prefix('=').unwrap_or(text).trim_start();
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    if text.len() > LONGEST_RANGE {
        return None;
    }
    // What is behind `+` names a build and has no rank.
    Version::parse(text).ok().map(|version| Version { build: BuildMetadata::EMPTY, ..version })
}

impl VersionSet {
    /// Reads a range: comparators, `^`, `~`, `x`, `a - b`, joined by blanks and `||`. `None` when it is something else:
    /// a tag, an address, a path.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST_RANGE {
            return None;
        }
        let intervals = text.split("||").map(alternative).collect::<Option<Vec<_>>>()?;
        // An alternative such as `>2 <1` allows nothing.
        Some(Self { intervals: intervals.into_iter().filter(Interval::is_inhabited).collect() })
    }

    /// Whether a version is in the set. A pre-release is in it when its own rank is (`8.51.23-beta` comes before 8.51.23)
    /// or when its final release is (`7.0.0-rc.1` for `=7.0.0`). npm leaves most pre-releases out of ranges, which
    /// is right for choosing what to install and wrong for asking what is weak.
    #[must_use]
    pub fn contains(&self, version: &Version) -> bool {
        let ranked = Version { build: BuildMetadata::EMPTY, ..version.clone() };
        let release = Version::new(version.major, version.minor, version.patch);
        self.intervals.iter().any(|interval| interval.holds(&ranked) || interval.holds(&release))
    }

    /// Whether every version of this set is in the other.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        let mut cover: Vec<&Interval> = other.intervals.iter().collect();
        cover.sort_by(|one, other| one.low.cmp(&other.low));
        !self.intervals.is_empty() && self.intervals.iter().all(|interval| interval.is_covered(&cover))
    }

    /// Whether some version is in both sets.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.intervals.iter().any(|one| other.intervals.iter().any(|two| one.meet(two).is_inhabited()))
    }
}

impl Interval {
    fn all() -> Self {
        Self { low: before(lowest()), high: None }
    }

    fn holds(&self, version: &Version) -> bool {
        let place = before(version.clone());
        self.low <= place && self.high.as_ref().is_none_or(|high| place < *high)
    }

    fn is_inhabited(&self) -> bool {
        self.high.as_ref().is_none_or(|high| self.low < *high)
    }

    fn meet(&self, other: &Self) -> Self {
        let high = match (&self.high, &other.high) {
            (Some(one), Some(two)) => Some(one.min(two).clone()),
            (one, two) => one.as_ref().or(two.as_ref()).cloned(),
        };
        Self { low: self.low.clone().max(other.low.clone()), high }
    }

    /// Walks along the sorted intervals from its low end as far as they reach without a gap.
    fn is_covered(&self, cover: &[&Self]) -> bool {
        let mut reached = self.low.clone();
        for interval in cover {
            if interval.low > reached {
                return false;
            }
            let Some(high) = &interval.high else { return true };
            reached = reached.max(high.clone());
            if self.high.as_ref().is_some_and(|end| *end <= reached) {
                return true;
            }
        }
        false
    }
}

/// The lowest version there is.
fn lowest() -> Version {
    Version { pre: Prerelease::new("0").unwrap_or(Prerelease::EMPTY), ..Version::new(0, 0, 0) }
}

const fn before(version: Version) -> Cut {
    Cut { version, after: false }
}

const fn after(version: Version) -> Cut {
    Cut { version, after: true }
}

/// One alternative between `||`: comparators that all hold, or `a - b`. An empty one allows everything.
fn alternative(text: &str) -> Option<Interval> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if let [low, "-", high] = words.as_slice() {
        let low = Partial::parse(low)?.interval("")?.low;
        return Some(Interval { low, high: Partial::parse(high)?.interval("")?.high });
    }
    let mut interval = Interval::all();
    let mut operator = "";
    for word in words {
        let rest = word.trim_start_matches(['<', '>', '=', '^', '~']);
        let (sign, partial) = word.split_at(word.len() - rest.len());
        let sign = match (operator, sign) {
            (operator, "") => operator,
            ("", sign) => sign,
            _ => return None,
        };
        // `>= 1.2.3` with a blank is written, too.
        operator = if partial.is_empty() { sign } else { "" };
        if !partial.is_empty() {
            interval = interval.meet(&Partial::parse(partial)?.interval(sign)?);
        }
    }
    operator.is_empty().then_some(interval)
}

/// A version of which the last numbers may be missing or `x`.
struct Partial {
    numbers: Vec<u64>,
    prerelease: Prerelease,
}

impl Partial {
    fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let text = text.split_once('+').map_or(text, |(version, _)| version);
        let (core, prerelease) = text.split_once('-').unwrap_or((text, ""));
        let mut numbers = Vec::new();
        let mut open = false;
        let parts: Vec<&str> = core.split('.').collect();
        if parts.len() > 3 {
            return None;
        }
        for part in parts {
            if matches!(part, "x" | "X" | "*") {
                open = true;
            } else if part.bytes().all(|byte| byte.is_ascii_digit()) {
                // Numbers up to JavaScript's safe integers are versions; the limit keeps arithmetic from overflowing.
                let number = part.parse::<u64>().ok().filter(|number| *number < 1 << 53)?;
                if !open {
                    numbers.push(number);
                }
            } else {
                return None;
            }
        }
        Some(Self { numbers, prerelease: Prerelease::new(prerelease).ok()? })
    }

    /// The lowest version it means.
    fn floor(&self) -> Version {
        let at = |index: usize| self.numbers.get(index).copied().unwrap_or(0);
        let whole = self.numbers.len() == 3;
        let pre = if whole { self.prerelease.clone() } else { Prerelease::EMPTY };
        Version { pre, ..Version::new(at(0), at(1), at(2)) }
    }

    /// The first version after those that agree in the first `kept` numbers.
    fn ceiling(&self, kept: usize) -> Option<Version> {
        let floor = self.floor();
        Some(match kept {
            1 => Version::new(floor.major + 1, 0, 0),
            2 => Version::new(floor.major, floor.minor + 1, 0),
            3 => Version::new(floor.major, floor.minor, floor.patch + 1),
            _ => return None,
        })
    }

    fn interval(&self, sign: &str) -> Option<Interval> {
        let given = self.numbers.len();
        let low = before(self.floor());
        if given == 0 {
            // `*`, also behind a sign; below everything is nothing.
            return Some(if matches!(sign, "<" | ">") {
                Interval { high: Some(low.clone()), low }
            } else {
                Interval::all()
            });
        }
        let whole = given == 3;
        let end = || if whole { Some(after(self.floor())) } else { self.ceiling(given).map(before) };
        Some(match sign {
            "" | "=" => Interval { low, high: end() },
            ">=" => Interval { low, high: None },
            ">" => Interval { low: end()?, high: None },
            "<" => Interval { high: Some(low), ..Interval::all() },
            "<=" => Interval { high: end(), ..Interval::all() },
            "~" | "~>" => Interval { low, high: self.ceiling(given.min(2)).map(before) },
            "^" => {
                // The first number that is not zero stays; of all zeros, the last one given.
                let zeros = self.numbers.iter().take_while(|number| **number == 0).count();
                Interval { low, high: self.ceiling((zeros + 1).min(given)).map(before) }
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> VersionSet {
        VersionSet::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    fn holds(range: &str, version: &str) -> bool {
        set(range).contains(&exact(version).unwrap())
    }

    #[test]
    fn ranges_hold_what_npm_says() {
        let cases = [
            (">=4.17.11 <=6.1.3", "4.17.11", true),
            (">=4.17.11 <=6.1.3", "6.1.3", true),
            (">=4.17.11 <=6.1.3", "6.1.4", false),
            (">= 4.17.11 < 5", "4.61.11", true),
            (">4 <6", "5.0.0", true),
            (">4 <6", "4.9.0", false),
            ("<=7.51", "7.51.21", true),
            ("^8.0.0", "8.51.22", true),
            ("^8.0.0", "9.0.0", false),
            ("^0.25.3", "0.25.9", true),
            ("^0.25.3", "0.26.0", false),
            ("^0.0.3", "0.0.4", false),
            ("^0.0", "0.0.4", true),
            ("^0", "0.9.4", true),
            ("~57.0.5", "57.0.24", true),
            ("~57.0.5", "57.1.0", false),
            ("~8", "8.9.0", true),
            ("7.x || 9.0.0", "7.50.1", true),
            ("7.x || 9.0.0", "9.0.0", true),
            ("7.x || 9.0.0", "9.0.1", false),
            ("1.2 - 2.3", "2.3.9", true),
            ("1.2 - 2.3.4", "2.3.5", false),
            ("*", "0.0.1", true),
            ("", "99.0.0", true),
            ("=7.0.0", "7.0.0+build", true),
            ("v7.0.0", "7.0.0", true),
        ];
        for (range, version, expected) in cases {
            assert_eq!(holds(range, version), expected, "{version} in {range}");
        }
        for range in [
            "latest",
            "workspace:*",
            "file:../x",
            "github:a/b",
            "1.2.3.4",
            ">=",
            ">= >1",
            "<>1",
            "1 - ",
            "99999999999999999999",
        ] {
            assert_eq!(VersionSet::parse(range), None, "{range}");
        }
    }

    #[test]
    fn prereleases_do_not_escape() {
        assert!(holds(">=8.0.0 <8.51.23", "8.51.23-beta.1"), "it comes before the fix");
        assert!(holds(">=8.0.0 <8.51.23", "8.40.0-alpha"), "npm would leave it out");
        assert!(holds("=7.0.0", "7.0.0-rc.1"), "the final release is weak");
        assert!(holds(">=8.0.0 <8.51.23", "8.0.0-alpha.1"));
        assert!(!holds(">=8.0.0 <8.51.23", "8.51.24-beta.1"));
        assert!(holds("<5.10.0", "0.0.0-x"));
    }

    #[test]
    fn sets_are_compared() {
        let within = |one: &str, two: &str| set(one).is_within(&set(two));
        assert!(within("^7.0.54", ">=7.0.0 <8.0.0"));
        assert!(!within("^8.0.0", ">=8.0.0 <8.51.23"));
        assert!(within("5.x || 6.x", ">=6.0.0 <7.0.0 || >=5.0.0 <6.0.0"));
        assert!(within(">=5.1 <6.2", "5.x || 6.x"), "across two that touch");
        assert!(!within(">=5.1 <7.2", "5.x || 7.x"), "the gap is seen");
        assert!(!within("*", ">=0.0.1"));
        assert!(within("^1.0.0", "*"));
        assert!(!within(">2 <1", "*"), "nothing is within nothing");
        assert!(set("^8.0.0").overlaps(&set("<8.51.23")));
        assert!(!set("^8.51.23").overlaps(&set("<8.51.23")));
        assert!(!set("<*").overlaps(&set("*")));
    }
}
