//! Of a certificate that is trusted itself, the time counts as ever, and it vouches for no other.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::RootCertStore;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls_pki_types::{CertificateDer, UnixTime};

use super::Trusted;

/// A certificate signed by itself that says it is an authority, for one day.
fn certificate() -> CertificateDer<'static> {
    let mut params = CertificateParams::new(vec!["client".into()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2026, 1, 2);
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone()
}

#[test]
fn a_client_whose_certificate_is_trusted_itself_is_let_in_while_it_is_valid() {
    let (own, other) = (certificate(), certificate());
    let mut roots = RootCertStore::empty();
    roots.add(own.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let webpki = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let trusted = Trusted { webpki, own: vec![own.clone()] };
    // The first of January 2026.
    let new_year = 1_767_225_600;
    let admitted = |certificate: &CertificateDer<'_>, at: u64| {
        let at = UnixTime::since_unix_epoch(Duration::from_secs(at));
        trusted.verify_client_cert(certificate, &[], at).is_ok()
    };
    assert!(admitted(&own, new_year + 3600));
    assert!(!admitted(&own, new_year + 2 * 86_400) && !admitted(&own, new_year - 3600));
    assert!(!admitted(&other, new_year + 3600));
}
