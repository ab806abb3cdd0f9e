//! Proxies that the environment names: the Collector goes through them, we do not, and say so at the start.

use std::net::IpAddr;

/// The variable by which Go's client would go to `host` over `scheme` through a proxy; none where it would go directly.
/// `variable` reads the environment.
pub(super) fn named(
    scheme: &str,
    host: &str,
    port: u16,
    variable: impl Fn(&str) -> Option<String>,
) -> Option<&'static str> {
    let names = if scheme == "https" { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
    let read = |name: &str| variable(name).filter(|value| !value.is_empty());
    let found = names.into_iter().find(|name| read(name).is_some())?;
    let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let address = host.parse::<IpAddr>().ok();
    if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
        return None;
    }
    let excepted = read("NO_PROXY").or_else(|| read("no_proxy")).unwrap_or_default();
    let excepts = |entry: &str| excepts(entry.trim(), &host, address, port);
    (!excepted.split(',').any(excepts)).then_some(found)
}

/// Whether an entry of `NO_PROXY` means this host: an address, a range of them, a name with all below it, or `*`.
fn excepts(entry: &str, host: &str, address: Option<IpAddr>, port: u16) -> bool {
    let entry = entry.to_ascii_lowercase();
    if entry.is_empty() || entry == "*" {
        return !entry.is_empty();
    }
    if let Some((network, bits)) = entry.split_once('/') {
        let (Ok(network), Ok(bits), Some(address)) = (network.parse(), bits.parse(), address) else { return false };
        return within(address, network, bits);
    }
    let (name, only) = match entry.rsplit_once(':') {
        Some((name, only)) if !name.contains(':') => (name, Some(only)),
        _ => (entry.as_str(), None),
    };
    if only.is_some_and(|only| only != port.to_string()) {
        return false;
    }
    let name = name.strip_prefix('*').unwrap_or(name);
    match name.strip_prefix('.') {
        Some(_) => host.ends_with(name),
        None => host == name || host.strip_suffix(name).is_some_and(|above| above.ends_with('.')),
    }
}

/// Whether the first `bits` of two addresses are the same.
fn within(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    let (ours, theirs, length) = match (address, network) {
        (IpAddr::V4(ours), IpAddr::V4(theirs)) => (u128::from(ours.to_bits()), u128::from(theirs.to_bits()), 32),
        (IpAddr::V6(ours), IpAddr::V6(theirs)) => (ours.to_bits(), theirs.to_bits(), 128_u32),
        _ => return false,
    };
    length.checked_sub(bits).is_some_and(|rest| (ours ^ theirs).checked_shr(rest).unwrap_or(0) == 0)
}

#[cfg(test)]
mod tests;
