use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::RngExt as _;
use rsa::PrivateKey;
use rsa::pkcs8::EncodePublicKey as _;

use super::*;
use crate::facts::testing::{OTHER_RSA, RSA, numbers};
use crate::facts::updaters::{Data, Role};
use crate::model::Digest;

const PREFIX: &[u8] = b"\x30\x31\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
static THIRD_RSA: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::new(&mut numbers(3), 2048).unwrap());
const PROJECT: &str = "11111111-2222-4333-8444-555555555555";
const SCOPE: &str = "@demo/otaudit";

fn sign(key: &PrivateKey, bytes: &[u8]) -> Vec<u8> {
    let scheme = rsa::Pkcs1v15Sign { hash_len: Some(32), prefix: PREFIX.into() };
    key.sign(scheme, Digest::of(bytes).as_bytes()).unwrap()
}

/// An element of DER.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let mut out = vec![tag];
    match (high, low) {
        (0, 0..0x80) => out.push(low),
        (0, _) => out.extend([0x81, low]),
        _ => out.extend([0x82, high, low]),
    }
    out.extend(content);
    out
}

/// Whether a certificate is an authority, and how many may be below it.
#[derive(Clone, Copy)]
enum Authority {
    No,
    AnyLength,
    Length(u8),
}

/// What a certificate says.
#[derive(Clone)]
struct Spec {
    subject: &'static str,
    issuer: &'static str,
    dates: (&'static str, &'static str),
    /// For an authority, its path length.
    authority: Authority,
    usage: Option<u8>,
    signs_code: bool,
    project: Option<String>,
}

const SIGNATURE_USAGE: u8 = 0x80;
const AUTHORITY_USAGE: u8 = 0x04;

/// The usual certificate of an app.
fn usual() -> Spec {
    Spec {
        subject: "app",
        issuer: "app",
        dates: ("261101000000Z", "361101000000Z"),
        authority: Authority::No,
        usage: Some(SIGNATURE_USAGE),
        signs_code: true,
        project: None,
    }
}

fn authority(subject: &'static str, issuer: &'static str, length: Option<u8>) -> Spec {
    let usage = Some(AUTHORITY_USAGE);
    Spec {
        subject,
        issuer,
        authority: length.map_or(Authority::AnyLength, Authority::Length),
        usage,
        signs_code: false,
        ..usual()
    }
}

fn certificate(spec: &Spec, key: &PrivateKey, signer: &PrivateKey) -> String {
    let algorithm = der(0x30, b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B\x05\x00");
    let name = |name: &str| {
        let pair = [b"\x06\x03\x55\x04\x03".to_vec(), der(0x0C, name.as_bytes())].concat();
        der(0x30, &der(0x31, &der(0x30, &pair)))
    };
    let extension = |id: &[u8], value: &[u8]| der(0x30, &[der(0x06, id), der(0x04, value)].concat());
    let mut extensions = Vec::new();
    let length = match spec.authority {
        Authority::No => None,
        Authority::AnyLength => Some(Vec::new()),
        Authority::Length(length) => Some(der(0x02, &[length])),
    };
    if let Some(length) = length {
        extensions.extend(extension(b"\x55\x1D\x13", &der(0x30, &[der(0x01, &[0xFF]), length].concat())));
    }
    if let Some(usage) = spec.usage {
        extensions
            .extend(extension(b"\x55\x1D\x0F", &der(0x03, &[u8::try_from(usage.trailing_zeros()).unwrap(), usage])));
    }
    if spec.signs_code {
        extensions.extend(extension(b"\x55\x1D\x25", &der(0x30, b"\x06\x08\x2B\x06\x01\x05\x05\x07\x03\x03")));
    }
    if let Some(project) = &spec.project {
        let id = x509_cert::der::asn1::ObjectIdentifier::new(
            "1.2.840.113556.1.8000.2554.43437.254.128.102.157.7894389.20439.2.1",
        );
        extensions.extend(extension(id.unwrap().as_bytes(), project.as_bytes()));
    }
    let signed = der(
        0x30,
        &[
            der(0xA0, &der(0x02, &[2])),
            der(0x02, &[7]),
            algorithm.clone(),
            name(spec.issuer),
            der(0x30, &[der(0x17, spec.dates.0.as_bytes()), der(0x17, spec.dates.1.as_bytes())].concat()),
            name(spec.subject),
            key.to_public_key().to_public_key_der().unwrap().as_bytes().to_vec(),
            if extensions.is_empty() { Vec::new() } else { der(0xA3, &der(0x30, &extensions)) },
        ]
        .concat(),
    );
    let signature = [vec![0], sign(signer, &signed)].concat();
    let whole = der(0x30, &[signed, algorithm, der(0x03, &signature)].concat());
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(whole))
}

