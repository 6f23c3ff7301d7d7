use super::*;
use crate::engine::conformance::samples::*;
use crate::engine::conformance::{Maker, append, driver};
use crate::engine::opening::{Opening, Why, opening};

struct Memory;

impl Maker for Memory {
    fn fresh(&mut self) -> Box<dyn Store> {
        Box::new(empty())
    }

    fn reopened(&mut self, store: Box<dyn Store>) -> Box<dyn Store> {
        store
    }

    fn restored(&mut self, fill: &mut dyn FnMut(&mut dyn Store)) -> Box<dyn Store> {
        let mut store = empty();
        fill(&mut store);
        store.restore();
        Box::new(store)
    }
}

crate::engine::conformance::conformance_tests!(Memory);

fn empty() -> MemoryStore {
    MemoryStore::new(InstallationId::from_bytes([1; 16]))
}

/// A journal with one started payment.
fn one_payment() -> (MemoryStore, Driver) {
    let mut store = empty();
    let driver = driver(&mut store);
    append(&mut store, started(1, driver)).unwrap();
    (store, driver)
}

fn opened(store: &MemoryStore, mark: &Mark) -> Opening {
    opening(Some(&store.head(Some(mark))), Some(mark), false)
}

#[test]
fn a_journal_agrees_with_its_mark_and_with_an_earlier_one() {
    let (mut store, driver) = one_payment();
    let earlier = store.mark();
    assert_eq!(opened(&store, &earlier), Opening::Agreed);
    append(&mut store, seen(1, 2, driver)).unwrap();
    assert_eq!(opened(&store, &earlier), Opening::Agreed, "killed before the mark was synced");
    assert_eq!(opened(&store, &store.mark()), Opening::Agreed);
    assert_eq!(opened(&store, &empty().mark()), Opening::Agreed, "the mark of the empty journal");
}

#[test]
fn a_backup_is_behind_the_mark() {
    let (mut store, driver) = one_payment();
    let backup = store.clone();
    append(&mut store, seen(1, 2, driver)).unwrap();
    assert_eq!(opened(&backup, &store.mark()), Opening::Restored(Why::Behind));
}

#[test]
fn a_backup_that_went_on_tells_another_story() {
    let (mut store, driver) = one_payment();
    let mut backup = store.clone();
    append(&mut store, started(2, driver)).unwrap();
    append(&mut backup, started(3, driver)).unwrap();
    append(&mut backup, seen(3, 2, driver)).unwrap();
    assert_eq!(opened(&backup, &store.mark()), Opening::Restored(Why::Forked));
}

#[test]
fn restored_lasts_until_a_person_acknowledges_it() {
    let (mut store, driver) = one_payment();
    let stranger = Mark { installation: InstallationId::from_bytes([9; 16]), ..store.mark() };
    assert_eq!(opened(&store, &stranger), Opening::Restored(Why::Stranger));
    store.restore();
    assert_eq!(opened(&store, &store.mark()), Opening::Restored(Why::Unacknowledged));
    store.acknowledge(InstallationId::from_bytes([2; 16]), &moment(0));
    assert_eq!(opened(&store, &store.mark()), Opening::Agreed);
    // The acknowledgement itself is the third record: what is lost may have gone on.
    append(&mut store, permitted(1, 3, driver)).unwrap();
}

#[test]
fn what_came_to_rest_shortly_before_a_journals_end_is_looked_at_again() {
    let (mut store, driver) = one_payment();
    for (n, rested_ms) in [(2, 0), (3, 1), (4, history::LOOK_BACK_MS + 1)] {
        append(&mut store, started(n, driver)).unwrap();
        let mut end = paid(n, 2, driver);
        if let [Event::Observed { at, .. }] = &mut end.events[..] {
            *at = moment(rested_ms);
        }
        append(&mut store, end).unwrap();
    }
    store.acknowledge(InstallationId::from_bytes([2; 16]), &moment(9 * history::LOOK_BACK_MS));
    let lost = |n| matches!(store.events(payment(n)).last(), Some(Event::HistoryLost { .. }));
    assert_eq!([1, 2, 3, 4].map(lost), [true, false, true, true]);
}

#[test]
fn one_record_is_written_for_each_event() {
    let (store, _) = one_payment();
    assert_eq!(store.records(), 2);
    assert_eq!(store.events(payment(1)).len(), 2);
    assert_eq!(store.events(payment(2)), []);
    assert_eq!(store.rows().map(|(id, _)| id).collect::<Vec<_>>(), [payment(1)]);
}
