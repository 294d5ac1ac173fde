//! `$(NAME)`: what the variables of one file become in the built app, as far as the settings are literals.

use super::{Configuration, XcodeProject, XcodeTarget};
use crate::model::printable;

/// Variables within variables.
const MOST_LEVELS: usize = 8;
/// Variables of one text, those within others included.
const MOST_VARIABLES: usize = 500;
/// Bytes of a text with its variables replaced.
const MOST_TEXT: usize = 64 * 1024;

/// The targets whose settings a file is built with.
#[derive(Clone, Debug, Default)]
pub struct Variables<'a> {
    owners: Vec<(&'a XcodeProject, &'a XcodeTarget)>,
}

impl<'a> Variables<'a> {
    /// The variables of a file that these targets use.
    #[must_use]
    pub const fn new(owners: Vec<(&'a XcodeProject, &'a XcodeTarget)>) -> Self {
        Self { owners }
    }

    /// The text with its variables replaced by what the release configurations say.
    ///
    /// # Errors
    /// Why it can't be known.
    pub fn expand(&self, text: &str) -> Result<String, String> {
        if !text.contains("$(") && !text.contains("${") {
            return Ok(text.to_owned());
        }
        let mut found: Vec<(String, String)> = Vec::new();
        for (project, target) in &self.owners {
            for configuration in shipped(target) {
                let value = expand(project, target, configuration, text)?;
                if !found.iter().any(|(_, other)| *other == value) {
                    found.push((configuration.name.clone(), value));
                }
            }
        }
        match found.as_slice() {
            [] => Err(format!(
                "`{}` depends on build settings, and no target that uses this file was found",
                printable(text, 100)
            )),
            [(_, value)] => Ok(value.clone()),
            _ => {
                let each =
                    found.iter().map(|(name, value)| format!("{} `{}`", printable(name, 40), printable(value, 60)));
                Err(format!(
                    "`{}` differs by configuration or target: {}",
                    printable(text, 100),
                    each.take(6).collect::<Vec<_>>().join(", ")
                ))
            }
        }
    }
}

/// The configurations that are not for developing; all of them when there are no others.
fn shipped(target: &XcodeTarget) -> Vec<&Configuration> {
    let all = &target.configurations;
    let release: Vec<_> = all.iter().filter(|one| !one.is_debug()).collect();
    if release.is_empty() { all.iter().collect() } else { release }
}

/// The text as one configuration of one target has it.
///
/// # Errors
/// Why it can't be known.
pub fn expand(
    project: &XcodeProject,
    target: &XcodeTarget,
    configuration: &Configuration,
    text: &str,
) -> Result<String, String> {
    let mut expander = Expander { project, target, configuration, variables: 0 };
    let mut out = String::new();
    expander.text(text, 0, &mut out)?;
    Ok(out)
}

struct Expander<'a> {
    project: &'a XcodeProject,
    target: &'a XcodeTarget,
    configuration: &'a Configuration,
    variables: usize,
}

impl Expander<'_> {
    /// Recursion is bounded by [`MOST_LEVELS`].
    fn text(&mut self, text: &str, level: usize, out: &mut String) -> Result<(), String> {
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            let (before, variable) = rest.split_at(at);
            out.push_str(before);
            let close = match variable.as_bytes().get(1) {
                Some(b'(') => ')',
                Some(b'{') => '}',
                _ => {
                    out.push('$');
                    rest = variable.get(1..).unwrap_or_default();
                    continue;
                }
            };
            let inside = variable.get(2..).unwrap_or_default();
            let Some((name, after)) = inside.split_once(close) else {
                return Err(format!("`{}` has no end", printable(variable, 60)));
            };
            if name.contains('$') {
                return Err(format!("`{}` has a variable within its name", printable(variable, 60)));
            }
            self.variable(name, level, out)?;
            rest = after;
        }
        out.push_str(rest);
        if out.len() > MOST_TEXT { Err("the text becomes too long".to_owned()) } else { Ok(()) }
    }

    fn variable(&mut self, name: &str, level: usize, out: &mut String) -> Result<(), String> {
        self.variables += 1;
        if level >= MOST_LEVELS || self.variables > MOST_VARIABLES {
            return Err(format!("`$({})` refers to too many other settings", printable(name, 60)));
        }
        let (name, operators) = name.split_once(':').map_or((name, ""), |(name, operators)| (name, operators));
        let setting = self.project.setting(self.configuration, name);
        let mut value = String::new();
        match (setting, self.built_in(name)) {
            (Some(setting), _) if setting.conditional => {
                return Err(format!("`$({})` has values under conditions", printable(name, 60)));
            }
            (Some(setting), _) => self.text(&setting.value.clone(), level + 1, &mut value)?,
            (None, Some(text)) => self.text(&text, level + 1, &mut value)?,
            (None, None) => match operators.split(':').find_map(|one| one.strip_prefix("default=")) {
                Some(text) => value.push_str(text),
                None => return Err(format!("`$({})` is set nowhere that was read", printable(name, 60))),
            },
        }
        for operator in operators.split(':').filter(|one| !one.is_empty() && !one.starts_with("default=")) {
            value = apply(operator, &value)?;
        }
        out.push_str(&value);
        Ok(())
    }

    /// Settings that Xcode itself gives, as far as they are simple (Xcode, Build Settings Reference).
    fn built_in(&self, name: &str) -> Option<String> {
        Some(match name {
            "TARGET_NAME" | "TARGETNAME" => self.target.name.clone(),
            "CONFIGURATION" => self.configuration.name.clone(),
            "PRODUCT_NAME" => "$(TARGET_NAME)".to_owned(),
            "EXECUTABLE_NAME" => "$(PRODUCT_NAME)".to_owned(),
            "PRODUCT_MODULE_NAME" => "$(PRODUCT_NAME:c99extidentifier)".to_owned(),
            "DEVELOPMENT_LANGUAGE" => self.project.development_region.clone()?,
            "PRODUCT_BUNDLE_PACKAGE_TYPE" => match self.target.product.known()?.as_str() {
                "application" => "APPL",
                "app-extension" => "XPC!",
                "framework" => "FMWK",
                _ => "BNDL",
            }
            .to_owned(),
            _ => return None,
        })
    }
}

fn apply(operator: &str, value: &str) -> Result<String, String> {
    let replace =
        |keep: fn(char) -> bool, by: char| value.chars().map(|one| if keep(one) { one } else { by }).collect();
    Ok(match operator {
        "rfc1034identifier" => replace(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '.'), '-'),
        "identifier" | "c99extidentifier" => replace(|one| one.is_alphanumeric() || one == '_', '_'),
        "lower" => value.to_lowercase(),
        "upper" => value.to_uppercase(),
        _ => return Err(format!("`:{}` is an operator that is not known", printable(operator, 40))),
    })
}
