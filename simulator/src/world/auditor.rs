//! The auditor: judges a life by what the fakes really did and by what was recorded, sent and said.
//!
//! It keeps books of its own and shares no code with the model's decisions: it knows the events'
//! names and the words for outcomes, not how one leads to the other.

mod end;
mod holds;
#[cfg(test)]
mod tests;

pub use end::{End, Ending, Left};

use std::collections::{BTreeMap, BTreeSet};

use tillkit_model::ids::{ChargeId, OperationId, PaymentId};
use tillkit_model::payment::Driver;
use tillkit_model::payment::event::{Event, Word};
use tillkit_model::time::BootId;

use super::clock::Machine;
use super::verdict::{Finding, Verdict};
use crate::fakes::Complaint;
use crate::fakes::ledger::Ledger;

/// After a hand-over a request arrives within this time, or never.
pub const HORIZON_MS: u64 = 55_000;
/// How long a permit that was in hand may go on being valid after a wish by another process.
const PERMIT_MS: u64 = 90_000;
/// How long a lease lasts.
const LEASE_MS: u64 = 15_000;

/// How far back an acknowledged journal has to be made up for: payments that were last written to
/// so long before.
const LOOK_BACK_MS: u64 = 3 * 24 * 3_600_000;

/// The auditor's books.
#[derive(Debug, Default)]
pub struct Auditor {
    files: BTreeMap<PaymentId, File>,
    leases: BTreeMap<Driver, u64>,
    hints_taken: BTreeSet<ChargeId>,
    /// Since when the journal lacks records that it once had.
    restored_at_ms: Option<u64>,
    acknowledged_at_ms: Option<u64>,
    findings: Vec<Finding>,
}

/// What the auditor knows of one payment.
#[derive(Debug)]
struct File {
    /// Reference and attempt: one intent, one charge.
    intent: (Box<str>, u32),
    asked_minor: i64,
    created_ms: u64,
    written_ms: u64,
    boot: BootId,
    start_by_ms: u64,
    start: OperationId,
    driver: Driver,
    /// How many sends were recorded for each operation.
    permits: BTreeMap<OperationId, u32>,
    /// Sends of the start that were recorded although a cancel had been wished.
    permitted_after_wish: BTreeSet<u32>,
    polls_permitted: bool,
    wished_ms: Option<u64>,
    said: BTreeMap<&'static str, (u64, u64)>,
    words: Vec<(Word, u64)>,
    /// The answers to conditions that the till gave, and when each was first recorded.
    answers: BTreeMap<bool, u64>,
    /// Captures and refunds by the till's own name: whether a person spoke on it.
    moves: BTreeMap<Box<str>, Wished>,
    /// When a till first asked to cancel.
    cancel_asked_ms: Option<u64>,
    /// A wish to let go of what captures left is on record.
    release_wished: bool,
}

impl File {
    /// No send of its start was ever recorded, so there was none.
    fn is_unsent(&self) -> bool {
        !self.permits.contains_key(&self.start)
    }
}

/// A capture or refund that the till asked for.
#[derive(Debug)]
struct Wished {
    operation: OperationId,
    refund: bool,
    minor: i64,
    /// A capture after which nothing more is taken.
    last: bool,
    at_ms: u64,
    spoken: Option<bool>,
}

/// A request that may move money, as it is handed over.
#[derive(Debug, Clone, Copy)]
pub struct Departure {
    /// Of which payment.
    pub payment: PaymentId,
    /// The operation and which of its sends; none for a poll that may pay.
    pub send: Option<(OperationId, u32)>,
    /// In which boot.
    pub boot: BootId,
}

impl Auditor {
    /// What was found so far.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// A published schema was broken.
    pub(super) fn schema_broken(&mut self, at_ms: u64, words: String) {
        self.find(Verdict::SchemaBroken, at_ms, words);
    }

    fn find(&mut self, verdict: Verdict, at_ms: u64, words: String) {
        self.findings.push(Finding { verdict, at_ms, words });
    }

    /// Events became durable.
    pub fn durable(&mut self, now_ms: u64, machine: &Machine, id: PaymentId, events: &[Event]) {
        for event in events {
            if let Event::Created { sale, at, times, start, driver, .. } = event {
                let file = File {
                    intent: (sale.reference.as_str().into(), sale.attempt),
                    asked_minor: sale.amount.minor(),
                    created_ms: machine.true_ms(at).unwrap_or(now_ms),
                    written_ms: now_ms,
                    boot: at.boot,
                    start_by_ms: times.start_by_ms,
                    start: *start,
                    driver: *driver,
                    permits: BTreeMap::new(),
                    permitted_after_wish: BTreeSet::new(),
                    polls_permitted: false,
                    wished_ms: None,
                    said: BTreeMap::new(),
                    words: Vec::new(),
                    answers: BTreeMap::new(),
                    moves: BTreeMap::new(),
                    cancel_asked_ms: None,
                    release_wished: false,
                };
                self.files.insert(id, file);
            }
            self.happened(now_ms, id, event);
        }
    }

