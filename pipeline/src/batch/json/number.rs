//! JSON numbers, and the strings that stand for them, as the bits of a protobuf scalar.

use super::schema::Kind;

/// A number as the JSON parser or a string gives it.
#[derive(Clone, Copy)]
pub(super) enum Number {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
}

/// The bits of `number` as a scalar of `kind`: the varint before encoding, or the fixed bytes as an integer.
///
/// Errors when the kind is no number, or when the number is not whole or does not fit an integer kind.
pub(super) fn bits(kind: Kind, number: Number) -> Result<u64, &'static str> {
    match kind {
        Kind::Double => Ok(to_f64(number).to_bits()),
        Kind::Uint32 | Kind::Fixed32 => in_range(number, 0, u32::MAX.into()),
        Kind::Uint64 | Kind::Fixed64 => in_range(number, 0, u64::MAX.into()),
        Kind::Int64 | Kind::Sfixed64 => in_range(number, i64::MIN.into(), i64::MAX.into()),
        Kind::Int32 | Kind::Enum(_) => in_range(number, i32::MIN.into(), i32::MAX.into()),
        Kind::Sint32 => in_range(number, i32::MIN.into(), i32::MAX.into()).map(zigzag),
        Kind::String | Kind::Id(_) | Kind::Bytes => Err("expected a string"),
        Kind::Bool => Err("expected true or false"),
        Kind::Message(_) => Err("expected an object"),
    }
}

/// The bits of a scalar of `kind` that is given as a string: a number in quotes, or the name of an enum's value.
pub(super) fn bits_of_text(kind: Kind, text: &str) -> Result<u64, &'static str> {
    match kind {
        Kind::Double => double(text).map(f64::to_bits),
        Kind::Enum(names) => match names.iter().find(|(name, _)| *name == text) {
            Some(&(_, value)) => bits(kind, Number::Signed(value.into())),
            None => bits(kind, number(text).ok_or("unknown enum name")?),
        },
        Kind::Bool | Kind::Message(_) => bits(kind, Number::Unsigned(0)),
        _ => bits(kind, number(text).ok_or("expected an integer")?),
    }
}

fn number(text: &str) -> Option<Number> {
    if let Ok(unsigned) = text.parse() {
        return Some(Number::Unsigned(unsigned));
    }
    if let Ok(signed) = text.parse() {
        return Some(Number::Signed(signed));
    }
    text.parse().ok().map(Number::Float)
}

/// Rust reads the three words in any case and rounds overlong numbers to infinity; Go refuses the latter, and so do we.
fn double(text: &str) -> Result<f64, &'static str> {
    let value: f64 = text.parse().map_err(|_| "expected a number")?;
    if value.is_infinite() && text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err("number out of range");
    }
    Ok(value)
}

/// Nearest double; JSON has one kind of number, and telemetry's integers in a double field are small.
#[expect(clippy::cast_precision_loss, reason = "a double field holds what a double can")]
fn to_f64(number: Number) -> f64 {
    match number {
        Number::Unsigned(value) => value as f64,
        Number::Signed(value) => value as f64,
        Number::Float(value) => value,
    }
}

/// The integer as its own 64 bits, sign-extended.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked; the sign extends")]
fn in_range(number: Number, least: i128, most: i128) -> Result<u64, &'static str> {
    let value = match number {
        Number::Unsigned(value) => value.into(),
        Number::Signed(value) => value.into(),
        // JavaScript prints large timestamps as 1.7e+18: whole, and exact as far as the sender knew.
        Number::Float(value) if value.fract() == 0.0 => value as i128,
        Number::Float(_) => return Err("expected a whole number"),
    };
    if value < least || value > most {
        return Err("integer out of range");
    }
    Ok(value as u64)
}

/// Protobuf's `sint32`: small negative numbers become small varints. `bits` is a sign-extended `i32`.
fn zigzag(bits: u64) -> u64 {
    let folded = (bits << 1) ^ if bits >> 63 == 1 { u64::MAX } else { 0 };
    folded & u64::from(u32::MAX)
}

/// The inverse of ZigZag for a `sint32`.
pub(super) fn unzigzag(bits: u64) -> i64 {
    let folded = i64::from(bits as u32);
    (folded >> 1) ^ -(folded & 1)
}
