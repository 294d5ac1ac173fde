use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::facts::android::files::Files;

fn gradle(files: &[(&str, &str)]) -> GradleFacts {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).unwrap();
        fs::write(path, text).unwrap();
    }
    read_gradle(&Files::new(folder.path()), "", "app")
}

fn target(files: &[(&str, &str)]) -> Option<(u32, String)> {
    let facts = gradle(files);
    let known = facts.target_sdk.known()?;
    Some((known.value, format!("{}:{}", known.at.path, known.at.position.line)))
}

fn level(value: &str) -> String {
    format!("android {{\n defaultConfig {{\n  {value}\n }}\n}}")
}

#[test]
fn target_sdk_is_found_in_every_usual_shape() {
    let own = |line: &str| Some((35, format!("app/build.gradle:{line}")));
    for value in [
        "targetSdkVersion 35",
        "targetSdk 35 // 34",
        "targetSdk = 35",
        "targetSdkVersion(35)",
        "targetSdk {\n version = release(35) }",
        "targetSdkVersion project.hasProperty('t') ? rootProject.ext.t : 35",
        "targetSdkVersion (findProperty('t') ?: '35').toInteger()",
        "targetSdkVersion safeExtGet('t', 35)",
        "def t = 35\n targetSdk t",
    ] {
        let line = if value.contains('{') { "4" } else { "3" };
        assert_eq!(target(&[("app/build.gradle", &level(value))]), own(line), "{value}");
    }
    let variables = Some((35, "variables.gradle:2".to_owned()));
    for (value, text) in [
        ("targetSdkVersion rootProject.ext.t", "ext {\n t = 35\n}"),
        ("targetSdk = rootProject.extra[\"t\"] as Int", "extra.apply {}\next.t = 35"),
        ("targetSdkVersion project.hasProperty('t') ? rootProject.ext.t : 30", "ext {\n t = 35\n}"),
        ("targetSdk rootProject.ext.sdk.t", "ext.sdk = [\n t: 35, m: 24 ]"),
        ("targetSdk rootProject.t", "project.ext {\n t = 35 }"),
    ] {
        assert_eq!(target(&[("app/build.gradle", &level(value)), ("variables.gradle", text)]), variables, "{value}");
    }
    let root = "buildscript {\n ext {\n t = Integer.parseInt(findProperty('android.t') ?: '34')\n } }";
    let files = [("build.gradle", root), ("app/build.gradle", &level("targetSdkVersion rootProject.ext.t"))];
    assert_eq!(target(&files), Some((34, "build.gradle:3".to_owned())));
    let files = [files[0], files[1], ("gradle.properties", "# x\nandroid.t=35")];
    assert_eq!(target(&files), Some((35, "gradle.properties:2".to_owned())));
    let files = [
        ("gradle/libs.versions.toml", "[versions]\ntarget-sdk = \"35\"\n[libraries]\n"),
        ("app/build.gradle.kts", &level("targetSdk = libs.versions.target.sdk.get().toInt()")),
    ];
    assert_eq!(target(&files), Some((35, "gradle/libs.versions.toml:2".to_owned())));
    let files = [
        ("cdv-gradle-config.json", "{\n\"SDK_VERSION\": 35}"),
        ("app/build.gradle", &level("targetSdkVersion cordovaConfig.SDK_VERSION")),
    ];
    assert_eq!(target(&files), Some((35, "cdv-gradle-config.json:2".to_owned())));
}

#[test]
fn what_only_a_build_knows_is_unknown() {
    for value in [
        "targetSdk flutter.targetSdkVersion",
        "targetSdk rootProject.ext.nowhere",
        "targetSdk System.getenv('T').toInteger()",
        "targetSdk 30 + 5",
        "if (x) { targetSdk 35 }",
        "targetSdk x ? 34 : 35",
        "targetSdk \"${y}\"",
    ] {
        let facts = gradle(&[("app/build.gradle", &level(value))]);
        assert!(matches!(facts.target_sdk, Fact::Unknown(_)), "{value}: {:?}", facts.target_sdk);
    }
    let twice = [("variables.gradle", "ext { a = 1\n a = 2 }"), ("app/build.gradle", &level("targetSdk a"))];
    assert!(matches!(gradle(&twice).target_sdk, Fact::Unknown(_)));
    assert_eq!(gradle(&[("app/build.gradle", &level("/* targetSdk 35 */ // targetSdk 35"))]).target_sdk, Fact::Absent);
    let around = [("variables.gradle", "ext { a = b\n b = a }"), ("app/build.gradle", &level("targetSdk a"))];
    assert!(matches!(gradle(&around).target_sdk, Fact::Unknown(_)));
}

