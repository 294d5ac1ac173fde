//! All formats at once, by the table of their readers: conservation over random reports, and hostile text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

#[path = "reports/random.rs"]
mod random;
#[path = "reports/readers.rs"]
mod readers;
#[path = "reports/sample.rs"]
mod sample;
#[path = "reports/stated.rs"]
mod stated;

use std::collections::BTreeMap;

use otaudit::model::{Report, escape};
use otaudit::reports::{FORMATS, Style, format};
use proptest::prelude::*;

use readers::{Holds, READERS};

/// GitHub takes 65,536 characters.
const COMMENT: usize = 60_000;

fn render(name: &str, report: &Report) -> String {
    let mut out = Vec::new();
    (format(name).unwrap().write)(report, &Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A report in all formats.
fn rendered(report: &Report) -> BTreeMap<&'static str, String> {
    FORMATS.iter().map(|format| (format.name, render(format.name, report))).collect()
}

/// Everything that goes in comes out, in each format that can hold it.
fn conserves(report: &Report, texts: &BTreeMap<&str, String>) {
    for (name, holds) in READERS {
        if let Holds::All(read, expected) = holds {
            assert_eq!(read(&texts[name]), expected(report), "{name}");
        }
    }
    let text = &texts["markdown"];
    assert!(text.len() < COMMENT, "{} bytes", text.len());
    for (verdict, number) in &report.counts.assessments {
        assert!(text.contains(&format!("{number} {verdict}")), "{verdict}");
    }
    assert!(text.contains(&format!("findings accepted by exception: {}\n", report.counts.excepted)));
}

#[test]
fn the_samples_are_conserved() {
    for report in [sample::report(), sample::clean(), stated::report(), sample::around(Vec::new())] {
        conserves(&report, &rendered(&report));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_reports_are_conserved(report in random::report()) {
        conserves(&report, &rendered(&report));
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_in_any_place_is_text(text in any::<String>()) {
        let report = stated::filled(&text);
        let texts = rendered(&report);
        conserves(&report, &texts);
        inert(&texts);
    }
}

/// What hostile bundles, apps and people could write.
fn hostile() -> Vec<String> {
    let mut all: Vec<String> = [
        sample::HOSTILE,
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "\"><svg/onload=alert(1)>]]></failure><!--",
        "&lt;b&gt; &#x3c;script> <!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]>",
        "![x](https://evil.example/x.png) [y](javascript:alert(1)) <https://evil.example> @octocat #1 www.evil.example",
        "| a | b |\n|---|---|\n# title\n```\n</details>\n- item\n> quote\n---",
        "` @octocat ` `` <b> `` ```",
        "a` <script>alert(1)</script> `b` <script>alert(2)</script> `c",
        "=HYPERLINK(\"http://evil.example\",\"x\")",
        "+1+cmd|' /C calc'!A0",
        "-2+3;=1+1",
        "@SUM(1)\t=1\r\n=2",
        "\u{0}\u{1}\u{8}\u{b}\u{c}\u{1f}\u{7f}\u{85}\u{9b}\u{fffe}\u{ffff}\u{1ffff}",
        "\u{202e}\u{2066}\u{2069}\u{200f}\u{feff}\u{2028}\u{2029}\u{e0041}",
        "#import \"/etc/passwd\": * #eval(\"1\") $ x $ #link(\"http://x\")[y] \\u{41} @ref <label>",
        "\\begin{document}\\input{/etc/passwd}",
        "{{7*7}} ${7*7} #{7*7} <%= 7*7 %> {% raw %}",
        "%s%n%x {0} {}",
        "https://user:password@evil.example/?q=1#x",
        "",
        " ",
        "\u{a0}",
    ]
    .map(str::to_owned)
    .to_vec();
    all.push("<>&\"'`*_[]()=+-@|\\".repeat(100));
    all.push("é漢👩‍👩‍👧\u{301}".repeat(250));
    all
}

#[test]
fn hostile_text_is_text_in_every_format() {
    for text in hostile() {
        let report = stated::filled(&text);
        let texts = rendered(&report);
        conserves(&report, &texts);
        inert(&texts);
    }
}

/// No text steers a terminal, a reader's eye, a page, a spreadsheet or a comment's reader.
fn inert(texts: &BTreeMap<&str, String>) {
    // The table relies on the model, which makes texts inert before they get into a report.
    for (name, text) in texts.iter().filter(|(name, _)| **name != "table") {
        for line in text.lines() {
            assert_eq!(escape(line), line, "{name}: a character that steers");
        }
    }
    let xml = &texts["junit"];
    roxmltree::Document::parse(xml).unwrap();
    assert!(!xml.contains("<script") && !xml.contains("<!") && !xml.contains("]]>"));
    for field in readers::records(&texts["csv"]).concat() {
        let first = field.trim_start_matches(|character: char| character.is_whitespace() || character == '"');
        assert!(!first.starts_with(['=', '+', '-', '@']), "{field}");
    }
    for line in outside_code(&texts["markdown"]).lines() {
        let ours = ["<details><summary>", "</details>"].iter().any(|start| line.starts_with(start));
        assert!(ours || !line.contains(['<', '&']), "{line}");
        assert!(!line.contains(['@', '[', ']', '!', '$', '~']), "{line}");
        assert!(!line.contains("://") && !line.contains("www."), "{line}");
        assert!(!line.contains('#') || line.starts_with("## ") || line.starts_with("### "), "{line}");
    }
}

/// Markdown without its code spans, found as CommonMark does: a run of back-ticks ends at the next run as long, within a
/// block; a back-tick after a backslash begins none.
fn outside_code(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let characters: Vec<char> = line.chars().collect();
        let run = |at: usize| characters[at..].iter().take_while(|character| **character == '`').count();
        let mut at = 0;
        while at < characters.len() {
            if characters[at] == '\\' {
                out.extend(characters.get(at + 1).filter(|next| !next.is_ascii_punctuation()));
                at += 2;
                continue;
            }
            let length = run(at);
            if length == 0 {
                out.push(characters[at]);
                at += 1;
                continue;
            }
            let mut end = at + length;
            while end < characters.len() && run(end) != length {
                end += run(end).max(1);
            }
            assert!(end < characters.len(), "code without an end: {line}");
            at = end + length;
        }
        out.push('\n');
    }
    out
}

#[test]
fn a_report_of_many_findings_still_fits_a_comment() {
    let mut report = sample::report();
    let one = report.assessments.iter().find(|one| one.control == "OTA-BUN-002").unwrap().clone();
    for number in 0..400 {
        let mut another = one.clone();
        another.control = format!("OTA-ZZZ-{number:03}");
        for (index, finding) in another.findings.iter_mut().enumerate() {
            finding.id = format!("{}/elf/{index}", another.control);
            finding.message = format!("{} <b> @octocat", "a long message ".repeat(40));
        }
        report.assessments.push(another);
    }
    let report = sample::around(report.assessments);
    let text = render("markdown", &report);
    assert!(text.len() < COMMENT && text.contains(" more findings, see the full report"), "{}", text.len());
    assert!(text.contains(" more controls, see the full report"));
    conserves(&report, &rendered(&report));
}

#[test]
fn statements_and_exceptions_stand_beside_their_controls() {
    let report = stated::report();
    let xml = render("junit", &report);
    assert!(xml.contains("<property name=\"OTA-GDPR-005.assurance\" value=\"attested\"/>"));
    assert!(xml.contains("type=\"excepted\" message=\"excepted: EXC-9\""));
    assert!(xml.contains("gdpr.processors of 2026-10-01, by Ada Quay, data protection officer"));
    let oscal: serde_json::Value = serde_json::from_str(&render("oscal", &report)).unwrap();
    let result = &oscal["assessment-results"]["results"][0];
    let observations = result["observations"].as_array().unwrap();
    let stated = observations
        .iter()
        .find(|one| one["title"].as_str().is_some_and(|title| title.starts_with("OTA-GDPR-005")))
        .unwrap();
    assert_eq!(stated["methods"][0], "EXAMINE");
    assert_eq!(stated["expires"], "2027-03-30T23:59:59Z");
    let accepted = result["risks"].as_array().unwrap().iter().filter(|risk| risk["status"] == "deviation-approved");
    assert_eq!(accepted.count(), report.counts.excepted);
    assert_eq!(result["attestations"].as_array().unwrap().len(), 2, "the limits, and the one statement that counts");
    let cyclonedx = render("cyclonedx", &report);
    assert!(cyclonedx.contains("statement:gdpr.processors") && !cyclonedx.contains("statement:gdpr.ropa"));
    assert!(cyclonedx.contains("\"score\": 0.5"));
}

#[test]
fn the_results_hold_the_digest_of_their_catalog() {
    let report = stated::report();
    let digest = otaudit::model::Digest::of(render("oscal-catalog", &report).as_bytes()).hex();
    assert!(render("oscal", &report).contains(&digest));
}

#[test]
fn one_audit_writes_all_formats_at_once_and_they_agree() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(format!("report.{name}"));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_otaudit"));
    command.args(["check", "tests/samples/harbour-broken", "--as-of", "2026-11-23"]);
    command.args(["--release", "tests/samples/harbour-broken/release.json"]);
    for format in FORMATS {
        command.arg("--format").arg(format!("{}={}", format.name, path(format.name).display()));
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty());
    let read = |name: &str| std::fs::read_to_string(path(name)).unwrap();
    let report: Report = serde_json::from_str(&read("json")).unwrap();
    assert!(report.gate.blocking.len() > 20);
    for (name, holds) in READERS {
        if let Holds::All(reader, expected) = holds {
            assert_eq!(reader(&read(name)), expected(&report), "{name}");
        }
    }
    // The page of the command has tables of the keys and the network, too, which the report has not.
    for format in FORMATS.iter().filter(|format| !matches!(format.name, "table" | "html")) {
        assert_eq!(read(format.name), render(format.name, &report), "{}: the same from the report alone", format.name);
    }
}
