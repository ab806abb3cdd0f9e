//! PROTOTYPE.
use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use pipeline::Signal;
use tokio::net::TcpStream;

use super::body::Taken;
use super::grpc::Grpc;
use super::open::{Coding, Form};

struct S { buf: Vec<u8>, prefix: [u8; 5], got: usize }

pub(super) async fn serve(socket: TcpStream, grpc: Arc<Grpc>) {
    let (tx, mut rx) = tokio::sync::mpsc::unbounded_channel::<u32>();
    let mut stash = vec![0u8; std::env::var("STASH").ok().and_then(|v| v.parse().ok()).unwrap_or(256 << 10)];
    let mut out: Vec<u8> = Vec::new();
    let mut streams: HashMap<u32, S> = HashMap::new();
    // settings
    let mut settings = Vec::new();
    for (id, v) in [(3u16, 100u32), (4, 1 << 24), (5, 1 << 20)] { settings.extend(id.to_be_bytes()); settings.extend(v.to_be_bytes()); }
    frame(&mut out, 4, 0, 0, &settings);
    frame(&mut out, 8, 0, 0, &(1u32 << 30).to_be_bytes());
    let mut preface = 24usize;
    let mut head = [0u8; 9]; let mut head_n = 0usize;
    let mut remaining = 0usize; // of the current frame
    let mut small: Vec<u8> = Vec::new();
    let mut received = 0u32;
    loop {
        while !out.is_empty() {
            match socket.try_write(&out) { Ok(n) => { out.drain(..n); } Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => break, Err(_) => return }
        }
        tokio::select! {
            biased;
            id = rx.recv() => {
                let Some(id) = id else { return };
                answer(&mut out, id);
                while let Ok(id) = rx.try_recv() { answer(&mut out, id); }
                continue;
            }
            r = socket.readable() => { if r.is_err() { return } }
        }
        let n = match socket.try_read(&mut stash) { Ok(0) => return, Ok(n) => n, Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => continue, Err(_) => return };
        let mut b = &stash[..n];
        while !b.is_empty() {
            if preface > 0 { let k = preface.min(b.len()); b = &b[k..]; preface -= k; continue; }
            if head_n < 9 {
                let k = (9 - head_n).min(b.len());
                head[head_n..head_n + k].copy_from_slice(&b[..k]); head_n += k; b = &b[k..];
                if head_n < 9 { continue; }
                remaining = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
                small.clear();
            }
            let (ty, flags) = (head[3], head[4]);
            let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]) & 0x7fff_ffff;
            let k = remaining.min(b.len());
            let part = &b[..k];
            b = &b[k..]; remaining -= k;
            if ty == 0 {
                received += k as u32;
                let s = streams.entry(id).or_insert(S { buf: Vec::new(), prefix: [0; 5], got: 0 });
                let mut part = part;
                if s.got < 5 {
                    let k = (5 - s.got).min(part.len());
                    s.prefix[s.got..s.got + k].copy_from_slice(&part[..k]); s.got += k; part = &part[k..];
                    if s.got == 5 { s.buf.reserve_exact(u32::from_be_bytes([s.prefix[1], s.prefix[2], s.prefix[3], s.prefix[4]]) as usize); }
                }
                s.buf.extend_from_slice(part);
            } else { small.extend_from_slice(part); }
            if remaining > 0 { continue; }
            head_n = 0;
            match ty {
                0 if flags & 1 != 0 => {
                    let s = streams.remove(&id).unwrap();
                    let (tx, grpc) = (tx.clone(), grpc.clone());
                    tokio::spawn(async move {
                        let permit = grpc.door.intake.permit(Signal::Traces, s.buf.len()).unwrap();
                        let deadlines = grpc.door.deadlines(None);
                        let ok = grpc.door.submit(Signal::Traces, Taken { bytes: Bytes::from(s.buf), permit }, (Coding::Identity, Form::Protobuf), deadlines).await;
                        assert!(ok.is_ok());
                        let _ = tx.send(id);
                    });
                }
                4 if flags & 1 == 0 => frame(&mut out, 4, 1, 0, &[]),
                6 if flags & 1 == 0 => frame(&mut out, 6, 1, 0, &small),
                _ => {}
            }
        }
        if received > 1 << 28 { frame(&mut out, 8, 0, 0, &received.to_be_bytes()); received = 0; }
    }
}

fn answer(out: &mut Vec<u8>, id: u32) {
    frame(out, 1, 4, id, b"\x88\x0f\x10\x10application/grpc");
    frame(out, 0, 0, id, &[0; 5]);
    frame(out, 1, 5, id, b"\x00\x0bgrpc-status\x010");
}

fn frame(out: &mut Vec<u8>, ty: u8, flags: u8, id: u32, payload: &[u8]) {
    out.extend_from_slice(&(payload.len() as u32).to_be_bytes()[1..]);
    out.push(ty); out.push(flags); out.extend_from_slice(&id.to_be_bytes()); out.extend_from_slice(payload);
}
