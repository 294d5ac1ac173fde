//! OtaKit's manifest as the device reads it, and the text that its signature covers (`ManifestClient.java` and
//! `ManifestVerifier.java` of @otakit/capacitor-updater).

use std::borrow::Cow;

use crate::facts::updaters::delivery::{Document, integer};
use crate::facts::updaters::verification::Reason;
use crate::inputs::{JsonNode, JsonValue};

/// The fields by which a manifest is known; none of them alone tells OtaKit's from others'.
const FIELDS: [&str; 11] = [
    "version",
    "url",
    "sha256",
    "size",
    "runtimeVersion",
    "releaseId",
    "strategy",
    "forceImmediate",
    "encryption",
    "files",
    "signature",
];

/// What was wrong, in words, and the reason of refusal.
pub(super) type Fault = (String, Reason);

/// A manifest.
#[derive(Debug)]
pub(super) struct Manifest<'a> {
    /// Where it was read.
    pub document: &'a Document,
    /// `version`.
    pub version: &'a str,
    /// `sha256`, as it is written.
    pub sha256: &'a str,
    /// `size`.
    pub size: u64,
    /// `runtimeVersion`; blank ones are none.
    pub runtime_version: Option<&'a str>,
    /// `url`.
    pub url: Option<&'a str>,
    /// Whether it has any of the fields that the payload of plugin 2 has and that of plugin 1 has not.
    pub second: bool,
    /// `strategy`; without one it is `zip`.
    pub strategy: Cow<'a, str>,
    /// `forceImmediate`; anything but `true` is `false`.
    pub force_immediate: bool,
    /// `encryption`.
    pub encryption: Option<Encryption<'a>>,
    /// `signature`.
    pub signature: Option<Signature<'a>>,
}

/// How the bundle is encrypted.
#[derive(Debug)]
pub(super) struct Encryption<'a> {
    /// The name of the algorithm; the device does not look at it.
    pub algorithm: &'a str,
    /// Which of the app's bundle keys wraps.
    pub kid: &'a str,
    /// The nonce of the wrapping.
    pub wrap_nonce: &'a str,
    /// The wrapped key of the bundle.
    pub wrapped_key: &'a str,
    /// The nonce of the bundle.
    pub nonce: &'a str,
}

/// The signature.
#[derive(Debug)]
pub(super) struct Signature<'a> {
    /// Which of the app's manifest keys verifies.
    pub kid: &'a str,
    /// ECDSA in DER, base64url.
    pub text: &'a str,
    /// When it was made, in seconds since 1970.
    pub issued: i64,
    /// When it ends, in seconds since 1970.
    pub expires: i64,
}

/// How many of the manifest's fields the value has; 0 for what is no manifest.
pub(super) fn likeness(value: &JsonValue) -> usize {
    let has = |field: &str| value.get(field).is_some();
    if has("plugins") || !(has("version") || has("sha256")) {
        return 0;
    }
    FIELDS.iter().filter(|field| has(field)).count()
}

/// Whether it has what only OtaKit's manifests have together.
pub(super) fn is_unmistakable(value: &JsonValue) -> bool {
    let signed = ["kid", "sig", "iat", "exp"].iter().all(|field| value.path(&["signature", field]).is_some());
    let named = value.get("releaseId").is_some() && value.get("size").is_some();
    (signed || named) && value.get("sha256").is_some() && value.get("version").is_some()
}

impl<'a> Manifest<'a> {
    /// Reads a manifest.
    pub(super) fn read(document: &'a Document) -> Result<Self, Fault> {
        let root = &document.json.root;
        let size = root.get("size").and_then(integer).and_then(|size| u64::try_from(size).ok());
        let encryption = present(root, "encryption").map(encryption).transpose()?;
        Ok(Self {
            document,
            version: required(root, "version")?,
            sha256: required(root, "sha256")?,
            size: size.ok_or_else(|| invalid("size is no whole number of bytes"))?,
            runtime_version: optional(root, "runtimeVersion")?.map(str::trim).filter(|text| !text.is_empty()),
            url: optional(root, "url")?.map(str::trim).filter(|text| !text.is_empty()),
            second: ["strategy", "forceImmediate", "encryption"].iter().any(|field| root.get(field).is_some()),
            strategy: optional(root, "strategy")?
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map_or(Cow::Borrowed("zip"), Cow::Borrowed),
            force_immediate: root.get("forceImmediate").and_then(JsonValue::as_bool).unwrap_or(false),
            encryption,
            signature: signature(root),
        })
    }

