//! TLS of a listener: certificates and authorities from files or in place, read again when asked for.

use std::sync::Arc;
use std::time::Duration;

use pipeline::registry::BuildError;
use pipeline::stop::{Phase, Stop};
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::WebPkiClientVerifier;
use rustls::{ProtocolVersion, RootCertStore, ServerConfig, SupportedCipherSuite, SupportedProtocolVersion, version};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::sync::watch;
use tracing::warn;

use super::config::TlsConfig;
use super::trusted::Trusted;

/// How often authorities are read again where only that is asked for.
const RELOAD_AUTHORITIES: Duration = Duration::from_secs(60);

/// What a handshake is done with; changes when files are read again.
#[derive(Debug)]
pub(super) struct Tls {
    config: TlsConfig,
    protocols: &'static [&'static [u8]],
    current: watch::Sender<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads the files. `protocols` is what ALPN offers, best first; errors stand at keys of the block.
    pub(super) fn load(config: TlsConfig, protocols: &'static [&'static [u8]]) -> Result<Self, BuildError> {
        let server = server_config(&config, protocols)?;
        Ok(Self { config, protocols, current: watch::Sender::new(Arc::new(server)) })
    }

    /// What the next handshake is done with.
    pub(super) fn current(&self) -> Arc<ServerConfig> {
        self.current.borrow().clone()
    }

    /// Reads the files again, each interval, until the end; returns at once where none is set.
    pub(super) async fn reload(self: Arc<Self>, mut stop: Stop) {
        let interval = match self.config.reload_interval.0 {
            Duration::ZERO if self.config.client_ca_file_reload => RELOAD_AUTHORITIES,
            Duration::ZERO => return,
            interval => interval,
        };
        loop {
            tokio::select! {
                () = stop.reached(Phase::Draining) => return,
                () = tokio::time::sleep(interval) => {}
            }
            let tls = self.clone();
            let loaded = tokio::task::spawn_blocking(move || server_config(&tls.config, tls.protocols)).await;
            match loaded {
                Ok(Ok(config)) => {
                    self.current.send_replace(Arc::new(config));
                }
                Ok(Err(error)) => {
                    warn!(key = error.key, reason = error.reason, "certificates not reloaded, the old ones stay");
                }
                Err(_) => warn!("certificates not reloaded, the old ones stay"),
            }
        }
    }
}

fn server_config(config: &TlsConfig, protocols: &[&[u8]]) -> Result<ServerConfig, BuildError> {
    let versions = versions(config.min_version.as_deref(), config.max_version.as_deref())
        .map_err(|(key, why)| BuildError::at(format!("tls.{key}"), why))?;
    let cipher_suites = suites(&config.cipher_suites).map_err(|why| BuildError::at("tls.cipher_suites", why))?;
    let provider = Arc::new(CryptoProvider { cipher_suites, ..ring::default_provider() });
    let wrong = |error: rustls::Error| BuildError::at("tls", error.to_string());
    let builder =
        ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(&versions).map_err(wrong)?;
    let builder = match &config.client_ca_file {
        Some(path) => {
            let (roots, own) = authorities(path)?;
            let webpki = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            let webpki = webpki.map_err(|error| BuildError::at("tls.client_ca_file", error.to_string()))?;
            builder.with_client_cert_verifier(Arc::new(Trusted { webpki, own }))
        }
        None => builder.with_no_client_auth(),
    };
    let (chain, key) = (chain(config)?, key(config)?);
    let mut server = builder.with_single_cert(chain, key).map_err(wrong)?;
    server.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Ok(server)
}

/// What is trusted, as a store and as it stands in the file.
fn authorities(path: &str) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), BuildError> {
    let at = |why: String| BuildError::at("tls.client_ca_file", why);
    let (mut store, mut own) = (RootCertStore::empty(), Vec::new());
    let pem = read("tls.client_ca_file", path)?;
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| at(format!("{path}: {error}")))?;
        store.add(certificate.clone()).map_err(|error| at(format!("{path}: {error}")))?;
        own.push(certificate);
    }
    if store.is_empty() { Err(at(format!("{path} holds no certificate"))) } else { Ok((store, own)) }
}

fn chain(config: &TlsConfig) -> Result<Vec<CertificateDer<'static>>, BuildError> {
    let (key, pem) = match (&config.cert_file, &config.cert_pem) {
        (Some(path), _) => ("tls.cert_file", read("tls.cert_file", path)?),
        (None, Some(pem)) => ("tls.cert_pem", pem.expose().as_bytes().to_vec()),
        (None, None) => return Err(BuildError::at("tls.cert_file", "is missing")),
    };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match chain {
        Ok(chain) if chain.is_empty() => Err(BuildError::at(key, "holds no certificate")),
        Ok(chain) => Ok(chain),
        Err(error) => Err(BuildError::at(key, format!("is not PEM: {error}"))),
    }
}

fn key(config: &TlsConfig) -> Result<PrivateKeyDer<'static>, BuildError> {
    let (key, pem) = match (&config.key_file, &config.key_pem) {
        (Some(path), _) => ("tls.key_file", read("tls.key_file", path)?),
        (None, Some(pem)) => ("tls.key_pem", pem.expose().as_bytes().to_vec()),
        (None, None) => return Err(BuildError::at("tls.key_file", "is missing")),
    };
    // The error could quote the file: a key that cannot be read is named, never shown.
    PrivateKeyDer::from_pem_slice(&pem).map_err(|_| BuildError::at(key, "holds no private key in PEM"))
}

fn read(key: &str, path: &str) -> Result<Vec<u8>, BuildError> {
    std::fs::read(path).map_err(|error| BuildError::at(key, format!("cannot read {path}: {error}")))
}

/// The versions between two named ones; an error with the key it is about.
pub(super) fn versions(
    min: Option<&str>,
    max: Option<&str>,
) -> Result<Vec<&'static SupportedProtocolVersion>, (&'static str, String)> {
    let number = |key, name: Option<&str>, default| match name {
        None | Some("") => Ok(default),
        Some("1.2") => Ok(2),
        Some("1.3") => Ok(3),
        Some("1.0" | "1.1") => Err((key, "TLS 1.0 and 1.1 are not spoken: they are broken".to_owned())),
        Some(name) => Err((key, format!("no version `{name}`; there are 1.2 and 1.3"))),
    };
    let (min, max) = (number("min_version", min, 2)?, number("max_version", max, 3)?);
    if min > max {
        return Err(("max_version", "is older than `min_version`".into()));
    }
    let all = [&version::TLS12, &version::TLS13];
    Ok(all[min - 2..max - 1].to_vec())
}

/// The suites of these names and all of TLS 1.3; every suite for no name.
pub(super) fn suites(names: &[String]) -> Result<Vec<SupportedCipherSuite>, String> {
    let mut known = ring::default_provider().cipher_suites;
    // rustls writes the names of TLS 1.3 as TLS13_…, the registry as TLS_….
    let name = |suite: &SupportedCipherSuite| format!("{:?}", suite.suite()).replace("TLS13_", "TLS_");
    if let Some(unknown) = names.iter().find(|wanted| !known.iter().any(|suite| name(suite) == **wanted)) {
        return Err(format!("no safe cipher suite `{unknown}`"));
    }
    let is_13 = |suite: &SupportedCipherSuite| suite.version().version == ProtocolVersion::TLSv1_3;
    known.retain(|suite| names.is_empty() || is_13(suite) || names.contains(&name(suite)));
    Ok(known)
}

#[cfg(test)]
mod tests;
