//! The few things the journal asks of a file system, so that tests can give it one that tears, loses and fills up.

use std::fmt::Debug;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, IoSlice};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use rustix::fs::FallocateFlags;
use rustix::io::Errno;

/// A folder of files, named without slashes.
pub(super) trait Volume: Send + Sync + Debug {
    /// The names of all files, in no order.
    fn names(&self) -> io::Result<Vec<String>>;
    /// A new file of `size` zeros whose blocks are there, as far as the file system can say so.
    fn create(&self, name: &str, size: u64) -> io::Result<Arc<dyn Medium>>;
    /// A file that is there.
    fn open(&self, name: &str) -> io::Result<Arc<dyn Medium>>;
    /// Gives a file another name, whoever had that before.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Takes a file away.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Makes what was created, renamed and removed outlive a loss of power.
    fn sync(&self) -> io::Result<()>;
}

/// An open file.
pub(super) trait Medium: Send + Sync + Debug {
    /// Writes all of `parts`, one after the other, from `at` on.
    fn write(&self, at: u64, parts: &[&[u8]]) -> io::Result<()>;
    /// Fills `into` from `at` on, as far as the file goes; how much that was.
    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<usize>;
    /// How many bytes there are.
    fn len(&self) -> io::Result<u64>;
    /// Cuts the file off at `len`, or adds zeros up to there.
    fn resize(&self, len: u64) -> io::Result<()>;
    /// Makes what was written outlive a loss of power.
    fn sync(&self) -> io::Result<()>;
}

/// The file `name`; none where a process that uses the folder has taken it away meanwhile.
pub(super) fn there(volume: &dyn Volume, name: &str) -> io::Result<Option<Arc<dyn Medium>>> {
    match volume.open(name) {
        Err(gone) if gone.kind() == ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    }
}

/// Lets go of files whose names are gone, elsewhere: a kernel frees what it caches of a file when the last who has it open
/// closes it, 10 ms for 64 MiB, and who writes would keep every sender waiting.
pub(super) fn close<T: Send + 'static>(gone: Vec<T>) {
    if !gone.is_empty() {
        // Where there is no thread to be had they are let go of here.
        let _detached = thread::Builder::new().name("journal-close".into()).spawn(|| drop(gone));
    }
}

/// A real folder, locked against other processes for as long as this lives.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    _lock: fs::File,
}

/// The file whose lock says that the folder is in use. Never removed: another process may wait on it.
const LOCK: &str = "lock";

impl Folder {
    /// Makes the folder where it is missing, for nobody else to read, and locks it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(fs::TryLockError::WouldBlock) => {
                Err(io::Error::new(ErrorKind::ResourceBusy, "another process uses this folder"))
            }
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Volume for Folder {
    fn names(&self) -> io::Result<Vec<String>> {
        names(&self.path)
    }

    fn create(&self, name: &str, size: u64) -> io::Result<Arc<dyn Medium>> {
        let path = self.path.join(name);
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        let made = match rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, size) {
            _ if size == 0 => Ok(()),
            // What cannot promise blocks gives them when they are written.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => file.set_len(size),
            made => made.map_err(io::Error::from),
        };
        if let Err(error) = made {
            // Half of it would be taken for a segment without frames: harmless, and in the way.
            let _best_effort = fs::remove_file(&path);
            return Err(error);
        }
        Ok(Arc::new(file))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn Medium>> {
        Ok(Arc::new(OpenOptions::new().read(true).write(true).open(self.path.join(name))?))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    fn sync(&self) -> io::Result<()> {
        fs::File::open(&self.path)?.sync_all()
    }
}

/// A folder that is only looked at: what would change it does nothing.
#[derive(Debug)]
pub(super) struct Looking(PathBuf);

impl Looking {
    pub(super) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

impl Volume for Looking {
    fn names(&self) -> io::Result<Vec<String>> {
        names(&self.0)
    }

    fn create(&self, _: &str, _: u64) -> io::Result<Arc<dyn Medium>> {
        Err(ErrorKind::ReadOnlyFilesystem.into())
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn Medium>> {
        Ok(Arc::new(fs::File::open(self.0.join(name))?))
    }

    fn rename(&self, _: &str, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn remove(&self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

fn names(path: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if let (true, Ok(name)) = (entry.file_type()?.is_file(), entry.file_name().into_string()) {
            names.push(name);
        }
    }
    names.retain(|name| name != LOCK);
    Ok(names)
}

impl Medium for fs::File {
    fn write(&self, mut at: u64, parts: &[&[u8]]) -> io::Result<()> {
        let mut slices: Vec<IoSlice<'_>> = parts.iter().map(|part| IoSlice::new(part)).collect();
        let mut left = slices.as_mut_slice();
        IoSlice::advance_slices(&mut left, 0);
        while !left.is_empty() {
            // The kernel takes no more slices than this at once (UIO_MAXIOV).
            let some = left.len().min(1024);
            match rustix::io::pwritev(self, &left[..some], at) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => {
                    at += written as u64;
                    IoSlice::advance_slices(&mut left, written);
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn read(&self, mut at: u64, into: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < into.len() {
            match self.read_at(&mut into[filled..], at) {
                Ok(0) => break,
                Ok(read) => (filled, at) = (filled + read, at + read as u64),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn resize(&self, len: u64) -> io::Result<()> {
        self.set_len(len)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}

#[cfg(test)]
pub(super) mod fake;