#[test]
fn build_types_flavours_and_signing() {
    let groovy = "android {\n namespace 'a.b'\n signingConfigs { release { storeFile file('a.jks')\n storePassword 'secret1'\n keyPassword System.getenv('K') } }\n\
         buildTypes { release { debuggable true\n minifyEnabled false\n signingConfig signingConfigs.release } }\n\
         flavorDimensions 'x'\n productFlavors { free { applicationIdSuffix '.free' }\n paid { targetSdk 33 } } }";
    let kotlin = "android {\n namespace = \"a.b\"\n signingConfigs { create(\"release\") { storeFile = file(\"a.jks\")\n storePassword = \"secret1\"\n keyPassword = System.getenv(\"K\") } }\n\
         buildTypes { getByName(\"release\") { isDebuggable = true\n isMinifyEnabled = false\n signingConfig = signingConfigs.getByName(\"release\") } }\n\
         productFlavors { create(\"free\") { applicationIdSuffix = \".free\" }\n register(\"paid\") { targetSdk = 33 } } }";
    for (path, text) in [("app/build.gradle", groovy), ("app/build.gradle.kts", kotlin)] {
        let facts = gradle(&[(path, text)]);
        let release = facts.build_type("release").unwrap();
        assert_eq!(release.debuggable.known().map(|known| known.value), Some(true), "{path}");
        assert_eq!(release.minify.known().map(|known| known.value), Some(false));
        assert_eq!(release.signing_config.as_ref().map(|known| known.value.as_str()), Some("release"));
        assert_eq!(facts.namespace.known().map(|known| known.value.as_str()), Some("a.b"));
        assert_eq!(facts.flavours.iter().map(|known| known.name.as_str()).collect::<Vec<_>>(), ["free", "paid"]);
        assert_eq!(facts.flavour("paid").unwrap().target_sdk.known().map(|known| known.value), Some(33));
        let signing = &facts.signing_configs[0];
        assert_eq!(signing.store_file.known().map(|known| known.value.as_str()), Some("a.jks"));
        assert_eq!(signing.literal_passwords.len(), 1);
        assert_eq!((signing.literal_passwords[0].characters, signing.literal_passwords[0].at.position.line), (7, 4));
        assert!(!serde_json::to_string(&facts).unwrap().contains("secret1"));
    }
}

#[test]
fn hostile_scripts_cost_nothing() {
    for text in [
        "{".repeat(100_000),
        "(".repeat(100_000),
        "a ? ".repeat(50_000),
        "'".repeat(99_999),
        "é\"\"\"é".repeat(999),
        "a{b=1;".repeat(30_000),
    ] {
        gradle(&[("app/build.gradle", &level(&format!("targetSdk {text}"))), ("build.gradle", &text)]);
    }
}

#[test]
fn variables_that_multiply_cost_nothing() {
    let names: String =
        (0..12).map(|number| format!("v{number} = \"{}\"\n", format!("${{v{}}}", number + 1).repeat(200))).collect();
    let choices: String = (0..12).map(|number| format!("c{number} = x ? c{0} : c{0}\n", number + 1)).collect();
    let root = format!("ext {{\n{names}{choices}v12 = '{}'\nc12 = 1\n}}", "long".repeat(9_999));
    for value in ["v0".to_owned(), "c0".to_owned(), format!("{}1{}", "(".repeat(40_000), ")".repeat(40_000))] {
        let text = level(&format!("targetSdk {value}\n").repeat(5));
        let facts = gradle(&[("build.gradle", &root), ("app/build.gradle", &text)]);
        assert!(matches!(facts.target_sdk, Fact::Unknown(_)), "{:?}", facts.target_sdk);
    }
}
