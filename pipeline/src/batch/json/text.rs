//! How single values look in OTLP JSON: key spellings, hex, base64, strings and numbers as the Collector prints them.

use std::io::Write as _;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};

/// As lenient as decoding can be without a second meaning: padding or none, and left-over bits are dropped as Go drops them.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Whether `key` is `camel` in snake_case: `start_time_unix_nano` for `startTimeUnixNano`.
pub(super) fn is_snake_case_of(key: &str, camel: &str) -> bool {
    let mut key = key.bytes();
    camel.bytes().all(|letter| match letter.is_ascii_uppercase() {
        true => key.next() == Some(b'_') && key.next() == Some(letter.to_ascii_lowercase()),
        false => key.next() == Some(letter),
    }) && key.next().is_none()
}

/// Reads exactly `into.len()` bytes from hex of either case; false when `hex` is anything else.
pub(super) fn unhex(hex: &str, into: &mut [u8]) -> bool {
    if hex.len() != into.len() * 2 {
        return false;
    }
    for (byte, digits) in into.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
        let (high, low) = (UNHEX[usize::from(digits[0])], UNHEX[usize::from(digits[1])]);
        if high | low > 0x0f {
            return false;
        }
        *byte = high << 4 | low;
    }
    true
}

/// The value of a hex digit, 0xff for any other byte.
const UNHEX: [u8; 256] = {
    let mut table = [0xff; 256];
    let mut digit = 0;
    while digit < 16 {
        table[HEX[digit] as usize] = digit as u8;
        table[HEX[digit].to_ascii_uppercase() as usize] = digit as u8;
        digit += 1;
    }
    table
};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// A text some of whose bytes are no UTF-8, with U+FFFD in their place: one for half of a pair of surrogates, which
/// JavaScript leaves behind where it cuts a text, and which the parser gives as three bytes (WTF-8).
pub(super) fn mended(text: &[u8]) -> String {
    let mut text = text.to_vec();
    for at in 0..text.len().saturating_sub(2) {
        if text[at] == 0xed && (0xa0..=0xbf).contains(&text[at + 1]) && (0x80..=0xbf).contains(&text[at + 2]) {
            text[at..at + 3].copy_from_slice("\u{fffd}".as_bytes());
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// The most bytes [`unbase64`] writes for `text`.
pub(super) fn base64_bound(text: &str) -> usize {
    base64::decoded_len_estimate(text.len())
}

/// Decodes base64 of either alphabet into `into`, which is [`base64_bound`] long; answers how many bytes it is.
pub(super) fn unbase64(text: &str, into: &mut [u8]) -> Result<usize, &'static str> {
    // MIME encoders break lines; Go's decoder, and so the Collector, reads over the breaks.
    if text.contains(['\r', '\n']) {
        return unbase64(&text.replace(['\r', '\n'], ""), into);
    }
    let engine = if text.contains(['-', '_']) { URL_SAFE } else { STANDARD };
    engine.decode_slice(text, into).map_err(|_| "expected base64")
}

/// Appends `bytes` as a JSON string of lower-case hex.
pub(super) fn push_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    for &byte in bytes {
        out.extend([HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 0x0f)]]);
    }
    out.push(b'"');
}

/// Appends `bytes` as a JSON string of padded standard base64.
pub(super) fn push_base64(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, b'=');
    let used = general_purpose::STANDARD.encode_slice(bytes, &mut out[start..]).unwrap_or(0);
    out.truncate(start + used);
    out.push(b'"');
}

/// Appends `text` as a JSON string. As in the Collector, only what JSON demands is escaped: `<`, U+007F and U+2028 are not.
pub(super) fn push_string(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = first_escaped(rest) {
        out.extend_from_slice(&rest[..at]);
        let byte = rest[at];
        match byte {
            b'"' | b'\\' => out.extend([b'\\', byte]),
            b'\n' => out.extend_from_slice(br"\n"),
            b'\r' => out.extend_from_slice(br"\r"),
            b'\t' => out.extend_from_slice(br"\t"),
            _ => {
                out.extend_from_slice(br"\u00");
                out.extend([HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 0x0f)]]);
            }
        }
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Where the first byte stands that JSON wants escaped. Whole blocks are looked at without a branch, which the compiler
/// makes into vector instructions; prompts are long and mostly clean.
fn first_escaped(text: &[u8]) -> Option<usize> {
    const BLOCK: usize = 32;
    let escaped = |byte: &u8| (*byte < 0x20) | (*byte == b'"') | (*byte == b'\\');
    let clean = |block: &&[u8]| !block.iter().fold(false, |found, byte| found | escaped(byte));
    let skipped = text.chunks_exact(BLOCK).take_while(clean).count() * BLOCK;
    text[skipped..].iter().position(escaped).map(|at| skipped + at)
}

/// Appends a decimal integer.
pub(super) fn push_integer(out: &mut Vec<u8>, negative: bool, mut magnitude: u64) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (magnitude % 10) as u8;
        magnitude /= 10;
        if magnitude == 0 {
            break;
        }
    }
    if negative {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[start..]);
}

/// Appends a double as Go's `strconv` does: shortest digits, an exponent of at least two of them below 1e-6 and from 1e21.
pub(super) fn push_double(out: &mut Vec<u8>, value: f64) {
    let magnitude = value.abs();
    let start = out.len();
    let written = if value.is_nan() {
        out.write_all(b"\"NaN\"")
    } else if value.is_infinite() {
        out.write_all(if value > 0.0 { b"\"Infinity\"" } else { b"\"-Infinity\"" })
    } else if magnitude == 0.0 || (1e-6..1e21).contains(&magnitude) {
        write!(out, "{value}")
    } else {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
        write!(out, "{digits}e{sign}{exponent:0>2}")
    };
    debug_assert!(written.is_ok(), "a Vec takes every write");
    round_half_to_even(&mut out[start..], value);
}

/// Among two shortest texts equally near to the value Rust takes the upper and Go the even one: 2^50 + 0.25 ends in .3
/// here and in .2 there. Both read back as the same double; only a comparison of bytes sees it.
fn round_half_to_even(text: &mut [u8], value: f64) {
    let mantissa = text.iter().position(|&byte| byte == b'e').unwrap_or(text.len());
    let digit = |byte: &u8| (b'1'..=b'9').contains(byte);
    let Some(first) = text[..mantissa].iter().position(digit) else { return };
    let Some(last) = text[..mantissa].iter().rposition(digit) else { return };
    let point = text[first..last].contains(&b'.');
    let digits = last - first + usize::from(!point);
    // Fifteen digits are never ambiguous in a double; the odd neighbour is the one Go would not take.
    if digits < 16 || text[last].is_multiple_of(2) || !value.is_finite() {
        return;
    }
    // A tie's exact digits go on with a 5 and nothing else; thirty more tell it from anything a double can hold here.
    let exact = format!("{:.*e}", digits + 30, value.abs());
    let exact = exact.split('e').next().unwrap_or_default();
    let mut beyond = exact.bytes().filter(|byte| *byte != b'.').skip(digits);
    if beyond.next() != Some(b'5') || beyond.any(|byte| byte != b'0') {
        return;
    }
    text[last] -= 1;
    let reads_back = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()) == Some(value);
    if !reads_back {
        text[last] += 1;
    }
}
