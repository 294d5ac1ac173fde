//! Chain of custody: which bytes were examined, and how to check that a report belongs to them.

use super::Dossier;
use super::front::json_digest;
use super::words::{cell, code, code_cell, counted, paragraph, section, table, text};
use crate::model::{Digest, Root};
use crate::reports::document::{Block, Section, figure};

/// One file that was examined.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Examined {
    /// What its path is relative to.
    pub root: Root,
    /// Its path, inert.
    pub path: String,
    /// Its bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes; none when it could not be read.
    pub sha256: Option<Digest>,
}

pub(super) fn custody(dossier: &Dossier<'_>) -> Section {
    let report = dossier.report;
    let tool = format!("{} {}", report.tool.name, report.tool.version);
    let total: u64 = dossier.examined.iter().map(|file| file.bytes).sum();
    let manifest = manifest_digest(dossier);
    let mut pairs = vec![
        ("Collected at".to_owned(), cell(report.as_of.clone())),
        (
            "Time source".to_owned(),
            cell("the clock that the request gave or the machine had; it was not held against another one"),
        ),
        (
            "Collected by".to_owned(),
            cell(format!("{tool}, on the machine of whoever ran it; who that was stands under method, if stated")),
        ),
        ("From where".to_owned(), cell("the paths that the request named; nothing was fetched")),
        (
            "Files".to_owned(),
            cell(format!("{}, {}", counted(dossier.examined.len(), "file", "files"), figure(total, "bytes"))),
        ),
    ];
    if !dossier.examined.is_empty() {
        pairs.push((
            "SHA-256 over the manifest".to_owned(),
            vec![code(manifest.hex()), text(" (lines as sha256sum writes them, in the order below)")],
        ));
    }
    pairs.push(("Signature".to_owned(), cell("none in this file; sign the report with your own key, beside it")));
    let mut blocks = vec![Block::Pairs(pairs), paragraph("To check that this report belongs to a bundle:")];
    blocks.push(Block::Code { title: "commands, with GNU tools".to_owned(), text: commands(dossier) });
    let rows: Vec<_> = dossier
        .examined
        .iter()
        .map(|file| {
            vec![
                vec![text(format!("{} ", file.root.word())), code(file.path.clone())],
                cell(file.bytes.to_string()),
                file.sha256.map_or_else(|| cell("not read"), |digest| code_cell(digest.hex())),
            ]
        })
        .collect();
    if rows.is_empty() {
        blocks.push(paragraph("The list of files was not handed to this report; `otaudit report` writes it."));
    } else {
        blocks.push(table("Evidence manifest", &[("File", 6), ("Bytes", 2), ("SHA-256", 6)], rows));
    }
    section("custody", "Chain of custody", blocks)
}

/// SHA-256 over one line `<sha256>  <root>/<path>` for each file.
fn manifest_digest(dossier: &Dossier<'_>) -> Digest {
    let line = |file: &Examined| {
        let digest = file.sha256.map_or_else(|| "-".repeat(64), |digest| digest.hex());
        format!("{digest}  {}/{}\n", file.root.word(), file.path)
    };
    Digest::of(dossier.examined.iter().map(line).collect::<String>().as_bytes())
}

fn commands(dossier: &Dossier<'_>) -> String {
    let report = dossier.report;
    let mut lines = Vec::new();
    if let Some(bundle) = &report.subject.bundle {
        if let Some(digest) = bundle.digest.sha256 {
            lines.push("# the archive".to_owned());
            lines.push(format!("sha256sum {}", quoted(&bundle.name)));
            lines.push(format!("# expected: {digest}"));
        }
        lines.push("# its content, from inside the unpacked folder".to_owned());
        lines
            .push("find . -type f | sed 's|^\\./||' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum".to_owned());
        lines.push(format!("# expected: {}", bundle.content_digest));
    }
    lines.push("# this report, made again with the same files and policy".to_owned());
    lines.push(format!("otaudit report … --as-of {} --format json=report.json", report.as_of));
    lines.push("sha256sum report.json".to_owned());
    if let Some(digest) = json_digest(dossier) {
        lines.push(format!("# expected: {digest}"));
    }
    lines.join("\n")
}

/// For a shell, in single quotes; a name that needs more is told to be put in by hand.
fn quoted(name: &str) -> String {
    let plain = name.chars().all(|letter| letter.is_alphanumeric() || "._-+ ()@".contains(letter));
    if plain { format!("'{name}'") } else { "BUNDLE   # put its name here".to_owned() }
}
