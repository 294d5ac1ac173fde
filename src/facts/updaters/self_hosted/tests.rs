mod flips;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use p256::ecdsa::Signature as EcdsaSignature;
use rsa::traits::PublicKeyParts as _;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::facts::crypto;
use crate::facts::testing::{OTHER_RSA, RSA, numbers};
use crate::facts::updaters::delivery::Role;

const BUNDLE: &[u8] = b"PK\x03\x04 a bundle that nobody unpacks here";
type Files = Vec<(&'static str, Vec<u8>)>;

fn word(delivery: &Delivery) -> String {
    verify(delivery).result.word().into_owned()
}

fn release(files: Files) -> Delivery {
    let mut files = files;
    files.push(("bundle.zip", BUNDLE.to_vec()));
    crate::facts::testing::delivery(files)
}

fn outcome(files: Files) -> String {
    word(&release(files))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match (high, low) {
        (0, 0..=127) => vec![tag, low],
        (0, _) => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head, content.to_vec()].concat()
}

fn rsa_pem(key: &rsa::PrivateKey) -> String {
    let number = |bytes: Box<[u8]>| {
        let bytes: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
        der(2, &[vec![0; usize::from(bytes[0] > 127)], bytes].concat())
    };
    let public = key.to_public_key();
    let pair = [number(public.n().to_be_bytes()), number(public.e().to_be_bytes())].concat();
    format!("-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n", STANDARD.encode(der(0x30, &pair)))
}

fn p256_key() -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[5; 32]).unwrap()
}

fn p256_pem() -> String {
    let mut info = crypto::hex("3059301306072a8648ce3d020106082a8648ce3d030107034200").unwrap();
    info.extend_from_slice(p256_key().verifying_key().to_sec1_point(false).as_bytes());
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(info))
}

fn ed25519() -> SigningKey {
    SigningKey::from_bytes(&[6; 32])
}

fn ed25519_pem() -> String {
    let info =
        [crypto::hex("302a300506032b6570032100").unwrap(), ed25519().verifying_key().to_bytes().to_vec()].concat();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(info))
}

fn pkcs1(message: &[u8]) -> Vec<u8> {
    let info = crypto::hex("3031300d060960864801650304020105000420").unwrap();
    let scheme = rsa::Pkcs1v15Sign { hash_len: Some(32), prefix: info.into() };
    RSA.sign(scheme, &Sha256::digest(message)).unwrap()
}

fn pss(salt: usize, message: &[u8]) -> Vec<u8> {
    use rsa::signature::{RandomizedSigner as _, SignatureEncoding as _};
    let key = rsa::pss::SigningKey::<Sha256>::new_with_salt_len(RSA.clone(), salt);
    key.sign_with_rng(&mut numbers(9), message).to_vec()
}

fn ecdsa(message: &[u8]) -> EcdsaSignature {
    p256_key().sign(message)
}

/// One signature of each algorithm, the key, and its name.
fn detached() -> Vec<(Vec<u8>, String, &'static str)> {
    vec![
        (pkcs1(BUNDLE), rsa_pem(&RSA), "rsa-pkcs1v15-sha256"),
        (pss(32, BUNDLE), rsa_pem(&RSA), "rsa-pss-sha256"),
        (pss(222, BUNDLE), rsa_pem(&RSA), "rsa-pss-sha256"),
        (ecdsa(BUNDLE).to_der().as_bytes().to_vec(), p256_pem(), "ecdsa-p256-sha256"),
        (ecdsa(BUNDLE).to_bytes().to_vec(), p256_pem(), "ecdsa-p256-sha256"),
        (ed25519().sign(BUNDLE).to_bytes().to_vec(), ed25519_pem(), "ed25519"),
    ]
}

