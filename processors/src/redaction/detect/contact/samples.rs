//! Made-up addresses and numbers that the detectors of this family find.

use super::phone::plans;

/// A value of the entity, the same for the same seed.
pub fn sample(entity: &str, seed: u64) -> Option<String> {
    let mut draw = Draw::new(seed);
    match entity {
        "EMAIL_ADDRESS" => Some(email(&mut draw)),
        "PHONE_NUMBER" => Some(phone(&mut draw)),
        "PH_MOBILE_NUMBER" => Some(format!("+639{}", draw.digits(9))),
        "TR_PHONE_NUMBER" => Some(format!("+905{}", draw.digits(9))),
        _ => None,
    }
}

fn email(draw: &mut Draw) -> String {
    let (name, host) = (draw.string(b"abcdefghijkmnopqrstuvwxyz", 7), draw.string(b"abcdefghijkmnopqrstuvwxyz", 6));
    let join = ["", ".", "_", "+"][draw.below(4)];
    let top = ["com", "org", "net", "co.uk", "de", "io", "example"][draw.below(7)];
    format!("{name}{join}{}@{host}.{top}", draw.digits(2))
}

fn phone(draw: &mut Draw) -> String {
    let plans: Vec<_> = plans::samples().collect();
    let (code, length) = plans[draw.below(plans.len())];
    match code {
        1 => format!("+1 {}{}-{}-{}", 2 + draw.below(8), draw.digits(2), 200 + draw.below(800), draw.digits(4)),
        _ => format!("+{code} {}{}", 2 + draw.below(8), draw.digits(length - 1)),
    }
}

/// A small generator (splitmix64): samples need variety, not quality.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed ^ 0x5851_f42d_4c95_7f2d)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// So many characters of an alphabet.
    pub(crate) fn string(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(alphabet[self.below(alphabet.len())])).collect()
    }

    /// So many digits.
    pub(crate) fn digits(&mut self, length: usize) -> String {
        self.string(b"0123456789", length)
    }

    /// So many bytes.
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.next() as u8)
    }
}
