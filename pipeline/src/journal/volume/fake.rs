//! A file system that does what real ones do on bad days: it fills up, fails to sync, tears writes, and forgets what was
//! not synced when the power goes.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard};

use super::{Medium, Volume};

/// Bytes that reach a platter together or not at all.
const PAGE: usize = 64;

/// What is to go wrong next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::journal) struct Faults {
    /// Bytes that may still be allocated.
    pub(in crate::journal) room: Option<u64>,
    /// Every write stops after so many bytes, with EIO.
    pub(in crate::journal) tear: Option<usize>,
    /// Syncs fail.
    pub(in crate::journal) sync: bool,
    /// Renames seem to last, and are undone when the power goes, whatever was synced since.
    pub(in crate::journal) rename: bool,
}

/// A rename that will be undone: the two names, and what they stood for before.
#[derive(Debug)]
struct Undone {
    names: [String; 2],
    moved: File,
    replaced: Option<File>,
}

#[derive(Clone, Debug, Default)]
struct Content {
    bytes: Vec<u8>,
    synced: Vec<u8>,
}

type File = Arc<Mutex<Content>>;

#[derive(Debug, Default)]
struct State {
    names: BTreeMap<String, File>,
    /// As the last sync of the folder left them.
    synced: BTreeMap<String, File>,
    undone: Vec<Undone>,
    faults: Faults,
}

/// A volume in RAM. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub(in crate::journal) struct Fake(Arc<Mutex<State>>);

#[derive(Debug)]
struct Open {
    volume: Fake,
    file: File,
}

impl Fake {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(in crate::journal) fn break_with(&self, faults: Faults) {
        self.lock().faults = faults;
    }

    /// The power goes: of what was not synced, `survives` says of each page and each name whether it is there.
    pub(in crate::journal) fn lose_power(&self, mut survives: impl FnMut() -> bool) {
        let mut state = self.lock();
        let mut names = state.synced.clone();
        for (name, file) in &state.names {
            if survives() {
                names.insert(name.clone(), file.clone());
            }
        }
        for name in state.synced.keys() {
            if !state.names.contains_key(name) && survives() {
                names.remove(name);
            }
        }
        for Undone { names: [from, to], moved, replaced } in state.undone.drain(..).rev() {
            let there = names.get(&to).is_some_and(|there| Arc::ptr_eq(there, &moved));
            if !there || names.contains_key(&from) {
                // It was taken away since, or another has its old name, which no file system gives twice.
                continue;
            }
            names.remove(&to);
            names.extend(replaced.map(|replaced| (to, replaced)));
            names.insert(from, moved);
        }
        for file in names.values() {
            let mut content = file.lock().unwrap();
            let Content { bytes, synced } = &mut *content;
            let length = if survives() { bytes.len() } else { synced.len() };
            let mut after = vec![0; length];
            for at in (0..length).step_by(PAGE) {
                let source = if survives() { &*bytes } else { &*synced };
                let page = source.get(at..source.len().min(at + PAGE).min(length)).unwrap_or_default();
                after[at..at + page.len()].copy_from_slice(page);
            }
            (*bytes, *synced) = (after.clone(), after);
        }
        state.synced = names.clone();
        state.names = names;
    }

    /// Flips a bit of the file whose name begins with `prefix`, at `share` of its length.
    pub(in crate::journal) fn flip(&self, prefix: &str, share: f64) {
        let state = self.lock();
        let Some((_, file)) = state.names.iter().find(|(name, _)| name.starts_with(prefix)) else { return };
        let bytes = &mut file.lock().unwrap().bytes;
        let at = (bytes.len() as f64 * share) as usize;
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << (at % 8);
        }
    }

    /// Every file and what is in it.
    pub(in crate::journal) fn dump(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.lock();
        state.names.iter().map(|(name, file)| (name.clone(), file.lock().unwrap().bytes.clone())).collect()
    }

    fn found(&self, name: &str) -> io::Result<File> {
        self.lock().names.get(name).cloned().ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn allocate(&self, bytes: u64) -> io::Result<()> {
        let room = &mut self.lock().faults.room;
        match room.map(|room| room.checked_sub(bytes)) {
            None => Ok(()),
            Some(Some(left)) => {
                *room = Some(left);
                Ok(())
            }
            Some(None) => Err(ErrorKind::StorageFull.into()),
        }
    }
}

impl Volume for Fake {
    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.lock().names.keys().cloned().collect())
    }

    fn create(&self, name: &str, size: u64) -> io::Result<Arc<dyn Medium>> {
        self.allocate(size)?;
        let bytes = vec![0; usize::try_from(size).unwrap()];
        let file: File = Arc::new(Mutex::new(Content { bytes, synced: Vec::new() }));
        let before = self.lock().names.insert(name.to_owned(), file.clone());
        assert!(before.is_none(), "{name} is there");
        Ok(Arc::new(Open { volume: self.clone(), file }))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn Medium>> {
        Ok(Arc::new(Open { volume: self.clone(), file: self.found(name)? }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let file = self.found(from)?;
        let mut state = self.lock();
        state.names.remove(from);
        let replaced = state.names.insert(to.to_owned(), file.clone());
        if state.faults.rename {
            state.undone.push(Undone { names: [from.to_owned(), to.to_owned()], moved: file, replaced });
        }
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let file = self.found(name)?;
        let mut state = self.lock();
        state.names.remove(name);
        let freed = file.lock().unwrap().bytes.len() as u64;
        state.faults.room = state.faults.room.map(|room| room + freed);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.lock();
        state.synced = state.names.clone();
        Ok(())
    }
}

impl Medium for Open {
    fn write(&self, at: u64, parts: &[&[u8]]) -> io::Result<()> {
        let mut whole = parts.concat();
        let tear = self.volume.lock().faults.tear.filter(|tear| *tear < whole.len());
        whole.truncate(tear.unwrap_or(usize::MAX));
        let at = usize::try_from(at).unwrap();
        let before = self.file.lock().unwrap().bytes.len();
        self.volume.allocate((at + whole.len()).saturating_sub(before) as u64)?;
        let bytes = &mut self.file.lock().unwrap().bytes;
        bytes.resize(before.max(at + whole.len()), 0);
        bytes[at..at + whole.len()].copy_from_slice(&whole);
        if tear.is_some() { Err(io::Error::other("EIO")) } else { Ok(()) }
    }

    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let content = self.file.lock().unwrap();
        let from = content.bytes.get(usize::try_from(at).unwrap()..).unwrap_or_default();
        let length = from.len().min(into.len());
        into[..length].copy_from_slice(&from[..length]);
        Ok(length)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.file.lock().unwrap().bytes.len() as u64)
    }

    fn resize(&self, len: u64) -> io::Result<()> {
        self.file.lock().unwrap().bytes.resize(usize::try_from(len).unwrap(), 0);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        if self.volume.lock().faults.sync {
            return Err(io::Error::other("EIO"));
        }
        let mut content = self.file.lock().unwrap();
        content.synced = content.bytes.clone();
        Ok(())
    }
}
