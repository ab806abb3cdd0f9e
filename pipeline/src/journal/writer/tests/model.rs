//! Whatever happens to a journal, in whatever order: what is acknowledged is delivered, and nothing twice in one life.

use proptest::prelude::*;

use super::*;
use crate::journal::Parcel;
use crate::journal::writer::retried::Ahead;

/// Bytes of a journal whose segments are the smallest, so that their files are used again; more than any play writes.
const SMALL: u64 = 512 << 10;

/// What may happen to a journal.
#[derive(Clone, Debug)]
enum Event {
    Send {
        pipeline: usize,
        size: usize,
    },
    Deliver {
        exporter: usize,
        most: u64,
    },
    /// Takes, and holds what it took.
    Hold {
        exporter: usize,
        most: u64,
    },
    /// Gives back one of those that are held, in whatever order.
    GiveBack {
        which: usize,
    },
    Keep,
    /// Moves all that is held and has something settled behind it.
    MoveOn,
    Crash {
        power: bool,
        chances: Vec<bool>,
    },
    Break(Faults),
}

fn event() -> impl Strategy<Value = Event> {
    let chances = prop::collection::vec(any::<bool>(), 1..40);
    let [room, tear] = [0..4000_u64, 0..200].map(|range| prop::option::weighted(0.5, range));
    let faults = (room, tear, any::<bool>(), any::<bool>());
    prop_oneof![
        8 => (0..2_usize, 1..4000_usize).prop_map(|(pipeline, size)| Event::Send { pipeline, size }),
        6 => (0..2_usize, 1..5_u64).prop_map(|(exporter, most)| Event::Deliver { exporter, most }),
        2 => (0..2_usize, 1..4_u64).prop_map(|(exporter, most)| Event::Hold { exporter, most }),
        2 => (0..9_usize).prop_map(|which| Event::GiveBack { which }),
        3 => Just(Event::Keep),
        3 => Just(Event::MoveOn),
        2 => (any::<bool>(), chances).prop_map(|(power, chances)| Event::Crash { power, chances }),
        1 => faults.prop_map(|(room, tear, sync, rename)| {
            let tear = tear.map(|tear| tear as usize);
            Event::Break(Faults { room, tear, sync, rename })
        }),
        2 => Just(Event::Break(Faults::default())),
        1 => Just(Event::Break(Faults { rename: true, ..Faults::default() })),
    ]
}

/// Notes what was sent, which was not sent before, but for what a crash may have found in two places.
fn once(sent: &mut BTreeSet<String>, texts: Vec<String>, twice: &BTreeSet<String>) {
    for text in texts {
        let doubled = twice.contains(&text);
        assert!(sent.insert(text) || doubled, "sent twice in one life");
    }
}

/// The texts of what is being sent.
fn flying(parcels: &[Parcel]) -> impl Iterator<Item = String> + '_ {
    let frames = parcels.iter().flat_map(Parcel::frames);
    frames.map(|frame| String::from_utf8_lossy(frame.sealed.body()).into_owned())
}

