//! Words that several formats share: identifiers made from content, places, and what a verdict says.

use jiff::ToSpan as _;
use jiff::civil::Date;
use uuid::Uuid;

use crate::model::{
    Assessment, AttestationNote, AttestationState, Digest, Finding, Location, Report, Root, Severity, Verdict, escape,
};

/// A UUID of version 5: the same for the same parts, and another one for any other parts.
pub(super) fn identifier(parts: &[&str]) -> Uuid {
    let space = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:otaudit");
    Uuid::new_v5(&space, Digest::of_parts(parts.iter().copied()).hex().as_bytes())
}

/// The digest of all that a report says: what its identifiers are made from.
///
/// # Errors
/// Those of serialising, which a report has none of.
pub(super) fn digest(report: &Report) -> serde_json::Result<Digest> {
    Ok(Digest::of(&serde_json::to_vec(report)?))
}

/// `path:line:column` with its root, or what is meant when there is no path; inert.
pub(super) fn place(location: &Location) -> String {
    if location.path.is_empty() {
        return format!("the {} as a whole", location.root.word());
    }
    let mut out = escape(&location.path);
    for part in [location.line, location.line.and(location.column)].into_iter().flatten() {
        out.push_str(&format!(":{part}"));
    }
    if location.root != Root::Bundle {
        out.push_str(&format!(" (in the {})", location.root.word()));
    }
    out
}

/// The area of a control: `OTA-BUN` of `OTA-BUN-002`.
pub(super) fn area(control: &str) -> &str {
    control.rsplit_once('-').map_or(control, |(area, _)| area)
}

/// The sentence that stands for an assessment without findings.
pub(super) fn said(assessment: &Assessment) -> &str {
    match assessment.verdict {
        Verdict::Pass => "no indicator found within the stated scope",
        Verdict::Attested => "stated by the organisation, not verified",
        Verdict::NotApplicable => assessment.reason.as_deref().unwrap_or("the control's condition is not met"),
        Verdict::Fail => "a criterion is violated",
        Verdict::Manual => "a person has to decide",
        Verdict::Indeterminate => "could not be read or computed",
    }
}

/// The exceptions that together accept all that keeps an assessment from passing; empty when something is left.
pub(super) fn exceptions(assessment: &Assessment) -> Vec<&str> {
    if matches!(assessment.verdict, Verdict::Pass | Verdict::Attested | Verdict::NotApplicable) {
        return Vec::new();
    }
    let mut ids: Vec<&str> = assessment.exception.iter().map(String::as_str).collect();
    if assessment.findings.iter().all(|finding| finding.exception.is_some()) {
        ids.extend(assessment.findings.iter().filter_map(|finding| finding.exception.as_deref()));
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// How grave an assessment's open failures are; the control's own severity when it has none.
pub(super) fn gravest(assessment: &Assessment) -> Severity {
    let open = assessment.findings.iter().filter(|one| one.verdict == Verdict::Fail && one.exception.is_none());
    open.map(|one| one.severity).max().unwrap_or(assessment.severity)
}

/// The statements that count for a control.
pub(super) fn statements<'a>(report: &'a Report, control: &str) -> Vec<&'a AttestationNote> {
    let fresh = report.attestations.iter().filter(|note| note.state == AttestationState::Fresh);
    fresh.filter(|note| note.controls.iter().any(|one| one == control)).collect()
}

/// The last day on which a statement counts: its own last day, or when it gets too old, whichever comes first.
pub(super) fn last_day(note: &AttestationNote) -> Option<Date> {
    let own = note.valid_until.as_deref().and_then(|day| day.parse::<Date>().ok());
    let given = note.date.as_deref().and_then(|day| day.parse::<Date>().ok());
    let aged = given.and_then(|day| day.checked_add(i64::from(note.max_age_days).days()).ok());
    [own, aged].into_iter().flatten().min()
}

/// All findings with their assessments, in the report's order.
pub(super) fn findings(report: &Report) -> impl Iterator<Item = (&Assessment, &Finding)> {
    report.assessments.iter().flat_map(|one| one.findings.iter().map(move |finding| (one, finding)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_of_version_five_and_told_apart() {
        let one = identifier(&["a", "b"]);
        assert_eq!(one.get_version_num(), 5);
        assert_eq!(one, identifier(&["a", "b"]));
        assert_ne!(one, identifier(&["ab"]));
    }

    #[test]
    fn a_statement_ends_on_its_own_last_day_or_when_it_is_too_old() {
        let mut note = AttestationNote {
            key: "gdpr.ropa".to_owned(),
            question: String::new(),
            state: AttestationState::Fresh,
            reason: String::new(),
            date: Some("2026-10-01".to_owned()),
            by: None,
            value: None,
            valid_until: None,
            max_age_days: 180,
            evidence: Vec::new(),
            controls: Vec::new(),
        };
        let day = |note: &AttestationNote| last_day(note).map(|day| day.to_string());
        assert_eq!(day(&note).as_deref(), Some("2027-03-30"));
        note.valid_until = Some("2026-12-31".to_owned());
        assert_eq!(day(&note).as_deref(), Some("2026-12-31"));
        note.date = Some("no day".to_owned());
        note.max_age_days = u32::MAX;
        assert_eq!(day(&note).as_deref(), Some("2026-12-31"));
    }
}
