//! A response of `multipart/mixed` (RFC 2046, section 5.1), as `FileDownloader.kt` of expo-updates takes it apart.

use memchr::memmem;

/// A response has up to four parts.
const MOST_PARTS: usize = 64;
/// The longest boundary (RFC 2046, section 5.1.1).
const LONGEST_BOUNDARY: usize = 70;
/// The head of a part: its signature is its longest line.
const LONGEST_HEAD: usize = 256 * 1024;

/// One part: its headers, names in lower case, and its raw bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    /// The headers in order.
    pub fields: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

impl Part<'_> {
    /// All values of a header.
    pub(super) fn header(&self, name: &str) -> Vec<&str> {
        self.fields.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Its name out of `content-disposition`.
    pub(super) fn name(&self) -> Option<String> {
        parameter(self.header("content-disposition").first()?, "name")
    }
}

/// The value of a parameter of a header, such as `boundary` of a content type.
pub(super) fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|pair| {
        let (own, value) = pair.split_once('=')?;
        let value = value.trim();
        let value = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
        own.trim().eq_ignore_ascii_case(name).then(|| value.to_owned())
    })
}

/// The boundary that the first line of a body names.
pub(super) fn boundary_of(body: &[u8]) -> Option<String> {
    let line = body.trim_ascii_start().split(|byte| *byte == b'\n').next()?;
    let boundary = std::str::from_utf8(line.strip_prefix(b"--")?).ok()?.trim_end();
    let is_one = !boundary.is_empty()
        && boundary.len() <= LONGEST_BOUNDARY
        && boundary.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    is_one.then(|| boundary.to_owned())
}

/// Whether the beginning of a file looks like an Expo response in parts.
pub(super) fn looks_so(start: &[u8]) -> bool {
    let lower = start.to_ascii_lowercase();
    boundary_of(start).is_some()
        && memmem::find(&lower, b"content-disposition").is_some()
        && ["manifest", "directive", "extensions", "certificate_chain"].iter().any(|name| {
            [format!("name=\"{name}\""), format!("name={name}")]
                .iter()
                .any(|text| memmem::find(&lower, text.as_bytes()).is_some())
        })
}

/// The parts of a body.
///
/// # Errors
/// In words, when it is not made as the standard says.
pub(super) fn parts<'a>(body: &'a [u8], boundary: &str) -> Result<Vec<Part<'a>>, String> {
    if boundary.is_empty() || boundary.len() > LONGEST_BOUNDARY {
        return Err("the boundary is empty or too long".to_owned());
    }
    let delimiter = format!("--{boundary}").into_bytes();
    // What stands before the first delimiter is no part; the delimiter begins a line.
    let mut rest = after_delimiter(body, &delimiter).ok_or("the boundary is not in the body")?.1;
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        if parts.len() >= MOST_PARTS {
            return Err(format!("more than {MOST_PARTS} parts"));
        }
        let after = line_end(rest).ok_or("a boundary does not end its line")?;
        let (content, next) = after_delimiter(after, &delimiter).ok_or("the last boundary is missing")?;
        parts.push(part(content)?);
        rest = next;
    }
}

/// What stands before the next line that begins with the delimiter, without its line end, and what follows the delimiter.
fn after_delimiter<'a>(bytes: &'a [u8], delimiter: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    for at in memmem::find_iter(bytes, delimiter) {
        let before = bytes.get(..at)?;
        let following = bytes.get(at..)?.strip_prefix(delimiter)?;
        // A longer boundary that begins alike is another one.
        let is_whole = following.starts_with(b"--") || line_end(following).is_some();
        if is_whole && before.is_empty() {
            return Some((before, following));
        }
        if let Some(line) = before.strip_suffix(b"\n").filter(|_| is_whole) {
            return Some((line.strip_suffix(b"\r").unwrap_or(line), following));
        }
    }
    None
}

/// What follows the end of the line, when nothing but blanks stands before it.
fn line_end(bytes: &[u8]) -> Option<&[u8]> {
    let blanks = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let bytes = bytes.get(blanks..)?;
    bytes.strip_prefix(b"\r\n").or_else(|| bytes.strip_prefix(b"\n"))
}

fn part(content: &[u8]) -> Result<Part<'_>, String> {
    let mut fields = Vec::new();
    let mut rest = content;
    loop {
        let at = memchr::memchr(b'\n', rest).ok_or("a part has no empty line after its headers")?;
        let (line, after) = rest.split_at(at);
        rest = after.strip_prefix(b"\n").unwrap_or(after);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return Ok(Part { fields, body: rest });
        }
        if content.len() - rest.len() > LONGEST_HEAD {
            return Err("the headers of a part are too long".to_owned());
        }
        let line = std::str::from_utf8(line).map_err(|_| "a header of a part is no text")?;
        let (name, value) = line.split_once(':').ok_or("a header of a part has no colon")?;
        fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_raw_bytes() {
        let body = b"--b\r\nContent-Disposition: form-data; name=\"manifest\"\r\nX: 1\r\n\r\n{}\r\n \r\n--b\r\n\
            content-disposition: form-data; name=x\r\n\r\n\r\n--b--\r\n";
        assert!(looks_so(body));
        assert_eq!(boundary_of(body).as_deref(), Some("b"));
        let parts = parts(body, "b").unwrap();
        assert_eq!(parts[0].body, b"{}\r\n ");
        assert_eq!(parts[0].name().as_deref(), Some("manifest"));
        assert_eq!(parts[0].header("x"), ["1"]);
        assert_eq!((parts[1].name().as_deref(), parts[1].body), (Some("x"), b"".as_slice()));
    }

    #[test]
    fn broken_bodies_are_refused() {
        for body in [
            "",
            "--c\r\n\r\n\r\n--c--",
            "--b\r\n\r\nx",
            "--b\r\nx\r\n--b--",
            "--b\r\nno colon\r\n\r\n\r\n--b--",
            "--bb--",
        ] {
            assert!(parts(body.as_bytes(), "b").is_err(), "{body}");
        }
        assert_eq!(parts(b"--b--", "b").unwrap(), []);
        assert_eq!(parameter("multipart/mixed; boundary=\"a b\"", "boundary").as_deref(), Some("a b"));
    }
}
