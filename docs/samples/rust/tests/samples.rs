//! The pieces that the book shows, at work against the simulator.

mod shop;

use tillkit::report::Period;
use tillkit::till::{Open, Outcome, PaymentId, Progress, Role, Summary, Till};
use tillkit_samples::{care, day, doubt, money};
use tillkit_simulator::server::{Fault, Loss, Planned, Wanted};

use shop::{Shop, known};

/// The payment once all its operations are done.
async fn over(shop: &Shop, payment: PaymentId) -> Summary {
    loop {
        let summary = shop.till.payment(payment).await.unwrap().unwrap();
        if summary.operations.iter().all(|one| one.progress == Progress::Done) {
            return summary;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_held_is_captured_and_brought_back() {
    let shop = Shop::open().await;
    let held = money::hold(&shop.till, shop.sale("order-1")).await.unwrap();
    assert_eq!(held.outcome, Outcome::Held);
    money::delivered(&shop.till, &held, "10.00").await.unwrap();
    let taken = over(&shop, held.id).await;
    assert_eq!(&*taken.amounts.captured.text, "10.00");
    money::brought_back(&shop.till, &taken).await.unwrap();
    assert_eq!(over(&shop, held.id).await.outcome, Outcome::Returned);
}

#[tokio::test]
async fn a_cancel_tells_one_truth() {
    let shop = Shop::open().await;
    shop.levers().next("vinr", Wanted::WalksAway);
    let started = shop.till.start(shop.sale("order-1")).await.unwrap();
    let told = money::cancel(&shop.till, started.id).await.unwrap();
    assert_eq!(told, "Not paid. Nothing was taken.");
    let paid = shop.till.pay(shop.sale("order-2")).await.unwrap();
    let told = money::cancel(&shop.till, paid.id).await.unwrap();
    assert_eq!(told, "Paid already. Give it back with a refund.");
}

#[tokio::test]
async fn another_card_only_after_a_sure_no() {
    let shop = Shop::open().await;
    shop.levers().next("vinr", Wanted::Declines { after_ms: 100 });
    let paid = doubt::pay_with_another_card(&shop.till, shop.sale("order-1")).await.unwrap();
    assert_eq!((paid.attempt, paid.outcome), (2, Outcome::Paid));
    assert_eq!(doubt::on_the_screen(&paid), "Paid");
    assert_eq!(shop.cards_charged(), 1);
}

#[tokio::test]
async fn doubt_is_listed_and_a_person_may_end_it() {
    let shop = Shop::open().await;
    shop.levers().next("vinr", Wanted::WakesLate { after_ms: 3_600_000 });
    let doubted = doubt::pay_with_another_card(&shop.till, shop.sale("order-1")).await.unwrap();
    assert_eq!(doubt::on_the_screen(&doubted), "Not known yet: do not charge again");
    let listed = doubt::still_in_doubt(&shop.till).await.unwrap();
    assert_eq!(listed.iter().map(|one| one.id).collect::<Vec<_>>(), [doubted.id]);

    // The screen has been looked at, so the next customer may pay there.
    let next = shop.sale("order-2");
    assert!(shop.till.pay(next.clone()).await.is_err(), "the terminal is still taken");
    let paid = doubt::next_customer(&shop.till, next, vec![doubted.id]).await.unwrap();
    assert_eq!(paid.outcome, Outcome::Paid);

    let settled = doubt::cashier_saw_the_slip(&shop.till, doubted.id).await.unwrap();
    assert_eq!(settled.outcome, Outcome::Paid);
    assert!(doubt::still_in_doubt(&shop.till).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_day_is_counted_and_compared() {
    let shop = Shop::open().await;
    let paid = shop.till.pay(shop.sale("order-1")).await.unwrap();
    let (from_ms, to_ms) = (paid.created_at_ms - 1_000, paid.created_at_ms + 60_000);
    let told = day::close_the_day(&shop.till, "shop-1", Period { from_ms, to_ms }).await.unwrap();
    assert!(told.contains("1330 EUR in minor units"), "{told}");
    assert!(told.contains("1 agree with the provider's list"), "{told}");
}

#[tokio::test]
async fn order_numbers_may_restart_each_day() {
    let shop = Shop::open().await;
    let account = day::numbers_restart_each_day(shop.account()).unwrap();
    shop.till.connect(account).await.unwrap();
    let paid = shop.till.pay(shop.sale("1")).await.unwrap();
    let again = shop.till.pay(shop.sale("1")).await.unwrap();
    assert_eq!((again.id, again.replayed), (paid.id, true), "it is the same day");
    assert_eq!(shop.cards_charged(), 1);
}

#[tokio::test]
async fn a_copy_is_restored_and_acknowledged() {
    let shop = Shop::open().await;
    let paid = shop.till.pay(shop.sale("order-1")).await.unwrap();
    let (journal, copy) = (shop.folder.path().join("till.db"), shop.folder.path().join("copy.db"));
    let kept = care::open(&journal).unwrap();
    assert!(care::nightly(&kept, &copy).unwrap(), "the journal is sound");
    assert_eq!(care::prune(&kept, 90).unwrap(), 0, "nothing has rested that long");
    shop.till.close().await.unwrap();

    // The copy in another place, as after the loss of the machine: it sells nothing at first.
    let restored = Till::open(&copy, Open::default()).unwrap();
    restored.connect(shop.account()).await.unwrap();
    assert!(restored.pay(shop.sale("order-2")).await.is_err());
    let known = restored.payment(paid.id).await.unwrap().unwrap();
    assert_eq!(known.outcome, Outcome::Paid);
    assert!(care::after_a_restore(&restored, "disk failed; copy of last night").await.unwrap());
    assert_eq!(restored.health().await.unwrap().role, Role::Drives);
    assert_eq!(restored.pay(shop.sale("order-2")).await.unwrap().outcome, Outcome::Paid);
}

#[tokio::test]
async fn a_lost_capture_is_looked_for() {
    let shop = Shop::open().await;
    let held = money::hold(&shop.till, shop.sale("order-1")).await.unwrap();
    let lost = Fault::Lose { when: Loss::AfterWork };
    let plan =
        Planned { path: "capture".into(), method: Some("POST".into()), ..Planned::once(lost) };
    shop.levers().fault("vinr", plan);
    money::delivered(&shop.till, &held, "13.30").await.unwrap();
    let taken = over(&shop, held.id).await;
    assert_eq!(known(&shop.till, taken).await.outcome, Outcome::Paid);
}
