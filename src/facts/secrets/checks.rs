//! The rules that need more than a prefix and a run of characters.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Standing::{self, Publishable, Secret, Weak};
use super::looks::{
    around, begins, distinct, is_base64, is_letter_or_digit, is_lower_hex, is_mixed, is_near, is_placeholder,
    is_random, is_word, run_end, run_start,
};
use super::{Found, Place};
use crate::facts::keys::{KeyMaterial, private_keys_in_text};

/// The run behind `start` when it has this length.
fn run(text: &str, start: usize, alphabet: fn(u8) -> bool, lengths: std::ops::RangeInclusive<usize>) -> Option<&str> {
    let end = run_end(text, start, alphabet);
    text.get(start..end).filter(|run| lengths.contains(&run.len()))
}

/// Nothing of a token's alphabet follows.
fn ends(text: &str, end: usize) -> bool {
    text.as_bytes().get(end).is_none_or(|next| !is_word(*next))
}

/// AWS, "IAM identifiers": `AKIA` or `ASIA` and 16 letters of base 32. The identifier alone opens nothing; with a
/// secret of 40 characters beside it, it does.
pub(super) fn aws(place: Place<'_>) -> Option<Found> {
    let Place { text, at, after } = place;
    let body = run(text, after, |byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9'), 16..=16)?;
    let base32 = body.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
    let end = after + body.len();
    let digits = body.bytes().any(|byte| byte.is_ascii_digit());
    if !base32 || !digits || !begins(text, at) || !ends(text, end) || !is_random(body) {
        return None;
    }
    let near = around(text, at.saturating_sub(300), end.saturating_add(300));
    let secret = near
        .split(|character: char| !character.is_ascii() || !is_base64(u8::try_from(character).unwrap_or(b' ')))
        .any(|word| word.len() == 40 && is_mixed(word) && distinct(word) >= 18 && !is_placeholder(word));
    Some(Found { start: at, end, standing: if secret { Secret } else { Weak } })
}

/// A service account's file: the type, and a private key that decodes. What is shown is the key's identifier.
pub(super) fn service_account(place: Place<'_>) -> Option<Found> {
    let Place { text, at, after } = place;
    if !is_near(text, at, 64, "type") {
        return None;
    }
    // Google writes the type first. Only the nearest mark before a key looks into it, so that no key is read twice.
    let (before, rest) = around(text, after, after.saturating_add(8192)).split_once("-----BEGIN PRIVATE KEY-----")?;
    if !before.contains("private_key") || before.contains("service_account") {
        return None;
    }
    let body = rest.split("-----").next()?;
    let key = ["-----BEGIN PRIVATE KEY-----", body, "-----END PRIVATE KEY-----"].concat();
    if !private_keys_in_text(&key).iter().any(|key| key.material == KeyMaterial::Real) {
        return None;
    }
    // The key's name is shown and compared, for it is no secret; Google writes it behind the type.
    let rest = text.get(after..)?;
    let named =
        rest.find("private_key_id").filter(|found| *found < 1024).map(|found| after + found + "private_key_id".len());
    let identifier = named.and_then(|from| {
        let gap = text.get(from..)?.bytes().take(8).take_while(|byte| !byte.is_ascii_hexdigit()).count();
        run(text, from + gap, is_lower_hex, 40..=40).map(|identifier| (from + gap, from + gap + identifier.len()))
    });
    let (start, end) = identifier.unwrap_or((at, after));
    Some(Found { start, end, standing: Secret })
}

/// Firebase, legacy HTTP protocol: `AAAA`, seven characters, a colon, `APA91b` and 134 more. Switched off in 2024.
pub(super) fn cloud_messaging(place: Place<'_>) -> Option<Found> {
    let start = place.at.checked_sub(11)?;
    let head = place.text.get(start..place.at)?;
    let body = run(place.text, place.after, is_word, 134..=134)?;
    let fits = head.starts_with("AAAA") && head.bytes().all(is_word) && begins(place.text, start) && is_mixed(body);
    fits.then_some(Found { start, end: place.after + body.len(), standing: Weak })
}

/// Azure connection strings: 64 bytes of base64 (storage) or 32 (service bus, event hubs).
pub(super) fn azure(place: Place<'_>) -> Option<Found> {
    let body = run(place.text, place.after, is_base64, 43..=86)?;
    let end = place.after + body.len();
    let padding = place.text.get(end..)?;
    let length = match body.len() {
        86 if padding.starts_with("==") => 2,
        43 if padding.starts_with('=') => 1,
        _ => return None,
    };
    // The storage emulator's key is public: learn.microsoft.com, "Use the Azurite emulator".
    let emulator = body.starts_with("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq");
    (!emulator && is_mixed(body)).then_some(Found { start: place.after, end: end + length, standing: Secret })
}

/// `OpenAI`: every key holds `T3BlbkFJ` (`OpenAI` in base64) between two random parts, and begins with `sk-`.
pub(super) fn openai(place: Place<'_>) -> Option<Found> {
    let mut start = run_start(place.text, place.at, is_word);
    let end = run_end(place.text, place.after, is_word);
    // The letter of an escape such as `\n` reads like a part of the run.
    if start.checked_sub(1).and_then(|before| place.text.as_bytes().get(before)) == Some(&b'\\') {
        start += 1;
    }
    let key = place.text.get(start..end)?;
    let body = key.strip_prefix("sk-")?;
    ((40..=220).contains(&body.len()) && is_random(body) && is_mixed(body)).then_some(Found {
        start,
        end,
        standing: Secret,
    })
}

/// Slack: parts joined by hyphens, the first of them a number (or for app tokens `1` and an identifier).
pub(super) fn is_slack_body(body: &str) -> bool {
    let mut parts = body.split('-');
    let first = parts.next().unwrap_or_default();
    let last = parts.next_back().unwrap_or_default();
    !first.is_empty()
        && first.bytes().all(|byte| byte.is_ascii_digit())
        && last.len() >= 16
        && last.bytes().all(is_letter_or_digit)
        && distinct(last) >= 8
}

/// `hooks.slack.com/services/T…/B…/…`
pub(super) fn slack_webhook(place: Place<'_>) -> Option<Found> {
    let end = run_end(place.text, place.after, |byte| is_letter_or_digit(byte) || byte == b'/');
    let path = place.text.get(place.after..end)?;
    let mut parts = path.split('/');
    let (team, hook, token) = (parts.next()?, parts.next()?, parts.next()?);
    let fits = team.starts_with('T') && team.len() >= 9 && hook.starts_with('B') && hook.len() >= 9;
    (fits && token.len() == 24 && is_random(token) && !is_placeholder(path)).then_some(Found {
        start: place.at,
        end: place.after + team.len() + hook.len() + token.len() + 2,
        standing: Secret,
    })
}

/// `discord.com/api/webhooks/<number>/<token of 68 characters>`
pub(super) fn discord_webhook(place: Place<'_>) -> Option<Found> {
    let number = run(place.text, place.after, |byte| byte.is_ascii_digit(), 17..=20)?;
    let at = place.after + number.len();
    place.text.get(at..).filter(|rest| rest.starts_with('/'))?;
    let token = run(place.text, at + 1, is_word, 60..=72)?;
    is_mixed(token).then_some(Found { start: place.at, end: at + 1 + token.len(), standing: Secret })
}

/// Discord, "Reference": the user's number in base64, a time, and a signature of 27 or 38 characters, joined by dots.
pub(super) fn discord_bot(place: Place<'_>) -> Option<Found> {
    let Place { text, at, .. } = place;
    let user = run(text, at, is_word, 24..=28)?;
    let mut end = at + user.len();
    for lengths in [6..=6, 27..=38] {
        text.get(end..).filter(|rest| rest.starts_with('.'))?;
        end += 1 + run(text, end + 1, is_word, lengths)?.len();
    }
    let number = URL_SAFE_NO_PAD.decode(user).ok()?;
    let fits =
        begins(text, at) && ends(text, end) && number.iter().all(u8::is_ascii_digit) && is_random(text.get(at..end)?);
    fits.then_some(Found { start: at, end, standing: Weak })
}

/// Telegram: the bot's number of 8 to 10 digits, a colon, `AA` and 33 characters.
pub(super) fn telegram(place: Place<'_>) -> Option<Found> {
    let Place { text, at, after } = place;
    let start = run_start(text, at, |byte| byte.is_ascii_digit());
    let number = text.get(start..at)?;
    // In addresses of its interface the number stands behind the word `bot`.
    let free = begins(text, start) || text.get(..start)?.ends_with("/bot");
    let body = run(text, after, is_word, 33..=33)?;
    let fits = free && (8..=10).contains(&number.len()) && is_mixed(body) && is_random(body);
    fits.then_some(Found { start, end: after + body.len(), standing: Secret })
}

/// `SendGrid`: `SG.`, 22 characters, a dot, 43 characters.
pub(super) fn sendgrid(place: Place<'_>) -> Option<Found> {
    let Place { text, at, after } = place;
    let id = run(text, after, is_word, 22..=22)?;
    let dot = after + id.len();
    text.get(dot..).filter(|rest| rest.starts_with('.'))?;
    let key = run(text, dot + 1, is_word, 43..=43)?;
    (begins(text, at) && is_mixed(key) && is_random(key)).then_some(Found {
        start: at,
        end: dot + 1 + key.len(),
        standing: Secret,
    })
}

/// Twilio: `SK` and 32 digits is the name of an API key; its secret is 32 letters and digits without a prefix, so only
/// both together, near the provider's name, are certain.
pub(super) fn twilio(place: Place<'_>) -> Option<Found> {
    let Place { text, at, .. } = place;
    let body = run(text, at + 2, is_lower_hex, 32..=32)?;
    let end = at + 34;
    if !begins(text, at) || !ends(text, end) || !is_random(body) {
        return None;
    }
    let near = around(text, end, end.saturating_add(200));
    let secret =
        near.split(|character: char| !character.is_ascii_alphanumeric()).any(|word| word.len() == 32 && is_mixed(word));
    let certain = secret && is_near(text, at, 256, "twilio");
    Some(Found { start: at, end, standing: if certain { Secret } else { Weak } })
}

/// Mailgun's older keys: `key-` and 32 hexadecimal digits, which without the provider's name may be anything's.
pub(super) fn mailgun(place: Place<'_>) -> Option<Found> {
    let Place { text, at, after } = place;
    let body = run(text, after, is_lower_hex, 32..=32)?;
    let end = after + body.len();
    let fits = begins(text, at) && ends(text, end) && is_random(body);
    let standing = if is_near(text, at, 256, "mailgun") { Secret } else { Weak };
    fits.then_some(Found { start: at, end, standing })
}

/// Mapbox, "Access tokens": `pk.` or `sk.`, a payload that names the user as `u`, a signature of 22 characters.
pub(super) fn mapbox(place: Place<'_>, standing: Standing) -> Option<Found> {
    let Place { text, at, .. } = place;
    let payload = run(text, at + 3, is_word, 20..=400)?;
    let dot = at + 3 + payload.len();
    text.get(dot..).filter(|rest| rest.starts_with('.'))?;
    let signature = run(text, dot + 1, is_word, 22..=22)?;
    let claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    let user = claims.get("u")?.as_str()?;
    let fits = begins(text, at) && is_mixed(signature) && !is_placeholder(user);
    fits.then_some(Found { start: at, end: dot + 1 + signature.len(), standing })
}

/// Supabase's keys are JSON web tokens (RFC 7519) whose payload names the role. Other tokens pass.
pub(super) fn supabase(place: Place<'_>) -> Option<Found> {
    let Place { text, at, after } = place;
    if !begins(text, at) {
        return None;
    }
    let mut end = run_end(text, after, is_word);
    let mut payload = None;
    for lengths in [16..=2000, 40..=700] {
        text.get(end..).filter(|rest| rest.starts_with('.'))?;
        let part = run(text, end + 1, is_word, lengths)?;
        payload = payload.or(Some(part));
        end += 1 + part.len();
    }
    let claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload?).ok()?).ok()?;
    let issuer = claims.get("iss").and_then(serde_json::Value::as_str).unwrap_or_default();
    // `supabase-demo` signs the keys of every local installation: they are in its documentation.
    if !issuer.contains("supabase") || issuer == "supabase-demo" {
        return None;
    }
    let standing = match claims.get("role")?.as_str()? {
        "service_role" => Secret,
        "anon" => Publishable,
        _ => return None,
    };
    Some(Found { start: at, end, standing })
}

