//! Puts together what is established about a subject beside its bundle: the release, the keys, the settings, the packages.

use std::path::Path;

use super::keys::inventory;
use super::packages::read_packages;
use super::updaters::{Delivery, config, verify};
use super::{Facts, advised, advisories, read_app};
use crate::inputs::Bundle;

impl Facts {
    /// Adds what a delivery shows: its keys and settings, and when it holds a release, whether that verifies. Gives the
    /// release's content.
    pub fn add_delivery(&mut self, delivery: &Delivery, is_release: bool) -> Option<Bundle> {
        let keys = inventory::of_delivery(delivery);
        self.config = config::findings_of(delivery, &keys);
        self.keys = Some(keys);
        if !is_release {
            return None;
        }
        let verified = verify(delivery);
        self.verification = Some(verified.verification);
        verified.content
    }

    /// Adds the app in this folder: its configuration, its update plugins, and the known weaknesses of these.
    ///
    /// # Errors
    /// In words, when the advisories are broken.
    pub fn add_app(&mut self, folder: &Path) -> Result<(), String> {
        self.app = Some(read_app(folder));
        let advisories = advisories::read(advisories::DEFAULT_ADVISORIES)?;
        let packages = read_packages(folder, &advisories::packages(&advisories));
        self.advised = advised(&packages, &advisories);
        self.packages = Some(packages);
        Ok(())
    }
}
