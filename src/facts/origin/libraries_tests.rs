use super::super::table::LIBRARIES;
use super::*;

fn seen(text: &str) -> Vec<String> {
    let show = |one: Component| format!("{} {} {}", one.package, one.version.as_deref().unwrap_or("?"), one.how.word());
    read(text, &LineIndex::new(text)).into_iter().map(show).collect()
}

#[test]
fn the_table_is_whole() {
    let table = Table::read(LIBRARIES).unwrap();
    for shape in &table.shapes {
        assert!(pattern(&shape.pattern).is_ok(), "{}: {}", shape.package, shape.pattern);
    }
    assert!(is_listed("lodash") && !is_listed("no-such-library"));
}

#[test]
fn libraries_are_told_by_their_texts() {
    let cases: &[(&str, &str)] = &[
        ("/*! jQuery v3.6.0 | (c) OpenJS Foundation */", "jquery 3.6.0 banner"),
        ("var t=\"3.7.1\",n=/x/;ce.fn=ce.prototype={jquery:t,constructor:ce}", "jquery 3.7.1 fingerprint"),
        (
            "n,r=\"4.17.20\",e=200,i=\"Unsupported core-js use. Try https://npms.io/search?q=ponyfill.\"",
            "lodash 4.17.20 fingerprint",
        ),
        ("var h=\"__lodash_hash_undefined__\";", "lodash ? fingerprint"),
        ("const Cw=`1.6.7`;return`[Axios v`+Cw+`] Transitional option '`", "axios 1.6.7 fingerprint"),
        ("return\"[Axios v1.6.7] Transitional option '\"", "axios 1.6.7 fingerprint"),
        ("if(n.version=`3.4.15`,n.removed=[],!e)", "dompurify 3.4.15 fingerprint"),
        ("{bundleType:0,version:\"18.3.1\",rendererPackageName:\"react-dom\"}", "react-dom 18.3.1 fingerprint"),
        ("/**\n * @license React\n * react-dom.production.min.js\n", "react-dom ? banner"),
        ("[\"ng-version\",\"17.3.12\"]", "@angular/core 17.3.12 fingerprint"),
        (
            "push({version:\"3.6.5\",mode:i?\"pure\":\"global\",copyright:\"© 2020 Denis Pushkarev (zloirock.ru)\"})",
            "core-js 3.6.5 fingerprint",
        ),
        ("const ja=\"@firebase/app\",Ua=\"0.10.0\";", "@firebase/app 0.10.0 fingerprint"),
        ("new CustomEvent(`register`,{detail:{revision:`184`}})", "three 0.184.0 fingerprint"),
        ("/*! pako 2.1.0 https://github.com/nodeca/pako @license (MIT AND Zlib) */", "pako 2.1.0 banner"),
        ("/*!\n  * vue-router v4.2.5\n  * (c) 2023 Eduardo San Martin Morote\n  */", "vue-router 4.2.5 banner"),
        ("//! moment.js\n//! version : 2.29.4\n", "moment 2.29.4 banner"),
    ];
    for (text, expected) in cases {
        assert_eq!(seen(text), [*expected], "{text}");
    }
}

#[test]
fn what_is_no_library_is_not_told() {
    for text in [
        "/** Version 1.2.3 of the protocol */",
        "/*! For license information please see main.js.LICENSE.txt */",
        "see \"__lodash_hash_undefined__ in lodash\"",
        "// use jQuery v3 or later",
        "/** @license Angular v<unknown> */",
        "const a=`1.2.3`,b=`1.2.4`;a=`1.2.4`;",
        "/** Returns 1.5.0 when set */ function x(){}",
    ] {
        assert_eq!(seen(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn two_values_of_a_variable_are_none() {
    let text = "var t=\"3.7.1\";var t=\"2.0.0\";ce.fn=ce.prototype={jquery:t,constructor:ce}";
    assert_eq!(seen(text), ["jquery ? fingerprint"]);
}

#[test]
fn a_file_full_of_anchors_ends() {
    let text = "[Axios v`+a+` .prototype={jquery:t, /*! x GetDocRequest __lodash_hash_undefined__ é".repeat(50_000);
    assert!(seen(&text).len() < 10);
}
