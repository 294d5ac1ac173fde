//! What a release's metadata state beside the version: for which native versions and which channel it is, and its dates.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::config::is_metadata;
use super::published::{RELEASE_FILE, RELEASE_PLACE};
use super::{Delivery, Role};
use crate::facts::plugins::Platform;
use crate::inputs::{JsonNode, JsonValue};
use crate::model::{Position, printable};

/// How much of a value is kept: more is no version, channel or date, and an address says enough.
const MOST: usize = 200;

/// What one metadata file states.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PublishedTerms {
    /// The file.
    pub source: String,
    /// The native versions that it is made for.
    pub constraints: Vec<NativeConstraint>,
    /// The channel that it goes to.
    pub channel: Option<Term>,
    /// The address that the content is fetched from.
    pub address: Option<Term>,
    /// The version that devices have before it.
    pub previous: Option<Term>,
    /// When it was made or published.
    pub issued: Option<Moment>,
    /// Until when it counts.
    pub expires: Option<Moment>,
}

impl PublishedTerms {
    /// Whether it states anything of the kind.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.constraints.is_empty()
            && self.channel.is_none()
            && self.address.is_none()
            && self.previous.is_none()
            && self.issued.is_none()
            && self.expires.is_none()
    }
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Term {
    /// Its key.
    pub key: String,
    /// The value, bounded and inert.
    pub text: String,
    /// Where it stands.
    pub position: Position,
}

/// One date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// Key, text and place.
    #[serde(flatten)]
    pub term: Term,
    /// In seconds since 1970; none when it is no date that is known here.
    pub seconds: Option<i64>,
}

/// A native version that an update needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NativeConstraint {
    /// Key, text and place.
    #[serde(flatten)]
    pub term: Term,
    /// The platform that it is about; all without one.
    pub platform: Option<Platform>,
    /// How it bounds.
    pub bound: Bound,
    /// What is compared.
    pub of: Counted,
}

/// How a constraint bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// This or a higher one.
    AtLeast,
    /// This or a lower one.
    AtMost,
    /// This one alone.
    Exactly,
    /// Those that a range of npm's kind admits.
    Within,
}

/// What a constraint compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counted {
    /// The version that people see: `versionName`, `CFBundleShortVersionString`.
    Version,
    /// The number of the build: `versionCode`, `CFBundleVersion`.
    Build,
}

/// A key of a constraint and what it means.
type Row = (&'static str, Option<Platform>, Bound, Counted);

/// Sources: Capgo's backend compares `min_update_version` of a bundle with the device's `version_build`, which is the native
/// version (`plugin_runtime/utils/update.ts`); Capawesome's CLI sends version codes (`types/app-bundle.ts`); CodePush's
/// server answers with `target_binary_range`. The other names are those that servers of one's own use.
const CONSTRAINTS: [Row; 16] = [
    ("min_update_version", None, Bound::AtLeast, Counted::Version),
    ("minUpdateVersion", None, Bound::AtLeast, Counted::Version),
    ("min_native_version", None, Bound::AtLeast, Counted::Version),
    ("minNativeVersion", None, Bound::AtLeast, Counted::Version),
    ("max_native_version", None, Bound::AtMost, Counted::Version),
    ("maxNativeVersion", None, Bound::AtMost, Counted::Version),
    ("minAndroidAppVersionCode", Some(Platform::Android), Bound::AtLeast, Counted::Build),
    ("maxAndroidAppVersionCode", Some(Platform::Android), Bound::AtMost, Counted::Build),
    ("eqAndroidAppVersionCode", Some(Platform::Android), Bound::Exactly, Counted::Build),
    ("minIosAppVersionCode", Some(Platform::Ios), Bound::AtLeast, Counted::Build),
    ("maxIosAppVersionCode", Some(Platform::Ios), Bound::AtMost, Counted::Build),
    ("eqIosAppVersionCode", Some(Platform::Ios), Bound::Exactly, Counted::Build),
    ("target_binary_range", None, Bound::Within, Counted::Version),
    ("targetBinaryRange", None, Bound::Within, Counted::Version),
    ("target_binary_version", None, Bound::Within, Counted::Version),
    ("targetBinaryVersion", None, Bound::Within, Counted::Version),
];
const CHANNEL: [&str; 3] = ["channel", "channelName", "channel_name"];
const ADDRESS: [&str; 2] = ["url", "content_url"];
const ISSUED: [&str; 9] = [
    "issued_at",
    "issuedAt",
    "iat",
    "published_at",
    "publishedAt",
    "released_at",
    "releasedAt",
    "created_at",
    "createdAt",
];
const EXPIRES: [&str; 8] =
    ["expires", "expires_at", "expiresAt", "exp", "valid_until", "validUntil", "not_after", "notAfter"];

/// What the metadata of a release state, in the order of the files; files that state nothing of the kind are left out.
#[must_use]
pub fn terms(delivery: &Delivery) -> Vec<PublishedTerms> {
    let documents = delivery.documents.iter().filter(|document| document.role == Role::Release);
    let metadata = documents.filter(|document| is_metadata(document));
    let read = metadata.map(|document| terms_of(&document.path, &document.json.root));
    stated(delivery).into_iter().chain(read).filter(|terms| !terms.is_empty()).collect()
}

/// What a `release.yaml` states.
fn stated(delivery: &Delivery) -> Option<PublishedTerms> {
    let term = |key: &str, text: &Option<String>| {
        let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty())?;
        Some(Term { key: key.to_owned(), text: printable(text, MOST), position: RELEASE_PLACE })
    };
    let terms = PublishedTerms {
        source: RELEASE_FILE.to_owned(),
        channel: term("channel", &delivery.stated.channel),
        previous: term("previous", &delivery.stated.previous_version),
        ..PublishedTerms::default()
    };
    (!terms.is_empty()).then_some(terms)
}