#[test]
fn detached_signatures_are_verified_in_all_writings() {
    for (signature, key, algorithm) in detached() {
        for written in [signature.clone(), STANDARD.encode(&signature).into_bytes(), hex(&signature).into_bytes()] {
            let files = vec![("bundle.zip.sig", written.clone()), ("public.pem", key.clone().into_bytes())];
            let verification = verify(&release(files));
            assert_eq!(verification.result, Verdict::Valid, "{algorithm} {verification:#?}");
            assert!(verification.steps.iter().any(|step| step.detail.contains(algorithm)), "{algorithm}");
            assert!(verification.issues.is_empty() && verification.key.is_some());
        }
        let mut stated = release(vec![]);
        stated.stated.signature = Some(STANDARD.encode(&signature));
        stated.stated.public_key = Some(key.clone());
        assert_eq!(word(&stated), "valid", "{algorithm}");
        stated.stated.algorithm = Some(algorithm.to_owned());
        assert_eq!(word(&stated), "valid", "{algorithm}");
        for other in ["rsa-pkcs1v15-sha256", "rsa-pss-sha256", "ecdsa-p256-sha256", "ed25519", "minisign", "dsse"] {
            stated.stated.algorithm = Some(other.to_owned());
            assert_eq!(word(&stated) == "valid", other == algorithm, "{other} for {algorithm}");
        }
        let other = crate::facts::testing::delivery(vec![
            ("bundle.zip.sig", signature.clone()),
            ("public.pem", key.into_bytes()),
            ("bundle.zip", [BUNDLE, b"!"].concat()),
        ]);
        assert_eq!(word(&other), "reject:signature_invalid", "{algorithm}");
    }
}

#[test]
fn keys_and_signatures_that_are_missing_or_wrong_fail_closed() {
    let signature = || ("bundle.zip.sig", pkcs1(BUNDLE));
    let key = |key: &rsa::PrivateKey| rsa_pem(key).into_bytes();
    assert_eq!(outcome(vec![signature()]), "reject:key_missing");
    assert_eq!(outcome(vec![signature(), ("k.pem", key(&OTHER_RSA))]), "reject:signature_invalid");
    assert_eq!(outcome(vec![signature(), ("k.pem", b"-----BEGIN PUBLIC KEY-----\nx".to_vec())]), "reject:key_invalid");
    assert_eq!(outcome(vec![signature(), ("k.pem", key(&RSA)), ("l.pem", key(&OTHER_RSA))]), "reject:key_ambiguous");
    assert_eq!(outcome(vec![signature(), ("k.pem", key(&RSA)), ("l.pem", key(&RSA))]), "valid", "one key, two files");
    assert_eq!(outcome(vec![("k.pem", key(&RSA))]), "reject:signature_missing");
    assert_eq!(outcome(vec![("bundle.zip.sig", vec![]), ("k.pem", key(&RSA))]), "reject:signature_invalid");
    assert_eq!(
        outcome(vec![("bundle.zip.sig", ecdsa(BUNDLE).to_bytes().to_vec()), ("k.pem", key(&RSA))]),
        "reject:signature_invalid"
    );
    let openpgp = b"-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n".to_vec();
    assert_eq!(outcome(vec![("bundle.zip.asc", openpgp), ("k.pem", key(&RSA))]), "reject:algorithm_unsupported");
    let mut stated = release(vec![signature()]);
    stated.stated.public_key = Some("no key".to_owned());
    assert_eq!(word(&stated), "reject:key_invalid");
    stated.stated.algorithm = Some("none".to_owned());
    assert_eq!(word(&stated), "reject:alg_none");
    stated.stated.algorithm = Some("rsa-sha1".to_owned());
    assert_eq!(word(&stated), "reject:algorithm_unsupported");
    let private =
        vec![("private.pem", b"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----".to_vec()), signature()];
    let verification = verify(&release(private));
    assert_eq!((verification.result.word().as_ref(), verification.issues.len()), ("reject:key_missing", 1));

    // The key of the app, not one that comes along with the release.
    let mut both = release(vec![signature(), ("k.pem", key(&RSA)), ("app/l.pem", key(&OTHER_RSA))]);
    both.files.iter_mut().find(|file| file.path == "app/l.pem").unwrap().role = Role::App;
    assert_eq!(word(&both), "reject:signature_invalid");
}

#[test]
fn keys_are_read_in_all_writings() {
    let point = ed25519().verifying_key().to_bytes();
    let signature = ed25519().sign(BUNDLE).to_bytes().to_vec();
    let info = [crypto::hex("302a300506032b6570032100").unwrap(), point.to_vec()].concat();
    for (name, key) in [
        ("k.pub", STANDARD.encode(point).into_bytes()),
        ("k.pub", hex(&point).into_bytes()),
        ("k.txt", STANDARD.encode(&info).into_bytes()),
        ("k.der", info),
    ] {
        assert_eq!(outcome(vec![(name, key), ("bundle.zip.signature", signature.clone())]), "valid", "{name}");
    }
}

