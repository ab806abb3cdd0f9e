//! The order in a chain that safety asks for: one sampler at most, and what redacts before it, for what waits is written.

use super::findings::Severity;
use super::graph::{Defined, Graph};
use super::node::{Entry, Node};
use super::schema::Kind;
use super::source::Place;
use crate::registry::Stage;

impl<'a> Graph<'a> {
    /// Puts what redacts before the sampler, and complains of a second sampler.
    pub(super) fn stages(
        &mut self,
        pipeline: &str,
        mut listed: Vec<(String, Place)>,
        defined: &[Defined<'a>],
    ) -> Vec<String> {
        let component = |id: &str| defined.iter().find(|one| one.kind == Kind::Processor && one.entry.key == id);
        let stage = |id: &str| component(id).map_or(Stage::Any, |found| found.declaration.stage);
        let path = format!("service.pipelines.{pipeline}.processors");
        let samplers: Vec<(String, Place)> =
            listed.iter().filter(|(id, _)| stage(id) == Stage::Samples).cloned().collect();
        let Some((sampler, first)) = samplers.first() else {
            return listed.into_iter().map(|(id, _)| id).collect();
        };
        for (id, place) in &samplers[1..] {
            let message = format!("pipeline `{pipeline}` has a second sampler, `{id}`: a trace is decided once");
            let diagnostic = self.add(Severity::Error, "E034", message, *place, path.clone());
            diagnostic.first = Some(*first);
            diagnostic.hint = Some("put the policies into one block".into());
        }
        let contrib = component(sampler).is_some_and(|found| is_contrib(&found.entry.value));
        if contrib && self.root.at(&["service", "storage"]).is_none() {
            return listed.into_iter().map(|(id, _)| id).collect();
        }
        let at = listed.iter().position(|(id, _)| id == sampler).unwrap_or_default();
        let late: Vec<(String, Place)> = listed.extract_if(at.., |(id, _)| stage(id) == Stage::Redacts).collect();
        for (id, place) in &late {
            let message = format!("`{id}` runs before `{sampler}`: nothing unredacted waits for a decision");
            let see = match readers(component(sampler)) {
                readers if readers.is_empty() => format!("policies of `{sampler}` see what `{id}` leaves"),
                readers => {
                    format!("policies that read attributes ({}) see what `{id}` leaves of them", readers.join(", "))
                }
            };
            let hint = format!("{see}; list it first to make this plain");
            self.add(Severity::Warning, "W006", message, *place, path.clone()).hint = Some(hint);
        }
        listed.splice(at..at, late);
        listed.into_iter().map(|(id, _)| id).collect()
    }
}

/// The policies of a sampler that read attributes, by name.
fn readers(sampler: Option<&Defined<'_>>) -> Vec<String> {
    let policies = sampler.and_then(|sampler| sampler.entry.value.get("policies"));
    let name = |policy: &Node| policy.get("name").and_then(Node::text).map(|name| format!("`{name}`"));
    policies.map(Node::items).unwrap_or_default().iter().filter(|policy| reads(policy)).filter_map(name).collect()
}

/// Whether a policy reads an attribute, or one in it does.
fn reads(policy: &Node) -> bool {
    let reads_one = |entry: &Entry| matches!(entry.key.as_str(), "key" | "ottl_condition") || reads(&entry.value);
    policy.entries().iter().any(reads_one) || policy.items().iter().any(reads)
}

fn is_contrib(block: &Node) -> bool {
    block.get("compat").and_then(Node::text) == Some("contrib")
}
