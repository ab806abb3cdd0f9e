//! Who is let in: TLS on one side and on both, credentials, and web pages.

use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use pipeline::Signal;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::client::{TRACES, frame, grpc, post, raw};
use super::rig::{PLENTY, Rig, start, start_with};

/// An authority, and a certificate for localhost that it signed: files of the server, PEM of the client.
struct Papers {
    dir: tempfile::TempDir,
    authority: String,
    certificate: String,
    key: String,
}

impl Papers {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".into()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap().pem();
        let papers = Self {
            dir: tempfile::tempdir().unwrap(),
            authority: authority.pem(),
            certificate,
            key: key.serialize_pem(),
        };
        for (name, text) in [("ca", &papers.authority), ("cert", &papers.certificate), ("key", &papers.key)] {
            std::fs::write(papers.dir.path().join(name), text).unwrap();
        }
        papers
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().into()
    }

    fn client(&self, with_certificate: bool, protocol: &[u8]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.authority.as_bytes()).unwrap()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let mut config = if with_certificate {
            let chain = vec![CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap()];
            builder.with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(self.key.as_bytes()).unwrap()).unwrap()
        } else {
            builder.with_no_client_auth()
        };
        config.alpn_protocols = vec![protocol.to_vec()];
        config
    }
}

/// A gRPC call, or an HTTP/2 POST, over TLS; the status of HTTP, or why there is none.
async fn over_tls(address: SocketAddr, config: ClientConfig, path: &str, kind: &str) -> Result<u16, String> {
    let socket = TcpStream::connect(address).await.unwrap();
    let name = "localhost".try_into().unwrap();
    let tls = TlsConnector::from(Arc::new(config)).connect(name, socket).await.map_err(|error| error.to_string())?;
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(tls)).await;
    let (mut sender, connection) = handshake.map_err(|error| error.to_string())?;
    tokio::spawn(connection);
    let body = if path == TRACES { frame(b"") } else { bytes::Bytes::new() };
    let request = Request::post(format!("https://localhost{path}")).header("content-type", kind);
    let reply = sender.send_request(request.body(Full::new(body)).unwrap()).await.map_err(|error| error.to_string())?;
    let status = reply.status().as_u16();
    reply.into_body().collect().await.map_err(|error| error.to_string())?;
    Ok(status)
}

#[tokio::test]
async fn tls_is_spoken_on_both_ports() {
    let papers = Papers::new();
    let tls = json!({"cert_file": papers.path("cert"), "key_file": papers.path("key"), "min_version": "1.3"});
    let rig = start(json!({"tls": tls}), json!({"tls": tls}), PLENTY).await;
    let client = || papers.client(false, b"h2");
    assert_eq!(over_tls(rig.grpc, client(), TRACES, "application/grpc").await, Ok(200));
    assert_eq!(over_tls(rig.http, client(), "/v1/traces", "application/x-protobuf").await, Ok(200));
    rig.worker.opened(2).await;
}

#[tokio::test]
async fn with_client_ca_file_only_known_clients_come_in() {
    let (papers, strangers) = (Papers::new(), Papers::new());
    let tls = json!({
        "cert_pem": papers.certificate, "key_pem": papers.key, "client_ca_file": papers.path("ca"),
    });
    let rig = start(json!({"tls": tls}), json!({"tls": tls}), PLENTY).await;
    assert_eq!(over_tls(rig.grpc, papers.client(true, b"h2"), TRACES, "application/grpc").await, Ok(200));
    assert!(over_tls(rig.grpc, papers.client(false, b"h2"), TRACES, "application/grpc").await.is_err());
    let mut stranger = strangers.client(true, b"h2");
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(papers.authority.as_bytes()).unwrap()).unwrap();
    let chain = vec![CertificateDer::from_pem_slice(strangers.certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(strangers.key.as_bytes()).unwrap();
    stranger = ClientConfig::builder_with_provider(stranger.crypto_provider().clone())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .unwrap();
    stranger.alpn_protocols = vec![b"h2".to_vec()];
    assert!(over_tls(rig.grpc, stranger, TRACES, "application/grpc").await.is_err());
    assert_eq!(rig.worker.count(), 1);
}

#[tokio::test]
async fn plain_text_to_a_tls_port_ends_and_harms_nobody() {
    let papers = Papers::new();
    let tls = json!({"cert_file": papers.path("cert"), "key_file": papers.path("key")});
    let rig = start(json!({"tls": tls}), json!({}), PLENTY).await;
    let mut socket = TcpStream::connect(rig.grpc).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut socket, b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut rest = Vec::new();
    let _reset = tokio::io::AsyncReadExt::read_to_end(&mut socket, &mut rest).await;
    assert_eq!(over_tls(rig.grpc, papers.client(false, b"h2"), TRACES, "application/grpc").await, Ok(200));
}

async fn guarded(kind: &str, block: serde_json::Value) -> Rig {
    let auth = json!({"auth": {"authenticator": kind}});
    start_with(auth.clone(), auth, PLENTY, &Signal::ALL, &[(kind, block)]).await
}

#[tokio::test]
async fn a_bearer_token_is_asked_for_on_both_ports() {
    let rig = guarded("bearertokenauth", json!({"tokens": ["one", "two"]})).await;
    for token in ["Bearer one", "Bearer two"] {
        let reply = grpc(rig.grpc, TRACES, &[("authorization", token)], frame(b"")).await;
        assert_eq!(reply.grpc_status(), 0, "{reply:?}");
        assert_eq!(post(rig.http, "/v1/traces", &[("authorization", token)], b"").await.status, 200);
    }
    for headers in [&[][..], &[("authorization", "Bearer three")], &[("authorization", "one")]] {
        let reply = grpc(rig.grpc, TRACES, headers, frame(b"")).await;
        assert_eq!((reply.status, reply.grpc_status()), (200, 16), "UNAUTHENTICATED");
        let reply = post(rig.http, "/v1/traces", headers, b"").await;
        assert_eq!((reply.status, reply.header("www-authenticate")), (401, "Bearer"));
        assert_eq!(reply.rpc_status().code, 16);
    }
    let health = grpc(rig.grpc, "/grpc.health.v1.Health/Check", &[], frame(b"")).await;
    assert_eq!(health.grpc_status(), 16, "the whole listener is behind it");
    assert_eq!(rig.worker.count(), 4);
    let series = r#"receiver="otlp",transport="grpc",signal="traces",reason="unauthenticated""#;
    rig.counted(&format!("tollgate_receiver_failed_requests_total{{{series}}} 3"));
}

#[tokio::test]
async fn a_user_and_a_password_are_asked_for() {
    let hash = "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    let rig = guarded("basicauth", json!({"htpasswd": {"inline": format!("ann:secret\nbob:{hash}\n")}})).await;
    let login = |login: &str| format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(login));
    for (user, code, status) in [("ann:secret", 0, 200), ("bob:U*U", 0, 200), ("bob:U*U", 0, 200), ("bob:x", 16, 401)] {
        let headers = [("authorization", &login(user)[..])];
        assert_eq!(grpc(rig.grpc, TRACES, &headers, frame(b"")).await.grpc_status(), code, "{user}");
        assert_eq!(post(rig.http, "/v1/traces", &headers, b"").await.status, status, "{user}");
    }
    let reply = post(rig.http, "/v1/traces", &[], b"").await;
    assert!(reply.header("www-authenticate").starts_with("Basic "));
}

