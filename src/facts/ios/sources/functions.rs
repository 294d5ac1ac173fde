//! Where functions begin and end in code without comments and texts.

/// Functions of one file.
const MOST_FUNCTIONS: usize = 5_000;
/// Bytes between `func` and its `{`.
const MOST_HEAD: usize = 2_000;

/// One function.
pub(super) struct Function {
    /// Its head in one line, up to the body: `func urlSession(_ session: URLSession, …)`.
    pub(super) name: String,
    /// Its first byte, and the byte after its last.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The functions of a file in the order of their beginnings.
pub(super) struct Functions {
    list: Vec<Function>,
}

impl Functions {
    /// The innermost function around a byte.
    pub(super) fn around(&self, offset: usize) -> Option<&Function> {
        let before = self.list.partition_point(|function| function.start <= offset);
        self.list.get(..before)?.iter().rev().find(|function| offset < function.end)
    }
}

/// Finds them.
pub(super) fn find(code: &str, is_swift: bool) -> Functions {
    let closing = braces(code);
    let mut list = Vec::new();
    for start in heads(code, is_swift) {
        if list.len() >= MOST_FUNCTIONS {
            break;
        }
        let rest = code.get(start..).unwrap_or_default();
        let window = rest.as_bytes().get(..MOST_HEAD).unwrap_or(rest.as_bytes());
        let Some(open) = memchr::memchr(b'{', window) else { continue };
        let head = rest.get(..open).unwrap_or_default();
        // A declaration without a body ends before the next brace.
        if head.contains('}') || (!is_swift && head.contains(';')) {
            continue;
        }
        let end = closing.binary_search_by_key(&(start + open), |(open, _)| *open).ok();
        let end = end.and_then(|at| closing.get(at)).map_or(code.len(), |(_, close)| close + 1);
        let name = head.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        list.push(Function { name: crate::model::shorten(&name, 160), start, end });
    }
    Functions { list }
}

/// Each `{` with its `}`, in the order of the former.
fn braces(code: &str) -> Vec<(usize, usize)> {
    let (mut open, mut pairs) = (Vec::new(), Vec::new());
    for at in memchr::memchr2_iter(b'{', b'}', code.as_bytes()) {
        if code.as_bytes().get(at) == Some(&b'{') {
            open.push(at);
        } else if let Some(start) = open.pop() {
            pairs.push((start, at));
        }
    }
    pairs.sort_unstable();
    pairs
}

fn heads(code: &str, is_swift: bool) -> Vec<usize> {
    if is_swift {
        let boundary = |at: usize, length: usize| {
            let word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            let bytes = code.as_bytes();
            !word(at.checked_sub(1).and_then(|before| bytes.get(before))) && !word(bytes.get(at + length))
        };
        let mut found: Vec<usize> = Vec::new();
        for word in ["func", "init", "deinit"] {
            // `init` is called as well; a call is followed by no brace of its own, or by that of a closure.
            found.extend(code.match_indices(word).map(|(at, _)| at).filter(|at| boundary(*at, word.len())));
        }
        found.retain(|at| code.get(..*at).is_none_or(|before| !before.ends_with('.')));
        found.sort_unstable();
        return found;
    }
    let mut offset = 0;
    let mut found = Vec::new();
    for line in code.split_inclusive('\n') {
        let trimmed = line.trim_start();
        let is_method = ["- (", "-(", "+ (", "+("].iter().any(|start| trimmed.starts_with(start));
        // A function of C begins in the first column.
        let is_function = line.starts_with(|one: char| one.is_ascii_alphabetic() || one == '_')
            && line.contains('(')
            && !line.trim_end().ends_with(';');
        if is_method || is_function {
            found.push(offset + (line.len() - trimmed.len()));
        }
        offset += line.len();
    }
    found
}
