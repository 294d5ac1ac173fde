//! Small repositories, made with gix itself: no program, no user's configuration, the same every time. Packs, shallow
//! clones and worktrees are made by `git` where it is installed.

use std::path::PathBuf;
use std::process::Command;

use gix::objs::tree::{Entry, EntryKind};
use gix::objs::{Tree, tree};
use tempfile::TempDir;

use super::*;

/// A repository in the making.
pub(crate) struct Made {
    pub(crate) folder: TempDir,
    repository: gix::Repository,
    last: Vec<gix::ObjectId>,
}

impl Made {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repository = Self::init(folder.path());
        Self { folder, repository, last: Vec::new() }
    }

    fn init(folder: &Path) -> gix::Repository {
        let (kind, options) = (gix::create::Kind::WithWorktree, gix::create::Options::default());
        gix::ThreadSafeRepository::init_opts(folder, kind, options, gix::open::Options::isolated())
            .unwrap()
            .to_thread_local()
    }

    fn tree(&self, files: &[(&str, &str)]) -> gix::ObjectId {
        let mut entries: Vec<Entry> = Vec::new();
        let mut folders: Vec<(&str, Vec<(&str, &str)>)> = Vec::new();
        for (path, text) in files {
            match path.split_once('/') {
                None => {
                    let oid = self.repository.write_blob(text).unwrap().detach();
                    entries.push(tree::Entry { mode: EntryKind::Blob.into(), filename: (*path).into(), oid });
                }
                Some((folder, rest)) => match folders.iter_mut().find(|known| known.0 == folder) {
                    Some(known) => known.1.push((rest, text)),
                    None => folders.push((folder, vec![(rest, text)])),
                },
            }
        }
        for (folder, files) in folders {
            let oid = self.tree(&files);
            entries.push(tree::Entry { mode: EntryKind::Tree.into(), filename: folder.into(), oid });
        }
        entries.sort();
        self.repository.write_object(&Tree { entries }).unwrap().detach()
    }

    /// A commit of these files on `day`, on top of the last.
    pub(crate) fn commit(&mut self, day: &str, files: &[(&str, &str)]) -> String {
        let tree = self.tree(files);
        let seconds = day.parse::<Date>().unwrap().to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second();
        let time = format!("{seconds} +0000");
        let who = gix::actor::SignatureRef { name: "a".into(), email: "a@b".into(), time: &time };
        let parents = self.last.clone();
        let id = self.repository.commit_as(who, who, "HEAD", "x", tree, parents).unwrap().detach();
        self.last = vec![id];
        id.to_string()
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn object(&self, id: &str) -> PathBuf {
        let (folder, rest) = id.split_at(2);
        self.path().join(".git/objects").join(folder).join(rest)
    }
}

/// The versions of `path`: day and text.
fn seen(app: &Path, path: &str) -> (Fact<History>, Vec<(String, String)>) {
    let mut seen = Vec::new();
    let history = versions(app, &[path], &mut |number, commit, bytes| {
        assert_eq!(number, 0);
        seen.push((commit.date.to_string(), String::from_utf8(bytes.to_vec()).unwrap()));
        ControlFlow::Continue(())
    });
    (history, seen)
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(day, text)| ((*day).to_owned(), (*text).to_owned())).collect()
}

fn three() -> Made {
    let mut made = Made::new();
    made.commit("2022-01-01", &[("readme", "x")]);
    made.commit("2022-02-01", &[("app/a/k.pem", "old"), ("readme", "x")]);
    made.commit("2022-03-01", &[("app/a/k.pem", "old"), ("readme", "y")]);
    made.commit("2023-04-01", &[("app/a/k.pem", "new"), ("readme", "y")]);
    made.commit("2023-05-01", &[("app/a/k.pem", "old"), ("readme", "y")]);
    std::fs::create_dir_all(made.path().join("app/a")).unwrap();
    made
}

#[test]
fn each_version_has_its_first_commit() {
    let made = three();
    let expected = pairs(&[("2022-02-01", "old"), ("2023-04-01", "new")]);
    for (app, path) in [("", "app/a/k.pem"), ("app", "a/k.pem"), ("app/a", "k.pem")] {
        let (history, versions) = seen(&made.path().join(app), path);
        assert_eq!(history, Fact::Known(History { commits: 5, shallow: false, partial: None }));
        assert_eq!(versions, expected, "{app}");
    }
    assert_eq!(seen(made.path(), "app/a").1, vec![], "a folder is no file");
    assert_eq!(seen(made.path(), "nothing").1, vec![]);
}

