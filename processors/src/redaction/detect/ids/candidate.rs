//! The places of a text where an identifier may stand: groups of letters and digits over single separators.
//!
//! Candidates start at a run of letters and digits that has a digit, or at one of the two short groups of letters
//! before it, and end with each of the following groups while they have room. So the work for each run is bounded,
//! and a number that is followed by another one is found all the same. Letters are copied only of those that something
//! of their length, digits and cuts is looked for.

mod group;

use std::ops::Range;

use group::{Group, Window, separator};

use super::wanted::{
    Ends, LETTERS, LONGEST, Loose, May, NOWHERE, Next, Place, Told, UNTRODDEN, Wanted, Written, below,
};
use crate::redaction::detect::Marks;
use crate::redaction::detect::marks::Ahead;

/// Letters-only groups that may stand before the first digit.
const LEADS: usize = 2;

/// Kinds of separators, a bit each.
pub(super) mod kind {
    pub(in super::super) const SPACE: u8 = 1;
    pub(in super::super) const DASH: u8 = 2;
    pub(in super::super) const DOT: u8 = 4;
    pub(in super::super) const SLASH: u8 = 8;
    pub(in super::super) const COLON: u8 = 16;
    pub(in super::super) const UNDERSCORE: u8 = 32;
    pub(in super::super) const PAREN: u8 = 64;
    pub(in super::super) const PLUS: u8 = 128;

    /// The kind of an ASCII separator; 0 when the byte is none.
    #[inline]
    pub(in super::super) const fn of(byte: u8) -> u8 {
        KINDS[byte as usize]
    }

    /// Whether the byte is a letter or digit.
    #[inline]
    pub(super) const fn is_own(byte: u8) -> bool {
        OWN[byte as usize]
    }

    const OWN: [bool; 256] = {
        let mut own = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            own[byte] = (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        own
    };

    const KINDS: [u8; 256] = {
        let mut kinds = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            kinds[byte] = matched(byte as u8);
            byte += 1;
        }
        kinds
    };

    const fn matched(byte: u8) -> u8 {
        match byte {
            b' ' => SPACE,
            b'-' => DASH,
            b'.' => DOT,
            b'/' => SLASH,
            b':' => COLON,
            b'_' => UNDERSCORE,
            b'(' => PAREN,
            b'+' => PLUS,
            _ => 0,
        }
    }
}

/// What looks at candidates.
pub(super) trait Judge<'w> {
    /// What is looked for from here on, until it is asked again: of what begins and ends between bytes `start` and `end`, and
    /// begins not within a word, if it is `whole`.
    fn wanted(&mut self, whole: bool, start: usize, end: usize) -> &'w Wanted;

    /// Looks at a candidate that may be what `ends` says.
    fn judge(&mut self, candidate: &Candidate, ends: Ends);
}

#[cfg(test)]
impl<'w, F: FnMut(&Candidate, Ends)> Judge<'w> for (&'w Wanted, F) {
    fn wanted(&mut self, _: bool, _: usize, _: usize) -> &'w Wanted {
        self.0
    }

    fn judge(&mut self, candidate: &Candidate, ends: Ends) {
        self.1(candidate, ends);
    }
}

/// The most bytes of a candidate, of which separators have up to three, and the most of the letters that may be before a
/// digit.
const LONGEST_WRITTEN: usize = 4 * LONGEST;
const LEADING: usize = LEADS * (LETTERS + 3);

/// Letters and digits that may be an identifier, and how they were written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// Its letters and digits; what stands behind them is of no account, as of `kinds` what stands not at `cuts`.
    chars: [u8; ROOM],
    pub(super) len: usize,
    /// Which positions are digits.
    pub(super) digits: u32,
    /// Which positions have a separator before them.
    pub(super) cuts: u32,
    /// How many groups they make.
    pub(super) groups: usize,
    /// The separators before the positions of `cuts`.
    kinds: [u8; LONGEST + 1],
    /// The kinds of all its separators.
    pub(super) mix: u8,
    /// Whether any letter is in lower case.
    pub(super) lower: bool,
    /// Whether a word stands directly before.
    pub(super) glued: bool,
    /// Whether no digits stand before or behind it over a separator as it has itself.
    pub(super) apart: bool,
    /// Its bytes in the text.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where the next group is.
    rest: usize,
}

/// Room for the longest and for one group more: a group is copied by the longest there may be, which is one move and
/// no loop, and the next one stands over what of that was too much.
const ROOM: usize = 2 * LONGEST;

