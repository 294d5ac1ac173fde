//! What a script calls and reads of the browser, of native plugins and of well-known services, by name; seen on the one
//! walk.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use swc_atoms::Atom;
use swc_ecma_ast::{Expr, Lit, MemberExpr, MemberProp, VarDeclarator};

use super::AddressRole;
use super::plugins::registered;
use super::value::Value;

/// Names kept of one script.
const MOST_USES: usize = 2_000;
/// Addresses kept of one script.
const MOST_ADDRESSES: usize = 1_000;
/// Names of one path.
const MOST_PARTS: usize = 5;
/// The longest name.
const LONGEST_NAME: usize = 64;
/// How much of an address is kept.
const LONGEST_ADDRESS: usize = 200;

/// The global names that are followed, unless the script has its own thing of that name.
const ROOTS: &[&str] = &[
    "AbsoluteOrientationSensor",
    "__webpack_init_sharing__",
    "Accelerometer",
    "Amplitude",
    "ApplePaySession",
    "AppsFlyer",
    "AudioContext",
    "Capacitor",
    "Cookiebot",
    "Crisp",
    "DeviceMotionEvent",
    "DeviceOrientationEvent",
    "Didomi",
    "EventSource",
    "FB",
    "FS",
    "FaceDetector",
    "FileReader",
    "FontFace",
    "Gyroscope",
    "HealthConnect",
    "Intercom",
    "Intl",
    "LDClient",
    "LogRocket",
    "Magnetometer",
    "MediaRecorder",
    "NDEFReader",
    "Notification",
    "OfflineAudioContext",
    "OneSignal",
    "OneSignalDeferred",
    "OneTrust",
    "PaymentRequest",
    "PublicKeyCredential",
    "RTCPeerConnection",
    "Sentry",
    "SpeechRecognition",
    "Stripe",
    "UC_UI",
    "WebSocket",
    "XMLHttpRequest",
    "__gpp",
    "__tcfapi",
    "_paq",
    "adjust",
    "amplitude",
    "analytics",
    "branch",
    "caches",
    "clarity",
    "cookieStore",
    "cordova",
    "crypto",
    "dataLayer",
    "document",
    "fbq",
    "fetch",
    "ga",
    "googlefc",
    "gtag",
    "heap",
    "history",
    "hj",
    "indexedDB",
    "localStorage",
    "location",
    "mixpanel",
    "navigator",
    "performance",
    "pintrk",
    "plugins",
    "posthog",
    "purchases",
    "screen",
    "sessionStorage",
    "showOpenFilePicker",
    "snaptr",
    "ttq",
    "twq",
    "webkitSpeechRecognition",
    "zE",
];

/// Methods that are kept whatever they are called on: the means of telling devices apart.
const ANYWHERE: &[&str] = &[
    "createDynamicsCompressor",
    "enumerateDevices",
    "getBattery",
    "getHighEntropyValues",
    "getImageData",
    "getShaderPrecisionFormat",
    "getSupportedExtensions",
    "getTimezoneOffset",
    "measureText",
    "resolvedOptions",
    "toDataURL",
];

static ANYWHERE_NAMES: LazyLock<FxHashSet<Atom>> =
    LazyLock::new(|| ANYWHERE.iter().map(|name| Atom::from(*name)).collect());
static ROOT_NAMES: LazyLock<FxHashSet<Atom>> = LazyLock::new(|| ROOTS.iter().map(|name| Atom::from(*name)).collect());

/// Whether a global name is followed.
pub fn is_root(name: &Atom) -> bool {
    ROOT_NAMES.contains(name)
}

/// How a name is met.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Call,
    Read,
}

/// One name, before it is placed.
#[derive(Debug)]
pub struct Use {
    pub is_plugin: bool,
    pub calls: u32,
    pub reads: u32,
    pub at: usize,
}

/// What was seen.
#[derive(Default)]
pub struct Uses {
    pub list: FxHashMap<String, Use>,
    /// Variables that hold a native plugin, and its name.
    plugins: FxHashMap<Atom, Atom>,
    pub addresses: BTreeMap<(String, AddressRole, bool), usize>,
}

impl Uses {
    pub fn is_empty(&self) -> bool {
        self.list.is_empty() && self.addresses.is_empty()
    }

    /// `const a = registerPlugin('Name', …)`.
    pub fn declarator(&mut self, declarator: &VarDeclarator) {
        let (Some(name), Some(Expr::Call(call))) = (declarator.name.as_ident(), declarator.init.as_deref()) else {
            return;
        };
        if let Some(plugin) = registered(call) {
            self.plugins.insert(name.id.sym.clone(), Atom::from(plugin));
        }
    }

