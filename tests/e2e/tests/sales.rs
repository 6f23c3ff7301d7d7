//! Sales from the prompt to the outcome, with everything that a customer may do.

use tillkit::till::{Outcome, SaleRequest, Stage};
use tillkit_e2e::{At, PROVIDERS, Shop};
use tillkit_simulator::server::Wanted;

/// Runs a story at every provider that it is one of.
fn everywhere(of: impl Fn(&At) -> bool, story: impl AsyncFn(Shop)) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut told = 0;
    for at in PROVIDERS.iter().filter(|at| of(at)) {
        println!("at {}", at.stand);
        runtime.block_on(async { story(Shop::open(at).await).await });
        told += 1;
    }
    assert!(told > 0, "no provider can show this");
}

#[test]
fn a_sale_is_paid_and_charged_once() {
    everywhere(
        |_| true,
        async |shop| {
            let paid = shop.pay("order-1").await;
            assert_eq!(paid.outcome, Outcome::Paid);
            let charge = shop.charge_of(paid.id);
            assert_eq!((charge.asked_minor, charge.authorized_minor), (1_330, 1_330));
            // Asking again charges nobody again.
            let again = shop.pay("order-1").await;
            assert_eq!((again.id, again.replayed), (paid.id, true));
            assert_eq!(shop.charge_of(paid.id).authorized_minor, 1_330);
            assert_eq!(shop.ledger().prompts.len(), 1);
        },
    );
}

#[test]
fn a_declined_card_is_not_paid_and_the_next_attempt_is() {
    everywhere(
        |_| true,
        async |shop| {
            shop.next(Wanted::Declines { after_ms: 100 });
            let declined = shop.pay("order-1").await;
            assert_eq!(declined.outcome, Outcome::NotPaid);
            assert_eq!(declined.next_attempt, Some(2));
            let second = SaleRequest { attempt: 2, ..shop.at.sale("order-1") };
            let paid = shop.pay_for(second).await;
            assert_eq!(paid.outcome, Outcome::Paid);
            assert_eq!(shop.ledger().charges.len(), 2);
        },
    );
}

#[test]
fn an_offline_terminal_that_wakes_late_is_told_as_paid_all_the_same() {
    everywhere(
        |at| at.wakes_late,
        async |shop| {
            shop.next(Wanted::WakesLate { after_ms: 150_000 });
            let doubted = shop.pay("order-1").await;
            assert_eq!((doubted.outcome, doubted.status), (Outcome::Unknown, Stage::InDoubt));
            let paid = shop.settled(doubted.id).await;
            assert_eq!(paid.outcome, Outcome::Paid);
            assert_eq!(shop.charge_of(paid.id).authorized_minor, 1_330);
        },
    );
}
