//! Files that were put aside for damage, for somebody to look at with other tools; within a bound, for nobody may ever come.

use std::io;

use super::files::Storage;
use super::segments::Segments;
use super::volume::Volume;
use crate::ledger::JournalSeries;

impl Storage {
    /// Bytes that files put aside may take: as many as dead letters, past which the oldest go; one always may stay.
    pub(super) fn quarantine(&self) -> u64 {
        self.letters()
    }
}

/// Every file of `volume` that was put aside, and its size; those of the least numbers first, which are the oldest.
pub(super) fn put_aside(volume: &dyn Volume) -> io::Result<Vec<(String, u64)>> {
    let mut names = volume.names()?;
    names.retain(|name| Segments::is_quarantined(name));
    names.sort_by_cached_key(|name| (name.rsplit('-').next().map(str::to_owned), name.clone()));
    // A process that uses the folder may have taken one away meanwhile.
    let sized = |name: String| Some((volume.open(&name).and_then(|medium| medium.len()).ok()?, name));
    Ok(names.into_iter().filter_map(sized).map(|(bytes, name)| (name, bytes)).collect())
}

/// Takes the oldest files away that were put aside, past `most` bytes.
pub(super) fn hold(volume: &dyn Volume, most: u64, series: &JournalSeries) -> io::Result<()> {
    let files = put_aside(volume)?;
    let mut bytes: u64 = files.iter().map(|(_, bytes)| bytes).sum();
    for (name, size) in &files[..files.len().saturating_sub(1)] {
        if bytes <= most {
            break;
        }
        volume.remove(name)?;
        bytes -= size;
        series.quarantine_dropped_bytes.inc_by(*size);
        tracing::error!(segment = name, bytes = size, "put aside for damage, and gone: there are too many of them");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
