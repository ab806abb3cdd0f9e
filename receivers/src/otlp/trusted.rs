//! A client whose certificate is itself one of those trusted: webpki refuses an authority's own certificate as that of
//! a peer, and one that is signed by itself usually says that it is an authority. Go takes it.

use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, UnixTime};

/// webpki's verifier, and those certificates for themselves.
#[derive(Debug)]
pub(super) struct Trusted {
    pub(super) webpki: Arc<dyn ClientCertVerifier>,
    pub(super) own: Vec<CertificateDer<'static>>,
}

impl ClientCertVerifier for Trusted {
    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        match self.webpki.verify_client_cert(end_entity, intermediates, now) {
            Err(error) if is_authority(&error) && self.own.contains(end_entity) => Ok(ClientCertVerified::assertion()),
            verdict => verdict,
        }
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.webpki.root_hint_subjects()
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

/// What webpki says of a peer's certificate that is an authority's. It looks at the time of validity before, so that one
/// that is not valid now is told as that (a test holds it to it).
fn is_authority(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(other)) = error else { return false };
    other.0.to_string() == "CaUsedAsEndEntity"
}

#[cfg(test)]
mod tests;
