//! The tail sampler as a component: what is built of a block.

use std::sync::Arc;

use pipeline::Signal;
use pipeline::config::Findings;
use pipeline::ledger::SamplingSeries;
use pipeline::registry::{BuildCx, BuildError, ComponentConfig, ProcessorConfig, Stage, Step};
use pipeline::sampling::{Editor, Legend, Observer, OnShutdown, Sampler, Sampling, Settings};

use super::config::{Stop, TailSampling};
use super::editor::Marker;
use super::observe::Watcher;
use super::plan::Plan;
use super::sampler::TailSampler;

/// What makes the parts of one tail sampler.
pub(super) struct Parts {
    plan: Arc<Plan>,
    series: SamplingSeries,
}

impl Parts {
    pub(super) fn new(config: TailSampling, cx: &BuildCx<'_>) -> Result<Self, BuildError> {
        let names: Vec<String> = config.policies.iter().map(|policy| policy.name.clone()).collect();
        let plan = Arc::new(Plan::new(config)?);
        Ok(Self { plan, series: cx.ledger.sampling(&cx.id.to_string(), &names) })
    }
}

impl Sampling for Parts {
    fn observer(&self) -> Box<dyn Observer> {
        Box::new(Watcher::new(self.plan.clone(), self.series.unparseable.clone()))
    }

    fn sampler(&self, memory: usize) -> Box<dyn Sampler> {
        Box::new(TailSampler::new(self.plan.clone(), self.series.clone(), memory))
    }

    fn editor(&self) -> Box<dyn Editor> {
        Box::new(Marker::new(self.plan.clone()))
    }

    fn legend(&self) -> Legend {
        self.plan.legend()
    }

    fn settings(&self) -> Settings {
        let config = &self.plan.config;
        let asked = config.on_shutdown.map(|stop| match stop {
            Stop::Keep => OnShutdown::Keep,
            Stop::Decide => OnShutdown::Decide,
        });
        let dropped = config.drop_pending_traces_on_shutdown.then_some(OnShutdown::Drop);
        // The Collector keeps nothing beyond its own life.
        let contrib = config.contrib().then_some(OnShutdown::Decide);
        Settings { on_shutdown: asked.or(dropped).or(contrib) }
    }
}

impl ComponentConfig for TailSampling {
    const NAME: &'static str = "tail_sampling";
    const STAGE: Stage = Stage::Samples;
    const ABOUT: &'static str = "keeps or drops whole traces, with their logs, when they have waited";
    const EXAMPLE: &'static str = "\
decision_wait: 5s
policies:
  - {name: failures, type: failure}
  - {name: slow, type: latency, latency: {threshold_ms: 30000}}
  - {name: rest, type: probabilistic, probabilistic: {sampling_percentage: 10}}
";
    const SIGNALS: &'static [Signal] = &[Signal::Traces, Signal::Logs];

    fn check(&self, findings: &mut Findings) {
        self.find(findings);
    }
}

impl ProcessorConfig for TailSampling {
    fn build(self, cx: &BuildCx<'_>) -> Result<Step, BuildError> {
        Ok(Step::Sampler(Arc::new(Parts::new(self, cx)?)))
    }
}
