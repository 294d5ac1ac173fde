//! The public key as the app has it.

use rsa::BoxedUint;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::pkcs8::EncodePublicKey as _;

use super::*;

fn made(modulus: &BoxedUint, exponent: u64) -> rsa::PublicKey {
    rsa::PublicKey::new_with_size_limits(modulus.clone(), BoxedUint::from(exponent), 512..=16_384).unwrap()
}

/// An odd number of so many bits; nobody needs to know its factors.
fn modulus(bits: u32) -> BoxedUint {
    let mut bytes = vec![0xA5; bits as usize / 8];
    bytes[bits as usize / 8 - 1] = 0x5B;
    BoxedUint::from_be_slice(&bytes, bits).unwrap()
}

#[test]
fn another_key_does_not_open_it() {
    let verification = Release::v3().key(&public_pem(&OTHER_RSA)).verify();
    assert_eq!(verification.result.word(), "reject:rsa_padding");
    assert_eq!(failed_step(&verification), Some("session key"));
}

#[test]
fn keys_that_the_plugin_cannot_use_are_refused() {
    let good = public_pem(&RSA);
    let spki = RSA.as_public_key().to_public_key_pem(LineEnding::LF).unwrap();
    let private = RSA.to_pkcs1_pem(LineEnding::LF).unwrap();
    let n = RSA.as_public_key().n().as_ref().clone();
    let cases = [
        (pem(&made(&modulus(1024), 65537)), "key_size"),
        (pem(&made(&modulus(2040), 65537)), "key_size"),
        (pem(&made(&modulus(4096), 65537)), "key_size"),
        (pem(&made(&n, 3)), "key_exponent"),
        (spki.clone(), "public_key_header"),
        (spki.replace("PUBLIC KEY", "RSA PUBLIC KEY"), "public_key_header"),
        (good.replace("RSA PUBLIC KEY", "PUBLIC KEY"), "public_key_header"),
        (format!(" {good}"), "public_key_header"),
        (good.lines().filter(|line| !line.starts_with('-')).collect::<String>(), "public_key_header"),
        (private.to_string(), "private_key_in_config"),
        (private.replace("PRIVATE", "PUBLIC"), "private_key_in_config"),
        (good.replace('M', "*"), "public_key_invalid"),
        (part_of(&good, ..200).to_owned(), "public_key_invalid"),
        ("hello".to_owned(), "public_key_invalid"),
        (" ".to_owned(), "public_key_invalid"),
        ("x".repeat(100_000), "public_key_invalid"),
    ];
    for (text, expected) in cases {
        let word = Release::v3().key(&text).word();
        assert_eq!(word, format!("reject:{expected}"), "{}", text.get(..40).unwrap_or(&text));
        // Not even a release that is not signed passes with such a key.
        let unsigned = Release::v0().key(&text).word();
        assert_eq!(unsigned, format!("reject:{expected}"));
    }
}

#[test]
fn harmless_writings_of_the_key_are_read() {
    let good = public_pem(&RSA);
    for text in [good.replace('\n', "\r\n"), good.trim_end().to_owned(), format!("{good}\n")] {
        assert_eq!(Release::v3().key(&text).word(), "valid");
    }
}

#[test]
fn a_key_that_is_given_comes_before_the_configuration() {
    let mut delivery = Release::v3().key(&public_pem(&OTHER_RSA)).delivery();
    delivery.stated.public_key = Some(public_pem(&RSA));
    assert_eq!(verify(&delivery).result, Verdict::Valid);
    delivery.stated.public_key = Some(public_pem(&OTHER_RSA));
    assert_eq!(verify(&delivery).result.word(), "reject:rsa_padding");
}

