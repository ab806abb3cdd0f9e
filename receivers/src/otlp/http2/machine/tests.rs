//! The protocol, spoken by hand: what a client may do, what it may not, and that nothing stands still.

use super::*;
use crate::otlp::http2::frame::{ACK, END_HEADERS, END_STREAM, PADDED, PREFACE};
use crate::otlp::http2::hpack;
use crate::otlp::http2::link::Order;

const LIMITS: Limits =
    Limits { streams: 3, stream_window: 1000, connection_window: 1 << 16, frame: 1 << 20, list: 4096 };

/// A frame of any kind.
fn raw(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

fn fields(pairs: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in pairs {
        hpack::encode(&mut block, name.as_bytes(), value.as_bytes());
    }
    block
}

const POST: [(&str, &str); 4] = [(":method", "POST"), (":scheme", "http"), (":path", "/a"), (":authority", "x")];

/// The head of a request.
fn request(stream: u32, flags: u8) -> Vec<u8> {
    raw(1, END_HEADERS | flags, stream, &fields(&POST))
}

/// A machine that was greeted, with nothing to say.
fn greeted() -> Machine {
    let mut machine = Machine::new(LIMITS);
    machine.receive(PREFACE).unwrap();
    machine.receive(&raw(4, 0, 0, &[])).unwrap();
    machine.out.clear();
    // The first block of fields is told apart below.
    machine.spoken = true;
    machine
}

/// The frames a machine said: kind, flags, stream, payload.
fn said(machine: &mut Machine) -> Vec<(u8, u8, u32, Vec<u8>)> {
    let out = std::mem::take(&mut machine.out);
    let mut rest = &out[..];
    let mut frames = Vec::new();
    while let Some((head, after)) = rest.split_first_chunk::<9>() {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        frames.push((head[3], head[4], stream, after[..length].to_vec()));
        rest = &after[length..];
    }
    frames
}

fn code(code: Code) -> Vec<u8> {
    (code as u32).to_be_bytes().to_vec()
}

fn opened(machine: &mut Machine) -> Vec<u32> {
    let opened = machine.events.drain(..).filter_map(|event| match event {
        Event::Opened { stream, .. } => Some(stream),
        Event::Reset { .. } => None,
    });
    opened.collect()
}

#[test]
fn a_request_is_taken_and_answered() {
    let mut machine = greeted();
    machine.receive(&request(1, 0)).unwrap();
    machine.receive(&raw(0, END_STREAM, 1, b"\0\0\0\0\x03abc")).unwrap();
    assert_eq!(opened(&mut machine), [1]);
    machine.apply(Order::Head { stream: 1, block: vec![0x88], end: false });
    machine.apply(Order::Data { stream: 1, bytes: b"hello".as_slice().into() });
    machine.apply(Order::Trailers { stream: 1, block: vec![0x88] });
    machine.apply(Order::Done { stream: 1 });
    let want =
        [(1, END_HEADERS, 1, vec![0x88]), (0, 0, 1, b"hello".to_vec()), (1, END_HEADERS | END_STREAM, 1, vec![0x88])];
    assert_eq!(said(&mut machine), want);
    assert!(machine.streams.is_empty());
}

#[test]
fn it_is_the_same_however_the_bytes_are_cut() {
    let data = [&[3], &b"\0\0\0\0\x05hello"[..], &[0; 3]].concat();
    let block = fields(&POST);
    let (first, second) = block.split_at(5);
    let sent = [
        PREFACE.to_vec(),
        raw(4, 0, 0, &[0, 4, 0, 0, 0, 9]),
        raw(6, 0, 0, b"12345678"),
        raw(1, 0, 1, first),
        raw(9, END_HEADERS, 1, second),
        raw(0, PADDED, 1, &data),
        raw(99, 0xff, 7, b"unknown"),
        raw(1, END_HEADERS | END_STREAM, 1, &fields(&[("after", "all")])),
    ]
    .concat();
    let mut whole = Machine::new(LIMITS);
    whole.receive(&sent).unwrap();
    for size in 1..40 {
        let mut machine = Machine::new(LIMITS);
        for part in sent.chunks(size) {
            machine.receive(part).unwrap();
        }
        assert_eq!(machine.out, whole.out, "pieces of {size}");
        assert_eq!(format!("{:?}", machine.streams), format!("{:?}", whole.streams), "pieces of {size}");
    }
    assert!(format!("{:?}", whole.streams).contains("ended: true"));
}

#[test]
fn what_breaks_the_protocol_ends_the_connection() {
    let open = request(1, 0);
    let bad: [(&str, Vec<u8>, Code); 23] = [
        ("no settings first", vec![], Code::Protocol),
        ("data on no stream", raw(0, 0, 0, b"x"), Code::Protocol),
        ("data on an idle stream", raw(0, 0, 5, b"x"), Code::Protocol),
        ("a head on an even stream", request(2, 0), Code::Protocol),
        ("a head on no stream", request(0, 0), Code::Protocol),
        ("padding over the data", [open, raw(0, PADDED, 1, &[2, 0])].concat(), Code::Protocol),
        ("no length of the padding", [request(1, 0), raw(0, PADDED, 1, &[])].concat(), Code::FrameSize),
        ("a push", raw(5, 0, 1, &[0; 8]), Code::Protocol),
        ("a continuation of nothing", raw(9, 0, 1, &[]), Code::Protocol),
        ("a ping within a block", [raw(1, 0, 1, &[]), raw(6, 0, 0, &[0; 8])].concat(), Code::Protocol),
        ("a short ping", raw(6, 0, 0, &[0; 7]), Code::FrameSize),
        ("settings of a stream", raw(4, 0, 1, &[]), Code::Protocol),
        ("settings cut off", raw(4, 0, 0, &[0; 5]), Code::FrameSize),
        ("settings acknowledged with words", raw(4, ACK, 0, &[0; 6]), Code::FrameSize),
        ("a window too large", raw(4, 0, 0, &[0, 4, 0x80, 0, 0, 0]), Code::FlowControl),
        ("frames too small", raw(4, 0, 0, &[0, 5, 0, 0, 0, 1]), Code::Protocol),
        ("a step of none", raw(8, 0, 0, &[0; 4]), Code::Protocol),
        ("a step too large", raw(8, 0, 0, &[0x7f, 0xff, 0xff, 0xff]), Code::FlowControl),
        ("a step of an idle stream", raw(8, 0, 1, &[0, 0, 0, 1]), Code::Protocol),
        ("a reset of an idle stream", raw(3, 0, 1, &[0; 4]), Code::Protocol),
        ("a frame too large", vec![0x10, 0, 1, 0, 0, 0, 0, 0, 1], Code::FrameSize),
        ("a block too large", raw(1, END_HEADERS, 1, &[0; 4097]), Code::EnhanceYourCalm),
        ("a block that is none", raw(1, END_HEADERS, 1, &[0x80]), Code::Compression),
    ];
    for (what, bytes, code) in bad {
        let mut machine = greeted();
        let mut first = Machine::new(LIMITS);
        first.receive(PREFACE).unwrap();
        let received = if bytes.is_empty() { first.receive(&raw(6, 0, 0, &[0; 8])) } else { machine.receive(&bytes) };
        assert_eq!(received, Err(code), "{what}");
    }
    assert_eq!(Machine::new(LIMITS).receive(b"GET / HTTP/1.1"), Err(Code::Protocol));
}

#[test]
fn a_malformed_head_ends_its_stream_alone() {
    let more = |pair: (&'static str, &'static str)| [&POST[..], &[pair]].concat();
    let bad: [(&str, Vec<(&str, &str)>); 9] = [
        ("no path", POST[..2].to_vec()),
        ("two methods", more((":method", "GET"))),
        ("a pseudo-header that is none", more((":x", "y"))),
        ("capitals", more(("Accept", "y"))),
        ("of a connection", more(("connection", "close"))),
        ("te", more(("te", "gzip"))),
        ("pseudo-header last", [&POST[..2], &[("a", "b")], &POST[2..]].concat()),
        ("an empty path", vec![POST[0], POST[1], (":path", "")]),
        ("a length that is none", more(("content-length", "x"))),
    ];
    let mut machine = greeted();
    for (at, (what, pairs)) in bad.iter().enumerate() {
        let id = 1 + 2 * u32::try_from(at).unwrap();
        machine.receive(&raw(1, END_HEADERS, id, &fields(pairs))).unwrap();
        assert_eq!(said(&mut machine), [(3, 0, id, code(Code::Protocol))], "{what}");
        // What the peer sent before it knew is no fault of it.
        machine.receive(&raw(0, 0, id, b"late")).unwrap();
        assert!(machine.out.is_empty(), "{what}");
    }
    machine.receive(&request(99, END_STREAM)).unwrap();
    assert_eq!(opened(&mut machine), [99]);
}

#[test]
fn more_requests_than_allowed_are_refused_until_a_task_has_ended() {
    let mut machine = greeted();
    for id in [1, 3, 5, 7] {
        machine.receive(&request(id, END_STREAM)).unwrap();
    }
    assert_eq!(said(&mut machine), [(3, 0, 7, code(Code::RefusedStream))]);
    // To reset a request does not make room before its task is gone.
    machine.receive(&raw(3, 0, 1, &[0; 4])).unwrap();
    machine.receive(&request(9, END_STREAM)).unwrap();
    assert_eq!(said(&mut machine), [(3, 0, 9, code(Code::RefusedStream))]);
    machine.apply(Order::Done { stream: 1 });
    machine.receive(&request(11, END_STREAM)).unwrap();
    assert!(machine.out.is_empty());
    assert_eq!(opened(&mut machine), [1, 3, 5, 11]);
}

#[test]
fn windows_hold_who_is_not_let_in_and_open_for_who_is() {
    let mut machine = greeted();
    machine.receive(&request(1, 0)).unwrap();
    machine.receive(&raw(0, 0, 1, &[0; 1000])).unwrap();
    assert!(machine.out.is_empty(), "nothing is given back for what nobody read");
    machine.apply(Order::Expect { stream: 1, length: 5000 });
    assert_eq!(said(&mut machine), [(8, 0, 1, 4000_u32.to_be_bytes().to_vec())]);
    machine.receive(&raw(0, 0, 1, &[0; 4000])).unwrap();
    machine.receive(&raw(0, 0, 1, &[0; 1])).unwrap();
    assert_eq!(said(&mut machine), [(3, 0, 1, code(Code::FlowControl))]);
    machine.receive(&request(3, 0)).unwrap();
    machine.receive(&raw(0, 0, 3, &[0; 600])).unwrap();
    machine.apply(Order::Release { stream: 3, bytes: 500 });
    assert_eq!(said(&mut machine), [(8, 0, 3, 500_u32.to_be_bytes().to_vec())]);
}

#[test]
fn the_window_of_the_connection_is_given_back_before_it_is_used_up() {
    let mut machine = greeted();
    let mut credit = i64::from(LIMITS.connection_window);
    // Two requests hold what they sent; a third goes on and on.
    for id in [1, 3, 5] {
        machine.receive(&request(id, 0)).unwrap();
        machine.receive(&raw(0, 0, id, &[0; 1000])).unwrap();
        credit -= 1000;
    }
    machine.apply(Order::Expect { stream: 5, length: 10_000_000 });
    for _ in 0..1000 {
        for (kind, _, stream, step) in said(&mut machine) {
            if (kind, stream) == (8, 0) {
                credit += i64::from(u32::from_be_bytes(step.try_into().unwrap()));
            }
        }
        let size = credit.clamp(1, 5000);
        credit -= size;
        assert!(credit >= 0, "the peer stands still");
        machine.receive(&raw(0, 0, 5, &vec![0; usize::try_from(size).unwrap()])).unwrap();
    }
}

#[test]
fn an_answer_waits_for_the_peers_windows() {
    let mut machine = greeted();
    machine.receive(&raw(4, 0, 0, &[0, 4, 0, 0, 0, 2])).unwrap();
    machine.receive(&request(1, END_STREAM)).unwrap();
    said(&mut machine);
    machine.apply(Order::Data { stream: 1, bytes: b"hello".as_slice().into() });
    machine.apply(Order::Trailers { stream: 1, block: Vec::new() });
    machine.apply(Order::Done { stream: 1 });
    assert_eq!(said(&mut machine), [(0, 0, 1, b"he".to_vec())]);
    machine.receive(&raw(8, 0, 1, &[0, 0, 0, 1])).unwrap();
    assert_eq!(said(&mut machine), [(0, 0, 1, b"l".to_vec())]);
    machine.receive(&raw(4, 0, 0, &[0, 4, 0, 0, 0, 9])).unwrap();
    let want = [(4, ACK, 0, vec![]), (0, 0, 1, b"lo".to_vec()), (0, END_STREAM, 1, vec![])];
    let mut said = said(&mut machine);
    said.sort_by_key(|(kind, flags, ..)| (std::cmp::Reverse(*kind), *flags));
    assert_eq!(said, want);
    assert!(machine.streams.is_empty());
}

#[test]
fn who_leaves_without_an_answer_is_told_and_who_answers_early_too() {
    let mut machine = greeted();
    machine.receive(&request(1, END_STREAM)).unwrap();
    machine.apply(Order::Done { stream: 1 });
    assert_eq!(said(&mut machine), [(3, 0, 1, code(Code::Internal))]);
    machine.receive(&request(3, 0)).unwrap();
    machine.apply(Order::Head { stream: 3, block: vec![0x88], end: true });
    machine.apply(Order::Done { stream: 3 });
    let want = [(1, END_HEADERS | END_STREAM, 3, vec![0x88]), (3, 0, 3, code(Code::NoError))];
    assert_eq!(said(&mut machine), want);
}

#[test]
fn a_body_that_is_not_as_long_as_declared_is_no_request() {
    let mut machine = greeted();
    let pairs = [&POST[..], &[("content-length", "4")]].concat();
    machine.receive(&raw(1, END_HEADERS, 1, &fields(&pairs))).unwrap();
    machine.receive(&raw(0, END_STREAM, 1, b"abc")).unwrap();
    assert_eq!(said(&mut machine), [(3, 0, 1, code(Code::Protocol))]);
    machine.receive(&raw(1, END_HEADERS, 3, &fields(&pairs))).unwrap();
    machine.receive(&raw(0, END_STREAM | PADDED, 3, b"\x02abcd\0\0")).unwrap();
    assert!(said(&mut machine).iter().all(|(kind, ..)| *kind == 8), "padding is given back, and is no data");
}

#[test]
fn a_list_of_fields_that_is_too_long_is_answered_so() {
    let mut machine = greeted();
    let mut pairs = POST.to_vec();
    pairs.extend([("a", "b"); 130]);
    machine.receive(&raw(1, END_HEADERS | END_STREAM, 1, &fields(&pairs))).unwrap();
    let answer = said(&mut machine);
    assert_eq!((answer.len(), answer[0].0, answer[0].1), (1, 1, END_HEADERS | END_STREAM));
    assert!(answer[0].3.ends_with(b"431"));
}

#[test]
fn a_connection_that_ends_takes_what_was_sent_before_its_last_call() {
    let mut machine = greeted();
    machine.drain();
    let call = said(&mut machine);
    assert_eq!(call.iter().map(|(kind, ..)| *kind).collect::<Vec<_>>(), [7, 6]);
    machine.receive(&request(1, END_STREAM)).unwrap();
    machine.receive(&raw(6, ACK, 0, &call[1].3)).unwrap();
    assert_eq!(said(&mut machine), [(7, 0, 0, [1_u32.to_be_bytes().to_vec(), code(Code::NoError)].concat())]);
    machine.receive(&request(3, END_STREAM)).unwrap();
    assert_eq!(opened(&mut machine), [1]);
    assert!(!machine.is_over());
    machine.apply(Order::Head { stream: 1, block: vec![0x88], end: true });
    machine.apply(Order::Done { stream: 1 });
    assert!(machine.is_over() && !machine.has_failed());
}

#[test]
fn the_first_fields_say_that_no_table_is_used() {
    let mut machine = greeted();
    machine.spoken = false;
    for id in [1, 3] {
        machine.receive(&request(id, END_STREAM)).unwrap();
        machine.apply(Order::Head { stream: id, block: vec![0x88], end: true });
    }
    let blocks: Vec<_> = said(&mut machine).into_iter().map(|(.., block)| block).collect();
    assert_eq!(blocks, [vec![0x20, 0x88], vec![0x88]]);
}

#[test]
fn an_answer_that_waits_for_a_window_keeps_no_place_once_it_is_reset() {
    let mut machine = greeted();
    machine.receive(&raw(4, 0, 0, &[0, 4, 0, 0, 0, 0])).unwrap();
    for (at, done_first) in [(1, true), (3, false)] {
        machine.receive(&request(at, END_STREAM)).unwrap();
        machine.apply(Order::Data { stream: at, bytes: b"hello".as_slice().into() });
        machine.apply(Order::Trailers { stream: at, block: Vec::new() });
        if done_first {
            machine.apply(Order::Done { stream: at });
        }
        machine.receive(&raw(3, 0, at, &[0; 4])).unwrap();
        machine.apply(Order::Done { stream: at });
        assert!(machine.streams.is_empty());
    }
    said(&mut machine);
    machine.receive(&raw(4, 0, 0, &[0, 4, 0, 0, 0, 9])).unwrap();
    assert_eq!(said(&mut machine), [(4, ACK, 0, vec![])]);
}
