//! Plays of everything that can happen to what waits: kept traces arrive, all of them or nothing of the others, and nothing waits for
//! ever.

use super::judge::{Many, TRACES, firm, holds, kept, kind, name, of};
use super::world::{World, world};
use super::*;

#[derive(Clone, Debug)]
enum Event {
    Send(bool, Vec<(u8, char, u8)>),
    Fold(usize),
    Tick,
    Step(usize),
    Rest,
    Pass(u64),
    Deliver(usize),
    /// Takes what is owed and holds it, or gives it back unsent.
    Take,
    GiveBack,
    Keep,
    Compact,
    /// The sampler forgets what it decided of a trace.
    Forget(u8),
    Crash {
        power: bool,
        chances: Vec<bool>,
    },
    /// A stop that keeps what waits, or decides it.
    Stop(bool),
    Break(Faults),
}

fn event() -> impl Strategy<Value = Event> {
    let chances = prop::collection::vec(any::<bool>(), 1..40);
    let faults = (prop::option::weighted(0.5, 0..4000_u64), prop::option::weighted(0.5, 0..200_usize), any::<bool>());
    let kind = prop_oneof![6 => Just('-'), 4 => Just('f'), 2 => Just('e'), 1 => Just('a')];
    let spans = prop::collection::vec((0..TRACES, kind, prop_oneof![6 => 1..100_u8, 1 => 200..255_u8]), 1..6);
    prop_oneof![
        12 => (any::<bool>(), spans).prop_map(|(logs, spans)| Event::Send(logs, spans)),
        5 => (1..6_usize).prop_map(Event::Fold),
        5 => Just(Event::Tick),
        5 => (1..4_usize).prop_map(Event::Step),
        2 => Just(Event::Rest),
        4 => (1..12_u64).prop_map(Event::Pass),
        2 => (1..4_usize).prop_map(Event::Deliver),
        1 => Just(Event::Take),
        1 => Just(Event::GiveBack),
        2 => Just(Event::Keep),
        5 => Just(Event::Compact),
        1 => (0..TRACES).prop_map(Event::Forget),
        2 => (any::<bool>(), chances).prop_map(|(power, chances)| Event::Crash { power, chances }),
        1 => prop::bool::weighted(0.2).prop_map(Event::Stop),
        1 => faults.prop_map(|(room, tear, sync)| Event::Break(Faults { room, tear, sync, ..Faults::default() })),
        2 => Just(Event::Break(Faults::default())),
    ]
}

/// What is known of a play.
#[derive(Debug, Default)]
struct Tally {
    sent: BTreeSet<String>,
    got: BTreeMap<String, usize>,
    crashed: bool,
    broken: bool,
    forgotten: BTreeSet<u8>,
}

/// Where a play is played.
struct Stage {
    /// None: in RAM alone.
    files: Option<Storage>,
    /// What was not synced goes with the power.
    power_goes: bool,
    /// Bytes that may wait.
    budget: u64,
}

/// A play under way.
struct Play {
    stage: Stage,
    volume: Fake,
    many: Many,
    life: World,
    now: Timestamp,
    tally: Tally,
}

impl Stage {
    fn in_files(durability: Durability, power_goes: bool, budget: u64) -> Self {
        Self { files: Some(storage(durability)), power_goes, budget }
    }

    fn play(self, events: Vec<Event>) -> Tally {
        let (volume, many, now) = (Fake::default(), Many::default(), Timestamp(1_000_000_000));
        let life = self.life(&volume, &many, now);
        let mut play = Play { stage: self, volume, many, life, now, tally: Tally::default() };
        for (number, event) in events.into_iter().enumerate() {
            match event {
                Event::Break(_) | Event::Crash { .. } | Event::Stop(_) if play.stage.files.is_none() => {}
                Event::Break(_) | Event::Crash { .. } | Event::Stop(_) => play.strike(&event),
                event => play.go_on(number, event),
            }
            play.life.adds_up();
        }
        play.end()
    }

    fn life(&self, volume: &Fake, many: &Many, now: Timestamp) -> World {
        world(self.files.as_ref().map(|storage| (volume, storage)), many, now, self.budget).unwrap()
    }
}

impl Play {
    fn arrive(&mut self, most: usize) {
        let names = self.life.deliver(most, self.now);
        names.into_iter().for_each(|name| *self.tally.got.entry(name).or_default() += 1);
    }

