//! What is tried again while everything behind it is delivered.

use std::time::Duration;

use super::*;
use crate::journal::writer::retried::Ahead;

/// A journal whose first request is being sent, and stays so, while so many behind it are delivered.
fn poisoned(volume: &Fake, behind: u32) -> (Life, crate::journal::Parcel) {
    let mut life = life(volume, &storage(Durability::Process, 1 << 20), &["otlp", "live"], 8 << 20).unwrap();
    assert!(life.send(0, "poison"));
    let poison = life.take(0, 1).unwrap();
    for text in texts(0..behind) {
        assert!(life.send(0, &format!("{text} {}", "x".repeat(4000))));
        assert_eq!((life.deliver(0, 1).len(), life.deliver(1, 9).is_empty()), (1, false));
        let ahead = life.writer.storage.ahead();
        life.writer.move_on(ahead, life.clock);
        life.writer.keep(AT);
    }
    (life, poison)
}

fn segments(volume: &Fake) -> Vec<String> {
    volume.dump().into_keys().filter(|name| name.starts_with("segment-")).collect()
}

#[test]
fn it_keeps_no_more_than_its_share_of_the_journal_and_is_counted_once() {
    let volume = Fake::default();
    let (mut life, poison) = poisoned(&volume, 200);
    let held = life.writer.files.segments.bytes();
    assert!(held < 300_000, "{held} of 800 kB that were delivered");
    assert!(!segments(&volume).contains(&"segment-00000001".to_owned()));
    let series = life.cursor(0).series(Signal::Logs).clone();
    assert_eq!((series.received.get(), series.pending.get()), (201, 1));
    assert!(life.writer.files.series.moved.get() >= 2);
    poison.settle(Settlement::Delivered { rejected: 0 }, AT);
    assert_eq!((series.delivered.get(), series.pending.get()), (201, 0));
    assert!(life.cursor(0).settled());
    assert_eq!((life.drain(0), life.drain(1)), (vec![], vec![]));
    assert_eq!(segments(&volume).len(), 1, "nobody is owed anything");
    assert_eq!(life.memory.used(), 0);
}

#[test]
fn it_keeps_no_files_of_others_where_nothing_comes_behind_it_for_its_own_destination() {
    let (volume, storage) = (Fake::default(), storage(Durability::Process, 1 << 20));
    let mut life = life(&volume, &storage, &["busy", "quiet"], 8 << 20).unwrap();
    assert!(life.send(0, "poison"));
    let poison = life.take(1, 1).unwrap();
    for text in texts(0..200) {
        assert!(life.send(1, &format!("{text} {}", "x".repeat(4000))));
        assert!(!life.deliver(0, 9).is_empty());
        life.writer.move_on(storage.ahead(), life.clock);
        life.writer.keep(AT);
    }
    let held = life.writer.files.segments.bytes();
    assert!(held < 300_000, "{held} of 800 kB that were delivered");
    drop(poison);
    assert_eq!((life.drain(0), life.drain(1)), (vec![], vec!["poison".to_owned()]));
}

#[test]
fn what_a_dead_destination_is_sent_stays_where_it_is() {
    let (volume, storage) = (Fake::default(), storage(Durability::Process, 1 << 20));
    let mut life = life(&volume, &storage, &["dead"], 8 << 20).unwrap();
    assert!(life.send(0, "sent"));
    let sent = life.take(0, 1).unwrap();
    for text in texts(0..100) {
        assert!(life.send(0, &format!("{text} {}", "x".repeat(4000))));
        life.writer.move_on(storage.ahead(), life.clock);
    }
    assert_eq!(life.writer.files.series.moved.get(), 0, "what waits behind it would stay all the same");
    drop(sent);
    assert_eq!(life.drain(0).len(), 101);
}

#[test]
fn what_a_dead_destination_is_sent_of_many_lives_stays_where_it_is() {
    let (volume, storage) = (Fake::default(), storage(Durability::Process, 1 << 20));
    for _ in 0..12 {
        assert!(life(&volume, &storage, &["dead"], 8 << 20).unwrap().send(0, "sent"));
    }
    let mut last = life(&volume, &storage, &["dead"], 8 << 20).unwrap();
    let sent = last.take(0, 12).unwrap();
    assert!(sent.frames().len() > 1 && last.send(0, "behind"));
    last.writer.move_on(storage.ahead(), last.clock);
    assert_eq!(last.writer.files.series.moved.get(), 0, "a segment of each life, and nothing in them");
    drop(sent);
    assert_eq!(last.drain(0).len(), 13);
}

