//! `otaudit check` and `otaudit facts`.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::apps::{self, is_app};
use super::arguments::{Check, Subject};
use super::lists::read_lists;
use super::output::Terminal;
use super::policies::load;
use super::progress::Bar;
use super::records;
use super::release::{Given, gather};
use super::statements::find;
use super::written::{Beside, Wanted, outputs, write_all};
use super::{Done, FAILED, PASSED};
use crate::evaluation::evaluate;
use crate::facts::binary::read_binary;
use crate::facts::comparison::{ScriptReader, compare};
use crate::facts::updaters::{Delivery, Role, Stated, load};
use crate::facts::{FACTS_SCHEMA, Facts, ReleaseFacts, Store, of_checksum, read_bundles, read_release};
use crate::inputs::{Bundle, Limits, ObservationKind};
use crate::model::{Deviation, Digest, Fact, GateResult, Problem, printable};
use crate::policy::Policy;
use crate::reports::FORMATS;

/// Release metadata larger than this is not read.
const MOST_RELEASE_BYTES: u64 = 4 * 1024 * 1024;

/// Audits, writes the reports, and gives the gate's exit code.
pub fn check(request: &Check, terminal: &Terminal) -> Done {
    let usual = FORMATS.first().map_or(Wanted::Html, Wanted::Data);
    let outputs = outputs(&request.format, usual)?;
    let as_of = as_of(request.as_of.as_deref())?;
    let mut policy = load(&request.subject.policy)?;
    override_gate(&mut policy, request);
    let lists = read_lists(&request.tracker_list)?;
    let ledger = request.ledger.as_deref().map(records::store).transpose()?;
    let key = request.ledger_key.as_deref().map(records::signing_key).transpose()?;
    let mut facts = establish(&request.subject, &policy, as_of, terminal, !request.quiet)?;
    facts.use_tracker_lists(&lists);
    if let Some(store) = &ledger {
        records::remember(store.as_ref(), &mut facts)?;
    }
    let report = evaluate(&facts, &policy, as_of);
    let app = places(&request.subject)?.1;
    let beside = Beside { app, lists: &lists, ..Beside::default() };
    write_all(outputs, &report, &facts, &policy, &request.subject, &beside, (terminal, request.quiet))?;
    if let Some(store) = &ledger {
        let published = published(&request.subject, &facts)?;
        records::record(store.as_ref(), &report, &facts, published, key.as_ref(), request.quiet)?;
    }
    Ok(match report.gate.result {
        GateResult::Passed => PASSED,
        GateResult::Failed => FAILED,
    })
}

/// The digests of files that a record names and the report does not.
fn published(request: &Subject, facts: &Facts) -> Result<crate::ledger::Beside, Problem> {
    let digest = |path: &Path| std::fs::File::open(path).ok().and_then(|file| Digest::of_reader(file).ok());
    let (_, app) = places(request)?;
    let folder = app.or_else(|| request.release.clone().filter(|release| release.is_dir()));
    let config = facts.app.as_ref().and_then(|app| app.configs.first()).zip(folder);
    Ok(crate::ledger::Beside {
        release: request.release.as_deref().filter(|path| path.is_file()).and_then(digest),
        config: config.and_then(|(config, folder)| digest(&folder.join(&config.path))),
        ..crate::ledger::Beside::default()
    })
}

/// Prints the facts as JSON.
pub fn facts(request: &Subject, terminal: &Terminal) -> Done {
    let policy = load(&request.policy)?;
    let facts = establish(request, &policy, as_of(None)?, terminal, true)?;
    let mut bytes = Vec::new();
    crate::reports::write_pretty(&facts, &mut bytes)
        .map_err(|error| Problem::new(format!("can't write the facts: {error}")))?;
    Terminal::print(&bytes)?;
    Ok(PASSED)
}

