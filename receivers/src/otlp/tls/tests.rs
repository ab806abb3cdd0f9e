//! Versions, suites, and files that are read again.

use super::*;

#[test]
fn versions_are_a_range() {
    let count = |min, max| versions(min, max).map(|versions| versions.len());
    assert_eq!(count(None, None), Ok(2));
    assert_eq!(count(Some("1.3"), None), Ok(1));
    assert_eq!(count(None, Some("1.2")), Ok(1));
    assert!(count(Some("1.3"), Some("1.2")).is_err());
    assert!(count(Some("1.0"), None).is_err());
}

#[test]
fn suites_go_by_their_registered_names() {
    let all = suites(&[]).unwrap().len();
    let one = suites(&["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256".into()]).unwrap();
    assert!(one.len() < all && one.len() == 4, "one of TLS 1.2 and the three of TLS 1.3: {one:?}");
    assert!(suites(&["TLS_RSA_WITH_RC4_128_SHA".into()]).is_err());
}

#[tokio::test]
async fn files_are_read_again_and_a_bad_one_leaves_the_old() {
    let dir = tempfile::tempdir().unwrap();
    let write = || {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
        std::fs::write(dir.path().join("cert"), made.cert.pem()).unwrap();
        std::fs::write(dir.path().join("key"), made.signing_key.serialize_pem()).unwrap();
    };
    write();
    let path = |name: &str| Some(dir.path().join(name).to_str().unwrap().to_owned());
    let interval = pipeline::config::Duration::millis(5);
    let config =
        TlsConfig { cert_file: path("cert"), key_file: path("key"), reload_interval: interval, ..TlsConfig::default() };
    let tls = Arc::new(Tls::load(config, &[b"h2"]).unwrap());
    let (stopper, stop) = pipeline::stop::Stopper::new();
    let mut changes = tls.current.subscribe();
    let reloading = tokio::spawn(tls.clone().reload(stop));
    write();
    changes.changed().await.unwrap();
    std::fs::write(dir.path().join("key"), "not a key").unwrap();
    assert_eq!(tls.current().alpn_protocols, [b"h2".to_vec()]);
    stopper.ask(Phase::Draining);
    reloading.await.unwrap();
    let missing = TlsConfig { cert_file: path("nowhere"), key_file: path("key"), ..TlsConfig::default() };
    assert_eq!(Tls::load(missing, &[]).unwrap_err().key, "tls.cert_file");
    let wrong = TlsConfig { cert_file: path("cert"), key_file: path("key"), ..TlsConfig::default() };
    assert_eq!(Tls::load(wrong, &[]).unwrap_err().key, "tls.key_file");
}
