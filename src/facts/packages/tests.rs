use std::fs;

use super::*;
use crate::facts::advisories::{self, Reach};

const CAPGO: &str = "@capgo/capacitor-updater";
const NAMES: [&str; 4] = [CAPGO, "expo-updates", "@capawesome/capacitor-live-update", "@capacitor/ios"];

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn packages(files: &[(&str, &str)]) -> Packages {
    read_packages(folder(files).path(), &NAMES)
}

/// `package version line:column` of each statement; `?` and the text for what is not known.
fn said(files: &[(&str, &str)]) -> Vec<String> {
    let packages = packages(files);
    assert_eq!(packages.unread, [], "everything is read");
    let words = |one: &Installed| {
        let version =
            one.version.known().cloned().unwrap_or_else(|| format!("?{}", one.range.as_deref().unwrap_or("")));
        let Position { line, column } = one.position.unwrap();
        format!("{} {version} {line}:{column}", one.package)
    };
    packages.installed.iter().map(words).collect()
}

fn refused(path: &str, text: &str) -> String {
    let packages = packages(&[(path, text)]);
    assert_eq!(packages.installed, [], "{text}");
    packages.unread.first().unwrap_or_else(|| panic!("accepted: {text}")).why.clone()
}

#[test]
fn package_json() {
    let text = "\u{feff}{\r\n \"name\": \"a\",\r\n \"dependencies\": {\r\n  \"@capgo/capacitor-updater\": \"^8.0.0\",\r\n  \"expo-updates\": \"v57.0.5\"},\r\n \"devDependencies\": {\"up\": \"npm:@capawesome/capacitor-live-update@6.0.7\"},\r\n \"peerDependencies\": {\"@capacitor/ios\": \"1.0.0\"}}";
    assert_eq!(
        said(&[("package.json", text)]),
        [
            "@capgo/capacitor-updater ?^8.0.0 4:3",
            "expo-updates 57.0.5 5:3",
            "@capawesome/capacitor-live-update 6.0.7 6:22"
        ]
    );
    let packages = packages(&[("package.json", text)]);
    let capgo = packages.of(CAPGO).next().unwrap();
    assert_eq!(capgo.exactness, Exactness::Declared);
    assert!(matches!(&capgo.version, Fact::Unknown(why) if why.starts_with("a range of versions, `^8.0.0`")));
    assert!(matches!(packages.versions(CAPGO), Fact::Unknown(_)));
    assert_eq!(packages.versions("@capacitor/ios"), Fact::Absent);
    for range in ["latest", "workspace:*", "file:../x", "github:a/b", "8", "8.x"] {
        let text = format!("{{\"dependencies\": {{\"{CAPGO}\": \"{range}\"}}}}");
        assert_eq!(said(&[("package.json", &text)]), [format!("{CAPGO} ?{range} 1:19")]);
    }
    let fork = format!("{{\"dependencies\": {{\"{CAPGO}\": \"npm:@evil/fork@8.51.23\"}}}}");
    assert_eq!(said(&[("package.json", &fork)]), [format!("{CAPGO} ?npm:@evil/fork@8.51.23 1:19")]);
    let cordova = r#"{"dependencies": {"expo-updates": "1.0.0"}, "cordovaPlugins": ["@capacitor/ios"],
      "cordova": {"plugins": {"expo-updates": {}, "@capgo/capacitor-updater": {}}}}"#;
    assert_eq!(
        said(&[("package.json", cordova)]),
        ["expo-updates 1.0.0 1:19", "@capgo/capacitor-updater ? 2:51", "@capacitor/ios ? 1:64"]
    );
    assert!(refused("package.json", "{").starts_with("line 1"));
    assert_eq!(refused("package.json", "[]"), "not a JSON object");
}

#[test]
fn npm_lockfiles() {
    let one = r#"{"lockfileVersion": 1, "dependencies": {
"@capgo/capacitor-updater": {"version": "7.51.21", "dependencies": {
"expo-updates": {"version": "0.25.28"}}},
"@capacitor/ios": {"version": "git+ssh://git@github.com/a/b.git#c"},
"up": {"version": "npm:@capawesome/capacitor-live-update@6.0.7"}}}"#;
    assert_eq!(
        said(&[("package-lock.json", one)]),
        [
            "@capgo/capacitor-updater 7.51.21 2:1",
            "expo-updates 0.25.28 3:1",
            "@capacitor/ios ?git+ssh://git@github.com/a/b.git#c 4:1",
            "@capawesome/capacitor-live-update 6.0.7 5:1"
        ]
    );
    let three = r#"{"lockfileVersion": 3, "packages": {"": {"version": "1.0.0"},
