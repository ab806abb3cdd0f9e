//! One text through every detector: what counts as found, and what stands in its place.
//!
//! All matches are taken of the original text, judged one by one, joined where they overlap and replaced together;
//! so the order of detectors and rules does not matter.

mod escapes;
mod without;

use super::mask::{Hand, are_digits, is_kept};
use std::ops::Range;
use std::sync::Arc;

pub(super) use escapes::without_escapes;

use super::contrib::Patterns;
use super::detect::near::{ALL, PASSAGE, Wards, ward};
use super::detect::{Class, Family, Hit, Hits, Marks, Rank};
use super::rules::Rules;
use super::words::{Phrases, Vouchers, Words};
use without::Without;

/// The shortest text that holds anything (`::1`), and the shortest that does without marks.
const SHORTEST: usize = 3;
const SHORTEST_PLAIN: usize = 14;

/// What judging a match takes, in steps.
const STEPS_A_MATCH: usize = 16;

/// Where a text stands, as far as that matters to what is found in it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Site<'a> {
    /// The keys around it, the attribute's first, joined by `.`.
    pub(super) path: &'a [u8],
    /// Whether a word in the keys may vouch for something, where that is known already.
    pub(super) vouched: Option<bool>,
    /// Only what is unmistakable counts here: ids, versions, infrastructure.
    pub(super) calm: bool,
    /// What is done with what is found here, where that is other than elsewhere: one of the plan's.
    pub(super) other: Option<u16>,
    /// It is remembered with all that is around it: by itself it need not be.
    pub(super) kept: bool,
    /// It is a key itself.
    pub(super) key: bool,
}

impl Site<'_> {
    /// Of a key: nothing around it is known, and it is no JSON.
    pub(super) fn of_key() -> Self {
        Self { key: true, ..Self::default() }
    }
}

/// The detectors that are on, and what vouches for what they find.
#[derive(Default)]
pub(super) struct Scanner {
    pub(super) families: Vec<Enabled>,
    /// All words that vouch for something of them.
    pub(super) words: Phrases,
    /// The user's own patterns.
    pub(super) rules: Rules,
    /// Matches that are let through, each as a whole.
    pub(super) allowed: Patterns,
    /// What stands for what was found.
    pub(super) own: Owns,
    /// How that is written.
    pub(super) hand: Hand,
    /// By entity, whether it is only counted: then it hides nothing that it lies over.
    pub(super) quiet: Vec<bool>,
}

/// All placeholders of a plan.
#[derive(Default)]
pub(super) struct Owns {
    all: Vec<Own>,
    /// The longest of their reaches.
    reach: usize,
}

impl Owns {
    pub(super) fn of(all: Vec<Own>) -> Self {
        let reach = all.iter().map(Own::reach).max().unwrap_or_default();
        Self { all, reach }
    }

    /// Whether a match is part of one. Most matches have no bracket before them, which is asked once for all.
    fn surround(&self, text: &str, start: usize, end: usize, unopened: &mut Without) -> bool {
        let floor = start.saturating_sub(self.reach);
        if unopened.has(b'[', text.as_bytes(), floor..start + 1) {
            return false;
        }
        let open = text.as_bytes().get(floor..=start).and_then(|before| memchr::memrchr(b'[', before));
        open.is_some_and(|open| self.all.iter().any(|own| own.surrounds(text, floor + open, (start, end))))
    }
}

/// A placeholder as the plan writes it.
pub(super) struct Own {
    /// `[EMAIL_ADDRESS`
    pub(super) head: String,
    /// It may keep some of what it stands for.
    pub(super) partial: bool,
}

impl Own {
    /// The most that a placeholder keeps, in bytes.
    const KEPT: usize = 128;

    /// How far before a match its bracket may stand.
    fn reach(&self) -> usize {
        self.head.len() + if self.partial { Self::KEPT } else { 0 }
    }

    /// Whether `start..end` is in the placeholder whose bracket is at `from`.
    fn surrounds(&self, text: &str, from: usize, (start, end): (usize, usize)) -> bool {
        let Some(rest) = text[from..].strip_prefix(self.head.as_str()).filter(|_| start - from <= self.reach()) else {
            return false;
        };
        let behind = from + self.head.len();
        match rest.as_bytes().first() {
            Some(b']') => end <= behind + 1,
            Some(b':') if self.partial => {
                let close = rest.as_bytes().iter().take(Self::KEPT).position(|byte| *byte == b']');
                close.is_some_and(|close| is_kept(&self.head[1..], &rest[1..close]) && end <= behind + close + 1)
            }
            _ => false,
        }
    }
}

