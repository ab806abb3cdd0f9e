//! A conversation with the machine in which everything is chosen by bytes: for the fuzz target `http2`.

use bytes::Bytes;

use super::frame::{MAX_WINDOW, PREFACE};
use super::link::Order;
use super::machine::{Event, Limits, Machine};

const LIMITS: Limits =
    Limits { streams: 4, stream_window: 600, connection_window: 1 << 16, frame: 1 << 14, list: 1 << 12 };

/// Has a machine receive what `input` says, in the pieces it says, between orders of its requests' tasks that it chooses
/// too. The first byte says whether the client's greeting is said for it.
///
/// # Panics
/// If a bound does not hold, or a byte of the connection's window is lost.
pub fn converse(input: &[u8]) {
    let Some((first, mut rest)) = input.split_first() else { return };
    let mut machine = Machine::new(LIMITS);
    let greeting = [&PREFACE[..], &[0, 0, 0, 4, 0, 0, 0, 0, 0]].concat();
    if first % 4 > 0 {
        assert_eq!(machine.receive(&greeting), Ok(()));
    }
    let mut open = Vec::new();
    while let Some(([what, size], after)) = rest.split_first_chunk::<2>() {
        rest = after;
        if what % 4 > 0 {
            let (part, after) = rest.split_at(usize::from(*size).min(rest.len()));
            rest = after;
            if let Err(code) = machine.receive(part) {
                machine.fail(code);
            }
        } else if let Some(stream) = open.get(usize::from(*size) % open.len().max(1)).copied() {
            machine.apply(order(stream, *what, *size));
        }
        for event in machine.events.drain(..) {
            match event {
                Event::Opened { stream, .. } => open.push(stream),
                Event::Reset { stream } => assert!(open.contains(&stream)),
            }
        }
        is_sound(&machine);
        machine.out.clear();
        if machine.has_failed() {
            return;
        }
    }
}

fn order(stream: u32, what: u8, size: u8) -> Order {
    let bytes = Bytes::from(vec![0; usize::from(size)]);
    match what / 4 % 6 {
        0 => Order::Expect { stream, length: usize::from(size) * 100 },
        1 => Order::Release { stream, bytes: usize::from(size) },
        2 => Order::Head { stream, block: bytes.to_vec(), end: size.is_multiple_of(2) },
        3 => Order::Data { stream, bytes },
        4 => Order::Trailers { stream, block: bytes.to_vec() },
        _ => Order::Done { stream },
    }
}

/// What holds whatever the peer says.
fn is_sound(machine: &Machine) {
    let held: i64 = machine.streams.values().map(|stream| stream.held).sum();
    assert!(machine.has_failed() || machine.credit + machine.released + held == i64::from(LIMITS.connection_window));
    assert!(machine.credit >= 0 && machine.released >= 0 && held >= 0);
    assert!(machine.streams.len() <= LIMITS.streams as usize);
    assert!(machine.has_failed() || machine.window <= MAX_WINDOW);
    for stream in machine.streams.values() {
        assert!(stream.credit >= 0 && stream.held >= 0);
        assert!(!(stream.done && stream.local_closed), "a place nobody has");
        assert!(stream.inbox.held() <= LIMITS.stream_window as usize + 100 * usize::from(u8::MAX));
    }
}
