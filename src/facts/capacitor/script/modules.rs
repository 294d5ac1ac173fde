//! Modules: what they import, in the order of the imports, and what they export.

use std::rc::Rc;

use swc_common::{Span, Spanned as _};
use swc_ecma_ast::{
    Decl, DefaultDecl, ExportSpecifier, ExprOrSpread, ImportDecl, ImportSpecifier, ModuleDecl, ModuleExportName,
    ModuleItem, NamedExport, Pat, Program, TsModuleRef,
};

use super::super::disk::read_text;
use super::super::value::{Node, Place, Value};
use super::interpreter::{Code, Interpreter};
use super::load::Target;
use super::statements::Flow;
use crate::inputs::parse_json;
use crate::model::{Fact, Position};

impl<'a> Interpreter<'a> {
    /// What the first module exports, as the CLI takes it: `module.exports` when it is set, else the default export
    /// (cli/src/config.ts, `loadExtConfigTS` and `loadExtConfigJS`).
    pub fn configuration(&mut self) -> Node {
        let node = self.exports_of(0);
        self.default_of(0, &node)
    }

    /// The `module.exports` of a module, which is run when it is asked for first.
    fn exports_of(&mut self, index: usize) -> Node {
        let start = Place { file: index, position: Position { line: 1, column: 1 } };
        if let Some(Some((module, _))) = self.running.get(index).copied() {
            return self.get(&Node::new(Value::Object(module), start), "exports", start);
        }
        let modules = self.modules;
        let Some(module) = modules.get(index) else { return Node::unknown("it isn't read", start) };
        let tree = match &module.tree {
            Ok(tree) => tree,
            Err((position, why)) => {
                return Node::unknown(format!("`{}` can't be read: line {}: {why}", module.path, position.line), start);
            }
        };
        if self.enter().is_none() {
            return Node::unknown("its files import each other too deeply", start);
        }
        let (exports, object) = (self.new_object(false), self.new_object(false));
        self.heap.put(object, "exports", Node::new(Value::Object(exports), start), start);
        if let Some(slot) = self.running.get_mut(index) {
            *slot = Some((object, exports));
        }
        let outer = (self.module, self.scope, std::mem::take(&mut self.path));
        self.module = index;
        self.open_scope(None);
        self.bind("module", Node::new(Value::Object(object), start));
        self.bind("exports", Node::new(Value::Object(exports), start));
        match tree {
            Program::Module(module) => self.items(&module.body, exports),
            Program::Script(script) => {
                self.statements(&script.body);
            }
        }
        (self.module, self.scope, self.path) = outer;
        self.leave();
        self.get(&Node::new(Value::Object(object), start), "exports", start)
    }

    /// The default export, or what `module.exports` was replaced by.
    fn default_of(&mut self, index: usize, exports: &Node) -> Node {
        let own = self.running.get(index).copied().flatten().map(|(_, exports)| exports);
        match exports.value {
            Value::Object(id) if Some(id) == own => self.get(exports, "default", exports.place),
            _ => exports.clone(),
        }
    }

    fn items(&mut self, items: &'a [ModuleItem], exports: usize) {
        for item in items {
            match item {
                ModuleItem::Stmt(statement) => self.hoist(statement),
                ModuleItem::ModuleDecl(ModuleDecl::Import(import)) if !import.type_only => self.import(import),
                ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => {
                    if let Decl::Fn(function) = &export.decl {
                        let node = self.function(Code::Function(&function.function), function.ident.span.lo);
                        self.bind(&function.ident.sym, node);
                    }
                }
                ModuleItem::ModuleDecl(ModuleDecl::ExportDefaultDecl(export)) => {
                    if let DefaultDecl::Fn(function) = &export.decl {
                        let node = self.function(Code::Function(&function.function), export.span.lo);
                        if let Some(name) = &function.ident {
                            self.bind(&name.sym, node.clone());
                        }
                        self.export(exports, "default", node);
                    }
                }
                ModuleItem::ModuleDecl(_) => {}
            }
        }
        for item in items {
            match item {
                ModuleItem::Stmt(statement) => {
                    if self.statement(statement) == Flow::Leaves {
                        break;
                    }
                }
                ModuleItem::ModuleDecl(declaration) => self.module_item(declaration, exports),
            }
        }
        // Names are exported as they are in the end.
        for item in items {
            if let ModuleItem::ModuleDecl(ModuleDecl::ExportNamed(named)) = item {
                self.named(named, exports);
            }
        }
    }

