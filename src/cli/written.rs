//! The outputs of `check` and `report`, and how each is written.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::apps;
use super::arguments::{Paper, Subject};
use super::output::{Terminal, write_file};
use crate::controls::Parameters;
use crate::facts::comparison::Comparison;
use crate::facts::delivery::{Role, load as delivered};
use crate::facts::keys::registry;
use crate::facts::trackers::TrackerList;
use crate::facts::{Facts, Parse, age, inventory};
use crate::inputs::Limits;
use crate::model::{Digest, Location, Problem, Report, Root, escape, printable};
use crate::policy::Policy;
use crate::reports::document::{Document, write_html};
use crate::reports::{
    COMPARISON_SCHEMA, ComparisonReport, Cover, Dossier, Examined, FORMATS, Format, KeyLimits, KeysReport, Style,
    dossier_document, keys_report, network_report, privacy_report,
};

/// Files of the app beyond this many are not digested for the manifest, and none that is larger than the second number.
const MOST_APP_FILES: (usize, u64) = (2_000, 64 * 1024 * 1024);

/// What a report for people is made from beside the facts.
#[derive(Debug, Default)]
pub(super) struct Beside<'a> {
    /// The app's folder.
    pub app: Option<PathBuf>,
    /// What people state.
    pub cover: Cover,
    /// The ids of the frameworks that were asked for; empty for all.
    pub frameworks: Vec<String>,
    /// Lists of trackers that the request named.
    pub lists: &'a [TrackerList],
    /// The page of the PDF; A4 if none is named.
    pub paper: Option<Paper>,
    /// Font files for the PDF.
    pub fonts: &'a [PathBuf],
}

/// A format and where it goes: to a file, or to standard output.
pub(super) type Output = (Wanted, Option<PathBuf>);

/// What `--format` names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted {
    /// From the report alone.
    Data(&'static Format),
    /// The audit report with all its tables, as HTML.
    Html,
    /// The same as PDF.
    Pdf,
}

impl Wanted {
    fn named(name: &str) -> Option<Self> {
        match name {
            "html" => Some(Self::Html),
            "pdf" => Some(Self::Pdf),
            _ => crate::reports::format(name).map(Self::Data),
        }
    }
}

/// The outputs that the request names, or `usual` on standard output.
pub(super) fn outputs(formats: &[String], usual: Wanted) -> Result<Vec<Output>, Vec<Problem>> {
    if formats.is_empty() {
        return Ok(vec![(usual, None)]);
    }
    let mut problems = Vec::new();
    let mut outputs = Vec::new();
    for given in formats {
        let (name, target) = given.split_once('=').map_or((given.as_str(), None), |(name, file)| (name, Some(file)));
        if let (Some(Wanted::Pdf), Some(fault)) = (Wanted::named(name), no_pdf()) {
            problems.push(fault);
            continue;
        }
        match (Wanted::named(name), target) {
            (Some(_), Some("")) => problems.push(Problem::new(format!("`--format {name}=` names no file"))),
            (Some(format), target) => outputs.push((format, target.map(PathBuf::from))),
            (None, _) => {
                let known: Vec<&str> = FORMATS.iter().map(|format| format.name).chain(["pdf"]).collect();
                problems.push(
                    Problem::new(format!("`{}` is no report format", printable(name, 60)))
                        .help(format!("expected one of: {}", known.join(", "))),
                );
            }
        }
    }
    if outputs.iter().filter(|(_, target)| target.is_none()).count() > 1 {
        problems.push(
            Problem::new("two formats can't share the standard output")
                .help("give one of them a file: `--format json=report.json`"),
        );
    }
    if problems.is_empty() { Ok(outputs) } else { Err(problems) }
}

/// Why there is no PDF, when this program was built without.
pub(super) fn no_pdf() -> Option<Problem> {
    let missing = Problem::new("this build of otaudit has no PDF").help(
        "build it with the feature: `cargo build --release --features pdf` (Rust 1.92, some minutes longer); or write \
         `--format html=report.html` and print that page from a browser",
    );
    (!cfg!(feature = "pdf")).then_some(missing)
}

