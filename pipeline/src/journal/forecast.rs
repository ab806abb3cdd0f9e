//! What a start with a configuration would do with a folder, for who asks before it happens: nothing is locked and
//! nothing is changed, so a process may be using the folder.

use std::io::{self, ErrorKind};
use std::path::Path;

use serde::Serialize;

use super::status::{Lag, Status, status};

/// What a start would do with a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// Whether the folder is there; a start makes it where it is not.
    pub exists: bool,
    /// Files of frames, and the bytes they take.
    pub segments: u64,
    /// Bytes they take.
    pub bytes: u64,
    /// Bytes that cannot be read for damage: what stood there is lost.
    pub damaged_bytes: u64,
    /// Files whose header is damaged, to be put aside, or blank, to be taken away.
    pub unreadable: u64,
    /// Files that were put aside for damage before; a start leaves them alone.
    pub quarantined: Vec<String>,
    /// What becomes of what each exporter is owed, by id: those of the journal, then those that are new.
    pub exporters: Vec<Foretold>,
}

/// One exporter of the journal or of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Foretold {
    /// What a start would do.
    pub fate: Fate,
    /// What it is about; nothing for an exporter that is new.
    #[serde(flatten)]
    pub lag: Lag,
}

/// What a start does with what an exporter is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is delivered.
    Delivered,
    /// It expires: the exporter is not configured.
    Expired,
    /// The journal does not know the exporter: it begins at the end.
    New,
}

/// Looks at `folder` with the eyes of a start that has these `exporters`. Reads all of it.
///
/// An error of the kind `Unsupported` where a later version wrote it.
pub fn forecast(folder: &Path, exporters: &[String]) -> io::Result<Forecast> {
    let new = |exporter: &String| {
        let lag = Lag { exporter: exporter.clone(), ..Lag::default() };
        Foretold { fate: Fate::New, lag }
    };
    match folder.metadata() {
        Ok(there) if !there.is_dir() => return Err(ErrorKind::NotADirectory.into()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(Forecast { exporters: exporters.iter().map(new).collect(), ..Forecast::default() });
        }
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    let Status { segments, bytes, damaged_bytes, unreadable, quarantined, destinations, .. } = status(folder)?;
    let unknown = |exporter: &&String| destinations.iter().all(|lag| lag.exporter != **exporter);
    let added: Vec<Foretold> = exporters.iter().filter(unknown).map(new).collect();
    let known = destinations.into_iter().map(|lag| {
        let fate = if exporters.contains(&lag.exporter) { Fate::Delivered } else { Fate::Expired };
        Foretold { fate, lag }
    });
    let exporters = known.chain(added).collect();
    Ok(Forecast { exists: true, segments, bytes, damaged_bytes, unreadable, quarantined, exporters })
}

#[cfg(test)]
mod tests;
