//! The places of a text worth a look, found in one pass: a bit for each byte that is a digit, an `@`, a `:` or an
//! `=`. Clean text is mostly none of them, and is read at memory speed.

/// Bytes a word of bits stands for.
const BLOCK: usize = 64;

/// Where the marks of a text are. One is kept and filled again for each text, so that it allocates once.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    digits: Vec<u64>,
    ats: Vec<u64>,
    colons: Vec<u64>,
    equals: Vec<u64>,
}

/// What a byte can be marked as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `0` to `9`
    Digit,
    /// `@`
    At,
    /// `:`
    Colon,
    /// `=`
    Equals,
}

impl Marks {
    /// Finds the marks of `text`.
    pub fn fill(&mut self, text: &[u8]) {
        let all = [&mut self.digits, &mut self.ats, &mut self.colons, &mut self.equals];
        all.into_iter().for_each(Vec::clear);
        let (blocks, rest) = text.as_chunks::<BLOCK>();
        for block in blocks {
            self.push(block);
        }
        if !rest.is_empty() {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            self.push(&block);
        }
    }

    fn push(&mut self, block: &[u8; BLOCK]) {
        self.digits.push(bits(block, |byte| byte.wrapping_sub(b'0') < 10));
        self.ats.push(bits(block, |byte| byte == b'@'));
        self.colons.push(bits(block, |byte| byte == b':'));
        self.equals.push(bits(block, |byte| byte == b'='));
    }

    fn of(&self, mark: Mark) -> &[u64] {
        match mark {
            Mark::Digit => &self.digits,
            Mark::At => &self.ats,
            Mark::Colon => &self.colons,
            Mark::Equals => &self.equals,
        }
    }

    /// Whether there is any.
    pub fn any(&self, mark: Mark) -> bool {
        self.of(mark).iter().any(|word| *word != 0)
    }

    /// The places of a mark, in order.
    pub fn each(&self, mark: Mark) -> impl Iterator<Item = usize> + '_ {
        self.of(mark).iter().enumerate().flat_map(|(block, word)| {
            let mut word = *word;
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros() as usize;
                (word != 0).then(|| {
                    word &= word - 1;
                    block * BLOCK + bit
                })
            })
        })
    }

    /// The first places of each run of adjacent digits, in order.
    pub fn digit_runs(&self) -> impl Iterator<Item = usize> + '_ {
        let mut before = 0;
        self.digits.iter().enumerate().flat_map(move |(block, word)| {
            let mut starts = word & !(word << 1 | before);
            before = word >> (BLOCK - 1);
            std::iter::from_fn(move || {
                let bit = starts.trailing_zeros() as usize;
                (starts != 0).then(|| {
                    starts &= starts - 1;
                    block * BLOCK + bit
                })
            })
        })
    }
}

/// A bit for each byte for which `is` holds.
fn bits(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> u64 {
    block.iter().enumerate().fold(0, |bits, (at, byte)| bits | u64::from(is(*byte)) << at)
}

#[cfg(test)]
mod tests;
