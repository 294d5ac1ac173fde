//! A report with everything in it: all verdicts, exceptions of all states, and the names hostile bundles have.
#![allow(dead_code, reason = "not every test crate uses all of it")]

mod around;

pub use around::around;

use otaudit::model::{
    Assessment, Assurance, Confidence, Digest, Evidence, Finding, Location, Mapping, Position, Report, Root, Severity,
    Verdict, escape, printable,
};

/// What a hostile bundle would like to print: a colour, a cleared screen, a reversed name, a page, a link.
pub const HOSTILE: &str = "\u{1b}[2J\u{1b}[31mPASSED\u{1b}[0m\r\n\u{202e}gpj.exe\u{2066} <script>alert(1)</script> [x](javascript:alert(1)) \u{9b}1m";

fn finding(control: &str, rule: &str, number: usize, severity: Severity, location: Location, message: &str) -> Finding {
    let id = if number == 1 { format!("{control}/{rule}") } else { format!("{control}/{rule}/{number}") };
    let fingerprint = Digest::of_parts([id.as_str(), &location.path]).hex().chars().take(32).collect();
    Finding {
        id,
        rule: rule.to_owned(),
        fingerprint,
        verdict: Verdict::Fail,
        message: escape(message),
        severity,
        confidence: Confidence::Certain,
        location,
        excerpt: None,
        exception: None,
    }
}

fn at(path: &str, line: u32, column: u32) -> Location {
    Location::at(Root::Bundle, path, Position { line, column })
}

fn file(path: &str) -> Location {
    Location::file(Root::Bundle, path)
}

fn assessment(control: &str, title: &str, severity: Severity, verdict: Verdict) -> Assessment {
    let assurance = match verdict {
        Verdict::Attested => Assurance::Attested,
        Verdict::Manual | Verdict::Indeterminate | Verdict::NotApplicable => Assurance::Inferred,
        Verdict::Pass | Verdict::Fail => Assurance::Verified,
    };
    Assessment {
        control: control.to_owned(),
        title: title.to_owned(),
        requirement: "The update does what the reviewed app promised, and nothing else.".to_owned(),
        severity,
        verdict,
        assurance,
        reason: None,
        evidence: Vec::new(),
        findings: Vec::new(),
        mappings: Vec::new(),
        remediation: "Remove it from the build and make the bundle again.".to_owned(),
        exception: None,
    }
}

fn mapping(framework: &str, clause: &str) -> Mapping {
    Mapping { framework: framework.to_owned(), clause: clause.to_owned() }
}

fn native_code() -> Assessment {
    let control = "OTA-BUN-002";
    let mut out = assessment(control, "No native executable code in the bundle", Severity::Critical, Verdict::Fail);
    "An update carries web assets only. Code that the processor runs directly was never reviewed by \
                       the store, and both stores forbid it."
        .clone_into(&mut out.requirement);
    "Ship native code with a new version of the app through the store; leave `*.so`, `*.dylib` and \
                       `*.wasm` loaders out of `webDir`."
        .clone_into(&mut out.remediation);
    out.mappings = vec![mapping("APPLE", "2.5.2"), mapping("APPLE", "3.3.1(B)"), mapping("MASVS", "MASVS-CODE-4")];
    let elf = "this file is an ELF shared object for aarch64";
    out.findings = vec![
        finding(control, "elf", 1, Severity::Critical, file("lib/arm64-v8a/libhook.so"), elf),
        finding(control, "elf", 2, Severity::Critical, file("../../../data/app/\u{202e}os.bil"), elf),
        finding(control, "elf", 3, Severity::Critical, file(&format!("{}.so", "assets/deeply/".repeat(30))), elf),
    ];
    out
}

fn remote_code() -> Assessment {
    let control = "OTA-BUN-004";
    let mut out = assessment(control, "No code is fetched and run after the update", Severity::High, Verdict::Fail);
    out.mappings = vec![mapping("APPLE", "2.5.2"), mapping("GDPR", "32(1)(b)"), mapping("NOT-LISTED", "7")];
    let remote = at("index.html", 12, 5);
    out.findings.push(finding(
        control,
        "remote-script",
        1,
        Severity::High,
        remote,
        "a script is loaded from another host",
    ));
    let eval = at("assets/index-4f2a91c0.js", 1, 48_213);
    out.findings.push(finding(
        control,
        "eval",
        1,
        Severity::Medium,
        eval,
        "`eval` runs text that comes from the network",
    ));
    let accepted = at("assets/vendor.js", 88, 17);
    out.findings.push(finding(control, "eval", 2, Severity::High, accepted, "`new Function` compiles a template"));
    let [first, second, third] = out.findings.as_mut_slice() else { return out };
    first.excerpt = Some(printable("<script src=\"https://cdn.example.net/analytics.js\"></script>", 200));
    second.excerpt = Some(printable(&format!("…{}eval(t.responseText){}", "a=b,".repeat(16), ";c()".repeat(40)), 200));
    second.confidence = Confidence::Likely;
    third.exception = Some("EXC-7".to_owned());
    out
}

