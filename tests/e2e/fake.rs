//! A backend of OTLP/HTTP that answers each request as a test says: what is on the wire is what the specification asks for.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsPartialSuccess, ExportLogsServiceResponse};
use prost::Message;

use crate::stage::free_port;

/// What is answered.
#[derive(Clone, Copy)]
pub(crate) enum Reply {
    /// All is taken.
    Taken,
    /// Nothing is taken, and may be later.
    Later,
    /// All is taken but so many records, for this reason.
    But(i64, &'static str),
}

/// The backend; it listens for as long as the test runs.
pub(crate) struct Fake {
    pub(crate) port: u16,
    taken: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Fake {
    /// Listens on a free port.
    pub(crate) fn start(judge: impl Fn(&[u8]) -> Reply + Send + Sync + 'static) -> Self {
        let (port, taken) = (free_port(), Arc::<Mutex<Vec<Vec<u8>>>>::default());
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let (kept, judge) = (taken.clone(), Arc::new(judge));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (kept, judge) = (kept.clone(), judge.clone());
                std::thread::spawn(move || {
                    let Some(body) = request(&stream) else { return };
                    let reply = judge(&body);
                    if !matches!(reply, Reply::Later) {
                        kept.lock().unwrap().push(body);
                    }
                    let _gone = (&stream).write_all(&answer(reply)).is_err();
                });
            }
        });
        Self { port, taken }
    }

    /// How many of the requests that were taken hold `text`.
    pub(crate) fn taken(&self, text: &str) -> usize {
        let holds = |body: &&Vec<u8>| body.windows(text.len()).any(|window| window == text.as_bytes());
        self.taken.lock().unwrap().iter().filter(holds).count()
    }
}

/// The body of a request of HTTP/1.1 that tells its length.
fn request(stream: &TcpStream) -> Option<Vec<u8>> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).ok()? > 2 {
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}

fn answer(reply: Reply) -> Vec<u8> {
    let (status, body) = match reply {
        Reply::Taken => ("200 OK", Vec::new()),
        Reply::Later => ("503 Service Unavailable", Vec::new()),
        Reply::But(rejected_log_records, reason) => {
            let partial = ExportLogsPartialSuccess { rejected_log_records, error_message: reason.into() };
            ("200 OK", ExportLogsServiceResponse { partial_success: Some(partial) }.encode_to_vec())
        }
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/x-protobuf\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    [head.as_bytes(), &body].concat()
}