    fn happened(&mut self, now_ms: u64, id: PaymentId, event: &Event) {
        let Some(file) = self.files.get_mut(&id) else { return };
        file.written_ms = now_ms;
        match event {
            Event::Permitted { operation, driver, .. } => {
                let number = file.permits.entry(*operation).or_default();
                *number += 1;
                if file.wished_ms.is_some() && *operation == file.start {
                    file.permitted_after_wish.insert(*number);
                }
                self.needs_lease(now_ms, id, *driver);
            }
            Event::PollsPermitted { driver, .. } => {
                file.polls_permitted = true;
                self.needs_lease(now_ms, id, *driver);
            }
            Event::CancelWished { .. } => {
                file.wished_ms.get_or_insert(now_ms);
            }
            Event::TakenOver { driver, .. } => {
                let before = std::mem::replace(&mut file.driver, *driver);
                let beat = self.leases.get(&before).copied();
                let another = before.process != driver.process;
                if another && beat.is_some_and(|beat| now_ms < beat + LEASE_MS) {
                    let words = format!("{id} was taken from a process that held its lease");
                    self.find(Verdict::TwoDrivers, now_ms, words);
                }
            }
            Event::ReleaseWished { .. } => file.release_wished = true,
            Event::OperationWished { kind, operation, reference, amount, last, .. } => {
                let refund = *kind == tillkit_model::payment::OperationKind::Refund;
                let wished = Wished {
                    operation: *operation,
                    refund,
                    minor: amount.minor(),
                    last: *last,
                    at_ms: now_ms,
                    spoken: None,
                };
                file.moves.insert(reference.as_str().into(), wished);
            }
            Event::AnswerWished { accept, .. } => {
                file.answers.entry(*accept).or_insert(now_ms);
            }
            Event::Resolved { word, .. } => file.words.push((*word, now_ms)),
            Event::OperationResolved { operation, took_effect, .. } => {
                let named = file.moves.values_mut().find(|wished| wished.operation == *operation);
                if let Some(wished) = named {
                    wished.spoken = Some(*took_effect);
                }
            }
            _ => {}
        }
    }

    fn needs_lease(&mut self, now_ms: u64, id: PaymentId, driver: Driver) {
        let held = self.leases.get(&driver).is_some_and(|beat| now_ms <= beat + LEASE_MS);
        if !held {
            let words = format!("a permit for {id} was recorded by a process whose lease was over");
            self.find(Verdict::TwoDrivers, now_ms, words);
        }
    }

    /// A lease was given out.
    pub fn lease_given(&mut self, now_ms: u64, driver: Driver) {
        self.leases.insert(driver, now_ms);
    }

    /// A lease was prolonged; one that is over stays over, whatever anyone says.
    pub fn lease_prolonged(&mut self, now_ms: u64, driver: Driver) {
        if let Some(beat) = self.leases.get_mut(&driver).filter(|beat| now_ms <= **beat + LEASE_MS)
        {
            *beat = now_ms;
        }
    }

    /// A lease was given back.
    pub fn lease_released(&mut self, driver: Driver) {
        self.leases.remove(&driver);
    }

    /// The journal went back in time, and records are missing, those of hints among them; whoever
    /// held a lease is dead.
    pub fn journal_restored(&mut self, now_ms: u64) {
        self.hints_taken.clear();
        self.leases.clear();
        self.restored_at_ms.get_or_insert(now_ms);
    }

    /// A person acknowledged that: what is sold from now on is sold on a journal of its own.
    pub fn journal_acknowledged(&mut self, now_ms: u64) {
        self.acknowledged_at_ms = Some(now_ms);
    }

    /// Whether a sale of this reference and attempt was ever recorded.
    #[must_use]
    pub fn knows(&self, reference: &str, attempt: u32) -> bool {
        self.files.values().any(|file| &*file.intent.0 == reference && file.intent.1 == attempt)
    }

    /// A hint was taken in.
    pub fn hint_taken(&mut self, charge: ChargeId) {
        self.hints_taken.insert(charge);
    }

    /// Whether that operation is the start of that payment.
    #[must_use]
    pub fn is_start(&self, payment: PaymentId, operation: OperationId) -> bool {
        self.files.get(&payment).is_some_and(|file| file.start == operation)
    }