#[test]
fn checksums_are_compared_and_prove_little() {
    let sha256 = hex(&Sha256::digest(BUNDLE));
    let sha512 = hex(&sha2::Sha512::digest(BUNDLE));
    let md5 = hex(&md5::Md5::digest(BUNDLE));
    let crc32 = hex(&crc32fast::hash(BUNDLE).to_be_bytes());
    for (text, expected) in [
        (sha256.clone(), "unsigned_sha256_ok"),
        (sha256.to_uppercase(), "unsigned_sha256_ok"),
        (format!("sha256:{sha256}"), "unsigned_sha256_ok"),
        (format!("sha256-{}", STANDARD.encode(Sha256::digest(BUNDLE))), "unsigned_sha256_ok"),
        (STANDARD.encode(Sha256::digest(BUNDLE)), "unsigned_sha256_ok"),
        (hex(&sha2::Sha384::digest(BUNDLE)), "unsigned_hash_ok"),
        (sha512.clone(), "unsigned_hash_ok"),
        (md5.clone(), "md5_ok_unsigned"),
        (crc32.clone(), "unsigned_crc32_ok"),
        ("a".repeat(40), "reject:weak_checksum"),
        ("a".repeat(64), "reject:checksum_mismatch"),
        ("a".repeat(32), "reject:checksum_mismatch"),
        ("a".repeat(8), "reject:checksum_mismatch"),
        (format!("sha512:{sha256}"), "reject:checksum_malformed"),
        ("zz".to_owned(), "reject:checksum_malformed"),
        (String::new(), "reject:checksum_malformed"),
    ] {
        let mut stated = release(vec![]);
        stated.stated.checksum = Some(text.clone());
        assert_eq!(word(&stated), expected, "{text}");
    }
    let other = "b".repeat(64);
    for (name, text, expected) in [
        ("SHA256SUMS", format!("{other}  other.zip\n{sha256} *bundle.zip\n"), "unsigned_sha256_ok"),
        ("SHA256SUMS", format!("{sha256}  bundle.zip\n{other}  bundle.zip\n"), "reject:checksum_mismatch"),
        ("SUMS", format!("SHA512 (bundle.zip) = {sha512}"), "unsigned_hash_ok"),
        ("SUMS", format!("{other}  other.zip"), "no_checksum"),
        ("bundle.zip.sha256", format!("{sha256}\n"), "unsigned_sha256_ok"),
        ("bundle.zip.md5", format!("{md5}  bundle.zip"), "md5_ok_unsigned"),
        ("update.json", json!({"version": "1", "checksum": sha256}).to_string(), "unsigned_sha256_ok"),
        ("update.json", json!({"hashes": {"sha-512": sha512, "md5": md5}}).to_string(), "unsigned_hash_ok"),
        ("update.json", json!({"sha256": md5}).to_string(), "reject:checksum_malformed"),
        ("update.json", json!({"sha256": 7}).to_string(), "reject:checksum_malformed"),
        ("update.json", format!("{{\"sha256\":\"{other}\",\"sha256\":\"{sha256}\"}}"), "reject:metadata_ambiguous"),
        ("update.json", json!({"sha1": "a".repeat(40), "sha256": other}).to_string(), "reject:checksum_mismatch"),
    ] {
        assert_eq!(outcome(vec![(name, text.clone().into_bytes())]), expected, "{name} {text}");
    }
    assert_eq!(outcome(vec![]), "no_checksum");
    assert_eq!(outcome(vec![("second.zip", vec![])]), "reject:bundle_ambiguous");
    assert_eq!(word(&crate::facts::testing::delivery(vec![("a.sha256", sha256.into_bytes())])), "reject:file_missing");
    assert_eq!(word(&crate::facts::testing::delivery(vec![])), "nothing_to_verify");
}