fn own_certificate() -> String {
    certificate(&usual(), &RSA, &RSA)
}

fn hash(bytes: &[u8]) -> String {
    assets::written(&Digest::of(bytes))
}

const MAIN: &[u8] = b"run()";
const LOGO: &[u8] = b"<svg/>";

fn manifest() -> String {
    format!(
        "{{\"id\":\"1\",\"runtimeVersion\":\"1.0.0\",\"launchAsset\":{{\"hash\":\"{}\",\"key\":\"main.js\",\
        \"url\":\"https://u.example/assets/main.js\"}},\"assets\":[{{\"hash\":\"{}\",\"key\":\"abc\",\"fileExtension\":\".svg\",\
        \"url\":\"https://u.example/logo.svg?x\"}}],\"extra\":{{\"scopeKey\":\"{SCOPE}\",\"eas\":{{\"projectId\":\"{PROJECT}\"}}}}}}",
        hash(MAIN),
        hash(LOGO)
    )
}

fn header(key: &PrivateKey, bytes: &[u8]) -> String {
    let signature = STANDARD.encode(sign(key, bytes));
    format!("sig=\"{signature}\", keyid=\"main\", alg=\"rsa-v1_5-sha256\"")
}

const APP: &str = "{\"expo\":{\"runtimeVersion\":\"1.0.0\",\"updates\":{\"url\":\"https://u.example/\",\
    \"codeSigningCertificate\":\"./certificate.pem\",\"codeSigningMetadata\":{\"keyid\":\"main\",\"alg\":\"rsa-v1_5-sha256\"}}}}";

/// One release and what the app says.
#[derive(Clone)]
struct Release {
    app: String,
    certificate: Option<String>,
    manifest: Vec<u8>,
    header: Option<String>,
    more: Vec<(String, Vec<u8>)>,
}

impl Release {
    /// A valid one.
    fn good() -> Self {
        Self::of(&manifest())
    }

    /// One with this manifest, signed.
    fn of(manifest: &str) -> Self {
        let more = [("assets/main.js", MAIN), ("assets/logo.svg", LOGO)];
        Self {
            app: APP.to_owned(),
            certificate: Some(own_certificate()),
            manifest: manifest.as_bytes().to_vec(),
            header: Some(header(&RSA, manifest.as_bytes())),
            more: more.map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).to_vec(),
        }
    }

    fn delivery(&self) -> Delivery {
        let mut headers = vec![("expo-protocol-version", "1".to_owned())];
        headers.extend(self.header.clone().map(|header| (SIGNATURE, header)));
        let headers: String =
            headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect::<Vec<_>>().concat();
        let mut files = vec![
            ("headers.txt", headers.into_bytes()),
            ("manifest.body", self.manifest.clone()),
            ("private-key.pem", b"-----BEGIN RSA PRIVATE KEY-----".to_vec()),
        ];
        if !self.app.is_empty() {
            files.push(("app.json", self.app.clone().into_bytes()));
        }
        files.extend(self.certificate.clone().map(|text| ("certificate.pem", text.into_bytes())));
        files.extend(self.more.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())));
        crate::facts::testing::delivery(files)
    }

    fn verify(&self) -> Verification {
        verify(&self.delivery())
    }

    fn word(&self) -> String {
        self.verify().result.word().into_owned()
    }
}

