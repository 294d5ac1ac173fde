//! The command lines of update systems, as data, written down on 2026-11-23: Capgo's flags and OtaKit's options were looked up
//! in the vendors' sources, the others (`@capawesome/cli`, `appcenter-cli`, `eas-cli`, `@ionic/cli`, the Appflow CLI,
//! `cordova-hot-code-push-cli`) are from general knowledge of these tools.

use super::PublishAction::{self, Encrypt, Manifest, Package, Promote, Register, Upload};

/// One command line of an update system.
pub struct Tool {
    /// The update system.
    pub system: &'static str,
    /// The names of the program, as a package or as what it installs.
    pub programs: &'static [&'static str],
    /// Its commands that make, sign or deliver an update: the words after the program, and what they do.
    pub commands: &'static [(&'static [&'static str], PublishAction)],
    /// Options that name the signing key.
    pub key_options: &'static [&'static str],
    /// Options that refuse to sign.
    pub unsigned_options: &'static [&'static str],
    /// Options that name a token of the update system.
    pub token_options: &'static [&'static str],
    /// Options that name the channel.
    pub channel_options: &'static [&'static str],
    /// Options that say how many devices get it at first.
    pub rollout_options: &'static [&'static str],
    /// Options that switch a check off or show what should be secret, and what they do.
    pub weakening: &'static [(&'static str, &'static str)],
    /// Whether its command signs at all; where it does not, the server may.
    pub signs: bool,
}

/// All command lines that are known.
pub static TOOLS: &[Tool] = &[
    Tool {
        system: "capgo",
        programs: &["@capgo/cli", "capgo"],
        commands: &[
            (&["bundle", "upload"], Upload),
            (&["bundle", "u"], Upload),
            (&["upload"], Upload),
            (&["bundle", "encrypt"], Encrypt),
            (&["bundle", "zip"], Package),
            (&["channel", "set"], Promote),
        ],
        key_options: &["--key-v2", "--key-data-v2", "--key", "--key-data"],
        unsigned_options: &["--no-key"],
        token_options: &["--apikey", "-a", "--s3-apikey", "--s3-apisecret", "--supa-anon"],
        channel_options: &["--channel", "-c"],
        rollout_options: &["--rollout", "--rollout-percentage"],
        weakening: &[
            ("--ignore-checksum-check", "uploads although the same bundle is there already"),
            ("--ignore-metadata-check", "uploads although native packages differ from the channel's"),
            ("--no-code-check", "does not look whether the app calls notifyAppReady()"),
            ("--force-crc32-checksum", "a CRC32 instead of SHA-256 as checksum"),
            ("--no-key", "the bundle is not encrypted and not signed"),
            ("--display-iv-session", "shows the session key in the log"),
            ("--no-s3-ssl", "uploads to the storage without TLS"),
        ],
        signs: true,
    },
    Tool {
        system: "capawesome",
        programs: &["@capawesome/cli", "capawesome"],
        commands: &[
            (&["apps:liveupdates:upload"], Upload),
            (&["apps:liveupdates:create"], Upload),
            (&["apps:bundles:create"], Upload),
            (&["apps:liveupdates:register"], Register),
            (&["apps:liveupdates:bundle"], Package),
            (&["apps:liveupdates:generatemanifest"], Manifest),
            (&["manifests:generate"], Manifest),
            (&["apps:bundles:update"], Promote),
            (&["apps:liveupdates:rollout"], Promote),
            (&["apps:liveupdates:rollback"], Promote),
            (&["apps:deployments:create"], Promote),
        ],
        key_options: &["--private-key", "--privateKey"],
        unsigned_options: &[],
        token_options: &["--token"],
        channel_options: &["--channel"],
        rollout_options: &["--rollout-percentage", "--rollout"],
        weakening: &[],
        signs: true,
    },
    Tool {
        system: "codepush",
        programs: &["appcenter", "appcenter-cli", "code-push", "code-push-cli", "code-push-standalone"],
        commands: &[
            (&["codepush", "release"], Upload),
            (&["codepush", "release-react"], Upload),
            (&["codepush", "release-cordova"], Upload),
            (&["codepush", "release-electron"], Upload),
            (&["codepush", "promote"], Promote),
            (&["release"], Upload),
            (&["release-react"], Upload),
            (&["release-cordova"], Upload),
            (&["promote"], Promote),
        ],
        key_options: &["--private-key-path", "--privateKeyPath", "-k"],
        unsigned_options: &[],
        token_options: &["--token", "--accessKey"],
        channel_options: &["--deployment-name", "--deploymentName", "-d"],
        rollout_options: &["--rollout", "-r"],
        weakening: &[
            ("--disable-duplicate-release-error", "uploads although the same bundle is there already"),
            ("--noDuplicateReleaseError", "uploads although the same bundle is there already"),
        ],
        signs: true,
    },
    Tool {
        system: "expo",
        programs: &["eas", "eas-cli", "expo", "expo-cli"],
        commands: &[(&["update"], Upload), (&["publish"], Upload), (&["update:republish"], Promote)],
        key_options: &["--private-key-path"],
        unsigned_options: &[],
        token_options: &[],
        channel_options: &["--channel", "--branch"],
        rollout_options: &["--rollout-percentage"],
        weakening: &[],
        signs: true,
    },
    Tool {
        system: "otakit",
        programs: &["otakit", "@otakit/cli"],
        commands: &[(&["upload"], Upload), (&["release"], Promote)],
        key_options: &[],
        unsigned_options: &[],
        token_options: &["--token"],
        channel_options: &["--release", "--channel"],
        rollout_options: &[],
        weakening: &[],
        signs: false,
    },
    Tool {
        system: "ionic",
        programs: &["ionic", "@ionic/cli", "appflow", "@ionic/appflow-cli"],
        commands: &[
            (&["live-update", "upload-artifact"], Upload),
            (&["live-update", "deploy"], Upload),
            (&["live-update", "generate-manifest"], Manifest),
            (&["live-update", "manifest"], Manifest),
            (&["deploy", "manifest"], Manifest),
            (&["deploy", "web"], Promote),
            (&["deploy", "build"], Upload),
        ],
        key_options: &["--signing-key"],
        unsigned_options: &[],
        token_options: &["--token"],
        channel_options: &["--channel-name", "--channel"],
        rollout_options: &[],
        weakening: &[],
        signs: true,
    },
    Tool {
        system: "chcp",
        programs: &["cordova-hcp", "cordova-hot-code-push-cli"],
        commands: &[(&["deploy"], Upload), (&["build"], Manifest)],
        key_options: &[],
        unsigned_options: &[],
        token_options: &[],
        channel_options: &[],
        rollout_options: &[],
        weakening: &[],
        signs: false,
    },
];

