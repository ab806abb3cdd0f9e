//! Answers that lead elsewhere, credentials that change, connections that say nothing.

use pipeline::journal::Bounds;
use serde_json::json;

use super::block;
use crate::tests::fake::{Answer, Fake};
use crate::tests::owed::{Owed, names};

/// An answer that leads to `location`.
fn led(status: u16, location: String) -> Answer {
    Answer::http(status, vec![("location", location)])
}

#[tokio::test]
async fn a_redirect_that_keeps_the_method_is_followed_with_credentials_for_its_own_host_alone() {
    for status in [307, 308] {
        let mut there = Fake::start(vec![Answer::http(200, vec![])], None).await;
        let port = there.address.rsplit_once(':').unwrap().1.to_owned();
        let near = led(status, "/v2/traces".into());
        let far = led(status, format!("http://localhost:{port}/in"));
        let mut here = Fake::start(vec![near, far], None).await;
        let owed = Owed::to(&[Bounds::default()]);
        owed.spans(&["a"]);
        let running =
            owed.run_block("otlphttp", &block(&here.address, json!({"headers": {"authorization": "s3cret"}})));
        for path in ["/v1/traces", "/v2/traces"] {
            let got = here.next().await;
            assert_eq!((got.head.uri.path(), &got.head.headers["authorization"]), (path, &"s3cret".parse().unwrap()));
        }
        let got = there.next().await;
        assert_eq!((got.head.method.as_str(), got.head.uri.path()), ("POST", "/in"));
        assert_eq!(got.head.headers["content-type"], "application/x-protobuf");
        assert!(!got.head.headers.contains_key("authorization"));
        assert_eq!(names(&got.body), ["a"]);
        running.settled().await;
        assert_eq!(running.series().delivered.get(), 1);
    }
}

#[tokio::test]
async fn other_redirects_and_circles_are_held_until_somebody_mends_the_endpoint() {
    for (status, location) in [(302, "/elsewhere"), (301, "http://127.0.0.1:1/"), (307, ""), (308, "/v1/traces")] {
        let script = vec![led(status, location.into()); 6].into_iter().chain([Answer::http(200, vec![])]).collect();
        let fake = Fake::start(script, None).await;
        let owed = Owed::to(&[Bounds::default()]);
        owed.spans(&["a"]);
        let running = owed.run_block("otlphttp", &block(&fake.address, json!({})));
        running.settled().await;
        assert_eq!((running.series().delivered.get(), running.series().rejected.get()), (1, 0), "{status} {location}");
    }
}

#[tokio::test]
async fn a_login_in_the_url_is_sent_as_basic_authentication_unless_another_is_configured() {
    for (more, expect) in
        [(json!({}), "Basic am9lOnNAY3JldA=="), (json!({"headers": {"authorization": "mine"}}), "mine")]
    {
        let mut fake = Fake::start(vec![Answer::http(200, vec![])], None).await;
        let owed = Owed::to(&[Bounds::default()]);
        owed.spans(&["a"]);
        let mut block = block(&fake.address, more);
        block["endpoint"] = json!(format!("http://joe:s%40cret@{}", fake.address));
        let _running = owed.run_block("otlphttp", &block);
        let got = fake.next().await;
        assert_eq!(
            (&got.head.headers["authorization"], &got.head.headers["host"]),
            (&expect.parse().unwrap(), &fake.address.parse().unwrap())
        );
    }
}

#[tokio::test]
async fn a_token_that_changes_in_its_file_is_sent_from_then_on() {
    use pipeline::auth::{Authenticator, Bearer};
    use pipeline::config::ComponentId;
    use pipeline::registry::{BuildCx, Extension};

    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "old").unwrap();
    let past = std::time::UNIX_EPOCH;
    file.as_file().set_modified(past).unwrap();
    let bearer = Bearer::of_file("authorization", "Bearer", file.path()).unwrap();
    let extension = Extension::Authenticator(std::sync::Arc::new(Authenticator::Bearer(bearer)));
    let extensions = [(ComponentId::parse("bearertokenauth").unwrap(), extension)];
    let (id, ledger) = (ComponentId::parse("otlp").unwrap(), pipeline::ledger::Ledger::new("test"));
    let entry = crate::EXPORTERS.iter().find(|entry| entry.declaration.is("otlp")).unwrap();
    let mut fake = Fake::start(vec![Answer::grpc(0, "", None)], None).await;
    let block = block(&fake.address, json!({"auth": {"authenticator": "bearertokenauth"}}));
    let cx = BuildCx { id: &id, ledger: &ledger, extensions: &extensions };
    let owed = Owed::to(&[Bounds::default()]);
    let _running = owed.run(0, (entry.build)(&block, &cx).unwrap().1);
    for expect in ["Bearer old", "Bearer new"] {
        owed.spans(&["a"]);
        assert_eq!(fake.next().await.head.headers["authorization"], expect);
        std::fs::write(file.path(), "new").unwrap();
        // The file is looked at every five seconds.
        tokio::time::pause();
        tokio::time::advance(std::time::Duration::from_secs(6)).await;
        tokio::time::resume();
    }
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_given_up_for_another() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let owed = Owed::to(&[Bounds::default()]);
    owed.spans(&["a"]);
    let running = owed.run_block("otlp", &block(&address, json!({"timeout": "20ms"})));
    let _silent = listener.accept().await.unwrap();
    let _next = listener.accept().await.unwrap();
    assert!(running.series().attempts.get() >= 3);
    running.stopper.ask(pipeline::stop::Phase::Now);
    running.task.await.unwrap();
}
