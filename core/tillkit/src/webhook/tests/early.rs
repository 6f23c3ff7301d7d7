use super::*;
use crate::journal::{Journal, Options, Shelf};
use crate::shell::entropy::OsEntropy;

/// Waits until nothing is kept any more.
async fn passed_on(journal: &mut dyn Shelf) {
    while journal.newest_hint_wall_ms("shop-1").unwrap().is_some() {
        tokio::task::yield_now().await;
    }
}

async fn overtakes(journal: impl Ledger + Clone + 'static) {
    let mut shelf = journal.clone();
    let till = till_over(journal, Arc::new(qonto_wire(|_| "PENDING")));
    till.connect(qonto_shop("shop-1", SECRET)).await.unwrap();
    let early = qonto(SECRET, 1, &told("n-1", FIRST_CHARGE, None, true));
    let answer = deliver(&till, "shop-1", &early).await;
    assert_eq!((answer.status, answer.heard), (200, Ok(Heard::Kept)));
    let payment = started(&till).await.id;
    passed_on(shelf.shelf()).await;
    assert_eq!(hinted(&till, payment).await, 1);
}

#[tokio::test]
async fn a_notification_that_overtakes_its_payment_is_heard_when_that_is_known() {
    overtakes(MemoryJournal::new()).await;
}

#[tokio::test]
async fn the_same_on_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new(1));
    let options = Options { create: true, ..Options::new(clock) };
    let path = directory.path().join("till.db");
    let opened = Journal::open(path, &options, &mut OsEntropy::new().unwrap()).unwrap();
    overtakes(opened.journal).await;
}

#[tokio::test]
async fn what_was_kept_outlives_the_process() {
    let journal = MemoryJournal::new();
    let first = till_over(journal.clone(), Arc::new(qonto_wire(|_| "PENDING")));
    first.connect(qonto_shop("shop-1", SECRET)).await.unwrap();
    let early = qonto(SECRET, 1, &told("n-1", FIRST_CHARGE, None, true));
    assert_eq!(deliver(&first, "shop-1", &early).await.heard, Ok(Heard::Kept));
    first.close().await.unwrap();
    let second = till_over(journal.clone(), Arc::new(qonto_wire(|_| "PENDING")));
    second.connect(qonto_shop("shop-1", SECRET)).await.unwrap();
    assert_eq!(deliver(&second, "shop-1", &early).await.heard, Ok(Heard::Repeated));
    let payment = started(&second).await.id;
    passed_on(&mut journal.clone()).await;
    assert_eq!(hinted(&second, payment).await, 1);
}
