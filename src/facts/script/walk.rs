//! The one walk over a script's tree that all detectors share.

use swc_atoms::Atom;
use swc_common::BytePos;
use swc_ecma_ast::{ModuleItem, Program, Str};
use swc_ecma_visit::VisitWith as _;

use super::addresses::{address_of, code_of};
use super::calls::Calls;
use super::fold::Resolver;
use super::plugins::Plugins;
use super::sites::{Sites, settled};
use super::uses::Uses;
use super::value::{Arguments, FunctionId, Value};
use super::{AddressRole, Origin, SiteKind};
use crate::facts::keys::{PrivateKeyFact, private_keys_in_text};
use crate::facts::secrets::{SecretFact, secrets};

/// Shorter texts hold no secret.
const SHORTEST_SECRET: usize = 16;
/// Shorter texts hold no private key.
const SHORTEST_KEY: usize = 64;
/// Constant code is read too, up to this length, which is parsed safely whatever its shape is.
const LONGEST_NESTED: usize = 16 * 1024;
/// Constant codes of one script that are read.
const MOST_NESTED: usize = 40;

/// What the walk saw; offsets are bytes from the script's begin.
#[derive(Default)]
pub struct Walked {
    pub sites: Vec<Site>,
    pub sites_cut: bool,
    pub turns_a_table: bool,
    pub webassembly: Vec<usize>,
    pub secrets: Vec<(usize, SecretFact)>,
    pub keys: Vec<(usize, PrivateKeyFact)>,
    pub plugins: Plugins,
    pub calls: Calls,
    pub uses: Uses,
}

impl Walked {
    pub fn is_empty(&self) -> bool {
        self.sites.is_empty()
            && self.webassembly.is_empty()
            && self.secrets.is_empty()
            && self.keys.is_empty()
            && self.plugins.is_empty()
            && self.calls.is_empty()
            && self.uses.is_empty()
            && !self.sites_cut
            && !self.turns_a_table
    }
}

/// A site, before it is placed.
pub struct Site {
    pub kind: SiteKind,
    pub origin: Origin,
    pub offset: usize,
    pub idiom: Option<&'static str>,
}

/// The byte offset of a position of swc's, which counts from 1.
pub fn offset(position: BytePos) -> usize {
    usize::try_from(position.0.saturating_sub(1)).unwrap_or(usize::MAX)
}

/// Walks `program`, `length` bytes long, once.
pub fn walk(program: &Program, length: usize) -> Walked {
    let mut walker = Walker::new(length);
    match program {
        Program::Module(module) => walker.hoist_items(&module.body),
        Program::Script(script) => walker.hoist(&script.body),
    }
    program.visit_with(&mut walker);
    walker.finish()
}

/// What is known of how the next function is called.
pub enum Received {
    /// It stands where functions of the script stand: its calls are collected.
    Named,
    /// It is handed to something; its first parameter receives this.
    Value(Value),
    /// It is called where it stands, with these.
    All(Arguments),
}

/// A function that is open.
pub struct Frame {
    pub function: FunctionId,
    pub returns: Vec<Value>,
    /// The first of its sites, and whether it is a bundler's chunk loader.
    pub first_site: usize,
    pub is_loader: bool,
    /// The name of its state, where it is a state machine.
    pub machine: Option<Atom>,
    /// Whether what it yields is what its callers go through.
    pub yields: bool,
}

/// A walk over the statements of one script, in their order.
pub struct Walker {
    pub walked: Walked,
    pub resolver: Resolver,
    pub sites: Sites,
    pub received: Received,
    /// An `await` stood outside of all functions.
    pub awaits_outside: bool,
    pub frames: Vec<Frame>,
    /// Addresses that are known only at the end, what is done with them, and where.
    pub addresses: Vec<(Value, AddressRole, usize)>,
    /// Where webpack's chunks lie, when it is another host.
    pub public_path: Option<Value>,
    /// How deep this is a text within a script.
    pub nested: u32,
    /// What goes through the steps of a pipe, of which the next call is one.
    pub piped: Option<Value>,
    /// The next function stands as an expression.
    pub is_expression: bool,
}

impl Walker {
    /// A walk that has seen nothing yet of a script of `length` bytes.
    pub fn new(length: usize) -> Self {
        Self {
            walked: Walked::default(),
            resolver: Resolver::new(length),
            sites: Sites::default(),
            received: Received::Named,
            awaits_outside: false,
            frames: Vec::new(),
            addresses: Vec::new(),
            public_path: None,
            nested: 0,
            piped: None,
            is_expression: false,
        }
    }

