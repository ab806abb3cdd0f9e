//! The Collector's `tail_sampling`: so far the part that knows nothing of policies, the arithmetic of probability.

#![allow(dead_code, unused_imports)]

mod randomness;
