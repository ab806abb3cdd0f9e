//! Arbitrary requests, made of random bytes: the table says what can stand where, the bytes say what does.
//!
//! When the bytes run out everything ends, so a shorter input is a smaller request and proptest can shrink it. The table
//! itself is held by `schema.rs`; prost decodes what is made here, and is the oracle from there on.

use crate::batch::json::schema::{Field, Kind, Message, Shape};
use crate::batch::json::wire::{OutOfBudget, Output};

/// What a request may hold. What JSON cannot carry is never made: zero ids, and minus zero where zero is the default.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// Bytes values, string-table indexes, NaN and infinities: what opentelemetry-proto's own serde gets wrong.
    pub(super) exotic: bool,
    /// Every field stands, whatever the bytes say.
    pub(super) full: bool,
}

/// Most levels of messages; prost refuses at 100.
const DEEPEST: usize = 14;

pub(super) fn request(message: &'static Message, entropy: &[u8], style: Style) -> Vec<u8> {
    let mut grow = |_| true;
    let mut maker = Maker { out: Output::new(&mut grow), entropy, style };
    maker.message(message, 0).expect("memory is free");
    maker.out.into_bytes()
}

struct Maker<'a> {
    out: Output<'a>,
    entropy: &'a [u8],
    style: Style,
}

impl Maker<'_> {
    fn byte(&mut self) -> u8 {
        let Some((&byte, rest)) = self.entropy.split_first() else { return 0 };
        self.entropy = rest;
        byte
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound
    }

    fn message(&mut self, message: &'static Message, depth: usize) -> Result<(), OutOfBudget> {
        let members: Vec<&Field> = message.fields.iter().filter(|field| self.may_be_chosen(field, depth)).collect();
        let chosen = if members.is_empty() { None } else { Some(members[self.below(members.len())].number) };
        for field in message.fields {
            let present = self.style.full || self.byte() & 1 == 1;
            match (field.shape, field.kind) {
                (Shape::Repeated, _) => self.list(field, depth)?,
                // The writer always prints these, so that only their presence survives.
                (Shape::Singular, Kind::Message(_)) => self.value(field, depth)?,
                (Shape::OneOf, _) if chosen == Some(field.number) && (present || depth > 6) => {
                    self.value(field, depth)?;
                }
                (Shape::Singular | Shape::Optional, _) if present && self.wanted(field) => self.value(field, depth)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn may_be_chosen(&self, field: &Field, depth: usize) -> bool {
        let deep = matches!(field.kind, Kind::Message(_)) && depth > DEEPEST;
        field.shape == Shape::OneOf && !deep && self.wanted(field)
    }

    fn wanted(&self, field: &Field) -> bool {
        self.style.exotic || !matches!(field.name, "bytesValue" | "stringValueStrindex" | "keyStrindex")
    }

    fn list(&mut self, field: &'static Field, depth: usize) -> Result<(), OutOfBudget> {
        let most = if depth > DEEPEST || self.entropy.is_empty() { 1 } else { 4 };
        let count = self.below(most).max(usize::from(self.style.full && depth < DEEPEST));
        if !field.packed() {
            return (0..count).try_for_each(|_| self.value(field, depth));
        }
        if count == 0 {
            return Ok(());
        }
        let open = self.out.open(field.number)?;
        for _ in 0..count {
            let bits = self.bits(field);
            self.out.scalar(field.kind.wire_type(), bits)?;
        }
        self.out.close(&open)
    }

    fn value(&mut self, field: &'static Field, depth: usize) -> Result<(), OutOfBudget> {
        match field.kind {
            Kind::Message(message) => {
                let open = self.out.open(field.number)?;
                self.message(message, depth + 1)?;
                self.out.close(&open)
            }
            Kind::String => {
                let text = self.text();
                self.out.bytes(field.number, text.as_bytes())
            }
            Kind::Id(len) => {
                let id: Vec<u8> = (0..len).map(|_| self.byte() | 1).collect();
                self.out.bytes(field.number, &id)
            }
            Kind::Bytes => {
                let bytes: Vec<u8> = (0..self.below(7)).map(|_| self.byte()).collect();
                self.out.bytes(field.number, &bytes)
            }
            kind => {
                let bits = self.bits(field);
                self.out.tag(field.number, kind.wire_type())?;
                self.out.scalar(kind.wire_type(), bits)
            }
        }
    }

    fn text(&mut self) -> String {
        const PIECES: [&str; 12] = [
            "a",
            "gen_ai.",
            "\"",
            "\\",
            "\n",
            "\u{1}",
            "\u{7f}",
            "é",
            "\u{2028}",
            "😀",
            "</script>",
            "0123456789abcdef",
        ];
        (0..self.below(12)).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }

    fn bits(&mut self, field: &Field) -> u64 {
        let random = u64::from_le_bytes(std::array::from_fn(|_| self.byte())) >> (self.below(8) * 8);
        match field.kind {
            Kind::Bool => random & 1,
            Kind::Uint32 | Kind::Fixed32 | Kind::Sint32 => random & u64::from(u32::MAX),
            Kind::Int32 | Kind::Enum(_) => i64::from(random as u32 as i32) as u64,
            Kind::Double => self.double(field, random).to_bits(),
            _ => random,
        }
    }

    fn double(&mut self, field: &Field, random: u64) -> f64 {
        const EDGES: [f64; 12] = [
            0.1,
            1e21,
            1e-7,
            123456.789,
            5e-324,
            1.0,
            f64::MAX,
            f64::MIN,
            1e-6,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ];
        let edges = if self.style.exotic { EDGES.len() } else { EDGES.len() - 3 };
        let value = match self.below(3) {
            0 => f64::from_bits(random),
            1 => random as f64 / 1000.0,
            _ => EDGES[self.below(edges)],
        };
        let unfit = !value.is_finite() && !self.style.exotic;
        match value {
            _ if unfit => 1.5,
            // JSON has one NaN, and Rust prints no other.
            value if value.is_nan() => f64::NAN,
            value if value == 0.0 && field.shape == Shape::Singular => 0.0,
            value => value,
        }
    }
}
