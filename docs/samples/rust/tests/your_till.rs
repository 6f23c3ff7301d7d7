//! What a shop's own tests look like: a real journal, a real socket, scripted customers and faults.

mod shop;

use tillkit::till::{Outcome, SaleRequest};
use tillkit_simulator::server::{Fault, Loss, Planned, Wanted};

use shop::{Shop, known, open_till};

#[tokio::test]
async fn a_customer_pays() {
    let shop = Shop::open().await;
    let paid = shop.till.pay(shop.sale("order-1")).await.unwrap();
    assert_eq!(paid.outcome, Outcome::Paid);
    assert_eq!(shop.cards_charged(), 1);
}

// ANCHOR: declined
#[tokio::test]
async fn a_declined_card_may_be_followed_by_another() {
    let shop = Shop::open().await;
    shop.levers().next("vinr", Wanted::Declines { after_ms: 500 });

    let declined = shop.till.pay(shop.sale("order-1")).await.unwrap();
    assert_eq!((declined.outcome, declined.next_attempt), (Outcome::NotPaid, Some(2)));

    let again = SaleRequest { attempt: 2, ..shop.sale("order-1") };
    assert_eq!(shop.till.pay(again).await.unwrap().outcome, Outcome::Paid);
    assert_eq!(shop.cards_charged(), 1);
}
// ANCHOR_END: declined

// ANCHOR: lost
#[tokio::test]
async fn an_answer_that_is_lost_after_the_charge_charges_nobody_twice() {
    let shop = Shop::open().await;
    let lost = Fault::Lose { when: Loss::AfterWork };
    let start = Planned { method: Some("POST".to_owned()), ..Planned::once(lost) };
    shop.levers().fault("vinr", start);

    let payment = shop.till.pay(shop.sale("order-1")).await.unwrap();
    assert_eq!(known(&shop.till, payment).await.outcome, Outcome::Paid);
    assert_eq!(shop.cards_charged(), 1);
}
// ANCHOR_END: lost

// ANCHOR: late
#[tokio::test]
async fn a_terminal_that_was_offline_and_charges_late_is_never_called_not_paid() {
    let shop = Shop::open().await;
    shop.levers().next("vinr", Wanted::WakesLate { after_ms: 150_000 });

    let doubted = shop.till.pay(shop.sale("order-1")).await.unwrap();
    assert_eq!(doubted.outcome, Outcome::Unknown);
    assert_eq!(doubted.next_attempt, None, "nobody may charge again yet");

    assert_eq!(known(&shop.till, doubted).await.outcome, Outcome::Paid);
    assert_eq!(shop.cards_charged(), 1);
}
// ANCHOR_END: late

// ANCHOR: crash
#[tokio::test]
async fn a_till_that_goes_away_leaves_its_payment_to_the_next() {
    let shop = Shop::open().await;
    shop.levers().next("vinr", Wanted::Taps { after_ms: 5_000, tip_minor: 0 });
    let started = shop.till.start(shop.sale("order-1")).await.unwrap();
    shop.till.close().await.unwrap();

    // The next process opens the same journal, connects, and asks for the same sale.
    let next = open_till(&shop.folder.path().join("till.db"));
    next.connect(shop.account()).await.unwrap();
    let paid = next.pay(shop.sale("order-1")).await.unwrap();
    assert_eq!((paid.id, paid.outcome), (started.id, Outcome::Paid));
    assert_eq!(shop.cards_charged(), 1);
}
// ANCHOR_END: crash
