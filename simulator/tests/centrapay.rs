//! Centrapay alone, behind its real adapter: lives end well, and quiet ones leave nothing to a
//! person.

use tillkit_simulator::world::faults::Faults;
use tillkit_simulator::world::life::{Options, live};
use tillkit_simulator::world::providers::Kind;
use tillkit_simulator::world::totals::Totals;

fn only_centrapay(seed: u64) -> Options {
    Options { provider: Some(Kind::Centrapay), ..Options::of(seed) }
}

/// These seeds once failed; they are lived as they were then, and with tokens that may be missing.
fn pass(lesson: &str, seeds: &[u64]) {
    for seed in seeds {
        for tokens in [false, true] {
            let life = Options { tokens, ..only_centrapay(*seed) };
            assert_eq!(live(life).findings, [], "seed {seed}, tokens {tokens}: {lesson}");
        }
    }
}

/// These failed when tills allowed no part payments and answered no conditions, and no token was
/// ever missing.
fn pass_without_extras(lesson: &str, seeds: &[u64]) {
    for seed in seeds {
        let plain = Options { extras: false, tokens: false, ..only_centrapay(*seed) };
        assert_eq!(live(plain).findings, [], "seed {seed}: {lesson}");
    }
}

#[test]
fn a_hundred_lives_end_well_in_every_reading() {
    let mut totals = Totals::default();
    for seed in 0..100 {
        totals.add(seed, &live(only_centrapay(seed)));
    }
    assert_eq!(totals.failing, []);
    assert!(totals.faultless > 0 && totals.kills > 0);
    assert_eq!(totals.readings.len(), 12, "{:?}", totals.readings);
}

#[test]
fn without_faults_everything_is_settled() {
    for seed in 0..60 {
        let report = live(Options { faults: Faults::scripted(seed, []), ..only_centrapay(seed) });
        assert!(report.faultless && report.payments > 0);
        assert_eq!((report.findings, report.left), (vec![], vec![]), "seed {seed}");
    }
}

#[test]
fn a_list_that_may_pay_is_not_asked_out_of_its_time() {
    let lesson = "a list was the first look at a code's request, after start_by";
    pass_without_extras(lesson, &[23_833, 25_103, 26_761]);
}

#[test]
fn a_journal_that_went_back_in_time_withdraws_nothing_until_someone_acknowledges() {
    pass_without_extras("the fake held it against a till that might only read", &[16_545, 16_876]);
}

#[test]
fn beside_a_request_that_was_declined_none_is_one_too_many() {
    pass_without_extras("the fake went on counting the one that had ended", &[42_732]);
}

#[test]
fn a_part_that_was_paid_and_voided_is_not_called_paid() {
    let lesson = "activities showed the part that was paid and not that this was all";
    pass(lesson, &[1_998, 5_600, 6_377, 6_387, 8_602]);
}

#[test]
fn a_part_that_was_paid_before_the_journal_went_back_can_be_given_back() {
    pass("its activities never showed what had been known, so a refund waited for good", &[2_300]);
}

#[test]
fn tills_answer_conditions_and_customers_pay_parts_where_that_is_lived() {
    let told = |extras| {
        let life = |seed| live(Options { tell: true, extras, ..only_centrapay(seed) }).story;
        [7, 26, 80].into_iter().flat_map(life).collect::<Vec<String>>().join("\n")
    };
    let words = ["/accept and answers 200", "/decline and answers 200", "is part_paid"];
    let (with, without) = (told(true), told(false));
    for word in words {
        assert!(with.contains(word), "{word}");
        assert!(!without.contains(word), "{word}");
    }
}

#[test]
fn nobody_is_refused_by_a_copy_of_a_payment_that_is_not_fresh() {
    pass("another process had recorded the condition a moment before", &[22529, 29522]);
}

#[test]
fn a_part_paid_before_the_end_is_no_not_paid() {
    pass("what one asset had paid of an expired request was not looked for", &[48, 69, 84]);
}

#[test]
fn a_request_of_which_the_journal_lost_every_send_is_read_once_it_is_over() {
    let lesson = "it was found by its reference, listed for days, and never read";
    pass(lesson, &[1_491, 4_953]);
}

#[test]
fn a_capture_that_nobody_will_know_of_does_not_hold_a_release_up_for_good() {
    let lesson = "the rest stayed held, for one confirmation was in doubt to the end";
    pass(lesson, &[14_772, 15_080, 34_910, 39_828, 44_290]);
}

#[test]
fn a_capture_that_cannot_be_sent_any_more_is_refused() {
    let lesson = "it was wished before the rest was released, never sent, and wished for ever";
    pass(lesson, &[31_803, 36_104]);
}
