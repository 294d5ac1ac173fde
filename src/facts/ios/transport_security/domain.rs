//! How a domain must be written (Apple: `NSExceptionDomains`, Discussion), and which hosts it covers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;

use crate::model::Fact;

/// Why a domain, as it is written, matches no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DomainFault {
    /// It is empty.
    Empty,
    /// It must be in lower case.
    UpperCase,
    /// It must have no port.
    Port,
    /// It must have no wildcard; subdomains have their own key.
    Wildcard,
    /// With a dot at the end it matches only names with a dot at the end.
    TrailingDot,
    /// It is an address with scheme, path or user, not a domain.
    Address,
    /// It has white space or commas: perhaps several domains in one.
    SeveralOrSpaced,
    /// It has letters outside ASCII; names on the wire are in their `xn--` form.
    NotAscii,
    /// It has a variable whose value is not known.
    Variable,
}

/// What is wrong with a domain's spelling.
#[must_use]
pub fn faults(domain: &str) -> Vec<DomainFault> {
    let mut faults = Vec::new();
    let mut check = |is: bool, fault: DomainFault| {
        if is {
            faults.push(fault);
        }
    };
    let is_number = range(domain).is_some();
    check(domain.is_empty(), DomainFault::Empty);
    check(domain.bytes().any(|byte| byte.is_ascii_uppercase()) && !is_number, DomainFault::UpperCase);
    check(!is_number && has_port(domain), DomainFault::Port);
    check(domain.contains('*'), DomainFault::Wildcard);
    check(domain.ends_with('.'), DomainFault::TrailingDot);
    check(!is_number && (domain.contains('/') || domain.contains('@')), DomainFault::Address);
    check(domain.contains(|one: char| one.is_whitespace() || one == ',' || one == ';'), DomainFault::SeveralOrSpaced);
    check(!domain.is_ascii(), DomainFault::NotAscii);
    check(domain.contains("$(") || domain.contains("${"), DomainFault::Variable);
    faults
}

fn has_port(domain: &str) -> bool {
    let after = domain.split_once("://").map_or(domain, |(_, after)| after);
    let host = after.split('/').next().unwrap_or_default();
    host.rsplit_once(':').is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What the domain was likely meant to be: without scheme, path, port, wildcard and final dot, in lower case.
pub(super) fn meant(domain: &str) -> String {
    let after = domain.trim().split_once("://").map_or(domain.trim(), |(_, after)| after);
    let host = after.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = if has_port(host) { host.rsplit_once(':').map_or(host, |(host, _)| host) } else { host };
    host.trim_start_matches("*.").trim_end_matches('.').to_ascii_lowercase()
}

/// How a domain covers a host: not at all, or with a number that is larger the closer it is.
pub(super) fn covers(domain: &str, includes_subdomains: &Fact<bool>, host: &str) -> Option<Cover> {
    if let Some((network, bits)) = range(domain) {
        let address: IpAddr = host.trim_matches(['[', ']']).parse().ok()?;
        let closeness = usize::from(bits) + 1;
        return contains(network, bits, address).then_some(Cover { closeness, is_certain: true });
    }
    let rest = host.strip_suffix(domain)?;
    if rest.is_empty() {
        return Some(Cover { closeness: usize::MAX, is_certain: true });
    }
    if domain.is_empty() || !rest.ends_with('.') {
        return None;
    }
    match includes_subdomains {
        Fact::Known(true) => Some(Cover { closeness: domain.len(), is_certain: true }),
        Fact::Known(false) | Fact::Absent => None,
        Fact::Unknown(_) | Fact::Unreadable(_) => Some(Cover { closeness: domain.len(), is_certain: false }),
    }
}

/// That a domain covers a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cover {
    pub(super) closeness: usize,
    /// `NSIncludesSubdomains` is known.
    pub(super) is_certain: bool,
}

/// An IP address or a range of them, which iOS 17 and later take.
fn range(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
    (bits <= most).then_some((address, bits))
}

fn contains(network: IpAddr, bits: u8, address: IpAddr) -> bool {
    let same = |left: u128, right: u128, width: u32| {
        let shift = width.saturating_sub(u32::from(bits));
        left.checked_shr(shift).unwrap_or(0) == right.checked_shr(shift).unwrap_or(0)
    };
    match (network, address) {
        (IpAddr::V4(left), IpAddr::V4(right)) => same(number4(left), number4(right), 32),
        (IpAddr::V6(left), IpAddr::V6(right)) => same(number6(left), number6(right), 128),
        _ => false,
    }
}

fn number4(address: Ipv4Addr) -> u128 {
    u128::from(u32::from(address))
}

fn number6(address: Ipv6Addr) -> u128 {
    u128::from(address)
}
