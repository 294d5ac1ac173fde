//! What an app accepts, put together from its configurations, and what they leave open.

use super::certificates::{self, Certificate};
use super::settings::{Configured, Settings};
use super::{ALGORITHM, DEFAULT_KEY_ID, SOON};
use crate::facts::updaters::delivery::{Delivery, Role};
use crate::facts::updaters::verification::{Reason, Record};

/// What the app accepts.
pub(super) struct Trust {
    /// The app's certificate.
    pub certificate: Option<Certificate>,
    /// Where it stands.
    pub source: String,
    /// The id of the key; `None` when no configuration was handed over that could name one.
    pub key_id: Option<String>,
    /// Whether the app takes served certificates, where a configuration says so.
    pub includes_chain: Option<bool>,
    /// Whether it takes responses without signature.
    pub allows_unsigned: bool,
    /// Whether the platforms embed different certificates.
    pub differs: bool,
}

impl Trust {
    /// Reads the certificate and what goes with it.
    ///
    /// # Errors
    /// What is wrong with it, and the reason.
    pub(super) fn of(delivery: &Delivery, configured: &Configured) -> Result<Self, (String, Reason)> {
        let owner = configured.all.iter().find(|settings| settings.certificate.is_some());
        let stated = || Some(("the stated certificate".to_owned(), delivery.stated.public_key.clone()?));
        let found = owner.and_then(|settings| Some((settings.source.clone(), settings.certificate.clone()?)));
        let found = found.or_else(stated).or_else(|| lone_certificate(delivery, configured));
        if found.is_none() {
            if let Some(path) = configured.all.iter().find_map(|settings| settings.missing.as_ref()) {
                return Err((format!("the certificate {path} is not there"), "certificate_missing"));
            }
            if let Some(path) = configured.unread.first() {
                return Err((format!("{path} can't be read, so the certificate is not known"), "unreadable"));
            }
        }
        let metadata = owner.or_else(|| configured.all.iter().find(|settings| settings.key_id.is_some()));
        let algorithm = metadata.and_then(|settings| settings.algorithm.as_deref());
        if let Some(other) = algorithm.filter(|algorithm| *algorithm != ALGORITHM) {
            return Err((
                format!("the app asks for the algorithm {other}, which no version knows"),
                "alg_not_accepted",
            ));
        }
        let key_id = metadata.and_then(|settings| settings.key_id.clone());
        let key_id = key_id.or_else(|| (!configured.all.is_empty()).then(|| DEFAULT_KEY_ID.to_owned()));
        let (source, text) = found.map_or((String::new(), None), |(source, text)| (source, Some(text)));
        let certificate = text.map(|text| Certificate::read(&text)).transpose();
        let certificate = certificate.map_err(|why| (format!("{source}: {why}"), "certificate_invalid"))?;
        let own = certificate.as_ref().map(Certificate::digest);
        let others = configured.all.iter().filter_map(|settings| settings.certificate.as_deref());
        let differs = others.map(Certificate::read).any(|other| other.ok().map(|other| other.digest()) != own);
        Ok(Self {
            certificate,
            source,
            key_id,
            includes_chain: configured.all.iter().find_map(|settings| settings.includes_chain),
            allows_unsigned: configured.all.iter().any(|settings| settings.allows_unsigned),
            differs,
        })
    }
}

/// The only certificate among the app's files, when no configuration was handed over.
fn lone_certificate(delivery: &Delivery, configured: &Configured) -> Option<(String, String)> {
    if !configured.all.is_empty() {
        return None;
    }
    let own = delivery.files.iter().filter(|file| file.role == Role::App && file.bytes <= 64 * 1024);
    let mut certificates = own.filter_map(|file| {
        let text = String::from_utf8(file.read(64 * 1024).ok()?).ok()?;
        text.contains("-----BEGIN CERTIFICATE-----").then(|| (file.path.clone(), text))
    });
    certificates.next().filter(|_| certificates.next().is_none())
}

fn is_cleartext(settings: &Settings) -> bool {
    settings.url.as_ref().is_some_and(|url| url.to_ascii_lowercase().starts_with("http://"))
}

/// Whether the configuration alone is worth a finding.
pub(super) fn is_at_fault(configured: &Configured) -> bool {
    let fault = |one: &Settings| one.allows_unsigned || one.disables_anti_bricking || is_cleartext(one);
    configured.all.iter().any(fault)
}

/// Notes what the configuration leaves open.
pub(super) fn report_settings(delivery: &Delivery, configured: &Configured, trust: &Trust, record: &mut Record) {
    if trust.allows_unsigned {
        record.issue("unsigned_manifests_allowed");
    }
    if trust.differs {
        record.issue("certificates_differ");
    }
    if configured.all.iter().any(|settings| settings.disables_anti_bricking) {
        record.issue("disable_anti_bricking_measures");
    }
    if configured.all.iter().any(is_cleartext) {
        record.issue("update_url_cleartext");
    }
    if let Some((from, until)) = trust.certificate.as_ref().map(Certificate::validity) {
        record.noted("certificate", format!("valid from {} to {}", certificates::day(from), certificates::day(until)));
        if until >= delivery.as_of && until.saturating_sub(delivery.as_of) < SOON {
            record.issue("certificate_expires_soon");
        }
    }
}

/// Without a response the certificate is judged alone; tells whether it is at fault.
pub(super) fn report_certificate(delivery: &Delivery, trust: &Trust, record: &mut Record) -> bool {
    let Some((from, until)) = trust.certificate.as_ref().map(Certificate::validity) else { return false };
    if until < delivery.as_of {
        record.issue("certificate_expired");
    }
    if from > delivery.as_of {
        record.issue("certificate_not_yet_valid");
    }
    from > delivery.as_of || until.saturating_sub(delivery.as_of) < SOON
}
