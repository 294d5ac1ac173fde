use std::fs;
use std::path::Path;

use super::*;
use crate::model::Position;

fn write(app: &Path, path: &str, content: impl AsRef<[u8]>) {
    let full = app.join(path);
    fs::create_dir_all(full.parent().unwrap()).unwrap();
    fs::write(full, content).unwrap();
}

fn plist(body: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">\n<dict>\n{body}\n</dict>\n</plist>\n")
}

fn info_of(content: impl AsRef<[u8]>) -> InfoPlist {
    let app = tempfile::tempdir().unwrap();
    write(app.path(), "ios/App/App/Info.plist", content);
    read_ios(app.path()).info.remove(0)
}

fn ats(body: &str) -> TransportSecurity {
    info_of(plist(&format!("<key>NSAppTransportSecurity</key>\n<dict>{body}</dict>"))).transport_security
}

#[allow(clippy::unnecessary_wraps)]
fn at(line: u32, column: u32) -> Option<Position> {
    Some(Position { line, column })
}

#[test]
fn keys_have_their_places() {
    let info = info_of(plist(
        "<key>NSCameraUsageDescription</key>\n<string>a &amp; b</string>\n<key>UIBackgroundModes</key>\n<array>\n  <string>audio</string>\n</array>\n<key>WKAppBoundDomains</key><array><string>a.example</string></array>\n<key>CAPACITOR_DEBUG</key><string>$(CAPACITOR_DEBUG)</string>",
    ));
    assert_eq!(
        info.usage_descriptions[0].value,
        Sited::new(Fact::Known("a & b".to_owned()), "ios/App/App/Info.plist", at(4, 1))
    );
    assert_eq!(info.background_modes.position, at(6, 1));
    assert_eq!(info.background_modes.known().unwrap()[0].position, at(8, 3));
    assert_eq!(info.app_bound_domains.known().unwrap().len(), 1);
    assert!(matches!(info.capacitor_debug.fact, Fact::Unknown(_)));
    assert_eq!(info.non_exempt_encryption.fact, Fact::Absent);
    assert_eq!((info.fault, info.transport_security.stated.fact), (None, Fact::Absent));
}

#[test]
fn comments_and_texts_are_no_keys() {
    let info = info_of(plist(
        "<!-- <key>NSAppTransportSecurity</key><dict><key>NSAllowsArbitraryLoads</key><true/></dict> -->\n<key>A</key><string><![CDATA[<key>NSAppTransportSecurity</key>]]></string>",
    ));
    assert_eq!(info.transport_security.stated.fact, Fact::Absent);
    assert_eq!(info.transport_security.effective("a.example").cleartext.fact, Fact::Known(false));
}

#[test]
fn a_newer_key_cancels_arbitrary_loads() {
    let plain = ats("<key>NSAllowsArbitraryLoads</key><true/>");
    let host = plain.effective("updates.example.com");
    assert_eq!(
        (host.rule, host.cleartext.fact, host.cleartext.position),
        (HostRule::ArbitraryLoads, Fact::Known(true), at(5, 7))
    );
    assert_eq!((host.minimum_tls.fact, host.forward_secrecy.fact), (Fact::Absent, Fact::Known(false)));
    for key in CANCELLING {
        for value in ["true", "false"] {
            let security = ats(&format!("<key>NSAllowsArbitraryLoads</key><true/><key>{key}</key><{value}/>"));
            let host = security.effective("updates.example.com");
            assert_eq!((host.rule, host.cleartext.fact), (HostRule::Default, Fact::Known(false)), "{key} {value}");
            assert_eq!(security.allows_arbitrary_loads.fact, Fact::Known(true));
            assert_eq!(security.cancelled_by[0].key, key);
            let in_web = key == "NSAllowsArbitraryLoadsInWebContent" && value == "true";
            assert_eq!(host.cleartext_in_web_views.fact, Fact::Known(in_web));
        }
    }
    let text = ats("<key>NSAllowsArbitraryLoads</key><string>YES</string>");
    assert!(matches!(text.effective("a.example").cleartext.fact, Fact::Unknown(_)));
}

