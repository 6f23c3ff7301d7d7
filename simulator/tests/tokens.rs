//! Tokens that are missing for a while: sales wait for them, and what waits for too long is known
//! never to have been sent.

use tillkit_simulator::world::faults::{Fault, Faults};
use tillkit_simulator::world::life::{Options, Report, live};
use tillkit_simulator::world::providers::Kind;

/// One sale; the token goes missing when it is asked for.
fn without_a_token(kind: Kind, seed: u64) -> Report {
    // The first chance is the start of the process, the second the asking for the sale.
    let faults = Faults::scripted(seed, [(Fault::Withheld, 1)]);
    live(Options { faults, provider: Some(kind), short: true, tell: true, ..Options::of(seed) })
}

fn tells(report: &Report, words: &str) -> bool {
    report.story.iter().any(|line| line.contains(words))
}

#[test]
fn a_sale_without_a_token_waits_for_it_or_was_never_sent() {
    for kind in Kind::KNOWN {
        let (mut waited, mut given_up) = (0, 0);
        for seed in 0..40 {
            let report = without_a_token(*kind, seed);
            let known = report.findings.is_empty() && report.left.is_empty();
            assert!(known, "{} {seed}: {:?}", kind.name(), report.story);
            let late = tells(&report, "records for order-0/1: given up: its time is over");
            let sent = tells(&report, "records for order-0/1: accepted");
            assert_ne!(sent, late, "{} {seed}: {:?}", kind.name(), report.story);
            waited += u32::from(sent);
            given_up += u32::from(late);
        }
        assert!(waited > 0 && given_up > 0, "{}: {waited} and {given_up}", kind.name());
    }
}

#[test]
fn a_look_that_never_left_for_want_of_a_token_is_made_up_for_soon() {
    let qonto = Kind::KNOWN.iter().find(|kind| kind.name() == "qonto").copied();
    let report = live(Options { provider: qonto, ..Options::of(38_035) });
    assert_eq!(report.findings, [], "each hour's only look left before the token was there");
}

#[test]
fn a_process_that_takes_over_is_told_anew_and_lives_that_lack_nothing_tell_nothing() {
    let told = |tokens| {
        let lives = (0..30).map(|seed| live(Options { tokens, tell: true, ..Options::of(seed) }));
        lives.filter(|life| tells(life, "is told that it has")).count()
    };
    assert!(told(true) > 10);
    assert_eq!(told(false), 0);
}
