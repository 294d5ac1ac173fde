//! `release.yaml`: what a publisher writes down about a release for the audit, in one form for all update systems
//! (`docs/schemas/release.schema.json`, examples in `docs/examples/releases`).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::names::fault;
use super::{Document, Role, SavedHeaders, Stated};
use crate::inputs::parse_json;

/// The schema of a release file.
pub const RELEASE_SCHEMA: &str = "otaudit/release/v1";
/// A release file is small.
const MOST_BYTES: usize = 256 * 1024;
/// The update systems' ids.
const SYSTEMS: [&str; 8] = ["capgo", "capawesome", "ionic", "expo", "codepush", "chcp", "otakit", "self-hosted"];
/// The shortest public key that may stand in the file as bare base64: 32 bytes.
const SHORTEST_KEY: usize = 43;

/// What a release file says.
#[derive(Clone, Debug, Default)]
pub struct ReleaseFile {
    /// What is stated as on the command line. The public key is here when its text stands in the file.
    pub stated: Stated,
    /// The path of the public key's file, beside the release file, when it is one.
    pub public_key_path: Option<String>,
    /// The vendor's own answer, as the JSON that it stands for; its positions are not those of the release file.
    pub document: Option<Document>,
    /// The response headers.
    pub headers: Option<SavedHeaders>,
    /// The version of the release.
    pub version: Option<String>,
    /// The channel it goes to.
    pub channel: Option<String>,
    /// The version of the update plugin in the app.
    pub plugin_version: Option<String>,
    /// The version that devices have now.
    pub previous_version: Option<String>,
}

/// The file's fields.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: Option<String>,
    system: Option<String>,
    version: Option<String>,
    channel: Option<String>,
    bundle: Option<String>,
    checksum: Option<String>,
    session_key: Option<String>,
    signature: Option<String>,
    algorithm: Option<String>,
    public_key: Option<String>,
    headers: Option<BTreeMap<String, String>>,
    metadata: Option<serde_json::Value>,
    plugin_version: Option<String>,
    previous: Option<Previous>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Previous {
    version: Option<String>,
}

/// Whether a file of this name and beginning is a release file: `release.yaml`, `release.yml`, or JSON with our schema.
#[must_use]
pub fn is_one(path: &str, text: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let is_yaml = name.ends_with(".yaml") || name.ends_with(".yml");
    name == "release.yaml"
        || name == "release.yml"
        || ((is_yaml || name.ends_with(".json")) && text.len() <= MOST_BYTES && text.contains(RELEASE_SCHEMA))
}

/// Reads a release file, strictly: an unknown or repeated key is an error, so that a typing mistake cannot drop a check.
///
/// # Errors
/// In words.
pub fn read(path: &str, bytes: &[u8]) -> Result<ReleaseFile, String> {
    let wrong = |why: &str| format!("{path}: {why}");
    if bytes.len() > MOST_BYTES {
        return Err(wrong(&format!("{} bytes, limit {MOST_BYTES}", bytes.len())));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8"))?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let written: Written = serde_yaml::from_str(text).map_err(|error| wrong(&plain(&error.to_string())))?;
    let is_json = path.to_ascii_lowercase().ends_with(".json");
    match written.schema.as_deref() {
        Some(RELEASE_SCHEMA) => {}
        None if !is_json => {}
        Some(other) => return Err(wrong(&format!("its schema is {other}, not {RELEASE_SCHEMA}"))),
        None => return Err(wrong(&format!("it does not say schema: {RELEASE_SCHEMA}"))),
    }
    if let Some(system) = written.system.as_deref().filter(|system| !SYSTEMS.contains(system)) {
        return Err(wrong(&format!("there is no update system {system}; there are {}", SYSTEMS.join(", "))));
    }
    let (public_key, public_key_path) = match written.public_key {
        Some(key) if is_key_text(&key) => (Some(key), None),
        other => (None, other),
    };
    for (field, value) in [("bundle", &written.bundle), ("public_key", &public_key_path)] {
        if let Some(why) = value.as_deref().and_then(|value| fault(value.strip_prefix("./").unwrap_or(value))) {
            return Err(wrong(&format!("{field} is no path beside this file: {why}")));
        }
    }
    let document = written.metadata.map(|metadata| document(path, &metadata)).transpose().map_err(|why| wrong(&why))?;
    let headers = written.headers.map(|headers| saved(path, headers)).transpose().map_err(|why| wrong(&why))?;
    let previous_version = written.previous.and_then(|previous| previous.version);
    Ok(ReleaseFile {
        stated: Stated {
            system: written.system,
            bundle: written.bundle,
            version: written.version.clone(),
            channel: written.channel.clone(),
            previous_version: previous_version.clone(),
            public_key,
            checksum: written.checksum,
            session_key: written.session_key,
            signature: written.signature,
            algorithm: written.algorithm,
        },
        public_key_path,
        document,
        headers,
        version: written.version,
        channel: written.channel,
        plugin_version: written.plugin_version,
        previous_version,
    })
}

/// The parser's message without the excerpt of the file, which could hold secrets.
fn plain(message: &str) -> String {
    crate::model::printable(message.lines().next().unwrap_or_default(), 300)
}

/// Whether the value is a key itself and no path: PEM, minisign's two lines, or bare base64.
fn is_key_text(value: &str) -> bool {
    let value = value.trim();
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte);
    value.contains("-----BEGIN ")
        || value.contains('\n')
        || (value.len() >= SHORTEST_KEY && value.bytes().all(is_base64))
}

