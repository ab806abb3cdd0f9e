//! What it costs to seal a request, to take it into custody and to settle it, a span: in RAM, in files that outlive the process, and
//! in files that outlive a loss of power. Sixteen requests of 256 spans are handed over at a time, as many workers and
//! streams do; the time is from the first of them to the last acknowledgement, threads included.
//!
//! `cargo bench -p pipeline --bench journal`. The folder is made where `TMPDIR` points, which should be a disk.

use bytes::Bytes;
use divan::{Bencher, black_box, counter::ItemsCount};
use pipeline::journal::probe::Whole;
use pipeline::journal::{Durability, OnError, Storage};
use pipeline::{Batch, Limits, Signal};

mod load;

use load::{SPANS, request};

/// Requests that wait for their acknowledgement at a time.
const AT_ONCE: usize = 16;

fn main() {
    divan::main();
}

#[divan::bench]
fn append_in_ram(bencher: Bencher<'_, '_>) {
    run(bencher, &Whole::open(None).expect("RAM"));
}

#[divan::bench]
fn append_process(bencher: Bencher<'_, '_>) {
    in_files(bencher, Durability::Process);
}

#[divan::bench]
fn append_disk(bencher: Bencher<'_, '_>) {
    in_files(bencher, Durability::Disk);
}

/// The least the bytes can cost on their way into a file: one checksum over them.
#[divan::bench]
fn checksum_alone(bencher: Bencher<'_, '_>) {
    let wire = request();
    bencher.counter(ItemsCount::new(SPANS)).bench_local(|| crc32c::crc32c(black_box(&wire)));
}

fn in_files(bencher: Bencher<'_, '_>, durability: Durability) {
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path().join("journal");
    let storage = Storage { directory, durability, max_size: 1 << 30, on_error: OnError::Refuse };
    run(bencher, &Whole::open(Some(&storage)).expect("a journal"));
}

fn run(bencher: Bencher<'_, '_>, journal: &Whole) {
    let wire = request();
    let decode = |wire: Bytes| Batch::decode(Signal::Traces, wire, &Limits::default()).expect("valid");
    bencher
        .counter(ItemsCount::new(SPANS * AT_ONCE))
        .with_inputs(|| (0..AT_ONCE).map(|_| decode(wire.clone())).collect::<Vec<_>>())
        .bench_local_values(|batches| {
            let taken = journal.append(batches.into_iter().map(Batch::seal));
            assert_eq!(taken, AT_ONCE, "all are acknowledged");
            journal.deliver();
        });
}