/// Writes the report in every format that was asked for.
pub(super) fn write_all(
    outputs: Vec<Output>,
    report: &Report,
    facts: &Facts,
    policy: &Policy,
    subject: &Subject,
    beside: &Beside<'_>,
    (terminal, quiet): (&Terminal, bool),
) -> Result<(), Vec<Problem>> {
    let needed = outputs.iter().any(|(wanted, _)| matches!(wanted, Wanted::Html | Wanted::Pdf));
    let document = if needed { Some(document(report, facts, policy, subject, beside)?) } else { None };
    let document = document.unwrap_or_default();
    for (wanted, target) in outputs {
        let mut bytes = Vec::new();
        match wanted {
            Wanted::Data(format) => {
                let style = match target {
                    Some(_) => Style { quiet, ..Style::default() },
                    None => terminal.style(quiet),
                };
                (format.write)(report, &style, &mut bytes)
                    .map_err(|error| Problem::new(format!("can't write the {} report: {error}", format.name)))?;
            }
            Wanted::Html => write_html(&document, &mut bytes)
                .map_err(|error| Problem::new(format!("can't write the HTML report: {error}")))?,
            Wanted::Pdf => bytes = pdf(&document, &report.as_of, beside)?,
        }
        match target {
            Some(path) => write_file(&path, &bytes)?,
            None => Terminal::print(&bytes)?,
        }
    }
    Ok(())
}

#[cfg(feature = "pdf")]
pub(super) fn pdf(document: &Document, as_of: &str, beside: &Beside<'_>) -> Result<Vec<u8>, Problem> {
    use crate::reports::document::{PdfSettings, pdf};
    let mut fonts = Vec::new();
    for path in beside.fonts {
        let shown = printable(&path.display().to_string(), 200);
        let bytes =
            std::fs::read(path).map_err(|error| Problem::new(format!("can't read the font `{shown}`: {error}")))?;
        fonts.push(bytes);
    }
    let settings = PdfSettings { letter: beside.paper == Some(Paper::Letter), as_of: as_of.to_owned(), fonts };
    pdf(document, &settings)
        .map_err(|why| Problem::new(format!("can't write the PDF report: {}", printable(&why, 400))))
}

#[cfg(not(feature = "pdf"))]
pub(super) fn pdf(_document: &Document, _as_of: &str, beside: &Beside<'_>) -> Result<Vec<u8>, Problem> {
    let _ = (beside.paper, beside.fonts);
    Err(no_pdf().unwrap_or_else(|| Problem::new("this build of otaudit has no PDF")))
}

/// The audit report with all that the facts give it.
fn document(
    report: &Report,
    facts: &Facts,
    policy: &Policy,
    subject: &Subject,
    beside: &Beside<'_>,
) -> Result<Document, Problem> {
    let app = beside.app.as_deref();
    let keys = app.map(|app| keys(app, subject, facts.as_of)).transpose()?;
    let found = facts.personal_data();
    let name = facts.bundle.as_ref().map_or("", |bundle| bundle.name.as_str());
    let privacy = found.as_ref().map(|found| privacy_report(name, found, facts.app.is_some()));
    let network = facts.bundle.as_ref().map(|bundle| {
        let unread = bundle
            .all_files()
            .filter(|file| file.unread.is_some() || matches!(file.parse, Some(Parse::Failed { .. })))
            .map(|file| printable(&file.path, 200))
            .collect();
        network_report(&bundle.name, &bundle.network, unread, beside.lists, &first_party(policy))
    });
    let changes = facts.previous.as_ref().map(|comparison| compared(comparison, subject, name));
    let dossier = Dossier {
        cover: beside.cover.clone(),
        keys: keys.as_ref(),
        privacy: privacy.as_ref(),
        network: network.as_ref(),
        changes: changes.as_ref(),
        examined: examined(report, facts, app, subject.release.as_deref()),
        frameworks: beside.frameworks.clone(),
        ..Dossier::of(report)
    };
    Ok(dossier_document(&dossier))
}

