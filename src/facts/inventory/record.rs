//! Filling a record from a text, a file or a value.

use super::{KeyFact, KeyRecord, KeyRole};
use crate::facts::crypto;
use crate::facts::keys::known::known;
use crate::facts::keys::public::{self, PublicForm, PublicKeyFact};
use crate::facts::keys::{KeyMaterial, PrivateKeyFact, private_keys, private_keys_in_text, usually_public};
use crate::inputs::decode;
use crate::model::Digest;

impl KeyRecord {
    pub(super) fn new(file: &str, at: &str, role: KeyRole) -> Self {
        Self {
            source: if at.is_empty() { file.to_owned() } else { format!("{file}: {at}") },
            file: file.to_owned(),
            kept_in: None,
            position: None,
            system: None,
            role,
            fact: KeyFact::default(),
            not_before: None,
            not_after: None,
            known: None,
            certificate_sha256: None,
            faults: Vec::new(),
            problems: Vec::new(),
            unread: None,
            sample: usually_public(file),
            secret: false,
            public: None,
        }
    }

    /// Reads a key's text: a private key first, for it may stand where a public one belongs.
    pub(super) fn text(&mut self, text: &str) {
        if let Some(fact) =
            private_keys_in_text(text).into_iter().find(|fact| fact.material != KeyMaterial::Placeholder)
        {
            return self.private(&fact);
        }
        match public::read(text, &self.source) {
            Ok((_, fact)) => {
                if let Some((not_before, not_after)) = public::validity(text) {
                    self.certificate_sha256 = public::certificate_sha256(text);
                    (self.not_before, self.not_after) = (Some(not_before), Some(not_after));
                }
                self.public(fact);
            }
            Err(why) => self.unread = Some(why.0),
        }
    }

    /// Reads the content of a key's file.
    pub(super) fn bytes(&mut self, path: &str, bytes: &[u8]) {
        if bytes.first() != Some(&0x30) {
            return self.text(&decode(bytes).text);
        }
        if let Some(fact) = private_keys(path, bytes).first() {
            return self.private(fact);
        }
        match public::read_der(bytes, &self.source) {
            Ok((_, fact)) => {
                if let Some((not_before, not_after)) = public::validity_of_der(bytes) {
                    self.certificate_sha256 = Some(Digest::of(bytes));
                    (self.not_before, self.not_after) = (Some(not_before), Some(not_after));
                }
                self.public(fact);
            }
            Err(why) => self.unread = Some(why.0),
        }
    }

    fn public(&mut self, fact: PublicKeyFact) {
        self.role = match fact.form {
            PublicForm::Certificate => KeyRole::Certificate,
            PublicForm::PrivateKey => KeyRole::PrivateKey,
            PublicForm::Pkcs1 | PublicForm::Spki | PublicForm::Raw => KeyRole::VerificationKey,
        };
        self.secret = fact.form == PublicForm::PrivateKey;
        self.known = known(&fact.spki_sha256);
        self.faults = fact.faults.clone();
        self.fact = KeyFact {
            algorithm: Some(fact.algorithm.clone()),
            bits: fact.bits,
            exponent: fact.exponent.clone(),
            spki_sha256: Some(fact.spki_sha256),
            weaknesses: fact.weaknesses.clone(),
        };
        self.public = Some(fact);
    }

    pub(super) fn private(&mut self, fact: &PrivateKeyFact) {
        self.role = KeyRole::PrivateKey;
        // A damaged key gives away most of itself.
        self.secret = fact.material != KeyMaterial::Placeholder;
        self.known = fact.public_half_sha256.as_ref().and_then(known);
        let (algorithm, bits, spki_sha256) = (fact.algorithm.clone(), fact.bits, fact.public_half_sha256);
        self.fact = KeyFact { algorithm, bits, spki_sha256, ..KeyFact::default() };
    }

    /// Only its length is noted: its digest would identify a secret.
    pub(super) fn symmetric(&mut self, text: &str) {
        self.role = KeyRole::SymmetricKey;
        match crypto::base64(text.trim()).or_else(|| crypto::base64_url(text.trim())) {
            Some(key) => self.fact.bits = u32::try_from(key.len().saturating_mul(8)).ok(),
            None => self.unread = Some("it is not base64".to_owned()),
        }
    }
}
