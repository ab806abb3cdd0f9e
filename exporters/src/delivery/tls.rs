//! TLS towards a destination: the Collector's `tls` block, and rustls' configuration made of it.

use std::fs;
use std::sync::Arc;

use pipeline::config::{Duration, Findings, Secret, filled};
use pipeline::registry::BuildError;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use schemars::JsonSchema;
use serde::Deserialize;

use super::trusted::Trusted;

/// How the connection is secured.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ClientTls {
    /// Plain text instead of TLS, where the endpoint names no scheme. Default false.
    pub insecure: bool,
    /// Take any certificate: encrypted, and open to anyone in between. Default false.
    pub insecure_skip_verify: bool,
    /// The name the certificate must carry, instead of the endpoint's host. Default: the endpoint's host.
    pub server_name_override: Option<String>,
    /// File with the authorities to trust, or with the server's own certificate, PEM. Default: the system's.
    #[serde(deserialize_with = "filled")]
    pub ca_file: Option<String>,
    /// The authorities themselves, PEM; not with `ca_file`. Default none.
    #[serde(deserialize_with = "filled")]
    pub ca_pem: Option<Secret>,
    /// Trust the system's authorities beside `ca_file` or `ca_pem`. Default false.
    pub include_system_ca_certs_pool: bool,
    /// File with our certificate, PEM; needs a key. Default none.
    #[serde(deserialize_with = "filled")]
    pub cert_file: Option<String>,
    /// Our certificate itself, PEM; not with `cert_file`. Default none.
    #[serde(deserialize_with = "filled")]
    pub cert_pem: Option<Secret>,
    /// File with the key of our certificate, PEM. Default none.
    #[serde(deserialize_with = "filled")]
    pub key_file: Option<String>,
    /// The key itself, PEM; not with `key_file`. Default none.
    #[serde(deserialize_with = "filled")]
    pub key_pem: Option<Secret>,
    /// The oldest version spoken: `1.2` or `1.3`. Default 1.2.
    pub min_version: Option<String>,
    /// The newest version spoken: `1.2` or `1.3`. Default 1.3.
    pub max_version: Option<String>,
    /// Accepted for the Collector's sake and without effect: certificates are read at the start. Default none.
    pub reload_interval: Option<Duration>,
    /// Accepted for the Collector's sake and without effect: all suites that are safe are offered. Default none.
    pub cipher_suites: Vec<String>,
    /// Accepted for the Collector's sake and without effect: all curves that are safe are offered. Default none.
    pub curve_preferences: Vec<String>,
}

impl ClientTls {
    /// Plain text.
    pub fn plain() -> Self {
        Self { insecure: true, ..Self::default() }
    }

    /// One key against another.
    pub fn check(&self, findings: &mut Findings) {
        let mut both = |file: bool, pem: bool, key: &str, other: &str| {
            if file && pem {
                findings.error(&format!("tls.{key}"), "E224", format!("give `{key}` or `{other}`, not both"));
            }
        };
        both(self.ca_file.is_some(), self.ca_pem.is_some(), "ca_file", "ca_pem");
        both(self.cert_file.is_some(), self.cert_pem.is_some(), "cert_file", "cert_pem");
        both(self.key_file.is_some(), self.key_pem.is_some(), "key_file", "key_pem");
        let certificate = self.cert_file.is_some() || self.cert_pem.is_some();
        let key = self.key_file.is_some() || self.key_pem.is_some();
        if certificate != key {
            findings.error("tls", "E225", "a client certificate needs both the certificate and its key");
        }
        if let Err(error) = self.versions() {
            findings.error(&error.key, "E226", error.reason);
        }
        if self.insecure_skip_verify {
            findings.warn("tls.insecure_skip_verify", "W021", "any certificate is taken");
        }
        for (key, names) in [("cipher_suites", &self.cipher_suites), ("curve_preferences", &self.curve_preferences)] {
            if !names.is_empty() {
                findings.note(&format!("tls.{key}"), "N023", "has no effect: all that are safe are offered");
            }
        }
        if self.reload_interval.is_some() {
            findings.note("tls.reload_interval", "N022", "certificates are read at the start only");
        }
    }

