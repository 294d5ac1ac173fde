//! What each statement does to the controls that files answer in part.

use super::said;
use crate::controls::Draft;
use crate::facts::attestations::{Entry, Statement, days};

/// What one statement does to one control.
pub(super) enum Take {
    /// Sets a choice that the policy left as it is.
    Choice(&'static str, fn(&Entry) -> Option<String>),
    /// Adds to a list.
    List(&'static str, fn(&Statement) -> Vec<String>),
    /// Answers findings of these rules, where the function says so.
    Settles(&'static [&'static str], fn(&Statement, &Draft) -> bool),
    /// Says itself that a criterion is violated: the rule, and the message.
    Fails(&'static str, fn(&Entry) -> Option<String>),
}

use Take::{Choice, Fails, List, Settles};

/// Control, key, and what the statement does.
pub(super) static TAKES: &[(&str, &str, &[Take])] = &[
    (
        "OTA-APPLE-002",
        "release.change_class",
        &[
            Choice("change_class", |entry| word(entry, "class")),
            List("review_reference", |statement| texts(statement, "review_reference")),
        ],
    ),
    ("OTA-APPLE-003", "release.feature_flags", &[Choice("flags", |entry| word(entry, "flags"))]),
    ("OTA-APPLE-004", "apple.mini_apps", &[Choice("mini_apps", |entry| word(entry, "mini_apps"))]),
    ("OTA-APPLE-005", "apple.sells_digital_goods", &[Choice("card_payments", |entry| word(entry, "card_payments"))]),
    ("OTA-APPLE-006", "apple.first_launch_prompt", &[Choice("first_launch_prompt", |entry| word(entry, "prompt"))]),
    (
        "OTA-APPLE-007",
        "release.notes",
        &[Choice("release_notes", |entry| (entry.has("text") || entry.has("url")).then(|| "written".to_owned()))],
    ),
    ("OTA-CCPA-003", "ccpa.opt_out", &[Choice("opt_out", |entry| word(entry, "opt_out"))]),
    ("OTA-CCPA-004", "ccpa.gpc_test", &[Choice("gpc_test", |entry| word(entry, "result"))]),
    ("OTA-CCPA-005", "ccpa.spi_uses", &[List("stated_uses", |statement| lists(statement, "uses"))]),
    ("OTA-ENC-001", "bundle.confidentiality", &[Choice("confidentiality", |entry| word(entry, "level"))]),
    ("OTA-ENC-004", "encryption.scheme_statement", &[Choice("scheme_statement", |entry| word(entry, "scheme"))]),
    (
        "OTA-GDPR-006",
        "vendors",
        &[
            List("covered_hosts", |statement| vendor_hosts(statement, |transfer| transfer != "none")),
            List("uncovered_hosts", |statement| vendor_hosts(statement, |transfer| transfer == "none")),
        ],
    ),
    ("OTA-GDPR-009", "gdpr.dpia", &[Choice("screening", |entry| word(entry, "screening"))]),
    ("OTA-GDPR-012", "release.privacy_review", &[Choice("review", |entry| word(entry, "review"))]),
    (
        "OTA-INT-005",
        "release.provenance",
        &[Settles(&["no-provenance", "not-verified"], |statement, _| truth(statement, "verified") == Some(true))],
    ),
    (
        "OTA-INT-006",
        "ci.integrity_gate",
        &[
            Settles(&["no-upload-seen", "check-elsewhere", "key-not-named"], |statement, _| {
                truth(statement, "enforced") == Some(true)
            }),
            Fails("gate-not-enforced", |entry| {
                (entry.truth("enforced") == Some(false)).then(|| {
                    "it is stated that the pipeline does not stop before the upload of a bundle that fails".to_owned()
                })
            }),
        ],
    ),
    (
        "OTA-KEY-003",
        "keys.rotation_log",
        &[Settles(&["no-date", "lower-bound"], |statement, draft| rotated(statement, draft, 365))],
    ),
    (
        "OTA-KEY-004",
        "keys.rotation_log",
        &[Settles(&["no-date", "lower-bound", "token-without-date"], |statement, draft| rotated(statement, draft, 90))],
    ),
    (
        "OTA-KEY-005",
        "keys.storage_class",
        &[
            Settles(&["custody-unknown"], |statement, _| {
                first(statement, "custody").is_some_and(|custody| matches!(custody.as_str(), "hsm" | "kms"))
            }),
            Fails("kept-in-file", |entry| {
                (entry.text("custody") == Some("file"))
                    .then(|| "it is stated that the private halves of the signing keys are kept in files".to_owned())
            }),
        ],
    ),
    (
        "OTA-KEY-005",
        "keys.generation",
        &[Fails("not-generated", |entry| {
            (entry.truth("approved_generator") == Some(false))
                .then(|| "it is stated that the signing keys come from no approved generator".to_owned())
        })],
    ),
    ("OTA-KEY-006", "keys.compromise_plan", &[Choice("compromise_plan", |entry| word(entry, "plan"))]),
    ("OTA-KEY-007", "keys.transition_plan", &[Choice("transition_plan", |entry| word(entry, "plan"))]),
    ("OTA-NET-002", "tls.scan", &[List("tls_scans", |statement| lists(statement, "scans"))]),
    (
        "OTA-NET-003",
        "tls.pin_owner",
        &[Fails("no-backup-key", |entry| {
            (entry.truth("backup_key_kept") == Some(false))
                .then(|| "it is stated that no key is kept behind the backup pin".to_owned())
        })],
    ),
    (
        "OTA-NET-006",
        "server.client_auth",
        &[
            Choice("client_auth", |entry| word(entry, "mode")),
            List("client_auth_decided", |statement| vec![statement.date.to_string()]),
        ],
    ),
    ("OTA-PLAY-006", "play.data_safety", &[List("declared_types", |statement| lists(statement, "declared_types"))]),
    (
        "OTA-RBK-001",
        "release.rollback_reason",
        &[Settles(&["lower-version", "lower-than-ledger", "bundle-goes-back", "under-native"], |statement, _| {
            statement.value.first().is_some_and(|entry| entry.has("reason") && entry.has("approver"))
        })],
    ),
    (
        "OTA-RBK-002",
        "channel.downgrade_protection",
        &[
            Settles(&["protection-not-seen"], |statement, _| truth(statement, "enforced") == Some(true)),
            Fails("not-enforced", |entry| {
                (entry.truth("enforced") == Some(false))
                    .then(|| "it is stated that the server keeps no bundle below the floor from devices".to_owned())
            }),
        ],
    ),
    (
        "OTA-RBK-006",
        "channel.settings",
        &[
            Settles(&["no-channel", "channel-unknown", "channel-name-unknown", "unknown-channels"], |statement, _| {
                first(statement, "production_channel").is_some()
            }),
            Settles(&["users-may-switch", "scripts-may-switch"], |statement, _| {
                truth(statement, "devices_may_choose") == Some(false)
            }),
        ],
    ),
    (
        "OTA-REL-001",
        "ci.tokens",
        &[
            Choice("token_scope", |entry| word(entry, "scope")),
            Settles(&["no-upload-seen"], |statement, _| {
                first(statement, "scope").as_deref() == Some("scoped-expiring")
            }),
        ],
    ),
    (
        "OTA-REL-002",
        "release.rollout",
        &[
            Choice("stop_switch", |entry| word(entry, "stop_switch")),
            Settles(&["share-unknown"], |statement, _| {
                statement.value.first().and_then(|entry| entry.number("percentage")).is_some_and(|share| share <= 20)
            }),
        ],
    ),
    (
        "OTA-REL-003",
        "release.approval",
        &[Choice("change_approval", |entry| {
            let (approver, author) = (entry.text("approver")?, entry.text("author")?);
            let same = approver.trim().to_lowercase() == author.trim().to_lowercase();
            Some(if same { "none" } else { "second-person" }.to_owned())
        })],
    ),
    (
        "OTA-SIG-005",
        "release.build_record",
        &[List("known_keys", |statement| {
            let entry = statement.value.first();
            let found = entry.and_then(|entry| Some((entry.sha256("signer_key_sha256")?, entry.text("signer")?)));
            found.map(|(key, signer)| format!("{key} {}", said(signer))).into_iter().collect()
        })],
    ),
    ("OTA-SIG-006", "signing.dual_control", &[Choice("dual_control", |entry| word(entry, "mode"))]),
    (
        "OTA-WEB-005",
        "vuln.scan",
        &[
            Settles(&["stale-table", "unknown-version"], |statement, _| {
                statement.value.first().and_then(|entry| entry.number("open_high")) == Some(0)
            }),
            Fails("scan-findings", |entry| {
                let open = entry.number("open_high").filter(|open| *open > 0)?;
                Some(format!("the stated scan has {open} open vulnerabilities of severity high or critical"))
            }),
        ],
    ),
    (
        "OTA-WEB-006",
        "pci.script_inventory",
        &[
            Choice("payment", |entry| word(entry, "payment")),
            List("script_inventory", |statement| lists(statement, "scripts")),
        ],
    ),
];

fn word(entry: &Entry, field: &str) -> Option<String> {
    entry.text(field).map(str::to_owned)
}

fn first(statement: &Statement, field: &str) -> Option<String> {
    word(statement.value.first()?, field)
}

fn truth(statement: &Statement, field: &str) -> Option<bool> {
    statement.value.first()?.truth(field)
}

fn texts(statement: &Statement, field: &str) -> Vec<String> {
    statement.value.entries.iter().filter_map(|entry| word(entry, field)).collect()
}

fn lists(statement: &Statement, field: &str) -> Vec<String> {
    statement.value.entries.iter().flat_map(|entry| entry.texts(field)).cloned().collect()
}

fn vendor_hosts(statement: &Statement, wanted: fn(&str) -> bool) -> Vec<String> {
    let entries = statement.value.entries.iter().filter(|entry| entry.text("transfer").is_some_and(wanted));
    entries.flat_map(|entry| entry.texts("hosts")).cloned().collect()
}

/// Whether the log says that the key which the finding names was changed within so many days.
fn rotated(statement: &Statement, draft: &Draft, most: i64) -> bool {
    statement.value.entries.iter().any(|entry| {
        let named = entry.text("key").is_some_and(|key| draft.message.contains(&format!("`{}`", said(key))));
        let age = entry.date("rotated").map(|date| days(date, statement.date));
        named && age.is_some_and(|age| (0..=most).contains(&age))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::{CATALOG, ParameterKind};
    use crate::facts::attestations::{key, keys};

    #[test]
    fn every_row_names_what_is_there() {
        for (id, name, takes) in TAKES {
            let control = CATALOG.iter().find(|control| control.id == *id).unwrap_or_else(|| panic!("no {id}"));
            assert!(control.attestations.contains(name), "{id} does not say that it accepts {name}");
            assert!(key(name).is_some(), "{name}");
            for take in *takes {
                let (Choice(parameter, _) | List(parameter, _)) = take else { continue };
                let known = control.parameters.iter().find(|one| one.name == *parameter);
                let known = known.unwrap_or_else(|| panic!("{id} has no {parameter}"));
                assert_eq!(matches!(take, List(..)), matches!(known.kind, ParameterKind::List(_)), "{id} {parameter}");
            }
        }
    }

    #[test]
    fn every_key_is_asked_by_a_control_and_every_control_s_keys_are_known() {
        let switches: Vec<&str> = super::super::SWITCHES.iter().map(|switch| switch.key).collect();
        for one in keys() {
            let asked = CATALOG.iter().any(|control| control.attestations.contains(&one.name.as_str()));
            assert!(asked || switches.contains(&one.name.as_str()), "no control asks for {}", one.name);
        }
        for control in CATALOG {
            for name in control.attestations {
                assert!(key(name).is_some(), "{} asks for {name}", control.id);
            }
        }
    }
}
