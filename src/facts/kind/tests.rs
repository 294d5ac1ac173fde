use super::Class::*;
use super::*;

/// A zip archive of empty stored entries.
fn zip_of(names: &[&str]) -> Vec<u8> {
    let short = |length: usize| u16::try_from(length).unwrap().to_le_bytes();
    let long = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for name in names {
        let offset = long(out.len());
        out.extend([&b"PK\x03\x04"[..], &[0; 22], &short(name.len()), &[0; 2], name.as_bytes()].concat());
        directory
            .extend([&b"PK\x01\x02"[..], &[0; 24], &short(name.len()), &[0; 12], &offset, name.as_bytes()].concat());
    }
    let end = [
        &b"PK\x05\x06"[..],
        &[0; 4],
        &short(names.len()),
        &short(names.len()),
        &long(directory.len()),
        &long(out.len()),
        &[0; 2],
    ];
    [out, directory, end.concat()].concat()
}

fn padded(start: &[u8], length: usize) -> Vec<u8> {
    let mut out = start.to_vec();
    // 0xF7 is no UTF-8 and no mark of anything.
    out.resize(length.max(start.len()), 0xF7);
    out
}

fn with(offset: usize, mark: &[u8], length: usize) -> Vec<u8> {
    let mut out = padded(&[], length);
    out[offset..offset + mark.len()].copy_from_slice(mark);
    out
}

fn executable(header_at: u32, mark: &[u8]) -> Vec<u8> {
    let mut out = vec![0; 256];
    out[..2].copy_from_slice(b"MZ");
    out[0x3C..0x40].copy_from_slice(&header_at.to_le_bytes());
    out[128..128 + mark.len()].copy_from_slice(mark);
    out
}

fn sniffed(bytes: &[u8]) -> Option<(Class, &'static str)> {
    detect("file", bytes).content.map(|kind| (kind.class, kind.name))
}

