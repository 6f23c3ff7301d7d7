//! What is done to a sale after its start: cancels that race with the customer, captures, refunds.

use std::task::Poll;
use std::time::Duration;

use tillkit::report::{Period, Reconciliation};
use tillkit::till::{CancelTruth, Code, Money, Outcome, Progress, SaleRequest, Summary};
use tillkit_e2e::stories::capabilities;
use tillkit_e2e::{ACCOUNT, At, PROVIDERS, Shop};
use tillkit_model::ids::{PaymentId, Reference};
use tillkit_model::provider::Capabilities;
use tillkit_model::sale::{Capture, ItemRequest};
use tillkit_simulator::fakes::Step;
use tillkit_simulator::server::{Fault, Loss, Wanted};

/// Runs a story at every provider that can do what it needs.
fn where_possible(can: impl Fn(&Capabilities) -> bool, story: impl AsyncFn(Shop)) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut told = 0;
    for at in PROVIDERS.iter().filter(|at| can(&capabilities(at))) {
        println!("at {}", at.stand);
        runtime.block_on(async { story(Shop::open(at).await).await });
        told += 1;
    }
    assert!(told > 0, "no provider can do this");
}

fn reference(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

fn money(shop: &Shop, minor: i64) -> Money {
    Money::from_minor(minor, tillkit_model::money::Currency::parse(shop.at.currency).unwrap())
        .unwrap()
}

/// A sale that is captured only when the till says so.
fn held(shop: &Shop) -> SaleRequest {
    let sale = shop.at.sale("order-1");
    let items = if shop.at.provider == "centrapay" {
        vec![ItemRequest::new("Coffee", "13.30")]
    } else {
        Vec::new()
    };
    SaleRequest { capture: Capture::Manual, items, ..sale }
}

/// Looks until the operation of this reference is over.
async fn over(shop: &Shop, payment: PaymentId, name: &str) -> (Summary, Progress) {
    for _ in 0..2_000_000 {
        let summary = shop.till.payment(payment).await.unwrap().unwrap();
        let named = |operation: &&tillkit::till::OperationSummary| {
            operation.reference.as_ref().is_some_and(|known| known.as_str() == name)
        };
        let progress = summary.operations.iter().find(named).map(|operation| operation.progress);
        if let Some(progress @ (Progress::Done | Progress::Refused)) = progress {
            return (summary, progress);
        }
    }
    panic!("nobody finds out what became of {name}");
}

#[test]
fn a_cancel_before_the_card_leaves_nothing_to_pay() {
    where_possible(
        |can| can.cancel,
        async |shop| {
            shop.next(Wanted::WalksAway);
            let started = shop.shown("order-1").await;
            let cancelled = shop.till.cancel(started.id).await.unwrap();
            let ended = shop.settled(started.id).await;
            assert_eq!(ended.outcome, Outcome::NotPaid, "{:?}", cancelled.truth);
            assert_eq!(shop.charge_of(started.id).authorized_minor, 0);
        },
    );
}

#[test]
fn a_cancel_after_the_card_takes_nothing_back() {
    where_possible(
        |can| can.cancel,
        async |shop| {
            let paid = shop.pay("order-1").await;
            let cancelled = shop.till.cancel(paid.id).await.unwrap();
            assert_eq!(cancelled.truth, CancelTruth::AlreadyPaid);
            assert_eq!(shop.settled(paid.id).await.outcome, Outcome::Paid);
            assert_eq!(shop.charge_of(paid.id).returned_minor(), 0);
        },
    );
}

/// Whichever comes first at the provider, one truth is told, and the ledger agrees with it.
#[test]
fn a_cancel_and_a_card_in_the_very_same_moment_come_to_one_truth() {
    for card_first in [true, false] {
        where_possible(
            |can| can.cancel,
            async |shop| {
                shop.next(Wanted::WalksAway);
                let started = shop.shown("order-1").await;
                let charge = shop.charge_of(started.id).id.to_string();
                let card = || {
                    for step in [Step::Tap, Step::Approve { tip_minor: 0 }] {
                        let _ = shop.control().act(shop.at.stand, &charge, step);
                    }
                };
                if card_first {
                    card();
                }
                let mut wished = std::pin::pin!(shop.till.cancel(started.id));
                let begun =
                    std::future::poll_fn(|context| Poll::Ready(wished.as_mut().poll(context)));
                let begun = begun.await;
                if !card_first {
                    card();
                }
                let wished = match begun {
                    Poll::Ready(wished) => wished,
                    Poll::Pending => wished.await,
                };
                let truth = wished.unwrap().truth;
                let ended = shop.settled(started.id).await;
                let charge = shop.charge_of(started.id);
                let kept = charge.authorized_minor - charge.returned_minor();
                let kept = if charge.reversed_at_ms.is_some() { 0 } else { kept };
                let taken = ended.outcome == Outcome::Paid;
                assert_eq!(kept, if taken { 1_330 } else { 0 }, "{}: {truth:?}", shop.at.stand);
                assert_ne!((truth, taken), (CancelTruth::Cancelled, true), "{}", shop.at.stand);
                assert_eq!(shop.ledger().charges.len(), 1);
            },
        );
    }
}

/// Before anything is sent, by the name of the provider and of what it cannot do.
#[test]
fn what_a_provider_cannot_do_is_refused_before_anything_is_sent() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for at in PROVIDERS {
        let can = capabilities(at);
        runtime.block_on(async {
            let shop = Shop::open(at).await;
            let paid = shop.pay("order-1").await;
            let posted = || shop.asked("POST", "/").len();
            let before = posted();
            if !can.refund {
                let refused = shop.till.refund(paid.id, reference("r-1"), None).await.unwrap_err();
                assert_eq!(refused.code, Code::Unsupported, "{}", at.stand);
            }
            if !can.manual_capture {
                let sale = SaleRequest { reference: "order-2".into(), ..held(&shop) };
                let refused = shop.till.start(sale).await.unwrap_err();
                assert_eq!(refused.code, Code::Unsupported, "{}", at.stand);
            }
            assert_eq!(posted(), before, "{}", at.stand);
            if !can.cancel {
                shop.next(Wanted::WalksAway);
                let sale = SaleRequest { screen_clear: vec![paid.id], ..shop.at.sale("order-3") };
                let started = shop.till.start(sale).await.unwrap();
                let before = posted();
                let wished = shop.till.cancel(started.id).await.unwrap();
                assert_eq!(wished.truth, CancelTruth::NotSupported, "{}", at.stand);
                assert_eq!(posted(), before, "{}", at.stand);
            }
        });
    }
}