#[test]
fn exceptions_cover_their_domains() {
    let security = ats("<key>NSAllowsArbitraryLoads</key><true/><key>NSExceptionDomains</key><dict>\n\
        <key>example.com</key><dict><key>NSIncludesSubdomains</key><true/><key>NSExceptionMinimumTLSVersion</key><string>TLSv1.0</string></dict>\n\
        <key>old.example.com</key><dict><key>NSThirdPartyExceptionAllowsInsecureHTTPLoads</key><true/></dict>\n\
        <key>10.0.0.0/8</key><dict><key>NSExceptionAllowsInsecureHTTPLoads</key><true/></dict>\n\
        <key>https://API.example.org:443</key><dict><key>NSExceptionAllowsInsecureHTTPLoads</key><true/></dict>\n\
        <key>odd.example</key><dict><key>NSExceptionMinimumTLSVersion</key><string>1.0</string><key>NSExceptionAllowInsecureHTTPLoads</key><true/></dict></dict>");
    let host = security.effective("a.b.Example.com");
    assert_eq!(host.rule, HostRule::Exception("example.com".to_owned()));
    assert_eq!((host.cleartext.fact, host.minimum_tls.fact), (Fact::Known(false), Fact::Known("TLSv1.0".to_owned())));
    let old = security.effective("old.example.com");
    assert_eq!(
        (old.cleartext.fact, old.minimum_tls.known().map(String::as_str)),
        (Fact::Known(true), Some(DEFAULT_TLS))
    );
    assert_eq!(security.exceptions[1].legacy_keys.len(), 1);
    assert_eq!(security.effective("x.old.example.com").rule, HostRule::Exception("example.com".to_owned()));
    assert_eq!(security.effective("notexample.com").rule, HostRule::ArbitraryLoads);
    assert_eq!(security.effective("10.1.2.3").cleartext.fact, Fact::Known(true));
    assert_eq!(security.exceptions[3].faults, [DomainFault::UpperCase, DomainFault::Port, DomainFault::Address]);
    assert_eq!(security.effective("api.example.org").misspelt.len(), 1);
    assert!(matches!(security.effective("odd.example").minimum_tls.fact, Fact::Unknown(_)));
    assert_eq!(security.unknown_keys[0].key, "odd.example.NSExceptionAllowInsecureHTTPLoads");
    let off = ats(
        "<key>NSExceptionDomains</key><dict><key>*.example.org</key><dict><key>NSExceptionAllowsInsecureHTTPLoads</key><true/></dict></dict>",
    );
    assert!(matches!(off.effective("a.example.org").cleartext.fact, Fact::Unknown(_)));
    assert_eq!(off.exceptions[0].faults, [DomainFault::Wildcard]);
}

#[test]
fn local_hosts_have_a_rule_of_their_own() {
    let none = ats("");
    assert_eq!(none.effective("localhost").cleartext.fact, Fact::Known(true));
    assert_eq!(none.effective("printer.local").rule, HostRule::Local);
    assert!(matches!(none.effective("192.168.0.1").cleartext.fact, Fact::Unknown(_)));
    assert_eq!(none.effective("a.example").minimum_tls.known().map(String::as_str), Some(DEFAULT_TLS));
    assert_eq!(ats("<key>NSAllowsLocalNetworking</key><true/>").effective("[::1]").cleartext.fact, Fact::Known(true));
}

#[test]
fn pins_are_measured() {
    let good = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let pin = |digest: &str| format!("<dict><key>SPKI-SHA256-BASE64</key><string>{digest}</string></dict>");
    let security = ats(&format!(
        "<key>NSPinnedDomains</key><dict><key>example.com</key><dict><key>NSIncludesSubdomains</key><true/><key>NSPinnedCAIdentities</key><array>{}{}{}</array>\
        <key>NSPinnedLeafIdentities</key><array>{}{}<dict/></array></dict><key>Example.com.</key><dict/></dict>",
        pin(good),
        pin("AAAA"),
        pin("?"),
        pin(good),
        pin(good)
    ));
    let pinned = security.effective("a.example.com").pinned.unwrap();
    let faults: Vec<_> = pinned.pins.iter().map(|pin| (pin.kind, pin.fault)).collect();
    assert_eq!(
        faults,
        [
            (PinKind::Authority, None),
            (PinKind::Authority, Some(PinFault::Length { bytes: 3 })),
            (PinKind::Authority, Some(PinFault::NotBase64)),
            (PinKind::Leaf, None),
            (PinKind::Leaf, Some(PinFault::Repeated)),
            (PinKind::Leaf, Some(PinFault::NoDigest)),
        ]
    );
    assert_eq!(security.pinned[1].faults, [DomainFault::UpperCase, DomainFault::TrailingDot]);
    assert_eq!(security.effective("other.example").pinned.map(|one| one.domain), None);
}

