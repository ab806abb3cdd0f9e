//! What an attribute's key says about its value: that it is an id or a number of the infrastructure, a count or a
//! price that others calculate with, or whose data it is.

mod names;

use std::sync::LazyLock;

/// Whether detectors of classes B and C leave the value of `key` alone: ids of traces, sessions and calls, names of
/// models and providers, versions, and what describes the infrastructure.
pub fn untouched(key: &str) -> bool {
    let root = key.split_once('.').map_or(key, |(root, _)| root);
    ROOTS.has(root) && key.len() > root.len() || UNTOUCHED.has(key) || UNTOUCHED_ENDS.has(last(key)) || usage(key)
}

/// Whether every detector leaves the value of `key` alone: counts of tokens and costs, in every spelling, and the ids
/// by which spans hang together. Pricing reads them byte for byte.
pub fn usage(key: &str) -> bool {
    let end = last(key);
    USAGE_ENDS.has(end) || USAGE.has(key) || in_usage(key)
}

/// Whether the value of `key` says who it was: a user, tenant or customer.
pub fn identity(key: &str) -> bool {
    IDENTITY.has(key) || IDENTITY_ENDS.has(last(key))
}

/// Whether `key` says no more than that its value is one, so that what it is of stands further out or beside it:
/// `{"password": {"value": "..."}}`.
pub fn says_value(key: &str) -> bool {
    VALUE.has(key)
}

/// Whether the value of `key` names the value beside it: `{"name": "password", "value": "..."}`.
pub fn names_its_neighbour(key: &str) -> bool {
    NEIGHBOUR.has(key)
}

/// The part after the last dot.
fn last(key: &str) -> &str {
    key.rfind('.').map_or(key, |at| &key[at + 1..])
}

/// Whether `key` is in a namespace of counts and costs.
fn in_usage(key: &str) -> bool {
    let namespaces: &[&str] = match key.as_bytes().first() {
        Some(b'g') => &["gen_ai.usage.", "gen_ai.aggregated_usage.", "gen_ai.cost."],
        Some(b'l') => &["llm.token_count.", "llm.usage.", "llm.cost.", "litellm.cost."],
        Some(b'a') => &["ai.usage."],
        Some(b't') => &["tollgate.cost."],
        Some(b'_') => &["_signoz.gen_ai."],
        _ => &[],
    };
    namespaces.iter().any(|namespace| key.starts_with(namespace))
}

/// A set of names, by length: a look-up compares two or three.
struct Names([Vec<&'static str>; 64]);

impl Names {
    fn of(names: &[&'static str]) -> Self {
        let mut by_length: [Vec<&'static str>; 64] = std::array::from_fn(|_| Vec::new());
        for name in names {
            by_length[name.len() & 63].push(name);
        }
        Self(by_length)
    }

    fn has(&self, name: &str) -> bool {
        let end = name.as_bytes().last();
        self.0[name.len() & 63].iter().any(|known| known.as_bytes().last() == end && *known == name)
    }
}

static ROOTS: LazyLock<Names> = LazyLock::new(|| Names::of(names::ROOTS));
static UNTOUCHED: LazyLock<Names> = LazyLock::new(|| Names::of(names::UNTOUCHED));
static UNTOUCHED_ENDS: LazyLock<Names> = LazyLock::new(|| Names::of(names::UNTOUCHED_ENDS));
static USAGE: LazyLock<Names> = LazyLock::new(|| Names::of(names::USAGE));
static USAGE_ENDS: LazyLock<Names> = LazyLock::new(|| Names::of(names::USAGE_ENDS));
static IDENTITY: LazyLock<Names> = LazyLock::new(|| Names::of(names::IDENTITY));
static IDENTITY_ENDS: LazyLock<Names> = LazyLock::new(|| Names::of(names::IDENTITY_ENDS));
static VALUE: LazyLock<Names> = LazyLock::new(|| Names::of(names::VALUE));
static NEIGHBOUR: LazyLock<Names> = LazyLock::new(|| Names::of(names::NEIGHBOUR));

#[cfg(test)]
mod tests;
