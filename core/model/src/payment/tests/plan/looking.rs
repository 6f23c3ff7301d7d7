//! How often a payment is looked at.

use super::*;

#[test]
fn looking_is_dense_at_the_counter_and_thins_out() {
    let mut driven = Driven::of(named("pending/accepted"), Provider::Undecided, false);
    driven.run(60 * SECOND_MS);
    assert!((55..=62).contains(&driven.looked), "{} in the first minute", driven.looked);
    driven.run(HOUR_MS);
    let in_the_hour = driven.looked;
    assert!((130..300).contains(&in_the_hour), "{in_the_hour} in the hour");
    driven.run(DAY_MS);
    assert!(driven.looked - in_the_hour < 40, "{} in the day after", driven.looked - in_the_hour);
}

#[test]
fn a_look_that_failed_is_made_up_for_soon_and_then_ever_more_seldom() {
    let mut life = named("in_doubt/pending");
    life.now = later(&life.now, 5 * HOUR_MS);
    let mut driven = Driven::of(life, Provider::Unreachable, false);
    driven.run(20 * SECOND_MS);
    assert!((2..=4).contains(&driven.looked), "{} in twenty seconds", driven.looked);
    driven.run(HOUR_MS);
    assert!(driven.looked < 16, "{} in the hour", driven.looked);
    let before = driven.looked;
    driven.provider = Provider::Undecided;
    driven.run(2 * HOUR_MS);
    let looked = driven.looked - before;
    assert!((1..=3).contains(&looked), "{looked} in two hours, once one is answered");
}
