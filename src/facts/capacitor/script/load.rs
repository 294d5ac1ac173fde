//! The script and the files that it imports, parsed: bounded in number, size and shape.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use swc_common::{BytePos, Spanned as _};
use swc_ecma_ast::{
    CallExpr, Callee, EsVersion, ExportAll, Expr, ImportDecl, Lit, NamedExport, Program, TsExternalModuleRef,
};
use swc_ecma_parser::{EsSyntax, Lexer, Parser, StringInput, Syntax, TsSyntax};
use swc_ecma_visit::{Visit, VisitWith as _};

use super::super::disk::{MOST_BYTES, NEVER_WALKED, is_file, join, read_text};
use crate::facts::script::budget;
use crate::inputs::Limits;
use crate::model::{Fact, LineIndex, Position, printable};

/// The files of one configuration, itself included.
const MOST_FILES: usize = 20;
/// Brackets open at once in a configuration, and links of one chain: real ones have some ten.
const NESTING: u64 = 100;
const CHAIN: u64 = 2_000;
/// Tokens of one file.
const TOKENS: u64 = 200_000;

/// One parsed file.
pub(super) struct Module {
    /// Relative to the app's folder.
    pub path: String,
    pub text: String,
    pub tree: Result<Program, (Position, String)>,
    /// What its imports lead to.
    pub imports: BTreeMap<String, Target>,
}

/// What an import leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Another file of code: its index.
    Code(usize),
    /// A JSON file: its path.
    Json(String),
    /// A package, or an alias that only the build knows.
    Package,
    /// It isn't read; the text says why.
    Not(String),
}

/// Parses the script at `path`, then what it imports, in the order in which the imports stand.
pub(super) fn load(folder: &Path, path: &str, text: String) -> Vec<Module> {
    let mut modules = vec![module(path, text)];
    let mut next = 0;
    while let Some(current) = modules.get(next) {
        let from = current.path.clone();
        let specifiers = current.tree.as_ref().map(specifiers).unwrap_or_default();
        let mut targets = BTreeMap::new();
        for specifier in specifiers {
            if let Entry::Vacant(slot) = targets.entry(specifier) {
                let target = resolve(folder, &from, slot.key(), &mut modules);
                slot.insert(target);
            }
        }
        if let Some(current) = modules.get_mut(next) {
            current.imports = targets;
        }
        next += 1;
    }
    modules
}

fn module(path: &str, text: String) -> Module {
    let tree = parse(path, &text);
    Module { path: path.to_owned(), text, tree, imports: BTreeMap::new() }
}

/// Whether a file's name says that it is TypeScript; `capacitor.config.ts.prod` is.
pub(super) fn is_typescript(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let language = name.split('.').rev().find(|part| ["ts", "mts", "cts", "js", "mjs", "cjs"].contains(part));
    language.is_none_or(|language| language.contains("ts"))
}

fn parse(path: &str, text: &str) -> Result<Program, (Position, String)> {
    let lines = LineIndex::new(text);
    if text.len() as u64 > MOST_BYTES {
        return Err((lines.position(0), format!("{} bytes, limit {MOST_BYTES}", text.len())));
    }
    let limits = Limits { script_nesting: NESTING, script_chain: CHAIN, script_tokens: TOKENS, ..Limits::default() };
    budget::check_typescript(text, &limits)
        .map_err(|excess| (lines.position(excess.offset), format!("not parsed: {}", excess.why)))?;
    let syntax = if is_typescript(path) {
        Syntax::Typescript(TsSyntax { decorators: true, ..TsSyntax::default() })
    } else {
        Syntax::Es(EsSyntax {
            import_attributes: true,
            allow_return_outside_function: true,
            explicit_resource_management: true,
            ..EsSyntax::default()
        })
    };
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    // swc counts bytes from 1.
    let input = StringInput::new(text, BytePos(1), BytePos(length.saturating_add(1)));
    let mut parser = Parser::new_from(Lexer::new(syntax, EsVersion::EsNext, input, None));
    let place = |error: &swc_ecma_parser::error::Error| {
        (lines.position(offset(error.span().lo)), printable(&error.kind().msg(), 200))
    };
    let program = parser.parse_program().map_err(|error| place(&error))?;
    match parser.take_errors().first() {
        Some(error) => Err(place(error)),
        None => match super::modules::second_default(&program) {
            Some((first, second)) => {
                let line = lines.position(offset(first)).line;
                Err((lines.position(offset(second)), format!("a second default export; the first is on line {line}")))
            }
            None => Ok(program),
        },
    }
}

