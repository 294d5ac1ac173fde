//! A report with statements of the organisation, and one whose every text is hostile.
#![allow(dead_code, reason = "not every test crate uses all of it")]

use otaudit::model::{
    AttestationNote, AttestationState, Digest, Evidence, Location, Report, Root, ScopeNote, StatedEvidence,
};

use crate::sample;

fn note(key: &str, state: AttestationState, control: &str) -> AttestationNote {
    let is_missing = state == AttestationState::Missing;
    AttestationNote {
        key: key.to_owned(),
        question: "Is every processor under a contract?".to_owned(),
        state,
        reason: "53 days old, at most 180".to_owned(),
        date: (!is_missing).then(|| "2026-10-01".to_owned()),
        by: (!is_missing).then(|| "Ada Quay, data protection officer".to_owned()),
        value: (!is_missing).then(|| "yes".to_owned()),
        valid_until: None,
        max_age_days: 180,
        evidence: vec![
            StatedEvidence { source: "evidence/contracts 2026.pdf".to_owned(), sha256: Some(Digest::of(b"contracts")) },
            StatedEvidence { source: "https://wiki.example/processors".to_owned(), sha256: None },
        ],
        controls: vec![control.to_owned()],
    }
}

/// The rich report with statements in three states, and a law that does not apply.
pub fn report() -> Report {
    let mut report = sample::report();
    report.attestations = vec![
        note("gdpr.processors", AttestationState::Fresh, "OTA-GDPR-005"),
        note("gdpr.ropa", AttestationState::Stale, "OTA-GDPR-002"),
        note("gdpr.legal_basis", AttestationState::Missing, "OTA-GDPR-002"),
    ];
    report.scope = vec![ScopeNote {
        switch: "cra.scope".to_owned(),
        law: "CRA".to_owned(),
        applies: Some(false),
        reason: "the product is outside the CRA's scope".to_owned(),
        by: Some("Ada Quay".to_owned()),
        date: Some("2026-10-01".to_owned()),
        controls: vec!["OTA-CRA-001".to_owned(), "OTA-CRA-002".to_owned()],
    }];
    report
}

/// The rich report with `text` in every place that a bundle, an app, a policy or a statement can fill, unescaped: the
/// model makes text inert, and a format must not depend on it.
pub fn filled(text: &str) -> Report {
    let mut report = report();
    let fill = |place: &mut String| text.clone_into(place);
    let fill_path = |location: &mut Location| text.clone_into(&mut location.path);
    for one in &mut report.assessments {
        for place in [&mut one.title, &mut one.requirement, &mut one.remediation] {
            fill(place);
        }
        one.reason = Some(text.to_owned());
        one.evidence = vec![Evidence { message: text.to_owned(), location: Some(Location::file(Root::Bundle, "")) }];
        one.evidence.iter_mut().filter_map(|seen| seen.location.as_mut()).for_each(fill_path);
        for found in &mut one.findings {
            fill(&mut found.message);
            fill_path(&mut found.location);
            found.excerpt = Some(text.to_owned());
        }
    }
    for note in &mut report.exceptions {
        [&mut note.owner, &mut note.reason, &mut note.expires].into_iter().for_each(fill);
        note.compensating_control = Some(text.to_owned());
        note.risk_acceptance = Some(text.to_owned());
    }
    for note in &mut report.attestations {
        [&mut note.question, &mut note.reason].into_iter().for_each(fill);
        note.by = Some(text.to_owned());
        note.value = Some(text.to_owned());
        note.evidence.iter_mut().for_each(|stated| fill(&mut stated.source));
    }
    for note in &mut report.scope {
        fill(&mut note.reason);
    }
    for framework in &mut report.frameworks {
        [&mut framework.title, &mut framework.version].into_iter().for_each(fill);
        framework.clauses.iter_mut().for_each(|clause| fill(&mut clause.title));
    }
    if let Some(bundle) = &mut report.subject.bundle {
        fill(&mut bundle.name);
    }
    if let Some(app) = &mut report.subject.app {
        app.app_id = Some(text.to_owned());
        app.app_name = Some(text.to_owned());
        app.configs = vec![text.to_owned()];
    }
    if let Some(release) = &mut report.subject.release {
        fill(&mut release.source);
        release.version = Some(text.to_owned());
        release.checksum = Some(text.to_owned());
    }
    for file in &mut report.completeness.not_examined {
        fill(&mut file.reason);
        fill_path(&mut file.location);
    }
    report.settings.deviations.iter_mut().for_each(|one| fill(&mut one.change));
    fill(&mut report.settings.policy.name);
    report.limits = vec![text.to_owned()];
    report
}
