//! Area ENC: encryption of bundles.

pub mod confidentiality_decided;
pub mod content_cipher;
pub mod fresh_session_key;
pub mod key_exchange_stated;
pub mod stored_bundles;
