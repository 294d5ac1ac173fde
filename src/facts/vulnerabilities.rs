//! Known vulnerabilities of JavaScript libraries, by version: the table `policies/vulnerable-libraries.yaml`.

use std::sync::OnceLock;

use jiff::civil::Date;
use semver::Version;
use serde::Deserialize;

use super::versions::{VersionSet, exact};
use crate::model::Severity;

/// The schema of the table.
pub const VULNERABLE_SCHEMA: &str = "otaudit/vulnerable-libraries/v1";
/// The table.
pub const VULNERABLE_LIBRARIES: &str = include_str!("../../policies/vulnerable-libraries.yaml");

/// The table, checked.
#[derive(Clone, Debug)]
pub struct VulnerableLibraries {
    /// The state of the data that it was made from.
    pub data: Date,
    /// Its rows, in its order.
    pub rows: Vec<Vulnerability>,
}

/// One vulnerability of one library.
#[derive(Clone, Debug)]
pub struct Vulnerability {
    /// Its number at the GitHub Advisory Database, or its CVE number where it has no other.
    pub id: String,
    /// The npm package.
    pub package: String,
    /// Its CVE numbers.
    pub cve: Vec<String>,
    /// The versions that have it.
    pub affected: VersionSet,
    /// The versions that close the ranges.
    pub fixed: Vec<Version>,
    /// The advisory's severity.
    pub severity: Severity,
    /// What it is, in one line.
    pub title: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFile {
    schema: String,
    #[serde(rename = "read")]
    _read: String,
    data: String,
    vulnerabilities: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    package: String,
    #[serde(default)]
    cve: Vec<String>,
    affected: Vec<String>,
    fixed: Vec<String>,
    severity: Severity,
    title: String,
}

/// Reads the table strictly: a misspelt range would hide a vulnerability.
///
/// # Errors
/// What is wrong, with the row's number.
pub fn read(yaml: &str) -> Result<VulnerableLibraries, String> {
    let file: WrittenFile = serde_yaml::from_str(yaml).map_err(|error| error.to_string())?;
    if file.schema != VULNERABLE_SCHEMA {
        return Err(format!("schema: expected `{VULNERABLE_SCHEMA}`"));
    }
    let data = file.data.parse().map_err(|_| "`data` must be a date such as 2026-01-31".to_owned())?;
    let rows = file.vulnerabilities.into_iter().map(check).collect::<Result<Vec<_>, _>>()?;
    Ok(VulnerableLibraries { data, rows })
}

fn check(written: Written) -> Result<Vulnerability, String> {
    let Written { id, package, cve, affected, fixed, severity, title } = written;
    let joined = affected.join(" || ");
    let set = VersionSet::parse(&joined).filter(|set| !joined.trim().is_empty() && set.overlaps(set));
    let affected = set.ok_or_else(|| format!("{id}: `{joined}` is no range of versions"))?;
    let fixed = fixed
        .iter()
        .map(|text| exact(text).ok_or_else(|| format!("{id}: `{text}` is no version")))
        .collect::<Result<Vec<_>, _>>()?;
    if title.trim().is_empty() || package.trim().is_empty() {
        return Err(format!("{id}: `package` and `title` must not be empty"));
    }
    Ok(Vulnerability { id, package, cve, affected, fixed, severity, title })
}

/// The built-in table; none only if it could not be read, which a test rules out.
#[must_use]
pub fn built_in() -> Option<&'static VulnerableLibraries> {
    static TABLE: OnceLock<Option<VulnerableLibraries>> = OnceLock::new();
    TABLE.get_or_init(|| read(VULNERABLE_LIBRARIES).ok()).as_ref()
}

impl VulnerableLibraries {
    /// The rows about a package.
    pub fn of_package<'a>(&'a self, package: &'a str) -> impl Iterator<Item = &'a Vulnerability> {
        self.rows.iter().filter(move |row| row.package == package)
    }
}

impl Vulnerability {
    /// The first version after `version` that is without it.
    #[must_use]
    pub fn fix_for(&self, version: &Version) -> Option<&Version> {
        self.fixed.iter().filter(|fixed| fixed.cmp_precedence(version).is_gt()).min()
    }
}

/// A version as libraries state it: `4.17.21`, and `1.6` for `1.6.0`.
#[must_use]
pub fn stated(text: &str) -> Option<Version> {
    exact(text).or_else(|| {
        let (numbers, rest) = text.split_at_checked(text.find('-').unwrap_or(text.len()))?;
        (numbers.split('.').count() == 2).then(|| exact(&format!("{numbers}.0{rest}"))).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let table = read(VULNERABLE_LIBRARIES).unwrap();
        assert!(table.rows.len() > 100);
        for row in &table.rows {
            assert!(row.id.starts_with("GHSA-") || row.id.starts_with("CVE-"), "{}", row.id);
            assert!(row.cve.iter().all(|cve| cve.starts_with("CVE-")), "{}", row.id);
            assert!(row.fixed.iter().any(|fixed| !row.affected.contains(fixed)), "{} {}", row.id, row.package);
        }
        let found: Vec<&str> = table
            .of_package("lodash")
            .filter(|row| row.affected.contains(&stated("4.17.20").unwrap()))
            .map(|row| row.id.as_str())
            .collect();
        assert!(found.contains(&"GHSA-35jh-r3h4-6jhm") && !found.contains(&"GHSA-p6mc-m468-83gw"), "{found:?}");
    }

    #[test]
    fn short_versions_are_read() {
        assert_eq!(stated("1.6"), exact("1.6.0"));
        assert_eq!(stated("1.6-rc1"), exact("1.6.0-rc1"));
        assert_eq!(stated("3.7.1"), exact("3.7.1"));
        assert_eq!(stated("7"), None);
    }

    #[test]
    fn a_misspelt_table_is_refused() {
        let bad = VULNERABLE_LIBRARIES.replacen("affected: [\"", "affected: [\"about ", 1);
        assert!(read(&bad).is_err());
        assert!(read("schema: x").is_err());
    }
}
