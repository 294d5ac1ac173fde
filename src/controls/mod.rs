//! Floor 3, the catalog: one file is one control, a static value that describes itself and is assessed by one
//! pure function from facts and parameters.

mod apple;
mod automation;
mod bundle;
mod ccpa;
mod changed;
mod configured;
mod cra;
mod encryption;
mod gdpr;
mod governance;
mod incidents;
mod integrity;
mod keys;
mod monitoring;
mod network;
mod outcome;
mod owners;
mod parameters;
mod peculiar;
mod play;
mod plugins_fit;
mod privacy_link;
mod references;
mod release;
mod rollback;
mod rolled;
mod signals;
mod signature;
mod stated;
mod support;
mod transport;
mod updates;
mod vendors;
mod verified;
mod web;

pub use outcome::{Draft, Outcome};
pub use parameters::{Parameter, ParameterKind, ParameterValue, Parameters};
pub use rollback::channel;
pub use stated::{SWITCHES, Switch, assess, switch_of};

use crate::facts::Facts;
use crate::model::Severity;

/// One requirement that can be assessed. No field may be left out.
#[derive(Debug)]
pub struct Control {
    /// `OTA-<AREA>-<NNN>`.
    pub id: &'static str,
    /// The file's name, in kebab case.
    pub slug: &'static str,
    /// A short sentence without a full stop.
    pub title: &'static str,
    /// What is required, in plain language.
    pub requirement: &'static str,
    /// Why it is required.
    pub rationale: &'static str,
    /// What to do when it does not pass.
    pub remediation: &'static str,
    /// What this check can't see, and where it departs from the letter of its sources.
    pub limits: &'static str,
    /// How grave a violation is, unless a finding says otherwise.
    pub severity: Severity,
    /// How far files can decide it.
    pub automation: Automation,
    /// Whether an exception may accept its findings.
    pub waivable: bool,
    /// The clauses it answers: framework id and clause id, sorted.
    pub mappings: &'static [(&'static str, &'static str)],
    /// What a policy may set.
    pub parameters: &'static [Parameter],
    /// The keys of the statements it accepts.
    pub attestations: &'static [&'static str],
    /// Its cases, which are also the examples of its documentation.
    pub cases: &'static str,
    /// From facts and parameters to what was seen.
    pub assess: fn(&Facts, &Parameters) -> Outcome,
}

impl Control {
    /// The area in the id, such as `BUN`.
    #[must_use]
    pub fn area(&self) -> &'static str {
        self.id.split('-').nth(1).unwrap_or_default()
    }
}

/// How far files can decide a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Automation {
    /// From files alone.
    Automated,
    /// Files give strong signals; a person or a statement completes them.
    Partial,
    /// From a statement of the organisation alone.
    Attestation,
}

impl Automation {
    /// The lower-case word used in the catalog.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Automated => "automated",
            Self::Partial => "partial",
            Self::Attestation => "attestation",
        }
    }
}

/// The controls that judge the audit itself: they are assessed after all others, from what those came to
/// ([`crate::facts::roll_up::RollUp`]).
pub const ROLL_UPS: [&str; 4] = ["OTA-CCPA-007", "OTA-GDPR-007", "OTA-GOV-002", "OTA-GOV-003"];

