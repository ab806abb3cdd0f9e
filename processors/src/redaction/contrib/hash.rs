//! What takes the place of a match in the Collector's `redaction`: four asterisks, or the hex of a hash.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use pipeline::config::Secret;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use sha3::Sha3_256;

use crate::redaction::mask::hex;

/// What is written in place of a match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(transform = |schema: &mut Schema| also(schema, &["MD5", "SHA1", "SHA3", "HMAC-SHA256", "HMAC-SHA512"]))]
pub enum HashFunction {
    /// Four asterisks.
    #[default]
    #[serde(rename = "")]
    None,
    /// MD5, unkeyed: undone by trying all cards, phones or addresses.
    #[serde(rename = "md5", alias = "MD5")]
    Md5,
    /// SHA-1, unkeyed: as `md5`.
    #[serde(rename = "sha1", alias = "SHA1")]
    Sha1,
    /// SHA3-256, unkeyed: as `md5`.
    #[serde(rename = "sha3", alias = "SHA3")]
    Sha3,
    /// HMAC-SHA256 with `hmac_key`, of at least 32 bytes.
    #[serde(rename = "hmac-sha256", alias = "HMAC-SHA256")]
    HmacSha256,
    /// HMAC-SHA512 with `hmac_key`, of at least 64 bytes.
    #[serde(rename = "hmac-sha512", alias = "HMAC-SHA512")]
    HmacSha512,
}

/// Takes further spellings into the schema of a choice.
pub(super) fn also(schema: &mut Schema, spellings: &[&str]) {
    if let Some(choices) = schema.get_mut("oneOf").and_then(Value::as_array_mut) {
        choices.push(json!({"type": "string", "enum": spellings}));
    }
}

impl HashFunction {
    /// The fewest bytes of `hmac_key` that it takes; `None` if it takes no key.
    pub fn key_bytes(self) -> Option<usize> {
        match self {
            Self::HmacSha256 => Some(32),
            Self::HmacSha512 => Some(64),
            _ => None,
        }
    }

    /// Whether whoever has the hash can try all values.
    pub fn unkeyed(self) -> bool {
        matches!(self, Self::Md5 | Self::Sha1 | Self::Sha3)
    }
}

/// A hash function with its key.
#[derive(Clone)]
pub(super) enum Masker {
    Asterisks,
    Md5,
    Sha1,
    Sha3,
    HmacSha256(Box<Hmac<Sha256>>),
    HmacSha512(Box<Hmac<Sha512>>),
}

impl std::fmt::Debug for Masker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Masker")
    }
}

/// What takes the place of a match without a hash function.
pub(super) const ASTERISKS: &str = "****";

impl Masker {
    /// The function with its key; why not, if the key is missing or short.
    pub(super) fn of(function: HashFunction, key: Option<&Secret>) -> Result<Self, String> {
        let key = key.map_or("", Secret::expose);
        if let Some(least) = function.key_bytes()
            && key.len() < least
        {
            return Err(match key.len() {
                0 => "`hmac_key` is required with this hash function".to_owned(),
                bytes => format!("must be at least {least} bytes long, not {bytes}"),
            });
        }
        let short = |_| "no key".to_owned();
        Ok(match function {
            HashFunction::None => Self::Asterisks,
            HashFunction::Md5 => Self::Md5,
            HashFunction::Sha1 => Self::Sha1,
            HashFunction::Sha3 => Self::Sha3,
            HashFunction::HmacSha256 => {
                Self::HmacSha256(Box::new(Hmac::new_from_slice(key.as_bytes()).map_err(short)?))
            }
            HashFunction::HmacSha512 => {
                Self::HmacSha512(Box::new(Hmac::new_from_slice(key.as_bytes()).map_err(short)?))
            }
        })
    }

    /// Writes what takes the place of `matched`.
    pub(super) fn mask(&self, matched: &str, out: &mut String) {
        let bytes = matched.as_bytes();
        let text = match self {
            Self::Asterisks => return out.push_str(ASTERISKS),
            Self::Md5 => hex(&Md5::digest(bytes)),
            Self::Sha1 => hex(&Sha1::digest(bytes)),
            Self::Sha3 => hex(&Sha3_256::digest(bytes)),
            Self::HmacSha256(state) => hex(&state.clone().chain_update(bytes).finalize().into_bytes()),
            Self::HmacSha512(state) => hex(&state.clone().chain_update(bytes).finalize().into_bytes()),
        };
        out.push_str(&text);
    }
}
