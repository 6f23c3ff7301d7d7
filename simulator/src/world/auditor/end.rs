//! The judgement at the end of a life: what was so, beside what the till says.

use std::collections::{BTreeMap, BTreeSet};

use tillkit_model::ids::{ChargeId, PaymentId};
use tillkit_model::payment::event::Word;

use super::{Auditor, File, HORIZON_MS, LOOK_BACK_MS, PERMIT_MS};
use crate::fakes::Surface;
use crate::fakes::ledger::{Charge, Ledger, Standing};
use crate::world::verdict::{Cause, Verdict};

/// What the auditor is shown at the end.
#[derive(Debug)]
pub struct End<'a> {
    /// The end.
    pub now_ms: u64,
    /// What the provider really did.
    pub ledger: &'a Ledger,
    /// What a careful reader can learn from it.
    pub surface: Surface,
    /// Nothing was made to go wrong in this life.
    pub faultless: bool,
    /// What the till finally says of each payment that its journal holds.
    pub endings: &'a BTreeMap<PaymentId, Ending>,
}

/// What the till finally says of one payment.
#[derive(Debug, Clone, Default)]
pub struct Ending {
    /// The outcome's word.
    pub outcome: &'static str,
    /// A person was asked.
    pub needs_person: bool,
    /// It raises the alarm that sources contradict.
    pub contradiction: bool,
    /// It raises the alarm that something disagrees with what was asked.
    pub wrong_amount: bool,
    /// The provider's ids that it knows.
    pub charges: Vec<ChargeId>,
    /// What it says of each capture and refund, by the till's own name.
    pub moves: BTreeMap<Box<str>, &'static str>,
}

/// A payment that was left to a person, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Which.
    pub payment: PaymentId,
    /// Why.
    pub cause: Cause,
}

impl Auditor {
    /// Judges the whole life, and says what was left to a person.
    pub fn judge(&mut self, end: &End<'_>) -> Vec<Left> {
        self.charges_per_intent(end);
        self.moves_once(end);
        self.refunds_as_asked(end);
        self.prompts_in_time(end);
        self.nothing_unsent_was_shown(end);
        self.answers_as_given(end);
        self.not_paid_was_true(end);
        self.holds_as_said(end);
        let mut found = Vec::new();
        let mut left = Vec::new();
        for (id, file) in &self.files {
            let Some(ending) = end.endings.get(id) else { continue };
            let case = Case { auditor: self, end, id: *id, file, ending };
            left.extend(case.outcome(&mut found).map(|cause| Left { payment: *id, cause }));
            case.agreement(&mut found);
            left.extend(case.moves(&mut found).map(|cause| Left { payment: *id, cause }));
        }
        for (verdict, words) in found {
            self.find(verdict, end.now_ms, words);
        }
        if end.faultless && !left.is_empty() {
            let words = format!("{} payments", left.len());
            self.find(Verdict::LeftToPersonInVain, end.now_ms, words);
        }
        left
    }

    fn charges_per_intent(&mut self, end: &End<'_>) {
        let mut taken: BTreeMap<&(Box<str>, u32), u32> = BTreeMap::new();
        for charge in end.ledger.charges.iter().filter(|charge| charge.taken_at_ms.is_some()) {
            if let Some(file) = charge.payment.and_then(|id| self.files.get(&id)) {
                *taken.entry(&file.intent).or_default() += 1;
            }
        }
        let twice = taken.into_iter().filter(|(_, count)| *count > 1);
        let twice: Vec<String> = twice
            .map(|((reference, attempt), count)| format!("{count} for {reference}/{attempt}"))
            .collect();
        for words in twice {
            self.find(Verdict::DoubleCharge, end.now_ms, words);
        }
    }

    fn moves_once(&mut self, end: &End<'_>) {
        for charge in &end.ledger.charges {
            for (place, step) in charge.moves.iter().enumerate() {
                let same = |other: &&crate::fakes::ledger::Move| {
                    other.refund == step.refund && other.reference == step.reference
                };
                if charge.moves[..place].iter().any(|other| same(&other)) {
                    let words = format!("{} on {}", step.reference, charge.id);
                    self.find(Verdict::DoubleMove, end.now_ms, words);
                }
            }
        }
    }

    /// However it is named, no more goes back than was asked for.
    fn refunds_as_asked(&mut self, end: &End<'_>) {
        let mut found = Vec::new();
        for (id, file) in &self.files {
            let refunds = file.moves.values().filter(|wished| wished.refund);
            let asked: i64 = refunds.map(|wished| wished.minor).sum();
            let moves = end.ledger.of(*id).flat_map(|charge| &charge.moves);
            let given: i64 = moves.filter(|step| step.refund).map(|step| step.minor).sum();
            if given > asked {
                found.push(format!("{given} of {id} went back, and {asked} was asked for"));
            }
        }
        for words in found {
            self.find(Verdict::DoubleMove, end.now_ms, words);
        }
    }

