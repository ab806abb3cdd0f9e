//! Bearer tokens: fixed ones, or those of a file that is read again when it changes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::same;
use crate::config::Secret;

/// How often a token file is looked at: a rotated token works within this time.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Tokens, as whole header values.
#[derive(Debug)]
pub struct Bearer {
    header: String,
    scheme: String,
    values: RwLock<Arc<[Secret]>>,
    file: Option<TokenFile>,
}

/// A file of tokens, one a line, and when it was last looked at.
#[derive(Debug)]
struct TokenFile {
    path: PathBuf,
    looked: Mutex<(Instant, Option<SystemTime>)>,
}

impl Bearer {
    /// These header values, in the `authorization` header.
    pub fn fixed(values: Vec<Secret>) -> Self {
        let scheme = "Bearer".into();
        Self { header: "authorization".into(), scheme, values: RwLock::new(values.into()), file: None }
    }

    /// `tokens` behind `scheme` (empty: the token alone is the value) in `header`.
    pub fn of_tokens(header: &str, scheme: &str, tokens: &[Secret]) -> Self {
        let values = tokens.iter().map(|token| value(scheme, token.expose())).collect();
        Self { header: header.to_ascii_lowercase(), scheme: scheme.into(), ..Self::fixed(values) }
    }

    /// The tokens of a file, one a line, empty lines aside.
    ///
    /// # Errors
    /// When the file cannot be read or holds no token.
    pub fn of_file(header: &str, scheme: &str, path: &Path) -> Result<Self, String> {
        let values = read(path, scheme)?;
        let looked = Mutex::new((Instant::now(), modified(path)));
        let file = Some(TokenFile { path: path.into(), looked });
        Ok(Self { header: header.to_ascii_lowercase(), scheme: scheme.into(), file, ..Self::fixed(values) })
    }

    pub(super) fn header(&self) -> &str {
        &self.header
    }

    pub(super) fn scheme(&self) -> &str {
        if self.scheme.is_empty() { "Bearer" } else { &self.scheme }
    }

    pub(super) fn admits(&self, header: &[u8]) -> bool {
        let values = self.values();
        values.iter().fold(false, |found, value| found | same(value.expose().as_bytes(), header))
    }

    pub(super) fn value(&self) -> Option<Secret> {
        self.values().first().cloned()
    }

    fn values(&self) -> Arc<[Secret]> {
        if let Some(file) = &self.file
            && file.changed()
            // A file that is being replaced may be gone or empty for a moment: the old tokens stay good.
            && let Ok(fresh) = read(&file.path, &self.scheme)
        {
            *self.values.write().unwrap_or_else(PoisonError::into_inner) = fresh.into();
        }
        self.values.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl TokenFile {
    fn changed(&self) -> bool {
        // Somebody else is looking: their answer will do for the next request.
        let Ok(mut looked) = self.looked.try_lock() else { return false };
        if looked.0.elapsed() < LOOK_EVERY {
            return false;
        }
        looked.0 = Instant::now();
        let modified = modified(&self.path);
        let changed = modified.is_some() && modified != looked.1;
        if changed {
            looked.1 = modified;
        }
        changed
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|meta| meta.modified()).ok()
}

fn read(path: &Path, scheme: &str) -> Result<Vec<Secret>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let tokens = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let values: Vec<Secret> = tokens.map(|token| value(scheme, token)).collect();
    if values.is_empty() { Err(format!("{} holds no token", path.display())) } else { Ok(values) }
}

fn value(scheme: &str, token: &str) -> Secret {
    Secret::from(if scheme.is_empty() { token.to_owned() } else { format!("{scheme} {token}") })
}
