//! What must never be shown: found by the schema (`writeOnly`) and by the names people give secrets.

use std::ops::Range;

use super::node::{Entry, Node, Tree};
use super::shape::Shape;
use super::source::{Place, Source};
use super::suggest;

/// What stands for a secret.
pub(super) const MASKED: &str = "***";

/// Parts of key names whose values are secrets, whatever the block.
const NAMES: [&str; 15] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "token",
    "api_key",
    "apikey",
    "api-key",
    "access_key",
    "accesskey",
    "authorization",
    "credential",
    "private_key",
    "key_pem",
];

/// Whether a key's value is a secret by its name. A path to one (`token_file`) is none.
pub(super) fn is_secret_name(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let path = key.ends_with("file") || key.ends_with("filename") || key.ends_with("path");
    !path && (key == "inline" || key == "pass" || key == "cookie" || NAMES.iter().any(|name| key.contains(name)))
}

/// Whether everything below a key is a secret: header values often are.
fn is_secret_map(key: &str) -> bool {
    key.eq_ignore_ascii_case("headers")
}

/// Whether a key that is not known here is a secret's, misspelt: `pasword`.
fn means_secret(key: &str, shape: &Shape<'_>) -> bool {
    let keys = shape.keys();
    let meant = || suggest::nearest(key, keys.iter().copied());
    let secret = |meant: &str| is_secret_name(meant) || shape.child(meant).has("writeOnly");
    !keys.is_empty() && !keys.contains(&key) && meant().is_some_and(secret)
}

/// Whether a substitution brings a secret by its name: `env API_TOKEN`; files are where secrets are kept.
pub(super) fn brings_secret(via: &str) -> bool {
    via.split_once(' ').is_some_and(|(scheme, name)| scheme == "file" || is_secret_name(name))
}

/// The secrets of a configuration: where they stand and what they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Mask {
    places: Vec<Place>,
    texts: Vec<String>,
}

impl Mask {
    /// Marks the secrets of a tree and remembers them.
    pub(super) fn collect(&mut self, node: &mut Node, shape: &Shape<'_>) {
        self.walk(node, shape, false);
        self.texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        self.texts.dedup();
    }

    fn walk(&mut self, node: &mut Node, shape: &Shape<'_>, secret: bool) {
        let secret = secret || shape.has("writeOnly");
        node.dropped.iter_mut().for_each(|entry| self.entry(entry, shape, secret));
        match &mut node.tree {
            Tree::Scalar(scalar) => {
                // What a substitution brought stands in the file as `${…}`, which may be shown.
                let via = node.via.as_deref().is_some_and(brings_secret);
                node.secret = (secret || via) && !scalar.text.is_empty();
                if node.secret {
                    if node.via.is_none() {
                        self.places.push(node.place);
                    }
                    self.remember(&scalar.text);
                }
                // A message may quote a part of a URL in which its password can no longer be told.
                for range in in_urls(&scalar.text) {
                    self.remember(&scalar.text[range]);
                }
            }
            Tree::List(items) => items.iter_mut().for_each(|item| self.walk(item, &shape.item(), secret)),
            Tree::Map(entries) => entries.iter_mut().for_each(|entry| self.entry(entry, shape, secret)),
        }
    }

    fn entry(&mut self, entry: &mut Entry, shape: &Shape<'_>, secret: bool) {
        let map = matches!(entry.value.tree, Tree::Map(_));
        let named = if map { is_secret_map(&entry.key) } else { is_secret_name(&entry.key) };
        let listed = is_secret_map(&entry.key);
        let child = shape.child(&entry.key);
        // One of a few known words is no secret, whatever its key: `strategies: {API_KEY: hash}`.
        let named = named && child.choices().is_empty();
        let meant = !map && means_secret(&entry.key, shape);
        // Of a component that is not known, or a block, nobody knows which keys are secrets.
        let unknown = !shape.knows(&entry.key) && (entry.value.scalar().is_none() || shape.has_patterns());
        self.walk(&mut entry.value, &child, secret || named || listed || meant || unknown);
    }

    /// Hides a text wherever it stands.
    fn remember(&mut self, text: &str) {
        // Shorter ones would blank out words of the messages themselves.
        if text.len() >= 4 {
            self.texts.push(text.to_owned());
        }
    }

    /// Hides all of `text`, which stands at a place and could not be read.
    pub(super) fn hide(&mut self, place: Place, text: &str) {
        if !text.is_empty() {
            self.places.push(place);
            self.remember(text);
        }
    }

    /// Marks what may be a secret in a text that could not be parsed: all that follows a telling name.
    pub(super) fn guess(&mut self, source: usize, text: &str) {
        let mut start = 0;
        let mut below: Option<usize> = None;
        for line in text.split_inclusive('\n') {
            let indent = line.len() - line.trim_start().len();
            let end = start + line.trim_end().len();
            let blank = line.trim().is_empty();
            if below.is_some_and(|outer| indent > outer && !blank) {
                self.places.push(Place { source, start: start + indent, end });
            } else if let Some(from) = telling(line) {
                below = Some(indent);
                self.places.push(Place { source, start: (start + from).min(end), end });
            } else if !blank {
                below = None;
            }
            start += line.len();
        }
    }