impl Candidate {
    /// Nothing yet.
    fn none() -> Self {
        Self {
            chars: [0; ROOM],
            len: 0,
            digits: 0,
            cuts: 0,
            groups: 0,
            kinds: [0; LONGEST + 1],
            mix: 0,
            lower: false,
            glued: false,
            apart: true,
            start: 0,
            end: 0,
            rest: 0,
        }
    }

    /// Begins anew, at `start`.
    #[inline]
    fn begin(&mut self, start: usize, glued: bool) {
        (self.start, self.glued, self.lower, self.rest) = (start, glued, false, start);
        (self.len, self.groups, self.digits, self.cuts) = (0, 0, 0, 0);
    }

    /// Keeps the letters and digits of a group, and the separator behind it.
    #[inline]
    fn keep(&mut self, bytes: &[u8], group: &Group) {
        let (len, group_on) = (self.len, &bytes[group.at()..]);
        match (self.chars[len..].first_chunk_mut::<LONGEST>(), group_on.first_chunk()) {
            (Some(place), Some(chunk)) => *place = *chunk,
            _ => self.keep_last(group_on),
        }
        self.digits |= group.digits << len;
        self.cuts |= 1 << len & !1;
        self.len = len + group.len();
        self.groups += 1;
        self.kinds[self.len] = group.kind;
        self.rest = group.behind as usize;
    }

    /// Keeps what is left of a text.
    #[cold]
    #[inline(never)]
    fn keep_last(&mut self, rest: &[u8]) {
        self.chars[self.len..].iter_mut().zip(rest).for_each(|(place, byte)| *place = *byte);
    }

    /// Has all its letters in upper case.
    #[inline]
    fn raise(&mut self) {
        if self.digits == below(self.len) {
            return;
        }
        let (words, _) = self.chars.as_chunks_mut::<8>();
        for (word, from) in words.iter_mut().zip((0..self.len).step_by(8)) {
            // Letters alone have the bit 0x40, and in lower case 0x20 besides. Behind its own there may be any.
            let letters = u64::from_le_bytes(*word);
            let lower = (letters & 0x4040_4040_4040_4040) >> 1 & letters;
            self.lower |= lower << (64 - 8 * (self.len - from).min(8)) != 0;
            *word = (letters & !lower).to_le_bytes();
        }
    }

    /// Its letters, in upper case, and digits.
    #[inline]
    pub(super) fn compact(&self) -> &[u8] {
        &self.chars[..self.len]
    }

    /// Whether it is one character all over: filling, whatever its checksum.
    pub(super) fn is_uniform(&self) -> bool {
        self.compact().iter().all(|byte| *byte == self.chars[0])
    }

    /// The kind of the separator before position `at`.
    pub(super) fn kind_at(&self, at: usize) -> u8 {
        self.kinds[at]
    }

    /// The kinds of the separators before the positions of `mask`.
    pub(super) fn kinds_among(&self, mut mask: u32) -> u8 {
        let mut kinds = 0;
        while mask != 0 {
            kinds |= self.kinds[mask.trailing_zeros() as usize];
            mask &= mask - 1;
        }
        kinds
    }
}

/// The separators that numbers have inside: of a decimal, of a UUID.
const LONGER: u8 = kind::DASH | kind::DOT;

/// So many groups are kept: as many as two characters each make of the longest identifier, and a power of two.
const KEPT: usize = 16;

/// A walk over a text, candidate by candidate.
struct Walk<'t, 'w> {
    text: &'t str,
    wanted: &'w Wanted,
    /// The groups that were read last, by where they begin: in a row of numbers each is a part of several candidates.
    groups: [Group; KEPT],
    window: Window,
    candidate: Candidate,
}

impl<'t, 'w> Walk<'t, 'w> {
    fn new(text: &'t str, wanted: &'w Wanted) -> Self {
        Self { text, wanted, groups: [Group::NONE; KEPT], window: Window::NONE, candidate: Candidate::none() }
    }

    /// Which of the groups that are kept is the one at `at`.
    #[inline]
    fn group(&mut self, at: usize) -> usize {
        let place = at / 2 % KEPT;
        if self.groups[place].at() != at {
            self.read(at);
        }
        place
    }

    #[inline]
    fn read_group(&mut self, at: usize) -> Group {
        let place = self.group(at);
        self.groups[place]
    }

    #[inline(never)]
    fn read(&mut self, at: usize) {
        self.groups[at / 2 % KEPT] = Group::of(self.text.as_bytes(), at, &mut self.window);
    }

