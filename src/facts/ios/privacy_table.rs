//! What Apple publishes for privacy manifests, as data. Apple adds to it: a code that is not here may be newer.
//!
//! Sources: "Describing use of required reason API" and "Describing data use in privacy manifests", Apple Developer
//! Documentation, Bundle Resources. The codes are those on which public copies of these lists agreed as of [`READ`];
//! Apple's own pages were not at hand with their lists.

/// The day as of which the tables hold.
pub const READ: &str = "2026-11-23";

/// The page of the reasons.
pub const REASONS_SOURCE: &str =
    "https://developer.apple.com/documentation/bundleresources/describing-use-of-required-reason-api";

/// One category of required reason API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Category {
    /// The value of `NSPrivacyAccessedAPIType`.
    pub name: &'static str,
    /// The values of `NSPrivacyAccessedAPITypeReasons`.
    pub reasons: &'static [&'static str],
    /// Those that only third-party SDKs may declare, not apps.
    pub for_sdks_only: &'static [&'static str],
}

/// The categories.
pub static CATEGORIES: &[Category] = &[
    Category {
        name: "NSPrivacyAccessedAPICategoryActiveKeyboards",
        reasons: &["3EC4.1", "54BD.1"],
        for_sdks_only: &[],
    },
    Category {
        name: "NSPrivacyAccessedAPICategoryDiskSpace",
        reasons: &["85F4.1", "E174.1", "7D9E.1", "B728.1"],
        for_sdks_only: &[],
    },
    Category {
        name: "NSPrivacyAccessedAPICategoryFileTimestamp",
        reasons: &["DDA9.1", "C617.1", "3B52.1", "0A2A.1"],
        for_sdks_only: &["0A2A.1"],
    },
    Category {
        name: "NSPrivacyAccessedAPICategorySystemBootTime",
        reasons: &["35F9.1", "8FFB.1", "3D61.1"],
        for_sdks_only: &[],
    },
    Category {
        name: "NSPrivacyAccessedAPICategoryUserDefaults",
        reasons: &["CA92.1", "1C8F.1", "C56D.1", "AC6B.1"],
        for_sdks_only: &["C56D.1"],
    },
];

/// What every value of `NSPrivacyCollectedDataType` begins with.
pub const DATA_TYPE: &str = "NSPrivacyCollectedDataType";

/// The rest of those values.
pub static DATA_TYPES: &[&str] = &[
    "Name",
    "EmailAddress",
    "PhoneNumber",
    "PhysicalAddress",
    "OtherUserContactInfo",
    "Health",
    "Fitness",
    "PaymentInfo",
    "CreditInfo",
    "OtherFinancialInfo",
    "PreciseLocation",
    "CoarseLocation",
    "SensitiveInfo",
    "Contacts",
    "EmailsOrTextMessages",
    "PhotosorVideos",
    "AudioData",
    "GameplayContent",
    "CustomerSupport",
    "OtherUserContent",
    "BrowsingHistory",
    "SearchHistory",
    "UserID",
    "DeviceID",
    "PurchaseHistory",
    "ProductInteraction",
    "AdvertisingData",
    "OtherUsageData",
    "CrashData",
    "PerformanceData",
    "OtherDiagnosticData",
    "EnvironmentScanning",
    "Hands",
    "Head",
    "Body",
    "OtherDataTypes",
];

/// What every value of `NSPrivacyCollectedDataTypePurposes` begins with.
pub const PURPOSE: &str = "NSPrivacyCollectedDataTypePurpose";

/// The rest of those values.
pub static PURPOSES: &[&str] = &[
    "ThirdPartyAdvertising",
    "DeveloperAdvertising",
    "Analytics",
    "ProductPersonalization",
    "AppFunctionality",
    "Other",
];

/// The keys at the top of a privacy manifest.
pub static KEYS: [&str; 4] =
    ["NSPrivacyTracking", "NSPrivacyTrackingDomains", "NSPrivacyCollectedDataTypes", "NSPrivacyAccessedAPITypes"];
