//! Backoff, as the Collector's: 5 s, 7.5 s, ... up to 30 s, half of it jitter.

use super::*;

fn millis(backoff: &mut Backoff, chance: f64) -> u128 {
    backoff.delay_at(chance, None).as_millis()
}

#[test]
fn grows_to_the_longest() {
    let mut backoff = Backoff::new(&RetryOnFailure::default());
    let delays: Vec<u128> = (0..7).map(|_| millis(&mut backoff, 0.5)).collect();
    assert_eq!(delays, [5000, 7500, 11250, 16875, 25312, 30000, 30000]);
}

#[test]
fn jitters_by_half() {
    let first = |chance| millis(&mut Backoff::new(&RetryOnFailure::default()), chance);
    assert_eq!((first(0.0), first(1.0)), (2500, 7500));
}

#[test]
fn is_never_shorter_than_the_server_asks() {
    let mut backoff = Backoff::new(&RetryOnFailure::default());
    assert_eq!(backoff.delay_at(0.5, Some(Duration::from_secs(60))), Duration::from_secs(60));
    assert_eq!(backoff.delay_at(0.5, Some(Duration::from_secs(1))), Duration::from_millis(7500));
}

proptest::proptest! {
    #[test]
    fn stays_within_its_bounds(chance in 0.0..=1.0_f64, steps in 1..50_usize) {
        let mut backoff = Backoff::new(&RetryOnFailure::default());
        for _ in 0..steps {
            let delay = backoff.delay_at(chance, None);
            proptest::prop_assert!(delay >= Duration::from_millis(2500) && delay <= Duration::from_secs(45));
        }
    }
}
