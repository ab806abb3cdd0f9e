//! What is wrong with a block, all at once, and what of it is a trap or means nothing here.

use std::collections::HashSet;

use pipeline::config::{Findings, nearest};

use super::compile::regex;
use super::config::{Stop, Strategy, TailSampling};
use super::ottl::{Condition, Context};
use super::policies::{BARE, OURS, Policy, Quantifier, TYPES};

/// How deep policies may stand in one another.
const MAX_DEPTH: usize = 8;

/// Where a policy stands.
#[derive(Clone, Copy)]
struct At<'a> {
    key: &'a str,
    /// The types around it, the outermost first.
    around: &'a [&'a str],
    contrib: bool,
}

impl At<'_> {
    fn key(&self, key: &str) -> String {
        format!("{}.{key}", self.key)
    }

    /// What the Collector starts with all the same: an error, but for those who ask for its traps.
    fn senseless(&self, key: &str, code: &'static str, message: &str, findings: &mut Findings) {
        if self.contrib {
            findings.warn(key, "W502", format!("{message}: the Collector does not mind"));
        } else {
            findings.error(key, code, message);
        }
    }
}

impl TailSampling {
    /// Everything there is to say of the block.
    pub(super) fn find(&self, findings: &mut Findings) {
        if self.policies.is_empty() {
            findings
                .error("policies", "E500", "without a policy nothing would be kept")
                .hint("such as `- {name: failures, type: failure}`");
        }
        names(&self.policies, "policies", findings);
        for (at, policy) in self.policies.iter().enumerate() {
            policy.find(At { key: &format!("policies.{at}"), around: &[], contrib: self.contrib() }, findings);
        }
        self.find_meaningless(findings);
        self.find_traps(findings);
    }

    fn find_meaningless(&self, findings: &mut Findings) {
        let mut nothing = |key: &str, set: bool, why: &str| {
            if set {
                findings.note(key, "N500", format!("`{key}` means nothing here: {why}"));
            }
        };
        nothing("num_shards", self.num_shards.is_some_and(|shards| shards > 1), "deciding touches no payload");
        nothing("expected_new_traces_per_sec", self.expected_new_traces_per_sec > 0, "tables grow as they must");
        nothing("tail_storage", self.tail_storage.is_some(), "what waits is in the journal");
        nothing("block_on_overflow", self.block_on_overflow, "senders are held back by bytes, not by traces");
        let ingest = self.sampling_strategy == Strategy::SpanIngest;
        nothing("sampling_strategy", ingest, "traces are decided whole, as with `trace-complete`");
        let caches = self.policies.iter().filter_map(|policy| policy.string_attribute.as_ref());
        let cached = caches.into_iter().any(|config| config.cache_max_size > 0);
        if cached {
            findings.note("policies", "N500", "`cache_max_size` means nothing here: regexes are fast enough without");
        }
    }

    fn find_traps(&self, findings: &mut Findings) {
        let drops = self.policies.iter().any(|policy| policy.kind == "drop");
        if drops && self.sampling_strategy == Strategy::SpanIngest {
            let message =
                "in the Collector, `span-ingest` keeps nothing that only waits for a `drop` policy; here it does";
            findings.warn("sampling_strategy", "W500", message);
        }
        if self.contrib() {
            self.find_contrib(findings);
        }
        if let Some(stop) = self.on_shutdown.filter(|_| self.drop_pending_traces_on_shutdown) {
            let stop = if stop == Stop::Keep { "keep" } else { "decide" };
            let message =
                format!("`drop_pending_traces_on_shutdown` and `on_shutdown: {stop}` ask for different things");
            findings.error("on_shutdown", "E507", message);
        }
        self.find_rootless(findings);
        if self.decision_wait.0.is_zero() && !self.contrib() {
            findings.warn("decision_wait", "W501", "traces are decided on what their first request brings");
        }
        let (after, idle, wait) = (self.decision_wait_after_root_received, self.decision_idle, self.decision_wait);
        for (key, value) in [("decision_wait_after_root_received", after), ("decision_idle", idle)] {
            if !value.0.is_zero() && value >= wait {
                findings.warn(key, "W501", format!("`{key}` never comes before `decision_wait` is over"));
            }
        }
    }

