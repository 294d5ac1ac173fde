//! Canonical JSON (RFC 8785): one writing for one value, so that a value has one digest.

use serde::Serialize;
use serde_json::Value;

/// The canonical bytes of `value`.
///
/// # Errors
/// When it can't be JSON: a map with keys that are no text, or a number that is not finite.
pub fn canonical(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let value = serde_json::to_value(value)?;
    let mut out = String::new();
    write(&value, &mut out)?;
    Ok(out.into_bytes())
}

fn write(value: &Value, out: &mut String) -> Result<(), serde_json::Error> {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut pairs: Vec<(&String, &Value)> = map.iter().collect();
            // RFC 8785, section 3.2.3: by UTF-16 code units, which is not the order of UTF-8 bytes.
            pairs.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            out.push('{');
            for (index, (name, item)) in pairs.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                // serde_json escapes strings as section 3.2.2.2 wants it.
                out.push_str(&serde_json::to_string(name)?);
                out.push(':');
                write(item, out)?;
            }
            out.push('}');
        }
        Value::Number(number) => match number.as_f64() {
            // Whole numbers within 53 bits are the same in ECMAScript.
            _ if number.as_i64().is_some_and(|whole| whole.unsigned_abs() < 1 << 53) => {
                out.push_str(&number.to_string());
            }
            Some(float) => out.push_str(&ecmascript(float)),
            None => out.push_str(&number.to_string()),
        },
        plain => out.push_str(&serde_json::to_string(plain)?),
    }
    Ok(())
}

/// A number as ECMAScript writes it (ECMA-262, `Number::toString`), which RFC 8785, section 3.2.2.3 asks for.
fn ecmascript(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    // The shortest digits that come back as the same number, such as `1.2345e-7`.
    let shortest = format!("{:e}", number.abs());
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let mut digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    // Of two shortest writings that are equally near, ECMAScript takes the even one. 767 digits are exact for any number.
    let exact: String = format!("{:.767e}", number.abs()).chars().filter(char::is_ascii_digit).take(767).collect();
    if let Some((lower, rest)) = exact.split_at_checked(digits.len())
        && rest.trim_end_matches('0') == "5"
        && lower.ends_with(['0', '2', '4', '6', '8'])
    {
        lower.clone_into(&mut digits);
    }
    let point = exponent.parse::<i32>().unwrap_or_default() + 1;
    let length = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or_default());
    let text = if (length..=21).contains(&point) {
        format!("{digits}{}", zeros(point - length))
    } else if (1..=21).contains(&point) {
        let (whole, rest) =
            digits.split_at_checked(usize::try_from(point).unwrap_or_default()).unwrap_or((&digits, ""));
        format!("{whole}.{rest}")
    } else if (-5..=0).contains(&point) {
        format!("0.{}{digits}", zeros(-point))
    } else {
        let mut characters = digits.chars();
        let first: String = characters.by_ref().take(1).collect();
        let rest: String = characters.collect();
        let dot = if rest.is_empty() { "" } else { "." };
        let sign = if point > 0 { "+" } else { "-" };
        format!("{first}{dot}{rest}e{sign}{}", (point - 1).abs())
    };
    if number < 0.0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_rfc_8785_appendix_b() {
        for (bits, text) in [
            (0x0000_0000_0000_0000_u64, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            assert_eq!(ecmascript(f64::from_bits(bits)), text);
        }
    }

    #[test]
    fn the_sample_of_rfc_8785_section_3_2_is_written_as_there() {
        let text = r#"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
            "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#;
        let value: Value = serde_json::from_str(text).unwrap();
        let expected = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
        assert_eq!(String::from_utf8(canonical(&value).unwrap()).unwrap(), expected);
    }

    #[test]
    fn names_are_sorted_by_utf_16() {
        // RFC 8785, section 3.2.3: the emoji (surrogates d83d…) comes before U+FB33.
        let value: Value =
            serde_json::from_str(r#"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#)
                .unwrap();
        let expected = "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}";
        assert_eq!(String::from_utf8(canonical(&value).unwrap()).unwrap(), expected);
    }
}
