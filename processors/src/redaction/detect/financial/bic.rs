//! Bank identifiers after ISO 9362: `DEUTDEFF500`.

use std::ops::Range;

use crate::redaction::detect::Marks;
use crate::redaction::detect::contact::{domain, edges};

/// The two lengths: without and with a branch.
const LENGTHS: [usize; 2] = [8, 11];

/// Gives every identifier.
///
/// Few texts have one: every eighth byte is enough to see each run of eight capitals.
pub(super) fn each(text: &str, marks: &Marks, mut found: impl FnMut(Range<usize>)) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for at in marks.capitals() {
        if at < done || !bytes.get(at).is_some_and(|byte| is_part(*byte)) {
            continue;
        }
        // Most runs are of digits, with which none begins.
        let mut start = at;
        while start > 0 && at - start < LENGTHS[1] && is_part(bytes[start - 1]) {
            start -= 1;
        }
        if !bytes[start].is_ascii_uppercase() {
            continue;
        }
        let after = bytes[at..].iter().take(LENGTHS[1] + 1).take_while(|byte| is_part(**byte)).count();
        let run = start..at + after;
        done = run.end;
        let apart = |byte: Option<&u8>| byte != Some(&b'_');
        let whole = apart(bytes[..run.start].last()) && apart(bytes.get(run.end));
        if is_bic(&bytes[run.clone()])
            && whole
            && edges::free_before(text, run.start)
            && edges::free_after(text, run.end)
        {
            found(run);
        }
    }
}

/// Whether it is one by form: a party of four letters, a country, a place, a branch.
pub(super) fn is_bic(run: &[u8]) -> bool {
    if !LENGTHS.contains(&run.len()) {
        return false;
    }
    let (party, country, place, branch) = (&run[..4], [run[4], run[5]], &run[6..8], &run[8..]);
    // Places do not begin with 0 or 1, nor end in O; a branch begins with X only as three of them.
    let place = !matches!(place[0], b'0' | b'1') && place[1] != b'O';
    let branch = branch.first() != Some(&b'X') || branch == [b'X'; 3];
    party.iter().all(u8::is_ascii_uppercase) && domain::is_country(country) && place && branch
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

#[cfg(test)]
mod tests;