/// The vendor's answer as a document of its own.
fn document(path: &str, metadata: &serde_json::Value) -> Result<Document, String> {
    if !metadata.is_object() && !metadata.is_array() {
        return Err("metadata is neither a mapping nor a list".to_owned());
    }
    let text = serde_json::to_string(metadata).map_err(|_| "metadata cannot be written as JSON".to_owned())?;
    let json = parse_json(&text).map_err(|(_, why)| format!("metadata: {why}"))?;
    Ok(Document { path: path.to_owned(), role: Role::Release, json })
}

fn saved(path: &str, headers: BTreeMap<String, String>) -> Result<SavedHeaders, String> {
    let mut fields: Vec<(String, String)> = Vec::with_capacity(headers.len());
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        if fields.iter().any(|(other, _)| *other == name) {
            return Err(format!("the header {name} is there twice"));
        }
        fields.push((name, value));
    }
    Ok(SavedHeaders { path: path.to_owned(), fields })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    const FULL: &str = r#"
schema: otaudit/release/v1
system: capgo
version: 1.10
channel: production
bundle: dist/bundle.zip
checksum: 00ff
session_key: "a:b"
signature: AAAA
algorithm: ed25519
public_key: keys/public.pem
headers: {Content-Type: application/json, X-Signature: abc}
metadata: {url: "https://a/b", size: 12, list: [1, {deep: true}], nothing: null}
plugin_version: 8.0.0
previous: {version: 1.9}
"#;

    #[test]
    fn everything_is_taken_over() {
        let file = read("a/release.yaml", FULL.as_bytes()).unwrap();
        assert_eq!(file.version.as_deref(), Some("1.10"), "as it is written, not as a number");
        assert_eq!(file.previous_version.as_deref(), Some("1.9"));
        assert_eq!(
            (file.stated.system.as_deref(), file.stated.bundle.as_deref()),
            (Some("capgo"), Some("dist/bundle.zip"))
        );
        assert_eq!((file.stated.checksum.as_deref(), file.stated.session_key.as_deref()), (Some("00ff"), Some("a:b")));
        assert_eq!((file.stated.public_key, file.public_key_path.as_deref()), (None, Some("keys/public.pem")));
        let headers = file.headers.unwrap();
        assert_eq!(headers.fields[0], ("content-type".to_owned(), "application/json".to_owned()));
        let document = file.document.unwrap();
        assert_eq!(document.path, "a/release.yaml");
        assert_eq!(document.json.root.get("size").and_then(super::super::integer), Some(12));
        assert!(document.json.leniency.is_empty());
    }

    #[test]
    fn keys_are_texts_or_paths() {
        let key = |value: &str| {
            let file = read("release.yaml", format!("public_key: {value}").as_bytes()).unwrap();
            (file.stated.public_key.is_some(), file.public_key_path.is_some())
        };
        assert_eq!(key("public.pem"), (false, true));
        assert_eq!(key("./keys/public"), (false, true));
        assert_eq!(key(&"A".repeat(44)), (true, false));
        assert_eq!(key("|\n  -----BEGIN PUBLIC KEY-----\n  AAAA\n  -----END PUBLIC KEY-----"), (true, false));
    }

    #[test]
    fn mistakes_are_errors_in_words() {
        for (text, expected) in [
            ("chekcsum: a", "chekcsum"),
            ("version: 1\nversion: 2", "duplicate"),
            ("metadata: {a: 1, a: 2}", "duplicate"),
            ("previous: {vresion: 1}", "vresion"),
            ("schema: otaudit/release/v2", "otaudit/release/v2"),
            ("system: other", "no update system other"),
            ("bundle: ../x.zip", "bundle is no path"),
            ("public_key: /etc/key.pem", "public_key is no path"),
            ("headers: {A: x, a: y}", "there twice"),
            ("metadata: text", "neither a mapping nor a list"),
            ("version: [1]", "release.yaml"),
            ("- a", "release.yaml"),
        ] {
            let why = read("release.yaml", text.as_bytes()).unwrap_err();
            assert!(why.contains(expected), "{text}: {why}");
            assert!(!why.contains('\n'), "{why}");
        }
        assert!(read("release.json", b"{}").unwrap_err().contains("schema"));
        assert!(read("release.json", br#"{"schema":"otaudit/release/v1","version":"1"}"#).is_ok());
        assert!(read("release.yaml", &vec![b'#'; MOST_BYTES + 1]).unwrap_err().contains("limit"));
        assert!(read("release.yaml", b"\xFF").unwrap_err().contains("UTF-8"));
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned()
            + &(1..30)
                .map(|n| {
                    format!("b{n}: &b{n} [*a,*a,*a,*a,*a,*a,*a,*a]\n")
                        .replace("*a", if n == 1 { "*a" } else { "*bx" })
                        .replace("bx", &format!("b{}", n - 1))
                })
                .collect::<String>();
        let indented: String = bomb.lines().map(|line| format!("  {line}\n")).collect();
        assert!(read("release.yaml", format!("metadata:\n{indented}").as_bytes()).is_err(), "an alias bomb");
    }

    #[test]
    fn release_files_are_recognised() {
        assert!(is_one("a/release.yaml", "") && is_one("Release.yml", ""));
        assert!(is_one("a.json", "{\"schema\": \"otaudit/release/v1\"}"));
        assert!(!is_one("a.json", "{}") && !is_one("a.txt", "otaudit/release/v1"));
    }

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    #[test]
    fn the_schema_has_the_fields_of_the_file() {
        let schema = std::fs::read_to_string(root().join("docs/schemas/release.schema.json")).unwrap();
        let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
        let properties: BTreeSet<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        // serde lists the fields that it knows in its complaint about one that it does not.
        let why = serde_json::from_str::<Written>("{\"?\": 1}").unwrap_err().to_string();
        let fields: BTreeSet<&str> = why.split('`').skip(3).step_by(2).collect();
        assert_eq!(properties, fields);
        assert_eq!(schema["additionalProperties"], false);
        let systems: Vec<&str> = schema["properties"]["system"]["enum"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one.as_str().unwrap())
            .collect();
        assert_eq!(systems, SYSTEMS);
        assert_eq!(schema["properties"]["schema"]["const"], RELEASE_SCHEMA);
    }

    #[test]
    fn every_system_has_an_example() {
        let schema = std::fs::read_to_string(root().join("docs/schemas/release.schema.json")).unwrap();
        let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
        for system in SYSTEMS {
            let text = std::fs::read_to_string(root().join(format!("docs/examples/releases/{system}.yaml"))).unwrap();
            let file = read(&format!("{system}.yaml"), text.as_bytes()).unwrap();
            assert_eq!(file.stated.system.as_deref(), Some(system));
            assert!(file.stated.public_key.is_none(), "examples name keys by path");
            assert!(is_one(&format!("{system}.yaml"), &text));
            let value: serde_json::Value = serde_yaml::from_str(&text).unwrap();
            assert!(validator.is_valid(&value), "{system}: {:?}", validator.iter_errors(&value).next());
        }
    }
}