"node_modules/@capgo/capacitor-updater": {"version": "10.0.0"},
"node_modules/a/node_modules/@capgo/capacitor-updater": {"version": "8.51.23"},
"packages/expo-updates": {"version": "1.0.0"},
"node_modules/expo-updates": {"resolved": "packages/expo-updates", "link": true},
"node_modules/up": {"name": "@capawesome/capacitor-live-update", "version": "6.0.7"}},
"dependencies": {"@capgo/capacitor-updater": {"version": "1.0.0"}}}"#;
    for path in ["package-lock.json", "npm-shrinkwrap.json"] {
        assert_eq!(
            said(&[(path, three)]),
            [
                "@capgo/capacitor-updater 10.0.0 2:1",
                "@capgo/capacitor-updater 8.51.23 3:1",
                "expo-updates ?packages/expo-updates 5:1",
                "@capawesome/capacitor-live-update 6.0.7 6:1"
            ]
        );
    }
    let fork = r#"{"packages": {"node_modules/expo-updates": {"name": "x", "version": "1.0.0"}}}"#;
    assert_eq!(said(&[("package-lock.json", fork)]), ["expo-updates ?npm:x@1.0.0 1:15"]);
    for text in ["{}", "{\"packages\": []}", "{\"dependencies\": 1}", "{\"packages\": {}", "<<<<<<< HEAD\n{}"] {
        refused("package-lock.json", text);
    }
}

#[test]
fn yarn_lockfiles() {
    let one = "# yarn lockfile v1\r\n\r\n\r\n\"@capgo/capacitor-updater@^7.0.0\", \"@capgo/capacitor-updater@^7.1.0\":\r\n  version \"7.51.21\"\r\n  resolved \"https://r/x.tgz#57\"\r\n  dependencies:\r\n    version \"9.9.9\"\r\n\r\nexpo-updates@~0.25.0:\r\n  version \"0.25.28\"\r\n\r\n\"up@npm:@capawesome/capacitor-live-update@6.0.7\":\r\n  version \"6.0.7\"\r\n";
    let expected = [
        "@capgo/capacitor-updater 7.51.21 4:1",
        "expo-updates 0.25.28 10:1",
        "@capawesome/capacitor-live-update 6.0.7 13:1",
    ];
    assert_eq!(said(&[("yarn.lock", one)]), expected);
    let berry = "# generated\n__metadata:\n  version: 10\n\n\"@capgo/capacitor-updater@npm:^7.0.0, @capgo/capacitor-updater@npm:^7.1.0\":\n  version: 7.51.21\n  resolution: \"@capgo/capacitor-updater@npm:7.51.21\"\n  peerDependencies:\n    \"@capacitor/ios\": ^7.0.0\n\n? \"expo-updates@npm:~0.25.0, expo-updates@npm:~0.25.1\"\n:\n  version: 0.25.28\n  resolution: \"expo-updates@virtual:abc#npm:0.25.28\"\n\n\"up@npm:@capawesome/capacitor-live-update@6.0.7\":\n  version: 6.0.7\n  resolution: \"@capawesome/capacitor-live-update@npm:6.0.7\"\n\n\"@capacitor/ios@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"@capacitor/ios@workspace:.\"\n";
    assert_eq!(
        said(&[("yarn.lock", berry)]),
        [
            "@capgo/capacitor-updater 7.51.21 5:1",
            "expo-updates 0.25.28 11:1",
            "@capawesome/capacitor-live-update 6.0.7 16:1",
            "@capacitor/ios ?workspace:. 20:1"
        ]
    );
    assert_eq!(said(&[("yarn.lock", "")]), Vec::<String>::new());
    for text in ["{}", "a@1:\n  version \"1.0.0\"\n", "# yarn lockfile v1\n<<<<<<< HEAD\n", "# yarn lockfile v1\nx\n"] {
        refused("yarn.lock", text);
    }
}