/// How much of a family is looked for in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// All that is on.
    All,
    /// What counts without a word: nothing in or around the text vouches.
    Unvouched,
    /// What counts in ids, versions and infrastructure.
    Sure,
}

/// What is looked for, and the family made ready for that.
struct Look {
    family: Box<dyn Family>,
    on: Vec<bool>,
    any: bool,
}

impl Look {
    fn of(mut family: Box<dyn Family>, on: Vec<bool>, ranks: &[Rank]) -> Self {
        family.narrow(&on, ranks);
        Self { any: on.contains(&true), family, on }
    }
}

/// A family with what is on of it.
pub(super) struct Enabled {
    pub(super) family: Box<dyn Family>,
    pub(super) on: Vec<bool>,
    /// By [`Reach`]; one where as much is looked for, for what is made ready takes room.
    looks: [Arc<Look>; 3],
    entities: Vec<u16>,
    pub(super) trusted: Vec<bool>,
    /// For each detector, what vouches for it.
    vouchers: Vec<Vouchers>,
}

impl Enabled {
    /// The family that `made` makes with, for each detector: whether it is looked for, its entity as the configuration
    /// numbers them, and whether its shape alone counts, whatever its class.
    pub(super) fn of(
        made: &dyn Fn() -> Box<dyn Family>,
        on: Vec<bool>,
        entities: Vec<u16>,
        trusted: Vec<bool>,
    ) -> Self {
        let family = made();
        let detectors = family.detectors();
        let vouchers = detectors.iter().map(|detector| Vouchers::of(detector.words)).collect();
        let sure = |at: usize| on[at] && detectors[at].class == Class::A;
        let counts = |at: usize| sure(at) || on[at] && trusted[at];
        let all = 0..detectors.len();
        // As [`rank`] has it of what is as long; there are fewer entities than this has room for.
        let order = |at: usize| (detectors[at].class as u16) << 13 | entities[at].min(0x1fff);
        let wards = |at: usize| if counts(at) { ALL } else { ward(entities[at]) };
        let rank = |at: usize| Rank { order: order(at), sure: counts(at), wards: wards(at) };
        let ranks: Vec<Rank> = all.clone().map(rank).collect();
        let look = |on: Vec<bool>| Arc::new(Look::of(made(), on, &ranks));
        let as_much = |on: Vec<bool>, more: &Arc<Look>| if more.on == on { Arc::clone(more) } else { look(on) };
        let every = look(on.clone());
        let unvouched = as_much(all.clone().map(counts).collect(), &every);
        let calm = as_much(all.map(sure).collect(), &unvouched);
        let looks = [every, unvouched, calm];
        Self { family, on, looks, entities, trusted, vouchers }
    }

    /// The words of which one must vouch for something that is looked for, and for what.
    pub(super) fn words(&self) -> impl Iterator<Item = (&'static str, Wards)> + '_ {
        let needs = |at: &usize| self.on[*at] && !self.trusted[*at];
        let detectors = self.family.detectors();
        let of = move |at: usize| detectors[at].words.iter().map(move |word| (*word, ward(self.entities[at])));
        (0..detectors.len()).filter(needs).flat_map(of)
    }
}

/// A match that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Its entity as the configuration numbers them.
    pub(super) entity: u16,
    /// Which detector: those of all families in a row, the user's patterns behind them.
    pub(super) detector: u16,
    pub(super) class: Class,
    /// It is of several matches that overlap: its text is no longer that of the entity alone.
    pub(super) joined: bool,
}

/// Where nothing is found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clean {
    /// Wherever it stands.
    Everywhere,
    /// Where no key around it vouches.
    Unvouched,
    /// Where only what is sure counts.
    Calm,
}

/// The longest text of which all words are looked at before it is looked through, in bytes: ids and names are shorter,
/// and of a sentence it costs more than it spares.
const WORDED: usize = 48;

/// What scanning writes to on the way; kept, so that clean text allocates nothing.
#[derive(Default)]
pub(super) struct Scratch {
    marks: Marks,
    hits: Hits,
    pub(super) found: Vec<Found>,
    /// How many matches had to be judged.
    judged: usize,
    /// The steps that looking took.
    pub(super) spent: usize,
    /// Nothing was found: where nothing is found in the same text.
    pub(super) clean: Option<Clean>,
    near: Words,
    /// Around which match that is.
    near_of: Option<(u32, u32)>,
    /// Of which match it is known whether it stays, and whether it does.
    own_of: Option<((u32, u32), bool)>,
    /// Where there is no placeholder of ours, and no pseudonym.
    ours: Ours,
    /// What the words near a match may vouch for, and near which match.
    wards_of: Option<((u32, u32), Wards)>,
    path: Words,
    /// Whether a word of the path may vouch; nothing while nobody has asked.
    path_tells: Option<bool>,
    blank: String,
    matched: Vec<(usize, Range<usize>)>,
}

