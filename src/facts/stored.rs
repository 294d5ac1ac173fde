//! Facts of scripts as bytes, for a store between runs. The form is no interface: a store is keyed by the build that wrote it.
//! What can't be read is `None`, whatever the bytes are.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::keys::{KeyForm, KeyMaterial, PrivateKeyFact};
use super::origin::{Component, How, MapFacts, MappedPlace, ModuleMark, Origins};
use super::script::{
    AddressRole, ApiUse, CodeSite, NamedAddress, NamedCall, Origin, PluginCall, PluginUse, ScriptFacts, ScriptReading,
    SiteKind,
};
use super::secrets::{SecretFact, Standing};
use crate::model::{Digest, Position};

/// Words of the tool's own that are kept; there are some hundreds.
const MOST_WORDS: usize = 4_000;
/// The longest of them.
const LONGEST_WORD: usize = 200;

/// Reads bytes from the front.
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// From the begin of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether all was read.
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next bytes, so many.
    pub fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }
}

/// What can be written as bytes and read again.
pub trait Stored: Sized {
    /// Appends it.
    fn put(&self, out: &mut Vec<u8>);
    /// Reads it.
    fn take(reader: &mut Reader<'_>) -> Option<Self>;
}

impl Stored for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        // Seven bits for each byte: most numbers are small.
        let mut rest = *self;
        while rest >= 0x80 {
            out.push(u8::try_from(rest & 0x7F).unwrap_or_default() | 0x80);
            rest >>= 7;
        }
        out.push(u8::try_from(rest).unwrap_or_default());
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = reader.bytes(1)? else { return None };
            value |= u64::from(byte & 0x7F).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

macro_rules! number {
    ($($kind:ty),*) => {$(
        impl Stored for $kind {
            fn put(&self, out: &mut Vec<u8>) {
                u64::try_from(*self).unwrap_or(u64::MAX).put(out);
            }

            fn take(reader: &mut Reader<'_>) -> Option<Self> {
                Self::try_from(u64::take(reader)?).ok()
            }
        }
    )*};
}
number!(u8, u32, usize);

impl Stored for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        match reader.bytes(1)? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }
}

impl Stored for String {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        let length = usize::take(reader)?;
        Self::from_utf8(reader.bytes(length)?.to_vec()).ok()
    }
}

impl Stored for Digest {
    fn put(&self, out: &mut Vec<u8>) {
        self.hex().put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        Self::from_hex(&String::take(reader)?)
    }
}

static WORDS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// A word out of the tool's own tables.
impl Stored for &'static str {
    fn put(&self, out: &mut Vec<u8>) {
        (*self).to_owned().put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        let word = String::take(reader)?;
        let mut words = WORDS.lock().ok()?;
        if let Some(known) = words.get(word.as_str()) {
            return Some(known);
        }
        if words.len() >= MOST_WORDS || word.len() > LONGEST_WORD {
            return None;
        }
        let kept: &'static str = Box::leak(word.into_boxed_str());
        words.insert(kept);
        Some(kept)
    }
}

impl<T: Stored> Stored for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        if bool::take(reader)? { Some(Some(T::take(reader)?)) } else { Some(None) }
    }
}

impl<T: Stored> Stored for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        self.iter().for_each(|one| one.put(out));
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        // Each has a byte at least: a length that lies reserves no memory.
        let length = usize::take(reader)?;
        (0..length).map(|_| T::take(reader)).collect()
    }
}

impl<A: Stored, B: Stored> Stored for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        Some((A::take(reader)?, B::take(reader)?))
    }
}

impl<A: Stored, B: Stored, C: Stored> Stored for (A, B, C) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
        self.2.put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        Some((A::take(reader)?, B::take(reader)?, C::take(reader)?))
    }
}

/// Structs field by field: one that is added and forgotten here does not compile.
macro_rules! fields {
    ($($kind:ident { $($field:ident),* })*) => {$(
        impl Stored for $kind {
            fn put(&self, out: &mut Vec<u8>) {
                let Self { $($field),* } = self;
                $($field.put(out);)*
            }

            fn take(reader: &mut Reader<'_>) -> Option<Self> {
                Some(Self { $($field: Stored::take(reader)?),* })
            }
        }
    )*};
}

/// Enums without values, by their place in the list.
macro_rules! words {
    ($($kind:ident { $($word:ident),* })*) => {$(
        impl Stored for $kind {
            fn put(&self, out: &mut Vec<u8>) {
                // A variant that is added and forgotten here does not compile.
                match self { $(Self::$word => {})* }
                let all = [$(Self::$word),*];
                all.iter().position(|one| one == self).unwrap_or(usize::MAX).put(out);
            }

            fn take(reader: &mut Reader<'_>) -> Option<Self> {
                let all = [$(Self::$word),*];
                all.get(usize::take(reader)?).copied()
            }
        }
    )*};
}

