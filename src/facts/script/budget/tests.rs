//! Hostile shapes are seen, and plain long scripts are not taken for them.

use super::*;

fn excess(text: &str) -> Option<String> {
    check(text, &Limits::default()).err().map(|excess| excess.why)
}

#[test]
fn every_hostile_shape_is_seen() {
    let many = 100_000;
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("a=>", ""),
        ("function f(){", "}"),
        ("(function(){", "})()"),
        ("`${", "}`"),
        ("class A{a(){", "}}"),
        ("!", ""),
        ("typeof ", ""),
        ("new ", ""),
        ("a?b:", ""),
        ("a=", ""),
        ("if(a)", ""),
        ("for(;;)", ""),
        ("a:", ""),
        ("x=>(", ")"),
        ("async x=>", ""),
        ("do ", "while(1)"),
        ("-", ""),
        ("f(", ")"),
        ("a[", "]"),
        ("{a:", "}"),
        ("await ", ""),
        ("else ", ""),
        ("if(a){}else ", ""),
        ("a**", ""),
    ] {
        let text = format!("{}1{}", open.repeat(many), close.repeat(many));
        assert!(excess(&text).is_some(), "{open:?} nested {many} times");
    }
    for link in ["1+", "a.b.", "a||", "f()", "a,b+", "`a`", "a?.b", "x in ", "''+\n", "a\n+", "{}+", "a[0]"] {
        let text = if link == "a,b+" { "b+".repeat(many) } else { link.repeat(many) };
        assert!(excess(&text).is_some(), "a chain of {link:?}");
    }
    assert!(excess(&format!("if(a){{}}{}", "else if(b){}".repeat(20_000))).is_some());
    assert!(excess(&format!("if(a)x;{}", "else if(b)x,y\n".repeat(20_000))).is_some());
    assert!(excess(&";".repeat(13_000_000)).is_some());
}

#[test]
fn brackets_hidden_from_a_naive_count_are_seen() {
    // Strings with closing brackets, after a regular expression that looks like the begin of a string.
    let hidden = "(\"/*)*/\"".repeat(50_000);
    assert!(excess(&format!("a=/\"/;\n{hidden}")).is_some());
    assert!(excess(&format!("if(a)/\"/.test(b);\n{hidden}")).is_some());
    assert!(excess(&format!("function f(){{}}/\"/.test(b);{hidden}")).is_some());
    assert!(excess(&format!("a=b/c;d=\"/\";{hidden}")).is_some());
    assert!(excess(&format!("x=`\"${{a}}\"`;{hidden}")).is_some());
}

#[test]
fn long_but_flat_scripts_are_parsed() {
    for unit in [
        "var a=1;",
        "f(a,b);",
        "x=[1,2];",
        "function a(){return 1}",
        "import a from 'b'\n",
        "case 1:return a;",
        "a,",
        "'x',",
        "if(a){b()}else{c()}",
        "a.b.c.d(e).f;",
        "x=`a${b}c`;",
        "class A{a(){}b(){}}",
        "a\nb\n",
        "const a = b / c\n",
        "// it's (((\n",
        "/* ((( \" */",
        "'((('+a;",
        "/[(]/.test(a);",
        "a++/b;",
        "{a:1};",
        "x=>{y};",
    ] {
        let text = unit.repeat(200_000);
        assert_eq!(excess(&text), None, "{unit:?} repeated");
    }
    let strings = "'some line of text '+\n".repeat(5_000);
    assert_eq!(excess(&format!("x={strings}''")), None, "a text of 5,000 lines");
}

#[test]
fn small_scripts_are_not_scanned() {
    assert_eq!(excess(&"(".repeat(ALWAYS_SAFE_BYTES)), None);
}
