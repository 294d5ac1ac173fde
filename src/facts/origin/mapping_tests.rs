use super::*;

fn at(line: u32, column: u32) -> Wanted {
    Wanted { line, column }
}

fn shown(json: &str, wanted: &[Wanted]) -> Vec<String> {
    let map = SourceMap::parse(json).unwrap();
    let show = |one: Option<Original>| {
        one.map_or_else(|| "-".to_owned(), |one| format!("{}:{}:{}", one.source, one.line, one.column))
    };
    map.originals(wanted).into_iter().map(show).collect()
}

#[test]
fn places_are_found() {
    // [0,0,0,0] [8,1,1,-?]: two sources on the first line, one without a source, then a second line.
    let json = r#"{"version":3,"sourceRoot":"webpack://app/","sources":["./src/a.ts","./node_modules/b/i.js"],
        "sourcesContent":["x",null],"names":[],"mappings":"AAAA,QCCC,Q;AAAA"}"#;
    let wanted = [at(0, 0), at(0, 7), at(0, 8), at(0, 15), at(0, 16), at(1, 3), at(2, 0)];
    let expected = [
        "src/a.ts:1:1",
        "src/a.ts:1:1",
        "node_modules/b/i.js:2:2",
        "node_modules/b/i.js:2:2",
        "-",
        "node_modules/b/i.js:2:2",
        "-",
    ];
    assert_eq!(shown(json, &wanted), expected);
    let facts = SourceMap::parse(json).unwrap().facts();
    assert_eq!((facts.sources, facts.with_content, facts.own), (2, 1, 1));
    assert_eq!(facts.examples, ["src/a.ts"]);
    assert_eq!(facts.packages, [("b".to_owned(), None)]);
}

#[test]
fn an_index_map_shifts_its_parts() {
    let part = |source: &str| format!(r#"{{"version":3,"sources":["{source}"],"names":[],"mappings":"AAAA;AACA"}}"#);
    let json = format!(
        r#"{{"version":3,"sections":[{{"offset":{{"line":0,"column":0}},"map":{}}},{{"offset":{{"line":1,"column":10}},"map":{}}}]}}"#,
        part("a.js"),
        part("b.js")
    );
    let wanted = [at(0, 5), at(1, 5), at(1, 12), at(2, 5)];
    assert_eq!(shown(&json, &wanted), ["a.js:1:1", "a.js:2:1", "b.js:1:1", "b.js:2:1"]);
}

#[test]
fn unsorted_mappings_are_followed() {
    // Columns 8, then 4: the place at 6 belongs to the second.
    let json = r#"{"version":3,"sources":["a.js"],"names":[],"mappings":"QAAA,JACA"}"#;
    assert_eq!(shown(json, &[at(0, 2), at(0, 6), at(0, 9)]), ["-", "a.js:2:1", "a.js:1:1"]);
}

#[test]
fn hostile_maps_end() {
    for json in ["", "[]", "{", r#"{"version":2}"#, r#"{"version":3,"sources":3}"#, r#"{"version":"3"}"#] {
        assert!(SourceMap::parse(json).is_none(), "{json}");
    }
    for mappings in ["!!!", "A", "AA", "gggggggggggggggggggggg", "////////A", "ggggggE", "AAAA,DDDD", "AADAAAAA"] {
        let json = format!(r#"{{"version":3,"sources":["a.js",null],"mappings":"{mappings}"}}"#);
        let _ = shown(&json, &[at(0, 0), at(0, 9), at(3, 0)]);
    }
    let many = ";".repeat(2_000_000) + &"A,".repeat(1_000_000);
    let json = format!(r#"{{"version":3,"sources":["a.js"],"mappings":"{many}"}}"#);
    let wanted: Vec<Wanted> = (0..10_000).map(|column| at(2_000_000, column)).collect();
    assert_eq!(shown(&json, &wanted).len(), 10_000);
    let deep = format!(r#"{{"version":3,"sources":{}}}"#, "[".repeat(100_000));
    assert!(SourceMap::parse(&deep).is_none());
    let nested =
        r#"{"version":3,"sections":[{"offset":{"line":4294967295,"column":4294967295},"map":{"mappings":";;;AAAA"}}]}"#;
    assert_eq!(shown(nested, &[at(u32::MAX, u32::MAX)]), ["-"]);
}
