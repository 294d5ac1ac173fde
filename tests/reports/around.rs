//! What stands around the assessments of a sample report: subject, policy, exceptions, frameworks, counts, gate.

use std::collections::BTreeMap;

use otaudit::model::{
    AppSubject, Assessment, BundleDigest, BundleSubject, ClauseNote, Completeness, Counts, Deviation, Digest, Evidence,
    ExceptionNote, ExceptionState, FrameworkNote, Gate, GateResult, Location, NotExamined, PolicySubject,
    REPORT_SCHEMA, ReleaseSubject, Report, Root, Settings, Severity, Subject, Tool, Verdict, escape,
};

fn file(path: &str) -> Location {
    Location::file(Root::Bundle, path)
}

fn exceptions() -> Vec<ExceptionNote> {
    let note = |id: &str, control: &str, state, expires: &str, findings| ExceptionNote {
        id: id.to_owned(),
        control: control.to_owned(),
        owner: "release@example.com".to_owned(),
        reason: "the template compiler is replaced in the next quarter".to_owned(),
        expires: expires.to_owned(),
        state,
        findings,
        approver: None,
        compensating_control: None,
        risk_acceptance: None,
        start: None,
        renewals: 0,
    };
    vec![
        note("EXC-3", "OTA-NET-001", ExceptionState::Unmatched, "2026-12-31", 0),
        note("EXC-5", "OTA-BUN-002", ExceptionState::Expired, "2026-10-31", 0),
        note("EXC-7", "OTA-BUN-004", ExceptionState::Applied, "2026-12-31", 1),
        note("EXC-9", "OTA-BUN-009", ExceptionState::Applied, "2027-01-15", 1),
        note("EXC-11", "OTA-BUN-011", ExceptionState::Pending, "2027-03-31", 0),
    ]
}

fn frameworks() -> Vec<FrameworkNote> {
    let note = |id: &str, title: &str, version: &str, clauses: &[(&str, &str)]| FrameworkNote {
        id: id.to_owned(),
        title: title.to_owned(),
        version: version.to_owned(),
        clauses: clauses
            .iter()
            .map(|(id, title)| ClauseNote { id: (*id).to_owned(), title: (*title).to_owned() })
            .collect(),
    };
    vec![
        note("APPLE", "App Review Guidelines", "2026-06-08", &[("2.5.2", "Self-contained"), ("3.3.1(B)", "")]),
        note("GDPR", "Regulation (EU) 2016/679", "2016/679", &[("32(1)(b)", "Integrity"), ("6(1)", "Lawfulness")]),
        note("MASVS", "OWASP MASVS", "2.1.0", &[("MASVS-CODE-4", "")]),
    ]
}

/// The counts that belong to `assessments`.
fn counts(assessments: &[Assessment]) -> Counts {
    let mut counts = Counts {
        assessments: Verdict::ALL.iter().map(|verdict| (verdict.word().to_owned(), 0)).collect(),
        failures: Severity::ALL.iter().map(|severity| (severity.word().to_owned(), 0)).collect(),
        excepted: 0,
    };
    let add = |map: &mut BTreeMap<String, usize>, word: &str| *map.entry(word.to_owned()).or_default() += 1;
    for assessment in assessments {
        add(&mut counts.assessments, assessment.verdict.word());
        for finding in &assessment.findings {
            if finding.exception.is_some() {
                counts.excepted += 1;
            } else if finding.verdict == Verdict::Fail {
                add(&mut counts.failures, finding.severity.word());
            }
        }
    }
    counts
}

/// The report around `assessments`; what is grave and not accepted blocks.
pub fn around(mut assessments: Vec<Assessment>) -> Report {
    assessments.sort_by(|left, right| left.control.cmp(&right.control));
    let findings = assessments.iter().flat_map(|assessment| &assessment.findings);
    let blocking: Vec<String> = findings
        .filter(|finding| finding.exception.is_none())
        .filter(|finding| match finding.verdict {
            Verdict::Fail => finding.severity >= Severity::High,
            verdict => verdict == Verdict::Indeterminate,
        })
        .map(|finding| finding.id.clone())
        .collect();
    let not_examined = |path: &str, reason: &str| NotExamined { location: file(path), reason: reason.to_owned() };
    Report {
        schema: REPORT_SCHEMA.to_owned(),
        tool: Tool { name: "otaudit".to_owned(), version: "0.1.0".to_owned() },
        as_of: "2026-11-23T08:00:00Z".to_owned(),
        gate: Gate {
            result: if blocking.is_empty() { GateResult::Passed } else { GateResult::Failed },
            fail_on: Severity::High,
            strict: false,
            indeterminate_fails: true,
            blocking,
        },
        counts: counts(&assessments),
        subject: Subject {
            bundle: Some(BundleSubject {
                name: escape("shop-2.4.1 \u{1b}[2J更新.zip"),
                kind: "zip".to_owned(),
                digest: BundleDigest { sha256: Some(Digest::of(b"archive")) },
                content_digest: Digest::of(b"content"),
                bytes: 4_210_332,
                content_bytes: 11_803_114,
            }),
            app: Some(AppSubject {
                app_id: Some("com.example.shop".to_owned()),
                app_name: Some("Example Shop".to_owned()),
                configs: vec!["capacitor.config.ts".to_owned()],
                variants: Vec::new(),
            }),
            release: Some(ReleaseSubject {
                source: "latest.json".to_owned(),
                checksum: None,
                version: Some("2.4.1".to_owned()),
            }),
        },
        completeness: Completeness {
            files_seen: 1_827,
            files_read: 1_827,
            files_parsed: 370,
            files_not_parsed: 1,
            not_examined: vec![not_examined("assets/cut.js", "does not parse: unexpected token `}` in line 3")],
            notes: vec![Evidence { message: "a byte-order mark".to_owned(), location: Some(file("config.json")) }],
        },
        settings: Settings {
            policy: PolicySubject {
                name: "shop-release".to_owned(),
                sha256: Digest::of(b"policy"),
                extends: vec!["default".to_owned()],
            },
            deviations: vec![
                Deviation { what: "OTA-BUN-010".to_owned(), change: "switched off".to_owned() },
                Deviation { what: "gate".to_owned(), change: "fails at `high`, by default at `medium`".to_owned() },
            ],
        },
        assessments,
        frameworks: frameworks(),
        exceptions: exceptions(),
        attestations: Vec::new(),
        scope: Vec::new(),
        composition: Vec::new(),
        limits: vec![
            "Code that a server sends after the update is not seen.".to_owned(),
            "This is neither legal advice nor a certification.".to_owned(),
        ],
    }
}
