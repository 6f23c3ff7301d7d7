use std::sync::Arc;

use tillkit_model::ids::Reference;
use tillkit_model::time::Clock;

use super::{Shop, approving_of, fast_clock, sale, shop, till_over};
use crate::journal::{Journal, Options};
use crate::shell::entropy::OsEntropy;
use crate::shell::testing::{MemoryJournal, approving_qonto, qonto};
use crate::till::{Assembly, Code, Open, Outcome, Role, Till};

#[tokio::test]
async fn closing_hands_over_and_tells_those_who_wait() {
    let directory = tempfile::tempdir().unwrap();
    let open = |create| {
        let clock: Arc<dyn Clock> = fast_clock();
        let options = Options { create, ..Options::new(clock) };
        let path = directory.path().join("till.db");
        Journal::open(path, &options, &mut OsEntropy::new().unwrap()).unwrap().journal
    };
    let (first, _) = till_over(open(true), qonto(|_| "PENDING"));
    first.connect(shop("org-1")).await.unwrap();
    let started = first.start(sale("order-1")).await.unwrap();
    let (waited, closed) = tokio::join!(first.wait(started.id, None), first.close());
    closed.unwrap();
    let error = waited.unwrap_err();
    assert_eq!((error.code, error.payment), (Code::Closed, Some(started.id)));
    assert_eq!(first.pay(sale("order-2")).await.unwrap_err().code, Code::Closed);
    drop(first);

    let (second, wire) = till_over(open(false), approving_of(started.charges[0].as_str()));
    second.connect(shop("org-1")).await.unwrap();
    let paid = second.wait(started.id, None).await.unwrap();
    assert_eq!(paid.outcome, Outcome::Paid);
    assert!(wire.handed().iter().all(|one| !one.request.may_move_money), "it was only read");
    let again = second.pay(sale("order-1")).await.unwrap();
    assert_eq!((again.id, again.replayed), (started.id, true));
    let order = Reference::parse("order-1").unwrap();
    let found = second.payment_by_reference("shop-1", &order).await.unwrap();
    assert_eq!(found.unwrap().id, started.id);
}

#[tokio::test]
async fn a_restored_journal_sells_nothing_until_a_person_says_so() {
    let journal = MemoryJournal::new();
    journal.store().restore();
    let mut assembly = Assembly::new(journal, Arc::new(approving_qonto())).unwrap();
    assembly.role = Role::Restored;
    let till = Till::assemble(assembly).unwrap();
    till.connect(shop("org-1")).await.unwrap();
    assert_eq!(till.health().await.unwrap().role, Role::Restored);
    assert_eq!(till.pay(sale("order-1")).await.unwrap_err().code, Code::JournalRestored);
    let unsaid = till.acknowledge(" ").await.unwrap_err();
    assert_eq!((unsaid.code, unsaid.field.as_deref()), (Code::InvalidField, Some("reason")));
    assert_eq!(till.pay(sale("order-1")).await.unwrap_err().code, Code::JournalRestored);

    assert_eq!(till.acknowledge("the disk was replaced").await, Ok(true));
    assert_eq!(till.health().await.unwrap().role, Role::Drives);
    assert_eq!(till.pay(sale("order-1")).await.unwrap().outcome, Outcome::Paid);
    assert_eq!(till.acknowledge("once more").await, Ok(false));
}

#[tokio::test]
async fn an_observer_looks_and_sells_nothing() {
    let first = Shop::open(approving_qonto()).await;
    let paid = first.till.pay(sale("order-1")).await.unwrap();
    let mut assembly = Assembly::new(first.journal.clone(), Arc::new(approving_qonto())).unwrap();
    assembly.role = Role::Observes;
    let observer = Till::assemble(assembly).unwrap();
    observer.connect(shop("org-1")).await.unwrap();
    assert_eq!(observer.payment(paid.id).await.unwrap().unwrap().outcome, Outcome::Paid);
    let error = observer.pay(sale("order-2")).await.unwrap_err();
    assert_eq!(error.code, Code::InvalidConfiguration);
    observer.close().await.unwrap();
}

#[tokio::test]
async fn an_observer_who_acknowledges_goes_on_looking_and_others_sell_again() {
    let journal = MemoryJournal::new();
    journal.store().restore();
    let open = |role| {
        let mut assembly = Assembly::new(journal.clone(), Arc::new(approving_qonto())).unwrap();
        assembly.role = role;
        Till::assemble(assembly).unwrap()
    };
    let (observer, shut) = (open(Role::Observes), open(Role::Restored));
    observer.connect(shop("org-1")).await.unwrap();
    shut.connect(shop("org-1")).await.unwrap();

    assert_eq!(observer.acknowledge("the disk was replaced").await, Ok(true));
    assert_eq!(observer.health().await.unwrap().role, Role::Observes);
    let error = observer.pay(sale("order-1")).await.unwrap_err();
    assert_eq!(error.code, Code::InvalidConfiguration);

    assert_eq!(shut.acknowledge("said at the other till").await, Ok(true));
    assert_eq!(shut.pay(sale("order-1")).await.unwrap().outcome, Outcome::Paid);
}

#[tokio::test]
async fn a_file_is_made_only_when_that_was_said() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("till.db");
    let absent = Till::open(&path, Open::default()).map(|_| ()).unwrap_err();
    assert_eq!(
        (absent.code, absent.field.as_deref()),
        (Code::InvalidConfiguration, Some("create"))
    );
    assert!(!path.exists());
    let till = Till::open(&path, Open { create: true, ..Open::default() }).unwrap();
    assert_eq!(till.health().await.unwrap().role, Role::Drives);
    till.close().await.unwrap();
    drop(till);
    let till = Till::open(&path, Open::default()).unwrap();
    assert_eq!(till.health().await.unwrap().unsettled, 0);
    till.close().await.unwrap();
    drop(till);

    std::fs::remove_file(directory.path().join("till.db.mark")).unwrap();
    let till = Till::open(&path, Open::default()).unwrap();
    assert_eq!(till.health().await.unwrap().role, Role::Restored);
    assert_eq!(till.acknowledge("the mark was lost").await, Ok(true));
    assert_eq!(till.health().await.unwrap().role, Role::Drives);
}
