//! What a redaction did: by entity, by place, by why a value was replaced whole. Never anything of a value.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EntityLabels {
    processor: String,
    entity: String,
    strategy: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PlaceLabels {
    processor: String,
    place: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabels {
    processor: String,
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ProcessorLabels {
    processor: String,
}

/// The families of every redaction of the process.
#[derive(Clone, Debug, Default)]
pub(super) struct Families {
    matches: Family<EntityLabels, Counter>,
    places: Family<PlaceLabels, Counter>,
    whole: Family<ReasonLabels, Counter>,
    scanned: Family<ProcessorLabels, Counter>,
    unknown: Family<ProcessorLabels, Counter>,
}

/// The series of one redaction.
#[derive(Clone, Debug)]
pub struct RedactionSeries {
    /// Matches of each entity, in the order they were asked for.
    pub matches: Vec<Counter>,
    /// Values in which something was replaced, for each place.
    pub places: Vec<Counter>,
    /// Values replaced whole because they could not be read safely, for each reason.
    pub whole: Vec<Counter>,
    /// Bytes of text looked through.
    pub scanned: Counter,
    /// Fields OTLP does not define, taken out because they cannot be read.
    pub unknown: Counter,
}

impl Families {
    pub(super) fn register(&self, registry: &mut Registry) {
        let f = self.clone();
        registry.register("redaction_matches", "What was found, by entity and what became of it", f.matches);
        registry.register("redaction_redacted_values", "Values in which something was replaced, by place", f.places);
        let help = "Values replaced whole because they could not be read safely";
        registry.register("redaction_failed_closed_values", help, f.whole);
        registry.register("redaction_scanned_bytes", "Bytes of text looked through", f.scanned);
        registry.register("redaction_dropped_fields", "Fields OTLP does not define, taken out", f.unknown);
    }

    /// All at zero when first asked for.
    pub(super) fn of(
        &self,
        processor: &str,
        entities: &[(String, &'static str)],
        places: &[&'static str],
        reasons: &[&'static str],
    ) -> RedactionSeries {
        let entity = |(entity, strategy): &(String, &'static str)| {
            let labels = EntityLabels { processor: processor.into(), entity: entity.clone(), strategy };
            self.matches.get_or_create_owned(&labels)
        };
        let place =
            |place: &&'static str| self.places.get_or_create_owned(&PlaceLabels { processor: processor.into(), place });
        let reason = |reason: &&'static str| {
            self.whole.get_or_create_owned(&ReasonLabels { processor: processor.into(), reason })
        };
        let own = ProcessorLabels { processor: processor.into() };
        RedactionSeries {
            matches: entities.iter().map(entity).collect(),
            places: places.iter().map(place).collect(),
            whole: reasons.iter().map(reason).collect(),
            scanned: self.scanned.get_or_create_owned(&own),
            unknown: self.unknown.get_or_create_owned(&own),
        }
    }
}
