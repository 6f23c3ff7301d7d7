use std::collections::BTreeSet;
use std::sync::Arc;

use tillkit_model::time::{Clock, Entropy};

use crate::shell::clock::{ScaledClock, SystemClock, boot_id};
use crate::shell::entropy::OsEntropy;

#[test]
fn both_clocks_go_forward_and_the_boot_stays() {
    let clock = SystemClock::new(1);
    let first = clock.now();
    let mut last = first;
    while last.boot_ms < first.boot_ms + 20 {
        let now = clock.now();
        assert!(now.boot_ms >= last.boot_ms);
        assert_eq!(now.boot, first.boot);
        last = now;
    }
    assert!(last.wall_ms > 1_700_000_000_000, "{last:?}");
    assert!(last.age_at_least_ms(&first) >= 20);
}

#[test]
#[cfg(any(target_os = "linux", target_os = "android"))]
fn two_processes_of_one_boot_agree_on_it() {
    let (one, other) = (SystemClock::new(1).now(), SystemClock::new(2).now());
    assert_eq!(one.boot, other.boot);
    assert!(other.boot_ms.abs_diff(one.boot_ms) < 10_000, "{one:?} {other:?}");
}

#[test]
fn boots_are_told_apart_by_the_kernels_words() {
    let one = boot_id("3c1c2c2e-5d3c-4f5e-9b53-1f2d7c1f0001").unwrap();
    let other = boot_id("3c1c2c2e-5d3c-4f5e-9b53-1f2d7c1f0002").unwrap();
    assert_ne!(one, other);
    assert_eq!(boot_id("3c1c2c2e-5d3c-4f5e-9b53-1f2d7c1f0001"), Some(one));
    assert_eq!(boot_id(""), None);
}

#[test]
fn a_scaled_clock_agrees_at_first_and_runs_ahead() {
    let real: Arc<dyn Clock> = Arc::new(SystemClock::new(1));
    let before = real.now();
    let scaled = ScaledClock::new(Arc::clone(&real), 100);
    while real.now().boot_ms < before.boot_ms + 10 {}
    let (ahead, now) = (scaled.now(), real.now());
    assert!(ahead.boot_ms >= before.boot_ms + 900, "{before:?} {ahead:?}");
    assert!(ahead.boot_ms > now.boot_ms && ahead.wall_ms > now.wall_ms);
    assert_eq!(ahead.boot, now.boot);
}

#[test]
fn random_bytes_do_not_repeat_even_from_the_seed_alone() {
    let mut entropy = OsEntropy::new().unwrap();
    let mut drawn = BTreeSet::new();
    for _ in 0..100 {
        let (mut system, mut seeded) = ([0; 40], [0; 40]);
        entropy.fill(&mut system);
        entropy.fill_from_seed(&mut seeded);
        assert!(drawn.insert(system) && drawn.insert(seeded));
        // The last bytes are not those of another draw either.
        assert!(seeded.iter().skip(32).any(|byte| *byte != 0));
    }
    assert_eq!(drawn.len(), 200);
}

#[test]
fn a_generator_shows_nothing_of_itself() {
    let entropy = OsEntropy::new().unwrap();
    assert_eq!(format!("{entropy:?}"), "OsEntropy { .. }");
}
