//! Seal: what nobody edited leaves byte for byte, and a selection holds its rows and no others.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use proptest::prelude::*;
use prost::Message;

use super::arbitrary::{Dice, request};
use super::{decode, model};
use crate::Signal;
use crate::batch::tables::{RESOURCE, ROOT, SCOPE};
use crate::batch::{Batch, Edit, Leaf, Selection, Spot, Value};

fn messages(batch: &Batch) -> Vec<&[u8]> {
    batch.records().map(|record| record.message()).collect()
}

/// The bytes of every group's own fields, level by level.
fn own_fields(batch: &Batch) -> Vec<Vec<u8>> {
    let groups = [ROOT, RESOURCE, SCOPE]
        .into_iter()
        .flat_map(|level| (0..batch.tables.levels[level].groups.len()).map(move |group| (level, group)));
    groups
        .map(|(level, group)| {
            batch.tables.own_runs(level, group).iter().flat_map(|run| run.of(&batch.wire)).copied().collect()
        })
        .collect()
}

/// The request with only the spans of `chosen`, and no empty groups.
fn filtered(wire: &[u8], chosen: &Selection) -> ExportTraceServiceRequest {
    let mut request = ExportTraceServiceRequest::decode(wire).expect("valid");
    let mut row = 0;
    for group in &mut request.resource_spans {
        for scope in &mut group.scope_spans {
            scope.spans.retain(|_| {
                row += 1;
                chosen.contains(row - 1)
            });
        }
        group.scope_spans.retain(|scope| !scope.spans.is_empty());
    }
    request.resource_spans.retain(|group| !group.scope_spans.is_empty());
    request
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    // Scenario: one record and nothing else is edited. Guarantees: every other record, and the fields of
    // every group, leave byte for byte, unknown fields included, in the order they came.
    #[test]
    fn untouched_records_leave_byte_for_byte(seed: u64, traces: bool) {
        let signal = if traces { Signal::Traces } else { Signal::Logs };
        let wire = request(signal, seed);
        let before = decode(signal, &wire).expect("valid");
        let mut batch = before.clone();
        let row = Dice(seed).below(before.len().max(1));
        batch.set_attribute(row, "tollgate.test", &Value::Int(1));
        let edited = messages(&batch).get(row).map(|message| message.to_vec());
        let after = decode(signal, batch.seal().body()).expect("valid");
        prop_assert_eq!(own_fields(&after), own_fields(&before));
        let mut expected = messages(&before);
        if let (Some(place), Some(edited)) = (expected.get_mut(row), &edited) {
            *place = edited;
        }
        prop_assert_eq!(messages(&after), expected);
    }

    // Scenario: some rows are chosen, from a batch that may have edits. Guarantees: exactly they are sealed,
    // as they stand, and `retain` keeps the same.
    #[test]
    fn selections_hold_their_rows(seed: u64, edited: bool) {
        let wire = request(Signal::Traces, seed);
        let mut batch = decode(Signal::Traces, &wire).expect("valid");
        let mut dice = Dice(!seed);
        if edited && !batch.is_empty() {
            batch.set_attribute(dice.below(batch.len()), "a", &Value::Int(1));
            batch.set_resource_attribute(dice.below(batch.len()), "b", &Value::Int(2));
        }
        let rows = batch.len();
        let chosen = Selection::from_rows(rows, (0..rows).filter(|_| dice.one_in(2)));
        let sealed = batch.seal_rows(&chosen);
        let whole = batch.clone().seal();
        prop_assert_eq!(sealed.records() as usize, chosen.count());
        let found = ExportTraceServiceRequest::decode(sealed.body().as_ref()).expect("valid");
        prop_assert_eq!(found, filtered(whole.body(), &chosen));

        let other = batch.seal_rows(&chosen.complement());
        prop_assert_eq!(other.records() + sealed.records(), rows as u32);

        batch.retain(&chosen);
        prop_assert_eq!(batch.len(), chosen.count());
        let kept = model::by_prost(Signal::Traces, batch.clone().seal().body()).expect("valid");
        prop_assert_eq!(&kept, &model::by_prost(Signal::Traces, sealed.body()).expect("valid"));
        prop_assert_eq!(&model::by_batch(&batch), &kept);
    }
}

// Scenario: a batch that is read and visited but not edited. Guarantees: its own buffer leaves, no copy.
#[test]
fn a_clean_batch_seals_to_its_own_buffer() {
    for signal in [Signal::Traces, Signal::Logs] {
        for seed in 0..64 {
            let wire = request(signal, seed);
            let mut batch = decode(signal, &wire).expect("valid");
            let held = batch.heap_bytes();
            batch.visit_all(&mut |_: &Spot<'_>, _: Leaf<'_>| Edit::Keep);
            assert!(!batch.remove_attribute(0, "absent"));
            assert_eq!(batch.heap_bytes(), held);
            let buffer = batch.wire.clone();
            let sealed = batch.seal();
            assert_eq!(sealed.body().as_ptr(), buffer.as_ptr());
            assert_eq!(sealed.body(), &buffer);
        }
    }
}

// Scenario: metrics, which have no rows. Guarantees: all or nothing.
#[test]
fn metrics_are_sealed_whole() {
    let wire = request(Signal::Metrics, 5);
    let batch = decode(Signal::Metrics, &wire).expect("valid");
    assert_eq!(batch.seal_rows(&Selection::all(3)).body().as_ref(), wire);
    assert!(batch.seal_rows(&Selection::none(3)).body().is_empty());
}

// Scenario: rows put in and taken out. Guarantees: a selection is the set of its rows, and has an end.
#[test]
fn selections_are_sets() {
    let mut selection = Selection::from_rows(130, [0, 64, 129, 130, 4_000]);
    selection.remove(64);
    selection.insert(65);
    assert_eq!(selection.iter().collect::<Vec<_>>(), [0, 65, 129]);
    assert_eq!((selection.count(), selection.rows(), selection.is_empty()), (3, 130, false));
    assert!(!selection.contains(130) && !selection.contains(usize::MAX));
    assert_eq!(Selection::all(130).complement(), Selection::none(130));
}