#[test]
fn pnpm_lockfiles() {
    let five = "lockfileVersion: 5.4\n\nspecifiers:\n  expo-updates: ~0.25.0\n\npackages:\n\n  /@capgo/capacitor-updater/7.51.21_@capacitor+core@7.0.0:\n    resolution: {integrity: x}\n    peerDependencies:\n      '@capacitor/ios': 1.0.0\n\n  /expo-updates/0.25.28_abc123:\n    hasBin: true\n\n  registry.example.com/@capawesome/capacitor-live-update/6.0.7:\n    dev: false\n\n  github.com/ionic-team/capacitor/0a1b:\n    name: '@capacitor/ios'\n    version: 8.4.2\n";
    assert_eq!(
        said(&[("pnpm-lock.yaml", five)]),
        [
            "@capgo/capacitor-updater 7.51.21 8:3",
            "expo-updates 0.25.28 13:3",
            "@capawesome/capacitor-live-update 6.0.7 16:3",
            "@capacitor/ios 8.4.2 19:3"
        ]
    );
    let six = "lockfileVersion: '6.0'\npackages:\n  /@capgo/capacitor-updater@7.51.21(@capacitor/core@7.0.0):\n    dev: false\n  /expo-updates@0.25.28:\n    dev: false\n";
    let nine = "---\nlockfileVersion: '9.0'\r\n\r\nimporters:\r\n\r\n  .:\r\n    dependencies:\r\n      expo-updates:\r\n        specifier: ~0.25.0\r\n\r\npackages:\r\n\r\n  '@capgo/capacitor-updater@7.51.21':\r\n    resolution: {integrity: x}\r\n\r\n  expo-updates@0.25.28:\r\n    hasBin: true\r\n\r\nsnapshots:\r\n\r\n  '@capgo/capacitor-updater@9.9.9(@capacitor/core@7.0.0)':\r\n    dependencies: {}\r\n";
    assert_eq!(said(&[("pnpm-lock.yaml", six)]), ["@capgo/capacitor-updater 7.51.21 3:3", "expo-updates 0.25.28 5:3"]);
    assert_eq!(
        said(&[("pnpm-lock.yaml", nine)]),
        ["@capgo/capacitor-updater 7.51.21 13:3", "expo-updates 0.25.28 16:3"]
    );
    let tarball = "lockfileVersion: '9.0'\npackages:\n  '@capacitor/ios@https://codeload.github.com/a/b/tar.gz/0a':\n    version: 8.4.2\n  expo-updates@file:x.tgz:\n    dev: false\n";
    assert_eq!(said(&[("pnpm-lock.yaml", tarball)]), ["@capacitor/ios 8.4.2 3:3", "expo-updates ?file:x.tgz 5:3"]);
    for text in [
        "",
        "{}",
        "packages:\n  a@1.0.0:\n",
        "lockfileVersion: '9.0'\npackages: {a@1.0.0: {}}\n",
        "lockfileVersion: '9.0'\npackages :\n  a@1.0.0:\n",
        "lockfileVersion: '9.0'\n\"packages\":\n  a@1.0.0:\n",
        "lockfileVersion: '9.0'\npackages:\n a@1.0.0:\n",
        "lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n",
        "lockfileVersion: '9.0'\n<<<<<<< HEAD\n",
    ] {
        refused("pnpm-lock.yaml", text);
    }
}

#[test]
fn bun_lockfiles() {
    let text = "{\n  \"lockfileVersion\": 1,\n  \"packages\": {\n    \"@capgo/capacitor-updater\": [\"@capgo/capacitor-updater@7.51.21\", \"\", {}, \"sha512-x\"],\n    \"up\": [\"@capawesome/capacitor-live-update@6.0.7\", \"\", {}, \"x\"],\n    \"a/expo-updates\": [\"expo-updates@0.25.28\", \"\", {}, \"x\"],\n    \"@capacitor/ios\": [\"@capacitor/ios@workspace:ios\"],\n  },\n}\n";
    assert_eq!(
        said(&[("bun.lock", text)]),
        [
            "@capgo/capacitor-updater 7.51.21 4:5",
            "@capawesome/capacitor-live-update 6.0.7 5:5",
            "expo-updates 0.25.28 6:5",
            "@capacitor/ios ?workspace:ios 7:5"
        ]
    );
    for text in
        ["{}", "{\"lockfileVersion\": 1, \"packages\": []}", "{\"lockfileVersion\": 1, \"packages\": {\"a\": 1}}", "x"]
    {
        refused("bun.lock", text);
    }
    let declared = format!("{{\"dependencies\": {{\"{CAPGO}\": \"8.51.23\"}}}}");
    let packages =
        packages(&[("bun.lockb", "#!/usr/bin/env bun\nbun-lockfile-format-v0\n\0"), ("package.json", &declared)]);
    let Fact::Unreadable(why) = packages.versions(CAPGO) else { panic!("{packages:?}") };
    assert!(why.starts_with("bun.lockb: binary bun.lockb"), "{why}");
    assert!(matches!(packages.versions("expo-updates"), Fact::Unreadable(_)), "it may be in there");
}