#[test]
fn a_broken_list_is_read_up_to_its_fault() {
    let cut = plist(
        "<key>UIBackgroundModes</key><array><string>audio</string></array>\n<key>NSAppTransportSecurity</key>\n<dict>\n<key>NSAllowsArbitraryLoads</key><true/>\n<key>NSExc",
    );
    let cut = cut.get(..cut.find("<key>NSExc").unwrap() + 8).unwrap();
    let info = info_of(cut);
    assert_eq!(info.fault.as_ref().unwrap().position, at(8, 9));
    assert_eq!(info.transport_security.allows_arbitrary_loads.fact, Fact::Known(true));
    assert!(matches!(info.non_exempt_encryption.fact, Fact::Unreadable(_)));
    assert!(matches!(info.transport_security.allows_local_networking.fact, Fact::Unreadable(_)));
    let conflict = plist("<key>A</key><string>a</string>\n<<<<<<< HEAD\n<key>B</key><true/>\n=======\n>>>>>>> x");
    let info = info_of(conflict);
    assert_eq!(info.fault.unwrap().position.unwrap().line, 5);
    for text in ["", "hello", "<plist>", "<?xml", "<plist><dict><key>", "\u{feff}", "{ a = b", "bplist00", "<!ENTITY>"]
    {
        let info = info_of(text);
        assert!(info.fault.is_some() || matches!(info.format, Fact::Unreadable(_)), "{text}");
        assert!(!matches!(info.transport_security.stated.fact, Fact::Absent), "{text}");
        assert!(matches!(info.transport_security.effective("a.example").cleartext.fact, Fact::Unreadable(_)), "{text}");
    }
    let twice = info_of(plist(
        "<key>ITSAppUsesNonExemptEncryption</key><true/>\n<key>ITSAppUsesNonExemptEncryption</key><false/>",
    ));
    assert_eq!((twice.non_exempt_encryption.fact, twice.duplicates.len()), (Fact::Known(false), 1));
}

#[test]
fn hostile_lists_end() {
    for text in [
        "<array>".repeat(300_000),
        "<dict><key>a</key>".repeat(100_000),
        "(".repeat(300_000),
        "{a=".repeat(300_000),
        "<".repeat(1_000_000),
        "&".repeat(1_000_000),
        "/*".repeat(500_000),
    ] {
        drop(info_of(&text));
        drop(info_of(plist(&text)));
    }
}

/// A binary list with these objects; the first is the outermost.
fn binary(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"bplist00".to_vec();
    let mut offsets = Vec::new();
    for object in objects {
        offsets.push(u16::try_from(bytes.len()).unwrap());
        bytes.extend(object);
    }
    let table = bytes.len() as u64;
    bytes.extend(offsets.iter().flat_map(|offset| offset.to_be_bytes()));
    bytes.extend([0, 0, 0, 0, 0, 0, 2, 1]);
    for number in [objects.len() as u64, 0, table] {
        bytes.extend(number.to_be_bytes());
    }
    bytes
}

fn word(text: &str) -> Vec<u8> {
    let mut bytes = vec![0x5F, 0x10, u8::try_from(text.len()).unwrap()];
    bytes.extend(text.bytes());
    bytes
}

#[test]
fn binary_lists_are_read() {
    let list = binary(&[
        vec![0xD2, 1, 2, 3, 4],
        word("ITSAppUsesNonExemptEncryption"),
        word("UIBackgroundModes"),
        vec![0x09],
        vec![0xA1, 5],
        word("audio"),
    ]);
    let info = info_of(&list);
    assert_eq!((info.format, info.fault), (Fact::Known(PlistFormat::Binary), None));
    assert_eq!((info.non_exempt_encryption.fact, info.non_exempt_encryption.position), (Fact::Known(true), None));
    assert_eq!(info.background_modes.known().unwrap()[0].fact, Fact::Known("audio".to_owned()));
    for length in 0..list.len() {
        drop(info_of(&list[..length]));
    }
    for at in 0..list.len() {
        for value in [0, 1, 0x0F, 0x1F, 0xA1, 0xDF, 0xFF] {
            let mut broken = list.clone();
            broken[at] = value;
            drop(plist::parse(&broken));
        }
    }
    let circle = binary(&[vec![0xA1, 0]]);
    assert!(plist::parse(&circle).unwrap().fault.is_some());
    let mut bomb: Vec<Vec<u8>> = (1..60).map(|next| vec![0xA4, next, next, next, next]).collect();
    bomb.push(vec![0x09]);
    assert!(plist::parse(&binary(&bomb)).unwrap().fault.is_some());
}

