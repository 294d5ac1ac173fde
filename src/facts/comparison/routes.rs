//! Routes and features that a script names by constants: what routers of Angular, React, Vue and Ionic are given, and what
//! services for features are asked for. Best effort: a route that is put together while the app runs is not seen.

/// Routes and features of one script.
const MOST: usize = 2_000;
/// The longest of them.
const LONGEST: usize = 120;
/// How far around a path the other properties of its route stand.
const NEAR: usize = 240;
/// Properties that a route has beside its path.
const MARKS: [&[u8]; 10] = [
    b"component:",
    b"Component:",
    b"element:",
    b"loadComponent:",
    b"loadChildren:",
    b"redirectTo:",
    b"redirect:",
    b"children:",
    b"lazy:",
    b"beforeEnter:",
];
/// Functions that ask for a feature by its name.
const ASKS: [&[u8]; 14] = [
    b"isFeatureEnabled(",
    b"getFeatureFlag(",
    b"getFeatureFlagPayload(",
    b"useFeatureFlag(",
    b"useFeatureIsOn(",
    b"useFlag(",
    b"variation(",
    b"boolVariation(",
    b"getBooleanValue(",
    b"getBooleanDetails(",
    b"getFeatureValue(",
    b"checkGate(",
    b"useGate(",
    b"getExperiment(",
];

/// How keys begin that say by their form whether they are for tests (the services' own documentation of their keys). The name
/// says so with its last word.
const STAGES: [(&[u8], &str); 9] = [
    (b"pk_test_", "Stripe's `pk_test_`, for tests"),
    (b"pk_live_", "Stripe's `pk_live_`, for production"),
    (b"rzp_test_", "Razorpay's `rzp_test_`, for tests"),
    (b"rzp_live_", "Razorpay's `rzp_live_`, for production"),
    (b"sandbox-sq0idb-", "Square's `sandbox-sq0idb-`, for tests"),
    (b"sq0idp-", "Square's `sq0idp-`, for production"),
    (b"FLWPUBK_TEST-", "Flutterwave's `FLWPUBK_TEST-`, for tests"),
    (b"FLWPUBK-", "Flutterwave's `FLWPUBK-`, for production"),
    (b"ca-app-pub-3940256099942544", "AdMob's `ca-app-pub-3940256099942544`, Google's own for tests"),
];
/// How builds write their release into every chunk for Sentry.
const RELEASE: &[u8] = b"SENTRY_RELEASE={id:";

/// A route.
pub(super) const ROUTE: u8 = 0;
/// A feature.
pub(super) const FLAG: u8 = 1;
/// The name and version of the release, such as `app@1.2.3`.
pub(super) const RELEASED: u8 = 2;
/// A key for tests or for production.
pub(super) const STAGE: u8 = 3;

/// What sort it is, its text, and where it stands in bytes.
pub(super) fn named_texts(text: &str) -> Vec<(u8, String, usize)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for at in memchr::memmem::find_iter(bytes, b"path:").take(MOST * 20) {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        if !before.is_some_and(|byte| matches!(byte, b'{' | b',' | b' ' | b'\n' | b'\t')) {
            continue;
        }
        if let Some((route, end)) = constant(text, at + 5).filter(|(route, _)| is_route(route)) {
            let around = bytes.get(object(bytes, at, end)).unwrap_or_default();
            if MARKS.iter().any(|mark| memchr::memmem::find(around, mark).is_some()) {
                let shown = if route.starts_with('/') { route.to_owned() } else { format!("/{route}") };
                found.push((ROUTE, shown, at));
            }
        }
    }
    for ask in ASKS {
        for at in memchr::memmem::find_iter(bytes, ask).take(MOST) {
            let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
            if before.is_ascii_alphanumeric() || before == b'_' {
                continue;
            }
            if let Some((flag, _)) = constant(text, at + ask.len()).filter(|(flag, _)| is_flag(flag)) {
                found.push((FLAG, flag.to_owned(), at));
            }
        }
    }
    for (start, name) in STAGES {
        let is_key = |at: &usize| {
            let before = at.checked_sub(1).and_then(|at| bytes.get(at));
            let rest = bytes.get(at + start.len()..).unwrap_or_default();
            let long = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"~/_-".contains(byte)).count();
            before.is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'`')) && long >= 8
        };
        if let Some(at) = memchr::memmem::find_iter(bytes, start).take(MOST).find(is_key) {
            found.push((STAGE, name.to_owned(), at));
        }
    }
    found.truncate(MOST);
    if let Some(at) = memchr::memmem::find(bytes, RELEASE)
        && let Some((release, _)) = constant(text, at + RELEASE.len())
    {
        found.push((RELEASED, release.to_owned(), at));
    }
    found
}

