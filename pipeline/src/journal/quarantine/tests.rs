//! The oldest go, one stays, and what was lost is counted.

use super::*;
use crate::journal::volume::fake::Fake;
use crate::ledger::Ledger;

fn file(volume: &Fake, name: &str, bytes: usize) {
    volume.create(name, 0).unwrap().write(0, &[&vec![7; bytes]]).unwrap();
}

#[test]
fn past_the_bound_the_oldest_go_and_the_last_stays_whatever_its_size() {
    let (volume, series) = (Fake::default(), Ledger::new("test").journal());
    for (name, bytes) in [("segment-00000009", 100), ("dead-00000010", 50), ("segment-000000a0", 70)] {
        file(&volume, &format!("quarantine-{name}"), bytes);
    }
    file(&volume, "segment-000000a1", 500);
    let left = || put_aside(&volume).unwrap().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    hold(&volume, 220, &series).unwrap();
    assert_eq!((left().len(), series.quarantine_dropped_bytes.get()), (3, 0));
    hold(&volume, 130, &series).unwrap();
    assert_eq!(left(), ["quarantine-dead-00000010", "quarantine-segment-000000a0"]);
    hold(&volume, 1, &series).unwrap();
    assert_eq!(left(), ["quarantine-segment-000000a0"]);
    assert_eq!(series.quarantine_dropped_bytes.get(), 150);
    assert!(volume.names().unwrap().contains(&"segment-000000a1".to_owned()), "others are not its business");
}
