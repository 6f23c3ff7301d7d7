//! What tills do with an answer.

use tillkit_model::engine::port::{CancelTruth, Reply};
use tillkit_model::error::{Code, Error};
use tillkit_model::payment::Payment;
use tillkit_model::payment::view::{self, Outcome};

use super::{Job, Task, Visit};
use crate::world::life::World;
use crate::world::story;

/// How often a till looks at a payment whose outcome is not known, in seconds.
const LOOKS_S: [u64; 10] = [10, 30, 60, 300, 900, 3_600, 14_400, 43_200, 86_400, 86_400];
/// How often a call is repeated before a till gives it up.
const TRIES_MAX: u32 = 60;

impl World {
    /// A process answered a caller.
    pub(in crate::world) fn answered(&mut self, task: Task, reply: Result<Reply, Error>) {
        match (task.job, reply) {
            (Job::Connect, Ok(_)) => self.go_on(),
            (Job::Connect, Err(_)) => {}
            (Job::Close, _) => self.closed(task.tries as usize),
            (Job::Hint { place }, Ok(_)) => self.hint_taken(place),
            (Job::Hint { place }, Err(_)) => self.redeliver(place, task.tries),
            (_, Ok(reply)) => self.pleased(task, &reply),
            (_, Err(error)) => self.refused(task, &error),
        }
    }

    fn pleased(&mut self, task: Task, reply: &Reply) {
        self.open_tasks -= 1;
        let (payment, truth) = match reply {
            Reply::Payment { payment, .. } => (payment, None),
            Reply::Cancel { truth, payment } => (payment, Some(*truth)),
            Reply::Done | Reply::HintTaken | Reply::Closed => return,
        };
        let outcome = self.hear(payment);
        self.tell(|| {
            let sale = &payment.sale;
            let truth = truth.map(|truth| format!(" ({})", story::truth(truth)));
            let outcome = outcome.name();
            let truth = truth.unwrap_or_default();
            format!("told: {}/{} is {outcome}{truth}", sale.reference, sale.attempt)
        });
        if let Some(truth) = truth {
            self.check_truth(payment, truth);
        }
        let (Job::Sell { visit }
        | Job::Conflict { visit }
        | Job::Watch { visit }
        | Job::Cancel { visit }
        | Job::Capture { visit, .. }
        | Job::Refund { visit, .. }
        | Job::Person { visit }
        | Job::Answer { visit, .. }) = task.job
        else {
            return;
        };
        self.plan_answer(visit, payment);
        match task.job {
            Job::Conflict { .. } => {
                let words = format!("another amount was taken as {}", payment.sale.reference);
                self.auditor.refused(self.now_ms, words);
            }
            Job::Sell { .. } => {
                self.visits[visit].payment = Some(payment.id);
                self.plan_watch(visit);
            }
            Job::Watch { .. } => self.watched(visit, task.tries, payment, outcome),
            Job::Refund { number, whole, .. } => self.plan_repeat(visit, number, whole, task.tries),
            Job::Answer { accept, .. } => self.plan_other_answer(visit, accept, task.tries),
            _ => {}
        }
    }

    /// What was said goes to the auditor.
    fn hear(&mut self, payment: &Payment) -> Outcome {
        let outcome = view::outcome(payment);
        self.auditor.said(self.now_ms, payment.id, outcome.name());
        let ledger = self.provider.ledger();
        self.auditor.check_said(self.now_ms, payment.id, outcome.name(), ledger);
        outcome
    }

    fn check_truth(&mut self, payment: &Payment, truth: CancelTruth) {
        let outcome = match truth {
            CancelTruth::Cancelled | CancelTruth::AlreadyNotPaid => "not_paid",
            CancelTruth::AlreadyPaid => "paid",
            CancelTruth::TooLate | CancelTruth::NotSupported | CancelTruth::Unknown => return,
        };
        self.auditor.check_said(self.now_ms, payment.id, outcome, self.provider.ledger());
    }

    fn plan_watch(&mut self, visit: usize) {
        if !std::mem::replace(&mut self.visits[visit].planned.watch, true) {
            let wait_ms = self.draws(0x71).between(100, 20_000);
            self.later(wait_ms, Task { job: Job::Watch { visit }, tries: 0 });
        }
    }

    fn watched(&mut self, visit: usize, tries: u32, payment: &Payment, outcome: Outcome) {
        let mut draws = self.draws(0x72);
        match outcome {
            Outcome::Open => {
                let wait_ms = draws.between(500, 10_000);
                self.later(wait_ms, Task { job: Job::Watch { visit }, tries: 0 });
            }
            Outcome::Unknown => {
                self.plan_person(visit, payment);
                if let Some(wait_s) = LOOKS_S.get(tries as usize) {
                    let again = Task { job: Job::Watch { visit }, tries: tries + 1 };
                    self.later(wait_s * 1_000, again);
                }
            }
            Outcome::Paid | Outcome::Held | Outcome::PartPaid => {
                self.plan_money(visit, outcome);
                self.end_visit(visit);
            }
            Outcome::NotPaid => {
                self.plan_attempt(visit);
                self.end_visit(visit);
            }
            Outcome::Returned => self.end_visit(visit),
        }
    }

    fn end_visit(&mut self, visit: usize) {
        if std::mem::replace(&mut self.visits[visit].planned.over, true) {
            return;
        }
        if let Some(next) = self.visits[visit].next {
            self.begin(next, 1_000, false);
        }
    }

    /// Someone is asked, and most look sooner or later.
    fn plan_person(&mut self, visit: usize, payment: &Payment) {
        if !payment.escalated || self.visits[visit].planned.person {
            return;
        }
        self.visits[visit].planned.person = true;
        let mut draws = self.draws(0x73);
        if draws.chance(500) {
            let wait_ms = draws.between(10_000, 14_400_000);
            self.later(wait_ms, Task { job: Job::Person { visit }, tries: 0 });
        }
    }

