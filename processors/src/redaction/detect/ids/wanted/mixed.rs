//! How what is looked for may begin with a group of letters and digits: most such groups begin nothing.

use super::{LONGEST, Positions, below};

/// Nothing follows.
const END: u16 = 1 << 8;

/// First groups, by their lengths.
#[derive(Clone, Debug)]
pub(super) struct Mixed([Vec<Head>; LONGEST + 1]);

/// A first group.
#[derive(Clone, Debug)]
struct Head {
    told: Positions,
    /// The kinds of separators behind it, and [`END`].
    kinds: u16,
}

impl Mixed {
    /// None.
    pub(super) const fn none() -> Self {
        Self([const { Vec::new() }; LONGEST + 1])
    }

    /// Any.
    #[cfg(test)]
    pub(super) fn any() -> Self {
        Self(std::array::from_fn(|_| vec![Head { told: (0, 0), kinds: !0 }]))
    }

    /// With one that ends before position `len` of something of which so much is told: behind it a separator of one of
    /// these kinds, or nothing.
    pub(super) fn add(&mut self, (told, digits): Positions, len: usize, kinds: Option<u8>) {
        let (told, kinds) = ((told & below(len), digits & below(len)), kinds.map_or(END, u16::from));
        // Of digits alone, or of letters alone, there are ways.
        if told.0 == below(len) && (told.1 == told.0 || told.1 == 0) {
            return;
        }
        match self.0[len].iter_mut().find(|head| head.told == told) {
            Some(head) => head.kinds |= kinds,
            None => self.0[len].push(Head { told, kinds }),
        }
    }

    /// Whether something may begin with so many letters and digits, these of them digits, and a separator of this kind.
    #[inline]
    pub(super) fn may_begin(&self, digits: u32, len: usize, kind: u8) -> bool {
        let kinds = END | u16::from(kind);
        self.0[len].iter().any(|head| digits & head.told.0 == head.told.1 && head.kinds & kinds != 0)
    }
}
