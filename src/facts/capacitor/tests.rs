use super::*;
use crate::model::Fact;

fn read(text: &str) -> ConfigFacts {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("capacitor.config.ts"), text).unwrap();
    read_config(folder.path(), None)
}

#[test]
fn lookups_tell_absent_from_unknown() {
    let config = read("export default {server:{cleartext:true},plugins:{...x,A:{}}, android: process.env.A as any}");
    let settings = config.settings();
    let settings = settings.known().unwrap();
    assert_eq!(settings.boolean(&["server", "cleartext"]), Fact::Known(true));
    assert_eq!(settings.boolean(&["server", "url"]), Fact::Absent);
    assert!(matches!(settings.text(&["server", "cleartext"]), Fact::Unreadable(_)));
    assert!(matches!(settings.state(&["plugins", "B", "c"]), Fact::Unknown(_)));
    assert!(matches!(settings.state(&["android", "allowMixedContent"]), Fact::Unknown(_)));
    assert!(settings.block(&["plugins", "A"]).is_some());
}

#[test]
fn a_named_configuration_ships() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("capacitor.config.ts"), "export default {appId:'a'}").unwrap();
    std::fs::write(folder.path().join("capacitor.config.prod.ts"), "export default {appId:'b'}").unwrap();
    let ships = |name: Option<&str>| {
        let config = read_config(folder.path(), name);
        config.settings().known().map(|settings| settings.text(&["appId"]))
    };
    assert_eq!(ships(None), Some(Fact::Known("a".to_owned())));
    assert_eq!(ships(Some("capacitor.config.prod.ts")), Some(Fact::Known("b".to_owned())));
    assert_eq!(ships(Some("../x.ts")), None);
    assert!(matches!(read_config(folder.path(), Some("x.ts")).settings(), Fact::Unreadable(_)));
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.ts"), "export default {appId:'a'}").unwrap();
    std::os::unix::fs::symlink("a.ts", folder.path().join("capacitor.config.ts")).unwrap();
    assert!(matches!(read_config(folder.path(), None).settings(), Fact::Unreadable(_)));
    std::fs::remove_file(folder.path().join("capacitor.config.ts")).unwrap();
    std::os::unix::fs::symlink("a.ts", folder.path().join("b.ts")).unwrap();
    let text = "import b from './b';export default {...b}";
    std::fs::write(folder.path().join("capacitor.config.ts"), text).unwrap();
    let config = read_config(folder.path(), None);
    assert!(matches!(config.settings().known().unwrap().state(&["appId"]), Fact::Unknown(_)));
}

#[test]
fn hostile_shapes_end() {
    let many = 3_000;
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{a:", "}"),
        ("a?(", "):1"),
        ("(a=", ")=>1"),
        ("a<", ">"),
        ("f<a>(", ")"),
        ("<T>(", ")"),
        ("async(", ")"),
        ("a?(b)=>", ":1"),
        ("a?(b):", ""),
        ("(x:", ")"),
        ("`${", "}`"),
        ("!", ""),
        ("...", ""),
        ("a=>", ""),
        ("a as ", ""),
        ("a<b<", ""),
        ("async <T>(", ")"),
        ("<T>(a=", ")"),
        ("<T,>(a=", ")=>1"),
        ("a?(b=", "):1"),
        ("(a):(", ")"),
        ("a?(x):T=>(", ")"),
        ("a?(x):T=>(", "):1"),
        ("a?async(x):T=>(", "):1"),
        ("a?async(b)=>(", "):1"),
        ("{get:<T>(", ")}"),
        ("<T extends (", ")>1"),
    ] {
        for times in [20, 60, 95, many] {
            let text = format!("export default {}1{}", open.repeat(times), close.repeat(times));
            drop(read(&text));
        }
    }
    for (open, close) in [
        ("(", ")"),
        ("(a:", ")=>b"),
        ("A<", ">"),
        ("A extends infer U extends (", ")?1:2"),
        ("new (a:", ")=>b"),
        ("{a:", "}"),
        ("[a:", "]"),
        ("<T>(a:", ")=>b"),
        ("A extends B?", ":1"),
        ("(a?:", ")=>b"),
        ("keyof (", ")"),
        ("`${", "}`"),
        ("(...a:", ")=>b"),
        ("<T extends ", ">()=>b"),
        ("asserts a is (", ")"),
        ("A extends infer U extends ", "?1:2"),
    ] {
        for times in [20, 60, 95, many] {
            drop(read(&format!("let x: {}1{};export default {{}}", open.repeat(times), close.repeat(times))));
        }
    }
    let doubled = (0..60).map(|n| format!("const a{}={{x:a{n},y:a{n}}};", n + 1)).collect::<String>();
    drop(read(&format!("const a0={{z:1}};{doubled}export default a60")));
    let doubled = (0..60).map(|n| format!("const a{}=a{n}+a{n};", n + 1)).collect::<String>();
    drop(read(&format!("const a0='x';{doubled}export default {{appId:a60}}")));
    drop(read("const a={};a.x=a;a.y=a;a.z=[a,a];export default a"));
    drop(read("function f(){return {a:f(),b:f()}}export default f()"));
    drop(read("const f=(g)=>g(g);export default f(f)"));
    let ifs = (0..40).map(|n| format!("if(process.env.A{n})c.k{n}=c.k{n}?c:{n};")).collect::<String>();
    drop(read(&format!("const c:any={{}};{ifs}export default c")));
    let same = (0..40).map(|n| format!("if(process.env.A{n})c={{...c,k:{n}}};")).collect::<String>();
    drop(read(&format!("let c:any={{}};{same}export default c")));
    let functions = (0..30).map(|n| format!("function f{}(){{f{n}();f{n}();return 1}}", n + 1)).collect::<String>();
    drop(read(&format!("function f0(){{}};{functions}f30();export default {{}}")));
}
