//! `memory_limiter`: here one limit holds for the whole process, from the socket on; the block sets it.

use pipeline::config::{ByteSize, Duration, Findings, Service};
use pipeline::registry::{BuildCx, BuildError, ComponentConfig, ProcessorConfig, Step};
use schemars::JsonSchema;
use serde::Deserialize;

/// `memory_limiter`, with every key of the Collector's.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[allow(dead_code, reason = "some keys are taken and not used, with a note")]
pub(super) struct MemoryLimiter {
    /// Means nothing here: every byte is counted when it is taken. Default: none.
    check_interval: Option<Duration>,
    /// Sets `service.memory.limit` where that is not written, MiB; 0 is none. Default: none.
    #[schemars(range(max = 16_777_216))]
    limit_mib: Option<u32>,
    /// Means nothing here: the limit is never passed, MiB. Default: none.
    spike_limit_mib: Option<u32>,
    /// Sets `service.memory.limit` as a share of the cgroup's or machine's memory, percent; `limit_mib` wins.
    /// Default: none.
    #[schemars(range(max = 100))]
    limit_percentage: Option<u8>,
    /// Means nothing here, percent. Default: none.
    #[schemars(range(max = 100))]
    spike_limit_percentage: Option<u8>,
    /// Means nothing here. Default: none.
    min_gc_interval_when_soft_limited: Option<Duration>,
    /// Means nothing here. Default: none.
    min_gc_interval_when_hard_limited: Option<Duration>,
}

impl ComponentConfig for MemoryLimiter {
    const NAME: &'static str = "memory_limiter";
    const ABOUT: &'static str = "Sets the memory limit of the process";
    const EXAMPLE: &'static str = "check_interval: 1s\nlimit_percentage: 80\nspike_limit_percentage: 25\n";

    fn check(&self, findings: &mut Findings) {
        let percent = self.limit_percentage.filter(|percent| *percent > 0);
        let message = match (self.limit_mib.filter(|limit| *limit > 0), percent) {
            (Some(limit), _) => format!("`memory_limiter` sets `service.memory.limit` to {limit}MiB"),
            (None, Some(percent)) => {
                format!("`memory_limiter` sets `service.memory.limit` to {percent} % of the memory")
            }
            (None, None) => {
                let message = "`memory_limiter` sets no limit: half of the memory is the limit without it";
                findings
                    .warn("", "W005", message)
                    .hint("set `limit_mib` or `limit_percentage`, or leave the block out");
                return;
            }
        };
        findings.note("", "N001", message).hint("one limit holds for the whole process, wherever the block is listed");
    }

    fn apply(&self, service: &mut Service) {
        if let Some(limit) = self.limit_mib.filter(|limit| *limit > 0) {
            service.memory_limit.get_or_insert(ByteSize::mib(limit.into()).0);
        } else if let Some(percent) = self.limit_percentage.filter(|percent| *percent > 0) {
            service.memory_percent.get_or_insert(percent);
        }
    }
}

impl ProcessorConfig for MemoryLimiter {
    fn build(self, _: &BuildCx<'_>) -> Result<Step, BuildError> {
        Ok(Step::Nothing)
    }
}
