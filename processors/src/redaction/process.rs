//! One pass over every string of a batch: what its key says, what is found in it, what stands instead.

use std::sync::Arc;

use pipeline::batch::{Edit, Leaf, Owner, Place, Spot, Value};
use pipeline::component::Processor;
use pipeline::content::{Content, is_content};
use pipeline::{Batch, Timestamp};

use super::contrib::{KeyVerdict, Surface, Verdict};
use super::detect::secrets::{names_secret, secret_value};
use super::json::{self, Part, Rewritten, Token};
use super::keys;
use super::mask::{Reach, written};
use super::memo::Memo;
use super::plan::Plan;
use super::scan::{Scratch, Site};
use super::witness::{By, Witness};

/// How often text is read again as the JSON that it holds.
const MAX_ENCODINGS: usize = 8;

/// The fewest digits a number has that says anything about anybody.
const DIGITS: usize = 7;

/// What stands for a value that cannot be read safely.
const CLOSED: &str = "[REDACTED]";

/// What an attribute's key says about its value.
#[derive(Clone, Copy, Debug)]
struct Meaning {
    usage: bool,
    untouched: bool,
    content: bool,
    /// It says of some values that they are secrets.
    secret: bool,
    contrib: KeyVerdict,
}

/// A worker's own copy.
pub(super) struct Redactor {
    plan: Arc<Plan>,
    /// For each level of JSON in JSON.
    scratch: Vec<Scratch>,
    keys: Memo<Meaning>,
    /// Short texts in which no detector finds anything, wherever they stand.
    clean: Memo<()>,
    /// The kind of database of the record at hand.
    system: String,
    masked: String,
    scanned: u64,
    /// Told of everything while rules are tried.
    pub(super) witness: Witness,
}

/// What became of a text.
enum Scrubbed {
    Same,
    New(String),
}

impl Redactor {
    pub(super) fn new(plan: Arc<Plan>) -> Self {
        Self {
            plan,
            scratch: Vec::new(),
            keys: Memo::default(),
            clean: Memo::default(),
            system: String::new(),
            masked: String::new(),
            scanned: 0,
            witness: Witness::default(),
        }
    }

    fn meaning(&mut self, key: &str) -> Meaning {
        if let Some(known) = self.keys.get(key) {
            return known;
        }
        let contrib = self.plan.contrib.as_ref().map_or(KeyVerdict::Free, |contrib| contrib.key(key));
        let meaning = Meaning {
            usage: keys::usage(key),
            untouched: keys::untouched(key),
            content: is_content(key),
            secret: names_secret(key),
            contrib,
        };
        self.keys.put(key, meaning);
        meaning
    }

    /// A key of an attribute, or of a map in a value.
    fn key(&mut self, spot: &Spot<'_>, text: &str) -> Edit {
        let top = spot.owner != Owner::Body && spot.attribute == spot.key;
        if top {
            let meaning = self.meaning(text);
            if meaning.contrib == KeyVerdict::Removed || meaning.content && self.plan.content == Content::Drop {
                return Edit::Remove;
            }
            if meaning.usage || meaning.untouched {
                return Edit::Keep;
            }
        }
        let scrubbed = self.scrub(text, Site::default(), MAX_ENCODINGS);
        self.replaced(scrubbed, "key")
    }

