//! OpenTelemetry's member of a tracestate, `ot=th:fd70a4;rv:0123456789abcd`: by `th` readers know how many traces one
//! that was kept stands for, and by `rv` samplers agree where the trace id is not random.

use std::fmt::Write;

use super::NEVER;
use super::trace_state::{MEMBERS, Unreadable, members};

/// OpenTelemetry's key in a tracestate.
const KEY: &str = "ot";

/// The longest tracestate that is read or written: what every system on the way has to pass on.
const LONGEST: usize = 512;

/// The longest value of the `ot` member.
const LONGEST_VALUE: usize = 256;

/// What the `ot` member says about sampling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::tail_sampling) struct Ot {
    /// The rejection threshold of the samplers so far, 56 bits; none: unknown.
    pub(in crate::tail_sampling) th: Option<u64>,
    /// The trace's randomness where it is not its id's, 56 bits.
    pub(in crate::tail_sampling) rv: Option<u64>,
}

impl Ot {
    /// Reads a tracestate; none where it has no `ot` member.
    ///
    /// # Errors
    /// Where the tracestate or its `ot` member does not follow its grammar, or is too long.
    pub(in crate::tail_sampling) fn parse(trace_state: &str) -> Result<Option<Self>, Unreadable> {
        Ok(Parts::of(trace_state)?.ot.map(|(ot, _)| ot))
    }
}

/// The tracestate after a sampler that kept the trace at rejection threshold `th`, and by randomness `rv` where it is
/// to be written. None where nothing changes, or where the old one cannot be read. Where the new one would be too long,
/// members go from its right end (W3C Trace Context, section 3.3.1.5): an old threshold that stayed would lie.
///
/// A stricter `th` stays: what was thinned out before stays so. At no `th`, a probability that is unknown, the old one
/// would lie, and goes. An `rv` that is there stays.
pub(in crate::tail_sampling) fn rewrite(trace_state: &str, th: Option<u64>, rv: Option<u64>) -> Option<String> {
    let Parts { ot, others } = Parts::of(trace_state).ok()?;
    let (old, rest) = ot.unwrap_or_default();
    let fits = |number: &u64| *number < NEVER;
    let new = Ot { th: th.filter(fits).map(|th| th.max(old.th.unwrap_or(0))), rv: old.rv.or(rv.filter(fits)) };
    if new == old {
        return None;
    }
    let mut kept = rest.len();
    let mut value = written(new, &rest);
    while value.len() > LONGEST_VALUE && kept > 0 {
        kept -= 1;
        value = written(new, &rest[..kept]);
    }
    let mut out = if value.is_empty() { String::new() } else { format!("{KEY}={value}") };
    for (key, value) in others.iter().take(MEMBERS - usize::from(!value.is_empty())) {
        let comma = if out.is_empty() { "" } else { "," };
        if out.len() + comma.len() + key.len() + 1 + value.len() > LONGEST {
            break;
        }
        write!(out, "{comma}{key}={value}").ok()?;
    }
    Some(out)
}

/// A tracestate: the `ot` member with what else is in it, and the members of others.
struct Parts<'t> {
    ot: Option<(Ot, Vec<&'t str>)>,
    others: Vec<(&'t str, &'t str)>,
}

impl<'t> Parts<'t> {
    fn of(trace_state: &'t str) -> Result<Self, Unreadable> {
        if trace_state.len() > LONGEST {
            return Err(Unreadable);
        }
        let (ours, others): (Vec<_>, Vec<_>) = members(trace_state)?.into_iter().partition(|(key, _)| *key == KEY);
        let ot = ours.first().map(|(_, value)| read(value)).transpose()?;
        Ok(Self { ot, others })
    }
}

// list = key ":" value *( ";" key ":" value )
// key = lcalpha *( lcalpha / DIGIT ); value = *( ALPHA / DIGIT / "." / "_" / "-" )
/// The value of an `ot` member; with it the pairs that are not about sampling.
fn read(value: &str) -> Result<(Ot, Vec<&str>), Unreadable> {
    if value.len() > LONGEST_VALUE {
        return Err(Unreadable);
    }
    let (mut ot, mut rest) = (Ot::default(), Vec::new());
    for pair in value.split(';') {
        let (key, value) = pair.split_once(':').ok_or(Unreadable)?;
        let number = |lengths: std::ops::RangeInclusive<usize>| {
            let hex = lengths.contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_hexdigit());
            let number = hex.then(|| u64::from_str_radix(value, 16).ok()).flatten().ok_or(Unreadable)?;
            // What is missing of 14 digits are zeros on the right.
            Ok(number << (4 * (14 - value.len())))
        };
        let twice = match key {
            "th" => ot.th.replace(number(1..=14)?).is_some(),
            "rv" => ot.rv.replace(number(14..=14)?).is_some(),
            _ => {
                rest.push(pair);
                !is_key(key) || !value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
            }
        };
        if twice {
            return Err(Unreadable);
        }
    }
    Ok((ot, rest))
}

fn is_key(key: &str) -> bool {
    key.starts_with(|letter: char| letter.is_ascii_lowercase())
        && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// The value of an `ot` member.
fn written(ot: Ot, rest: &[&str]) -> String {
    let th = ot.th.map(|th| {
        let digits = format!("{th:014x}");
        let digits = digits.trim_end_matches('0');
        format!("th:{}", if digits.is_empty() { "0" } else { digits })
    });
    let pairs = th.into_iter().chain(ot.rv.map(|rv| format!("rv:{rv:014x}")));
    pairs.chain(rest.iter().map(|pair| (*pair).to_owned())).collect::<Vec<_>>().join(";")
}