    fn module_item(&mut self, declaration: &'a ModuleDecl, exports: usize) {
        match declaration {
            ModuleDecl::ExportDefaultExpr(export) => {
                let node = self.expression(&export.expr);
                self.export(exports, "default", node);
            }
            ModuleDecl::ExportDecl(export) => {
                self.declaration(&export.decl);
                let mut names = Vec::new();
                match &export.decl {
                    Decl::Var(variables) => names_of(variables.decls.iter().map(|one| &one.name), &mut names),
                    Decl::Fn(function) => names.push(function.ident.sym.to_string()),
                    Decl::TsEnum(list) => names.push(list.id.sym.to_string()),
                    _ => {}
                }
                for name in names {
                    if let Some(node) = self.variable(&name) {
                        self.export(exports, &name, node);
                    }
                }
            }
            ModuleDecl::ExportAll(all) => {
                let source = self.target(&all.src.value.to_string_lossy(), all.span);
                self.spread(exports, &source, "export *");
            }
            ModuleDecl::TsExportAssignment(assignment) => {
                let node = self.expression(&assignment.expr);
                let at = node.place;
                if let Some(Some((module, _))) = self.running.get(self.module).copied() {
                    self.set(module, "exports", node, at);
                }
            }
            ModuleDecl::TsImportEquals(import) => {
                if let TsModuleRef::TsExternalModuleRef(reference) = &import.module_ref
                    && !import.is_type_only
                {
                    let node = self.target(&reference.expr.value.to_string_lossy(), import.span);
                    self.bind(&import.id.sym, node);
                }
            }
            _ => {}
        }
    }

    fn export(&mut self, exports: usize, name: &str, node: Node) {
        let at = node.place;
        self.set(exports, name, node, at);
    }

    fn named(&mut self, named: &'a NamedExport, exports: usize) {
        if named.type_only {
            return;
        }
        let source = named.src.as_ref().map(|source| self.target(&source.value.to_string_lossy(), named.span));
        for specifier in &named.specifiers {
            match specifier {
                ExportSpecifier::Named(one) => {
                    let original = name_of(&one.orig);
                    let exported = one.exported.as_ref().map_or_else(|| original.clone(), name_of);
                    let node = match &source {
                        Some(source) => self.imported(source, &original, one.span),
                        None => self.variable(&original).unwrap_or_else(|| self.opaque(&original, one.span.lo)),
                    };
                    self.export(exports, &exported, node);
                }
                ExportSpecifier::Namespace(one) => {
                    if let Some(source) = source.clone() {
                        self.export(exports, &name_of(&one.name), source);
                    }
                }
                ExportSpecifier::Default(_) => {}
            }
        }
    }

    fn import(&mut self, import: &'a ImportDecl) {
        let source = self.target(&import.src.value.to_string_lossy(), import.span);
        for specifier in &import.specifiers {
            match specifier {
                ImportSpecifier::Named(one) => {
                    let name = one.imported.as_ref().map_or_else(|| one.local.sym.to_string(), name_of);
                    let node = self.imported(&source, &name, one.span);
                    self.bind(&one.local.sym, node);
                }
                ImportSpecifier::Default(one) => {
                    let node = self.imported(&source, "default", one.span);
                    self.bind(&one.local.sym, node);
                }
                ImportSpecifier::Namespace(one) => self.bind(&one.local.sym, source.clone()),
            }
        }
    }

    /// A name of a module: of code, of JSON (whose default is the whole), or of a package.
    fn imported(&mut self, source: &Node, name: &str, span: Span) -> Node {
        let at = self.place(span.lo);
        match &source.value {
            Value::Package(package) if name == "default" => Node::new(Value::Package(Rc::clone(package)), at),
            Value::Package(_) => match super::super::known::enumeration(name) {
                Some(members) => {
                    let id = self.new_object(false);
                    for (member, value) in members {
                        self.heap.put(id, member, Node::new(Value::Text(Rc::from(*value)), at), at);
                    }
                    Node::new(Value::Object(id), at)
                }
                None => self.get(source, name, at),
            },
            Value::Object(id) if name == "default" => {
                let own = self.running.iter().flatten().any(|(_, exports)| exports == id);
                if own { self.get(source, name, at) } else { source.clone() }
            }
            Value::Unknown(_) => source.clone(),
            _ => self.get(source, name, at),
        }
    }

