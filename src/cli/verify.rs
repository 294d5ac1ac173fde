//! `otaudit verify`.

use super::arguments::Verify;
use super::check::as_of;
use super::output::{Terminal, write_file};
use super::policies::load;
use super::release::{Given, gather};
use super::unpack::unpack;
use super::{Done, FAILED, NO_AUDIT, PASSED};
use crate::facts::updaters::{Stated, Verdict, Verification, Verified, verify as verify_delivery};
use crate::facts::{settle, update_packages};
use crate::model::{Problem, printable};
use crate::reports::{verification_json, verification_text};

/// Verifies, writes the reports, and gives the exit code: 0 only when an authentic release was shown.
pub fn verify(request: &Verify, terminal: &Terminal) -> Done {
    let as_of = as_of(request.as_of.as_deref())?;
    let policy = load(&request.policy)?;
    let stated = Stated {
        system: request.system.clone(),
        bundle: None,
        public_key: request.public_key.clone(),
        checksum: request.checksum.clone(),
        session_key: request.session_key.clone(),
        signature: request.signature.clone(),
        algorithm: request.algorithm.clone(),
        ..Stated::default()
    };
    let given = Given { metadata: &request.metadata, app: request.app.as_deref(), config: None, stated };
    let delivery = gather(&request.release, given, &policy.limits, as_of)?;
    let Verified { mut verification, content } = verify_delivery(&delivery);
    let folder = request.app.as_deref().or(Some(request.release.as_path())).filter(|folder| folder.is_dir());
    if let Some(folder) = folder {
        let (_, mut advised) = update_packages(folder)
            .map_err(|why| Problem::new(format!("the built-in advisories can't be read: {why}")))?;
        settle(&mut advised, &delivery);
        advised.retain(|one| one.applies != Some(false));
        verification.advisories = advised;
    }
    if let Some(folder) = &request.decrypt_to {
        let content = content.filter(|_| !matches!(verification.result, Verdict::Reject(_)));
        let Some(bundle) = content else {
            report(request, &verification, terminal)?;
            let word = verification.result.word();
            return Err(Problem::new(format!("there is no verified content to write: {}", printable(&word, 60)))
                .help("see the steps above for what keeps the release from verifying")
                .into());
        };
        let written = unpack(&bundle, folder, &policy.limits)?;
        let shown = printable(&folder.display().to_string(), 200);
        verification.note("content", &format!("{written} files were written to `{shown}`"));
    }
    report(request, &verification, terminal)?;
    Ok(match verification.result {
        Verdict::NothingToVerify => NO_AUDIT,
        result if result.is_authentic() => PASSED,
        _ => FAILED,
    })
}

fn report(request: &Verify, verification: &Verification, terminal: &Terminal) -> Result<(), Vec<Problem>> {
    let formats = if request.format.is_empty() { vec!["table".to_owned()] } else { request.format.clone() };
    for given in &formats {
        let (name, target) = given.split_once('=').map_or((given.as_str(), None), |(name, file)| (name, Some(file)));
        let style = target.map_or_else(
            || terminal.style(request.quiet),
            |_| crate::reports::Style { quiet: request.quiet, ..crate::reports::Style::default() },
        );
        let bytes = match name {
            "table" => verification_text(verification, &style).into_bytes(),
            "json" => verification_json(verification)
                .map_err(|error| Problem::new(format!("can't write the verification: {error}")))?,
            _ => {
                return Err(Problem::new(format!("`{}` is no format of a verification", printable(name, 60)))
                    .help("expected one of: table, json")
                    .into());
            }
        };
        match target {
            Some("") => return Err(Problem::new(format!("`--format {name}=` names no file")).into()),
            Some(path) => write_file(path.as_ref(), &bytes)?,
            None => Terminal::print(&bytes)?,
        }
    }
    Ok(())
}
