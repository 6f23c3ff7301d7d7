//! Who gets a place, and who has to wait.

use super::pool::{Full, Pool};
use super::queue::Urgency;
use crate::engine::port::{Purse, Terms};
use crate::ids::{AccountName, PaymentId};
use crate::time::{BootId, Moment};

fn now(boot_ms: u64) -> Moment {
    Moment { wall_ms: 0, boot_ms, boot: BootId(1) }
}

fn payment(number: u8) -> PaymentId {
    PaymentId::from_bytes([number; 16])
}

fn account() -> AccountName {
    AccountName::parse("shop-1").unwrap()
}

fn enter(pool: &mut Pool, number: u8, urgency: Urgency) -> Result<(), Full> {
    pool.enter(payment(number), &account(), &Terms::default(), urgency, &now(0))
}

#[test]
fn a_backlog_of_doubt_holds_nobody_up_who_stands_at_the_counter() {
    let mut pool = Pool::new(2);
    assert_eq!(enter(&mut pool, 1, Urgency::Search), Ok(()));
    for old in 2..=9 {
        assert!(enter(&mut pool, old, Urgency::Search).is_err());
    }
    assert!(enter(&mut pool, 200, Urgency::Look).is_err());
    assert_eq!(pool.leave(), Some(payment(200)), "the newest, because somebody waits for it");
    assert_eq!(enter(&mut pool, 200, Urgency::Look), Ok(()));
    assert!(enter(&mut pool, 2, Urgency::Search).is_err(), "asking again does not lose the place");
    assert_eq!(pool.leave(), Some(payment(2)));
    assert_eq!(pool.leave(), Some(payment(3)), "among equals whoever came first");
}

#[test]
fn looks_leave_a_place_for_money() {
    let mut pool = Pool::new(2);
    assert_eq!(enter(&mut pool, 1, Urgency::Look), Ok(()));
    assert_eq!(enter(&mut pool, 2, Urgency::Look), Err(Full::Pool(250)));
    assert_eq!(enter(&mut pool, 3, Urgency::Money), Ok(()));
}

#[test]
fn the_longer_the_queue_the_more_seldom_each_asks() {
    let mut pool = Pool::new(2);
    assert_eq!(enter(&mut pool, 0, Urgency::Money), Ok(()));
    assert_eq!(enter(&mut pool, 1, Urgency::Money), Ok(()));
    let mut last = Ok(());
    for number in 0..2_000_u128 {
        let payment = PaymentId::from_bytes(number.to_be_bytes());
        last = pool.enter(payment, &account(), &Terms::default(), Urgency::Search, &now(0));
    }
    assert_eq!(last, Err(Full::Pool(2_000)));
}

#[test]
fn whoever_asks_to_be_left_alone_is_left_alone_by_all_of_the_purse() {
    let mut pool = Pool::new(8);
    let terms = Terms { purse: Some(Purse::of(["key-1"])), ..Terms::default() };
    let other = AccountName::parse("shop-2").unwrap();
    pool.leave_alone(&other, &terms, 5_000, &now(0));
    let entered = pool.enter(payment(1), &account(), &terms, Urgency::Look, &now(1_000));
    assert_eq!(entered, Err(Full::Budget(4_000)));
}

#[test]
fn a_purse_tells_its_parts_apart_and_never_its_credential() {
    assert_ne!(Purse::of(["a", "bc"]), Purse::of(["ab", "c"]));
    assert_eq!(format!("{:?}", Purse::of(["secret"])), "Purse");
}

#[test]
fn accounts_with_one_purse_are_counted_together_and_what_is_beside_payments_apart() {
    let key = Purse::of(["key-1"]);
    let shared = Terms { purse: Some(key), ..Terms::default() };
    let other = AccountName::parse("shop-2").unwrap();
    assert_eq!(shared.counted_by(&account()), shared.counted_by(&other));
    assert_ne!(Terms::default().counted_by(&account()), Terms::default().counted_by(&other));
    assert_ne!(key.beside(), key);
    assert_ne!(key.beside(), Purse::of(["key-2"]).beside());
}
