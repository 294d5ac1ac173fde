//! The certificates of Expo's code signing: read, and judged as `CertificateChain.kt` of expo-updates judges them.

use p256::ecdsa::signature::Verifier as _;
use x509_cert::Certificate as Parsed;
use x509_cert::der::asn1::AnyRef;
use x509_cert::der::{Decode, Reader, SliceReader};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};

use crate::facts::crypto;
use crate::facts::keys::public::{self, PublicKey, PublicKeyFact};
use crate::model::Digest;

use super::super::verification::Reason;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
/// Code signing as a purpose of a key (RFC 5280, section 4.2.1.12).
const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
/// Expo's extension that names the project (`CertificateChain.kt`, `EXPO_PROJECT_INFORMATION_OID`).
const PROJECT: &str = "1.2.840.113556.1.8000.2554.43437.254.128.102.157.7894389.20439.2.1";
const SHA256_WITH_RSA: &str = "1.2.840.113549.1.1.11";
const ECDSA_WITH_SHA256: &str = "1.2.840.10045.4.3.2";
/// A chain has a handful of certificates.
const LONGEST_CHAIN: usize = 16;
/// A certificate in writing.
const LONGEST_TEXT: usize = 64 * 1024;

/// One certificate.
#[derive(Clone, Debug)]
pub(super) struct Certificate {
    text: String,
    der: Vec<u8>,
    /// The signed part, as its bytes stand in the certificate.
    signed: Vec<u8>,
    parsed: Parsed,
}

/// Why certificates are not accepted: what was seen, and the reason.
pub(super) type Refused = (String, Reason);

/// Whom a certificate is limited to: project and scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Project {
    /// The project's id.
    pub project: String,
    /// The scope key.
    pub scope: String,
}

