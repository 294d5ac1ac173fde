//! The table of providers: prefixes, shape, standing. Shapes follow the providers' documentation as it is generally
//! known; only the checksums of GitHub and npm prove a token, the other shapes are conventions that may change.

use super::Standing::{self, Publishable, Secret, Weak};
use super::looks::{
    begins, distinct, has_checksum, is_base64, is_letter_or_digit, is_lower_hex, is_mixed, is_random, is_word, run_end,
};
use super::{Found, Place, checks, connections};

/// One kind of secret.
pub(super) struct Rule {
    pub(super) id: &'static str,
    pub(super) provider: &'static str,
    pub(super) what: &'static str,
    /// What it begins with, or holds: the texts that are searched for.
    pub(super) prefixes: &'static [&'static str],
    check: Check,
}

enum Check {
    /// A run of one alphabet behind the prefix, of a length in the range, that passes a test; both its sides are free.
    Run(Standing, fn(u8) -> bool, std::ops::RangeInclusive<usize>, fn(&str) -> bool),
    /// Anything else.
    Own(fn(Place<'_>) -> Option<Found>),
}

use Check::{Own, Run};

impl Rule {
    pub(super) fn find(&self, place: Place<'_>) -> Option<Found> {
        match &self.check {
            Own(check) => check(place),
            Run(standing, alphabet, lengths, test) => {
                if !begins(place.text, place.at) {
                    return None;
                }
                let end = run_end(place.text, place.after, *alphabet);
                let body = place.text.get(place.after..end)?;
                let free =
                    place.text.as_bytes().get(end).is_none_or(|next| !is_word(*next) && *next != b'/' && *next != b'+');
                let fits = free && lengths.contains(&body.len()) && is_random(body) && test(body);
                fits.then_some(Found { start: place.at, end, standing: *standing })
            }
        }
    }
}

const fn rule(
    id: &'static str,
    provider: &'static str,
    what: &'static str,
    prefixes: &'static [&'static str],
    check: Check,
) -> Rule {
    Rule { id, provider, what, prefixes, check }
}

const fn any(_: &str) -> bool {
    true
}

/// Two letters of base64 for each letter of the alphabet that can follow: what Discord's numbers of users begin with.
const SNOWFLAKES: &[&str] = &[
    "MTA", "MTE", "MTI", "MTM", "MTQ", "MTU", "MTY", "MTc", "MTg", "MTk", "Mjk", "MzA", "NDA", "NTA", "NjA", "NzA",
    "ODA", "OTA",
];

pub(super) static RULES: &[Rule] = &[
    // The receiving app's own world first.
    rule(
        "capgo-api-key",
        "Capgo",
        "API key of the update service",
        &["capgkey", "CAPGO_TOKEN", "CAPGO_API_KEY", "CAPGO_APIKEY", "capgoApiKey", "capgo", "Capgo"],
        Own(checks::capgo),
    ),
    rule(
        "ionic-token",
        "Ionic",
        "personal access token",
        &["ion_"],
        Run(Secret, is_letter_or_digit, 36..=64, is_mixed),
    ),
    rule("supabase-jwt", "Supabase", "API key as a JSON web token", &["eyJ"], Own(checks::supabase)),
    rule(
        "supabase-secret-key",
        "Supabase",
        "secret API key",
        &["sb_secret_"],
        Run(Secret, is_word, 31..=31, checks::is_supabase_body),
    ),
    rule(
        "supabase-publishable-key",
        "Supabase",
        "publishable API key",
        &["sb_publishable_"],
        Run(Publishable, is_word, 31..=31, checks::is_supabase_body),
    ),
    // Clouds.
    rule("aws-access-key", "AWS", "access key", &["AKIA", "ASIA"], Own(checks::aws)),
    rule(
        "google-oauth-client-secret",
        "Google",
        "OAuth client secret",
        &["GOCSPX-"],
        Run(Secret, is_word, 28..=28, is_mixed),
    ),
    rule(
        "google-service-account",
        "Google",
        "service account with its private key",
        &["service_account"],
        Own(checks::service_account),
    ),
    rule(
        "google-api-key",
        "Google",
        "API key (Firebase, Maps)",
        &["AIza"],
        Run(Publishable, is_word, 35..=35, is_mixed),
    ),
    rule(
        "fcm-server-key",
        "Google",
        "legacy server key of Cloud Messaging",
        &[":APA91b"],
        Own(checks::cloud_messaging),
    ),
    rule(
        "azure-storage-key",
        "Microsoft",
        "key of a storage account or bus",
        &["AccountKey=", "SharedAccessKey="],
        Own(checks::azure),
    ),
    rule(
        "digitalocean-token",
        "DigitalOcean",
        "access token",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        Run(Secret, is_lower_hex, 64..=64, any),
    ),
    // Source and package hosts.
    rule(
        "github-token",
        "GitHub",
        "access token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        Run(Secret, is_letter_or_digit, 36..=36, has_checksum),
    ),
    rule(
        "github-fine-grained-token",
        "GitHub",
        "fine-grained access token",
        &["github_pat_"],
        Run(Secret, is_word, 82..=82, |body| body.as_bytes().get(22) == Some(&b'_') && is_mixed(body)),
    ),
    rule(
        "gitlab-token",
        "GitLab",
        "access token",
        &["glpat-", "gldt-", "glptt-", "glrt-"],
        Run(Secret, |byte| is_word(byte) || byte == b'.', 20..=320, is_mixed),
    ),
    rule("npm-token", "npm", "access token", &["npm_"], Run(Secret, is_letter_or_digit, 36..=36, has_checksum)),
    rule("pypi-token", "PyPI", "upload token", &["pypi-AgEIcHlwaS5vcmc"], Run(Secret, is_word, 50..=1000, is_mixed)),
    rule(
        "hashicorp-vault-token",
        "HashiCorp",
        "Vault token",
        &["hvs.", "hvb."],
        Run(Secret, is_word, 24..=300, is_mixed),
    ),
    rule(
        "sentry-auth-token",
        "Sentry",
        "auth token",
        &["sntrys_", "sntryu_"],
        Run(Secret, |byte| is_base64(byte) || matches!(byte, b'_' | b'='), 64..=600, any),
    ),
    rule(
        "age-secret-key",
        "age",
        "secret key",
        &["AGE-SECRET-KEY-1"],
        Run(Secret, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit(), 58..=58, any),
    ),
    rule("supabase-access-token", "Supabase", "access token", &["sbp_"], Run(Secret, is_lower_hex, 40..=40, any)),
    rule("heroku-key", "Heroku", "API key", &["HRKU-"], Run(Secret, is_word, 36..=60, |body| distinct(body) >= 10)),
    rule(
        "cloudflare-origin-key",
        "Cloudflare",
        "key of the origin authority",
        &["v1.0-"],
        Run(
            Secret,
            |byte| is_lower_hex(byte) || byte == b'-',
            171..=171,
            |body| body.as_bytes().get(24) == Some(&b'-'),
        ),
    ),
    rule(
        "doppler-token",
        "Doppler",
        "access token",
        &["dp.pt.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."],
        Run(Secret, is_letter_or_digit, 40..=44, is_mixed),
    ),
    rule("netlify-token", "Netlify", "access token", &["nfp_"], Run(Secret, is_letter_or_digit, 36..=36, is_mixed)),
    rule("expo-token", "Expo", "access token", &["EXPO_TOKEN"], Own(checks::expo)),
    rule("azure-sas", "Microsoft", "signature of a shared access address", &["sig="], Own(checks::azure_sas)),
    rule("brevo-key", "Brevo", "API key", &["xkeysib-"], Run(Secret, is_word, 81..=81, |body| distinct(body) >= 12)),
    rule(
        "new-relic-user-key",
        "New Relic",
        "user key",
        &["NRAK-"],
        Run(Secret, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit(), 27..=27, any),
    ),
    rule(
        "launchdarkly-server-key",
        "LaunchDarkly",
        "SDK key of the server",
        &["sdk-"],
        Run(Secret, |byte| is_lower_hex(byte) || byte == b'-', 36..=36, checks::is_uuid_alone),
    ),
    rule(
        "launchdarkly-mobile-key",
        "LaunchDarkly",
        "mobile key",
        &["mob-"],
        Run(Publishable, |byte| is_lower_hex(byte) || byte == b'-', 36..=36, checks::is_uuid_alone),
    ),
    rule(
        "posthog-personal-key",
        "PostHog",
        "personal API key",
        &["phx_"],
        Run(Secret, is_letter_or_digit, 40..=52, is_mixed),
    ),
    rule(
        "posthog-project-key",
        "PostHog",
        "project key",
        &["phc_"],
        Run(Publishable, is_letter_or_digit, 40..=52, is_mixed),
    ),
    rule(
        "revenuecat-secret-key",
        "RevenueCat",
        "secret API key",
        &["revenuecat", "RevenueCat", "REVENUECAT"],
        Own(checks::revenuecat),
    ),
    rule(
        "revenuecat-public-key",
        "RevenueCat",
        "public SDK key",
        &["appl_", "goog_", "amzn_"],
        Run(Publishable, is_letter_or_digit, 26..=32, |body| distinct(body) >= 12),
    ),
    // Payment.
    rule(
        "stripe-secret-key",
        "Stripe",
        "secret key",
        &["sk_live_", "rk_live_"],
        Run(Secret, is_letter_or_digit, 24..=247, any),
    ),
    rule(
        "stripe-test-key",
        "Stripe",
        "secret key of the test mode",
        &["sk_test_", "rk_test_"],
        Run(Weak, is_letter_or_digit, 24..=247, any),
    ),
    rule(
        "stripe-publishable-key",
        "Stripe",
        "publishable key",
        &["pk_live_", "pk_test_"],
        Run(Publishable, is_letter_or_digit, 24..=247, any),
    ),
    rule(
        "webhook-signing-secret",
        "Stripe",
        "signing secret of webhooks",
        &["whsec_"],
        Run(Secret, |byte| is_base64(byte) || byte == b'=', 32..=64, is_mixed),
    ),
    rule("square-secret", "Square", "OAuth secret", &["sq0csp-"], Run(Secret, is_word, 43..=43, is_mixed)),
    rule("square-token", "Square", "access token", &["sq0atp-"], Run(Secret, is_word, 22..=22, is_mixed)),
    rule(
        "shopify-token",
        "Shopify",
        "access token",
        &["shpat_", "shpca_", "shppa_", "shpss_"],
        Run(Secret, |byte| byte.is_ascii_hexdigit(), 32..=32, any),
    ),
    // Language models.
    rule("openai-key", "OpenAI", "API key", &["T3BlbkFJ"], Own(checks::openai)),
    rule("anthropic-key", "Anthropic", "API key", &["sk-ant-"], Run(Secret, is_word, 80..=130, is_mixed)),
    rule("groq-key", "Groq", "API key", &["gsk_"], Run(Secret, is_letter_or_digit, 52..=52, is_mixed)),
    rule("xai-key", "xAI", "API key", &["xai-"], Run(Secret, is_letter_or_digit, 80..=80, is_mixed)),
    rule(
        "hugging-face-token",
        "Hugging Face",
        "access token",
        &["hf_"],
        Run(Secret, |byte| byte.is_ascii_alphabetic(), 34..=34, |body| super::looks::distinct(body) >= 14),
    ),
    // Messages.
    rule(
        "slack-token",
        "Slack",
        "access token",
        &["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xapp-"],
        Run(Secret, is_word, 24..=250, checks::is_slack_body),
    ),
    rule("slack-webhook", "Slack", "webhook address", &["hooks.slack.com/services/"], Own(checks::slack_webhook)),
    rule(
        "discord-webhook",
        "Discord",
        "webhook address",
        &["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"],
        Own(checks::discord_webhook),
    ),
    rule("discord-bot-token", "Discord", "bot token", SNOWFLAKES, Own(checks::discord_bot)),
    rule("telegram-bot-token", "Telegram", "bot token", &[":AA"], Own(checks::telegram)),
    rule("sendgrid-key", "SendGrid", "API key", &["SG."], Own(checks::sendgrid)),
    rule(
        "twilio-key",
        "Twilio",
        "API key",
        &[
            "SK0", "SK1", "SK2", "SK3", "SK4", "SK5", "SK6", "SK7", "SK8", "SK9", "SKa", "SKb", "SKc", "SKd", "SKe",
            "SKf",
        ],
        Own(checks::twilio),
    ),
    rule("mailgun-key", "Mailgun", "API key", &["key-"], Own(checks::mailgun)),
    // Maps, search, errors.
    rule("mapbox-secret-token", "Mapbox", "secret token", &["sk.eyJ"], Own(|place| checks::mapbox(place, Secret))),
    rule("mapbox-public-token", "Mapbox", "public token", &["pk.eyJ"], Own(|place| checks::mapbox(place, Publishable))),
    rule("sentry-dsn", "Sentry", "address for error reports", &[".sentry.io/"], Own(checks::sentry)),
    rule(
        "algolia-key",
        "Algolia",
        "API key: search keys are publishable, the admin key is not",
        &["algolia", "Algolia", "ALGOLIA"],
        Own(checks::algolia),
    ),
    // Databases.
    rule(
        "connection-url",
        "database",
        "address of a database with its password",
        connections::SCHEMES,
        Own(connections::check),
    ),
    rule(
        "basic-auth-url",
        "web server",
        "address with a user's name and password",
        &["https://", "http://"],
        Own(connections::web),
    ),
];
