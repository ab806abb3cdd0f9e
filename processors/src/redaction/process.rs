//! One pass over every string of a batch: what its key says, what is found in it, what stands instead.

mod again;
mod collector;
mod inside;
mod meaning;
mod nest;
mod scrub;
mod settle;
mod tally;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use pipeline::batch::{Edit, Leaf, Owner, Place, Spot, Text, Value, Visitor};
use pipeline::component::Processor;
use pipeline::content::ContentEvents;
use pipeline::{Batch, Signal, Timestamp};

use super::contrib::{Contrib, KeyVerdict, Surface, Verdict};
use super::keys::says_value;
use super::mask::Reach;
use super::memo::{Memo, Print};
use super::plan::{PLACES, Plan};
use super::scan::{Clean, Scratch, Site};
use super::witness::Witness;
use again::{Again, Known};
use inside::Neighbour;
use meaning::{Meaning, TOLD, tail};
use nest::Nest;
use scrub::Scrubbed;
use tally::Tallies;

/// The longest texts, attributes and paths that are remembered, in bytes: names of models are shorter.
const SHORT: usize = 47;
const ENTRY: usize = 119;
const PATH: usize = 95;

/// The fewest digits a number has that says anything about anybody.
const DIGITS: u32 = 7;

/// What the name of a span may be, by its kind and attributes.
#[derive(Clone, Copy, Default)]
struct Named {
    /// The method and path of a request.
    http: bool,
    /// A statement.
    database: bool,
}

impl Named {
    /// Of record `row`, if that is a span.
    fn of(batch: &Batch, row: usize) -> Self {
        // SpanKind
        const INTERNAL: i32 = 1;
        const SERVER: i32 = 2;
        const CLIENT: i32 = 3;
        let Some(span) = batch.record(row).filter(|_| batch.signal() == Signal::Traces) else { return Self::default() };
        let outer = matches!(span.kind(), SERVER | CLIENT);
        let is_http = |key: &str| key.starts_with("http.") || key.starts_with("url.");
        let http = || span.name().as_str().contains('/') || span.attributes().any(|(key, _)| is_http(key.as_str()));
        Self { http: outer && http(), database: outer || span.kind() == INTERNAL }
    }
}

/// Attributes by their bytes.
type Entries = Memo<Known, ENTRY>;

/// A worker's own copy.
pub(super) struct Redactor {
    plan: Arc<Plan>,
    /// For each level of JSON in JSON.
    scratch: Vec<Scratch>,
    /// For what is found once the rest is masked.
    second: Scratch,
    keys: Memo<Meaning, SHORT>,
    /// What the key of the attribute at hand says, if it was looked up, and where that key lies.
    current: Option<(usize, Meaning)>,
    /// Paths of keys inside values, and whether a word in them may vouch for something.
    vouched: Memo<bool, PATH>,
    /// Short texts in which nothing is found, wherever they stand.
    clean: Memo<Clean, SHORT>,
    /// Names and other texts without a key that stay.
    texts: Memo<(), SHORT>,
    /// What becomes of attributes, as they lie on the wire.
    entries: Entries,
    /// Those that are edited.
    again: Again,
    /// Whether these two are remembered: then what becomes of one follows from its bytes alone.
    remembers: bool,
    /// The print of the attribute at hand, if it is not known and may be remembered.
    entry: Option<Print>,
    /// What was scanned before it, if nothing was found in it so far.
    untold: Option<u64>,
    /// The kind of database of the record at hand.
    system: String,
    /// Which events of the record at hand are content.
    events: ContentEvents,
    /// What the name of the span at hand may be.
    named: Named,
    masked: String,
    /// The keys around the value at hand in JSON, kept for its room, and in maps.
    path: Vec<u8>,
    nest: Nest,
    neighbour: Neighbour,
    /// Whether the value at hand is JSON whose strings the block's own patterns look at one by one.
    inside: bool,
    scanned: u64,
    /// How much looking the value at hand has cost, and may cost.
    steps: usize,
    budget: usize,
    /// What was found in the leaf at hand: entities, and what is done with them. A text that turns out to be no JSON
    /// is looked through again.
    counted: Vec<(u16, Option<u16>)>,
    /// Attributes of the record at hand that go for what was found in their values.
    doomed: HashSet<(Owner, String)>,
    tallies: Tallies,
    /// In a body, what one of the Collector's keys says of all that stands below a key of that depth.
    below: Option<(u16, KeyVerdict)>,
    /// Told of everything while rules are tried.
    pub(super) witness: Witness,
}

