//! What a person does with a journal while no till is open on it, step by step.

use std::sync::Arc;

use tillkit::journal::{Journal, Opened, Options};
use tillkit::shell::entropy::OsEntropy;
use tillkit_model::engine::opening::Opening;
use tillkit_model::engine::store::Failure;
use tillkit_model::time::Clock;

use super::journal::Group;
use super::say;
use crate::clock::ShopClock;
use crate::halt::Halts;
use crate::word::{Brief, Keep, Report};

/// Opens the journal, does it, and tells; the process may die at any of its steps.
pub fn keep(brief: Brief, keep: &Keep) {
    let clock = Arc::new(ShopClock::following(brief.dial));
    let halts = Arc::new(Halts::at(brief.halt));
    let group = Group::new(&halts);
    let options = Options { fault: Some(group.fault()), ..Options::new(clock.clone()) };
    let opened = Journal::open(&brief.journal, &options, &mut OsEntropy::new().unwrap());
    let Opened { journal, opening } = opened.expect("a journal opens, whoever died over it");
    group.is_about(keep.name());
    halts.pass(keep.name(), "before");
    let told = done(&journal, keep, &clock);
    halts.pass(keep.name(), "after");
    let report = journal.check().unwrap();
    if told.is_err() || !report.faults.is_empty() {
        return say(&Report::Failed(format!("{keep:?}: {told:?}, {report:?}")));
    }
    let restored = matches!(opening, Opening::Restored(_));
    say(&Report::Kept { restored, tombstones: report.tombstones });
}

fn done(journal: &Journal, keep: &Keep, clock: &ShopClock) -> Result<(), Failure> {
    let now = clock.now();
    match keep {
        Keep::Acknowledge => {
            let mut entropy = OsEntropy::new().unwrap();
            journal.acknowledge("compared by hand", &now, &mut entropy).map(drop)
        }
        Keep::Prune => journal.prune(i64::MAX, &now, summary).map(drop),
        Keep::Copy(to) => journal.copy(to),
    }
}

fn summary(payment: &tillkit_model::payment::Payment) -> String {
    serde_json::to_string(&tillkit_model::payment::summary::summary(payment, false)).unwrap()
}
