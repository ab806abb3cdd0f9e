//! The Collector's `redaction` processor: its keys, its exact semantics (`compat: contrib`), and ours under the same
//! keys, which differ where its are a trap.
//!
//! Everything here is a pure function of a key, a text and the kind of database; the processor calls them for
//! attributes, bodies and names, and does what the [`Verdict`] says.

mod as_text;
mod blocklist;
mod config;
mod db;
mod gate;
mod hash;
mod pattern;
mod summary;
mod url;

use std::collections::HashSet;
use std::ops::Range;

pub use as_text::as_text;
pub use blocklist::Patterns;
pub use config::{Compat, ContribKeys, DbQueries, DbSanitizer, Summary, UrlSanitizer};
pub use hash::HashFunction;
pub(crate) use pattern::translated;
pub use pattern::{PatternError, compile, compile_anchored};
pub use summary::{Entry, Place, Tally};

use super::{json, keys};
use config::list;
use db::Databases;
use hash::{ASTERISKS, Masker};
use url::Urls;

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It stays, because nothing was found in it.
    Clean,
    /// It stays: its key is ignored.
    Ignored,
    /// It stays: a value that is allowed.
    Allowed,
    /// What was written takes its place.
    Masked,
    /// The attribute is removed: its key is not allowed.
    Removed,
}

/// What a key says about its value, whatever that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyVerdict {
    /// Leave it as it is.
    Ignored,
    /// Remove it.
    Removed,
    /// Mask it whole.
    Blocked,
    /// Look at it.
    Free,
}

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// An attribute of a span or metric, of its resource or scope.
    Attribute,
    /// An attribute of a log record, of its resource or scope: statements are known there without a kind of database.
    LogAttribute,
    /// A log body, or a string in one.
    Body,
}

/// The keys, compiled.
#[derive(Clone, Debug)]
pub struct Contrib {
    compat: Compat,
    /// Every key is kept.
    all_keys: bool,
    allowed_keys: HashSet<String>,
    ignored_keys: HashSet<String>,
    ignored: Patterns,
    blocked_keys: Patterns,
    blocked: Patterns,
    /// Anchored, unless the Collector's semantics are asked for.
    allowed: Patterns,
    masker: Masker,
    /// How much is said on a record.
    pub summary: Summary,
    /// Whether values that are no strings are looked at as text.
    pub all_types: bool,
    urls: Option<Urls>,
    databases: Databases,
    /// Nothing but what is blocked changes a value, or says something of it.
    plain: bool,
}

/// Why the keys cannot be compiled: which one, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContribError {
    /// The key: `blocked_values[3]`.
    pub key: String,
    /// What is wrong.
    pub reason: String,
}