#[test]
fn a_signed_update_is_valid() {
    let release = Release::good();
    assert_eq!(recognise(&release.delivery()), Some(95));
    let verification = release.verify();
    assert_eq!(verification.result, Verdict::Valid, "{:?}", verification.steps);
    assert_eq!(verification.issues, Vec::<String>::new());
    assert_eq!(verification.key.unwrap().source, "app.json: expo.updates.codeSigningCertificate");
    let Some(PlainContent::Files(files)) = verification.content else { panic!() };
    assert_eq!(files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["main.js", "abc.svg"]);
}

#[test]
fn raw_bytes_are_signed() {
    let mut release = Release::good();
    release.manifest.push(b'\n');
    assert_eq!(release.word(), "reject:signature_invalid");
    release.manifest = b"not json".to_vec();
    assert_eq!(release.word(), "reject:signature_invalid", "the signature comes first");
    let broken = Release::of("{\"launchAsset\":");
    assert_eq!(broken.word(), "reject:unreadable");
}

#[test]
fn headers_are_read_as_the_device_reads_them() {
    let good = Release::good();
    let with =
        |change: &dyn Fn(&str) -> String| Release { header: good.header.as_deref().map(change), ..good.clone() }.word();
    assert_eq!(Release { header: None, ..good.clone() }.word(), "reject:signature_missing");
    assert_eq!(with(&|header| header.replace(", alg=\"rsa-v1_5-sha256\"", "")), "valid");
    assert_eq!(with(&|header| header.replace("rsa-v1_5-sha256", "rsa-v1_5-sha512")), "reject:alg_not_accepted");
    assert_eq!(with(&|header| header.replace("\"rsa-v1_5-sha256\"", "none")), "reject:alg_not_accepted");
    assert_eq!(with(&|header| header.replace("\"main\"", "\"other\"")), "reject:keyid_mismatch");
    assert_eq!(with(&|header| header.replace(", keyid=\"main\"", "")), "reject:keyid_mismatch", "root is not main");
    assert_eq!(with(&|header| header.replace("sig=\"", "sig=\"*")), "reject:signature_invalid");
    assert_eq!(with(&|header| header.replace("sig=", "Sig=")), "reject:signature_malformed");
    assert_eq!(with(&|header| header.replace("sig=", "gis=")), "reject:signature_missing");
    assert_eq!(with(&|header| format!("{header}\r\nexpo-signature: {header}x")), "reject:metadata_ambiguous");
    let root = APP.replace(",\"codeSigningMetadata\":{\"keyid\":\"main\",\"alg\":\"rsa-v1_5-sha256\"}", "");
    let root = Release { app: root, ..good.clone() };
    assert_eq!(root.word(), "reject:keyid_mismatch");
    let header = root.header.as_ref().map(|header| header.replace("\"main\"", "\"root\""));
    assert_eq!(Release { header, ..root }.word(), "valid");
}

