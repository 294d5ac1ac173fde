use super::*;

fn at(line: u32, column: u32) -> Position {
    Position { line, column }
}

const MAP: &str = r#"{"version":3,"sources":["webpack://app/./src/main.ts","webpack://app/./node_modules/.pnpm/lodash@4.17.21/node_modules/lodash/_root.js"],"names":[],"mappings":"AAAA,QCQE"}"#;

#[test]
fn an_inline_map_places_code() {
    use base64::Engine as _;
    let data = base64::engine::general_purpose::STANDARD.encode(MAP);
    let script = format!("aaaaaaaabbbb\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,{data}\n");
    let origins = Origins::of_script(&script, &LineIndex::new(&script), &[at(1, 9), at(1, 1)]);
    let Owner::Vendor { package, version, module, how } = origins.owner("main.js", at(1, 9)) else { panic!() };
    assert_eq!((package.as_str(), version.as_deref(), how), ("lodash", Some("4.17.21"), How::SourceMap));
    assert_eq!(module.unwrap().position, Some(at(9, 3)));
    let Owner::FirstParty { module, .. } = origins.owner("main.js", at(1, 1)) else { panic!() };
    assert_eq!(module.path, "src/main.ts");
    assert_eq!(origins.owner("main.js", at(1, 2)), Owner::Unknown, "what was not asked for is not placed");
    let percent = MAP.replace('%', "%25").replace('"', "%22");
    let script = format!("aaaaaaaabbbb\n//# sourceMappingURL=data:application/json,{percent}");
    assert!(Origins::of_script(&script, &LineIndex::new(&script), &[]).inline_map.is_some());
}

#[test]
fn columns_are_counted_in_units_of_utf_16() {
    let script = "'😀😀'aabbbb";
    let mut origins = Origins::of_script(script, &LineIndex::new(script), &[]);
    // `bbbb` begins at the 7th character, which is the unit 8.
    origins.follow(MAP, &[at(1, 7), at(1, 6)]);
    assert!(matches!(origins.owner("x.js", at(1, 7)), Owner::Vendor { .. }));
    assert!(matches!(origins.owner("x.js", at(1, 6)), Owner::FirstParty { .. }));
}

#[test]
fn names_of_modules_and_files_place_code() {
    let script = "x();\n// node_modules/ms/index.js\na();\n// src/main.ts\nb();\n";
    let origins = Origins::of_script(script, &LineIndex::new(script), &[]);
    assert_eq!(origins.owner("m.js", at(1, 1)), Owner::Unknown);
    assert!(matches!(origins.owner("m.js", at(3, 1)), Owner::Vendor { package, .. } if package == "ms"));
    assert!(matches!(origins.owner("m.js", at(5, 1)), Owner::FirstParty { .. }));
    let script = "/*! jQuery v3.6.0 | (c) OpenJS */\nx();";
    let origins = Origins::of_script(script, &LineIndex::new(script), &[]);
    assert!(
        matches!(origins.owner("js/jquery-3.6.0.min.js", at(2, 1)), Owner::Vendor { package, .. } if package == "jquery")
    );
    assert_eq!(origins.owner("js/app.js", at(2, 1)), Owner::Unknown, "a banner speaks for its own library only");
    assert!(matches!(origins.owner("node_modules/x/y.js", at(2, 1)), Owner::Vendor { how: How::Path, .. }));
}

#[test]
fn addresses_of_maps_stay_in_the_bundle() {
    assert_eq!(map_path("a/b.js", "b.js.map").as_deref(), Some("a/b.js.map"));
    assert_eq!(map_path("a/b.js", "../maps/b.js.map?x").as_deref(), Some("maps/b.js.map"));
    assert_eq!(map_path("a/b.js", "/m.map").as_deref(), Some("m.map"));
    assert_eq!(map_path("b.js", "../../m.map"), None);
    assert_eq!(map_path("b.js", "https://cdn.example/m.map"), None);
    assert_eq!(map_path("b.js", "//cdn.example/m.map"), None);
}
