//! The file itself: whole messages or nothing, whatever the disk does.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use pipeline::Timestamp;

use super::Rotation;
use super::rotation::set_aside;

/// Where to write, and how.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) path: PathBuf,
    /// Messages are lines.
    pub(super) lines: bool,
    /// Empty the file when it is opened first.
    pub(super) truncate: bool,
    pub(super) rotation: Option<Rotation>,
    /// Make the directory, with this mode.
    pub(super) directory_mode: Option<u32>,
}

/// Appends messages to a file; opened at the start, and again after an error.
#[derive(Debug)]
pub(super) struct Writer {
    target: Target,
    open: Option<Open>,
    /// Whether it was opened before: it is emptied once at most.
    begun: bool,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// The end of the last whole message, in bytes.
    whole: u64,
}

impl Writer {
    pub(super) fn new(target: Target) -> Self {
        Self { target, open: None, begun: false }
    }

    /// Opens the file, and empties it where that is asked for. The error names it.
    pub(super) fn begin(&mut self, now: Timestamp) -> io::Result<()> {
        match self.open(now) {
            Ok(open) => self.open = Some(open),
            Err(error) => {
                return Err(io::Error::new(error.kind(), format!("{}: {error}", self.target.path.display())));
            }
        }
        Ok(())
    }

    /// Hands a message to the OS, whole. After an error nothing of it is in the file, as far as the OS lets us.
    pub(super) fn write(&mut self, message: &[u8], now: Timestamp) -> io::Result<()> {
        let length = message.len() as u64;
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.open(now)?,
        };
        if let Some(rotation) = &self.target.rotation
            && open.whole > 0
            && open.whole + length > rotation.most()
        {
            rotation.rotate(&self.target.path, now)?;
            open = self.open(now)?;
        }
        match open.file.write_all(message) {
            Ok(()) => {
                open.whole += length;
                self.open = Some(open);
                Ok(())
            }
            Err(error) => {
                // What was written of it goes; where even that fails, the next opening ends the torn line.
                let cut = open.file.set_len(open.whole).and_then(|()| open.file.seek(SeekFrom::End(0)));
                self.open = cut.is_ok().then_some(open);
                Err(error)
            }
        }
    }

    fn open(&mut self, now: Timestamp) -> io::Result<Open> {
        let path = &self.target.path;
        if let (Some(mode), Some(directory)) = (self.target.directory_mode, path.parent()) {
            make_directory(directory, mode)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        let size = match file.seek(SeekFrom::End(0)) {
            // A pipe holds nothing that was written before.
            Err(error) if error.kind() == io::ErrorKind::NotSeekable => 0,
            size => size?,
        };
        let mut whole = size;
        if self.target.truncate && !self.begun {
            whole = 0;
        } else if self.target.lines {
            if whole > 0 && !ends_line(&mut file)? {
                file.write_all(b"\n")?;
                whole += 1;
            }
        } else if size > 0 {
            // Behind a torn message no later one could be found.
            whole = whole_messages(&mut file, size)?;
            let foreign = whole == 0 && size >= LENGTH;
            if foreign || size - whole > TORN {
                let aside = set_aside(path, now)?;
                tracing::warn!(file = %path.display(), aside = %aside.display(), "not all messages with their lengths: set aside");
                return self.open(now);
            }
        }
        // A device has no length to set, and nothing in it to cut.
        if whole < size {
            file.set_len(whole)?;
        }
        self.begun = true;
        Ok(Open { file, whole })
    }
}

/// Bytes of a message's length.
const LENGTH: u64 = 4;

/// What the end of a process leaves of a message is shorter; what is longer somebody may want to look at.
const TORN: u64 = 64 << 20;

/// Where the last whole message of a file of `size` bytes ends, going from length to length.
fn whole_messages(file: &mut File, size: u64) -> io::Result<u64> {
    let mut lengths = io::BufReader::new(&mut *file);
    let mut end = lengths.seek(SeekFrom::Start(0))?;
    while end + 4 <= size {
        let mut length = [0; 4];
        lengths.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length);
        if end + 4 + u64::from(length) > size {
            break;
        }
        end += 4 + u64::from(length);
        lengths.seek_relative(i64::from(length))?;
    }
    file.seek(SeekFrom::End(0))?;
    Ok(end)
}

/// Whether the last byte ends a line; a file may have been torn by a crash.
fn ends_line(file: &mut File) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn make_directory(directory: &std::path::Path, mode: u32) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, mode);
    #[cfg(not(unix))]
    let _only_unix_has_modes = mode;
    builder.create(directory)
}
