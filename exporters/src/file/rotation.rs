//! When a file is full it is renamed with the time before its extension, as the Collector's rotation names it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pipeline::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::calendar::Moment;

/// When a new file is begun, and how many old ones are kept.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rotation {
    /// Begin a new file before this one passes so many megabytes (1,048,576 bytes); 0 is the default. Default 100.
    pub max_megabytes: u64,
    /// Delete old files after so many days; 0 and less never do. Default 0.
    pub max_days: i64,
    /// Keep at most so many old files; 0 and less keep all. Default 100.
    pub max_backups: i64,
    /// Accepted for the Collector's sake and without effect: old files are named in UTC. Default false.
    pub localtime: bool,
}

impl Default for Rotation {
    fn default() -> Self {
        Self { max_megabytes: 100, max_days: 0, max_backups: 100, localtime: false }
    }
}

impl Rotation {
    /// The size a file may have, in bytes.
    pub(super) fn most(&self) -> u64 {
        let megabytes = if self.max_megabytes == 0 { Self::default().max_megabytes } else { self.max_megabytes };
        megabytes.saturating_mul(1 << 20)
    }

    /// Renames `path` and deletes the old files that are too many or too old.
    pub(super) fn rotate(&self, path: &Path, now: Timestamp) -> io::Result<()> {
        set_aside(path, now)?;
        self.clean(path, now)
    }

    fn clean(&self, path: &Path, now: Timestamp) -> io::Result<()> {
        let mut backups = backups(path)?;
        // The time is written so that names in order are times in order.
        backups.sort();
        let most = usize::try_from(self.max_backups).ok().filter(|most| *most > 0).unwrap_or(usize::MAX);
        let many = backups.len().saturating_sub(most);
        let days = u64::try_from(self.max_days).unwrap_or(0);
        let keep = Duration::from_secs(days.saturating_mul(86_400));
        let oldest = Timestamp(now.0.saturating_sub(u64::try_from(keep.as_nanos()).unwrap_or(u64::MAX)));
        let oldest = backup(path, oldest);
        for (at, old) in backups.iter().enumerate() {
            if at < many || (days > 0 && *old < oldest) {
                fs::remove_file(old)?;
            }
        }
        Ok(())
    }
}

/// Renames `path` as an old file; what it is called now.
pub(super) fn set_aside(path: &Path, now: Timestamp) -> io::Result<PathBuf> {
    let mut at = now;
    let mut backup = backup(path, at);
    while backup.exists() {
        at = at.plus(Duration::from_millis(1));
        backup = self::backup(path, at);
    }
    fs::rename(path, &backup)?;
    Ok(backup)
}

/// `dir/stem-2022-09-14T05-02-14.173.ext`.
fn backup(path: &Path, at: Timestamp) -> PathBuf {
    let Moment { year, month, day, hour, minute, second, nanos } = Moment::of(at);
    let millis = nanos / 1_000_000;
    let (stem, extension) = names(path);
    let time = format!("{year:04}-{month:02}-{day:02}T{hour:02}-{minute:02}-{second:02}.{millis:03}");
    path.with_file_name(format!("{stem}-{time}{extension}"))
}

/// The name without its extension, and the extension with its dot.
fn names(path: &Path) -> (String, String) {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let extension = path.extension().map(|ext| format!(".{}", ext.to_string_lossy())).unwrap_or_default();
    (stem, extension)
}

/// The old files of `path`: named as [`backup`] names them, nothing else.
fn backups(path: &Path) -> io::Result<Vec<PathBuf>> {
    let (stem, extension) = names(path);
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let time = name.strip_prefix(&stem).and_then(|rest| rest.strip_prefix('-'));
        let time = time.and_then(|rest| rest.strip_suffix(&extension));
        if time.is_some_and(is_time) {
            found.push(path.with_file_name(name));
        }
    }
    Ok(found)
}

/// Whether a text has the shape `2022-09-14T05-02-14.173`.
fn is_time(text: &str) -> bool {
    const SHAPE: &[u8] = b"0000-00-00T00-00-00.000";
    let fits = |(byte, shape): (&u8, &u8)| if *shape == b'0' { byte.is_ascii_digit() } else { byte == shape };
    text.len() == SHAPE.len() && text.as_bytes().iter().zip(SHAPE).all(fits)
}
