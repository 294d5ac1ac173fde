//! An object store's errors in words of our own. Its texts hold addresses, bodies of answers and what was signed: of these,
//! only the status and the code of the error are taken over.

use std::error::Error as _;

use object_store::Error;
use object_store::client::{HttpError, HttpErrorKind};

/// A code of an error is not longer.
const LONGEST_CODE: usize = 60;

/// Why something failed.
pub(super) fn why(error: &Error) -> String {
    let plain = match error {
        Error::NotFound { .. } => "it is not there",
        Error::PermissionDenied { .. } => "the credentials do not permit it",
        Error::Unauthenticated { .. } => "the credentials are not accepted",
        Error::AlreadyExists { .. } | Error::Precondition { .. } => "another write came between",
        Error::NotImplemented { .. } | Error::NotSupported { .. } => {
            "the store can't do that: conditional writes are needed"
        }
        Error::InvalidPath { .. } => "an object's name can't be read",
        _ => transport(error),
    };
    let text = error.to_string();
    match (status(&text), code(&text)) {
        (Some(status), Some(code)) => format!("{plain} (HTTP {status}, {code})"),
        (Some(status), None) => format!("{plain} (HTTP {status})"),
        (None, Some(code)) => format!("{plain} ({code})"),
        (None, None) => plain.to_owned(),
    }
}

fn transport(error: &Error) -> &'static str {
    let mut next = error.source();
    while let Some(source) = next {
        if let Some(http) = source.downcast_ref::<HttpError>() {
            return match http.kind() {
                HttpErrorKind::Connect => "it can't be reached: no connection",
                HttpErrorKind::Timeout => "it does not answer in time",
                HttpErrorKind::Interrupted => "the connection broke",
                HttpErrorKind::Decode => "its answer can't be read",
                _ => "the request failed",
            };
        }
        next = source.source();
    }
    "the request failed"
}

/// The number after `status code: `.
fn status(text: &str) -> Option<u16> {
    let (_, after) = text.split_once("status code: ")?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).take(3).collect();
    digits.parse().ok()
}

/// The `Code` element of an error's XML: a word, and nothing else.
fn code(text: &str) -> Option<String> {
    let (_, after) = text.split_once("<Code>")?;
    let (code, _) = after.split_once("</Code>")?;
    (!code.is_empty() && code.len() <= LONGEST_CODE && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '.'))
        .then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_status_and_code_of_an_answer_are_told() {
        let body = "Server returned non-2xx status code: 403 Forbidden: <Error><Code>SignatureDoesNotMatch</Code>\
            <AWSAccessKeyId>AKIASECRET</AWSAccessKeyId><StringToSign>hunter2</StringToSign></Error>";
        let error = Error::PermissionDenied { path: "https://a/?sig=hunter2".to_owned(), source: body.into() };
        assert_eq!(why(&error), "the credentials do not permit it (HTTP 403, SignatureDoesNotMatch)");
        let error = Error::Generic { store: "S3", source: "<Code>\u{1b}[31m</Code> status code: abc".into() };
        assert_eq!(why(&error), "the request failed");
    }
}
