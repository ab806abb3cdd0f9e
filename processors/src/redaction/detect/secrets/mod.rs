//! Secrets: what opens something to whoever has it. Named after who issued them, where that shows.
//!
//! Four ways lead to them, each linear and each cheap on clean text: long runs without a blank ([`runs`]), in which words
//! are compared with issuers' prefixes and with shapes; the `=` and `:` marks, before which a name may say that a
//! secret follows ([`pairs`]); elements, options and statements that name one without such a mark ([`unmarked`]); and the
//! label of a private key ([`pem`]).

mod entropy;
mod issuers;
mod jwt;
mod keys;
mod pairs;
mod pem;
mod quotes;
mod random;
mod runs;
#[cfg(any(test, feature = "samples"))]
pub mod samples;
mod shapes;
mod unmarked;
mod values;

pub use keys::{names_secret, secret_value, sensitive_key};

use super::{Class, Detector, Family, Hit, Hits, Marks};
use crate::redaction::lanes::{BLOCK, Lanes, padded};
use issuers::{ISSUERS, Reaches};
use random::random;
use runs::{BASE64, Run, WORD};
use shapes::{Asked, SHAPES, Word};

/// The family of secrets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Secrets;

const FIRST_SHAPE: usize = issuers::COUNT;
const FIRST_NAMED: usize = FIRST_SHAPE + SHAPES.len();
/// As in [`keys::ENTITIES`].
const AUTHORIZATION: usize = FIRST_NAMED + 1;
const PEM: usize = FIRST_NAMED + keys::ENTITIES.len();
const HIGH_ENTROPY: usize = PEM + 1;
const COUNT: usize = HIGH_ENTROPY + 1;

static DETECTORS: [Detector; COUNT] = {
    let pem = "a private key in PEM, to its closing line or the end of the value";
    let mut all = [Detector { entity: "PRIVATE_KEY", class: Class::A, words: &[], about: pem }; COUNT];
    let mut at = 0;
    while at < COUNT {
        if at < FIRST_SHAPE {
            all[at] = ISSUERS[at].detector;
        } else if at < FIRST_NAMED {
            all[at] = SHAPES[at - FIRST_SHAPE].detector;
        } else if at < PEM {
            all[at].entity = keys::ENTITIES[at - FIRST_NAMED];
            all[at].about =
                "the value that its name gives away: `=`, `:` or `=>` between them, an element or an option";
        }
        at += 1;
    }
    all[HIGH_ENTROPY] = entropy::HIGH_ENTROPY;
    all
};

impl Secrets {
    /// Which detector finds an `entity` by the name before it alone.
    pub fn named(entity: &str) -> Option<usize> {
        keys::ENTITIES.iter().position(|known| *known == entity).map(|at| FIRST_NAMED + at)
    }
}

impl Family for Secrets {
    fn detectors(&self) -> &'static [Detector] {
        &DETECTORS
    }

    fn find(&self, text: &str, marks: &Marks, on: &[bool], hits: &mut Hits) {
        let text = text.as_bytes();
        let most = hits.left();
        let mut finds = Finds { on, hits };
        runs::each(text, marks, |start, end| finds.in_run(&Run::new(text, start, end)));
        // In a short text a search takes longer to begin than to end.
        let short = (text.len() < BLOCK).then(|| Lanes::of(&padded(text)));
        let mut steps = 0;
        if on.get(FIRST_NAMED..PEM).is_some_and(|named| named.contains(&true)) {
            let mut named = |entity, start, end| {
                if let Some(detector) = Self::named(entity) {
                    finds.push(detector, start, end);
                }
            };
            steps = pairs::find(text, marks, most, &mut named);
            if short.as_ref().is_none_or(unmarked::may_be_in) {
                unmarked::find(text, named);
            }
        }
        if finds.is_on(PEM) && short.as_ref().is_none_or(pem::may_be_in) {
            pem::find(text, |start, end| finds.push(PEM, start, end));
        }
        hits.spend(steps);
    }
}

/// Where hits go, of the detectors that are on.
struct Finds<'a> {
    on: &'a [bool],
    hits: &'a mut Hits,
}

impl Finds<'_> {
    fn is_on(&self, detector: usize) -> bool {
        self.on.get(detector).copied().unwrap_or(false)
    }

    fn push(&mut self, detector: usize, start: usize, end: usize) {
        if self.is_on(detector) {
            let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            let detector = u16::try_from(detector).unwrap_or(u16::MAX);
            self.hits.push(Hit { start: place(start), end: place(end), detector });
        }
    }

    fn push_in(&mut self, run: &Run<'_>, detector: usize, (from, to): (usize, usize)) {
        let (start, end) = run.range(from, to);
        self.push(detector, start, end);
    }

    /// What stands in a long run.
    fn in_run(&mut self, run: &Run<'_>) {
        let bytes = run.bytes();
        let entropy = self.is_on(HIGH_ENTROPY);
        if self.is_on(AUTHORIZATION) && pairs::behind_scheme(run.before()) {
            let token = runs::span(bytes, WORD | BASE64 | runs::DOT | runs::REST);
            if token >= 16 && random(bytes) {
                self.push_in(run, AUTHORIZATION, (0, token));
            }
        }
        let mut reaches = Reaches::default();
        issuers::words(run, |start, end| {
            if let Some((issuer, end)) = issuers::token(bytes, start, &mut reaches) {
                self.push_in(run, usize::from(issuer), (start, end));
                return end;
            }
            if shapes::is_nothing(bytes, start, end) {
                return end;
            }
            let word = Word { before: run.before(), run: bytes, start, end, asked: &Asked::default() };
            let joined = word.joined();
            if shapes::worth_it(word, joined) {
                for at in shapes::of(word) {
                    if let Some(range) = self.is_on(FIRST_SHAPE + at).then(|| (SHAPES[at].find)(word)).flatten() {
                        self.push_in(run, FIRST_SHAPE + at, range);
                    }
                }
            }
            if entropy && let Some(end) = entropy::high_entropy(word, joined) {
                self.push_in(run, HIGH_ENTROPY, (start, end));
            }
            end
        });
    }
}

#[cfg(test)]
mod tests;
