//! What is read of a segment that was cut off or changed.

use crate::journal::probe::{bodies, segment};

const WRITTEN: [&[u8]; 4] = [b"one", b"a second one", &[0; 300], b"the last"];

#[test]
fn cut_off_anywhere_what_is_whole_before_is_read() {
    let whole = segment(&WRITTEN);
    assert_eq!(bodies(&whole).unwrap(), WRITTEN);
    for end in 0..whole.len() {
        let read = bodies(&whole[..end]).unwrap();
        assert!(WRITTEN.starts_with(&read.iter().map(AsRef::as_ref).collect::<Vec<_>>()), "{end}");
    }
}

#[test]
fn a_changed_byte_costs_the_frame_it_is_in() {
    let whole = segment(&WRITTEN);
    let header = whole.len() - WRITTEN.iter().map(|body| body.len() + 32).sum::<usize>();
    for at in header..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x41;
        let read = bodies(&changed).unwrap();
        assert_eq!(read.len(), WRITTEN.len() - 1, "{at}");
        assert!(read.iter().all(|body| WRITTEN.contains(&body.as_ref())), "{at}");
    }
}
