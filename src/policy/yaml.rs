//! A policy's YAML: strict, and with faults that a user can act on.

#[cfg(test)]
use std::ops::Range;

#[cfg(test)]
use crate::inputs::yaml_offset as offset;

pub use crate::inputs::{YamlKey as Key, YamlNode as Node, YamlValue as Value, parse_strict_yaml as parse};

#[cfg(test)]
mod tests;
