//! How much memory there is: the least of what the machine has and what the cgroup allows.

use std::fs;

/// Bytes; 1 GiB where nothing tells.
pub(crate) fn memory() -> u64 {
    let known = [installed(), unified(), legacy()];
    known.into_iter().flatten().min().unwrap_or(1 << 30)
}

/// `MemTotal` of `/proc/meminfo`, in KiB.
fn installed() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// The least `memory.max` from our own cgroup (version 2) up to the root.
fn unified() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/cgroup").ok()?;
    let mut path = text.lines().find_map(|line| line.strip_prefix("0::"))?.trim_start_matches('/').to_owned();
    let mut least: Option<u64> = None;
    loop {
        let limit = fs::read_to_string(format!("/sys/fs/cgroup/{path}/memory.max")).ok();
        let limit = limit.and_then(|limit| limit.trim().parse().ok());
        least = least.into_iter().chain(limit).min();
        match path.rfind('/') {
            Some(parent) => path.truncate(parent),
            None if path.is_empty() => return least,
            None => path.clear(),
        }
    }
}

/// The limit of a version 1 cgroup; one above an exabyte is none.
fn legacy() -> Option<u64> {
    let text = fs::read_to_string("/sys/fs/cgroup/memory/memory.limit_in_bytes").ok()?;
    text.trim().parse().ok().filter(|limit| *limit < 1 << 60)
}