const PROJECT: &str = r#"// !$*UTF8*$!
{ objects = {
    P = { isa = PBXProject; buildConfigurationList = LP; mainGroup = G; targets = (T, U); developmentRegion = en; };
    G = { isa = PBXGroup; children = (A, W); sourceTree = "<group>"; };
    A = { isa = PBXGroup; path = App; sourceTree = "<group>"; children = (F1, F2); };
    W = { isa = PBXFileSystemSynchronizedRootGroup; path = Widget; sourceTree = "<group>"; };
    F1 = { isa = PBXFileReference; path = PrivacyInfo.xcprivacy; sourceTree = "<group>"; };
    F2 = { isa = PBXFileReference; path = base.xcconfig; sourceTree = "<group>"; };
    B1 = { isa = PBXBuildFile; fileRef = F1 /* PrivacyInfo */; };
    R = { isa = PBXResourcesBuildPhase; files = (B1); };
    T = { isa = PBXNativeTarget; name = App; productType = "com.apple.product-type.application"; buildPhases = (R); buildConfigurationList = LT; };
    U = { isa = PBXNativeTarget; name = Widget; productType = "com.apple.product-type.app-extension"; fileSystemSynchronizedGroups = (W); };
    LP = { buildConfigurations = (PD, PR); };
    LT = { buildConfigurations = (TD, TR); };
    PD = { name = Debug; buildSettings = { IPHONEOS_DEPLOYMENT_TARGET = 13.0; }; };
    PR = { name = Release; buildSettings = { IPHONEOS_DEPLOYMENT_TARGET = 14.0; }; };
    TD = { name = Debug; buildSettings = { INFOPLIST_FILE = App/Info.plist; CAPACITOR_DEBUG = true; }; };
    TR = { name = Release; baseConfigurationReference = F2; buildSettings = { INFOPLIST_FILE = "$(SRCROOT)/App/Info.plist";
      INFOPLIST_KEY_NSCameraUsageDescription = "for $(PRODUCT_NAME)"; CODE_SIGN_ENTITLEMENTS = App/App.entitlements; }; };
  }; rootObject = P; }
"#;

#[test]
fn build_settings_replace_variables() {
    let app = tempfile::tempdir().unwrap();
    write(app.path(), "ios/App/App.xcodeproj/project.pbxproj", PROJECT);
    write(
        app.path(),
        "ios/App/App/base.xcconfig",
        "#include \"more.xcconfig\"\nPRODUCT_BUNDLE_IDENTIFIER = com.example.$(TARGET_NAME:lower) // why\n",
    );
    write(
        app.path(),
        "ios/App/App/more.xcconfig",
        "#include \"base.xcconfig\"\nMARKETING_VERSION[sdk=iphoneos*] = 2\n",
    );
    let body = "<key>CFBundleIdentifier</key><string>$(PRODUCT_BUNDLE_IDENTIFIER)</string><key>CAPACITOR_DEBUG</key><string>$(CAPACITOR_DEBUG)</string><key>CFBundleShortVersionString</key><string>${MARKETING_VERSION}</string>";
    write(app.path(), "ios/App/App/Info.plist", plist(body));
    for path in
        ["ios/App/App/PrivacyInfo.xcprivacy", "ios/App/Widget/PrivacyInfo.xcprivacy", "ios/App/PrivacyInfo.xcprivacy"]
    {
        write(app.path(), path, plist(""));
    }
    write(app.path(), "ios/App/App/App.entitlements", plist("<key>get-task-allow</key><true/><key>a</key><false/>"));
    write(app.path(), "ios/App/Pods/X/Info.plist", plist(""));
    let facts = read_ios(app.path());
    let info = &facts.info[0];
    assert_eq!((facts.info.len(), &info.product, info.targets.as_slice()), (1, &Product::App, &["App".to_owned()][..]));
    assert_eq!(info.identifier.fact, Fact::Known("com.example.app".to_owned()));
    assert!(matches!(info.capacitor_debug.fact, Fact::Unknown(_)), "only Debug sets it");
    assert!(matches!(info.version.fact, Fact::Unknown(_)));
    let membership: Vec<_> = facts.privacy.iter().map(|one| one.membership.clone()).collect();
    let of = |name: &str| Membership::In(vec![name.to_owned()]);
    assert_eq!(membership, [of("App"), Membership::InNone, of("Widget")]);
    assert_eq!(
        (&facts.entitlements[0].used_by[..], &facts.entitlements[0].get_task_allow.fact),
        (&["App: Release".to_owned()][..], &Fact::Known(true))
    );
    assert_eq!(facts.entitlements[0].claimed.len(), 1);
    let setting = |configuration: &str, name: &str| {
        let found = facts.settings.iter().find(|one| one.configuration == configuration && one.name == name).unwrap();
        (found.value.known().cloned().unwrap(), found.value.position.unwrap().line)
    };
    assert_eq!(setting("Release", "IPHONEOS_DEPLOYMENT_TARGET"), ("14.0".to_owned(), 16));
    assert_eq!(setting("Release", "INFOPLIST_KEY_NSCameraUsageDescription"), ("for App".to_owned(), 19));
    assert_eq!(setting("Release", "PRODUCT_BUNDLE_IDENTIFIER"), ("com.example.app".to_owned(), 2));
}

