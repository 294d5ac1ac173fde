//! What each file is: by its content first, by its name second, and whether the two agree.

mod archive;
mod bytes;
mod extension;
mod keystore;
mod media;
mod native;
#[cfg(test)]
mod tests;
mod text;

use serde::Serialize;

pub use archive::zip_names;
use extension::Trust;

/// The classes that controls tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Machine code, or LLVM bitcode and Swift modules that become it.
    NativeCode,
    /// DEX, OAT, Java classes: bytecode of a managed runtime outside the web view.
    ManagedCode,
    /// Something a system installs: APK, AAB, AAR, IPA, JAR, a framework.
    Package,
    /// A WebAssembly module.
    WebAssembly,
    /// A script that no web view runs: shell, Python, PHP, Ruby, Perl, Lua, `PowerShell` …
    ShellScript,
    /// Bytecode of a script engine: Hermes, V8, `QuickJS`, Lua, Python.
    Bytecode,
    /// An archive or compressed data.
    Archive,
    /// The image of a disk.
    DiskImage,
    /// A store of keys, a private key, a provisioning profile.
    KeyStore,
    /// A database file.
    Database,
    /// An HTML page.
    Html,
    /// A stylesheet.
    Css,
    /// A script of the web view.
    JavaScript,
    /// JSON.
    Json,
    /// A source map.
    SourceMap,
    /// A web app manifest.
    WebManifest,
    /// XML other than SVG and XHTML.
    Xml,
    /// An SVG image: markup that can hold scripts.
    Svg,
    /// A raster image or texture.
    Image,
    /// A font.
    Font,
    /// Sound.
    Audio,
    /// Film, or a playlist of it.
    Video,
    /// A PDF document.
    Pdf,
    /// Prose, settings, translations, sources.
    Text,
    /// No bytes at all.
    Empty,
    /// Known data of web apps: 3D models, animations, maps, office documents, certificates.
    Data,
    /// Neither content nor name says what it is.
    Unknown,
}

impl Class {
    /// Whether it is code that no web view runs, or WebAssembly: what may never hide behind another extension.
    #[must_use]
    pub const fn is_code(self) -> bool {
        matches!(
            self,
            Self::NativeCode
                | Self::ManagedCode
                | Self::Package
                | Self::WebAssembly
                | Self::ShellScript
                | Self::Bytecode
        )
    }

    /// Whether it is read as text.
    #[must_use]
    pub const fn is_text(self) -> bool {
        matches!(
            self,
            Self::ShellScript
                | Self::Html
                | Self::Css
                | Self::JavaScript
                | Self::Json
                | Self::SourceMap
                | Self::WebManifest
                | Self::Xml
                | Self::Svg
                | Self::Text
        )
    }

    /// Whether a browser shows or plays it and never runs it.
    const fn is_media(self) -> bool {
        matches!(self, Self::Image | Self::Font | Self::Audio | Self::Video | Self::Pdf)
    }
}

/// What a kind was told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DetectedBy {
    /// The bytes.
    Content,
    /// The name.
    Extension,
    /// Nothing: the kind is not known.
    Neither,
}

/// What a file is, and what says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Kind {
    /// The class.
    pub class: Class,
    /// The format in words, such as `ELF shared object`.
    pub name: &'static str,
    /// What it was told by.
    pub by: DetectedBy,
}

/// What content and name say of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Detection {
    /// What the bytes say.
    pub content: Option<Kind>,
    /// What the name says, or a folder in the path (`X.framework/`).
    pub extension: Option<Kind>,
    /// The verdict of both.
    pub kind: Kind,
    /// Code behind the name of something else, or a page or script behind the name of an image, font, sound or film.
    pub contradiction: bool,
}

impl Detection {
    /// Whether content and name belong together; a PNG named `.jpg` does. False where the name claims a format with
    /// a signature that the content lacks, such as `libx.so` holding prose. A name that claims nothing suits anything.
    #[must_use]
    pub fn agrees(&self) -> bool {
        let Some(claimed) = self.extension.map(|kind| kind.class) else { return true };
        if self.contradiction {
            return false;
        }
        let actual = self.kind.class;
        let web_data = |class| matches!(class, Class::Data | Class::Unknown | Class::KeyStore | Class::Database);
        match (claimed, actual) {
            (_, Class::Empty) => !claimed.is_code(),
            // A bare `.bin` claims nothing; web data may well be text, JSON or compressed.
            (Class::Unknown, _) => !actual.is_code(),
            (_, Class::Unknown) => false,
            (Class::Data, _) => !actual.is_code(),
            (Class::Audio | Class::Video, Class::Audio | Class::Video)
            | (Class::Package | Class::ManagedCode, Class::Package | Class::ManagedCode | Class::Archive)
            | (Class::Archive, Class::Package | Class::Data)
            // `.ts` is TypeScript, or an MPEG transport stream.
            | (Class::Text, Class::Video) => true,
            _ => {
                claimed == actual || (claimed.is_text() && actual.is_text()) || (web_data(claimed) && web_data(actual))
            }
        }
    }
}

