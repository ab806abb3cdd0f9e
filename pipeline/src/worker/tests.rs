//! What becomes of a request on a worker.
