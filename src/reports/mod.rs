//! Floor 7, `&Report` → text: one pure function for each format, all of them in [`FORMATS`].

mod comparison;
mod csv;
mod cyclonedx;
pub mod document;
mod dossier;
mod endpoints;
mod json;
mod junit;
mod keys;
mod ledger;
mod markdown;
mod markup;
mod network;
mod oscal;
mod period;
mod privacy;
mod sarif;
mod sbom;
mod terminal;
mod uri;
mod verification;
mod words;

pub use comparison::{
    COMPARISON_SCHEMA, ComparisonReport, comparison_disclosure, comparison_document, comparison_json,
    comparison_markdown, comparison_text,
};
pub use dossier::{
    Action, COVER_SCHEMA, Cover, Dossier, Examined, Opinion, Period, Person, document as dossier_document,
};
pub use endpoints::{
    Connection, ENDPOINTS_SCHEMA, EndpointsReport, HostRow, Said, endpoints_json, endpoints_report, endpoints_text,
};
pub use json::write_pretty;
pub use keys::{KEYS_REPORT_SCHEMA, KeyLimits, KeyRow, KeysReport, age_bar, keys_json, keys_report, keys_text};
#[cfg(feature = "parquet")]
pub use ledger::parquet;
pub use ledger::{
    LEDGER_REPORT_SCHEMA, LedgerReport, Table, believed_json, believed_text, export, join_text, ledger_json,
    ledger_text, list_json, list_text,
};
pub use network::{ListRow, NETWORK_SCHEMA, NetworkReport, NetworkRow, network_json, network_report, network_text};
pub use period::{period_document, period_json, period_markdown, period_oscal};
pub use privacy::{PRIVACY_SCHEMA, PrivacyReport, privacy_json, privacy_report, privacy_text};
pub use sbom::sbom_json;
pub use verification::{verification_json, verification_text};

use std::io::{self, Write};

use crate::model::Report;

/// One way to write a report.
#[derive(Debug)]
pub struct Format {
    /// The word after `--format`.
    pub name: &'static str,
    /// The usual extension of its files, without the dot.
    pub extension: &'static str,
    /// What it is for, in one line of help.
    pub about: &'static str,
    /// Writes the whole report. Formats that are data ignore the style.
    pub write: fn(&Report, &Style, &mut dyn Write) -> io::Result<()>,
}

/// Every format, the default first.
pub static FORMATS: &[Format] = &[
    Format { name: "table", extension: "txt", about: "text for people at a terminal", write: terminal::write },
    Format { name: "json", extension: "json", about: "the whole report, for programs", write: json::write },
    Format {
        name: "html",
        extension: "html",
        about: "one page for people, with all sections of an audit report",
        write: dossier::write,
    },
    Format { name: "sarif", extension: "sarif", about: "SARIF 2.1.0, for code scanning", write: sarif::write },
    Format {
        name: "junit",
        extension: "xml",
        about: "JUnit XML, for test views of build servers",
        write: junit::write,
    },
    Format {
        name: "markdown",
        extension: "md",
        about: "a comment on a pull request, under 60 kB",
        write: markdown::write,
    },
    Format { name: "csv", extension: "csv", about: "CSV, for spreadsheets", write: csv::write },
    Format { name: "oscal", extension: "json", about: "OSCAL 1.2.2 assessment results", write: oscal::write },
    Format {
        name: "oscal-catalog",
        extension: "json",
        about: "the OSCAL catalog that they refer to",
        write: oscal::write_catalog,
    },
    Format { name: "cyclonedx", extension: "cdx.json", about: "CycloneDX 1.7 declarations", write: cyclonedx::write },
];

/// The format of that name.
#[must_use]
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// How text for people is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours are written; colour is never the only sign of anything.
    pub color: bool,
    /// Columns of the terminal.
    pub width: u16,
    /// Only the verdict and what blocks.
    pub quiet: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 100, quiet: false }
    }
}