    /// rustls' configuration, without protocols: the client sets those. Of nothing, one that trusts nobody.
    ///
    /// # Errors
    /// A file that cannot be read, or no certificate or key in it.
    pub fn build(tls: Option<&Self>) -> Result<ClientConfig, BuildError> {
        match tls {
            Some(tls) => {
                let (roots, own) = tls.roots()?;
                tls.config(roots, own)
            }
            None => Self::default().config(RootCertStore::empty(), Vec::new()),
        }
    }

    fn config(&self, roots: RootCertStore, own: Vec<CertificateDer<'static>>) -> Result<ClientConfig, BuildError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&self.versions()?)
            .map_err(|error| BuildError::at("tls", error.to_string()))?;
        let builder = if self.insecure_skip_verify {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Anyone(provider)))
        } else if own.is_empty() {
            builder.with_root_certificates(roots)
        } else {
            let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
            let webpki = webpki.map_err(|error| BuildError::at("tls.ca_file", error.to_string()))?;
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Trusted { webpki, own }))
        };
        let Some(chain) = pem(self.cert_file.as_deref(), self.cert_pem.as_ref(), "tls.cert_file")? else {
            return Ok(builder.with_no_client_auth());
        };
        let chain = certificates(&chain, "tls.cert_file")?;
        let key = pem(self.key_file.as_deref(), self.key_pem.as_ref(), "tls.key_file")?.unwrap_or_default();
        let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| BuildError::at("tls.key_file", "no private key"))?;
        builder.with_client_auth_cert(chain, key).map_err(|error| BuildError::at("tls.cert_file", error.to_string()))
    }

    /// What is trusted, and what of it the file names.
    fn roots(&self) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), BuildError> {
        let own = pem(self.ca_file.as_deref(), self.ca_pem.as_ref(), "tls.ca_file")?;
        let mut roots = RootCertStore::empty();
        if own.is_none() || self.include_system_ca_certs_pool {
            // Those that cannot be read are left out, as everywhere; an empty store fails at the handshake.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        let own = own.map_or(Ok(Vec::new()), |own| certificates(&own, "tls.ca_file"))?;
        for certificate in &own {
            let added = roots.add(certificate.clone());
            added.map_err(|error| BuildError::at("tls.ca_file", error.to_string()))?;
        }
        Ok((roots, own))
    }

    fn versions(&self) -> Result<Vec<&'static rustls::SupportedProtocolVersion>, BuildError> {
        let number = |key: &str, text: &Option<String>, usual: u8| match text.as_deref() {
            None | Some("") => Ok(usual),
            Some("1.2") => Ok(2),
            Some("1.3") => Ok(3),
            Some(other) => Err(BuildError::at(key, format!("`{other}` is not spoken: 1.2 or 1.3"))),
        };
        let oldest = number("tls.min_version", &self.min_version, 2)?;
        let newest = number("tls.max_version", &self.max_version, 3)?;
        if oldest > newest {
            return Err(BuildError::at("tls.min_version", "min_version is newer than max_version"));
        }
        let both = [(2, &rustls::version::TLS12), (3, &rustls::version::TLS13)];
        Ok(both.into_iter().filter(|(at, _)| (oldest..=newest).contains(at)).map(|(_, version)| version).collect())
    }
}

/// What a `*_file` or `*_pem` key holds; none where neither is given.
fn pem(file: Option<&str>, text: Option<&Secret>, key: &str) -> Result<Option<Vec<u8>>, BuildError> {
    match (file, text) {
        (Some(file), _) => match fs::read(file) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) => Err(BuildError::at(key, format!("cannot read {file}: {error}"))),
        },
        (None, text) => Ok(text.map(|text| text.expose().as_bytes().to_vec())),
    }
}

fn certificates(pem: &[u8], key: &str) -> Result<Vec<CertificateDer<'static>>, BuildError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(BuildError::at(key, "holds no certificate in PEM")),
    }
}

/// Takes any certificate: `insecure_skip_verify`. Signatures are still checked.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
