//! `otaudit network`.

use super::arguments::{ListFormat, Network};
use super::check::{as_of, establish};
use super::lists::read_lists;
use super::output::Terminal;
use super::policies::load;
use super::written::first_party;
use super::{Done, PASSED};
use crate::facts::Parse;
use crate::model::{Problem, printable};
use crate::reports::{network_json, network_report, network_text};

/// Prints the hosts that a bundle names.
pub fn network(request: &Network, terminal: &Terminal) -> Done {
    let policy = load(&request.subject.policy)?;
    let lists = read_lists(&request.tracker_list)?;
    let mut facts = establish(&request.subject, &policy, as_of(None)?, terminal, true)?;
    let Some(bundle) = &mut facts.bundle else {
        return Err(Problem::new("there is no bundle").help("give a zip or a folder of web assets").into());
    };
    bundle.network.use_lists(&lists);
    let unread =
        bundle.all_files().filter(|file| file.unread.is_some() || matches!(file.parse, Some(Parse::Failed { .. })));
    let unread = unread.map(|file| printable(&file.path, 200)).collect();
    let report = network_report(&bundle.name, &bundle.network, unread, &lists, &first_party(&policy));
    match request.format {
        ListFormat::Json => {
            let bytes =
                network_json(&report).map_err(|error| Problem::new(format!("can't write the network map: {error}")))?;
            Terminal::print(&bytes)?;
        }
        ListFormat::Table => Terminal::print(network_text(&report, &terminal.style(false)).as_bytes())?,
    }
    Ok(PASSED)
}
