//! OTA-GDPR-002: whether each purpose of the update channel has a basis.

use crate::controls::configured::possible;
use crate::controls::signals::met;
use crate::controls::stated::{add, said};
use crate::controls::updates::{systems_of_app, updates_or_na};
use crate::controls::{Automation, Control, Outcome, Parameters};
use crate::facts::Facts;
use crate::facts::attestations::Entry;
use crate::facts::capacitor::Scalar;
use crate::model::{Fact, Location, Severity};

/// OTA-GDPR-002.
pub static CONTROL: Control = Control {
    id: "OTA-GDPR-002",
    slug: "legal-basis",
    title: "Lawful basis and terminal-access basis are decided per purpose",
    requirement: "For each purpose (delivery, security, statistics, experiments) an Art 6 basis and an ePrivacy 5(3) position (strictly necessary or consent) is recorded; consent where used meets Art 7.",
    rationale: "Asking a server for an update tells it about a device. Each purpose of that needs its own ground, and statistics seldom have the one of delivery.",
    remediation: "Decide basis and ground for each purpose and state `gdpr.legal_basis`; set `statsUrl` to an empty text where there is no consent.",
    limits: "Statistics are on where Capgo's `statsUrl` is not empty, which is how it comes; of other systems it is not read. Where consent is claimed and no known manager of consent is met, this is a question: a dialogue of the app's own is not recognised. A security update normally does not rest on consent; whether a basis is the right one is not judged.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CNIL", "mobile-apps"),
        ("EDPB", "G2/2023"),
        ("EDPB", "G5/2020"),
        ("EPRIVACY", "5(3)"),
        ("GDPR", "5(1)(a)"),
        ("GDPR", "5(2)"),
        ("GDPR", "6(1)"),
        ("GDPR", "7"),
        ("MASVS", "MASVS-PRIVACY-4"),
        ("MASWE", "MASWE-0115"),
        ("NIST-800-53", "PT-2"),
        ("NIST-800-53", "PT-4"),
    ],
    parameters: &[],
    attestations: &["gdpr.legal_basis"],
    cases: include_str!("../../../tests/controls/gdpr/legal-basis.md"),
    assess,
};

fn assess(facts: &Facts, _parameters: &Parameters) -> Outcome {
    if let Err(outcome) = updates_or_na(facts) {
        return outcome;
    }
    let mut outcome = Outcome::default();
    let statistics = statistics(facts);
    if let Some((place, message)) = &statistics {
        outcome.saw(message.clone(), Some(place.clone()));
    }
    add(&mut outcome, facts, "gdpr.legal_basis", |judge, _| {
        let rows = &judge.statement.value.entries;
        for row in rows {
            let purpose = row.text("purpose").map_or_else(|| "a purpose without a name".to_owned(), said);
            match row.text("basis") {
                Some("none") => judge.fail("no-basis", format!("it is stated that there is no basis for {purpose}")),
                Some(_) => {}
                None => judge.ask("basis-open", format!("no basis is stated for {purpose}")),
            }
            match row.text("terminal_access") {
                Some("none") => {
                    judge.fail(
                        "no-ground",
                        format!("it is stated that nothing allows access to the device for {purpose}"),
                    );
                }
                Some(_) => {}
                None => judge.ask("ground-open", format!("no ground of ePrivacy 5(3) is stated for {purpose}")),
            }
        }
        let about_statistics =
            |row: &&Entry| row.text("purpose").is_some_and(|text| text.to_lowercase().contains("statistic"));
        if statistics.is_some() && !rows.iter().any(|row| about_statistics(&row)) {
            judge.ask("statistics-left-out", "statistics are on, and no row is about statistics");
        }
        let consent = rows
            .iter()
            .any(|row| row.text("basis") == Some("consent") || row.text("terminal_access") == Some("consent"));
        if consent && !asks_for_consent(facts) {
            judge.ask("consent-not-seen", "consent is stated, and no known manager of consent is met in the bundle");
        }
    });
    outcome
}

/// Where statistics are on: Capgo sends them unless `statsUrl` is empty.
fn statistics(facts: &Facts) -> Option<(Location, String)> {
    let app = facts.app.as_ref()?;
    if !systems_of_app(facts).contains("capgo") {
        return None;
    }
    let values = possible(app, &["plugins", "CapacitorUpdater", "statsUrl"]);
    let on = values.into_iter().find(|value| match &value.value {
        Fact::Known(Scalar::Text(text)) => !text.is_empty(),
        _ => true,
    })?;
    let message = match on.value {
        Fact::Absent => "statistics are on: `CapacitorUpdater.statsUrl` is not set, and is the vendor's then",
        _ => "statistics are on: `CapacitorUpdater.statsUrl` is not empty",
    };
    Some((on.place, message.to_owned()))
}

/// Whether a manager of consent is met.
fn asks_for_consent(facts: &Facts) -> bool {
    facts.personal_data().is_some_and(|found| met(&found, "lib.consent").is_some())
}
