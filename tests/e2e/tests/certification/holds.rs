//! Pre-authorizations at Centrapay: confirmed by parts, given back by parts, and let go of.

use tillkit::till::{CancelTruth, Code, Error, Outcome, Progress};
use tillkit_e2e::child::Counter;
use tillkit_model::payment::OperationKind;

use super::*;

#[test]
fn a_confirmation_is_tried_again_by_its_key_and_draws_once() {
    at("centrapay", async |shop| {
        let approved = shop.pay_for(held(&shop)).await;
        assert_eq!(approved.outcome, Outcome::Held);
        // Drawn and not told: nothing that can be read tells of it either, so only its key does.
        lost_after_work(&shop, "/confirm");
        fails(&shop, Fault::ErrorBefore, "GET", "/activities");
        captured(&shop, approved.id, "capture-1", 1_000).await;
        assert_eq!(
            shop.charge_of(approved.id).captured_minor,
            1_000,
            "the provider's work is done"
        );
        done(&shop, approved.id, "capture-1").await;
        let confirmations = shop.asked("POST", "/confirm");
        assert!(confirmations.len() >= 2);
        assert!(confirmations.iter().all(|one| one.body == confirmations[0].body));
        assert!(sent(&confirmations[0])["idempotencyKey"].is_string());
        assert_eq!(confirmations.last().unwrap().status, 200);
        assert_eq!(shop.charge_of(approved.id).captured_minor, 1_000, "drawn once");
        assert_eq!(shop.charge_of(approved.id).moves.len(), 1);
    });
}

#[test]
fn several_orders_draw_on_one_pre_authorization_and_each_is_given_back_by_its_own_key() {
    at("centrapay", async |shop| {
        let approved = shop.pay_for(held(&shop)).await;
        for (name, minor) in [("order-a", 500), ("order-b", 300)] {
            captured(&shop, approved.id, name, minor).await;
            done(&shop, approved.id, name).await;
        }
        let drawn = shop.till.payment(approved.id).await.unwrap().unwrap();
        assert_eq!((drawn.amounts.captured.minor, drawn.amounts.held.minor), (800, 530));
        let beyond = shop.till.capture(approved.id, reference("order-c"), money(&shop, 531)).await;
        assert_eq!(beyond.unwrap_err().code, Code::AmountExceedsRemaining);
        refunded(&shop, approved.id, "back-a", 500).await;
        done(&shop, approved.id, "back-a").await;
        refunded(&shop, approved.id, "back-b", 100).await;
        let ended = done(&shop, approved.id, "back-b").await;
        assert_eq!((ended.outcome, ended.amounts.returned.minor), (Outcome::Paid, 600));
        let keys = |all: &[Exchanged], name: &str| {
            all.iter().map(|one| sent(one)[name].clone()).collect::<Vec<_>>()
        };
        let confirmed = keys(&shop.asked("POST", "/confirm"), "idempotencyKey");
        let refunded = keys(&shop.asked("POST", "/refund"), "confirmationIdempotencyKey");
        assert_eq!((confirmed.len(), &confirmed), (2, &refunded));
    });
}

#[test]
fn what_is_left_of_a_pre_authorization_is_released() {
    at("centrapay", async |shop| {
        let approved = shop.pay_for(held(&shop)).await;
        assert_eq!(sent(&starts(&shop)[0])["preAuth"], true);
        heard(|| shop.till.cancel(approved.id)).await;
        while shop.charge_of(approved.id).reversed_at_ms.is_none() {}
        assert_eq!(shop.asked("POST", "/release")[0].status, 200);
    });
    at("centrapay", async |shop| {
        let approved = shop.pay_for(held(&shop)).await;
        let name = || reference("order-a");
        heard(|| shop.till.capture_last(approved.id, name(), money(&shop, 500))).await;
        released(&shop, approved.id, 500).await;
    });
    at("centrapay", async |shop| {
        let approved = shop.pay_for(held(&shop)).await;
        captured(&shop, approved.id, "order-a", 500).await;
        let drawn = done(&shop, approved.id, "order-a").await;
        assert_eq!(drawn.amounts.held.minor, 830, "until the till says that this is all");
        assert_eq!(shop.asked("POST", "/release").len(), 0);
        // Whose answer is lost: running twice is running once.
        lost_after_work(&shop, "/release");
        let wished = heard(|| shop.till.cancel(approved.id)).await;
        assert_eq!(wished.truth, CancelTruth::AlreadyPaid);
        released(&shop, approved.id, 500).await;
    });
}

