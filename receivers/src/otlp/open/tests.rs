//! Decompression: the same bytes back, nothing uncharged, no more than asked for.

use std::io::Write;

use pipeline::memory::Memory;

use super::*;

fn packed(coding: Coding, plain: &[u8]) -> Bytes {
    let fast = flate2::Compression::fast();
    Bytes::from(match coding {
        Coding::Identity => plain.to_vec(),
        Coding::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), fast);
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
        Coding::Zlib => {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), fast);
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
        Coding::Zstd => zstd::encode_all(plain, 1).unwrap(),
    })
}

fn noise(length: usize) -> Vec<u8> {
    let next = |seed: u32| seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    std::iter::successors(Some(1), |seed| Some(next(*seed))).map(|seed| (seed >> 24) as u8).take(length).collect()
}

const PACKED: [Coding; 3] = [Coding::Gzip, Coding::Zlib, Coding::Zstd];

#[test]
fn what_was_packed_comes_back_and_every_byte_is_charged() {
    for coding in PACKED {
        for plain in [vec![], noise(1), noise(16 << 10), noise(300_001), vec![0; 300_000]] {
            let memory = Memory::new(8 << 20);
            let mut permit = memory.permit(0).unwrap();
            let back = decompress(coding, &packed(coding, &plain), 300_001, &mut permit).unwrap();
            assert!(back == plain, "{coding:?} {}", plain.len());
            assert!(permit.bytes() >= back.capacity(), "{coding:?}: {} < {}", permit.bytes(), back.capacity());
        }
    }
}

#[test]
fn one_byte_over_the_limit_is_too_large() {
    for coding in PACKED {
        let memory = Memory::new(64 << 20);
        let mut permit = memory.permit(0).unwrap();
        let wrong = decompress(coding, &packed(coding, &vec![0; 100_001]), 100_000, &mut permit).unwrap_err();
        assert!(matches!(wrong, Unopened::Rejected(Rejection::TooLarge(_))), "{coding:?}");
        assert!(decompress(coding, &packed(coding, &vec![0; 100_000]), 100_000, &mut permit).is_ok(), "{coding:?}");
    }
}

#[test]
fn a_short_budget_refuses_and_a_cut_stream_is_malformed() {
    for coding in PACKED {
        let memory = Memory::new(50_000);
        let mut permit = memory.permit(0).unwrap();
        let short = decompress(coding, &packed(coding, &vec![0; 100_000]), 1 << 20, &mut permit).unwrap_err();
        assert_eq!(short, Unopened::Refused(Refusal::Memory), "{coding:?}");
        let memory = Memory::new(8 << 20);
        let mut permit = memory.permit(0).unwrap();
        let whole = packed(coding, &noise(1000));
        for length in 1..whole.len() {
            permit.shrink_to(0);
            let cut = decompress(coding, &whole.slice(..length), 1 << 20, &mut permit).unwrap_err();
            assert!(matches!(cut, Unopened::Rejected(Rejection::Malformed(_))), "{coding:?} cut at {length}");
        }
    }
}

#[test]
fn a_size_that_lies_costs_no_more_than_its_step() {
    // A gzip trailer that claims 4 GiB for three bytes.
    let mut bytes = packed(Coding::Gzip, b"abc").to_vec();
    let end = bytes.len();
    bytes[end - 4..].fill(0xff);
    assert!(size_hint(Coding::Gzip, &bytes) <= bytes.len() * 16);
    assert_eq!(zstd_window(b"(\xb5/\xfd\x00\x58\x00"), 2 << 20);
    assert_eq!(zstd_window(b"short"), 0);
}

#[test]
fn json_is_read_into_the_room_it_was_given() {
    let json = Bytes::from(format!(r#"{{"resourceLogs":[{{"schemaUrl":"{}"}}]}}"#, "a".repeat(100_000)));
    let arrived = |json: Bytes| Arrived {
        signal: Signal::Logs,
        bytes: json,
        coding: Coding::Identity,
        form: Form::Json,
        max: 1 << 20,
        limits: Limits::default(),
    };
    let memory = Memory::new(3 * json.len());
    let mut permit = memory.permit(memory.limit()).unwrap();
    assert_eq!(
        arrived(json.clone()).open(&mut permit).map(|_| ()),
        Ok(()),
        "nothing is left beside the permit, and nothing needed"
    );
    assert!(memory.used() < 2 * json.len(), "what it needs no more is given back");
    drop(permit);
    let held = memory.permit(2 * json.len()).unwrap();
    let mut permit = memory.permit(json.len()).unwrap();
    let refused = arrived(json).open(&mut permit).unwrap_err();
    assert_eq!((refused, held.bytes()), (Unopened::Refused(Refusal::Memory), memory.limit() / 3 * 2));
}
