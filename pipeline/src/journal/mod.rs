//! The outbox: sealed requests owed to destinations, each read at its own cursor; in RAM, or in files as well.
//!
//! A frame is the sealed buffers themselves, shared by every destination and freed when the last of them has settled it.
//! With `service.storage` a frame is written to a segment first, and RAM holds as much of what is owed as there is room
//! for: the rest is read back when it is its turn. Custody is taken in one place: [`custody::Custody::take`].

mod bounds;
mod cursor;
pub(crate) mod custody;
mod files;
mod fill;
mod forecast;
mod format;
mod frame;
mod letters;
mod outbox;
#[cfg(any(test, feature = "probe"))]
pub mod probe;
mod room;
mod segments;
mod settled;
mod status;
mod trouble;
mod volatile;
mod volume;
pub(crate) mod writer;

pub use bounds::{Bounds, Limit};
pub use cursor::{Cursor, Parcel, Settlement, Waiting, Want};
pub use files::{Durability, OnError, Recovery, Storage};
pub use forecast::{Fate, Forecast, Foretold, forecast};
pub use frame::{Frame, Position};
pub use letters::{Letter, drop_letters, letters, replay};
pub use outbox::{Destination, Outbox};
pub use room::{Room, room};
pub use status::{Lag, Status, status};

#[cfg(test)]
mod tests;