/// Supabase, "Understanding API keys": 22 random characters, `_`, and a checksum of eight. The key that every local
/// installation has is in its documentation.
pub(super) fn is_supabase_body(body: &str) -> bool {
    body.as_bytes().get(22) == Some(&b'_') && is_mixed(body) && !body.starts_with("N7UND0UgjKTVK")
}

/// A UUID behind the header's or the variable's name is Capgo's key; behind its mere name it may be an app's id.
pub(super) fn capgo(place: Place<'_>) -> Option<Found> {
    let Place { text, at, after } = place;
    let near = around(text, after, after.saturating_add(60));
    let prefix = text.get(at..after)?;
    let own = !prefix.eq_ignore_ascii_case("capgo");
    let start =
        near.match_indices('-').find_map(|(dash, _)| dash.checked_sub(8).filter(|from| is_uuid(near, *from)))?;
    let between = near.get(..start)?;
    let named = ["key", "token", "secret"].iter().any(|word| between.to_ascii_lowercase().contains(word));
    let beside = between.bytes().all(|byte| !byte.is_ascii_alphanumeric()) && between.len() <= 12;
    let standing = match (own && beside, named || own) {
        (true, _) => Secret,
        (false, true) => Weak,
        (false, false) => return None,
    };
    let begin = after + start;
    let key = text.get(begin..begin + 36)?;
    let zeros = distinct(key) < 8 || is_placeholder(&key.replace('-', ""));
    (!zeros).then_some(Found { start: begin, end: begin + 36, standing })
}