fields! {
    Position { line, column }
    ScriptReading { facts, secrets, keys, failure }
    ScriptFacts {
        sites, sites_cut, turns_a_table, webassembly, plugins, plugins_unknown, calls, hosts, uses, addresses,
        source_mapping_url
    }
    CodeSite { kind, origin, position, excerpt, idiom }
    NamedCall { method, object, position, argument, condition }
    ApiUse { path, is_plugin, calls, reads, position }
    NamedAddress { url, role, open, position }
    PluginUse { name, call, implemented, position }
    SecretFact { rule, provider, what, standing, masked, sha256, offset }
    PrivateKeyFact { form, algorithm, bits, public_half_sha256, offset, material, usually_public }
    Component { package, version, how, position }
    MapFacts { sources, with_content, own, examples, packages }
    MappedPlace { position, source, original }
    ModuleMark { position, path }
    Origins { components, places, inline_map, modules, modules_cut, wide }
}

words! {
    SiteKind {
        DirectEval, IndirectEval, FunctionConstructor, StringTimer, DynamicImport, StaticImport, ImportScripts, Worker,
        ScriptElement, ScriptText, Markup, EventAttribute, DocumentWrite, JavascriptUrl, NativeBridge, ImportMap
    }
    AddressRole { Contacted, Linked, Named }
    PluginCall { Registered, Property, Checked }
    Standing { Secret, Publishable, Weak }
    KeyForm {
        PemPkcs1, PemPkcs8, PemEncryptedPkcs8, PemEc, PemOpenssh, PemDsa, Pgp, DerPkcs1, DerPkcs8, Pkcs12, Jks, Bks,
        Base64Der, Jwk
    }
    KeyMaterial { Real, Placeholder, Encrypted, Undecodable }
    How { SourceMap, ModuleId, Path, Banner, Fingerprint }
}

impl Stored for Origin {
    fn put(&self, out: &mut Vec<u8>) {
        let (sort, one, other): (u8, &str, &str) = match self {
            Self::Constant { text } => (0, text, ""),
            Self::SameOrigin { url } => (1, url, ""),
            Self::Remote { url, host } => (2, url, host),
            Self::NetworkDerived { source } => (3, source, ""),
            Self::UserInput { source } => (4, source, ""),
            Self::Unknown => (5, "", ""),
        };
        sort.put(out);
        one.to_owned().put(out);
        other.to_owned().put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        let sort = u8::take(reader)?;
        let (one, other) = (String::take(reader)?, String::take(reader)?);
        Some(match sort {
            0 => Self::Constant { text: one },
            1 => Self::SameOrigin { url: one },
            2 => Self::Remote { url: one, host: other },
            3 => Self::NetworkDerived { source: one },
            4 => Self::UserInput { source: one },
            5 => Self::Unknown,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::script::read_script;
    use crate::inputs::Limits;
    use crate::model::LineIndex;

    #[test]
    fn what_is_written_is_read_again_and_no_bytes_are_a_fault() {
        let script = "/*! jQuery v3.4.1 | x */fetch('https://a.example/x').then(r=>r.text()).then(t=>eval(t));\
            navigator.geolocation.watchPosition(f);import('https://b.example/c.js');registerPlugin('Camera',{web:1});\
            const k='AKIAIOSFODNN7EXAMPLE';CapacitorUpdater.notifyAppReady('x');Function('return this')();";
        let lines = LineIndex::new(script);
        let reading = read_script(script, &lines, 0..script.len(), &Limits::default());
        assert!(reading.facts.sites.len() >= 3 && !reading.facts.uses.is_empty() && !reading.facts.calls.is_empty());
        let origins = Origins::of_script(script, &lines, &[]);
        assert!(!origins.components.is_empty());
        let mut out = Vec::new();
        reading.put(&mut out);
        origins.put(&mut out);
        let (again, theirs): (ScriptReading, Origins) = crate::facts::recall::take(&out).unwrap();
        assert_eq!((format!("{again:?}"), &theirs), (format!("{reading:?}"), &origins));
        for length in 0..out.len() {
            assert!(crate::facts::recall::take::<(ScriptReading, Origins)>(out.get(..length).unwrap()).is_none());
        }
        for at in 0..out.len() {
            let mut bad = out.clone();
            bad[at] ^= 0xFF;
            // Whatever it is, it is no panic.
            let _ = crate::facts::recall::take::<(ScriptReading, Origins)>(&bad);
        }
    }
}
