//! A document as PDF, typeset by typst as a library: no process, no network, no fonts but those inside the program and those
//! that the request names. The template is constant; the document reaches it as JSON, so that no text can become markup.

mod data;
mod world;

use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::Document;
use crate::model::Digest;
use world::Press;

/// How the PDF shall be.
#[derive(Clone, Debug, Default)]
pub struct PdfSettings {
    /// US letter instead of A4.
    pub letter: bool,
    /// The moment of the audit, RFC 3339 in UTC: the only date in the file.
    pub as_of: String,
    /// The bytes of font files, for writings that the built-in fonts lack.
    pub fonts: Vec<Vec<u8>>,
}

/// Typesets the document: tagged, as PDF/UA-1 where the typesetter can vouch for it.
///
/// # Errors
/// In words: a font that can't be read, or a fault of the typesetter.
pub fn pdf(document: &Document, settings: &PdfSettings) -> Result<Vec<u8>, String> {
    let fonts = world::fonts(&settings.fonts)?;
    let json = data::json(document, settings, &fonts);
    let ident = Digest::of(&json).hex();
    let press = Press::new(fonts, json);
    let set = typst::compile::<PagedDocument>(&press).output.map_err(|faults| told(&faults))?;
    let options = |standards: &[PdfStandard]| {
        Ok::<_, String>(PdfOptions {
            ident: Smart::Custom(ident.clone()),
            creator: Smart::Custom(Some(format!("otaudit {}", env!("CARGO_PKG_VERSION")))),
            timestamp: moment(&settings.as_of).map(Timestamp::new_utc),
            standards: PdfStandards::new(standards).map_err(|fault| fault.message().to_string())?,
            ..PdfOptions::default()
        })
    };
    // Text of a subject can hold what PDF/UA does not allow; the report is still worth having, with its tags.
    let bytes = typst_pdf::pdf(&set, &options(&[PdfStandard::Ua_1])?);
    let bytes = match bytes {
        Ok(bytes) => Ok(bytes),
        Err(_) => typst_pdf::pdf(&set, &options(&[])?).map_err(|faults| told(&faults)),
    };
    // What the typesetter remembers between runs is of no use here.
    typst::comemo::evict(0);
    bytes
}

fn told(faults: &[SourceDiagnostic]) -> String {
    faults.iter().take(3).map(|fault| fault.message.to_string()).collect::<Vec<_>>().join("; ")
}

fn moment(as_of: &str) -> Option<Datetime> {
    let moment = as_of.parse::<jiff::Timestamp>().ok()?.to_zoned(jiff::tz::TimeZone::UTC);
    let part = |number: i8| u8::try_from(number).ok();
    Datetime::from_ymd_hms(
        i32::from(moment.year()),
        part(moment.month())?,
        part(moment.day())?,
        part(moment.hour())?,
        part(moment.minute())?,
        part(moment.second())?,
    )
}

#[cfg(test)]
mod tests;
