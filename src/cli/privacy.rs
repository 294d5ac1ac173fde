//! `otaudit privacy`.

use super::arguments::{ListFormat, Privacy};
use super::check::{as_of, establish};
use super::output::Terminal;
use super::policies::load;
use super::{Done, PASSED};
use crate::model::Problem;
use crate::reports::{privacy_json, privacy_report, privacy_text};

/// Prints what personal data a bundle touches.
pub fn privacy(request: &Privacy, terminal: &Terminal) -> Done {
    let policy = load(&request.subject.policy)?;
    let facts = establish(&request.subject, &policy, as_of(None)?, terminal, true)?;
    let Some(found) = facts.personal_data() else {
        return Err(Problem::new("there is no bundle to read").help("give a zip or a folder of web assets").into());
    };
    let name = facts.bundle.as_ref().map_or("", |bundle| bundle.name.as_str());
    let report = privacy_report(name, &found, facts.app.is_some());
    match request.format {
        ListFormat::Json => {
            let bytes =
                privacy_json(&report).map_err(|error| Problem::new(format!("can't write the signals: {error}")))?;
            Terminal::print(&bytes)?;
        }
        ListFormat::Table => Terminal::print(privacy_text(&report, &terminal.style(false)).as_bytes())?,
    }
    Ok(PASSED)
}