impl Certificate {
    /// Reads the first certificate of a text: PEM, its line ends written out or as XML's references, or base64 alone.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST_TEXT {
            return Err(format!("{} bytes, limit {LONGEST_TEXT}", text.len()));
        }
        let mut text = text.replace("\\r", "").replace("\\n", "\n");
        for reference in ["&#10;", "&#xA;", "&#xa;", "&#13;", "&#xD;", "&#xd;"] {
            text = text.replace(reference, "\n");
        }
        let body = match text.split_once(BEGIN) {
            Some((_, rest)) => rest.split_once(END).ok_or("its PEM footer is missing")?.0,
            None if text.contains("-----") => return Err("it is PEM of another kind".to_owned()),
            None => text.as_str(),
        };
        let body: String = body.chars().filter(|character| !character.is_ascii_whitespace()).collect();
        let der = crypto::base64(&body).ok_or("its body is not base64")?;
        let parsed = Parsed::from_der(&der).map_err(|error| format!("it is no X.509 certificate: {error}"))?;
        let signed = signed_part(&der).ok_or("it is no X.509 certificate")?;
        Ok(Self { text: format!("{BEGIN}\n{body}\n{END}\n"), der, signed, parsed })
    }

    /// Its key.
    pub(super) fn key(&self, source: &str) -> Result<(PublicKey, PublicKeyFact), String> {
        public::read(&self.text, source).map_err(|why| why.0)
    }

    /// The digest of its DER.
    pub(super) fn digest(&self) -> Digest {
        Digest::of(&self.der)
    }

    /// Its subject, for people.
    pub(super) fn subject(&self) -> String {
        self.parsed.tbs_certificate().subject().to_string()
    }

    /// The first and last second of its validity, since 1970.
    pub(super) fn validity(&self) -> (i64, i64) {
        let validity = self.parsed.tbs_certificate().validity();
        let seconds = |time: u64| i64::try_from(time).unwrap_or(i64::MAX);
        (
            seconds(validity.not_before.to_unix_duration().as_secs()),
            seconds(validity.not_after.to_unix_duration().as_secs()),
        )
    }

    /// Whom it is limited to; an extension that can't be read is an error.
    pub(super) fn project(&self) -> Result<Option<Project>, Refused> {
        let extensions = self.parsed.tbs_certificate().extensions().map_or(&[][..], Vec::as_slice);
        let mut found = extensions.iter().filter(|extension| extension.extn_id.to_string() == PROJECT);
        let Some(extension) = found.next() else { return Ok(None) };
        let refused = |why: &str| (why.to_owned(), "expo_project_mismatch");
        if found.next().is_some() {
            return Err(refused("the certificate names its project twice"));
        }
        let value = extension.extn_value.as_bytes();
        // Expo's tools write the bare text; others wrap it in a UTF8String.
        let bare = AnyRef::from_der(value).map_or(value, |any| any.value());
        let text = std::str::from_utf8(bare).map_err(|_| refused("the certificate's project is no text"))?;
        let (project, scope) = text.split_once(',').ok_or_else(|| refused("the certificate's project has no scope"))?;
        Ok(Some(Project { project: project.to_owned(), scope: scope.to_owned() }))
    }

    /// Whether `issuer` signed it; `None` for an algorithm that is not verified.
    fn is_signed_by(&self, issuer: &Self) -> Option<bool> {
        let algorithm = self.parsed.signature_algorithm();
        if algorithm != self.parsed.tbs_certificate().signature() {
            return Some(false);
        }
        let signature = self.parsed.signature().as_bytes()?;
        match (algorithm.oid.to_string().as_str(), issuer.key("").ok()?.0) {
            (SHA256_WITH_RSA, PublicKey::Rsa(key)) => {
                Some(crypto::verifies_pkcs1_sha256(&key, Digest::of(&self.signed).as_bytes(), signature))
            }
            (ECDSA_WITH_SHA256, PublicKey::P256(key)) => {
                let signature = p256::ecdsa::Signature::from_der(signature).ok();
                Some(signature.is_some_and(|signature| key.verify(&self.signed, &signature).is_ok()))
            }
            (SHA256_WITH_RSA, PublicKey::P256(_) | PublicKey::Ed25519(_))
            | (ECDSA_WITH_SHA256, PublicKey::Rsa(_) | PublicKey::Ed25519(_)) => Some(false),
            _ => None,
        }
    }

    fn is_issued_by(&self, issuer: &Self) -> bool {
        self.parsed.tbs_certificate().issuer() == issuer.parsed.tbs_certificate().subject()
    }

    fn constraints(&self) -> Option<BasicConstraints> {
        self.parsed.tbs_certificate().get_extension::<BasicConstraints>().ok().flatten().map(|(_, value)| value)
    }

    fn usage(&self) -> Option<KeyUsage> {
        self.parsed.tbs_certificate().get_extension::<KeyUsage>().ok().flatten().map(|(_, value)| value)
    }

    /// For an authority, how many authorities may stand below it.
    fn authority(&self) -> Option<usize> {
        let constraints = self.constraints().filter(|constraints| constraints.ca)?;
        self.usage().filter(KeyUsage::key_cert_sign)?;
        Some(constraints.path_len_constraint.map_or(usize::MAX, usize::from))
    }
}

/// The first element of the outer sequence, byte for byte.
fn signed_part(der: &[u8]) -> Option<Vec<u8>> {
    let outer = AnyRef::from_der(der).ok()?;
    let mut reader = SliceReader::new(outer.value()).ok()?;
    reader.tlv_bytes().ok().map(<[u8]>::to_vec)
}

/// The certificates of a served chain, the leaf first, with the app's own at the end.
pub(super) fn chain(served: &str, embedded: Certificate) -> Result<Vec<Certificate>, Refused> {
    let mut certificates = Vec::new();
    for block in served.split(BEGIN).skip(1) {
        if certificates.len() >= LONGEST_CHAIN {
            return Err((format!("the served chain has more than {LONGEST_CHAIN} certificates"), "chain_invalid"));
        }
        let certificate = Certificate::read(&format!("{BEGIN}{block}"))
            .map_err(|why| (format!("a served certificate can't be read: {why}"), "chain_invalid"))?;
        certificates.push(certificate);
    }
    certificates.push(embedded);
    Ok(certificates)
}