/// RFC 9562: 8-4-4-4-12 hexadecimal digits, alone.
fn is_uuid(text: &str, from: usize) -> bool {
    let Some(candidate) = text.get(from..from + 36) else { return false };
    let free = from.checked_sub(1).and_then(|at| text.as_bytes().get(at)).is_none_or(|byte| !is_letter_or_digit(*byte));
    let parts = candidate.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    free && parts && candidate.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit()) && ends(text, from + 36)
}

/// Sentry: `https://<key>@<organisation>.ingest.sentry.io/<project>`; older ones have a secret behind a colon.
pub(super) fn sentry(place: Place<'_>) -> Option<Found> {
    let Place { text, at, after } = place;
    let start =
        run_start(text, at, |byte| is_letter_or_digit(byte) || matches!(byte, b':' | b'/' | b'@' | b'.' | b'-'));
    let address = text.get(start..at)?;
    let start = start + address.rfind("https://")?;
    let account = text.get(start + 8..at)?.split_once('@')?.0;
    let project = run(text, after, |byte| byte.is_ascii_digit(), 1..=20)?;
    let key = |part: &str| part.len() == 32 && part.bytes().all(is_lower_hex) && is_random(part);
    let standing = match account.split_once(':') {
        Some((public, secret)) => (key(public) && key(secret)).then_some(Secret)?,
        None => key(account).then_some(Publishable)?,
    };
    Some(Found { start, end: after + project.len(), standing })
}

