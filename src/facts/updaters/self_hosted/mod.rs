//! Updates without a vendor: a bundle with a checksum beside it, a detached signature, minisign, DSSE or sigstore, verified
//! with a key that was given. There is no device code to follow; this is the order in which a careful updater would look.

mod checksum;
mod comparison;
mod detached;
mod dsse;
mod keys;
mod material;
mod minisign;
#[cfg(test)]
mod tests;

use self::checksum::Kind;
use self::comparison::{Sums, checksums};
use self::detached::{Algorithm, readings, verifies};
use self::keys::{GivenKey, Verifier};
use self::material::{Claim, Form, Material};
use super::delivery::{Delivered, Delivery};
use super::verification::{Reason, Record, Verdict, Verification};
use super::{PlainContent, Updater};
use crate::facts::keys::public::PublicKey;
use crate::inputs::JsonValue;
use crate::model::Digest;

/// Updates that the publisher hosts with its own means.
pub static UPDATER: Updater = Updater { id: "self-hosted", recognise, verify };

/// RSA below this is factored by those who want to.
const FEWEST_RSA_BITS: u32 = 1024;
/// RSA below this is too weak for new signatures (NIST SP 800-57, part 1).
const FEWEST_GOOD_RSA_BITS: u32 = 2048;

/// What a signature over the bundle leaves open.
const NEVER_SIGNED: [&str; 5] = [
    "channel_not_authenticated",
    "app_not_authenticated",
    "url_not_authenticated",
    "rollback_not_prevented",
    "expiry_not_signed",
];

/// The lowest of all systems: others are recognised by what is theirs alone.
fn recognise(delivery: &Delivery) -> Option<u8> {
    let material = Material::find(delivery);
    let has = |found: bool, surety: u8| found.then_some(surety);
    let stated = &delivery.stated;
    has(material.claims.iter().any(|claim| matches!(claim.form, Form::Attestation(_) | Form::Minisign(_))), 50)
        .or(has(stated.algorithm.is_some() || stated.signature.is_some(), 45))
        .or(has(!material.claims.is_empty(), 35))
        .or(has(!material.lists.is_empty(), 30))
        .or(has(!material.metadata.is_empty() || stated.checksum.is_some(), 15))
        .or(has(matches!(material.bundle(delivery), Ok(Some(_))), 3))
}

fn verify(delivery: &Delivery) -> Verification {
    let mut record = Record::new(UPDATER.id);
    let result = steps(delivery, &mut record);
    record.close(result)
}

/// What the signatures cover.
#[derive(Debug, Default)]
struct Covered {
    /// The bundle itself.
    bundle: bool,
    /// Lists and metadata, by path.
    paths: Vec<String>,
}

fn steps(delivery: &Delivery, record: &mut Record) -> Result<Verdict, Reason> {
    let material = Material::find(delivery);
    if !material.private_keys.is_empty() {
        record.noted("key", format!("{} is a private key: it must not lie here", material.private_keys.join(", ")));
        record.issue("private_key_delivered");
    }
    let bundle = match material.bundle(delivery) {
        Ok(Some(bundle)) => bundle,
        Ok(None) => return without_bundle(delivery, &material, record),
        Err((one, other)) => {
            let why = format!("both {one} and {other} could be the bundle; say which");
            return Err(record.failed("bundle", why, "bundle_ambiguous"));
        }
    };
    record.not_covered(&NEVER_SIGNED);
    if let Some(document) = material.metadata.iter().find(|document| Delivery::is_ambiguous(document)) {
        let why = format!("{} repeats a key, and readers differ on what it says", document.path);
        return Err(record.failed("metadata", why, "metadata_ambiguous"));
    }
    let bytes = bundle
        .read(delivery.limits.archive_bytes)
        .map_err(|why| record.failed("bundle", format!("{}: {why}", bundle.path), "unreadable"))?;
    record.subject(&bundle.path, bundle.bytes, Digest::of(&bytes));
    record.content(PlainContent::Delivered(bundle.path.clone()));
    let covered = signatures(delivery, &material, record, bundle, &bytes)?;
    let by_signed = checksums(delivery, &material, record, bundle, &bytes, &covered)?;
    // A signed list names the bundle; a signed description of the release says which version it is.
    let says_version = material
        .metadata
        .iter()
        .any(|document| covered.paths.contains(&document.path) && document.json.root.get("version").is_some());
    if !says_version {
        record.not_covered(&["version_not_authenticated"]);
    }
    match by_signed {
        _ if covered.bundle => Ok(Verdict::Valid),
        Sums { signed: true, .. } => Ok(Verdict::Valid),
        _ if !covered.paths.is_empty() => {
            let why = "what is signed states no SHA-256 of the bundle";
            Err(record.failed("signature", why, "subject_mismatch"))
        }
        Sums { strongest, .. } => {
            record.not_covered(&["names_not_authenticated", "set_not_authenticated"]);
            match strongest {
                None => {
                    record.absent("checksum", "nothing is stated that the bundle could be compared with");
                    Ok(Verdict::NoChecksum)
                }
                Some(Kind::Crc32) => Ok(Verdict::UnsignedCrc32Ok),
                Some(Kind::Md5) => Ok(Verdict::Md5OkUnsigned),
                Some(Kind::Sha1) => {
                    let why = "SHA-1 is the only checksum, and files with equal SHA-1 can be made";
                    Err(record.failed("checksum", why, "weak_checksum"))
                }
                Some(Kind::Sha256) => Ok(Verdict::UnsignedSha256Ok),
                Some(Kind::Sha384 | Kind::Sha512) => Ok(Verdict::UnsignedHashOk),
            }
        }
    }
}

