//! The URL of a ledger in an object store: `s3://bucket/prefix`, `gs://bucket/prefix` or `az://container/prefix`.

use crate::model::{Problem, printable};

/// The longest name of a bucket (of Google Cloud Storage, with points).
const LONGEST_BUCKET: usize = 222;
/// The longest prefix.
const LONGEST_PREFIX: usize = 512;
/// What is expected.
const EXPECTED: &str = "expected a folder, `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX` or `az://CONTAINER/PREFIX`, with letters, \
    digits and `.`, `_`, `-`, `=` and `+` in the prefix";

/// Whose object store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Amazon S3, or a store that speaks its protocol.
    S3,
    /// Google Cloud Storage.
    Google,
    /// Azure Blob Storage.
    Azure,
}

/// Where in which store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Whose store.
    pub service: Service,
    /// The bucket; Azure calls it a container.
    pub bucket: String,
    /// What the names of all objects of the ledger begin with, without `/` at the end; empty for the whole bucket.
    pub prefix: String,
}

impl Service {
    /// The environment variables that this store's settings come from begin so.
    #[must_use]
    pub const fn variables(self) -> &'static str {
        match self {
            Self::S3 => "AWS_",
            Self::Google => "GOOGLE_",
            Self::Azure => "AZURE_",
        }
    }

    const fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Google => "gs",
            Self::Azure => "az",
        }
    }
}

impl Address {
    /// Reads a URL. Whatever could hold a secret (a user's part, a query) is refused, and never shown.
    ///
    /// # Errors
    /// When it is no URL of an object store.
    pub fn read(text: &str) -> Result<Self, Problem> {
        if text.contains(['@', '?', '#']) {
            return Err(Problem::new(
                "the URL of the ledger has a `@`, `?` or `#`; it is not shown, since it may hold a secret",
            )
            .help("name bucket and prefix only; credentials come from the environment (docs/ledger.md)"));
        }
        let (scheme, rest) = text.split_once("://").unwrap_or_default();
        let service = match scheme {
            "s3" => Service::S3,
            "gs" => Service::Google,
            "az" => Service::Azure,
            _ => {
                return Err(Problem::new(format!("`{}` is no place for a ledger", printable(text, 120))).help(EXPECTED));
            }
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let plain = |more: &'static [char]| move |c: char| c.is_ascii_alphanumeric() || more.contains(&c);
        let bucket_fits = (3..=LONGEST_BUCKET).contains(&bucket.len())
            && bucket.chars().all(plain(&['.', '-', '_']))
            && !bucket.starts_with('.');
        let part_fits = |part: &str| {
            !part.is_empty() && !part.chars().all(|c| c == '.') && part.chars().all(plain(&['.', '-', '_', '=', '+']))
        };
        let prefix_fits = prefix.len() <= LONGEST_PREFIX && (prefix.is_empty() || prefix.split('/').all(part_fits));
        if !bucket_fits || !prefix_fits {
            return Err(Problem::new(format!("`{}` is no address of a ledger", printable(text, 120))).help(EXPECTED));
        }
        Ok(Self { service, bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }

    /// The URL as people are shown it.
    #[must_use]
    pub fn shown(&self) -> String {
        let slash = if self.prefix.is_empty() { "" } else { "/" };
        printable(&format!("{}://{}{slash}{}", self.service.scheme(), self.bucket, self.prefix), 200)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_and_prefixes_are_read() {
        let one = Address::read("s3://acme-audits/ota/ledger/").unwrap();
        assert_eq!((one.service, one.bucket.as_str(), one.prefix.as_str()), (Service::S3, "acme-audits", "ota/ledger"));
        assert_eq!(one.shown(), "s3://acme-audits/ota/ledger");
        assert_eq!(Address::read("gs://acme-audits").unwrap().prefix, "");
        assert_eq!(Address::read("az://audits/app=1").unwrap().service, Service::Azure);
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for wrong in [
            "https://bucket/x",
            "s3:/bucket",
            "S3://bucket/x",
            "s3://",
            "s3://ab/x",
            "s3:///x",
            "s3://bucket//x",
            "s3://bucket/../x",
            "s3://bucket/a b",
            "s3://bucket/%2e",
            "s3://.bucket/x",
        ] {
            let problem = Address::read(wrong).unwrap_err();
            assert!(problem.message.contains(wrong), "{}", problem.message);
        }
    }

    #[test]
    fn what_may_be_a_secret_is_never_shown() {
        for wrong in [
            "s3://AKIAX:hunter2@bucket/x",
            "az://container/x?sig=hunter2",
            "gs://bucket/x#hunter2",
            "ftp://a:hunter2@b",
        ] {
            let problem = Address::read(wrong).unwrap_err();
            assert!(!format!("{problem:?}").contains("hunter2"), "{problem:?}");
        }
    }
}
