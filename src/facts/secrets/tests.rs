use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Standing::*;
use super::*;
use looks::checksum;

/// `length` characters of an alphabet, the same every time: no secret is written out here, not even a false one.
fn drawn(alphabet: &str, length: usize) -> String {
    let letters: Vec<char> = alphabet.chars().collect();
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        letters[usize::try_from(state >> 33).unwrap() % letters.len()]
    };
    (0..length).map(|_| next()).collect()
}

fn word(length: usize) -> String {
    drawn("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", length)
}

fn hex(length: usize) -> String {
    drawn("0123456789abcdef", length)
}

fn checked(prefix: &str) -> String {
    let body = word(30);
    [prefix, &body, &checksum(&body)].concat()
}

fn token(claims: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    [part(r#"{"alg":"HS256","typ":"JWT"}"#), part(claims), word(43)].join(".")
}

/// Each rule's id, an example, and its standing.
fn examples() -> Vec<(&'static str, String, Standing)> {
    let uuid = |text: &str| [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| text.get(part).unwrap()).join("-");
    let run = |prefix: &str, length| [prefix, &word(length)].concat();
    let aws = ["AK", "IA", &drawn("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)].concat();
    let supabase = |role: &str| token(&format!(r#"{{"iss":"supabase","ref":"abcdefghij","role":"{role}","iat":1}}"#));
    let mapbox =
        |kind: &str| [kind, ".", &URL_SAFE_NO_PAD.encode(r#"{"u":"someone","a":"cjx0y9"}"#), ".", &word(22)].concat();
    let snowflake = URL_SAFE_NO_PAD.encode("1098273645019283746");
    vec![
        ("capgo-api-key", format!("capgkey\":\"{}\"", uuid(&hex(32))), Secret),
        ("capgo-api-key", format!("capgo_key: '{}'", uuid(&hex(32))), Weak),
        ("ionic-token", run("ion_", 42), Secret),
        ("supabase-jwt", supabase("service_role"), Secret),
        ("supabase-jwt", supabase("anon"), Publishable),
        ("supabase-secret-key", ["sb_secret_", &word(22), "_", &word(8)].concat(), Secret),
        ("supabase-publishable-key", ["sb_publishable_", &word(22), "_", &word(8)].concat(), Publishable),
        ("aws-access-key", aws.clone(), Weak),
        ("aws-access-key", format!("{aws}\",secret:\"{}\"", word(40)), Secret),
        ("google-oauth-client-secret", run("GOCSPX-", 28), Secret),
        ("google-api-key", run("AIza", 35), Publishable),
        ("fcm-server-key", ["AAAA", &word(7), ":APA91b", &word(134)].concat(), Weak),
        ("azure-storage-key", ["AccountKey=", &word(86), "=="].concat(), Secret),
        ("digitalocean-token", ["dop_v1_", &hex(64)].concat(), Secret),
        ("github-token", checked("ghp_"), Secret),
        ("github-token", checked("ghs_"), Secret),
        ("github-fine-grained-token", ["github_pat_", &word(22), "_", &word(59)].concat(), Secret),
        ("gitlab-token", run("glpat-", 20), Secret),
        ("npm-token", checked("npm_"), Secret),
        ("pypi-token", run("pypi-AgEIcHlwaS5vcmc", 120), Secret),
        ("hashicorp-vault-token", run("hvs.", 90), Secret),
        ("sentry-auth-token", run("sntrys_", 100), Secret),
        ("age-secret-key", ["AGE-SECRET-KEY-", "1", &drawn("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)].concat(), Secret),
        ("stripe-secret-key", run("sk_live_", 24), Secret),
        ("stripe-secret-key", run("rk_live_", 99), Secret),
        ("stripe-test-key", run("sk_test_", 24), Weak),
        ("stripe-publishable-key", run("pk_live_", 24), Publishable),
        ("webhook-signing-secret", run("whsec_", 32), Secret),
        ("square-secret", run("sq0csp-", 43), Secret),
        ("square-token", run("sq0atp-", 22), Secret),
        ("shopify-token", ["shpat_", &hex(32)].concat(), Secret),
        ("openai-key", ["sk-proj-", &word(40), "T3Blbk", "FJ", &word(40)].concat(), Secret),
        ("openai-key", ["sk-", &word(20), "T3Blbk", "FJ", &word(20)].concat(), Secret),
        ("anthropic-key", run("sk-ant-api03-", 95), Secret),
        ("groq-key", run("gsk_", 52), Secret),
        ("xai-key", run("xai-", 80), Secret),
        ("hugging-face-token", ["hf_", &drawn("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ", 34)].concat(), Secret),
        (
            "slack-token",
            ["xoxb-", &drawn("123456789", 12), "-", &drawn("987654321", 12), "-", &word(24)].concat(),
            Secret,
        ),
        (
            "slack-webhook",
            ["https://hooks.slack.com/services/T", &drawn("0A1B2C3D", 9), "/B", &drawn("0A1B2C3D", 9), "/", &word(24)]
                .concat(),
            Secret,
        ),
        (
            "discord-webhook",
            ["https://discord.com/api/webhooks/", &drawn("1029384756", 19), "/", &word(68)].concat(),
            Secret,
        ),
        ("discord-bot-token", [snowflake.as_str(), ".", &word(6), ".", &word(38)].concat(), Weak),
        ("telegram-bot-token", [drawn("1029384756", 10).as_str(), ":AA", &word(33)].concat(), Secret),
        (
            "telegram-bot-token",
            ["https://api.telegram.org/bot", &drawn("1029384756", 9), ":AA", &word(33), "/x"].concat(),
            Secret,
        ),
        ("sendgrid-key", ["SG.", &word(22), ".", &word(43)].concat(), Secret),
        ("twilio-key", ["SK", &hex(32)].concat(), Weak),
        ("twilio-key", ["twilio('SK", &hex(32), "','", &word(32), "')"].concat(), Secret),
        ("mailgun-key", ["key-", &hex(32)].concat(), Weak),
        ("mailgun-key", ["mailgun: key-", &hex(32)].concat(), Secret),
        ("mapbox-secret-token", mapbox("sk"), Secret),
        ("mapbox-public-token", mapbox("pk"), Publishable),
        ("sentry-dsn", ["https://", &hex(32), "@o1234.ingest.us.sentry.io/4507"].concat(), Publishable),
        ("algolia-key", ["algolia:{appId:'X',apiKey:'", &hex(32), "'}"].concat(), Publishable),
        ("connection-url", ["postgres://app:", &word(14), "@db.company.io:5432/app"].concat(), Secret),
        ("connection-url", ["mongodb+srv://app:", &word(14), "@cluster0.ab1cd.mongodb.net"].concat(), Secret),
        ("basic-auth-url", ["https://deploy:", &word(14), "@files.company.io/a"].concat(), Weak),
        ("supabase-access-token", ["sbp_", &hex(40)].concat(), Secret),
        ("heroku-key", ["HRKU-", &uuid(&hex(32))].concat(), Secret),
        ("cloudflare-origin-key", ["v1.0-", &hex(24), "-", &hex(146)].concat(), Secret),
        ("doppler-token", run("dp.pt.", 43), Secret),
        ("netlify-token", run("nfp_", 36), Secret),
        ("expo-token", ["EXPO_TOKEN=", &word(40)].concat(), Secret),
        (
            "azure-sas",
            ["https://a.blob.core.windows.net/b?sv=2024-11-04&se=2027-01-01&sig=", &word(43), "%3D"].concat(),
            Weak,
        ),
        ("brevo-key", ["xkeysib-", &hex(64), "-", &word(16)].concat(), Secret),
        ("new-relic-user-key", ["NRAK-", &drawn("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 27)].concat(), Secret),
        ("launchdarkly-server-key", ["sdk-", &uuid(&hex(32))].concat(), Secret),
        ("launchdarkly-mobile-key", ["mob-", &uuid(&hex(32))].concat(), Publishable),
        ("posthog-personal-key", run("phx_", 43), Secret),
        ("posthog-project-key", run("phc_", 43), Publishable),
        ("revenuecat-secret-key", ["RevenueCat: 'sk_", &word(32), "'"].concat(), Secret),
        ("revenuecat-public-key", run("appl_", 27), Publishable),
        ("connection-url", ["redis://:", &word(14), "@cache:6379"].concat(), Weak),
    ]
}

#[test]
fn every_rule_knows_its_example_among_other_text() {
    for (rule, example, standing) in examples() {
        for text in [example.clone(), format!("x=\"{example}\";"), format!("a`{example}`b"), format!("é\\n{example} ü")]
        {
            let facts = secrets(&text);
            let [fact] = &facts[..] else { panic!("{rule}: {facts:?} in {text}") };
            assert_eq!((fact.rule, fact.standing), (rule, standing), "{text}");
            assert!(text.is_char_boundary(fact.offset) && !fact.masked.is_empty());
            assert!(fact.masked.len() < 40, "{}", fact.masked);
        }
    }
    let known: Vec<&str> = examples().iter().map(|example| example.0).chain(["google-service-account"]).collect();
    assert!(RULES.iter().all(|rule| known.contains(&rule.id)), "a rule has no example");
}

#[test]
fn a_token_inside_a_longer_word_is_none() {
    // These are marked by what stands around them, not by their first letter.
    let marked = [
        "capgo-api-key",
        "slack-webhook",
        "discord-webhook",
        "connection-url",
        "algolia-key",
        "sentry-dsn",
        "azure-storage-key",
        "azure-sas",
        "basic-auth-url",
        "expo-token",
        "revenuecat-secret-key",
    ];
    for (rule, example, _) in examples().into_iter().filter(|row| !marked.contains(&row.0)) {
        if example.starts_with("https") || example.starts_with("twilio") || example.starts_with("mailgun") {
            continue;
        }
        assert_eq!(secrets(&format!("\"Q7{example}\"")), [], "{rule}");
        let cut: String = example.chars().take(example.len() - 9).collect();
        assert!(secrets(&cut).iter().all(|fact| fact.standing != Secret || cut.len() > 70), "{rule} cut: {cut}");
    }
}

#[test]
fn a_service_account_needs_its_key() {
    let edwards: Vec<u8> =
        b"\x30\x2E\x02\x01\0\x30\x05\x06\x03\x2B\x65\x70\x04\x22\x04\x20".iter().copied().chain(1..=32).collect();
    let body = base64::engine::general_purpose::STANDARD.encode(edwards);
    let pem = ["-----BEGIN ", "PRIVATE KEY-----\\n", &body, "\\n-----END ", "PRIVATE KEY-----\\n"].concat();
    let file = format!(r#"{{"type": "service_account", "private_key_id": "{}", "private_key": "{pem}"}}"#, hex(40));
    let facts = secrets(&file);
    assert_eq!(
        (facts.len(), facts[0].rule, facts[0].sha256),
        (1, "google-service-account", Digest::of(hex(40).as_bytes()))
    );
    assert_eq!(secrets(&file.replace(&body, "...")), []);
    assert_eq!(secrets(r#"e.type==="service_account"&&e.private_key"#), []);
}

#[test]
fn examples_of_documentation_are_none() {
    let texts = [
        ["AK", "IAIOSFODNN7EXAMPLE"].concat(),
        ["gh", "p_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"].concat(),
        ["gh", "p_1a2b3c4..."].concat(),
        ["gh", "p_", &word(36)].concat(),
        ["sk_", "live_YOUR_API_KEY_GOES_HERE_OK"].concat(),
        ["sk_", "live_", &"x".repeat(24)].concat(),
        ["AI", "za", &"0".repeat(35)].concat(),
        ["AI", "zaSyEXAMPLE", &word(28)].concat(),
        "pk.eyJ1Ijo.....".to_owned(),
        "sk-1234567890abcdef1234567890abcdef".to_owned(),
        "postgres://user:password@localhost:5432/db".to_owned(),
        "postgres://user:password@db.company.io/db".to_owned(),
        "mysql://root:root@db.company.io/x".to_owned(),
        "mongodb://<username>:<password>@cluster.mongodb.net".to_owned(),
        "postgresql://${user}:${pass}@db.company.io".to_owned(),
        "redis://app:Tr0ub4dor@127.0.0.1:6379".to_owned(),
        "amqp://app:Tr0ub4dor@mq.example.com".to_owned(),
        "capgkey: '00000000-0000-0000-0000-000000000000'".to_owned(),
        ["sk_", "live_", &"x".repeat(32)].concat(),
        ["ph", "c_", &"a".repeat(43)].concat(),
        ["RevenueCat: 'sk_", &"X".repeat(32), "'"].concat(),
        ["sdk", "-00000000-0000-0000-0000-000000000000"].concat(),
        ["EXPO_TOKEN", "=YOUR_EXPO_TOKEN_GOES_HERE_PLEASE_REPLACE"].concat(),
        "https://user:password@host.company.io/".to_owned(),
        "https://user:hunter2hunter2@example.com/".to_owned(),
        "https://a.blob.core.windows.net/b?sig=abc&sv=2024".to_owned(),
        token(r#"{"iss":"supabase-demo","role":"service_role"}"#),
        token(r#"{"sub":"1234567890","name":"John Doe"}"#),
    ];
    for text in texts {
        assert_eq!(secrets(&text), [], "{text}");
    }
}

#[test]
fn minified_bundles_raise_no_alarm() {
    let long = word(4000);
    let texts = [
        format!("integrity=\"sha512-{}==\"", word(86)),
        format!("url(data:image/png;base64,{long}AIza{long})"),
        format!("\"{long}AKIA{long}\""),
        format!("{{1:\"{}\",2:\"{}\",3:\"{}\"}}[e]+\".js\"", hex(20), hex(32), hex(16)),
        "SG.a.b,SG.Component.prototype.render=function(){return this.SG.state.items}".to_owned(),
        "sk-loading-spinner sk-folding-cube sk-three-bounce sk-chasing-dot-animation-delay".to_owned(),
        "npm_config_registry npm_package_version npm_lifecycle_event npm_config_user_agent".to_owned(),
        "key-value-pair key-frames-animation-long-name key-0 key-deadbeefdeadbeefdeadbeefdeadbeef".to_owned(),
        "/\\bAIza[0-9A-Za-z_-]{35}\\b/g,/\\bghp_[A-Za-z0-9]{36}\\b/".to_owned(),
        "ASIAPACIFICREGIONS ASIAN_LANGUAGES".to_owned(),
        "hvs.prototype.constructor.defaultProps.render".to_owned(),
        format!("capgo/{}-x.js", hex(8)),
        "ion_content_component_wrapper_element_shadow".to_owned(),
        "https://docs.sentry.io/platforms/javascript".to_owned(),
        "xoxp-`,\"agents.channels.slack\"".to_owned(),
        "550e8400-e29b-41d4-a716-446655440000".to_owned(),
        "\u{feff}short".to_owned(),
    ];
    for text in texts {
        assert_eq!(secrets(&text), [], "{}", crate::model::shorten(&text, 80));
    }
}

#[test]
fn facts_are_bounded_and_offsets_are_bytes() {
    let one = format!("é {} ", checked("ghp_"));
    assert_eq!(secrets(&one)[0].offset, 3);
    assert_eq!(secrets(&one.repeat(10_500)).len(), 10_000);
    for end in 0..one.len() {
        if let Some(cut) = one.get(..end) {
            let _ = secrets(cut);
        }
    }
}
