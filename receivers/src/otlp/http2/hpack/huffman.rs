//! The Huffman code of RFC 7541 (Appendix B), decoding only: nothing that we send is worth its bits.
//!
//! The code is canonical, that is, it follows from the lengths of its 257 codes: shorter ones first, those of one
//! length in the order of their symbols. So the lengths are all that is written down; the tables to decode with are
//! made of them by the compiler, which also proves that the lengths are a complete code.

use super::Error;

/// Bits of each byte's code, and of EOS.
#[rustfmt::skip]
pub(super) const LENGTHS: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
    28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
    5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7,
    7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21,
    23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24,
    21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
/// Bits of the longest code.
const LONGEST: usize = 30;
/// Codes of so many bits are looked up at once; all of letters, digits and what else is usual in headers are.
const SHORT: usize = 8;

static CODE: Code = Code::new();

/// The tables to decode with. `first` has a code's bits at the high end of the word, as they come from the input.
struct Code {
    /// Symbol and length of the short code that these 8 bits begin with; length 0 when they begin a longer one.
    short: [(u8, u8); 1 << SHORT],
    /// The first code of each length, which is also one past the last of the length before.
    first: [u64; LONGEST + 1],
    /// How many symbols have codes shorter than each length.
    before: [usize; LONGEST + 1],
    /// All symbols in the order of their codes.
    symbols: [u16; LENGTHS.len()],
}

impl Code {
    const fn new() -> Self {
        let mut made = Self {
            short: [(0, 0); 1 << SHORT],
            first: [0; LONGEST + 1],
            before: [0; LONGEST + 1],
            symbols: [0; LENGTHS.len()],
        };
        let (mut code, mut count) = (0, 0);
        let mut len = 1_u8;
        while len as usize <= LONGEST {
            code <<= 1;
            made.first[len as usize] = (code as u64) << (u64::BITS - len as u32);
            made.before[len as usize] = count;
            let mut symbol = 0_u16;
            while (symbol as usize) < LENGTHS.len() {
                if LENGTHS[symbol as usize] == len {
                    made.symbols[count] = symbol;
                    made.add_short(code, len, symbol);
                    code += 1;
                    count += 1;
                }
                symbol += 1;
            }
            len += 1;
        }
        assert!(count == LENGTHS.len() && code == 1 << LONGEST, "the lengths must be those of a complete code");
        made
    }

    /// Fills in what a code of up to 8 bits may be followed by in its byte.
    const fn add_short(&mut self, code: usize, len: u8, symbol: u16) {
        if len as usize > SHORT {
            return;
        }
        let spare = SHORT - len as usize;
        let mut at = code << spare;
        while at < (code + 1) << spare {
            // The low byte is all of it: EOS, the one symbol over 255, has the longest code.
            self.short[at] = (symbol.to_le_bytes()[0], len);
            at += 1;
        }
    }

    /// Symbol and length of the code that `word` begins with, when it is not a short one.
    fn long(&self, word: u64) -> Option<(u16, u8)> {
        let mut len = LONGEST;
        // At most 21 steps, and only for what is rare in headers.
        while word < *self.first.get(len)? {
            len -= 1;
        }
        let rank = usize::try_from((word - self.first.get(len)?) >> (64 - len)).ok()?;
        let symbol = *self.symbols.get(self.before.get(len)? + rank)?;
        Some((symbol, u8::try_from(len).ok()?))
    }
}

/// Appends to `out` what `input` stands for, at most `most` bytes; what is over is only checked.
///
/// Reserves the smaller of `most` and 8/5 of the input's length, the shortest codes having 5 bits: that is enough.
///
/// # Errors
/// [`Error::Huffman`] for EOS, padding over 7 bits or other than ones (RFC 7541 5.2).
pub(super) fn decode(mut input: &[u8], most: usize, out: &mut Vec<u8>) -> Result<(), Error> {
    out.reserve(most.min(input.len() / 5 * 8 + 8));
    let most = out.len().saturating_add(most);
    // `bits` of the input are at the high end of `word`, zeros after them.
    let (mut word, mut bits) = (0_u64, 0_u32);
    loop {
        if bits < u32::BITS {
            if let Some((&four, rest)) = input.split_first_chunk::<4>() {
                word |= u64::from(u32::from_be_bytes(four)) << (u32::BITS - bits);
                (bits, input) = (bits + u32::BITS, rest);
            } else if let Some((&byte, rest)) = input.split_first() {
                word |= u64::from(byte) << (56 - bits);
                (bits, input) = (bits + 8, rest);
                continue;
            } else if bits == 0 {
                return Ok(());
            }
        }
        // The usual way: 8 bits are there, and a short code in them is whole.
        while bits >= 8
            && out.len() < most
            && let (symbol, len @ 1..) = CODE.short[usize::from(word.to_be_bytes()[0])]
        {
            out.push(symbol);
            (word, bits) = (word << len, bits - u32::from(len));
        }
        if bits < u32::BITS && !input.is_empty() {
            continue;
        }
        // Past the end come ones, as of EOS: so padding looks like a code that is longer than what is left.
        let ahead = word | (u64::MAX >> bits);
        let (symbol, len) = match CODE.short[usize::from(ahead.to_be_bytes()[0])] {
            (_, 0) => CODE.long(ahead).ok_or(Error::Huffman)?,
            (symbol, len) => (u16::from(symbol), len),
        };
        let len = u32::from(len);
        if len > bits {
            // The rest of an incomplete code has a zero, unless it is all ones and therefore padding.
            return if bits < 8 && ahead == u64::MAX { Ok(()) } else { Err(Error::Huffman) };
        }
        let symbol = u8::try_from(symbol).map_err(|_| Error::Huffman)?;
        if out.len() < most {
            out.push(symbol);
        }
        (word, bits) = (word << len, bits - len);
    }
}
