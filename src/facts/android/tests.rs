use std::fs;

use tempfile::TempDir;

use super::*;
use crate::model::Fact;

const MANIFEST: &str = "<manifest xmlns:android=\"http://schemas.android.com/apk/res/android\" xmlns:tools=\"http://schemas.android.com/tools\">\n";

fn app(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn manifest(inner: &str) -> String {
    format!("{MANIFEST}{inner}\n</manifest>")
}

fn project(folder: &TempDir) -> AndroidProject {
    read_android(folder.path()).projects.into_iter().next().unwrap()
}

fn told(fact: &Fact<Effective<bool>>) -> (bool, String) {
    let known = fact.known().unwrap();
    let place = known.origin.place().map(|place| format!("{}:{}", place.path, place.position.line));
    (known.value, place.unwrap_or_default())
}

#[test]
fn the_manifest_of_cordova_plugins_decides_when_the_app_is_silent() {
    let library = "android/capacitor-cordova-android-plugins/src/main/AndroidManifest.xml";
    let main = "android/app/src/main/AndroidManifest.xml";
    let cleartext = manifest("<application android:usesCleartextTraffic=\"true\"/>");
    let folder = app(&[(main, &manifest("<application/>")), (library, &cleartext)]);
    let host = project(&folder).effective("Example.com.");
    assert_eq!(told(&host.cleartext), (true, format!("{library}:2")));
    assert_eq!(host.host, "example.com");
    assert!(matches!(host.user_anchors, Fact::Unknown(_)), "no targetSdk is known");

    let own = manifest("<application android:usesCleartextTraffic=\"false\"/>");
    let folder = app(&[(main, &own), (library, &cleartext)]);
    let project = project(&folder);
    assert_eq!(told(&project.effective("a.b").cleartext), (false, format!("{main}:2")));
    assert!(project.release().unwrap().attribute("usesCleartextTraffic").unwrap().conflict);
}

#[test]
fn the_merger_is_told_to_remove_and_replace() {
    let library = "android/lib/src/main/AndroidManifest.xml";
    let main = "android/app/src/main/AndroidManifest.xml";
    let of_library = manifest(
        "<uses-permission android:name=\"android.permission.CAMERA\"/><uses-permission android:name=\"a.B\"/>\
         <application android:usesCleartextTraffic=\"true\" android:allowBackup=\"true\" android:debuggable=\"true\"/>",
    );
    let own = manifest(
        "<uses-permission android:name=\"android.permission.CAMERA\" tools:node=\"remove\"/>\
         <application android:allowBackup=\"false\" tools:remove=\"android:usesCleartextTraffic\" tools:replace=\"android:allowBackup\"/>",
    );
    let folder = app(&[(main, &own), (library, &of_library)]);
    let project = project(&folder);
    let build = project.release().unwrap();
    assert!(build.attribute("usesCleartextTraffic").is_none());
    assert_eq!(told(&build.allow_backup), (false, format!("{main}:2")));
    assert!(!build.attribute("allowBackup").unwrap().conflict);
    assert_eq!(told(&build.debuggable), (true, format!("{library}:2")));
    assert_eq!(build.permissions.iter().map(|known| known.name.as_str()).collect::<Vec<_>>(), ["a.B"]);
    assert_eq!(build.internet, Fact::Absent);
}

#[test]
fn debug_sets_never_count_for_a_release_and_flavours_do() {
    let cleartext = manifest("<application android:usesCleartextTraffic=\"true\"/>");
    let folder = app(&[
        ("android/app/src/main/AndroidManifest.xml", &manifest("<application/>")),
        ("android/app/src/debug/AndroidManifest.xml", &cleartext),
        ("android/app/src/debugOptimized/AndroidManifest.xml", &cleartext),
        ("android/app/src/free/AndroidManifest.xml", &cleartext),
        ("android/app/build.gradle", "android {\n defaultConfig {\n  targetSdkVersion rootProject.ext.target\n }\n}"),
        ("android/variables.gradle", "ext {\n  // target = 1\n  target = 35\n}"),
    ]);
    let project = project(&folder);
    let names: Vec<&str> = project.builds.iter().map(|build| build.name.as_str()).collect();
    assert_eq!(names, ["release", "freeRelease", "debug"]);
    let cleartext: Vec<_> =
        project.builds.iter().map(|build| told(&project.effective_in(build, "a.b").cleartext)).collect();
    assert_eq!(cleartext[0], (false, "android/variables.gradle:3".to_owned()));
    assert_eq!(cleartext[1], (true, "android/app/src/free/AndroidManifest.xml:2".to_owned()));
    assert_eq!(cleartext[2], (true, "android/app/src/debug/AndroidManifest.xml:2".to_owned()));
}

#[test]
fn references_and_placeholders_are_followed_to_their_literals() {
    let own = manifest(
        "<application android:usesCleartextTraffic=\"${clear}\" android:allowBackup=\"@bool/backup\" android:debuggable=\"${none}\"/>",
    );
    let folder = app(&[
        ("android/app/src/main/AndroidManifest.xml", &own),
        ("android/app/src/main/res/values/a.xml", "<resources>\n<bool name=\"backup\">false</bool></resources>"),
        (
            "android/app/build.gradle",
            "android { defaultConfig { manifestPlaceholders = [clear: \"true\"] }\n buildTypes { release { manifestPlaceholders.clear = 'false' } } }",
        ),
    ]);
    let project = project(&folder);
    let build = project.release().unwrap();
    assert!(!told(&build.uses_cleartext_traffic).0);
    assert!(told(&project.builds[1].uses_cleartext_traffic).0);
    assert!(!told(&build.allow_backup).0);
    let value = &build.attribute("allowBackup").unwrap().value;
    assert_eq!(value.known().unwrap().at.path, "android/app/src/main/res/values/a.xml");
    assert!(matches!(build.debuggable, Fact::Unknown(_)));
}

#[test]
fn a_named_configuration_silences_the_attribute() {
    let own =
        manifest("<application android:usesCleartextTraffic=\"true\" android:networkSecurityConfig=\"@xml/net\"/>");
    let config =
        "<network-security-config>\n<base-config cleartextTrafficPermitted=\"false\"/>\n</network-security-config>";
    let path = "android/app/src/main/res/xml/net.xml";
    let folder = app(&[
        ("android/app/src/main/AndroidManifest.xml", &own),
        (path, config),
        ("android/app/src/debug/res/xml/net.xml", &config.replace("false", "true")),
    ]);
    let project = project(&folder);
    assert_eq!(told(&project.effective("a.b").cleartext), (false, format!("{path}:2")));
    assert!(told(&project.effective_in(&project.builds[1], "a.b").cleartext).0);
    let folder = app(&[("android/app/src/main/AndroidManifest.xml", &own)]);
    assert!(matches!(super::read_android(folder.path()).effective("a.b").unwrap().cleartext, Fact::Unreadable(_)));
}

#[test]
fn every_layout_of_a_project_is_found() {
    let own = manifest("<application android:debuggable=\"true\"/>");
    for path in [
        "android/app/src/main/AndroidManifest.xml",
        "platforms/android/app/src/main/AndroidManifest.xml",
        "platforms/android/AndroidManifest.xml",
        "app/src/main/AndroidManifest.xml",
        "src/main/AndroidManifest.xml",
    ] {
        let folder = app(&[(path, &own)]);
        let facts = read_android(folder.path());
        assert_eq!(facts.projects.len(), 1, "{path}");
        assert_eq!(told(&facts.projects[0].release().unwrap().debuggable), (true, format!("{path}:2")));
    }
    assert!(read_android(app(&[("package.json", "{}")]).path()).projects.is_empty());
    assert!(read_android(Path::new("/nowhere/at/all")).projects.is_empty());
}

#[test]
fn broken_and_linked_files_are_told_and_not_followed() {
    let folder =
        app(&[("android/app/src/main/AndroidManifest.xml", "<manifest"), ("other/AndroidManifest.xml", "<manifest/>")]);
    let facts = read_android(folder.path());
    assert_eq!(facts.unread[0].path, "android/app/src/main/AndroidManifest.xml");
    let build = facts.projects[0].release().unwrap();
    assert!(matches!(build.debuggable, Fact::Unreadable(_)), "an unreadable manifest leaves nothing absent");
    assert!(matches!(build.internet, Fact::Unreadable(_)) && matches!(build.allow_backup, Fact::Unreadable(_)));
    assert!(matches!(facts.effective("a.b").unwrap().cleartext, Fact::Unreadable(_)));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.path().join("other"), folder.path().join("android/app/src/debug")).unwrap();
        assert!(read_android(folder.path()).projects[0].manifests.is_empty());
    }
}

#[test]
fn components_deep_links_and_exported() {
    let own = manifest(
        "<application><activity android:name=\".A\"><intent-filter><action android:name=\"android.intent.action.VIEW\"/>\
         <category android:name=\"android.intent.category.BROWSABLE\"/><data android:scheme=\"x\"/></intent-filter></activity>\
         <service android:name=\".S\"/><receiver android:name=\".R\" android:exported=\"true\"/></application>",
    );
    let gradle = |target: u32| format!("android {{ defaultConfig {{ targetSdk = {target} }} }}");
    for (target, exported) in [(30, Some(true)), (34, None)] {
        let folder = app(&[
            ("app/src/main/AndroidManifest.xml", own.as_str()),
            ("app/build.gradle.kts", gradle(target).as_str()),
        ]);
        let project = project(&folder);
        let components = &project.release().unwrap().components;
        let values: Vec<Option<bool>> =
            components.iter().map(|known| known.exported_in_effect.known().map(|known| known.value)).collect();
        assert_eq!(values, [exported, Some(false), Some(true)]);
        assert!(components[0].component.filters[0].is_deep_link());
    }
}