fn compared<'a>(comparison: &'a Comparison, subject: &Subject, after: &str) -> ComparisonReport<'a> {
    let before = subject.previous.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    ComparisonReport {
        schema: COMPARISON_SCHEMA,
        before: printable(&before.unwrap_or_default(), 120),
        after: printable(after, 120),
        comparison,
    }
}

fn keys(app: &Path, subject: &Subject, as_of: i64) -> Result<KeysReport, Problem> {
    let config = apps::config(subject.config.as_deref(), None, Some(app))?;
    let found = delivered::read_shipping(app, Role::App, Limits::default().entries, config.as_deref());
    let inventory = inventory::of_app(&found);
    let ages = age::of_app(app, &found, &inventory, registry::of_app(app));
    let day = Timestamp::from_second(as_of).unwrap_or_default().to_zoned(TimeZone::UTC).date();
    Ok(keys_report(&ages, day, &KeyLimits::default()))
}

/// The files of the bundle, and those of the app and the release that the report speaks of.
fn examined(report: &Report, facts: &Facts, app: Option<&Path>, release: Option<&Path>) -> Vec<Examined> {
    let mut files: Vec<Examined> = facts
        .bundle
        .iter()
        .flat_map(|bundle| &bundle.files)
        .map(|file| Examined { root: Root::Bundle, path: escape(&file.path), bytes: file.size, sha256: file.sha256 })
        .collect();
    let configs = report.subject.app.iter().flat_map(|app| &app.configs).map(|path| (Root::App, path.clone()));
    let seen = report.assessments.iter().flat_map(|one| {
        let evidence = one.evidence.iter().filter_map(|evidence| evidence.location.as_ref());
        evidence.chain(one.findings.iter().map(|finding| &finding.location))
    });
    let named = |location: &Location| (location.root, location.path.clone());
    let wanted: BTreeSet<(Root, String)> =
        configs.chain(seen.filter(|location| location.root != Root::Bundle).map(named)).collect();
    for (root, path) in wanted.into_iter().take(MOST_APP_FILES.0) {
        let found = match (root, app, release) {
            (Root::App, Some(app), _) => inside(app, &path),
            (Root::Release, _, Some(release)) if release.is_dir() => inside(release, &path),
            (Root::Release, _, Some(release)) if release.file_name().is_some_and(|name| name == path.as_str()) => {
                Some(release.to_owned())
            }
            _ => None,
        };
        let Some(found) = found else { continue };
        let Some(bytes) = std::fs::metadata(&found).ok().filter(std::fs::Metadata::is_file).map(|one| one.len()) else {
            continue;
        };
        let digest = || Digest::of_reader(std::fs::File::open(&found).ok()?).ok();
        let sha256 = if bytes <= MOST_APP_FILES.1 { digest() } else { None };
        files.push(Examined { root, path, bytes, sha256 });
    }
    files.sort();
    files
}

/// The file below a folder, when the path stays in it.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let relative = Path::new(path);
    let plain = !path.is_empty() && relative.components().all(|part| matches!(part, Component::Normal(_)));
    let found = folder.join(relative);
    (plain && found.canonicalize().ok()?.starts_with(folder.canonicalize().ok()?)).then_some(found)
}

/// The hosts that the policy calls the app's own: a parameter of OTA-WEB-003.
pub(super) fn first_party(policy: &Policy) -> Vec<String> {
    let selected = policy.controls.iter().find(|selected| selected.control.id == "OTA-WEB-003");
    selected.map_or_else(Vec::new, |selected| {
        Parameters::of(selected.control.parameters, &selected.parameters).list("first_party_hosts").to_vec()
    })
}
