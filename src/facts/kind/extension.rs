//! What a file's name claims. Extensions as in the IANA media type registry, MDN's list of media types, and the
//! tools that write them.

use super::Class::{
    self, Archive, Audio, Bytecode, Css, Data, Database, DiskImage, Font, Html, Image, JavaScript, Json, KeyStore,
    ManagedCode, NativeCode, Package, Pdf, ShellScript, SourceMap, Svg, Text, Unknown, Video, WebAssembly, WebManifest,
    Xml,
};

/// How far the name alone is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// The format is a text: believed of any text.
    Textual,
    /// The format has a signature: without it the file is not one.
    Signed,
    /// The format has no dependable signature: believed of anything that is not a text.
    Opaque,
}

use Trust::{Opaque, Signed, Textual};

/// What a name claims.
pub(super) struct Claim {
    pub(super) class: Class,
    pub(super) name: &'static str,
    pub(super) trust: Trust,
}

/// One row for each claim: its class, its name, its trust, and the extensions that make it.
const CLAIMS: &[(Class, &str, Trust, &str)] = &[
    (NativeCode, "shared library", Signed, "so dylib dll tbd"),
    (NativeCode, "executable", Signed, "exe sys elf"),
    (NativeCode, "object file or static library", Signed, "a o lib bc swiftmodule"),
    (NativeCode, "native Node.js module", Signed, "node"),
    (ManagedCode, "Android bytecode", Signed, "dex odex oat vdex cdex art"),
    (ManagedCode, "Java class", Signed, "class"),
    (Package, "Java archive", Signed, "jar war ear"),
    (Package, "Android package", Signed, "apk aab aar apks xapk apex"),
    (Package, "iOS app package", Signed, "ipa"),
    (Package, "installer package", Signed, "pkg mpkg deb rpm msi msix appx flatpak crx xpi whl gem nupkg vsix"),
    (WebAssembly, "WebAssembly module", Signed, "wasm"),
    (ShellScript, "shell script", Textual, "sh bash zsh ksh csh tcsh fish command"),
    (ShellScript, "Python script", Textual, "py pyw pyi"),
    (ShellScript, "Ruby script", Textual, "rb erb gemspec"),
    (ShellScript, "Perl script", Textual, "pl pm"),
    (ShellScript, "PHP script", Textual, "php php3 php4 php5 php7 php8 phtml phps"),
    (ShellScript, "PowerShell script", Textual, "ps1 psm1 psd1"),
    (ShellScript, "Windows script", Textual, "bat cmd vbs vbe wsf wsh hta jse"),
    (ShellScript, "Lua script", Textual, "lua"),
    (ShellScript, "Tcl script", Textual, "tcl"),
    (ShellScript, "AppleScript", Textual, "applescript"),
    (ShellScript, "server page", Textual, "jsp jspx asp aspx ashx asmx cfm cgi fcgi"),
    (ShellScript, "Groovy or Kotlin script", Textual, "groovy gradle kts"),
    (ShellScript, "R script", Textual, "r"),
    (Bytecode, "Hermes bytecode", Signed, "hbc"),
    (Bytecode, "V8 code cache", Opaque, "jsc cachedata"),
    (Bytecode, "QuickJS bytecode", Opaque, "qbc"),
    (Bytecode, "Python bytecode", Signed, "pyc pyo"),
    (Bytecode, "Lua bytecode", Signed, "luac"),
    (Bytecode, "AppleScript bytecode", Signed, "scpt"),
    (Archive, "zip archive", Signed, "zip"),
    (Archive, "tar archive", Signed, "tar"),
    (Archive, "compressed data", Signed, "gz tgz bz2 tbz xz txz zst tzst lz4 lz 7z rar cab"),
    (Archive, "Brotli data", Opaque, "br"),
    (Archive, "compressed data", Opaque, "z lzma cpio deflate"),
    (DiskImage, "disk image", Opaque, "dmg iso img vhd vhdx vmdk qcow2 squashfs"),
    (KeyStore, "PKCS#12 key store", Opaque, "p12 pfx"),
    (KeyStore, "Java key store", Opaque, "jks keystore bks uber bcfks jceks"),
    (KeyStore, "Apple provisioning profile", Opaque, "mobileprovision provisionprofile"),
    (KeyStore, "private key", Opaque, "p8 pk8 ppk key"),
    (KeyStore, "password store", Opaque, "kdbx keychain"),
    (Data, "certificate", Opaque, "cer crt der p7b p7c p7s"),
    (Data, "PEM file", Textual, "pem pub asc sig"),
    (Database, "SQLite database", Signed, "sqlite sqlite3"),
    (Database, "database", Opaque, "db realm"),
    (Html, "HTML page", Textual, "html htm xhtml"),
    (Css, "CSS", Textual, "css"),
    (JavaScript, "JavaScript", Textual, "js mjs cjs"),
    (Text, "stylesheet source", Textual, "scss sass less styl pcss"),
    (Text, "script source", Textual, "ts mts cts tsx jsx vue svelte astro coffee"),
    (Json, "JSON", Textual, "json json5 jsonc geojson topojson jsonld ndjson jsonl avsc code-snippets har"),
    (SourceMap, "source map", Textual, "map"),
    (WebManifest, "web app manifest", Textual, "webmanifest"),
    (
        Xml,
        "XML document",
        Textual,
        "xml xsl xslt xsd rss atom kml gpx xlf xliff resx plist tmlanguage tmtheme entitlements storyboard tei dae",
    ),
    (Svg, "SVG image", Textual, "svg"),
    (Image, "PNG image", Signed, "png apng"),
    (Image, "JPEG image", Signed, "jpg jpeg jpe jfif"),
    (Image, "image", Signed, "gif webp avif heic heif bmp jp2 psd icns qoi exr ktx ktx2 dds astc pvr"),
    (Image, "icon", Signed, "ico cur"),
    (Image, "TIFF image", Signed, "tif tiff"),
    (Image, "image", Opaque, "jxl tga basis hdr rgbe pnm pbm pgm ppm"),
    (Font, "font", Signed, "woff woff2 ttf otf ttc eot"),
    (Font, "font data", Opaque, "pfb tfm"),
    (Audio, "audio", Signed, "ogg oga opus flac wav aif aiff m4a m4b mid midi amr weba caf"),
    (Audio, "audio", Opaque, "mp3 aac mpga ac3"),
    (Video, "video", Signed, "mp4 m4v mov webm mkv avi flv wmv ogv 3gp"),
    (Video, "video", Opaque, "mpg mpeg m4s"),
    (Video, "video playlist", Textual, "m3u8 m3u mpd"),
    (Pdf, "PDF document", Signed, "pdf"),
    (Text, "text", Textual, "txt text md markdown mdx mdoc rst adoc csv tsv log license licence notice authors readme"),
    (Text, "translation", Textual, "ftl po pot properties strings arb lang"),
    (Text, "settings", Textual, "yaml yml toml ini conf cfg env lock editorconfig eslintignore gitignore npmignore"),
    (
        Text,
        "settings",
        Textual,
        "gitattributes gitkeep npmrc nvmrc prettierrc prettierignore eslintrc browserslistrc babelrc",
    ),
    (Text, "captions", Textual, "vtt srt ass ssa lrc"),
    (Text, "shader", Textual, "glsl vert frag wgsl hlsl metal shader"),
    (Text, "template", Textual, "hbs mustache ejs pug jade njk twig liquid tmpl tpl handlebars"),
    (Text, "query or schema", Textual, "sql graphql gql proto prisma"),
    (Text, "calendar or card", Textual, "ics vcf"),
    (Text, "test snapshot", Textual, "snap"),
    (Text, "dictionary or grammar", Textual, "dic aff pegjs peg bnf"),
    (Text, "3D model source", Textual, "obj mtl"),
    (Text, "playlist or index", Textual, "fnt atlas"),
    (Text, "source of another language", Textual, "c h cc cpp hpp cs java kt swift rs go dart scala m mm"),
    (Data, "3D model", Signed, "glb"),
    (Data, "3D model", Textual, "gltf"),
    (Data, "3D model", Opaque, "usdz usd usdc fbx drc ply stl 3ds splat"),
    (Data, "animation", Opaque, "riv lottie"),
    (Data, "document", Signed, "docx xlsx pptx odt ods odp epub"),
    (Data, "document", Opaque, "doc xls ppt rtf"),
    (Data, "map tiles", Opaque, "pbf mvt pmtiles"),
    (Data, "colour or time zone table", Opaque, "icc icm bcmap"),
    (Unknown, "model weights", Opaque, "onnx tflite task gguf ggml safetensors pt pth h5 pb mlmodel mlmodelc ort"),
    (Unknown, "data", Opaque, "bin dat data bundle cache blob pack dump"),
];

