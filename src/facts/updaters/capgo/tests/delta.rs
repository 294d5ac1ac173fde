//! A manifest of files.

use super::*;
use crate::facts::updaters::PlainContent;

const MAIN: &[u8] = b"console.log('a script that is long enough for several blocks of the cipher')";

/// A Brotli stream of one uncompressed meta-block (RFC 7932, section 9.2).
pub(super) fn brotli_of(plain: &[u8]) -> Vec<u8> {
    let header = u32::try_from((plain.len() - 1) << 4).unwrap() | 1 << 20;
    [&header.to_le_bytes()[..3], plain, &[3]].concat()
}

/// 100,000 times `a`, as Brotli.
const BOMB: &[u8] = &[0x5b, 0x9f, 0x86, 0x81, 0x5f, 0x22, 0x2c, 0x1e, 0x0b, 0x04, 0xb2, 0xfc, 0x02, 0x00];

/// One file of a manifest: its name, its hash and its bytes as delivered.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) hash: Option<String>,
    pub(super) delivered: Option<Vec<u8>>,
}

#[derive(Clone)]
pub(super) struct Manifest {
    pub(super) plugin: Value,
    pub(super) session_key: String,
    pub(super) parts: Vec<Part>,
    more: Vec<(String, Vec<u8>)>,
}

/// How the hashes are written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Form {
    V3,
    V2,
    Plain,
}

fn part(name: &str, plain: &[u8], packed: &[u8], form: Form) -> Part {
    let digest = Digest::of(plain);
    let (hash, delivered) = match form {
        Form::V3 => (sign_v3(&RSA, &digest), encrypt(packed)),
        Form::V2 => (sign_v2(&RSA, &digest), encrypt(packed)),
        Form::Plain => (digest.hex(), packed.to_vec()),
    };
    Part { name: name.to_owned(), hash: Some(hash), delivered: Some(delivered) }
}

impl Manifest {
    pub(super) fn new(form: Form) -> Self {
        let parts = vec![
            part("index.html", b"<script src=a/main.js></script>", b"<script src=a/main.js></script>", form),
            part("a/main.js.br", MAIN, &brotli_of(MAIN), form),
            part("a/style.css", b"body {}", b"body {}", form),
        ];
        let signed = form != Form::Plain;
        Self {
            plugin: if signed { json!({"publicKey": public_pem(&RSA)}) } else { json!({}) },
            session_key: if signed { session_text(&VECTOR, &sign_raw(&RSA, &SESSION)) } else { String::new() },
            parts,
            more: Vec::new(),
        }
    }

    fn update(&self) -> Value {
        let entries = self.parts.iter().enumerate().map(|(index, part)| {
            let mut entry = json!({"file_name": part.name, "download_url": format!("https://a.example/{index}")});
            entry["_local"] = json!(format!("files/{index}"));
            if let Some(hash) = &part.hash {
                entry["file_hash"] = json!(hash);
            }
            entry
        });
        json!({"version": "1.2.3", "url": "https://a.example/404.zip", "checksum": "",
            "session_key": self.session_key, "manifest": entries.collect::<Vec<_>>()})
    }

    fn delivery(&self) -> Delivery {
        let names: Vec<String> = (0..self.parts.len()).map(|index| format!("files/{index}")).collect();
        let mut files = vec![
            ("capacitor.config.json", config(&self.plugin)),
            ("update.json", self.update().to_string().into_bytes()),
        ];
        let delivered = self.parts.iter().zip(&names);
        files.extend(delivered.filter_map(|(part, name)| Some((name.as_str(), part.delivered.clone()?))));
        files.extend(self.more.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())));
        crate::facts::testing::delivery(files)
    }

    pub(super) fn verify(&self) -> Verification {
        verify(&self.delivery())
    }

    fn word(&self) -> String {
        self.verify().result.word().into_owned()
    }

    fn add(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    fn change(mut self, index: usize, change: impl Fn(&mut Vec<u8>)) -> Self {
        self.parts[index].delivered.iter_mut().for_each(change);
        self
    }
}

#[test]
fn a_signed_manifest_is_valid() {
    let verification = Manifest::new(Form::V3).verify();
    assert_eq!((verification.result, verification.generation), (Verdict::Valid, Some("delta")));
    assert_eq!(issues(&verification), Vec::<&str>::new());
    for word in ["set_not_authenticated", "names_not_authenticated", "version_not_authenticated"] {
        assert!(verification.not_covered.contains(&word), "{word}");
    }
    let Some(PlainContent::Files(files)) = verification.content else { panic!() };
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["index.html", "a/main.js", "a/style.css"]);
    assert_eq!(files[1].1, MAIN);
    assert_eq!(Manifest::new(Form::V2).word(), "valid_legacy");
    let mixed = Manifest::new(Form::V3).add(part("b.js", b"b", b"b", Form::V2));
    assert_eq!(mixed.word(), "valid_legacy");
}

