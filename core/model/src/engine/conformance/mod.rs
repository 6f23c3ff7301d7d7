//! The one suite that every store must pass, whatever it is made of.
//!
//! A crate that brings a store hands a [`Maker`] to [`conformance_tests!`] and gets one test for
//! each promise. The suite speaks only through the [`Store`] contract, so that what holds for the
//! simulated disk holds for the real one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a failed case is how a store's bug is told"
)]

pub mod appends;
pub mod budgets;
pub mod fences;
pub mod leases;
pub mod reads;
pub mod restored;
pub mod samples;
pub mod terminals;

use super::store::{Append, Recorded, Refusal, Store};
use crate::payment::Driver;
use samples::{moment, process};

/// Whoever brings a store for the suite.
pub trait Maker {
    /// A new, empty journal.
    fn fresh(&mut self) -> Box<dyn Store>;

    /// The same journal, closed and opened again.
    fn reopened(&mut self, store: Box<dyn Store>) -> Box<dyn Store>;

    /// A new journal, filled, and then found to have gone back in time.
    fn restored(&mut self, fill: &mut dyn FnMut(&mut dyn Store)) -> Box<dyn Store>;
}

/// Appends one at the suite's own time.
///
/// # Errors
/// As the store refuses.
pub fn append(store: &mut dyn Store, append: Append) -> Result<Recorded, Refusal> {
    store.append(vec![append], &moment(0)).pop().expect("one answer for one append")
}

/// The lease of the suite's first process.
pub fn driver(store: &mut dyn Store) -> Driver {
    store.lease(process(1), &moment(0)).expect("a lease")
}

/// Makes one test for each case of the suite, over the store that this expression makes.
#[macro_export]
macro_rules! conformance_tests {
    ($maker:expr) => {
        $crate::engine::conformance::conformance_tests! { @cases $maker;
            appends: a_new_payment_is_recorded
                events_come_back_as_the_payment_they_tell
                one_send_permit_is_given_for_one_durable_append
                a_poll_permit_is_given_when_it_was_drafted
                the_same_sequence_is_taken_once
                a_sequence_ahead_of_the_journal_is_refused
                an_unknown_payment_has_no_events_yet
                an_append_of_nothing_is_refused
                an_identity_is_given_once
                another_attempt_is_another_identity
                another_sale_is_another_identity
                an_identity_never_changes
                a_refused_append_leaves_its_neighbours_alone
                a_batch_is_judged_in_order
                two_equal_sales_in_one_batch_are_one
                a_refused_append_leaves_nothing_behind
                everything_survives_a_reopening;
            terminals: a_terminal_has_one_holder
                a_terminal_given_up_is_free
                a_cashier_who_looked_takes_the_terminal
                releasing_another_does_not_free_the_terminal
                a_released_payment_keeps_its_facts_and_loses_its_hold
                a_fact_is_never_refused_for_a_terminal
                a_refused_append_releases_nobody
                a_payment_may_hold_no_terminal
                a_batch_takes_a_terminal_once;
            fences: a_held_lease_lets_permits_be_written
                a_lapsed_lease_fences
                a_lease_of_another_epoch_fences
                a_released_lease_fences
                a_lease_that_was_never_given_fences
                another_driver_fences_even_with_a_lease
                a_take_over_puts_its_driver_in_charge
                after_a_take_over_the_old_driver_is_fenced
                a_live_driver_is_not_taken_over
                facts_and_wishes_need_no_lease
                a_permit_without_a_fence_is_refused
                a_clock_set_forward_fences
                another_boot_fences
                the_order_of_checks_is_fixed;
            reads: found_and_absent_are_two_answers
                surroundings_hold_every_attempt_in_order
                surroundings_hold_whoever_has_the_terminal
                surroundings_know_nothing_of_other_sales
                a_charge_leads_to_its_payment
                a_charge_belongs_to_its_account
                a_later_charge_is_found_too
                unsettled_payments_are_listed_by_account
                a_settled_payment_may_become_unsettled_again
                changes_name_each_payment_once
                changes_after_the_end_name_nobody_and_tell_the_end;
            leases: each_lease_has_an_epoch_of_its_own
                a_heartbeat_prolongs_a_lease
                a_lapsed_lease_cannot_be_prolonged
                a_released_lease_is_over_and_cannot_be_prolonged
                a_lease_is_over_only_when_it_surely_lapsed
                a_lease_that_nobody_has_is_over
                releasing_a_stranger_changes_nothing
                leases_survive_a_reopening;
            budgets: a_token_is_given_once
                another_purse_is_another_budget
                living_leases_share_a_budget
                a_budget_survives_a_reopening
                who_gets_nothing_is_told_when_to_come_again;
            restored: a_restored_journal_records_no_new_sale
                a_restored_journal_allows_no_send
                a_restored_journal_takes_facts_wishes_and_words
                a_restored_journal_is_read_as_before
                restored_comes_before_every_other_refusal;
        }
    };
    (@cases $maker:expr; $($module:ident: $($case:ident)+;)+) => {
        $(mod $module {
            use super::*;
            $(#[test]
            fn $case() {
                $crate::engine::conformance::$module::$case(&mut $maker);
            })+
        })+
    };
}

pub use conformance_tests;
