//! Credentials of a request header: checked at a door in, made at a door out. Text only; the transport is elsewhere.

mod basic;
mod bearer;

pub use basic::{Basic, Login};
pub use bearer::Bearer;

use crate::config::Secret;

/// Checks or makes the header that carries a credential.
#[derive(Debug)]
pub enum Authenticator {
    /// `bearertokenauth`.
    Bearer(Bearer),
    /// `basicauth`.
    Basic(Basic),
}

impl Authenticator {
    /// An authenticator of these whole header values, scheme included; the first is the one sent.
    pub fn bearer(values: Vec<Secret>) -> Self {
        Self::Bearer(Bearer::fixed(values))
    }

    /// The header the credential stands in, in lower case; `authorization` unless configured otherwise.
    pub fn header(&self) -> &str {
        match self {
            Self::Bearer(bearer) => bearer.header(),
            Self::Basic(_) => "authorization",
        }
    }

    /// The value of `www-authenticate` in an answer to a peer that was not let in.
    pub fn challenge(&self) -> &str {
        match self {
            Self::Bearer(bearer) => bearer.scheme(),
            Self::Basic(_) => r#"Basic realm="otlp", charset="UTF-8""#,
        }
    }

    /// Whether a peer that sent this header value is let in. What differs does not show in the time taken.
    ///
    /// Waits only for a bcrypt password seen for the first time, which is worked out on a thread for
    /// blocking work, one at a time; must run on tokio.
    pub async fn admits(&self, header: Option<&[u8]>) -> bool {
        let Some(header) = header else { return false };
        match self {
            Self::Bearer(bearer) => bearer.admits(header),
            Self::Basic(basic) => basic.admits(header).await,
        }
    }

    /// Whether anybody can be let in: an authenticator of what is sent knows no users.
    pub fn checks(&self) -> bool {
        match self {
            Self::Bearer(_) => true,
            Self::Basic(basic) => basic.knows_users(),
        }
    }

    /// The value to send to a destination; none where this authenticator only checks.
    pub fn value(&self) -> Option<Secret> {
        match self {
            Self::Bearer(bearer) => bearer.value(),
            Self::Basic(basic) => basic.value().cloned(),
        }
    }
}

/// Equality without an early end, so that time tells nothing about where the two differ; only whether they are as long.
fn same(left: &[u8], right: &[u8]) -> bool {
    let differences = left.iter().zip(right).fold(0, |sum, (a, b)| sum | (a ^ b));
    left.len() == right.len() && std::hint::black_box(differences) == 0
}

#[cfg(test)]
mod tests;
