//! Whose file a source path names: the paths of source maps and of module comments, as bundlers write them.

/// The package that a source path belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathOwner {
    /// No dependency's path: the app's own, as far as the build tells.
    Own,
    /// A package below `node_modules`, or the bundler's own runtime.
    Package {
        /// Its npm name.
        name: String,
        /// Its version, where the package manager puts it into the path.
        version: Option<String>,
    },
}

/// What bundlers call their own modules: beginnings of paths, and the package that they come from.
const RUNTIMES: &[(&str, &str)] = &[
    ("webpack/bootstrap", "webpack"),
    ("webpack/runtime/", "webpack"),
    ("webpack/universalModuleDefinition", "webpack"),
    ("webpack/before-startup", "webpack"),
    ("webpack/startup", "webpack"),
    ("webpack/after-startup", "webpack"),
    ("(webpack)/", "webpack"),
    ("external ", "webpack"),
    ("ignored|", "webpack"),
    ("vite/preload-helper", "vite"),
    ("vite/modulepreload-polyfill", "vite"),
    ("commonjsHelpers.js", "rollup"),
    ("rolldown/runtime.js", "rolldown"),
];

/// A source path in one form: no scheme of a bundler, `/` between its parts, no `./` and `../` at its begin.
pub fn plain(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut rest = path.trim_start_matches('\0').trim_start_matches("virtual:");
    // `webpack://name/./src/x.js`, `webpack:///./src/x.js`, `ng:///x.ts`, `rollup://…`: what follows the authority.
    for scheme in ["webpack-internal://", "webpack://", "ng://", "rollup://", "turbopack://", "file://"] {
        if let Some(after) = rest.strip_prefix(scheme) {
            rest = after.split_once('/').map_or(after, |(_, path)| path);
            break;
        }
    }
    loop {
        let before = rest;
        for start in ["./", "../", "/", "\0"] {
            rest = rest.strip_prefix(start).unwrap_or(rest);
        }
        if rest.len() == before.len() {
            break;
        }
    }
    // Loaders put their query behind the path: `x.vue?vue&type=script`.
    rest.split('?').next().unwrap_or(rest).to_owned()
}

/// Whose a path is, given as [`plain`] gives it.
pub fn owner(path: &str) -> PathOwner {
    if let Some((before, inside)) = path.rsplit_once("node_modules/")
        && (before.is_empty() || before.ends_with('/'))
        && let Some(name) = package_name(inside)
    {
        return PathOwner::Package { version: version_in(before, &name), name };
    }
    let runtime = RUNTIMES.iter().find(|(start, _)| path.starts_with(start));
    runtime.map_or(PathOwner::Own, |(_, name)| PathOwner::Package { name: (*name).to_owned(), version: None })
}

/// The first part of a path below `node_modules`, or the first two of a scoped package.
fn package_name(inside: &str) -> Option<String> {
    let mut parts = inside.split('/');
    let first = parts.next().filter(|part| is_name(part))?;
    if first.starts_with('@') {
        let second = parts.next().filter(|part| is_name(part))?;
        return Some(format!("{first}/{second}"));
    }
    Some(first.to_owned())
}

fn is_name(part: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'@' | b'~');
    (1..=100).contains(&part.len()) && part.bytes().all(allowed) && !part.starts_with('.')
}

/// pnpm has `.pnpm/lodash@4.17.21/`, Yarn's cache `lodash-npm-4.17.21-<hash>-<n>.zip/` before the last `node_modules`.
fn version_in(before: &str, name: &str) -> Option<String> {
    let folder = before.trim_end_matches('/').rsplit('/').next()?;
    let flat = name.replace('/', "+");
    let yarn = format!("{}-npm-", name.replace('/', "-"));
    let text = match folder.strip_prefix(&flat).and_then(|rest| rest.strip_prefix('@')) {
        Some(rest) => rest.split(['_', '(']).next()?,
        None => {
            let rest = folder.strip_prefix(&yarn)?;
            // The hash has ten digits, and a pre-release may have dashes of its own.
            rest.strip_suffix(".zip")?.rsplitn(3, '-').last()?
        }
    };
    crate::facts::versions::exact(text).map(|version| version.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, version: Option<&str>) -> PathOwner {
        PathOwner::Package { name: name.to_owned(), version: version.map(str::to_owned) }
    }

    #[test]
    fn paths_of_bundlers_are_read() {
        let cases = [
            ("webpack:///./node_modules/lodash/_root.js", package("lodash", None)),
            ("webpack://app/./node_modules/@ionic/core/dist/index.js", package("@ionic/core", None)),
            (
                "../../node_modules/.pnpm/lodash@4.17.21/node_modules/lodash/_root.js",
                package("lodash", Some("4.17.21")),
            ),
            (
                "../node_modules/.pnpm/@vue+shared@3.5.13/node_modules/@vue/shared/x.js",
                package("@vue/shared", Some("3.5.13")),
            ),
            (".yarn/cache/ms-npm-2.1.3-81ff3cfac1-10.zip/node_modules/ms/index.js", package("ms", Some("2.1.3"))),
            ("node_modules/a/node_modules/b/x.js", package("b", None)),
            ("webpack://app/external module \"react\"", package("webpack", None)),
            ("webpack/runtime/define property getters", package("webpack", None)),
            ("\0vite/preload-helper.js", package("vite", None)),
            ("webpack://app/./src/main.ts", PathOwner::Own),
            ("C:\\work\\src\\main.ts", PathOwner::Own),
            ("my_node_modules/x.js", PathOwner::Own),
            ("node_modules/", PathOwner::Own),
        ];
        for (path, expected) in cases {
            assert_eq!(owner(&plain(path)), expected, "{path}");
        }
        assert_eq!(plain("webpack://app/./src/a.vue?vue&type=script"), "src/a.vue");
    }
}
