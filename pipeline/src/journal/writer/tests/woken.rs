//! Who waits is woken, and who blocks lets go, whoever looked at the files meanwhile.

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::*;
use crate::journal::volume::Medium;

type Hook = Arc<Mutex<Option<Box<dyn FnOnce() + Send>>>>;

/// A volume that does something when it is read next.
struct Hooked(Fake, Hook);

struct HookedFile(Arc<dyn Medium>, Hook);

impl std::fmt::Debug for Hooked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hooked")
    }
}

impl std::fmt::Debug for HookedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HookedFile")
    }
}

impl Volume for Hooked {
    fn names(&self) -> io::Result<Vec<String>> {
        self.0.names()
    }
    fn create(&self, name: &str, size: u64) -> io::Result<Arc<dyn Medium>> {
        Ok(Arc::new(HookedFile(self.0.create(name, size)?, self.1.clone())))
    }
    fn open(&self, name: &str) -> io::Result<Arc<dyn Medium>> {
        Ok(Arc::new(HookedFile(self.0.open(name)?, self.1.clone())))
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.0.rename(from, to)
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        self.0.remove(name)
    }
    fn sync(&self) -> io::Result<()> {
        self.0.sync()
    }
}

impl Medium for HookedFile {
    fn write(&self, at: u64, parts: &[&[u8]]) -> io::Result<()> {
        self.0.write(at, parts)
    }
    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let hook = self.1.lock().unwrap().take();
        if let Some(hook) = hook {
            hook();
        }
        self.0.read(at, into)
    }
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }
    fn resize(&self, len: u64) -> io::Result<()> {
        self.0.resize(len)
    }
    fn sync(&self) -> io::Result<()> {
        self.0.sync()
    }
}

type Reader = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The writer gives up the oldest of what is in files only (`expire_cold`), and the reader of the lane begins to wait just then.
#[tokio::test]
async fn a_reader_that_begins_to_wait_while_a_bound_is_held_is_woken_afterwards() {
    let hook: Hook = Arc::default();
    let volume = Arc::new(Hooked(Fake::default(), hook.clone()));
    let storage = storage(Durability::Process, 1 << 20);
    let bounds = Bounds { queue: Some(Limit::Requests(2)), ..Bounds::default() };
    let mut life = life_on(volume, &storage, &["otlp"], 1 << 20, &bounds).unwrap();
    assert!(life.send(0, "one") && life.send(0, "two"));
    life.outbox.owed[0].lock().lanes[Signal::Logs as usize].spill();
    assert!(life.send(0, "three"));
    let cursor = life.cursor(0);
    let waits: Arc<Mutex<Option<Reader>>> = Arc::default();
    let begun = waits.clone();
    *hook.lock().unwrap() = Some(Box::new(move || {
        let mut reader: Reader = Box::pin(async move { cursor.wait(Signal::Logs, Limit::Requests(1)).await });
        assert_eq!(reader.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending);
        *begun.lock().unwrap() = Some(reader);
    }));
    life.writer.keep(AT);
    let series = life.cursor(0).series(Signal::Logs).clone();
    assert_eq!((series.expired(Expired::Size).get(), series.pending.get()), (1, 2));
    let reader = waits.lock().unwrap().take().expect("it was read while the bound was held");
    let woken = tokio::time::timeout(Duration::from_secs(2), reader).await;
    assert!(woken.is_ok(), "two requests wait, and nobody ever reads them back");
}

/// What was written off for damage is owed no more: a full queue that blocks is not full any more.
#[test]
fn a_queue_that_blocks_lets_go_when_what_filled_it_is_written_off() {
    let volume = Fake::default();
    let storage = storage(Durability::Process, 1 << 20);
    let bounds = Bounds { queue: Some(Limit::Requests(1)), block_on_overflow: true, ..Bounds::default() };
    let mut life = life_on(Arc::new(volume.clone()), &storage, &["otlp"], 1 << 20, &bounds).unwrap();
    assert!(life.send(0, &"x".repeat(4000)));
    assert!(life.outbox.blocked(&[0]));
    life.outbox.owed[0].lock().lanes[Signal::Logs as usize].spill();
    let length = volume.dump().iter().find(|(name, _)| name.starts_with("segment-")).unwrap().1.len();
    volume.flip("segment-", 2000.0 / length as f64);
    assert!(life.take(0, 1).is_none());
    let series = life.cursor(0).series(Signal::Logs).clone();
    assert_eq!((series.expired(Expired::Damaged).get(), series.pending.get()), (1, 0));
    assert!(life.cursor(0).settled());
    assert!(!life.outbox.blocked(&[0]), "nothing is owed, and all is refused for ever");
}
