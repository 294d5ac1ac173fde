//! `otaudit controls --framework`: clause by clause, with the controls that answer it.

use serde_json::json;

use super::arguments::ListFormat;
use super::catalog::paragraph;
use super::output::Terminal;
use super::{Done, PASSED};
use crate::controls::{CATALOG, Control};
use crate::model::{Problem, printable};
use crate::policy::{Clause, Framework, frameworks};

/// What stands for a clause that no control answers.
const UNCOVERED: &str = "not covered by this tool";

/// Prints the clauses of a framework, by its id in either case.
pub fn list(name: &str, format: ListFormat, terminal: &Terminal) -> Done {
    let wanted = name.to_ascii_uppercase();
    let framework = frameworks().iter().find(|framework| framework.id.to_ascii_uppercase() == wanted);
    let Some(framework) = framework else {
        let ids: Vec<&str> = frameworks().iter().map(|framework| framework.id.as_str()).collect();
        return Err(Problem::new(format!("there is no framework `{}`", printable(name, 60)))
            .help(format!("there are {}", ids.join(", ")))
            .into());
    };
    let text = match format {
        ListFormat::Table => table(framework, terminal.width),
        ListFormat::Json => {
            let clauses: Vec<serde_json::Value> = framework
                .clauses
                .iter()
                .map(|clause| {
                    let ids: Vec<&str> = answering(framework, clause).map(|control| control.id).collect();
                    json!({
                        "id": clause.id,
                        "title": clause.title,
                        "basis": clause.basis,
                        "covered": !ids.is_empty(),
                        "controls": ids,
                    })
                })
                .collect();
            let document = json!({
                "schema": "otaudit/framework-coverage/v1",
                "id": framework.id,
                "title": framework.title,
                "version": framework.version,
                "read": framework.read,
                "clauses": clauses,
            });
            serde_json::to_string_pretty(&document).map_err(|error| Problem::new(error.to_string()))? + "\n"
        }
    };
    Terminal::print(text.as_bytes())?;
    Ok(PASSED)
}

/// The controls that answer a clause, in the order of the catalog.
fn answering<'a>(framework: &'a Framework, clause: &'a Clause) -> impl Iterator<Item = &'static Control> + 'a {
    CATALOG
        .iter()
        .copied()
        .filter(|control| control.mappings.iter().any(|(id, answered)| *id == framework.id && *answered == clause.id))
}

fn table(framework: &Framework, width: u16) -> String {
    let mut text = format!("{}  {}\n", framework.id, framework.title);
    text += &format!("  version {}; read on {}\n", framework.version, framework.read);
    let mut covered = 0;
    for clause in &framework.clauses {
        text += &format!("\n{}  ({})\n{}\n", clause.id, how_sure(&clause.basis), paragraph(&clause.title, width));
        let controls: Vec<&Control> = answering(framework, clause).collect();
        if controls.is_empty() {
            text += &format!("    {UNCOVERED}\n");
        } else {
            covered += 1;
        }
        for control in controls {
            text += &format!("    {}  {}  ({})\n", control.id, control.title, control.automation.word());
        }
    }
    let all = framework.clauses.len();
    text += &format!(
        "\n{covered} of {all} clauses listed here are answered, in part or whole, by a control; a clause that is answered is \
         not thereby met\n"
    );
    text
}

/// What is said of a clause's wording. Titles are summaries in our words, never quotations.
fn how_sure(basis: &str) -> &'static str {
    match basis {
        "verified" => "read in the text itself; summarised here",
        "secondary" => "read in a description of the text; summarised here",
        _ => "from general knowledge; look the text up",
    }
}
