//! Places, bounds and refusals.

use super::*;

fn at<'a>(text: &'a str, range: &Range<usize>) -> &'a str {
    text.get(range.clone()).unwrap()
}

#[test]
fn values_and_keys_know_their_places() {
    let text = "# ünïcode\nname: größe\nlist:\n  - 12\n  - 'x y'\nempty:\nflow: {a: [true, 1.5]}\n";
    let Value::Map(entries) = parse("t", text).unwrap().value else { panic!("a map") };
    let shown: Vec<(&str, &str)> =
        entries.iter().map(|(key, value)| (at(text, &key.span), at(text, &value.span))).collect();
    assert_eq!(shown[0], ("name", "größe"));
    assert_eq!(shown[1].0, "list");
    assert!(shown[1].1.ends_with("'x y'"), "{shown:?}");
    assert_eq!(entries[2].1.value, Value::Null);
    let Value::List(items) = &entries[1].1.value else { panic!("a list") };
    assert_eq!((at(text, &items[0].span), &items[0].value), ("12", &Value::Integer(12)));
    assert_eq!((at(text, &items[1].span), &items[1].value), ("'x y'", &Value::Text("x y".into())));
    let Value::Map(flow) = &entries[3].1.value else { panic!("a map") };
    let Value::List(flow) = &flow[0].1.value else { panic!("a list") };
    assert_eq!((at(text, &flow[0].span), &flow[0].value), ("true", &Value::Bool(true)));
    assert_eq!(flow[1].value, Value::Float(1.5));
}

#[test]
fn the_package_refuses_duplicate_keys_by_default_and_here_they_are_kept() {
    let text = "a: 1\nb: 2\na: 3\n";
    let refused = serde_yaml::from_str::<serde_json::Value>(text).map(|_| ()).unwrap_err();
    assert_eq!(refused.location().map(|location| location.line()), Some(3), "{refused}");
    let Value::Map(entries) = parse("t", text).unwrap().value else { panic!("a map") };
    assert_eq!(entries.len(), 3);
    assert_eq!(entries[2].0.span, 10..11);
}

#[test]
fn faults_of_the_syntax_have_a_place() {
    let text = "gate:\n  fail_on: [high\nselect: x\n";
    let problem = parse("mine.yaml", text).unwrap_err();
    let label = problem.label.unwrap();
    assert!(label.range.start > 5 && label.range.end <= text.len(), "{label:?}");
    assert_eq!(offset("äb\ncd", 2, 2), Some(5));
}

#[test]
fn nothing_explodes() {
    let aliases = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
    let refused = parse("t", aliases).unwrap_err().message;
    assert_eq!(refused, "`t` is not readable as YAML: anchors (`&`) and aliases (`*`) are not allowed");
    assert!(parse("t", &"[".repeat(100_000)).is_err());
    assert!(parse("t", &format!("{}x{}", "[".repeat(200), "]".repeat(200))).is_err());
    let blocks: Vec<String> = (0..500).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let blocks = blocks.concat();
    assert_eq!(parse("t", &blocks).unwrap_err().message, "`t` is not readable as YAML: more than 32 levels");
    assert!(parse("t", &"x".repeat(1024 * 1024 + 1)).is_err());
    assert!(parse("t", "a: 1\n---\nb: 2\n").is_err());
    assert!(parse("t", "<<: {a: 1}\n").is_err());
    assert_eq!(parse("t", "").map(|node| node.value), Ok(Value::Null));
    assert_eq!(parse("t", "99999999999999999999999").map(|node| node.value).map(|value| value.kind()), Ok("a number"));
}

#[test]
fn places_hold_with_a_byte_order_mark_and_carriage_returns() {
    let text = "\u{feff}# é\r\nname: é\r\nlist:\r\n- b\r\n";
    let Value::Map(entries) = parse("t", text).unwrap().value else { panic!("a map") };
    let shown: Vec<(&str, &str)> =
        entries.iter().map(|(key, value)| (at(text, &key.span), at(text, &value.span))).collect();
    assert_eq!(shown[0], ("name", "é"));
    assert_eq!(shown[1].0, "list");
}
