//! What support needs of a value, written so that no detector finds it again: no `@`, never a whole address.

use super::normal;

/// The part of `matched` that is kept; `None` where nothing is.
pub(super) fn kept(entity: &str, matched: &str) -> Option<String> {
    match entity {
        "CREDIT_CARD" => last(matched, 12, 4),
        "EMAIL_ADDRESS" => domain(matched),
        "IP_ADDRESS" | "IP_ADDRESS_PUBLIC" => network(matched),
        _ if normal::phone(entity) => phone(matched),
        _ => None,
    }
}

/// Whether `kept` can be what [`kept`] makes of an `entity`: short of a whole one.
pub(in crate::redaction) fn is_kept(entity: &str, kept: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match entity {
        "CREDIT_CARD" => kept.len() == 4 && digits(kept),
        "EMAIL_ADDRESS" => domain(&format!("a@{kept}")).as_deref() == Some(kept),
        "IP_ADDRESS" | "IP_ADDRESS_PUBLIC" => {
            let network = kept.strip_suffix(".*").or_else(|| kept.strip_suffix(":*"));
            let part = |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_hexdigit());
            network.is_some_and(|network| network.split(['.', ':']).count() == 3 && network.split(['.', ':']).all(part))
        }
        _ if normal::phone(entity) => {
            let Some((country, tail)) = kept.split_once("..") else { return false };
            let country = country.strip_prefix('+').is_some_and(|code| (1..=3).contains(&code.len()) && digits(code));
            tail.len() == 2 && digits(tail) && (country || kept.starts_with(".."))
        }
        _ => false,
    }
}

/// The last `count` digits, of at least `least`.
fn last(matched: &str, least: usize, count: usize) -> Option<String> {
    let digits = normal::digits(matched);
    (digits.len() >= least).then(|| digits[digits.len() - count..].to_owned())
}

fn domain(matched: &str) -> Option<String> {
    let domain = matched.trim().rsplit_once('@')?.1;
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-');
    (domain.contains('.') && domain.chars().all(plain)).then(|| domain.to_lowercase())
}

/// `203.0.113.*`, `2001:db8:1:*`: three groups are no address to any parser.
fn network(matched: &str) -> Option<String> {
    let address = matched.trim().trim_matches(['[', ']']);
    if let Some(three) = octets(address) {
        return Some(format!("{three}.*"));
    }
    let groups = groups(address.split(['%', '/']).next()?)?;
    Some(format!("{:x}:{:x}:{:x}:*", groups[0], groups[1], groups[2]))
}

/// The first three of four octets.
fn octets(address: &str) -> Option<&str> {
    let (three, last) = address.split('/').next()?.rsplit_once('.')?;
    let octets = three.split('.').chain([last]);
    let all = octets.clone().all(|octet| octet.parse::<u8>().is_ok());
    (all && octets.count() == 4).then_some(three)
}

/// The first three groups of an IPv6 address.
fn groups(address: &str) -> Option<[u16; 3]> {
    let (head, tail) = address.split_once("::").map_or((address, None), |(head, tail)| (head, Some(tail)));
    let mut groups = Vec::new();
    for group in head.split(':').filter(|group| !group.is_empty()) {
        groups.push(u16::from_str_radix(group, 16).ok()?);
    }
    if let Some(tail) = tail {
        let after = tail.split(':').filter(|group| !group.is_empty()).count();
        groups.resize((8 - after.min(8)).max(groups.len()), 0);
        groups.extend(tail.split(':').map_while(|group| u16::from_str_radix(group, 16).ok()));
    }
    (groups.len() >= 3 && address.contains(':')).then(|| [groups[0], groups[1], groups[2]])
}

/// `+49..12`; without a country code only the last two digits.
fn phone(matched: &str) -> Option<String> {
    let digits = normal::digits(matched);
    let abroad = matched.trim().starts_with(['+', '＋']) || digits.starts_with("00");
    let digits = digits.trim_start_matches("00");
    if digits.len() < 7 {
        return None;
    }
    let tail = &digits[digits.len() - 2..];
    Some(if abroad { format!("+{}..{tail}", country(digits)) } else { format!("..{tail}") })
}

/// The calling code that `digits` begin with (ITU-T E.164).
fn country(digits: &str) -> &str {
    let two: u32 = digits[..2].parse().unwrap_or_default();
    let length = match two {
        10..=19 | 70..=79 => 1,
        20 | 27 | 30..=34 | 36 | 39..=41 | 43..=49 | 51..=58 | 60..=66 | 81 | 82 | 84 | 86 | 90..=95 | 98 => 2,
        _ => 3,
    };
    &digits[..length]
}
