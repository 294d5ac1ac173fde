//! What the language's own functions make of constants: the means by which a text is taken apart and hidden.

use std::rc::Rc;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use swc_ecma_ast::BinaryOp;

use swc_atoms::Atom;

use super::names::Known;
use super::value::{Value, add, joined};

/// The most elements of an array that are looked at.
pub const MOST_ELEMENTS: usize = 20_000;
/// The longest text that is worked on.
const LONGEST: usize = 64 * 1024;

/// Browsers take it with and without padding, and overlook the last bits.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Whether a method of texts and arrays is worked out.
pub fn is_method(name: &str) -> bool {
    matches!(
        name,
        "concat"
            | "join"
            | "reverse"
            | "split"
            | "slice"
            | "substring"
            | "substr"
            | "charAt"
            | "charCodeAt"
            | "codePointAt"
            | "at"
            | "replace"
            | "replaceAll"
            | "toLowerCase"
            | "toUpperCase"
            | "trim"
            | "repeat"
            | "toString"
            | "valueOf"
            | "indexOf"
            | "flat"
            | "fontcolor"
            | "italics"
            | "padStart"
            | "trimStart"
            | "trimEnd"
            | "toLocaleLowerCase"
    )
}

/// Whether it is a function that arrays, texts, numbers or all objects have (ECMA-262, 15th edition, 20.1.3, 21.1.3, 22.1.3,
/// 23.1.3 and B.2): each has the constructor of all functions.
pub fn is_native(name: &str) -> bool {
    is_method(name)
        || matches!(
            name,
            "anchor"
                | "big"
                | "blink"
                | "bold"
                | "copyWithin"
                | "endsWith"
                | "entries"
                | "every"
                | "fill"
                | "filter"
                | "find"
                | "findIndex"
                | "findLast"
                | "findLastIndex"
                | "fixed"
                | "flatMap"
                | "fontsize"
                | "forEach"
                | "hasOwnProperty"
                | "includes"
                | "isPrototypeOf"
                | "keys"
                | "lastIndexOf"
                | "link"
                | "localeCompare"
                | "map"
                | "match"
                | "matchAll"
                | "normalize"
                | "padEnd"
                | "pop"
                | "propertyIsEnumerable"
                | "push"
                | "reduce"
                | "reduceRight"
                | "search"
                | "shift"
                | "small"
                | "some"
                | "sort"
                | "splice"
                | "startsWith"
                | "strike"
                | "sub"
                | "sup"
                | "toExponential"
                | "toFixed"
                | "toLocaleString"
                | "toPrecision"
                | "toReversed"
                | "toSorted"
                | "toSpliced"
                | "toLocaleUpperCase"
                | "trimLeft"
                | "trimRight"
                | "unshift"
                | "values"
                | "with"
                | "__defineGetter__"
                | "__defineSetter__"
                | "__lookupGetter__"
                | "__lookupSetter__"
        )
}

/// `object.name(arguments)`; none where it can't be known.
pub fn method(name: &str, object: &Value, arguments: &[Value]) -> Option<Value> {
    match object {
        Value::List(list) => of_list(name, list, arguments),
        Value::Text(text) => of_text(name, text, arguments),
        Value::Number(number) if name == "toString" => {
            let radix = arguments.first().and_then(Value::index).unwrap_or(10);
            if radix == 10 { Some(Value::Text(object.to_text()?)) } else { in_radix(*number, radix) }
        }
        Value::Flag(_) | Value::Native(_) if name == "toString" => Some(Value::Text(object.to_text()?)),
        _ => None,
    }
}

fn in_radix(number: f64, radix: usize) -> Option<Value> {
    if !(2..=36).contains(&radix) || number.fract() != 0.0 || !(0.0..=9e15).contains(&number) {
        return None;
    }
    let mut rest: u64 = format!("{number:.0}").parse().ok()?;
    let radix = u64::try_from(radix).ok()?;
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit(u32::try_from(rest % radix).ok()?, u32::try_from(radix).ok()?)?);
        rest /= radix;
        if rest == 0 {
            break;
        }
    }
    Some(Value::text(&digits.iter().rev().collect::<String>()))
}