/// Whether each certificate is valid at this moment.
pub(super) fn check_dates(chain: &[Certificate], as_of: i64) -> Result<(), Refused> {
    for certificate in chain {
        let (from, until) = certificate.validity();
        if as_of > until {
            return Err((
                format!("the certificate of {} expired on {}", certificate.subject(), day(until)),
                "cert_expired",
            ));
        }
        if as_of < from {
            let detail = format!("the certificate of {} is valid from {}", certificate.subject(), day(from));
            return Err((detail, "cert_not_yet_valid"));
        }
    }
    Ok(())
}

/// A moment as a date.
pub(super) fn day(seconds: i64) -> String {
    let shown = jiff::Timestamp::from_second(seconds).map(|time| time.to_string());
    shown.map_or_else(|_| format!("second {seconds}"), |text| text.split('T').next().unwrap_or_default().to_owned())
}

/// Whether each certificate is issued by the next, and the last is self-signed; in a chain also: authorities, the number
/// of them, and one project from the root down.
pub(super) fn check_chain(chain: &[Certificate]) -> Result<(), Refused> {
    let [below @ .., root] = chain else { return Err(("there is no certificate".to_owned(), "certificate_missing")) };
    for (position, (certificate, issuer)) in chain.iter().zip(chain.iter().skip(1)).enumerate() {
        // The last link ties what was served to what the app embeds.
        let reason = if position + 2 == chain.len() { "chain_root_mismatch" } else { "chain_invalid" };
        let (subject, above) = (certificate.subject(), issuer.subject());
        if !certificate.is_issued_by(issuer) {
            return Err((format!("{subject} is not issued by {above}, which comes next in the chain"), reason));
        }
        check_signature(certificate, issuer, reason)?;
    }
    if !root.is_issued_by(root) {
        return Err((format!("the app's certificate of {} is not self-signed", root.subject()), "chain_invalid"));
    }
    check_signature(root, root, "chain_invalid")?;
    if below.is_empty() {
        return Ok(());
    }
    let missing = |certificate: &Certificate| {
        let detail = format!("{} is no certificate authority with the usage keyCertSign", certificate.subject());
        (detail, "chain_ca_missing")
    };
    let mut most = root.authority().ok_or_else(|| missing(root))?;
    let mut project = root.project()?;
    for (position, certificate) in below.iter().enumerate().rev() {
        if position > 0 {
            let own = certificate.authority().ok_or_else(|| missing(certificate))?;
            let left = most.checked_sub(1).ok_or_else(|| {
                (
                    format!("{} is one authority more than the path length allows", certificate.subject()),
                    "chain_pathlen",
                )
            })?;
            most = own.min(left);
        }
        let own = certificate.project()?;
        if project.is_some() && project != own {
            let detail = format!("{} is for another project than the certificate above it", certificate.subject());
            return Err((detail, "expo_project_mismatch"));
        }
        project = own;
    }
    Ok(())
}

fn check_signature(certificate: &Certificate, issuer: &Certificate, reason: Reason) -> Result<(), Refused> {
    match certificate.is_signed_by(issuer) {
        Some(true) => Ok(()),
        Some(false) => {
            let detail =
                format!("the signature on {} is not made with the key of {}", certificate.subject(), issuer.subject());
            Err((detail, reason))
        }
        None => {
            let detail = format!("the signature on {} is neither RSA nor P-256 with SHA-256", certificate.subject());
            Err((detail, "chain_algorithm"))
        }
    }
}

/// Whether the leaf is for signing code.
pub(super) fn check_purpose(leaf: &Certificate) -> Result<(), Refused> {
    let purposes = leaf.parsed.tbs_certificate().get_extension::<ExtendedKeyUsage>().ok().flatten();
    if !purposes.is_some_and(|(_, purposes)| purposes.0.iter().any(|purpose| purpose.to_string() == CODE_SIGNING)) {
        return Err((format!("{} lacks the extended key usage codeSigning", leaf.subject()), "cert_eku"));
    }
    if !leaf.usage().is_some_and(|usage| usage.digital_signature()) {
        return Err((format!("{} lacks the key usage digitalSignature", leaf.subject()), "cert_key_usage"));
    }
    Ok(())
}
