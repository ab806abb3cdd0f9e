//! TLS and mTLS over a real socket.

use std::sync::Arc;

use pipeline::journal::Bounds;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::RootCertStore;
use rustls::server::WebPkiClientVerifier;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use tokio_rustls::TlsAcceptor;

use crate::tests::fake::{Answer, Fake};
use crate::tests::owed::Owed;

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn issue(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.into()]).unwrap();
        (params.signed_by(&key, &self.0).unwrap(), key)
    }

    /// A server called `localhost`, which asks for a certificate of ours.
    fn acceptor(&self) -> TlsAcceptor {
        let (certificate, key) = self.issue("localhost");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }
}

/// How many were delivered, and whether anything was retried, by an exporter with this `tls` block.
async fn delivered(authority: &Authority, name: &str, tls: Value) -> bool {
    let fake = Fake::start(vec![Answer::grpc(0, "", None)], Some(authority.acceptor())).await;
    let owed = Owed::to(&[Bounds::default()]);
    owed.spans(&["a"]);
    let retry = json!({"enabled": false});
    let endpoint = format!("https://{}", fake.address);
    let running = owed.run_block(name, &json!({"endpoint": endpoint, "tls": tls, "retry_on_failure": retry}));
    running.settled().await;
    running.series().delivered.get() == 1
}

#[tokio::test]
async fn certificates_are_checked_both_ways() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue("client");
    let good = json!({
        "ca_pem": authority.0.pem(),
        "cert_pem": certificate.pem(),
        "key_pem": key.serialize_pem(),
        "server_name_override": "localhost",
    });
    let with = |key: &str, value: Value| {
        let mut block = good.clone();
        block[key] = value;
        block
    };
    for name in ["otlp", "otlphttp"] {
        assert!(delivered(&authority, name, good.clone()).await, "{name}");
        assert!(delivered(&authority, name, with("min_version", json!("1.3"))).await);
        assert!(!delivered(&authority, name, with("server_name_override", json!("elsewhere"))).await);
        assert!(!delivered(&authority, name, with("ca_pem", json!(Authority::new().0.pem()))).await);
        assert!(
            !delivered(&authority, name, json!({"ca_pem": authority.0.pem(), "server_name_override": "localhost"}))
                .await
        );
        let mut anyone = with("ca_pem", json!(null));
        anyone["insecure_skip_verify"] = json!(true);
        assert!(delivered(&authority, name, anyone).await);
    }
}
