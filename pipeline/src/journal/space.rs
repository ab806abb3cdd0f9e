//! What the file system of a journal has room for, asked without making anything there.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access, statvfs};

use super::files::{RESERVED, Storage};

/// The file system under a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Space {
    /// The folder, or the nearest above it that is there.
    pub at: PathBuf,
    /// Bytes that are free to who asks.
    pub free: u64,
    /// Bytes that the files of the folder take already.
    pub taken: u64,
    /// Whether who asks may write there.
    pub writable: bool,
}

impl Storage {
    /// The most bytes that the folder may take: segments, dead letters, decisions, what was put aside for damage,
    /// and the reserve.
    pub fn most(&self) -> u64 {
        let beside = [self.letters(), self.decisions(), self.quarantine(), RESERVED];
        let beside = beside.into_iter().fold(0, u64::saturating_add);
        self.max_size.saturating_add(beside)
    }
}

/// What there is for a journal in `folder`, which need not be there. An error of the kind `NotADirectory` where it
/// cannot be, for a file is in its place.
pub fn space(folder: &Path) -> io::Result<Space> {
    let at = nearest(folder)?;
    let system = statvfs(&at)?;
    let free = system.f_bavail.saturating_mul(system.f_frsize);
    let taken = if at == folder { taken(folder)? } else { 0 };
    let writable = access(&at, Access::WRITE_OK | Access::EXEC_OK).is_ok();
    Ok(Space { at, free, taken, writable })
}

/// The first of `folder` and what is above it that is there.
fn nearest(folder: &Path) -> io::Result<PathBuf> {
    for above in folder.ancestors() {
        let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        match above.metadata() {
            Ok(there) if there.is_dir() => return Ok(above.to_owned()),
            Ok(_) => return Err(ErrorKind::NotADirectory.into()),
            // Beneath a file nothing is found either: the file itself comes next, and is told.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::NotFound.into())
}

/// What the blocks of the files in `folder` take, as `du` counts it.
fn taken(folder: &Path) -> io::Result<u64> {
    use std::os::unix::fs::MetadataExt;

    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        // A process that uses the folder may have taken the file away meanwhile.
        sum += entry?.metadata().map_or(0, |metadata| metadata.blocks() * 512);
    }
    Ok(sum)
}

#[cfg(test)]
mod tests;