#[test]
fn what_is_held_is_captured_in_part_or_whole() {
    for part in [None, Some(1_000)] {
        where_possible(
            |can| can.manual_capture && (part.is_none() || can.partial_capture),
            async |shop| {
                let approved = shop.pay_for(held(&shop)).await;
                assert_eq!(approved.outcome, Outcome::Held);
                let amount = part.map(|minor| money(&shop, minor));
                shop.till.capture(approved.id, reference("capture-1"), amount).await.unwrap();
                let (summary, progress) = over(&shop, approved.id, "capture-1").await;
                assert_eq!(progress, Progress::Done);
                assert_eq!(summary.amounts.captured.minor, part.unwrap_or(1_330));
                assert_eq!(shop.charge_of(approved.id).captured_minor, part.unwrap_or(1_330));
            },
        );
    }
}

#[test]
fn what_is_held_is_let_go_by_a_cancel() {
    where_possible(
        |can| can.manual_capture && can.cancel,
        async |shop| {
            let approved = shop.pay_for(held(&shop)).await;
            let wished = shop.till.cancel(approved.id).await.unwrap();
            if !capabilities(shop.at).release {
                assert_eq!(wished.truth, CancelTruth::NotSupported, "{}", shop.at.stand);
                assert_eq!(shop.charge_of(approved.id).reversed_at_ms, None);
                return;
            }
            let charge = loop {
                let charge = shop.charge_of(approved.id);
                if charge.reversed_at_ms.is_some() {
                    break charge;
                }
            };
            assert_eq!(charge.captured_minor, 0);
        },
    );
}

