//! Times and counts of zero, as Go takes them.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::{GrpcKeepAlive, OtlpHttp};
use crate::delivery::{ClientSettings, KeepAlive};

fn grpc(block: Value) -> KeepAlive {
    serde_json::from_value::<GrpcKeepAlive>(block).unwrap().pings()
}

fn http(block: Value) -> ClientSettings {
    serde_json::from_value::<OtlpHttp>(block).unwrap().client_settings()
}

#[test]
fn pings_of_zero_are_the_least_or_none() {
    let (ten, twenty) = (Duration::from_secs(10), Duration::from_secs(20));
    let pings = grpc(json!({"time": "0s", "permit_without_stream": true}));
    assert_eq!(pings, KeepAlive { interval: ten, timeout: twenty, while_idle: true });
    assert_eq!(grpc(json!({"time": "1s", "timeout": "0s"})), KeepAlive { while_idle: false, ..pings });
    assert_eq!(grpc(json!({"time": "20s", "timeout": "3s"})).interval, twenty);
    assert_eq!(http(json!({"http2_read_idle_timeout": "0s"})).keep_alive, None);
    let timeout =
        http(json!({"http2_read_idle_timeout": "5s", "http2_ping_timeout": "0s"})).keep_alive.unwrap().timeout;
    assert_eq!(timeout, Duration::from_secs(15));
}

#[test]
fn no_bound_on_idle_connections_is_zero() {
    let settings = http(json!({"max_idle_conns": 0, "idle_conn_timeout": "0s"}));
    assert_eq!((settings.idle_connections, settings.idle_timeout), (None, None));
    let settings = http(json!({}));
    assert_eq!((settings.idle_connections, settings.idle_timeout), (Some(100), Some(Duration::from_secs(90))));
}