impl Redactor {
    pub(super) fn new(plan: Arc<Plan>) -> Self {
        let contrib = plan.contrib.as_ref().is_none_or(Contrib::is_plain);
        Self {
            remembers: contrib && plan.content.keeps(),
            entry: None,
            untold: None,
            texts: Memo::default(),
            entries: Entries::default(),
            again: Again::default(),
            plan,
            scratch: Vec::new(),
            second: Scratch::default(),
            keys: Memo::default(),
            current: None,
            vouched: Memo::default(),
            clean: Memo::default(),
            system: String::new(),
            events: ContentEvents::default(),
            named: Named::default(),
            masked: String::new(),
            path: Vec::new(),
            nest: Nest::default(),
            neighbour: Neighbour::default(),
            inside: false,
            scanned: 0,
            steps: 0,
            budget: 0,
            counted: Vec::new(),
            doomed: HashSet::new(),
            tallies: Tallies::default(),
            below: None,
            witness: Witness::default(),
        }
    }

    /// A key of an attribute, or of a map in a value.
    fn key(&mut self, spot: &Spot<'_>, text: Text<'_>) -> Edit {
        let (top, mut calm) = (is_top(spot), false);
        self.current = None;
        if top {
            self.nest.clear();
        } else {
            self.nest.enter(spot.depth, tail(text.as_str()));
        }
        if top && let Some(meaning) = self.keys.get(text.as_bytes()).filter(|meaning| meaning.clean) {
            self.current = Some((text.as_bytes().as_ptr().addr(), meaning));
            return Edit::Keep;
        }
        let text = text.as_str();
        if top {
            let meaning = self.meaning(text);
            if meaning.contrib == KeyVerdict::Removed {
                self.tallies.note(spot, text, Verdict::Removed);
                return Edit::Remove;
            }
            if self.rule_reach(meaning) == Some(Reach::Attribute) {
                self.count_rule(meaning);
                return Edit::Remove;
            }
            if meaning.usage {
                return Edit::Keep;
            }
            calm = meaning.untouched;
        } else if spot.owner == Owner::Body && self.body_key(spot, text) == KeyVerdict::Removed {
            self.tallies.note(spot, text, Verdict::Removed);
            return Edit::Remove;
        }
        match self.scrub_key(text, calm) {
            Scrubbed::Attribute => Edit::Remove,
            Scrubbed::Same if top && (self.is_clean(text, Site::of_key()) || self.nothing_in_key()) => {
                self.note_clean(text);
                Edit::Keep
            }
            scrubbed => self.replaced(scrubbed, "key"),
        }
    }

