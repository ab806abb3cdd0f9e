//! Formats that many issue.

use super::super::jwt;
use super::super::runs::{ALNUM, BASE64, DIGIT, DOT, UPPER, WORD};
use super::checks::private_key;
use super::{Issuer, issuer};

pub(super) const ISSUERS: &[Issuer] = &[
    issuer("JWT", &["eyJ"], WORD | DOT, 20, "a JWT or JWE: its header is JSON with `alg`")
        .checked(jwt::is)
        .near(1200)
        .apart(),
    issuer(
        "AGE_SECRET_KEY",
        &["AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1"],
        UPPER | DIGIT,
        58,
        "age: `AGE-SECRET-KEY-1` and 58 of bech32",
    ),
    issuer("PRIVATE_KEY", &["LS0tLS1CRUdJTi"], ALNUM | BASE64, 60, "a PEM block of a private key in base64")
        .checked(private_key),
];