/// Reads everything that the request names.
pub(super) fn establish(
    request: &Subject,
    policy: &Policy,
    as_of: Timestamp,
    terminal: &Terminal,
    progress: bool,
) -> Result<Facts, Vec<Problem>> {
    let limits = &policy.limits;
    let (bundle_path, app_path) = places(request)?;
    let folder = request.release.as_deref().filter(|release| release.is_dir());
    // A release's folder that holds a configuration too is all that is known of the app.
    let settings = app_path.clone().or_else(|| folder.filter(|folder| is_app(folder)).map(Path::to_owned));
    let config = apps::config(request.config.as_deref(), policy.config.as_deref(), settings.as_deref())?;
    let config = config.as_deref();
    let bundle_path = match bundle_path {
        Some(path) => Some(path),
        // The release's own content is audited.
        None if folder.is_some() || request.app_only => None,
        None => {
            let app = app_path.as_deref().unwrap_or(Path::new("."));
            Some(built(&crate::facts::web_dir(app, config), app)?)
        }
    };
    let stated = Stated { checksum: request.checksum.clone(), ..Stated::default() };
    let zip = bundle_path.clone().filter(|bundle| bundle.is_file());
    let given = |metadata| Given { metadata, app: app_path.as_deref(), config, stated: stated.clone() };
    let published = request.release.iter().cloned().collect::<Vec<_>>();
    let delivery = match (&zip, folder) {
        (_, Some(folder)) => Some(gather(folder, given(&[]), limits, as_of)?),
        (Some(zip), None) if !published.is_empty() => Some(gather(zip, given(&published), limits, as_of)?),
        (_, None) => app_path.as_deref().map(|app| of_app(app, config, limits, as_of)),
    };
    let mut facts =
        Facts { schema: FACTS_SCHEMA, release: release(request)?, as_of: as_of.as_second(), ..Facts::default() };
    let mut content = None;
    if let Some(app) = &settings {
        facts
            .add_app(app, config)
            .map_err(|why| Problem::new(format!("the built-in advisories can't be read: {why}")))?;
        if request.app_only && !has_app(app, &facts) {
            let shown = printable(&app.display().to_string(), 200);
            return Err(Problem::new(format!("there is no app in `{shown}`: nothing of it would be examined"))
                .help("give the folder of a Capacitor, Cordova or Expo project")
                .into());
        }
    }
    if let Some(delivery) = &delivery {
        // A folder of web assets has no bytes that a signature or checksum could cover.
        let is_release = request.release.is_some() && (folder.is_some() || zip.is_some());
        content = facts.add_delivery(delivery, is_release);
    }
    let bundle = match bundle_path {
        Some(path) => Some(Bundle::open(&path, limits)?),
        None => content,
    };
    if let Some(bundle) = bundle {
        let store = super::cache::open(request.cache.as_deref())?;
        let store = store.as_ref().map(|store| store as &dyn Store);
        let mut bundles = vec![&bundle];
        let open = |path: &Option<PathBuf>| path.as_deref().map(|path| Bundle::open(path, limits)).transpose();
        let (previous, reviewed) = (open(&request.previous)?, open(&request.reviewed)?);
        bundles.extend(previous.iter().chain(&reviewed));
        let bar = Bar::new(progress && terminal.shows_progress);
        let read = read_bundles(&bundles, limits, request.jobs, &bar, store);
        bar.finish();
        let mut read = read?.into_iter();
        let own = read.next().ok_or_else(|| Problem::new("the bundle was not read"))?;
        refuse_empty(&bundle, own.files.len())?;
        let after = ScriptReader { bundle: &bundle, facts: &own, limits, jobs: request.jobs, store };
        let mut against = |earlier: &Option<Bundle>| {
            let Some(earlier) = earlier else { return Ok(None) };
            let facts = read.next().ok_or_else(|| Problem::new("the bundle before was not read"))?;
            refuse_empty(earlier, facts.files.len())?;
            Ok::<_, Problem>(Some(compare(ScriptReader { bundle: earlier, facts: &facts, ..after }, after)))
        };
        facts.binary = request.reviewed.as_deref().and_then(|public| read_binary(public, settings.as_deref()));
        facts.previous = against(&previous)?;
        facts.reviewed = against(&reviewed)?;
        facts.privacy = Some(crate::facts::privacy::read_privacy(&own, facts.app.as_ref()));
        facts.bundle = Some(own);
    }
    let today = as_of.to_zoned(TimeZone::UTC).date();
    facts.set_attestations(find(request.attestations.as_deref(), policy, settings.as_deref(), today)?);
    Ok(facts)
}

