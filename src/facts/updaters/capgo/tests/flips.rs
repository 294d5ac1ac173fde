//! Whatever bit of a valid signed release is flipped, and wherever it is cut or continued, it is valid no more.
//!
//! `OTAUDIT_FLIPS` says how many changes are tried (300 when it is not set).

use rand::RngExt as _;
use rand::rngs::StdRng;

use super::delta::{Form, Manifest};
use super::*;
use crate::facts::testing::numbers;

fn count() -> usize {
    environment("OTAUDIT_FLIPS").and_then(|text| text.parse().ok()).unwrap_or(300)
}

/// Flips one bit, cuts the end off, or appends bytes.
fn change(bytes: &mut Vec<u8>, numbers: &mut StdRng) -> String {
    match numbers.random_range(0..10) {
        0 => {
            let kept = numbers.random_range(0..bytes.len());
            bytes.truncate(kept);
            format!("cut to {kept}")
        }
        1 => {
            let more = numbers.random_range(1..40);
            bytes.extend((0..more).map(|_| numbers.random::<u8>()));
            format!("{more} more")
        }
        _ => {
            let (index, bit) = (numbers.random_range(0..bytes.len()), numbers.random_range(0..8));
            bytes[index] ^= 1 << bit;
            format!("bit {bit} of byte {index}")
        }
    }
}

/// The same for a text; what is not UTF-8 any more becomes replacement characters, as when JSON is read.
fn change_text(text: &str, numbers: &mut StdRng) -> (String, String) {
    let mut bytes = text.as_bytes().to_vec();
    let what = change(&mut bytes, numbers);
    (String::from_utf8_lossy(&bytes).into_owned(), what)
}

/// Hexadecimal digits of either case are the same number: the one flip of a text that changes nothing.
fn is_letter_case(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) && one.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Base64 with fewer padding characters is the same block: `==` may be left out, but not be changed.
fn is_padding(one: &str, other: &str) -> bool {
    one.trim_end_matches('=') == other.trim_end_matches('=') && other.len() < one.len()
}

fn refused(verification: &Verification, what: &str) {
    assert!(!verification.result.is_authentic(), "{what}: {}", verification.result.word());
}

pub(crate) fn zips(flips: usize, seed: u64) {
    let mut numbers = numbers(seed);
    let legacy = Release::v3().with("checksum", sign_v2(&RSA, &Digest::of(&app_zip())));
    assert!(Release::v3().verify().result.is_authentic() && legacy.verify().result.is_authentic());
    for turn in 0..flips {
        let mut release = if turn % 4 == 3 { legacy.clone() } else { Release::v3() };
        let what = match turn % 3 {
            0 => format!("ciphertext: {}", change(release.bytes(), &mut numbers)),
            part => {
                let field = if part == 1 { "checksum" } else { "session_key" };
                let good = release.text(field);
                let (text, what) = change_text(&good, &mut numbers);
                if is_letter_case(&good, &text) || is_padding(&good, &text) {
                    continue;
                }
                release = release.with(field, text);
                format!("{field}: {what}")
            }
        };
        refused(&release.verify(), &format!("{what} of turn {turn}"));
    }
}

pub(crate) fn deltas(flips: usize, seed: u64) {
    let mut numbers = numbers(seed);
    let forms = [Form::V3, Form::V2].map(Manifest::new);
    assert!(forms.iter().all(|manifest| manifest.verify().result.is_authentic()));
    for turn in 0..flips {
        let mut manifest = forms[numbers.random_range(0..forms.len())].clone();
        let index = numbers.random_range(0..manifest.parts.len());
        let text = match turn % 3 {
            0 => None,
            1 => manifest.parts[index].hash.as_mut(),
            _ => Some(&mut manifest.session_key),
        };
        let what = if let Some(text) = text {
            let (changed, what) = change_text(text, &mut numbers);
            if is_letter_case(text, &changed) || is_padding(text, &changed) {
                continue;
            }
            *text = changed;
            what
        } else {
            change(manifest.parts[index].delivered.as_mut().unwrap(), &mut numbers)
        };
        refused(&manifest.verify(), &format!("{what} of file {index}, turn {turn}"));
    }
}

#[test]
fn a_changed_zip_is_never_valid() {
    zips(count(), 21);
}

#[test]
fn a_changed_manifest_is_never_valid() {
    deltas(count(), 22);
}

#[test]
fn every_bit_of_a_small_ciphertext_counts() {
    let length = Release::v3().bytes().len();
    for bit in 0..(length * 8).min(count()) {
        // All of them when there are enough turns, else from the end, where the padding is.
        let bit = length * 8 - 1 - bit;
        let mut release = Release::v3();
        release.bytes()[bit / 8] ^= 1 << (bit % 8);
        refused(&release.verify(), &format!("bit {bit}"));
    }
}