    /// The value of an attribute, a body, or a part of one.
    fn value(&mut self, spot: &Spot<'_>, leaf: Leaf<'_>) -> Edit {
        let top = is_top(spot);
        let nested = !top && spot.key != spot.attribute;
        let around = self.around(spot);
        if let (Leaf::String(text), Some(key), false) = (leaf, spot.attribute, nested) {
            let kept = top && self.entry.is_some();
            if !kept && self.is_known(around, text) {
                return Edit::Keep;
            }
            let text = text.as_str();
            let leaves = |contrib: &Contrib| contrib.leaves(text);
            if top && around.plain && key.len() <= TOLD && self.plan.contrib.as_ref().is_none_or(leaves) {
                let path = key.as_bytes();
                let site = Site { path, vouched: Some(around.vouches), kept, ..self.site(around) };
                let scrubbed = self.scrub_value_text(text, site);
                return self.edit(spot, scrubbed);
            }
        }
        let attribute = tail(spot.attribute.map_or("", |text| text.as_str()));
        let nearest = if nested { tail(spot.key.map_or("", |text| text.as_str())) } else { attribute };
        let mut meaning = if nested { self.inner(around, attribute, nearest) } else { around };
        if nested && meaning.rule.is_none() && !meaning.usage && !self.plan.key_rules.is_empty() {
            let nest = std::mem::take(&mut self.nest);
            meaning.rule = nest.subpaths().find_map(|path| self.meaning(path).rule);
            self.nest = nest;
        }
        if spot.owner == Owner::Body {
            meaning.contrib = self.body_verdict(spot);
        }
        if meaning.contrib == KeyVerdict::Ignored {
            self.tallies.note(spot, nearest, Verdict::Ignored);
            return Edit::Keep;
        }
        if meaning.usage && meaning.rule.is_none() {
            return Edit::Keep;
        }
        let number;
        let text = match leaf {
            Leaf::String(text) => text.as_str(),
            Leaf::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => text,
                Err(_) => return self.binary(spot, meaning, (attribute, nearest), bytes),
            },
            _ => {
                number = self.number(meaning, leaf);
                match &number {
                    Some(number) => number,
                    None => return Edit::Keep,
                }
            }
        };
        let scrubbed = self.scrub_value(spot, meaning, (attribute, nearest), text);
        match (self.edit(spot, scrubbed), leaf) {
            (Edit::Replace(Value::String(text)), Leaf::Bytes(_)) => Edit::Replace(Value::Bytes(text.into_bytes())),
            (edit, _) => edit,
        }
    }

    /// What becomes of a value that became this.
    #[inline]
    fn edit(&mut self, spot: &Spot<'_>, scrubbed: Scrubbed) -> Edit {
        if matches!(scrubbed, Scrubbed::Same) {
            return Edit::Keep;
        }
        if matches!(scrubbed, Scrubbed::Attribute) {
            self.again.spoil();
            self.doomed.extend(spot.attribute.map(|key| (spot.owner, key.as_str().to_owned())));
        }
        self.replaced(scrubbed, place(spot.owner))
    }

    /// A number as text, where it has enough digits to say anything, or its key says to mask it.
    fn number(&self, meaning: Meaning, leaf: Leaf<'_>) -> Option<String> {
        let every = meaning.contrib == KeyVerdict::Blocked
            || self.plan.contrib.as_ref().is_some_and(|contrib| contrib.all_types)
            || self.rule_reach(meaning).is_some()
            || meaning.secret;
        // Patterns of the user's own may be about short ones.
        let least = if self.plan.scanner.rules.is_empty() { 10_u32.pow(DIGITS - 1) } else { 0 };
        match leaf {
            Leaf::Int(number) if every || number.unsigned_abs() >= least.into() => Some(number.to_string()),
            Leaf::Double(number) if every || number.abs() >= least.into() && number.fract() == 0.0 => {
                Some(number.to_string())
            }
            Leaf::Bool(flag) if every => Some(flag.to_string()),
            _ => None,
        }
    }

    /// Bytes that are no text: what is text between them is looked at, and if anything is in it, all of it goes.
    fn binary(&mut self, spot: &Spot<'_>, meaning: Meaning, keys: (&str, &str), bytes: &[u8]) -> Edit {
        if bytes.len() > self.plan.most {
            let closed = self.closed("too_large", "");
            return self.replaced(closed, place(spot.owner));
        }
        let (attribute, nearest) = keys;
        let path = self.path_of(attribute, nearest);
        let calm = meaning.untouched && meaning.rule.is_none();
        let site = Site { path: path.as_bytes(), calm, ..Site::default() };
        let told = self.witness.listens;
        self.witness.listens = false;
        let dirty = self.rule_reach(meaning).is_some()
            || meaning.contrib == KeyVerdict::Blocked
            || bytes.utf8_chunks().any(|chunk| {
                let text = chunk.valid();
                self.named_secret(nearest, text.trim()).is_some()
                    || !matches!(self.scrub_value_text(text, site), Scrubbed::Same)
            });
        self.witness.listens = told;
        if !dirty {
            return Edit::Keep;
        }
        let closed = self.closed("undecodable", "");
        self.replaced(closed, place(spot.owner))
    }

    fn scrub_value(&mut self, spot: &Spot<'_>, meaning: Meaning, keys: (&str, &str), text: &str) -> Scrubbed {
        let (attribute, nearest) = keys;
        let path = self.path_of(attribute, nearest);
        let path = path.as_ref();
        if let Some(scrubbed) = self.by_rule(meaning, text) {
            self.tallies.note(
                spot,
                path,
                if matches!(scrubbed, Scrubbed::Same) { Verdict::Clean } else { Verdict::Masked },
            );
            return scrubbed;
        }
        let vouched = (attribute == nearest).then_some(meaning.vouches);
        let site = Site { path: path.as_bytes(), vouched, ..self.site(meaning) };
        // What an attribute's key says was looked up before.
        let named = meaning.secret || attribute != nearest;
        let name = if named && says_value(nearest) { self.nest.telling().unwrap_or(attribute) } else { nearest };
        if let Some(entity) = named.then(|| self.named_secret(name, text)).flatten() {
            self.tallies.note(spot, path, Verdict::Masked);
            return self.whole(entity, text, site.other);
        }
        let mut masked = std::mem::take(&mut self.masked);
        let mark = self.witness.mark();
        self.inside = meaning.contrib == KeyVerdict::Free && self.looks_inside(text);
        let verdict = self.plan.contrib.as_ref().map_or(Verdict::Clean, |contrib| {
            let surface = match spot.owner {
                Owner::Body => Surface::Body,
                Owner::Log => Surface::LogAttribute,
                _ => Surface::Attribute,
            };
            contrib.value_by(meaning.contrib, surface, nearest, text, &self.system, &mut masked)
        });
        let scrubbed = match verdict {
            Verdict::Masked => match self.scrub_value_text(&masked, site) {
                Scrubbed::Same => Scrubbed::New(masked.clone()),
                new => new,
            },
            _ => self.scrub_value_text(text, site),
        };
        if verdict == Verdict::Masked {
            self.witness.masked(mark, text, &masked);
        }
        self.masked = masked;
        let verdict = if matches!(scrubbed, Scrubbed::Same) { verdict } else { Verdict::Masked };
        self.tallies.note(spot, path, verdict);
        scrubbed
    }

    /// The keys around a value, joined by `.`.
    fn path_of<'k>(&self, attribute: &str, nearest: &'k str) -> Cow<'k, str> {
        if attribute == nearest {
            return Cow::Borrowed(nearest);
        }
        match (self.nest.path(nearest).unwrap_or(nearest), attribute) {
            (inner, "") => Cow::Owned(inner.to_owned()),
            (inner, attribute) => Cow::Owned([attribute, ".", inner].concat()),
        }
    }

    fn replaced(&self, scrubbed: Scrubbed, place: &str) -> Edit {
        let text = match scrubbed {
            Scrubbed::Same => return Edit::Keep,
            Scrubbed::New(text) => text,
            Scrubbed::Attribute => String::new(),
        };
        if let Some(at) = PLACES.iter().position(|known| *known == place) {
            self.plan.series.places[at].inc();
        }
        Edit::Replace(Value::String(text))
    }

    /// A name, a message, a state, a schema URL.
    fn text(&mut self, spot: &Spot<'_>, text: Text<'_>) -> Edit {
        if self.remembers && self.texts.get(text.as_bytes()).is_some() {
            self.scanned += text.len() as u64;
            return Edit::Keep;
        }
        let text = text.as_str();
        let mut masked = std::mem::take(&mut self.masked);
        let mark = self.witness.mark();
        let span = spot.owner == Owner::Span && spot.place == Place::Name;
        self.inside = self.looks_inside(text);
        let verdict = self.plan.contrib.as_ref().map_or(Verdict::Clean, |contrib| match self.named {
            Named { http, database } if span => contrib.span_name(text, http, database, &self.system, &mut masked),
            _ => contrib.text(text, &mut masked),
        });
        let scrubbed = if verdict == Verdict::Masked {
            let scrubbed = match self.scrub_value_text(&masked, Site::default()) {
                Scrubbed::Same => Scrubbed::New(masked.clone()),
                new => new,
            };
            self.witness.masked(mark, text, &masked);
            scrubbed
        } else {
            self.scrub_value_text(text, Site::default())
        };
        self.masked = masked;
        let stays = matches!(scrubbed, Scrubbed::Same) && self.counted.is_empty();
        if stays && self.remembers && !self.witness.listens {
            self.texts.put(text.as_bytes(), ());
        }
        self.replaced(scrubbed, place(spot.owner))
    }

    /// What the content policy says of a leaf.
    fn content(&mut self, spot: &Spot<'_>, leaf: Leaf<'_>) -> Option<Edit> {
        if self.plan.content.keeps() {
            return None;
        }
        let named = spot.attribute.is_some_and(|key| self.meaning(key.as_str()).content);
        self.plan.content.edit(spot, leaf, named, self.events)
    }

    /// What is known of a record before its leaves are seen.
    fn prepare(&mut self, batch: &Batch, row: usize) {
        self.system.clear();
        self.below = None;
        self.nest.clear();
        if self.plan.contrib.as_ref().is_some_and(|contrib| !contrib.is_plain()) {
            let named =
                ["db.system.name", "db.system"].into_iter().find_map(|key| batch.attribute(row, key)?.as_text());
            self.system.extend(named.map(|text| text.as_str().to_ascii_lowercase()));
        }
        self.named = Named::default();
        if self.plan.contrib.as_ref().is_some_and(Contrib::names_spans) {
            self.named = Named::of(batch, row);
        }
        if !self.plan.content.keeps() {
            self.events = ContentEvents::of(batch, row);
        }
    }
}

