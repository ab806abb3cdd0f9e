//! A login in a URL, `https://user:password@host`: taken out of it, and sent as basic authentication, as Go's client does.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use http::uri::Authority;
use pipeline::config::Secret;

use super::status::percent_decoded;

/// The URL without its login, and the value of `authorization` made of that. None where what is left is no URL.
pub(super) fn split(uri: Uri) -> Option<(Uri, Option<Secret>)> {
    let mut parts = uri.into_parts();
    let authority = parts.authority.take()?;
    let Some((login, place)) = authority.as_str().rsplit_once('@') else {
        parts.authority = Some(authority);
        return Some((Uri::from_parts(parts).ok()?, None));
    };
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let plain = [&percent_decoded(user.as_bytes())[..], b":", &percent_decoded(password.as_bytes())].concat();
    let value = Secret::from(format!("Basic {}", STANDARD.encode(plain)));
    parts.authority = Some(place.parse::<Authority>().ok()?);
    Some((Uri::from_parts(parts).ok()?, Some(value)))
}
