//! What hosts are for.

use serde::Serialize;

/// What a host is for, what tracks people first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Advertisements, and audiences for them.
    Advertising,
    /// Which advertisement led to an installation.
    Attribution,
    /// What people do in the app.
    Analytics,
    /// Recordings of sessions.
    SessionReplay,
    /// Loads what its account says.
    TagManager,
    /// On a list of trackers that gives no category.
    Tracker,
    /// Messages and campaigns.
    Marketing,
    /// Social networks.
    Social,
    /// Push messages.
    Push,
    /// Crashes, errors and performance.
    ErrorReporting,
    /// Chats and help desks.
    CustomerSupport,
    /// Payments and subscriptions.
    Payments,
    /// Signing in.
    Auth,
    /// Telling people from programs.
    Captcha,
    /// Asking for consent.
    Consent,
    /// Models that answer.
    ArtificialIntelligence,
    /// Over-the-air updates.
    Updates,
    /// Public code and files.
    Cdn,
    /// Fonts.
    Fonts,
    /// Maps.
    Maps,
    /// Films.
    Video,
    /// A backend or storage whose content is the customer's.
    Hosting,
    /// Content of publishers and shops.
    Content,
    /// Various services.
    Utility,
    /// Something else.
    Other,
}

impl Purpose {
    const ALL: [(Self, &'static str, &'static str); 25] = [
        (Self::Advertising, "advertising", "advertising"),
        (Self::Attribution, "attribution", "attribution"),
        (Self::Analytics, "analytics", "analytics"),
        (Self::SessionReplay, "session-replay", "session replay"),
        (Self::TagManager, "tag-manager", "tag manager"),
        (Self::Tracker, "tracker", "tracker"),
        (Self::Marketing, "marketing", "marketing"),
        (Self::Social, "social", "social network"),
        (Self::Push, "push", "push messages"),
        (Self::ErrorReporting, "error-reporting", "error reporting"),
        (Self::CustomerSupport, "customer-support", "customer support"),
        (Self::Payments, "payments", "payments"),
        (Self::Auth, "auth", "sign-in"),
        (Self::Captcha, "captcha", "captcha"),
        (Self::Consent, "consent", "consent"),
        (Self::ArtificialIntelligence, "artificial-intelligence", "artificial intelligence"),
        (Self::Updates, "updates", "updates"),
        (Self::Cdn, "cdn", "CDN"),
        (Self::Fonts, "fonts", "fonts"),
        (Self::Maps, "maps", "maps"),
        (Self::Video, "video", "video"),
        (Self::Hosting, "hosting", "hosting"),
        (Self::Content, "content", "content"),
        (Self::Utility, "utility", "utility"),
        (Self::Other, "other", "other"),
    ];

    /// The purpose with this word, as the tables write it.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == word).map(|(purpose, ..)| *purpose)
    }

    /// As a reader knows it.
    #[must_use]
    pub fn shown(self) -> &'static str {
        Self::ALL.iter().find(|(purpose, ..)| *purpose == self).map_or("other", |(_, _, shown)| shown)
    }

    /// Whether hosts of this purpose exist to follow people across apps: Apple's word for that is tracking.
    #[must_use]
    pub const fn is_advertising(self) -> bool {
        matches!(self, Self::Advertising | Self::Attribution)
    }

    /// Whether hosts of this purpose receive what people do, for more than the app's own working.
    #[must_use]
    pub const fn is_tracking(self) -> bool {
        matches!(
            self,
            Self::Advertising
                | Self::Attribution
                | Self::Analytics
                | Self::SessionReplay
                | Self::TagManager
                | Self::Tracker
                | Self::Marketing
        )
    }
}
