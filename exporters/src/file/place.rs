//! Whether a file can be written where it is to be, looked at without touching it, and which file that is.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What keeps `path` from being written, in words; `makes_folder`: one that is not there is made.
pub fn trouble(path: &Path, makes_folder: bool) -> Option<String> {
    let shown = path.display();
    match path.metadata() {
        Ok(there) if there.is_dir() => Some(format!("{shown} is a folder")),
        Ok(_) if !writable(path, false) => Some(format!("{shown} may not be written to")),
        Ok(_) => None,
        Err(error) if error.kind() == ErrorKind::NotFound => folder_trouble(folder(path), makes_folder),
        Err(error) => Some(format!("{shown}: {error}")),
    }
}

fn folder_trouble(folder: &Path, made: bool) -> Option<String> {
    let shown = folder.display();
    match folder.metadata().as_ref().map(Metadata::is_dir) {
        Ok(true) if writable(folder, true) => None,
        Ok(true) => Some(format!("no file may be made in {shown}")),
        Ok(false) => Some(format!("{shown} is no folder")),
        Err(error) if error.kind() == ErrorKind::NotFound && made => folder_trouble(self::folder(folder), made),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Some(format!("the folder {shown} is not there: make it, or set `create_directory: true`"))
        }
        Err(error) => Some(format!("{shown}: {error}")),
    }
}

/// The folder that something is in.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether we may write to a file, or make one in a folder.
fn writable(path: &Path, folder: bool) -> bool {
    #[cfg(unix)]
    {
        use rustix::fs::{Access, access};
        let wanted = if folder { Access::WRITE_OK | Access::EXEC_OK } else { Access::WRITE_OK };
        access(path, wanted).is_ok()
    }
    #[cfg(not(unix))]
    path.metadata().is_ok_and(|there| folder || !there.permissions().readonly())
}

/// The file that `path` names, by whatever way it goes there; none for what is no file, such as a pipe.
pub(super) fn file(path: &Path) -> Option<PathBuf> {
    match path.metadata() {
        Ok(there) => there.is_file().then(|| fs::canonicalize(path).unwrap_or_else(|_| path.into())),
        Err(_) => {
            let folder = fs::canonicalize(folder(path)).unwrap_or_else(|_| folder(path).into());
            Some(folder.join(path.file_name()?))
        }
    }
}
