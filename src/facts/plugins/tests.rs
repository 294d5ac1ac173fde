//! Own small apps and scripts.

use std::fs;

use super::*;
use crate::facts::script::read_script;
use crate::inputs::Limits;
use crate::model::LineIndex;

fn uses(script: &str) -> Vec<(String, PluginCall)> {
    let reading = read_script(script, &LineIndex::new(script), 0..script.len(), &Limits::default());
    assert_eq!(reading.failure, None, "{script}");
    reading.facts.plugins.into_iter().map(|one| (one.name, one.call)).collect()
}

#[test]
fn calls_are_seen_in_their_shapes() {
    for script in [
        "registerPlugin('Camera')",
        "const C=(0,o.registerPlugin)('Camera',{web:()=>import('./a.js')})",
        "const C=Xe(\"Camera\",{web:()=>new D})",
        "Capacitor.registerPlugin('Camera')",
    ] {
        assert_eq!(uses(script), [("Camera".to_owned(), PluginCall::Registered)], "{script}");
    }
    for script in [
        "Capacitor.Plugins.Camera.x()",
        "window.Capacitor?.Plugins?.Camera",
        "const {Camera:a}=e.Plugins",
        "Plugins.Camera.y()",
    ] {
        assert_eq!(uses(script), [("Camera".to_owned(), PluginCall::Property)], "{script}");
    }
    for script in ["Capacitor.isPluginAvailable('Camera')", "e?.isPluginAvailable('Camera')"] {
        assert_eq!(uses(script), [("Camera".to_owned(), PluginCall::Checked)], "{script}");
    }
    for script in [
        "videojs.registerPlugin('Hotkeys',function(){})",
        "f('Camera',{web:1,other:2})",
        "f('Camera')",
        "// registerPlugin('Camera')",
        "gsap.registerPlugin(ScrollTrigger)",
        "Chart.plugins.register('A')",
        "'Capacitor.Plugins.Camera'",
    ] {
        assert_eq!(uses(script), [], "{script}");
    }
    let script = "registerPlugin(name);gsap.registerPlugin(A)";
    let reading = read_script(script, &LineIndex::new(script), 0..script.len(), &Limits::default());
    assert_eq!(reading.facts.plugins_unknown, 1);
}

fn app(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn called(name: &str, call: PluginCall) -> PluginUse {
    PluginUse { name: name.to_owned(), call, implemented: Vec::new(), position: Position { line: 1, column: 1 } }
}

#[test]
fn what_the_binary_lacks_is_told_by_platform() {
    let folder = app(&[
        (
            "package.json",
            r#"{"dependencies": {"@capacitor/app": "8", "@capacitor/camera": "8", "capacitor-weird": "1", "cordova-plugin-x": "1"}}"#,
        ),
        (
            "android/app/src/main/assets/capacitor.plugins.json",
            r#"[{"pkg": "@capacitor/app", "classpath": "com.capacitorjs.plugins.app.AppPlugin"}, {"pkg": "x", "classpath": "a.b.CoolPlugin"}]"#,
        ),
        (
            "android/app/src/main/java/a/Own.kt",
            "// @CapacitorPlugin(name = \"No\")\n@CapacitorPlugin(\n  name = \"Own\")\nclass OwnThing : Plugin()",
        ),
        ("android/app/src/main/java/a/Bare.java", "@CapacitorPlugin\npublic class BarePlugin extends Plugin {}"),
        ("ios/App/App/Mine.swift", "public let jsName = \"Mine\"\n// let jsName = \"No\""),
        ("ios/App/App/Old.m", "CAP_PLUGIN(OldPlugin, \"Old\",\n)"),
        (
            "ios/App/Podfile",
            "  pod 'CapacitorApp', :path => '../../node_modules/@capacitor/app'\n#  pod 'x', :path => '../../node_modules/@capacitor/share'\n  pod 'W', :path => '../../node_modules/.pnpm/w@1/node_modules/capacitor-weird'\n",
        ),
    ]);
    let plugins = read_plugins(folder.path());
    assert_eq!(plugins.unread, []);
    assert_eq!(plugins.listed, [Platform::Android, Platform::Ios]);
    let names =
        ["App", "Camera", "Cool", "Own", "BarePlugin", "Mine", "Old", "Console", "WebView", "Share", "No", "Weird"];
    let uses: Vec<PluginUse> = names.iter().map(|name| called(name, PluginCall::Registered)).collect();
    let uses: Vec<(&str, &PluginUse)> = uses.iter().map(|one| ("a.js", one)).collect();
    let lacking = |platform| -> Vec<(String, bool)> {
        missing(&uses, &plugins, platform)
            .into_iter()
            .map(|one| (one.name, matches!(one.standing, MissingStanding::DeclaredOnly { .. })))
            .collect()
    };
    let names = |list: &[(&str, bool)]| list.iter().map(|(name, one)| ((*name).to_owned(), *one)).collect::<Vec<_>>();
    assert_eq!(
        lacking(Platform::Android),
        names(&[
            ("Camera", true),
            ("Console", false),
            ("Mine", false),
            ("No", false),
            ("Old", false),
            ("Share", false),
            ("Weird", false)
        ])
    );
    assert_eq!(
        lacking(Platform::Ios),
        names(&[
            ("BarePlugin", false),
            ("Camera", true),
            ("Cool", false),
            ("No", false),
            ("Own", false),
            ("Share", false),
            ("Weird", false)
        ])
    );
    let weird = missing(&uses, &plugins, Platform::Ios).pop().unwrap();
    assert_eq!(weird.standing, MissingStanding::MayBe { packages: vec!["capacitor-weird".to_owned()] });
}

#[test]
fn an_installed_package_tells_its_name() {
    let folder = app(&[
        ("package.json", r#"{"dependencies": {"capacitor-odd": "1"}}"#),
        (
            "node_modules/capacitor-odd/dist/esm/index.js",
            "import { registerPlugin } from '@capacitor/core';\nconst O = registerPlugin('VeryOdd', {\n",
        ),
    ]);
    let plugins = read_plugins(folder.path());
    assert!(plugins.available.iter().any(|one| one.name == Fact::Known("VeryOdd".to_owned())));
}

#[test]
fn a_framework_that_only_reaches_for_a_plugin_is_guarded() {
    let plugins = AppPlugins::default();
    let (a, b) = (called("StatusBar", PluginCall::Property), called("Haptics", PluginCall::Registered));
    let c = called("Haptics", PluginCall::Checked);
    let found = missing(&[("a", &a), ("a", &b)], &plugins, Platform::Ios);
    assert_eq!(found.iter().map(|one| one.guarded).collect::<Vec<_>>(), [false, true]);
    assert!(missing(&[("a", &b), ("b", &c)], &plugins, Platform::Ios)[0].guarded);
}

#[test]
fn unreadable_files_are_told() {
    let folder = app(&[("package.json", "{"), ("ios/App/App/capacitor.config.json", "[")]);
    let plugins = read_plugins(folder.path());
    assert_eq!(plugins.unread.len(), 2);
    let one = called("X", PluginCall::Registered);
    let found = missing(&[("a", &one)], &plugins, Platform::Ios);
    assert!(matches!(&found[0].standing, MissingStanding::Unreadable { path } if path == "package.json"));
}