fn of_list(name: &str, list: &Rc<Vec<Value>>, arguments: &[Value]) -> Option<Value> {
    Some(match name {
        "join" => {
            let between = arguments.first().map_or_else(|| Some(Rc::from(",")), Value::to_text)?;
            Value::text(&joined(list, &between)?)
        }
        "toString" => Value::Text(Value::List(Rc::clone(list)).to_text()?),
        "reverse" => Value::List(Rc::new(list.iter().rev().cloned().collect())),
        "slice" => {
            let (from, to) = bounds(arguments, list.len(), true)?;
            Value::List(Rc::new(list.get(from..to).unwrap_or_default().to_vec()))
        }
        "concat" => {
            let mut all = list.to_vec();
            for argument in arguments {
                match argument {
                    Value::List(more) => all.extend(more.iter().cloned()),
                    other => all.push(other.clone()),
                }
            }
            if all.len() > MOST_ELEMENTS {
                return None;
            }
            Value::List(Rc::new(all))
        }
        "at" => list.get(position(arguments.first()?, list.len())?)?.clone(),
        "flat" | "valueOf" => {
            let mut all = Vec::new();
            for value in &**list {
                match value {
                    Value::List(more) => all.extend(more.iter().cloned()),
                    other => all.push(other.clone()),
                }
            }
            Value::List(Rc::new(all))
        }
        _ => return None,
    })
}

/// An index that may count from the end.
fn position(value: &Value, length: usize) -> Option<usize> {
    let number = value.to_number()?;
    if number < 0.0 {
        length.checked_sub(Value::Number(-number).index()?)
    } else {
        Some(value.index().unwrap_or(usize::MAX).min(length))
    }
}

fn bounds(arguments: &[Value], length: usize, from_end: bool) -> Option<(usize, usize)> {
    let place = |value: &Value| {
        let number = value.to_number()?;
        if number < 0.0 {
            return Some(if from_end { position(value, length).unwrap_or(0) } else { 0 });
        }
        Some(value.index().unwrap_or(usize::MAX).min(length))
    };
    let from = arguments.first().map_or(Some(0), place)?;
    let to = match arguments.get(1) {
        None | Some(Value::Undefined) => length,
        Some(value) => place(value)?,
    };
    if from_end { Some((from, to.max(from))) } else { Some((from.min(to), from.max(to))) }
}

fn of_text(name: &str, text: &Rc<str>, arguments: &[Value]) -> Option<Value> {
    let first = arguments.first();
    let part = |from: usize, to: usize| {
        Value::text(&text.chars().skip(from).take(to.saturating_sub(from)).collect::<String>())
    };
    let length = || text.chars().count();
    Some(match name {
        "toString" | "valueOf" => Value::Text(Rc::clone(text)),
        "toLowerCase" | "toLocaleLowerCase" => Value::text(&text.to_lowercase()),
        "toUpperCase" => Value::text(&text.to_uppercase()),
        "trim" => Value::text(text.trim()),
        "trimStart" => Value::text(text.trim_start()),
        "trimEnd" => Value::text(text.trim_end()),
        "concat" => {
            let mut all = Value::Text(Rc::clone(text));
            for argument in arguments {
                all = super::value::concatenate(&all, argument);
            }
            all
        }
        "repeat" => {
            let times = first?.index()?;
            if times.saturating_mul(text.len()) > LONGEST {
                return None;
            }
            Value::text(&text.repeat(times))
        }
        "split" => {
            let parts: Vec<Value> = match first.map(Value::to_text) {
                None => vec![Value::Text(Rc::clone(text))],
                Some(between) => match &*between? {
                    "" => {
                        text.chars().take(MOST_ELEMENTS).map(|one| Value::text(one.encode_utf8(&mut [0; 4]))).collect()
                    }
                    between => text.split(between).take(MOST_ELEMENTS).map(Value::text).collect(),
                },
            };
            Value::List(Rc::new(parts))
        }
        "slice" => {
            let (from, to) = bounds(arguments, length(), true)?;
            part(from, to)
        }
        "substring" => {
            let (from, to) = bounds(arguments, length(), false)?;
            part(from, to)
        }
        "substr" => {
            let (from, _) = bounds(arguments.get(..1)?, length(), true)?;
            let count = arguments.get(1).map_or(Some(usize::MAX), Value::index)?;
            part(from, from.saturating_add(count))
        }
        "charAt" => {
            let at = first.map_or(Some(0), Value::index)?;
            part(at, at + 1)
        }
        "at" => {
            let at = position(first?, length())?;
            part(at, at + 1)
        }
        "charCodeAt" | "codePointAt" => {
            let at = first.map_or(Some(0), Value::index)?;
            Value::Number(f64::from(u32::from(text.chars().nth(at)?)))
        }
        "indexOf" => {
            let found = text.find(&*first?.to_text()?);
            Value::Number(match found {
                Some(at) => f64::from(u32::try_from(text.get(..at)?.chars().count()).ok()?),
                None => -1.0,
            })
        }
        "replace" | "replaceAll" => {
            let what = first?.to_text()?;
            let by = arguments.get(1)?.to_text()?;
            if by.contains('$') || text.len().saturating_mul(by.len().max(1)) > LONGEST * 16 {
                return None;
            }
            replaced(text, &what, &by, name == "replaceAll")?
        }
        "italics" => Value::text(&format!("<i>{text}</i>")),
        "fontcolor" => {
            Value::text(&format!("<font color=\"{}\">{text}</font>", first.unwrap_or(&Value::Undefined).to_text()?))
        }
        "padStart" => {
            let fill = arguments.get(1).map_or_else(|| Some(Rc::from(" ")), Value::to_text)?;
            let missing = first?.index()?.saturating_sub(length());
            if missing > LONGEST || fill.is_empty() {
                return None;
            }
            Value::text(&fill.chars().cycle().take(missing).chain(text.chars()).collect::<String>())
        }
        _ => return None,
    })
}

