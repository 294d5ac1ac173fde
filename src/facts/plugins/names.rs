//! The names by which JavaScript calls plugins, by npm package: what each package gives to `registerPlugin('…')`. Written
//! down on 2026-11-23 from general knowledge of these packages, not row by row from their sources.

/// Packages of Capacitor itself that are no plugins.
pub const NO_PLUGINS: &[&str] = &[
    "@capacitor/core",
    "@capacitor/cli",
    "@capacitor/android",
    "@capacitor/ios",
    "@capacitor/assets",
    "@capacitor/electron",
    "@capacitor/docgen",
    "@capacitor/create-plugin",
    "@capacitor/synapse",
    "@capgo/cli",
    "@capawesome/cli",
    "@ionic/capacitor-angular",
    "capacitor-standard-version",
    "capacitor-set-version",
    "@capacitor-community/electron",
    "@ionic/cli",
];

/// Plugins that are always there (Capacitor 3 to 8: `Bridge.java`, `registerAllPlugins`; `CapacitorBridge.swift`).
pub const CORE: &[&str] = &["WebView", "CapacitorCookies", "CapacitorHttp", "SystemBars"];
/// One that only iOS has.
pub const CORE_IOS: &[&str] = &["Console"];
/// Plugins that were part of Capacitor 1 and 2.
pub const CORE_2: &[&str] = &[
    "Accessibility",
    "App",
    "BackgroundTask",
    "Browser",
    "Camera",
    "Clipboard",
    "Device",
    "Filesystem",
    "Geolocation",
    "Haptics",
    "Keyboard",
    "LocalNotifications",
    "Modals",
    "Motion",
    "Network",
    "Permissions",
    "Photos",
    "PushNotifications",
    "Share",
    "SplashScreen",
    "StatusBar",
    "Storage",
    "Toast",
    "WebView",
];

