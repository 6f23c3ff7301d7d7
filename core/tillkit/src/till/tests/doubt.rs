use std::sync::Arc;

use tillkit_model::wire::Method;

use super::{Shop, sale};
use crate::shell::testing::approving_qonto;
use crate::till::{Code, Outcome, Word};
use crate::transport::{Play, Scripted};

/// Qonto, but the first so many answers to a push are lost on the way back.
fn losing(lost: usize) -> Scripted {
    let mut qonto = crate::shell::testing::qonto_script(|_| "AUTHORIZED");
    let mut kept: Option<Play> = None;
    let mut pushes = 0_usize;
    Scripted::new(move |departure| {
        if departure.request().method == Method::Get {
            return qonto(departure);
        }
        pushes = pushes.saturating_add(1);
        // The same key makes the same payment: what was made first is what is shown later.
        let made = kept.take().unwrap_or_else(|| qonto(departure));
        if pushes > lost {
            return made;
        }
        kept = Some(made);
        Play::Lose
    })
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_once_more_with_the_same_bytes() {
    let shop = Shop::open(losing(1)).await;
    let paid = shop.till.pay(sale("order-1")).await.unwrap();
    assert_eq!(paid.outcome, Outcome::Paid);
    assert_eq!(shop.equal_pushes(), 2);
}

#[tokio::test]
async fn what_cannot_be_known_is_unknown_until_a_person_says() {
    let shop = Shop::open(losing(usize::MAX)).await;
    let started = shop.till.start(sale("order-1")).await.unwrap();
    assert_eq!(started.outcome, Outcome::Open);
    let early = shop.till.resolve(started.id, Word::Paid, "the slip is here").await;
    assert_eq!(early.unwrap_err().code, Code::NotYetResolvable);
    let busy = shop.till.pay(sale("order-2")).await.unwrap_err();
    assert_eq!((busy.code, busy.payment), (Code::TerminalBusy, Some(started.id)));

    let unknown = shop.till.pay(sale("order-1")).await.unwrap();
    assert_eq!((unknown.outcome, unknown.id), (Outcome::Unknown, started.id));
    assert_eq!(shop.equal_pushes(), 2, "one replay and no more");
    let unsaid = shop.till.resolve(started.id, Word::Paid, " ").await.unwrap_err();
    assert_eq!(unsaid.field.as_deref(), Some("reason"), "a word is kept with its reason");
    let resolved = shop.till.resolve(started.id, Word::Paid, "the slip is here").await.unwrap();
    assert_eq!(resolved.outcome, Outcome::Paid);
    let entries = shop.till.timeline(started.id).await.unwrap();
    let told: Vec<&str> = entries.iter().map(|entry| entry.sentence.as_str()).collect();
    assert!(told[0].contains("order-1") && told[0].contains(super::TERMINAL), "{told:?}");
    assert!(told.iter().any(|text| text.contains("may have run")), "{told:?}");
    let last = entries.last().unwrap();
    assert_eq!(last.sentence, "A person says that it was paid.");
    assert_eq!(last.details, [("reason", "the slip is here".to_owned())]);
}

#[tokio::test]
async fn a_request_that_never_left_is_sent_again() {
    let mut qonto = crate::shell::testing::qonto_script(|_| "AUTHORIZED");
    let mut refused = false;
    let shop = Shop::open(Scripted::new(move |departure| {
        if !std::mem::replace(&mut refused, true) {
            return Play::Refuse;
        }
        qonto(departure)
    }))
    .await;
    assert_eq!(shop.till.pay(sale("order-1")).await.unwrap().outcome, Outcome::Paid);
    assert_eq!(shop.equal_pushes(), 1);
}

#[tokio::test]
async fn a_sale_whose_answer_is_late_is_open_to_others_who_ask_for_it() {
    let shop = Shop::open(approving_qonto()).await;
    let till = Arc::new(shop.till);
    let first = till.start(sale("order-1")).await.unwrap();
    let second = till.start(sale("order-1")).await.unwrap();
    assert_eq!(first.id, second.id);
    assert!(second.replayed);
}