/// What one metadata file states: at the top, under `data` or `bundle`, as publishers wrap a server's answer, or beside a
/// signature (OtaKit).
#[must_use]
pub fn terms_of(source: &str, root: &JsonValue) -> PublishedTerms {
    let places = [Some(root), root.get("data"), root.get("bundle"), root.get("update_info"), root.get("updateInfo")];
    let find = |keys: &[&str]| {
        let mut places = places.iter().copied().flatten().chain(root.get("signature"));
        places.find_map(|place| keys.iter().find_map(|key| term(place, key)))
    };
    let moment = |keys: &[&str]| find(keys).map(|term| Moment { seconds: seconds(&term.text), term });
    let constraints = CONSTRAINTS.iter().filter_map(|(key, platform, bound, of)| {
        let term = find(&[*key])?;
        Some(NativeConstraint { term, platform: *platform, bound: *bound, of: *of })
    });
    PublishedTerms {
        source: printable(source, 200),
        constraints: constraints.collect(),
        channel: find(&CHANNEL),
        address: find(&ADDRESS),
        previous: None,
        issued: moment(&ISSUED),
        expires: moment(&EXPIRES),
    }
}

fn term(place: &JsonValue, key: &str) -> Option<Term> {
    let value = place.get(key)?;
    let (JsonNode::String(text) | JsonNode::Number(text)) = &value.node else { return None };
    let text = text.trim();
    (!text.is_empty()).then(|| Term { key: key.to_owned(), text: printable(text, MOST), position: value.position })
}

/// Seconds or milliseconds since 1970, a time of RFC 3339, or a day.
fn seconds(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse::<i64>() {
        // Milliseconds of 2001 and later are more than seconds of the next centuries.
        return Some(if number.abs() > 99_999_999_999 { number / 1000 } else { number });
    }
    let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|moment| moment.timestamp());
    text.parse::<Timestamp>().ok().or_else(day).map(Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::parse_json;

    fn read(text: &str) -> PublishedTerms {
        terms_of("update.json", &parse_json(text).unwrap().root)
    }

    #[test]
    fn constraints_channel_and_dates_are_read_where_publishers_write_them() {
        let found = read(
            r#"{"data": {"min_update_version": "3.2.0", "channel": "staging", "createdAt": "2026-11-01T10:00:00Z"},
                "signature": {"exp": 1796083200}}"#,
        );
        let [one] = found.constraints.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.term.text.as_str(), one.bound, one.of), ("3.2.0", Bound::AtLeast, Counted::Version));
        assert_eq!(found.channel.unwrap().text, "staging");
        assert_eq!(found.issued.unwrap().seconds, Some(1_793_527_200));
        assert_eq!(found.expires.unwrap().seconds, Some(1_796_083_200));
        assert!(read(r#"{"version": "1.0.0", "channel": null, "exp": {}}"#).is_empty());
    }

    #[test]
    fn a_release_file_states_channel_and_previous_version() {
        let mut delivery = crate::facts::testing::delivery(vec![("update.json", br#"{"checksum":"x"}"#.to_vec())]);
        assert!(terms(&delivery).is_empty());
        delivery.stated.channel = Some("staging".to_owned());
        delivery.stated.previous_version = Some("1.3.0".to_owned());
        delivery.stated.version = Some("1.4.0".to_owned());
        let [found] = terms(&delivery).try_into().unwrap();
        assert_eq!((found.channel.unwrap().text.as_str(), found.source.as_str()), ("staging", "release.yaml"));
        assert_eq!(found.previous.unwrap().text, "1.3.0");
        assert_eq!(crate::facts::updaters::published::versions(&delivery)[0].version, "1.4.0");
    }

    #[test]
    fn dates_are_read_in_seconds_milliseconds_days_and_times() {
        for (text, expected) in [
            ("1796083200", Some(1_796_083_200)),
            ("1796083200000", Some(1_796_083_200)),
            ("2026-12-01", Some(1_796_083_200)),
            ("2026-12-01T01:00:00+01:00", Some(1_796_083_200)),
            ("next week", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
