//! An open payment is a small record on one schedule, not a parked task.

use super::harness::*;
use crate::engine::machine::SLOT_BYTES;

#[test]
fn an_open_payment_costs_less_than_a_kilobyte_before_its_texts() {
    let slot = SLOT_BYTES;
    let payment = std::mem::size_of::<crate::payment::Payment>();
    let sale = std::mem::size_of::<crate::sale::Sale>();
    assert!(slot + payment + sale < 1_024, "slot {slot}, payment {payment}, sale {sale}");
}

#[test]
fn what_is_settled_leaves_the_memory_and_what_is_open_stays() {
    let mut harness = Harness::new(keyed());
    harness.start("order-1");
    harness.answer("pending");
    assert_eq!(harness.machines[0].payments_held(), 1);
    harness.pass(1_100);
    harness.answer("declined");
    harness.pass(20_000);
    assert_eq!(harness.machines[0].payments_held(), 0);
}
