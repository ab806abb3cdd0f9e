//! User names and passwords: an htpasswd table to check against, or one login to send.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::same;
use crate::config::Secret;

/// The dearest bcrypt hash taken, as a power of two of rounds: 14 is about a second of a core.
const DEAREST_BCRYPT: u32 = 14;

/// Users that may come in, or the login that is sent.
#[derive(Debug)]
pub struct Basic {
    users: HashMap<String, Arc<Login>>,
    sent: Option<Secret>,
    /// One password is worked out at a time, so that guessing cannot take every core.
    dear: Semaphore,
}

/// What a user's password is checked against.
#[derive(Debug)]
pub struct Login(Stored);

enum Stored {
    Plain(Secret),
    Sha1([u8; 20]),
    Bcrypt {
        hash: String,
        /// The digest of the password that was right: a hash has one, so it need not be worked out again.
        right: OnceLock<[u8; 32]>,
    },
}

impl Basic {
    /// Users by name, as [`read_htpasswd`](Self::read_htpasswd) gives them.
    pub fn of_users(users: HashMap<String, Arc<Login>>) -> Self {
        Self { users, sent: None, dear: Semaphore::new(1) }
    }

    /// The login a destination is sent.
    pub fn of_login(username: &str, password: &Secret) -> Self {
        let login = STANDARD.encode(format!("{username}:{}", password.expose()));
        Self { sent: Some(Secret::from(format!("Basic {login}"))), ..Self::of_users(HashMap::new()) }
    }

    /// Whether there is a user who may come in.
    pub(super) fn knows_users(&self) -> bool {
        !self.users.is_empty()
    }

    /// Reads lines of `user:password`, the password plain, bcrypt (`$2y$…`, `$2a$…`, `$2b$…`) or `{SHA}…`.
    /// Empty lines and those that start with `#` are skipped; a later line wins.
    ///
    /// # Errors
    /// A line without a colon, or a hash of a kind that is not known, by its line number.
    pub fn read_htpasswd(text: &str) -> Result<HashMap<String, Arc<Login>>, String> {
        let lines = text.lines().map(str::trim).enumerate();
        let users = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).map(|(at, line)| {
            let fail = |why: &str| format!("line {}: {why}", at + 1);
            let (user, password) = line.split_once(':').ok_or_else(|| fail("no `:` after the user name"))?;
            let login = Login::read(password).map_err(fail)?;
            Ok((user.to_owned(), Arc::new(login)))
        });
        users.collect()
    }

    pub(super) fn value(&self) -> Option<&Secret> {
        self.sent.as_ref()
    }

    pub(super) async fn admits(&self, header: &[u8]) -> bool {
        let Some((user, password)) = credentials(header) else { return false };
        let Some(login) = self.users.get(&user) else { return false };
        if let Some(known) = login.quickly(&password) {
            return known;
        }
        // The semaphore is never closed; if it were, nobody would be let in.
        let Ok(_turn) = self.dear.acquire().await else { return false };
        let login = login.clone();
        tokio::task::spawn_blocking(move || login.slowly(&password)).await.unwrap_or(false)
    }
}

impl Login {
    fn read(password: &str) -> Result<Self, &'static str> {
        if let Some(digest) = password.strip_prefix("{SHA}") {
            let digest = STANDARD.decode(digest).ok().and_then(|bytes| bytes.try_into().ok());
            return digest.map(|digest| Self(Stored::Sha1(digest))).ok_or("`{SHA}` is not base64 of 20 bytes");
        }
        if ["$2y$", "$2a$", "$2b$", "$2x$"].iter().any(|mark| password.starts_with(mark)) {
            let cost = password.get(4..6).and_then(|cost| cost.parse::<u32>().ok());
            return match cost {
                Some(cost) if cost <= DEAREST_BCRYPT && password.len() == 60 => {
                    Ok(Self(Stored::Bcrypt { hash: password.into(), right: OnceLock::new() }))
                }
                Some(cost) if cost > DEAREST_BCRYPT => Err("bcrypt with a cost over 14"),
                _ => Err("a bcrypt hash that is cut or malformed"),
            };
        }
        if password.starts_with('$') || password.starts_with("{SSHA}") {
            return Err("a hash of a kind that is not read; use bcrypt (`htpasswd -B`)");
        }
        Ok(Self(Stored::Plain(Secret::from(password.to_owned()))))
    }

    /// The answer, where it costs next to nothing.
    fn quickly(&self, password: &[u8]) -> Option<bool> {
        match &self.0 {
            Stored::Plain(plain) => Some(same(plain.expose().as_bytes(), password)),
            Stored::Sha1(digest) => Some(same(digest, &<sha1::Sha1 as Digest>::digest(password))),
            Stored::Bcrypt { hash, right } => {
                let right = right.get()?;
                same(right, &digest(hash, password)).then_some(true)
            }
        }
    }

    /// The answer, whatever it costs: tens of milliseconds for bcrypt.
    fn slowly(&self, password: &[u8]) -> bool {
        let Stored::Bcrypt { hash, right } = &self.0 else { return self.quickly(password).unwrap_or(false) };
        // It may have been worked out while this request waited for its turn.
        let known = self.quickly(password).unwrap_or(false);
        let admitted = known || bcrypt::verify(password, hash).unwrap_or(false);
        if admitted {
            right.get_or_init(|| digest(hash, password));
        }
        admitted
    }
}

/// Of a password and the hash it belongs to, whose salt makes it this hash's own.
fn digest(hash: &str, password: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(hash).chain_update(password).finalize().into()
}

fn credentials(header: &[u8]) -> Option<(String, Vec<u8>)> {
    let scheme = header.get(..6)?;
    let login = STANDARD.decode(scheme.eq_ignore_ascii_case(b"basic ").then(|| header[6..].trim_ascii())?).ok()?;
    let colon = login.iter().position(|byte| *byte == b':')?;
    Some((String::from_utf8(login[..colon].to_vec()).ok()?, login[colon + 1..].to_vec()))
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}