/// A regular expression comes as `/x/g`: those of plain letters are worked out.
fn replaced(text: &str, what: &str, by: &str, all: bool) -> Option<Value> {
    if let Some((pattern, flags)) = what.strip_prefix("\u{0}/").and_then(|rest| rest.rsplit_once('/')) {
        let (plain, at_start) = pattern.strip_prefix('^').map_or((pattern, false), |rest| (rest, true));
        let class = plain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']').or_else(|| rest.strip_suffix("]+")));
        let set = class.or_else(|| (!at_start && plain.chars().count() == 1).then_some(plain));
        if let Some(set) = set.filter(|set| !set.contains(['\\', '^', '-', '.'])) {
            let mut out = String::new();
            let mut done = false;
            for one in text.chars() {
                if set.contains(one) && (!done || flags.contains('g')) {
                    out.push_str(by);
                    done = true;
                } else {
                    out.push(one);
                }
            }
            return Some(Value::text(&out));
        }
        if plain.contains(['\\', '[', '(', '.', '*', '+', '?', '|', '$', '{']) {
            return None;
        }
        if at_start {
            return Some(
                text.strip_prefix(plain).map_or_else(|| Value::text(text), |rest| Value::text(&format!("{by}{rest}"))),
            );
        }
        let out = if flags.contains('g') { text.replace(plain, by) } else { text.replacen(plain, by, 1) };
        return Some(Value::text(&out));
    }
    Some(Value::text(&if all { text.replace(what, by) } else { text.replacen(what, by, 1) }))
}

