//! The words for votes: what of a policy's block an answer stands for, as `why` shows it. Never text of an attribute.

use pipeline::sampling::PolicyLegend;

use super::compile::{counted, entries};
use super::config::Severity;
use super::policies::{Policy, Quantifier};

/// Names for the votes of a policy.
pub(super) fn of(policy: &Policy) -> PolicyLegend {
    let (name, kind) = (policy.name.clone(), policy.kind.clone());
    let listed = entries(policy);
    let mut entries = if listed.is_empty() { told(policy).into_iter().collect() } else { listed };
    let all = entries.join(", ");
    match (policy.quantifier() == Quantifier::All, policy.inverts()) {
        (false, false) => {}
        // Behind those of which one says no.
        (false, true) => entries.push(format!("none of {all}")),
        (true, false) => entries = vec![format!("every span: {all}")],
        (true, true) => entries = vec![format!("not every span: {all}")],
    }
    PolicyLegend { name, kind, entries, unit: unit(policy) }
}

/// Of what the number of a vote is so many.
fn unit(policy: &Policy) -> Option<String> {
    match policy.kind.as_str() {
        "latency" => Some("ms".to_owned()),
        "span_count" | "rate_limiting" => Some("spans".to_owned()),
        "bytes_limiting" => Some("bytes".to_owned()),
        "budget" => {
            let by_bytes = policy.budget.as_ref().map(|budget| budget.bytes_per_second > 0);
            by_bytes.map(|bytes| if bytes { "bytes".to_owned() } else { "spans".to_owned() })
        }
        "sum" => policy.sum.as_ref().map(|sum| sum.key.clone().unwrap_or_else(|| counted(sum).to_owned())),
        _ => None,
    }
}

/// What is configured in a policy that lists nothing, in words: what its one answer stands for.
fn told(policy: &Policy) -> Option<String> {
    match policy.kind.as_str() {
        "numeric_attribute" => policy.numeric_attribute.as_ref().map(|config| {
            let bound =
                |word: &str, bound: Option<f64>| bound.map(|bound| format!(" {word} {bound}")).unwrap_or_default();
            format!("{}{}{}", config.key, bound("from", config.min_value), bound("to", config.max_value))
        }),
        "boolean_attribute" => {
            policy.boolean_attribute.as_ref().map(|config| format!("{} is {}", config.key, config.value))
        }
        "log_severity" => {
            let least = policy.log_severity.as_ref().and_then(|config| config.at_least).unwrap_or(Severity::Error);
            Some(format!("{} or above", least.name()))
        }
        "and" => policy
            .and
            .as_ref()
            .map(|config| config.and_sub_policy.iter().map(|sub| sub.called()).collect::<Vec<_>>().join(" and ")),
        "drop" => policy
            .drop
            .as_ref()
            .map(|config| config.drop_sub_policy.iter().map(|sub| sub.called()).collect::<Vec<_>>().join(" and ")),
        "not" => {
            let sub = policy.not.as_ref().and_then(|config| config.not_sub_policy.as_ref());
            sub.map(|sub| format!("not {}", sub.called()))
        }
        _ => None,
    }
}
