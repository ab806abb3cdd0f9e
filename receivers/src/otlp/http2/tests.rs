//! A connection with a client that is not ours at the other end.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::*;

const LIMITS: Limits =
    Limits { streams: 8, stream_window: 1000, connection_window: 70_000, frame: 1 << 14, list: 16 << 10 };

const PINGS: Pings = Pings { after: Duration::from_secs(10), timeout: Duration::from_secs(5) };

type Answered = Response<Full<Bytes>>;
type Client = SendRequest<Full<Bytes>>;

/// A server whose connection runs until it ends, and its client's end.
fn serve<A>(answer: impl Fn(Request<Body>) -> A + Send + Unpin + 'static) -> (DuplexStream, JoinHandle<io::Result<()>>)
where
    A: Future<Output = Answered> + Send + 'static,
{
    let (ours, theirs) = duplex(4096);
    (theirs, tokio::spawn(Connection::new(ours, Arc::default(), LIMITS, Some(PINGS), answer)))
}

async fn client(socket: DuplexStream) -> Client {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.timer(TokioTimer::new()).initial_stream_window_size(300).initial_connection_window_size(70_000);
    let (client, connection) = builder.handshake(TokioIo::new(socket)).await.unwrap();
    tokio::spawn(connection);
    client
}

/// A request with a message of `length` bytes.
fn message(length: usize) -> Request<Full<Bytes>> {
    let prefix = u32::try_from(length).unwrap().to_be_bytes();
    let body = [&[0], &prefix[..], &vec![7; length]].concat();
    Request::post("http://a/b").body(Full::from(body)).unwrap()
}

/// Answers with what was sent.
async fn echo(request: Request<Body>) -> Answered {
    Response::new(Full::from(request.into_body().collect().await.map_or_else(|_| Bytes::new(), |body| body.to_bytes())))
}

#[tokio::test]
async fn many_requests_of_all_sizes_come_back_whole() {
    let (socket, _server) = serve(echo);
    let client = client(socket).await;
    let all = (0..200_usize).map(|at| {
        let (mut client, length) = (client.clone(), at * at % 3001);
        async move {
            client.ready().await.unwrap();
            let answer = client.send_request(message(length)).await.unwrap();
            assert_eq!(answer.into_body().collect().await.unwrap().to_bytes().len(), 5 + length);
        }
    });
    futures_util::future::join_all(all).await;
}

#[tokio::test]
async fn a_request_that_is_expected_may_be_larger_than_its_window() {
    let (socket, _server) = serve(async |request: Request<Body>| {
        let mut body = request.into_body();
        body.frame().await.unwrap().unwrap();
        body.expect(100_000);
        let whole = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert!(body.frame().await.is_none());
        Response::new(Full::from(whole.len().to_string()))
    });
    let answer = client(socket).await.send_request(message(100_000)).await.unwrap();
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "100000");
}

#[tokio::test]
async fn a_task_that_panics_costs_its_request_alone() {
    let (socket, _server) = serve(async |request: Request<Body>| {
        assert_eq!(request.headers().get("fail"), None);
        echo(request).await
    });
    let mut client = client(socket).await;
    let mut bad = message(10);
    bad.headers_mut().insert("fail", "now".parse().unwrap());
    assert!(client.send_request(bad).await.is_err());
    assert!(client.send_request(message(10)).await.is_ok());
}

