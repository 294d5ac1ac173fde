//! What protects the connection to one host on iOS 10 and later.

use serde::Serialize;

use super::domain::{self, Cover};
use super::pins::PinnedDomain;
use super::{DEFAULT_TLS, DomainException, NamedKey, TransportSecurity};
use crate::facts::ios::sited::Sited;
use crate::model::{Fact, printable};

/// Which rule decides about a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "rule", content = "domain")]
pub enum HostRule {
    /// An entry of `NSExceptionDomains`; the global keys don't apply then, even if it is empty.
    Exception(String),
    /// `NSAllowsArbitraryLoads`.
    ArbitraryLoads,
    /// A name without a dot, a `.local` name or an IP address.
    Local,
    /// Apple's defaults.
    Default,
}

/// What protects the connection to a host, each with the place that says so. Without a position it is Apple's default.
#[derive(Clone, Debug, Serialize)]
pub struct HostProtection {
    /// The host, in lower case.
    pub host: String,
    /// The rule that decides.
    pub rule: HostRule,
    /// Whether http without TLS is allowed to the app's own code, such as an updater.
    pub cleartext: Sited<bool>,
    /// Whether it is allowed to web views.
    pub cleartext_in_web_views: Sited<bool>,
    /// The minimum of TLS; `Absent` when App Transport Security sets none.
    pub minimum_tls: Sited<String>,
    /// Whether forward secrecy is required.
    pub forward_secrecy: Sited<bool>,
    /// The entry of `NSPinnedDomains` that covers the host.
    pub pinned: Option<PinnedDomain>,
    /// Entries that are written against Apple's rules and were likely meant for this host.
    pub misspelt: Vec<NamedKey>,
}

impl TransportSecurity {
    /// What protects the connection to a host (without port) on iOS 10 and later.
    #[must_use]
    pub fn effective(&self, host: &str) -> HostProtection {
        let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
        let exception = closest(&self.exceptions, &host, |one| (&one.domain, &one.includes_subdomains));
        let pinned =
            closest(&self.pinned, &host, |one| (&one.domain, &one.includes_subdomains)).map(|(one, _)| one.clone());
        let misspelt = self.misspelt(&host);
        let mut protection = match exception {
            Some((exception, cover)) => self.by_exception(&host, exception, cover),
            None => self.by_global_keys(&host),
        };
        let allows = |one: &DomainException| one.allows_insecure_http.known() == Some(&true);
        let doubtful =
            self.exceptions.iter().find(|one| allows(one) && is_meant(&one.domain, &one.includes_subdomains, &host));
        if let Some(one) = doubtful.filter(|_| protection.cleartext.known() != Some(&true)) {
            let why =
                format!("`{}` allows it, but is written against Apple's rules for domains", printable(&one.domain, 80));
            protection.cleartext = one.allows_insecure_http.with(Fact::Unknown(why));
        }
        HostProtection { pinned, misspelt, ..protection }
    }

    fn misspelt(&self, host: &str) -> Vec<NamedKey> {
        let exceptions = self.exceptions.iter().map(|one| (&one.domain, one.position, &one.includes_subdomains));
        let pinned = self.pinned.iter().map(|one| (&one.domain, one.position, &one.includes_subdomains));
        let meant = exceptions.chain(pinned).filter(|(domain, _, includes)| is_meant(domain, includes, host));
        meant.map(|(domain, position, _)| NamedKey { key: domain.clone(), position }).collect()
    }

    fn by_exception(&self, host: &str, exception: &DomainException, cover: Cover) -> HostProtection {
        let cleartext = decided(&exception.allows_insecure_http, false, cover);
        let in_web_views = &self.allows_arbitrary_loads_in_web_content;
        HostProtection {
            host: host.to_owned(),
            rule: HostRule::Exception(exception.domain.clone()),
            cleartext_in_web_views: Self::in_web_views(&cleartext, in_web_views),
            cleartext,
            minimum_tls: decided(&exception.minimum_tls, DEFAULT_TLS.to_owned(), cover),
            forward_secrecy: decided(&exception.requires_forward_secrecy, true, cover),
            pinned: None,
            misspelt: Vec::new(),
        }
    }

