//! Tollgate's core: the batch, the component traits, the workers, the outbox and the configuration.
