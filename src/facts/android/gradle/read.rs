//! The facts of the app module's scripts.

use super::lex::Token;
use super::load::pairs;
use super::script::{CONDITION, Statement};
use super::value::{Evaluation, Value, Variables, typed};
use super::{BuildType, Flavour, GradleFacts, LiteralPassword, Placeholder, ResourceValue, SigningConfig};
use crate::facts::android::place::{Place, Written};
use crate::model::Fact;

const MIN_SDK: &[&str] = &["minSdk", "minSdkVersion", "setMinSdkVersion"];
const TARGET_SDK: &[&str] = &["targetSdk", "targetSdkVersion", "setTargetSdkVersion"];
const COMPILE_SDK: &[&str] = &["compileSdk", "compileSdkVersion", "setCompileSdkVersion"];
/// Entries of one kind that are kept.
const MOST: usize = 500;

/// Reads the scripts from index `own` on, with all scripts' variables.
pub(super) fn facts_of(variables: &Variables, own: usize) -> GradleFacts {
    let reader = Reader { variables, own };
    let defaults = &["defaultConfig"];
    let mut facts = GradleFacts::absent();
    facts.min_sdk = reader.level(defaults, MIN_SDK);
    facts.target_sdk = reader.level(defaults, TARGET_SDK);
    facts.compile_sdk = reader.level(&[], COMPILE_SDK);
    facts.application_id = reader.text(defaults, &["applicationId"]);
    facts.namespace = reader.text(&[], &["namespace"]);
    facts.version_name = reader.text(defaults, &["versionName"]);
    facts.version_code = typed(reader.value(defaults, &["versionCode"]), "number", Value::number);
    facts.build_types = reader
        .named_blocks("buildTypes")
        .into_iter()
        .map(|(name, at)| {
            let within = &["buildTypes", name.as_str()];
            BuildType {
                debuggable: reader.boolean(within, &["debuggable", "isDebuggable", "setDebuggable"]),
                minify: reader.boolean(within, &["minifyEnabled", "isMinifyEnabled", "setMinifyEnabled"]),
                signing_config: reader.signing(within),
                application_id_suffix: reader.text(within, &["applicationIdSuffix"]),
                at,
                name,
            }
        })
        .collect();
    facts.flavours = reader
        .named_blocks("productFlavors")
        .into_iter()
        .map(|(name, at)| {
            let within = &["productFlavors", name.as_str()];
            Flavour {
                application_id: reader.text(within, &["applicationId"]),
                application_id_suffix: reader.text(within, &["applicationIdSuffix"]),
                min_sdk: reader.level(within, MIN_SDK),
                target_sdk: reader.level(within, TARGET_SDK),
                at,
                name,
            }
        })
        .collect();
    facts.signing_configs = reader
        .named_blocks("signingConfigs")
        .into_iter()
        .map(|(name, at)| {
            let within = &["signingConfigs", name.as_str()];
            let literal_passwords = ["storePassword", "keyPassword"]
                .into_iter()
                .filter_map(|field| reader.password(within, field))
                .collect();
            SigningConfig { store_file: reader.store_file(within), literal_passwords, at, name }
        })
        .collect();
    facts.placeholders = reader.placeholders();
    facts.resource_values = reader.resource_values();
    facts
}

struct Reader<'a> {
    variables: &'a Variables,
    own: usize,
}

