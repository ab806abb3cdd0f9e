//! Ids out of URL paths: each segment that is a number, an id or gibberish becomes `*`, and the query goes.
//!
//! What is masked is at least what the Collector's sanitizer (grafana/clusterurl) masks, and with its semantics asked
//! for exactly that. A segment of letters is gibberish if its letters follow one another as no English word's do.

mod digraphs;

use std::collections::HashSet;
use std::sync::LazyLock;

use super::config::{Compat, UrlSanitizer};
use digraphs::FOLLOWS;

/// Segments kept; what follows is cut off.
const MAX_SEGMENTS: usize = 10;

/// Up to this mean probability of its pairs of letters a segment is gibberish: halfway between the worst of a few
/// phrases and the best of a few rolls over the keyboard.
const GIBBERISH: f64 = 0.015_099_318_064_947_853;

/// The sanitizer of URLs.
#[derive(Clone, Debug)]
pub(super) struct Urls {
    attributes: HashSet<String>,
    names: bool,
    exact: bool,
}

impl Urls {
    pub(super) fn new(config: &UrlSanitizer, compat: Compat) -> Self {
        Self {
            attributes: config.attributes.iter().cloned().collect(),
            names: config.sanitize_span_name.unwrap_or(true),
            exact: compat == Compat::Contrib,
        }
    }

    /// What becomes of an attribute, if it changes.
    pub(super) fn attribute(&self, key: &str, text: &str) -> Option<String> {
        if !self.attributes.contains(key) {
            return None;
        }
        Some(clustered(text, self.exact)).filter(|clustered| clustered != text)
    }

    /// What becomes of a string in a log body, if it changes. The Collector takes all of them for URLs; ours only
    /// what has the look of one, and listed keys.
    pub(super) fn body(&self, key: &str, text: &str) -> Option<String> {
        if self.exact || self.attributes.contains(key) {
            return Some(clustered(text, self.exact)).filter(|clustered| clustered != text);
        }
        Some(clustered_within(text)).filter(|clustered| clustered != text)
    }

    /// What becomes of the name of a span that looks like HTTP, if it changes and something of it is left.
    pub(super) fn span_name(&self, name: &str) -> Option<String> {
        let clustered = clustered(name, self.exact);
        let segments = || clustered.split('/').filter(|segment| !segment.is_empty());
        let all = segments().next().is_some() && segments().all(|segment| segment == "*");
        (self.names && clustered != name && !all).then_some(clustered)
    }
}

/// What a segment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Segment {
    /// Letters that make words, or nothing.
    Words,
    /// Letters that do not.
    Gibberish,
    /// Digits, or anything else that is no letter.
    Id,
}

/// The path with its ids masked and its query cut off. With `exact`, the Collector's slips too: a last segment before
/// a `?` is not looked at for gibberish, and the tenth may leave a second mask behind.
fn clustered(path: &str, exact: bool) -> String {
    let head = path.split(['?', '&', '#']).next().unwrap_or_default();
    let cut = head.len() < path.len();
    let count = head.split('/').count();
    let mut out = String::with_capacity(head.len());
    for (at, segment) in head.split('/').enumerate() {
        if at == MAX_SEGMENTS {
            break;
        }
        if at > 0 {
            out.push('/');
        }
        let last = at + 1 == count;
        match kind(segment, exact) {
            Segment::Gibberish if exact && last && cut => out.push_str(segment),
            Segment::Words => out.push_str(segment),
            kind => {
                out.push('*');
                if exact && at + 1 == MAX_SEGMENTS && !last {
                    out.push_str(slip(segment, kind));
                }
            }
        }
    }
    out
}

/// What the Collector writes after the mask of the last segment that it keeps, where more follow.
fn slip(segment: &str, kind: Segment) -> &str {
    let rest = &segment[1.min(segment.len())..];
    match kind {
        Segment::Id => "*",
        _ if rest.is_empty() => "",
        _ if gibberish(rest) => "*",
        _ => rest,
    }
}

fn kind(segment: &str, exact: bool) -> Segment {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_' | b'.' | b' ');
    let bytes = segment.as_bytes();
    let odd = bytes.iter().enumerate().filter(|(_, byte)| !letter(**byte));
    // One that is no letter may stand in the second place: `v1`, `k6-runs`.
    let mut odd = odd.skip_while(|(at, _)| *at == 1);
    let version = |at: usize| bytes.get(at).is_none_or(|byte| matches!(byte, b'-' | b'_' | b'.' | b' '));
    let second = bytes.get(1).is_some_and(|byte| !letter(*byte));
    if odd.next().is_some() || !exact && second && !(bytes[1].is_ascii_digit() && version(2)) {
        return Segment::Id;
    }
    if gibberish(segment) { Segment::Gibberish } else { Segment::Words }
}

/// Whether the letters of `segment` follow one another as in no word.
fn gibberish(segment: &str) -> bool {
    static CHANCES: LazyLock<Vec<[f64; 27]>> = LazyLock::new(chances);
    let place = |byte: u8| match byte.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => Some(usize::from(letter - b'a')),
        b' ' => Some(26),
        _ => None,
    };
    let mut letters = segment.bytes().filter_map(place);
    let Some(mut before) = letters.next() else { return false };
    let (mut sum, mut pairs) = (0.0, 0_u32);
    for next in letters {
        sum += CHANCES[before][next];
        pairs += 1;
        before = next;
    }
    (sum / f64::from(pairs.max(1))).exp() <= GIBBERISH
}

/// The logarithm of the chance that one letter follows another.
fn chances() -> Vec<[f64; 27]> {
    let row = |counts: &[u32; 27]| {
        let all: u32 = counts.iter().sum();
        counts.map(|count| (f64::from(count) / f64::from(all)).ln())
    };
    FOLLOWS.iter().map(row).collect()
}

/// A text with the URLs and paths in it masked.
fn clustered_within(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let edge = |letter: char| letter.is_whitespace() || "\"'`<>()[]{},;|\\".contains(letter);
    let mut rest = text;
    while !rest.is_empty() {
        let token = rest.find(edge).unwrap_or(rest.len());
        let (word, after) = rest.split_at(token);
        let path = word.contains("://") || word.len() > 1 && word.starts_with('/');
        if path {
            out.push_str(&clustered(word, false));
        } else {
            out.push_str(word);
        }
        let between = after.find(|letter| !edge(letter)).unwrap_or(after.len());
        out.push_str(&after[..between]);
        rest = &after[between..];
    }
    out
}

#[cfg(test)]
mod tests;
