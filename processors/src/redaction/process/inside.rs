//! A key, string or number of JSON in a text: what the keys around it say, the name beside it, and the block's own patterns.

use std::borrow::Cow;
use std::ops::Range;

use super::nest::JOINED;
use super::scrub::{MAX_ENCODINGS, Scrubbed};
use super::{DIGITS, Redactor};
use crate::redaction::contrib::{Contrib, Verdict};
use crate::redaction::json::{Part, Token};
use crate::redaction::keys::{names_its_neighbour, says_value};
use crate::redaction::scan::Site;
use crate::redaction::witness::By;

/// How many keys that only say "value" are passed by on the way out to one that says more.
const OUTWARDS: usize = 3;

/// The longest name that is remembered for the value beside it, in bytes.
const NAME: usize = 64;

/// `{"name": "password", "value": "..."}`: the name, and where its object begins in the text at hand.
#[derive(Debug, Default)]
pub(super) struct Neighbour {
    object: Option<usize>,
    name: String,
}

/// Where the block's own patterns match JSON as it is written: in order, apart from one another.
pub(super) struct Crossed(Vec<Range<usize>>);

impl Crossed {
    pub(super) fn of(patterns: Option<&Contrib>, text: &str) -> Self {
        Self(patterns.map(|patterns| patterns.matches(text)).unwrap_or_default())
    }

    /// Whether one of them takes in more of a token than its text: quotes, a colon, what stands before or behind. Such
    /// a match cannot be cut out of JSON, so all tokens go that it touches.
    fn takes(&self, part: &Part<'_>) -> bool {
        let place = part.place();
        let inside = usize::from(part.token != Token::Number);
        let from = self.0.partition_point(|range| range.end <= place.start);
        let touching = self.0[from..].iter().take_while(|range| range.start < place.end);
        touching.into_iter().any(|range| range.start < place.start + inside || range.end > place.end - inside)
    }
}

impl Redactor {
    /// Whether those look at each string of a text by itself.
    pub(super) fn looks_inside(&self, text: &str) -> bool {
        self.plan.contrib.as_ref().is_some_and(|contrib| contrib.looks_inside(text))
    }

    /// The block's own patterns, while the value at hand is one in which they look at each string by itself.
    pub(super) fn patterns(&self) -> Option<&Contrib> {
        self.plan.contrib.as_ref().filter(|_| self.inside)
    }

    /// A key, string or number of JSON in a text.
    pub(super) fn part(&mut self, part: &Part<'_>, around: Site<'_>, level: usize, crossed: &Crossed) -> Scrubbed {
        let mark = self.witness.mark();
        let scrubbed = match part.token {
            _ if self.inside && crossed.takes(part) => self.blocked(part),
            Token::Key => self.scrub(part.text, Site::of_key(), MAX_ENCODINGS),
            _ => self.member(part, around, level),
        };
        self.witness.token(mark, part);
        if part.token == Token::String && names_its_neighbour(part.key) {
            self.neighbour.name.clear();
            self.neighbour.name.push_str(Some(part.text).filter(|name| name.len() <= NAME).unwrap_or_default());
            self.neighbour.object = part.objects().next().map(|(at, _)| at);
        }
        scrubbed
    }

    /// A token that a pattern matches together with what stands around it.
    fn blocked(&mut self, part: &Part<'_>) -> Scrubbed {
        let mut masked = String::new();
        let blocks =
            self.patterns().is_some_and(|patterns| patterns.mask_whole(part.text, &mut masked) == Verdict::Masked);
        if !blocks || self.meaning(part.key).usage {
            return Scrubbed::Same;
        }
        self.witness.whole(By::Block, part.text.len(), &masked);
        Scrubbed::New(masked)
    }