#[test]
fn native_lockfiles() {
    let pods = "PODS:\n  - Capacitor (8.4.2):\n    - CapacitorCordova\n  - \"CapgoCapacitorUpdater (8.51.22)\":\n    - Capacitor (9.9.9)\n  - EXUpdates/Core (0.25.28)\n\nDEPENDENCIES:\n  - CapgoCapacitorUpdater (from `../x`)\n\nCOCOAPODS: 1.16.2\n";
    assert_eq!(
        said(&[("ios/App/Podfile.lock", pods)]),
        ["@capacitor/ios 8.4.2 2:5", "@capgo/capacitor-updater 8.51.22 4:5", "expo-updates 0.25.28 6:5"]
    );
    refused("ios/App/Podfile.lock", "x\n");
    let one = r#"{"object": {"pins": [{"package": "X", "repositoryURL": "git@github.com:Cap-go/capacitor-updater.git",
      "state": {"branch": null, "revision": "0a", "version": "8.51.22"}}]}, "version": 1}"#;
    assert_eq!(said(&[("Package.resolved", one)]), ["@capgo/capacitor-updater 8.51.22 1:22"]);
    let three = r#"{"originHash": "x", "pins": [
{"identity": "capacitor-swift-pm", "location": "https://github.com/ionic-team/capacitor-swift-pm.git", "state": {"revision": "0a", "version": "8.4.2"}},
{"identity": "capacitor-updater", "location": "https://github.com/Cap-go/capacitor-updater/", "state": {"branch": "main", "revision": "0a"}}], "version": 3}"#;
    assert_eq!(
        said(&[("ios/App/CapApp-SPM/Package.resolved", three)]),
        ["@capacitor/ios 8.4.2 2:1", "@capgo/capacitor-updater ?main 3:1"]
    );
    refused("Package.resolved", "{}");
}

#[test]
fn all_statements_are_kept_and_the_surest_count() {
    let own = r#"{"name": "@capgo/capacitor-updater", "version": "8.51.22"}"#;
    let declared = format!("{{\"dependencies\": {{\"{CAPGO}\": \"^8.0.0\"}}}}");
    let files = [
        ("package.json", declared.as_str()),
        ("yarn.lock", "# yarn lockfile v1\n\"@capgo/capacitor-updater@^8.0.0\":\n  version \"8.51.23\"\n"),
        ("node_modules/@capgo/capacitor-updater/package.json", own),
        ("ios/App/Podfile.lock", "PODS:\n  - CapgoCapacitorUpdater (8.51.22)\n"),
    ];
    let packages = packages(&files);
    let exactness: Vec<_> = packages.of(CAPGO).map(|one| one.exactness).collect();
    assert_eq!(exactness, [Exactness::Declared, Exactness::Locked, Exactness::Locked, Exactness::Installed]);
    assert_eq!(packages.versions(CAPGO), Fact::Known(vec!["8.51.23".to_owned(), "8.51.22".to_owned()]));
    let other = r#"{"name": "fork", "version": "1.0.0"}"#;
    assert!(matches!(
        self::packages(&[("node_modules/expo-updates/package.json", other)]).versions("expo-updates"),
        Fact::Unknown(_)
    ));
}

