//! The Collector's `tail_sampling`: so far the two parts that know nothing of policies, the conditions of
//! `ottl_condition` and the arithmetic of consistent probability.

#![allow(dead_code, unused_imports)]

mod ottl;
mod randomness;
