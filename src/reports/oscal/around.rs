//! What stands around the findings: metadata, people, subjects, statements, and the resources that evidence refers to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::VERSION;
use super::shapes::{Ids, hash, line, prop, string, text};
use crate::model::{AttestationState, Digest, GateResult, Report, Root};
use crate::reports::uri;

/// What was audited, in a few words.
pub(super) fn title(report: &Report) -> String {
    let app = report.subject.app.as_ref().and_then(|app| app.app_id.as_deref());
    let bundle = report.subject.bundle.as_ref().map(|bundle| bundle.name.as_str());
    match (bundle, app) {
        (Some(bundle), Some(app)) => format!("Audit of the over-the-air update {bundle} for {app}"),
        (Some(bundle), None) => format!("Audit of the over-the-air update {bundle}"),
        (None, Some(app)) => format!("Audit of the app {app} that receives over-the-air updates"),
        (None, None) => "Audit of an over-the-air update".to_owned(),
    }
}

/// Everybody whom the report names: who stated something, and who answers for an exception.
fn people(report: &Report) -> BTreeSet<&str> {
    let authors = report.attestations.iter().filter_map(|note| note.by.as_deref());
    let owners = report.exceptions.iter().map(|note| note.owner.as_str());
    authors.chain(owners).filter(|name| !name.trim().is_empty()).collect()
}

pub(super) fn metadata(report: &Report, ids: &Ids) -> Value {
    let party = |name: &&str| json!({ "uuid": ids.of(&["party", name]), "type": "person", "name": string(name) });
    json!({
        "title": line(&title(report)),
        "last-modified": report.as_of,
        "version": "1.0",
        "oscal-version": VERSION,
        "roles": [
            { "id": "author-of-a-statement", "title": "Who stated something that no file can show" },
            { "id": "owner-of-an-exception", "title": "Who answers for a finding that is accepted for a time" },
        ],
        "parties": people(report).iter().map(party).collect::<Vec<Value>>(),
        "remarks": "Satisfied says that no indicator was found within the stated scope. This is no legal advice and no certification.",
    })
}

/// The answer of the gate, and the settings.
pub(super) fn result_props(report: &Report) -> Vec<Value> {
    let gate = match report.gate.result {
        GateResult::Passed => "passed",
        GateResult::Failed => "failed",
    };
    let mut props = vec![
        prop("gate", gate),
        prop("gate-fails-on", report.gate.fail_on.word()),
        prop("policy", &report.settings.policy.name),
        prop("policy-sha256", &report.settings.policy.sha256.hex()),
        prop("report-schema", &report.schema),
    ];
    props.extend(
        report
            .counts
            .assessments
            .iter()
            .map(|(verdict, number)| prop(&format!("count-{verdict}"), &number.to_string())),
    );
    props.extend(
        report.settings.deviations.iter().map(|one| prop("deviation", &format!("{}: {}", one.what, one.change))),
    );
    for note in &report.scope {
        let applies =
            note.applies.map_or("taken to apply", |applies| if applies { "applies" } else { "does not apply" });
        props.push(prop("scope", &format!("{} {applies}: {}", note.law, note.reason)));
    }
    props
}

/// Whether the report has a subject below that root.
pub(super) const fn has(report: &Report, root: Root) -> bool {
    match root {
        Root::Bundle => report.subject.bundle.is_some(),
        Root::App => report.subject.app.is_some(),
        Root::Release => report.subject.release.is_some(),
    }
}

const ROOTS: [Root; 3] = [Root::Bundle, Root::App, Root::Release];

/// The subjects and the tool.
pub(super) fn definitions(report: &Report, ids: &Ids) -> Value {
    let mut components = Vec::new();
    for root in ROOTS.into_iter().filter(|root| has(report, *root)) {
        let (title, description, props) = component(report, root);
        components.push(json!({
            "uuid": ids.of(&["subject", root.word()]),
            "type": "software",
            "title": line(&title),
            "description": description,
            "props": props,
            "status": { "state": "operational" },
        }));
    }
    let tool = ids.of(&["tool"]);
    json!({
        "components": components,
        "assessment-assets": {
            "components": [{
                "uuid": tool,
                "type": "software",
                "title": line(&report.tool.name),
                "description": "Decides, with evidence, whether an over-the-air update may go out.",
                "props": [{ "name": "version", "value": string(&report.tool.version) }],
                "status": { "state": "operational" },
            }],
            "assessment-platforms": [{
                "uuid": ids.of(&["platform"]),
                "title": "The machine that ran the audit; its name is not recorded",
                "uses-components": [{ "component-uuid": tool }],
            }],
        },
    })
}

fn component(report: &Report, root: Root) -> (String, &'static str, Vec<Value>) {
    let subject = &report.subject;
    match root {
        Root::Bundle => {
            let bundle = subject.bundle.as_ref();
            let mut props = Vec::new();
            props.extend(bundle.map(|bundle| prop("content-sha256", &bundle.content_digest.hex())));
            props.extend(
                bundle.and_then(|bundle| bundle.digest.sha256).map(|digest| prop("archive-sha256", &digest.hex())),
            );
            (bundle.map(|bundle| bundle.name.clone()).unwrap_or_default(), "The update bundle.", props)
        }
        Root::App => {
            let app = subject.app.as_ref();
            let name = app.and_then(|app| app.app_id.clone().or_else(|| app.app_name.clone()));
            let configs = app.map(|app| app.configs.as_slice()).unwrap_or_default();
            let props = configs.iter().map(|path| prop("configuration", path)).collect();
            (name.unwrap_or_else(|| "app".to_owned()), "The app that receives the bundle.", props)
        }
        Root::Release => {
            let release = subject.release.as_ref();
            let version = release.and_then(|release| release.version.as_deref());
            let checksum = release.and_then(|release| release.checksum.as_deref());
            let mut props: Vec<Value> = version.map(|version| prop("published-version", version)).into_iter().collect();
            props.extend(checksum.map(|checksum| prop("published-checksum", checksum)));
            let source = release.map(|release| release.source.clone()).unwrap_or_default();
            (source, "What is published beside the bundle.", props)
        }
    }
}