#[test]
fn an_unsigned_manifest_shows_hashes_only() {
    let mut manifest = Manifest::new(Form::Plain);
    assert_eq!(manifest.word(), "unsigned_hash_ok");
    assert_eq!(issues(&manifest.verify()), Vec::<&str>::new());
    manifest.plugin = Manifest::new(Form::V3).plugin;
    assert_eq!(manifest.word(), "unsigned_hash_ok");
    assert_eq!(issues(&manifest.verify()), ["signature_bypass_empty_session_key"]);
    let changed = manifest.change(0, |bytes| bytes[0] ^= 1).verify();
    assert_eq!(changed.result.word(), "reject:brotli_or_hash");
    assert_eq!(issues(&changed), ["signature_bypass_empty_session_key"]);
    // Signed hashes without a session key are no bypass: the plugin cannot decrypt the files.
    let signed = Manifest { session_key: String::new(), ..Manifest::new(Form::V3) }.verify();
    assert_eq!(signed.result.word(), "reject:session_key_missing");
    assert_eq!(issues(&signed), Vec::<&str>::new());
}

#[test]
fn what_no_signature_covers_can_be_left_out() {
    let mut manifest = Manifest::new(Form::V3);
    manifest.parts.pop();
    assert_eq!(issues(&manifest.verify()), Vec::<&str>::new(), "nobody can tell");
    manifest.more = vec![("files/left".to_owned(), encrypt(b"body {}"))];
    let verification = manifest.verify();
    assert_eq!((verification.result, issues(&verification)), (Verdict::Valid, vec!["set_not_authenticated"]));
    let mut manifest = Manifest::new(Form::V3);
    manifest.parts.remove(0);
    assert_eq!(issues(&manifest.verify()), ["delta_no_index_html"]);
}

#[test]
fn names_that_leave_the_bundle_are_refused() {
    for name in ["../x.js", "a/../../x.js", "/x.js", "a\\x.js", "a\0.js", "", "./x.js", "C:/x.js", "a/..", "../x.js.br"]
    {
        for form in [Form::V3, Form::Plain] {
            let manifest = Manifest::new(form).add(part(name, b"x", b"x", form));
            assert_eq!(manifest.word(), "reject:path_traversal", "{name:?}");
        }
    }
}

#[test]
fn two_entries_for_one_target_are_refused() {
    for name in ["a/main.js", "a/main.js.br", "A/MAIN.JS", "index.html", "a//style.css", "index.html.br"] {
        let manifest = Manifest::new(Form::V3).add(part(name, b"x", b"x", Form::V3));
        assert_eq!(manifest.word(), "reject:duplicate_target", "{name}");
    }
}

#[test]
fn what_is_missing_is_refused() {
    let mut manifest = Manifest::new(Form::V3);
    manifest.parts[1].delivered = None;
    assert_eq!(manifest.word(), "reject:file_missing");
    for form in [Form::V3, Form::Plain] {
        for hash in [None, Some(String::new())] {
            let mut manifest = Manifest::new(form);
            manifest.parts[2].hash = hash;
            assert_eq!(manifest.word(), "reject:hash_missing");
        }
    }
    for entry in [json!({"file_hash": "x"}), json!({"file_name": 5, "file_hash": "x"}), json!(null), json!("x")] {
        let manifest = Manifest::new(Form::V3);
        let mut update = manifest.update();
        update["manifest"].as_array_mut().unwrap().push(entry);
        let mut files = vec![("capacitor.config.json", config(&manifest.plugin))];
        files.push(("update.json", update.to_string().into_bytes()));
        assert_eq!(verify(&crate::facts::testing::delivery(files)).result.word(), "reject:manifest_malformed");
    }
}

