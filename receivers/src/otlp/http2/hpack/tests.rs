//! The RFC's examples (Appendix C), all of its Huffman code, and each error.

use super::huffman::LENGTHS;
use super::*;

mod bounds;

const LIMIT: usize = 16 << 10;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap()).collect()
}

type Fields = Vec<(Vec<u8>, Vec<u8>)>;

fn fields(decoder: &mut Decoder, block: &[u8], limit: usize) -> Result<(bool, Fields), Error> {
    let mut out = Vec::new();
    let kept = decoder.decode(block, limit, |name, value| out.push((name.to_vec(), value.to_vec())))?;
    Ok((kept, out))
}

/// Decodes a block that is valid, to lines of `name: value`.
fn lines(decoder: &mut Decoder, block: &[u8]) -> Vec<String> {
    let (kept, out) = fields(decoder, block, LIMIT).unwrap();
    assert!(kept);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    out.into_iter().map(|(name, value)| format!("{}: {}", text(name), text(value))).collect()
}

fn error(table: usize, block: &str) -> Error {
    fields(&mut Decoder::new(table), &hex(block), LIMIT).unwrap_err()
}

#[test]
fn c1_integers() {
    for (bytes, bits, value) in [("0a", 5, 10), ("1f9a0a", 5, 1337), ("2a", 8, 42), ("ff 81ffffff 07", 7, 1 << 31)] {
        let bytes = hex(bytes);
        let mut input = &bytes[..];
        assert_eq!(integer(&mut input, bits), Ok(value));
        assert!(input.is_empty());
        let mut out = Vec::new();
        put_integer(&mut out, bytes[0] & !(u8::MAX >> (8 - bits)), bits, value);
        assert_eq!(out, bytes);
    }
    for value in (0..1000).chain([16_383, 16_384, (1 << 31) - 1]) {
        for bits in 1..=8 {
            let mut out = Vec::new();
            put_integer(&mut out, 0, bits, value);
            assert_eq!(integer(&mut &out[..], bits), Ok(value));
        }
    }
}

#[test]
fn c2_fields() {
    let mut decoder = Decoder::new(4096);
    let block = hex("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572");
    assert_eq!(lines(&mut decoder, &block), ["custom-key: custom-header"]);
    assert_eq!(decoder.table.held(), (1, 55));
    for (block, line) in [
        ("040c 2f73 616d 706c 652f 7061 7468", ":path: /sample/path"),
        ("1008 7061 7373 776f 7264 0673 6563 7265 74", "password: secret"),
        ("82", ":method: GET"),
    ] {
        let mut decoder = Decoder::new(4096);
        assert_eq!(lines(&mut decoder, &hex(block)), [line]);
        assert_eq!(decoder.table.held(), (0, 0));
    }
}

#[test]
fn c3_c4_requests() {
    let plain = [
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
    ];
    let huffman = [
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
    ];
    let authority = ":authority: www.example.com";
    for blocks in [plain, huffman] {
        let mut decoder = Decoder::new(4096);
        let first = lines(&mut decoder, &hex(blocks[0]));
        assert_eq!(first, [":method: GET", ":scheme: http", ":path: /", authority]);
        assert_eq!(decoder.table.held(), (1, 57));
        let second = lines(&mut decoder, &hex(blocks[1]));
        assert_eq!(second, [":method: GET", ":scheme: http", ":path: /", authority, "cache-control: no-cache"]);
        assert_eq!(decoder.table.held(), (2, 110));
        let third = lines(&mut decoder, &hex(blocks[2]));
        let custom = "custom-key: custom-value";
        assert_eq!(third, [":method: GET", ":scheme: https", ":path: /index.html", authority, custom]);
        assert_eq!(decoder.table.held(), (3, 164));
    }
}

#[test]
fn c5_c6_responses_with_eviction() {
    let plain = [
        "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d \
         546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "4803 3330 37c1 c0bf",
        "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f \
         6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b \
         2076 6572 7369 6f6e 3d31",
    ];
    let huffman = [
        "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 \
         8f0b 97c8 e9ae 82ae 43d3",
        "4883 640e ffc1 c0bf",
        "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 \
         dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
    ];
    let (private, location) = ("cache-control: private", "location: https://www.example.com");
    let date = "date: Mon, 21 Oct 2013 20:13:21 GMT";
    for blocks in [plain, huffman] {
        let mut decoder = Decoder::new(256);
        assert_eq!(lines(&mut decoder, &hex(blocks[0])), [":status: 302", private, date, location]);
        assert_eq!(decoder.table.held(), (4, 222));
        assert_eq!(lines(&mut decoder, &hex(blocks[1])), [":status: 307", private, date, location]);
        assert_eq!(decoder.table.held(), (4, 222));
        let third = lines(&mut decoder, &hex(blocks[2]));
        let cookie = "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";
        let date = "date: Mon, 21 Oct 2013 20:13:22 GMT";
        assert_eq!(third, [":status: 200", private, date, location, "content-encoding: gzip", cookie]);
        assert_eq!(decoder.table.held(), (3, 215));
    }
}

