//! What an update system stumbles over in a key that it reads, as its sources have it.

use serde::Serialize;

use super::places::{Place, Slot};
use super::{KeyRecord, KeyRole};
use crate::facts::keys::public::{PublicForm, Weakness, WritingFault};

/// The header that Capgo's plugin compares with the start of the key (`CryptoCipher.java`, `decryptFile`).
const CAPGO_HEADER: &str = "-----BEGIN RSA PUBLIC KEY-----";

/// What is wrong with a key at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyProblem {
    /// A configuration names a file that is not there.
    FileMissing,
    /// It is there and is no key that can be read.
    Unparsable,
    /// A private key stands in a configuration, which is copied into the app.
    PrivateKeyInConfiguration,
    /// `BEGIN PUBLIC KEY` where the device wants PKCS#1.
    SpkiHeader,
    /// `BEGIN RSA PUBLIC KEY` where the device wants a SubjectPublicKeyInfo.
    Pkcs1Header,
    /// A certificate where the device wants a bare key.
    Certificate,
    /// A bare key where the device wants a certificate.
    NoCertificate,
    /// No PEM frame where the device wants one.
    NoHeader,
    /// Another PEM header.
    OtherHeader,
    /// The right header, and a SubjectPublicKeyInfo in its body.
    SpkiBody,
    /// The right header, and something else in its body.
    OtherBody,
    /// A line break before the header that the device wants at the very start.
    LeadingNewline,
    /// Blanks before it.
    LeadingSpace,
    /// Other text before it, such as a byte-order mark.
    LeadingText,
    /// Line breaks written as two characters, which the device takes as part of the key.
    EscapedNewlines,
    /// Lines that end with CR LF on a device that takes off LF only.
    CarriageReturns,
    /// Another algorithm than the device knows.
    WrongAlgorithm,
    /// RSA of another length than the 2048 bits that Capgo's blocks have.
    UnsuitableLength,
    /// RSA of less than 2048 bits.
    ShortModulus,
    /// An RSA exponent below 65537.
    SmallExponent,
    /// An even RSA modulus.
    EvenModulus,
    /// An even RSA exponent.
    EvenExponent,
    /// A symmetric key of another length than the cipher's.
    WrongLength,
}

/// Adds the problems of a record of a configuration.
pub(super) fn judge(record: &mut KeyRecord, place: &Place) {
    let mut problems = std::mem::take(&mut record.problems);
    match record.role {
        KeyRole::PrivateKey => {
            // A path to a private key's file ships it as well: the CLI copies the file into the app.
            if record.secret || place.slot == Slot::Private {
                problems.push(KeyProblem::PrivateKeyInConfiguration);
            } else {
                problems.push(KeyProblem::Unparsable);
            }
        }
        KeyRole::SymmetricKey if record.unread.is_some() => problems.push(KeyProblem::Unparsable),
        KeyRole::SymmetricKey => {
            // OtaKit wraps with AES-256.
            if record.fact.bits != Some(256) {
                problems.push(KeyProblem::WrongLength);
            }
        }
        KeyRole::VerificationKey | KeyRole::Certificate => public(record, place, &mut problems),
    }
    problems.sort_unstable();
    problems.dedup();
    record.problems = problems;
}

fn public(record: &KeyRecord, place: &Place, problems: &mut Vec<KeyProblem>) {
    if place.slot == Slot::Private && record.unread.is_some() {
        // Something stands where the private key belongs; that it can't be read makes it no better.
        problems.push(KeyProblem::PrivateKeyInConfiguration);
        return;
    }
    if record.unread.is_some() {
        if !problems.contains(&KeyProblem::FileMissing) {
            problems.push(KeyProblem::Unparsable);
        }
        return;
    }
    let Some(key) = &record.public else { return };
    let faulty = |fault| key.faults.contains(&fault);
    let rsa = key.algorithm == "RSA";
    match record.system {
        Some("capgo") => {
            capgo_header(&place.text, key.form, problems);
            problem(problems, !rsa, KeyProblem::WrongAlgorithm);
            problem(problems, rsa && key.bits != Some(2048), KeyProblem::UnsuitableLength);
            problem(problems, faulty(WritingFault::EscapedNewlines), KeyProblem::EscapedNewlines);
            // `RSA.swift` takes off LF within the key and decodes strictly.
            problem(problems, faulty(WritingFault::CarriageReturns), KeyProblem::CarriageReturns);
        }
        Some("capawesome") => {
            problem(problems, key.form == PublicForm::Pkcs1, KeyProblem::Pkcs1Header);
            problem(problems, key.form == PublicForm::Certificate, KeyProblem::Certificate);
            problem(problems, !rsa, KeyProblem::WrongAlgorithm);
            problem(problems, faulty(WritingFault::EscapedNewlines), KeyProblem::EscapedNewlines);
            problem(problems, faulty(WritingFault::CarriageReturns), KeyProblem::CarriageReturns);
        }
        Some("otakit") => problem(problems, key.algorithm != "EC P-256", KeyProblem::WrongAlgorithm),
        Some("expo") => {
            problem(problems, key.form != PublicForm::Certificate, KeyProblem::NoCertificate);
            problem(problems, !rsa, KeyProblem::WrongAlgorithm);
        }
        Some("codepush" | "ionic") => problem(problems, !rsa, KeyProblem::WrongAlgorithm),
        _ => {}
    }
    for weakness in &key.weaknesses {
        problems.push(match weakness {
            Weakness::ShortModulus => KeyProblem::ShortModulus,
            Weakness::SmallExponent => KeyProblem::SmallExponent,
            Weakness::EvenModulus => KeyProblem::EvenModulus,
            Weakness::EvenExponent => KeyProblem::EvenExponent,
        });
    }
}

fn problem(problems: &mut Vec<KeyProblem>, holds: bool, problem: KeyProblem) {
    if holds {
        problems.push(problem);
    }
}

/// Capgo's plugin returns without decrypting when the key does not start with its header.
fn capgo_header(text: &str, form: PublicForm, problems: &mut Vec<KeyProblem>) {
    if text.starts_with(CAPGO_HEADER) {
        match form {
            PublicForm::Pkcs1 => {}
            PublicForm::Spki => problems.push(KeyProblem::SpkiBody),
            _ => problems.push(KeyProblem::OtherBody),
        }
        return;
    }
    let Some((before, header)) = text.split_once("-----BEGIN ") else {
        problems.push(KeyProblem::NoHeader);
        return;
    };
    match header.split_once("-----").map(|(label, _)| label) {
        Some("RSA PUBLIC KEY") => {}
        Some("PUBLIC KEY") => problems.push(KeyProblem::SpkiHeader),
        Some("CERTIFICATE") => problems.push(KeyProblem::Certificate),
        _ => problems.push(KeyProblem::OtherHeader),
    }
    match before.chars().next() {
        None => {}
        Some('\n' | '\r') => problems.push(KeyProblem::LeadingNewline),
        Some(first) if first.is_whitespace() => problems.push(KeyProblem::LeadingSpace),
        Some(_) => problems.push(KeyProblem::LeadingText),
    }
}