    /// Walks the script's next statement.
    pub fn item(&mut self, item: &ModuleItem) {
        self.hoist_items(std::slice::from_ref(item));
        item.visit_with(self);
    }

    /// What was seen.
    pub fn finish(mut self) -> Walked {
        self.sites.settle_calls(&mut self.resolver.functions, self.resolver.rotates);
        for (value, role, at) in std::mem::take(&mut self.addresses) {
            for value in self.resolver.functions.targets(&value).0 {
                self.walked.uses.address(Some(&value), role, at);
            }
        }
        self.walked.plugins.settle();
        let mut read = 0;
        for site in std::mem::take(&mut self.sites.list) {
            let Some((values, is_code)) = settled(&self.resolver.functions, &site) else { continue };
            let origin = if is_code { code_of(&values) } else { address_of(values.first().unwrap_or(&Value::Unknown)) };
            // What a bundler's loader gets is a name below the public path.
            let origin = match (&origin, &self.public_path) {
                (Origin::Unknown, Some(path)) if site.is_loader || site.kind == SiteKind::ImportScripts => {
                    address_of(path)
                }
                _ => origin,
            };
            // Chunks of the bundle itself are the normal case and would drown the rest.
            if matches!(origin, Origin::SameOrigin { .. })
                && !matches!(site.kind, SiteKind::ImportScripts | SiteKind::Worker)
            {
                continue;
            }
            let idiom = match (&origin, values.last()) {
                (Origin::Constant { .. }, Some(Value::Text(text))) if site.kind == SiteKind::FunctionConstructor => {
                    is_global_shim(text).then_some("the global object shim of many libraries")
                }
                _ => None,
            };
            if idiom.is_none()
                && is_code
                && self.nested < 2
                && read < MOST_NESTED
                && let Some(Value::Text(code)) = values.last()
                && (24..LONGEST_NESTED).contains(&code.len())
            {
                read += 1;
                self.nested_sites(code, site.at);
            }
            self.walked.sites.push(Site { kind: site.kind, origin, offset: site.at, idiom });
        }
        self.walked.sites_cut = self.sites.cut || self.resolver.functions.is_exhausted();
        self.walked.turns_a_table = self.resolver.rotates;
        self.walked.webassembly.append(&mut self.sites.webassembly);
        self.walked.uses.forget(self.resolver.scopes.own_short());
        self.walked
    }

    /// What constant code does in its turn stands where the code is run.
    fn nested_sites(&mut self, code: &str, at: usize) {
        let Some(found) = super::parse::nested(code, self.nested + 1) else { return };
        for site in found.sites {
            let is_foreign =
                matches!(site.origin, Origin::Remote { .. } | Origin::NetworkDerived { .. } | Origin::UserInput { .. });
            if is_foreign && self.walked.sites.len() < super::sites::MOST_SITES {
                self.walked.sites.push(Site { offset: at, ..site });
            }
        }
    }

    /// A text of some length.
    pub fn text(&mut self, text: &str, at: usize) {
        self.walked.calls.text(text, at);
        self.walked.uses.text(text, at);
        if text.len() < SHORTEST_SECRET {
            if text == "data-webpack"
                && let Some(frame) = self.frames.last_mut()
            {
                frame.is_loader = true;
            }
            return;
        }
        for secret in secrets(text) {
            self.walked.secrets.push((at, secret));
        }
        if text.len() >= SHORTEST_KEY {
            for key in private_keys_in_text(text) {
                self.walked.keys.push((at, key));
            }
            // The head of a WebAssembly module in base64.
            if text.starts_with("AGFzbQ") {
                self.walked.webassembly.push(at);
            }
        }
    }

    /// The address of a static import.
    pub fn source(&mut self, source: &Str) {
        let value = Value::text(&source.value.to_string_lossy());
        if matches!(address_of(&value), Origin::Remote { .. } | Origin::Constant { .. }) {
            self.sites.address(SiteKind::StaticImport, Some(&value), offset(source.span.lo));
        }
    }
}

/// `Function("return this")` and its kin: a way to the global object that needs no name of it.
fn is_global_shim(text: &str) -> bool {
    let code = text.trim().trim_end_matches(';').trim_end();
    matches!(
        code,
        "return this"
            | "return this.constructor"
            | "return globalThis"
            | "return self"
            | "return window"
            | "return this || self"
            | "return globalThis || self"
    ) || code.starts_with("r, regeneratorRuntime = r")
        || code.starts_with("regeneratorRuntime = r")
}
