//! The keys that Capacitor and the update plugins know, with the types of their values, and the enumerations whose
//! members configurations name.

/// The type that a key's value must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Bool,
    /// A boolean, or one of these words.
    BoolOr(&'static [&'static str]),
    Number,
    List,
    Block,
}

use Type::{Block, Bool, BoolOr, List, Number, Text};

/// The keys of one block.
pub(super) struct Known {
    pub path: &'static [&'static str],
    pub keys: &'static [(&'static str, Type)],
}

/// `CapacitorConfig` (cli/src/declarations.ts of Capacitor 8 and its older keys), and `PluginsConfig` of the update
/// plugins: @capgo/capacitor-updater, @capawesome/capacitor-live-update and @capacitor/live-updates (their
/// `definitions.ts`), @otakit/capacitor-updater.
pub(super) static BLOCKS: &[Known] = &[
    Known {
        path: &[],
        keys: &[
            ("appId", Text),
            ("appName", Text),
            ("webDir", Text),
            ("bundledWebRuntime", Bool),
            ("hideLogs", Bool),
            ("loggingBehavior", Text),
            ("overrideUserAgent", Text),
            ("appendUserAgent", Text),
            ("backgroundColor", Text),
            ("initialFocus", Bool),
            ("zoomEnabled", Bool),
            ("linuxAndroidStudioPath", Text),
            ("npmClient", Text),
            ("android", Block),
            ("ios", Block),
            ("server", Block),
            ("cordova", Block),
            ("plugins", Block),
            ("includePlugins", List),
            ("experimental", Block),
            ("packageClassList", List),
            ("electron", Block),
        ],
    },
    Known {
        path: &["server"],
        keys: &[
            ("url", Text),
            ("cleartext", Bool),
            ("androidScheme", Text),
            ("iosScheme", Text),
            ("hostname", Text),
            ("allowNavigation", List),
            ("errorPath", Text),
            ("appStartPath", Text),
        ],
    },
    Known {
        path: &["android"],
        keys: &[
            ("path", Text),
            ("overrideUserAgent", Text),
            ("appendUserAgent", Text),
            ("backgroundColor", Text),
            ("zoomEnabled", Bool),
            ("allowMixedContent", Bool),
            ("captureInput", Bool),
            ("webContentsDebuggingEnabled", Bool),
            ("hideLogs", Bool),
            ("loggingBehavior", Text),
            ("includePlugins", List),
            ("flavor", Text),
            ("initialFocus", Bool),
            ("minWebViewVersion", Number),
            ("minHuaweiWebViewVersion", Number),
            ("buildOptions", Block),
            ("useLegacyBridge", Bool),
            ("resolveServiceWorkerRequests", Bool),
            ("adjustMarginsForEdgeToEdge", Text),
        ],
    },
    Known {
        path: &["android", "buildOptions"],
        keys: &[
            ("keystorePath", Text),
            ("keystorePassword", Text),
            ("keystoreAlias", Text),
            ("keystoreAliasPassword", Text),
            ("releaseType", Text),
            ("signingType", Text),
        ],
    },
    Known {
        path: &["ios"],
        keys: &[
            ("path", Text),
            ("scheme", Text),
            ("overrideUserAgent", Text),
            ("appendUserAgent", Text),
            ("backgroundColor", Text),
            ("zoomEnabled", Bool),
            ("contentInset", Text),
            ("scrollEnabled", Bool),
            ("cordovaLinkerFlags", List),
            ("allowsLinkPreview", Bool),
            ("hideLogs", Bool),
            ("loggingBehavior", Text),
            ("includePlugins", List),
            ("limitsNavigationsToAppBoundDomains", Bool),
            ("preferredContentMode", Text),
            ("handleApplicationNotifications", Bool),
            ("webContentsDebuggingEnabled", Bool),
            ("initialFocus", Bool),
            ("buildOptions", Block),
        ],
    },
    Known {
        path: &["plugins", "CapacitorUpdater"],
        keys: &[
            ("updateUrl", Text),
            ("statsUrl", Text),
            ("channelUrl", Text),
            ("publicKey", Text),
            ("privateKey", Text),
            ("signKey", Text),
            ("autoUpdate", BoolOr(&["off", "atBackground", "atInstall", "onLaunch", "always", "onlyDownload"])),
            ("directUpdate", BoolOr(&["atInstall", "onLaunch", "always"])),
            ("autoSplashscreen", Bool),
            ("allowModifyUrl", Bool),
            ("persistModifyUrl", Bool),
            ("allowModifyAppId", Bool),
            ("allowPreview", Bool),
            ("allowManualBundleError", Bool),
            ("shakeMenu", Bool),
            ("allowShakeChannelSelector", Bool),
            ("defaultChannel", Text),
            ("allowSetDefaultChannel", Bool),
            ("persistDefaultChannelOnReinstall", Bool),
            ("persistCustomId", Bool),
            ("appId", Text),
            ("version", Text),
            ("resetWhenUpdate", Bool),
            ("autoDeleteFailed", Bool),
            ("autoDeletePrevious", Bool),
            ("appReadyTimeout", Number),
            ("responseTimeout", Number),
            ("periodCheckDelay", Number),
            ("keepUrlPathAfterReload", Bool),
            ("disableJSLogging", Bool),
            ("osLogging", Bool),
            ("localS3", Bool),
            ("localHost", Text),
            ("localWebHost", Text),
            ("localSupa", Text),
            ("localSupaAnon", Text),
            ("localApi", Text),
            ("localApiFiles", Text),
        ],
    },
    Known {
        path: &["plugins", "LiveUpdate"],
        keys: &[
            ("appId", Text),
            ("autoBlockRolledBackBundles", Bool),
            ("autoDeleteBundles", Bool),
            ("autoUpdateStrategy", Text),
            ("defaultChannel", Text),
            ("httpTimeout", Number),
            ("publicKey", Text),
            ("readyTimeout", Number),
            ("serverDomain", Text),
            ("location", Text),
            ("enabled", Bool),
            ("resetOnUpdate", Bool),
        ],
    },
    Known {
        path: &["plugins", "LiveUpdates"],
        keys: &[
            ("appId", Text),
            ("channel", Text),
            ("autoUpdateMethod", Text),
            ("strategy", Text),
            ("enabled", Bool),
            ("maxVersions", Number),
            ("key", Text),
            ("urlToken", Text),
        ],
    },
    Known { path: &["plugins", "FederatedCapacitor"], keys: &[("liveUpdatesKey", Text)] },
    Known {
        path: &["plugins", "OtaKit"],
        keys: &[
            ("appId", Text),
            ("channel", Text),
            ("runtimeVersion", Text),
            ("launchPolicy", Text),
            ("resumePolicy", Text),
            ("runtimePolicy", Text),
            ("checkInterval", Number),
            ("appReadyTimeout", Number),
            ("ingestUrl", Text),
            ("serverUrl", Text),
            ("cdnUrl", Text),
            ("manifestKeys", List),
            ("bundleKeys", List),
            ("allowInsecureUrls", Bool),
        ],
    },
    Known { path: &["plugins", "CapacitorHttp"], keys: &[("enabled", Bool)] },
    Known { path: &["plugins", "CapacitorCookies"], keys: &[("enabled", Bool)] },
    Known { path: &["plugins", "SSLPinning"], keys: &[("certs", List), ("excludedDomains", List)] },
];

/// Blocks of plugins whose other keys aren't told: they pass on what they don't know.
pub(super) const FREE: &[&str] = &["FederatedCapacitor", "CapacitorHttp", "CapacitorCookies"];

/// The members of an enumeration that a Capacitor plugin exports, by its name: @capacitor/keyboard,
/// @capacitor/status-bar, @capacitor/core (`definitions.ts` of each).
pub(super) fn enumeration(name: &str) -> Option<&'static [(&'static str, &'static str)]> {
    Some(match name {
        "KeyboardResize" => &[("Body", "body"), ("Ionic", "ionic"), ("Native", "native"), ("None", "none")],
        "KeyboardStyle" | "Style" | "SystemBarsStyle" => {
            &[("Dark", "DARK"), ("Light", "LIGHT"), ("Default", "DEFAULT")]
        }
        "Animation" => &[("None", "NONE"), ("Slide", "SLIDE"), ("Fade", "FADE")],
        _ => return None,
    })
}
