//! A whole release: the first byte names the update system, the rest is cut into files at each 0xFF.
#![no_main]

use libfuzzer_sys::fuzz_target;
use otaudit::facts::updaters::{Delivery, UPDATERS, verify};

const NAMES: [&str; 6] = ["capacitor.config.json", "update.json", "headers.txt", "bundle.zip", "public.pem", "files/index.html"];

fuzz_target!(|bytes: &[u8]| {
    let Some((system, rest)) = bytes.split_first() else { return };
    let files = NAMES.iter().zip(rest.split(|byte| *byte == 0xFF));
    let mut delivery = Delivery::of_memory(files.map(|(name, bytes)| (*name, bytes.to_vec())).collect(), 1_796_083_200);
    let systems = UPDATERS.len() + 1;
    delivery.stated.system = UPDATERS.get(usize::from(*system) % systems).map(|updater| updater.id.to_owned());
    let _ = verify(&delivery);
});