async fn captured(shop: &Shop, payment: PaymentId, name: &str, minor: i64) {
    heard(|| shop.till.capture(payment, reference(name), money(shop, minor))).await;
}

async fn refunded(shop: &Shop, payment: PaymentId, name: &str, minor: i64) {
    heard(|| shop.till.refund(payment, reference(name), money(shop, minor))).await;
}

/// The clock hurries, so a busy disk may outlast a caller's patience: the same call is repeated, as
/// the error says, and never acts twice.
async fn heard<T>(call: impl AsyncFn() -> Result<T, Error>) -> T {
    for _ in 0..100 {
        match call().await {
            Err(error) if error.code == Code::JournalFailed => {}
            told => return told.unwrap(),
        }
    }
    panic!("nobody hears what becomes of it");
}

/// Looks until the till knows that nothing is held beside what was captured.
async fn released(shop: &Shop, payment: PaymentId, captured_minor: i64) {
    let mut now = shop.till.payment(payment).await.unwrap().unwrap();
    for _ in 0..400_000 {
        let release = now.operations.iter().find(|known| known.kind == OperationKind::Release);
        if release.is_some_and(|known| known.progress == Progress::Done) {
            break;
        }
        now = shop.till.payment(payment).await.unwrap().unwrap();
    }
    assert_eq!((now.outcome, now.amounts.held.minor), (Outcome::Paid, 0), "{now:?}");
    assert_eq!(now.amounts.captured.minor, captured_minor);
    let charge = shop.charge_of(payment);
    assert_eq!((charge.captured_minor, charge.reversed_at_ms), (captured_minor, None));
    let confirmed = shop.asked("POST", "/confirm").pop().unwrap();
    let releases = shop.asked("POST", "/release");
    assert!(releases.iter().all(|one| one.at_ms >= confirmed.at_ms), "after what it must not stop");
    assert!(releases.iter().any(|one| one.status == 200));
}

/// Where a process dies after a last confirmation was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Dies {
    /// The confirmation ran, and it never heard so.
    BeforeItKnows,
    /// It knows, and the release never ran.
    BeforeTheRelease,
    /// The release ran, and it never heard so.
    AfterTheRelease,
}

#[test]
fn whoever_takes_over_from_a_dead_process_lets_go_of_the_rest() {
    for dies in [Dies::BeforeItKnows, Dies::BeforeTheRelease, Dies::AfterTheRelease] {
        at("centrapay", async |shop| {
            let (fault, path) = match dies {
                Dies::BeforeItKnows => (Fault::Lose { when: Loss::AfterWork }, "/confirm"),
                Dies::BeforeTheRelease => (Fault::ErrorBefore, "/release"),
                Dies::AfterTheRelease => (Fault::Lose { when: Loss::AfterWork }, "/release"),
            };
            fails(&shop, fault, "POST", path);
            let program = env!("CARGO_BIN_EXE_e2e-till");
            let mut counter = Counter::capturing(program, &shop, "order-1", 500);
            let payment = loop {
                let said = counter.hear();
                assert!(!said.is_empty(), "it ended by itself");
                if let Some(id) = said.strip_prefix("started ") {
                    break PaymentId::parse(id).unwrap();
                }
            };
            while shop.asked("POST", path).is_empty() {}
            counter.kill();
            shop.control().mend("centrapay");
            assert_eq!(shop.charge_of(payment).captured_minor, 500, "{dies:?}");
            released(&shop, payment, 500).await;
            assert_eq!(shop.charge_of(payment).moves.len(), 1, "{dies:?}: drawn once");
        });
    }
}
