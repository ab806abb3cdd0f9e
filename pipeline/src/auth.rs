//! Credentials of the `authorization` header: checked at a door in, made at a door out. Text only; the transport is elsewhere.

use crate::config::Secret;

/// Checks or makes the value of an `authorization` header.
#[derive(Debug)]
pub enum Authenticator {
    /// `bearertokenauth`: one of these header values, such as `Bearer TOKEN`.
    Bearer {
        /// Whole values, scheme included; the first is the one sent.
        values: Vec<Secret>,
    },
}

impl Authenticator {
    /// Whether a peer that sent this header value is let in. Takes the same time whatever differs.
    pub fn admits(&self, header: Option<&[u8]>) -> bool {
        let Self::Bearer { values } = self;
        let Some(header) = header else { return false };
        values.iter().fold(false, |found, value| found | same(value.expose().as_bytes(), header))
    }

    /// The value to send to a destination; none where this authenticator only checks.
    pub fn value(&self) -> Option<&Secret> {
        let Self::Bearer { values } = self;
        values.first()
    }
}

/// Equality without an early end, so that time tells nothing about where the two differ.
fn same(left: &[u8], right: &[u8]) -> bool {
    let differences = left.iter().zip(right).fold(0, |sum, (a, b)| sum | (a ^ b));
    left.len() == right.len() && differences == 0
}