#[test]
fn what_describes_the_bundle_may_be_signed_instead() {
    let list = format!("{}  bundle.zip\n", hex(&Sha256::digest(BUNDLE))).into_bytes();
    let key = || ("k.pem", rsa_pem(&RSA).into_bytes());
    let signed = |list: &[u8]| vec![("SUMS", list.to_vec()), ("SUMS.sig", pkcs1(list)), key()];
    let verification = verify(&release(signed(&list)));
    assert_eq!(verification.result, Verdict::Valid, "{verification:#?}");
    assert!(verification.not_covered.contains(&"version_not_authenticated"));
    let mut other = signed(&list);
    other[0].1[0] ^= 1;
    assert_eq!(outcome(other), "reject:signature_invalid");
    let wrong = format!("{}  bundle.zip\n", "a".repeat(64)).into_bytes();
    assert_eq!(outcome(signed(&wrong)), "reject:checksum_mismatch");
    let weak = format!("{}  bundle.zip\n", hex(&md5::Md5::digest(BUNDLE))).into_bytes();
    assert_eq!(outcome(signed(&weak)), "reject:subject_mismatch");
    let metadata = json!({"version": "1", "checksum": hex(&Sha256::digest(BUNDLE))}).to_string().into_bytes();
    let files = vec![("update.json", metadata.clone()), ("update.json.sig", pkcs1(&metadata)), key()];
    assert!(!verify(&release(files)).not_covered.contains(&"version_not_authenticated"));
    let inside = json!({"signature": STANDARD.encode(pkcs1(BUNDLE)), "sha256": hex(&Sha256::digest(BUNDLE))});
    assert_eq!(outcome(vec![("update.json", inside.to_string().into_bytes()), key()]), "valid");
    assert_eq!(outcome(vec![("update.json", inside.to_string().into_bytes())]), "reject:key_missing");
    let none = json!({"signature": "", "alg": "none", "sha256": hex(&Sha256::digest(BUNDLE))});
    assert_eq!(outcome(vec![("update.json", none.to_string().into_bytes()), key()]), "reject:alg_none");
}

/// Minisign's files, legacy form: Ed25519 over the file itself.
fn minisigned(comment: &str) -> (String, String) {
    let key = ed25519();
    let number = [1, 2, 3, 4, 5, 6, 7, 8];
    let signature = key.sign(BUNDLE).to_bytes();
    let global = key.sign(&[signature.as_slice(), comment.as_bytes()].concat()).to_bytes();
    let lines = [b"Ed".as_slice(), &number, &signature].concat();
    let file = format!(
        "untrusted comment: x\n{}\ntrusted comment: {comment}\n{}\n",
        STANDARD.encode(lines),
        STANDARD.encode(global)
    );
    let public = [b"Ed".as_slice(), &number, &key.verifying_key().to_bytes()].concat();
    (file, format!("untrusted comment: minisign public key\n{}\n", STANDARD.encode(public)))
}

#[test]
fn minisign_is_verified_with_its_trusted_comment() {
    let (file, key) = minisigned("timestamp:1");
    let files = || vec![("bundle.zip.minisig", file.clone().into_bytes()), ("minisign.pub", key.clone().into_bytes())];
    let verification = verify(&release(files()));
    assert_eq!((verification.result, verification.generation), (Verdict::Valid, Some("minisign")), "{verification:#?}");
    assert_eq!(recognise(&release(files())), Some(50));
    let mut stated = release(vec![]);
    stated.stated.signature = Some(file.clone());
    stated.stated.public_key = Some(key.lines().nth(1).unwrap().to_owned());
    assert_eq!(word(&stated), "valid");
    let mut other = files();
    other[0].1 = file.replace("timestamp:1", "timestamp:2").into_bytes();
    assert_eq!(outcome(other), "reject:signature_invalid");
    assert_eq!(outcome(vec![files().remove(0)]), "reject:key_missing");
    assert_eq!(outcome(vec![files().remove(0), ("k.pem", ed25519_pem().into_bytes())]), "reject:key_missing");
    let mut stated = release(vec![files().remove(0)]);
    stated.stated.public_key = Some(ed25519_pem());
    assert_eq!(word(&stated), "reject:algorithm_mismatch");
}

