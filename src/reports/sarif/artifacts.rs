//! The files that have results, and places in them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::log::{Artifact, ArtifactLocation, PhysicalLocation, Place, Properties, Region, Text};
use crate::model::{Location, Report, Root};
use crate::reports::uri;

/// Every file that has results, with its index; the bundle itself comes first.
pub(super) struct Artifacts<'a> {
    report: &'a Report,
    indexes: BTreeMap<(Root, &'a str), usize>,
}

impl<'a> Artifacts<'a> {
    /// Collects the files of all findings, sorted.
    pub(super) fn new(report: &'a Report) -> Self {
        let files: BTreeSet<(Root, &str)> = report
            .assessments
            .iter()
            .flat_map(|assessment| &assessment.findings)
            .map(|finding| (finding.location.root, finding.location.path.as_str()))
            .filter(|(_, path)| !path.is_empty())
            .collect();
        let first = usize::from(report.subject.bundle.is_some());
        let indexes = files.into_iter().enumerate().map(|(number, file)| (file, first + number)).collect();
        Self { report, indexes }
    }

    /// The list for the run.
    pub(super) fn list(&self) -> Vec<Artifact> {
        let bundle = self.report.subject.bundle.as_ref();
        let zip = bundle.is_some_and(|bundle| bundle.kind == "zip");
        let mut list: Vec<Artifact> = Vec::new();
        if let (Some(bundle), Some(location)) = (bundle, self.bundle()) {
            let digest = bundle.digest.sha256.map(|digest| ("sha-256", digest.hex()));
            list.push(Artifact {
                location: ArtifactLocation { index: None, ..location },
                parent_index: None,
                length: zip.then_some(bundle.bytes),
                roles: if zip { vec!["analysisTarget"] } else { vec!["analysisTarget", "directory"] },
                hashes: digest.into_iter().collect(),
                properties: Properties::from([
                    ("contentDigest", json!(bundle.content_digest)),
                    ("contentLength", json!(bundle.content_bytes)),
                ]),
            });
        }
        for (root, path) in self.indexes.keys() {
            list.push(Artifact {
                location: ArtifactLocation { index: None, ..self.file(*root, path) },
                parent_index: (zip && *root == Root::Bundle).then_some(0),
                length: None,
                roles: vec!["resultFile"],
                hashes: BTreeMap::new(),
                properties: Properties::new(),
            });
        }
        list
    }

    /// The place of a finding or of evidence; an excerpt without a line can't be a snippet and is left out.
    pub(super) fn place(&self, location: &Location, excerpt: Option<&str>) -> Place {
        let region = location.line.map(|line| Region {
            start_line: line.max(1),
            start_column: location.column.map(|column| column.max(1)),
            snippet: excerpt.map(Text::plain),
        });
        let artifact_location = self.file(location.root, &location.path);
        Place { id: None, physical_location: Some(PhysicalLocation { artifact_location, region }), message: None }
    }

    /// Where results stand that concern the subject as a whole.
    pub(super) fn whole(&self) -> Vec<Place> {
        let bundle = self.bundle().map(|artifact_location| Place {
            id: None,
            physical_location: Some(PhysicalLocation { artifact_location, region: None }),
            message: None,
        });
        bundle.into_iter().collect()
    }

    /// The bundle, named by the last part of its path.
    fn bundle(&self) -> Option<ArtifactLocation> {
        let bundle = self.report.subject.bundle.as_ref()?;
        let mut location =
            ArtifactLocation { uri: uri::relative(&bundle.name), index: Some(0), ..ArtifactLocation::default() };
        if bundle.kind == "folder" && !location.uri.ends_with('/') {
            location.uri.push('/');
        }
        Some(location)
    }

    fn file(&self, root: Root, path: &str) -> ArtifactLocation {
        if path.is_empty() {
            let whole = if root == Root::Bundle { self.bundle() } else { None };
            return whole.unwrap_or_else(|| ArtifactLocation {
                uri: "./".to_owned(),
                uri_base_id: Some(base_id(root)),
                ..ArtifactLocation::default()
            });
        }
        ArtifactLocation {
            uri: uri::relative(path),
            uri_base_id: Some(base_id(root)),
            index: self.indexes.get(&(root, path)).copied(),
            properties: if uri::is_odd(path) { Properties::from([("path", json!(path))]) } else { Properties::new() },
        }
    }
}

/// The name of the base that paths of `root` are relative to.
pub(super) const fn base_id(root: Root) -> &'static str {
    match root {
        Root::Bundle => "BUNDLE",
        Root::App => "APP",
        Root::Release => "RELEASE",
    }
}
