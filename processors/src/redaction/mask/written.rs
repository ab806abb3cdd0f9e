//! What strategies write, told from what was sent: a second pass changes nothing, and nobody is spared for writing alike.

use std::borrow::Cow;

use super::{partial, pseudonym};

/// What a plan may write: the entities that it names, and the id of its key.
#[derive(Clone, Debug, Default)]
pub struct Hand {
    entities: Vec<String>,
    id: Option<String>,
}

impl Hand {
    /// Of a plan that writes these.
    pub fn new(entities: Vec<String>, id: Option<String>) -> Self {
        Self { entities, id }
    }

    /// Whether `text` is, from end to end, something that it writes: what goes by the key before a value (`password=…`) would else
    /// find its own replacements.
    pub fn wrote(&self, text: &str) -> bool {
        if let Some(inside) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let (entity, kept) = inside.split_once(':').map_or((inside, None), |(entity, kept)| (entity, Some(kept)));
            return self.knows(entity) && kept.is_none_or(|kept| partial::is_kept(entity, kept));
        }
        let mut parts = text.rsplitn(3, '_');
        let (digits, id, entity) = (parts.next(), parts.next(), parts.next());
        let small = |entity: &str| !entity.bytes().any(|byte| byte.is_ascii_uppercase());
        digits.is_some_and(pseudonym::are_digits)
            && id.is_some_and(|id| self.has_id(id))
            && entity.is_some_and(|entity| small(entity) && self.knows(&entity.to_ascii_uppercase()))
    }

    /// `text` with every pseudonym that it writes taken out, to judge what else there is.
    pub fn without_pseudonyms<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let (mut out, mut copied) = (String::new(), 0);
        let mut at = 0;
        for word in text.split(|letter: char| u8::try_from(letter).map_or(true, |byte| !is_word(byte))) {
            let start = at;
            at += word.len();
            if word.len() > pseudonym::LENGTH && self.wrote(word) {
                out.push_str(&text[copied..start]);
                copied = at;
            }
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        out.push_str(&text[copied..]);
        Cow::Owned(out)
    }

    /// Whether pseudonyms have this id: of the plan's key, of one of the usual name that it may have taken the place of, or of no key.
    pub fn has_id(&self, id: &str) -> bool {
        let numbered = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
        id == "sha256" || self.id.as_deref() == Some(id) || id.strip_prefix('k').is_some_and(numbered)
    }

    fn knows(&self, entity: &str) -> bool {
        entity == "REDACTED" || self.entities.iter().any(|known| known == entity)
    }
}
