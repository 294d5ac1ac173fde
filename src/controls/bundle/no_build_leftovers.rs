//! OTA-BUN-007: leftovers of the build and of development, by path and content.

use std::collections::BTreeMap;

use crate::controls::support::{
    START, add_grouped, add_unexamined, at, bundle_or_na, count, extension_of, name_of, shown, thousands, whole,
};
use crate::controls::{Automation, Control, Draft, Outcome, Parameters};
use crate::facts::kind::Class;
use crate::facts::origin::MapFacts;
use crate::facts::{Facts, FileFacts};
use crate::model::Severity;

/// OTA-BUN-007.
pub static CONTROL: Control = Control {
    id: "OTA-BUN-007",
    slug: "no-build-leftovers",
    title: "No build leftovers or development material",
    requirement: "No source maps with sourcesContent, .env, .git, node_modules, test fixtures, keystores, provisioning profiles, editor files, private keys or CI files in the bundle.",
    rationale: "Source maps give away the sources, environment files give away secrets, and a version control folder gives away both with their history.",
    remediation: "Set build.sourcemap=false or upload maps to the error tracker; clean webDir.",
    limits: "Most rules go by path alone, so a renamed file is not seen. Source maps are manual, as the criteria have it. With more than 20 findings of one rule only the first is shown, with their number. Private keys inside other files are OTA-KEY-001's. `package.json` is not reported: libraries read their own.",
    severity: Severity::Medium,
    automation: Automation::Automated,
    waivable: true,
    mappings: &[
        ("APPLE", "1.6"),
        ("APPLE", "2.3.1(a)"),
        ("CRA", "AnnexI.I.2(j)"),
        ("CWE", "CWE-540"),
        ("MASVS", "MASVS-STORAGE-2"),
        ("MASWE", "MASWE-0005"),
        ("MASWE", "MASWE-0094"),
        ("NIST-800-53", "CM-7"),
    ],
    parameters: &[],
    attestations: &[],
    cases: include_str!("../../../tests/controls/bun/no-build-leftovers.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    add_unexamined(&mut outcome, bundle);
    let mut rules: BTreeMap<String, Vec<Draft>> = BTreeMap::new();
    for file in &bundle.files {
        for draft in [by_path(file), key_file(file), source_map(file), inline_map(file)].into_iter().flatten() {
            // `.env` and `.env.example` differ in verdict, and must not be joined.
            rules.entry(format!("{} {}", draft.rule, draft.verdict.word())).or_default().push(draft);
        }
    }
    rules.into_values().for_each(|drafts| add_grouped(&mut outcome, drafts));
    outcome.saw(format!("the paths of {}, and their source maps", count(bundle.files.len(), "file", "files")), None);
    outcome
}

/// What the path alone tells.
fn by_path(file: &FileFacts) -> Option<Draft> {
    let lower = file.path.to_lowercase().replace('\\', "/");
    let name = name_of(&lower);
    let folder = |wanted: &str| lower.rsplit('/').skip(1).any(|part| part == wanted);
    let shown_path = shown(&file.path);
    if folder(".git") || folder(".svn") || folder(".hg") {
        let message =
            format!("`{shown_path}` belongs to a version control folder, which holds the history of the sources");
        return Some(Draft::fail("version-control", whole(file), message).severity(Severity::High));
    }
    if name == ".env" || name.starts_with(".env.") {
        let location = if file.size > 0 { at(&file.path, Some(START)) } else { whole(file) };
        let sample =
            ["example", "sample", "template", "dist", "defaults"].iter().any(|end| name.ends_with(&format!(".{end}")));
        return Some(if sample {
            let message = format!("`{shown_path}` is a sample of an environment file");
            Draft::manual("environment-file", location, message).severity(Severity::Low)
        } else {
            let message = format!("`{shown_path}` is an environment file, where secrets are kept");
            Draft::fail("environment-file", location, message).severity(Severity::High)
        });
    }
    let (rule, what) = if folder("node_modules") {
        ("node-modules", "lies in `node_modules`: what the bundler did not take")
    } else if ["__tests__", "__mocks__", "__fixtures__", "__snapshots__"].iter().any(|part| folder(part)) {
        ("tests", "lies in a folder of tests")
    } else if [".vscode", ".idea", ".vs"].iter().any(|part| folder(part)) {
        ("editor-files", "belongs to an editor")
    } else if folder(".github") || folder(".gitlab") || folder(".circleci") || name == ".gitlab-ci.yml" {
        ("ci-files", "belongs to continuous integration")
    } else if is_project_file(&name) {
        ("project-files", "is a file of the project, not of the app")
    } else {
        return None;
    };
    Some(Draft::manual(rule, whole(file), format!("`{shown_path}` {what}")).severity(Severity::Low))
}

fn is_project_file(name: &str) -> bool {
    let listed = matches!(
        name,
        "package.json"
            | "package-lock.json"
            | "npm-shrinkwrap.json"
            | "yarn.lock"
            | "pnpm-lock.yaml"
            | "bun.lockb"
            | "dockerfile"
            | "docker-compose.yml"
            | ".npmrc"
            | ".gitignore"
    );
    // A web app may well ship a `package.json` of a library; only locks and settings tell a project.
    listed && name != "package.json" || name.starts_with("tsconfig") && extension_of(name) == "json"
}

fn key_file(file: &FileFacts) -> Option<Draft> {
    let extension = extension_of(&file.path);
    let kind = file.detection.map(|detection| detection.kind);
    let profile = matches!(extension.as_str(), "mobileprovision" | "provisionprofile");
    let named = matches!(
        extension.as_str(),
        "p12" | "pfx" | "jks" | "keystore" | "bks" | "p8" | "pk8" | "ppk" | "mobileprovision" | "provisionprofile"
    );
    let by_content = kind.filter(|kind| kind.class == Class::KeyStore);
    if !named && by_content.is_none() {
        return None;
    }
    let what = by_content.map_or("the name says key store, private key or provisioning profile", |kind| kind.name);
    let rule = if profile { "provisioning-profile" } else { "key-file" };
    let message = format!("`{}` has no place in a bundle: {what}", shown(&file.path));
    Some(Draft::fail(rule, whole(file), message).severity(Severity::High))
}

fn source_map(file: &FileFacts) -> Option<Draft> {
    let reveals = reveals(file.map.as_ref());
    if let Some(position) = file.sources_content
        && file.map.as_ref().is_none_or(|map| map.with_content > 0)
    {
        let path = shown(&file.path);
        let message = format!("`{path}` is a source map that holds the sources of the app (`sourcesContent`){reveals}");
        return Some(Draft::manual("source-map-with-sources", at(&file.path, Some(position)), message));
    }
    let map = file.detection.is_some_and(|detection| detection.kind.class == Class::SourceMap)
        || extension_of(&file.path) == "map" && file.size > 0;
    let message =
        || format!("`{}` is a source map: it tells names and paths of the sources{reveals}", shown(&file.path));
    map.then(|| Draft::manual("source-map", whole(file), message()).severity(Severity::Low))
}

fn inline_map(file: &FileFacts) -> Option<Draft> {
    let url = file.script.as_ref()?.source_mapping_url.as_deref()?;
    let inline = url.trim_start().to_lowercase().starts_with("data:");
    let message = || {
        let map = file.origins.inline_map.as_ref();
        let holds = if map.is_none() { ", which holds the sources as a rule" } else { "" };
        format!("`{}` carries its source map in itself{holds}{}", shown(&file.path), reveals(map))
    };
    inline.then(|| Draft::manual("inline-source-map", whole(file), message()))
}

/// What a map gives away: how many sources, how many of them whole, and the paths of the app's own.
fn reveals(map: Option<&MapFacts>) -> String {
    let Some(map) = map else { return String::new() };
    let sources = count(map.sources, "source", "sources");
    let content = match map.with_content {
        0 => "none with its text".to_owned(),
        all if all == map.sources => "all with their texts".to_owned(),
        some => format!("{} with their texts", thousands(some as u64)),
    };
    let examples = map.examples.iter().map(|path| format!("`{}`", shown(path))).collect::<Vec<_>>().join(", ");
    let own = match map.own {
        0 => "no path of the app's own".to_owned(),
        own if own > map.examples.len() => {
            format!("{} of them the app's own, such as {examples}", thousands(own as u64))
        }
        own => format!("{own} of them the app's own: {examples}"),
    };
    format!("; it names {sources}, {content}, {own}")
}