    /// Shows the candidates that start at the letters and digits around `digit`, of which those from `seen` on are new, or
    /// at the letters before them; where the next may start.
    fn around(&mut self, seen: usize, digit: usize, ahead: Ahead, judge: &mut impl Judge<'w>) -> usize {
        let bytes = self.text.as_bytes();
        let group = group_around(bytes, seen, digit, ahead);
        if let Some(end) = uuid(bytes, &group) {
            return end;
        }
        let start = escaped(bytes, group.start);
        let whole = start == 0 || !kind::is_own(bytes[start - 1]);
        self.wanted = judge.wanted(whole, start.saturating_sub(LEADING), digit + LONGEST_WRITTEN);
        if group.end.saturating_sub(start) <= LONGEST {
            if start != digit || begins(bytes, digit, ahead, self.wanted) {
                self.grow(start, false, judge);
            }
            self.leads(start, judge);
        }
        if start < digit && group.end - digit <= LONGEST && glued(&bytes[start..digit]) {
            self.wanted = judge.wanted(false, digit, digit + LONGEST_WRITTEN);
            self.grow(digit, true, judge);
        }
        group.end
    }

    /// Shows the candidates that start at the letters before the group at `start`.
    fn leads(&mut self, mut start: usize, judge: &mut impl Judge<'w>) {
        let bytes = self.text.as_bytes();
        for _ in 0..LEADS {
            let Some(end) = separator_before(bytes, start) else { return };
            if !bytes[..end].last().is_some_and(u8::is_ascii_alphabetic) {
                return;
            }
            let letters =
                bytes[..end].iter().rev().take(LETTERS + 1).take_while(|byte| byte.is_ascii_alphabetic()).count();
            start = end - letters;
            let joined = start.checked_sub(1).is_some_and(|at| bytes[at].is_ascii_digit());
            if letters == 0 || letters > LETTERS || joined {
                return;
            }
            if self.wanted.leads(letters) {
                self.grow(start, false, judge);
            }
        }
    }

    /// Shows the candidates that start at `start`, a group longer at a time.
    fn grow(&mut self, start: usize, glued: bool, judge: &mut impl Judge<'w>) {
        let wanted = self.wanted;
        let first = self.group(start);
        let (mut group, mut way) = (self.groups[first], wanted.first(self.groups[first].make));
        let nothing = way == NOWHERE || way == UNTRODDEN && !wanted.may_begin(group.digits, group.len(), group.kind);
        if nothing || !glued && !free_before(self.text, start) {
            return;
        }
        let before = kind_before(self.text.as_bytes(), start);
        // What may be cut anywhere has separators of one kind, and is no part of a row of numbers that is cut as it is.
        let one = if group.kind == before { 0 } else { group.kind };
        let mut walked = Walked { start, glued, before, mix: 0, begun: false };
        while way != UNTRODDEN {
            let place = wanted.place(way);
            let same = group.kind & one != 0;
            if place.ends() {
                self.end(&mut walked, place, &group, judge);
            }
            walked.mix |= group.kind;
            let on_loosely = if same { place.on_loosely } else { 0 };
            let on = place.on(group.kind);
            if on | on_loosely == 0 {
                return;
            }
            group = self.read_group(group.behind as usize);
            if (on | on_loosely) >> group.make & 1 == 0 {
                return;
            }
            way = wanted.next(place, group.make, same);
            if way == UNTRODDEN {
                let may = |on: u32| on >> group.make & 1 == 1;
                self.grow_further(&mut walked, May::of(may(on), may(on_loosely)), group, judge);
                return;
            }
        }
        self.grow_further(&mut walked, May::of(true, true), group, judge);
    }

    /// As [`Self::grow`], from a group of letters and digits on.
    #[inline(never)]
    fn grow_further(&mut self, walked: &mut Walked, may: May, first: Group, judge: &mut impl Judge<'w>) {
        let (wanted, before, mut may, mut group) = (self.wanted, walked.before, may, first);
        let mut written = self.written(walked.start, group.at());
        while group.make != 0 && written.len + group.len() <= LONGEST {
            written.add(group.digits, group.len());
            let (mix, kinds) = (walked.mix, walked.mix | group.kind);
            let more = group.kind != 0 && wanted.mixes[usize::from(kinds)];
            let next = if more { self.read_group(group.behind as usize) } else { Group::NONE };
            let around = before | group.number;
            let (ends, begins) = wanted.look(written, may, Next::of(group.kind, next.make), || Loose {
                // As for the ways that are worked out.
                ends: around & mix == 0 && wanted.is_loose(written.groups, written.len),
                goes_on: before & kinds == 0 && kinds.is_power_of_two() && wanted.is_begun(written.groups + 1),
            });
            if ends.any() && written.digits() != 0 {
                let own = if written.groups == 1 && written.is_plain() { LONGER } else { mix & LONGER };
                self.show(walked, own, &group, ends, judge);
            }
            if !begins.be() {
                return;
            }
            written.cut();
            (group, walked.mix, may) = (next, kinds, begins);
        }
    }