    fn by_global_keys(&self, host: &str) -> HostProtection {
        let arbitrary = self.arbitrary_loads();
        let (rule, cleartext) = if let Some(cleartext) = self.local(host).filter(|_| arbitrary.known() != Some(&true)) {
            (HostRule::Local, cleartext)
        } else if arbitrary.known() == Some(&false) || arbitrary.fact == Fact::Absent {
            (HostRule::Default, or_default(&arbitrary, false))
        } else {
            (HostRule::ArbitraryLoads, arbitrary.clone())
        };
        let off = rule == HostRule::ArbitraryLoads;
        let weakened = |known: bool| match &cleartext.fact {
            Fact::Known(_) => Fact::Known(known),
            Fact::Unknown(why) => Fact::Unknown(why.clone()),
            Fact::Unreadable(why) => Fact::Unreadable(why.clone()),
            Fact::Absent => Fact::Absent,
        };
        let minimum_tls = match (&cleartext.fact, off) {
            (Fact::Known(true), true) => cleartext.with(Fact::Absent),
            (Fact::Unknown(why), true) => cleartext.with(Fact::Unknown(why.clone())),
            (Fact::Unreadable(why), _) => cleartext.with(Fact::Unreadable(why.clone())),
            _ => Sited::new(Fact::Known(DEFAULT_TLS.to_owned()), &cleartext.file, None),
        };
        let forward_secrecy =
            if off { cleartext.with(weakened(false)) } else { Sited::new(Fact::Known(true), &cleartext.file, None) };
        HostProtection {
            host: host.to_owned(),
            cleartext_in_web_views: Self::in_web_views(&cleartext, &self.allows_arbitrary_loads_in_web_content),
            rule,
            cleartext,
            minimum_tls,
            forward_secrecy,
            pinned: None,
            misspelt: Vec::new(),
        }
    }

    /// Web views have a key of their own, which only adds.
    fn in_web_views(cleartext: &Sited<bool>, key: &Sited<bool>) -> Sited<bool> {
        match (&cleartext.fact, &key.fact) {
            (Fact::Known(true), _) | (_, Fact::Absent | Fact::Known(false)) => cleartext.clone(),
            _ => key.clone(),
        }
    }

    /// Whether cleartext to a local host is allowed: names without a dot and `.local` names since iOS 10, IP addresses up
    /// to iOS 16, and from iOS 17 with `NSAllowsLocalNetworking` (Apple: `NSAllowsLocalNetworking`, Discussion).
    fn local(&self, host: &str) -> Option<Sited<bool>> {
        let file = &self.stated.file;
        if host.parse::<std::net::IpAddr>().is_ok() {
            let key = &self.allows_local_networking;
            let why = "iOS allows IP addresses up to version 16, and not from version 17 on";
            return Some(match key.known() {
                Some(true) => key.clone(),
                _ => Sited::new(Fact::Unknown(why.to_owned()), file, key.position),
            });
        }
        let is_local = !host.is_empty() && (!host.contains('.') || host.ends_with(".local"));
        is_local.then(|| Sited::new(Fact::Known(true), file, self.allows_local_networking.position))
    }
}

/// What is absent has Apple's default; its place is the file alone.
fn or_default<T: Clone>(stated: &Sited<T>, default: T) -> Sited<T> {
    if matches!(stated.fact, Fact::Absent) { stated.with(Fact::Known(default)) } else { stated.clone() }
}

/// What an exception says, unless it is in doubt whether it covers the host at all.
fn decided<T: Clone>(stated: &Sited<T>, default: T, cover: Cover) -> Sited<T> {
    if cover.is_certain {
        or_default(stated, default)
    } else {
        stated.with(Fact::Unknown("whether the exception includes subdomains is not known".to_owned()))
    }
}

/// The most specific entry that covers a host; written correctly, and the last of equal ones, as in a dictionary.
fn closest<'a, T>(list: &'a [T], host: &str, parts: fn(&T) -> (&String, &Sited<bool>)) -> Option<(&'a T, Cover)> {
    let covering = list.iter().filter_map(|one| {
        let (name, includes) = parts(one);
        domain::faults(name)
            .is_empty()
            .then(|| domain::covers(name, &includes.fact, host))
            .flatten()
            .map(|cover| (one, cover))
    });
    covering.max_by_key(|(_, cover)| cover.closeness)
}

fn is_meant(written: &str, includes: &Sited<bool>, host: &str) -> bool {
    !domain::faults(written).is_empty() && {
        let wildcard = Fact::Known(written.contains('*'));
        let meant = domain::meant(written);
        domain::covers(&meant, &includes.fact, host).is_some() || domain::covers(&meant, &wildcard, host).is_some()
    }
}
