//! Floor 8, arguments → request → run → exit code: the only floor that knows the clock, the environment and the terminal.
#![allow(clippy::disallowed_methods)] // the one place for clock and environment

mod apps;
mod arguments;
mod attest;
mod attestations;
mod cache;
mod catalog;
mod check;
mod clauses;
mod diff;
mod endpoints;
mod keys;
mod ledger;
mod ledger_arguments;
mod lists;
mod network;
mod output;
mod period;
mod policies;
mod privacy;
mod problems;
mod progress;
mod records;
mod release;
mod report;
mod sbom;
mod statements;
mod unpack;
mod verify;
mod written;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use crate::model::Problem;
use arguments::{Arguments, Command};
use output::Terminal;

/// The gate passed.
const PASSED: u8 = 0;
/// The gate did not pass.
const FAILED: u8 = 1;
/// No audit could be made.
const NO_AUDIT: u8 = 2;

/// Runs the command line and gives its exit code: 0 the gate passed, 1 it did not, 2 no audit could be made.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { NO_AUDIT } else { PASSED };
            // Help goes to standard output and faults to standard error, as clap decides.
            return ExitCode::from(if error.print().is_ok() { code } else { NO_AUDIT });
        }
    };
    let terminal = Terminal::detect(arguments.no_color);
    let done = match arguments.command {
        Command::Check(request) => check::check(&request, &terminal),
        Command::Report(request) => report::report(&request, &terminal),
        Command::Verify(request) => verify::verify(&request, &terminal),
        Command::Keys(request) => keys::keys(&request, &terminal),
        Command::Endpoints(request) => endpoints::endpoints(&request, &terminal),
        Command::Diff(request) => diff::diff(&request, &terminal),
        Command::Network(request) => network::network(&request, &terminal),
        Command::Privacy(request) => privacy::privacy(&request, &terminal),
        Command::Facts(request) => check::facts(&request, &terminal),
        Command::Sbom(request) => sbom::sbom(&request, &terminal),
        Command::Controls { framework: Some(name), format } => clauses::list(&name, format, &terminal),
        Command::Controls { framework: None, format } => catalog::list(format, &terminal),
        Command::Attestations { command } => attestations::run(&command, &terminal),
        Command::Ledger { command } => ledger::run(&command, &terminal),
        Command::Attest(request) => attest::attest(&request, &terminal),
        Command::Explain { control } => catalog::explain(&control, &terminal),
        Command::Policy { command } => policies::run(&command, &terminal),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(problems) => {
            Terminal::complain(&problems::render(&problems, terminal.error_color));
            ExitCode::from(NO_AUDIT)
        }
    }
}

/// What a command gives: an exit code, or why no audit could be made.
type Done = Result<u8, Vec<Problem>>;

impl From<Problem> for Vec<Problem> {
    fn from(problem: Problem) -> Self {
        vec![problem]
    }
}
