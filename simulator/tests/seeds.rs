//! Seeds that once failed, and what each of them taught. None may fail again.

use tillkit_simulator::world::life::{Options, live};
use tillkit_simulator::world::verdict::Finding;

/// Lives them all, as they were when they failed and with tokens that may be missing; the latter
/// are told by `cargo xtask soak --seed N`.
fn pass(lesson: &str, seeds: &[u64]) {
    for seed in seeds {
        for tokens in [false, true] {
            let findings: Vec<Finding> = live(Options { tokens, ..Options::of(*seed) }).findings;
            assert_eq!(findings, [], "seed {seed}, tokens {tokens}: {lesson}");
        }
    }
}

#[test]
fn an_accepted_cancel_that_shows_no_effect_can_be_sent_again() {
    pass("its request was forgotten, and its refusal starved every look", &[9, 47, 60, 150, 210]);
}

#[test]
fn strangers_in_a_list_do_not_stand_in_the_way_of_absence() {
    pass("absence counted every charge of the list, ours or not", &[124]);
}

#[test]
fn a_replay_waits_until_the_first_request_can_no_longer_arrive() {
    let lesson = "the answer was lost early, and its request met the replay on the way";
    pass(lesson, &[1_749, 1_935, 2_603, 2_922, 3_246]);
}

#[test]
fn a_list_is_looked_at_where_a_read_no_longer_may() {
    pass("after start_by a read might pay, so nothing was read at all", &[1_217, 1_368, 2_498]);
}

#[test]
fn a_lost_void_may_still_undo_what_is_paid() {
    let lesson = "it was seen as paid while a void was on its way, and never looked at again";
    pass(lesson, &[2_295, 3_335, 5_568, 6_367, 6_834, 100_133, 102_808]);
}

#[test]
fn a_cancel_that_came_too_late_does_not_starve_a_capture() {
    pass("one lost send of it made it be tried for three days", &[6_034, 102_384, 106_592]);
}

#[test]
fn a_void_that_ran_and_was_then_refused_is_looked_at() {
    pass("its last refusal hid that an earlier send had run", &[500_770, 502_645, 16_960]);
}

#[test]
fn looking_that_ended_too_early_is_made_up_for() {
    pass("the wall clock leapt three days, and nobody looked again", &[99_493]);
}

#[test]
fn an_old_hint_says_nothing_of_a_void_that_was_sent_after_it() {
    let lesson = "a hint of the approval, believed late, was taken for a look after the void";
    pass(lesson, &[106_529, 129_389, 160_457]);
}

#[test]
fn what_a_loss_of_history_leaves_open_is_sent_under_permits_that_are_recorded() {
    let lesson = "a send that was only supposed was counted among the permits";
    pass(lesson, &[17_024, 32_388, 61_482, 114_633, 169_929]);
}

#[test]
fn what_was_open_in_a_restored_journal_is_not_started_by_a_read() {
    let lesson = "a read that may pay was permitted anew after an acknowledgement";
    pass(lesson, &[99_347, 106_729, 164_300, 175_224]);
}

#[test]
fn a_capture_that_ran_in_the_lost_part_is_looked_for_before_it_is_sent_again() {
    pass("its second run was refused, and that was told for the first", &[134_216]);
}

#[test]
fn a_cancel_that_takes_the_place_of_one_that_may_have_run_remembers_it() {
    pass("a void had run, and a later wish for it was refused", &[83_632]);
}
