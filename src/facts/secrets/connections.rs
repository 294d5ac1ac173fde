//! Addresses of databases and queues with a user name and a password in them (RFC 3986, section 3.2.1).

use super::Standing::{Secret, Weak};
use super::looks::is_placeholder;
use super::{Found, Place};

pub(super) const SCHEMES: &[&str] = &[
    "postgres://",
    "postgresql://",
    "mysql://",
    "mariadb://",
    "mongodb://",
    "mongodb+srv://",
    "redis://",
    "rediss://",
    "amqp://",
    "amqps://",
    "mssql://",
    "sqlserver://",
];

/// The longest user name with password, and the longest host.
const LONGEST: usize = 256;

/// What stands in documentation and in forms where a password should.
const PLACEHOLDERS: &[&str] = &[
    "password",
    "passwd",
    "pass",
    "pwd",
    "pw",
    "secret",
    "user",
    "username",
    "root",
    "postgres",
    "mysql",
    "admin",
    "mongo",
    "redis",
    "test",
    "guest",
    "changeme",
    "hunter2",
    "p",
    "s3cret",
    "xxx",
    "supersecret",
    "mypassword",
    "mypass",
    "dbpass",
    "dbpassword",
    "123456",
];

/// Machines that no stranger reaches, and names reserved for examples (RFC 2606).
fn is_harmless(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let reserved =
        ["localhost", "127.0.0.1", "0.0.0.0", "[", "host", "hostname", "server", "example", "myhost", "your", "my-"];
    reserved.iter().any(|name| host.starts_with(name))
        || [
            ".example",
            ".example.com",
            ".example.org",
            ".example.net",
            "example.com",
            ".test",
            ".invalid",
            ".local",
            ".localhost",
        ]
        .iter()
        .any(|end| host.ends_with(end))
}

pub(super) fn check(place: Place<'_>) -> Option<Found> {
    let rest = place.text.get(place.after..)?;
    let stop = |character: char| {
        character.is_whitespace()
            || matches!(character, '"' | '\'' | '`' | '<' | '>' | '/' | '?' | '\\' | '{' | '}' | '$' | '(' | ')')
    };
    let authority: &str = rest.split(stop).next()?;
    if authority.len() > 2 * LONGEST {
        return None;
    }
    let (account, host) = authority.rsplit_once('@')?;
    let (user, password) = account.split_once(':')?;
    let host = host.split([':', ',']).next().unwrap_or_default();
    let lower = password.to_ascii_lowercase();
    let typed = PLACEHOLDERS.contains(&lower.as_str())
        || is_placeholder(password)
        || lower == user.to_ascii_lowercase()
        || !password.bytes().any(|byte| byte.is_ascii_alphanumeric())
        || password.contains(['[', ']', '*', '%'].as_slice()) && password.len() < 8;
    if typed || password.len() < 4 || host.is_empty() || is_harmless(host) {
        return None;
    }
    // A bare name is a machine of a private network: not reached from outside, but the password may be used again.
    let standing = if host.contains('.') { Secret } else { Weak };
    Some(Found { start: place.at, end: place.after + authority.len(), standing })
}

/// An address of the web with a name and a password (RFC 3986, section 3.2.1). What it opens is not known, and manuals are full
/// of them: a person has to look. Sentry's older addresses have a rule of their own.
pub(super) fn web(place: Place<'_>) -> Option<Found> {
    let found = check(place)?;
    let address = place.text.get(found.start..found.end)?;
    let host = address.rsplit('@').next().unwrap_or_default();
    let password = address.rsplit_once('@').and_then(|(account, _)| account.rsplit_once(':'))?.1;
    let is_like = password.len() >= 8 && super::looks::distinct(password) >= 6;
    (host.contains('.') && !host.ends_with("sentry.io") && is_like).then_some(Found { standing: Weak, ..found })
}