#[test]
fn each_signature_is_known_by_content_alone() {
    let mach = |magic: &[u8], processor: &[u8], kind: &[u8]| padded(&[magic, processor, &[0; 4], kind].concat(), 64);
    let samples: Vec<(Vec<u8>, Class, &str)> = vec![
        (padded(b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0", 64), NativeCode, "ELF shared object"),
        (padded(b"\x7FELF\x01\x02\x01\0\0\0\0\0\0\0\0\0\0\x02", 64), NativeCode, "ELF executable"),
        (padded(b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\0oatdata\0", 64), ManagedCode, "OAT code in ELF"),
        (mach(b"\xCF\xFA\xED\xFE", b"\x0C\0\0\x01", b"\x06\0\0\0"), NativeCode, "Mach-O dynamic library"),
        (mach(b"\xCE\xFA\xED\xFE", b"\x0C\0\0\0", b"\x02\0\0\0"), NativeCode, "Mach-O executable"),
        (mach(b"\xFE\xED\xFA\xCE", b"\0\0\0\x12", b"\0\0\0\x01"), NativeCode, "Mach-O object file"),
        (mach(b"\xFE\xED\xFA\xCF", b"\x01\0\0\x07", b"\0\0\0\x08"), NativeCode, "Mach-O bundle"),
        (padded(b"\xCA\xFE\xBA\xBE\0\0\0\x02\x01\0\0\x0C", 64), NativeCode, "Mach-O fat binary"),
        (padded(b"\xCA\xFE\xBA\xBF\0\0\0\x01\x01\0\0\x07", 64), NativeCode, "Mach-O fat binary"),
        (padded(b"\xCA\xFE\xBA\xBE\0\0\0\x34\0\x0F", 64), ManagedCode, "Java class"),
        (executable(128, b"PE\0\0"), NativeCode, "PE executable"),
        (executable(128, b"PE\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x20"), NativeCode, "PE library (DLL)"),
        (padded(b"dex\n035\0", 64), ManagedCode, "DEX bytecode"),
        (padded(b"dey\n036\0", 64), ManagedCode, "ODEX bytecode"),
        (padded(b"cdex001\0", 64), ManagedCode, "compact DEX bytecode"),
        (padded(b"vdex027\0", 64), ManagedCode, "VDEX bytecode"),
        (padded(b"oat\n183\0", 64), ManagedCode, "OAT code"),
        (padded(b"!<arch>\nmain.o/", 64), NativeCode, "static library archive"),
        (padded(b"!<arch>\ndebian-binary", 64), Package, "Debian package"),
        (padded(b"BC\xC0\xDE", 64), NativeCode, "LLVM bitcode"),
        (padded(b"\xDE\xC0\x17\x0B", 64), NativeCode, "LLVM bitcode wrapper"),
        (padded(b"\xE2\x9C\xA8\x0E", 64), NativeCode, "Swift module"),
        (b"\0asm\x01\0\0\0".to_vec(), WebAssembly, "WebAssembly module"),
        (b"\0asm\x0D\0\x01\0".to_vec(), WebAssembly, "WebAssembly component"),
        (padded(b"\xC6\x1F\xBC\x03\xC1\x03\x19\x1F", 64), Bytecode, "Hermes bytecode"),
        (padded(b"\x1bLua\x53\0", 64), Bytecode, "Lua bytecode"),
        (padded(b"\x1bLJ\x02", 64), Bytecode, "LuaJIT bytecode"),
        (padded(b"\xA7\x0D\r\n\0\0\0\0", 64), Bytecode, "Python bytecode"),
        (zip_of(&["AndroidManifest.xml", "classes.dex"]), Package, "Android package (APK)"),
        (zip_of(&["AndroidManifest.xml", "classes.jar"]), Package, "Android library (AAR)"),
        (zip_of(&["BundleConfig.pb", "base/manifest/AndroidManifest.xml"]), Package, "Android App Bundle"),
        (zip_of(&["Payload/My.app/Info.plist"]), Package, "iOS app package (IPA)"),
        (zip_of(&["META-INF/MANIFEST.MF", "A.class"]), Package, "Java archive (JAR)"),
        (zip_of(&["A.framework/A"]), Package, "zipped Apple framework"),
        (zip_of(&["[Content_Types].xml", "word/document.xml"]), Data, "Office document"),
        (zip_of(&["mimetype", "META-INF/container.xml"]), Data, "EPUB book"),
        (zip_of(&["manifest.json", "animations/a.json"]), Data, "dotLottie animation"),
        (zip_of(&["index.html"]), Archive, "zip archive"),
        (zip_of(&[]), Archive, "zip archive"),
        (padded(b"\x1F\x8B\x08\0", 32), Archive, "gzip data"),
        (padded(b"BZh91AY&SY", 32), Archive, "bzip2 data"),
        (padded(b"\xFD7zXZ\0", 32), Archive, "xz data"),
        (padded(b"\x28\xB5\x2F\xFD", 32), Archive, "Zstandard data"),
        (padded(b"7z\xBC\xAF\x27\x1C", 32), Archive, "7z archive"),
        (padded(b"Rar!\x1A\x07\x01\x00", 32), Archive, "RAR archive"),
        (with(257, b"ustar", 512), Archive, "tar archive"),
        (padded(b"MSCF\0\0\0\0", 32), Archive, "cabinet archive"),
        (padded(b"xar!\0\x1C", 32), Package, "xar archive (macOS package)"),
        (padded(b"\xED\xAB\xEE\xDB", 32), Package, "RPM package"),
        (with(512, b"koly\0\0\0\x04", 1024), DiskImage, "Apple disk image"),
        (with(0x8001, b"CD001", 0x9000), DiskImage, "ISO 9660 image"),
        (padded(b"SQLite format 3\0", 100), Database, "SQLite database"),
        (padded(b"\xFE\xED\xFE\xED\0\0\0\x02", 32), KeyStore, "Java key store (JKS)"),
        (padded(b"\xCE\xCE\xCE\xCE\0\0\0\x02", 32), KeyStore, "Java key store (JCEKS)"),
        (
            padded(b"\x30\x82\x09\xC1\x02\x01\x03\x30\x82\x09\x87\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01", 64),
            KeyStore,
            "PKCS#12 key store",
        ),
        (padded(b"\x30\x82\x04\xA3\x02\x01\0\x02\x82\x01\x01\0", 64), KeyStore, "PKCS#1 private key"),
        ([b"-----BEGIN ", &b"RSA PRIVATE KEY-----\n"[..]].concat(), KeyStore, "PEM private key"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB".to_vec(), Data, "PEM certificate"),
        (
            padded(b"\x30\x82\x10\0\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02<?xml?><!DOCTYPE plist", 64),
            KeyStore,
            "Apple provisioning profile",
        ),
        (b"\x89PNG\r\n\x1A\n".to_vec(), Image, "PNG image"),
        (padded(b"\xFF\xD8\xFF\xE0", 32), Image, "JPEG image"),
        (b"GIF89a\x01\0".to_vec(), Image, "GIF image"),
        (padded(b"RIFF\x20\0\0\0WEBPVP8 ", 40), Image, "WebP image"),
        (padded(b"\0\0\0\x1Cftypavif\0\0\0\0avifmif1miaf", 64), Image, "AVIF image"),
        (padded(b"\0\0\0\x18ftypheic\0\0\0\0heicmif1", 64), Image, "HEIF image"),
        (padded(b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0\x04\0\0\0\x16\0\0\0", 64), Image, "icon"),
        (padded(b"BM\x40\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", 64), Image, "BMP image"),
        (padded(b"II*\0\x08\0\0\0", 64), Image, "TIFF image"),
        (padded(b"\0\0\0\x0CJXL \r\n\x87\n", 32), Image, "JPEG XL image"),
        (padded(b"wOF2OTTO\0\0\x10\0\0\x0A", 64), Font, "WOFF2 font"),
        (padded(b"wOFF\0\x01\0\0\0\0\x10\0\0\x0A", 64), Font, "WOFF font"),
        (padded(b"\0\x01\0\0\0\x0A\0\x80\0\x03\0\x20OS/2\0\0\0\0\0\0\0\x1C", 64), Font, "TrueType or OpenType font"),
        (padded(b"%PDF-1.7", 32), Pdf, "PDF document"),
        (padded(b"ID3\x04\0", 32), Audio, "MP3 audio"),
        (padded(b"OggS\0\x02", 32), Audio, "Ogg media"),
        (padded(b"RIFF\x20\0\0\0WAVEfmt ", 40), Audio, "WAV audio"),
        (padded(b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", 64), Video, "ISO media (MP4, QuickTime)"),
        (padded(b"\x1A\x45\xDF\xA3", 32), Video, "Matroska or WebM video"),
        (padded(b"glTF\x02\0\0\0", 32), Data, "glTF binary model"),
        (padded(b"bplist00", 32), Data, "binary property list"),
        (b"#!/bin/sh\necho 1\n".to_vec(), ShellScript, "shell script"),
        (b"#!/usr/bin/env -S python3.11 -u\n".to_vec(), ShellScript, "Python script"),
        (b"#! /usr/bin/perl -w\n".to_vec(), ShellScript, "Perl script"),
        (b"#!/usr/bin/env node\nlet a".to_vec(), JavaScript, "JavaScript with a shebang"),
        (b"\xEF\xBB\xBF <?php echo 1;".to_vec(), ShellScript, "PHP script"),
        (b"<!-- a --><!DOCTYPE HTML><p>".to_vec(), Html, "HTML page"),
        (b"\n<script>alert(1)</script>".to_vec(), Html, "HTML page"),
        (b"\xFF\xFE<\0h\0t\0m\0l\0>\0".to_vec(), Html, "HTML page"),
        (b"<?xml version='1.0'?><!-- x --><svg/>".to_vec(), Svg, "SVG image"),
        (b"<?xml version='1.0'?><plist/>".to_vec(), Xml, "XML property list"),
        (b"{ \"a\": 1 }".to_vec(), Json, "JSON"),
        (br#"{"version":3,"sources":[],"mappings":""}"#.to_vec(), SourceMap, "source map"),
        (b"#EXTM3U\n".to_vec(), Video, "HLS playlist"),
        (b"/* a */(()=>{})();".to_vec(), JavaScript, "JavaScript"),
        (b"const a = b(1);\n".to_vec(), JavaScript, "JavaScript"),
        (b":root{--a:1}".to_vec(), Css, "CSS"),
        (b"caf\xE9 au lait, an old text".to_vec(), Text, "text"),
        (b"".to_vec(), Empty, "empty file"),
    ];
    for (bytes, class, name) in samples {
        assert_eq!(sniffed(&bytes), Some((class, name)), "{name}");
        // Whatever is cut off, nothing breaks.
        (0..bytes.len().min(80)).for_each(|end| assert!(!detect("a.js", &bytes[..end]).kind.name.is_empty()));
    }
}

#[test]
fn near_misses_are_none_of_these() {
    let misses: &[(&str, Vec<u8>)] = &[
        ("ELF of no class", padded(b"\x7FELF\x07\x01\x01", 64)),
        ("Mach-O of no processor", padded(b"\xCF\xFA\xED\xFE\xEE\xEE\xEE\xEE\0\0\0\0\x02\0\0\0", 64)),
        ("CAFEBABE of neither", padded(b"\xCA\xFE\xBA\xBE\0\0\0\x02\x99\x99\x99\x99", 64)),
        ("compressed data with MZ", padded(b"MZ\x90\x01", 512)),
        ("MZ whose header lies outside", executable(4000, b"PE\0\0")),
        ("MZ without PE", executable(128, b"NE\0\0")),
        ("dex without digits", padded(b"dex\nabc\0", 64)),
        ("dex without NUL", padded(b"dex\n0355", 64)),
        ("wasm of no version", padded(b"\0asm\x99\x99\x99\x99", 64)),
        ("half of Hermes' mark", padded(b"\xC6\x1F\xBC\x03\0\0\0\0", 64)),
        ("gzip with reserved flags", padded(b"\x1F\x8B\x08\xFF", 64)),
        ("BM without header", padded(b"BM\x80\x80", 64)),
        ("one packet", with(0, b"\x47", 600)),
        ("V8's mark without its name", padded(b"\x34\x02\xDE\xC0", 64)),
    ];
    for (what, bytes) in misses {
        assert_eq!(sniffed(bytes), None, "{what}");
    }
    let texts: &[&str] = &[
        "dex\nis a list of words",
        "MZ begins this sentence.",
        "BMW makes cars",
        "GIF is a format",
        "ID3 tags",
        "#!not a path",
        "let me explain; this is prose",
        "import os\nprint(1)",
        "var is a word",
        "RIFF and WAVE",
        "✨ sparkles",
        "%PDF is a mark",
        "vdex is not",
        "{not json}",
        "PK is a name",
        "# Heading\n<?php inside ?>",
    ];
    for text in texts {
        assert_eq!(sniffed(text.as_bytes()), Some((Text, "text")), "{text}");
    }
}

/// Path, bytes, class of the verdict, told by, contradiction, agrees.
type Case<'a> = (&'a str, &'a [u8], Class, DetectedBy, bool, bool);

#[test]
fn content_and_name_are_weighed() {
    let elf = padded(b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0", 64);
    let png = b"\x89PNG\r\n\x1A\n".to_vec();
    let hermes = padded(b"\xC6\x1F\xBC\x03\xC1\x03\x19\x1F", 64);
    let wasm = b"\0asm\x01\0\0\0".to_vec();
    let noise = padded(b"", 64);
    let cached = padded(b"\x34\x02\xDE\xC0", 64);
    let jar = zip_of(&["META-INF/MANIFEST.MF"]);
    let mut stream = padded(&[], 600);
    for at in [0, 188, 376, 564] {
        stream[at] = 0x47;
    }
    let cases: Vec<Case<'_>> = vec![
        ("logo.png", &elf, NativeCode, DetectedBy::Content, true, false),
        ("lib.so", &elf, NativeCode, DetectedBy::Content, false, true),
        ("data.bin", &elf, NativeCode, DetectedBy::Content, false, false),
        ("plain", &elf, NativeCode, DetectedBy::Content, false, true),
        ("photo.jpg", &png, Image, DetectedBy::Content, false, true),
        ("photo.png", b"<html><script>", Html, DetectedBy::Content, true, false),
        ("a.woff2", b"(function(){})()", JavaScript, DetectedBy::Content, true, false),
        ("a.png", b"version https://git-lfs.github.com/spec/v1", Text, DetectedBy::Content, false, false),
        ("a.png", &noise, Unknown, DetectedBy::Neither, false, false),
        ("main.js", &hermes, Bytecode, DetectedBy::Content, true, false),
        ("main.jsbundle", &hermes, Bytecode, DetectedBy::Content, false, true),
        ("notes.txt", b"#!/bin/bash\nrm", ShellScript, DetectedBy::Content, true, false),
        ("cli.js", b"#!/usr/bin/env node\n", JavaScript, DetectedBy::Content, false, true),
        ("page.html", b"<?php echo 1 ?>", ShellScript, DetectedBy::Content, true, false),
        ("run.py", b"print(1)", ShellScript, DetectedBy::Extension, false, true),
        ("run.sh", b"#!/bin/sh", ShellScript, DetectedBy::Content, false, true),
        ("strings.pl", br#"{"a":"b"}"#, Json, DetectedBy::Content, false, true),
        ("i18n.pl/a.json", br#"{"a":"b"}"#, Json, DetectedBy::Content, false, true),
        ("libx.so", b"", Empty, DetectedBy::Content, false, false),
        ("libx.so.1.2", b"just text", Text, DetectedBy::Content, false, false),
        ("x.dylib", &noise, Unknown, DetectedBy::Neither, false, false),
        ("A.framework/Info.txt", b"text", Text, DetectedBy::Content, false, false),
        ("seg.ts", &stream, Video, DetectedBy::Content, false, true),
        ("code.ts", b"const a: number = f(1);", Text, DetectedBy::Extension, false, true),
        ("app.js", b"hello", JavaScript, DetectedBy::Extension, false, true),
        ("app.js", b"[1,2]", JavaScript, DetectedBy::Extension, false, true),
        ("app.js.map", br#"{"version":3,"sources":[],"mappings":""}"#, SourceMap, DetectedBy::Content, false, true),
        ("hidden.json", br#"{"version":3,"sources":[],"mappings":""}"#, SourceMap, DetectedBy::Content, false, true),
        ("app.js.br", &noise, Archive, DetectedBy::Extension, false, true),
        ("a.qbc", &noise, Bytecode, DetectedBy::Extension, false, true),
        ("a.jsc", &cached, Bytecode, DetectedBy::Content, false, true),
        ("store.bks", &noise, KeyStore, DetectedBy::Extension, false, true),
        ("weights.onnx", &noise, Unknown, DetectedBy::Neither, false, true),
        ("m.wasm", &wasm, WebAssembly, DetectedBy::Content, false, true),
        ("m.png", &wasm, WebAssembly, DetectedBy::Content, true, false),
        ("lib.zip", &jar, Package, DetectedBy::Content, false, true),
        ("lib.css", &jar, Package, DetectedBy::Content, true, false),
        ("LICENSE", b"MIT", Text, DetectedBy::Content, false, true),
        ("what", b"printable", Text, DetectedBy::Content, false, true),
        ("what.xyz", &noise, Unknown, DetectedBy::Neither, false, true),
        ("site.webmanifest", b"{\"name\":1}", WebManifest, DetectedBy::Extension, false, true),
    ];
    for (path, bytes, class, by, contradiction, agrees) in cases {
        let detection = detect(path, bytes);
        assert_eq!((detection.kind.class, detection.kind.by), (class, by), "{path}: {detection:?}");
        assert_eq!((detection.contradiction, detection.agrees()), (contradiction, agrees), "{path}: {detection:?}");
    }
}

#[test]
fn names_are_read_from_whole_and_from_broken_archives() {
    let whole = zip_of(&["a", "b/c"]);
    assert_eq!(zip_names(&whole), ["a", "b/c"]);
    let prepended = [b"junk".to_vec(), whole.clone()].concat();
    assert_eq!(zip_names(&prepended), ["a", "b/c"]);
    // Without its end, the entries' own headers are read.
    assert_eq!(zip_names(&whole[..64]), ["a", "b/c"]);
    assert_eq!(zip_names(b"PK"), Vec::<String>::new());
    let many = b"PK\x03\x04".repeat(50_000);
    assert!(zip_names(&many).len() <= 10_000);
}
