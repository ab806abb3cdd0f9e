//! The outbox: sealed requests owed to destinations, each read at its own cursor; in RAM, or in files as well.
//!
//! A frame is the sealed buffers themselves, shared by every destination and freed when the last of them has settled it.
//! With `service.storage` a frame is written to a segment first, and RAM holds as much of what is owed as there is room
//! for: the rest is read back when it is its turn. Custody is taken in one place: [`custody::Custody::take`].

mod bounds;
pub(crate) mod commit;
pub(crate) mod copies;
mod cursor;
pub(crate) mod custody;
pub(crate) mod decisions;
pub(crate) mod files;
pub(crate) mod fill;
mod forecast;
pub(crate) mod format;
pub(crate) mod frame;
mod letters;
mod outbox;
#[cfg(any(test, feature = "probe"))]
pub mod probe;
mod quarantine;
pub(crate) mod room;
pub(crate) mod segments;
mod settled;
mod space;
mod spares;
mod status;
mod stream;
mod trouble;
mod volatile;
mod volume;
pub(crate) mod writer;

pub use bounds::{Bounds, Limit};
pub use cursor::{Cursor, Parcel, Settlement, Waiting, Want};
pub(crate) use decisions::Recorded;
pub use decisions::{Delivery, Found, decision};
pub use files::{Durability, OnError, Recovery, Storage};
pub use forecast::{Fate, Forecast, Foretold, forecast};
pub use frame::{Frame, Position};
pub use letters::{Letter, drop_letters, letters, replay};
pub(crate) use outbox::Rooms;
pub use outbox::{Destination, Outbox};
pub use room::{sampler_of, waiting_room};
pub use space::{Space, space};
pub use status::{Lag, Status, status};

#[cfg(test)]
mod tests;