#[test]
fn privacy_values_are_compared_with_apples_lists() {
    let app = tempfile::tempdir().unwrap();
    let body = "<key>NSPrivacyTracking</key><false/><key>NSPrivacyTracker</key><true/>
<key>NSPrivacyCollectedDataTypes</key><array><dict><key>NSPrivacyCollectedDataType</key><string>NSPrivacyCollectedDataTypeCrash</string>
<key>NSPrivacyCollectedDataTypePurposes</key><array><string>NSPrivacyCollectedDataTypePurposeAnalytics</string></array></dict></array>
<key>NSPrivacyAccessedAPITypes</key><array><dict><key>NSPrivacyAccessedAPIType</key><string>NSPrivacyAccessedAPICategoryUserDefaults</string>
<key>NSPrivacyAccessedAPITypeReasons</key><array><string>CA92.1</string><string>C56D.1</string><string>C617.1</string><string>XX.1</string></array></dict></array>";
    write(app.path(), "ios/App/App/PrivacyInfo.xcprivacy", plist(body));
    let manifest = read_ios(app.path()).privacy.remove(0);
    let accessed = &manifest.accessed.known().unwrap()[0];
    let standings: Vec<_> = accessed.reasons.known().unwrap().iter().map(|one| one.standing).collect();
    assert_eq!(standings, [Standing::Listed, Standing::ForSdksOnly, Standing::OfAnotherCategory, Standing::NotListed]);
    let collected = &manifest.collected.known().unwrap()[0];
    assert_eq!((collected.short_type(), collected.data_type.standing), (Some("Crash"), Standing::NotListed));
    assert_eq!(
        (&collected.linked.fact, collected.purposes.known().unwrap()[0].standing),
        (&Fact::Absent, Standing::Listed)
    );
    assert_eq!(manifest.unknown_keys[0].key, "NSPrivacyTracker");
    assert_eq!((manifest.tracking.position, manifest.tracking_domains.fact), (at(4, 1), Fact::Absent));
    assert!(matches!(manifest.membership, Membership::Unknown(_)));
}

fn kinds(file: &str, text: &str) -> Vec<(SourceFactKind, u32, Compiled)> {
    sources::of_text(file, text).into_iter().map(|fact| (fact.kind, fact.position.line, fact.compiled)).collect()
}

#[test]
fn trust_is_told_from_judged_trust() {
    let all = "class A {\n  func urlSession(_ s: URLSession, didReceive challenge: URLAuthenticationChallenge,\n    completionHandler: @escaping (Int) -> Void) {\n    completionHandler(.useCredential, URLCredential(trust: challenge.protectionSpace.serverTrust!))\n  }\n  func verifyOther() { SecTrustEvaluateWithError(a, b) }\n}";
    let nothing = SourceFactKind::ServerTrustAccepted { judged_by: None, compares_host: false };
    assert_eq!(kinds("A.swift", all), [(nothing.clone(), 4, Compiled::Always)]);
    let judged = all.replace(
        "    completionHandler(.",
        "    guard SecTrustEvaluateWithError(t, nil), space.host == \"a\" else { return }\n    completionHandler(.",
    );
    let by = SourceFactKind::ServerTrustAccepted {
        judged_by: Some("SecTrustEvaluateWithError".to_owned()),
        compares_host: true,
    };
    assert_eq!(kinds("A.swift", &judged), [(by, 5, Compiled::Always)]);
    let objective = "- (void)URLSession:(NSURLSession *)s didReceiveChallenge:(id)c\n{\n  // SecTrustEvaluate\n  id a = [NSURLCredential credentialForTrust:c.trust];\n}\n";
    assert_eq!(kinds("A.m", objective), [(nothing, 4, Compiled::Always)]);
    assert_eq!(
        kinds(
            "A.swift",
            "// URLCredential(trust: x)\n/* /* */ URLCredential(trust: x) */ let a = \"URLCredential(trust: x)\""
        ),
        []
    );
    assert_eq!(kinds("A.m", "p.allowInvalidCertificates = YES;\np.allowInvalidCertificates = NO;\n").len(), 1);
}

