//! What a redactor tells while rules are tried: each thing that it replaces, where that stood in the text as it came,
//! and what vouched for it. In a pipeline nobody listens, and nothing is kept.
//!
//! A text is read from the outside in: a value, the strings of the JSON that it holds, the JSON in those. What is found
//! is noted in the place of the innermost text first, and moved outwards as each level is left ([`Witness::token`]).

use std::collections::BTreeMap;
use std::ops::Range;

use pipeline::batch::{Edit, Leaf, Owner, Place, Spot, Value};

use super::detect::Class;
use super::json::{self, Part, Token};
use super::plan::Plan;
use super::scan::{Found, Site, without_escapes};
use super::words::{Vouchers, Words};

/// Why a match counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vouched {
    /// Its shape says enough.
    Shape,
    /// It was asked for, by name or by a strict profile.
    Asked,
    /// A word near it in the text.
    Word(&'static str),
    /// A word in the keys around it.
    Key(&'static str),
    /// The key itself: what it names is a secret.
    Name,
    /// It overlaps a match that counts.
    Overlap,
    /// The configuration says so.
    Config,
}

impl std::fmt::Display for Vouched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Shape => f.write_str("the shape says enough"),
            Self::Asked => f.write_str("asked for, so nothing has to vouch for it"),
            Self::Word(word) => write!(f, "`{word}` near it vouches for it"),
            Self::Key(word) => write!(f, "`{word}` in its key vouches for it"),
            Self::Name => f.write_str("its key names a secret"),
            Self::Overlap => f.write_str("it overlaps another match"),
            Self::Config => f.write_str("the configuration says so"),
        }
    }
}

/// Who replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// A detector or a pattern of the user's, as the scanner numbers them, with the entity as the plan does.
    Detector { detector: u16, entity: u16 },
    /// A key rule of the user's, with its entity.
    Key(u16),
    /// A limit, as [`super::plan::REASONS`] has them.
    Limit(usize),
    /// What a key of the block says of the whole value: the content policy, or one of the Collector's.
    Block,
}

/// Something replaced.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// Where it stands, in bytes.
    pub(super) range: Range<usize>,
    pub(super) by: By,
    pub(super) vouched: Vouched,
    /// What stands there instead, as it stands.
    pub(super) replacement: String,
}

/// A leaf in which something was found or replaced.
pub(super) struct Noted {
    pub(super) owner: Owner,
    pub(super) place: Place,
    /// The keys around it, joined by `.`.
    pub(super) key: String,
    pub(super) before: String,
    /// `None` where it is removed.
    pub(super) after: Option<String>,
    pub(super) told: Vec<Told>,
}

/// Who is told.
#[derive(Default)]
pub(super) struct Witness {
    pub(super) listens: bool,
    told: Vec<Told>,
    pub(super) noted: Vec<Noted>,
    asked: Asked,
}

impl Witness {
    /// How much has been told; to go back to, or to go on from.
    pub(super) fn mark(&self) -> usize {
        self.told.len()
    }

    /// Takes back what was told since `mark`: the text was no JSON after all.
    pub(super) fn forget(&mut self, mark: usize) {
        self.told.truncate(mark);
    }

