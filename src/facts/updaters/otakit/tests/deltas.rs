use super::*;

pub(super) const FILES: [(&str, &[u8]); 3] = [("index.html", b"<html>"), ("assets/a.js", b"1"), ("assets-b.js", b"2")];

fn list(files: &[(&str, &[u8])]) -> (String, Value) {
    let mut lines: Vec<_> = files.iter().map(|(name, bytes)| format!("{name}:{}", Digest::of(bytes))).collect();
    lines.sort();
    let entry = |(name, bytes): &(&str, &[u8])| {
        json!({"path": name, "sha256": Digest::of(bytes).hex(), "size": bytes.len(),
            "url": format!("https://cdn.example.com/{}", Digest::of(bytes))})
    };
    (Digest::of(lines.join("\n").as_bytes()).hex(), files.iter().map(entry).collect())
}

pub(super) fn delta(files: &[(&str, &[u8])]) -> Value {
    let (digest, entries) = list(files);
    let mut manifest = manifest(b"");
    manifest["strategy"] = json!("deltas");
    manifest["sha256"] = json!(digest);
    manifest["url"] = json!(null);
    manifest["files"] = entries;
    sign(&mut manifest, &key(1), true, NOW - 1000, NOW + 1000);
    manifest
}

pub(super) fn delta_delivery(manifest: &Value, files: &[(&str, &[u8])]) -> Delivery {
    let mut all = vec![
        ("capacitor.config.json", config().to_string().into_bytes()),
        ("manifest.json", manifest.to_string().into_bytes()),
    ];
    let names: Vec<String> = files.iter().map(|(name, _)| format!("files/{name}")).collect();
    all.extend(names.iter().zip(files).map(|(name, (_, bytes))| (name.as_str(), bytes.to_vec())));
    crate::facts::testing::delivery(all)
}

#[test]
fn deltas_authenticate_names_and_set() {
    let verification = verify(&delta_delivery(&delta(&FILES), &FILES));
    assert_eq!(verification.result, Verdict::Valid, "{verification:#?}");
    assert!(matches!(verification.content, Some(PlainContent::Files(files)) if files.len() == 3));
    let digest = Digest::of(b"1").hex();
    let by_digest = [("index.html", FILES[0].1), (digest.as_str(), b"1"), ("assets-b.js", b"2")];
    assert_eq!(word(&delta_delivery(&delta(&FILES), &by_digest)), "valid", "as the server stores them");
    let other: [(&str, &[u8]); 3] = [FILES[0], ("assets/a.js", b"3"), FILES[2]];
    assert_eq!(word(&delta_delivery(&delta(&FILES), &other)), "reject:file_hash_mismatch");
    assert_eq!(word(&delta_delivery(&delta(&FILES), &FILES[..2])), "reject:file_missing");
    let mut renamed = delta(&FILES);
    renamed["files"][1]["path"] = json!("assets/b.js");
    assert_eq!(word(&delta_delivery(&renamed, &FILES)), "reject:sha256_mismatch");
    let mut fewer = delta(&FILES);
    fewer["files"].as_array_mut().unwrap().pop();
    assert_eq!(word(&delta_delivery(&fewer, &FILES)), "reject:sha256_mismatch");
    let mut reordered = delta(&FILES);
    reordered["files"].as_array_mut().unwrap().reverse();
    assert_eq!(word(&delta_delivery(&reordered, &FILES)), "valid", "the order is not signed and means nothing");
    let mut cleartext = delta(&FILES);
    cleartext["files"][0]["url"] = json!("http://a/b");
    assert_eq!(verify(&delta_delivery(&cleartext, &FILES)).issues, ["update_url_cleartext"]);
}

#[test]
fn hostile_names_are_refused() {
    for (name, expected) in [
        ("../x", "reject:path_traversal"),
        ("/etc/x", "reject:path_traversal"),
        ("a\\b", "reject:path_traversal"),
        ("", "reject:path_traversal"),
        ("a//b", "reject:path_invalid"),
        ("a\nb", "reject:path_invalid"),
        ("bundle.json", "reject:reserved_name"),
        ("index.html", "reject:duplicate_target"),
        ("Index.html", "reject:duplicate_target"),
    ] {
        let files: [(&str, &[u8]); 2] = [("index.html", b"<html>"), (name, b"1")];
        assert_eq!(word(&delta_delivery(&delta(&files), &files[..1])), expected, "{name}");
    }
    let no_index: [(&str, &[u8]); 1] = [("a.js", b"1")];
    assert_eq!(word(&delta_delivery(&delta(&no_index), &no_index)), "reject:index_missing");
    let mut broken = delta(&FILES);
    broken["files"][0]["sha256"] = json!("ab");
    assert_eq!(word(&delta_delivery(&broken, &FILES)), "reject:metadata_invalid");
    broken.as_object_mut().unwrap().remove("files");
    assert_eq!(word(&delta_delivery(&broken, &FILES)), "reject:metadata_invalid");
}