    /// What happens on a good day.
    fn go_on(&mut self, number: usize, event: Event) {
        let (life, now) = (&mut self.life, self.now);
        match event {
            Event::Send(traces, records) => {
                let signal = if traces { Signal::Traces } else { Signal::Logs };
                let one = |(at, (trace, kind, size)): (usize, &(u8, char, u8))| {
                    // Few are long enough to fill segments.
                    let size = if *size >= 200 { usize::from(*size) * 12 } else { usize::from(*size) };
                    name(*trace, *kind, &format!("{number} {at} {}", "x".repeat(size)))
                };
                let names: Vec<String> = records.iter().enumerate().map(one).collect();
                if life.send(signal, &names, now) {
                    self.tally.sent.extend(names);
                }
            }
            Event::Fold(most) => life.fold(most, now),
            Event::Step(most) => (0..most).for_each(|_| _ = life.step(now)),
            Event::Rest => life.rest(now),
            Event::Pass(seconds) => self.now = Timestamp(now.0 + seconds * 1_000_000_000),
            Event::Deliver(most) => self.arrive(most),
            Event::Take => {
                let taken = life.take(now);
                life.held.extend(taken.map(|(parcel, _)| parcel));
            }
            Event::GiveBack => life.held.clear(),
            Event::Keep => life.keep(now),
            Event::Forget(trace) => {
                self.tally.forgotten.insert(trace);
                self.many.forgets.lock().unwrap().insert(trace);
            }
            Event::Compact if self.stage.files.is_some() => life.decider.compact_all(),
            // RAM is compacted as it ticks.
            _ => _ = life.decider.tick(now),
        }
    }

    /// What happens on a bad one.
    fn strike(&mut self, event: &Event) {
        if let Event::Break(faults) = event {
            self.tally.broken = true;
            return self.volume.break_with(*faults);
        }
        if let Event::Crash { power, chances } = event {
            self.tally.crashed = true;
            if *power && self.stage.power_goes {
                let mut chances = chances.iter().cycle();
                self.volume.lose_power(|| *chances.next().unwrap());
            }
        }
        self.volume.break_with(Faults::default());
        if let Event::Stop(decide) = event {
            let how = if *decide { OnShutdown::Decide } else { OnShutdown::Keep };
            self.life.held.clear();
            self.life.fold(usize::MAX, self.now);
            self.life.decider.order(Order::Stop(how), self.now);
            self.life.rest(self.now);
            self.life.keep(self.now);
        }
        // The old one is over before the new one begins.
        let nobody = world(None, &self.many, self.now, self.stage.budget).unwrap();
        drop(std::mem::replace(&mut self.life, nobody));
        self.life = self.stage.life(&self.volume, &self.many, self.now);
    }

    fn end(mut self) -> Tally {
        self.volume.break_with(Faults::default());
        self.life.held.clear();
        for _ in 0..12 {
            self.life.rest(self.now);
            self.arrive(usize::MAX);
            self.life.keep(self.now);
            self.life.adds_up();
            self.now = Timestamp(self.now.0 + 11_000_000_000);
        }
        for signal in [Signal::Traces, Signal::Logs] {
            assert_eq!(self.life.series.of(signal).pending.get(), 0, "nothing waits for ever");
        }
        self.life.decider.tick(self.now);
        assert_eq!(self.life.series.bytes.get(), 0, "nor does a frame");
        if self.stage.files.is_some() {
            let segments = self.volume.dump().into_keys().filter(|name| name.starts_with("segment-")).count();
            assert_eq!(segments, 1, "all is given back");
        }
        let memory = self.life.memory.clone();
        drop(self.life);
        assert_eq!(memory.used(), 0, "so is memory");
        self.tally
    }
}

