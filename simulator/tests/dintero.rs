//! Dintero alone, behind its real adapter: lives end well, and quiet ones leave nothing to a
//! person.

use tillkit_simulator::world::faults::Faults;
use tillkit_simulator::world::life::{Options, live};
use tillkit_simulator::world::providers::Kind;
use tillkit_simulator::world::totals::Totals;

fn only_dintero(seed: u64) -> Options {
    Options { provider: Some(Kind::Dintero), ..Options::of(seed) }
}

#[test]
fn a_hundred_lives_end_well_in_every_reading() {
    let mut totals = Totals::default();
    for seed in 0..100 {
        totals.add(seed, &live(only_dintero(seed)));
    }
    assert_eq!(totals.failing, []);
    assert!(totals.faultless > 0 && totals.kills > 0);
    assert_eq!(totals.readings.len(), 7, "{:?}", totals.readings);
}

#[test]
fn without_faults_everything_is_settled() {
    for seed in 0..60 {
        let report = live(Options { faults: Faults::scripted(seed, []), ..only_dintero(seed) });
        assert!(report.faultless && report.payments > 0);
        assert_eq!((report.findings, report.left), (vec![], vec![]), "seed {seed}");
    }
}

/// What once failed stays told: a void that was accepted and done ten minutes later, while the shop
/// opened only now and then; a refund of what was not captured; a capture that a webhook told of.
#[test]
fn what_once_failed_ends_well() {
    for seed in [51, 63, 109, 412, 447, 510, 1_238] {
        for tokens in [false, true] {
            let life = Options { tokens, ..only_dintero(seed) };
            assert_eq!(live(life).findings, [], "seed {seed}, tokens {tokens}");
        }
    }
}