    fn prompts_in_time(&mut self, end: &End<'_>) {
        for prompt in &end.ledger.prompts {
            let known = prompt.payment.and_then(|id| self.files.get(&id).map(|file| (id, file)));
            let Some((id, file)) = known else { continue };
            let by_time = file.created_ms + file.start_by_ms + HORIZON_MS;
            let by_wish = file.wished_ms.map_or(u64::MAX, |at| at + PERMIT_MS + HORIZON_MS);
            if prompt.at_ms > by_time.min(by_wish) {
                let words = format!("{id} was shown too late");
                self.find(Verdict::PromptOutOfTime, prompt.at_ms, words);
            }
        }
    }

    /// What was never permitted to be sent is nowhere at the provider.
    fn nothing_unsent_was_shown(&mut self, end: &End<'_>) {
        let prompts = end.ledger.prompts.iter().map(|prompt| prompt.payment);
        let charges = end.ledger.charges.iter().map(|charge| charge.payment);
        let there: BTreeSet<PaymentId> = prompts.chain(charges).flatten().collect();
        let unsent = there.into_iter().filter(|id| self.files.get(id).is_some_and(File::is_unsent));
        for id in unsent.collect::<Vec<_>>() {
            let words = format!("{id} is at the provider, and no send of it was recorded");
            self.find(Verdict::SentWithoutRecord, end.now_ms, words);
        }
    }

    /// A condition is answered as the till said, and not long after a cancel was wished.
    fn answers_as_given(&mut self, end: &End<'_>) {
        for answer in &end.ledger.answers {
            let known = answer.payment.and_then(|id| self.files.get(&id).map(|file| (id, file)));
            let Some((id, file)) = known else { continue };
            let recorded_ms = file.answers.get(&answer.accept);
            let given = recorded_ms.is_some_and(|recorded_ms| *recorded_ms <= answer.at_ms);
            let by_wish = file.wished_ms.map_or(u64::MAX, |at| at + PERMIT_MS + HORIZON_MS);
            if !given {
                let words = format!("a condition of {id} was answered otherwise");
                self.find(Verdict::SentWithoutRecord, answer.at_ms, words);
            } else if answer.at_ms > by_wish {
                let words = format!("a condition of {id} was answered after a cancel was wished");
                self.find(Verdict::PromptOutOfTime, answer.at_ms, words);
            }
        }
    }

    /// Whoever says *not paid* must know that no money can come any more.
    fn not_paid_was_true(&mut self, end: &End<'_>) {
        let mut found = Vec::new();
        for (id, file) in &self.files {
            let Some((first_ms, _)) = file.said.get("not_paid") else { continue };
            let by_word = file.words.iter().any(|(_, at)| at <= first_ms);
            let later = |charge: &Charge| charge.taken_at_ms.is_some_and(|at| at > *first_ms);
            if !by_word && end.ledger.of(*id).any(later) {
                found.push((*first_ms, format!("{id} was charged after \"not_paid\" was said")));
            }
        }
        for (at_ms, words) in found {
            self.find(Verdict::FalseNotPaid, at_ms, words);
        }
    }
}

/// One payment beside its ending.
struct Case<'a> {
    auditor: &'a Auditor,
    end: &'a End<'a>,
    id: PaymentId,
    file: &'a File,
    ending: &'a Ending,
}

type Found = Vec<(Verdict, String)>;

