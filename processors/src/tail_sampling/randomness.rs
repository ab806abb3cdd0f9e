//! What chance means: the Collector's hash, and the randomness and thresholds of the W3C trace state.

use pipeline::sampling::TraceId;

/// The Collector's salt where none is configured.
const DEFAULT_SALT: &str = "default-hash-seed";

/// 2^56: one more than the largest randomness.
pub(super) const SPACE: u64 = 1 << 56;

/// FNV-1a, 64 bits, over the salt and the id.
pub(super) fn hash(salt: &str, id: &TraceId) -> u64 {
    let salt = if salt.is_empty() { DEFAULT_SALT } else { salt };
    let bytes = salt.as_bytes().iter().chain(&id.0);
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The largest hash that is kept at this percentage, as the Collector rounds it.
pub(super) fn threshold_of(percentage: f64) -> u64 {
    let share = percentage / 100.0;
    if share >= 1.0 {
        return u64::MAX;
    }
    if share <= 0.0 || share.is_nan() {
        return 0;
    }
    let bits = share.to_bits();
    let (mantissa, exponent) = (bits & ((1 << 52) - 1) | 1 << 52, (bits >> 52) as i32 - 1075);
    let product = u128::from(mantissa) * u128::from(u64::MAX);
    let excess = (128 - product.leading_zeros()).saturating_sub(64);
    let mut kept = product >> excess;
    let (rest, half) = (product & ((1_u128 << excess) - 1), (1_u128 << excess) >> 1);
    kept += u128::from(rest > half || rest == half && excess > 0 && kept & 1 == 1);
    let shift = -(exponent + excess as i32);
    u32::try_from(shift).ok().and_then(|shift| kept.checked_shr(shift)).unwrap_or(0) as u64
}

/// The randomness from which on a trace is kept at this percentage, 56 bits.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
pub(super) fn reject_threshold(percentage: f64) -> u64 {
    let share = (percentage / 100.0).clamp(0.0, 1.0);
    SPACE - (share * SPACE as f64).round() as u64
}

/// The randomness of a trace id: its last 56 bits.
pub(super) fn randomness_of(id: &TraceId) -> u64 {
    u64::from_be_bytes(*id.0.last_chunk::<8>().unwrap_or(&[0; 8])) & (SPACE - 1)
}

/// The `ot` entry of a trace state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TraceStateOt {
    /// The rejection threshold.
    pub(super) th: Option<u64>,
    /// The randomness.
    pub(super) rv: Option<u64>,
}

impl TraceStateOt {
    /// Reads the `ot` entry of a trace state.
    pub(super) fn parse(state: &str) -> Self {
        let ot = state.split(',').find_map(|member| member.trim().strip_prefix("ot=")).unwrap_or_default();
        let mut found = Self::default();
        for (key, value) in ot.split(';').filter_map(|part| part.split_once(':')) {
            let number = (value.len() <= 14).then(|| u64::from_str_radix(&format!("{value:0<14}"), 16).ok()).flatten();
            match key {
                "th" => found.th = number,
                "rv" if value.len() == 14 => found.rv = number,
                _ => {}
            }
        }
        found
    }
}

/// The trace state with this threshold, where its own is not stricter, and this randomness, where it has none.
pub(super) fn rewritten(state: &str, threshold: u64, randomness: Option<u64>) -> String {
    let own = TraceStateOt::parse(state);
    let th = format!("{:014x}", own.th.unwrap_or(0).max(threshold).min(SPACE - 1));
    let th = if th.trim_end_matches('0').is_empty() { "0" } else { th.trim_end_matches('0') };
    let rv = own.rv.or(randomness).map(|rv| format!(";rv:{rv:014x}")).unwrap_or_default();
    let others = state.split(',').map(str::trim).filter(|member| !member.starts_with("ot=") && !member.is_empty());
    std::iter::once(format!("ot=th:{th}{rv}")).chain(others.map(str::to_owned)).collect::<Vec<_>>().join(",")
}
