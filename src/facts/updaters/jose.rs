//! Algorithms of signed tokens (RFC 7518, section 3.1), and the word with which each but RS256 is refused.

use super::Reason;

/// Why a token with this algorithm is refused: the update systems sign with RS256, and a reader that lets the token choose
/// takes a public key for a shared secret. Nothing for RS256.
#[must_use]
pub fn refusal(algorithm: Option<&str>) -> Option<Reason> {
    let Some(algorithm) = algorithm else { return Some("alg_missing") };
    Some(match algorithm.to_ascii_uppercase().as_str() {
        _ if algorithm == "RS256" => return None,
        "NONE" => "alg_none",
        "HS256" => "alg_hs256",
        "HS384" => "alg_hs384",
        "HS512" => "alg_hs512",
        "RS384" => "alg_rs384",
        "RS512" => "alg_rs512",
        "PS256" => "alg_ps256",
        "PS384" => "alg_ps384",
        "PS512" => "alg_ps512",
        "ES256" => "alg_es256",
        "ES384" => "alg_es384",
        "ES512" => "alg_es512",
        "EDDSA" => "alg_eddsa",
        _ => "alg_not_accepted",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rs256_is_taken() {
        assert_eq!(refusal(Some("RS256")), None);
        for (algorithm, word) in
            [("none", "alg_none"), ("nOnE", "alg_none"), ("HS256", "alg_hs256"), ("rs256", "alg_not_accepted")]
        {
            assert_eq!(refusal(Some(algorithm)), Some(word), "{algorithm}");
        }
        assert_eq!(refusal(None), Some("alg_missing"));
    }
}