/// Stretches of a text in which nothing is ours: without brackets, and without low lines.
#[derive(Default)]
struct Ours {
    unopened: Without,
    unlined: Without,
}

impl Scanner {
    /// Whether nothing can be found in a text for its shortness: it is too short for anything, or for what has no
    /// mark, no dot and no capital in its eighth place, as a bank identifier has.
    pub(super) fn is_blank(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let marked = |byte: &u8| matches!(byte, b'.' | b'0'..=b':' | b'=' | b'@') || !byte.is_ascii();
        let plain = || !bytes.iter().any(marked) && !bytes.get(7).is_some_and(u8::is_ascii_uppercase);
        bytes.len() < SHORTEST_PLAIN && self.rules.is_empty() && (bytes.len() < SHORTEST || plain())
    }

    /// Leaves in `scratch.found` what counts in `text`: in order, without overlaps; not all of it, where that takes more
    /// than `most` steps.
    pub(super) fn find(&self, text: &str, site: Site<'_>, most: usize, scratch: &mut Scratch) {
        scratch.found.clear();
        (scratch.judged, scratch.spent, scratch.clean) = (0, text.len(), Some(Clean::Everywhere));
        let detecting = self.families.iter().any(|family| family.looks[Reach::All as usize].any);
        if self.rules.is_empty() && !detecting {
            return;
        }
        let mut blank = std::mem::take(&mut scratch.blank);
        let written = text;
        let text = without_escapes(text, &mut blank);
        if detecting {
            scratch.marks.fill(text.as_bytes());
        }
        (scratch.near_of, scratch.wards_of, scratch.own_of) = (None, None, None);
        scratch.ours = Ours::default();
        scratch.hits.near.forget();
        scratch.path_tells = None;
        let marked = detecting && !scratch.marks.none();
        let reach = self.reach(text, site, marked);
        if detecting {
            scratch.hits.heeds = reach == Reach::All && self.heeds(text, site, scratch);
            self.detect(text, (site, reach), most, scratch);
        }
        scratch.clean = match reach {
            Reach::Sure => Some(Clean::Calm),
            Reach::All if scratch.judged == 0 => Some(Clean::Everywhere),
            // What has no mark has nothing that a word could vouch for.
            Reach::Unvouched if !marked && scratch.judged == 0 => Some(Clean::Everywhere),
            _ if scratch.judged == 0 => Some(Clean::Unvouched),
            // Longer ones are not remembered.
            _ if text.len() <= WORDED && !self.vouches_at(site) => Some(Clean::Unvouched),
            _ => None,
        };
        scratch.clean = scratch.clean.filter(|_| scratch.found.is_empty());
        if !self.rules.is_empty() {
            self.find_rules(text, site, scratch);
        }
        if text.as_ptr() != written.as_ptr() {
            scratch.found.iter_mut().for_each(|found| leave_escapes(found, text.as_bytes(), written.as_bytes()));
            scratch.found.retain(|found| found.start < found.end);
        }
        scratch.blank = blank;
        join(&mut scratch.found, &self.quiet);
    }

