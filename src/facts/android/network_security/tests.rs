use super::*;
use crate::facts::android::place::Effective;

fn read(inner: &str) -> Result<NetworkSecurity, Written<String>> {
    read_config("net.xml", &format!("<network-security-config>{inner}</network-security-config>"))
}

fn defaults() -> Defaults {
    Defaults {
        cleartext: Fact::Known(Effective::platform(false, "", None)),
        user_anchors: Fact::Known(Effective::platform(false, "", None)),
        certificate_transparency: Fact::Known(Effective::platform(false, "", None)),
    }
}

fn host(config: &NetworkSecurity, host: &str) -> HostProtection {
    protect(config, "net.xml", host, &defaults(), None)
}

const PIN: &str = "<pin digest=\"SHA-256\">7HIpactkIAq2Y49orFOOQKurWxmmSFZhBCoQYcRhJ3Y=</pin>";

#[test]
fn the_longest_domain_wins_and_values_are_inherited() {
    let config = read(&format!(
        "<domain-config cleartextTrafficPermitted='true'><domain includeSubdomains='true'>Example.com</domain>\
         <pin-set expiration='2027-01-31'>{PIN}{PIN}</pin-set>\
         <domain-config cleartextTrafficPermitted='false'><domain includeSubdomains='true'> api.example.com </domain></domain-config>\
         </domain-config><base-config><trust-anchors><certificates src='user'/></trust-anchors></base-config>"
    ))
    .unwrap();
    let api = host(&config, "a.api.example.com");
    assert_eq!(api.cleartext.known().map(|known| known.value), Some(false));
    assert_eq!(api.pin_expiry.known().map(|known| known.value.as_str()), Some("2027-01-31"));
    assert_eq!(api.distinct_pins, 1);
    assert_eq!(api.user_anchors.known().map(|known| known.value), Some(true), "the base comes later and still counts");
    assert_eq!(api.system_anchors.known().map(|known| known.value), Some(false));
    assert_eq!(host(&config, "EXAMPLE.com.").cleartext.known().map(|known| known.value), Some(true));
    assert_eq!(host(&config, "badexample.com").pin_set, Fact::Absent);
    assert_eq!(host(&config, "example.com.evil").matched, Fact::Absent);
}

#[test]
fn what_the_platform_refuses_is_refused() {
    for (inner, why) in [
        (
            "<domain-config><domain>a</domain></domain-config><domain-config><domain>A</domain></domain-config>",
            "already",
        ),
        ("<domain-config/>", "no domain elements"),
        ("<base-config><domain>a</domain></base-config>", "not allowed"),
        ("<base-config><pin-set/></base-config>", "not allowed"),
        ("<base-config/><base-config/>", "only one"),
        ("<debug-overrides/><debug-overrides/>", "only one"),
        ("<domain-config><domain> </domain></domain-config>", "missing"),
        ("<domain-config><domain>a<b/></domain></domain-config>", "additional"),
        ("<base-config><trust-anchors><certificates src='all'/></trust-anchors></base-config>", "unknown certificates"),
        ("<base-config><trust-anchors><certificates/></trust-anchors></base-config>", "missing src"),
        ("<base-config><trust-anchors/><trust-anchors/></base-config>", "multiple"),
        (
            "<domain-config><domain>a</domain><pin-set><pin digest='SHA-1'>AA</pin></pin-set></domain-config>",
            "unsupported",
        ),
        (
            "<domain-config><domain>a</domain><pin-set><pin digest='SHA-256'>AAAA</pin></pin-set></domain-config>",
            "length 3",
        ),
        ("<domain-config><domain>a</domain><pin-set expiration='2027-02-30'/></domain-config>", "expiration"),
        ("<domain-config><domain>a</domain><pin-set expiration='31.01.2027'/></domain-config>", "expiration"),
    ] {
        let fault = read(inner).unwrap_err();
        assert!(fault.value.contains(why), "{inner}: {}", fault.value);
    }
    assert!(read_config("a", "<x/>").is_err() && read_config("a", "<").is_err());
    let deep = format!("{}{}", "<domain-config>".repeat(20_000), "</domain-config>".repeat(20_000));
    assert!(read(&deep).is_err());
    let deep: String = (0..5_000).map(|number| format!("<domain-config><domain>a{number}</domain>")).collect();
    assert!(read(&format!("{deep}{}", "</domain-config>".repeat(5_000))).unwrap_err().value.contains("deeply"));
}

#[test]
fn what_the_platform_skips_is_named_and_odd_values_give_its_default() {
    let config = read(
        "<base-confg/><domain-config cleartextTrafficPermitted='no'><domain includeSubdomains='yes'>a.b</domain><pins/></domain-config>\
         <debug-overrides><pin-set/></debug-overrides>",
    )
    .unwrap();
    assert_eq!(config.unknown.iter().map(|known| known.value.as_str()).collect::<Vec<_>>(), ["base-confg", "pins"]);
    assert_eq!(config.odd_values.len(), 2);
    assert_eq!(host(&config, "a.b").cleartext.known().map(|known| known.value), Some(true), "`no` is no boolean");
    assert_eq!(host(&config, "c.a.b").matched, Fact::Absent);
    assert!(matches!(config.debug_overrides, Fact::Unreadable(_)), "broken for debug builds only");
}

#[test]
fn debug_overrides_count_in_debug_builds_only() {
    let config = read(
        "<debug-overrides><trust-anchors><certificates src='user'/><certificates src='@raw/own'/></trust-anchors></debug-overrides>",
    )
    .unwrap();
    assert_eq!(host(&config, "a.b").user_anchors.known().map(|known| known.value), Some(false));
    let debug = protect(&config, "net.xml", "a.b", &defaults(), config.debug_overrides.known());
    assert_eq!(debug.user_anchors.known().map(|known| known.value), Some(true));
    assert_eq!((debug.own_anchors.len(), debug.anchors_over_pins.len()), (1, 2));
    assert_eq!(debug.system_anchors.known().map(|known| known.value), Some(true));
}

#[test]
fn pins_and_days_are_read_as_leniently_as_the_platform_does() {
    let digest = "7HIpactkIAq2Y49orFOOQKurWxmmSFZhBCoQYcRhJ3Y";
    assert_eq!(pins::digest(digest), pins::digest(&format!("{digest}=")));
    assert_eq!(pins::digest(&format!("{digest}=")).unwrap().len(), 64);
    assert!(pins::digest(&format!("sha256/{digest}=")).is_err());
    assert!(pins::digest("A").is_err() && pins::digest("").is_err() && pins::digest("=").is_err());
    assert_eq!(pins::expiration("2027-1-5").as_deref(), Some("2027-01-05"));
    assert_eq!(pins::expiration("2027-01-05T00:00").as_deref(), Some("2027-01-05"));
    assert_eq!(pins::expiration("99999-01-05").as_deref(), Some("9999-12-31"));
    for wrong in ["", "2027", "2027-13-01", "2027-00-01", "0-1-1", "99999999999-01-01", "2027/01/01"] {
        assert_eq!(pins::expiration(wrong), None, "{wrong}");
    }
}
