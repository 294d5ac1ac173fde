//! Names that come into being: declarations, patterns, parameters, classes; and functions as they open and close.

use swc_atoms::Atom;
use swc_common::BytePos;
use swc_ecma_ast::{
    Class, ClassMember, Decl, DefaultDecl, Expr, ExprOrSpread, Function, MethodKind, ModuleDecl, ModuleItem,
    ObjectPatProp, Pat, PropName, Stmt,
};

use super::SiteKind;
use super::apply;
use super::fold::Owner;
use super::value::{Operation, Value};
use super::walk::{Frame, Received, Walker};

/// How many values one function's returns keep before they are joined.
const MOST_RETURNS: usize = 8;

impl Frame {
    /// One more value that the function returns.
    pub fn give(&mut self, value: Value) {
        if self.returns.len() < MOST_RETURNS {
            self.returns.push(value);
        }
    }
}

impl Walker {
    /// Functions that these statements declare are known before the first of them.
    pub fn hoist(&mut self, statements: &[Stmt]) {
        for statement in statements {
            if let Stmt::Decl(declaration) = statement {
                self.hoist_declaration(declaration);
            }
        }
    }

    /// The same for a module's.
    pub fn hoist_items(&mut self, items: &[ModuleItem]) {
        for item in items {
            match item {
                ModuleItem::Stmt(Stmt::Decl(declaration)) => self.hoist_declaration(declaration),
                ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => {
                    self.hoist_declaration(&export.decl);
                    if let Decl::Fn(function) = &export.decl {
                        self.escapes(function.function.span.lo);
                    }
                }
                ModuleItem::ModuleDecl(ModuleDecl::ExportDefaultDecl(export)) => {
                    if let DefaultDecl::Fn(function) = &export.decl {
                        if let Some(name) = &function.ident {
                            self.declare_function(&name.sym, function.function.span.lo);
                        }
                        self.escapes(function.function.span.lo);
                    }
                }
                _ => {}
            }
        }
    }

    fn escapes(&mut self, begin: BytePos) {
        let function = self.resolver.function(begin);
        self.resolver.functions.escape(function);
    }

    fn hoist_declaration(&mut self, declaration: &Decl) {
        match declaration {
            Decl::Fn(function) => self.declare_function(&function.ident.sym, function.function.span.lo),
            Decl::Class(class) => {
                self.resolver.scopes.define(&class.ident.sym, Value::Class(class.class.span.lo.0), false);
            }
            _ => {}
        }
    }

    fn declare_function(&mut self, name: &Atom, begin: BytePos) {
        let function = self.resolver.declare(name, begin);
        self.resolver.scopes.define(name, Value::Function(function), false);
    }

    /// All names of a pattern get their part of `value`.
    pub fn bind(&mut self, pattern: &Pat, value: &Value, of_function: bool) {
        match pattern {
            Pat::Ident(name) => self.resolver.scopes.define(&name.id.sym, value.clone(), of_function),
            Pat::Array(array) => {
                for (index, inner) in array.elems.iter().enumerate() {
                    let Some(inner) = inner else { continue };
                    let at = Value::Number(u32::try_from(index).map_or(f64::NAN, f64::from));
                    let part = if matches!(inner, Pat::Rest(_)) { value.clone() } else { part(value, &at) };
                    self.bind(inner, &part, of_function);
                }
            }
            Pat::Rest(rest) => self.bind(&rest.arg, value, of_function),
            Pat::Assign(assign) => {
                let value = match value {
                    Value::Undefined => self.resolver.value(&assign.right),
                    Value::Unknown => match self.resolver.value(&assign.right) {
                        known @ (Value::Known(_) | Value::Network(_)) => known,
                        _ => Value::Unknown,
                    },
                    value if value.is_later() => match self.resolver.value(&assign.right) {
                        known @ Value::Known(_) => Value::later(Operation::Either(known, value.clone())),
                        _ => value.clone(),
                    },
                    value => value.clone(),
                };
                self.bind(&assign.left, &value, of_function);
            }
            Pat::Object(object) => {
                for property in &object.props {
                    match property {
                        ObjectPatProp::KeyValue(pair) => {
                            let part = match (value, &pair.key) {
                                (Value::Unknown, PropName::Ident(name)) => part_of_unknown(&name.sym),
                                (Value::Unknown, _) => Value::Unknown,
                                (value, PropName::Ident(name)) => apply::member(value, &name.sym),
                                (value, key) => self
                                    .resolver
                                    .property(key, 8)
                                    .map_or(Value::Unknown, |name| apply::member(value, &name)),
                            };
                            self.bind(&pair.value, &part, of_function);
                        }
                        ObjectPatProp::Assign(pair) => {
                            let part = match value {
                                Value::Unknown => part_of_unknown(&pair.key.id.sym),
                                value => apply::member(value, &pair.key.id.sym),
                            };
                            self.resolver.scopes.define(&pair.key.id.sym, part, of_function);
                        }
                        ObjectPatProp::Rest(rest) => self.bind(&rest.arg, &Value::Unknown, of_function),
                    }
                }
            }
            Pat::Invalid(_) | Pat::Expr(_) => {}
        }
    }

