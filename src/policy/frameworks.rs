//! The frameworks whose clauses controls answer: ids, titles and dates, embedded from `policies/frameworks`.

use std::sync::LazyLock;

use serde::Deserialize;

/// An outside text: a law, a store's rules, a standard.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// `otaudit/framework/v1`.
    pub schema: String,
    /// Its id, such as `GDPR`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The version or date that was read.
    pub version: String,
    /// The group it is listed under.
    pub group: String,
    /// The day it was read.
    pub read: String,
    /// Its clauses in the order of the file.
    pub clauses: Vec<Clause>,
}

/// One clause of a framework.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its id, such as `32(1)(b)`.
    pub id: String,
    /// Its subject in a few words.
    pub title: String,
    /// How sure its wording is: `verified`, `secondary` or `memory`.
    pub basis: String,
}

/// The embedded files.
const FILES: [&str; 27] = [
    include_str!("../../policies/frameworks/apple-pla.yaml"),
    include_str!("../../policies/frameworks/apple-priv.yaml"),
    include_str!("../../policies/frameworks/apple.yaml"),
    include_str!("../../policies/frameworks/ccpa-reg.yaml"),
    include_str!("../../policies/frameworks/ccpa.yaml"),
    include_str!("../../policies/frameworks/cnil.yaml"),
    include_str!("../../policies/frameworks/cra.yaml"),
    include_str!("../../policies/frameworks/cwe.yaml"),
    include_str!("../../policies/frameworks/edpb.yaml"),
    include_str!("../../policies/frameworks/eprivacy.yaml"),
    include_str!("../../policies/frameworks/etsi-303645.yaml"),
    include_str!("../../policies/frameworks/gdpr.yaml"),
    include_str!("../../policies/frameworks/google-play.yaml"),
    include_str!("../../policies/frameworks/mastg.yaml"),
    include_str!("../../policies/frameworks/masvs.yaml"),
    include_str!("../../policies/frameworks/maswe.yaml"),
    include_str!("../../policies/frameworks/nis2.yaml"),
    include_str!("../../policies/frameworks/nist-800-131a.yaml"),
    include_str!("../../policies/frameworks/nist-800-52.yaml"),
    include_str!("../../policies/frameworks/nist-800-53.yaml"),
    include_str!("../../policies/frameworks/nist-800-57.yaml"),
    include_str!("../../policies/frameworks/nist-ssdf.yaml"),
    include_str!("../../policies/frameworks/pci-dss.yaml"),
    include_str!("../../policies/frameworks/psti.yaml"),
    include_str!("../../policies/frameworks/soc2.yaml"),
    include_str!("../../policies/frameworks/tuf.yaml"),
    include_str!("../../policies/frameworks/uptane.yaml"),
];

/// A test holds that every file is read.
static FRAMEWORKS: LazyLock<Vec<Framework>> = LazyLock::new(|| {
    let mut all: Vec<Framework> = FILES.iter().filter_map(|text| serde_yaml::from_str(text).ok()).collect();
    all.sort_by(|left, right| left.id.cmp(&right.id));
    all
});

/// All frameworks, sorted by id.
#[must_use]
pub fn frameworks() -> &'static [Framework] {
    &FRAMEWORKS
}

/// The framework with this id.
#[must_use]
pub fn framework(id: &str) -> Option<&'static Framework> {
    frameworks().iter().find(|framework| framework.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::CATALOG;

    #[test]
    fn every_file_is_read() {
        for file in FILES {
            let framework: Framework = serde_yaml::from_str(file).unwrap();
            assert_eq!(framework.schema, "otaudit/framework/v1");
            assert!(framework.read.parse::<jiff::civil::Date>().is_ok(), "{}", framework.id);
            assert!(!framework.version.is_empty(), "{}", framework.id);
            for clause in &framework.clauses {
                assert!(
                    matches!(&*clause.basis, "verified" | "secondary" | "memory"),
                    "{} {}",
                    framework.id,
                    clause.id
                );
                // What was not read is cited and never quoted.
                assert!(clause.basis != "memory" || !clause.title.contains(['"', '“', '”']), "{}", clause.id);
            }
            let ids: std::collections::BTreeSet<&str> =
                framework.clauses.iter().map(|clause| clause.id.as_str()).collect();
            assert_eq!(ids.len(), framework.clauses.len(), "{}: a clause stands twice", framework.id);
        }
        assert_eq!(frameworks().len(), 27);
        assert_eq!(frameworks().iter().map(|framework| framework.clauses.len()).sum::<usize>(), 398);
        assert_eq!(framework("GDPR").map(|gdpr| gdpr.clauses.len()), Some(32));
    }

    #[test]
    fn every_clause_that_a_control_answers_exists() {
        for control in CATALOG {
            for (id, clause) in control.mappings {
                let framework = framework(id).unwrap_or_else(|| panic!("{}: no framework {id}", control.id));
                let known = framework.clauses.iter().any(|known| known.id == *clause);
                assert!(known, "{}: {id} has no clause {clause}", control.id);
            }
        }
    }
}