    /// The signed text: lines joined by a line feed, without one at the end.
    pub(super) fn payload(&self, app: &str, channel: Option<&str>, signature: &Signature<'_>, second: bool) -> String {
        let mut lines = vec![
            "MANIFEST".to_owned(),
            format!("appId:{app}"),
            format!("channel:{}", channel.unwrap_or("null")),
            format!("version:{}", self.version),
            format!("sha256:{}", self.sha256),
            format!("size:{}", self.size),
            format!("runtimeVersion:{}", self.runtime_version.unwrap_or("null")),
        ];
        if second {
            lines.push(format!("strategy:{}", self.strategy));
            lines.push(format!("forceImmediate:{}", self.force_immediate));
            let encryption = self.encryption.as_ref().map_or_else(
                || "null".to_owned(),
                |one| [one.algorithm, one.kid, one.wrap_nonce, one.wrapped_key, one.nonce].join("|"),
            );
            lines.push(format!("encryption:{encryption}"));
        }
        lines.push(format!("kid:{}", signature.kid));
        lines.push(format!("iat:{}", signature.issued));
        lines.push(format!("exp:{}", signature.expires));
        lines.join("\n")
    }

    /// The fields whose text could be read in two ways inside the signed text: a line break or, in the parts of the
    /// encryption, a bar moves words from one field to the next without touching the signature.
    pub(super) fn ambiguous_field(&self) -> Option<&'static str> {
        let plain = |text: &str| !text.chars().any(char::is_control);
        let part = |text: &str| plain(text) && !text.contains('|');
        if !plain(self.version) {
            return Some("version");
        }
        if !plain(self.sha256) {
            return Some("sha256");
        }
        if self.runtime_version.is_some_and(|text| !plain(text) || text == "null") {
            return Some("runtimeVersion");
        }
        if !plain(&self.strategy) {
            return Some("strategy");
        }
        if self.signature.as_ref().is_some_and(|one| !plain(one.kid)) {
            return Some("signature.kid");
        }
        let parts = self.encryption.as_ref().is_none_or(|one| {
            [one.algorithm, one.kid, one.wrap_nonce, one.wrapped_key, one.nonce].into_iter().all(part)
        });
        (!parts).then_some("encryption")
    }
}

fn invalid(why: &str) -> Fault {
    (why.to_owned(), "metadata_invalid")
}

/// A field that is there and not `null`.
fn present<'a>(value: &'a JsonValue, field: &str) -> Option<&'a JsonValue> {
    value.get(field).filter(|value| value.node != JsonNode::Null)
}

fn optional<'a>(value: &'a JsonValue, field: &str) -> Result<Option<&'a str>, Fault> {
    let no_text = || invalid(&format!("{field} is no text"));
    present(value, field).map(|value| value.as_str().ok_or_else(no_text)).transpose()
}

fn required<'a>(value: &'a JsonValue, field: &str) -> Result<&'a str, Fault> {
    optional(value, field)?
        .filter(|text| !text.is_empty())
        .ok_or_else(|| invalid(&format!("the manifest has no {field}")))
}

fn encryption(value: &JsonValue) -> Result<Encryption<'_>, Fault> {
    Ok(Encryption {
        algorithm: required(value, "alg")?,
        kid: required(value, "kid")?,
        wrap_nonce: required(value, "wrapNonce")?,
        wrapped_key: required(value, "wrappedDek")?,
        nonce: required(value, "nonce")?,
    })
}

/// A signature that lacks a part is none, as on the device.
fn signature(root: &JsonValue) -> Option<Signature<'_>> {
    let value = root.get("signature")?;
    Some(Signature {
        kid: value.get("kid")?.as_str()?,
        text: value.get("sig")?.as_str()?,
        issued: value.get("iat").and_then(integer)?,
        expires: value.get("exp").and_then(integer)?,
    })
}