fn names() -> Assessment {
    let control = "OTA-BUN-006";
    let mut out = assessment(control, "Names of files are safe on every device", Severity::Medium, Verdict::Fail);
    let odd = [
        "/etc/passwd",
        "..\\..\\windows.js",
        "javascript:alert(1)",
        "http://x/y.js",
        "a/./b//c",
        "%2E%2E/x",
        "αρχεία/κώδικας.js",
        "ملفات/تطبيق.js",
        "更新/应用程序.js",
        "img/👩‍👩‍👧.png",
        "<img src=x onerror=alert(1)>.html",
        HOSTILE,
    ];
    let repeated = (0..18).map(|number| format!("assets/con{number}.js"));
    let all = odd.iter().map(|name| (*name).to_owned()).chain(repeated);
    out.findings = all
        .enumerate()
        .map(|(index, name)| {
            let message = format!("the name `{name}` is not portable");
            finding(control, "name", index + 1, Severity::Medium, file(&name), &message)
        })
        .collect();
    out
}

fn others() -> Vec<Assessment> {
    let mut accepted = assessment("OTA-BUN-009", "No source maps are published", Severity::Low, Verdict::Fail);
    accepted.exception = Some("EXC-9".to_owned());
    let mut map =
        finding("OTA-BUN-009", "map", 1, Severity::Low, file("assets/index.js.map"), "a source map is shipped");
    map.exception = Some("EXC-9".to_owned());
    accepted.findings = vec![map];

    let mut broken = assessment("OTA-BUN-011", "All scripts can be read", Severity::High, Verdict::Indeterminate);
    let message = "this script does not parse: unexpected token `}`";
    let mut cut = finding("OTA-BUN-011", "unparsed", 1, Severity::High, at("assets/cut.js", 3, 9), message);
    cut.verdict = Verdict::Indeterminate;
    cut.excerpt = Some(printable(HOSTILE, 200));
    broken.findings = vec![cut];

    let mut basis = assessment("OTA-GDPR-002", "The lawful basis is stated", Severity::Medium, Verdict::Manual);
    basis.mappings = vec![mapping("GDPR", "6(1)")];
    let place = Location::file(Root::App, "");
    let message = "no statement `gdpr.lawful-basis` was supplied";
    let mut missing = finding("OTA-GDPR-002", "missing", 1, Severity::Medium, place, message);
    missing.verdict = Verdict::Manual;
    missing.confidence = Confidence::Possible;
    basis.findings = vec![missing];

    let mut server = assessment("OTA-CFG-003", "Cleartext traffic is off", Severity::High, Verdict::Fail);
    let place = Location::at(Root::App, "capacitor.config.ts", Position { line: 14, column: 5 });
    let mut cleartext = finding("OTA-CFG-003", "cleartext", 1, Severity::Medium, place, "`cleartext` is `true`");
    cleartext.excerpt = Some("cleartext: true,".to_owned());
    server.findings = vec![cleartext];

    let mut attested = assessment("OTA-GDPR-005", "Processors are under contract", Severity::Medium, Verdict::Attested);
    attested.evidence =
        vec![Evidence { message: "statement `gdpr.processors` of 2026-10-01".to_owned(), location: None }];
    let mut twice = assessment("OTA-CRA-001", "Vulnerabilities are handled", Severity::Medium, Verdict::NotApplicable);
    twice.reason = Some("the product is outside the CRA's scope".to_owned());
    let mut again = assessment("OTA-CRA-002", "Updates are announced", Severity::Low, Verdict::NotApplicable);
    again.reason.clone_from(&twice.reason);
    let mut keys = assessment("OTA-SIG-004", "Session keys are rotated", Severity::High, Verdict::NotApplicable);
    keys.reason = Some("the update system has no session keys".to_owned());
    vec![accepted, broken, basis, server, attested, twice, again, keys]
}

fn passes() -> Vec<Assessment> {
    let titles = ["The archive is sound", "No debug code is left", "No secret is in the bundle", "Hosts are declared"];
    let mut all: Vec<Assessment> = titles
        .iter()
        .zip(["OTA-BUN-001", "OTA-BUN-003", "OTA-SEC-001", "OTA-NET-001"])
        .map(|(title, control)| assessment(control, title, Severity::High, Verdict::Pass))
        .collect();
    let evidence = |message: &str, location| Evidence { message: message.to_owned(), location };
    if let Some(first) = all.first_mut() {
        first.evidence = vec![
            evidence("371 entries, all with matching checksums", None),
            evidence("the first page", Some(at("index.html", 1, 1))),
            evidence("the first page", Some(at("index.html", 1, 1))),
        ];
    }
    all
}

/// The rich report, which fails.
pub fn report() -> Report {
    let mut all = vec![native_code(), remote_code(), names()];
    all.extend(others());
    all.extend(passes());
    around(all)
}

/// A report in which all is well.
pub fn clean() -> Report {
    let mut report = around(passes());
    report.exceptions.clear();
    report.settings.deviations.clear();
    report.completeness.not_examined.clear();
    report.completeness.files_parsed = 371;
    report.completeness.files_not_parsed = 0;
    report
}
