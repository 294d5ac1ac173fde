//! `docs/coverage.md`: each row of the guide and the controls that answer it. `SNAPSHOTS=overwrite` writes it anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)] // a test fails by panicking

use std::collections::BTreeSet;

use otaudit::controls::{Automation, CATALOG, find};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guide {
    schema: String,
    read: String,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    part: String,
    says: String,
    holds: String,
    controls: Vec<String>,
}

fn guide() -> Guide {
    serde_yaml::from_str(include_str!("../policies/guide.yaml")).unwrap()
}

fn document(guide: &Guide) -> String {
    let mut text = "# What the guide asks for, and what answers it\n\n\
        Made from `policies/guide.yaml` and the catalog by `SNAPSHOTS=overwrite cargo test --test coverage`; do not edit.\n\n\
        \"The guide\" is the article on the security of over-the-air updates from which the scope of otaudit was drawn. Its rows\n\
        stand here in our own words, each with how far it holds. An *automated* control decides from files, a *partial* one needs a\n\
        person or a statement where files end, and an *attestation* one rests on a statement alone.\n"
        .to_owned();
    let mut part = "";
    for row in &guide.rows {
        if row.part != part {
            part = &row.part;
            text += &format!("\n## {part}\n\n| row | the guide | how far it holds | controls |\n|---|---|---|---|\n");
        }
        let controls: Vec<String> = row
            .controls
            .iter()
            .map(|id| {
                let control = find(id).unwrap_or_else(|| panic!("{}: no control {id}", row.id));
                format!("{id} {} ({})", control.title, control.automation.word())
            })
            .collect();
        text += &format!("| {} | {} | {} | {} |\n", row.id, row.says, row.holds, controls.join("; "));
    }
    let answered: BTreeSet<&str> = guide.rows.iter().flat_map(|row| &row.controls).map(String::as_str).collect();
    let number = |automation: Automation| CATALOG.iter().filter(|control| control.automation == automation).count();
    text += &format!(
        "\n## The catalog\n\n{} rows are answered by {} of {} controls: {} automated, {} partial, {} attestation.\n\n\
         These controls answer no row; the frameworks that they map to ask for them:\n\n",
        guide.rows.len(),
        answered.len(),
        CATALOG.len(),
        number(Automation::Automated),
        number(Automation::Partial),
        number(Automation::Attestation),
    );
    for control in CATALOG.iter().filter(|control| !answered.contains(control.id)) {
        text += &format!("- {} {} ({})\n", control.id, control.title, control.automation.word());
    }
    text
}

#[test]
fn each_row_of_the_guide_is_answered_and_the_document_is_current() {
    let guide = guide();
    assert_eq!((guide.schema.as_str(), guide.rows.len()), ("otaudit/guide/v1", 66));
    assert!(guide.read.parse::<jiff::civil::Date>().is_ok());
    let ids: BTreeSet<&str> = guide.rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids.len(), 66, "an id stands twice");
    for row in &guide.rows {
        assert!(!row.controls.is_empty() && row.says.ends_with('.') && row.holds.ends_with('.'), "{}", row.id);
    }
    let text = document(&guide);
    if std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
        std::fs::write("docs/coverage.md", &text).unwrap();
    }
    let kept = std::fs::read_to_string("docs/coverage.md").unwrap_or_default();
    assert!(kept == text, "docs/coverage.md is not current: run with SNAPSHOTS=overwrite");
}

#[test]
fn the_catalog_is_whole() {
    assert_eq!(CATALOG.len(), 120);
    for control in CATALOG.iter().filter(|control| control.automation == Automation::Attestation) {
        assert!(!control.attestations.is_empty(), "{} rests on no statement", control.id);
    }
}