#[cfg(unix)]
#[test]
fn nothing_outside_is_opened() {
    let outside = folder(&[("package.json", "{\"version\": \"1.0.0\"}")]);
    let inside = folder(&[("store/x/package.json", "{\"version\": \"0.25.28\"}"), ("node_modules/@capgo/x", "")]);
    let link = |target: &Path, name: &str| std::os::unix::fs::symlink(target, inside.path().join(name)).unwrap();
    link(outside.path(), "node_modules/@capgo/capacitor-updater");
    link(Path::new("../store/x"), "node_modules/expo-updates");
    link(Path::new("nowhere"), "yarn.lock");
    fs::create_dir(inside.path().join("bun.lock")).unwrap();
    let packages = read_packages(inside.path(), &[CAPGO, "expo-updates", "../../x", "@a/../b"]);
    assert_eq!(packages.versions("expo-updates"), Fact::Known(vec!["0.25.28".to_owned()]), "pnpm links within");
    let why: Vec<_> = packages.unread.iter().map(|unread| unread.why.as_str()).collect();
    assert_eq!(why, ["a link that leads nowhere", "not a file", "a link that leads out of the folder"]);
    assert_eq!(read_packages(&inside.path().join("nothing"), &NAMES).unread.len(), 1);
}

#[test]
fn a_range_and_its_advisories() {
    let advisories = advisories::read(advisories::DEFAULT_ADVISORIES).unwrap();
    let packages = packages(&[("package.json", "{\"dependencies\": {\"@capgo/capacitor-updater\": \"^7.0.54\"}}")]);
    let range = packages.of(CAPGO).next().unwrap().range.clone().unwrap();
    let found = advisories::matching_range(&advisories, CAPGO, &range);
    let reach = |id: &str| found.iter().find(|(advisory, _)| advisory.id == id).map(|(_, reach)| *reach);
    assert_eq!(reach("capgo-signature-bypass-empty-session-key"), Some(Reach::Every), "no 7.x is fixed");
    assert_eq!(reach("capgo-delta-path-traversal"), Some(Reach::Some));
    assert_eq!(reach("capgo-stray-old-major"), None);
}

#[test]
fn a_flood_is_refused_as_a_whole() {
    let entries: String = (0..2_000).map(|number| format!("  /expo-updates/{number}.0.0:\n")).collect();
    let text = format!("lockfileVersion: 5.4\npackages:\n{entries}");
    assert_eq!(refused("pnpm-lock.yaml", &text), "more than 1000 versions of the packages asked for");
}

/// Damaged files of every format: whatever they say, nothing panics.
#[test]
fn damage_is_survived() {
    let samples = [
        ("package-lock.json", "{\"packages\": {\"node_modules/expo-updates\": {\"version\": \"1.0.0\"}}}"),
        ("yarn.lock", "# yarn lockfile v1\n\"expo-updates@^1, a@npm:b@1\":\n  version \"1.0.0\"\n"),
        ("pnpm-lock.yaml", "lockfileVersion: 5.4\npackages:\n  /expo-updates/1.0.0_é:\n    name: 'é'\n"),
        ("bun.lock", "{\"lockfileVersion\": 1, \"packages\": {\"a\": [\"expo-updates@1.0.0\"]}}"),
        ("ios/App/Podfile.lock", "PODS:\n  - EXUpdates (1.0.0):\n    - é\n"),
        (
            "Package.resolved",
            "{\"pins\": [{\"location\": \"/cap-go/capacitor-updater\", \"state\": {\"version\": \"1.0.0\"}}]}",
        ),
    ];
    for (path, text) in samples {
        for index in 0..text.len() {
            for byte in [0, b'"', b'\n', b'@', b'/', b':', 0xFF] {
                let mut bytes = text.as_bytes().to_vec();
                bytes[index] = byte;
                let damaged = decode(&bytes).text.into_owned();
                let mut found = Found {
                    names: &NAMES,
                    exactness: Exactness::Locked,
                    source: path,
                    installed: Vec::new(),
                    full: false,
                };
                let _ = reader(path)(&damaged, &mut found);
                let cut: String = damaged.chars().take(index).collect();
                let _ = reader(path)(&cut, &mut found);
            }
        }
    }
}

/// What is known of Capgo's plugin in `apps/mobile` of a workspace: the file and the version.
fn in_workspace(files: &[(&str, &str)], link: bool) -> Vec<(String, Option<String>)> {
    let top = folder(files);
    let app = top.path().join("apps/mobile");
    fs::create_dir_all(&app).unwrap();
    #[cfg(unix)]
    if link {
        fs::create_dir_all(app.join("node_modules/@capgo")).unwrap();
        let target = "../../../../node_modules/.pnpm/a/node_modules/@capgo/capacitor-updater";
        std::os::unix::fs::symlink(target, app.join("node_modules/@capgo/capacitor-updater")).unwrap();
    }
    let packages = read_packages(&app, &NAMES);
    assert_eq!(packages.unread, [], "everything is read");
    packages.of(CAPGO).map(|one| (one.source.clone(), one.version.known().cloned())).collect()
}