    /// A root that is waited for longer than its trace waits is never missing.
    fn find_rootless(&self, findings: &mut Findings) {
        let idle = Some(self.decision_idle).filter(|idle| !idle.0.is_zero() && *idle < self.decision_wait);
        for (at, policy) in self.policies.iter().enumerate() {
            let after = policy.failure.as_ref().and_then(|failure| failure.missing_root_after);
            let key = format!("policies.{at}.failure.missing_root_after");
            if after.is_some_and(|after| after > self.decision_wait) {
                findings.warn(&key, "W501", "is never over: traces are decided after `decision_wait` at the latest");
            } else if let (Some(after), Some(idle)) = (after, idle)
                && after > idle
            {
                findings.warn(&key, "W501", "is over only where a trace does not fall idle first (`decision_idle`)");
            }
        }
    }

    fn find_contrib(&self, findings: &mut Findings) {
        let mut fraction = |key: &str, wait: pipeline::config::Duration| {
            if wait.0.subsec_nanos() > 0 {
                findings.warn(key, "W502", format!("the Collector counts `{key}` in whole seconds"));
            }
        };
        fraction("decision_wait", self.decision_wait);
        fraction("decision_wait_after_root_received", self.decision_wait_after_root_received);
        if self.on_shutdown == Some(Stop::Keep) {
            findings.warn("on_shutdown", "W502", "the Collector keeps nothing beyond a stop; here it does");
        }
    }
}

/// Names that are missing, or stand twice. Parts of an `and`, `or` or `drop` need none.
fn names(policies: &[Policy], at: &str, findings: &mut Findings) {
    let mut known = HashSet::new();
    for (place, policy) in policies.iter().enumerate() {
        let key = format!("{at}.{place}.name");
        if policy.name.is_empty() {
            findings.error(&key, "E501", "a policy without a name");
        } else if !known.insert(policy.name.as_str()) {
            findings.error(&key, "E501", format!("there are two policies `{}`", policy.name));
        }
    }
}

impl Policy {
    fn find(&self, at: At<'_>, findings: &mut Findings) {
        if !TYPES.contains(&self.kind.as_str()) {
            let message = match self.kind.is_empty() {
                true => "a policy without a type".to_owned(),
                false => format!("there is no policy type `{}`", self.kind),
            };
            let finding = findings.error(&at.key("type"), "E502", message);
            match nearest(&self.kind, TYPES) {
                Some(meant) => finding.hint(format!("did you mean `{meant}`?")),
                None => finding.hint(format!("there is {}", TYPES.join(", "))),
            }
            return;
        }
        for block in self.blocks().into_iter().filter(|block| *block != self.kind) {
            let message = format!("settings of `{block}` in a policy of type `{}`", self.kind);
            at.senseless(&at.key(block), "E503", &message, findings);
        }
        if !BARE.contains(&self.kind.as_str()) && !self.blocks().contains(&self.kind.as_str()) {
            let message = format!("a policy of type `{}` needs its settings under `{0}`", self.kind);
            findings.error(at.key, "E503", message);
        }
        if at.contrib && OURS.contains(&self.kind.as_str()) {
            findings.warn(&at.key("type"), "W502", format!("the Collector has no policy type `{}`", self.kind));
        }
        if self.dry_run && !at.around.is_empty() {
            findings.error(
                &at.key("dry_run"),
                "E504",
                "only a policy of its own can be tried; this one is part of one",
            );
        }
        self.find_nesting(at, findings);
        self.find_attributes(at, findings);
        self.find_numbers(at, findings);
        self.find_conditions(at, findings);
        self.find_limits(at, findings);
    }

    /// What may stand in what.
    fn find_nesting(&self, at: At<'_>, findings: &mut Findings) {
        let (kind, outer) = (self.kind.as_str(), at.around.last().copied());
        let nests = matches!(kind, "and" | "or" | "not" | "drop" | "composite");
        let misplaced = match (outer, kind) {
            (None, _) | (Some("composite"), "and") | (Some("and" | "drop"), "not") => false,
            (Some(_), "drop" | "composite") => true,
            (Some(_), _) => at.contrib && nests,
        };
        if misplaced {
            let message = format!("a policy of type `{kind}` cannot stand inside `{}`", outer.unwrap_or_default());
            findings.error(&at.key("type"), "E504", message);
        }
        if at.around.len() >= MAX_DEPTH {
            findings.error(at.key, "E504", format!("policies stand in one another more than {MAX_DEPTH} deep"));
            return;
        }
        let inner = self.inner();
        if nests && inner.is_empty() && self.blocks().contains(&kind) {
            findings.error(&at.key(kind), "E505", format!("`{kind}` needs a policy inside"));
        }
        let around: Vec<&str> = at.around.iter().copied().chain([kind]).collect();
        for (key, policy) in &inner {
            policy.find(At { key: &at.key(key), around: &around, contrib: at.contrib }, findings);
        }
    }

