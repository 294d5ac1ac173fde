use std::fs;
use std::path::Path;

use super::*;
use crate::facts::{AppFacts, read_app};

fn put(root: &Path, path: &str, text: &str) {
    let full = root.join(path);
    fs::create_dir_all(full.parent().unwrap()).unwrap();
    fs::write(full, text).unwrap();
}

fn app(files: &[(&str, &str)]) -> AppFacts {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        put(folder.path(), path, text);
    }
    read_app(folder.path(), None)
}

fn purposes(app: &AppFacts, host: &str) -> Vec<HostPurpose> {
    let endpoint = app.endpoints.hosts.iter().find(|one| one.host == host);
    endpoint.map(|one| one.mentions.iter().map(|mention| mention.purpose).collect()).unwrap_or_default()
}

#[test]
fn the_configuration_names_hosts_for_different_ends() {
    let app = app(&[(
        "capacitor.config.json",
        r#"{"server":{"hostname":"app.example.com","url":"http://192.168.1.2:8100","allowNavigation":["*.example.org","pay.example.net"]},
"plugins":{"CapacitorUpdater":{"updateUrl":"https://Updates.example.com:8443/v1","channelUrl":null,"statsUrl":"","localHost":"http://dev.example.com"}}}"#,
    )]);
    assert_eq!(purposes(&app, "updates.example.com"), [HostPurpose::Updates]);
    assert_eq!(purposes(&app, "plugin.capgo.app"), [HostPurpose::Channel], "no statistics: the text is empty");
    assert_eq!(purposes(&app, "dev.example.com"), [HostPurpose::Development]);
    assert_eq!(purposes(&app, "app.example.com"), [HostPurpose::Origin]);
    assert_eq!(purposes(&app, "192.168.1.2"), [HostPurpose::RemotePages]);
    assert_eq!(purposes(&app, "*.example.org"), [HostPurpose::Navigation]);
    let updates = app.endpoints.hosts.first().unwrap();
    assert_eq!(
        (updates.host.as_str(), updates.kind, updates.is_contacted()),
        ("updates.example.com", HostKind::Name, true)
    );
    assert_eq!(updates.mentions.first().unwrap().scheme.as_deref(), Some("https"));
    assert_eq!(updates.mentions.first().unwrap().location.line, Some(2));
}

#[test]
fn a_default_is_the_vendors() {
    let app = app(&[("capacitor.config.json", r#"{"plugins":{"LiveUpdate":{"appId":"x"}}}"#)]);
    let only = app.endpoints.hosts.first().unwrap();
    assert_eq!((only.host.as_str(), app.endpoints.hosts.len()), ("api.cloud.capawesome.io", 1));
    assert_eq!(only.mentions.first().unwrap().default_of, Some("capawesome"));
}

#[test]
fn certificates_are_read_missing_or_out_of_reach() {
    let app = app(&[
        (
            "capacitor.config.json",
            r#"{"plugins":{"SSLPinning":{"certs":["certs/none.cer","certs/bad.cer","../out.cer"],"excludedDomains":["https://a.example, https://b.example/x"]}}}"#,
        ),
        ("certs/bad.cer", "no certificate"),
    ]);
    let plugin = app.endpoints.pinning.first().unwrap();
    let states: Vec<&Fact<Certificate>> = plugin.certificates.iter().map(|one| &one.content).collect();
    assert!(matches!(states.as_slice(), [Fact::Absent, Fact::Unreadable(_), Fact::Unknown(_)]), "{states:?}");
    assert_eq!(purposes(&app, "b.example"), [HostPurpose::NotPinned]);
}

#[test]
fn many_hosts_are_counted() {
    let names: Vec<String> = (0..MOST_HOSTS + 7).map(|number| format!("\"h{number}.example\"")).collect();
    let config = format!("{{\"server\":{{\"allowNavigation\":[{}]}}}}", names.join(","));
    let app = app(&[("capacitor.config.json", &config)]);
    assert_eq!((app.endpoints.hosts.len(), app.endpoints.left_out), (MOST_HOSTS, 7));
}
