//! Of a certificate that is trusted itself, name and time count as ever, and it vouches for no other.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::{CertificateError, Error, RootCertStore};
use rustls_pki_types::{CertificateDer, UnixTime};

use super::Trusted;

/// A certificate signed by itself that says it is an authority, for one name and one day.
fn certificate(name: &str) -> CertificateDer<'static> {
    let mut params = CertificateParams::new(vec![name.into()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2026, 1, 2);
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone()
}

#[test]
fn a_certificate_that_is_trusted_itself_is_taken_for_its_name_while_it_is_valid() {
    let (own, other) = (certificate("collector.example"), certificate("collector.example"));
    let mut roots = RootCertStore::empty();
    roots.add(own.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let trusted = Trusted { webpki, own: vec![own.clone()] };
    // The first of January 2026.
    let new_year = 1_767_225_600;
    let verify = |certificate: &CertificateDer<'_>, name: &'static str, at: u64| {
        let at = UnixTime::since_unix_epoch(Duration::from_secs(at));
        trusted.verify_server_cert(certificate, &[], &name.try_into().unwrap(), &[], at)
    };
    let why = |verdict: Result<_, Error>| match verdict.map(|_| ()).unwrap_err() {
        Error::InvalidCertificate(why) => why,
        other => panic!("{other}"),
    };
    assert!(verify(&own, "collector.example", new_year + 3600).is_ok());
    let name = why(verify(&own, "other.example", new_year + 3600));
    assert!(
        matches!(name, CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }),
        "{name:?}"
    );
    let late = why(verify(&own, "collector.example", new_year + 2 * 86_400));
    assert!(matches!(late, CertificateError::Expired | CertificateError::ExpiredContext { .. }), "{late:?}");
    let early = why(verify(&own, "collector.example", new_year - 3600));
    assert!(matches!(early, CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }), "{early:?}");
    assert!(verify(&other, "collector.example", new_year + 3600).is_err(), "one that nobody trusts");
}