#[test]
fn certificates_are_judged() {
    let of = |spec: Spec| Release { certificate: Some(certificate(&spec, &RSA, &RSA)), ..Release::good() }.word();
    assert_eq!(of(Spec { dates: ("200101000000Z", "210101000000Z"), ..usual() }), "reject:cert_expired");
    assert_eq!(of(Spec { dates: ("270101000000Z", "310101000000Z"), ..usual() }), "reject:cert_not_yet_valid");
    assert_eq!(of(Spec { signs_code: false, ..usual() }), "reject:cert_eku");
    assert_eq!(of(Spec { usage: None, ..usual() }), "reject:cert_key_usage");
    assert_eq!(of(Spec { usage: Some(AUTHORITY_USAGE), ..usual() }), "reject:cert_key_usage");
    assert_eq!(of(Spec { issuer: "other", ..usual() }), "reject:chain_invalid");
    let project = |project: &str| Spec { project: Some(project.to_owned()), ..usual() };
    assert_eq!(of(project(&format!("{PROJECT},{SCOPE}"))), "valid");
    assert_eq!(of(project(&format!("{PROJECT},@demo/other"))), "reject:expo_project_mismatch");
    assert_eq!(of(project(PROJECT)), "reject:expo_project_mismatch");
    let other = |text: String| Release { certificate: Some(text), ..Release::good() }.word();
    assert_eq!(other(certificate(&usual(), &OTHER_RSA, &OTHER_RSA)), "reject:signature_invalid");
    assert_eq!(other(certificate(&usual(), &RSA, &OTHER_RSA)), "reject:chain_invalid");
    assert_eq!(other("nonsense".to_owned()), "reject:certificate_invalid");
    assert_eq!(Release { certificate: None, ..Release::good() }.word(), "reject:certificate_missing");
    let soon = Spec { dates: ("261101000000Z", "270101000000Z"), ..usual() };
    let soon = Release { certificate: Some(certificate(&soon, &RSA, &RSA)), ..Release::good() }.verify();
    assert_eq!((soon.result, soon.issues), (Verdict::Valid, vec!["certificate_expires_soon".into()]));
}

#[test]
fn unsigned_updates_are_compared_by_hash() {
    let app =
        "{\"expo\":{\"updates\":{\"url\":\"http://u.example/\",\"disableAntiBrickingMeasures\":true}}}".to_owned();
    let release = Release { app, header: None, ..Release::good() };
    let verification = release.verify();
    assert_eq!(verification.result, Verdict::UnsignedHashOk);
    assert_eq!(verification.issues, ["code_signing_off", "disable_anti_bricking_measures", "update_url_cleartext"]);
    let mut tampered = release.clone();
    tampered.more[0].1.push(1);
    assert_eq!(tampered.word(), "reject:asset_hash_mismatch");
    let no_hash = release.manifest.clone();
    let no_hash = String::from_utf8(no_hash).unwrap().replace("\"hash\"", "\"hush\"").into_bytes();
    assert_eq!(Release { manifest: no_hash, ..release }.word(), "reject:no_integrity");
    let allowed = APP.replace("\"url\"", "\"codeSigningAllowUnsignedManifests\":true,\"url\"");
    let allowed = Release { app: allowed, header: None, ..Release::good() };
    assert_eq!(allowed.word(), "unsigned_hash_ok");
    assert_eq!(allowed.verify().issues, ["unsigned_manifests_allowed"]);
    let wrong = Release { header: Some(header(&OTHER_RSA, &allowed.manifest)), ..allowed };
    assert_eq!(wrong.word(), "reject:signature_invalid", "a wrong signature is not a missing one");
    assert_eq!(Release { app: String::new(), ..Release::good() }.word(), "reject:certificate_missing");
}