    fn find_attributes(&self, at: At<'_>, findings: &mut Findings) {
        let keys = [
            ("numeric_attribute", self.numeric_attribute.as_ref().map(|config| config.key.as_str())),
            ("string_attribute", self.string_attribute.as_ref().map(|config| config.key.as_str())),
            ("boolean_attribute", self.boolean_attribute.as_ref().map(|config| config.key.as_str())),
            ("trace_state", self.trace_state.as_ref().map(|config| config.key.as_str())),
            ("log_attribute", self.log_attribute.as_ref().map(|config| config.key.as_str())),
        ];
        for (block, _) in keys.iter().filter(|(_, key)| key.is_some_and(str::is_empty)) {
            findings.error(&at.key(&format!("{block}.key")), "E505", "the attribute's key is missing");
        }
        let texts = self.string_attribute.as_ref().map(|config| (&config.values, config.enabled_regex_matching));
        let logs = self.log_attribute.as_ref().map(|config| (&config.values, config.enabled_regex_matching));
        for (block, values) in [("string_attribute", texts), ("log_attribute", logs)] {
            for (place, pattern) in
                values.filter(|(_, regexes)| *regexes).into_iter().flat_map(|(v, _)| v.iter().enumerate())
            {
                if let Err(reason) = regex(pattern) {
                    findings.error(&at.key(&format!("{block}.values.{place}")), "E506", reason);
                }
            }
        }
        let none = self.string_attribute.as_ref().is_some_and(|config| config.values.iter().all(String::is_empty));
        if none || self.trace_state.as_ref().is_some_and(|config| config.values.is_empty()) {
            findings.warn(&at.key(&format!("{}.values", self.kind)), "W501", "without a value nothing matches");
        }
        let codes = self.status_code.as_ref().map(|config| config.status_codes.as_slice());
        if codes.is_some_and(<[String]>::is_empty) {
            findings.error(&at.key("status_code.status_codes"), "E505", "at least one of OK, ERROR, UNSET");
        }
        for (place, code) in codes.unwrap_or_default().iter().enumerate() {
            if !["OK", "ERROR", "UNSET"].contains(&code.as_str()) {
                let key = at.key(&format!("status_code.status_codes.{place}"));
                let finding = findings.error(&key, "E505", format!("there is no status `{code}`"));
                let meant = nearest(code, ["OK", "ERROR", "UNSET"]).map(|meant| format!("did you mean `{meant}`?"));
                finding.hint(meant.unwrap_or_else(|| "there is OK, ERROR, UNSET".to_owned()));
            }
        }
        let lone = self.quantifier() == Quantifier::SameSpan && !matches!(at.around.last(), Some(&("and" | "drop")));
        if lone {
            let message = "`same_span` says something only of several conditions of an `and`";
            findings.warn(&at.key(&format!("{}.quantifier", self.kind)), "W501", message);
        }
    }

    /// Over which spans it is asked, where it has a choice.
    pub(super) fn quantifier(&self) -> Quantifier {
        let found = [
            self.numeric_attribute.as_ref().map(|config| config.quantifier),
            self.string_attribute.as_ref().map(|config| config.quantifier),
            self.boolean_attribute.as_ref().map(|config| config.quantifier),
            self.status_code.as_ref().map(|config| config.quantifier),
        ];
        found.into_iter().flatten().next().unwrap_or_default()
    }

    /// Whether it wants traces that do not match.
    pub(super) fn inverts(&self) -> bool {
        self.numeric_attribute.as_ref().is_some_and(|config| config.invert_match)
            || self.string_attribute.as_ref().is_some_and(|config| config.invert_match)
            || self.boolean_attribute.as_ref().is_some_and(|config| config.invert_match)
    }