/// Says when it is dropped.
struct Dropped(Arc<AtomicBool>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_is_not_worked_on() {
    let gone = Arc::new(AtomicBool::new(false));
    let seen = gone.clone();
    let (socket, _server) = serve(move |_| {
        let guard = Dropped(seen.clone());
        async move {
            sleep(Duration::from_secs(3600)).await;
            drop(guard);
            Answered::default()
        }
    });
    let mut client = client(socket).await;
    assert!(timeout(Duration::from_secs(1), client.send_request(message(10))).await.is_err());
    sleep(Duration::from_secs(1)).await;
    assert!(gone.load(Ordering::SeqCst), "the client has reset its request");
}

#[tokio::test]
async fn an_end_that_was_asked_for_answers_what_is_inside() {
    let (ours, theirs) = duplex(4096);
    let inside = Arc::new(AtomicUsize::new(0));
    let count = inside.clone();
    let mut server = Connection::new(ours, Arc::default(), LIMITS, None, move |request| {
        count.fetch_add(1, Ordering::SeqCst);
        async {
            sleep(Duration::from_millis(50)).await;
            echo(request).await
        }
    });
    let mut client = client(theirs).await;
    let answer = client.send_request(message(10));
    let until_inside = poll_fn(|cx| {
        let ended = Pin::new(&mut server).poll(cx).is_ready();
        if ended || inside.load(Ordering::SeqCst) > 0 { Poll::Ready(()) } else { Poll::Pending }
    });
    until_inside.await;
    server.graceful_shutdown();
    let (ended, answer) = tokio::join!(server, answer);
    assert!(ended.is_ok() && answer.is_ok());
    assert!(client.send_request(message(10)).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_is_asked_and_then_left() {
    let (socket, server) = serve(echo);
    let kept = client(socket).await;
    sleep(Duration::from_secs(600)).await;
    assert!(!server.is_finished(), "it answers each ping");
    drop(kept);

    let (mut socket, server) = serve(echo);
    socket.write_all(frame::PREFACE).await.unwrap();
    socket.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await.unwrap();
    let began = Instant::now();
    assert_eq!(server.await.unwrap().unwrap_err().kind(), io::ErrorKind::TimedOut);
    assert_eq!(began.elapsed(), PINGS.after + PINGS.timeout);
}

/// A socket that takes a little at a time, and never all there is.
struct Sluggish(usize);

impl AsyncRead for Sluggish {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

impl AsyncWrite for Sluggish {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let taken = bytes.len().min(std::mem::take(&mut self.0));
        if taken == 0 { Poll::Pending } else { Poll::Ready(Ok(taken)) }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn what_a_slow_peer_has_read_is_not_kept() {
    let mut connection = Connection::new(Sluggish(0), Arc::default(), LIMITS, None, echo);
    for _ in 0..1000 {
        connection.machine.out.extend_from_slice(&[0; 1000]);
        connection.socket.0 = 1000;
        assert!(futures_util::poll!(&mut connection).is_pending());
        assert!(connection.machine.out.len() <= 2 * UNSENT + 1000);
    }
}

#[tokio::test]
async fn who_breaks_the_protocol_is_told_why() {
    let (mut socket, server) = serve(echo);
    socket.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let mut told = Vec::new();
    socket.read_to_end(&mut told).await.unwrap();
    server.await.unwrap().unwrap();
    let mut goaway = Vec::new();
    frame::goaway(&mut goaway, 0, frame::Code::Protocol);
    assert!(told.ends_with(&goaway));
}

/// What RFC 9113 and RFC 7541 ask of a server, asked by somebody else in 145 conversations. A request is answered a
/// little after its end: what stands behind it in a conversation is there by then.
#[tokio::test]
async fn h2spec_finds_nothing() {
    let Some(h2spec) = std::env::var_os("H2SPEC") else {
        assert!(std::env::var_os("CI").is_none(), "H2SPEC is not set: export what tests/backends/h2spec.sh prints");
        return;
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let limits = Limits { stream_window: 1 << 16, connection_window: 1 << 17, ..LIMITS };
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(Connection::new(socket, Arc::default(), limits, None, async |request: Request<Body>| {
                drop(request.into_body().collect().await);
                sleep(Duration::from_millis(100)).await;
                Response::new(Full::from("answer"))
            }));
        }
    });
    let run = move || std::process::Command::new(h2spec).args(["-h", "127.0.0.1", "-o", "5", "-p", &port]).output();
    let told = tokio::task::spawn_blocking(run).await.unwrap().unwrap().stdout;
    let told = String::from_utf8_lossy(&told);
    assert!(told.contains("\n145 tests, ") && told.contains(" 0 failed"), "{told}");
}
