//! What came of a life, once it is over.

use std::collections::BTreeMap;

use tillkit_model::ids::PaymentId;
use tillkit_model::payment::{Payment, view};

use super::{DAWN_MS, Judging, World};
use crate::judge::Judged;
use crate::world::auditor::{End, Ending};
use crate::world::coverage::Coverage;
use crate::world::faults::Fault;
use crate::world::providers::Kind;
use crate::world::verdict::{Cause, Finding};

/// What came of a life.
#[derive(Debug)]
pub struct Report {
    /// The provider.
    pub provider: Kind,
    /// What the auditor found.
    pub findings: Vec<Finding>,
    /// Why payments were left to a person.
    pub left: Vec<Cause>,
    /// How many payments there were.
    pub payments: u64,
    /// How many requests left.
    pub sends: u64,
    /// How often a process died.
    pub kills: u64,
    /// What struck.
    pub struck: Vec<(Fault, u32)>,
    /// How many chances each kind of fault had.
    pub chances: Vec<u32>,
    /// Nothing was made to go wrong.
    pub faultless: bool,
    /// Pairs of stage and fault.
    pub coverage: Coverage,
    /// The worst readings that it played.
    pub readings: Vec<&'static str>,
    /// What published schemas said of it.
    pub judged: Judged,
    /// The story, where it was asked for.
    pub story: Vec<String>,
}

impl World {
    pub(super) fn report(mut self) -> Report {
        let endings = self.endings();
        let end = End {
            now_ms: self.now_ms,
            ledger: self.provider.ledger(),
            surface: self.provider.surface(),
            faultless: self.faultless,
            endings: &endings,
        };
        for complaint in self.provider.complaints() {
            self.auditor.rule_broken(complaint);
        }
        if self.judging == Judging::On {
            for words in &self.judged.violations {
                self.auditor.schema_broken(self.now_ms, words.clone());
            }
        }
        let left = self.auditor.judge(&end);
        for left in &left {
            let (payment, cause) = (left.payment, left.cause);
            self.tell(|| format!("{payment} is left to a person: {}", cause.name()));
        }
        for finding in self.auditor.findings().to_vec() {
            {
                let at_s = finding.at_ms.saturating_sub(DAWN_MS) / 1_000;
                self.tell(|| {
                    format!(
                        "VERDICT at {}:{:02}: {}: {}",
                        at_s / 60,
                        at_s % 60,
                        finding.verdict.name(),
                        finding.words
                    )
                });
            }
        }
        Report {
            provider: self.kind,
            findings: self.auditor.findings().to_vec(),
            left: left.iter().map(|left| left.cause).collect(),
            payments: self.disk.payments().len() as u64,
            sends: self.sends,
            kills: self.kills,
            chances: self.faults.chances().to_vec(),
            struck: self.faults.struck,
            faultless: self.faultless,
            coverage: self.coverage,
            readings: self.readings,
            judged: self.judged,
            story: self.story.unwrap_or_default(),
        }
    }

    /// What the till finally says.
    fn endings(&self) -> BTreeMap<PaymentId, Ending> {
        let ending = |(id, payment): (&PaymentId, &Payment)| {
            let alarms = view::alarms(payment);
            let moves = payment.operations.iter().filter_map(|operation| {
                let reference = operation.reference.as_ref()?.as_str().into();
                Some((reference, progress_word(view::progress(operation))))
            });
            let ending = Ending {
                outcome: view::outcome(payment).name(),
                needs_person: payment.escalated,
                contradiction: alarms.contains(&view::Alarm::Contradiction),
                wrong_amount: alarms.contains(&view::Alarm::WrongAmount),
                charges: payment.charges.keys().cloned().collect(),
                moves: moves.collect(),
            };
            (*id, ending)
        };
        self.disk.payments().iter().map(ending).collect()
    }
}

const fn progress_word(progress: view::Progress) -> &'static str {
    match progress {
        view::Progress::Wished => "wished",
        view::Progress::Unresolved => "unresolved",
        view::Progress::Accepted => "accepted",
        view::Progress::Done => "done",
        view::Progress::Refused => "refused",
    }
}
