//! `otaudit sbom`.

use std::collections::BTreeSet;

use super::arguments::Sbom;
use super::check::{as_of, establish, places};
use super::output::Terminal;
use super::policies::load;
use super::{Done, PASSED};
use crate::facts::packages::read_packages;
use crate::model::Problem;
use crate::reports::sbom_json;

/// Prints the bill of materials.
pub fn sbom(request: &Sbom, terminal: &Terminal) -> Done {
    let policy = load(&request.subject.policy)?;
    let as_of = as_of(request.as_of.as_deref())?;
    let mut facts = establish(&request.subject, &policy, as_of, terminal, true)?;
    // The facts hold the update plugins only; a bill names every plugin of the app.
    if let (Some(app), Some(packages), (_, Some(folder))) = (&facts.app, &facts.packages, places(&request.subject)?) {
        let plugins = app.plugins.available.iter().filter_map(|plugin| plugin.package.clone());
        let updates = packages.installed.iter().map(|one| one.package.clone());
        let names: BTreeSet<String> = plugins.chain(updates).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        facts.packages = Some(read_packages(&folder, &names));
    }
    let bytes = sbom_json(&facts, as_of)
        .map_err(|error| Problem::new(format!("can't write the bill of materials: {error}")))?;
    Terminal::print(&bytes)?;
    Ok(PASSED)
}
