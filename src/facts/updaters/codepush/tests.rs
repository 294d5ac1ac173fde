use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt as _;
use rsa::pkcs8::EncodePublicKey as _;
use rsa::pkcs8::LineEnding;

use super::keys::KEY_NAME;
use super::*;
use crate::facts::testing::{OTHER_RSA, RSA, numbers};
use crate::facts::updaters::Role;

const PREFIX: &[u8] = b"\x30\x31\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

type Files = Vec<(String, Vec<u8>)>;

fn public(key: &rsa::PrivateKey) -> Vec<u8> {
    key.to_public_key().to_public_key_pem(LineEnding::LF).unwrap().into_bytes()
}

fn token_of(key: &rsa::PrivateKey, header: &str, claims: &str) -> Vec<u8> {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let scheme = rsa::Pkcs1v15Sign { hash_len: Some(32), prefix: PREFIX.into() };
    let signature = key.sign(scheme, Digest::of(signed.as_bytes()).as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)).into_bytes()
}

fn contents() -> Files {
    [("CodePush/index.html", "<html>"), ("CodePush/a/main.js", "run()"), ("CodePush/a/ü \u{1F600}.txt", "")]
        .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
        .to_vec()
}

fn hash_of(files: &Files) -> String {
    let mut package = Package::default();
    for (path, bytes) in files {
        package.digests.insert(path.clone(), Digest::of(bytes));
    }
    package.hash().unwrap().hex()
}

fn claims(hash: &str) -> String {
    format!("{{\"claimVersion\":\"1.0.0\",\"contentHash\":\"{hash}\",\"iat\":1795421580}}")
}

const RS256: &str = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";

/// A signed update with the files of `contents` and this token, and the key beside it.
fn release_with(token: Option<Vec<u8>>, more: Vec<(&str, Vec<u8>)>) -> Delivery {
    let mut files: Files = contents().into_iter().map(|(path, bytes)| (format!("update/{path}"), bytes)).collect();
    files.extend(token.map(|token| ("update/CodePush/.codepushrelease".to_owned(), token)));
    files.extend(more.into_iter().map(|(path, bytes)| (path.to_owned(), bytes)));
    crate::facts::testing::delivery(files.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())).collect())
}

fn signed() -> Vec<u8> {
    token_of(&RSA, RS256, &claims(&hash_of(&contents())))
}

fn word(delivery: &Delivery) -> String {
    verify(delivery).result.word().into_owned()
}

fn key_file() -> (&'static str, Vec<u8>) {
    ("public.pem", public(&RSA))
}

#[test]
fn a_signed_update_is_valid() {
    let delivery =
        release_with(Some(signed()), vec![key_file(), ("private.pem", b"-----BEGIN PRIVATE KEY-----".to_vec())]);
    assert_eq!(recognise(&delivery), Some(95));
    let verification = verify(&delivery);
    assert_eq!(verification.result, Verdict::Valid, "{:?}", verification.steps);
    assert_eq!(verification.issues, Vec::<String>::new());
    assert_eq!(verification.key.unwrap().source, "public.pem");
    assert!(matches!(verification.content, Some(PlainContent::Files(files)) if files.len() == 4));
    // At the top, beside its key and configuration.
    let mut files: Vec<(&str, Vec<u8>)> = vec![key_file(), ("CodePush/.codepushrelease", signed())];
    let contents = contents();
    files.extend(contents.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())));
    assert_eq!(word(&crate::facts::testing::delivery(files.clone())), "valid");
    files.push(("evil.js", vec![1]));
    assert_eq!(word(&crate::facts::testing::delivery(files)), "reject:content_hash_mismatch");
}

