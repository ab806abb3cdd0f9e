//! The places of a text where an identifier may stand: groups of letters and digits over single separators.
//!
//! Candidates start at a run of letters and digits that has a digit, or at one of the two short groups of letters
//! before it, and end with each of the following groups while they have room. So the work for each run is bounded,
//! and a number that is followed by another one is found all the same. Letters are copied only of those that something
//! of their length, digits and cuts is looked for.

use std::ops::Range;

use super::wanted::{LETTERS, LONGEST, Next, Wanted};
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
    kinds: [u8; ROOM],
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
            kinds: [0; ROOM],
            mix: 0,
            lower: false,
            glued: false,
            apart: true,
            start: 0,
            end: 0,
        }
    }

    /// Keeps the letters and digits of a group from position `len` on, and whether any is in lower case.
    #[inline]
    fn keep(&mut self, bytes: &[u8], group: &Group, len: usize) {
        let place = &mut self.chars[len..len + LONGEST];
        match bytes[group.at..].first_chunk::<LONGEST>() {
            Some(chunk) => place.copy_from_slice(chunk),
            None => place.iter_mut().zip(&bytes[group.at..]).for_each(|(place, byte)| *place = *byte),
        }
        if group.digits != (1 << group.len) - 1 {
            let letters = &mut place[..usize::from(group.len)];
            self.lower |= letters.iter().any(u8::is_ascii_lowercase);
            letters.make_ascii_uppercase();
        }
    }

    /// Its letters, in upper case, and digits.
    pub(super) fn compact(&self) -> &[u8] {
        &self.chars[..self.len]
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

/// What a byte is in an identifier.
mod class {
    pub(super) const DIGIT: u8 = 1;
    pub(super) const LOWER: u8 = 2;
    const UPPER: u8 = 4;

    const CLASSES: [u8; 256] = {
        let mut classes = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            classes[byte] = match byte as u8 {
                b'0'..=b'9' => DIGIT,
                b'a'..=b'z' => LOWER,
                b'A'..=b'Z' => UPPER,
                _ => 0,
            };
            byte += 1;
        }
        classes
    };

    /// 0 when it is neither letter nor digit.
    #[inline]
    pub(super) const fn of(byte: u8) -> u8 {
        CLASSES[byte as usize]
    }
}

/// Letters and digits in a row, and the separator behind them.
#[derive(Clone, Copy)]
struct Group {
    /// Where it begins.
    at: usize,
    /// Which positions are digits.
    digits: u32,
    len: u8,
    /// Kind and width of the separator; 0 where there is none.
    kind: u8,
    width: u8,
    /// What follows the separator: 0 when it is neither letter nor digit.
    next: u8,
}

impl Group {
    /// The group that begins at `at`, or as much of it as is one too many for the longest identifier.
    #[inline]
    fn of(bytes: &[u8], at: usize) -> Self {
        let (mut len, mut digits) = (0_u8, 0);
        for byte in bytes[at..].iter().take(LONGEST + 1) {
            let class = class::of(*byte);
            if class == 0 {
                break;
            }
            digits |= u32::from(class & class::DIGIT) << len;
            len += 1;
        }
        let end = at + usize::from(len);
        let (kind, width) = separator(&bytes[end..]).unwrap_or((0, 0));
        let next = bytes.get(end + width).map_or(0, |byte| class::of(*byte));
        Self { at, digits, len, kind, width: width as u8, next }
    }

    /// The kind of the separator behind it, where a digit follows.
    fn behind(&self) -> u8 {
        if self.next == class::DIGIT { self.kind } else { 0 }
    }

    /// Whether it is too long to be a part of an identifier.
    fn is_word(&self) -> bool {
        usize::from(self.len) > LETTERS && self.digits == 0
    }
}

/// So many groups are kept: as many as two characters each make of the longest identifier, and a power of two.
const KEPT: usize = 16;

/// A walk over a text, candidate by candidate.
struct Walk<'t, 'w> {
    text: &'t str,
    wanted: &'w Wanted,
    /// The groups that were read last, by where they begin: in a row of numbers each is a part of several candidates.
    groups: [Group; KEPT],
    candidate: Candidate,
}