/// npm package, then its JavaScript name.
pub const NAMES: &[(&str, &str)] = &[
    ("@capacitor/action-sheet", "ActionSheet"),
    ("@capacitor/app", "App"),
    ("@capacitor/app-launcher", "AppLauncher"),
    ("@capacitor/background-runner", "CapacitorBackgroundRunner"),
    ("@capacitor/barcode-scanner", "CapacitorBarcodeScanner"),
    ("@capacitor/browser", "Browser"),
    ("@capacitor/camera", "Camera"),
    ("@capacitor/clipboard", "Clipboard"),
    ("@capacitor/cookies", "CapacitorCookies"),
    ("@capacitor/device", "Device"),
    ("@capacitor/dialog", "Dialog"),
    ("@capacitor/file-transfer", "FileTransfer"),
    ("@capacitor/file-viewer", "FileViewer"),
    ("@capacitor/filesystem", "Filesystem"),
    ("@capacitor/geolocation", "Geolocation"),
    ("@capacitor/google-maps", "CapacitorGoogleMaps"),
    ("@capacitor/haptics", "Haptics"),
    ("@capacitor/inappbrowser", "InAppBrowser"),
    ("@capacitor/keyboard", "Keyboard"),
    ("@capacitor/live-updates", "LiveUpdates"),
    ("@capacitor/local-notifications", "LocalNotifications"),
    ("@capacitor/motion", "Motion"),
    ("@capacitor/network", "Network"),
    ("@capacitor/preferences", "Preferences"),
    ("@capacitor/privacy-screen", "PrivacyScreen"),
    ("@capacitor/push-notifications", "PushNotifications"),
    ("@capacitor/screen-orientation", "ScreenOrientation"),
    ("@capacitor/screen-reader", "ScreenReader"),
    ("@capacitor/share", "Share"),
    ("@capacitor/splash-screen", "SplashScreen"),
    ("@capacitor/status-bar", "StatusBar"),
    ("@capacitor/storage", "Storage"),
    ("@capacitor/text-zoom", "TextZoom"),
    ("@capacitor/toast", "Toast"),
    ("@capacitor/watch", "Watch"),
    ("@capacitor-community/admob", "AdMob"),
    ("@capacitor-community/apple-sign-in", "SignInWithApple"),
    ("@capacitor-community/background-geolocation", "BackgroundGeolocation"),
    ("@capacitor-community/barcode-scanner", "BarcodeScanner"),
    ("@capacitor-community/bluetooth-le", "BluetoothLe"),
    ("@capacitor-community/camera-preview", "CameraPreview"),
    ("@capacitor-community/contacts", "Contacts"),
    ("@capacitor-community/date-picker", "DatePickerPlugin"),
    ("@capacitor-community/device", "Device"),
    ("@capacitor-community/exif", "Exif"),
    ("@capacitor-community/facebook-login", "FacebookLogin"),
    ("@capacitor-community/fcm", "FCM"),
    ("@capacitor-community/file-opener", "FileOpener"),
    ("@capacitor-community/firebase-analytics", "FirebaseAnalytics"),
    ("@capacitor-community/http", "Http"),
    ("@capacitor-community/image-to-text", "CapacitorOcr"),
    ("@capacitor-community/in-app-review", "InAppReview"),
    ("@capacitor-community/intercom", "Intercom"),
    ("@capacitor-community/keep-awake", "KeepAwake"),
    ("@capacitor-community/media", "Media"),
    ("@capacitor-community/native-audio", "NativeAudio"),
    ("@capacitor-community/photoviewer", "PhotoViewer"),
    ("@capacitor-community/privacy-screen", "PrivacyScreen"),
    ("@capacitor-community/safe-area", "SafeArea"),
    ("@capacitor-community/screen-brightness", "ScreenBrightness"),
    ("@capacitor-community/speech-recognition", "SpeechRecognition"),
    ("@capacitor-community/sqlite", "CapacitorSQLite"),
    ("@capacitor-community/stripe", "Stripe"),
    ("@capacitor-community/text-to-speech", "TextToSpeech"),
    ("@capacitor-community/video-recorder", "VideoRecorder"),
    ("@capacitor-community/volume-buttons", "VolumeButtons"),
    ("@capacitor-firebase/analytics", "FirebaseAnalytics"),
    ("@capacitor-firebase/app", "FirebaseApp"),
    ("@capacitor-firebase/app-check", "FirebaseAppCheck"),
    ("@capacitor-firebase/authentication", "FirebaseAuthentication"),
    ("@capacitor-firebase/crashlytics", "FirebaseCrashlytics"),
    ("@capacitor-firebase/firestore", "FirebaseFirestore"),
    ("@capacitor-firebase/functions", "FirebaseFunctions"),
    ("@capacitor-firebase/messaging", "FirebaseMessaging"),
    ("@capacitor-firebase/performance", "FirebasePerformance"),
    ("@capacitor-firebase/remote-config", "FirebaseRemoteConfig"),
    ("@capacitor-firebase/storage", "FirebaseStorage"),
    ("@capacitor-mlkit/barcode-scanning", "BarcodeScanner"),
    ("@capacitor-mlkit/document-scanner", "DocumentScanner"),
    ("@capacitor-mlkit/face-detection", "FaceDetection"),
    ("@capacitor-mlkit/face-mesh-detection", "FaceMeshDetection"),
    ("@capacitor-mlkit/selfie-segmentation", "SelfieSegmentation"),
    ("@capacitor-mlkit/translation", "Translation"),
    ("@capawesome/capacitor-android-edge-to-edge-support", "EdgeToEdge"),
    ("@capawesome/capacitor-app-review", "AppReview"),
    ("@capawesome/capacitor-app-update", "AppUpdate"),
    ("@capawesome/capacitor-background-task", "BackgroundTask"),
    ("@capawesome/capacitor-badge", "Badge"),
    ("@capawesome/capacitor-cloudinary", "Cloudinary"),
    ("@capawesome/capacitor-file-opener", "FileOpener"),
    ("@capawesome/capacitor-file-picker", "FilePicker"),
    ("@capawesome/capacitor-live-update", "LiveUpdate"),
    ("@capawesome/capacitor-managed-configurations", "ManagedConfigurations"),
    ("@capawesome/capacitor-photo-editor", "PhotoEditor"),
    ("@capawesome/capacitor-screen-orientation", "ScreenOrientation"),
    ("@capawesome/capacitor-torch", "Torch"),
    ("@capgo/camera-preview", "CameraPreview"),
    ("@capgo/capacitor-mute", "Mute"),
    ("@capgo/capacitor-native-biometric", "NativeBiometric"),
    ("@capgo/capacitor-social-login", "SocialLogin"),
    ("@capgo/capacitor-updater", "CapacitorUpdater"),
    ("@capgo/inappbrowser", "InAppBrowser"),
    ("@capgo/capacitor-inappbrowser", "InAppBrowser"),
    ("@capgo/native-audio", "NativeAudio"),
    ("@capgo/native-market", "NativeMarket"),
    ("@capgo/native-purchases", "NativePurchases"),
    ("@aparajita/capacitor-biometric-auth", "BiometricAuthNative"),
    ("@aparajita/capacitor-dark-mode", "DarkModeNative"),
    ("@aparajita/capacitor-secure-storage", "SecureStorage"),
    ("@awesome-cordova-plugins/core", ""),
    ("@byteowls/capacitor-oauth2", "OAuth2Client"),
    ("@byteowls/capacitor-filesharer", "FileSharer"),
    ("@webnativellc/capacitor-filesharer", "FileSharer"),
    ("@capacitor-trancee/vosk", "Vosk"),
    ("@codetrix-studio/capacitor-google-auth", "GoogleAuth"),
    ("@hugotomazi/capacitor-navigation-bar", "NavigationBar"),
    ("@ionic-enterprise/identity-vault", "IdentityVault"),
    ("@jofr/capacitor-media-session", "MediaSession"),
    ("@mauricewegner/capacitor-navigation-bar", "NavigationBar"),
    ("@otakit/capacitor-updater", "OtaKit"),
    ("@revenuecat/purchases-capacitor", "Purchases"),
    ("@revenuecat/purchases-capacitor-ui", "RevenueCatUI"),
    ("@sentry/capacitor", "SentryCapacitor"),
    ("@transistorsoft/capacitor-background-fetch", "BackgroundFetch"),
    ("@transistorsoft/capacitor-background-geolocation", "BackgroundGeolocation"),
    ("@whiteguru/capacitor-plugin-safe-area", "SafeArea"),
    ("capacitor-blob-writer", "BlobWriter"),
    ("capacitor-native-biometric", "NativeBiometric"),
    ("capacitor-native-settings", "NativeSettings"),
    ("capacitor-plugin-safe-area", "SafeArea"),
    ("capacitor-secure-storage-plugin", "SecureStoragePlugin"),
    ("capacitor-stockfish", "Stockfish"),
    ("capacitor-voice-recorder", "VoiceRecorder"),
    ("capacitor-zeroconf", "ZeroConf"),
    ("onesignal-cordova-plugin", ""),
    ("send-intent", "SendIntent"),
];