/// An app alone: its keys and settings, and no release.
fn of_app(app: &Path, config: Option<&str>, limits: &Limits, as_of: Timestamp) -> Delivery {
    let found = load::read_shipping(app, Role::App, limits.entries, config);
    Delivery::new(vec![found], Stated::default(), as_of.as_second(), limits.clone())
}

/// The bundle's place, unless the app has to tell it, and the app's.
pub(super) fn places(request: &Subject) -> Result<(Option<PathBuf>, Option<PathBuf>), Problem> {
    if let Some(app) = &request.app
        && !app.is_dir()
    {
        let shown = printable(&app.display().to_string(), 200);
        return Err(
            Problem::new(format!("`--app {shown}` is no folder")).help("give the folder of the Capacitor project")
        );
    }
    match (&request.bundle, &request.app) {
        (Some(bundle), None) => match apps::at(bundle)? {
            Some(app) => Ok((None, Some(app))),
            None if request.app_only && bundle.is_dir() => Ok((None, Some(bundle.clone()))),
            None if request.app_only => Err(app_and_bundle()),
            None => Ok((Some(bundle.clone()), None)),
        },
        (Some(_), Some(_)) if request.app_only => Err(app_and_bundle()),
        (bundle, Some(app)) => Ok((bundle.clone(), Some(apps::at(app)?.unwrap_or_else(|| app.clone())))),
        (None, None) if request.release.as_ref().is_some_and(|release| release.is_dir()) => Ok((None, None)),
        (None, None) => match apps::at(Path::new("."))? {
            Some(app) => Ok((None, Some(app))),
            None => Err(Problem::new("there is no bundle and this folder is no Capacitor project")
                .help("give a zip or folder (`otaudit check dist.zip`), or run it where `capacitor.config.json` lies")),
        },
    }
}

/// Whether there is anything of an app: nothing to examine is never a pass.
fn has_app(folder: &Path, facts: &Facts) -> bool {
    let read = facts
        .app
        .as_ref()
        .is_some_and(|app| !app.configs.is_empty() || !app.android.projects.is_empty() || !app.ios.roots.is_empty());
    read || ["app.json", "config.xml"].iter().any(|name| folder.join(name).is_file()) || apps::has_package(folder)
}

fn app_and_bundle() -> Problem {
    Problem::new("`--app-only` takes no bundle").help("give the folder of the app alone: `otaudit check . --app-only`")
}

/// The folder of web assets that the app's configuration names.
fn built(stated: &Fact<String>, app: &Path) -> Result<PathBuf, Problem> {
    let why = match stated {
        Fact::Known(folder) => {
            let path = app.join(folder);
            let shown = printable(folder, 200);
            let inside = match (path.canonicalize(), app.canonicalize()) {
                (Ok(path), Ok(app)) => path.starts_with(app),
                _ => {
                    return Err(Problem::new(format!("the app's `webDir` `{shown}` does not exist"))
                        .help("build the web assets first, or give the bundle's path"));
                }
            };
            if inside {
                return Ok(path);
            }
            return Err(Problem::new(format!("the app's `webDir` `{shown}` lies outside the app's folder"))
                .help("give the bundle's path if you mean it"));
        }
        Fact::Unknown(why) | Fact::Unreadable(why) => why.clone(),
        Fact::Absent => "the configuration has no `webDir`".to_owned(),
    };
    // Ionic's and Capacitor's templates build into one of these.
    ["www", "dist", "build"]
        .iter()
        .map(|folder| app.join(folder))
        .find(|folder| folder.join("index.html").is_file())
        .ok_or_else(|| {
            Problem::new(format!("can't tell where the app's web assets lie: {}", printable(&why, 300)))
                .help("give the bundle's path (`otaudit check www --app .`), or audit the app alone (`--app-only`)")
        })
}

