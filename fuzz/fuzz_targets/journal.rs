//! Fuzzes the segments of the journal: any bytes as a segment, and a sound segment with any of its bytes changed.
//!
//! What is read back was written, in its order; unless the header is hit, all of it is that stands before the first change.
//! Run with `cargo +nightly fuzz run journal`; the first byte says how many changes follow, of four bytes each.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pipeline::journal::probe::{bodies, segment};

fuzz_target!(|input: &[u8]| {
    // Whatever it is: an answer, or an error in words.
    if let Err(error) = bodies(input) {
        assert!(!error.to_string().contains('\n'));
    }
    let Some((&count, rest)) = input.split_first() else { return };
    let changes = usize::from(count % 8).min(rest.len() / 4);
    let (changes, rest) = rest.split_at(changes * 4);
    let written: Vec<&[u8]> = rest.split(|byte| *byte == 0).filter(|body| !body.is_empty()).collect();
    let sound = segment(&written);
    assert_eq!(bodies(&sound).expect("a sound segment"), written);
    let header = sound.len() - written.iter().map(|body| body.len() + 24).sum::<usize>();
    let (mut changed, mut first) = (sound.clone(), sound.len());
    for change in changes.chunks_exact(4) {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % sound.len();
        changed[at] ^= change[2];
        first = if change[2] == 0 { first } else { first.min(at) };
    }
    let Ok(read) = bodies(&changed) else { return };
    let mut places = written.iter();
    for body in &read {
        assert!(places.any(|written| body == written), "what nobody wrote, or out of order");
    }
    let mut end = header;
    let before = written.iter().take_while(|body| {
        end += body.len() + 24;
        end <= first
    });
    assert!(first < header || read.len() >= before.count(), "lost before the first change");
});
