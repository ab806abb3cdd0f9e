//! Appends, cursors, bounds and what they count.