/// The codes of Appendix B as they follow from the lengths, written by other means than the decoder's.
fn huffman(text: &[u8]) -> Vec<u8> {
    let mut order: Vec<usize> = (0..LENGTHS.len()).collect();
    order.sort_by_key(|&symbol| LENGTHS[symbol]);
    let (mut codes, mut next, mut len) = (vec![0_u32; LENGTHS.len()], 0, 5);
    for symbol in order {
        next <<= LENGTHS[symbol] - len;
        (codes[symbol], len) = (next, LENGTHS[symbol]);
        next += 1;
    }
    let from_rfc = [(0, 0x1ff8), (10, 0x3fff_fffc), (48, 0), (97, 3), (128, 0xf_ffe6), (255, 0x3ff_ffee)];
    assert!(from_rfc.iter().chain(&[(256, 0x3fff_ffff)]).all(|&(symbol, code)| codes[symbol] == code));
    let bit = |symbol: usize, at: u8| char::from(b'0' + u8::from(codes[symbol] >> at & 1 == 1));
    let mut bits = String::new();
    for &byte in text {
        bits.extend((0..LENGTHS[usize::from(byte)]).rev().map(|at| bit(usize::from(byte), at)));
    }
    while !bits.len().is_multiple_of(8) {
        bits.push('1');
    }
    (0..bits.len()).step_by(8).map(|at| u8::from_str_radix(&bits[at..at + 8], 2).unwrap()).collect()
}

#[test]
fn every_huffman_code() {
    let all: Vec<u8> = (0..=255).collect();
    for len in [1, 2, 3, 5, 256] {
        for text in all.windows(len) {
            let mut out = Vec::new();
            assert_eq!(huffman::decode(&huffman(text), LIMIT, &mut out), Ok(()));
            assert_eq!(out, text);
        }
    }
    let mut out = Vec::new();
    assert_eq!(huffman::decode(&huffman(&[b'0'; 8000]), 10, &mut out), Ok(()));
    assert_eq!(out, [b'0'; 10]);
    assert!(out.capacity() < 32);
}

#[test]
fn bad_huffman() {
    // EOS alone, EOS after a letter, 8 and 7 bits of padding, padding with a zero, a code cut off.
    for (code, result) in [
        ("ffffffff", Err(Error::Huffman)),
        ("1ffffffff f", Err(Error::Huffman)),
        ("f8ff", Err(Error::Huffman)),
        ("ff", Err(Error::Huffman)),
        ("00 3f", Ok(())),
        ("0000007f", Ok(())),
        ("18", Err(Error::Huffman)),
        ("1e", Err(Error::Huffman)),
        ("1f", Ok(())),
        ("fffe", Err(Error::Huffman)),
        ("ffff", Err(Error::Huffman)),
        ("", Ok(())),
    ] {
        assert_eq!(huffman::decode(&hex(code), LIMIT, &mut Vec::new()), result, "{code}");
    }
    assert_eq!(error(4096, "0081 ff 00"), Error::Huffman);
}

#[test]
fn errors() {
    for (block, expected) in [
        ("80", Error::Index),
        ("be", Error::Index),
        ("7e 00", Error::Index),
        ("0f 2f 00", Error::Index),
        ("ff ffffffff7f", Error::Integer),
        ("ff 82ffffff07", Error::Integer),
        ("ff 808080808000", Error::Integer),
        ("00 7f ffffffffff", Error::Integer),
        ("ff", Error::Truncated),
        ("ff 80", Error::Truncated),
        ("40", Error::Truncated),
        ("00 03 6162", Error::Truncated),
        ("00 01 61", Error::Truncated),
        ("00 01 61 02 62", Error::Truncated),
        ("3f e21f", Error::TableSize),
        ("82 20", Error::TableSize),
    ] {
        assert_eq!(error(4096, block), expected, "{block}");
    }
    assert_eq!(Error::Index.to_string(), "HPACK index is in neither table");
}