/// Algolia's keys are 32 hexadecimal digits without a mark: one near the name and the word `key`.
pub(super) fn algolia(place: Place<'_>) -> Option<Found> {
    let near = around(place.text, place.after, place.after.saturating_add(120));
    let at = near
        .split(|character: char| !character.is_ascii_alphanumeric())
        .find(|word| word.len() == 32 && word.bytes().all(is_lower_hex) && is_random(word));
    let start = place.after + near.find(at?)?;
    let between = place.text.get(place.after..start)?.to_ascii_lowercase();
    let standing = if between.contains("admin") { Secret } else { Publishable };
    between.contains("key").then_some(Found { start, end: start + 32, standing })
}

/// A UUID and nothing else.
pub(super) fn is_uuid_alone(body: &str) -> bool {
    is_uuid(body, 0) && distinct(body) >= 9
}

/// Expo's tokens are 40 characters without a mark: the value behind the variable's name.
pub(super) fn expo(place: Place<'_>) -> Option<Found> {
    let gap = run_end(place.text, place.after, |byte| matches!(byte, b' ' | b'"' | b'\'' | b'`' | b'=' | b':'));
    let body = run(place.text, gap, is_word, 40..=40).filter(|_| gap > place.after && gap - place.after <= 6)?;
    (is_mixed(body) && is_random(body)).then_some(Found { start: gap, end: gap + 40, standing: Secret })
}

/// Azure, "Create a service SAS": the signature is 32 bytes of base64, percent-encoded; version and end stand beside it. It
/// may be over, and may open one file only: a person has to look.
pub(super) fn azure_sas(place: Place<'_>) -> Option<Found> {
    let Place { text, at, after } = place;
    let before = at.checked_sub(1).and_then(|before| text.as_bytes().get(before))?;
    let end = run_end(text, after, |byte| is_base64(byte) || matches!(byte, b'%' | b'='));
    let body = text.get(after..end)?;
    let beside = ["sv=20", "se=20"].iter().all(|word| is_near(text, at, 400, word));
    let ended = body.ends_with("%3D") || body.ends_with("%3d") || body.ends_with('=');
    let fits = matches!(before, b'?' | b'&' | b';') && (44..=80).contains(&body.len()) && ended && is_mixed(body);
    (fits && beside).then_some(Found { start: after, end, standing: Weak })
}

/// `RevenueCat`: `sk_` and 32 letters and digits near the provider's name; a mark like that others have, too.
pub(super) fn revenuecat(place: Place<'_>) -> Option<Found> {
    let near = around(place.text, place.after, place.after.saturating_add(120));
    let found = near.match_indices("sk_").find_map(|(at, _)| {
        let body = run(near, at + 3, is_letter_or_digit, 24..=36)?;
        (begins(near, at) && is_random(body) && distinct(body) >= 12).then_some((at, at + 3 + body.len()))
    });
    let (start, end) = found?;
    Some(Found { start: place.after + start, end: place.after + end, standing: Secret })
}