impl Visitor for Redactor {
    fn leaf(&mut self, spot: &Spot<'_>, leaf: Leaf<'_>) -> Edit {
        if spot.place == Place::Value
            && let Some(edit) = self.known_edit(spot)
        {
            return edit;
        }
        self.inside = false;
        let edit = match self.content(spot, leaf) {
            Some(edit) => edit,
            None => match (spot.place, leaf) {
                (Place::Value, leaf) => self.value(spot, leaf),
                (Place::Key, Leaf::String(text)) => self.key(spot, text),
                (_, Leaf::String(text)) => self.text(spot, text),
                _ => Edit::Keep,
            },
        };
        self.again.saw(spot, &edit, &self.counted, self.scanned);
        if !self.counted.is_empty() || !matches!(edit, Edit::Keep) {
            self.untold = None;
            for (entity, other) in self.counted.drain(..) {
                self.plan.strategy(entity, other).2.inc();
            }
        }
        if self.witness.listens {
            self.witness.leaf(spot, leaf, &edit);
        }
        edit
    }

    #[inline]
    fn stays(&mut self, entry: &[u8]) -> bool {
        (self.current, self.untold) = (None, None);
        let remembers = self.remembers && !self.witness.listens;
        match if remembers { self.entries.get_in_turn(entry) } else { Err(None) } {
            Ok(Known::Stays(scanned)) => {
                self.scanned += u64::from(scanned);
                return true;
            }
            Ok(Known::Becomes(number)) => {
                self.entry = Entries::print(entry);
                self.again.is(number, self.scanned);
            }
            Err(print) => {
                self.entry = print;
                self.untold = Some(self.scanned);
                self.again.is_unknown(print.filter(|print| self.entries.came(*print)).map(|_| self.scanned));
            }
        }
        false
    }