/// The subject below `root` as a reference.
pub(super) fn subject(report: &Report, root: Root, ids: &Ids) -> Option<Value> {
    has(report, root).then(|| json!({ "subject-uuid": ids.of(&["subject", root.word()]), "type": "component" }))
}

/// All subjects.
pub(super) fn whole(report: &Report, ids: &Ids) -> Vec<Value> {
    ROOTS.into_iter().filter_map(|root| subject(report, root, ids)).collect()
}

/// The tool as the one who saw it.
pub(super) fn origin(ids: &Ids) -> Value {
    json!({ "actors": [{ "type": "tool", "actor-uuid": ids.of(&["tool"]) }] })
}

/// The limits of the report, then every statement that counts.
pub(super) fn attestations(report: &Report, ids: &Ids) -> Vec<Value> {
    let mut limits: Vec<Value> = report
        .limits
        .iter()
        .map(|limit| json!({ "name": "limitation", "title": "Limitation", "prose": text(limit) }))
        .collect();
    limits.push(json!({
        "name": "limitation",
        "title": "What satisfied means",
        "prose": "No indicator was found within the stated scope. This is no legal advice and no certification.",
    }));
    let mut all = vec![json!({ "parts": limits })];
    for note in report.attestations.iter().filter(|note| note.state == AttestationState::Fresh) {
        let mut props = vec![prop("key", &note.key)];
        props.extend(note.date.as_deref().map(|date| prop("date", date)));
        props.extend(note.valid_until.as_deref().map(|date| prop("valid-until", date)));
        props.extend(note.controls.iter().map(|control| prop("control", control)));
        let said = note.value.as_deref().unwrap_or("stated without a value");
        let by = note.by.as_deref().filter(|name| !name.trim().is_empty());
        let parties =
            by.map(|by| json!({ "role-id": "author-of-a-statement", "party-uuids": [ids.of(&["party", by])] }));
        all.push(json!({
            "responsible-parties": parties.into_iter().collect::<Vec<Value>>(),
            "parts": [{ "name": "statement", "title": line(&note.question), "props": props, "prose": text(said) }],
        }));
    }
    all
}

/// The policy, the subjects, the catalog, and what statements rest on.
pub(super) fn resources(report: &Report, ids: &Ids, catalog: Digest) -> Vec<Value> {
    let policy = &report.settings.policy;
    let mut all = vec![
        json!({
            "uuid": ids.of(&["policy"]),
            "title": line(&format!("The policy {}, which stands for the assessment plan", policy.name)),
            "description": "The digest covers its text and the texts that it extends. `otaudit policy show` prints a built-in one.",
            "props": [prop("policy-sha256", &policy.sha256.hex())],
            "citation": { "text": line(&format!("otaudit policy {}", policy.name)) },
        }),
        json!({
            "uuid": ids.of(&["catalog"]),
            "title": "The catalog of the controls that were assessed",
            "description": "As `--format oscal-catalog` writes it of the same audit.",
            "rlinks": [{ "href": "oscal-catalog.json", "media-type": "application/json", "hashes": [hash(&catalog)] }],
        }),
    ];
    for root in ROOTS.into_iter().filter(|root| has(report, *root)) {
        let (title, description, props) = component(report, root);
        let digest =
            report.subject.bundle.as_ref().filter(|_| root == Root::Bundle).and_then(|bundle| bundle.digest.sha256);
        let link = (root != Root::App).then(
            || json!({ "href": uri::relative(&title), "hashes": digest.iter().map(hash).collect::<Vec<Value>>() }),
        );
        all.push(json!({
            "uuid": ids.of(&["resource", root.word()]),
            "title": line(&title),
            "description": description,
            "props": props,
            "rlinks": link.into_iter().collect::<Vec<Value>>(),
        }));
    }
    all.extend(stated(report, ids));
    all
}

/// The documents that statements name, each once.
fn stated(report: &Report, ids: &Ids) -> Vec<Value> {
    let mut all = BTreeMap::new();
    for note in report.attestations.iter().filter(|note| note.state == AttestationState::Fresh) {
        for one in &note.evidence {
            let uuid = ids.of(&["stated", &note.key, &one.source]);
            let resource = json!({
                "uuid": uuid,
                "title": line(&one.source),
                "description": text(&format!("What the statement `{}` rests on; otaudit did not read it.", note.key)),
                "rlinks": [{
                    "href": uri::reference(&one.source),
                    "hashes": one.sha256.iter().map(hash).collect::<Vec<Value>>(),
                }],
            });
            all.entry((note.key.as_str(), one.source.as_str())).or_insert(resource);
        }
    }
    all.into_values().collect()
}
