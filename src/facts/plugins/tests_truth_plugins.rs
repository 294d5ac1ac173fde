//! Scores the plugins of real apps, in the folder that `OTAUDIT_APPS` names: the native lists against `package.json`.

use super::*;

#[test]
#[allow(clippy::disallowed_methods)] // the folder is not part of the project
fn real_apps() {
    let Ok(folder) = std::env::var("OTAUDIT_APPS") else { return };
    let configs = std::path::Path::new(&folder).join("configs");
    let mut apps: Vec<_> = std::fs::read_dir(configs).unwrap().flatten().map(|entry| entry.path()).collect();
    apps.sort();
    for app in apps {
        let plugins = read_plugins(&app);
        let of = |source| plugins.available.iter().filter(move |one| one.source == source);
        let unknown = plugins.available.iter().filter(|one| one.name.known().is_none());
        println!(
            "{}: declared {}, native {}, listed {:?}, unread {:?}, unknown {:?}",
            app.file_name().unwrap().display(),
            of(AvailableSource::Declared).count(),
            of(AvailableSource::NativeList).count(),
            plugins.listed,
            plugins.unread,
            unknown.filter_map(|one| one.package.as_deref()).collect::<Vec<_>>()
        );
        // What one file knows by its package and another by its class must have one name.
        for one in of(AvailableSource::NativeList) {
            if !of(AvailableSource::Declared).any(|other| other.name == one.name) {
                println!("   only native: {:?} {:?} {:?}", one.name, one.package, one.position);
            }
        }
    }
}
