//! Reads the Markdown cases: fenced blocks become files of a bundle, an app or a release, and one block says what is
//! expected of them. The format is described in `docs/architecture.md`.

use std::collections::BTreeMap;
use std::path::Path;

use otaudit::controls::ParameterValue;
use otaudit::facts::binary::{ReviewedBinary, read_binary};
use otaudit::facts::{Past, PastAudit};
use otaudit::model::Digest;

use crate::archive::{Archive, Record};

/// One case.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub name: String,
    pub bundle: Vec<(String, Vec<u8>)>,
    pub links: Vec<(String, String)>,
    pub app: Vec<(String, Vec<u8>)>,
    pub release: Vec<(String, Vec<u8>)>,
    /// The files of the bundle before.
    pub previous: Vec<(String, Vec<u8>)>,
    /// The files of the bundle inside the binary that the store reviewed.
    pub reviewed: Vec<(String, Vec<u8>)>,
    /// The files that lie beside it.
    pub binary: Vec<(String, Vec<u8>)>,
    /// The audits before, as a ledger has them.
    pub past: Option<String>,
    /// `otaudit-attestations.yaml`.
    pub statements: Option<String>,
    /// What the other controls came to.
    pub roll_up: Option<String>,
    /// Kind and options of the release that is made from the bundle (`tests/support/releases.rs`).
    pub made: Vec<(String, BTreeMap<String, String>)>,
    pub parameters: BTreeMap<String, ParameterValue>,
    pub expected: Expectation,
}

/// What a case expects, or what was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectation {
    pub verdict: String,
    pub findings: Vec<String>,
    /// Texts that some finding's message, or some evidence, has to hold.
    pub says: Vec<String>,
}

impl Expectation {
    /// Whether what was seen is what is expected; a place without line or column matches any.
    pub fn agrees(&self, seen: &Self) -> bool {
        self.verdict == seen.verdict
            && self.findings.len() == seen.findings.len()
            && self.says.iter().all(|expected| seen.says.iter().any(|said| said.contains(expected.as_str())))
            && self.findings.iter().all(|expected| {
                seen.findings.iter().any(|found| {
                    found == expected || found.strip_prefix(expected.as_str()).is_some_and(|rest| rest.starts_with(':'))
                })
            })
    }
}

/// The cases of one file.
pub fn read(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("## ") {
            assert!(
                cases.last().is_none_or(|case| !case.expected.verdict.is_empty()),
                "the case before `{name}` expects nothing"
            );
            cases.push(Case { name: name.to_owned(), ..Case::default() });
        } else if let Some(fence) = line.strip_prefix("```") {
            let ticks = 3 + fence.chars().take_while(|tick| *tick == '`').count();
            let info = line.trim_start_matches('`').trim().to_owned();
            let end = "`".repeat(ticks);
            let mut body: Vec<&str> = Vec::new();
            for inner in lines.by_ref() {
                if inner == end {
                    break;
                }
                body.push(inner);
            }
            if let Some(case) = cases.last_mut() {
                block(case, &info, &body.join("\n"));
            }
        }
    }
    cases
}

fn block(case: &mut Case, info: &str, body: &str) {
    let (language, path) = info.split_once(' ').unwrap_or((info, ""));
    if language == "expect" {
        let mut lines = body.lines().map(str::trim).filter(|line| !line.is_empty());
        case.expected.verdict = lines.next().expect("a verdict").to_owned();
        let (says, findings): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with("says "));
        case.expected.findings = findings.into_iter().map(str::to_owned).collect();
        case.expected.says = says.into_iter().map(|line| line["says ".len()..].to_owned()).collect();
        case.expected.findings.sort();
        return;
    }
    if path == "parameters" {
        case.parameters = parameters(&fill(body));
        return;
    }
    if path == "statements" {
        case.statements = Some(body.to_owned());
        return;
    }
    if path == "past" {
        case.past = Some(body.to_owned());
        return;
    }
    if path == "roll-up" {
        case.roll_up = Some(fill(body));
        return;
    }
    let Some((root, path)) = path.split_once('/') else { return };
    if language == "make" {
        assert_eq!(root, "release");
        case.made.push((path.to_owned(), serde_yaml::from_str(if body.is_empty() { "{}" } else { body }).unwrap()));
        return;
    }
    if language == "link" {
        assert_eq!(root, "bundle");
        case.links.push((path.to_owned(), body.trim().to_owned()));
        return;
    }
    let bytes = if language == "hex" { hex(body) } else { fill(body).into_bytes() };
    match root {
        "bundle" => case.bundle.push((path.to_owned(), bytes)),
        "app" => case.app.push((path.to_owned(), bytes)),
        "release" => case.release.push((path.to_owned(), bytes)),
        "previous" => case.previous.push((path.to_owned(), bytes)),
        "reviewed" => case.reviewed.push((path.to_owned(), bytes)),
        "binary" => case.binary.push((path.to_owned(), bytes)),
        other => {
            panic!("`{other}` is neither bundle, previous, reviewed, binary, app nor release, in case `{}`", case.name)
        }
    }
}

fn parameters(body: &str) -> BTreeMap<String, ParameterValue> {
    let values: BTreeMap<String, serde_json::Value> = serde_yaml::from_str(body).unwrap();
    let value = |value: serde_json::Value| match value {
        serde_json::Value::Array(items) => {
            ParameterValue::List(items.iter().map(|item| item.as_str().unwrap().to_owned()).collect())
        }
        word => ParameterValue::Choice(word.as_str().unwrap().to_owned()),
    };
    values.into_iter().map(|(name, given)| (name, value(given))).collect()
}

