//! Hardware addresses: six octets with colons or hyphens, or three groups of four with dots.

use std::ops::Range;

use wide::u8x16;

use crate::redaction::detect::Marks;
use crate::redaction::detect::contact::edges;
use crate::redaction::detect::marks::RUN;

/// The lengths of the two spellings.
const OCTETS: usize = 17;
const GROUPS: usize = 14;
const _: () = assert!(GROUPS >= RUN, "every address is a run that is marked");

/// Gives every address: the shorter spelling is as long as a run that is marked.
pub(super) fn each(text: &str, marks: &Marks, mut found: impl FnMut(Range<usize>)) {
    let (mut done, mut looked, mut places) = (0, 0, marks.runs());
    while let Some(place) = places.next_from(looked) {
        looked = place + NEAR;
        let mut starts = starts(text.as_bytes(), place);
        while starts != 0 {
            let start = place + starts.trailing_zeros() as usize;
            starts &= starts - 1;
            if start >= done
                && let Some(span) = at(text, start)
            {
                done = span.end;
                found(span);
            }
        }
    }
}

/// Of so many places it is told whether an address may begin there.
const NEAR: usize = 14;

/// Which of the [`NEAR`] places from `from` on an address may begin at, a bit for each: those before a separator. Most
/// runs have none.
fn starts(bytes: &[u8], from: usize) -> u32 {
    let rest = bytes.get(from + 2..).unwrap_or_default();
    let lane = rest.first_chunk().copied().unwrap_or_else(|| {
        let mut near = [0; NEAR + 2];
        near[..rest.len()].copy_from_slice(rest);
        near
    });
    let is = |byte| u8x16::new(lane).simd_eq(u8x16::splat(byte));
    // A dot stands two bytes further on than the others do.
    let starts = (is(b':') | is(b'-')).to_bitmask() | is(b'.').to_bitmask() >> 2;
    starts & ((1 << NEAR) - 1)
}

/// The address that begins at `start`.
fn at(text: &str, start: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let rest = &bytes[start..];
    // Octets and groups both begin with two digits; no other place in a run need be looked at.
    if !matches!(rest, [first, second, ..] if first.is_ascii_hexdigit() && second.is_ascii_hexdigit()) {
        return None;
    }
    let separator =
        *rest.get(2).filter(|byte| matches!(byte, b':' | b'-')).or(rest.get(4).filter(|byte| **byte == b'.'))?;
    let (length, size) = if separator == b'.' { (GROUPS, 4) } else { (OCTETS, 2) };
    let piece = rest.get(..length)?;
    let shaped = piece.chunks(size + 1).all(|group| {
        group[..size].iter().all(u8::is_ascii_hexdigit) && group.get(size).is_none_or(|byte| *byte == separator)
    });
    if !shaped {
        return None;
    }
    // All zeros and all ones are nobody's.
    let hexadecimal = || piece.iter().filter(|byte| byte.is_ascii_hexdigit());
    let someone =
        hexadecimal().any(|byte| *byte != b'0') && hexadecimal().any(|byte| !byte.eq_ignore_ascii_case(&b'f'));
    let span = start..start + length;
    let apart = edges::free_before(text, span.start) && edges::free_after(text, span.end);
    (someone && apart && !is_longer(bytes, &span, separator, size)).then_some(span)
}

/// Whether more groups of the same kind stand before or after: a fingerprint.
fn is_longer(bytes: &[u8], span: &Range<usize>, separator: u8, size: usize) -> bool {
    let group = |group: Option<&[u8]>| group.is_some_and(|group| group.iter().all(u8::is_ascii_hexdigit));
    let after = bytes.get(span.end) == Some(&separator) && group(bytes.get(span.end + 1..span.end + 1 + size));
    let before = span.start > size
        && bytes[span.start - 1] == separator
        && group(bytes.get(span.start - 1 - size..span.start - 1))
        && (span.start < size + 2 || !bytes[span.start - size - 2].is_ascii_alphanumeric());
    before || after
}

#[cfg(test)]
mod tests;
