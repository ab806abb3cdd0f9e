//! HTTP/1.1 as plainly as it can be written: what a test sends is what is on the wire.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Header lines, lower case.
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// `GET path`.
pub(crate) fn get(port: u16, path: &str) -> Answer {
    exchange(port, format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n").as_bytes())
}

/// `POST path`.
pub(crate) fn post(port: u16, path: &str, content_type: &str, body: &[u8]) -> Answer {
    post_with(port, path, &format!("content-type: {content_type}\r\n"), body)
}

/// `POST path` with header lines of the test's own, each ended by CRLF.
pub(crate) fn post_with(port: u16, path: &str, headers: &str, body: &[u8]) -> Answer {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    exchange(port, &[head.as_bytes(), body].concat())
}

/// Sends bytes and reads until the peer closes.
pub(crate) fn exchange(port: u16, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    // A server may answer and close before it has read all of a body it refuses.
    let _early = stream.write_all(request).is_err();
    let mut bytes = Vec::new();
    let _reset = stream.read_to_end(&mut bytes).is_err();
    parse(&bytes).unwrap_or_else(|| panic!("no HTTP answer: {:?}", String::from_utf8_lossy(&bytes)))
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let body = &bytes[end + 4..];
    let body = if head.contains("transfer-encoding: chunked") { unchunk(body)? } else { body.to_vec() };
    Some(Answer { status, headers: head, body })
}

fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(rest.get(end + 2..end + 2 + size)?);
        rest = rest.get(end + 4 + size..)?;
    }
}
