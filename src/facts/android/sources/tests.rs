use super::detect::detect;
use super::*;

fn seen(text: &str, kotlin: bool) -> Vec<(SourceKind, Guard)> {
    detect("A", "main", text, kotlin).into_iter().map(|sighting| (sighting.kind, sighting.guard)).collect()
}

#[test]
fn java_and_kotlin_patterns() {
    use Guard::{Condition, DebugBuild, None};
    use SourceKind::*;
    for (text, kotlin, wanted) in [
        (
            "class A { public void checkServerTrusted(X509Certificate[] c, String t) throws CertificateException { /* all */ } }",
            false,
            vec![(TrustAll, None)],
        ),
        (
            "override fun checkServerTrusted(c: Array<out X509Certificate>?, t: String?) {}",
            true,
            vec![(TrustAll, None)],
        ),
        (
            "override fun checkServerTrusted(c: Array<X509Certificate>, t: String) = Unit\n}",
            true,
            vec![(TrustAll, None)],
        ),
        ("void checkServerTrusted(C[] c, String t) { Log.d(\"a\", \"b\"); }", false, vec![(TrustAll, None)]),
        ("void checkServerTrusted(C[] c, String t) { next.checkServerTrusted(c, t); }", false, vec![]),
        ("// void checkServerTrusted(C[] c, String t) { }", false, vec![]),
        ("public boolean verify(String h, SSLSession s) { return true; }", false, vec![(AnyHostname, None)]),
        ("public boolean verify(String h, SSLSession s) { return h.equals(x); }", false, vec![]),
        ("c.setHostnameVerifier((h, s) -> true);", false, vec![(AnyHostname, None)]),
        ("b.hostnameVerifier { _, _ -> true }", true, vec![(AnyHostname, None)]),
        ("b.hostnameVerifier(HostnameVerifier { _, _ -> true })", true, vec![(AnyHostname, None), (AnyHostname, None)]),
        ("c.setHostnameVerifier((h, s) -> { return true; });", false, vec![(AnyHostname, None)]),
        (
            "public void onReceivedSslError(WebView v, SslErrorHandler h, SslError e) { h.proceed(); }",
            false,
            vec![(SslErrorProceed, None)],
        ),
        (
            "void onReceivedSslError(V v, H h, E e) { if (BuildConfig.DEBUG) { h.proceed(); } else { h.cancel(); } }",
            false,
            vec![(SslErrorProceed, DebugBuild)],
        ),
        (
            "void onReceivedSslError(V v, H h, E e) { if (!BuildConfig.DEBUG) h.cancel(); else h.proceed(); }",
            false,
            vec![(SslErrorProceed, DebugBuild)],
        ),
        (
            "void onReceivedSslError(V v, H h, E e) { if (ask()) h.proceed(); }",
            false,
            vec![(SslErrorProceed, Condition)],
        ),
        ("void onReceivedSslError(V v, H h, E e) { h.cancel(); }", false, vec![]),
        ("super.onReceivedSslError(v, h, e);", false, vec![]),
        ("WebView.setWebContentsDebuggingEnabled(true);", false, vec![(WebContentsDebugging, None)]),
        (
            "if (BuildConfig.DEBUG) { WebView.setWebContentsDebuggingEnabled(true); }",
            false,
            vec![(WebContentsDebugging, DebugBuild)],
        ),
        (
            "if (0 != (getApplicationInfo().flags & ApplicationInfo.FLAG_DEBUGGABLE)) WebView.setWebContentsDebuggingEnabled(true); ",
            false,
            vec![(WebContentsDebugging, DebugBuild)],
        ),
        (
            "if (BuildConfig.DEBUG) { } else { WebView.setWebContentsDebuggingEnabled(true); }",
            false,
            vec![(WebContentsDebugging, None)],
        ),
        (
            "if (BuildConfig.DEBUG || force) WebView.setWebContentsDebuggingEnabled(true);",
            false,
            vec![(WebContentsDebugging, Condition)],
        ),
        (
            "if (BuildConfig.DEBUG) a(); WebView.setWebContentsDebuggingEnabled(true);",
            false,
            vec![(WebContentsDebugging, None)],
        ),
        ("WebView.setWebContentsDebuggingEnabled(BuildConfig.DEBUG)", true, vec![(WebContentsDebugging, DebugBuild)]),
        ("w.addJavascriptInterface(new B(), \"name\");", false, vec![(JavascriptInterface, None)]),
        ("new DexClassLoader(a, b, c, d); import dalvik.system.DexClassLoader;", false, vec![(ClassLoader, None)]),
        ("System.load(path); System.loadLibrary(\"x\"); properties.load(in);", false, vec![(NativeLoad, None)]),
        ("String s = \"System.load(x)\"; /* System.load(x) */", false, vec![]),
        ("/* /* */ System.load(x) */", true, vec![]),
    ] {
        assert_eq!(seen(text, kotlin), wanted, "{text}");
    }
    let argument = detect("A", "main", "w.addJavascriptInterface(new B(), \"na me\");", false).remove(0);
    assert_eq!((argument.argument, argument.at.position.column), (Fact::Known("na me".to_owned()), 3));
}

#[test]
fn hostile_sources_cost_nothing() {
    for part in ["if (", "{", "System.load(", "\"", "/*", "onReceivedSslError(){", "é'"] {
        let text = format!("System {}", part.repeat(20_000));
        seen(&text, false);
        seen(&text, true);
    }
}