    /// The value of an attribute, a body, or a part of one.
    fn value(&mut self, spot: &Spot<'_>, leaf: Leaf<'_>) -> Edit {
        let attribute = spot.attribute.map_or("", |text| text.as_str());
        let nested = spot.key != spot.attribute;
        let nearest = if nested { spot.key.map_or("", |text| text.as_str()) } else { attribute };
        let meaning = self.meaning(attribute);
        if meaning.usage || nested && keys::usage(nearest) || meaning.contrib == KeyVerdict::Ignored {
            return Edit::Keep;
        }
        let place = place(spot.owner);
        let digits;
        let text = match leaf {
            Leaf::String(text) => text.as_str(),
            Leaf::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => text,
                Err(_) => return Edit::Keep,
            },
            Leaf::Int(number) if number.unsigned_abs() >= 10_u64.pow(DIGITS as u32 - 1) => {
                digits = number.to_string();
                &digits
            }
            Leaf::Double(number) if number.abs() >= 10_f64.powi(DIGITS as i32 - 1) && number.fract() == 0.0 => {
                digits = format!("{number}");
                &digits
            }
            _ => return Edit::Keep,
        };
        if meaning.content && self.plan.content == Content::HashLength {
            let replaced = self.plan.content_hash.replacement(text);
            return if replaced == text { Edit::Keep } else { Edit::Replace(Value::String(replaced)) };
        }
        let scrubbed = self.scrub_value(spot, meaning, (attribute, nearest), text);
        match (self.replaced(scrubbed, place), leaf) {
            (Edit::Replace(Value::String(text)), Leaf::Bytes(_)) => Edit::Replace(Value::Bytes(text.into_bytes())),
            (edit, _) => edit,
        }
    }

    fn scrub_value(&mut self, spot: &Spot<'_>, meaning: Meaning, keys: (&str, &str), text: &str) -> Scrubbed {
        let (attribute, nearest) = keys;
        let nested = attribute != nearest;
        let mut path = String::new();
        let path = if !nested || attribute.is_empty() {
            nearest
        } else {
            path.extend([attribute, ".", nearest]);
            &path
        };
        if (nested || meaning.secret)
            && let Some(entity) = self.named_secret(nearest, text)
        {
            return self.whole(entity, text);
        }
        let mut masked = std::mem::take(&mut self.masked);
        let mark = self.witness.mark();
        let verdict = self.plan.contrib.as_ref().map_or(Verdict::Clean, |contrib| {
            let surface = match spot.owner {
                Owner::Body => Surface::Body,
                Owner::Log => Surface::LogAttribute,
                _ => Surface::Attribute,
            };
            contrib.value_by(meaning.contrib, surface, nearest, text, &self.system, &mut masked)
        });
        let site = Site { path, calm: meaning.untouched || nested && keys::untouched(nearest) };
        let scrubbed = match verdict {
            Verdict::Masked => match self.scrub(&masked, site, 0) {
                Scrubbed::Same => Scrubbed::New(masked.clone()),
                new => new,
            },
            Verdict::Ignored | Verdict::Allowed if self.plan.exact => Scrubbed::Same,
            _ => self.scrub(text, site, 0),
        };
        if verdict == Verdict::Masked {
            self.witness.masked(mark, text, &masked);
        }
        self.masked = masked;
        scrubbed
    }

    /// The entity of a value that is a secret because its key says so.
    fn named_secret(&self, key: &str, text: &str) -> Option<&'static str> {
        let named = self.plan.named_secrets && !key.is_empty() && !written(text);
        named.then(|| secret_value(key, text)).flatten().filter(|entity| self.plan.named(entity).is_some())
    }

    /// A whole value as one match.
    fn whole(&mut self, entity: &str, text: &str) -> Scrubbed {
        let Some(at) = self.plan.entities.iter().position(|(name, _)| name == entity) else { return Scrubbed::Same };
        self.plan.series.matches[at].inc();
        let (name, strategy) = &self.plan.entities[at];
        let mut out = String::new();
        strategy.apply(name, text, &mut out);
        if let (Some(detector), Ok(entity)) = (self.plan.named(entity), u16::try_from(at)) {
            self.witness.whole(By::Detector { detector, entity }, text.len(), &out);
        }
        if strategy.reach() == Reach::Nothing { Scrubbed::Same } else { Scrubbed::New(out) }
    }

    /// A text that may be JSON, read `level` encodings deep.
    fn scrub(&mut self, text: &str, site: Site<'_>, level: usize) -> Scrubbed {
        if self.plan.scanner.is_blank(text) && !self.plan.blind {
            return Scrubbed::Same;
        }
        if text.len() > self.plan.most {
            return self.closed(0, text);
        }
        if !json::looks_like(text) {
            return self.scrub_plain(text, site, level);
        }
        if level == MAX_ENCODINGS {
            return self.closed(1, text);
        }
        let mark = self.witness.mark();
        let rewritten = json::rewrite(text, &mut |part| self.part(part, site, level));
        if matches!(rewritten, Rewritten::NotJson | Rewritten::TooDeep) {
            self.witness.forget(mark);
        }
        match rewritten {
            Rewritten::NotJson => self.scrub_plain(text, site, level),
            Rewritten::TooDeep => self.closed(1, text),
            Rewritten::Same => Scrubbed::Same,
            Rewritten::Changed(new) => Scrubbed::New(new),
        }
    }

    /// A key, string or number of JSON in a text.
    fn part(&mut self, part: &Part<'_>, around: Site<'_>, level: usize) -> Option<String> {
        let mark = self.witness.mark();
        let blind = self.plan.blind;
        let scrubbed = match part.token {
            Token::Key => self.scrub(part.text, Site::default(), MAX_ENCODINGS),
            _ if !blind && keys::usage(part.key) => Scrubbed::Same,
            Token::Number if part.text.len() < DIGITS => Scrubbed::Same,
            _ => match self.named_secret(part.key, part.text) {
                Some(entity) => self.whole(entity, part.text),
                None if self.clean.get(part.text).is_some() => Scrubbed::Same,
                None => {
                    let path = [around.path, part.path].join(".");
                    let calm = around.calm || !blind && keys::untouched(part.key);
                    self.scrub(part.text, Site { path: &path, calm }, level + 1)
                }
            },
        };
        self.witness.token(mark, part);
        match scrubbed {
            Scrubbed::Same => None,
            Scrubbed::New(new) => Some(new),
        }
    }

    fn scrub_plain(&mut self, text: &str, site: Site<'_>, level: usize) -> Scrubbed {
        let level = level.min(MAX_ENCODINGS);
        if self.scratch.len() <= level {
            self.scratch.resize_with(level + 1, Scratch::default);
        }
        self.scanned += text.len() as u64;
        if self.clean.get(text).is_some() {
            return Scrubbed::Same;
        }
        let (plan, scratch) = (&self.plan, &mut self.scratch[level]);
        if !plan.scanner.find(text, site, scratch) {
            self.clean.put(text, ());
        }
        if scratch.found.is_empty() {
            return Scrubbed::Same;
        }
        let (mut out, mut copied) = (String::with_capacity(text.len()), 0);
        let mark = self.witness.mark();
        for found in &scratch.found {
            let entity = usize::from(found.entity);
            plan.series.matches[entity].inc();
            let (name, strategy) = &plan.entities[entity];
            let matched = &text[found.start..found.end];
            match strategy.reach() {
                Reach::Nothing => {
                    self.witness.found(plan, found, (text, site), matched);
                    continue;
                }
                Reach::Value | Reach::Attribute => {
                    self.witness.found(plan, found, (text, site), "");
                    self.witness.widen(mark, text.len());
                    return Scrubbed::New(String::new());
                }
                Reach::Match => {}
            }
            out.push_str(&text[copied..found.start]);
            let written = out.len();
            if found.joined {
                super::mask::Strategy::Placeholder.apply(name, "", &mut out);
            } else {
                strategy.apply(name, matched, &mut out);
            }
            self.witness.found(plan, found, (text, site), &out[written..]);
            copied = found.end;
        }
        if copied == 0 {
            return Scrubbed::Same;
        }
        out.push_str(&text[copied..]);
        Scrubbed::New(out)
    }

    /// A value that cannot be read safely goes as a whole.
    fn closed(&mut self, reason: usize, text: &str) -> Scrubbed {
        self.plan.series.whole[reason].inc();
        self.witness.whole(By::Limit(reason), text.len(), CLOSED);
        Scrubbed::New(CLOSED.into())
    }

    fn replaced(&self, scrubbed: Scrubbed, place: &str) -> Edit {
        let Scrubbed::New(text) = scrubbed else { return Edit::Keep };
        if let Some(at) = super::plan::PLACES.iter().position(|known| *known == place) {
            self.plan.series.places[at].inc();
        }
        Edit::Replace(Value::String(text))
    }

    /// A name, a message, a state, a schema URL.
    fn text(&mut self, spot: &Spot<'_>, text: &str) -> Edit {
        let plan = self.plan.clone();
        let mut masked = std::mem::take(&mut self.masked);
        let mark = self.witness.mark();
        let verdict = plan.contrib.as_ref().map_or(Verdict::Clean, |contrib| contrib.text(text, &mut masked));
        let scrubbed = if verdict == Verdict::Masked {
            let scrubbed = match self.scrub(&masked, Site::default(), 0) {
                Scrubbed::Same => Scrubbed::New(masked.clone()),
                new => new,
            };
            self.witness.masked(mark, text, &masked);
            scrubbed
        } else {
            self.scrub(text, Site::default(), 0)
        };
        self.masked = masked;
        self.replaced(scrubbed, place(spot.owner))
    }

    /// What becomes of a leaf.
    pub(super) fn leaf(&mut self, spot: &Spot<'_>, leaf: Leaf<'_>) -> Edit {
        let edit = match (spot.place, leaf) {
            (Place::Value, leaf) => self.value(spot, leaf),
            (Place::Key, Leaf::String(text)) => self.key(spot, text.as_str()),
            (_, Leaf::String(text)) => self.text(spot, text.as_str()),
            _ => Edit::Keep,
        };
        self.witness.leaf(spot, leaf, &edit);
        edit
    }
}