#[test]
fn without_a_configuration_the_key_file_counts() {
    let release = Release::v3();
    let files = |pem: Vec<u8>| {
        let mut files = vec![("update.json", release.update.to_string().into_bytes()), (".capgo_key_v2.pub", pem)];
        files.extend(release.bundle.clone());
        verify(&crate::facts::testing::delivery(files)).result.word().into_owned()
    };
    assert_eq!(files(public_pem(&RSA).into_bytes()), "valid");
    assert_eq!(files(public_pem(&OTHER_RSA).into_bytes()), "reject:rsa_padding");
    assert_eq!(files(b"nothing".to_vec()), "reject:public_key_invalid");
}

#[test]
fn a_signed_release_of_an_app_without_a_key_is_no_pass() {
    let mut release = Release::v3();
    release.plugin = json!({});
    assert_eq!(release.word(), "reject:private_key_missing");
}

#[test]
fn other_systems_are_not_recognised() {
    let known =
        |json: Value| recognise(&crate::facts::testing::delivery(vec![("x.json", json.to_string().into_bytes())]));
    assert!(known(Release::v3().update).is_some());
    assert!(known(json!({"plugins": {"CapacitorUpdater": {}}})).is_some());
    assert!(known(json!({"checksum": "x", "signature": "y", "url": "z", "version": "1"})).is_none());
    assert!(known(json!({"id": "x", "launchAsset": {}})).is_none());
}

/// Applies the private key to a block as it is, whatever its padding.
fn sign_block(block: &[u8]) -> Vec<u8> {
    let number = BoxedUint::from_be_slice(block, 2048).unwrap();
    let made = rsa::hazmat::rsa_decrypt_and_check(&*RSA, None::<&mut rand::rngs::StdRng>, &number).unwrap();
    let bytes = made.to_be_bytes();
    bytes[bytes.len() - 256..].to_vec()
}

#[test]
fn blocks_with_lax_padding_are_refused() {
    let block = |start: &[u8], end: &[u8]| {
        let filling = vec![0xFF; 256 - start.len() - end.len()];
        sign_block(&[start, &filling, end].concat())
    };
    let key = [&[0], &SESSION[..]].concat();
    let word = |block: &[u8]| Release::v3().with("session_key", session_text(&VECTOR, block)).word();
    assert_eq!(word(&block(&[0, 1], &key)), "valid");
    let mut middle = [&[0, 1][..], &[0xFF; 237], &key].concat();
    middle[100] = 0xFE;
    let forged = [
        block(&[0, 2], &key),
        block(&[0, 0], &key),
        block(&[1], &key),
        block(&[0, 1], &SESSION),
        sign_block(&middle),
        // Seven bytes of filling, the session key at the end of the block or at the start of the payload.
        sign_block(&[&[0, 1][..], &[0xFF; 7], &[0; 231], &SESSION].concat()),
        sign_block(&[&[0, 1][..], &[0xFF; 7], &key, &[0; 230]].concat()),
        sign_block(&[&[0, 1][..], &key, &[0xFF; 237]].concat()),
    ];
    for (index, block) in forged.iter().enumerate() {
        assert_eq!(word(block), "reject:rsa_padding", "{index}");
    }
    // Enough filling and something after the key, as the forgery for e = 3 has it.
    let trailing = sign_block(&[&[0, 1][..], &[0xFF; 8], &key, &[0; 229]].concat());
    assert_eq!(word(&trailing), "reject:session_key_payload");
    let digest = crate::facts::crypto::hex(&Digest::of(&app_zip()).hex()).unwrap();
    let trailing = sign_block(&[&[0, 1][..], &[0xFF; 8], &[0], &digest, &[0; 213]].concat());
    assert_eq!(Release::v3().with("checksum", hex_of(&trailing)).word(), "reject:checksum_not_sha256");
}

#[test]
fn a_number_beyond_the_modulus_is_no_block() {
    // It stands for a smaller one, but a block is written in one way only.
    let beyond = (0..=255_u8).find_map(|byte| {
        let block = sign_raw(&RSA, &[byte; 16]);
        let (sum, carry) =
            BoxedUint::from_be_slice(&block, 2048).unwrap().overflowing_add(RSA.as_public_key().n().as_ref());
        (!carry.to_bool()).then(|| (block, sum.to_be_bytes()))
    });
    let (block, beyond) = beyond.unwrap();
    let word = |block: &[u8]| Release::v3().with("session_key", session_text(&VECTOR, block)).word();
    assert_ne!(word(&block), "reject:rsa_padding");
    assert_eq!(word(&beyond), "reject:rsa_padding");
}