    /// A message without secrets.
    pub(super) fn text(&self, message: &str) -> String {
        let mut message = message.to_owned();
        for secret in &self.texts {
            if message.contains(secret.as_str()) {
                message = message.replace(secret.as_str(), MASKED);
            }
        }
        for range in in_urls(&message).into_iter().rev() {
            message.replace_range(range, MASKED);
        }
        message
    }

    /// The line of a place without secrets, and where in it the place is.
    pub(super) fn line(&self, source: &Source, place: Place) -> (String, Range<usize>) {
        let (start, end) = (source.line_start(place.start), source.line_end(place.start));
        let line = source.text.get(start..end).unwrap_or_default();
        let within = |byte: usize| byte.clamp(start, end) - start;
        let mut hidden: Vec<Range<usize>> = self
            .places
            .iter()
            .filter(|secret| secret.source == place.source && secret.start < end && secret.end > start)
            .map(|secret| within(secret.start)..within(secret.end))
            .collect();
        hidden.extend(in_urls(line));
        hidden.extend(self.texts.iter().flat_map(|secret| values(line, secret)));
        let hidden = joined(hidden);
        let (line, at) = blank(line, &hidden);
        let (from, to) = (at(within(place.start)).0, at(within(place.end)).1);
        // A place of nothing, such as the end of the text, still gets one caret.
        (line, from..to.max(from))
    }
}

/// Where the value starts behind a telling `name:` or `name=`.
fn telling(line: &str) -> Option<usize> {
    let separators = line.match_indices([':', '=']).map(|(at, _)| at);
    separators.into_iter().find_map(|at| {
        let before = line[..at].trim_end_matches(['"', '\'', ' ']);
        let name = before.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).next()?;
        (is_secret_name(name) || is_secret_map(name)).then(|| {
            let value = &line[at + 1..];
            at + 1 + (value.len() - value.trim_start().len())
        })
    })
}

/// Where a secret stands in a line, but for keys: a password may be the word `password`.
fn values(line: &str, secret: &str) -> Vec<Range<usize>> {
    let is_key = |end: usize| {
        let rest = line[end..].trim_start_matches(['"', '\'']);
        rest.strip_prefix(':').is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    };
    let found = line.match_indices(secret).map(|(at, _)| at..at + secret.len());
    found.filter(|range| !is_key(range.end)).collect()
}

/// What of the URLs in a text is secret, in order: users with their passwords, and parameters with telling names.
fn in_urls(text: &str) -> Vec<Range<usize>> {
    let mut found = user_info(text);
    found.extend(parameters(text));
    joined(found)
}

/// Ranges in order, those that overlap as one.
fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match joined.last_mut().filter(|last| range.start < last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => joined.push(range),
        }
    }
    joined
}

/// What ends a URL in a text.
const URL_END: [char; 6] = [' ', '"', '\'', ',', '`', '\n'];

/// `user:password` of each `scheme://user:password@host`.
fn user_info(text: &str) -> Vec<Range<usize>> {
    let found = text.match_indices("://").filter_map(|(at, separator)| {
        let start = at + separator.len();
        let url = text[start..].split(URL_END).next()?;
        let authority = url.split(['/', '?', '#']).next()?;
        // What is neither a host nor a port is the start of a password with a `/` in it.
        let cut = || authority.split_once(':').is_some_and(|(_, port)| !port.bytes().all(|byte| byte.is_ascii_digit()));
        let length =
            authority.rfind('@').or_else(|| url.rfind('@').filter(|_| !authority.starts_with('[') && cut()))?;
        Some(start..start + length)
    });
    found.collect()
}

/// The values of `?token=value` and `&token=value`.
fn parameters(text: &str) -> Vec<Range<usize>> {
    let found = text.match_indices(['?', '&']).filter_map(|(at, _)| {
        let parameter = text[at + 1..].split(['&', '#', '}', ')']).next()?.split(URL_END).next()?;
        let (name, value) = parameter.split_once('=')?;
        let telling = is_secret_name(name) || ["key", "sig", "signature", "code", "auth"].contains(&name);
        let start = at + 1 + name.len() + 1;
        telling.then_some(start..start + value.len())
    });
    found.filter(|range| !range.is_empty()).collect()
}

/// Puts [`MASKED`] over each range; the function maps a byte of the old line to the new one, as the start and as
/// the end of a range.
fn blank(line: &str, hidden: &[Range<usize>]) -> (String, impl Fn(usize) -> (usize, usize)) {
    let mut text = String::new();
    // Old start, old end, new start.
    let mut moved: Vec<(usize, usize, usize)> = Vec::new();
    let mut from = 0;
    for range in hidden {
        if range.start < from || range.is_empty() {
            continue;
        }
        text.push_str(line.get(from..range.start).unwrap_or_default());
        moved.push((range.start, range.end, text.len()));
        text.push_str(MASKED);
        from = range.end;
    }
    text.push_str(line.get(from..).unwrap_or_default());
    let length = text.len();
    // Inside what is masked there is only its start and its end.
    let at = move |byte: usize| {
        let (from, to) = match moved.iter().rev().find(|(start, ..)| *start <= byte) {
            None => (byte, byte),
            Some(&(start, _, new)) if byte == start => (new, new),
            Some(&(_, end, new)) if byte < end => (new, new + MASKED.len()),
            Some(&(_, end, new)) => (new + MASKED.len() + (byte - end), new + MASKED.len() + (byte - end)),
        };
        (from.min(length), to.min(length))
    };
    (text, at)
}

#[cfg(test)]
mod tests;