impl Contrib {
    /// Compiles the keys.
    pub fn new(keys: &ContribKeys, compat: Compat) -> Result<Self, ContribError> {
        let in_key = |key: &'static str| {
            move |(at, error): (usize, PatternError)| ContribError { key: format!("{key}[{at}]"), reason: error.0 }
        };
        let allowed = list(keys.allowed_values.as_ref());
        let databases = keys.db_sanitizer.clone().unwrap_or_default();
        let urls = keys.url_sanitizer.as_ref().filter(|url| url.enabled);
        let summary = keys.summary.unwrap_or_default();
        let says = compat == Compat::Contrib && summary != Summary::Silent && !allowed.is_empty();
        let plain = urls.is_none() && !databases.any() && !says;
        let allowed = match compat {
            Compat::Contrib => Patterns::of(allowed),
            Compat::None => Patterns::anchored(allowed),
        };
        let own = summary::KEYS.iter().map(|key| (*key).to_owned());
        Ok(Self {
            compat,
            all_keys: keys.allow_all_keys.unwrap_or(!keys.any_set()),
            allowed_keys: list(keys.allowed_keys.as_ref()).iter().cloned().chain(own).collect(),
            ignored_keys: list(keys.ignored_keys.as_ref()).iter().cloned().collect(),
            ignored: Patterns::of(list(keys.ignored_key_patterns.as_ref())).map_err(in_key("ignored_key_patterns"))?,
            blocked_keys: Patterns::of(list(keys.blocked_key_patterns.as_ref()))
                .map_err(in_key("blocked_key_patterns"))?,
            blocked: Patterns::of(list(keys.blocked_values.as_ref())).map_err(in_key("blocked_values"))?,
            allowed: allowed.map_err(in_key("allowed_values"))?,
            masker: Masker::of(keys.hash_function.unwrap_or_default(), keys.hmac_key.as_ref())
                .map_err(|reason| ContribError { key: "hmac_key".into(), reason })?,
            summary,
            all_types: keys.redact_all_types.unwrap_or(false),
            urls: urls.map(|url| Urls::new(url, compat)),
            databases: Databases::new(&databases, compat),
            plain,
        })
    }

    /// What `key` says by itself. Not free of cost where there are key patterns: worth remembering by key.
    pub fn key(&self, key: &str) -> KeyVerdict {
        if self.ignored_keys.contains(key) || !self.ignored.is_empty() && self.ignored.any(key) {
            return KeyVerdict::Ignored;
        }
        if !self.all_keys && !self.allowed_keys.contains(key) {
            return KeyVerdict::Removed;
        }
        let blocked = !self.blocked_keys.is_empty() && self.blocked_keys.any(key);
        // Whoever blocks `.*token.*` means secrets: without token counts nothing can be priced.
        if blocked && (self.compat == Compat::Contrib || !keys::usage(key)) {
            return KeyVerdict::Blocked;
        }
        KeyVerdict::Free
    }

    /// What becomes of the value `text` of `key`, where `system` is the kind of database (lower case, or empty).
    ///
    /// A value that is no string is given as its text if `all_types` is set. Without, it is not given at all; but the
    /// Collector masks values of blocked keys whatever they are, as if they were empty.
    pub fn value(&self, surface: Surface, key: &str, text: &str, system: &str, out: &mut String) -> Verdict {
        self.value_by(self.key(key), surface, key, text, system, out)
    }

    /// As [`Self::value`], with the key's own verdict at hand.
    pub fn value_by(
        &self,
        verdict: KeyVerdict,
        surface: Surface,
        key: &str,
        text: &str,
        system: &str,
        out: &mut String,
    ) -> Verdict {
        out.clear();
        if verdict == KeyVerdict::Free && self.plain && !self.blocked.may(text) {
            return Verdict::Clean;
        }
        match (verdict, self.compat) {
            (KeyVerdict::Ignored, _) => Verdict::Ignored,
            (KeyVerdict::Removed, _) => Verdict::Removed,
            (KeyVerdict::Blocked, Compat::None) => self.mask_whole(text, out),
            (KeyVerdict::Blocked, Compat::Contrib) => {
                // A log body looks at the key first, an attribute at the value.
                if surface != Surface::Body && self.allowed.any(text) {
                    return Verdict::Allowed;
                }
                self.mask_lines(text, out);
                Verdict::Masked
            }
            (KeyVerdict::Free, Compat::Contrib) => self.value_as_contrib(surface, key, text, system, out),
            (KeyVerdict::Free, Compat::None) => self.value_as_ours(surface, key, text, system, out),
        }
    }

    /// Whether names of spans are sanitized.
    pub fn names_spans(&self) -> bool {
        self.urls.is_some() || self.databases.any_on()
    }

    /// Whether what becomes of an attribute follows from its key and value alone, and nothing is said of those that
    /// stay.
    pub fn is_plain(&self) -> bool {
        self.plain && !self.says()
    }

    /// Whether it leaves a value whose key it says nothing of as it is, and tells nobody.
    #[inline]
    pub fn leaves(&self, text: &str) -> bool {
        self.is_plain() && !self.blocked.may(text) && !self.looks_inside(text)
    }

    /// Whether it says on records what was done to them.
    pub fn says(&self) -> bool {
        self.summary != Summary::Silent
    }

    /// A text without a key: a log body that is a string.
    pub fn body(&self, text: &str, out: &mut String) -> Verdict {
        self.value_by(KeyVerdict::Free, Surface::Body, "", text, "", out)
    }

    /// A text that only our semantics look at: names, status messages, links, trace state.
    pub fn text(&self, text: &str, out: &mut String) -> Verdict {
        out.clear();
        if self.compat == Compat::Contrib || self.looks_inside(text) || !self.replace_matches(text, out) {
            return Verdict::Clean;
        }
        Verdict::Masked
    }

    /// The name of a span. `http` says that it is a client's or server's and has attributes of HTTP or a `/` in its
    /// name; `database` that it is a client's, server's or internal, of the kind `system`.
    pub fn span_name(&self, name: &str, http: bool, database: bool, system: &str, out: &mut String) -> Verdict {
        let masked = self.text(name, out) == Verdict::Masked;
        let current = if masked { out.clone() } else { name.to_owned() };
        if self.compat == Compat::Contrib && !self.allowed.is_empty() && self.allowed.any(name) {
            return Verdict::Allowed;
        }
        let url = self.urls.as_ref().filter(|_| http).and_then(|urls| urls.span_name(&current));
        let database = database && !system.is_empty() && url.is_none();
        let name = url.or_else(|| database.then(|| self.databases.span_name(&current, system))?);
        match name.filter(|name| !name.is_empty() && name != "..." && *name != current) {
            Some(name) => {
                out.clear();
                out.push_str(&name);
                Verdict::Masked
            }
            None if masked => Verdict::Masked,
            None => Verdict::Clean,
        }
    }

    /// What takes the place of a value as a whole.
    pub fn mask_whole(&self, text: &str, out: &mut String) -> Verdict {
        if text.is_empty() || text == ASTERISKS {
            return Verdict::Clean;
        }
        self.masker.mask(text, out);
        Verdict::Masked
    }

    /// The Collector masks what `.*` matches, which ends at each line, and the empty text after the last.
    fn mask_lines(&self, text: &str, out: &mut String) {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                out.push('\n');
            }
            self.masker.mask(line, out);
        }
    }

    fn value_as_contrib(&self, surface: Surface, key: &str, text: &str, system: &str, out: &mut String) -> Verdict {
        // Allowed values come first there. They are looked at only where it makes a difference.
        let said = self.summary != Summary::Silent;
        if said && self.allowed.any(text) {
            return Verdict::Allowed;
        }
        let mut current = self.replaced_in_turn(text);
        let sanitized = self.sanitized(surface, key, current.as_deref().unwrap_or(text), system);
        current = sanitized.or(current).filter(|current| current != text);
        match current {
            Some(_) if !said && self.allowed.any(text) => Verdict::Allowed,
            Some(current) => {
                out.push_str(&current);
                Verdict::Masked
            }
            None => Verdict::Clean,
        }
    }

    /// Each pattern on what those before it left; the gate holds only until the first that matches.
    fn replaced_in_turn(&self, text: &str) -> Option<String> {
        let first = self.blocked.first(text)?;
        Some(self.blocked.replaced_from(first, text, |matched, out| self.masker.mask(matched, out)))
    }

    fn value_as_ours(&self, surface: Surface, key: &str, text: &str, system: &str, out: &mut String) -> Verdict {
        let masked = !self.looks_inside(text) && self.replace_matches(text, out);
        let current = if masked { out.as_str() } else { text };
        if let Some(sanitized) = self.sanitized(surface, key, current, system).filter(|sanitized| sanitized != text) {
            out.clear();
            out.push_str(&sanitized);
            return Verdict::Masked;
        }
        if masked { Verdict::Masked } else { Verdict::Clean }
    }

    /// Whether a text may be JSON in which a pattern matches something: then each string of it is looked at by itself,
    /// unescaped, so that no escape hides anything and JSON stays JSON. The Collector's semantics know no JSON.
    pub fn looks_inside(&self, text: &str) -> bool {
        self.compat == Compat::None
            && !self.blocked.is_empty()
            && json::looks_like(text)
            && (memchr::memchr(b'\\', text.as_bytes()).is_some() || self.blocked.may(text))
    }

    /// Where patterns match, less what is allowed, overlaps as one: in order, and apart from one another.
    pub fn matches(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        self.blocked.find(text, &mut found);
        let spared = |range: &Range<usize>| {
            let matched = &text[range.clone()];
            matched == ASTERISKS || !self.allowed.is_empty() && self.allowed.any(matched)
        };
        let mut ranges: Vec<_> = found.into_iter().map(|(_, range)| range).filter(|range| !spared(range)).collect();
        ranges.sort_unstable_by_key(|range| (range.start, range.end));
        ranges.dedup_by(|next, range| {
            let overlaps = next.start < range.end;
            range.end = if overlaps { range.end.max(next.end) } else { range.end };
            overlaps
        });
        ranges
    }

    /// All patterns on the original text: their order does not matter, and a value that is allowed spares nothing
    /// beside it.
    pub fn replace_matches(&self, text: &str, out: &mut String) -> bool {
        let mut written = 0;
        for range in self.matches(text) {
            out.push_str(&text[written..range.start]);
            self.masker.mask(&text[range.clone()], out);
            written = range.end;
        }
        if written > 0 {
            out.push_str(&text[written..]);
        }
        written > 0
    }

    /// What the two sanitizers make of a text, if they change it.
    fn sanitized(&self, surface: Surface, key: &str, text: &str, system: &str) -> Option<String> {
        let url = self.urls.as_ref().and_then(|urls| match surface {
            Surface::Attribute | Surface::LogAttribute => urls.attribute(key, text),
            Surface::Body => urls.body(key, text),
        });
        let current = url.as_deref().unwrap_or(text);
        let database = match surface {
            Surface::Attribute => self.databases.attribute(key, current, system, false),
            Surface::LogAttribute => self.databases.attribute(key, current, system, true),
            Surface::Body => self.databases.body(key, current),
        };
        database.or(url)
    }
}

#[cfg(test)]
mod tests;
