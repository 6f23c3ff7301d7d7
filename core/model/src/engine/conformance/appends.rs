//! Sequences, identities and batches.

use super::samples::*;
use super::{Maker, append, driver};
use crate::engine::store::{FailureKind, Recorded, Refusal, Store, Stored};
use crate::payment::Payment;

/// A new payment has as many events as were appended.
pub fn a_new_payment_is_recorded(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    let recorded = append(&mut *store, started(1, driver)).unwrap();
    assert_eq!((recorded.payment, recorded.sequence), (payment(1), 2));
    assert_eq!(recorded.events, started(1, driver).events);
}

/// Reading folds exactly what was written.
pub fn events_come_back_as_the_payment_they_tell(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    append(&mut *store, paid(1, 2, driver)).unwrap();
    let read = live(&mut *store, 1);
    assert_eq!(read.sequence, 3);
    assert_eq!(*read.sale, sale(1));
    assert_eq!(read.driver, driver);
    assert_eq!(read.start.sends.len(), 1);
    assert!(read.charges.get(&charge(1)).is_some_and(|seen| seen.taken.is_some()));
}

/// A drafted permit is given for the payment and operation of its append, and only then.
pub fn one_send_permit_is_given_for_one_durable_append(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    let permit = append(&mut *store, started(1, driver)).unwrap().send.expect("a permit");
    assert_eq!((permit.payment(), permit.operation(), permit.number()), (payment(1), start(1), 1));
    let without = append(&mut *store, created(2, driver)).unwrap();
    assert_eq!((without.send, without.polls), (None, None));
}

/// So is the permit of a sale's polls.
pub fn a_poll_permit_is_given_when_it_was_drafted(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, created(1, driver)).unwrap();
    let recorded = append(&mut *store, polls_permitted(1, 1, driver)).unwrap();
    assert_eq!(recorded.polls.expect("a permit").payment(), payment(1));
    assert_eq!(recorded.send, None);
}

/// Of two writers that expect the same sequence, one is told how far the payment is.
pub fn the_same_sequence_is_taken_once(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, created(1, driver)).unwrap();
    append(&mut *store, seen(1, 1, driver)).unwrap();
    let second = append(&mut *store, cancel_wished(1, 1, driver));
    assert_eq!(second, Err(Refusal::Moved { sequence: 2 }));
    let again = append(&mut *store, created(1, driver));
    assert_eq!(again, Err(Refusal::Moved { sequence: 2 }));
}

/// A gap is never written.
pub fn a_sequence_ahead_of_the_journal_is_refused(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, created(1, driver)).unwrap();
    assert_eq!(append(&mut *store, seen(1, 5, driver)), Err(Refusal::Moved { sequence: 1 }));
}

/// Events of a payment that is not here are refused.
pub fn an_unknown_payment_has_no_events_yet(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    assert_eq!(append(&mut *store, seen(1, 1, driver)), Err(Refusal::Moved { sequence: 0 }));
}

/// A row changes only with an event that says why.
pub fn an_append_of_nothing_is_refused(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    let mut nothing = created(1, driver);
    nothing.events.clear();
    assert_misuse(&append(&mut *store, nothing));
}

/// One identity, one payment; the other is told which.
pub fn an_identity_is_given_once(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, created(1, driver)).unwrap();
    let mut second = created(2, driver);
    second.row.identity = identity(1, 1);
    assert_eq!(append(&mut *store, second), Err(Refusal::IdentityTaken { by: payment(1) }));
    append(&mut *store, paid(1, 1, driver)).unwrap();
    let mut late = created(3, driver);
    late.row.identity = identity(1, 1);
    assert_eq!(append(&mut *store, late), Err(Refusal::IdentityTaken { by: payment(1) }));
}

/// The second attempt of a sale is a payment of its own.
pub fn another_attempt_is_another_identity(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, created(1, driver)).unwrap();
    let mut second = created(2, driver);
    second.row.identity = identity(1, 2);
    append(&mut *store, second).unwrap();
}