/// A project whose configuration is code, and its native copies.
fn project(script: &str, copies: &[(&str, &str)]) -> Delivery {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, bytes: &[u8]| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    let release = Release::v3();
    put("capacitor.config.ts", script.as_bytes());
    put("update.json", release.update.to_string().as_bytes());
    put("bundle.encrypted.zip", &release.bundle.unwrap().1);
    for (path, key) in copies {
        put(path, &config(&json!({"publicKey": key})));
    }
    let found = crate::facts::delivery::load::read(folder.path(), crate::facts::delivery::Role::Release, 100);
    // The files are read now: the folder is gone after this.
    let mut delivery = Delivery::new(
        vec![found],
        crate::facts::delivery::Stated::default(),
        crate::facts::testing::CLOCK,
        crate::inputs::Limits::default(),
    );
    for file in &mut delivery.files {
        file.data = crate::facts::delivery::Data::Memory(file.read(1 << 20).unwrap());
    }
    delivery
}

fn script(server: &str, key: &str) -> String {
    format!(
        "export default {{ appId: 'a', webDir: 'www', server: {{ url: {server} }}, plugins: {{ CapacitorUpdater: {{ publicKey: {key} }} }} }};"
    )
}

#[test]
fn a_key_that_is_written_counts_beside_what_the_environment_says() {
    let key = format!("{:?}", public_pem(&RSA));
    assert_eq!(verify(&project(&script("process.env.LIVE", &key), &[])).result.word(), "valid");
    let other = format!("{:?}", public_pem(&OTHER_RSA));
    assert_eq!(verify(&project(&script("process.env.LIVE", &other), &[])).result.word(), "reject:rsa_padding");
}

#[test]
fn a_key_of_the_environment_is_unknown_and_not_absent() {
    for unknown in [script("'https://x.example'", "process.env.KEY"), "export default makeConfig();".to_owned()] {
        let mut delivery = project(&unknown, &[]);
        let verification = verify(&delivery);
        assert_eq!(verification.result.word(), "reject:key_missing", "{unknown}");
        assert!(verification.steps.iter().any(|step| step.detail.contains("capacitor.config.ts")));
        delivery.stated.public_key = Some(public_pem(&RSA));
        assert_eq!(verify(&delivery).result.word(), "valid", "{unknown}");
    }
}

#[test]
fn devices_have_the_keys_of_the_native_copies() {
    let (own, other) = (public_pem(&RSA), public_pem(&OTHER_RSA));
    let (android, ios) = ("android/app/src/main/assets/capacitor.config.json", "ios/App/App/capacitor.config.json");
    let of = |source: &str, copies: &[(&str, &str)]| {
        let verification = verify(&project(&script("null", &format!("{source:?}")), copies));
        (verification.result.word().into_owned(), issues(&verification).contains(&"public_keys_differ"))
    };
    let word = |word: &str, differs: bool| (word.to_owned(), differs);
    assert_eq!(of(&own, &[(android, &own), (ios, &own)]), word("valid", false));
    assert_eq!(of(&own, &[(ios, &other)]), word("reject:rsa_padding", true));
    assert_eq!(of(&other, &[(ios, &own)]), word("valid", true));
    assert_eq!(of(&own, &[(android, &own), (ios, &other)]), word("reject:key_ambiguous", false));
    assert_eq!(of(&own, &[(android, &own), (ios, "")]), word("reject:key_ambiguous", false), "one platform has none");
    let crlf = own.replace('\n', "\r\n");
    assert_eq!(of(&own, &[(android, &own), (ios, &crlf)]).0, "valid", "one key, written twice");
}