/// Tells what the file at `path` with these bytes is.
#[must_use]
pub fn detect(path: &str, bytes: &[u8]) -> Detection {
    let claim = extension::claim(path);
    let found = sniff(bytes).or_else(|| v8_code_cache(path, bytes));
    let content = found.map(|(class, name)| Kind { class, name, by: DetectedBy::Content });
    let claimed = claim.as_ref().map(|claim| Kind { class: claim.class, name: claim.name, by: DetectedBy::Extension });
    let trust = claim.map(|claim| claim.trust);
    Detection {
        content,
        extension: claimed,
        kind: verdict(content, claimed, trust),
        contradiction: content.zip(claimed).is_some_and(|(content, claimed)| contradicts(content.class, claimed.class)),
    }
}

fn sniff(bytes: &[u8]) -> Option<(Class, &'static str)> {
    if bytes.is_empty() {
        return Some((Class::Empty, "empty file"));
    }
    native::sniff(bytes)
        .or_else(|| archive::sniff(bytes))
        .or_else(|| keystore::sniff(bytes))
        .or_else(|| media::sniff(bytes))
        .or_else(|| text::sniff(bytes))
}

fn v8_code_cache(path: &str, bytes: &[u8]) -> Option<(Class, &'static str)> {
    let named = [".jsc", ".cache", ".cachedata", ".bin", ".blob"].iter().any(|extension| path.ends_with(extension));
    (named && native::is_v8_code_cache(bytes)).then_some((Class::Bytecode, "V8 code cache"))
}

/// Content wins, but for texts, which say little of themselves, the name says more; where the content says
/// nothing, the name is believed only of formats that have no signature.
fn verdict(content: Option<Kind>, claimed: Option<Kind>, trust: Option<Trust>) -> Kind {
    let unknown = Kind { class: Class::Unknown, name: "unknown", by: DetectedBy::Neither };
    match (content, claimed, trust) {
        (Some(content), Some(claimed), Some(Trust::Textual)) if claimed_text_wins(content.class, claimed.class) => {
            claimed
        }
        (Some(content), _, _) => content,
        (None, Some(claimed), Some(Trust::Opaque)) if claimed.class == Class::Unknown => {
            Kind { by: DetectedBy::Neither, ..claimed }
        }
        (None, Some(claimed), Some(Trust::Opaque)) => claimed,
        (None, _, _) => unknown,
    }
}

/// Among texts the name decides, except that a script, a page under another name and a source map stay what they are.
fn claimed_text_wins(content: Class, claimed: Class) -> bool {
    match content {
        _ if content == claimed => false,
        Class::ShellScript => false,
        Class::Html => {
            matches!(claimed, Class::Html | Class::ShellScript | Class::JavaScript | Class::Xml | Class::Text)
        }
        Class::Svg => matches!(claimed, Class::Svg | Class::Text | Class::JavaScript),
        Class::SourceMap => claimed != Class::Json,
        Class::Json => claimed != Class::ShellScript,
        _ => content.is_text() || content == Class::Video && claimed == Class::Video,
    }
}

fn contradicts(content: Class, claimed: Class) -> bool {
    match content {
        // A bare `.bin` claims nothing; packages are archives; a script under another script's name is a script.
        _ if claimed == Class::Unknown => false,
        Class::Package => !claimed.is_code() && claimed != Class::Archive,
        // A framework's folder may hold scripts and property lists: that is no disguise.
        _ if content.is_code() => !claimed.is_code(),
        Class::Html | Class::JavaScript => claimed.is_media(),
        _ => false,
    }
}

#[cfg(test)]
mod contract {
    use super::*;

    #[test]
    fn facts_are_written_in_kebab_case() {
        let detection = detect("logo.png", b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0");
        let json = serde_json::to_value(detection).unwrap();
        assert_eq!(json["kind"]["class"], "native-code");
        assert_eq!(json["extension"]["by"], "extension");
        assert_eq!(json["contradiction"], true);
    }
}
