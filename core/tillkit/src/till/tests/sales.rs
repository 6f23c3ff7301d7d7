use std::sync::Arc;

use tillkit_model::ids::Reference;

use super::{Shop, sale};
use crate::shell::testing::{approving_qonto, qonto};
use crate::till::{CancelTruth, Outcome, Stage};

fn reference(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

#[tokio::test]
async fn a_sale_is_paid_and_tells_how_much() {
    let shop = Shop::open(approving_qonto()).await;
    let paid = shop.till.pay(sale("order-1")).await.unwrap();
    assert_eq!((paid.outcome, paid.status), (Outcome::Paid, Stage::Completed));
    assert_eq!(paid.amounts.captured, paid.amounts.asked);
    assert_eq!((paid.replayed, paid.next_attempt, paid.attempt), (false, None, 1));
    assert_eq!(paid.charges.len(), 1);
    assert_eq!(shop.equal_pushes(), 1);
}

#[tokio::test]
async fn start_returns_at_the_first_answer_and_wait_goes_on() {
    let shop = Shop::open(qonto(|reads| if reads < 3 { "PENDING" } else { "AUTHORIZED" })).await;
    let started = shop.till.start(sale("order-1")).await.unwrap();
    assert_eq!((started.outcome, started.status), (Outcome::Open, Stage::Pending));
    let paid = shop.till.wait(started.id, None).await.unwrap();
    assert_eq!((paid.id, paid.outcome), (started.id, Outcome::Paid));
}

#[tokio::test]
async fn a_declined_sale_is_an_outcome_and_allows_another_attempt() {
    let shop = Shop::open(qonto(|reads| if reads < 2 { "REFUSED" } else { "AUTHORIZED" })).await;
    let declined = shop.till.pay(sale("order-1")).await.unwrap();
    assert_eq!((declined.outcome, declined.status), (Outcome::NotPaid, Stage::Declined));
    assert_eq!(declined.next_attempt, Some(2));
    let mut again = sale("order-1");
    again.attempt = 2;
    let paid = shop.till.pay(again).await.unwrap();
    assert_eq!((paid.outcome, paid.attempt), (Outcome::Paid, 2));
    assert_ne!(paid.id, declined.id);
    let latest = shop.till.payment_by_reference("shop-1", &reference("order-1")).await.unwrap();
    assert_eq!(latest.unwrap().id, paid.id);
}

#[tokio::test]
async fn twenty_equal_calls_are_one_sale() {
    let shop = Shop::open(approving_qonto()).await;
    let till = Arc::new(shop.till);
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let till = Arc::clone(&till);
            tokio::spawn(async move { till.pay(sale("order-1")).await.unwrap() })
        })
        .collect();
    let (mut first, mut ids) = (0, Vec::new());
    for call in calls {
        let view = call.await.unwrap();
        assert_eq!(view.outcome, Outcome::Paid);
        first += u32::from(!view.replayed);
        ids.push(view.id);
    }
    ids.dedup();
    assert_eq!((ids.len(), first), (1, 1));
    let pushes = shop.wire.handed().iter().filter(|one| one.request.may_move_money).count();
    assert_eq!(pushes, 1);
}

#[tokio::test]
async fn a_dropped_call_is_found_again_and_finished() {
    let shop = Shop::open(qonto(|reads| if reads < 3 { "PENDING" } else { "AUTHORIZED" })).await;
    let mut dropped = Box::pin(shop.till.pay(sale("order-1")));
    // Polled once, the call is under way; then its caller is gone.
    assert!(futures_poll_once(dropped.as_mut()).await.is_none());
    while shop.wire.handed().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(dropped);
    let found = shop.till.payment_by_reference("shop-1", &reference("order-1")).await.unwrap();
    let paid = shop.till.wait(found.unwrap().id, None).await.unwrap();
    assert_eq!(paid.outcome, Outcome::Paid);
    assert_eq!(shop.equal_pushes(), 1);
}

#[tokio::test]
async fn a_cancel_that_qonto_cannot_do_says_so() {
    let shop = Shop::open(qonto(|_| "PENDING")).await;
    let started = shop.till.start(sale("order-1")).await.unwrap();
    let told = shop.till.cancel(started.id).await.unwrap();
    assert_eq!(told.truth, CancelTruth::NotSupported);
    assert_eq!(told.payment.id, started.id);
    let paid = Shop::open(approving_qonto()).await;
    let view = paid.till.pay(sale("order-1")).await.unwrap();
    assert_eq!(paid.till.cancel(view.id).await.unwrap().truth, CancelTruth::AlreadyPaid);
}

async fn futures_poll_once<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        let polled = std::pin::Pin::new(&mut future).poll(context);
        std::task::Poll::Ready(match polled {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}
