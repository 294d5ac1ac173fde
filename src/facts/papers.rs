//! What a project publishes about itself in its own folder: bills of materials and where to report a vulnerability. Only
//! fixed names are looked for, and nothing outside the folder is opened.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::packages::disk::{Disk, Looked};
use crate::inputs::{JsonValue, decode, parse_json};
use crate::model::{Digest, printable};

/// Where bills of materials lie.
const BILLS: [&str; 16] = [
    "bom.json",
    "sbom.json",
    "bom.cdx.json",
    "sbom.cdx.json",
    "sbom.spdx.json",
    "reports/bom.json",
    "reports/sbom.json",
    "reports/sbom.cdx.json",
    "reports/sbom.spdx.json",
    "sbom/bom.json",
    "sbom/sbom.json",
    "sbom/sbom.cdx.json",
    "sbom/sbom.spdx.json",
    "build/bom.json",
    "build/sbom.json",
    "build/sbom.cdx.json",
];
/// Where a policy for the reports of vulnerabilities lies.
const POLICIES: [&str; 7] = [
    "SECURITY.md",
    ".github/SECURITY.md",
    "docs/SECURITY.md",
    "SECURITY.txt",
    ".well-known/security.txt",
    "public/.well-known/security.txt",
    "src/.well-known/security.txt",
];
/// Names of components beyond these are not kept.
const MOST_NAMES: usize = 50_000;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Papers {
    /// The bills of materials.
    pub bills: Vec<Bill>,
    /// The policies for reports of vulnerabilities.
    pub policies: Vec<SecurityPolicy>,
    /// The packages that `package.json` asks for at run time.
    pub dependencies: BTreeSet<String>,
}

/// A bill of materials.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Bill {
    /// Its path in the app's folder.
    pub path: String,
    /// `CycloneDX` or `SPDX`; none when it is neither.
    pub format: Option<&'static str>,
    /// The version of what it describes.
    pub version: Option<String>,
    /// The SHA-256 digests that it states of what it describes.
    pub digests: Vec<Digest>,
    /// The names of its components.
    #[serde(skip)]
    pub components: BTreeSet<String>,
    /// Why it could not be read.
    pub fault: Option<String>,
}

/// A policy for reports of vulnerabilities.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SecurityPolicy {
    /// Its path in the app's folder.
    pub path: String,
    /// Whether it names a way to reach somebody.
    pub contact: bool,
    /// `Expires` of a `security.txt` (RFC 9116), in seconds since 1970.
    pub expires: Option<i64>,
    /// Whether there is an `Expires` that is no moment.
    pub expires_unread: bool,
    /// Why it could not be read.
    pub fault: Option<String>,
}

/// Looks at the app's folder.
#[must_use]
pub fn read_papers(folder: &Path) -> Papers {
    let mut papers = Papers::default();
    let Ok(disk) = Disk::open(folder) else { return papers };
    for path in BILLS {
        match disk.read(path) {
            Looked::Absent => {}
            Looked::Unreadable(why) => {
                papers.bills.push(Bill { path: path.to_owned(), fault: Some(why), ..Bill::default() });
            }
            Looked::Bytes(bytes) => papers.bills.push(bill(path, &bytes)),
        }
    }
    let mut seen = BTreeSet::new();
    for path in POLICIES {
        match disk.read(path) {
            Looked::Unreadable(why) => {
                let policy = SecurityPolicy { path: path.to_owned(), fault: Some(why), ..SecurityPolicy::default() };
                papers.policies.push(policy);
            }
            // A file system may not tell upper from lower case.
            Looked::Bytes(bytes) if seen.insert(Digest::of(&bytes)) => papers.policies.push(policy(path, &bytes)),
            Looked::Absent | Looked::Bytes(_) => {}
        }
    }
    if let Looked::Bytes(bytes) = disk.read("package.json")
        && let Ok(json) = parse_json(&decode(&bytes).text)
        && let Some(dependencies) = json.root.get("dependencies")
    {
        papers.dependencies = pairs(dependencies).map(|(name, _)| name.to_owned()).take(MOST_NAMES).collect();
    }
    papers
}

fn pairs(value: &JsonValue) -> impl Iterator<Item = (&str, &JsonValue)> {
    use crate::inputs::JsonNode;
    let pairs = if let JsonNode::Object(pairs) = &value.node { pairs.as_slice() } else { &[] };
    pairs.iter().map(|(name, _, value)| (name.as_str(), value))
}

fn items(value: Option<&JsonValue>) -> &[JsonValue] {
    use crate::inputs::JsonNode;
    match value.map(|value| &value.node) {
        Some(JsonNode::Array(items)) => items,
        _ => &[],
    }
}