/// Variables from which the command lines take their token.
pub const TOKEN_VARIABLES: &[&str] = &[
    "CAPGO_TOKEN",
    "CAPAWESOME_TOKEN",
    "CAPAWESOME_CLOUD_TOKEN",
    "EXPO_TOKEN",
    "OTAKIT_TOKEN",
    "APPCENTER_ACCESS_TOKEN",
    "CODE_PUSH_ACCESS_KEY",
    "IONIC_TOKEN",
    "IONIC_CLI_TOKEN",
    "APPFLOW_TOKEN",
];

/// Variables that switch checks off for every program of a step, and the value that does.
pub const WEAKENING_VARIABLES: &[(&str, &str, &str)] = &[
    ("NODE_TLS_REJECT_UNAUTHORIZED", "0", "no certificate of a server is checked"),
    ("NPM_CONFIG_STRICT_SSL", "false", "npm does not check certificates"),
    ("GIT_SSL_NO_VERIFY", "true", "git does not check certificates"),
    ("GIT_SSL_NO_VERIFY", "1", "git does not check certificates"),
];

/// The program's own name: without its path and its version.
pub fn program(word: &str) -> &str {
    let word = word.trim_start_matches(['-', '+']);
    let word = if word.starts_with('@') && word.contains('/') {
        word
    } else {
        word.rsplit('/').next().unwrap_or(word).trim_start_matches('@')
    };
    // The first character may be the `@` of a scope.
    match word.char_indices().skip(1).find(|(_, character)| *character == '@') {
        Some((at, _)) => word.get(..at).unwrap_or(word),
        None => word,
    }
}