    /// Opens a function: its parameters hold what its callers give it.
    pub fn enter_function<'a>(&mut self, begin: BytePos, parameters: impl Iterator<Item = &'a Pat>) {
        let function = self.resolver.function(begin);
        let received = std::mem::replace(&mut self.received, Received::Named);
        self.resolver.scopes.enter(true);
        let is_named = matches!(received, Received::Named);
        let given = match received {
            Received::Named => None,
            Received::Value(value) => Some(apply::one(&value)),
            Received::All(values) => Some(values),
        };
        for (index, parameter) in parameters.enumerate() {
            let value = if is_named && !matches!(parameter, Pat::Rest(_)) {
                u32::try_from(index).map_or(Value::Unknown, |index| Value::Parameter(function, index))
            } else {
                given.as_ref().and_then(|given| given.get(index)).cloned().unwrap_or(Value::Unknown)
            };
            self.bind(parameter, &value, false);
        }
        let first_site = self.sites.list.len();
        self.frames.push(Frame {
            function,
            returns: Vec::new(),
            first_site,
            is_loader: false,
            machine: None,
            yields: false,
        });
    }

    /// Closes it.
    pub fn leave_function(&mut self) {
        self.resolver.scopes.leave();
        let Some(frame) = self.frames.pop() else { return };
        if frame.returns.iter().any(|value| *value != Value::Unknown) {
            self.resolver.functions.returned(frame.function, frame.returns);
        }
        if frame.is_loader {
            for site in self.sites.list.iter_mut().skip(frame.first_site) {
                site.is_loader |= site.kind == SiteKind::ScriptElement;
            }
        }
    }

    /// What the open function returns.
    pub fn returns(&mut self, expression: &Expr) {
        if self.frames.last().is_none_or(|frame| frame.returns.len() >= MOST_RETURNS) {
            return;
        }
        let value = self.promising(expression);
        if let Some(frame) = self.frames.last_mut() {
            frame.give(value);
        }
    }

    /// The value of an initialiser, when its shape can hold one that matters.
    pub fn promising(&self, expression: &Expr) -> Value {
        match expression {
            Expr::Update(_) | Expr::TaggedTpl(_) | Expr::JSXElement(_) => Value::Unknown,
            _ => self.resolver.value(expression),
        }
    }

    /// `super(arguments)`
    pub fn super_call(&mut self, arguments: &[ExprOrSpread], at: usize) {
        let Some(Owner::Class(class)) = self.resolver.owners.last() else { return };
        if let Some(parent) = self.resolver.functions.parents.get(class) {
            let constructor = apply::member(&Value::Instance(*parent), &Atom::from("constructor"));
            let values = self.resolver.arguments(arguments);
            self.resolver.functions.later_call(constructor, values, at);
        }
    }

    /// The methods and fields of a class that is about to be walked.
    pub fn enter_class(&mut self, class: &Class) {
        let id = class.span.lo.0;
        if let Some(Value::Class(parent)) = class.super_class.as_deref().map(|parent| self.resolver.value(parent)) {
            self.resolver.functions.parents.insert(id, parent);
        }
        for part in &class.body {
            let (name, function, kind): (Option<Atom>, &Function, MethodKind) = match part {
                ClassMember::Method(method) => (self.resolver.property(&method.key, 8), &method.function, method.kind),
                ClassMember::PrivateMethod(method) => (Some(method.key.name.clone()), &method.function, method.kind),
                ClassMember::Constructor(constructor) => {
                    let function = self.resolver.function(constructor.span.lo);
                    self.resolver.functions.field(id, &Atom::from("constructor"), Value::Function(function));
                    continue;
                }
                ClassMember::ClassProp(property) => {
                    let value = property.value.as_deref().map_or(Value::Unknown, |value| self.promising(value));
                    if let Some(name) = self.resolver.property(&property.key, 8).filter(|_| value != Value::Unknown) {
                        self.resolver.functions.field(id, &name, value);
                    }
                    continue;
                }
                ClassMember::PrivateProp(property) => {
                    let value = property.value.as_deref().map_or(Value::Unknown, |value| self.promising(value));
                    if value != Value::Unknown {
                        self.resolver.functions.field(id, &property.key.name, value);
                    }
                    continue;
                }
                _ => continue,
            };
            let Some(name) = name else { continue };
            let function = Value::Function(self.resolver.function(function.span.lo));
            let value = match kind {
                MethodKind::Method => function,
                // What it gives is the field, not the function.
                MethodKind::Getter => Value::later(Operation::Call(function, apply::none())),
                MethodKind::Setter => continue,
            };
            self.resolver.functions.field(id, &name, value);
        }
        self.resolver.owners.push(Owner::Class(id));
    }
}

/// What a part of anything is by its name alone, as `resolver.member` tells it.
fn part_of_unknown(name: &Atom) -> Value {
    if *name == *"responseText" { Value::Network("XMLHttpRequest") } else { Value::Unknown }
}

fn part(value: &Value, key: &Value) -> Value {
    if *value == Value::Unknown { Value::Unknown } else { apply::index(value, key) }
}