    /// What the detectors find that counts, as [`Self::find`].
    fn detect(&self, text: &str, (site, reach): (Site<'_>, Reach), most: usize, scratch: &mut Scratch) {
        let mut first = 0;
        for enabled in &self.families {
            scratch.hits.begin(most.saturating_sub(scratch.spent));
            let detectors = enabled.family.detectors();
            let look = &enabled.looks[reach as usize];
            if look.any {
                look.family.find(text, &scratch.marks, &look.on, &mut scratch.hits);
            }
            scratch.judged += scratch.hits.len() + usize::from(scratch.hits.passed());
            scratch.spent += scratch.hits.spent() + STEPS_A_MATCH * scratch.hits.len();
            if scratch.spent > most {
                break;
            }
            for at in 0..scratch.hits.len() {
                let hit = scratch.hits[at];
                let detector = usize::from(hit.detector);
                let class = detectors[detector].class;
                if self.counts(enabled, (hit, class), text, site, scratch) {
                    let entity = enabled.entities[detector];
                    let (start, end) = (hit.start as usize, hit.end as usize);
                    let detector = number(first + detector);
                    let next = Found { start, end, entity, detector, class, joined: false };
                    push(&mut scratch.found, next, &self.quiet);
                }
            }
            first += enabled.on.len();
        }
    }

    /// Whether words alone vouch in a text, and it has so many numbers that it is best known beforehand where those are.
    fn heeds(&self, text: &str, site: Site<'_>, scratch: &mut Scratch) -> bool {
        let heeds =
            !self.words.is_empty() && scratch.marks.numbers() * PASSAGE / 2 > text.len() && !self.vouches_at(site);
        if heeds {
            self.words.fill(&mut scratch.hits.near, text.as_bytes());
        }
        heeds
    }

    /// How much is looked for in a text at its place. That of ids and names is little: no word vouches.
    fn reach(&self, text: &str, site: Site<'_>, marked: bool) -> Reach {
        if site.calm {
            return Reach::Sure;
        }
        if !marked {
            return Reach::Unvouched;
        }
        if text.len() > WORDED || self.vouches_at(site) || self.words.are_in(text.as_bytes()) {
            return Reach::All;
        }
        Reach::Unvouched
    }

    /// Whether a key, or a path of keys, may vouch for something.
    pub(super) fn vouches(&self, path: &[u8]) -> bool {
        self.words.are_in(path)
    }

    fn vouches_at(&self, site: Site<'_>) -> bool {
        site.vouched.unwrap_or_else(|| self.vouches(site.path))
    }

    /// What the user's patterns find that counts.
    fn find_rules(&self, text: &str, site: Site<'_>, scratch: &mut Scratch) {
        let Scratch { matched, found, near, path, clean, ours, .. } = scratch;
        self.rules.find(text, matched, |rule, Range { start, end }| {
            *clean = None;
            let vouched = self.rules.words(rule).is_none_or(|words| {
                path.fill_key(site.path);
                near.fill_near(text, start, end);
                path.have(words) || near.have(words)
            });
            if vouched && !self.is_allowed(&text[start..end]) && !self.is_own(text, (start, end), ours) {
                let first: usize = self.families.iter().map(|enabled| enabled.on.len()).sum();
                let (entity, detector) = (self.rules.entity(rule), number(first + rule));
                found.push(Found { start, end, entity, detector, class: Class::A, joined: false });
            }
        });
    }

    fn counts(
        &self,
        enabled: &Enabled,
        (hit, class): (Hit, Class),
        text: &str,
        site: Site<'_>,
        scratch: &mut Scratch,
    ) -> bool {
        let at = usize::from(hit.detector);
        let (start, end) = (hit.start as usize, hit.end as usize);
        if class != Class::A {
            if site.calm {
                return false;
            }
            if !enabled.trusted[at] && !self.is_vouched((enabled, at), hit, text, site, scratch) {
                return false;
            }
        }
        // Detectors of a kind find the same.
        let place = (hit.start, hit.end);
        match scratch.own_of {
            Some((of, own)) if of == place => !own,
            _ => {
                let own = self.is_allowed(&text[start..end]) || self.is_own(text, (start, end), &mut scratch.ours);
                scratch.own_of = Some((place, own));
                !own
            }
        }
    }

    /// Whether a word of the path or near a match vouches for it, as the detector at `at` has it.
    fn is_vouched(
        &self,
        (enabled, at): (&Enabled, usize),
        hit: Hit,
        text: &str,
        site: Site<'_>,
        scratch: &mut Scratch,
    ) -> bool {
        let vouchers = &enabled.vouchers[at];
        if scratch.path_tells.is_none() {
            let tells = self.vouches_at(site);
            scratch.path_tells = Some(tells);
            if tells {
                scratch.path.fill_key(site.path);
            }
        }
        if scratch.path_tells == Some(true) && scratch.path.have(vouchers) {
            return true;
        }
        // Detectors of a kind find the same.
        let place = (hit.start, hit.end);
        let (start, end) = (hit.start as usize, hit.end as usize);
        let dense = scratch.hits.len() * PASSAGE > text.len();
        if dense && !scratch.hits.near.is_known() {
            self.words.fill(&mut scratch.hits.near, text.as_bytes());
        }
        let wards = match scratch.wards_of {
            Some((of, wards)) if of == place => wards,
            _ => self.words.vouching(&scratch.hits.near, text.as_bytes(), (start, end)),
        };
        scratch.wards_of = Some((place, wards));
        if wards & ward(enabled.entities[at]) == 0 {
            return false;
        }
        if scratch.near_of != Some(place) {
            scratch.near.fill_near(text, start, end);
            scratch.near_of = Some(place);
        }
        scratch.near.have(vouchers)
    }

    /// Whether a match is part of what a redaction wrote: a second pass changes nothing.
    fn is_own(&self, text: &str, (start, end): (usize, usize), ours: &mut Ours) -> bool {
        is_pseudonym(text, start, &self.hand, &mut ours.unlined)
            || self.own.surround(text, start, end, &mut ours.unopened)
    }

    fn is_allowed(&self, found: &str) -> bool {
        !self.allowed.is_empty() && self.allowed.any(found)
    }
}

/// As [`Found`] has it; there are far fewer.
fn number(detector: usize) -> u16 {
    u16::try_from(detector).unwrap_or(u16::MAX)
}

/// Leaves out escapes at the ends of a match: they are of what stands around it. `blank` is the text without them.
fn leave_escapes(found: &mut Found, blank: &[u8], written: &[u8]) {
    while found.start < found.end && blank[found.start] != written[found.start] {
        found.start += 1;
    }
    while found.start < found.end && blank[found.end - 1] != written[found.end - 1] {
        found.end -= 1;
    }
}

/// How far before a match and behind its start a pseudonym is looked for.
const PSEUDONYM_AROUND: usize = 64;

/// Whether what starts at `start` is the end of a pseudonym of ours: `email_address_k1_` and hexadecimal digits.
fn is_pseudonym(text: &str, start: usize, hand: &Hand, unlined: &mut Without) -> bool {
    let bytes = text.as_bytes();
    let around = start.saturating_sub(PSEUDONYM_AROUND)..bytes.len().min(start + PSEUDONYM_AROUND);
    if unlined.has(b'_', bytes, around) {
        return false;
    }
    let is = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_';
    let from = start - bytes[..start].iter().rev().take(PSEUDONYM_AROUND).take_while(|byte| is(byte)).count();
    let to = start + bytes[start..].iter().take(PSEUDONYM_AROUND).take_while(|byte| is(byte)).count();
    let mut parts = text.get(from..to).unwrap_or_default().rsplit('_');
    parts.next().is_some_and(are_digits) && parts.next().is_some_and(|id| hand.has_id(id)) && parts.next().is_some()
}

/// Which of two matches that overlap tells what was found: the surest, then the longest.
fn rank(found: &Found) -> (Class, std::cmp::Reverse<usize>, u16) {
    (found.class, std::cmp::Reverse(found.end - found.start), found.entity)
}

/// Whether a match is only counted.
fn is_quiet(found: &Found, quiet: &[bool]) -> bool {
    quiet.get(usize::from(found.entity)) == Some(&true)
}

/// Adds a match; of two of the same place one is enough, as [`join`] would have it.
fn push(found: &mut Vec<Found>, next: Found, quiet: &[bool]) {
    let order = |found: &Found| (is_quiet(found, quiet), rank(found));
    match found.last_mut() {
        Some(last) if (last.start, last.end) == (next.start, next.end) => {
            if order(&next) < order(last) {
                *last = next;
            }
        }
        _ => found.push(next),
    }
}

/// Puts matches in order and makes one of those that overlap: that of the surest and longest, over all of them. What is only
/// counted gives way.
pub(super) fn join(found: &mut Vec<Found>, quiet: &[bool]) {
    if found.len() < 2 {
        return;
    }
    // Families find in order, or nearly so: a sort that goes by runs has little to do.
    found.sort_by_key(|found| (found.start, std::cmp::Reverse(found.end)));
    let mut kept = 0;
    for at in 0..found.len() {
        let next = found[at];
        if kept == 0 || next.start >= found[kept - 1].end {
            found[kept] = next;
            kept += 1;
            continue;
        }
        let last = found[kept - 1];
        if is_quiet(&last, quiet) != is_quiet(&next, quiet) {
            found[kept - 1] = if is_quiet(&last, quiet) { next } else { last };
            continue;
        }
        let best = if rank(&next) < rank(&last) { next } else { last };
        let end = last.end.max(next.end);
        let covered = best.start == last.start && best.end == end;
        found[kept - 1] = Found { start: last.start, end, joined: best.joined || !covered, ..best };
    }
    found.truncate(kept);
}

#[cfg(test)]
mod tests;