impl Reader<'_> {
    fn statements(&self) -> impl Iterator<Item = (usize, &Statement)> {
        let scripts = self.variables.scripts.iter().enumerate().skip(self.own);
        scripts.flat_map(|(index, script)| script.statements.iter().map(move |statement| (index, statement)))
    }

    /// What is set last, unless something is set under a condition.
    fn value(&self, within: &[&str], names: &[&str]) -> Fact<Written<Value>> {
        let mut found = Fact::Absent;
        for (script, statement) in self.statements() {
            let direct = names.contains(&statement.name()) && statement.is_in(within) && !statement.value.is_empty();
            // `targetSdk { version = release(36) }`
            let in_block = statement.name() == "version"
                && names.iter().any(|name| {
                    let within: Vec<&str> = within.iter().chain([name]).copied().collect();
                    statement.is_in(&within)
                });
            if !direct && !in_block {
                continue;
            }
            found = if statement.is_conditional() {
                Fact::Unknown("it is set under a condition".to_owned())
            } else {
                match Evaluation::new(self.variables).value(script, &statement.value) {
                    Fact::Absent => {
                        Fact::Unknown(format!("`{}` is set nowhere in the Gradle files", words(&statement.value)))
                    }
                    value => value,
                }
            };
        }
        found
    }

    fn level(&self, within: &[&str], names: &[&str]) -> Fact<Written<u32>> {
        typed(self.value(within, names), "number", |value| value.number().and_then(|number| u32::try_from(number).ok()))
    }

    fn text(&self, within: &[&str], names: &[&str]) -> Fact<Written<String>> {
        typed(self.value(within, names), "text", |value| Some(value.text()))
    }

    fn boolean(&self, within: &[&str], names: &[&str]) -> Fact<Written<bool>> {
        typed(self.value(within, names), "boolean", Value::boolean)
    }

    /// The blocks directly in `android { <container> { … } }`.
    fn named_blocks(&self, container: &str) -> Vec<(String, Place)> {
        let mut found: Vec<(String, Place)> = Vec::new();
        for (blocks, at) in self.variables.scripts.iter().skip(self.own).flat_map(|script| &script.blocks) {
            let names: Vec<&str> = blocks.iter().map(String::as_str).filter(|name| *name != CONDITION).collect();
            let from = names.iter().position(|name| *name == "android").map_or(0, |at| at + 1);
            if let Some([outer, name]) = names.get(from..) {
                let each = matches!(*name, "all" | "each" | "configureEach" | "whenObjectAdded");
                if *outer == container && !each && found.len() < MOST && !found.iter().any(|(known, _)| known == name) {
                    found.push(((*name).to_owned(), at.clone()));
                }
            }
        }
        found
    }

    /// `signingConfig signingConfigs.release`, `signingConfig = signingConfigs.getByName("release")`.
    fn signing(&self, within: &[&str]) -> Option<Written<String>> {
        let (_, statement) = self
            .statements()
            .filter(|(_, statement)| statement.name() == "signingConfig" && statement.is_in(within))
            .last()?;
        let named = statement.value.iter().find_map(Token::text);
        let name = named.or_else(|| statement.value.iter().filter_map(Token::word).next_back())?;
        Some(Written::new(name.to_owned(), statement.at.clone()))
    }

    /// `storeFile file("x.jks")`.
    fn store_file(&self, within: &[&str]) -> Fact<Written<String>> {
        let found = self
            .statements()
            .filter(|(_, statement)| statement.name() == "storeFile" && statement.is_in(within))
            .last();
        let Some((script, statement)) = found else { return Fact::Absent };
        let argument = match statement.value.as_slice() {
            [file, open, argument @ .., close] if file.word().is_some() && open.is('(') && close.is(')') => argument,
            other => other,
        };
        match Evaluation::new(self.variables).value(script, argument) {
            Fact::Known(value) => Fact::Known(Written::new(value.value.text(), value.at)),
            _ => Fact::Unknown("it is computed".to_owned()),
        }
    }

    fn password(&self, within: &[&str], field: &str) -> Option<LiteralPassword> {
        let Fact::Known(written) = self.value(within, &[field]) else { return None };
        let text = written.value.text();
        (!text.is_empty()).then(|| LiteralPassword {
            field: field.to_owned(),
            at: written.at,
            characters: text.chars().count(),
            is_debug_default: text == "android",
        })
    }

    /// The name of the block in which something is set for the manifest or the resources.
    fn scope_of(statement: &Statement, upto: &str) -> Option<String> {
        let scope: Vec<&str> = statement.scope().filter(|name| *name != CONDITION && *name != upto).collect();
        let from = scope.iter().position(|name| *name == "android").map_or(0, |at| at + 1);
        match scope.get(from..)? {
            ["defaultConfig"] => Some("defaultConfig".to_owned()),
            ["buildTypes" | "productFlavors", name] => Some((*name).to_owned()),
            _ => None,
        }
    }

    fn placeholders(&self) -> Vec<Placeholder> {
        let mut found = Vec::new();
        for (script, statement) in self.statements() {
            let name = |at: usize| statement.names.iter().rev().nth(at).map(String::as_str);
            let is_map = |name: &str| {
                matches!(name, "manifestPlaceholders" | "addManifestPlaceholders" | "setManifestPlaceholders")
            };
            let Some(scope) = Self::scope_of(statement, "manifestPlaceholders") else { continue };
            let values: Vec<(String, Vec<Token>)> = match (name(1), name(0)) {
                (_, Some(last)) if is_map(last) => pairs(&statement.value),
                (Some("manifestPlaceholders"), Some("putAll" | "plus")) => pairs(&statement.value),
                (Some("manifestPlaceholders"), Some("put" | "set")) => put(&statement.value).into_iter().collect(),
                (Some("manifestPlaceholders"), Some(key)) => vec![(key.to_owned(), statement.value.clone())],
                _ => continue,
            };
            for (name, tokens) in values {
                let value = if statement.is_conditional() {
                    Fact::Unknown("it is set under a condition".to_owned())
                } else {
                    typed(Evaluation::new(self.variables).value(script, &tokens), "text", |value| Some(value.text()))
                };
                found.push(Placeholder { scope: scope.clone(), name, value });
            }
        }
        found.truncate(MOST);
        found
    }

    fn resource_values(&self) -> Vec<ResourceValue> {
        let mut found = Vec::new();
        for (script, statement) in self.statements().filter(|(_, statement)| statement.name() == "resValue") {
            let Some(scope) = Self::scope_of(statement, "") else { continue };
            let arguments = match statement.value.as_slice() {
                [open, arguments @ .., close] if open.is('(') && close.is(')') => arguments,
                arguments => arguments,
            };
            if let [kind, _, name, _, value @ ..] = arguments {
                let (Some(kind), Some(name)) = (kind.text(), name.text()) else { continue };
                let value =
                    typed(Evaluation::new(self.variables).value(script, value), "text", |value| Some(value.text()));
                found.push(ResourceValue { scope, kind: kind.to_owned(), name: name.to_owned(), value });
            }
        }
        found.truncate(MOST);
        found
    }
}

/// `("name", value)`.
fn put(tokens: &[Token]) -> Option<(String, Vec<Token>)> {
    match tokens {
        [open, name, comma, value @ .., close] if open.is('(') && comma.is(',') && close.is(')') => {
            Some((name.text()?.to_owned(), value.to_vec()))
        }
        _ => None,
    }
}

/// The names of an expression, for a reason.
fn words(tokens: &[Token]) -> String {
    let words: Vec<&str> = tokens.iter().filter_map(|token| token.word().or_else(|| token.text())).take(6).collect();
    words.join(".")
}
