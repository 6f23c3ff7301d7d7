//! A process that ends in the middle of a renewal, just before and just after each of its steps.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use tillkit_model::engine::store::{Failure, FailureKind};

use super::*;
use crate::journal::{Fault, Journal, Options, Point};
use crate::shell::entropy::OsEntropy;
use crate::shell::testing::MemoryJournal;
use house::TokenPlay;

fn journal(path: &Path, clock: &Arc<dyn Clock>, fault: Option<Fault>) -> Journal {
    let options = Options { create: !path.exists(), fault, ..Options::new(clock.clone()) };
    Journal::open(path, &options, &mut OsEntropy::new().unwrap()).unwrap().journal
}

/// The second process is there within the minute in which a spent refresh token is accepted.
async fn goes_on(till: &Till) {
    till.connect(shop()).await.unwrap();
    stands(till, |standing| *standing == Standing::Ready).await;
    sells(till, "order-2").await;
}

#[tokio::test]
async fn just_before_the_request() {
    let clock = clock();
    let house = House::new(&clock);
    let memory = MemoryJournal::new();
    let first = till(memory.clone(), &house, &clock);
    house.play([TokenPlay::Unsent]);
    first.connect(shop().bringing(house.first_pair())).await.unwrap();
    house.asked_times(1).await;
    drop(first);
    let second = till(memory, &house, &clock);
    goes_on(&second).await;
    house.asked_times(2).await;
    assert_eq!(house.asked()[..2], ["unsent refresh-0", "refresh-0"]);
}

#[tokio::test]
async fn just_after_the_request() {
    let clock = clock();
    let house = House::new(&clock);
    let memory = MemoryJournal::new();
    let first = till(memory.clone(), &house, &clock);
    let (_never, later) = tokio::sync::oneshot::channel();
    house.play([TokenPlay::Later(later)]);
    first.connect(shop().bringing(house.first_pair())).await.unwrap();
    house.asked_times(1).await;
    drop(first);
    // It held the claim: it lapses soon enough, and the spent token is accepted once more.
    let second = till(memory, &house, &clock);
    goes_on(&second).await;
    house.asked_times(2).await;
    assert_eq!(house.asked()[..2], ["refresh-0", "refresh-0"]);
}

/// Lets the renewed pair's journal fail at a point, and ends the process there.
async fn at(point: Point) -> Vec<String> {
    let clock = clock();
    let house = House::new(&clock);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("till.db");
    let broken = Arc::new(AtomicBool::new(false));
    let breaks = broken.clone();
    let fault: Fault = Arc::new(move |reached| {
        let fails = reached == point && breaks.load(Ordering::SeqCst);
        let detail = "the process ends here".to_owned();
        fails.then_some(Failure { kind: FailureKind::Other, detail })
    });
    let first = till(journal(&path, &clock, Some(fault)), &house, &clock);
    let (go, later) = tokio::sync::oneshot::channel();
    house.play([TokenPlay::Later(later)]);
    first.connect(shop().bringing(house.first_pair())).await.unwrap();
    house.asked_times(1).await;
    // The request is on its way; from here on nothing becomes durable, or nobody hears of it.
    broken.store(true, Ordering::SeqCst);
    go.send(()).unwrap();
    stands(&first, |standing| *standing == Standing::Ready).await;
    drop(first);
    let second = till(journal(&path, &clock, None), &house, &clock);
    goes_on(&second).await;
    house.asked()
}

#[tokio::test]
async fn just_before_the_pair_is_stored() {
    let asked = at(Point::BeforeCommit).await;
    assert!(asked.iter().all(|by| by.starts_with("refresh-")), "{asked:?}");
}

#[tokio::test]
async fn just_after_the_pair_is_stored() {
    let asked = at(Point::AfterCommit).await;
    assert!(asked.iter().all(|by| by.starts_with("refresh-")), "{asked:?}");
}

#[tokio::test]
async fn the_losers_pair_is_kept_and_serves_when_the_winners_dies() {
    let clock = clock();
    let house = House::new(&clock);
    let memory = MemoryJournal::new();
    let (slow, other) = (till(memory.clone(), &house, &clock), till(memory, &house, &clock));
    let (go, later) = tokio::sync::oneshot::channel();
    house.play([TokenPlay::Later(later)]);
    slow.connect(shop().bringing(house.first_pair())).await.unwrap();
    house.asked_times(1).await;
    // Its claim lapses while it sleeps, and another process renews with the same token.
    other.connect(shop()).await.unwrap();
    house.asked_times(2).await;
    assert_eq!(house.asked(), ["refresh-0", "refresh-0"]);
    go.send(()).unwrap();
    sells(&slow, "order-1").await;
    // The provider goes on with the loser's pair alone.
    house.kill(2);
    house.asked_times(4).await;
    assert!(house.asked().contains(&"refresh-1".to_owned()), "{:?}", house.asked());
    sells(&other, "order-2").await;
}