    /// How the groups from `start` to the one at `end` are written, and a cut behind them.
    fn written(&mut self, start: usize, end: usize) -> Written {
        let (mut at, mut written) = (start, Written::nothing());
        while at < end {
            let group = self.read_group(at);
            written.add(group.digits, group.len());
            written.cut();
            at = group.behind as usize;
        }
        written
    }

    /// Shows what ends at `place`, with `group`.
    #[inline(never)]
    fn end(&mut self, walked: &mut Walked, place: &Place, group: &Group, judge: &mut impl Judge<'w>) {
        let apart = (walked.before | group.number) & walked.mix == 0;
        let ends = Ends { told: place.told, loose: if apart { place.loose } else { Told::NONE } };
        // A first group that is no way for itself is of digits alone.
        let own = if walked.mix == 0 { LONGER } else { walked.mix & LONGER };
        if ends.any() {
            self.show(walked, own, group, ends, judge);
        }
    }

    /// Shows what ends with `group`, and is no part of what has separators of the kinds in `own`, unless digits over those
    /// around it or a letter forbid that.
    #[inline(always)]
    fn show(&mut self, walked: &mut Walked, own: u8, group: &Group, ends: Ends, judge: &mut impl Judge<'w>) {
        // Digits before or behind make it a part of something longer over the separators that it has itself; a plain
        // number over either.
        let around = walked.before | group.number;
        if around & own != 0 || !free_behind(self.text, group.end()) {
            return;
        }
        if !walked.begun {
            self.candidate.begin(walked.start, walked.glued);
            walked.begun = true;
        }
        self.keep(group);
        let candidate = &mut self.candidate;
        (candidate.end, candidate.apart, candidate.mix) = (group.end(), around & walked.mix == 0, walked.mix);
        judge.judge(candidate, ends);
    }

    /// Keeps of the candidate what it has not yet, up to `last`.
    #[inline(always)]
    fn keep(&mut self, last: &Group) {
        while self.candidate.rest < last.at() {
            let group = self.read_group(self.candidate.rest);
            self.candidate.keep(self.text.as_bytes(), &group);
        }
        self.candidate.keep(self.text.as_bytes(), last);
        self.candidate.raise();
    }
}

/// What was walked over: where it starts, whether a word stands directly before, the kind of separator before it and those
/// in it, and whether the candidate begins so.
struct Walked {
    start: usize,
    glued: bool,
    before: u8,
    mix: u8,
    begun: bool,
}

/// Shows `judge` every candidate of `text` that is long, cut and has digits as something that is wanted, and what that is.
pub(super) fn each<'w>(text: &str, marks: &Marks, judge: &mut impl Judge<'w>) {
    let bytes = text.as_bytes();
    let (mut seen, mut walk) = (0, Walk::new(text, judge.wanted(false, 0, text.len())));
    for (digit, ahead) in marks.digits_ahead() {
        if digit < seen {
            continue;
        }
        let before = if digit > seen { bytes[digit - 1] } else { 0 };
        let end = digit + ahead.run(0);
        let plain = !kind::is_own(before) && before != b'%';
        if plain && bytes.get(end).is_none_or(|behind| !kind::is_own(*behind) && *behind != b'-') {
            // A number for itself, as nearly all are.
            seen = end;
            if end - digit <= LONGEST {
                walk.wanted = judge.wanted(true, digit.saturating_sub(LEADING), digit + LONGEST_WRITTEN);
                if begins(bytes, digit, ahead, walk.wanted) {
                    walk.grow(digit, false, judge);
                }
                if kind::of(before) != 0 && digit > 1 && bytes[digit - 2].is_ascii_alphabetic() || !before.is_ascii() {
                    walk.leads(digit, judge);
                }
            }
            continue;
        }
        seen = walk.around(seen, digit, ahead, judge);
    }
}

