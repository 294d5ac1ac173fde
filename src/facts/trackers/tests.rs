use super::*;

fn purpose(host: &str) -> Option<Purpose> {
    owner(host).map(|owner| owner.purpose)
}

#[test]
fn the_tables_are_whole_and_sorted() {
    for (text, table) in [OWN, TABLE].into_iter().zip(TABLES.iter()) {
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
        assert_eq!(table.len(), lines, "a line has another form, or a purpose that is not known");
        assert!(table.is_sorted_by(|one, other| one.domain < other.domain));
    }
}

#[test]
fn the_longest_domain_counts_and_hosts_that_only_look_alike_do_not() {
    assert_eq!(purpose("o123.ingest.sentry.io"), Some(Purpose::ErrorReporting));
    assert_eq!(purpose("graph.facebook.com."), Some(Purpose::Advertising));
    assert_eq!(purpose("www.Facebook.com"), Some(Purpose::Social));
    assert_eq!(purpose("fonts.googleapis.com"), Some(Purpose::Fonts));
    assert_eq!(purpose("firestore.googleapis.com"), Some(Purpose::Hosting));
    assert_eq!(purpose("evil-sentry.io"), None);
    assert_eq!(purpose("khoklmuwfwyfhccqbdmf.supabase.co"), Some(Purpose::Hosting));
    assert_eq!(purpose(""), None);
    assert_eq!(purpose(&"a.".repeat(60_000)), None);
}

#[test]
fn lists_of_others_are_told_apart_and_read() {
    let read = |text: &str| read_list("list", text).unwrap();
    let tds = read(
        r#"{"trackers":{"a.example":{"owner":{"displayName":"A"},"categories":["Analytics","Advertising"]},"b.example":{}}}"#,
    );
    assert_eq!(tds.format, ListFormat::DuckDuckGo);
    let of = |list: &TrackerList, host: &str| owner_by(std::slice::from_ref(list), host);
    let owner = of(&tds, "x.a.example").unwrap();
    assert_eq!((owner.name.as_str(), owner.purpose, owner.list.as_deref()), ("A", Purpose::Advertising, Some("list")));
    assert_eq!(of(&tds, "b.example").unwrap().purpose, Purpose::Tracker);
    let services = read(r#"{"categories":{"Analytics":[{"C":{"https://c/":["c.example"],"performance":"true"}}]}}"#);
    assert_eq!(services.format, ListFormat::Disconnect);
    assert_eq!(of(&services, "c.example").unwrap().purpose, Purpose::Analytics);
    let hosts = read("# list\n127.0.0.1 localhost\n0.0.0.0 d.example e.example # x\n::1 f.example\n");
    assert_eq!((hosts.format, hosts.hosts.len()), (ListFormat::Hosts, 3));
    assert!(of(&hosts, "d.example").is_some() && of(&hosts, "x.d.example").is_none());
    let rules =
        read("[Adblock Plus 2.0]\n! x\n||g.example^$third-party\n||h.example^$script\n||i.example/x\n@@||j.example^\n");
    assert_eq!((rules.format, rules.hosts.len()), (ListFormat::Adblock, 1));
    assert!(of(&rules, "x.g.example").is_some());
}

#[test]
fn what_a_list_leaves_open_the_table_fills_in() {
    let hosts = read_list("list", "0.0.0.0 api.mixpanel.com\n").unwrap();
    let owner = owner_by(&[hosts], "api.mixpanel.com").unwrap();
    assert_eq!((owner.name.as_str(), owner.purpose), ("Mixpanel", Purpose::Analytics));
}

#[test]
fn another_file_is_an_error() {
    for text in ["", "hello\nworld", "{}", "{\"trackers\":{}}", "[1]", "{", "a.example\nb.example\n"] {
        assert!(read_list("list", text).is_err(), "{text}");
    }
}