impl Case<'_> {
    fn ours(&self) -> impl Iterator<Item = &Charge> {
        self.end.ledger.of(self.id)
    }

    fn is_known(&self, charge: &Charge) -> bool {
        self.ending.charges.contains(&charge.id) || self.auditor.hints_taken.contains(&charge.id)
    }

    /// Charges of which the provider's readable surface tells.
    fn visible(&self) -> impl Iterator<Item = &Charge> {
        self.ours().filter(|charge| self.end.surface.list || self.is_known(charge))
    }

    fn is_decided(&self, charge: &Charge) -> bool {
        let expired = charge.standing == Standing::Expired && self.end.surface.expiry_is_final;
        charge.standing.is_decided() || expired
    }

    fn outcome(&self, found: &mut Found) -> Option<Cause> {
        let Self { id, ending, .. } = self;
        let unknown = matches!(ending.outcome, "open" | "unknown");
        let spoken = self.file.words.last().map(|(word, _)| *word);
        if !unknown && spoken.is_none() {
            return None;
        }
        let decided = self.visible().any(|charge| self.is_decided(charge));
        let absent = self.end.surface.absence_proves && self.ours().next().is_none();
        let tells = unknown && spoken.is_none() && (decided || absent);
        if self.is_forgiven() || self.auditor.restored_at_ms.is_some() && !tells {
            return Some(Cause::Restored);
        }
        if let Some(word) = spoken {
            self.contradiction(word, found);
            return Some(if decided { Cause::SpokenBefore } else { self.cause() });
        }
        if decided || absent {
            found.push((Verdict::LostOutcome, format!("{id}: {}", ending.outcome)));
            return None;
        }
        if self.file.is_unsent() {
            found.push((Verdict::LostOutcome, format!("{id}: {} though unsent", ending.outcome)));
            return None;
        }
        if ending.outcome == "open" || !ending.needs_person {
            found.push((Verdict::StillOpen, format!("{id}: {}", ending.outcome)));
            return None;
        }
        Some(self.cause())
    }

    /// Whether the journal may lack for good what became of it: records are missing, and nobody has
    /// acknowledged that, or it was out of reach by then.
    fn is_forgiven(&self) -> bool {
        let Some(restored_ms) = self.auditor.restored_at_ms else { return false };
        let in_reach = self.file.written_ms + LOOK_BACK_MS >= restored_ms;
        self.auditor.acknowledged_at_ms.is_none() || !in_reach
    }

    fn cause(&self) -> Cause {
        if self.visible().next().is_some() {
            Cause::UndecidedThere
        } else if self.end.surface.list {
            Cause::NoTraceNoProof
        } else {
            Cause::IdNeverLearned
        }
    }

    /// A fact outranks a person's word, and the till must say that they differ.
    fn contradiction(&self, word: Word, found: &mut Found) {
        let mut known = self.ours().filter(|charge| self.is_known(charge));
        let taken = known.any(|charge| charge.holds_money_at(self.end.now_ms));
        let paid = matches!(self.ending.outcome, "paid" | "held" | "part_paid" | "returned");
        if word == Word::NotPaid && taken && !(paid && self.ending.contradiction) {
            let words = format!("{}: \"{}\" stands after a charge", self.id, self.ending.outcome);
            found.push((Verdict::ContradictionHidden, words));
        }
    }

    /// Amounts and reversals of a payment that is settled.
    fn agreement(&self, found: &mut Found) {
        let agrees = self.ours().all(|charge| charge.asked_minor == self.file.asked_minor);
        if self.ending.wrong_amount && agrees {
            found.push((Verdict::TipMistaken, format!("{} raises an alarm", self.id)));
        }
        let paid = matches!(self.ending.outcome, "paid" | "held" | "part_paid");
        let goods: i64 =
            self.ours().filter(|it| it.taken_at_ms.is_some()).map(Charge::goods_minor).sum();
        let known = self.ours().all(|charge| self.is_known(charge));
        let whole = goods >= self.file.asked_minor;
        if paid
            && self.file.words.is_empty()
            && known
            && whole == (self.ending.outcome == "part_paid")
        {
            found.push((Verdict::FalsePaid, format!("{} is {}", self.id, self.ending.outcome)));
        }
        let undone = self.ours().next().is_some()
            && self.ours().all(|charge| charge.reversed_at_ms.is_some());
        let given_back = self.ours().next().is_some()
            && self.ours().all(|charge| {
                charge.captured_minor > 0 && charge.returned_minor() >= charge.captured_minor
            });
        let judged = paid && self.file.words.is_empty() && !self.is_forgiven();
        if judged && undone {
            found.push((Verdict::LostOutcome, format!("{} was undone", self.id)));
        }
        if judged && known && given_back {
            found.push((Verdict::LostOutcome, format!("{} was given back", self.id)));
        }
    }

    fn is_over(&self) -> bool {
        matches!(self.ending.outcome, "not_paid" | "returned")
    }

    fn moves(&self, found: &mut Found) -> Option<Cause> {
        let mut left = None;
        for (reference, wished) in &self.file.moves {
            let ran = self.visible().any(|charge| {
                let mut moves = charge.moves.iter();
                let key = wished.operation.to_string();
                moves.any(|step| {
                    // Where a provider takes no reference, its record names our key.
                    let named = step.reference == *reference || *step.reference == *key;
                    step.refund == wished.refund && named
                })
            });
            // What was approved and never captured is given back by undoing it.
            let undone = wished.refund && self.ours().any(|charge| charge.reversed_at_ms.is_some());
            let said = self.ending.moves.get(reference).copied().unwrap_or("forgotten");
            let words = || format!("{reference} of {}: {said}", self.id);
            match said {
                "done" if !ran && !undone && wished.spoken != Some(true) => {
                    found.push((Verdict::FalsePaid, words()));
                }
                "refused" if ran && wished.spoken != Some(false) => {
                    found.push((Verdict::FalseNotPaid, words()));
                }
                "done" | "refused" => {}
                // It never ran, and there is nothing left that it could be done to.
                "wished" if !ran && self.is_over() => {}
                _ if self.is_forgiven() => left = Some(Cause::Restored),
                "unresolved" | "accepted" if ran => found.push((Verdict::LostOutcome, words())),
                "unresolved" | "accepted" | "forgotten"
                    if self.auditor.restored_at_ms.is_some() =>
                {
                    left = Some(Cause::Restored);
                }
                "unresolved" | "accepted" => left = Some(Cause::OperationWithoutTrace),
                _ => found.push((Verdict::StillOpen, words())),
            }
        }
        left
    }
}