#[test]
fn what_was_changed_is_refused() {
    let manifest = || Manifest::new(Form::V3);
    assert_eq!(manifest().change(0, |bytes| bytes[0] ^= 1).word(), "reject:brotli_or_hash");
    assert_eq!(manifest().change(0, |bytes| *bytes.last_mut().unwrap() ^= 1).word(), "reject:aes_padding");
    assert_eq!(manifest().change(1, |bytes| bytes[20] ^= 1).word(), "reject:brotli_or_hash");
    assert_eq!(manifest().change(2, |bytes| bytes.truncate(15)).word(), "reject:aes_length");
    assert_eq!(manifest().change(2, Vec::clear).word(), "reject:aes_length");
    assert_eq!(manifest().change(2, |bytes| bytes.push(1)).word(), "reject:aes_length");
    assert_eq!(manifest().change(2, |bytes| *bytes = encrypt(b"body { }")).word(), "reject:brotli_or_hash");
    assert_eq!(manifest().change(2, |bytes| *bytes = b"body {}".to_vec()).word(), "reject:aes_length");
    // Two files in each other's place.
    let mut swapped = manifest();
    swapped.parts.swap(0, 2);
    (swapped.parts[0].name, swapped.parts[2].name) = (swapped.parts[2].name.clone(), swapped.parts[0].name.clone());
    assert_eq!(swapped.word(), "valid", "no signature covers the names");
    for (hash, expected) in [
        (sign_v3(&OTHER_RSA, &Digest::of(b"body {}")), "rsa_padding"),
        (sign_v3(&RSA, &Digest::of(b"body { }")), "brotli_or_hash"),
        (hex_of(&sign_raw(&RSA, &[1, 2, 3, 4])), "checksum_not_sha256"),
        (Digest::of(b"body {}").hex(), "rsa_length"),
        ("*".to_owned(), "checksum_malformed"),
    ] {
        let mut manifest = manifest();
        manifest.parts[2].hash = Some(hash);
        assert_eq!(manifest.word(), format!("reject:{expected}"));
    }
    for (session, expected) in [
        (session_text(&[9; 16], &sign_raw(&RSA, &SESSION)), "brotli_or_hash"),
        (session_text(&VECTOR, &sign_raw(&OTHER_RSA, &SESSION)), "rsa_padding"),
        ("x:y".to_owned(), "session_key_malformed"),
    ] {
        let manifest = Manifest { session_key: session, ..manifest() };
        assert_eq!(manifest.word(), format!("reject:{expected}"));
    }
}

#[test]
fn unsigned_files_that_were_changed_are_refused() {
    let manifest = || Manifest::new(Form::Plain);
    assert_eq!(manifest().change(0, |bytes| bytes[0] ^= 1).word(), "reject:brotli_or_hash");
    assert_eq!(manifest().change(2, |bytes| bytes.push(b'x')).word(), "reject:brotli_or_hash");
    assert_eq!(manifest().change(2, Vec::clear).word(), "reject:brotli_or_hash");
    assert_eq!(manifest().change(1, |bytes| bytes[10] ^= 1).word(), "reject:brotli_or_hash");
    let length = brotli_of(MAIN).len();
    for cut in 0..length {
        assert_eq!(manifest().change(1, |bytes| bytes.truncate(cut)).word(), "reject:brotli_or_hash", "{cut}");
    }
    for more in [1, 16, 5000] {
        let longer = manifest().change(1, |bytes| bytes.resize(length + more, 0));
        assert_eq!(longer.word(), "reject:brotli_or_hash", "{more}");
    }
    for hash in ["0".repeat(64), "0".repeat(63), "g".repeat(64), "00000000".to_owned()] {
        let mut manifest = manifest();
        manifest.parts[2].hash = Some(hash);
        assert!(["reject:brotli_or_hash", "reject:checksum_malformed"].contains(&manifest.word().as_str()));
    }
}

#[test]
fn brotli_longer_than_one_buffer_ends_where_it_ends() {
    let plain: Vec<u8> = (0..60_000_u32).flat_map(u32::to_le_bytes).take(60_000).collect();
    for length in [4091, 4092, 4093, 8192, 60_000] {
        let plain = &plain[..length];
        let whole =
            |packed: Vec<u8>| Manifest::new(Form::Plain).add(part("x.js.br", plain, &packed, Form::Plain)).word();
        assert_eq!(whole(brotli_of(plain)), "unsigned_hash_ok", "{length}");
        for more in [1, 4096, 9000] {
            let packed = [brotli_of(plain), vec![0; more]].concat();
            assert_eq!(whole(packed), "reject:brotli_or_hash", "{length} {more}");
        }
    }
}

#[test]
fn the_wrappers_of_brotli_are_taken_off() {
    let inner = b"wrapped";
    let wrapped = |start: [u8; 3]| [&start, &inner[..], &[3]].concat();
    let cases: [(&[u8], Vec<u8>); 4] = [
        (b"", vec![0x1B, 0x00, 0x06]),
        (inner, wrapped([0x1B, 0x00, 0x06])),
        (inner, wrapped([0x0B, 0x02, 0x80])),
        (b"", vec![0x1B, 0x00, 0x06, 0x03]),
    ];
    for (plain, packed) in cases {
        for (form, expected) in [(Form::V3, "valid"), (Form::Plain, "unsigned_hash_ok")] {
            assert_eq!(Manifest::new(form).add(part("w.js.br", plain, &packed, form)).word(), expected, "{packed:x?}");
            let other = part("w.js.br", b"other", &packed, form);
            assert_eq!(Manifest::new(form).add(other).word(), "reject:brotli_or_hash", "{packed:x?}");
        }
    }
    // A large window is no Brotli of RFC 7932, and an empty file is none at all.
    for packed in [&[0x11, 0x1E, 0x03][..], &[]] {
        let manifest = Manifest::new(Form::Plain).add(part("w.js.br", b"", packed, Form::Plain));
        assert_eq!(manifest.word(), "reject:brotli_or_hash", "{packed:x?}");
    }
}