/// Names without an extension that are known to be texts.
const TEXT_NAMES: &[&str] = &[
    "license",
    "licence",
    "copying",
    "copyright",
    "notice",
    "readme",
    "authors",
    "contributors",
    "changelog",
    "changes",
    "history",
    "patents",
    "version",
    "_headers",
    "_redirects",
    "cname",
    "makefile",
    "dockerfile",
    "robots",
    "humans",
    "apple-app-site-association",
];

/// What the path claims, if its last part or a folder of it claims anything.
pub(super) fn claim(path: &str) -> Option<Claim> {
    let lower = path.to_lowercase().replace('\\', "/");
    let mut folders = lower.rsplit('/');
    let name = folders.next().unwrap_or_default();
    if folders.any(|folder| folder.ends_with(".framework") || folder.ends_with(".xcframework")) {
        return Some(Claim { class: NativeCode, name: "part of an Apple framework", trust: Signed });
    }
    // `libc.so.6`: shared objects carry their version behind the extension.
    let versioned = name.split_once(".so.").is_some_and(|(_, version)| {
        !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    if versioned {
        return Some(Claim { class: NativeCode, name: "shared library", trust: Signed });
    }
    let Some((_, extension)) = name.rsplit_once('.') else {
        return TEXT_NAMES.contains(&name).then_some(Claim { class: Text, name: "text", trust: Textual });
    };
    if extension.is_empty() || extension.len() > 16 {
        return None;
    }
    CLAIMS.iter().find(|row| row.3.split(' ').any(|listed| listed == extension)).map(|&(class, name, trust, _)| Claim {
        class,
        name,
        trust,
    })
}
