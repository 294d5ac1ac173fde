//! Floor 1, bytes → artifacts: folders, zips, texts, JSON. Everything is bounded by [`Limits`], and what is
//! wrong with the subject is an [`Observation`] or a reason, never an error.

mod bundle;
mod entry;
pub(crate) mod faults;
mod folder;
mod json;
mod limits;
mod observation;
mod strict_yaml;
mod text;
mod xml;
mod yaml;
mod zip;

pub use bundle::{Bundle, BundleKind, Entry};
pub use entry::{Content, EntryKind, Unread};
pub use json::{Json, JsonNode, JsonValue, Leniency, is_json, parse as parse_json};
pub use limits::Limits;
pub use observation::{Observation, ObservationKind};
pub use strict_yaml::parse as parse_strict_yaml;
pub use text::{Encoding, Text, decode};
pub use xml::parse as parse_xml;
pub use yaml::{YamlKey, YamlLimits, YamlNode, YamlValue, offset as yaml_offset, parse as parse_yaml};
