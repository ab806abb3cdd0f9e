//! The batch against its oracle.