#[test]
fn assets_are_compared() {
    let mut tampered = Release::good();
    tampered.more[0].1[0] ^= 1;
    assert_eq!(tampered.word(), "reject:asset_hash_mismatch");
    let mut missing = Release::good();
    missing.more.remove(1);
    assert_eq!(missing.word(), "reject:file_missing");
    let mut elsewhere = Release::good();
    elsewhere.more[1].0 = "dist/4a5b".to_owned();
    assert_eq!(elsewhere.word(), "valid", "found by its hash");
    let changed = |from: &str, to: &str| Release::of(&manifest().replace(from, to));
    let kept = changed("\"key\":\"abc\"", "\"_local\":\"x/y\",\"key\":\"abc\"");
    assert_eq!(kept.word(), "reject:file_missing", "where the carrier says it is");
    let no_hash = changed(&format!("\"hash\":\"{}\",", hash(LOGO)), "");
    assert_eq!((no_hash.word().as_str(), no_hash.verify().issues), ("valid", vec!["asset_hash_missing".into()]));
    assert_eq!(changed("\"abc\"", "\"../../abc\"").word(), "reject:path_traversal");
    assert_eq!(changed("\".svg\"", "\"/../../x\"").word(), "reject:path_traversal");
    assert_eq!(
        changed("\"key\":\"abc\",\"fileExtension\":\".svg\"", "\"key\":\"MAIN.js\"").word(),
        "reject:duplicate_target"
    );
    assert_eq!(changed("\"id\":\"1\"", "\"id\":\"1\",\"id\":\"2\"").word(), "reject:metadata_ambiguous");
    assert_eq!(changed("\"abc\"", "7").word(), "reject:metadata_invalid");
    assert_eq!(
        changed(&hash(LOGO), &format!("{}=", hash(LOGO))).word(),
        "reject:asset_hash_mismatch",
        "texts are compared"
    );
    let other = changed("\"1.0.0\"", "\"2.0.0\"").verify();
    assert_eq!((other.result, other.issues), (Verdict::Valid, vec!["runtime_version_differs".into()]));
}

