//! The outbox: sealed requests owed to destinations, each read at its own cursor.
//!
//! This is the RAM form. A frame is the sealed buffers themselves, shared by every destination and
//! freed when the last of them has settled it. Custody is taken in one place: [`Outbox::append`].

mod bounds;
mod cursor;
mod frame;
mod outbox;

pub use bounds::{Bounds, Limit};
pub use cursor::{Cursor, Parcel, Settlement, Waiting, Want};
pub use frame::{Frame, Position};
pub use outbox::{Destination, Outbox};

#[cfg(test)]
mod tests;
