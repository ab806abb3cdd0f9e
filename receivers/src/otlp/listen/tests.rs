//! Endpoints as Go writes them.

use super::*;

#[test]
fn endpoints_are_host_and_port() {
    for (text, host, port) in [
        ("localhost:4317", "localhost", 4317),
        (":0", "", 0),
        ("[::1]:1", "::1", 1),
        ("0.0.0.0:65535", "0.0.0.0", 65535),
    ] {
        assert_eq!(Endpoint::parse(text), Ok(Endpoint { host: host.into(), port }));
    }
    for text in ["", "localhost", "::1:4317", "[::1:4317", "x:http", "x:65536", "http://x:1"] {
        assert!(Endpoint::parse(text).is_err(), "{text}");
    }
}

#[tokio::test]
async fn localhost_is_ipv4_first_and_no_host_is_every_network() {
    let local = Endpoint::parse("localhost:0").unwrap().listen("tcp").await.unwrap();
    assert_eq!(local.local_addr().unwrap().ip(), IpAddr::V4(Ipv4Addr::LOCALHOST));
    let every = Endpoint::parse(":0").unwrap().listen("tcp").await.unwrap();
    assert!(every.local_addr().unwrap().ip().is_unspecified());
    let every = Endpoint::parse(":0").unwrap().listen("tcp4").await.unwrap();
    assert_eq!(every.local_addr().unwrap().ip(), IpAddr::V4(Ipv4Addr::UNSPECIFIED));
}