    fn find_numbers(&self, at: At<'_>, findings: &mut Findings) {
        if let Some(config) = &self.numeric_attribute {
            let (key, bounds) = (at.key("numeric_attribute"), [config.min_value, config.max_value]);
            let zero = |bound: Option<f64>| at.contrib && bound == Some(0.0);
            let unset = bounds.iter().all(|bound| bound.is_none() || zero(*bound));
            if unset {
                findings.error(&key, "E505", "neither `min_value` nor `max_value` is set");
            } else if bounds.iter().any(|bound| zero(*bound)) {
                findings.warn(&key, "W502", "to the Collector a bound of 0 is none");
            }
            if let [Some(least), Some(most)] = bounds
                && least > most
                && !zero(Some(most))
            {
                findings.error(&key, "E505", "`min_value` is above `max_value`");
            }
            if at.contrib && bounds.iter().flatten().any(|bound| bound.fract() != 0.0) {
                findings.error(&key, "E505", "to the Collector bounds are whole numbers");
            }
        }
        if let Some(config) = &self.latency
            && config.upper_threshold_ms != 0
            && config.upper_threshold_ms <= config.threshold_ms
        {
            at.senseless(&at.key("latency"), "E505", "`upper_threshold_ms` is not above `threshold_ms`", findings);
        }
        if self.latency.as_ref().is_some_and(|config| config.upper_threshold_ms != 0) && at.contrib {
            let message = "the Collector looks whether any beginning of a trace lies within, in the order of arrival";
            findings.warn(&at.key("latency"), "W502", message);
        }
        if let Some(config) = &self.span_count
            && config.max_spans != 0
            && config.max_spans < config.min_spans
        {
            at.senseless(&at.key("span_count"), "E505", "`max_spans` is below `min_spans`", findings);
        }
        if self.sum.as_ref().is_some_and(|config| config.key.is_some() == config.count.is_some()) {
            findings.error(&at.key("sum"), "E505", "either `key` or `count` says what is summed");
        }
        let percentage = self.probabilistic.as_ref().map(|config| config.sampling_percentage);
        if percentage.is_some_and(|percentage| percentage.is_nan() || percentage <= 0.0) {
            let key = at.key("probabilistic.sampling_percentage");
            findings.warn(&key, "W501", "a share of 0 keeps nothing");
        }
    }

    fn find_conditions(&self, at: At<'_>, findings: &mut Findings) {
        let Some(config) = &self.ottl_condition else { return };
        if config.span.is_empty() && config.spanevent.is_empty() {
            findings.error(&at.key("ottl_condition"), "E505", "a condition for `span` or `spanevent` is missing");
        }
        let both = [("span", &config.span, Context::Span), ("spanevent", &config.spanevent, Context::SpanEvent)];
        for (key, texts, context) in both {
            for (place, text) in texts.iter().enumerate() {
                if let Err(error) = Condition::parse(text, context) {
                    let key = at.key(&format!("ottl_condition.{key}.{place}"));
                    let seen: String = text.get(error.at..).unwrap_or_default().chars().take(20).collect();
                    findings.error(&key, "E506", format!("{} at byte {}: `{seen}`", error.message, error.at));
                }
            }
        }
    }

    fn find_limits(&self, at: At<'_>, findings: &mut Findings) {
        let idle = self.rate_limiting.as_ref().is_some_and(|config| config.spans_per_second == 0)
            || self.bytes_limiting.as_ref().is_some_and(|config| config.bytes_per_second == 0);
        if idle {
            findings.warn(&at.key(&self.kind), "W501", "a rate of 0 keeps nothing");
        }
        if self.budget.as_ref().is_some_and(|config| (config.spans_per_second > 0) == (config.bytes_per_second > 0)) {
            findings.error(&at.key("budget"), "E505", "either `spans_per_second` or `bytes_per_second`");
        }
        let Some(config) = &self.composite else { return };
        let subs: Vec<&str> = config.composite_sub_policy.iter().map(|sub| sub.name.as_str()).collect();
        names(&config.composite_sub_policy, &at.key("composite.composite_sub_policy"), findings);
        for (place, entry) in config.rate_allocation.iter().enumerate() {
            if !subs.contains(&entry.policy.as_str()) {
                let key = at.key(&format!("composite.rate_allocation.{place}.policy"));
                at.senseless(&key, "E505", &format!("no sub-policy is called `{}`", entry.policy), findings);
            }
        }
        for (place, name) in config.policy_order.iter().enumerate() {
            if !subs.contains(&name.as_str()) {
                let key = at.key(&format!("composite.policy_order.{place}"));
                at.senseless(&key, "E505", &format!("no sub-policy is called `{name}`"), findings);
            }
        }
        let reordered = !config.policy_order.is_empty() && config.policy_order.iter().ne(subs.iter());
        if at.contrib && reordered {
            let message = "the Collector pays no attention to `policy_order`: it asks in the order of the list";
            findings.warn(&at.key("composite.policy_order"), "W502", message);
        }
    }
}
