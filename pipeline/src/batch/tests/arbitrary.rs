//! Requests nobody sends but anybody may: fields in any order and repeated, unknown fields, groups, keys and
//! numbers longer than need be. Made from the same tables the decoder reads, and from a seed.

use crate::Signal;
use crate::batch::schema::{self, Kind, Shape};
use crate::batch::wire::{GROUP, I32, I64, LEN, VARINT, put_varint};

/// SplitMix64: the same seed gives the same request on every machine.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub(super) fn one_in(&mut self, chance: usize) -> bool {
        self.below(chance) == 0
    }
}

/// A valid export request of `signal`.
pub(super) fn request(signal: Signal, seed: u64) -> Vec<u8> {
    let mut dice = Dice(seed);
    let mut out = Vec::new();
    let odd = !dice.one_in(4);
    message(&mut dice, schema::levels(signal)[0], 11, odd, &mut out);
    out
}

fn message(dice: &mut Dice, shape: &Shape, depth: usize, odd: bool, out: &mut Vec<u8>) {
    let known: Vec<u32> = (1..32).filter(|tag| !matches!(shape.kind(*tag), Kind::Unknown)).collect();
    for _ in 0..dice.below(if depth > 6 { 5 } else { 9 }) {
        let tag = match odd && dice.one_in(12) {
            true => [1, 4, 13, 17, 19, 1000, (1 << 29) - 1][dice.below(7)],
            false => known[dice.below(known.len())],
        };
        field(dice, shape.kind(tag), tag, depth, odd, out);
    }
}

fn field(dice: &mut Dice, kind: &Kind, tag: u32, depth: usize, odd: bool, out: &mut Vec<u8>) {
    let mut body = Vec::new();
    match kind {
        Kind::Varint | Kind::Bool | Kind::Int | Kind::Varints => {
            key(dice, tag, VARINT, odd, out);
            return number(dice, out);
        }
        Kind::Fixed64 | Kind::Double | Kind::Fixed64s => {
            key(dice, tag, I64, odd, out);
            let value = f64::from(dice.next() as i32) / 8.0;
            return out.extend(value.to_le_bytes());
        }
        Kind::Fixed32 => {
            key(dice, tag, I32, odd, out);
            return out.extend((dice.next() as u32).to_le_bytes());
        }
        Kind::Unknown => return unknown(dice, tag, depth, out),
        Kind::Id(length) => body.extend((0..if dice.one_in(3) { 0 } else { *length }).map(|_| dice.next() as u8)),
        Kind::Bytes => body.extend((0..dice.below(40)).map(|_| dice.next() as u8)),
        Kind::Text(_) | Kind::String => body.extend(text(dice).bytes()),
        Kind::Message(shape) | Kind::Body(shape) if depth > 0 => message(dice, shape, depth - 1, odd, &mut body),
        Kind::Message(_) | Kind::Body(_) => {}
    }
    key(dice, tag, LEN, odd, out);
    length(dice, body.len(), odd, out);
    out.extend(body);
}

fn unknown(dice: &mut Dice, tag: u32, depth: usize, out: &mut Vec<u8>) {
    let wire = [VARINT, I64, LEN, GROUP, I32][dice.below(5)];
    key(dice, tag, wire, true, out);
    match wire {
        VARINT => number(dice, out),
        I64 => out.extend(dice.next().to_le_bytes()),
        I32 => out.extend((dice.next() as u32).to_le_bytes()),
        LEN => {
            let count = dice.below(20);
            put_varint(out, count as u64);
            out.extend((0..count).map(|_| dice.next() as u8));
        }
        _ => {
            for _ in 0..dice.below(if depth == 0 { 1 } else { 3 }) {
                let inner = [1, 2, 9, 77][dice.below(4)];
                unknown(dice, inner, depth - 1, out);
            }
            put_varint(out, u64::from(tag << 3 | 4));
        }
    }
}

fn key(dice: &mut Dice, tag: u32, wire: u8, odd: bool, out: &mut Vec<u8>) {
    let key = u64::from(tag << 3 | u32::from(wire));
    stretched(key, odd && dice.one_in(30), out);
}

fn length(dice: &mut Dice, value: usize, odd: bool, out: &mut Vec<u8>) {
    stretched(value as u64, odd && dice.one_in(20), out);
}

/// A varint, with a byte more than it needs if `stretch`.
fn stretched(value: u64, stretch: bool, out: &mut Vec<u8>) {
    put_varint(out, value);
    if stretch && let Some(last) = out.last_mut() {
        *last |= 0x80;
        out.push(0);
    }
}

fn number(dice: &mut Dice, out: &mut Vec<u8>) {
    let bits = dice.below(65) as u32;
    let value = dice.next();
    put_varint(out, value.checked_shr(bits).unwrap_or(u64::from(bits == 64)));
}

const KEYS: [&str; 8] = [
    "gen_ai.prompt",
    "gen_ai.request.model",
    "k",
    "",
    "user.email",
    "http.response.status_code",
    "ключ",
    "a.rather.long.key.of.more.than.thirty.two.bytes",
];

fn text(dice: &mut Dice) -> String {
    match dice.below(6) {
        0 => String::new(),
        1 | 2 => KEYS[dice.below(KEYS.len())].to_owned(),
        3 => "x".repeat(dice.below(300)),
        4 => "Grüße, 世界 🌍 ".repeat(dice.below(8)),
        _ => format!("{:x}", dice.next()),
    }
}
