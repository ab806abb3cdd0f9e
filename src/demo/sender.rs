//! OTLP/HTTP in protobuf over one connection: all the client the demo needs.

use std::io;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use prost::Message;
use tokio::net::TcpStream;

/// A connection to an OTLP/HTTP receiver.
pub(crate) struct Sender {
    target: &'static str,
    requests: SendRequest<Full<Bytes>>,
}

impl Sender {
    /// Connects to `target`, `host:port`.
    pub(crate) async fn connect(target: &'static str) -> io::Result<Self> {
        let stream = TcpStream::connect(target).await?;
        let (requests, connection) = handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        tokio::spawn(connection);
        Ok(Self { target, requests })
    }

    /// Posts one export request; whether it was taken.
    pub(crate) async fn post(&mut self, path: &str, message: &impl Message) -> io::Result<bool> {
        let request = Request::post(path)
            .header("host", self.target)
            .header("content-type", "application/x-protobuf")
            .body(Full::new(Bytes::from(message.encode_to_vec())))
            .map_err(io::Error::other)?;
        let response = self.requests.send_request(request).await.map_err(io::Error::other)?;
        let status = response.status();
        response.into_body().collect().await.map_err(io::Error::other)?;
        Ok(status == StatusCode::OK)
    }
}
