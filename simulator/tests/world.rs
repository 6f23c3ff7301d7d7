//! The world itself: it repeats from its seed, its short histories all end well, and the shrinker
//! keeps what it is asked to keep.

use tillkit_simulator::world::exhaustive::{History, exhaust};
use tillkit_simulator::world::faults::{Fault, Faults};
use tillkit_simulator::world::life::{Options, Report, live};
use tillkit_simulator::world::providers::Kind;
use tillkit_simulator::world::shrink::shrink;
use tillkit_simulator::world::totals::Totals;
use tillkit_simulator::world::verdict::{Finding, Verdict};

fn told(seed: u64) -> Vec<String> {
    live(Options { tell: true, ..Options::of(seed) }).story
}

#[test]
fn a_life_repeats_from_its_seed_word_for_word() {
    for seed in [1, 2, 9, 20] {
        let story = told(seed);
        assert!(story.len() > 10);
        assert_eq!(told(seed), story, "seed {seed}");
    }
    assert_ne!(told(1), told(2));
}

#[test]
fn telling_changes_nothing() {
    for seed in 0..20 {
        let quiet = live(Options::of(seed));
        let told = live(Options { tell: true, ..Options::of(seed) });
        assert_eq!((quiet.struck, quiet.sends), (told.struck, told.sends), "seed {seed}");
    }
}

#[test]
fn three_hundred_lives_end_well_at_every_provider() {
    for kind in Kind::ALL {
        let mut totals = Totals::default();
        for seed in 0..75 {
            totals.add(seed, &live(Options { provider: Some(*kind), ..Options::of(seed) }));
        }
        assert_eq!(totals.failing, [], "{}", kind.name());
        assert!(totals.faultless > 0 && totals.kills > 0);
    }
}

#[test]
fn lives_without_faults_settle_everything() {
    for seed in 0..100 {
        let faults = Faults::scripted(seed, []);
        let report = live(Options { faults, ..Options::of(seed) });
        assert!(report.faultless && report.payments > 0);
        assert_eq!((report.findings, report.left), (vec![], vec![]), "seed {seed}");
    }
}

#[test]
fn every_short_history_with_one_fault_and_one_more_call_ends_well() {
    for kind in Kind::ALL {
        for seed in [0, 1] {
            let mut failed: Vec<(History, Vec<Finding>)> = Vec::new();
            let lives = exhaust(*kind, seed, 1, true, |history, report: &Report| {
                failed.push((history.clone(), report.findings.clone()));
            });
            assert!(lives > 400, "{lives} lives are not every history");
            assert!(failed.is_empty(), "{:?}", failed.first());
        }
    }
}

#[test]
fn a_scripted_fault_strikes_where_it_is_told_to_and_nowhere_else() {
    let faults = Faults::scripted(5, [(Fault::AnswerLost, 2)]);
    let report = live(Options { faults, short: true, ..Options::of(5) });
    assert_eq!(report.struck, [(Fault::AnswerLost, 2)]);
}

#[test]
fn what_does_not_matter_is_shrunk_away() {
    // A verdict that this life does not have keeps every fault; the shrinker takes out none in
    // vain.
    let options = Options::of(9);
    let whole = live(options.clone());
    let kept = shrink(&options, Verdict::DoubleCharge);
    assert_eq!(kept.kept, whole.struck.len());
}
