//! `otaudit diff` and `check --previous` on small bundles: what is no change, what matters by name, what is judged, and that
//! a cache changes nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

use std::path::Path;
use std::process::Command;

fn bundle(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html><title>x</title><script src=a.js></script>")
        .unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

#[test]
fn a_change_of_names_alone_is_no_change_and_what_was_added_is_named() {
    let source = |name: &str, more: &str| {
        let code = format!(
            "const {name}=t=>t.map(e=>e.title+': '+e.text);{more}document.title={name}([{{title:'a',text:'b'}}]);"
        );
        bundle(&[("a.js", code.as_bytes())])
    };
    let compared = |before: &Path, after: &Path| -> serde_json::Value {
        let output = Command::new(env!("CARGO_BIN_EXE_otaudit"))
            .arg("diff")
            .args([before, after])
            .args(["--format", "json"])
            .output()
            .unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        report["comparison"].clone()
    };
    let (one, renamed) = (source("x", ""), source("yy", ""));
    let same = compared(one.path(), renamed.path());
    assert_eq!((&same["code"]["added_bytes"], &same["code"]["removed_bytes"]), (&0.into(), &0.into()));
    let more = "navigator.geolocation.watchPosition(p=>p);fetch('https://tides.example.com/rules').then(r=>r.text()).then(t=>eval(t));";
    let grown = source("x", more);
    let change = compared(one.path(), grown.path());
    let names: Vec<&str> = change["sets"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|set| set["added"].as_array().unwrap())
        .map(|item| item["name"].as_str().unwrap())
        .collect();
    for wanted in ["watchPosition", "tides.example.com", "`eval` of what came by fetch"] {
        assert!(names.iter().any(|name| name.contains(wanted)), "{wanted} in {names:?}");
    }
}

/// Runs the program; its standard output, and its exit code.
fn run(arguments: &[&str], places: &[&Path], more: &[&str]) -> (String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_otaudit"))
        .args(arguments)
        .args(places)
        .args(more)
        .env_remove("OTAUDIT_CACHE")
        .output()
        .unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

/// Minified code of `bytes` bytes that differs from place to place as programs do; variables are called with `prefix`.
fn minified(prefix: &str, bytes: usize) -> String {
    let mut code = String::new();
    let mut number = 0_u32;
    while code.len() < bytes {
        let (a, b) = (number % 97, number.wrapping_mul(2_654_435_761) % 1_000_003);
        code.push_str(&format!(
            "function {prefix}{number}(t,n){{var r=t.item{a}||\"text {b}\";if(n>{b}){{r=r.concat(n/{a},/x{b}[/]/.test(r)?1:2);\
             document.title=r}}return{{key{a}:r,next:function(e){{return e?n+{b}:`${{r}}/${{n}}`}}}}}}"
        ));
        number += 1;
    }
    code
}

const THREE: &str = "function zz(){navigator.geolocation.watchPosition(p=>{document.title=p.coords.latitude});\
    fetch('https://tides.example.com/rules').then(r=>r.text()).then(t=>eval(t))}zz();";

#[test]
fn three_additions_in_much_minified_code_are_named_and_nothing_else() {
    let before = bundle(&[("a.js", minified("q", 200_000).as_bytes())]);
    let mut code = minified("w", 100_000);
    code.push_str(THREE);
    let all = minified("w", 200_000);
    code.push_str(all.get(minified("w", 100_000).len()..).unwrap());
    let after = bundle(&[("a.js", code.as_bytes())]);
    let (json, _) = run(&["diff", "--format", "json"], &[before.path(), after.path()], &[]);
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let sets = report["comparison"]["sets"].as_array().unwrap();
    let mut names = Vec::new();
    for set in sets {
        assert_eq!(set["removed"].as_array().unwrap().len(), 0, "{set}");
        for item in set["added"].as_array().unwrap() {
            names.push(format!("{}: {}", set["kind"].as_str().unwrap(), item["name"].as_str().unwrap()));
        }
    }
    let of = |words: &[&str]| names.iter().filter(|name| words.iter().any(|word| name.contains(word))).count();
    let geolocation = of(&["eolocation", "lace of the device", "NSLocation", "FINE_LOCATION", "position", "Position"]);
    let (host, dynamic) = (of(&["tides.example.com"]), of(&["`eval` of what came by fetch"]));
    assert!(geolocation > 0 && host > 0 && dynamic == 1, "{names:#?}");
    let fetches = of(&["browser-functions: fetch", "watched-calls"]);
    assert!(geolocation + host + dynamic + fetches >= names.len(), "{names:#?}");
    let code = &report["comparison"]["code"];
    let added = code["added"].as_array().unwrap();
    assert!(added.len() <= 5 && code["added_bytes"].as_u64().unwrap() < 2_000, "{code:#?}");
}

#[test]
fn hashes_of_bundlers_and_names_of_minifiers_are_no_change_of_code() {
    let of = |prefix: &str, hash: &str| {
        let folder = tempfile::tempdir().unwrap();
        let page = format!("<!doctype html><title>x</title><script type=module src=main-{hash}.js></script>");
        std::fs::write(folder.path().join("index.html"), page).unwrap();
        let code = format!("{}import('./chunk-{hash}.js')", minified(prefix, 20_000));
        std::fs::write(folder.path().join(format!("main-{hash}.js")), code).unwrap();
        std::fs::write(folder.path().join(format!("chunk-{hash}.js")), "export default 1").unwrap();
        folder
    };
    let (before, after) = (of("q", "4f3a1b9c"), of("w", "99aa00bb"));
    let (text, _) = run(&["diff"], &[before.path(), after.path()], &[]);
    assert!(text.contains("No change of code"), "{text}");
    assert!(text.contains("nothing that matters is new or gone"), "{text}");
}

#[test]
fn code_within_pages_is_code() {
    let of = |page: &str| {
        let folder = bundle(&[("a.js", b"a()")]);
        std::fs::write(folder.path().join("index.html"), page).unwrap();
        folder
    };
    let says = |one: &str, other: &str| {
        let (one, other) = (of(one), of(other));
        let (text, _) = run(&["diff"], &[one.path(), other.path()], &[]);
        text.contains("No change of code")
    };
    let page = |code: &str, handler: &str| {
        format!(
            "<!doctype html><title>x</title><p onclick=\"{handler}\">y<script>{code}</script><script src=a.js></script>"
        )
    };
    let plain = page("if(x.y){start(x)}", "go(this)");
    assert!(says(&plain, &page("if(a.y){start(a)}", "go(this)").replace("<p ", "<p class=z ")), "names are no code");
    assert!(!says(&plain, &page("if(x.z){start(x)}", "go(this)")), "a changed inline script");
    assert!(!says(&plain, &page("if(x.y){start(x)}", "go(this.form)")), "a changed handler");
}

#[test]
fn a_further_place_of_dynamic_code_is_new_where_one_like_it_was_before() {
    let one = "fetch('./rules').then(r=>r.text()).then(t=>eval(t));";
    let module: &[u8] = b"\0asm\x01\0\0\0";
    let before = bundle(&[("a.js", one.as_bytes()), ("m-4f3a1b9c.wasm", module)]);
    let more = one.replace("rules", "more");
    let after =
        [("a.js", one.as_bytes()), ("b.js", more.as_bytes()), ("m-4f3a1b9c.wasm", module), ("m-99aa00bb.wasm", module)];
    let after = bundle(&after);
    let names = |before: &Path, after: &Path, kind: &str| {
        let (json, _) = run(&["diff", "--format", "json"], &[before, after], &[]);
        let report: serde_json::Value = serde_json::from_str(&json).unwrap();
        let sets = report["comparison"]["sets"].as_array().unwrap().clone();
        let set = sets.into_iter().find(|set| set["kind"] == kind).unwrap();
        let added = set["added"].as_array().unwrap().iter();
        added.map(|item| format!("{} {}", item["name"].as_str().unwrap(), item["location"]["path"])).collect::<Vec<_>>()
    };
    let (one, other) = (before.path(), after.path());
    assert_eq!(names(one, other, "dynamic-code"), ["`eval` of what came by fetch, place 2 \"b.js\""]);
    assert_eq!(names(one, other, "web-assembly"), ["m-.wasm, place 2 \"m-99aa00bb.wasm\""]);
    assert!(names(one, one, "dynamic-code").is_empty());
}

#[test]
fn the_older_bundle_after_the_newer_one_is_a_downgrade() {
    let of = |version: &str| {
        bundle(&[("a.js", b"a()"), ("version.json", format!("{{\"version\":\"{version}\"}}").as_bytes())])
    };
    let (old, new) = (of("1.4.0"), of("1.5.0"));
    let (forward, _) = run(&["diff"], &[old.path(), new.path()], &[]);
    let (back, _) = run(&["diff"], &[new.path(), old.path()], &[]);
    assert!(!forward.contains("downgrade"), "{forward}");
    assert!(back.contains("This is a downgrade: 1.4.0 after 1.5.0"), "{back}");
    let judged = |path: &Path, previous: &Path| {
        let (json, _) =
            run(&["check", "--format", "json", "--as-of", "2026-11-01", "--previous"], &[previous, path], &[]);
        finding(&json, "OTA-RBK-001", "bundle-goes-back")
    };
    assert!(judged(old.path(), new.path()) && !judged(new.path(), old.path()));
}

/// Whether there is an object with this rule within one that names the control.
fn any(value: &serde_json::Value, control: &str, rule: &str, within: bool) -> bool {
    match value {
        serde_json::Value::Object(map) => {
            let own = map.values().any(|value| value.as_str() == Some(control));
            let hit = map.get("rule").and_then(serde_json::Value::as_str).is_some_and(|it| it.ends_with(rule));
            (within || own) && hit || map.values().any(|value| any(value, control, rule, within || own))
        }
        serde_json::Value::Array(list) => list.iter().any(|value| any(value, control, rule, within)),
        _ => false,
    }
}

/// Whether a control has a finding of this rule.
fn finding(json: &str, control: &str, rule: &str) -> bool {
    let report: serde_json::Value = serde_json::from_str(json).unwrap();
    let text = report.to_string();
    assert!(text.contains(control), "{control} is in the report");
    any(&report, control, rule, false)
}

#[test]
fn what_is_new_and_stated_nowhere_fails_and_what_was_there_is_no_question() {
    let plain = bundle(&[("a.js", b"document.title='a'")]);
    let with = bundle(&[("a.js", b"document.title='a';navigator.geolocation.watchPosition(p=>p)")]);
    let judged = |path: &Path, previous: &Path, control: &str, rule: &str| {
        let arguments = ["check", "--format", "json", "--as-of", "2026-11-01", "--previous"];
        finding(&run(&arguments, &[previous, path], &[]).0, control, rule)
    };
    assert!(judged(with.path(), plain.path(), "OTA-GDPR-012", "new-not-reviewed"));
    assert!(judged(with.path(), plain.path(), "OTA-CCPA-005", "new-sensitive"));
    assert!(!judged(with.path(), with.path(), "OTA-GDPR-012", "review"));
    assert!(!judged(with.path(), with.path(), "OTA-CCPA-005", "new-sensitive"));
}

#[test]
fn the_commits_that_both_bundles_state_are_told() {
    let of = |commit: &str, code: &str| {
        bundle(&[("a.js", code.as_bytes()), ("build-info.json", format!("{{\"commit\":\"{commit}\"}}").as_bytes())])
    };
    let (one, two, same) = (of("9f2c1ab0", "a()"), of("1b3d5f77", "b(c.d)"), of("9f2c1ab0", "b(c.d)"));
    for (format, told) in
        [("table", "9f2c1ab0 → 1b3d5f77"), ("markdown", "9f2c1ab0 → 1b3d5f77"), ("html", "9f2c1ab0 → 1b3d5f77")]
    {
        let (text, _) = run(&["diff", "--format", format], &[one.path(), two.path()], &[]);
        assert!(text.contains(told), "{format}: {text}");
    }
    let (text, _) = run(&["diff"], &[one.path(), same.path()], &[]);
    assert!(text.contains("9f2c1ab0, in both"), "{text}");
    let judged = |path: &Path| {
        let arguments = ["check", "--format", "json", "--as-of", "2026-11-01", "--previous"];
        finding(&run(&arguments, &[one.path(), path], &[]).0, "OTA-INT-007", "same-commit")
    };
    assert!(judged(same.path()) && !judged(two.path()));
}

#[test]
fn what_lies_beside_the_reviewed_bundle_is_read() {
    let camera = "const Camera=registerPlugin('Camera');Camera.getPhoto();";
    let printer = "const Printer=registerPlugin('Printer');Printer.print();";
    let after = bundle(&[("a.js", format!("{camera}{printer}").as_bytes())]);
    let binary = tempfile::tempdir().unwrap();
    let assets = binary.path().join("android/app/src/main/assets");
    let public = assets.join("public");
    std::fs::create_dir_all(&public).unwrap();
    std::fs::write(public.join("index.html"), "<!doctype html><title>x</title><script src=a.js></script>").unwrap();
    std::fs::write(public.join("a.js"), camera).unwrap();
    let judged = |rule: &str| {
        let arguments = ["check", "--format", "json", "--as-of", "2026-11-01", "--reviewed"];
        finding(&run(&arguments, &[&public, after.path()], &[]).0, "OTA-RBK-004", rule)
    };
    assert!(judged("plugin-not-reviewed"), "nothing lies beside it");
    std::fs::write(assets.join("capacitor.config.json"), r#"{"appId":"com.example.harbour"}"#).unwrap();
    let list = |more: &str| {
        let list = format!(
            r#"[{{"pkg":"@capacitor/camera","classpath":"com.capacitorjs.plugins.camera.CameraPlugin"}}{more}]"#
        );
        std::fs::write(assets.join("capacitor.plugins.json"), list).unwrap();
    };
    list("");
    assert!(judged("plugin-not-in-binary") && !judged("plugin-not-reviewed"));
    list(r#",{"pkg":"capacitor-printer","classpath":"com.example.PrinterPlugin"}"#);
    assert!(!judged("plugin-not-in-binary") && !judged("plugin-not-reviewed"));
}

#[test]
fn a_cache_changes_no_report_and_what_is_damaged_is_read_again() {
    let code = format!("{}{THREE}", minified("q", 20_000));
    let before = bundle(&[("a.js", minified("q", 20_000).as_bytes())]);
    let after = bundle(&[("a.js", code.as_bytes())]);
    let folder = tempfile::tempdir().unwrap();
    let cache = ["--cache", folder.path().to_str().unwrap()];
    let checked = |more: &[&str]| {
        let arguments = ["check", "--format", "json", "--as-of", "2026-11-01", "--previous"];
        run(&arguments, &[before.path(), after.path()], more)
    };
    let compared = |more: &[&str]| run(&["diff", "--format", "json"], &[before.path(), after.path()], more);
    let (plain, plain_diff) = (checked(&[]), compared(&[]));
    assert_eq!(checked(&cache), plain, "cold");
    assert_eq!(compared(&cache), plain_diff, "cold");
    assert_eq!(checked(&cache), plain, "warm");
    assert_eq!(compared(&cache), plain_diff, "warm");
    let own = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let entries: Vec<_> = std::fs::read_dir(&own).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(entries.len() >= 4, "scripts and their pieces: {entries:?}");
    let whole: Vec<Vec<u8>> = entries.iter().map(|path| std::fs::read(path).unwrap()).collect();
    for (path, bytes) in entries.iter().zip(&whole) {
        let mut damaged = bytes.clone();
        let at = damaged.len() - 1;
        damaged[at] ^= 1;
        std::fs::write(path, damaged).unwrap();
    }
    assert_eq!(checked(&cache), plain, "damaged");
    assert_eq!(compared(&cache), plain_diff, "damaged");
    for (path, bytes) in entries.iter().zip(&whole) {
        assert_eq!(&std::fs::read(path).unwrap(), bytes, "rewritten");
    }
}

#[test]
fn the_draft_names_what_is_new_and_leaves_the_rest_to_a_person() {
    let before = bundle(&[("a.js", b"a()")]);
    let after = bundle(&[("a.js", format!("a();{THREE}").as_bytes())]);
    let (draft, code) = run(&["diff", "--disclosure"], &[before.path(), after.path()], &[]);
    assert_eq!(code, Some(0));
    for part in ["## Release notes", "## Notes for Review", "web.geolocation", "tides.example.com", "`eval`", ": …"] {
        assert!(draft.contains(part), "{part}: {draft}");
    }
    assert!(!draft.to_lowercase().contains("compliant"), "{draft}");
}
