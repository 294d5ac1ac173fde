//! OTA-BUN-001: what each file is, by content and name together.

use std::collections::BTreeMap;

use crate::controls::support::{
    add_grouped, add_unexamined, add_unread, at, bundle_or_na, count, extension_of, shown, whole,
};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::kind::{Class, DetectedBy, Detection};
use crate::facts::{Facts, FileFacts, Parse};
use crate::model::Severity;

/// OTA-BUN-001.
pub static CONTROL: Control = Control {
    id: "OTA-BUN-001",
    slug: "web-asset-types",
    title: "Bundle holds only web asset types",
    requirement: "Every file in the update archive belongs to an allowed web-asset class (HTML, CSS, JavaScript, JSON, fonts, images, audio, video, text, web manifest). The class is decided by content (magic bytes) and extension together.",
    rationale: "Stores allow an update to replace web content, not programs. A file that is no web asset is either a mistake of the build or something that hides.",
    remediation: "Remove the file from webDir, ship it with the native binary, or add the extension to the policy allow-list with a reason.",
    limits: "A file is judged by its first bytes and its name, not by running it. Files inside archives are OTA-BUN-002's, foreign scripts OTA-BUN-004's, WebAssembly OTA-BUN-003's: they are not held against the bundle here. Archives, disk images, key stores and databases are known and yet no web assets, so a person decides. A JSON file that does not parse, and a name that the content does not bear out, are manual findings of low severity; the criteria do not name them.",
    severity: Severity::Critical,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE", "2.5.2"),
        ("APPLE-PLA", "3.3.1(B)"),
        ("CRA", "AnnexI.I.2(j)"),
        ("CWE", "CWE-494"),
        ("MASVS", "MASVS-CODE-4"),
        ("MASWE", "MASWE-0085"),
        ("NIST-800-53", "CM-7"),
        ("NIST-800-53", "SC-18"),
        ("PLAY", "DNA-self-update"),
    ],
    parameters: &[Parameter {
        name: "allow_extensions",
        about: "Extensions, such as `onnx`, whose files may be of an unknown type.",
        kind: ParameterKind::List(&[]),
    }],
    attestations: &[],
    cases: include_str!("../../../tests/controls/bun/web-asset-types.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    add_unexamined(&mut outcome, bundle);
    add_unread(&mut outcome, bundle.files.iter());
    let allowed: Vec<String> = parameters
        .list("allow_extensions")
        .iter()
        .map(|extension| extension.trim_start_matches('.').to_lowercase())
        .collect();
    let mut sorts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut drafts: BTreeMap<String, Vec<Draft>> = BTreeMap::new();
    for file in &bundle.files {
        let Some(detection) = &file.detection else {
            if file.unread.is_none() {
                let message = format!("what `{}` is was not established", shown(&file.path));
                outcome.findings.push(Draft::indeterminate("unread", whole(file), message));
            }
            continue;
        };
        *sorts.entry(sort(detection.kind.class)).or_default() += 1;
        if let Some(draft) = judge(file, detection, &allowed) {
            // A disguise is always shown on its own; other rules are joined when they are met many times.
            if draft.verdict == crate::model::Verdict::Fail {
                outcome.findings.push(draft);
            } else {
                drafts.entry(draft.rule.clone()).or_default().push(draft);
            }
        }
    }
    drafts.into_values().for_each(|drafts| add_grouped(&mut outcome, drafts));
    let list: Vec<String> = sorts.iter().map(|(sort, number)| format!("{sort} {number}")).collect();
    outcome.saw(format!("{}: {}", count(bundle.files.len(), "file", "files"), list.join(", ")), None);
    outcome
}

fn judge(file: &FileFacts, detection: &Detection, allowed: &[String]) -> Option<Draft> {
    let kind = detection.kind;
    let claimed = detection.extension.map_or("a file of another kind", |kind| kind.name);
    if detection.contradiction {
        let actual = detection.content.map_or(kind.name, |kind| kind.name);
        let message = format!("this file is named like {}, but is {}", article(claimed), article(actual));
        return Some(Draft::fail("disguised", whole(file), message).key("disguised"));
    }
    match kind.class {
        Class::NativeCode | Class::ManagedCode | Class::Package | Class::Bytecode => {
            let rule = "native-or-bytecode";
            if kind.by == DetectedBy::Content {
                return Some(Draft::fail(rule, whole(file), format!("this file is {}", article(kind.name))));
            }
            let message = format!("this file is named like {}; its content does not tell", article(kind.name));
            return Some(Draft::manual(rule, whole(file), message).severity(Severity::High));
        }
        Class::Archive | Class::DiskImage | Class::KeyStore | Class::Database => {
            let message = format!("this file is {}, which is no web asset", article(kind.name));
            return Some(Draft::manual("no-web-asset", whole(file), message).severity(Severity::Medium));
        }
        Class::Unknown => {
            if allowed.contains(&extension_of(&file.path)) {
                return None;
            }
            let message = "neither content nor name says what this file is";
            return Some(Draft::manual("unknown-type", whole(file), message).severity(Severity::Medium));
        }
        _ => {}
    }
    if !detection.agrees() {
        let message = format!("this file is named like {}, but is {}", article(claimed), article(kind.name));
        return Some(Draft::manual("name-disagrees", whole(file), message).severity(Severity::Low));
    }
    if let (Class::Json, Some(Parse::Failed { why, position })) = (kind.class, &file.parse) {
        let message = format!("this file is named like JSON, but does not parse: {}", shown(why));
        return Some(Draft::manual("json-does-not-parse", at(&file.path, *position), message).severity(Severity::Low));
    }
    None
}

/// The name of a format as it stands in a sentence.
fn article(name: &str) -> String {
    let uncounted =
        ["JSON", "CSS", "JavaScript", "text", "XML", "HTML", "audio", "video", "data", "settings", "model", "part"];
    let first = name.split(' ').next().unwrap_or_default();
    if name.starts_with("a ") || name.starts_with("an ") || uncounted.contains(&first) && !name.ends_with("page") {
        return name.to_owned();
    }
    // `an ELF object`, `an SVG image`: capitals are spelt, so F, H, L, M, N, R, S and X begin with a vowel.
    let spelt = first.len() > 1 && first.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit());
    let vowels = if spelt && !matches!(first, "JPEG" | "ZIP") { "AEFHILMNORSX" } else { "AEIOaeiou" };
    let article = if name.starts_with(|letter| vowels.contains(letter)) { "an" } else { "a" };
    format!("{article} {name}")
}

/// The word under which files are counted.
const fn sort(class: Class) -> &'static str {
    match class {
        Class::NativeCode | Class::ManagedCode | Class::Package => "native code",
        Class::WebAssembly => "WebAssembly",
        Class::ShellScript | Class::Bytecode => "foreign scripts",
        Class::Archive | Class::DiskImage => "archives",
        Class::KeyStore => "key stores",
        Class::Database => "databases",
        Class::Html => "pages",
        Class::Css => "styles",
        Class::JavaScript => "scripts",
        Class::Json | Class::WebManifest | Class::Xml | Class::Text | Class::Data | Class::Pdf => "texts and data",
        Class::SourceMap => "source maps",
        Class::Svg | Class::Image => "images",
        Class::Font => "fonts",
        Class::Audio | Class::Video => "sound and film",
        Class::Empty => "empty",
        Class::Unknown => "unknown",
    }
}