/// All controls, sorted by id.
pub static CATALOG: &[&Control] = &[
    &apple::web_layer_only::CONTROL,
    &apple::purpose_unchanged::CONTROL,
    &apple::remote_features::CONTROL,
    &apple::no_code_store::CONTROL,
    &apple::purchases::CONTROL,
    &apple::first_launch::CONTROL,
    &apple::release_notes::CONTROL,
    &apple::webkit_only::CONTROL,
    &apple::privacy_manifest::CONTROL,
    &apple::tracking_domains::CONTROL,
    &apple::tracking_prompt::CONTROL,
    &apple::uses_declared::CONTROL,
    &apple::sdk_manifests::CONTROL,
    &apple::export_compliance::CONTROL,
    &bundle::web_asset_types::CONTROL,
    &bundle::no_native_code::CONTROL,
    &bundle::webassembly_known::CONTROL,
    &bundle::no_foreign_scripts::CONTROL,
    &bundle::archive_structure::CONTROL,
    &bundle::bounded_size::CONTROL,
    &bundle::no_build_leftovers::CONTROL,
    &bundle::entry_points::CONTROL,
    &ccpa::scope_decided::CONTROL,
    &ccpa::policy_current::CONTROL,
    &ccpa::opt_out::CONTROL,
    &ccpa::preference_signal::CONTROL,
    &ccpa::sensitive_data::CONTROL,
    &ccpa::vendor_contracts::CONTROL,
    &ccpa::reasonable_security::CONTROL,
    &ccpa::assessment_duties::CONTROL,
    &ccpa::consent_interface::CONTROL,
    &cra::support_period::CONTROL,
    &cra::bill_of_materials::CONTROL,
    &cra::automatic_updates::CONTROL,
    &cra::security_releases::CONTROL,
    &cra::vulnerability_reports::CONTROL,
    &cra::archive::CONTROL,
    &encryption::confidentiality_decided::CONTROL,
    &encryption::content_cipher::CONTROL,
    &encryption::fresh_session_key::CONTROL,
    &encryption::key_exchange_stated::CONTROL,
    &encryption::stored_bundles::CONTROL,
    &gdpr::processing_record::CONTROL,
    &gdpr::legal_basis::CONTROL,
    &gdpr::minimal_requests::CONTROL,
    &gdpr::privacy_notice::CONTROL,
    &gdpr::processors::CONTROL,
    &gdpr::transfers::CONTROL,
    &gdpr::security_measures::CONTROL,
    &gdpr::breach_procedure::CONTROL,
    &gdpr::impact_assessment::CONTROL,
    &gdpr::retention::CONTROL,
    &gdpr::rights::CONTROL,
    &gdpr::privacy_review::CONTROL,
    &governance::audit_cadence::CONTROL,
    &governance::exceptions_owned::CONTROL,
    &governance::reproducible_evidence::CONTROL,
    &governance::plugin_assessed::CONTROL,
    &integrity::published_hash::CONTROL,
    &integrity::hash_algorithm::CONTROL,
    &integrity::hash_authenticated::CONTROL,
    &integrity::file_manifest::CONTROL,
    &integrity::provenance::CONTROL,
    &integrity::checked_in_ci::CONTROL,
    &integrity::drift_explained::CONTROL,
    &incidents::alerting::CONTROL,
    &incidents::containment::CONTROL,
    &incidents::root_causes::CONTROL,
    &incidents::recovery::CONTROL,
    &incidents::response_plan::CONTROL,
    &keys::no_private_key::CONTROL,
    &keys::registered_key::CONTROL,
    &keys::signing_key_age::CONTROL,
    &keys::rotation_schedule::CONTROL,
    &keys::custody::CONTROL,
    &keys::compromise_plan::CONTROL,
    &keys::overlap::CONTROL,
    &keys::one_purpose::CONTROL,
    &monitoring::update_metrics::CONTROL,
    &monitoring::backend_logs::CONTROL,
    &monitoring::behaviour::CONTROL,
    &network::https_endpoints::CONTROL,
    &network::tls_version::CONTROL,
    &network::pinning::CONTROL,
    &network::no_trust_weakening::CONTROL,
    &network::local_origin::CONTROL,
    &network::client_authorisation::CONTROL,
    &network::debug_off::CONTROL,
    &play::webview_only::CONTROL,
    &play::data_in_transit::CONTROL,
    &play::integrity_check::CONTROL,
    &play::runtime_code::CONTROL,
    &play::target_api::CONTROL,
    &play::data_safety::CONTROL,
    &play::minimal_permissions::CONTROL,
    &play::no_hidden_behaviour::CONTROL,
    &rollback::monotonic_version::CONTROL,
    &rollback::security_floor::CONTROL,
    &rollback::expiry::CONTROL,
    &rollback::native_runtime::CONTROL,
    &rollback::automatic_rollback::CONTROL,
    &rollback::channels::CONTROL,
    &release::scoped_tokens::CONTROL,
    &release::phased_rollout::CONTROL,
    &release::approved_change::CONTROL,
    &release::hardened_pipeline::CONTROL,
    &signature::bundle_signed::CONTROL,
    &signature::signature_verifies::CONTROL,
    &signature::signature_algorithm::CONTROL,
    &signature::signed_metadata::CONTROL,
    &signature::signer_known::CONTROL,
    &signature::dual_control::CONTROL,
    &signature::no_bypass::CONTROL,
    &web::no_remote_code::CONTROL,
    &web::no_dynamic_code::CONTROL,
    &web::content_policy::CONTROL,
    &web::no_secrets::CONTROL,
    &web::no_known_vulnerabilities::CONTROL,
    &web::payment_scripts::CONTROL,
    &web::bridge_exposure::CONTROL,
];

/// The control with this id, in either case, with or without the leading `OTA-`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Control> {
    let id = id.to_ascii_uppercase();
    CATALOG.iter().copied().find(|control| control.id == id || control.id.strip_prefix("OTA-") == Some(&id))
}
