//! Verifies a delivery: tells its update system, lets it verify, and adds what holds for all of them.

use super::{Delivery, Record, UPDATERS, Verdict, Verification, archive, config};
use crate::facts::inventory;
use crate::inputs::Bundle;

/// Systems that install a web view's content; the others may install React Native's.
const WEB: [&str; 6] = ["capgo", "capawesome", "ionic", "chcp", "otakit", "self-hosted"];

/// A verification, and the content as a bundle when it could be had.
#[derive(Debug)]
pub struct Verified {
    /// What was established.
    pub verification: Verification,
    /// The content, decrypted, not unpacked.
    pub content: Option<Bundle>,
}

/// Verifies what was handed over.
#[must_use]
pub fn verify(delivery: &Delivery) -> Verified {
    let mut verification = if config::has_release(delivery) {
        of_system(delivery)
    } else {
        config::verification(delivery).unwrap_or_else(nothing)
    };
    add_config(delivery, &mut verification);
    let content = content(delivery, &mut verification);
    add_unread(delivery, &mut verification);
    verification.issues.sort();
    verification.issues.dedup();
    Verified { verification, content }
}

fn nothing() -> Verification {
    let mut record = Record::new("none");
    record.noted("release", "there is no bundle, no metadata and no configuration of an update system here");
    record.close(Ok(Verdict::NothingToVerify))
}

/// Lets the system verify that was named, or that recognises the delivery with the greatest surety.
fn of_system(delivery: &Delivery) -> Verification {
    let named = delivery.stated.system.as_deref().map(|id| if id == "capgo-electron" { "capgo" } else { id });
    let updater = match named {
        Some(id) => UPDATERS.iter().find(|updater| updater.id == id),
        // `max_by_key` takes the last of equals; the first is meant.
        None => UPDATERS
            .iter()
            .rev()
            .filter_map(|updater| Some(((updater.recognise)(delivery)?, updater)))
            .max_by_key(|(surety, _)| *surety)
            .map(|(_, updater)| updater),
    };
    updater.map_or_else(nothing, |updater| (updater.verify)(delivery))
}

/// Adds what the app's configuration gets wrong about its update system.
fn add_config(delivery: &Delivery, verification: &mut Verification) {
    if verification.result == Verdict::ConfigFinding {
        return;
    }
    for finding in config::findings_of(delivery, &inventory::of_delivery(delivery)) {
        let place = finding.position.map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column));
        verification.note("configuration", &format!("{}{place}: {}", finding.path, finding.detail));
        verification.issues.push(finding.rule);
    }
}

/// The content, and what an unpacking device would stumble over.
fn content(delivery: &Delivery, verification: &mut Verification) -> Option<Bundle> {
    match archive::bundle(verification.content.take()?, delivery, &delivery.limits) {
        Ok(bundle) => {
            for (issue, detail) in archive::issues(&bundle, WEB.contains(&verification.system)) {
                verification.note("content", &detail);
                verification.issues.push(issue);
            }
            Some(bundle)
        }
        Err(why) => {
            verification.note("content", &format!("the content was not looked into: {why}"));
            verification.issues.push("content_not_examined".into());
            None
        }
    }
}

/// Metadata that could not be read must not look as if it were not there.
fn add_unread(delivery: &Delivery, verification: &mut Verification) {
    for (path, why) in &delivery.unread {
        verification.note("files", &format!("`{path}` could not be read: {why}"));
        verification.issues.push("file_unreadable".into());
        let settings = ["capacitor.config.json", "app.json"].iter().any(|name| path.ends_with(name));
        if settings && !matches!(verification.result, Verdict::Reject(_)) {
            verification.result = Verdict::Reject("config_unreadable");
        }
    }
}
