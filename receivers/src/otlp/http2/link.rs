//! What the tasks of a connection's requests tell the connection.

use std::sync::{Mutex, PoisonError};
use std::task::Waker;

use bytes::Bytes;
use futures_util::task::AtomicWaker;

/// What a request's task asks of its connection, by stream.
#[derive(Debug)]
pub(super) enum Order {
    /// The peer may send all `length` bytes of its request.
    Expect {
        stream: u32,
        length: usize,
    },
    /// So many bytes were read: the peer may send as many more.
    Release {
        stream: u32,
        bytes: usize,
    },
    /// The head of the answer, as a block of fields; `end` where nothing follows.
    Head {
        stream: u32,
        block: Vec<u8>,
        end: bool,
    },
    Data {
        stream: u32,
        bytes: Bytes,
    },
    /// The end of the answer; without fields where the block is empty.
    Trailers {
        stream: u32,
        block: Vec<u8>,
    },
    /// The task has ended, whether it answered or not.
    Done {
        stream: u32,
    },
}

/// The way from a request's task to its connection.
#[derive(Debug, Default)]
pub(super) struct Link {
    orders: Mutex<Vec<Order>>,
    connection: AtomicWaker,
}

impl Link {
    pub(super) fn send(&self, orders: impl IntoIterator<Item = Order>) {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).extend(orders);
        self.connection.wake();
    }

    /// Moves what was ordered to `orders`, which is empty.
    pub(super) fn take(&self, orders: &mut Vec<Order>) {
        std::mem::swap(&mut *self.orders.lock().unwrap_or_else(PoisonError::into_inner), orders);
    }

    /// Has the connection woken by the next order.
    pub(super) fn register(&self, waker: &Waker) {
        self.connection.register(waker);
    }
}