#[tokio::test]
async fn a_web_page_asks_first_and_may_then_send() {
    let cors = json!({
        "allowed_origins": ["https://app.example.com", "https://*.test"],
        "allowed_headers": ["X-Team"], "exposed_headers": ["X-Served-By"], "max_age": 7200,
    });
    let auth = json!({"authenticator": "bearertokenauth"});
    let extensions = [("bearertokenauth", json!({"token": "t"}))];
    let rig = start_with(json!({}), json!({"cors": cors, "auth": auth}), PLENTY, &Signal::ALL, &extensions).await;
    let ask = |origin: &str, headers: &str| {
        format!(
            "OPTIONS /v1/traces HTTP/1.1\r\nhost: x\r\norigin: {origin}\r\naccess-control-request-method: POST\r\n\
             access-control-request-headers: {headers}\r\n\r\n"
        )
    };
    for origin in ["https://app.example.com", "https://a.b.test"] {
        let reply = raw(rig.http, ask(origin, "content-type,x-team").as_bytes()).await;
        assert_eq!((reply.status, reply.header("access-control-allow-origin")), (204, origin), "asked without a token");
        assert_eq!(reply.header("access-control-allow-methods"), "POST");
        assert_eq!(reply.header("access-control-allow-headers"), "content-type,x-team");
        assert_eq!(reply.header("access-control-max-age"), "7200");
    }
    for (origin, headers) in [("https://evil.example", "content-type"), ("https://a.test", "x-other"), ("null", "")] {
        let reply = raw(rig.http, ask(origin, headers).as_bytes()).await;
        assert_eq!((reply.status, reply.header("access-control-allow-origin")), (204, ""), "{origin} {headers}");
    }
    let sent = [("origin", "https://a.test"), ("authorization", "Bearer t")];
    let reply = post(rig.http, "/v1/traces", &sent, b"").await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, "https://a.test"));
    assert_eq!(reply.header("access-control-expose-headers"), "X-Served-By");
    assert_eq!(reply.header("vary"), "Origin");
    let reply = post(rig.http, "/v1/traces", &sent[..1], b"").await;
    assert_eq!(
        (reply.status, reply.header("access-control-allow-origin")),
        (401, "https://a.test"),
        "the page may read why"
    );
}

#[tokio::test]
async fn where_any_page_may_send_none_is_named() {
    let cors = json!({"allowed_origins": ["*"]});
    let http = json!({"cors": cors, "response_headers": {"x-served-by": "tollgate"}});
    let rig = start_with(json!({}), http, PLENTY, &Signal::ALL, &[]).await;
    let asked =
        b"OPTIONS /v1/traces HTTP/1.1\r\nhost: x\r\norigin: http://a\r\naccess-control-request-method: POST\r\n\r\n";
    let replies = [raw(rig.http, asked).await, post(rig.http, "/v1/traces", &[("origin", "http://a")], b"").await];
    for reply in replies {
        assert_eq!(reply.header("access-control-allow-origin"), "*", "browsers then send no credentials");
        assert_eq!(reply.header("x-served-by"), "tollgate", "in answers to preflights as well");
    }
}