    /// A member of a root, with whatever stands between; `is_global` tells the browser's names from the script's own.
    pub fn member(&mut self, member: &MemberExpr, way: Way, at: usize, is_global: impl Fn(&Atom) -> bool) {
        if way == Way::Call
            && let MemberProp::Ident(name) = &member.prop
            && ANYWHERE_NAMES.contains(&name.sym)
        {
            self.note(format!("*.{}", name.sym), false, way, at);
        }
        let mut root = &*member.obj;
        while let Expr::Member(inner) = root {
            root = &inner.obj;
        }
        let Expr::Ident(root) = root else { return };
        let plugin = self.plugins.get(&root.sym);
        let is_window = matches!(&*root.sym, "window" | "self" | "globalThis" | "top");
        if plugin.is_none() && !is_window && !(is_root(&root.sym) && is_global(&root.sym)) {
            return;
        }
        let is_plugin = plugin.is_some();
        let mut path = if is_window { String::new() } else { plugin.unwrap_or(&root.sym).to_string() };
        if append(&mut path, member, 1).is_none() {
            return;
        }
        // `window.x` is the global `x`, where it is one that is followed.
        if is_window && !is_root(&Atom::from(path.split('.').next().unwrap_or_default())) {
            return;
        }
        self.note(path, is_plugin, way, at);
    }

    /// Forgets the uses of names that turned out to be the script's own.
    pub fn forget(&mut self, names: &FxHashSet<Atom>) {
        if !names.is_empty() {
            let root = |path: &String| Atom::from(path.split('.').next().unwrap_or_default());
            self.list.retain(|path, used| used.is_plugin || !names.contains(&root(path)));
        }
    }

    /// A call or construction of a root itself: `new MediaRecorder(…)`, `gtag(…)`.
    pub fn global(&mut self, name: &Atom, at: usize, is_global: impl Fn(&Atom) -> bool) {
        if is_root(name) && is_global(name) {
            self.note(name.to_string(), false, Way::Call, at);
        }
    }

    /// A call of a plugin's method that no variable's name tells.
    pub fn plugin(&mut self, plugin: &str, method: &str, at: usize) {
        self.note(format!("{plugin}.{method}"), true, Way::Call, at);
    }

    /// An address that is asked, or that a person is sent to.
    pub fn address(&mut self, value: Option<&Value>, role: AddressRole, at: usize) {
        let (url, open) = match value {
            Some(Value::Text(url)) => (url, false),
            Some(Value::Prefix(url)) => (url, true),
            _ => return,
        };
        if is_address(url) && self.addresses.len() < MOST_ADDRESSES {
            let url: String = url.chars().take(LONGEST_ADDRESS).collect();
            self.addresses.entry((url, role, open)).or_insert(at);
        }
    }

    fn note(&mut self, path: String, is_plugin: bool, way: Way, at: usize) {
        if self.list.len() >= MOST_USES && !self.list.contains_key(&path) {
            return;
        }
        let entry = self.list.entry(path).or_insert(Use { is_plugin, calls: 0, reads: 0, at });
        match way {
            Way::Call => {
                if entry.calls == 0 {
                    entry.at = at;
                }
                entry.calls = entry.calls.saturating_add(1);
            }
            Way::Read => entry.reads = entry.reads.saturating_add(1),
        }
    }

    /// The address of a text that is one.
    pub fn text(&mut self, text: &str, at: usize) {
        if matches!(text, "WEBGL_debug_renderer_info" | "UNMASKED_RENDERER_WEBGL") {
            self.note("*.WEBGL_debug_renderer_info".to_owned(), false, Way::Read, at);
        }
        if is_address(text) && self.addresses.len() < MOST_ADDRESSES {
            let url: String = text.chars().take(LONGEST_ADDRESS).collect();
            self.addresses.entry((url, AddressRole::Named, false)).or_insert(at);
        }
    }
}

/// Adds the names of a member to its root's, the outer ones first; none when one of them is not constant.
fn append(path: &mut String, member: &MemberExpr, parts: usize) -> Option<()> {
    if parts > MOST_PARTS {
        return None;
    }
    if let Expr::Member(inner) = &*member.obj {
        append(path, inner, parts + 1)?;
    }
    let text;
    let name = match &member.prop {
        MemberProp::Ident(name) => &*name.sym,
        MemberProp::Computed(computed) => {
            let Expr::Lit(Lit::Str(name)) = &*computed.expr else { return None };
            text = name.value.to_string_lossy();
            &*text
        }
        MemberProp::PrivateName(_) => return None,
    };
    if name.is_empty()
        || name.len() > LONGEST_NAME
        || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$')
    {
        return None;
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
    Some(())
}

fn is_address(text: &str) -> bool {
    ["https://", "http://", "wss://", "ws://"].iter().any(|start| text.starts_with(start))
}
