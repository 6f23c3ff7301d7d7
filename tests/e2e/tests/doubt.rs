//! Answers that are lost, and processes that are: one charge, and its outcome known.

use tillkit::till::Outcome;
use tillkit_e2e::child::Counter;
use tillkit_e2e::{PROVIDERS, Shop};
use tillkit_simulator::server::{Fault, Loss};

fn run(story: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(story);
}

#[test]
fn a_lost_answer_is_found_again() {
    for at in PROVIDERS.iter().filter(|at| at.finds_lost_starts) {
        run(async {
            let shop = Shop::open(at).await;
            shop.fault(Fault::Lose { when: Loss::AfterWork }, "POST", at.start_path);
            let paid = shop.settled(shop.pay("order-1").await.id).await;
            assert_eq!(paid.outcome, Outcome::Paid, "{}", at.stand);
            assert_eq!(shop.charge_of(paid.id).authorized_minor, 1_330);
        });
    }
}

#[test]
fn a_request_that_never_arrived_charges_nobody_twice() {
    for at in PROVIDERS {
        run(async {
            let shop = Shop::open(at).await;
            shop.fault(Fault::Lose { when: Loss::BeforeArrival }, "POST", at.start_path);
            let ended = shop.pay("order-1").await;
            let charges = shop.ledger().charges.len();
            assert!(charges <= 1, "{}: {charges}", at.stand);
            assert!(ended.outcome != Outcome::NotPaid || charges == 0, "{}", at.stand);
        });
    }
}

#[test]
fn a_killed_process_leaves_a_sale_that_the_next_one_settles() {
    for at in PROVIDERS.iter().filter(|at| at.finds_lost_starts) {
        for step in ["open", "started"] {
            run(async {
                let shop = Shop::open(at).await;
                let till = env!("CARGO_BIN_EXE_e2e-till");
                let mut counter = Counter::start(till, &shop, "order-1");
                loop {
                    let said = counter.hear();
                    assert!(!said.is_empty(), "it ended by itself");
                    if said.starts_with(step) {
                        break;
                    }
                }
                counter.kill();
                // Whoever repeats the call joins the sale, or starts it if there was none.
                let paid = shop.settled(shop.pay("order-1").await.id).await;
                assert_eq!(paid.outcome, Outcome::Paid, "{} at {step}", at.stand);
                assert_eq!(shop.charge_of(paid.id).authorized_minor, 1_330);
                assert_eq!(shop.ledger().prompts.len(), 1, "{} at {step}", at.stand);
            });
        }
    }
}