#[test]
fn minisign_prehashed_is_verified() {
    // The example of the crate's documentation, made by minisign itself: the file is `test`.
    let key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    let signature = "untrusted comment: signature from minisign secret key\nRUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\ntrusted comment: timestamp:1633700835\tfile:test\tprehashed\nwLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==";
    let of = |bytes: &[u8]| {
        crate::facts::testing::delivery(vec![
            ("b.zip", bytes.to_vec()),
            ("b.zip.minisig", signature.as_bytes().to_vec()),
            ("k.pub", key.as_bytes().to_vec()),
        ])
    };
    assert_eq!(word(&of(b"test")), "valid");
    assert_eq!(word(&of(b"tesT")), "reject:signature_invalid");
}

fn statement(digest: &str) -> String {
    json!({"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://example.com/release", "predicate": {},
        "subject": [{"name": "other", "digest": {"sha256": "00"}}, {"name": "bundle.zip", "digest": {"sha256": digest}}]})
    .to_string()
}

fn envelope(kind: &str, payload: &str) -> serde_json::Value {
    let pae = format!("DSSEv1 {} {kind} {} {payload}", kind.len(), payload.len());
    let sig = STANDARD.encode(ecdsa(pae.as_bytes()).to_der().as_bytes());
    json!({"payloadType": kind, "payload": STANDARD.encode(payload), "signatures": [{"keyid": "", "sig": sig}]})
}

#[test]
fn envelopes_bind_the_bundle() {
    let digest = hex(&Sha256::digest(BUNDLE));
    let in_toto = "application/vnd.in-toto+json";
    let good = envelope(in_toto, &statement(&digest));
    let of = |envelope: &serde_json::Value| {
        vec![("bundle.intoto.jsonl", envelope.to_string().into_bytes()), ("k.pem", p256_pem().into_bytes())]
    };
    assert_eq!(outcome(of(&good)), "valid");
    assert_eq!(recognise(&release(of(&good))), Some(50));
    let bundle = json!({"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": {}, "dsseEnvelope": good});
    let verification = verify(&release(of(&bundle)));
    assert_eq!(verification.result, Verdict::Valid);
    assert!(verification.steps.iter().any(|step| step.detail.contains("transparency log")));
    let message = json!({"verificationMaterial": {}, "messageSignature": {
        "messageDigest": {"algorithm": "SHA2_256", "digest": STANDARD.encode(Sha256::digest(BUNDLE))},
        "signature": STANDARD.encode(ecdsa(BUNDLE).to_der().as_bytes())}});
    assert_eq!(outcome(of(&message)), "valid");
    let mut other = message.clone();
    other["messageSignature"]["messageDigest"]["digest"] = json!(STANDARD.encode([0; 32]));
    assert_eq!(outcome(of(&other)), "reject:subject_mismatch");
    assert_eq!(outcome(vec![of(&good).remove(0)]), "reject:key_missing");
    assert_eq!(outcome(vec![of(&good).remove(0), ("k.pem", ed25519_pem().into_bytes())]), "reject:signature_invalid");
    assert_eq!(outcome(of(&envelope(in_toto, &statement(&"a".repeat(64))))), "reject:subject_mismatch");
    assert_eq!(outcome(of(&envelope("text/plain", &statement(&digest)))), "reject:payload_unsupported");
    assert_eq!(outcome(of(&envelope(in_toto, "{}"))), "reject:payload_unsupported");
    assert_eq!(outcome(of(&envelope(in_toto, "x"))), "reject:metadata_invalid");
    let twice = statement(&digest).replacen('{', "{\"subject\":[],", 1);
    assert_eq!(outcome(of(&envelope(in_toto, &twice))), "reject:metadata_ambiguous");
    for (field, value, expected) in [
        ("signatures", json!([]), "reject:signature_missing"),
        ("signatures", json!([{"sig": "AAAA"}]), "reject:signature_invalid"),
        ("payloadType", json!("application/x"), "reject:signature_invalid"),
        ("payload", json!("!"), "reject:metadata_invalid"),
        ("payload", json!(STANDARD.encode(statement(&"b".repeat(64)))), "reject:signature_invalid"),
    ] {
        let mut other = good.clone();
        other[field] = value;
        assert_eq!(outcome(of(&other)), expected, "{field}");
    }
    let text = good.to_string().replacen('{', "{\"payloadType\":\"x\",", 1);
    assert_eq!(
        outcome(vec![("a.json", text.into_bytes()), ("k.pem", p256_pem().into_bytes())]),
        "reject:metadata_ambiguous"
    );
}
