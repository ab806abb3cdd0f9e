//! Sixty-four bytes of a text, compared sixteen at once: what is asked of each is a bit in a word.

use wide::u8x16;

/// Bytes of a block: a bit each in a word.
pub(super) const BLOCK: usize = 64;
/// Bytes compared at once.
const LANE: usize = 16;

/// Calls `each` with the blocks of a text, in order, the last with zeros behind it.
#[inline(always)]
pub(super) fn each_block(text: &[u8], mut each: impl FnMut(&[u8; BLOCK])) {
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    blocks.iter().for_each(&mut each);
    if !rest.is_empty() {
        each(&padded(rest));
    }
}

/// Less than a block, with zeros behind it.
#[inline(always)]
pub(super) fn padded(rest: &[u8]) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    block
}

/// The bytes of a block.
pub(super) struct Lanes([u8x16; BLOCK / LANE]);

impl Lanes {
    #[inline(always)]
    pub(super) fn of(block: &[u8; BLOCK]) -> Self {
        let (lanes, _) = block.as_chunks::<LANE>();
        Self(std::array::from_fn(|at| u8x16::new(lanes[at])))
    }

    /// A bit for each byte that `is` leaves set.
    #[inline(always)]
    pub(super) fn bits(&self, is: impl Fn(u8x16) -> u8x16) -> u64 {
        let lanes = self.0.iter().enumerate();
        lanes.fold(0, |bits, (at, lane)| bits | u64::from(is(*lane).to_bitmask()) << (LANE * at))
    }

    /// The bytes that are `byte`.
    #[inline(always)]
    pub(super) fn equal(&self, byte: u8) -> u64 {
        self.bits(|lane| lane.simd_eq(u8x16::splat(byte)))
    }

    /// The bytes from `least` to `most`.
    #[inline(always)]
    pub(super) fn between(&self, least: u8, most: u8) -> u64 {
        self.bits(|lane| within(lane, least, most))
    }

    /// The letters of ASCII.
    #[inline(always)]
    pub(super) fn letters(&self) -> u64 {
        self.bits(|lane| within(lane | u8x16::splat(0x20), b'a', b'z'))
    }

    /// A bit for each byte of a lane that is of `span` in any of them.
    #[inline(always)]
    pub(super) fn any(&self, span: &Span) -> u32 {
        let nearest = self.0.iter().map(|lane| *lane - span.least).reduce(u8x16::min);
        nearest.map_or(0, |nearest| nearest.simd_le(span.width).to_bitmask())
    }

    /// Whether any byte is not ASCII.
    #[inline(always)]
    pub(super) fn wide(&self) -> bool {
        self.0.iter().fold(u8x16::splat(0), |all, lane| all | *lane).to_bitmask() != 0
    }
}

/// The places of the bits that are set, in order.
#[inline(always)]
pub(super) fn places(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = (bits != 0).then(|| bits.trailing_zeros() as usize);
        bits &= bits.wrapping_sub(1);
        at
    })
}

/// A range of bytes, ready to be compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    least: u8x16,
    width: u8x16,
}

impl Span {
    /// From `least` to `most`.
    #[inline(always)]
    pub(super) fn of(least: u8, most: u8) -> Self {
        Self { least: u8x16::splat(least), width: u8x16::splat(most - least) }
    }

    /// Whether a byte of it is in a text of a block and more.
    #[inline]
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        let blocks = text.as_chunks().0.iter();
        // The last bytes may be looked at twice.
        blocks.chain(text.last_chunk()).any(|block| Lanes::of(block).any(self) != 0)
    }
}

/// Every bit of the bytes from `least` to `most`.
#[inline(always)]
fn within(lane: u8x16, least: u8, most: u8) -> u8x16 {
    (lane - u8x16::splat(least)).simd_le(u8x16::splat(most - least))
}