fn without_bundle(delivery: &Delivery, material: &Material<'_>, record: &mut Record) -> Result<Verdict, Reason> {
    let stated = &delivery.stated;
    let asked = stated.bundle.is_some() || stated.checksum.is_some() || stated.signature.is_some();
    if asked || !material.claims.is_empty() || !material.lists.is_empty() || !material.metadata.is_empty() {
        return Err(record.failed("bundle", "the bundle is not among the files", "file_missing"));
    }
    Ok(Verdict::NothingToVerify)
}

/// Verifies all signatures; each one that is there must hold.
fn signatures(
    delivery: &Delivery,
    material: &Material<'_>,
    record: &mut Record,
    bundle: &Delivered,
    bytes: &[u8],
) -> Result<Covered, Reason> {
    let asked = asked_algorithm(delivery, material, record)?;
    let mut covered = Covered::default();
    for claim in &material.claims {
        let target = claim.target.as_deref().unwrap_or(&bundle.path);
        let is_description = material.lists.iter().any(|(file, _)| file.path == target)
            || material.metadata.iter().any(|document| document.path == target);
        if target == bundle.path {
            verify_claim(delivery, material, record, claim, asked, (target, bytes))?;
            covered.bundle = true;
        } else if let Some(file) = delivery.file(target).filter(|_| is_description) {
            let message = file
                .read(delivery.limits.entry_bytes)
                .map_err(|why| record.failed("signature", format!("{target}: {why}"), "unreadable"))?;
            verify_claim(delivery, material, record, claim, asked, (target, &message))?;
            covered.paths.push(target.to_owned());
        } else {
            record.noted("signature", format!("{} is of {target}, which is not the bundle", claim.source));
        }
    }
    if covered.bundle || !covered.paths.is_empty() {
        return Ok(covered);
    }
    let expects = delivery.stated.public_key.is_some() || !material.keys.is_empty() || asked.is_some();
    if expects || !material.broken_keys.is_empty() {
        let why = "there is a key to verify with, or an algorithm is asked for, and nothing is signed";
        return Err(record.failed("signature", why, "signature_missing"));
    }
    record.absent("signature", "nothing is signed, and no key was given");
    Ok(covered)
}

/// The algorithm that is asked for. What the release itself says of it can only make it refused: the key decides.
fn asked_algorithm(
    delivery: &Delivery,
    material: &Material<'_>,
    record: &mut Record,
) -> Result<Option<Algorithm>, Reason> {
    let of_release = material
        .metadata
        .iter()
        .filter_map(|document| document.json.root.get("algorithm").or_else(|| document.json.root.get("alg")))
        .filter_map(JsonValue::as_str);
    if of_release.chain(delivery.stated.algorithm.as_deref()).any(|name| name.trim().eq_ignore_ascii_case("none")) {
        return Err(record.failed("algorithm", "the algorithm is none: anyone can sign so", "alg_none"));
    }
    let Some(name) = &delivery.stated.algorithm else { return Ok(None) };
    match Algorithm::named(name) {
        Some(algorithm) => Ok(Some(algorithm)),
        None => Err(record.failed("algorithm", format!("{name} is not verified here"), "algorithm_unsupported")),
    }
}

/// The key for a claim: the one that was stated, else the only one of its kind among the files.
fn key_for(
    delivery: &Delivery,
    material: &Material<'_>,
    record: &mut Record,
    claim: &Claim,
) -> Result<GivenKey, Reason> {
    let of_minisign = matches!(claim.form, Form::Minisign(_));
    if let Some(text) = &delivery.stated.public_key {
        let Some(key) = GivenKey::read(text, "stated public key") else {
            return Err(record.failed("key", "the stated public key cannot be read", "key_invalid"));
        };
        return Ok(key);
    }
    let fitting: Vec<&GivenKey> = material.keys.iter().filter(|key| key.is_minisign() == of_minisign).collect();
    match fitting.as_slice() {
        [key] => Ok((*key).clone()),
        [] if !material.broken_keys.is_empty() => {
            let why = format!("{} cannot be read as a public key", material.broken_keys.join(", "));
            Err(record.failed("key", why, "key_invalid"))
        }
        [] => {
            let why = format!("{} is signed, and no public key was given to verify it with", claim.source);
            Err(record.failed("key", why, "key_missing"))
        }
        [one, other, ..] => {
            let why = format!("both {} and {} could be the key; say which", one.fact.source, other.fact.source);
            Err(record.failed("key", why, "key_ambiguous"))
        }
    }
}

