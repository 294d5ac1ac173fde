//! OTA-BUN-003: WebAssembly modules against the list of the policy.

use crate::controls::owners::owned;
use crate::controls::support::{add_unexamined, add_unread, at, bundle_or_na, count, shown, whole};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::Facts;
use crate::facts::kind::Class;
use crate::model::Severity;

/// OTA-BUN-003.
pub static CONTROL: Control = Control {
    id: "OTA-BUN-003",
    slug: "webassembly-known",
    title: "WebAssembly is known and justified",
    requirement: "Any WebAssembly module (file or inlined base64/array) is listed in policy with purpose; a new module in an update is reviewed.",
    rationale: "WebAssembly runs inside the web view and is no native code, but nobody reads it: a module that appears in an update deserves a look.",
    remediation: "List the module hash and purpose in policy, or ship it in the store build.",
    limits: "A module without a file of its own (base64 or an array in a script) is seen as the script's use of WebAssembly only, which is noted as evidence and not held against the bundle, unless `wasm` is `deny`. Which modules are new in this update is not compared here. A module's purpose is not examined.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("APPLE", "2.3.1(a)"),
        ("APPLE", "2.5.2"),
        ("APPLE-PLA", "3.3.1(B)"),
        ("MASWE", "MASWE-0085"),
        ("NIST-800-53", "SC-18"),
        ("PLAY", "DNA-interpreted-code"),
    ],
    parameters: &[
        Parameter {
            name: "wasm",
            about: "What a module means: `review` asks for the list, `deny` forbids all, `allow` switches the control off.",
            kind: ParameterKind::Choice(&["review", "deny", "allow"]),
        },
        Parameter {
            name: "wasm_allow",
            about: "SHA-256 of modules that are known and justified, as 64 hexadecimal digits.",
            kind: ParameterKind::List(&[]),
        },
    ],
    attestations: &[],
    cases: include_str!("../../../tests/controls/bun/webassembly-known.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let mode = parameters.choice("wasm");
    if mode == "allow" {
        return Outcome::not_applicable("the policy allows WebAssembly");
    }
    let deny = mode == "deny";
    let listed = parameters.list("wasm_allow");
    let mut outcome = Outcome::default();
    add_unexamined(&mut outcome, bundle);
    add_unread(&mut outcome, bundle.all_files());
    let mut modules = 0;
    for file in bundle.all_files() {
        if let Some(script) = &file.script {
            for position in &script.webassembly {
                let location = at(&file.path, Some(*position));
                if deny {
                    let message = "this script runs WebAssembly, which the policy denies".to_owned();
                    let message = owned(facts, file, *position, message);
                    outcome.findings.push(Draft::fail("webassembly-in-script", location, message));
                } else {
                    let message = format!("`{}` runs WebAssembly", shown(&file.path));
                    outcome.saw(owned(facts, file, *position, message), Some(location));
                }
            }
        }
        if file.detection.as_ref().is_none_or(|detection| detection.kind.class != Class::WebAssembly) {
            continue;
        }
        modules += 1;
        let hash = file.sha256.map(|digest| digest.hex()).unwrap_or_default();
        if deny {
            let message = format!("this file is a WebAssembly module, which the policy denies; SHA-256 {hash}");
            outcome.findings.push(Draft::fail("module-denied", whole(file), message).key(hash));
        } else if !hash.is_empty() && listed.iter().any(|entry| entry.eq_ignore_ascii_case(&hash)) {
            let message = format!("`{}` is a WebAssembly module that the policy lists", shown(&file.path));
            outcome.saw(message, Some(whole(file)));
        } else {
            let message = format!("this file is a WebAssembly module that `wasm_allow` does not list; SHA-256 {hash}");
            let draft = Draft::manual("module-not-listed", whole(file), message).severity(Severity::Medium);
            outcome.findings.push(draft.key(hash));
        }
    }
    let files = count(bundle.all_files().count(), "file", "files");
    outcome.saw(format!("{files}, of them {}", count(modules, "WebAssembly module", "WebAssembly modules")), None);
    outcome
}
