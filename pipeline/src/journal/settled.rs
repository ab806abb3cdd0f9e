//! What a destination has settled, kept in a file of its own: entries behind one another, written anew when there are many.
//!
//! Entries that are lost cost deliveries that are made twice, never one that is not made.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use super::format::{ENTRY, Entry};
use super::frame::Position;
use super::volume::{Medium, Volume};
use crate::Signal;

const PREFIX: &str = "cursor-";

/// The name a file has until it is whole.
const UNFINISHED: &str = "new-";

/// From here on a file is written anew, with what still matters.
const LONG: u64 = 1 << 20;

/// What is settled of one signal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Done {
    /// Everything before this.
    pub(super) below: Position,
    /// And these behind it.
    pub(super) above: BTreeSet<Position>,
}

/// The cursor file of one destination.
#[derive(Debug)]
pub(super) struct Settled {
    volume: Arc<dyn Volume>,
    name: String,
    medium: Arc<dyn Medium>,
    at: u64,
    pub(super) lanes: [Done; 3],
}

impl Settled {
    /// The file of `exporter`; a new one, for an exporter that is owed nothing before `end`, where there is none.
    pub(super) fn open(volume: &Arc<dyn Volume>, exporter: &str, end: Position) -> io::Result<Self> {
        let name = format!("{PREFIX}{}", escaped(exporter));
        let found = known(&**volume)?.remove(exporter);
        if found.is_some() && !volume.names()?.contains(&name) {
            // It is to be there all the while that its successor is written.
            volume.rename(&format!("{UNFINISHED}{name}"), &name)?;
        }
        let lanes = found.unwrap_or_else(|| new(end));
        let mut settled = Self { volume: volume.clone(), medium: write(&**volume, &name, &lanes)?, name, at: 0, lanes };
        settled.at = settled.medium.len()?;
        Ok(settled)
    }

    /// The exporters that have a file in `volume`.
    pub(super) fn exporters(volume: &dyn Volume) -> io::Result<Vec<String>> {
        Ok(known(volume)?.into_keys().collect())
    }

    /// What the file of an exporter says, which is there.
    pub(super) fn lanes(volume: &dyn Volume, exporter: &str) -> io::Result<[Done; 3]> {
        known(volume)?.remove(exporter).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// The furthest place that the file of an exporter tells of.
    pub(super) fn highest(volume: &dyn Volume, exporter: &str) -> io::Result<Position> {
        let lanes = Self::lanes(volume, exporter)?;
        let furthest = |done: &Done| done.above.last().copied().unwrap_or_default().max(done.below);
        Ok(lanes.iter().map(furthest).max().unwrap_or_default())
    }

    /// Takes the file of an exporter away that is no more.
    pub(super) fn forget(volume: &dyn Volume, exporter: &str) -> io::Result<()> {
        let name = format!("{PREFIX}{}", escaped(exporter));
        for name in [format!("{UNFINISHED}{name}"), name] {
            if volume.names()?.contains(&name) {
                volume.remove(&name)?;
            }
        }
        Ok(())
    }

    /// Writes down that `frames` are settled; of each signal all before `low` is.
    pub(super) fn note(&mut self, frames: &[(Signal, Position)], low: [Position; 3]) -> io::Result<()> {
        for (signal, at) in frames {
            self.lanes[*signal as usize].above.insert(*at);
        }
        for (done, low) in self.lanes.iter_mut().zip(low) {
            done.below = done.below.max(low);
            done.above = done.above.split_off(&done.below);
        }
        if self.at > LONG {
            self.medium = write(&*self.volume, &self.name, &self.lanes)?;
            self.at = self.medium.len()?;
            return Ok(());
        }
        let entries: Vec<u8> = frames.iter().flat_map(|(signal, at)| Entry::One(*signal, *at).encode()).collect();
        self.medium.write(self.at, &[&entries])?;
        self.at += entries.len() as u64;
        Ok(())
    }
}

/// What every exporter of `volume` has settled. A file that is whole and has not got its name, for a file system lost the
/// rename, counts where there is no other: without one its exporter would be new, and be owed nothing.
fn known(volume: &dyn Volume) -> io::Result<BTreeMap<String, [Done; 3]>> {
    let mut known = BTreeMap::new();
    let names = volume.names()?;
    for name in names.iter().filter(|name| name.starts_with(PREFIX)) {
        if let Some(exporter) = name.strip_prefix(PREFIX).and_then(unescaped) {
            known.insert(exporter, read(&*volume.open(name)?)?.0);
        }
    }
    for name in names.iter().filter(|name| name.starts_with(UNFINISHED)) {
        let exporter = name.strip_prefix(UNFINISHED).and_then(|name| name.strip_prefix(PREFIX)).and_then(unescaped);
        if let Some(exporter) = exporter.filter(|exporter| !known.contains_key(exporter))
            && let (lanes, true) = read(&*volume.open(name)?)?
        {
            known.insert(exporter, lanes);
        }
    }
    Ok(known)
}

fn new(end: Position) -> [Done; 3] {
    std::array::from_fn(|_| Done { below: end, above: BTreeSet::new() })
}

/// Writes a whole file and gives it its name, so that there is always one that is whole.
fn write(volume: &dyn Volume, name: &str, lanes: &[Done; 3]) -> io::Result<Arc<dyn Medium>> {
    let unfinished = format!("{UNFINISHED}{name}");
    if volume.names()?.contains(&unfinished) {
        volume.remove(&unfinished)?;
    }
    let medium = volume.create(&unfinished, 0)?;
    let mut entries = Vec::new();
    for (signal, done) in Signal::ALL.into_iter().zip(lanes) {
        entries.extend(Entry::Below(signal, done.below).encode());
        entries.extend(done.above.iter().flat_map(|at| Entry::One(signal, *at).encode()));
    }
    medium.write(0, &[&entries])?;
    medium.sync()?;
    volume.rename(&unfinished, name)?;
    volume.sync()?;
    Ok(medium)
}

/// Reads what holds of a file: what is damaged is left out; and whether it tells of every signal, as one that is whole
/// does.
fn read(medium: &dyn Medium) -> io::Result<([Done; 3], bool)> {
    let mut bytes = vec![0; usize::try_from(medium.len()?).unwrap_or(usize::MAX)];
    let filled = medium.read(0, &mut bytes)?;
    let mut lanes = <[Done; 3]>::default();
    let mut told = [false; 3];
    for entry in bytes[..filled].as_chunks::<ENTRY>().0.iter().filter_map(Entry::decode) {
        match entry {
            Entry::Below(signal, at) => {
                told[signal as usize] = true;
                lanes[signal as usize].below = lanes[signal as usize].below.max(at);
            }
            Entry::One(signal, at) => _ = lanes[signal as usize].above.insert(at),
        }
    }
    for done in &mut lanes {
        done.above = done.above.split_off(&done.below);
    }
    Ok((lanes, told == [true; 3]))
}

/// An exporter's id as part of a file name: letters, digits, `_` and `.` as they are, others in hexadecimal.
fn escaped(id: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    id.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") }).collect()
}

fn unescaped(name: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), name.as_bytes());
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let (code, tail) = rest.split_first_chunk::<2>()?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()?);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}