impl<'t, 'w> Walk<'t, 'w> {
    fn new(text: &'t str, wanted: &'w Wanted) -> Self {
        let none = Group { at: usize::MAX, digits: 0, len: 0, kind: 0, width: 0, next: 0 };
        Self { text, wanted, groups: [none; KEPT], candidate: Candidate::none() }
    }

    #[inline]
    fn group(&mut self, at: usize) -> Group {
        let place = &mut self.groups[at / 2 % KEPT];
        if place.at != at {
            *place = Group::of(self.text.as_bytes(), at);
        }
        *place
    }

    /// Shows the candidates that start at the letters before the group at `start`.
    fn leads(&mut self, mut start: usize, see: &mut impl FnMut(&Candidate)) {
        let bytes = self.text.as_bytes();
        for _ in 0..LEADS {
            let Some(end) = separator_before(bytes, start) else { return };
            let letters =
                bytes[..end].iter().rev().take(LETTERS + 1).take_while(|byte| byte.is_ascii_alphabetic()).count();
            start = end - letters;
            let joined = start.checked_sub(1).is_some_and(|at| bytes[at].is_ascii_digit());
            if letters == 0 || letters > LETTERS || joined {
                return;
            }
            if self.wanted.leads[letters] {
                self.grow(start, false, see);
            }
        }
    }

    /// Shows the candidates that start at `start`, a group longer at a time.
    fn grow(&mut self, start: usize, glued: bool, see: &mut impl FnMut(&Candidate)) {
        let (bytes, wanted) = (self.text.as_bytes(), self.wanted);
        if !glued && !free_before(self.text, start) {
            return;
        }
        let before = kind_before(bytes, start);
        self.candidate.lower = false;
        let (mut at, mut digits, mut len, mut cuts, mut groups, mut mix) = (start, 0, 0, 0, 0, 0);
        loop {
            let group = self.group(at);
            let longer = usize::from(group.len);
            if longer == 0 || longer > LONGEST - len || group.is_word() {
                return;
            }
            self.candidate.keep(bytes, &group, len);
            (digits, len, groups) = (digits | group.digits << len, len + longer, groups + 1);
            let (end, around) = (at + longer, before | group.behind());
            // What may be cut anywhere is no part of a row of numbers that is cut as it is.
            let apart = around & mix == 0;
            // Digits before or behind make it a part of something longer over the separators that it has itself; a
            // plain number over either.
            let plain = cuts == 0 && digits == (1 << len) - 1;
            let own = if plain { LONGER } else { mix & LONGER };
            let step = wanted.step(digits, len, cuts);
            if digits != 0
                && around & own == 0
                && wanted.has(&step, apart && wanted.is_loose(groups, len))
                && free_behind(self.text, end)
            {
                let candidate = &mut self.candidate;
                (candidate.start, candidate.end, candidate.glued, candidate.apart) = (start, end, glued, apart);
                (candidate.digits, candidate.len, candidate.cuts) = (digits, len, cuts);
                (candidate.groups, candidate.mix) = (groups, mix);
                see(candidate);
            }
            let kinds = mix | group.kind;
            let next = Next { kind: group.kind, digit: group.next == class::DIGIT };
            if group.kind == 0
                || group.next == 0
                || len == LONGEST
                || !wanted.mixes[usize::from(kinds)]
                || !wanted.begins(&step, before & kinds == 0 && wanted.is_begun(groups + 1), next)
            {
                return;
            }
            self.candidate.kinds[len] = group.kind;
            (at, cuts, mix) = (end + usize::from(group.width), cuts | 1 << len, kinds);
        }
    }
}

/// Shows `see` every candidate of `text` that is long, cut and has digits as something that is `wanted`.
pub(super) fn each(text: &str, marks: &Marks, wanted: &Wanted, see: &mut impl FnMut(&Candidate)) {
    let bytes = text.as_bytes();
    let (mut seen, mut walk) = (0, Walk::new(text, wanted));
    for (digit, ahead) in marks.digits_ahead() {
        if digit < seen {
            continue;
        }
        let group = group_around(bytes, seen, digit);
        if let Some(end) = uuid(bytes, &group) {
            seen = end;
            continue;
        }
        seen = group.end;
        let start = escaped(bytes, group.start);
        if group.end.saturating_sub(start) <= LONGEST {
            if start != digit || begins(bytes, digit, ahead, wanted) {
                walk.grow(start, false, see);
            }
            walk.leads(start, see);
        }
        if bytes.get(start..digit).is_some_and(glued) && group.end - digit <= LONGEST {
            walk.grow(digit, true, see);
        }
    }
}

