//! What is written of a decision is what is read of it, and no other bytes are one.

use proptest::prelude::*;

use super::*;

fn entry() -> impl Strategy<Value = Entry> {
    let mark = (any::<Option<u64>>(), any::<Option<u64>>(), any::<Option<u16>>(), any::<bool>(), any::<bool>());
    let vote = (0..ANSWERS.len(), proptest::option::of(0_u8..255), proptest::option::of(-1e9_f32..1e9));
    let counts = (any::<[u8; 16]>(), any::<u64>(), any::<u32>(), any::<u32>(), any::<u32>(), any::<u64>());
    let words = (0..VERDICTS.len(), 0..TRIGGERS.len(), prop::collection::vec(vote, 0..300), any::<u64>());
    (counts, words, mark).prop_map(
        |((trace, at, waited, spans, logs, bytes), (verdict, trigger, votes, covered), mark)| {
            let (threshold, randomness, policy, partial, late) = mark;
            let vote = |(answer, entry, value): (usize, _, _)| Vote { answer: ANSWERS[answer], entry, value };
            let decision = Decision {
                trace: TraceId(trace),
                at,
                waited: Duration::from_millis(waited.into()),
                verdict: VERDICTS[verdict],
                trigger: TRIGGERS[trigger],
                spans,
                logs,
                bytes,
                mark: Mark { threshold, randomness, policy, partial, late },
                votes: votes.into_iter().take(VOTES).map(vote).collect(),
            };
            Entry { decision, covered: Position(covered) }
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read(all in prop::collection::vec(entry(), 0..5)) {
        let mut bytes = Vec::new();
        all.iter().for_each(|entry| entry.encode(&mut bytes));
        prop_assert_eq!(entries(&bytes).collect::<Vec<_>>(), all);
    }

    #[test]
    fn other_bytes_end_the_reading(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(entries(&bytes).count() <= bytes.len());
    }
}
