//! The clients of the three services, with settings from outside and bounds of our own.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, Checksum};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::{ClientConfigKey, Error, ObjectStore, RetryConfig};

use super::super::address::{Address, Service};
use super::Bucket;
use crate::model::{Problem, printable};

/// What each request has to keep to; settings from outside come after these.
const BOUNDS: [(ClientConfigKey, &str); 2] =
    [(ClientConfigKey::ConnectTimeout, "10s"), (ClientConfigKey::Timeout, "60s")];
/// A setting that is left out: a certificate that does not verify is never accepted.
const TRUST_ANYBODY: &str = "allow_invalid_certificates";
/// A shorter setting is a word or a number, and is not taken out of messages.
const SHORTEST_SECRET: usize = 6;

impl Bucket {
    /// The ledger at an address. `settings` are names and values of environment variables: credentials, region, endpoint.
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// When the settings do not fit together.
    pub fn open(address: &Address, settings: &[(String, String)]) -> Result<Self, Problem> {
        let shown = address.shown();
        let variables = address.service.variables();
        let help =
            format!("credentials, region and endpoint come from the environment, `{variables}…` (docs/ledger.md)");
        let store = store(address, settings).map_err(|error| {
            let why = without(&error.to_string(), settings);
            Problem::new(format!("can't open the ledger `{shown}`: {}", printable(&why, 300))).help(help.clone())
        })?;
        Self::over(store, &address.prefix, &shown, &help)
    }
}

/// Requests that fail for a moment are sent again, but not for minutes: a build waits.
fn retry() -> RetryConfig {
    RetryConfig { max_retries: 4, retry_timeout: Duration::from_secs(60), ..RetryConfig::default() }
}

fn store(address: &Address, settings: &[(String, String)]) -> Result<Arc<dyn ObjectStore>, Error> {
    // Whoever could read along would have the credentials.
    let sound = |(name, _): &(String, &str)| !name.ends_with(TRUST_ANYBODY);
    let settings =
        settings.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.as_str())).filter(|one| sound(one));
    Ok(match address.service {
        Service::S3 => {
            // A bucket with a retention lock refuses what comes without a checksum.
            let mut builder = AmazonS3Builder::new().with_checksum_algorithm(Checksum::SHA256).with_retry(retry());
            for (key, value) in BOUNDS {
                builder = builder.with_config(AmazonS3ConfigKey::Client(key), value);
            }
            for (name, value) in settings {
                if let Ok(key) = name.parse() {
                    builder = builder.with_config(key, value);
                }
            }
            Arc::new(builder.with_bucket_name(&address.bucket).build()?)
        }
        Service::Google => {
            let mut builder = GoogleCloudStorageBuilder::new().with_retry(retry());
            for (key, value) in BOUNDS {
                builder = builder.with_config(GoogleConfigKey::Client(key), value);
            }
            for (name, value) in settings {
                if let Ok(key) = name.parse() {
                    builder = builder.with_config(key, value);
                }
            }
            Arc::new(builder.with_bucket_name(&address.bucket).build()?)
        }
        Service::Azure => {
            let mut builder = MicrosoftAzureBuilder::new().with_retry(retry());
            for (key, value) in BOUNDS {
                builder = builder.with_config(AzureConfigKey::Client(key), value);
            }
            for (name, value) in settings {
                if let Ok(key) = name.parse() {
                    builder = builder.with_config(key, value);
                }
            }
            Arc::new(builder.with_container_name(&address.bucket).build()?)
        }
    })
}

/// A message without the values of settings: one of them may be a secret that can't be read as one.
fn without(text: &str, settings: &[(String, String)]) -> String {
    let secrets = settings.iter().map(|(_, value)| value.as_str()).filter(|value| value.len() >= SHORTEST_SECRET);
    secrets.fold(text.to_owned(), |text, secret| text.replace(secret, "…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn each_service_is_opened_without_a_request() {
        let open = |url: &str, all: &[(&str, &str)]| Bucket::open(&Address::read(url).unwrap(), &settings(all));
        open("s3://bucket/ledger", &[("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "hunter2!")])
            .unwrap();
        open("gs://bucket/ledger", &[("GOOGLE_SKIP_SIGNATURE", "true")]).unwrap();
        let key = "aHVudGVyMmh1bnRlcjI=";
        open("az://container/x", &[("AZURE_STORAGE_ACCOUNT_NAME", "acme"), ("AZURE_STORAGE_ACCOUNT_KEY", key)])
            .unwrap();
        let problem = open("az://container/x", &[]).unwrap_err();
        assert!(problem.message.contains("az://container/x"), "{}", problem.message);
        assert!(problem.help.unwrap().contains("AZURE_"));
    }

    #[test]
    fn certificates_are_always_verified() {
        // A value that is none would be refused, were it looked at.
        let all = settings(&[("AWS_ALLOW_INVALID_CERTIFICATES", "perhaps"), ("AWS_REGION", "eu-central-1")]);
        Bucket::open(&Address::read("s3://bucket/x").unwrap(), &all).unwrap();
        let all = settings(&[("AWS_ALLOW_HTTP", "perhaps")]);
        Bucket::open(&Address::read("s3://bucket/x").unwrap(), &all).unwrap_err();
    }

    #[test]
    fn values_of_settings_are_not_in_messages() {
        let key = "this-is-no-base64-hunter2";
        let all = settings(&[("AZURE_STORAGE_ACCOUNT_NAME", "acme"), ("AZURE_STORAGE_ACCOUNT_KEY", key)]);
        let problem = Bucket::open(&Address::read("az://container/x").unwrap(), &all).unwrap_err();
        assert!(!format!("{problem:?}").contains("hunter2"), "{problem:?}");
        let all = settings(&[("GOOGLE_SERVICE_ACCOUNT_KEY", "{\"private_key\": \"hunter2\"}")]);
        let problem = Bucket::open(&Address::read("gs://bucket/x").unwrap(), &all).unwrap_err();
        assert!(!format!("{problem:?}").contains("hunter2"), "{problem:?}");
        assert_eq!(without("a hunter2 b", &settings(&[("A", "hunter2")])), "a … b");
    }
}