    #[inline]
    fn stayed(&mut self, entry: &[u8]) {
        let scanned = self.untold.and_then(|before| u16::try_from(self.scanned - before).ok());
        if let (Some(scanned), Some(print)) = (scanned, self.entry) {
            self.entries.put_by(print, entry, Known::Stays(scanned));
        }
    }

    #[inline]
    fn edited(&mut self, entry: &[u8]) {
        match (self.again.remember(), self.entry) {
            (Some(number), Some(print)) => self.entries.put_by(print, entry, Known::Becomes(number)),
            (None, Some(print)) => self.entries.note(print),
            (_, None) => {}
        }
    }
}

impl Processor for Redactor {
    fn process(&mut self, batch: &mut Batch, _: Timestamp) {
        self.plan.series.unknown.inc_by(batch.drop_unknown());
        self.as_collector(batch);
        if !self.plan.more {
            return;
        }
        self.system.clear();
        self.current = None;
        self.again.is_unknown(None);
        self.events = ContentEvents::default();
        self.tallies.listens = self.plan.contrib.as_ref().is_some_and(|contrib| contrib.says());
        for resource in 0..batch.resources() {
            batch.visit_resource(resource, self);
            if !self.doomed.is_empty() {
                batch.visit_resource(resource, &mut removal(&self.doomed));
                self.doomed.clear();
            }
            self.summarise_resource(batch, resource);
        }
        for scope in 0..batch.scopes() {
            batch.visit_scope(scope, self);
            if !self.doomed.is_empty() {
                batch.visit_scope(scope, &mut removal(&self.doomed));
                self.doomed.clear();
            }
        }
        self.tallies.forget();
        for row in 0..batch.len() {
            self.prepare(batch, row);
            batch.visit(row, self);
            if !self.doomed.is_empty() {
                batch.visit(row, &mut removal(&self.doomed));
                self.doomed.clear();
            }
            self.summarise(batch, row);
        }
        self.plan.series.scanned.inc_by(std::mem::take(&mut self.scanned));
    }
}

/// Takes out the attributes that go for what was found in them. Which of a span's events or links one is of is not
/// told: all of that key go.
fn removal(doomed: &HashSet<(Owner, String)>) -> impl FnMut(&Spot<'_>, Leaf<'_>) -> Edit + '_ {
    |spot, _| {
        let key = spot.key.filter(|_| spot.place == Place::Key && is_top(spot));
        let goes = key.is_some_and(|key| doomed.contains(&(spot.owner, key.as_str().to_owned())));
        if goes { Edit::Remove } else { Edit::Keep }
    }
}

/// Whether a key is an attribute's own.
fn is_top(spot: &Spot<'_>) -> bool {
    spot.owner != Owner::Body && spot.depth == 1
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
