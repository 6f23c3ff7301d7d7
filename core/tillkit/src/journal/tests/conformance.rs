//! What every store promises, promised by the file.

use tillkit_model::engine::conformance::{Maker, conformance_tests};
use tillkit_model::engine::opening::{Opening, Why};
use tillkit_model::engine::store::Store;

use super::desk::Desk;

struct Sqlite(Desk);

impl Maker for Sqlite {
    fn fresh(&mut self) -> Box<dyn Store> {
        Box::new(self.0.created())
    }

    fn reopened(&mut self, store: Box<dyn Store>) -> Box<dyn Store> {
        drop(store);
        let (journal, opening) = self.0.reopened();
        assert_eq!(opening, Opening::Agreed);
        Box::new(journal)
    }

    fn restored(&mut self, fill: &mut dyn FnMut(&mut dyn Store)) -> Box<dyn Store> {
        let mut store = self.fresh();
        fill(&mut *store);
        drop(store);
        std::fs::remove_file(self.0.mark()).unwrap();
        let (journal, opening) = self.0.reopened();
        assert_eq!(opening, Opening::Restored(Why::NoMark));
        Box::new(journal)
    }
}

conformance_tests!(Sqlite(Desk::new()));
