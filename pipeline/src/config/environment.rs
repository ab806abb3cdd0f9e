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
pub(super) fn read_file(path: &Path, limit: u64) -> Result<String, String> {
    let open = fs::File::open(path).map_err(|error| error.to_string())?;
    let mut text = String::new();
    // One byte more than allowed tells a file that is too large from one that just fits.
    open.take(limit + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > limit {
        return Err(format!("larger than {limit} bytes"));
    }
    Ok(text)
}