/// Whether anything may begin with the digits at `digit`, by how many they are and what follows them.
#[inline]
fn begins(bytes: &[u8], digit: usize, ahead: Ahead, wanted: &Wanted) -> bool {
    let len = ahead.run(0);
    let end = digit + len;
    match bytes.get(end) {
        _ if len > LONGEST => false,
        Some(behind) if kind::is_own(*behind) || !behind.is_ascii() => true,
        behind => {
            let (kind, more) = (behind.map_or(0, |behind| kind::of(*behind)), ahead.run(len + 1));
            let letter = || bytes.get(end + 1 + more).is_some_and(|byte| kind::is_own(*byte));
            wanted.begins(len, kind, more, || kind_before(bytes, digit) & kind == 0, letter)
        }
    }
}

/// The kind of the separator before `start`, where a digit stands before that.
#[inline]
fn kind_before(bytes: &[u8], start: usize) -> u8 {
    match bytes[..start] {
        [.., b'0'..=b'9', separator] => kind::of(separator),
        _ => 0,
    }
}

/// The letters and digits around `digit`, from `seen` on. The digits ahead of it are known.
#[inline]
fn group_around(bytes: &[u8], seen: usize, digit: usize, ahead: Ahead) -> Range<usize> {
    let before = bytes[seen..digit].iter().rev().take_while(|byte| kind::is_own(**byte)).count();
    let known = digit + ahead.run(0);
    let behind = bytes[known..].iter().take_while(|byte| kind::is_own(**byte)).count();
    digit - before..known + behind
}

/// Where the UUID ends (RFC 9562) that begins with `group`: it is nobody's number.
fn uuid(bytes: &[u8], group: &Range<usize>) -> Option<usize> {
    const LENGTH: usize = 36;
    const DASHES: [usize; 4] = [8, 13, 18, 23];
    let end = group.start + LENGTH;
    if group.len() != DASHES[0] || bytes.get(group.end) != Some(&b'-') {
        return None;
    }
    let is = |(at, byte): (usize, &u8)| if DASHES.contains(&at) { *byte == b'-' } else { byte.is_ascii_hexdigit() };
    let apart = bytes.get(end).is_none_or(|behind| !behind.is_ascii_alphanumeric());
    (apart && bytes.get(group.start..end)?.iter().enumerate().all(is)).then_some(end)
}

/// Where the group at `start` begins once an escape in front of it is left out: `\n123`, `\u0020123`, `%20123`.
fn escaped(bytes: &[u8], start: usize) -> usize {
    let before = start.checked_sub(1).map(|at| bytes[at]);
    match (before, &bytes[start..]) {
        (Some(b'\\'), [b'n' | b'r' | b't', ..]) => start + 1,
        (Some(b'\\'), [b'u', code @ ..]) if code.len() >= 4 && hex(&code[..4]) => start + 5,
        (Some(b'%'), code) if code.len() >= 2 && hex(&code[..2]) => start + 2,
        _ => start,
    }
}

fn hex(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_hexdigit)
}

/// Whether `lead` is a word that someone forgot to put a space behind: `is030594W903B`. Hexadecimal is none.
fn glued(lead: &[u8]) -> bool {
    lead.len() > 1 && lead.iter().all(u8::is_ascii_lowercase) && !hex(lead)
}

/// Where the separator that ends at `start` begins.
fn separator_before(bytes: &[u8], start: usize) -> Option<usize> {
    match bytes[..start].last() {
        Some(byte) if byte.is_ascii() => return (kind::of(*byte) != 0).then_some(start - 1),
        _ => {}
    }
    (2..=start.min(3))
        .map(|width| start - width)
        .find(|at| matches!(separator(&bytes[*at..start]), (1.., width) if at + width == start))
}

/// Whether an identifier may begin at `start`: behind no letter of a script with cases and, a phone's `+` being one,
/// no sign.
fn free_before(text: &str, start: usize) -> bool {
    let digit = text.as_bytes().get(start).is_some_and(u8::is_ascii_digit);
    match start.checked_sub(1).map(|at| text.as_bytes()[at]) {
        Some(b'+') => !digit,
        Some(before) if !before.is_ascii() => text[..start].chars().next_back().is_none_or(|before| !cased(before)),
        _ => true,
    }
}

#[inline]
fn free_behind(text: &str, end: usize) -> bool {
    text.as_bytes().get(end).is_none_or(u8::is_ascii) || free_behind_wide(text, end)
}

#[inline(never)]
fn free_behind_wide(text: &str, end: usize) -> bool {
    text[end..].chars().next().is_none_or(|behind| !cased(behind))
}

/// Scripts without cases (Chinese, Thai, Korean) put no spaces around numbers.
fn cased(letter: char) -> bool {
    letter.is_lowercase() || letter.is_uppercase()
}

#[cfg(test)]
mod tests;
