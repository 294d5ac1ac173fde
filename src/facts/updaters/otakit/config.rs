//! What the app says of OtaKit in `plugins.OtaKit`: who it is, where it looks, which keys it trusts
//! (`UpdaterPlugin.java` and `HostedManifestKeys.java` of @otakit/capacitor-updater 2.3.1).

use crate::facts::crypto;
use crate::facts::keys::public::{self, PublicKey, PublicKeyFact, WritingFault};
use crate::facts::updaters::delivery::{Delivery, Document};
use crate::inputs::{JsonNode, JsonValue};

/// The vendor's own delivery network, which is also the default of `cdnUrl`.
const HOSTED: [&str; 2] = ["https://cdn.otakit.app", "https://www.otakit.app"];
/// The public key that the plugin has built in for the vendor's own network, and its name.
const HOSTED_KEY: (&str, &str) = (
    "hosted-2026-04-02-ce611e6d",
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELg6eAj2+7aZ1FJnYUNMjOtWuQLJMomXkPvmeTQ3gXyabpLTDX0m3iWYO3cEOXqIR6NphGC6csS2T5bCtXwIBFw==",
);

/// The plugin's block of a Capacitor configuration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Config<'a> {
    /// The configuration.
    pub document: &'a Document,
    block: &'a JsonValue,
}

/// A key that may sign manifests, not read yet.
#[derive(Clone, Debug)]
pub(super) struct NamedKey<'a> {
    /// Its name; `None` stands for the key that was stated, which any name may mean.
    pub kid: Option<&'a str>,
    /// Base64 of its SubjectPublicKeyInfo, or PEM.
    pub text: &'a str,
    /// Where it comes from.
    pub source: String,
}

/// The keys that an app trusts.
#[derive(Debug)]
pub(super) enum Trusted<'a> {
    /// These; the list may be empty when every entry is broken, and then the device refuses everything.
    Keys(Vec<NamedKey<'a>>),
    /// `manifestKeys` is there and no list.
    Unreadable,
    /// None: the device does not look at signatures.
    Off,
}

impl<'a> Config<'a> {
    /// The block in the first configuration that has one.
    pub(super) fn find(delivery: &'a Delivery) -> Option<Self> {
        delivery.plugin("OtaKit").map(|(document, block)| Self { document, block })
    }

    fn text(self, field: &str) -> Option<&'a str> {
        self.block.get(field).and_then(JsonValue::as_str).filter(|text| !text.trim().is_empty())
    }

    /// `appId`.
    pub(super) fn app(self) -> Option<&'a str> {
        self.text("appId")
    }

    /// `channel`; a blank one is none.
    pub(super) fn channel(self) -> Option<&'a str> {
        self.text("channel").map(str::trim)
    }

    /// `runtimeVersion`; a blank one is none.
    pub(super) fn runtime_version(self) -> Option<&'a str> {
        self.text("runtimeVersion").map(str::trim)
    }

    /// `allowInsecureUrls`.
    pub(super) fn allows_insecure(self) -> bool {
        self.block.get("allowInsecureUrls").and_then(JsonValue::as_bool).unwrap_or(false)
    }

    /// Whether manifests come from the vendor's own network.
    fn is_hosted(self) -> bool {
        self.text("cdnUrl").is_none_or(|url| {
            let url = url.trim().trim_end_matches('/').to_ascii_lowercase();
            HOSTED.contains(&url.as_str())
        })
    }

    /// The keys that may sign manifests, in the plugin's order.
    pub(super) fn trusted(self, stated: Option<&'a str>) -> Trusted<'a> {
        let entries = match self.block.get("manifestKeys").map(|value| &value.node) {
            Some(JsonNode::Array(entries)) => entries.as_slice(),
            None | Some(JsonNode::Null) => &[],
            Some(_) => return Trusted::Unreadable,
        };
        if !entries.is_empty() {
            let source = format!("{}: plugins.OtaKit.manifestKeys", self.document.path);
            let named = |entry: &'a JsonValue| {
                let kid = Some(entry.get("kid")?.as_str()?);
                Some(NamedKey { kid, text: entry.get("key")?.as_str()?, source: source.clone() })
            };
            return Trusted::Keys(entries.iter().filter_map(named).collect());
        }
        if let Some(text) = stated {
            return Trusted::Keys(vec![NamedKey { kid: None, text, source: "stated public key".to_owned() }]);
        }
        if self.is_hosted() {
            let source = "@otakit/capacitor-updater: HostedManifestKeys".to_owned();
            return Trusted::Keys(vec![NamedKey { kid: Some(HOSTED_KEY.0), text: HOSTED_KEY.1, source }]);
        }
        Trusted::Off
    }

    /// The key of this name that unwraps the keys of bundles; the last one where there are several, as in the plugin.
    pub(super) fn bundle_key(self, kid: &str) -> Option<[u8; 32]> {
        let JsonNode::Array(entries) = &self.block.get("bundleKeys")?.node else { return None };
        let key = |entry: &JsonValue| {
            let key = entry.get("key")?.as_str()?.trim();
            let bytes = crypto::base64(key).or_else(|| crypto::base64_url(key))?;
            <[u8; 32]>::try_from(bytes).ok()
        };
        entries.iter().rev().filter(|entry| entry.get("kid").and_then(JsonValue::as_str) == Some(kid)).find_map(key)
    }

    /// What is wrong with the configuration, whatever the release.
    pub(super) fn issues(self, stated: Option<&'a str>) -> Vec<&'static str> {
        let mut issues = Vec::new();
        match self.trusted(stated) {
            Trusted::Off => issues.push("manifest_keys_missing"),
            Trusted::Unreadable => issues.push("manifest_key_invalid"),
            Trusted::Keys(keys) if keys.is_empty() || keys.iter().any(|key| read_key(key).is_none()) => {
                issues.push("manifest_key_invalid");
            }
            Trusted::Keys(_) => {}
        }
        if self.text("cdnUrl").is_some_and(|url| !is_secure(url, self.allows_insecure())) {
            issues.push("update_url_cleartext");
        }
        issues
    }
}

/// The key, when it is one on P-256.
pub(super) fn read_key(key: &NamedKey<'_>) -> Option<(p256::ecdsa::VerifyingKey, PublicKeyFact)> {
    let (public, mut fact) = public::read(key.text, &key.source).ok()?;
    // Base64 without a frame is how OtaKit writes its keys.
    fact.faults.retain(|fault| *fault != WritingFault::NoFrame);
    if let PublicKey::P256(public) = public { Some((public, fact)) } else { None }
}

/// Whether the device would load from this address: over TLS, or from itself where that is allowed.
pub(super) fn is_secure(url: &str, allows_insecure: bool) -> bool {
    let url = url.trim().to_ascii_lowercase();
    if url.starts_with("https://") {
        return true;
    }
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    allows_insecure && (host == "localhost" || host == "127.0.0.1")
}
