//! Layout: records taken out of the bytes of a request are those that a selection seals.

use proptest::prelude::*;

use super::arbitrary::{Dice, request};
use super::{decode, model};
use crate::Signal;
use crate::batch::Selection;
use crate::batch::layout::Layout;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_gathered_is_what_a_selection_seals(seed: u64, traces: bool) {
        let signal = if traces { Signal::Traces } else { Signal::Logs };
        let batch = decode(signal, &request(signal, seed)).expect("valid");
        let body = batch.clone().seal().body().clone();
        let layout = Layout::of(&body);
        prop_assert_eq!(layout.records.len(), batch.len());
        let mut dice = Dice(seed);
        let rows: Vec<usize> = (0..batch.len()).filter(|_| dice.one_in(2)).collect();
        let chosen: Vec<_> = rows.iter().map(|row| layout.records[*row]).map(|(run, scope)| (scope, run)).collect();
        let mut gathered = Vec::new();
        let read = |(at, end): (u32, u32), out: &mut Vec<u8>| {
            out.extend_from_slice(&body[at as usize..end as usize]);
            true
        };
        prop_assert!(layout.envelopes.gather(&chosen, read, &mut gathered));
        let sealed = batch.seal_rows(&Selection::from_rows(batch.len(), rows));
        prop_assert_eq!(
            model::by_prost(signal, &gathered).expect("valid"),
            model::by_prost(signal, sealed.body()).expect("valid")
        );
    }
}
