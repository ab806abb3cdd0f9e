//! The settings of the process itself: what `service:` says, and what blocks that stand for one say.

use std::time::Duration;

use crate::journal::Storage;

/// The settings, after every layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// `service.memory.limit`, bytes; none: half of the cgroup's or machine's memory.
    pub memory_limit: Option<u64>,
    /// The same as a share of the cgroup's or machine's memory, percent (`memory_limiter.limit_percentage`);
    /// where both are set the limit in bytes holds.
    pub memory_percent: Option<u8>,
    /// Where health is answered (`health_check.endpoint`); default `127.0.0.1:13133`.
    pub health: String,
    /// Where under that address the state of the whole process is answered, beside `/` and `/ready`
    /// (`health_check.path`).
    pub health_path: String,
    /// Where `/metrics` is answered (`service.telemetry.metrics`); `None` opens no listener. Default `127.0.0.1:8888`.
    pub metrics: Option<String>,
    /// Level of our own log (`service.telemetry.logs.level`).
    pub log_level: String,
    /// Whether our own log is JSON (`service.telemetry.logs.encoding`).
    pub log_json: bool,
    /// Worker threads (`service.workers`); none: one a core.
    pub workers: Option<usize>,
    /// How long shutdown may take (`service.shutdown_timeout`); default 25 s: Kubernetes kills after 30 s, and
    /// what is lost is to be named before that.
    pub shutdown_timeout: Duration,
    /// The journal in files (`service.storage`, `file_storage`); `None`: what is acknowledged is held in RAM.
    pub storage: Option<Storage>,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            memory_limit: None,
            memory_percent: None,
            health: "127.0.0.1:13133".into(),
            health_path: "/".into(),
            metrics: Some("127.0.0.1:8888".into()),
            log_level: "info".into(),
            log_json: false,
            workers: None,
            shutdown_timeout: Duration::from_secs(25),
            storage: None,
        }
    }
}

impl Service {
    /// Whether all that `other` says beside the defaults holds here.
    pub(super) fn has(&self, other: &Self) -> bool {
        let default = Self::default();
        let missing = [
            other.memory_limit != default.memory_limit && other.memory_limit != self.memory_limit,
            other.memory_percent != default.memory_percent && other.memory_percent != self.memory_percent,
            other.health != default.health && other.health != self.health,
            other.health_path != default.health_path && other.health_path != self.health_path,
            other.storage != default.storage && other.storage != self.storage,
        ];
        !missing.contains(&true)
    }

    /// The most bytes that requests in flight and everything still owed may take, on a machine (or in a
    /// cgroup) of `machine` bytes; half of it by default.
    pub fn memory_ceiling(&self, machine: u64) -> u64 {
        let share = u64::from(self.memory_percent.unwrap_or(50)).min(100);
        self.memory_limit.unwrap_or(machine / 100 * share)
    }
}