    fn member(&mut self, part: &Part<'_>, around: Site<'_>, level: usize) -> Scrubbed {
        let own = self.meaning(part.key);
        // What stands in a value is not remembered with its attribute.
        let mut site = Site { kept: false, ..around };
        if !self.plan.key_rules.is_empty() && !part.key.is_empty() {
            let keyless = self.keyless();
            let meaning = self.inner(keyless, str::from_utf8(around.path).unwrap_or_default(), part.path);
            let mut meaning = self.inner(meaning, "", part.key);
            if meaning.rule.is_none() && !own.usage {
                meaning.rule = part.subpaths(JOINED).find_map(|path| self.meaning(path).rule);
            }
            if let Some(scrubbed) = self.by_rule(meaning, part.text) {
                return scrubbed;
            }
            site.other = self.other(meaning).or(around.other);
            site.calm |= own.untouched && meaning.rule.is_none();
        } else {
            site.other = self.other(own).or(around.other);
            site.calm |= own.untouched;
        }
        if own.usage {
            return Scrubbed::Same;
        }
        let valued = says_value(part.key);
        if own.secret || valued {
            let named = if valued { self.outer_name(part) } else { Some(part.key) };
            if let Some(entity) = named.and_then(|name| self.named_secret(name, part.text)) {
                return self.whole(entity, part.text, site.other);
            }
        }
        let unread = self.plan.blind || self.inside || !self.plan.scanner.rules.is_empty();
        let number = part.token == Token::Number;
        let whole = if number { whole_number(part.text) } else { Some(Cow::Borrowed(part.text)) };
        // Vectors are long lists of fractions.
        if number && !unread && (part.text.len() < DIGITS as usize || whole.is_none()) {
            return Scrubbed::Same;
        }
        if self.is_clean(part.text, site) {
            self.scanned += part.text.len() as u64;
            return Scrubbed::Same;
        }
        let mut path = std::mem::take(&mut self.path);
        path.clear();
        [around.path, b".", part.path.as_bytes()].into_iter().for_each(|keys| path.extend_from_slice(keys));
        if valued && let Some(name) = self.neighbour.beside(part) {
            [b".", name.as_bytes()].into_iter().for_each(|name| path.extend_from_slice(name));
        }
        self.steps += path.len() / 8;
        let vouched = Some(self.vouches(&path));
        let text = whole.as_deref().unwrap_or(part.text);
        let scrubbed = self.read(part, text, Site { path: &path, vouched, ..site }, level + 1);
        self.path = path;
        scrubbed
    }

    /// What a string is, or a number as a person writes it.
    fn read(&mut self, part: &Part<'_>, text: &str, site: Site<'_>, level: usize) -> Scrubbed {
        let mark = self.witness.mark();
        let scrubbed = self.scrub(text, site, level);
        if text != part.text && !matches!(scrubbed, Scrubbed::Same) {
            self.witness.widen(mark, part.text.len());
        }
        scrubbed
    }

    /// The name of a value whose own key says no more than that it is one: what stands beside it, or further out.
    fn outer_name<'p>(&'p self, part: &Part<'p>) -> Option<&'p str> {
        for (object, key) in part.objects().take(OUTWARDS) {
            if !says_value(key) {
                return Some(key);
            }
            if self.neighbour.object == Some(object) {
                return Some(&self.neighbour.name);
            }
        }
        None
    }
}

impl Neighbour {
    fn beside(&self, part: &Part<'_>) -> Option<&str> {
        let mut objects = part.objects().take(OUTWARDS);
        objects.any(|(object, _)| self.object == Some(object)).then_some(self.name.as_str())
    }
}

/// A whole number as a person writes it, without the point or the exponent of `4111111111111111.0` and `4.1e15`. No other
/// number is anybody's: `None` for a fraction.
fn whole_number(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains(['.', 'e', 'E']) {
        return Some(Cow::Borrowed(text));
    }
    if !text.contains(['e', 'E']) {
        let (whole, fraction) = text.split_once('.')?;
        return fraction.bytes().all(|byte| byte == b'0').then_some(Cow::Borrowed(whole));
    }
    let number = text.parse::<f64>().ok()?;
    (number.fract() == 0.0 && number.abs() < 1e18).then(|| Cow::Owned(format!("{number:.0}")))
}