/// The same reference at another account is another sale.
pub fn another_sale_is_another_identity(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, created(1, driver)).unwrap();
    let mut other = created(2, driver);
    other.row.account = "shop-2".into();
    other.row.identity.sale = "shop-2 - order-1".into();
    append(&mut *store, other).unwrap();
}

/// A later row cannot move a payment to another identity.
pub fn an_identity_never_changes(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, created(1, driver)).unwrap();
    let mut moved = seen(1, 1, driver);
    moved.row.identity = identity(9, 1);
    assert_misuse(&append(&mut *store, moved));
}

/// One bad append in a batch costs only itself.
pub fn a_refused_append_leaves_its_neighbours_alone(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    let batch = vec![created(1, driver), seen(9, 4, driver), created(2, driver)];
    let answers = store.append(batch, &moment(0));
    assert_eq!(answers.len(), 3);
    assert!(answers[0].is_ok() && answers[2].is_ok());
    assert_eq!(answers[1], Err(Refusal::Moved { sequence: 0 }));
    assert_eq!((live(&mut *store, 1).sequence, live(&mut *store, 2).sequence), (1, 1));
    assert_eq!(store.payment(payment(9)), Ok(None));
}

/// Each append of a batch sees those before it.
pub fn a_batch_is_judged_in_order(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    let batch =
        vec![started(1, driver), seen(1, 2, driver), seen(1, 2, driver), paid(1, 3, driver)];
    let answers = store.append(batch, &moment(0));
    assert!(answers[0].is_ok() && answers[1].is_ok() && answers[3].is_ok());
    assert_eq!(answers[2], Err(Refusal::Moved { sequence: 3 }));
    assert_eq!(live(&mut *store, 1).sequence, 4);
}

/// Two tills that ring up the same order in the same instant make one payment.
pub fn two_equal_sales_in_one_batch_are_one(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    let mut second = started(2, driver);
    second.row.identity = identity(1, 1);
    let answers = store.append(vec![started(1, driver), second], &moment(0));
    assert!(answers[0].is_ok());
    assert_eq!(answers[1], Err(Refusal::IdentityTaken { by: payment(1) }));
}

/// Neither events nor row nor charges of a refused append can be found.
pub fn a_refused_append_leaves_nothing_behind(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, created(1, driver)).unwrap();
    append(&mut *store, paid(1, 7, driver)).unwrap_err();
    assert_eq!(live(&mut *store, 1).sequence, 1);
    assert_eq!(store.by_charge(ACCOUNT, &charge(1)), Ok(None));
    assert_eq!(store.unsettled(ACCOUNT), Ok(vec![payment(1)]));
}

/// A journal that is opened again is the same journal.
pub fn everything_survives_a_reopening(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    append(&mut *store, seen(1, 2, driver)).unwrap();
    let before = live(&mut *store, 1);
    let changes = store.changes(0).unwrap();
    let mut store = maker.reopened(store);
    assert_eq!(live(&mut *store, 1), before);
    assert_eq!(store.by_charge(ACCOUNT, &charge(1)), Ok(Some(payment(1))));
    assert_eq!(store.unsettled(ACCOUNT), Ok(vec![payment(1)]));
    assert_eq!(store.changes(0), Ok(changes));
    let taken = append(&mut *store, created(1, driver));
    assert_eq!(taken, Err(Refusal::Moved { sequence: 3 }));
}

fn live(store: &mut dyn Store, n: u64) -> Payment {
    match store.payment(payment(n)) {
        Ok(Some(Stored::Live(payment))) => *payment,
        other => panic!("a live payment, not {other:?}"),
    }
}

fn assert_misuse(answer: &Result<Recorded, Refusal>) {
    let misused = matches!(answer, Err(Refusal::Failed(why)) if why.kind == FailureKind::Other);
    assert!(misused, "{answer:?}");
}
