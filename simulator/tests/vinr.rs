//! VINR alone, behind its real adapter: lives end well, in the cloud and at the terminal.

use tillkit_simulator::world::faults::Faults;
use tillkit_simulator::world::life::{Options, live};
use tillkit_simulator::world::providers::Kind;
use tillkit_simulator::world::totals::Totals;

fn only_vinr(seed: u64) -> Options {
    Options { provider: Some(Kind::Vinr), ..Options::of(seed) }
}

#[test]
fn a_hundred_lives_end_well_in_every_reading() {
    let mut totals = Totals::default();
    for seed in 0..100 {
        totals.add(seed, &live(only_vinr(seed)));
    }
    assert_eq!(totals.failing, []);
    assert!(totals.faultless > 0 && totals.kills > 0);
    assert_eq!(totals.readings.len(), 15, "{:?}", totals.readings);
}

#[test]
fn without_faults_everything_is_settled() {
    for seed in 0..60 {
        let report = live(Options { faults: Faults::scripted(seed, []), ..only_vinr(seed) });
        assert!(report.faultless && report.payments > 0);
        assert_eq!((report.findings, report.left), (vec![], vec![]), "seed {seed}");
    }
}

/// The journal went back to before a capture was sent: what VINR shows as captured is then that
/// capture, although no send of it is on record.
#[test]
fn a_capture_that_a_restored_journal_forgot_is_found_again() {
    for seed in [19_218, 24_036, 29_356] {
        for tokens in [false, true] {
            let life = Options { tokens, ..only_vinr(seed) };
            assert_eq!(live(life).findings, [], "seed {seed}, tokens {tokens}");
        }
    }
}