    /// A request that may move money was handed over.
    pub fn left(&mut self, now_ms: u64, departure: Departure) {
        let Departure { payment: id, send, boot } = departure;
        let Some(file) = self.files.get(&id) else {
            return self.find(Verdict::SentWithoutRecord, now_ms, format!("{id} has no record"));
        };
        let recorded = match send {
            Some((operation, number)) => {
                file.permits.get(&operation).is_some_and(|count| *count >= number)
            }
            None => file.polls_permitted,
        };
        let start = send.is_none_or(|(operation, _)| operation == file.start);
        let late = now_ms > file.created_ms + file.start_by_ms;
        let wished = send.is_some_and(|(_, number)| file.permitted_after_wish.contains(&number));
        let rebooted = file.boot != boot;
        let sold_anew = self.acknowledged_at_ms.is_some_and(|at| file.created_ms >= at);
        if !recorded {
            self.find(Verdict::SentWithoutRecord, now_ms, format!("a send of {id} has no record"));
        }
        if start && (late || wished || rebooted) {
            let why = if late {
                "after start_by"
            } else if wished {
                "after a cancel was wished"
            } else {
                "after a reboot"
            };
            self.find(Verdict::PromptOutOfTime, now_ms, format!("{id} was started {why}"));
        }
        if start && self.restored_at_ms.is_some() && !sold_anew {
            self.find(Verdict::SoldOnRestored, now_ms, format!("{id} was started"));
        }
    }

    /// A permit was asked for although its process had been told that nothing can be sent.
    pub fn permitted_in_vain(&mut self, now_ms: u64, id: PaymentId) {
        let words = format!("a permit for {id} was used up while there was no token");
        self.find(Verdict::PermitInVain, now_ms, words);
    }

    /// A look that was called harmless showed the sale to a customer.
    pub fn harmless_look_sold(&mut self, now_ms: u64, path: &str) {
        let words = format!("{path} was to move nothing, and asked for money");
        self.find(Verdict::PromptOutOfTime, now_ms, words);
    }

    /// An outcome was told to a caller, or recorded for lists.
    pub fn said(&mut self, now_ms: u64, id: PaymentId, outcome: &'static str) {
        let Some(file) = self.files.get_mut(&id) else { return };
        let times = file.said.entry(outcome).or_insert((now_ms, now_ms));
        times.1 = now_ms;
    }

    /// Checks one statement against the ledger, as soon as it is made.
    pub fn check_said(&mut self, now_ms: u64, id: PaymentId, outcome: &str, ledger: &Ledger) {
        let Some(file) = self.files.get(&id) else { return };
        let word = file.words.last().map(|(word, _)| *word);
        let held = ledger.of(id).any(|charge| charge.holds_money_at(now_ms));
        let taken = ledger.of(id).any(|charge| charge.taken_at_ms.is_some());
        let given_back = ledger.of(id).any(|charge| {
            charge.reversed_at_ms.is_some() || charge.moves.iter().any(|step| step.refund)
        });
        let verdict = match outcome {
            "not_paid" if held && word.is_none() => Verdict::FalseNotPaid,
            "paid" | "held" | "part_paid" if !taken && word != Some(Word::Paid) => {
                Verdict::FalsePaid
            }
            "returned" if !given_back && word != Some(Word::Paid) => Verdict::FalsePaid,
            _ => return,
        };
        self.find(verdict, now_ms, format!("\"{outcome}\" was said of {id}"));
    }

    /// A caller was refused where nothing stood in the way.
    pub fn refused(&mut self, now_ms: u64, words: String) {
        self.find(Verdict::RefusedInVain, now_ms, words);
    }

    /// A caller of a living process was not answered in time.
    pub fn left_hanging(&mut self, now_ms: u64, words: String) {
        self.find(Verdict::LeftHanging, now_ms, words);
    }

    /// The provider's guide asks for something else. What a till left undone is no fault if its
    /// journal had gone back in time before it was due and nobody has acknowledged that: until then
    /// it reads, and sends nothing that changes anything.
    pub fn rule_broken(&mut self, complaint: &Complaint) {
        let Complaint { at_ms, words, left_undone } = complaint;
        let in_time = |due_ms: u64| self.restored_at_ms.is_some_and(|since| since <= due_ms);
        let restored = left_undone.is_some_and(in_time);
        let acknowledged = self.acknowledged_at_ms.is_some_and(|since| since <= *at_ms);
        if !restored || acknowledged {
            self.find(Verdict::RuleBroken, *at_ms, words.clone());
        }
    }

    /// A charge was recorded as this payment's own.
    pub fn adopted(&mut self, now_ms: u64, id: PaymentId, charge: &ChargeId, ledger: &Ledger) {
        let theirs = ledger.place(charge.as_str()).map(|place| ledger.charges[place].payment);
        if theirs.is_some_and(|owner| owner != Some(id)) {
            self.find(Verdict::StrangerAdopted, now_ms, format!("{id} took {charge} for its own"));
        }
    }
}