/// The name of a package's plugin, when it is written down.
pub fn of_package(package: &str) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| *known == package).map(|(_, name)| *name).filter(|name| !name.is_empty())
}

/// Whether a package is a plugin by its name: only `package.json` of the package itself would tell for sure.
pub fn looks_like_plugin(package: &str) -> bool {
    !NO_PLUGINS.contains(&package)
        && !package.starts_with("@types/")
        && (package.contains("capacitor") || NAMES.iter().any(|(known, _)| *known == package))
}

/// Whether a package is one of Cordova's plugins.
pub fn is_cordova(package: &str) -> bool {
    package.contains("cordova-plugin")
        || package.starts_with("phonegap-plugin")
        || package.starts_with("cordova-hot-code-push")
}

/// The name that a class most likely has in JavaScript: without its packages, and without `Plugin` at its end.
pub fn of_class(class: &str) -> &str {
    let simple = class.rsplit(['.', '$']).next().unwrap_or(class);
    let simple = simple
        .strip_prefix("CAP")
        .filter(|rest| rest.starts_with(|one: char| one.is_ascii_uppercase()))
        .unwrap_or(simple);
    simple.strip_suffix("Plugin").filter(|rest| !rest.is_empty()).unwrap_or(simple)
}

/// A package's name without what all plugins' names have in common, as letters only.
pub fn guess(package: &str) -> String {
    let name = package.rsplit('/').next().unwrap_or(package);
    let parts = name.split(['-', '_', '.']).filter(|part| !matches!(*part, "capacitor" | "plugin" | "cordova"));
    parts.collect::<String>().to_ascii_lowercase()
}

/// Whether a package that is written down has this name in JavaScript.
pub fn is_known_name(name: &str) -> bool {
    NAMES.iter().any(|(_, known)| *known == name)
}

/// A plugin's name without what its class may have more or less of, in small letters.
pub fn bare(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let short = lower.strip_prefix("capacitor").unwrap_or(&lower);
    let short = ["plugin", "native"].iter().find_map(|end| short.strip_suffix(end)).unwrap_or(short);
    if short.is_empty() { lower } else { short.to_owned() }
}

/// Whether a package's own name speaks of a plugin of this name; exactly, where `exactly` is set.
pub fn is_near(name: &str, package: &str, exactly: bool) -> bool {
    let (bare, guess) = (bare(name), guess(package));
    // Short names are part of too many.
    bare == guess
        || !exactly && (guess.len() >= 3 && bare.starts_with(&guess) || bare.len() >= 4 && guess.contains(&bare))
}