fn release(request: &Subject) -> Result<Option<ReleaseFacts>, Problem> {
    if let Some(checksum) = &request.checksum {
        return Ok(Some(of_checksum(checksum)));
    }
    let Some(path) = &request.release else { return Ok(None) };
    if path.is_dir() {
        // What is published stands in the files there, which the verification reads.
        return Ok(None);
    }
    let shown = printable(&path.display().to_string(), 200);
    let problem = |error: std::io::Error| {
        Problem::new(format!("can't read the release file `{shown}`: {error}"))
            .help("give a JSON file with `checksum`, `version`, `url`")
    };
    let length = std::fs::metadata(path).map_err(problem)?.len();
    if length > MOST_RELEASE_BYTES {
        return Err(Problem::new(format!("the release file `{shown}` has {length} bytes, limit {MOST_RELEASE_BYTES}")));
    }
    let bytes = std::fs::read(path).map_err(problem)?;
    let name = path.file_name().map_or_else(|| "release".to_owned(), |name| printable(&name.to_string_lossy(), 200));
    Ok(Some(read_release(&name, &bytes)))
}

/// Zero files is an error and never a pass; a bundle that a limit cut off is judged.
pub(super) fn refuse_empty(bundle: &Bundle, files: usize) -> Result<(), Problem> {
    let cut = |kind: ObservationKind| {
        matches!(
            kind,
            ObservationKind::ArchiveTooLarge | ObservationKind::TotalTooLarge | ObservationKind::TooManyEntries
        )
    };
    if files > 0 || bundle.observations.iter().any(|observation| cut(observation.kind)) {
        return Ok(());
    }
    let name = printable(&bundle.name, 200);
    let broken = bundle
        .observations
        .iter()
        .find(|observation| matches!(observation.kind, ObservationKind::NotAnArchive | ObservationKind::Unreadable));
    Err(match broken {
        Some(observation) => {
            Problem::new(format!("the bundle `{name}` can't be opened: {}", printable(&observation.detail, 300)))
                .help("give a whole zip archive or a folder of web assets")
        }
        None => Problem::new(format!("there are no files in the bundle `{name}`"))
            .help("build the web assets first; an empty bundle is never a pass"),
    })
}

/// The audit's clock: the option, else SOURCE_DATE_EPOCH, else now.
pub fn as_of(given: Option<&str>) -> Result<Timestamp, Problem> {
    if let Some(text) = given {
        let date = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|moment| moment.timestamp());
        return text.parse::<Timestamp>().ok().or_else(date).ok_or_else(|| {
            Problem::new(format!("`--as-of {}` is no date", printable(text, 60)))
                .help("expected a date such as `2026-11-23` or a time such as `2026-11-23T08:00:00Z`")
        });
    }
    if let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") {
        return text.parse::<i64>().ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).ok_or_else(|| {
            Problem::new(format!("the variable SOURCE_DATE_EPOCH is `{}`", printable(&text, 60)))
                .help("expected seconds since 1970")
        });
    }
    let now = Timestamp::now();
    Ok(Timestamp::from_second(now.as_second()).unwrap_or(now))
}

/// The command line's gate; what it lowers is listed as a deviation.
fn override_gate(policy: &mut Policy, request: &Check) {
    if let Some(fail_on) = request.fail_on {
        if fail_on > policy.gate.fail_on {
            policy.deviations.push(Deviation {
                what: "gate".to_owned(),
                change: format!("`--fail-on {fail_on}` on the command line, `{}` in the policy", policy.gate.fail_on),
            });
        }
        policy.gate.fail_on = fail_on;
    }
    policy.gate.manual_fails |= request.strict;
}
