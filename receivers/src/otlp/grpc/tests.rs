//! Headers of gRPC, read.

use super::*;

fn headers(name: &'static str, value: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(name, value.parse().unwrap());
    headers
}

#[test]
fn timeouts_have_up_to_eight_digits_and_a_unit() {
    let good = [
        ("1H", Duration::from_secs(3600)),
        ("2M", Duration::from_secs(120)),
        ("3S", Duration::from_secs(3)),
        ("99999999m", Duration::from_millis(99_999_999)),
        ("5u", Duration::from_micros(5)),
        ("6n", Duration::from_nanos(6)),
    ];
    for (text, time) in good {
        assert_eq!(timeout(&headers("grpc-timeout", text)), Some(time), "{text}");
    }
    for text in ["", "S", "1", "1s", "-1S", "123456789S", "1.5S"] {
        assert_eq!(timeout(&headers("grpc-timeout", text)), None, "{text}");
    }
}

#[test]
fn paths_name_signals() {
    for of in Signal::ALL {
        assert_eq!(signal(&format!("/{}/Export", service(of))), Some(of));
    }
    assert_eq!(signal("/Export"), None);
    assert_eq!(unknown("/a.B/C"), Fault::Unknown("service a.B".into()));
    assert_eq!(unknown(&"/x".repeat(100)), Fault::Unknown("service".into()));
}