fn judge(tally: &Tally) -> Result<(), TestCaseError> {
    let mut by: BTreeMap<u8, (BTreeSet<&String>, BTreeSet<&String>)> = BTreeMap::new();
    let waits = |name: &&String| kind(name) != 'a';
    tally.sent.iter().filter(waits).for_each(|name| _ = by.entry(of(name)).or_default().0.insert(name));
    tally.got.keys().filter(waits).for_each(|name| _ = by.entry(of(name)).or_default().1.insert(name));
    let short = |name: &String| name.chars().take(20).collect::<String>();
    let mut ahead = tally.sent.iter().filter(|name| !waits(name));
    let missing: Vec<_> = ahead.by_ref().filter(|name| !tally.got.contains_key(*name)).map(short).collect();
    prop_assert!(missing.is_empty(), "what leaves ahead leaves: {missing:?}");
    for (trace, (mut sent, got)) in by {
        if firm(trace) {
            sent.retain(|name| kind(name) == 'f');
            prop_assert!(got.iter().all(|name| kind(name) == 'f'), "{trace}: what is not firm stays");
        }
        let missing: Vec<String> = sent.difference(&got).map(|name| short(name)).collect();
        if kept(trace) && !holds(trace) {
            prop_assert!(missing.is_empty(), "{trace}, which is kept, lacks {missing:?}");
        }
        // Where a disk fails decisions may be lost that release nothing.
        let twice = tally.forgotten.contains(&trace) && (holds(trace) || !kept(trace));
        if !tally.broken && !twice {
            prop_assert!(got.is_empty() || missing.is_empty(), "{trace} has {} and lacks {missing:?}", got.len());
        }
    }
    if !tally.crashed && !tally.broken {
        let twice: Vec<_> = tally.got.iter().filter(|(_, times)| **times > 1).map(|(name, _)| short(name)).collect();
        prop_assert!(twice.is_empty(), "twice without a crash: {twice:?}");
    }
    Ok(())
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(event(), 1..90)
}

fn sound(events: Vec<Event>) -> Vec<Event> {
    events.into_iter().filter(|event| !matches!(event, Event::Break(_))).collect()
}

/// Bytes that may wait: so many that nothing is decided before its time, or few.
fn budget() -> impl Strategy<Value = u64> {
    prop_oneof![Just(768_u64 << 10), Just(12_u64 << 10)]
}

proptest! {
    #[test]
    fn in_ram(events in events(), budget in budget()) {
        judge(&Stage { files: None, power_goes: false, budget }.play(events))?;
    }

    #[test]
    fn under_process(events in events(), budget in budget()) {
        judge(&Stage::in_files(Durability::Process, false, budget).play(sound(events)))?;
    }

    #[test]
    fn under_disk(events in events(), budget in budget()) {
        judge(&Stage::in_files(Durability::Disk, true, budget).play(sound(events)))?;
    }

    #[test]
    fn in_ram_beside_files(events in events(), budget in budget()) {
        // What is in RAM alone dies with the process.
        let lives = |event: &Event| !matches!(event, Event::Crash { .. } | Event::Stop(_));
        let files = Some(Storage { on_error: OnError::Memory, ..storage(Durability::Process) });
        let events = events.into_iter().filter(lives).collect();
        judge(&Stage { files, power_goes: false, budget }.play(events))?;
    }

    #[test]
    fn on_a_disk_that_fails(events in events(), disk in any::<bool>(), budget in budget()) {
        let durability = if disk { Durability::Disk } else { Durability::Process };
        judge(&Stage::in_files(durability, disk, budget).play(events))?;
    }
}

/// What left, or was sampled out, by an earlier decision about a trace is not held by a later one.
#[test]
fn what_has_left_is_not_held_in_the_next_life() {
    let send = |records: &[(u8, char, u8)]| [Event::Send(true, records.to_vec()), Event::Rest];
    let decide = [Event::Pass(10), Event::Rest];
    let mut events = Vec::new();
    // Tails.
    events.extend(send(&[(7, '-', 1)]));
    events.extend(decide.clone());
    // Heads: it leaves, and its frame waits for the other.
    events.extend(send(&[(1, '-', 1), (11, '-', 1)]));
    events.extend(decide.clone());
    events.push(Event::Forget(1));
    // Tails: it is held.
    events.extend(send(&[(1, '-', 2)]));
    events.extend(decide);
    events.push(Event::Stop(false));
    events.extend(send(&[(1, 'e', 3)]));
    judge(&Stage::in_files(Durability::Process, false, 768 << 10).play(events)).unwrap();
}

/// What is held when a process stops is given up in the next life too, at whatever time it was decided.
#[test]
fn what_a_stop_gave_up_is_not_held_in_the_next_life() {
    let send = |records: &[(u8, char, u8)]| Event::Send(false, records.to_vec());
    let requests: [&[u8]; 6] = [&[4], &[13, 6], &[0, 0], &[4], &[0], &[3]];
    let of = |traces: &[u8]| traces.iter().map(|trace| (*trace, '-', 1)).collect::<Vec<_>>();
    let mut events: Vec<Event> = requests.map(|traces| send(&of(traces))).into();
    events.extend([Event::Rest, Event::Pass(10), Event::Tick, Event::Stop(true)]);
    events.extend([send(&[(13, '-', 1)]), send(&[(0, '-', 1)]), send(&[(13, 'e', 1)])]);
    judge(&Stage::in_files(Durability::Disk, true, 768 << 10).play(events)).unwrap();
}
