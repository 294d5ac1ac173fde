//! A bill of materials as CycloneDX 1.7 JSON (https://cyclonedx.org/docs/1.7/json/): what the bundle shows of its libraries,
//! with the evidence, and the plugins of the app. The same content and moment give the same bytes.

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::write_pretty;
use crate::facts::components::{Library, libraries};
use crate::facts::origin::{How, is_listed};
use crate::facts::packages::{Exactness, Installed};
use crate::facts::{BundleFacts, Facts};
use crate::model::{Digest, printable};

/// How many places of one component are listed.
const OCCURRENCES: usize = 50;

/// The bill of materials.
///
/// # Errors
/// Those of writing, which memory has none of.
pub fn sbom_json(facts: &Facts, as_of: Timestamp) -> io::Result<Vec<u8>> {
    let mut components: BTreeMap<String, Value> = BTreeMap::new();
    if let Some(bundle) = &facts.bundle {
        for library in libraries(bundle) {
            let (reference, component) = of_library(bundle, &library);
            components.insert(reference, component);
        }
    }
    for (reference, component) in of_app(facts) {
        components.entry(reference).or_insert(component);
    }
    let root = root(facts);
    let references: Vec<&String> = components.keys().collect();
    let dependencies = json!([{ "ref": "bundle", "dependsOn": references }]);
    let bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": serial(facts),
        "version": 1,
        "metadata": {
            "timestamp": as_of.to_string(),
            "lifecycles": [{ "phase": "post-build" }],
            "tools": { "components": [{
                "type": "application",
                "name": "otaudit",
                "version": env!("CARGO_PKG_VERSION"),
            }] },
            "component": root,
        },
        "components": components.values().collect::<Vec<_>>(),
        "dependencies": dependencies,
        // What a minifier left no trace of is not seen.
        "compositions": [{ "aggregate": "incomplete", "assemblies": ["bundle"] }],
    });
    let mut out = Vec::new();
    write_pretty(&bill, &mut out)?;
    Ok(out)
}

/// The bundle itself, or the app when there is none.
fn root(facts: &Facts) -> Value {
    let Some(bundle) = &facts.bundle else {
        return json!({ "type": "application", "bom-ref": "bundle", "name": "app" });
    };
    let mut root = json!({
        "type": "application",
        "bom-ref": "bundle",
        "name": printable(&bundle.name, 200),
        "properties": [
            { "name": "otaudit:content-digest", "value": bundle.content_digest.hex() },
            { "name": "otaudit:files", "value": bundle.files.len().to_string() },
        ],
    });
    // The hash of a folder would be of no file; its content has the digest above.
    if let (Some(sha256), Some(object)) = (&bundle.archive_sha256, root.as_object_mut()) {
        object.insert("hashes".to_owned(), sha256_of(sha256));
    }
    root
}

fn sha256_of(digest: &Digest) -> Value {
    json!([{ "alg": "SHA-256", "content": digest.hex() }])
}