/// The byte offset in the text.
pub(super) fn offset(position: BytePos) -> usize {
    usize::try_from(position.0.saturating_sub(1)).unwrap_or(usize::MAX)
}

#[derive(Default)]
struct Specifiers(Vec<String>);

impl Specifiers {
    fn add(&mut self, text: &swc_ecma_ast::Str) {
        self.0.push(text.value.to_string_lossy().into_owned());
    }
}

impl Visit for Specifiers {
    fn visit_import_decl(&mut self, import: &ImportDecl) {
        if !import.type_only {
            self.add(&import.src);
        }
    }

    fn visit_export_all(&mut self, export: &ExportAll) {
        self.add(&export.src);
    }

    fn visit_named_export(&mut self, export: &NamedExport) {
        if let Some(source) = &export.src {
            self.add(source);
        }
    }

    fn visit_ts_external_module_ref(&mut self, reference: &TsExternalModuleRef) {
        self.add(&reference.expr);
    }

    fn visit_call_expr(&mut self, call: &CallExpr) {
        let loads = match &call.callee {
            Callee::Import(_) => true,
            Callee::Expr(callee) => callee.as_ident().is_some_and(|name| &*name.sym == "require"),
            Callee::Super(_) => false,
        };
        if loads && let Some(Expr::Lit(Lit::Str(text))) = call.args.first().map(|argument| &*argument.expr) {
            self.add(text);
        }
        call.visit_children_with(self);
    }
}

fn specifiers(program: &Program) -> Vec<String> {
    let mut found = Specifiers::default();
    program.visit_with(&mut found);
    found.0
}

fn resolve(folder: &Path, from: &str, specifier: &str, modules: &mut Vec<Module>) -> Target {
    if !specifier.starts_with("./") && !specifier.starts_with("../") && specifier != "." && specifier != ".." {
        return Target::Package;
    }
    let shown = printable(specifier, 100);
    let Some(path) = join(from, specifier) else {
        return Target::Not(format!("`{shown}` lies outside the app's folder"));
    };
    if path.split('/').any(|part| NEVER_WALKED.contains(&part)) {
        return Target::Not(format!("`{shown}` is not the app's own file"));
    }
    // TypeScript's and Node's rules, as far as files of one folder go; `./a.js` may stand for `./a.ts`.
    let written = path.strip_suffix(".js").map(|stem| format!("{stem}.ts"));
    let endings = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json", "/index.ts", "/index.js", "/index.json"];
    let candidates =
        std::iter::once(path.clone()).chain(written).chain(endings.iter().map(|ending| format!("{path}{ending}")));
    let Some(found) = candidates.into_iter().find(|candidate| is_file(folder, candidate)) else {
        return Target::Not(format!("`{shown}` isn't there"));
    };
    if found.ends_with(".json") {
        return Target::Json(found);
    }
    if let Some(index) = modules.iter().position(|module| module.path == found) {
        return Target::Code(index);
    }
    if modules.len() >= MOST_FILES {
        return Target::Not(format!("`{shown}` would be one of more than {MOST_FILES} files"));
    }
    match read_text(folder, &found) {
        Fact::Known(text) => {
            modules.push(module(&found, text));
            Target::Code(modules.len() - 1)
        }
        Fact::Absent => Target::Not(format!("`{shown}` isn't there")),
        Fact::Unknown(why) | Fact::Unreadable(why) => Target::Not(format!("`{shown}` isn't read: {why}")),
    }
}
