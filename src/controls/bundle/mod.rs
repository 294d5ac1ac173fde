//! Controls on what is in the bundle, and how it is packed.

pub mod archive_structure;
pub mod bounded_size;
pub mod entry_points;
pub mod no_build_leftovers;
pub mod no_foreign_scripts;
pub mod no_native_code;
pub mod web_asset_types;
pub mod webassembly_known;