#[test]
fn what_unpacks_to_more_than_the_limits_is_refused() {
    let letters = vec![b'a'; 100_000];
    for form in [Form::V3, Form::Plain] {
        let manifest = Manifest::new(form).add(part("bomb.js.br", &letters, BOMB, form));
        let limited = |entry_bytes: u64, total_bytes: u64, entries: u64| {
            let mut delivery = manifest.delivery();
            delivery.limits.entry_bytes = entry_bytes;
            delivery.limits.total_bytes = total_bytes;
            delivery.limits.entries = entries;
            verify(&delivery).result.word().into_owned()
        };
        let passes = if form == Form::V3 { "valid" } else { "unsigned_hash_ok" };
        assert_eq!(limited(100_000, 101_000, 4), passes);
        assert_eq!(limited(99_999, 101_000, 4), "reject:brotli_or_hash");
        assert_eq!(limited(100_000, 99_999, 4), "reject:over_limit");
        assert_eq!(limited(100_000, 101_000, 3), "reject:over_limit");
        assert_eq!(limited(20, 101_000, 4), "reject:unreadable");
    }
}

#[test]
fn many_entries_for_one_large_file_do_not_take_long() {
    // Brotli of empty metadata blocks (RFC 7932, section 9.2): it unpacks to nothing, however long it is.
    let packed = [vec![0x0C], vec![0x06; 4000], vec![3]].concat();
    let mut manifest = Manifest::new(Form::Plain);
    for index in 0..50 {
        manifest = manifest.add(part(&format!("{index}.js.br"), b"", &packed, Form::Plain));
    }
    let mut delivery = manifest.delivery();
    assert_eq!(verify(&delivery).result.word(), "unsigned_hash_ok");
    delivery.limits.total_bytes = 20_000;
    assert_eq!(verify(&delivery).result.word(), "reject:over_limit");
}

#[test]
fn repeated_keys_are_ambiguous() {
    let manifest = Manifest::new(Form::V3);
    let text = manifest.update().to_string().replacen("\"file_name\":", "\"file_name\":\"x\",\"file_name\":", 1);
    let mut delivery = crate::facts::testing::delivery(vec![
        ("capacitor.config.json", config(&manifest.plugin)),
        ("update.json", text.into_bytes()),
    ]);
    assert_eq!(verify(&delivery).result.word(), "reject:metadata_ambiguous");
    delivery.documents.clear();
    assert!(!verify(&delivery).result.is_authentic());
}

#[test]
fn files_are_found_without_the_carriers_hints() {
    let manifest = Manifest::new(Form::V3);
    let mut update = manifest.update();
    for entry in update["manifest"].as_array_mut().unwrap() {
        entry.as_object_mut().unwrap().remove("_local");
    }
    let under = |folder: &str| {
        let names: Vec<String> = manifest.parts.iter().map(|part| format!("{folder}{}", part.name)).collect();
        let mut files =
            vec![("capacitor.config.json", config(&manifest.plugin)), ("update.json", update.to_string().into_bytes())];
        let delivered = names.iter().zip(&manifest.parts);
        files.extend(delivered.map(|(name, part)| (name.as_str(), part.delivered.clone().unwrap())));
        verify(&crate::facts::testing::delivery(files)).result.word().into_owned()
    };
    for folder in ["", "files/", "delta/", "a/b/"] {
        assert_eq!(under(folder), "valid", "{folder}");
    }
}

#[test]
fn files_without_tls_and_refusals_of_the_server_are_issues() {
    let good = Manifest::new(Form::V3);
    let of = |change: &dyn Fn(&mut Value)| {
        let mut delivery = good.delivery();
        let file = delivery.files.iter().find(|file| file.path == "update.json").unwrap();
        let mut value: Value = serde_json::from_slice(&file.read(1 << 20).unwrap()).unwrap();
        change(&mut value);
        let document = delivery.documents.iter_mut().find(|document| document.path == "update.json").unwrap();
        document.json = crate::inputs::parse_json(&value.to_string()).unwrap();
        issues(&verify(&delivery)).iter().map(|issue| (*issue).to_owned()).collect::<Vec<_>>()
    };
    assert!(of(&|_| {}).is_empty());
    let cleartext = of(&|value| value["manifest"][1]["download_url"] = json!("HTTP://files.example/x"));
    assert_eq!(cleartext, ["bundle_url_cleartext"]);
    assert_eq!(of(&|value| value["error"] = json!("disable_auto_update")), ["update_not_offered"]);
    assert_eq!(of(&|value| value["version"] = json!("builtin")), ["update_not_offered"]);
}