fn bill(path: &str, bytes: &[u8]) -> Bill {
    let mut bill = Bill { path: path.to_owned(), ..Bill::default() };
    let Ok(json) = parse_json(&decode(bytes).text) else {
        bill.fault = Some("it is no JSON".to_owned());
        return bill;
    };
    let root = &json.root;
    let text = |value: Option<&JsonValue>| value.and_then(JsonValue::as_str).map(str::to_owned);
    if root.get("bomFormat").and_then(JsonValue::as_str) == Some("CycloneDX") {
        bill.format = Some("CycloneDX");
        let subject = root.path(&["metadata", "component"]);
        bill.version = text(subject.and_then(|subject| subject.get("version")));
        let hashes = items(subject.and_then(|subject| subject.get("hashes"))).iter().map(|hash| hash.get("content"));
        let properties =
            items(subject.and_then(|subject| subject.get("properties"))).iter().map(|property| property.get("value"));
        bill.digests = digests(hashes.chain(properties));
        bill.components = names(items(root.get("components")), true);
    } else if root.get("spdxVersion").and_then(JsonValue::as_str).is_some() {
        bill.format = Some("SPDX");
        let packages = items(root.get("packages"));
        let described = items(root.get("documentDescribes")).first().and_then(JsonValue::as_str);
        let subject = packages
            .iter()
            .find(|package| described.is_some() && package.get("SPDXID").and_then(JsonValue::as_str) == described)
            .or_else(|| packages.first());
        bill.version = text(subject.and_then(|subject| subject.get("versionInfo")));
        let sums = items(subject.and_then(|subject| subject.get("checksums")));
        bill.digests = digests(sums.iter().map(|sum| sum.get("checksumValue")));
        bill.components = names(packages, false);
    } else {
        bill.fault = Some("it is neither CycloneDX nor SPDX".to_owned());
    }
    bill
}

fn digests<'a>(values: impl Iterator<Item = Option<&'a JsonValue>>) -> Vec<Digest> {
    values.flatten().filter_map(JsonValue::as_str).filter_map(Digest::from_hex).collect()
}

/// The components' names, with their group in front where there is one, as npm writes scopes.
fn names(components: &[JsonValue], grouped: bool) -> BTreeSet<String> {
    let name = |component: &JsonValue| {
        let name = component.get("name")?.as_str()?;
        let group = component.get("group").and_then(JsonValue::as_str).filter(|group| grouped && !group.is_empty());
        Some(group.map_or_else(|| name.to_owned(), |group| format!("{group}/{name}")))
    };
    components.iter().filter_map(name).take(MOST_NAMES).collect()
}

fn policy(path: &str, bytes: &[u8]) -> SecurityPolicy {
    let decoded = decode(bytes);
    let text = &decoded.text;
    let mut policy = SecurityPolicy { path: path.to_owned(), ..SecurityPolicy::default() };
    let lower = text.to_lowercase();
    policy.contact = lower.contains('@') || lower.contains("https://") || lower.contains("contact:");
    if path.to_lowercase().ends_with(".txt") {
        let expires = lower.lines().find_map(|line| line.trim().strip_prefix("expires:"));
        if let Some(written) = expires {
            let moment = written.trim().to_uppercase().parse::<Timestamp>();
            policy.expires = moment.as_ref().ok().map(|moment| moment.as_second());
            policy.expires_unread = moment.is_err();
        }
    }
    if text.trim().is_empty() {
        policy.fault = Some(printable("it is empty", 40));
    }
    policy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bills_are_told_apart_and_read() {
        let digest = Digest::of(b"x");
        let cyclone = format!(
            r#"{{"bomFormat":"CycloneDX","metadata":{{"component":{{"version":"1.2.0","hashes":[{{"alg":"SHA-256","content":"{digest}"}}]}}}},"components":[{{"group":"@capacitor","name":"core"}}]}}"#
        );
        let one = bill("sbom.json", cyclone.as_bytes());
        assert_eq!((one.format, one.version.as_deref(), one.digests), (Some("CycloneDX"), Some("1.2.0"), vec![digest]));
        assert!(one.components.contains("@capacitor/core"));
        let spdx = r#"{"spdxVersion":"SPDX-2.3","packages":[{"SPDXID":"a","name":"app","versionInfo":"2"}]}"#;
        assert_eq!(bill("s", spdx.as_bytes()).version.as_deref(), Some("2"));
        assert!(bill("s", b"{}").fault.is_some() && bill("s", b"<").fault.is_some());
    }

    #[test]
    fn a_security_txt_expires() {
        let one = policy("security.txt", b"Contact: mailto:a@example.com\nExpires: 2026-12-31T00:00:00z\n");
        assert_eq!((one.contact, one.expires), (true, Some(1_798_675_200)));
        assert!(policy("security.txt", b"Expires: soon").expires_unread);
    }
}