#[test]
fn no_repository_is_absent_and_an_empty_one_is_known() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(seen(folder.path(), "a").0, Fact::Absent);
    drop(Made::init(folder.path()));
    assert_eq!(seen(folder.path(), "a").0, Fact::Known(History::default()));
}

#[test]
fn a_clock_that_goes_wrong_claims_no_age() {
    let mut made = Made::new();
    made.commit("2022-01-01", &[("a", "0")]);
    made.commit("1999-01-01", &[("a", "1")]);
    made.commit("2022-03-01", &[("a", "1")]);
    let mut found = Vec::new();
    drop(versions(made.path(), &["a"], &mut |_, commit, _| {
        found.push((commit.date.to_string(), commit.skewed));
        ControlFlow::Continue(())
    }));
    found.sort();
    assert_eq!(found, [("2022-01-01".to_owned(), false), ("2022-01-01".to_owned(), true)]);
    let mut made = Made::new();
    made.commit("1999-01-01", &[("a", "1")]);
    let (history, versions) = seen(made.path(), "a");
    assert_eq!(versions, vec![]);
    assert!(history.known().unwrap().partial.as_deref().unwrap().contains("before git's first"));
}

#[test]
fn a_shallow_clone_is_said_so() {
    let mut made = Made::new();
    let first = made.commit("2022-01-01", &[("a", "0")]);
    let second = made.commit("2022-02-01", &[("a", "1")]);
    made.commit("2022-03-01", &[("a", "2")]);
    std::fs::remove_file(made.object(&first)).unwrap();
    let (history, _) = seen(made.path(), "a");
    assert!(history.known().unwrap().partial.as_deref().unwrap().contains("not in this clone"), "without a boundary");
    std::fs::write(made.path().join(".git/shallow"), format!("{second}\n")).unwrap();
    let (history, versions) = seen(made.path(), "a");
    assert_eq!(history, Fact::Known(History { commits: 2, shallow: true, partial: None }));
    assert_eq!(versions, pairs(&[("2022-02-01", "1"), ("2022-03-01", "2")]));
}

#[test]
fn broken_repositories_are_unreadable() {
    type Breaks = fn(&Made);
    let break_it: [(&str, Breaks); 6] = [
        ("no HEAD", |made| std::fs::remove_file(made.path().join(".git/HEAD")).unwrap()),
        ("HEAD leads out", |made| std::fs::write(made.path().join(".git/HEAD"), "ref: refs/../../x\n").unwrap()),
        ("no objects", |made| {
            std::fs::remove_dir_all(made.path().join(".git/objects")).unwrap();
            std::fs::create_dir(made.path().join(".git/objects")).unwrap();
        }),
        ("a file that names nothing", |made| {
            std::fs::remove_dir_all(made.path().join(".git")).unwrap();
            std::fs::write(made.path().join(".git"), "hello").unwrap();
        }),
        ("a bad configuration", |made| std::fs::write(made.path().join(".git/config"), "[core\n\u{0}").unwrap()),
        ("an empty repository folder", |made| {
            std::fs::remove_dir_all(made.path().join(".git")).unwrap();
            std::fs::create_dir(made.path().join(".git")).unwrap();
        }),
    ];
    for (what, breaks) in break_it {
        let made = three();
        breaks(&made);
        let (history, versions) = seen(made.path(), "app/a/k.pem");
        assert!(matches!(history, Fact::Unreadable(_)), "{what}: {history:?}");
        assert_eq!(versions, vec![], "{what}");
    }
    let made = three();
    std::fs::write(made.path().join(".git/objects/info/alternates"), "/tmp\n").unwrap();
    assert!(matches!(seen(made.path(), "a").0, Fact::Unknown(_)));
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_not_opened() {
    let (made, other) = (three(), tempfile::tempdir().unwrap());
    std::os::unix::fs::symlink(made.path().join(".git"), other.path().join(".git")).unwrap();
    assert!(matches!(seen(other.path(), "a").0, Fact::Unreadable(_)));
    std::fs::remove_file(other.path().join(".git")).unwrap();
    std::fs::write(other.path().join(".git"), format!("gitdir: {}\n", made.path().join(".git").display())).unwrap();
    assert!(matches!(seen(other.path(), "a").0, Fact::Unreadable(_)), "it belongs to another folder");
    for name in [".git/HEAD", ".git/packed-refs", ".git/objects/pack/pack-a.idx", ".git/shallow"] {
        let made = three();
        let path = made.path().join(name);
        drop(std::fs::remove_file(&path));
        if !Command::new("mkfifo").arg(&path).status().is_ok_and(|status| status.success()) {
            return;
        }
        assert!(matches!(seen(made.path(), "a").0, Fact::Unreadable(_)), "{name}");
    }
    let mut made = Made::new();
    let first = made.commit("2022-01-01", &[("a", "0")]);
    made.commit("2022-02-01", &[("a", "1")]);
    std::fs::remove_file(made.object(&first)).unwrap();
    Command::new("mkfifo").arg(made.object(&first)).status().unwrap();
    let (history, versions) = seen(made.path(), "a");
    assert!(history.known().unwrap().partial.as_deref().unwrap().contains("no regular file"));
    assert_eq!(versions, pairs(&[("2022-02-01", "1")]));
}

/// Whatever bytes are turned around, something is answered.
#[test]
fn damage_ends_no_audit() {
    for step in 0..40_usize {
        let made = three();
        let files: Vec<PathBuf> = walkdir::WalkDir::new(made.path().join(".git"))
            .sort_by_file_name()
            .into_iter()
            .filter_map(|entry| {
                entry.ok().filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path)
            })
            .collect();
        for (number, file) in files.iter().enumerate().filter(|(number, _)| (number + step) % 7 == 0) {
            let mut bytes = std::fs::read(file).unwrap();
            let at = (step * 31 + number) % bytes.len().max(1);
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << (step % 8);
            }
            drop(std::fs::remove_file(file));
            std::fs::write(file, bytes).unwrap();
        }
        drop(seen(made.path(), "app/a/k.pem"));
    }
}