#[test]
fn a_refund_is_given_once_however_often_it_is_asked_for() {
    where_possible(
        |can| can.refund,
        async |shop| {
            let paid = shop.pay("order-1").await;
            let part = Some(money(&shop, 500));
            for _ in 0..2 {
                shop.till.refund(paid.id, reference("refund-1"), part).await.unwrap();
            }
            let (summary, progress) = over(&shop, paid.id, "refund-1").await;
            assert_eq!(progress, Progress::Done);
            assert_eq!(summary.amounts.returned.minor, 500);
            shop.till.refund(paid.id, reference("refund-1"), part).await.unwrap();
            assert_eq!(shop.charge_of(paid.id).returned_minor(), 500);
            // Another amount under the same name is another wish.
            let other = Some(money(&shop, 600));
            assert!(shop.till.refund(paid.id, reference("refund-1"), other).await.is_err());
            // The rest, under a name of its own.
            shop.till.refund(paid.id, reference("refund-2"), None).await.unwrap();
            let (summary, _) = over(&shop, paid.id, "refund-2").await;
            assert_eq!(summary.outcome, Outcome::Returned);
            assert_eq!(shop.charge_of(paid.id).returned_minor(), 1_330);
        },
    );
}

#[test]
fn a_refund_whose_answer_was_lost_is_given_once() {
    where_possible(
        |can| can.refund,
        async |shop| {
            let paid = shop.pay("order-1").await;
            shop.fault(Fault::Lose { when: Loss::AfterWork }, "POST", "refund");
            let part = Some(money(&shop, 500));
            shop.till.refund(paid.id, reference("refund-1"), part).await.unwrap();
            let (_, progress) = over(&shop, paid.id, "refund-1").await;
            assert_eq!(progress, Progress::Done);
            assert_eq!(shop.charge_of(paid.id).returned_minor(), 500);
        },
    );
}

#[test]
fn a_sale_that_nobody_pays_ends_by_itself_where_sessions_end() {
    where_possible(
        |_| true,
        async |shop| {
            if !shop.at.sessions_end {
                return;
            }
            shop.next(Wanted::WalksAway);
            let ended = shop.settled(shop.pay("order-1").await.id).await;
            assert_eq!(ended.outcome, Outcome::NotPaid);
            assert_eq!(shop.charge_of(ended.id).authorized_minor, 0);
        },
    );
}

#[test]
fn an_approval_that_was_made_offline_is_provisional_and_taken_back_when_it_is_declined() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let shop = Shop::open(At::named("vinr")).await;
        assert!(!shop.control().approve_offline("qonto", None), "no other provider's do");
        assert!(shop.control().approve_offline("vinr", Some(200_000)));
        let paid = shop.pay("order-1").await;
        assert_eq!((paid.outcome, paid.provisional), (Outcome::Paid, true));
        shop.control().forward(200_000);
        assert!(shop.charge_of(paid.id).reversed_at_ms.is_some());
        let past = Duration::from_secs(86_400);
        let recovered = shop.till.recover_hints(ACCOUNT, past).await.unwrap();
        assert!(recovered.missed > 0, "nobody was notified: {recovered:?}");
        let after = taken_back(&shop, paid.id).await;
        assert_eq!((after.outcome, after.provisional), (Outcome::NotPaid, false));
    });
}

/// Looks until it is not paid any more.
async fn taken_back(shop: &Shop, payment: PaymentId) -> Summary {
    for _ in 0..2_000_000 {
        let seen = shop.till.payment(payment).await.unwrap().unwrap();
        if seen.outcome != Outcome::Paid {
            return seen;
        }
    }
    panic!("nobody finds out that {payment} was taken back");
}

#[test]
fn the_providers_own_list_agrees() {
    where_possible(
        |can| can.beside.reconcile,
        async |shop| {
            let paid = shop.pay("order-1").await;
            shop.next(Wanted::Declines { after_ms: 100 });
            let declined = shop.pay("order-2").await;
            let day = Period {
                from_ms: paid.created_at_ms - 1_000,
                to_ms: declined.created_at_ms + 1_000,
            };
            let result = shop.till.reconcile(ACCOUNT, day).await.unwrap();
            assert_eq!(result, Reconciliation { agreeing: result.agreeing, ..Default::default() });
            assert!(result.agreeing >= 1, "{}", shop.at.stand);
        },
    );
}
