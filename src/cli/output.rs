//! Where output goes: the terminal, a pipe, or a file that appears whole or not at all.

use std::io::{IsTerminal as _, Write};
use std::path::Path;

use crate::model::{Problem, printable};
use crate::reports::Style;

/// What is known of the terminal.
#[derive(Debug)]
pub struct Terminal {
    /// Standard output shows colours.
    pub color: bool,
    /// Standard error shows colours.
    pub error_color: bool,
    /// Standard error is a terminal, so that progress may be shown.
    pub shows_progress: bool,
    /// Columns.
    pub width: u16,
}

impl Terminal {
    /// Looks at the standard streams and at NO_COLOR (no-color.org: any value but an empty one).
    pub fn detect(no_color: bool) -> Self {
        let plain = no_color || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let out = std::io::stdout().is_terminal();
        let error = std::io::stderr().is_terminal();
        Self {
            color: out && !plain,
            error_color: error && !plain,
            shows_progress: error,
            width: terminal_size::terminal_size().map_or(100, |(width, _)| width.0),
        }
    }

    /// The style of a report on standard output.
    pub const fn style(&self, quiet: bool) -> Style {
        Style { color: self.color, width: self.width, quiet }
    }

    /// Writes to standard output. A reader that has gone away is no fault of ours.
    pub fn print(text: &[u8]) -> Result<(), Problem> {
        let mut out = std::io::stdout().lock();
        match out.write_all(text).and_then(|()| out.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(Problem::new(format!("can't write to standard output: {error}")))
            }
            _ => Ok(()),
        }
    }

    /// Writes to standard error; there is nowhere left to say that this failed.
    pub fn complain(text: &str) {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

/// Writes `content` beside `path` and renames it, so that a reader never sees half a report.
pub fn write_file(path: &Path, content: &[u8]) -> Result<(), Problem> {
    let problem = |error: std::io::Error| {
        let shown = printable(&path.display().to_string(), 200);
        Problem::new(format!("can't write `{shown}`: {error}"))
            .help("give a file in a folder that exists and may be written")
    };
    // A device or a pipe is written to; to rename a file over it would replace it, `/dev/null` too.
    if std::fs::metadata(path).is_ok_and(|target| !target.is_file() && !target.is_dir()) {
        let mut target = std::fs::OpenOptions::new().write(true).open(path).map_err(problem)?;
        return target.write_all(content).map_err(problem);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".otaudit-").tempfile_in(folder).map_err(problem)?;
    file.write_all(content).map_err(problem)?;
    file.as_file().sync_all().map_err(problem)?;
    readable(file.as_file());
    file.persist(path).map_err(|error| problem(error.error))?;
    Ok(())
}

/// Temporary files are private; a report is meant to be read.
#[cfg(unix)]
fn readable(file: &std::fs::File) {
    use std::os::unix::fs::PermissionsExt as _;
    // A file system without permissions is no reason to lose the report.
    let _ = file.set_permissions(std::fs::Permissions::from_mode(0o644));
}

#[cfg(not(unix))]
fn readable(_file: &std::fs::File) {}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::FileTypeExt as _;

    use super::*;

    #[test]
    fn a_pipe_is_written_to_and_stays_a_pipe() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let reading = std::thread::spawn({
            let path = path.clone();
            move || std::fs::read(path).unwrap()
        });
        write_file(&path, b"a report").unwrap();
        assert_eq!(reading.join().unwrap(), b"a report");
        assert!(std::fs::metadata(&path).unwrap().file_type().is_fifo());
    }
}