#[test]
fn each_tamper_has_its_reason() {
    let changed = |path: &str, more: Vec<(&str, Vec<u8>)>| {
        let mut delivery = release_with(Some(signed()), [vec![key_file()], more].concat());
        for file in delivery.files.iter_mut().filter(|file| file.path == path) {
            file.data = super::super::Data::Memory(b"tampered".to_vec());
            file.bytes = 8;
        }
        delivery
    };
    assert_eq!(word(&changed("update/CodePush/index.html", vec![])), "reject:content_hash_mismatch");
    assert_eq!(word(&changed("", vec![("update/CodePush/evil.js", vec![1])])), "reject:content_hash_mismatch");
    assert_eq!(word(&changed("", vec![("update/beside.txt", vec![1])])), "reject:content_hash_mismatch");
    let mut fewer = release_with(Some(signed()), vec![key_file()]);
    fewer.files.retain(|file| !file.path.ends_with("main.js"));
    assert_eq!(word(&fewer), "reject:content_hash_mismatch");
    let mut renamed = release_with(Some(signed()), vec![key_file()]);
    renamed.files.iter_mut().filter(|file| file.path.ends_with("main.js")).for_each(|file| file.path.push('x'));
    assert_eq!(word(&renamed), "reject:content_hash_mismatch");
    let wrong = token_of(&OTHER_RSA, RS256, &claims(&hash_of(&contents())));
    assert_eq!(word(&release_with(Some(wrong), vec![key_file()])), "reject:signature_invalid");
    assert_eq!(word(&release_with(None, vec![key_file()])), "reject:signature_missing");
    assert_eq!(word(&release_with(Some(signed()), vec![])), "reject:key_missing");
    assert_eq!(word(&release_with(None, vec![])), "reject:no_integrity");
    let broken = ("public.pem", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n".to_vec());
    assert_eq!(word(&release_with(Some(signed()), vec![broken])), "reject:key_invalid");
    let two = vec![key_file(), ("other.pem", public(&OTHER_RSA))];
    assert_eq!(word(&release_with(Some(signed()), two)), "reject:key_ambiguous");
    assert_eq!(
        word(&release_with(Some(signed()), vec![key_file(), ("update/CodePush/a/../b", vec![])])),
        "reject:path_traversal"
    );
    assert_eq!(
        word(&release_with(Some(signed()), vec![key_file(), ("update/CodePush/INDEX.html", vec![])])),
        "reject:duplicate_target"
    );
}

#[test]
fn a_key_within_the_update_is_none() {
    let evil = vec![("update/CodePush/public.pem", public(&RSA)), ("update/key.pem", public(&RSA))];
    assert_eq!(word(&release_with(Some(signed()), evil)), "reject:key_missing");
    let mut apart = release_with(Some(signed()), vec![key_file(), ("app/public.pem", public(&OTHER_RSA))]);
    apart.files.iter_mut().filter(|file| file.path.starts_with("app/")).for_each(|file| file.role = Role::App);
    assert_eq!(word(&apart), "reject:signature_invalid", "the app's own key counts, not the release's");
}

#[test]
fn tokens_are_read_strictly() {
    let hash = hash_of(&contents());
    let of = |header: &str, body: &str| word(&release_with(Some(token_of(&RSA, header, body)), vec![key_file()]));
    for none in ["none", "None", "NONE"] {
        assert_eq!(of(&format!("{{\"alg\":\"{none}\"}}"), &claims(&hash)), "reject:alg_none");
    }
    for other in ["HS256", "PS256", "RS384", "RS512", "ES256"] {
        let word = format!("reject:alg_{}", other.to_lowercase());
        assert_eq!(of(&format!("{{\"alg\":\"{other}\"}}"), &claims(&hash)), word);
    }
    for other in ["rs256", "", "HS1"] {
        assert_eq!(of(&format!("{{\"alg\":\"{other}\"}}"), &claims(&hash)), "reject:alg_not_accepted");
    }
    assert_eq!(of("{}", &claims(&hash)), "reject:alg_missing");
    assert_eq!(of("{\"alg\":\"RS256\",\"alg\":\"RS256\"}", &claims(&hash)), "reject:metadata_ambiguous");
    assert_eq!(of("{\"alg\":\"RS256\",\"crit\":[\"x\"]}", &claims(&hash)), "reject:jwt_malformed");
    assert_eq!(of("x", &claims(&hash)), "reject:jwt_malformed");
    assert_eq!(of(RS256, "{}"), "reject:content_hash_mismatch");
    assert_eq!(of(RS256, &claims(&hash.to_uppercase())), "reject:content_hash_mismatch");
    assert_eq!(of(RS256, "{\"contentHash\":\"a\",\"contentHash\":\"b\"}"), "reject:metadata_ambiguous");
    let old =
        verify(&release_with(Some(token_of(&RSA, RS256, &claims(&hash).replace("1.0.0", "2.0.0"))), vec![key_file()]));
    assert_eq!((old.result, old.issues), (Verdict::Valid, vec!["claim_version_unknown".into()]));
    for text in ["", "a.b", "a.b.c.d", "....", "\u{fffd}"] {
        let broken = release_with(Some(text.as_bytes().to_vec()), vec![key_file()]);
        assert_eq!(word(&broken), "reject:jwt_malformed", "{text}");
    }
}

#[test]
fn ignored_files_are_told() {
    let more = vec![key_file(), ("update/__MACOSX/evil.js", vec![1]), ("update/CodePush/a/.codepushrelease", vec![2])];
    let verification = verify(&release_with(Some(signed()), more));
    assert_eq!(verification.result, Verdict::Valid);
    assert_eq!(verification.issues, ["ignored_file_smuggled", "unsigned_ignored_files"]);
}

#[test]
fn stated_hashes_are_compared() {
    let hash = hash_of(&contents());
    let response =
        |hash: &str| ("response.json", format!("{{\"updateInfo\":{{\"packageHash\":\"{hash}\"}}}}").into_bytes());
    assert_eq!(word(&release_with(Some(signed()), vec![key_file(), response(&hash)])), "valid");
    let other = "0".repeat(64);
    assert_eq!(word(&release_with(Some(signed()), vec![key_file(), response(&other)])), "reject:package_hash_mismatch");
    let unsigned = verify(&release_with(None, vec![response(&hash)]));
    assert_eq!(unsigned.result, Verdict::UnsignedHashOk);
    assert!(unsigned.not_covered.contains(&"set_not_authenticated"));
    assert_eq!(word(&release_with(None, vec![response(&other)])), "reject:package_hash_mismatch");
    let mut both = release_with(Some(signed()), vec![key_file(), response(&hash)]);
    both.stated.checksum = Some(other);
    assert_eq!(word(&both), "reject:metadata_ambiguous");
}

#[test]
fn diffs_need_their_base() {
    let diff = |list: &str| ("update/hotcodepush.json", list.as_bytes().to_vec());
    let list = "{\"deletedFiles\":[\"CodePush/old.js\"]}";
    assert_eq!(word(&release_with(Some(signed()), vec![key_file(), diff(list)])), "valid", "the whole set is there");
    let mut part = release_with(Some(signed()), vec![key_file(), diff(list)]);
    part.files.retain(|file| !file.path.ends_with("main.js"));
    assert_eq!(word(&part), "reject:base_missing");
    let traversal = "{\"deletedFiles\":[\"../../databases/x\"]}";
    assert_eq!(word(&release_with(Some(signed()), vec![key_file(), diff(traversal)])), "reject:path_traversal");
    assert_eq!(word(&release_with(Some(signed()), vec![key_file(), diff("{}")])), "reject:metadata_invalid");
    assert_eq!(recognise(&crate::facts::testing::delivery(vec![("hotcodepush.json", list.into())])), Some(90));
}

#[test]
fn keys_are_found_in_configurations() {
    let pem = String::from_utf8(public(&RSA)).unwrap();
    let list = format!("<plist><dict><key>{KEY_NAME}</key><string>{pem}</string></dict></plist>");
    let strings = format!("<resources><string name=\"{KEY_NAME}\">{}</string></resources>", pem.replace('\n', "\\n"));
    let block =
        format!("{{\"plugins\":{{\"CodePush\":{{\"IOS_PUBLIC_KEY\":{}}}}}}}", serde_json::to_string(&pem).unwrap());
    for (path, text) in [("Info.plist", &list), ("res/strings.xml", &strings), ("capacitor.config.json", &block)] {
        let verification = verify(&release_with(Some(signed()), vec![(path, text.clone().into_bytes())]));
        assert_eq!(verification.result, Verdict::Valid, "{path}: {:?}", verification.steps);
        assert_eq!(recognise(&crate::facts::testing::delivery(vec![(path, text.clone().into_bytes())])), Some(85));
    }
    let other = String::from_utf8(public(&OTHER_RSA)).unwrap();
    let other = format!("<resources><string name=\"{KEY_NAME}\">{other}</string></resources>").into_bytes();
    let differ = release_with(Some(signed()), vec![("Info.plist", list.into_bytes()), ("strings.xml", other)]);
    assert!(verify(&differ).issues.contains(&"public_keys_differ".into()));
    assert_eq!(word(&release_with(None, vec![("Info.plist", b"bplist00".to_vec())])), "reject:unreadable");
    assert_eq!(word(&crate::facts::testing::delivery(vec![("Info.plist", strings.into_bytes())])), "nothing_to_verify");
}

#[test]
fn archives_are_read() {
    use std::io::Write as _;
    let archive = |more: Option<&str>| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let files = contents().into_iter().chain([("CodePush/.codepushrelease".to_owned(), signed())]);
        for (path, bytes) in files.chain(more.map(|path| (path.to_owned(), vec![1]))) {
            writer.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(&bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let of = |bytes: Vec<u8>| verify(&crate::facts::testing::delivery(vec![("update.zip", bytes), key_file()]));
    let good = of(archive(None));
    assert_eq!(good.result, Verdict::Valid, "{:?}", good.steps);
    assert!(matches!(good.content, Some(PlainContent::Delivered(path)) if path == "update.zip"));
    let recognised =
        |bytes: Vec<u8>| recognise(&crate::facts::testing::delivery(vec![("update.zip", bytes), key_file()]));
    assert_eq!(recognised(archive(None)), Some(80), "told by its first entry");
    let mut web = archive(None);
    web[30] = b'D';
    assert_eq!(recognised(web), None);
    assert_eq!(of(archive(Some("CodePush/evil.js"))).result.word(), "reject:content_hash_mismatch");
    assert_eq!(of(archive(Some("../evil.js"))).result.word(), "reject:path_traversal");
    let mut cut = archive(None);
    cut.truncate(60);
    assert_eq!(of(cut).result.word(), "reject:unreadable");
    let mut single = crate::facts::testing::delivery(vec![("main.jsbundle", vec![1]), key_file()]);
    single.stated.bundle = Some("main.jsbundle".to_owned());
    assert_eq!(word(&single), "reject:no_integrity");
}

/// Flips bits of everything that the signature covers, the token included.
#[test]
fn flipped_bits_are_never_valid() {
    let flips = std::env::var_os("OTAUDIT_FLIPS").and_then(|text| text.to_str()?.parse().ok()).unwrap_or(300);
    let mut random = numbers(4);
    let token = signed();
    for _ in 0..flips {
        let mut delivery = release_with(Some(token.clone()), vec![key_file()]);
        let covered: Vec<usize> = (0..delivery.files.len())
            .filter(|index| delivery.files[*index].path.starts_with("update/") && delivery.files[*index].bytes > 0)
            .collect();
        let file = &mut delivery.files[covered[random.random_range(0..covered.len())]];
        let super::super::Data::Memory(bytes) = &mut file.data else { panic!() };
        let bit = random.random_range(0..bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        let path = file.path.clone();
        assert!(!verify(&delivery).result.is_authentic(), "{path}, bit {bit}");
    }
}