/// A body of parts; each with its name, its header and its bytes.
fn body(parts: &[(&str, Option<String>, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, signature, bytes) in parts {
        out.extend(format!("--formdata-x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n").bytes());
        out.extend(b"Content-Type: application/json\r\n");
        out.extend(signature.iter().flat_map(|value| format!("expo-signature: {value}\r\n").into_bytes()));
        out.extend(b"\r\n");
        out.extend(*bytes);
        out.extend(b"\r\n");
    }
    out.extend(b"--formdata-x--\r\n");
    out
}

/// A delivery with this body and this certificate of the app.
fn in_parts(certificate: String, parts: &[(&str, Option<String>, &[u8])]) -> Delivery {
    crate::facts::testing::delivery(vec![
        ("response", body(parts)),
        ("app.json", APP.as_bytes().to_vec()),
        ("certificate.pem", certificate.into_bytes()),
        ("assets/main.js", MAIN.to_vec()),
        ("assets/abc.svg", LOGO.to_vec()),
    ])
}

fn word(delivery: &Delivery) -> String {
    verify(delivery).result.word().into_owned()
}

#[test]
fn responses_in_parts_are_verified() {
    let text = manifest();
    let bytes = text.as_bytes();
    let good =
        in_parts(own_certificate(), &[("manifest", Some(header(&RSA, bytes)), bytes), ("extensions", None, b"{}")]);
    assert_eq!(recognise(&good), Some(88));
    let verification = verify(&good);
    assert_eq!(
        (verification.result, verification.generation),
        (Verdict::Valid, Some("multipart")),
        "{:?}",
        verification.steps
    );
    let of = |parts: &[_]| word(&in_parts(own_certificate(), parts));
    assert_eq!(of(&[("manifest", None, bytes)]), "reject:signature_missing");
    assert_eq!(of(&[("manifest", Some(header(&OTHER_RSA, bytes)), bytes)]), "reject:signature_invalid");
    let twice = ("manifest", Some(header(&RSA, bytes)), bytes);
    assert_eq!(of(&[twice.clone(), twice]), "reject:metadata_ambiguous");
    assert_eq!(of(&[("extensions", None, b"{}")]), "reject:manifest_missing");
    let mut cut = in_parts(own_certificate(), &[("manifest", Some(header(&RSA, bytes)), bytes)]);
    let response = cut.files.iter_mut().find(|file| file.path == "response").unwrap();
    let Data::Memory(content) = &mut response.data else { panic!() };
    content.truncate(content.len() - 20);
    assert_eq!(word(&cut), "reject:multipart_malformed");
}

#[test]
fn directives_are_verified() {
    let order = b"{\"type\":\"rollBackToEmbedded\",\"parameters\":{\"commitTime\":\"2026-11-01T00:00:00.000Z\"}}";
    let of = |signature| verify(&in_parts(own_certificate(), &[("directive", signature, order)]));
    let good = of(Some(header(&RSA, order)));
    assert_eq!((good.result, good.generation), (Verdict::Valid, Some("directive")), "{:?}", good.steps);
    assert_eq!(of(Some(header(&OTHER_RSA, order))).result.word(), "reject:signature_invalid");
    assert_eq!(of(None).result.word(), "reject:signature_missing");
    let both = |signature| {
        let text = manifest();
        let bytes = text.as_bytes();
        word(&in_parts(
            own_certificate(),
            &[("manifest", Some(header(&RSA, bytes)), bytes), ("directive", signature, order)],
        ))
    };
    assert_eq!(both(Some(header(&RSA, order))), "valid");
    assert_eq!(both(None), "reject:signature_missing", "a signed manifest vouches for no directive");
    let limited = Spec { project: Some(format!("{PROJECT},{SCOPE}")), ..usual() };
    let limited = certificate(&limited, &RSA, &RSA);
    let unnamed = in_parts(limited.clone(), &[("directive", Some(header(&RSA, order)), order)]);
    assert_eq!(word(&unnamed), "reject:expo_project_mismatch");
    let named = format!(
        "{{\"type\":\"rollBackToEmbedded\",\"extra\":{{\"signingInfo\":{{\"projectId\":\"{PROJECT}\",\"scopeKey\":\"{SCOPE}\"}}}}}}"
    );
    let named = named.as_bytes();
    assert_eq!(word(&in_parts(limited, &[("directive", Some(header(&RSA, named)), named)])), "valid");
    let unknown = b"{\"type\":\"other\"}";
    let unknown = in_parts(own_certificate(), &[("directive", Some(header(&RSA, unknown)), unknown)]);
    assert_eq!(word(&unknown), "reject:directive_unknown");
}

#[test]
fn served_chains_are_judged() {
    let text = manifest();
    let bytes = text.as_bytes();
    // Root: the second key; intermediate: the third; leaf: the first.
    let root = |length| certificate(&authority("root", "root", length), &OTHER_RSA, &OTHER_RSA);
    let middle = |spec: &Spec| certificate(spec, &THIRD_RSA, &OTHER_RSA);
    let leaf = |spec: &Spec| certificate(spec, &RSA, &THIRD_RSA);
    let under = Spec { subject: "leaf", issuer: "middle", ..usual() };
    let between = authority("middle", "root", Some(0));
    let of = |root: String, served: String| {
        let signature = Some(header(&RSA, bytes).replace("\"main\"", "\"any\""));
        word(&in_parts(root, &[("manifest", signature, bytes), ("certificate_chain", None, served.as_bytes())]))
    };
    let served = format!("{}{}", leaf(&under), middle(&between));
    assert_eq!(of(root(None), served.clone()), "valid");
    assert_eq!(of(root(Some(1)), served.clone()), "valid");
    assert_eq!(of(root(Some(0)), served.clone()), "reject:chain_pathlen");
    let direct = certificate(&Spec { issuer: "root", ..under.clone() }, &RSA, &OTHER_RSA);
    assert_eq!(of(root(Some(0)), direct.clone()), "valid");
    let unauthorised = Spec { authority: Authority::No, ..authority("root", "root", None) };
    assert_eq!(of(certificate(&unauthorised, &OTHER_RSA, &OTHER_RSA), direct), "reject:chain_ca_missing");
    let weak = Spec { authority: Authority::No, ..between.clone() };
    assert_eq!(of(root(None), format!("{}{}", leaf(&under), middle(&weak))), "reject:chain_ca_missing");
    let usage = Spec { usage: Some(SIGNATURE_USAGE), ..between.clone() };
    assert_eq!(of(root(None), format!("{}{}", leaf(&under), middle(&usage))), "reject:chain_ca_missing");
    let forged = certificate(&between, &THIRD_RSA, &THIRD_RSA);
    assert_eq!(of(root(None), format!("{}{forged}", leaf(&under))), "reject:chain_root_mismatch");
    let false_leaf = certificate(&under, &RSA, &RSA);
    assert_eq!(of(root(None), format!("{false_leaf}{}", middle(&between))), "reject:chain_invalid");
    assert_eq!(of(root(None), format!("{}{}", middle(&between), leaf(&under))), "reject:chain_invalid");
    let expired = Spec { dates: ("200101000000Z", "210101000000Z"), ..between.clone() };
    assert_eq!(of(root(None), format!("{}{}", leaf(&under), middle(&expired))), "reject:cert_expired");
    assert_eq!(of(root(None), leaf(&under).repeat(20)), "reject:chain_invalid");
    assert_eq!(
        of(root(None), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----".to_owned()),
        "reject:chain_invalid"
    );
    let limited = |spec: &Spec, project: &str| Spec { project: Some(format!("{project},{SCOPE}")), ..spec.clone() };
    let served = format!("{}{}", leaf(&limited(&under, "x")), middle(&limited(&between, PROJECT)));
    assert_eq!(of(root(None), served), "reject:expo_project_mismatch");
    let served = format!("{}{}", leaf(&limited(&under, PROJECT)), middle(&limited(&between, PROJECT)));
    assert_eq!(of(root(None), served), "valid");
}

#[test]
fn a_native_configuration_decides_whether_served_certificates_count() {
    let text = manifest();
    let bytes = text.as_bytes();
    let root = certificate(&authority("root", "root", None), &OTHER_RSA, &OTHER_RSA);
    let leaf = certificate(&Spec { subject: "leaf", issuer: "root", ..usual() }, &RSA, &OTHER_RSA);
    let of = |setting: Option<&str>| {
        let named = setting.unwrap_or_default();
        let list = format!(
            "<plist><dict><key>EXUpdatesURL</key><string>https://a.example</string>\
            <key>EXUpdatesCodeSigningCertificate</key><string>{root}</string>\
            <key>EXUpdatesCodeSigningMetadata</key><dict><key>keyid</key><string>main</string></dict>{named}</dict></plist>"
        );
        let parts: [(&str, Option<String>, &[u8]); 2] =
            [("manifest", Some(header(&RSA, bytes)), bytes), ("certificate_chain", None, leaf.as_bytes())];
        let mut files =
            vec![("response", body(&parts)), ("assets/main.js", MAIN.to_vec()), ("assets/abc.svg", LOGO.to_vec())];
        files.extend(setting.map(|_| ("Expo.plist", list.into_bytes())));
        files.extend(setting.is_none().then(|| ("app.json", APP.as_bytes().to_vec())));
        files.extend(setting.is_none().then(|| ("certificate.pem", root.clone().into_bytes())));
        word(&crate::facts::testing::delivery(files))
    };
    let key = "<key>EXUpdatesCodeSigningIncludeManifestResponseCertificateChain</key>";
    assert_eq!(of(Some(&format!("{key}<true/>"))), "valid");
    assert_ne!(of(Some(&format!("{key}<false/>"))), "valid");
    assert_ne!(of(Some("")), "valid", "it is off where it is not named");
    assert_eq!(of(None), "valid", "`app.json` does not have it: the native configuration is not known");
}

#[test]
fn native_configurations_are_read() {
    let mut release = Release { app: String::new(), certificate: None, ..Release::good() };
    let pem = own_certificate().replace('\n', "&#10;");
    let android = format!(
        "<manifest xmlns:android=\"http://schemas.android.com/apk/res/android\"><application>\
        <meta-data android:name=\"expo.modules.updates.CODE_SIGNING_CERTIFICATE\" android:value=\"{pem}\"/>\
        <meta-data android:name=\"expo.modules.updates.CODE_SIGNING_METADATA\" android:value=\"{{&quot;keyid&quot;:&quot;main&quot;}}\"/>\
        </application></manifest>"
    );
    release.more.push(("AndroidManifest.xml".to_owned(), android.clone().into_bytes()));
    assert_eq!(release.verify().result, Verdict::Valid, "{:?}", release.verify().steps);
    release.more.pop();
    assert_eq!(
        recognise(&crate::facts::testing::delivery(vec![("AndroidManifest.xml", android.into_bytes())])),
        Some(70)
    );
    let list = format!(
        "<plist><dict><key>EXUpdatesCodeSigningCertificate</key><string>{}</string><key>EXUpdatesCodeSigningMetadata</key>\
        <dict><key>keyid</key><string>main</string></dict></dict></plist>",
        own_certificate()
    );
    release.more.push(("Expo.plist".to_owned(), list.into_bytes()));
    assert_eq!(release.word(), "valid");
    release.more.pop();
    release.more.push(("Expo.plist".to_owned(), b"bplist00".to_vec()));
    assert_eq!(release.word(), "reject:unreadable");
    release.more.pop();
    let mut stated = release.delivery();
    stated.stated.public_key = Some(own_certificate());
    assert_eq!(word(&stated), "valid");
    stated.headers.clear();
    stated.stated.signature = Some(STANDARD.encode(sign(&RSA, &release.manifest)));
    assert_eq!(word(&stated), "valid");
    let config = crate::facts::testing::delivery(vec![
        ("app.json", APP.into()),
        ("certificate.pem", own_certificate().into_bytes()),
    ]);
    assert_eq!(word(&config), "nothing_to_verify");
    assert_eq!(recognise(&config), Some(85));
    let cleartext = crate::facts::testing::delivery(vec![
        ("app.json", APP.replace("https:", "http:").into()),
        ("certificate.pem", own_certificate().into_bytes()),
    ]);
    assert_eq!(word(&cleartext), "config_finding");
}

#[test]
fn the_apps_own_configuration_counts() {
    let mut release = Release::good();
    let app = APP.replace("certificate.pem", "own.pem");
    release.more.push(("app/app.json".to_owned(), app.into_bytes()));
    release.more.push(("app/own.pem".to_owned(), certificate(&usual(), &OTHER_RSA, &OTHER_RSA).into_bytes()));
    let mut delivery = release.delivery();
    delivery.files.iter_mut().filter(|file| file.path.starts_with("app/")).for_each(|file| file.role = Role::App);
    assert_eq!(word(&delivery), "reject:signature_invalid", "the certificate of the release is not trusted");
}

/// Flips bits of the manifest, the signature and the assets. The header's other members are no part of what is signed:
/// a broken name of `alg` means its default, which is the same.
#[test]
fn flipped_bits_are_never_valid() {
    let flips = std::env::var_os("OTAUDIT_FLIPS").and_then(|text| text.to_str()?.parse().ok()).unwrap_or(300);
    let mut random = numbers(5);
    let good = Release::good();
    let signature = sign(&RSA, &good.manifest);
    for round in 0..flips {
        let mut release = good.clone();
        let mut signature = signature.clone();
        let bytes = match round % 4 {
            0 | 1 => &mut release.manifest,
            2 => &mut signature,
            _ => &mut release.more[random.random_range(0..2)].1,
        };
        let bit = random.random_range(0..bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        release.header = Some(format!("sig=\"{}\", keyid=\"main\"", STANDARD.encode(&signature)));
        assert!(!release.verify().result.is_authentic(), "round {round}, bit {bit}");
    }
    // The header as text, up to the end of the signature.
    let header = good.header.clone().unwrap();
    let end = header.find("\", keyid").unwrap();
    for _ in 0..flips {
        let mut text = header.clone().into_bytes();
        let bit = random.random_range(0..end * 8);
        text[bit / 8] ^= 1 << (bit % 8);
        let release = Release { header: Some(String::from_utf8_lossy(&text).into_owned()), ..good.clone() };
        assert!(!release.verify().result.is_authentic(), "bit {bit} of the header");
    }
}
