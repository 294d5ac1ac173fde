//! OTA-REL-001: with which tokens the pipeline publishes, and where they are kept.

use std::collections::BTreeSet;

use crate::controls::automation::{add_unread, app_with_updates, at, uploads};
use crate::controls::support::{count, shown};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::automation::{AutomationFile, LeakKind, TokenUse, ValueSource};
use crate::facts::secrets::Standing;
use crate::facts::{AppFacts, Facts};
use crate::model::{Confidence, Location, Root, Severity};

/// OTA-REL-001.
pub static CONTROL: Control = Control {
    id: "OTA-REL-001",
    slug: "scoped-tokens",
    title: "Deployment is authenticated with scoped, expiring tokens",
    requirement: "CI uses OIDC or scoped tokens from the secret store, never plain text; token age in policy.",
    rationale: "Who has the token of the update system gives every device what he likes, where nothing is signed; and what stands in a repository is copied with it.",
    remediation: "Use OIDC.",
    limits: "The CI files, scripts and `package.json` of the app's folder are read: tokens that are given to command lines of update systems by option or variable, and secrets of known providers anywhere in these files. Comments are left out. A variable that the file does not set is taken for one of the CI system's store. A short literal, or one that looks like a placeholder, is manual. What a token may do and when it ends only its issuer knows, so with clean files this is manual until the policy states it with `token_scope`, or `ci.tokens` is stated. How old tokens are is OTA-KEY-004's. The history of the repository is not searched.",
    severity: Severity::High,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("CCPA-REG", "7123(c)(14)"),
        ("CRA", "AnnexI.I.2(d)"),
        ("CWE", "CWE-798"),
        ("NIST-800-53", "AC-6"),
        ("NIST-800-53", "CM-5"),
        ("NIST-800-53", "IA-5"),
        ("NIST-SSDF", "PS.1"),
        ("SOC2", "CC6.1"),
        ("SOC2", "CC6.3"),
        ("TUF", "key-compromise"),
    ],
    parameters: &[Parameter {
        name: "token_scope",
        about: "what the organisation states of the tokens that publish: `scoped-expiring` ones may only publish this app and end",
        kind: ParameterKind::Choice(&["unstated", "scoped-expiring", "unlimited"]),
    }],
    attestations: &["ci.tokens"],
    cases: include_str!("../../../tests/controls/rel/scoped-tokens.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let app = match app_with_updates(facts) {
        Ok(app) => app,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    add_unread(&mut outcome, app);
    for file in &app.automation.files {
        of_file(&mut outcome, file);
    }
    let place = place(app);
    match parameters.choice("token_scope") {
        "scoped-expiring" => {
            outcome.attested = true;
            outcome.saw("it is stated that the tokens that publish are limited to it and end", None);
        }
        "unlimited" => {
            let message = "it is stated that the tokens that publish are not limited or don't end";
            outcome.findings.push(Draft::fail("unlimited-tokens", place, message));
        }
        _ if app.automation.files.iter().all(|file| file.tokens.is_empty()) && uploads(app).next().is_none() => {
            let message = "no CI file or script here publishes updates, so with which tokens it is done is not seen: look at the pipeline, or state `ci.tokens`";
            outcome.findings.push(Draft::manual("no-upload-seen", place, message).severity(Severity::Medium));
        }
        _ => {
            let message = "what the tokens that publish may do and when they end no file shows: look at them where they were issued, or state `ci.tokens`";
            outcome.findings.push(Draft::manual("scope-unknown", place, message).severity(Severity::Medium));
        }
    }
    outcome
}

/// The first upload, else the app.
fn place(app: &AppFacts) -> Location {
    uploads(app).next().map_or_else(|| Location::file(Root::App, ""), |(file, upload)| at(file, upload.position))
}

fn of_file(outcome: &mut Outcome, file: &AutomationFile) {
    let mut lines = BTreeSet::new();
    for token in &file.tokens {
        lines.insert(token.value.position.line);
        let (name, place) = (shown(&token.name), at(file, token.value.position));
        match &token.value.source {
            ValueSource::SecretStore { name: secret } => {
                outcome.saw(format!("`{name}` comes from the secret store, `{}`", shown(secret)), Some(place));
            }
            ValueSource::Variable { name: variable } => {
                outcome.saw(format!("`{name}` comes from the variable `{}`", shown(variable)), Some(place));
            }
            ValueSource::Literal { text } => outcome.findings.push(literal(token, text, place)),
            ValueSource::Computed => {
                let message = format!("`{name}` is put together from parts: look that no token stands there");
                outcome.findings.push(Draft::manual("token-computed", place, message).key(name));
            }
        }
    }
    for one in file.literals.iter().filter(|one| !lines.contains(&one.position.line)) {
        let place = at(file, one.position);
        let message =
            format!("a secret of {} stands in `{}` ({})", one.secret.provider, shown(&file.path), one.secret.rule);
        outcome.findings.push(match one.secret.standing {
            Standing::Secret => Draft::fail("secret-in-file", place, message).key(one.secret.rule),
            Standing::Weak | Standing::Publishable => {
                let message = format!("{message}; whether it is one a person has to look");
                Draft::manual("maybe-secret", place, message).confidence(Confidence::Possible).key(one.secret.rule)
            }
        });
    }
    for leak in file.leaks.iter().filter(|leak| leak.kind == LeakKind::Log) {
        let message = format!(
            "the secret `{}` is written to the log, where the CI system hides it only as long as it is not changed",
            shown(&leak.name)
        );
        let draft = Draft::manual("secret-in-log", at(file, leak.position), message).severity(Severity::Medium);
        outcome.findings.push(draft.key(shown(&leak.name)));
    }
    if !file.publishes.is_empty() {
        let number = count(file.publishes.len(), "command", "commands");
        let message = format!("`{}` was searched for tokens, it has {number} for updates", shown(&file.path));
        outcome.saw(message, Some(Location::file(Root::App, &file.path)));
    }
}

/// A token that stands in the file; only its begin, end and length are known here.
fn literal(token: &TokenUse, text: &str, place: Location) -> Draft {
    const SHORT: usize = 16;
    const PLACEHOLDERS: [&str; 7] = ["<", "your", "xxx", "***", "...", "todo", "repl"];
    let name = shown(&token.name);
    let length = text.rsplit_once('(').and_then(|(_, rest)| rest.split(' ').next()?.parse::<usize>().ok());
    let lower = text.to_ascii_lowercase();
    let placeholder = PLACEHOLDERS.iter().any(|begin| lower.starts_with(begin));
    if placeholder || length.is_some_and(|length| length < SHORT) {
        let message = format!("`{name}` is given a text that may be a placeholder or a token, {}", shown(text));
        return Draft::manual("short-literal", place, message).confidence(Confidence::Possible).key(name);
    }
    Draft::fail("token-in-file", place, format!("the token of `{name}` stands here in plain text, {}", shown(text)))
        .key(name)
}
