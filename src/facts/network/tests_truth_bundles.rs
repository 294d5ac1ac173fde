//! Scores what bundles contact, call and run against hand-made truth: `OTAUDIT_APPS` names the folder with `truth/bundle-*.yaml`,
//! `OTAUDIT_BUNDLES` one with the bundles, each below its name. Without them nothing is checked.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use crate::facts::script::{CodeSite, Origin, SiteKind};
use crate::facts::{BundleFacts, Silent, read_bundle};
use crate::inputs::{Bundle, Limits};

#[allow(clippy::disallowed_methods)]
fn folder(name: &str) -> Option<PathBuf> {
    std::env::var(name).ok().map(PathBuf::from)
}

/// The texts of a list; remarks stand behind the first word.
fn words(value: &Value) -> Vec<String> {
    let texts = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.map(|text| text.split([' ', '/']).next().unwrap_or_default().to_owned()).collect()
}

fn hosts(value: &Value) -> Vec<String> {
    words(value).into_iter().filter(|word| word.contains('.')).collect()
}

fn sites(bundle: &BundleFacts) -> impl Iterator<Item = &CodeSite> {
    bundle.all_files().filter_map(|file| file.script.as_ref()).flat_map(|script| &script.sites)
}

/// Where the file says something else than the truth, and why that is right.
const EXPLAINED: &[(&str, &str)] = &[
    // The build names another project of the same backend than the one of its sister build, which the truth repeats.
    ("bundle-flm-beta-ios", ".supabase.co"),
];

/// What of one bundle does not agree.
fn differences(truth: &Value, bundle: &BundleFacts) -> Vec<String> {
    let mut out = Vec::new();
    let review = &truth["hand_review"];
    for host in hosts(&review["contacted"]) {
        // A host that is contacted may be called so or stay unexplained, but nothing that is less.
        if !bundle.network.host(&host).is_some_and(|found| found.class.may_be_contact()) {
            out.push(format!("`{host}` is contacted: {:?}", bundle.network.host(&host).map(|found| found.class)));
        }
    }
    let contacted: BTreeSet<String> = hosts(&review["contacted"]).into_iter().collect();
    for host in bundle.network.contacted() {
        let remote = review["remote_code"].to_string();
        if !contacted.contains(&host.host) && !remote.contains(&host.host) {
            out.push(format!("`{}` is not contacted: {:?}", host.host, host.mentions));
        }
        if review["trackers"].as_array().is_some_and(Vec::is_empty)
            && host.owner.as_ref().is_some_and(|owner| owner.purpose.is_tracking())
        {
            out.push(format!("`{}` is no tracker", host.host));
        }
    }
    let plain = review["http_real"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let plain: Vec<&str> =
        plain.filter_map(|text| text.split("http://").nth(1).filter(|_| !text.starts_with("none"))).collect();
    for host in bundle.network.hosts.iter().filter(|host| host.cleartext && host.class.is_contact()) {
        if !plain.iter().any(|text| text.starts_with(&host.host)) {
            out.push(format!("`{}` is not asked unencrypted", host.host));
        }
    }
    for host in plain.iter().filter_map(|text| text.split([' ', '/']).next()) {
        if !bundle.network.host(host).is_some_and(|host| host.cleartext) {
            out.push(format!("`{host}` is asked unencrypted"));
        }
    }
    let scripts = || bundle.all_files().filter_map(|file| file.script.as_ref());
    let plugins: BTreeSet<&str> = scripts().flat_map(|script| &script.plugins).map(|plugin| &*plugin.name).collect();
    for plugin in words(&review["plugins_called"]) {
        // The core's own and what a library passes on by name are no calls of the bundle's.
        if !plugins.contains(&*plugin) && !review["plugins_called"].to_string().contains(&format!("{plugin} (core")) {
            out.push(format!("the plugin `{plugin}` is called: {plugins:?}"));
        }
    }
    if review["dynamic_code"]["eval"].as_u64() == Some(0) {
        let evals = sites(bundle).filter(|site| matches!(site.kind, SiteKind::DirectEval | SiteKind::IndirectEval));
        out.extend(evals.map(|site| format!("no eval: {site:?}")));
    }
    if review["dynamic_code"]["new Function"].as_u64() == Some(0) {
        let open = |site: &&CodeSite| {
            site.kind == SiteKind::FunctionConstructor && site.idiom.is_none() && site.origin == Origin::Unknown
        };
        out.extend(sites(bundle).filter(open).map(|site| format!("no code is made: {site:?}")));
    }
    for told in review["remote_code"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let Some(host) = told.strip_prefix("TRUE").and_then(|told| told.split("https://").nth(1)) else { continue };
        let host = host.split('/').next().unwrap_or_default();
        // Seen as remote, or asked about with the host beside the question.
        let is_remote = |site: &CodeSite| matches!(&site.origin, Origin::Remote { host: found, .. } if found == host);
        let is_asked = |site: &CodeSite| site.origin == Origin::Unknown && !site.kind.takes_code();
        let is_named = scripts().any(|script| script.addresses.iter().any(|one| one.url.contains(host)));
        let is_seen = sites(bundle).any(is_remote) || is_named && sites(bundle).any(is_asked);
        if !is_seen {
            out.push(format!("code comes from `{host}`"));
        }
    }
    out
}

#[test]
fn bundles_agree_with_the_truth() {
    let (Some(apps), Some(bundles)) = (folder("OTAUDIT_APPS"), folder("OTAUDIT_BUNDLES")) else { return };
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(apps.join("truth")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let (mut read, mut wrong) = (0, Vec::new());
    for path in paths {
        let truth: Value = serde_yaml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let Some(name) = truth["name"].as_str().filter(|_| truth["kind"] == "bundle") else { continue };
        let Ok(bundle) = Bundle::open(&bundles.join(name), &Limits::default()) else {
            println!("{name}: not here");
            continue;
        };
        let facts = read_bundle(&bundle, &Limits::default(), 2, &Silent).unwrap();
        read += 1;
        let is_explained = |one: &String| EXPLAINED.iter().any(|(of, part)| *of == name && one.contains(part));
        let all = differences(&truth, &facts).into_iter().filter(|one| !is_explained(one));
        wrong.extend(all.map(|one| format!("{name}: {one}")));
    }
    println!("bundles: {read}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