/// Whether anything may begin with the digits at `digit`, by how many they are and how many follow them.
fn begins(bytes: &[u8], digit: usize, ahead: Ahead, wanted: &Wanted) -> bool {
    let letter = |at: usize| bytes.get(at).is_some_and(|byte| class::of(*byte) != 0);
    let (len, before) = (ahead.run(0), kind_before(bytes, digit));
    let end = digit + len;
    match bytes.get(end) {
        _ if len > LONGEST => false,
        Some(behind) if class::of(*behind) != 0 || !behind.is_ascii() => true,
        _ if wanted.is_alone(len) => true,
        Some(behind) if kind::of(*behind) != 0 => match ahead.run(len + 1) {
            0 => letter(end + 1),
            more => {
                letter(end + 1 + more) || wanted.is_pair(len, kind::of(*behind), more, before & kind::of(*behind) == 0)
            }
        },
        _ => false,
    }
}

/// The kind of the separator before `start`, where a digit stands before that.
fn kind_before(bytes: &[u8], start: usize) -> u8 {
    match bytes[..start] {
        [.., b'0'..=b'9', separator] => kind::of(separator),
        _ => 0,
    }
}

/// The letters and digits around `digit`, from `seen` on.
fn group_around(bytes: &[u8], seen: usize, digit: usize) -> Range<usize> {
    let before = bytes[seen..digit].iter().rev().take_while(|byte| class::of(**byte) != 0).count();
    let behind = bytes[digit..].iter().take_while(|byte| class::of(**byte) != 0).count();
    digit - before..digit + behind
}

/// Where the UUID ends (RFC 9562) that begins with `group`: it is nobody's number.
fn uuid(bytes: &[u8], group: &Range<usize>) -> Option<usize> {
    const LENGTH: usize = 36;
    const DASHES: [usize; 4] = [8, 13, 18, 23];
    let end = group.start + LENGTH;
    if group.len() != DASHES[0] {
        return None;
    }
    let is = |(at, byte): (usize, &u8)| if DASHES.contains(&at) { *byte == b'-' } else { byte.is_ascii_hexdigit() };
    let apart = bytes.get(end).is_none_or(|behind| class::of(*behind) == 0);
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

/// The kind and width of the separator that `bytes` begins with: ASCII, no-break spaces, hyphens and the en dash.
#[inline]
fn separator(bytes: &[u8]) -> Option<(u8, usize)> {
    match bytes {
        [byte, ..] if byte.is_ascii() => Some((kind::of(*byte), 1)).filter(|(kind, _)| *kind != 0),
        [0xC2, 0xA0, ..] => Some((kind::SPACE, 2)),
        [0xE2, 0x80, 0x87 | 0x89 | 0xAF, ..] => Some((kind::SPACE, 3)),
        [0xE2, 0x80, 0x90 | 0x91 | 0x93, ..] => Some((kind::DASH, 3)),
        _ => None,
    }
}

/// Where the separator that ends at `start` begins.
fn separator_before(bytes: &[u8], start: usize) -> Option<usize> {
    match bytes[..start].last() {
        Some(byte) if byte.is_ascii() => return (kind::of(*byte) != 0).then_some(start - 1),
        _ => {}
    }
    (2..=start.min(3))
        .map(|width| start - width)
        .find(|at| separator(&bytes[*at..start]).is_some_and(|(_, width)| at + width == start))
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

fn free_behind(text: &str, end: usize) -> bool {
    text.as_bytes().get(end).is_none_or(u8::is_ascii) || text[end..].chars().next().is_none_or(|behind| !cased(behind))
}

/// Scripts without cases (Chinese, Thai, Korean) put no spaces around numbers.
fn cased(letter: char) -> bool {
    letter.is_lowercase() || letter.is_uppercase()
}

#[cfg(test)]
mod tests;
