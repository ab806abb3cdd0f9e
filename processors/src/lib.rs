//! What happens to a batch between the doors: pure, synchronous, without a clock.
