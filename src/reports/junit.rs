//! The report as JUnit XML, for the test views of build servers: an area is a suite, a control a test. Valid against
//! Jenkins' junit-10.xsd, which gives a test no properties of its own; that a test rests on a statement only stands among
//! the properties of its suite, and in the test's output.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Style, words};
use crate::model::{Assessment, Finding, GateResult, Report, Verdict, escape, printable};

/// How much of one message stands in an attribute.
const MESSAGE: usize = 400;

/// What a build server makes of a test.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failure,
    Error,
    Skipped,
}

/// Writes the report as JUnit XML.
pub(super) fn write(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut areas: BTreeMap<&str, Vec<&Assessment>> = BTreeMap::new();
    for assessment in &report.assessments {
        areas.entry(words::area(&assessment.control)).or_default().push(assessment);
    }
    let all: Vec<&Assessment> = report.assessments.iter().collect();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let (failures, errors) = (count(&all, Outcome::Failure), count(&all, Outcome::Error));
    let tests = all.len();
    writeln!(out, "<testsuites name=\"otaudit\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">")?;
    for (area, assessments) in areas {
        suite(report, area, &assessments, out)?;
    }
    writeln!(out, "</testsuites>")
}

fn suite(report: &Report, area: &str, assessments: &[&Assessment], out: &mut dyn Write) -> io::Result<()> {
    let of = |outcome| count(assessments, outcome);
    writeln!(
        out,
        "  <testsuite name=\"{}\" timestamp=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
        xml(area),
        xml(report.as_of.trim_end_matches('Z')),
        assessments.len(),
        of(Outcome::Failure),
        of(Outcome::Error),
        of(Outcome::Skipped),
    )?;
    writeln!(out, "    <properties>")?;
    for (name, value) in properties(report) {
        property(out, &name, &value)?;
    }
    for one in assessments.iter().filter(|one| one.verdict == Verdict::Attested) {
        property(out, &format!("{}.assurance", one.control), "attested")?;
    }
    writeln!(out, "    </properties>")?;
    for assessment in assessments {
        case(report, area, assessment, out)?;
    }
    writeln!(out, "  </testsuite>")
}

/// What the whole report is about; a build server shows it with each suite.
fn properties(report: &Report) -> Vec<(String, String)> {
    let gate = match report.gate.result {
        GateResult::Passed => "passed",
        GateResult::Failed => "failed",
    };
    let mut all = vec![
        ("otaudit.version", report.tool.version.clone()),
        ("gate", gate.to_owned()),
        ("policy", report.settings.policy.name.clone()),
        ("policy-sha256", report.settings.policy.sha256.hex()),
    ];
    if let Some(bundle) = &report.subject.bundle {
        all.push(("bundle", bundle.name.clone()));
        all.extend(bundle.digest.sha256.map(|digest| ("bundle-sha256", digest.hex())));
        all.push(("content-sha256", bundle.content_digest.hex()));
    }
    if let Some(id) = report.subject.app.as_ref().and_then(|app| app.app_id.clone()) {
        all.push(("app-id", id));
    }
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn property(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    writeln!(out, "      <property name=\"{}\" value=\"{}\"/>", xml(name), xml(value))
}

fn case(report: &Report, area: &str, assessment: &Assessment, out: &mut dyn Write) -> io::Result<()> {
    let name = xml(&format!("{} {}", assessment.control, assessment.title));
    let body = body(report, assessment);
    let outcome = outcome(assessment);
    write!(out, "    <testcase classname=\"{}\" name=\"{name}\"", xml(area))?;
    let element = match outcome {
        Outcome::Passed if body.is_empty() => return writeln!(out, "/>"),
        Outcome::Passed => {
            writeln!(out, ">\n      <system-out>{body}</system-out>")?;
            return writeln!(out, "    </testcase>");
        }
        Outcome::Failure => "failure",
        Outcome::Error => "error",
        Outcome::Skipped => "skipped",
    };
    let kind = match outcome {
        Outcome::Failure => words::gravest(assessment).word(),
        _ if !words::exceptions(assessment).is_empty() => "excepted",
        _ => assessment.verdict.word(),
    };
    writeln!(out, ">\n      <{element} type=\"{kind}\" message=\"{}\">{body}</{element}>", xml(&message(assessment)))?;
    writeln!(out, "    </testcase>")
}

/// What becomes of a test: what exceptions accept, a person decides or has no subject is skipped and says so.
fn outcome(assessment: &Assessment) -> Outcome {
    if !words::exceptions(assessment).is_empty() {
        return Outcome::Skipped;
    }
    match assessment.verdict {
        Verdict::Pass | Verdict::Attested => Outcome::Passed,
        Verdict::Fail => Outcome::Failure,
        Verdict::Indeterminate => Outcome::Error,
        Verdict::Manual | Verdict::NotApplicable => Outcome::Skipped,
    }
}

fn count(assessments: &[&Assessment], wanted: Outcome) -> usize {
    assessments.iter().filter(|assessment| outcome(assessment) == wanted).count()
}

/// One line: what a list of tests shows.
fn message(assessment: &Assessment) -> String {
    let accepted = words::exceptions(assessment);
    if !accepted.is_empty() {
        return format!("excepted: {}", accepted.join(", "));
    }
    let open: Vec<&Finding> = assessment.findings.iter().filter(|one| one.exception.is_none()).collect();
    let first = open.iter().find(|one| one.verdict == assessment.verdict).or(open.first());
    let said = first.map_or_else(|| words::said(assessment).to_owned(), |first| first.message.clone());
    let said = printable(&said, MESSAGE);
    let more = if open.len() > 1 { format!(" (and {} more)", open.len() - 1) } else { String::new() };
    match assessment.verdict {
        Verdict::Fail => format!("{said}{more}"),
        verdict => format!("{verdict}: {said}{more}"),
    }
}

/// What rests under a test: each finding in a line that begins with its id, its excerpt indented below.
fn body(report: &Report, assessment: &Assessment) -> String {
    let mut lines = Vec::new();
    for finding in &assessment.findings {
        let accepted = finding.exception.as_ref().map(|id| format!(", accepted by {id}")).unwrap_or_default();
        let blocks = if report.gate.blocking.contains(&finding.id) { ", blocks" } else { "" };
        lines.push(xml(&format!(
            "{} [{} {}{accepted}{blocks}] {}: {}",
            finding.id,
            finding.severity,
            finding.verdict,
            words::place(&finding.location),
            finding.message
        )));
        lines.extend(finding.excerpt.as_ref().map(|excerpt| format!("    {}", xml(excerpt))));
    }
    if assessment.verdict == Verdict::Attested {
        lines.push("attested: stated by the organisation, not verified".to_owned());
        lines.extend(words::statements(report, &assessment.control).into_iter().map(|note| {
            let by = note.by.as_deref().unwrap_or("nobody named");
            xml(&format!("{} of {}, by {by}", note.key, note.date.as_deref().unwrap_or("no date")))
        }));
        lines.extend(assessment.evidence.iter().map(|one| xml(&one.message)));
    }
    if !assessment.findings.is_empty() && outcome(assessment) != Outcome::Passed {
        lines.push(xml(&format!("to fix it: {}", assessment.remediation)));
    }
    lines.join("\n")
}

/// Text as XML: inert, and nothing in it is markup. What XML 1.0 can't hold even as a reference is written out.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in escape(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => out.extend(character.escape_unicode()),
            plain => out.push(plain),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::xml;

    #[test]
    fn what_xml_can_t_hold_is_written_out() {
        assert_eq!(
            xml("a\u{0}\u{1b}[1m\u{ffff}]]><b a='1'>&\"\n"),
            "a\\u{0}\\u{1b}[1m\\u{ffff}]]&gt;&lt;b a=&apos;1&apos;&gt;&amp;&quot;\\n"
        );
    }
}
