//! What the decoder holds on to and lets go, the limit, the way from the encoder and back, and random bytes.

use super::super::table::{STATIC, find};
use super::super::*;
use super::{Fields, LIMIT, fields, hex, huffman, lines};

#[test]
fn table_size_updates() {
    let mut decoder = Decoder::new(4096);
    let custom = hex("40 01 61 01 62  40 01 63 01 64");
    assert_eq!(lines(&mut decoder, &custom), ["a: b", "c: d"]);
    assert_eq!(decoder.table.held(), (2, 68));
    // To 40: the older goes. Then to 4096 in the same block: it stays gone.
    assert_eq!(lines(&mut decoder, &hex("3f 09  3f e11f be")), ["c: d"]);
    assert_eq!(decoder.table.held(), (1, 34));
    assert_eq!(fields(&mut decoder, &hex("bf"), LIMIT), Err(Error::Index));
    assert_eq!(lines(&mut decoder, &hex("20")), [""; 0]);
    assert_eq!(decoder.table.held(), (0, 0));
    assert_eq!(lines(&mut decoder, &custom), ["a: b", "c: d"]);
    assert_eq!(decoder.table.held(), (0, 0));
}

#[test]
fn entries_that_evict() {
    let mut decoder = Decoder::new(70);
    // The second takes its name from the first, which it evicts; the third is larger than the table.
    assert_eq!(lines(&mut decoder, &hex("40 02 6161 01 62  7e 04 63636363 be")), ["aa: b", "aa: cccc", "aa: cccc"]);
    assert_eq!(decoder.table.held(), (1, 38));
    let mut large = hex("7e 7f 01");
    large.extend([b'x'; 128]);
    assert_eq!(lines(&mut decoder, &large).len(), 1);
    assert_eq!(decoder.table.held(), (0, 0));
}

#[test]
fn limit_keeps_the_table_in_step() {
    let mut decoder = Decoder::new(4096);
    // `0` a thousand times over: more than the limit, less than the table.
    let long = [hex("40 01 6f ff f203"), huffman(&[b'0'; 1000])].concat();
    let block = [hex("40 01 61 01 62"), long, hex("40 01 63 01 64 be")].concat();
    let (kept, seen) = fields(&mut decoder, &block, 102).unwrap();
    assert_eq!((kept, seen), (false, vec![(b"a".to_vec(), b"b".to_vec())]));
    assert_eq!(decoder.table.held(), (3, 34 + 1033 + 34));
    assert_eq!(lines(&mut decoder, &hex("be bf c0")), ["c: d", &format!("o: {}", "0".repeat(1000)), "a: b"]);
    for (limit, kept) in [(102, true), (101, false), (0, false)] {
        let (result, seen) = fields(&mut decoder, &hex("be c0 be"), limit).unwrap();
        assert_eq!((result, seen.len()), (kept, limit / 34));
    }
    assert_eq!(fields(&mut decoder, &[], 0), Ok((true, Vec::new())));
}

#[test]
fn strings_over_every_bound_are_not_kept() {
    let mut decoder = Decoder::new(0);
    let block = [hex("40 01 61 ff f203"), huffman(&[b'0'; 1000])].concat();
    assert_eq!(fields(&mut decoder, &block, 50), Ok((false, Vec::new())));
    assert!(decoder.value.capacity() < 128);
    let block = [hex("40 01 61 ff e17f"), vec![0; 127 + 0x61 + (0x7f << 7)], hex("82")].concat();
    assert!(fields(&mut decoder, &block, usize::MAX).unwrap().0);
    assert!(decoder.value.capacity() <= KEEP_SCRATCH);
}

#[test]
fn encoded_fields_come_back() {
    let mut list: Fields = STATIC.iter().map(|&(name, value)| (name.to_vec(), value.to_vec())).collect();
    for byte in 0..=255 {
        list.extend([(vec![byte], vec![byte; usize::from(byte) * 3]), (b":status".to_vec(), vec![byte])]);
        list.extend(STATIC.iter().map(|&(name, _)| (name.to_vec(), vec![byte])));
    }
    list.push((vec![b'n'; 300], vec![b'v'; 70_000]));
    let mut block = Vec::new();
    for (name, value) in &list {
        let before = block.len();
        encode(&mut block, name, value);
        assert!(block.len() - before <= name.len() + value.len() + 21);
    }
    let mut decoder = Decoder::new(4096);
    assert_eq!(fields(&mut decoder, &block, usize::MAX), Ok((true, list)));
    assert_eq!(decoder.table.held(), (0, 0));
}

#[test]
fn encoded_bytes() {
    for (name, value, block) in [
        (":status", "200", "88"),
        (":status", "500", "8e"),
        (":status", "415", "08 03 343135"),
        ("content-type", "a", "0f10 01 61"),
        ("grpc-status", "0", "00 0b 677270632d737461747573 01 30"),
    ] {
        let mut out = Vec::new();
        encode(&mut out, name.as_bytes(), value.as_bytes());
        assert_eq!(out, hex(block));
    }
    for (at, &(name, value)) in STATIC.iter().enumerate() {
        assert_eq!(find(name, value), Some((at + 1, true)));
        assert_eq!(STATIC.iter().position(|entry| entry.0 == name), find(name, b"?").map(|(index, _)| index - 1));
    }
    assert_eq!(find(b"grpc-status", b""), None);
}

#[test]
fn random_bytes_do_not_panic() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 16) % below
    };
    let mut decoder = Decoder::new(256);
    let (mut good, mut longest) = (0, 0);
    for _ in 0..if cfg!(debug_assertions) { 50_000 } else { 1_000_000 } {
        let mut block: Vec<u8> = (0..random(40)).map(|_| u8::try_from(random(256)).unwrap()).collect();
        if let Some(first) = block.first_mut() {
            // Half of them start a literal, so that more than the first byte is read.
            *first = if random(2) == 0 { *first & 0x4f } else { *first };
        }
        let limit = usize::try_from(random(300)).unwrap();
        let mut size = 0;
        let result = decoder.decode(&block, limit, |name, value| size += table::size(name, value));
        assert!(size <= limit && decoder.table.held().1 <= 256);
        longest = longest.max(size);
        good += u32::from(result.is_ok());
        if random(100) == 0 {
            decoder = Decoder::new(256);
        }
    }
    assert!(good > 1000 && longest > 32);
}
