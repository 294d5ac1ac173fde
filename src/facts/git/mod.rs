//! The history of an app's files as git keeps it: which texts a file has had, and the first commit that had each. It is
//! read from the objects alone: no program is run, no configuration but the repository's own is read, nothing is written.

mod find;
#[cfg(test)]
pub(crate) mod tests;
mod walk;

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::{Serialize, Serializer};

use crate::model::Fact;

/// One commit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Commit {
    /// The day on which it was committed, in UTC: the committer's date, since the author's survives any rewriting.
    #[serde(serialize_with = "day")]
    pub date: Date,
    /// The same in seconds since 1970.
    pub seconds: i64,
    /// Its id in hexadecimal digits.
    pub id: String,
    /// Whether its own date is earlier than a parent's, and so the parent's was taken: one of the two clocks was wrong.
    pub skewed: bool,
}

/// How much of the history was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct History {
    /// How many commits.
    pub commits: usize,
    /// Whether the clone is shallow: what is older than its boundary is not here.
    pub shallow: bool,
    /// Why not all of it was read.
    pub partial: Option<String>,
}

impl History {
    /// Whether something older may exist that was not seen.
    #[must_use]
    pub const fn cut(&self) -> bool {
        self.shallow || self.partial.is_some()
    }
}

/// Is shown the number of a path, a commit and the bytes of the file in it; `Break` ends the path.
pub type Visit<'a> = &'a mut dyn FnMut(usize, &Commit, &[u8]) -> ControlFlow<()>;

/// Shows every version of each of `paths`, which are relative to `app`, the oldest first, with the first commit that has
/// it; `visit` gets the number of the path and the version's bytes, and ends the path with `Break`. `Absent` when
/// the app lies in no git repository.
pub fn versions(app: &Path, paths: &[&str], visit: Visit<'_>) -> Fact<History> {
    let place = match find::find(app) {
        Fact::Known(place) => place,
        Fact::Absent => return Fact::Absent,
        Fact::Unknown(why) => return Fact::Unknown(why),
        Fact::Unreadable(why) => return Fact::Unreadable(why),
    };
    // The library is made for repositories that git wrote; a hostile one must not end the audit.
    catch_unwind(AssertUnwindSafe(|| walk::versions(&place, paths, visit)))
        .unwrap_or_else(|_| Fact::Unreadable("the git repository is damaged beyond reading".to_owned()))
}

/// The day in UTC of a moment in seconds since 1970.
#[must_use]
pub fn day_of(seconds: i64) -> Option<Date> {
    Some(Offset::UTC.to_datetime(Timestamp::from_second(seconds).ok()?).date())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn day<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}
