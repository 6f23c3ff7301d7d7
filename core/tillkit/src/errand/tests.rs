//! What errands may use of a budget; errands themselves are tested at the till's face.

use tillkit_model::provider::Budget;
use tillkit_model::time::{BootId, Moment};

use super::{Allowance, share};

fn at(boot_ms: u64) -> Moment {
    Moment { wall_ms: 0, boot_ms, boot: BootId(1) }
}

#[test]
fn errands_have_a_small_part_of_a_budget_and_payments_the_rest() {
    let of = |per_minute| {
        let (errands, rest) = share(Budget { per_minute, reserve: 3 });
        (errands, rest.per_minute, rest.reserve)
    };
    assert_eq!(of(200), (20, 180, 3));
    assert_eq!(of(60), (6, 54, 3));
    assert_eq!(of(5), (1, 4, 3));
    assert_eq!(of(1), (1, 1, 3), "payments always have one");
}

#[test]
fn an_errand_too_many_is_told_when_to_come_back() {
    let mut allowance = Allowance::of(Some(2));
    assert_eq!(allowance.take(&at(0)), Ok(()));
    assert_eq!(allowance.take(&at(10_000)), Ok(()));
    assert_eq!(allowance.take(&at(20_000)), Err(40_000));
    assert_eq!(allowance.take(&at(60_000)), Ok(()));
    assert_eq!(allowance.take(&at(60_001)), Err(9_999));
    let mut unlimited = Allowance::of(None);
    assert!((0..1_000).all(|_| unlimited.take(&at(0)).is_ok()));
}