/// Plays `events`; for each exporter what it was owed of what was acknowledged, and what it got. What was in RAM alone
/// when the process ended is owed no more.
fn play(events: Vec<Event>, storage: &Storage, power_goes: bool) -> [(BTreeSet<String>, BTreeSet<String>); 2] {
    let volume = Fake::default();
    let mut in_ram = BTreeSet::new();
    let start = || {
        // Names may be lost from the first on.
        volume.break_with(Faults { rename: power_goes, ..Faults::default() });
        life(&volume, storage, &["a", "b"], 20_000).unwrap()
    };
    let mut life = start();
    let mut held: Vec<Parcel> = Vec::new();
    // What stood in two places when the process ended, if it was not written down that the first is settled.
    let (mut moved, mut twice) = (BTreeSet::new(), BTreeSet::new());
    // What went out in this life.
    let mut sent: [BTreeSet<String>; 2] = Default::default();
    let mut tally: [(BTreeSet<String>, BTreeSet<String>); 2] = Default::default();
    for (number, event) in events.into_iter().enumerate() {
        match event {
            Event::Send { pipeline, size } => {
                let text = format!("{number} {}", "x".repeat(size));
                let before = life.writer.files.series.bypassed.get();
                if life.send(pipeline, &text) {
                    if life.writer.files.series.bypassed.get() > before {
                        in_ram.insert(text.clone());
                    }
                    tally[0].0.insert(text.clone());
                    if pipeline == 0 {
                        tally[1].0.insert(text);
                    }
                }
            }
            Event::Deliver { exporter, most } => once(&mut sent[exporter], life.deliver(exporter, most), &twice),
            Event::Hold { exporter, most } => held.extend(life.take(exporter, most)),
            Event::GiveBack { which } => drop((!held.is_empty()).then(|| held.swap_remove(which % held.len()))),
            Event::Keep => life.writer.keep(AT),
            Event::MoveOn => {
                life.writer.move_on(Ahead::NOTHING, life.clock);
                moved.extend(flying(&held));
            }
            Event::Break(faults) => volume.break_with(faults),
            Event::Crash { power, chances } => {
                if power && power_goes {
                    let mut chances = chances.into_iter().cycle();
                    volume.lose_power(|| chances.next().unwrap());
                }
                // The process ends before it hears what became of it.
                held.drain(..).for_each(std::mem::forget);
                for ((owed, got), sent) in tally.iter_mut().zip(&mut sent) {
                    got.append(sent);
                    owed.retain(|text| !in_ram.contains(text));
                }
                in_ram.clear();
                twice.append(&mut moved);
                life = start();
            }
        }
    }
    // At a stop all comes back, and goes out without being sent twice.
    held.clear();
    for (exporter, (_, got)) in tally.iter_mut().enumerate() {
        once(&mut sent[exporter], life.drain(exporter), &twice);
        got.append(&mut sent[exporter]);
    }
    life = start();
    for (exporter, (_, got)) in tally.iter_mut().enumerate() {
        got.extend(life.drain(exporter));
    }
    let after = start();
    assert!(after.cursor(0).settled() && after.cursor(1).settled(), "a second recovery finds nothing more");
    tally
}

/// The beginnings of what was owed and did not come.
fn lost<'t>(owed: &'t BTreeSet<String>, got: &'t BTreeSet<String>) -> Vec<&'t str> {
    owed.difference(got).map(|text| text.get(..4).unwrap_or(text)).collect()
}

proptest! {
    #[test]
    fn under_process_nothing_acknowledged_is_lost_but_by_a_loss_of_power(
        events in prop::collection::vec(event(), 1..120)
    ) {
        for (owed, got) in play(events, &storage(Durability::Process, SMALL), false) {
            prop_assert_eq!(lost(&owed, &got), Vec::<&str>::new());
        }
    }

    #[test]
    fn under_disk_nothing_acknowledged_is_lost(events in prop::collection::vec(event(), 1..120)) {
        for (owed, got) in play(events, &storage(Durability::Disk, SMALL), true) {
            prop_assert_eq!(lost(&owed, &got), Vec::<&str>::new());
        }
    }

    #[test]
    fn with_ram_beside_files_only_what_was_in_ram_dies_with_the_process(
        events in prop::collection::vec(event(), 1..120), disk in any::<bool>()
    ) {
        let durability = if disk { Durability::Disk } else { Durability::Process };
        for (owed, got) in play(events, &lenient(durability, SMALL), disk) {
            prop_assert_eq!(lost(&owed, &got), Vec::<&str>::new());
        }
    }

    #[test]
    fn one_flipped_bit_costs_one_request_at_most(sizes in prop::collection::vec(1..400_usize, 2..20), share in 0.0..1.0) {
        let (volume, storage) = (Fake::default(), storage(Durability::Process, 1 << 20));
        let mut first = life(&volume, &storage, &["a"], 1 << 20).unwrap();
        let sent: Vec<String> = sizes.iter().enumerate().map(|(at, size)| format!("{at} {}", "x".repeat(*size))).collect();
        for text in &sent {
            prop_assert!(first.send(0, text));
        }
        drop(first);
        let flipped = volume.dump().into_iter().find(|(name, _)| name.starts_with("segment-")).unwrap().1.len();
        volume.flip("segment-", share);
        let mut second = life(&volume, &storage, &["a"], 1 << 20).unwrap();
        let got = second.drain(0);
        let header = (share * flipped as f64) < 250.0;
        prop_assert!(header || got.len() + 1 >= sent.len(), "{} of {}", got.len(), sent.len());
        prop_assert!(got.iter().all(|text| sent.contains(text)));
        prop_assert_eq!(second.drain(0), Vec::<String>::new());
        prop_assert!(second.cursor(0).settled());
    }
}
