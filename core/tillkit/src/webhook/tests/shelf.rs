//! What is kept for one payment waits for no other.

use std::sync::atomic::{AtomicBool, Ordering};

use tillkit_model::ids::ChargeId;
use tillkit_model::payment::sighting::{Ours, Sighting, Standing};
use tillkit_model::provider::Hint;

use super::recovery::Damage;
use super::*;
use crate::journal::Shelf;
use crate::shell::testing::Watched;

fn hint(payment: PaymentId, charge: &str) -> Hint {
    let sighting = Sighting::bare(ChargeId::parse(charge).unwrap(), Ours::Yes, Standing::Pending);
    Hint { payment: Some(payment), sighting }
}

#[tokio::test]
async fn a_hint_for_a_damaged_payment_is_kept_and_the_next_is_passed_on() {
    let mut journal = MemoryJournal::new();
    let first = till_over(journal.clone(), Arc::new(qonto_wire(|_| "AUTHORIZED")));
    first.connect(qonto_shop("shop-1", SECRET)).await.unwrap();
    let mut sold = Vec::new();
    for reference in ["order-1", "order-2"] {
        let sale = SaleRequest::new("shop-1", Some(TERMINAL), "13.30", "EUR", reference);
        sold.push(first.pay(sale).await.unwrap().id);
    }
    first.close().await.unwrap();
    let damaged = Arc::new(AtomicBool::new(false));
    let bystander = Damage(sold[0], Arc::clone(&damaged));
    let watched = Watched { journal: journal.clone(), bystander };
    let till = till_over(watched, Arc::new(qonto_wire(|_| "AUTHORIZED")));
    till.connect(qonto_shop("shop-1", SECRET)).await.unwrap();
    damaged.store(true, Ordering::SeqCst);
    let now = SystemClock::new(1).now();
    for (payment, charge) in sold.iter().zip(["charge-8", "charge-9"]) {
        journal.keep_hint("shop-1", &hint(*payment, charge), &now).unwrap();
    }
    let kept = async || till.health().await.unwrap().accounts[0].hearing.kept;
    while kept().await == 0 || journal.matched_hints("shop-1").unwrap().len() > 1 {}
    let left = journal.matched_hints("shop-1").unwrap();
    assert_eq!(left[0].hint.payment, Some(sold[0]), "it may yet be heard");
    assert_eq!(kept().await, 1);
}
