//! Lives whose every request and answer is judged by the provider's published schema.

use tillkit_simulator::judge::{self, Judged};
use tillkit_simulator::world::life::{Judging, Options, live};
use tillkit_simulator::world::providers::Kind;

/// What the judge says of a few lives.
fn judged(provider: &str, judging: Judging) -> Judged {
    let provider = Kind::named(provider);
    assert!(provider.is_some());
    let mut sum = Judged::default();
    for seed in 0..30 {
        sum.add(live(Options { provider, judging, ..Options::of(seed) }).judged);
    }
    sum
}

fn is_as_published(provider: &str) {
    let sum = judged(provider, Judging::On);
    assert_eq!(sum.violations, Vec::<String>::new(), "{provider}");
    assert!(sum.count() > 500, "{provider}: {sum:?}");
    let planted = judged(provider, Judging::Planted);
    let caught = |part: &str| planted.violations.iter().any(|words| words.contains(part));
    assert!(caught(" answered "), "{provider}: no emptied answer was noticed");
    assert!(caught("POST /"), "{provider}: no emptied request was noticed");
}

#[test]
fn qonto_is_asked_and_answers_as_published() {
    is_as_published("qonto");
}

#[test]
fn dintero_is_asked_and_answers_as_published() {
    is_as_published("dintero");
}

#[test]
fn centrapay_is_asked_and_answers_as_published() {
    is_as_published("centrapay");
}

/// VINR publishes pages and no schema, and says itself that its pages are only representative.
#[test]
fn nothing_judges_where_nothing_is_published() {
    assert!(judge::of("vinr").is_none());
}
