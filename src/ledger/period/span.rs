//! The span of time that a period report is about.

use jiff::civil::Date;

use crate::model::{Problem, printable};

/// A quarter, a month or a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    year: i16,
    part: Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Year,
    Quarter(i8),
    Month(i8),
}

impl Period {
    /// Reads `2026Q4`, `2026-11` or `2026`.
    ///
    /// # Errors
    /// When the text is none of these.
    pub fn read(text: &str) -> Result<Self, Problem> {
        let problem = || {
            Problem::new(format!("`{}` is no period", printable(text, 40)))
                .help("expected a quarter such as `2026Q4`, a month such as `2026-11`, or a year such as `2026`")
        };
        let year = |text: &str| text.parse().ok().filter(|year| (1970..=9998).contains(year)).ok_or_else(problem);
        let within =
            |text: &str, most: i8| text.parse().ok().filter(|number| (1..=most).contains(number)).ok_or_else(problem);
        if let Some((before, after)) = text.split_once(['Q', 'q']) {
            return Ok(Self { year: year(before)?, part: Part::Quarter(within(after, 4)?) });
        }
        if let Some((before, after)) = text.split_once('-') {
            return Ok(Self { year: year(before)?, part: Part::Month(within(after, 12)?) });
        }
        Ok(Self { year: year(text)?, part: Part::Year })
    }

    /// Its first day.
    #[must_use]
    pub fn first(self) -> Date {
        let month = match self.part {
            Part::Year => 1,
            Part::Quarter(number) => number * 3 - 2,
            Part::Month(number) => number,
        };
        Date::new(self.year, month, 1).unwrap_or(Date::ZERO)
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> Date {
        self.next().first().yesterday().unwrap_or(Date::ZERO)
    }

    /// The period after it.
    #[must_use]
    pub const fn next(self) -> Self {
        match self.part {
            Part::Quarter(number) if number < 4 => Self { part: Part::Quarter(number + 1), ..self },
            Part::Month(number) if number < 12 => Self { part: Part::Month(number + 1), ..self },
            Part::Year => Self { year: self.year + 1, ..self },
            Part::Quarter(_) => Self { year: self.year + 1, part: Part::Quarter(1) },
            Part::Month(_) => Self { year: self.year + 1, part: Part::Month(1) },
        }
    }

    /// The period before it.
    #[must_use]
    pub const fn previous(self) -> Self {
        match self.part {
            Part::Quarter(number) if number > 1 => Self { part: Part::Quarter(number - 1), ..self },
            Part::Month(number) if number > 1 => Self { part: Part::Month(number - 1), ..self },
            Part::Year => Self { year: self.year - 1, ..self },
            Part::Quarter(_) => Self { year: self.year - 1, part: Part::Quarter(4) },
            Part::Month(_) => Self { year: self.year - 1, part: Part::Month(12) },
        }
    }

    /// Whether a day lies in it.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        self.first() <= day && day <= self.last()
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.part {
            Part::Year => write!(out, "{}", self.year),
            Part::Quarter(number) => write!(out, "{}Q{number}", self.year),
            Part::Month(number) => write!(out, "{}-{number:02}", self.year),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_and_follow_one_another() {
        for (text, first, last, before) in [
            ("2026Q4", "2026-10-01", "2026-12-31", "2026Q3"),
            ("2026q1", "2026-01-01", "2026-03-31", "2025Q4"),
            ("2024-02", "2024-02-01", "2024-02-29", "2024-01"),
            ("2026-01", "2026-01-01", "2026-01-31", "2025-12"),
            ("2026", "2026-01-01", "2026-12-31", "2025"),
        ] {
            let period = Period::read(text).unwrap();
            assert_eq!((period.first().to_string().as_str(), period.last().to_string().as_str()), (first, last));
            assert_eq!(period.previous().to_string(), before);
            assert_eq!(period.previous().next(), period);
        }
        for text in ["2026Q5", "2026-13", "26", "soon", "2026Q", ""] {
            assert!(Period::read(text).is_err(), "{text}");
        }
    }
}
