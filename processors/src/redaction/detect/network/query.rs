//! Secrets among the parameters of URLs, by the parameter's name.

use std::ops::Range;

use super::url::is_placeholder;

/// The longest name looked at.
const NAME_MAX: usize = 48;
/// Names of which only a long, mixed value is a secret need at least so many characters.
const MIXED_MIN: usize = 8;

/// Names (lower case, without `_`, `-` and `.`) whose value is a secret whatever it is; sorted.
const NAMES: &[&str] = &[
    "accesskey",
    "accesstoken",
    "apikey",
    "apisecret",
    "apitoken",
    "appkey",
    "appsecret",
    "assertion",
    "authkey",
    "authorization",
    "authtoken",
    "awsaccesskeyid",
    "bearer",
    "bearertoken",
    "clientassertion",
    "clientsecret",
    "codeverifier",
    "confirmationtoken",
    "consumersecret",
    "csrftoken",
    "devicetoken",
    "googleaccessid",
    "hmac",
    "idtoken",
    "idtokenhint",
    "invitetoken",
    "jsessionid",
    "jwt",
    "keypairid",
    "logintoken",
    "magictoken",
    "oauthsignature",
    "oauthtoken",
    "oauthverifier",
    "ocpapimsubscriptionkey",
    "otp",
    "passphrase",
    "passwd",
    "password",
    "passwordresettoken",
    "phpsessid",
    "privatekey",
    "privatetoken",
    "pwd",
    "refreshtoken",
    "resettoken",
    "samlrequest",
    "samlresponse",
    "sastoken",
    "secret",
    "secretkey",
    "securitytoken",
    "sessionid",
    "sessiontoken",
    "sharedaccesssignature",
    "sig",
    "signature",
    "subscriptionkey",
    "token",
    "userpassword",
    "usertoken",
    "verificationtoken",
    "webhooksecret",
    "xamzcredential",
    "xamzsecuritytoken",
    "xamzsignature",
    "xapikey",
    "xapitoken",
    "xauthtoken",
    "xgoogcredential",
    "xgoogsignature",
    "xossaccesskeyid",
    "xosssecuritytoken",
    "xosssignature",
];
/// Names that are as often harmless: their value counts when it is long and mixes letters and digits; sorted.
const MAYBE: &[&str] = &["auth", "code", "key", "pass", "session", "sid", "sign", "state", "t", "ticket"];

/// Where those of [`NAMES`] are that begin with each letter.
const ALWAYS: [(usize, usize); 26] = {
    let (mut places, mut at) = ([(0, 0); 26], 0);
    while at < NAMES.len() {
        let place = &mut places[(NAMES[at].as_bytes()[0] - b'a') as usize];
        if place.1 == 0 {
            place.0 = at;
        }
        place.1 = at + 1;
        at += 1;
    }
    places
};

/// Gives the value of every parameter that is a secret: `?token=…`, `&sig=…`, `#access_token=…`. `equals` are the
/// places of `=`; those within a value that was read are passed over.
pub(super) fn each(text: &str, equals: impl Iterator<Item = usize>, mut found: impl FnMut(Range<usize>)) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for at in equals {
        if at < done || bytes.get(at + 1).is_none_or(|byte| ends(*byte)) {
            continue;
        }
        let Some(sensitive) = sensitive(bytes, at) else { continue };
        done = value_end(bytes, at + 1);
        let value = &bytes[at + 1..done];
        let harmless = is_placeholder(value) || value[0] == b'=' || sensitive == Sensitive::Maybe && !is_mixed(value);
        if !harmless {
            found(at + 1..done);
        }
    }
}

/// Whether a byte ends a value: the next parameter, a quote, a bracket, a space.
fn ends(byte: u8) -> bool {
    ENDS[usize::from(byte)]
}

static ENDS: [bool; 256] = {
    let (mut ends, mut byte) = ([false; 256], 0);
    while byte < 256 {
        let mark = matches!(byte as u8, b'&' | b'#' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'|' | b'\\' | b',' | b';');
        ends[byte] = byte <= 0x20 || byte == 0x7f || mark || matches!(byte as u8, b')' | b'}' | b']');
        byte += 1;
    }
    ends
};

/// Of the last letter of a name and the one before it, a bit for each that stands before it in a name above.
static BEFORE_LAST: [u32; 32] = {
    let (mut before, mut list) = ([0; 32], 0);
    while list < 2 {
        let (names, mut at) = ([NAMES, MAYBE][list], 0);
        while at < names.len() {
            if let [.., second, last] = names[at].as_bytes() {
                before[(*last & 31) as usize] |= 1 << (*second & 31);
            }
            at += 1;
        }
        list += 1;
    }
    before
};

/// Whether the name that ends `before` may be one of those above, by its last letters.
fn may_be_sensitive(before: &[u8]) -> bool {
    match before {
        [.., second, last] if last.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
            BEFORE_LAST[usize::from(last & 31)] >> (second & 31) & 1 == 1
        }
        [.., last] => !last.is_ascii_digit(),
        [] => false,
    }
}

/// What a name says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sensitive {
    Always,
    Maybe,
}

/// What the name says that ends at `equals`, if it is one of a parameter.
fn sensitive(bytes: &[u8], equals: usize) -> Option<Sensitive> {
    if !may_be_sensitive(&bytes[..equals]) {
        return None;
    }
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let length = bytes[..equals].iter().rev().take(NAME_MAX + 1).take_while(part).count();
    let before = equals.checked_sub(length + 1).filter(|_| (1..=NAME_MAX).contains(&length))?;
    // `&` may be written for HTML, or escaped for JSON, as `\u0026`.
    let name = match bytes[before] {
        b'?' | b'&' | b'#' => &bytes[before + 1..equals],
        b';' if bytes[..before].ends_with(b"&amp") => &bytes[before + 1..equals],
        b'\\' if bytes[before + 1..].starts_with(b"u0026") => &bytes[before + 6..equals],
        _ => return None,
    };
    let mut plain = [0; NAME_MAX];
    let mut length = 0;
    for byte in name.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
        plain[length] = byte.to_ascii_lowercase();
        length += 1;
    }
    let plain = &plain[..length];
    let first = usize::from(plain.first()?.checked_sub(b'a')?);
    let (from, to) = *ALWAYS.get(first)?;
    if NAMES[from..to].iter().any(|known| known.as_bytes() == plain) {
        return Some(Sensitive::Always);
    }
    MAYBE.iter().any(|known| known.as_bytes() == plain).then_some(Sensitive::Maybe)
}

fn is_mixed(value: &[u8]) -> bool {
    value.len() >= MIXED_MIN && value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic)
}

/// The end of a value: at the next parameter, a quote, a bracket or a space; without the full stop of a sentence.
fn value_end(bytes: &[u8], start: usize) -> usize {
    let masked = bytes.get(start).is_some_and(|byte| matches!(byte, b'[' | b'<' | b'{'));
    let length = bytes[start..].iter().take_while(|byte| !ends(**byte)).count();
    let mut end = start + length;
    while end > start && !masked && matches!(bytes[end - 1], b'.' | b'!' | b'?' | b':') {
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests;