/// Where the object stands that holds what lies from `at` to `end`, as far as it is near.
fn object(bytes: &[u8], at: usize, end: usize) -> std::ops::Range<usize> {
    let outside = |part: &mut dyn Iterator<Item = &u8>, opens: u8, closes: u8| {
        let mut depth = 0_usize;
        let mut length = 0;
        for byte in part.take(NEAR) {
            if *byte == opens {
                depth += 1;
            } else if *byte == closes {
                let Some(less) = depth.checked_sub(1) else { break };
                depth = less;
            }
            length += 1;
        }
        length
    };
    let before = outside(&mut bytes.get(..at).unwrap_or_default().iter().rev(), b'}', b'{');
    let after = outside(&mut bytes.get(end..).unwrap_or_default().iter(), b'{', b'}');
    at - before..end + after
}

/// The constant text at `from`, and where it ends.
fn constant(text: &str, from: usize) -> Option<(&str, usize)> {
    let rest = text.get(from..)?;
    let trimmed = rest.trim_start_matches([' ', '\n']);
    let quote = trimmed.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
    let inner = trimmed.get(1..)?;
    let end = inner.bytes().take(LONGEST + 1).position(|byte| byte == quote as u8)?;
    let begin = from + (rest.len() - trimmed.len()) + 1;
    Some((inner.get(..end)?, begin + end))
}

/// `/users/:id`, `**`, and the empty path of a start page.
fn is_route(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_-:*?.()+~@\\[]|".contains(&byte))
}

fn is_flag(text: &str) -> bool {
    text.len() >= 2 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::{FLAG, ROUTE, STAGE, named_texts};

    #[test]
    fn keys_for_tests_are_told_from_mere_prefixes() {
        let of = |text: &str| {
            named_texts(text).into_iter().filter(|one| one.0 == STAGE).map(|one| one.1).collect::<Vec<_>>()
        };
        let key = format!("a({:?})", ["pk", "test", "51HarbourHarbour"].join("_"));
        assert_eq!(of(&key), ["Stripe's `pk_test_`, for tests"]);
        assert!(of("if(k.startsWith(\"pk_test_\"))b()").is_empty(), "a prefix is no key");
    }

    #[test]
    fn routes_of_routers_and_names_of_features_are_found_and_other_paths_are_not() {
        let script = r#"a=[{path:"",component:x},{path:"users/:id",loadComponent:()=>import("./u")},
            {path:'**',redirectTo:""}];e(Route,{path:"/tides",element:e(T)});fs({path:"/etc/hosts"});
            c.variation("new-tides",!1);p.isFeatureEnabled(`beta`);q.variation(name)"#;
        let of = |sort| {
            let found = named_texts(script).into_iter().filter(move |one| one.0 == sort);
            found.map(|one| one.1).collect::<Vec<_>>()
        };
        assert_eq!(of(ROUTE), ["/", "/users/:id", "/**", "/tides"]);
        assert_eq!(of(FLAG), ["beta", "new-tides"]);
        assert!(named_texts("x={path:\"/a b\",component:c}").is_empty());
    }
}
