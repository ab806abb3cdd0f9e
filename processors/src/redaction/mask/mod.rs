//! What takes the place of something found: a [`Strategy`] for each entity, as a pure function from the matched text
//! to what is written instead.
//!
//! What is written is never found again: placeholders are capitals in brackets, pseudonyms lower-case letters, digits
//! and `_`, and [`written`] tells both from what a sender wrote, for detectors that look at keys rather than at shapes.

mod normal;
mod partial;
mod pseudonym;
mod written;

use std::sync::Arc;

use pipeline::config::Secret;
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};

pub(super) use partial::is_kept;
pub use pseudonym::Key;
pub(super) use pseudonym::are_digits;
pub(super) use pseudonym::hex;
pub use written::Hand;

/// What is done with what is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The entity's name in brackets takes its place: `[EMAIL_ADDRESS]`.
    #[default]
    Placeholder,
    /// A keyed pseudonym takes its place, the same for the same value: `email_address_k1_0f1e2d3c4b5a6978`. Needs a key.
    Pseudonym,
    /// An unkeyed SHA-256 takes its place: `openai_api_key_sha256_0f1e2d3c4b5a6978`. For secrets only: whoever knows the
    /// shape of a number, an address or a name tries them all.
    Hash,
    /// What support needs is kept: last four digits of a card, domain of an email address, /24 or /48 of an IP address,
    /// country code and last two digits of a phone number; a placeholder for all else.
    Partial,
    /// The whole value that holds it leaves empty.
    DropValue,
    /// The whole attribute that holds it is removed, key and all.
    DropKey,
    /// It stays, and is only counted: an audit before the real thing.
    Keep,
}

/// The key of pseudonyms.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PseudonymKey {
    /// Names the key in every pseudonym, so that old and new ones are told apart after a rotation: 1 to 16 lower-case
    /// letters and digits. Default `k1`.
    #[serde(default = "first_id")]
    pub id: String,
    /// At least 32 bytes, by `${env:NAME}` or `${file:/path}`. Required.
    pub key: Secret,
}

fn first_id() -> String {
    "k1".to_owned()
}

/// Why a strategy cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A pseudonym without a key.
    NoKey,
    /// A key of fewer than 32 bytes; how many it has.
    ShortKey(usize),
    /// A key id that would not keep pseudonyms in their shape.
    KeyId(String),
    /// An unkeyed hash of something that can be guessed; the entity.
    Guessable(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoKey => f.write_str("pseudonyms need a key of at least 32 bytes"),
            Self::ShortKey(bytes) => write!(f, "the key of pseudonyms must have at least 32 bytes, not {bytes}"),
            Self::KeyId(id) => write!(f, "a key id is 1 to 16 lower-case letters and digits, not `{id}`"),
            Self::Guessable(entity) => {
                write!(f, "an unkeyed hash of {entity} is undone by trying all of them: use `pseudonym`")
            }
        }
    }
}

/// A [`Kind`] that has all it needs.
#[derive(Clone, Debug)]
pub enum Strategy {
    /// See [`Kind::Placeholder`].
    Placeholder,
    /// See [`Kind::Pseudonym`].
    Pseudonym(Arc<Key>),
    /// See [`Kind::Hash`].
    Hash,
    /// See [`Kind::Partial`].
    Partial,
    /// See [`Kind::DropValue`].
    DropValue,
    /// See [`Kind::DropKey`].
    DropKey,
    /// See [`Kind::Keep`].
    Keep,
}

/// How far a replacement reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Nothing is replaced.
    Nothing,
    /// What was found.
    Match,
    /// The value that it was found in.
    Value,
    /// The attribute that it was found in.
    Attribute,
}

impl Strategy {
    /// The strategy `kind` for `entity`, with the key of pseudonyms if there is one.
    pub fn of(kind: Kind, entity: &str, key: Option<&Arc<Key>>) -> Result<Self, Refusal> {
        Ok(match kind {
            Kind::Placeholder => Self::Placeholder,
            Kind::Pseudonym => Self::Pseudonym(key.ok_or(Refusal::NoKey)?.clone()),
            Kind::Hash if guessable(entity) => return Err(Refusal::Guessable(entity.to_owned())),
            Kind::Hash => Self::Hash,
            Kind::Partial => Self::Partial,
            Kind::DropValue => Self::DropValue,
            Kind::DropKey => Self::DropKey,
            Kind::Keep => Self::Keep,
        })
    }

    /// The value of the `strategy` label.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Placeholder => "placeholder",
            Self::Pseudonym(_) => "pseudonym",
            Self::Hash => "hash",
            Self::Partial => "partial",
            Self::DropValue => "drop_value",
            Self::DropKey => "drop_key",
            Self::Keep => "keep",
        }
    }

    /// How far it reaches.
    pub fn reach(&self) -> Reach {
        match self {
            Self::Keep => Reach::Nothing,
            Self::DropValue => Reach::Value,
            Self::DropKey => Reach::Attribute,
            _ => Reach::Match,
        }
    }

    /// Writes what takes the place of `matched`, an `entity`. For the two that drop it is nothing: what reaches
    /// further than the match is the caller's to empty or remove.
    pub fn apply(&self, entity: &str, matched: &str, out: &mut String) {
        match self {
            Self::Placeholder => placeholder(entity, "", out),
            Self::Pseudonym(key) => key.pseudonym(entity, matched, out),
            Self::Hash => hash(entity, matched, out),
            Self::Partial => placeholder(entity, &partial::kept(entity, matched).unwrap_or_default(), out),
            Self::DropValue | Self::DropKey => {}
            Self::Keep => out.push_str(matched),
        }
    }
}

/// Whether values of `entity` can be guessed one by one: numbers, addresses and names can, issued secrets cannot.
pub fn guessable(entity: &str) -> bool {
    !issued(entity)
}

/// Whether an issuer made the value up at random.
fn issued(entity: &str) -> bool {
    let random = ["_KEY", "_TOKEN", "_SECRET", "_WEBHOOK", "_PAT", "JWT"];
    random.iter().any(|end| entity.ends_with(end))
}

/// `[ENTITY]`, or `[ENTITY:kept]`.
fn placeholder(entity: &str, kept: &str, out: &mut String) {
    out.push('[');
    out.push_str(entity);
    if !kept.is_empty() {
        out.push(':');
        out.push_str(kept);
    }
    out.push(']');
}

fn hash(entity: &str, matched: &str, out: &mut String) {
    out.push_str(&entity.to_ascii_lowercase());
    out.push_str("_sha256_");
    pseudonym::digits(&Sha256::digest(matched.trim().as_bytes()), out);
}

#[cfg(test)]
mod tests;
