//! The keys of real apps, in the folder that `OTAUDIT_APPS` names, against what was read there by hand.

use std::path::Path;

use crate::facts::delivery::{Role, load};
use crate::facts::inventory;
use crate::facts::keys::registry;

#[test]
fn no_age_is_made_up() {
    #[allow(clippy::disallowed_methods, reason = "a test's own switch")]
    let Ok(root) = std::env::var("OTAUDIT_APPS") else { return };
    let mut apps: Vec<_> =
        std::fs::read_dir(Path::new(&root).join("configs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    apps.sort();
    for app in apps {
        let found = load::read(&app, Role::App, 100_000);
        let ages = super::of_app(&app, &found, &inventory::of_app(&found), registry::of_app(&app));
        for key in &ages.keys {
            let source = &key.places[0].source;
            println!(
                "{}: {source}: {:?} {:?} {:?} {:?}",
                app.display(),
                key.role,
                key.algorithm,
                key.age,
                key.problems
            );
            // These folders have no history of their own: only a certificate can have a date.
            assert!(key.age.since.known().is_none() || key.validity.is_some() || ages.history.known().is_some());
        }
    }
}
