use super::*;
use crate::shell::testing::MemoryJournal;
use crate::till::Code;
use house::TokenPlay;

#[tokio::test]
async fn a_token_is_renewed_before_it_dies_and_sales_go_on() {
    let clock = clock();
    let house = House::new(&clock);
    let till = till(MemoryJournal::new(), &house, &clock);
    till.connect(shop().bringing(house.first_pair())).await.unwrap();
    sells(&till, "order-1").await;
    house.asked_times(2).await;
    sells(&till, "order-2").await;
    assert_eq!(house.asked()[..2], ["refresh-0", "refresh-1"]);
}

#[tokio::test]
async fn a_sale_without_consent_burns_no_permit_and_goes_on_with_it() {
    let clock = clock();
    let house = House::new(&clock);
    let till = till(MemoryJournal::new(), &house, &clock);
    till.connect(shop()).await.unwrap();
    stands(&till, |standing| *standing == Standing::NeedsAuthorize).await;
    let started = till.start(sale("order-1")).await.unwrap();
    assert_eq!(started.outcome, Outcome::Open);
    let names = |entries: Vec<crate::till::Entry>| entries.len();
    assert_eq!(names(till.timeline(started.id).await.unwrap()), 1, "recorded, and not permitted");

    let consent = till.authorize("shop-1", "https://shop.example/back").unwrap();
    assert!(consent.url.ends_with(&consent.state), "{consent:?}");
    let stranger = till.authorized("shop-1", &consent, "another", "code-1").await.unwrap_err();
    assert_eq!(stranger.field.as_deref(), Some("state"));
    assert!(house.asked().is_empty(), "its code was not even tried");
    till.authorized("shop-1", &consent, &consent.state, "code-1").await.unwrap();
    assert_eq!(health(&till).await.standing, Standing::Ready);
    let paid = till.wait(started.id, None).await.unwrap();
    assert_eq!(paid.outcome, Outcome::Paid);
}

#[tokio::test]
async fn a_wrong_code_is_told_and_changes_nothing() {
    let clock = clock();
    let house = House::new(&clock);
    let till = till(MemoryJournal::new(), &house, &clock);
    till.connect(shop().bringing(house.first_pair())).await.unwrap();
    let consent = till.authorize("shop-1", "https://shop.example/back").unwrap();
    assert!(till.authorized("shop-1", &consent, &consent.state, "code-9").await.is_err());
    sells(&till, "order-1").await;
}

#[tokio::test]
async fn a_payment_that_is_taken_for_a_strangers_brings_another_token() {
    let clock = clock();
    let house = House::new(&clock);
    let till = till(MemoryJournal::new(), &house, &clock);
    let brought = house.first_pair();
    // Not young any more, and long before it is renewed by itself.
    let asked_at = tillkit_model::time::Moment {
        wall_ms: brought.asked_at.wall_ms - 70_000,
        boot_ms: brought.asked_at.boot_ms - 70_000,
        ..brought.asked_at
    };
    let brought = tillkit_model::provider::Kept { asked_at, ..brought };
    house.play([TokenPlay::Unsent]);
    till.connect(shop().bringing(brought)).await.unwrap();
    house.revoke(false);
    sells(&till, "order-1").await;
    let sent = latest(&till, "order-1").await.unwrap();
    let permitted = till.timeline(sent.id).await.unwrap();
    let permits = permitted.iter().filter(|entry| format!("{entry:?}").contains("permitted"));
    assert!(permits.count() <= 3, "{permitted:?}");
}

#[tokio::test]
async fn a_consent_that_was_taken_back_is_told_by_health() {
    let clock = clock();
    let house = House::new(&clock);
    let till = till(MemoryJournal::new(), &house, &clock);
    till.connect(shop().bringing(house.first_pair())).await.unwrap();
    stands(&till, |standing| *standing == Standing::Ready).await;
    house.revoke(true);
    stands(&till, |standing| *standing == Standing::NeedsAuthorize).await;
    assert!(health(&till).await.missing_scopes.is_empty());
}

#[tokio::test]
async fn a_spent_token_in_memory_alone_is_refused() {
    let clock = clock();
    let house = House::new(&clock);
    let mut assembly = Assembly::new(MemoryJournal::new(), house.clone()).unwrap();
    assembly.clock = clock;
    let till = Till::assemble(assembly).unwrap();
    let error = till.connect(shop().bringing(house.first_pair())).await.unwrap_err();
    let named = (error.code, error.field.as_deref(), error.rule.as_deref());
    let expected = (Code::InvalidConfiguration, Some("key"), Some("tokens-outlive-the-process"));
    assert_eq!(named, expected);
    assert!(till.health().await.unwrap().accounts.is_empty());
}
