//! The names that bundlers leave before each module: esbuild's and rolldown's comments, webpack's ids and banners.

use memchr::memmem;

use super::paths;
use crate::model::{LineIndex, Position, printable};

/// More are not kept; the modules behind the last one kept are unknown.
const MOST: usize = 20_000;
/// A longer path is none.
const LONGEST: usize = 300;

/// Where a module begins in a bundled script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleMark {
    /// Where its name stands.
    pub position: Position,
    /// Its path as the bundler wrote it, in one form.
    pub path: String,
}

/// The marks of a script, in the order of the text, and whether some were left out.
pub fn read(text: &str, lines: &LineIndex<'_>) -> (Vec<ModuleMark>, bool) {
    let mut found: Vec<(usize, &str)> = Vec::new();
    let bytes = text.as_bytes();
    let rest = |at: usize| text.get(at..).unwrap_or_default();
    let mut comments: Vec<(usize, &str)> = Vec::new();
    if let Some(path) = text.strip_prefix("// ").and_then(comment) {
        comments.push((0, path));
    }
    // esbuild: `// src/x.ts` on a line of its own; rolldown: `//#region src/x.ts`.
    for at in memmem::find_iter(bytes, b"\n// ").take(MOST * 4) {
        comments.extend(comment(rest(at + 4)).map(|path| (at + 1, path)));
    }
    for at in memmem::find_iter(bytes, b"//#region ").take(MOST) {
        comments.extend(comment(rest(at + 10)).map(|path| (at, path)));
    }
    // One comment may be anything; a bundle of this sort names its dependencies.
    if comments.len() > 1 && comments.iter().any(|(_, path)| path.contains("node_modules/")) {
        found.append(&mut comments);
    }
    // webpack's development builds: `!*** ./src/x.js ***!` in a box before each module.
    for at in memmem::find_iter(bytes, b"!*** ").take(MOST) {
        found.extend(boxed(rest(at + 5)).map(|path| (at, path)));
    }
    // webpack's named ids: `"./src/x.js":` and the module's function.
    for at in memmem::find_iter(bytes, b"\"./").take(MOST * 4) {
        found.extend(keyed(rest(at + 1)).map(|path| (at, path)));
    }
    found.sort_unstable();
    let cut = found.len() > MOST;
    let mark = |(at, path): (usize, &str)| ModuleMark {
        position: lines.position(at),
        path: printable(&paths::plain(path), LONGEST),
    };
    (found.into_iter().take(MOST).map(mark).collect(), cut)
}

fn head(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// A path that fills the rest of its line.
fn comment(text: &str) -> Option<&str> {
    let path = head(text).split(['\n', '\r']).next()?.trim_end();
    (head(text).len() > path.len() && is_module(path)).then_some(path)
}

fn boxed(text: &str) -> Option<&str> {
    let (path, _) = head(text).split_once(" ***!")?;
    (!path.is_empty() && !path.contains(['\n', '*'])).then_some(path)
}

/// `./src/x.js":` followed by a function, not by a value: tables of translations have such keys too.
fn keyed(text: &str) -> Option<&str> {
    let (path, after) = head(text).split_once('"')?;
    let after = after.strip_prefix(':')?.trim_start();
    let is_function = after.starts_with("function") || after.starts_with('(') || after.starts_with("/*!");
    (is_function && is_module(path)).then_some(path)
}

fn is_module(path: &str) -> bool {
    const ENDINGS: [&str; 14] = [
        ".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".jsx", ".tsx", ".vue", ".svelte", ".json", ".css", ".scss",
        ".html",
    ];
    let plain = path.split('?').next().unwrap_or(path);
    let ending = ENDINGS.iter().any(|ending| plain.ends_with(ending)) || plain.contains("node_modules/");
    // esbuild names its plug-ins' modules `namespace:path`.
    ending
        && !plain.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '`' | '<' | ';'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str) -> Vec<(u32, String)> {
        read(text, &LineIndex::new(text)).0.into_iter().map(|mark| (mark.position.line, mark.path)).collect()
    }

    fn expect(text: &str, expected: &[(u32, &str)]) {
        let expected: Vec<_> = expected.iter().map(|(line, path)| (*line, (*path).to_owned())).collect();
        assert_eq!(marks(text), expected, "{text}");
    }

    #[test]
    fn bundlers_name_their_modules() {
        expect(
            "// node_modules/ms/index.js\nvar a=1;\n// src/main.ts\nvar b=2;\n",
            &[(1, "node_modules/ms/index.js"), (3, "src/main.ts")],
        );
        expect(
            "//#region ../node_modules/ms/index.js\nx;\n//#endregion\n//#region src/a.ts\ny;\n",
            &[(1, "node_modules/ms/index.js"), (4, "src/a.ts")],
        );
        expect(
            "/***/ \"./node_modules/ms/index.js\":\n/*!***!*\\\n  !*** ./node_modules/ms/index.js ***!\n  \\***/\n",
            &[(1, "node_modules/ms/index.js"), (3, "node_modules/ms/index.js")],
        );
        expect("({\"./src/a.js\":(e,t,n)=>{},\"./src/b.js\":function(e){}})", &[(1, "src/a.js"), (1, "src/b.js")]);
    }

    #[test]
    fn what_only_looks_like_a_name_is_none() {
        expect("var m={\"./af.js\":\"K/tc\",\"./de.js\":3}", &[]);
        expect("// see src/main.ts for more\nx\n// src/main.ts\n", &[]);
        expect("// src/main.ts\nx\n// src/b.ts\n", &[]);
        expect("\n// ", &[]);
    }
}
