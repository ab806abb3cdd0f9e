//! The numbers that sampling by probability compares: the Collector's hash, bit for bit, so that the same settings keep
//! the same traces, and OpenTelemetry's consistent probability, by which samplers that never met agree.
//!
//! Two scales. A hash has 64 bits and is kept where `hash <= most(percentage)`. A randomness has 56 bits and is kept
//! where `randomness >= rejection(percentage)`; what arrives with one, or with a threshold, is decided on this scale.

mod ot;
mod trace_state;

pub(super) use ot::{Ot, rewrite};
pub(super) use trace_state::member;

use pipeline::sampling::TraceId;

/// A rejection threshold above every randomness: nothing is kept, and no `th` can say so.
pub(super) const NEVER: u64 = 1 << 56;

/// What the Collector hashes first where no `hash_salt` is configured.
const DEFAULT_SALT: &str = "default-hash-seed";

/// The Collector's hash of a trace id: FNV-1a, 64 bits, of the salt's bytes and then the id's.
pub(super) fn hash(salt: &str, id: &TraceId) -> u64 {
    let salt = if salt.is_empty() { DEFAULT_SALT } else { salt };
    let bytes = salt.as_bytes().iter().chain(&id.0);
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// The greatest hash that is kept at `percentage`: at 0, as in the Collector, that of 0 still is.
///
/// The Collector multiplies 2^64-1 by the ratio in a float of 64 bits of mantissa, to the nearest, ties to even, and
/// cuts off the fraction. Here the same in integers.
pub(super) fn most(percentage: f64) -> u64 {
    let ratio = percentage / 100.0;
    if ratio.is_nan() || ratio <= 0.0 {
        return 0;
    }
    if ratio >= 1.0 {
        return u64::MAX;
    }
    // ratio = mantissa * 2^-scale; ratios too small to have the implicit bit end as 0 anyway.
    let bits = ratio.to_bits();
    let mantissa = u128::from(bits & ((1 << 52) - 1) | 1 << 52);
    let scale = 1075 - (bits >> 52) as u32;
    let product = mantissa * u128::from(u64::MAX);
    // The product has 116 or 117 bits: 52 or 53 are rounded off, which is never more than the scale, at least 53.
    let spare = 64 - product.leading_zeros();
    let (kept, rest, half) = (product >> spare, product & ((1 << spare) - 1), 1 << (spare - 1));
    let up = rest > half || (rest == half && kept & 1 == 1);
    let rounded = kept + u128::from(up);
    u64::try_from(rounded.checked_shr(scale - spare).unwrap_or(0)).unwrap_or(u64::MAX)
}

/// The least randomness that is kept at `percentage`: 0 at 100 and above, [`NEVER`] at 0 and below.
pub(super) fn rejection(percentage: f64) -> u64 {
    let kept = (percentage / 100.0 * NEVER as f64).round();
    // A cast saturates, and makes 0 of what is not a number.
    NEVER - (kept as u64).min(NEVER)
}

/// The randomness of a trace that brought none of its own: the last 7 bytes of its id.
pub(super) fn randomness(id: &TraceId) -> u64 {
    u128::from_be_bytes(id.0) as u64 % NEVER
}

/// The randomness by which a decision by hash holds: the smaller the hash, the larger.
pub(super) fn randomness_of_hash(hash: u64) -> u64 {
    NEVER - 1 - (hash >> 8)
}

#[cfg(test)]
mod tests;
