use std::sync::Mutex;

use tillkit_model::provider::Secret;

use super::*;
use crate::credentials::{NotKept, TokenKeeper};
use crate::journal::Shelf;
use crate::shell::testing::MemoryJournal;
use crate::till::Code;

/// A host's own place.
#[derive(Default)]
struct Host {
    text: Mutex<Option<Secret>>,
    fails: Mutex<bool>,
}

impl TokenKeeper for Host {
    fn kept(&self, account: &str) -> Result<Option<Secret>, NotKept> {
        assert_eq!(account, "shop-1");
        Ok(self.text.lock().unwrap().clone())
    }

    fn keep(&self, _: &str, text: &Secret) -> Result<(), NotKept> {
        if *self.fails.lock().unwrap() {
            return Err(NotKept("no room".to_owned()));
        }
        *self.text.lock().unwrap() = Some(text.clone());
        Ok(())
    }
}

#[tokio::test]
async fn a_newer_pair_that_is_kept_beats_the_argument() {
    let clock = clock();
    let house = House::new(&clock);
    let journal = MemoryJournal::new();
    let brought = house.first_pair();
    let first = till(journal.clone(), &house, &clock);
    first.connect(shop().bringing(brought.clone())).await.unwrap();
    house.asked_times(1).await;
    sells(&first, "order-1").await;
    first.close().await.unwrap();

    house.revoke(false);
    house.kill(0);
    let second = till(journal, &house, &clock);
    second.connect(shop().bringing(brought)).await.unwrap();
    sells(&second, "order-2").await;
    assert!(!house.asked()[1..].contains(&"refresh-0".to_owned()), "{:?}", house.asked());
}

/// A host that brings what it was configured with, and calls it new at each start.
#[tokio::test]
async fn a_host_that_brings_a_spent_pair_as_new_at_each_start_locks_nobody_out() {
    let clock = clock();
    let house = House::new(&clock);
    let journal = MemoryJournal::new();
    for start in 1..=4_usize {
        let open = till(journal.clone(), &house, &clock);
        open.connect(shop().bringing(house.first_pair())).await.unwrap();
        sells(&open, &format!("order-{start}")).await;
        house.asked_times(start).await;
        // Only what was renewed is accepted any more, so it was stored when this sells.
        house.revoke_before(start);
        sells(&open, &format!("order-{start}-again")).await;
        open.close().await.unwrap();
        house.kill(start - 1);
    }
    let asked = house.asked();
    let first = asked.iter().filter(|by| *by == "refresh-0").count();
    assert_eq!(first, 1, "{asked:?}");
}

#[tokio::test]
async fn what_the_journal_keeps_cannot_be_read_in_it() {
    let clock = clock();
    let house = House::new(&clock);
    let mut journal = MemoryJournal::new();
    let open = till(journal.clone(), &house, &clock);
    open.connect(shop().bringing(house.first_pair())).await.unwrap();
    house.asked_times(1).await;
    sells(&open, "order-1").await;
    open.close().await.unwrap();
    let sealed = journal.sealed("shop-1").unwrap().unwrap();
    for clear in ["access", "refresh"] {
        let part = clear.as_bytes();
        assert!(!sealed.bytes.windows(part.len()).any(|bytes| bytes == part));
    }

    let mut assembly = Assembly::new(journal.clone(), house.clone()).unwrap();
    assembly.clock = clock.clone();
    assembly.key = Some(Key::new([9; 32]));
    let wrong = Till::assemble(assembly).unwrap();
    wrong.connect(shop()).await.unwrap();
    let standing = stands(&wrong, |standing| matches!(standing, Standing::Failing(_))).await;
    let Standing::Failing(error) = standing else { panic!("{standing:?}") };
    assert_eq!((error.code, error.field.as_deref()), (Code::InvalidConfiguration, Some("key")));
    assert_eq!(journal.sealed("shop-1").unwrap().unwrap(), sealed, "it is not written over");
}

#[tokio::test]
async fn two_processes_renew_one_after_the_other() {
    let clock = clock();
    let house = House::new(&clock);
    let journal = MemoryJournal::new();
    let (go, later) = tokio::sync::oneshot::channel();
    house.play([house::TokenPlay::Later(later)]);
    let one = till(journal.clone(), &house, &clock);
    let other = till(journal, &house, &clock);
    one.connect(shop().bringing(house.first_pair())).await.unwrap();
    other.connect(shop()).await.unwrap();
    house.asked_times(1).await;
    sells(&other, "order-1").await;
    assert_eq!(house.asked(), ["refresh-0"], "the other waits");
    go.send(()).unwrap();
    house.asked_times(2).await;
    assert_eq!(house.asked(), ["refresh-0", "refresh-1"]);
}

#[tokio::test]
async fn a_host_may_keep_the_tokens_itself() {
    let clock = clock();
    let house = House::new(&clock);
    let host = Arc::new(Host::default());
    let mut journal = MemoryJournal::new();
    let open = till(journal.clone(), &house, &clock);
    open.connect(shop().keeping(host.clone()).bringing(house.first_pair())).await.unwrap();
    house.asked_times(1).await;
    sells(&open, "order-1").await;
    assert!(host.text.lock().unwrap().as_ref().unwrap().expose().contains("refresh-1"));
    assert_eq!(journal.sealed("shop-1").unwrap(), None, "the journal has none of it");
}

#[tokio::test]
async fn a_pair_that_cannot_be_kept_is_used_and_handed_over_later() {
    let clock = clock();
    let house = House::new(&clock);
    let host = Arc::new(Host::default());
    let open = till(MemoryJournal::new(), &house, &clock);
    open.connect(shop().keeping(host.clone()).bringing(house.first_pair())).await.unwrap();
    sells(&open, "order-1").await;
    *host.fails.lock().unwrap() = true;
    house.asked_times(1).await;
    house.revoke(false);
    let kept = || host.text.lock().unwrap().as_ref().unwrap().expose().to_owned();
    assert!(!kept().contains("refresh-1"));
    *host.fails.lock().unwrap() = false;
    while !kept().contains("refresh-1") {
        tokio::task::yield_now().await;
    }
    assert!(kept().contains("refresh-0"), "the one before is not forgotten");
}
