//! Hosts of advertising and analytics, as data: those to which an app sends, not those to which it links.

/// What a host is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    /// Advertising, marketing, attribution, and the tracking of social networks.
    Advertising,
    /// Analytics, which is tracking only when it is joined with the data of others.
    Analytics,
}

/// Hosts, and all below them, as they are commonly known from their makers' SDKs and tags (written down on 2026-11-23, not
/// taken from a list). A page such as
/// `www.facebook.com` is a link and not here.
const HOSTS: &[(&str, Purpose)] = &[
    ("2mdn.net", Purpose::Advertising),
    ("adcolony.com", Purpose::Advertising),
    ("adform.net", Purpose::Advertising),
    ("adjust.com", Purpose::Advertising),
    ("admob.com", Purpose::Advertising),
    ("adnxs.com", Purpose::Advertising),
    ("ads-twitter.com", Purpose::Advertising),
    ("adsrvr.org", Purpose::Advertising),
    ("adservice.google.com", Purpose::Advertising),
    ("amazon-adsystem.com", Purpose::Advertising),
    ("amplitude.com", Purpose::Analytics),
    ("analytics.tiktok.com", Purpose::Advertising),
    ("api2.branch.io", Purpose::Advertising),
    ("app-measurement.com", Purpose::Analytics),
    ("applovin.com", Purpose::Advertising),
    ("appsflyer.com", Purpose::Advertising),
    ("appsflyersdk.com", Purpose::Advertising),
    ("bat.bing.com", Purpose::Advertising),
    ("chartboost.com", Purpose::Advertising),
    ("clarity.ms", Purpose::Analytics),
    ("connect.facebook.net", Purpose::Advertising),
    ("criteo.com", Purpose::Advertising),
    ("criteo.net", Purpose::Advertising),
    ("ct.pinterest.com", Purpose::Advertising),
    ("doubleclick.net", Purpose::Advertising),
    ("fullstory.com", Purpose::Analytics),
    ("google-analytics.com", Purpose::Analytics),
    ("googleadservices.com", Purpose::Advertising),
    ("googlesyndication.com", Purpose::Advertising),
    ("googletagmanager.com", Purpose::Analytics),
    ("graph.facebook.com", Purpose::Advertising),
    ("hotjar.com", Purpose::Analytics),
    ("hotjar.io", Purpose::Analytics),
    ("inmobi.com", Purpose::Advertising),
    ("ironsrc.com", Purpose::Advertising),
    ("kochava.com", Purpose::Advertising),
    ("mc.yandex.ru", Purpose::Analytics),
    ("mixpanel.com", Purpose::Analytics),
    ("moatads.com", Purpose::Advertising),
    ("mxpnl.com", Purpose::Analytics),
    ("outbrain.com", Purpose::Advertising),
    ("px.ads.linkedin.com", Purpose::Advertising),
    ("quantserve.com", Purpose::Advertising),
    ("rubiconproject.com", Purpose::Advertising),
    ("sc-static.net", Purpose::Advertising),
    ("scorecardresearch.com", Purpose::Advertising),
    ("segment.com", Purpose::Analytics),
    ("segment.io", Purpose::Analytics),
    ("singular.net", Purpose::Advertising),
    ("snap.licdn.com", Purpose::Advertising),
    ("taboola.com", Purpose::Advertising),
    ("tr.snapchat.com", Purpose::Advertising),
    ("unityads.unity3d.com", Purpose::Advertising),
    ("vungle.com", Purpose::Advertising),
];

/// What a host is for, when it is known.
pub(super) fn purpose(host: &str) -> Option<Purpose> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    // Manuals and help pages are linked to, from error messages for example.
    if ["docs.", "developer.", "developers.", "help.", "support."].iter().any(|start| host.starts_with(start)) {
        return None;
    }
    let is = |known: &str| host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    HOSTS.iter().find(|(known, _)| is(known)).map(|(_, purpose)| *purpose)
}