/// Runs `git` without anybody's configuration; `None` where there is no git.
fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .args(["-c", "protocol.file.allow=always", "-c", "gc.auto=0"])
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs(std::env::vars_os().filter(|(name, _)| name == "PATH"))
        .envs([
            ("HOME", folder),
            ("GIT_CONFIG_GLOBAL", Path::new("/dev/null")),
            ("GIT_CONFIG_NOSYSTEM", Path::new("1")),
        ])
        .envs([
            ("GIT_AUTHOR_NAME", "a"),
            ("GIT_AUTHOR_EMAIL", "a@b"),
            ("GIT_COMMITTER_NAME", "a"),
            ("GIT_COMMITTER_EMAIL", "a@b"),
        ])
        .output()
        .ok()?;
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn packs_clones_worktrees_and_submodules_are_read() {
    let made = three();
    if git(made.path(), &["gc", "--quiet", "--aggressive", "--prune=now"]).is_none() {
        eprintln!("did not run: there is no `git`");
        return;
    }
    let expected = pairs(&[("2022-02-01", "old"), ("2023-04-01", "new")]);
    assert!(made.path().join(".git/packed-refs").is_file());
    assert_eq!(seen(made.path(), "app/a/k.pem").1, expected, "packed");

    let folder = tempfile::tempdir().unwrap();
    let from = format!("file://{}", made.path().display());
    git(folder.path(), &["clone", "--quiet", "--depth", "2", &from, "shallow"]).unwrap();
    let (history, versions) = seen(&folder.path().join("shallow/app"), "a/k.pem");
    assert_eq!(history, Fact::Known(History { commits: 2, shallow: true, partial: None }));
    assert_eq!(versions, pairs(&[("2023-04-01", "new"), ("2023-05-01", "old")]));

    let tree = folder.path().join("tree");
    git(made.path(), &["worktree", "add", "--quiet", "--detach", tree.to_str().unwrap()]).unwrap();
    assert_eq!(seen(&tree.join("app"), "a/k.pem").1, expected, "a worktree");

    let outer = folder.path().join("outer");
    std::fs::create_dir(&outer).unwrap();
    git(&outer, &["init", "--quiet"]).unwrap();
    git(&outer, &["submodule", "--quiet", "add", &from, "packages/mobile"]).unwrap();
    assert_eq!(seen(&outer.join("packages/mobile"), "app/a/k.pem").1, expected, "a submodule");
}