#[test]
fn after_a_crash_it_is_owed_once_as_old_as_it_was_and_to_nobody_else() {
    let volume = Fake::default();
    let (first, poison) = poisoned(&volume, 100);
    let born = poison.frames()[0].appended;
    std::mem::forget(poison);
    drop(first);
    let mut second = life(&volume, &storage(Durability::Process, 1 << 20), &["otlp", "live"], 8 << 20).unwrap();
    let series = second.cursor(0).series(Signal::Logs).clone();
    assert_eq!((series.recovered.get(), series.pending.get()), (1, 1));
    let again = second.take(0, 9).unwrap();
    assert_eq!((again.frames().len(), again.frames()[0].appended), (1, born));
    drop(again);
    assert_eq!((second.drain(0), second.drain(1)), (vec!["poison".to_owned()], vec![]));
}

#[test]
fn what_is_given_back_waits_at_its_new_place_and_can_be_read_back_there() {
    for spilled in [false, true] {
        let volume = Fake::default();
        let (mut life, poison) = poisoned(&volume, 50);
        assert!(life.send(0, "later"));
        drop(poison);
        if spilled {
            life.outbox.owed[0].lock().lanes[Signal::Logs as usize].spill();
        }
        assert_eq!(life.drain(0), ["poison", "later"]);
        assert!(life.cursor(0).settled());
    }
}

#[test]
fn a_crash_between_the_copy_and_the_settlement_has_it_delivered_twice_at_most() {
    let volume = Fake::default();
    let mut first = life(&volume, &storage(Durability::Disk, 1 << 20), &["otlp"], 1 << 20).unwrap();
    assert!(first.send(0, "poison") && first.send(0, "behind"));
    let poison = first.take(0, 1).unwrap();
    assert_eq!(first.deliver(0, 1), ["behind"]);
    first.writer.keep(AT);
    first.writer.move_on(Ahead::NOTHING, first.clock);
    std::mem::forget(poison);
    drop(first);
    let mut second = life(&volume, &storage(Durability::Disk, 1 << 20), &["otlp"], 1 << 20).unwrap();
    let series = second.cursor(0).series(Signal::Logs).clone();
    assert_eq!((series.recovered.get(), series.pending.get()), (2, 2), "both are counted");
    assert_eq!(second.drain(0), ["poison", "poison"]);
    assert_eq!((series.delivered.get(), series.pending.get()), (2, 0));
}

#[test]
fn what_lands_while_it_is_copied_is_not_owed_again() {
    let volume = Fake::default();
    let mut first = life(&volume, &storage(Durability::Process, 1 << 20), &["otlp"], 1 << 20).unwrap();
    assert!(first.send(0, "poison") && first.send(0, "behind"));
    let poison = first.take(0, 1).unwrap();
    assert_eq!(first.deliver(0, 1), ["behind"]);
    let left = first.writer.left_behind(0, Signal::Logs, Ahead::NOTHING);
    assert_eq!(left.len(), 1);
    poison.settle(Settlement::Delivered { rejected: 0 }, AT);
    first.writer.copy(0, Signal::Logs, &left).unwrap();
    first.writer.keep(AT);
    assert_eq!(first.drain(0), Vec::<String>::new());
    drop(first);
    let mut second = life(&volume, &storage(Durability::Process, 1 << 20), &["otlp"], 1 << 20).unwrap();
    assert_eq!(second.drain(0), Vec::<String>::new());
}

#[test]
fn a_full_journal_gives_up_nothing_for_it_and_a_failing_disk_costs_nothing() {
    let volume = Fake::default();
    let mut life = life(&volume, &storage(Durability::Process, 1 << 20), &["otlp"], 1 << 20).unwrap();
    assert!(life.send(0, "poison") && life.send(0, "behind"));
    let poison = life.take(0, 1).unwrap();
    assert_eq!(life.deliver(0, 1), ["behind"]);
    volume.break_with(Faults { room: Some(0), tear: Some(0), ..Faults::default() });
    life.writer.move_on(Ahead::NOTHING, life.clock);
    life.writer.keep(AT);
    volume.break_with(Faults::default());
    assert_eq!(life.writer.files.series.moved.get(), 0);
    life.clock = life.clock.plus(Duration::from_secs(2));
    life.writer.move_on(Ahead::NOTHING, life.clock);
    assert_eq!(life.writer.files.series.moved.get(), 1);
    drop(poison);
    assert_eq!(life.drain(0), ["poison"]);
}
