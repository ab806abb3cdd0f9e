//! The attributes by which the Collector says on a record what it did to it: counts, and with `debug` the keys.

use pipeline::batch::Value;

use super::{Summary, Verdict};

/// Its own attributes that a list of allowed keys need not name.
pub(super) const KEYS: &[&str] = &[
    "redaction.redacted.keys",
    "redaction.redacted.count",
    "redaction.masked.keys",
    "redaction.masked.count",
    "redaction.ignored.count",
];

/// What was done to the attributes of one thing, or to its body.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    removed: Vec<String>,
    masked: Vec<String>,
    allowed: Vec<String>,
    ignored: i64,
}

/// Which of the two sets of attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `redaction.masked.count` and its like.
    Attributes,
    /// `redaction.body.masked.count` and its like.
    Body,
}

/// An attribute of the summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Keys, sorted and joined by commas, those that were there already among them.
    Keys(String),
    /// A count, the one that was there already added.
    Count(i64),
}

impl From<Entry> for Value {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::Keys(keys) => Self::String(keys),
            Entry::Count(count) => Self::Int(count),
        }
    }
}

impl Tally {
    /// Notes what became of the value of `key` (in a body, its path: `user.[0].name`).
    pub fn note(&mut self, key: &str, verdict: Verdict) {
        match verdict {
            Verdict::Clean => {}
            Verdict::Ignored => self.ignored += 1,
            Verdict::Allowed => self.allowed.push(key.to_owned()),
            Verdict::Masked => self.masked.push(key.to_owned()),
            Verdict::Removed => self.removed.push(key.to_owned()),
        }
    }

    /// The attributes that say so. `existing` gives an attribute of the record: a processor before this one may have
    /// written them, and keys and counts are of all together.
    pub fn entries(
        &self,
        summary: Summary,
        place: Place,
        existing: impl Fn(&str) -> Option<Value>,
    ) -> Vec<(&'static str, Entry)> {
        let lists = match place {
            Place::Attributes => [
                ("redaction.redacted.keys", "redaction.redacted.count", &self.removed),
                ("redaction.masked.keys", "redaction.masked.count", &self.masked),
                ("redaction.allowed.keys", "redaction.allowed.count", &self.allowed),
            ],
            Place::Body => [
                ("redaction.body.redacted.keys", "redaction.body.redacted.count", &self.removed),
                ("redaction.body.masked.keys", "redaction.body.masked.count", &self.masked),
                ("redaction.body.allowed.keys", "redaction.body.allowed.count", &self.allowed),
            ],
        };
        let ignored = match place {
            Place::Attributes => "redaction.ignored.count",
            Place::Body => "redaction.body.ignored.count",
        };
        let mut entries = Vec::new();
        if summary == Summary::Silent {
            return entries;
        }
        let sum = |key: &str, count: i64| match existing(key) {
            Some(Value::Int(before)) => Entry::Count(before.wrapping_add(count)),
            _ => Entry::Count(count),
        };
        for (keys, count, list) in lists.into_iter().filter(|(_, _, list)| !list.is_empty()) {
            if summary == Summary::Debug {
                let before = existing(keys);
                let known = match &before {
                    Some(Value::String(keys)) if !keys.is_empty() => Some(keys.split(',')),
                    _ => None,
                };
                let mut all: Vec<&str> = list.iter().map(String::as_str).chain(known.into_iter().flatten()).collect();
                all.sort_unstable();
                entries.push((keys, Entry::Keys(all.join(","))));
            }
            entries.push((count, sum(count, i64::try_from(list.len()).unwrap_or(i64::MAX))));
        }
        if self.ignored > 0 {
            entries.push((ignored, sum(ignored, self.ignored)));
        }
        entries
    }
}

#[cfg(test)]
mod tests;