#[test]
fn conditions_and_scripts() {
    let text = "func a() {\n#if DEBUG\n  w.isInspectable = true\n#else\n  dlopen(p, 1)\n#endif\n#if 0\n  dlopen(p, 1)\n#endif\n#if os(iOS)\n  w.isInspectable=true\n#endif\n  w.isInspectable = false\n}";
    assert_eq!(
        kinds("A.swift", text),
        [
            (SourceFactKind::Inspectable, 3, Compiled::DebugOnly),
            (SourceFactKind::LibraryLoaded, 5, Compiled::ReleaseOnly),
            (SourceFactKind::Inspectable, 11, Compiled::Under("os(iOS)".to_owned())),
        ]
    );
    let origins = |text: &str| -> Vec<ScriptOrigin> {
        let found = kinds("A.swift", text).into_iter();
        found
            .filter_map(
                |(kind, _, _)| {
                    if let SourceFactKind::ScriptEvaluated { origin, .. } = kind { Some(origin) } else { None }
                },
            )
            .collect()
    };
    assert_eq!(
        origins("func a() { w.evaluateJavaScript(\"go()\") }\nfunc b(x: String) { w.evaluateJavaScript(x) }"),
        [ScriptOrigin::Literal, ScriptOrigin::NotVisible]
    );
    assert_eq!(origins("func a() { w.evaluateJavaScript(\"go(\\(x(\"y\")))\") }"), [ScriptOrigin::NotVisible]);
    assert_eq!(
        origins("func a() { URLSession.shared.dataTask(with: u) { d, _, _ in c.evaluateScript(String(data: d)) } }"),
        [ScriptOrigin::Downloaded("dataTask".to_owned())]
    );
    assert_eq!(
        origins(
            "func a() { let p = Bundle.main.url(forResource: \"a\")\n c.evaluateScript(try String(contentsOf: p)) }"
        ),
        [ScriptOrigin::Bundled("Bundle.main".to_owned())]
    );
    assert_eq!(origins("func evaluateJavaScript(_ x: String) {}"), []);
    let key = SourceFactKind::TransportSecurityKey { key: "NSAllowsArbitraryLoads".to_owned() };
    assert_eq!(kinds("A.m", "d[@\"NSAllowsArbitraryLoads\"] = @YES;"), [(key, 1, Compiled::Always)]);
}

#[test]
fn hostile_sources_end() {
    for piece in [
        "{",
        "\"",
        "/*",
        "#if A\n",
        "func a(",
        "\"\\(",
        "'",
        "#\"",
        "init",
        "\"\"\"",
        "\\",
        "é\"\\é",
        "- (",
        "URLCredential(trust:",
    ] {
        let text = format!("dlopen {}", piece.repeat(60_000));
        drop(sources::of_text("a.swift", &text));
        drop(sources::of_text("a.m", &text));
    }
}

#[test]
fn folders_of_others_are_not_walked() {
    let app = tempfile::tempdir().unwrap();
    for folder in
        ["ios/App/Pods", "ios/App/build", "ios/.git", "node_modules/a/ios", "ios/App/App/public", "ios/App/AppTests"]
    {
        write(app.path(), &format!("{folder}/a.swift"), "func a() { dlopen(p) }");
    }
    let facts = read_ios(app.path());
    assert_eq!((facts.sources_read, facts.roots.as_slice()), (0, &["ios".to_owned()][..]));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(app.path(), app.path().join("ios/loop")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", app.path().join("ios/Info.plist")).unwrap();
        assert_eq!(read_ios(app.path()).info.len(), 0);
    }
    assert_eq!(read_ios(Path::new("/nowhere")).roots, Vec::<String>::new());
    let native = tempfile::tempdir().unwrap();
    write(native.path(), "Info.plist", plist(""));
    assert_eq!(read_ios(native.path()).info.len(), 1);
}
