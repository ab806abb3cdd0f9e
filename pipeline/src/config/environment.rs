//! What a configuration may ask for from outside: variables and files.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

/// The environment variables a configuration may ask for.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's own; variables that are not UTF-8 are left out.
    pub fn of_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn starting_with(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        let named = self.0.iter().filter(move |(name, _)| name.starts_with(prefix));
        named.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

/// Reads a text of at most `limit` bytes, also from what has no length of its own, such as a pipe.
pub(super) fn read_file(path: &Path, limit: u64) -> Result<String, Unread> {
    let open = fs::File::open(path).map_err(|error| Unread::of(error.to_string()))?;
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file that is too large from one that just fits.
    open.take(limit + 1).read_to_end(&mut bytes).map_err(|error| Unread::of(error.to_string()))?;
    if bytes.len() as u64 > limit {
        return Err(Unread::of(format!("larger than {limit} bytes")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
        Unread { why: "not UTF-8".into(), before }
    })
}

/// A text that cannot be read.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) why: String,
    /// What could be, up to where it fails.
    pub(super) before: String,
}

impl Unread {
    pub(super) fn of(why: impl Into<String>) -> Self {
        Self { why: why.into(), before: String::new() }
    }
}