    /// A match in `text`, and what takes its place.
    pub(super) fn found(&mut self, plan: &Plan, found: &Found, (text, site): (&str, Site<'_>), replacement: &str) {
        if self.listens {
            let by = By::Detector { detector: found.detector, entity: found.entity };
            let vouched = self.asked.vouched(plan, found, text, site);
            self.push(found.start..found.end, by, vouched, replacement);
        }
    }

    /// The whole of a text goes for what was told last.
    pub(super) fn widen(&mut self, mark: usize, length: usize) {
        if let Some(last) = self.told.pop() {
            self.told.truncate(mark);
            self.told.push(Told { range: 0..length, ..last });
        }
    }

    /// A whole text, for what its key, a limit or the block says.
    pub(super) fn whole(&mut self, by: By, length: usize, replacement: &str) {
        let vouched = match by {
            By::Detector { .. } => Vouched::Name,
            By::Key(_) | By::Limit(_) | By::Block => Vouched::Config,
        };
        self.push(0..length, by, vouched, replacement);
    }

    fn push(&mut self, range: Range<usize>, by: By, vouched: Vouched, replacement: &str) {
        if self.listens {
            self.told.push(Told { range, by, vouched, replacement: replacement.to_owned() });
        }
    }

    /// What was told of a token's text stands in the text around it.
    pub(super) fn token(&mut self, mark: usize, part: &Part<'_>) {
        let Some(told) = self.told.get_mut(mark..).filter(|told| !told.is_empty()) else { return };
        // Without the quotes.
        let inside = usize::from(part.token != Token::Number);
        let places = Places::of(&part.raw[inside..part.raw.len() - inside]);
        for told in told {
            let place = |at: usize| part.at + inside + places.raw(at);
            told.range = place(told.range.start)..place(told.range.end);
            // A number that is replaced leaves as a string.
            if part.token != Token::Number || told.replacement != part.raw && told.range == part.place() {
                let quoted = serde_json::Value::String(std::mem::take(&mut told.replacement)).to_string();
                told.replacement = quoted[inside..quoted.len() - inside].to_owned();
            }
        }
    }

    /// What was told of `masked` stands in `text`, of which the Collector's keys made it: what they changed is told
    /// as one.
    pub(super) fn masked(&mut self, mark: usize, text: &str, masked: &str) {
        if !self.listens {
            return;
        }
        let (head, tail) = common(text, masked);
        let (mut start, mut end) = (head, masked.len() - tail);
        let inner = self.told.split_off(mark.min(self.told.len()));
        let touches = |range: &Range<usize>| range.end > head && range.start < masked.len() - tail;
        for told in inner.iter().filter(|told| touches(&told.range)) {
            (start, end) = (start.min(told.range.start), end.max(told.range.end));
        }
        let outside = |at: usize| text.len() - (masked.len() - at);
        let (mut replacement, mut copied) = (String::new(), start);
        for told in inner {
            if told.range.end <= start {
                self.told.push(told);
            } else if told.range.start >= end {
                self.told.push(Told { range: outside(told.range.start)..outside(told.range.end), ..told });
            } else {
                replacement.push_str(&masked[copied..told.range.start]);
                replacement.push_str(&told.replacement);
                copied = told.range.end;
            }
        }
        replacement.push_str(&masked[copied..end]);
        self.push(start..outside(end), By::Block, Vouched::Config, &replacement);
    }

    /// A leaf has been read, and this becomes of it.
    pub(super) fn leaf(&mut self, spot: &Spot<'_>, leaf: Leaf<'_>, edit: &Edit) {
        if !self.listens || self.told.is_empty() && *edit == Edit::Keep {
            return;
        }
        let mut told = std::mem::take(&mut self.told);
        let before = match leaf {
            Leaf::String(text) => text.as_str().to_owned(),
            Leaf::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Leaf::Int(number) => number.to_string(),
            Leaf::Double(number) => number.to_string(),
            Leaf::Bool(is) => is.to_string(),
        };
        let after = match edit {
            Edit::Keep => Some(before.clone()),
            Edit::Replace(Value::String(text)) => Some(text.clone()),
            Edit::Replace(Value::Bytes(bytes)) => Some(String::from_utf8_lossy(bytes).into_owned()),
            Edit::Replace(_) => Some(String::new()),
            Edit::Remove => None,
        };
        if told.is_empty() {
            let replacement = after.clone().unwrap_or_default();
            told.push(Told { range: 0..before.len(), by: By::Block, vouched: Vouched::Config, replacement });
        }
        told.sort_by_key(|told| told.range.start);
        let mut key = spot.attribute.map(|text| text.as_str().to_owned()).unwrap_or_default();
        if let Some(nearest) = spot.key.filter(|nearest| spot.attribute != Some(*nearest)) {
            key = format!("{key}{}{}", if key.is_empty() { "" } else { "." }, nearest.as_str());
        }
        self.noted.push(Noted { owner: spot.owner, place: spot.place, key, before, after, told });
    }
}

/// How many bytes two texts begin and end with that are the same, whole characters only, without overlap.
fn common(one: &str, other: &str) -> (usize, usize) {
    let same = |(a, b): &(char, char)| a == b;
    let length = |(a, _): (char, char)| a.len_utf8();
    let head: usize = one.chars().zip(other.chars()).take_while(same).map(length).sum();
    let ends = one[head..].chars().rev().zip(other[head..].chars().rev());
    (head, ends.take_while(same).map(length).sum())
}

/// More than stands before and behind a match that a word is looked for in, in bytes.
const AROUND: usize = 256;

/// What is asked for the words that vouched; kept, as a text may have many matches.
#[derive(Default)]
struct Asked {
    /// The words of a detector that one was asked of, each by itself.
    known: BTreeMap<u16, Vec<Vouchers>>,
    words: Words,
    blank: String,
}

impl Asked {
    /// What vouched for a match: looked up again, as the judge looked.
    fn vouched(&mut self, plan: &Plan, found: &Found, text: &str, site: Site<'_>) -> Vouched {
        let mut at = usize::from(found.detector);
        for enabled in &plan.scanner.families {
            let detectors = enabled.family.detectors();
            let Some(detector) = detectors.get(at) else {
                at -= detectors.len();
                continue;
            };
            if detector.class == Class::A {
                return Vouched::Shape;
            }
            if enabled.trusted[at] {
                return Vouched::Asked;
            }
            let Self { known, words, blank } = self;
            let each = || detector.words.iter().map(|word| Vouchers::of(&[word])).collect();
            let known = known.entry(found.detector).or_insert_with(each);
            let first = |words: &Words| {
                known.iter().zip(detector.words).find(|(vouchers, _)| words.have(vouchers)).map(|(_, word)| *word)
            };
            words.fill_key(site.path);
            if let Some(word) = first(words) {
                return Vouched::Key(word);
            }
            let edge = |at: &usize| text.is_char_boundary(*at);
            let from = (0..=found.start.saturating_sub(AROUND)).rfind(edge).unwrap_or_default();
            let to = (found.end + AROUND..text.len()).find(edge).unwrap_or(text.len());
            words.fill_near(without_escapes(&text[from..to], blank), found.start - from, found.end - from);
            return first(words).map_or(Vouched::Overlap, Vouched::Word);
        }
        Vouched::Config
    }
}

/// From places in a text to those in the JSON string that it was written as.
struct Places {
    /// For each byte of the text where it begins in the string, and the end; empty where they are the same.
    raw: Vec<usize>,
}

impl Places {
    fn of(raw: &str) -> Self {
        if memchr::memchr(b'\\', raw.as_bytes()).is_none() {
            return Self { raw: Vec::new() };
        }
        let mut places = Vec::with_capacity(raw.len() + 1);
        let mut at = 0;
        while let Some(next) = raw[at..].chars().next() {
            let (from, length) = if next == '\\' { escape(&raw[at..]) } else { (next.len_utf8(), next.len_utf8()) };
            places.extend(std::iter::repeat_n(at, length));
            at += from;
        }
        places.push(raw.len());
        Self { raw: places }
    }

    fn raw(&self, at: usize) -> usize {
        self.raw.get(at).or(self.raw.last()).copied().unwrap_or(at)
    }
}

/// How long the escape at the start of `raw` is, and the text that it stands for.
fn escape(raw: &str) -> (usize, usize) {
    let read = |length: usize| json::unescape(raw.get(..length)?);
    // Two units of which the text is one character are a pair.
    let pair =
        read(12).filter(|text| raw[1..].starts_with('u') && raw[6..].starts_with("\\u") && text.chars().count() == 1);
    let (length, text) = match pair {
        Some(text) => (12, text),
        None if raw[1..].starts_with('u') => (6, read(6).unwrap_or_default()),
        None => (2, read(2).unwrap_or_default()),
    };
    (length.min(raw.len()), text.len())
}
