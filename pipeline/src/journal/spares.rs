//! Files of segments that nobody needs any more, kept to be the next ones: to write over pages that a kernel has already, and blocks
//! that a file system has given, costs about half of asking for new ones and giving them back.

use std::io;
use std::sync::Arc;

use super::format::SegmentHead;
use super::volume::{Medium, Volume, close, there};

/// What the names of such files begin with; the rest is the number that they had.
const SPARE: &str = "spare-";

/// So many are kept at the most.
const MOST: usize = 3;

/// One of them.
#[derive(Debug)]
struct Spare {
    name: String,
    medium: Arc<dyn Medium>,
    size: u64,
}

/// All of them, the last one put there last: what is in a processor's cache of it is worth most.
#[derive(Debug, Default)]
pub(super) struct Spares(Vec<Spare>);

impl Spares {
    /// Whether one more is of use.
    pub(super) fn has_room(&self) -> bool {
        self.0.len() < MOST
    }

    /// Keeps the file `name` of segment `number`.
    pub(super) fn keep(
        &mut self,
        volume: &dyn Volume,
        name: &str,
        medium: Arc<dyn Medium>,
        number: u32,
        size: u64,
    ) -> io::Result<()> {
        let spare = format!("{SPARE}{number:08x}");
        volume.rename(name, &spare)?;
        self.0.push(Spare { name: spare, medium, size });
        Ok(())
    }

    /// One of about `size` bytes under the name `name`, that begins with `head`, and how large it is; `None` where there is none.
    /// Those of another size are given back: the journal has grown or shrunk. Where `sync` says so the file never has its new name
    /// and its old head, even after a loss of power.
    pub(super) fn renew(
        &mut self,
        volume: &dyn Volume,
        name: &str,
        head: &[u8],
        size: u64,
        sync: bool,
    ) -> io::Result<Option<(Arc<dyn Medium>, u64)>> {
        self.give_back(volume, |spare| spare / 2 > size || spare < size)?;
        let Some(Spare { name: spare, medium, size }) = self.0.pop() else { return Ok(None) };
        let renewed = medium.write(0, &[head]).and_then(|()| if sync { medium.sync() } else { Ok(()) });
        match renewed.and_then(|()| volume.rename(&spare, name)) {
            Ok(()) => Ok(Some((medium, size))),
            Err(error) => {
                let _best_effort = volume.remove(&spare);
                Err(error)
            }
        }
    }

    /// Gives back those whose size is not wanted.
    pub(super) fn give_back(&mut self, volume: &dyn Volume, unwanted: impl Fn(u64) -> bool) -> io::Result<()> {
        let gone: Vec<_> = self.0.extract_if(.., |spare| unwanted(spare.size)).collect();
        let removed = gone.iter().try_for_each(|spare| volume.remove(&spare.name));
        close(gone);
        removed
    }

    /// Bytes that they take.
    pub(super) fn bytes(&self) -> u64 {
        self.0.iter().map(|spare| spare.size).sum()
    }
}

/// Takes away what an earlier process kept, and gives files the names that their heads tell, `prefix` and their number: a file
/// system that loses a rename has one under a name that it had before, and in it may be what nobody else has.
pub(super) fn put_right(volume: &dyn Volume, prefix: &str) -> io::Result<()> {
    let mut names = volume.names()?;
    for at in 0..names.len() {
        let hex = [SPARE, prefix].into_iter().find_map(|prefix| names[at].strip_prefix(prefix));
        let Some(number) = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok()) else { continue };
        let Some(medium) = there(volume, &names[at])? else { continue };
        let told = SegmentHead::number(number, |at, into| medium.read(at, into).unwrap_or(0));
        if let Some(told) = told.filter(|told| *told != number) {
            let name = format!("{prefix}{told:08x}");
            if !names.contains(&name) {
                tracing::warn!(from = names[at], to = name, "a file has a name that it had before: put right");
                volume.rename(&names[at], &name)?;
                names[at] = name;
            }
        }
        if names[at].starts_with(SPARE) {
            volume.remove(&names[at])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
