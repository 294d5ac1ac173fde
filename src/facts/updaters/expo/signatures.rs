//! The signatures of a response (`CodeSigningConfiguration.kt`, `SignatureHeaderInfo.kt`).

use sfv::{BareItem, Dictionary, ListEntry, Parser};

use super::certificates::{self, Project};
use super::response::{Body, Response};
use super::trust::Trust;
use super::{ALGORITHM, DEFAULT_KEY_ID, SOON};
use crate::facts::crypto;
use crate::facts::keys::public::PublicKey;
use crate::facts::updaters::delivery::Delivery;
use crate::facts::updaters::verification::{Reason, Record};
use crate::model::{Digest, printable};

/// What the signatures showed.
pub(super) struct Signed {
    /// Whom the certificate is limited to.
    pub project: Option<Project>,
}

/// The header of a signature.
struct SignatureHeader {
    signature: Vec<u8>,
    key_id: String,
}

/// Verifies every signed body, in the device's order: header, key id, certificates, signature.
pub(super) fn check_signatures(
    delivery: &Delivery,
    trust: &Trust,
    response: &Response,
    bodies: &[&Body],
    record: &mut Record,
) -> Result<Signed, Reason> {
    let mut headers = Vec::new();
    for body in bodies {
        let header = signature_header(body, trust.key_id.as_deref());
        headers.push(header.map_err(|(detail, reason)| record.failed("signature header", detail, reason))?);
    }
    record.passed("signature header", format!("{ALGORITHM}, as the device expects"));
    let served = response.chain.as_deref().filter(|_| trust.includes_chain != Some(false));
    if response.chain.is_some() && served.is_none() {
        record.noted("chain", "certificates are served, and the app does not take them");
    } else if served.is_some() && trust.includes_chain.is_none() {
        let detail = "certificates are served, which devices look at only where the native configuration switches it on;                       it was not handed over";
        record.noted("chain", detail);
    }
    if served.is_some() || trust.includes_chain == Some(true) {
        record.absent("key id", "the app takes served certificates: the key's id is not compared");
    } else if let Some(expected) = &trust.key_id {
        if let Some(other) = headers.iter().find(|header| header.key_id != *expected) {
            let detail = format!("signed with the key {}, the app knows {expected}", printable(&other.key_id, 100));
            return Err(record.failed("key id", detail, "keyid_mismatch"));
        }
        record.passed("key id", format!("{expected}, the app's own"));
    } else {
        record.noted("key id", "no configuration was handed over that names the app's key");
    }
    let leaf_source =
        if served.is_some() { format!("{}: certificate_chain", response.path) } else { trust.source.clone() };
    let (key, project) = check_certificates(delivery, trust, served.unwrap_or_default(), &leaf_source, record)?;
    for (body, header) in bodies.iter().zip(&headers) {
        if !crypto::verifies_pkcs1_sha256(&key, Digest::of(&body.bytes).as_bytes(), &header.signature) {
            let detail = "it is not the certificate's signature over the bytes of the body as they were received";
            return Err(record.failed("signature", detail, "signature_invalid"));
        }
    }
    record.passed("signature", "made with the certificate's key over the bytes of the body as they were received");
    Ok(Signed { project })
}

/// The certificate's own rules, in the device's order; gives the key that signs.
fn check_certificates(
    delivery: &Delivery,
    trust: &Trust,
    served: &str,
    source: &str,
    record: &mut Record,
) -> Result<(rsa::PublicKey, Option<Project>), Reason> {
    let Some(embedded) = trust.certificate.clone() else {
        return Err(record.failed("certificate", "there is none", "certificate_missing"));
    };
    let chain = certificates::chain(served, embedded);
    let chain = chain.map_err(|(detail, reason)| record.failed("chain", detail, reason))?;
    let dates = certificates::check_dates(&chain, delivery.as_of);
    dates.map_err(|(detail, reason)| record.failed("validity", detail, reason))?;
    let [leaf, ..] = chain.as_slice() else {
        return Err(record.failed("certificate", "there is none", "certificate_missing"));
    };
    let until = chain.iter().map(|certificate| certificate.validity().1).min().unwrap_or(i64::MAX);
    record.passed("validity", format!("all certificates are valid, until {}", certificates::day(until)));
    if until.saturating_sub(delivery.as_of) < SOON {
        record.issue("certificate_expires_soon");
    }
    let links = certificates::check_chain(&chain);
    links.map_err(|(detail, reason)| record.failed("chain", detail, reason))?;
    record.passed(
        "chain",
        match chain.len() {
            1 => "the app's certificate is self-signed, as it must be".to_owned(),
            length => format!("{length} certificates lead to the app's own"),
        },
    );
    let (key, fact) = match leaf.key(source) {
        Ok(key) => key,
        Err(why) => return Err(record.failed("key", why, "key_invalid")),
    };
    record.key(fact);
    let purpose = certificates::check_purpose(leaf);
    purpose.map_err(|(detail, reason)| record.failed("purpose", detail, reason))?;
    record.passed("purpose", "the certificate is for digital signatures and for signing code");
    let project = leaf.project().map_err(|(detail, reason)| record.failed("project", detail, reason))?;
    match key {
        PublicKey::Rsa(key) => Ok((key, project)),
        _ => Err(record.failed("key", "the certificate's key is no RSA key that can be used", "key_algorithm")),
    }
}

/// Reads `expo-signature` (RFC 8941, section 3.2): `sig`, `keyid`, `alg`.
fn signature_header(body: &Body, own_key_id: Option<&str>) -> Result<SignatureHeader, (String, Reason)> {
    let missing = |detail: &str| (detail.to_owned(), "signature_missing");
    let header = body.signature.as_deref().ok_or_else(|| missing("there is no header expo-signature"))?;
    let dictionary = Parser::new(header).parse::<Dictionary>();
    let dictionary = dictionary
        .map_err(|_| ("the header expo-signature is no dictionary of RFC 8941".to_owned(), "signature_malformed"))?;
    let text = |name: &str| match dictionary.get(name) {
        Some(ListEntry::Item(item)) => match &item.bare_item {
            BareItem::String(text) => Some(text.as_str().to_owned()),
            _ => None,
        },
        _ => None,
    };
    let signature = text("sig").ok_or_else(|| missing("the header expo-signature has no sig"))?;
    // The device takes what is no text for absent; an algorithm that is written and not understood is refused here.
    let algorithm = if dictionary.contains_key("alg") { text("alg").unwrap_or_default() } else { ALGORITHM.to_owned() };
    if algorithm != ALGORITHM {
        let detail = format!("the algorithm {} is not {ALGORITHM}", printable(&algorithm, 60));
        return Err((detail, "alg_not_accepted"));
    }
    let signature =
        crypto::base64(&signature).ok_or_else(|| ("the signature is not base64".to_owned(), "signature_invalid"))?;
    // A signature stated on its own names no key: it is meant for the app's.
    let default = own_key_id.filter(|_| body.is_bare).unwrap_or(DEFAULT_KEY_ID);
    Ok(SignatureHeader { signature, key_id: text("keyid").unwrap_or_else(|| default.to_owned()) })
}