fn hex(body: &str) -> Vec<u8> {
    body.split_whitespace()
        .flat_map(|word| {
            (0..word.len()).step_by(2).map(|at| u8::from_str_radix(&word[at..at + 2], 16).unwrap()).collect::<Vec<_>>()
        })
        .collect()
}

/// Secrets are put together here, so that no file of the repository holds one whole.
fn fill(body: &str) -> String {
    let mut out = String::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let (inner, after) = after.split_once("}}").expect("a closed placeholder");
        let key = || std::fs::read_to_string("tests/samples/harbour-broken/www/certs/signing.pem").unwrap();
        match inner {
            "rsa-private-key" => out.push_str(key().trim_end()),
            "rsa-private-key-escaped" => out.push_str(&key().trim_end().replace('\n', "\\n")),
            "capgo-key-sha256" => out.push_str(&crate::releases::capgo_key_sha256()),
            "other-public-key" => out.push_str(&crate::releases::other_public_key()),
            "capgo-private-key" => out.push_str(crate::releases::capgo_private_key().trim_end()),
            "capgo-public-key-escaped" => out.push_str(&crate::releases::capgo_public_key().replace('\n', "\\n")),
            "capawesome-public-key" => out.push_str(&crate::releases::capawesome_public_key()),
            joined if joined.starts_with("join:") => out.push_str(&joined["join:".len()..].replace('|', "")),
            plain => out.push_str(&format!("{{{{{plain}}}}}")),
        }
        rest = after;
    }
    out + rest
}

fn write(root: &Path, files: &[(String, Vec<u8>)]) {
    for (path, bytes) in files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

impl Case {
    pub fn write_app(&self, root: &Path) {
        write(root, &self.app);
    }

    /// The files of the app with the digest of the bundle's content filled in.
    pub fn fill_digest(&mut self, digest: Option<&str>) {
        let digest = digest.unwrap_or_default();
        for (_, bytes) in &mut self.app {
            if let Ok(text) = String::from_utf8(bytes.clone()) {
                *bytes = text.replace("{{content-sha256}}", digest).into_bytes();
            }
        }
        self.statements = self.statements.take().map(|text| text.replace("{{content-sha256}}", digest));
        self.past = self.past.take().map(|text| text.replace("{{content-sha256}}", digest));
    }

    /// The audits before. Each has a day and perhaps a version and a content; it passed unless it says otherwise.
    pub fn past(&self) -> Option<Past> {
        let audits: Vec<BTreeMap<String, String>> = serde_yaml::from_str(self.past.as_deref()?).unwrap();
        let audits = audits.into_iter().map(|audit| {
            let digest = |key: &str| audit.get(key).map(|hex| Digest::from_hex(hex).unwrap());
            PastAudit {
                record: Digest::of(audit["as_of"].as_bytes()),
                as_of: audit["as_of"].clone(),
                version: audit.get("version").cloned(),
                archive: digest("archive"),
                content: digest("content"),
                passed: audit.get("passed").is_none_or(|word| word == "yes"),
            }
        });
        Some(Past { audits: audits.collect() })
    }

    /// What lies beside the reviewed bundle, written below `root`.
    pub fn binary(&self, root: &Path) -> Option<ReviewedBinary> {
        if self.binary.is_empty() {
            return None;
        }
        write(root, &self.binary);
        write(&root.join("public"), &self.reviewed);
        Some(read_binary(&root.join("public"), None).expect("files of a binary"))
    }

    pub fn write_bundle(&self, root: &Path) {
        write(root, &self.bundle);
        for (path, target) in &self.links {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::os::unix::fs::symlink(target, path).unwrap();
        }
    }

    /// Makes the releases and writes their files.
    pub fn write_made(&self, root: &Path) {
        for (kind, options) in &self.made {
            if kind == "provenance" {
                write(root, &crate::provenance::make(options, &self.bundle));
            } else {
                write(root, &crate::releases::make(kind, options, &self.bundle));
            }
        }
        write(root, &self.release);
    }

    /// The release's file, with the archive's digest filled in.
    pub fn release_of(&self, bundle: Option<&otaudit::inputs::Bundle>) -> Option<(String, Vec<u8>)> {
        let (name, bytes) = self.release.first()?;
        let digest = bundle.and_then(|bundle| bundle.archive_digest).map(|digest| digest.hex()).unwrap_or_default();
        let text = String::from_utf8(bytes.clone()).unwrap();
        Some((name.clone(), text.replace("{{zip-sha256}}", &digest).into_bytes()))
    }

    /// The archive of an earlier bundle.
    pub fn zip_of(files: &[(String, Vec<u8>)]) -> Vec<u8> {
        let records = files.iter().map(|(path, bytes)| Record::deflated(path, bytes)).collect();
        Archive { records, ..Archive::default() }.bytes()
    }

    pub fn zip(&self) -> Vec<u8> {
        let mut records: Vec<Record> = self.bundle.iter().map(|(path, bytes)| Record::deflated(path, bytes)).collect();
        records.extend(self.links.iter().map(|(path, target)| Record::stored(path, target.as_bytes()).mode(0o120_777)));
        Archive { records, ..Archive::default() }.bytes()
    }
}