const ASKS: &str = r#"{"name": "mobile", "dependencies": {"@capgo/capacitor-updater": "^8.40.0"}}"#;
const TOP: &str = r#"{"workspaces": ["apps/*"]}"#;
const TWO: &str = "lockfileVersion: '9.0'\npackages:\n\n  '@capgo/capacitor-updater@6.1.0':\n    resolution: {}\n\n  '@capgo/capacitor-updater@8.41.0':\n    resolution: {}\n";

fn told(pairs: &[(&str, Option<&str>)]) -> Vec<(String, Option<String>)> {
    pairs.iter().map(|(path, version)| ((*path).to_owned(), version.map(str::to_owned))).collect()
}

#[test]
fn a_workspace_has_its_lockfile_at_the_top() {
    let pnpm = [
        ("apps/mobile/package.json", ASKS),
        ("pnpm-workspace.yaml", "packages:\n  - apps/*\n"),
        ("pnpm-lock.yaml", TWO),
    ];
    let found = in_workspace(&pnpm, false);
    let wanted = [("package.json", None), ("../../pnpm-lock.yaml", Some("8.41.0"))];
    assert_eq!(found, told(&wanted), "the version of another app is not this one's");
    let yarn = "# yarn lockfile v1\n\n\"@capgo/capacitor-updater@^8.40.0\":\n  version \"8.41.0\"\n";
    let yarn = [("apps/mobile/package.json", ASKS), ("package.json", TOP), ("yarn.lock", yarn)];
    assert_eq!(in_workspace(&yarn, false), told(&[("package.json", None), ("../../yarn.lock", Some("8.41.0"))]));
    let own = r#"{"name": "@capgo/capacitor-updater", "version": "8.42.0"}"#;
    let hoisted = [
        ("apps/mobile/package.json", ASKS),
        ("package.json", TOP),
        ("node_modules/@capgo/capacitor-updater/package.json", own),
    ];
    let above = "../../node_modules/@capgo/capacitor-updater/package.json";
    assert_eq!(in_workspace(&hoisted, false), told(&[("package.json", None), (above, Some("8.42.0"))]));
    // Nx keeps the only package.json at the top.
    let nx = [("nx.json", "{}"), ("package.json", ASKS), ("pnpm-lock.yaml", TWO)];
    assert!(in_workspace(&nx, false).contains(&("../../pnpm-lock.yaml".to_owned(), Some("8.41.0".to_owned()))));
}

#[test]
fn what_is_no_workspace_of_the_app_is_not_read() {
    let none = told(&[("package.json", None)]);
    assert_eq!(
        in_workspace(&[("apps/mobile/package.json", ASKS), ("pnpm-lock.yaml", TWO)], false),
        none,
        "no workspace"
    );
    let apart = [
        ("apps/mobile/package.json", ASKS),
        ("apps/mobile/.git", "gitdir: x"),
        ("package.json", TOP),
        ("pnpm-lock.yaml", TWO),
    ];
    assert_eq!(in_workspace(&apart, false), none, "a repository of its own");
    let locked = [
        ("apps/mobile/package.json", ASKS),
        ("apps/mobile/yarn.lock", "# yarn lockfile v1\n"),
        ("package.json", TOP),
        ("pnpm-lock.yaml", TWO),
    ];
    assert_eq!(in_workspace(&locked, false), none, "a lockfile of its own");
    let other = [("apps/mobile/package.json", r#"{"name": "web"}"#), ("package.json", TOP), ("pnpm-lock.yaml", TWO)];
    assert_eq!(in_workspace(&other, false), [], "another app's plugin");
}

#[cfg(unix)]
#[test]
fn links_within_a_workspace_are_followed() {
    let own = r#"{"name": "@capgo/capacitor-updater", "version": "8.51.23"}"#;
    let path = "node_modules/.pnpm/a/node_modules/@capgo/capacitor-updater/package.json";
    let files = [("apps/mobile/package.json", ASKS), ("pnpm-workspace.yaml", "packages:\n  - apps/*\n"), (path, own)];
    let inside = "node_modules/@capgo/capacitor-updater/package.json";
    assert_eq!(in_workspace(&files, true), told(&[("package.json", None), (inside, Some("8.51.23"))]));
}