    /// `require("…")` and `import("…")`.
    pub fn load_call(&mut self, arguments: &'a [ExprOrSpread], span: Span) -> Node {
        let given = self.arguments(arguments);
        match given.first().map(|node| &node.value) {
            Some(Value::Text(specifier)) => self.target(specifier, span),
            _ => self.opaque(&self.source(span), span.lo),
        }
    }

    fn target(&mut self, specifier: &str, span: Span) -> Node {
        let at = self.place(span.lo);
        let modules = self.modules;
        match modules.get(self.module).and_then(|module| module.imports.get(specifier)) {
            Some(Target::Code(index)) => self.exports_of(*index),
            Some(Target::Json(path)) => self.json_file(path, at),
            Some(Target::Package) => {
                Node::new(Value::Package(Rc::from(specifier.strip_prefix("node:").unwrap_or(specifier))), at)
            }
            Some(Target::Not(why)) => Node::unknown(why, at),
            None => Node::unknown(format!("`{specifier}` isn't read"), at),
        }
    }

    /// A JSON file of the app, as a value.
    pub fn json_file(&mut self, path: &str, at: Place) -> Node {
        if let Some(node) = self.json.get(path) {
            return node.clone();
        }
        let walks_out =
            path.starts_with('/') || path.split('/').any(|part| part == ".." || part.contains(['\\', ':', '\0']));
        let text = if walks_out || self.json.len() >= 20 { Fact::Absent } else { read_text(self.folder, path) };
        let node = match text {
            Fact::Known(text) => match parse_json(&text) {
                Ok(json) => {
                    self.files.push(path.to_owned());
                    self.heap.json(&json.root, self.files.len() - 1)
                }
                Err((position, why)) => {
                    Node::unknown(format!("`{path}` can't be read: line {}: {why}", position.line), at)
                }
            },
            Fact::Absent => Node::unknown(format!("it is read from `{path}`, which isn't there"), at),
            Fact::Unknown(why) | Fact::Unreadable(why) => Node::unknown(format!("it is read from `{path}`: {why}"), at),
        };
        self.json.insert(path.to_owned(), node.clone());
        node
    }
}

fn names_of<'p>(patterns: impl Iterator<Item = &'p Pat>, names: &mut Vec<String>) {
    for pattern in patterns {
        if let Pat::Ident(name) = pattern {
            names.push(name.id.sym.to_string());
        }
    }
}

fn name_of(name: &ModuleExportName) -> String {
    match name {
        ModuleExportName::Ident(name) => name.sym.to_string(),
        ModuleExportName::Str(text) => text.value.to_string_lossy().into_owned(),
    }
}

/// The places of a module's default exports, of which there may be one.
pub(super) fn second_default(program: &Program) -> Option<(swc_common::BytePos, swc_common::BytePos)> {
    let Program::Module(module) = program else { return None };
    let mut places = module.body.iter().filter_map(|item| match item {
        ModuleItem::ModuleDecl(ModuleDecl::ExportDefaultExpr(export)) => Some(export.span.lo),
        ModuleItem::ModuleDecl(ModuleDecl::ExportDefaultDecl(export)) => {
            (!matches!(export.decl, DefaultDecl::TsInterfaceDecl(_))).then_some(export.span.lo)
        }
        ModuleItem::ModuleDecl(ModuleDecl::ExportNamed(named)) => named.specifiers.iter().find_map(|one| match one {
            ExportSpecifier::Named(one) => {
                let exported = one.exported.as_ref().map_or_else(|| name_of(&one.orig), name_of);
                (exported == "default").then(|| one.span().lo)
            }
            _ => None,
        }),
        _ => None,
    });
    Some((places.next()?, places.next()?))
}