/// A number that is the content's: an UUID of version 8 (RFC 9562), whose bits are its maker's.
fn serial(facts: &Facts) -> String {
    let content = facts.bundle.as_ref().map(|bundle| bundle.content_digest.hex()).unwrap_or_default();
    let app = facts.packages.iter().flat_map(|packages| &packages.installed);
    let app: Vec<String> =
        app.map(|one| format!("{}@{}", one.package, one.version.known().map_or("", String::as_str))).collect();
    let parts = ["otaudit/sbom/v1", content.as_str()].into_iter().chain(app.iter().map(String::as_str));
    let mut hex: Vec<char> = Digest::of_parts(parts).hex().chars().take(32).collect();
    for (at, digit) in [(12, '8'), (16, '8')] {
        if let Some(place) = hex.get_mut(at) {
            *place = digit;
        }
    }
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().iter().collect::<String>();
    format!("urn:uuid:{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

fn of_library(bundle: &BundleFacts, library: &Library) -> (String, Value) {
    let by_path = |how: How| matches!(how, How::SourceMap | How::ModuleId | How::Path);
    // The name in a banner need not be that of a package.
    let is_npm = is_listed(&library.package) || library.places.iter().any(|told| by_path(told.how));
    let mut methods: Vec<Value> = Vec::new();
    for told in &library.places {
        let (technique, confidence) = match told.how {
            How::SourceMap | How::ModuleId => ("source-code-analysis", 0.95),
            How::Path => ("filename", 0.9),
            How::Banner => ("source-code-analysis", 0.9),
            How::Fingerprint => ("source-code-analysis", 0.8),
        };
        let method = json!({ "technique": technique, "confidence": confidence, "value": told.how.word() });
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    let occurrence = |told: &crate::facts::components::Told| {
        let mut one = json!({ "location": printable(&told.path, 300), "additionalContext": told.how.word() });
        if let (Some(position), Some(object)) = (told.position, one.as_object_mut()) {
            object.insert("line".to_owned(), position.line.into());
        }
        one
    };
    let evidence = json!({
        "identity": [{ "field": if library.version.is_some() { "version" } else { "name" }, "methods": methods }],
        "occurrences": library.places.iter().take(OCCURRENCES).map(occurrence).collect::<Vec<_>>(),
    });
    let (reference, mut component) = component(&library.package, library.version.as_deref(), is_npm);
    component.insert("evidence".to_owned(), evidence);
    // A file that is this library as a whole is told by its hash.
    let whole = library.places.iter().find_map(|told| {
        let file = bundle.file(&told.path).filter(|file| file.script.is_some())?;
        let one = file.origins.whole_file(&file.path)?;
        (one.package == library.package && one.version == library.version).then_some(file.sha256?)
    });
    if let Some(digest) = whole {
        component.insert("hashes".to_owned(), sha256_of(&digest));
    }
    (reference, Value::Object(component))
}

fn component(package: &str, version: Option<&str>, is_npm: bool) -> (String, Map<String, Value>) {
    let shown = printable(package, 200);
    let version = version.map(|version| printable(version, 100));
    let mut object = Map::new();
    object.insert("type".to_owned(), "library".into());
    match shown.split_once('/').filter(|(scope, _)| is_npm && scope.starts_with('@')) {
        Some((scope, name)) => {
            object.insert("group".to_owned(), scope.into());
            object.insert("name".to_owned(), name.into());
        }
        None => {
            object.insert("name".to_owned(), shown.clone().into());
        }
    }
    if let Some(version) = &version {
        object.insert("version".to_owned(), version.clone().into());
    }
    if is_npm {
        object.insert("purl".to_owned(), purl(&shown, version.as_deref()).into());
    }
    let kind = if is_npm { "npm" } else { "named" };
    let reference = format!("{kind}:{shown}@{}", version.unwrap_or_default());
    object.insert("bom-ref".to_owned(), reference.clone().into());
    (reference, object)
}

/// `pkg:npm/%40scope/name@1.2.3` (package-url, type npm).
fn purl(package: &str, version: Option<&str>) -> String {
    let encoded = |text: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b'/');
        text.bytes()
            .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
            .collect()
    };
    let version = version.map_or_else(String::new, |version| format!("@{}", encoded(version)));
    format!("pkg:npm/{}{version}", encoded(&package.to_lowercase()))
}

/// The app's plugins, each version once, with the surest file that states it.
fn of_app(facts: &Facts) -> Vec<(String, Value)> {
    let mut surest: BTreeMap<(&str, &str), &Installed> = BTreeMap::new();
    for one in facts.packages.iter().flat_map(|packages| &packages.installed) {
        let Some(version) = one.version.known() else { continue };
        let known = surest.entry((&one.package, version)).or_insert(one);
        if one.exactness > known.exactness {
            *known = one;
        }
    }
    surest
        .into_iter()
        .map(|((package, version), one)| {
            let (word, confidence) = match one.exactness {
                Exactness::Declared => ("declared", 0.5),
                Exactness::Locked => ("lockfile", 0.9),
                Exactness::Installed => ("installed", 1.0),
            };
            let mut occurrence = json!({ "location": printable(&one.source, 300), "additionalContext": word });
            if let (Some(position), Some(object)) = (one.position, occurrence.as_object_mut()) {
                object.insert("line".to_owned(), position.line.into());
            }
            let (reference, mut object) = component(package, Some(version), true);
            let method = json!({ "technique": "manifest-analysis", "confidence": confidence, "value": word });
            let evidence = json!({
                "identity": [{ "field": "version", "methods": [method] }],
                "occurrences": [occurrence],
            });
            object.insert("evidence".to_owned(), evidence);
            (reference, Value::Object(object))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_urls_are_escaped() {
        assert_eq!(purl("@angular/core", Some("17.3.0-rc.1")), "pkg:npm/%40angular/core@17.3.0-rc.1");
        assert_eq!(purl("chart.js", None), "pkg:npm/chart.js");
        assert_eq!(purl("x", Some("1.0.0+b")), "pkg:npm/x@1.0.0%2Bb");
    }
}