/// A call of one of the browser's own functions with constants.
pub fn global(known: Known, arguments: &[Value]) -> Option<Value> {
    let first = || arguments.first()?.to_text();
    Some(match known {
        Known::Atob => {
            let text: String = first()?.chars().filter(|one| !one.is_whitespace()).collect();
            let bytes = BASE64.decode(text.as_bytes()).ok()?;
            // `atob` gives bytes; most hidden texts are UTF-8.
            Value::text(
                &String::from_utf8(bytes)
                    .unwrap_or_else(|wrong| wrong.into_bytes().into_iter().map(char::from).collect()),
            )
        }
        Known::Decode => Value::text(&decoded(&first()?)),
        Known::FromCharCode => {
            let mut text = String::new();
            for argument in arguments.iter().take(MOST_ELEMENTS) {
                text.push(char::from_u32(u32::try_from(argument.index()?).ok()?)?);
            }
            Value::text(&text)
        }
        Known::ParseInt => {
            let text = first()?;
            let radix = arguments.get(1).map_or(Some(10), Value::index)?;
            let (text, radix) = text.trim().strip_prefix("0x").map_or((text.trim(), radix), |rest| (rest, 16));
            let radix = u32::try_from(radix).ok().filter(|radix| (2..=36).contains(radix))?;
            let end = text.find(|one: char| !one.is_digit(radix)).unwrap_or(text.len());
            let number = u32::from_str_radix(text.get(..end)?, radix).ok();
            Value::Number(number.map_or(f64::NAN, f64::from))
        }
        Known::Number => Value::Number(arguments.first()?.to_number()?),
        Known::StringConstructor => Value::Text(first()?),
        Known::Json => parsed(&serde_json::from_str(&first()?).ok()?, 0),
        Known::Array => match arguments {
            [Value::Number(_)] => {
                let length = arguments.first()?.index().filter(|length| *length <= MOST_ELEMENTS)?;
                Value::List(Rc::new(vec![Value::Undefined; length]))
            }
            _ => Value::List(Rc::new(arguments.to_vec())),
        },
        _ => return None,
    })
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        let digits = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        if *first == b'%'
            && let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok())
        {
            out.push(byte);
            rest = tail.get(2..).unwrap_or_default();
        } else if *first == b'%'
            && let Some(one) = tail
                .strip_prefix(b"u")
                .and_then(|four| four.get(..4))
                .and_then(|four| std::str::from_utf8(four).ok())
                .and_then(|four| u32::from_str_radix(four, 16).ok())
                .and_then(char::from_u32)
        {
            out.extend_from_slice(one.encode_utf8(&mut [0; 4]).as_bytes());
            rest = tail.get(5..).unwrap_or_default();
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(out).unwrap_or_else(|wrong| wrong.into_bytes().into_iter().map(char::from).collect())
}

fn parsed(json: &serde_json::Value, depth: u32) -> Value {
    if depth > 8 {
        return Value::Unknown;
    }
    match json {
        serde_json::Value::Null => Value::Unknown,
        serde_json::Value::Bool(flag) => Value::Flag(*flag),
        serde_json::Value::Number(number) => number.as_f64().map_or(Value::Unknown, Value::Number),
        serde_json::Value::String(text) => Value::text(text),
        serde_json::Value::Array(list) => {
            Value::List(Rc::new(list.iter().take(MOST_ELEMENTS).map(|value| parsed(value, depth + 1)).collect()))
        }
        serde_json::Value::Object(map) => {
            let fields = map.iter().take(256).map(|(key, value)| (Atom::from(key.as_str()), parsed(value, depth + 1)));
            Value::Record(Rc::new(fields.collect()))
        }
    }
}

/// `left operation right` for what is not a text.
pub fn compute(operation: BinaryOp, left: &Value, right: &Value) -> Option<Value> {
    if operation == BinaryOp::Add {
        return Some(add(left, right));
    }
    let (one, other) = (left.to_number()?, right.to_number()?);
    let bits = |number: f64| -> Option<i32> {
        if number.is_nan() {
            return Some(0);
        }
        let whole: i64 = format!("{:.0}", number.trunc()).parse().ok()?;
        let low = u32::try_from(whole & 0xffff_ffff).ok()?;
        Some(i32::from_le_bytes(low.to_le_bytes()))
    };
    let shift = |number: f64| -> Option<u32> { u32::try_from(bits(number)? & 31).ok() };
    Some(Value::Number(match operation {
        BinaryOp::Sub => one - other,
        BinaryOp::Mul => one * other,
        BinaryOp::Div => one / other,
        BinaryOp::Mod => one % other,
        BinaryOp::Exp => one.powf(other),
        BinaryOp::BitXor => f64::from(bits(one)? ^ bits(other)?),
        BinaryOp::BitAnd => f64::from(bits(one)? & bits(other)?),
        BinaryOp::BitOr => f64::from(bits(one)? | bits(other)?),
        BinaryOp::LShift => f64::from(bits(one)?.wrapping_shl(shift(other)?)),
        BinaryOp::RShift => f64::from(bits(one)?.wrapping_shr(shift(other)?)),
        BinaryOp::ZeroFillRShift => f64::from(u32::from_le_bytes(bits(one)?.to_le_bytes()).wrapping_shr(shift(other)?)),
        _ => return None,
    }))
}