    fn plan_money(&mut self, visit: usize, outcome: Outcome) {
        if self.visits[visit].planned.money {
            return;
        }
        self.visits[visit].planned.money = true;
        let mut draws = self.draws(0x74);
        let wait_ms = draws.between(500, 90_000);
        if outcome == Outcome::Held {
            let job = match draws.between(0, 3) {
                0 => Job::Cancel { visit },
                _ => Job::Capture { visit, number: 1, share: super::Share::Whole },
            };
            let job = self.in_parts(visit, job, wait_ms);
            self.later(wait_ms, Task { job, tries: 0 });
        }
        if self.adapter.capabilities().refund && draws.chance(400) {
            let whole = draws.chance(500);
            let refund_ms = wait_ms + draws.between(30_000, 120_000);
            let job = Job::Refund { visit, number: 1, whole };
            self.later(refund_ms, Task { job, tries: 0 });
        }
    }

    /// The same refund again, and another one.
    fn plan_repeat(&mut self, visit: usize, number: u32, whole: bool, tries: u32) {
        let mut draws = self.draws(0x75);
        if tries == 0 && draws.chance(300) {
            let wait_ms = draws.between(100, 60_000);
            let job = Job::Refund { visit, number, whole };
            self.later(wait_ms, Task { job, tries: 1 });
        }
        if number == 1 && tries == 0 && !whole && draws.chance(300) {
            let wait_ms = draws.between(1_000, 60_000);
            let job = Job::Refund { visit, number: 2, whole: false };
            self.later(wait_ms, Task { job, tries: 1 });
        }
    }

    fn plan_attempt(&mut self, visit: usize) {
        let again = self.draws(0x76).chance(400);
        let first = &self.visits[visit];
        if !again || first.attempt > 1 || first.planned.over {
            return;
        }
        let next = Visit {
            attempt: 2,
            payment: None,
            clear: Vec::new(),
            barred: false,
            condition: None,
            planned: super::Planned::default(),
            ..first.clone()
        };
        self.visits[visit].next = None;
        self.visits.push(next);
        let place = self.visits.len() - 1;
        self.begin(place, 2_000, false);
    }

    fn refused(&mut self, task: Task, error: &Error) {
        self.open_tasks -= 1;
        let code = error.code;
        let asks = story::asks(task.job, &self.visits);
        let words = format!("{asks}: {} ({})", code.name(), error.message);
        self.tell(|| format!("refused: someone {words}"));
        let expected = self.expects(task, code);
        if !expected {
            self.auditor.refused(self.now_ms, words);
            return;
        }
        let again = match code {
            Code::TerminalBusy => {
                self.look_at_screen(task, error);
                true
            }
            Code::ReferenceUsed => {
                if let (Job::Sell { visit }, Some(payment)) = (task.job, error.payment) {
                    self.visits[visit].payment = Some(payment);
                    self.plan_watch(visit);
                }
                false
            }
            code => is_passing(code),
        };
        if again && task.tries < TRIES_MAX {
            let wait_ms = self.draws(0x77).between(500, 5_000 + u64::from(task.tries) * 2_000);
            self.later(wait_ms, Task { job: task.job, tries: task.tries + 1 });
        }
    }

    /// The cashier looks at the screen, and says so the next time.
    fn look_at_screen(&mut self, task: Task, error: &Error) {
        let looks = self.draws(0x78).chance(500);
        if let (Job::Sell { visit }, Some(other)) = (task.job, error.payment)
            && looks
            && !self.visits[visit].clear.contains(&other)
        {
            self.visits[visit].clear.push(other);
        }
    }

    /// Whether a till may get this error for this at all.
    fn expects(&self, task: Task, code: Code) -> bool {
        let conflict = matches!(task.job, Job::Conflict { .. });
        match code {
            Code::IdempotencyConflict => conflict,
            Code::OperationConflict => matches!(task.job, Job::Answer { .. }),
            Code::ReferenceUsed => matches!(task.job, Job::Sell { .. }) || conflict,
            _ if conflict && self.faultless => false,
            Code::NotOpen
            | Code::NothingToCapture
            | Code::NothingToRefund
            | Code::AmountExceedsRemaining
            | Code::OperationUnresolved => !matches!(task.job, Job::Sell { .. }),
            Code::NotYetResolvable => matches!(task.job, Job::Person { .. }),
            Code::UnknownAccount => true,
            // What the lost part of a journal showed is not known any more.
            Code::InvalidField => matches!(task.job, Job::Answer { .. }) && self.restored,
            Code::UnknownPayment => self.restored,
            Code::JournalRestored => self.restored,
            Code::AttemptOutOfOrder => self.restored,
            Code::TerminalBusy | Code::OutcomeUnknown => {
                matches!(task.job, Job::Sell { .. } | Job::Conflict { .. }) && !self.faultless
            }
            Code::JournalFailed
            | Code::JournalFull
            | Code::LeaseLost
            | Code::Closed
            | Code::RateLimited
            | Code::ProviderUnreachable => !self.faultless || self.quiet,
            _ => false,
        }
    }
}

/// Whether repeating the same call can help.
const fn is_passing(code: Code) -> bool {
    matches!(
        code,
        Code::UnknownAccount
            | Code::OperationUnresolved
            | Code::OutcomeUnknown
            | Code::JournalFailed
            | Code::JournalFull
            | Code::LeaseLost
            | Code::Closed
            | Code::RateLimited
            | Code::ProviderUnreachable
    )
}
