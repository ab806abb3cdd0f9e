//! `host:port`, as Go's listeners read it.

/// An address to listen on; an empty host is every network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    /// A name or an address, an IPv6 one without its brackets.
    pub host: String,
    /// The port; 0 is any that is free.
    pub port: u16,
}

impl HostPort {
    /// Reads one; else what is wrong with it.
    ///
    /// # Errors
    /// A port that is missing or none, brackets that do not match, a URL.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (host, port) = text.rsplit_once(':').ok_or_else(|| "no `:port`".to_owned())?;
        let port = port.parse().map_err(|_| format!("`{port}` is no port"))?;
        let bracketed = host.strip_prefix('[').map(|host| host.strip_suffix(']').ok_or("a `[` without its `]`"));
        let host = bracketed.transpose()?.unwrap_or(host);
        if host.contains("://") || host.contains('/') {
            return Err("a URL: only `host:port` is wanted".into());
        }
        if host.contains(char::is_whitespace) {
            return Err("a host with a blank in it".into());
        }
        if host.contains(':') && bracketed.is_none() {
            return Err("an IPv6 address needs brackets: `[::1]:4317`".into());
        }
        Ok(Self { host: host.into(), port })
    }
}