fn verify_claim(
    delivery: &Delivery,
    material: &Material<'_>,
    record: &mut Record,
    claim: &Claim,
    asked: Option<Algorithm>,
    (target, message): (&str, &[u8]),
) -> Result<(), Reason> {
    if matches!(claim.form, Form::OpenPgp) {
        let why = format!("{} is of OpenPGP, which is not verified here", claim.source);
        return Err(record.failed("signature", why, "algorithm_unsupported"));
    }
    if let Form::Attestation(document) = &claim.form
        && let Some(predicate) = dsse::predicate(document)
    {
        record.noted("predicate", predicate);
    }
    let given = key_for(delivery, material, record, claim)?;
    let form = match &claim.form {
        Form::Minisign(_) => Some(Algorithm::Minisign),
        Form::Attestation(_) => Some(Algorithm::Dsse),
        Form::Bytes(_) | Form::OpenPgp => None,
    };
    let key_fits = match (&given.key, asked.or(form)) {
        (Verifier::Minisign(_), algorithm) => algorithm == Some(Algorithm::Minisign),
        (Verifier::Public(key), Some(algorithm)) => algorithm.fits(key),
        (Verifier::Public(key), None) => !matches!(key, PublicKey::Other),
    };
    let form_fits = match asked {
        None => true,
        Some(asked @ (Algorithm::Minisign | Algorithm::Dsse)) => form == Some(asked),
        Some(_) => form.is_none(),
    };
    if !key_fits || !form_fits {
        let name = asked.or(form).map_or("a detached signature", Algorithm::name);
        let why = format!("{name} does not go with {} and the key of {}", claim.source, given.fact.algorithm);
        return Err(record.failed("key", why, "algorithm_mismatch"));
    }
    judge_strength(record, &given)?;
    let source = given.fact.source.clone();
    record.passed("key", format!("{} from {source}; it is trusted because it was given", given.fact.algorithm));
    record.key(given.fact);
    let held = match (&given.key, &claim.form) {
        (Verifier::Minisign(key), Form::Minisign(text)) => {
            minisign::verify(key, text, message).map_err(|why| (why, "signature_invalid"))
        }
        (Verifier::Public(key), Form::Attestation(document)) => attestation(record, key, document, message),
        (Verifier::Public(key), Form::Bytes(written)) => readings(written)
            .iter()
            .find_map(|signature| verifies(key, asked, message, signature))
            .map(|algorithm| algorithm.name().to_owned())
            .ok_or_else(|| ("the key did not sign these bytes".to_owned(), "signature_invalid")),
        _ => Err(("the key is of another kind than the signature".to_owned(), "algorithm_mismatch")),
    };
    match held {
        Ok(how) => {
            record.generation(generation(&claim.form));
            record.passed("signature", format!("{} over {target}: {how}", claim.source));
            Ok(())
        }
        Err((why, reason)) => Err(record.failed("signature", format!("{} over {target}: {why}", claim.source), reason)),
    }
}

fn attestation(
    record: &mut Record,
    key: &PublicKey,
    document: &super::Document,
    message: &[u8],
) -> Result<String, (String, Reason)> {
    if Delivery::is_ambiguous(document) {
        return Err(("it repeats a key, and readers differ on what it says".to_owned(), "metadata_ambiguous"));
    }
    let (algorithm, form) = dsse::verify(key, document, message)?;
    if document.json.root.get("verificationMaterial").is_some() {
        let why = "the transparency log and the identity in the certificate are not checked, only the given key";
        record.noted("sigstore", why);
    }
    Ok(format!("{form} with {}", algorithm.name()))
}

const fn generation(form: &Form) -> &'static str {
    match form {
        Form::Minisign(_) => "minisign",
        Form::Attestation(_) => "dsse",
        Form::Bytes(_) | Form::OpenPgp => "detached",
    }
}

fn judge_strength(record: &mut Record, given: &GivenKey) -> Result<(), Reason> {
    let Some(bits) = given.fact.bits.filter(|_| given.fact.algorithm == "RSA") else { return Ok(()) };
    if bits < FEWEST_RSA_BITS {
        return Err(record.failed("key", format!("RSA of {bits} bits can be factored"), "weak_key"));
    }
    if bits < FEWEST_GOOD_RSA_BITS {
        record.issue("weak_key");
    }
    Ok(())
}