impl Processor for Redactor {
    fn process(&mut self, batch: &mut Batch, _: Timestamp) {
        self.plan.series.unknown.inc_by(batch.drop_unknown());
        self.system.clear();
        batch.visit_groups(&mut |spot: &Spot<'_>, leaf: Leaf<'_>| self.leaf(spot, leaf));
        let databases = self.plan.contrib.is_some();
        for row in 0..batch.len() {
            if databases {
                self.system.clear();
                let named =
                    ["db.system.name", "db.system"].into_iter().find_map(|key| batch.attribute(row, key)?.as_text());
                self.system.extend(named.map(|text| text.as_str().to_ascii_lowercase()));
            }
            batch.visit(row, &mut |spot: &Spot<'_>, leaf: Leaf<'_>| self.leaf(spot, leaf));
        }
        self.plan.series.scanned.inc_by(std::mem::take(&mut self.scanned));
    }
}

/// The place that is counted.
fn place(owner: Owner) -> &'static str {
    match owner {
        Owner::Resource | Owner::Entity => "resource",
        Owner::Scope => "scope",
        Owner::Span => "span",
        Owner::Event => "event",
        Owner::Link => "link",
        Owner::Log => "log",
        Owner::Body => "body",
    }
}

#[cfg(test)]
mod tests;
