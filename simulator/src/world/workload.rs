//! What tills ask for, and when: sales and their repeats, conflicts, cancels at awkward times,
//! captures, refunds, second attempts, and people who are asked and tell the truth.

mod extras;
mod replies;

use tillkit_model::engine::port::{Call, MoneyCall};
use tillkit_model::ids::{PaymentId, Reference};
use tillkit_model::money::{Currency, Money};
use tillkit_model::payment::event::Word;
use tillkit_model::sale::{Asked, Capture, ItemRequest, SaleRequest};

use super::exhaustive::Deed;
use super::life::{Event, World};
use super::process::{ACCOUNT, Who};
use super::providers;
use super::story;

/// A customer at a till.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The till's own name for the sale.
    pub reference: String,
    /// Which try.
    pub attempt: u32,
    /// At which terminal, where there is one.
    pub terminal: Option<usize>,
    /// How much.
    pub minor: i64,
    /// Captured only when the till says so.
    pub manual: bool,
    /// The till waits for the outcome in one call.
    pub pays: bool,
    /// The customer shows a code.
    pub scan: bool,
    /// A `start_by` longer than usual.
    pub patient: bool,
    /// The customer may pay a part.
    pub part: bool,
    /// The condition that stands before the payment, once a till was told of it.
    pub condition: Option<Box<str>>,
    /// Its payment, once a till was told of it.
    pub payment: Option<PaymentId>,
    /// Payments past which the cashier looked.
    pub clear: Vec<PaymentId>,
    /// What follows when it is over, so that customers of one terminal queue.
    pub next: Option<usize>,
    /// It was sold in a part of the journal that is lost, so nobody sells it again.
    pub barred: bool,
    /// What was planned for it already.
    pub planned: Planned,
}

/// What follows a sale only once.
#[derive(Debug, Clone, Copy, Default)]
pub struct Planned {
    watch: bool,
    money: bool,
    person: bool,
    over: bool,
    answer: bool,
}

/// Something that a till, a person or the host does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// What.
    pub job: Job,
    /// How often it was tried before.
    pub tries: u32,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// The host makes its account known.
    Connect,
    /// The host ends in good order; the number of tries is the process.
    Close,
    /// A webhook is handed over.
    Hint {
        /// Which notice.
        place: usize,
    },
    /// A sale is asked for, again and again until there is an answer.
    Sell {
        /// Whose.
        visit: usize,
    },
    /// The same reference with another amount.
    Conflict {
        /// Whose.
        visit: usize,
    },
    /// The till looks how it stands.
    Watch {
        /// Whose.
        visit: usize,
    },
    /// A cancel is wished.
    Cancel {
        /// Whose.
        visit: usize,
    },
    /// What is held is captured.
    Capture {
        /// Whose.
        visit: usize,
        /// Which capture.
        number: u32,
        /// How much of it.
        share: Share,
    },
    /// Money is given back.
    Refund {
        /// Whose.
        visit: usize,
        /// Which refund.
        number: u32,
        /// All that is left, or a part.
        whole: bool,
    },
    /// A person says what they see.
    Person {
        /// Whose.
        visit: usize,
    },
    /// A condition is accepted or declined.
    Answer {
        /// Whose.
        visit: usize,
        /// Whether it is accepted.
        accept: bool,
    },
}

/// How much a capture takes. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// All that is held.
    Whole,
    /// A part, and more may follow.
    Part,
    /// A part, and nothing follows.
    Last,
}

impl World {
    /// Draws what the tills will ask for.
    pub(super) fn plan_visits(&mut self, short: bool) {
        let mut draws = self.draws(0x61);
        let length_ms = self.quiet_at_ms - self.now_ms;
        let count = if short { 1 } else { draws.between(1, 5) as usize };
        let rush = draws.chance(400);
        for number in 0..count {
            let shop = &self.kind.row().shop;
            let scans = shop.scan.is_some();
            let minor = draws.between(10, 20_000) as i64;
            let manual = self.adapter.capabilities().manual_capture && draws.chance(450);
            let visit = Visit {
                reference: format!("order-{number}"),
                attempt: 1,
                terminal: shop.terminal.map(|_| number % providers::TERMINALS),
                minor,
                manual,
                pays: draws.chance(500),
                scan: scans && if short { self.seed % 2 == 1 } else { draws.chance(600) },
                patient: shop.patient && draws.chance(150),
                part: !manual && self.allows_part(),
                condition: None,
                payment: None,
                clear: Vec::new(),
                next: (self.faultless && number + providers::TERMINALS < count)
                    .then_some(number + providers::TERMINALS),
                barred: false,
                planned: Planned::default(),
            };
            self.visits.push(visit);
            if self.faultless && number >= providers::TERMINALS {
                continue;
            }
            let latest_ms = if short {
                5_000
            } else if rush {
                draws.pick(&[5_000, 40_000, 90_000])
            } else {
                length_ms * 8 / 10
            };
            let at_ms = draws.between(200, latest_ms.max(300));
            self.begin(number, at_ms, short);
        }
    }

    fn begin(&mut self, visit: usize, wait_ms: u64, short: bool) {
        let mut draws = self.draws(0x62);
        self.later(wait_ms, Task { job: Job::Sell { visit }, tries: 0 });
        if short {
            return;
        }
        if draws.chance(300) {
            let again_ms = wait_ms + draws.pick(&[0, 5, 2_000, 20_000]);
            self.later(again_ms, Task { job: Job::Sell { visit }, tries: 0 });
        }
        if draws.chance(80) {
            let conflict_ms = wait_ms + draws.between(100, 60_000);
            self.later(conflict_ms, Task { job: Job::Conflict { visit }, tries: 0 });
        }
        if draws.chance(250) {
            let longest = draws.pick(&[300, 5_000, 40_000, 200_000]);
            let cancel_ms = wait_ms + draws.between(1, longest);
            self.later(cancel_ms, Task { job: Job::Cancel { visit }, tries: 0 });
        }
    }

    /// Something is done after so long.
    pub(super) fn later(&mut self, wait_ms: u64, task: Task) {
        self.open_tasks += 1;
        self.queue.put(self.now_ms + wait_ms, Event::Do(task));
    }

    /// One more record is durable: a till may do what its history says.
    pub(super) fn do_deed(&mut self) {
        self.records += 1;
        let job = match self.deed {
            Some(Deed::Cancel { after }) if after == self.records => Job::Cancel { visit: 0 },
            Some(Deed::Repeat { after }) if after == self.records => Job::Sell { visit: 0 },
            _ => return,
        };
        self.later(0, Task { job, tries: 0 });
    }

    fn over(&mut self) {
        self.open_tasks -= 1;
    }

    /// Does it, at whichever process is up.
    pub(super) fn act(&mut self, task: Task) {
        if let Job::Sell { visit } | Job::Conflict { visit } = task.job
            && self.visits[visit].barred
        {
            self.over();
            return;
        }
        let Some(who) = self.any_process() else {
            match self.next_thaw_ms() {
                Some(at_ms) => self.queue.put(at_ms + 20, Event::Do(task)),
                None => self.waiting.push(task),
            }
            return;
        };
        match self.call_of(task) {
            Some(call) => self.ask_process(who, call, task),
            None if task.tries < 40 => {
                self.over();
                self.later(1_500, Task { job: task.job, tries: task.tries + 1 });
            }
            None => self.over(),
        }
    }

    /// A process is up again: whoever waited for one goes on.
    pub(super) fn go_on(&mut self) {
        for task in std::mem::take(&mut self.waiting) {
            let wait_ms = self.draws(0x63).between(20, 3_000);
            self.queue.put(self.now_ms + wait_ms, Event::Do(task));
        }
    }

    fn ask_process(&mut self, who: Who, call: Call, task: Task) {
        if self.story.is_some() {
            let asks = story::asks(task.job, &self.visits);
            self.tell(|| format!("someone {asks} (p{})", who.process));
        }
        if matches!(task.job, Job::Sell { .. }) {
            self.trouble_token(who.process);
        }
        if let Call::Cancel(payment) = &call {
            self.auditor.cancel_asked(self.now_ms, *payment);
        }
        let ticket = self.call(who, call, task);
        let patience = matches!(task.job, Job::Sell { .. }) && !self.quiet && !self.faultless;
        let mut draws = self.draws(0x64);
        if patience && draws.chance(150) {
            let wait_ms = draws.between(5, 40_000);
            self.queue.put(self.now_ms + wait_ms, Event::GiveUp { who, ticket });
        }
        self.pump(who);
    }

    /// The call that a task makes; none where it must wait for its sale.
    fn call_of(&mut self, task: Task) -> Option<Call> {
        match task.job {
            Job::Connect | Job::Close | Job::Hint { .. } => None,
            Job::Sell { visit } => Some(self.sale_call(visit, 0)),
            Job::Conflict { visit } => {
                self.visits[visit].payment?;
                Some(self.sale_call(visit, 1))
            }
            Job::Watch { visit } => {
                let payment = self.visits[visit].payment?;
                Some(Call::Wait { payment, for_ms: Some(self.patience_ms()) })
            }
            Job::Cancel { visit } => self.visits[visit].payment.map(Call::Cancel),
            Job::Answer { visit, accept } => {
                let payment = self.visits[visit].payment?;
                let condition = self.visits[visit].condition.as_deref()?.to_owned();
                Some(Call::Answer { payment, condition, accept })
            }
            Job::Capture { visit, number, share } => {
                let payment = self.visits[visit].payment?;
                let reference = Reference::parse(&format!("capture-{number}")).ok()?;
                let amount = if share == Share::Whole { None } else { Some(self.part(visit)?) };
                let last = share == Share::Last;
                Some(Call::Capture(MoneyCall { payment, reference, amount, last }))
            }
            Job::Refund { visit, number, whole } => {
                let payment = self.visits[visit].payment?;
                let reference = Reference::parse(&format!("refund-{number}")).ok()?;
                let part = self.part(visit)?;
                let amount = (!whole).then_some(part);
                Some(Call::Refund(MoneyCall { payment, reference, amount, last: false }))
            }
            Job::Person { visit } => {
                let payment = self.visits[visit].payment?;
                let paid = self.took_money(payment);
                let word = if paid { Word::Paid } else { Word::NotPaid };
                let reason = "looked at the terminal and at the provider's own app".to_owned();
                Some(Call::Resolve { payment, word, reason })
            }
        }
    }

    /// A third of what the visit is about.
    fn part(&self, visit: usize) -> Option<Money> {
        let currency = Currency::parse(self.kind.row().shop.currency).ok()?;
        Money::from_minor((self.visits[visit].minor / 3).max(1), currency).ok()
    }

    /// What a person sees who looks.
    fn took_money(&self, payment: PaymentId) -> bool {
        self.provider.ledger().of(payment).any(|charge| charge.holds_money_at(self.now_ms))
    }

    fn sale_call(&self, visit: usize, more_minor: i64) -> Call {
        let visit = &self.visits[visit];
        let shop = &self.kind.row().shop;
        let terminal = visit.terminal.zip(shop.terminal).map(|(number, name)| name(number));
        let mut request =
            SaleRequest::new(ACCOUNT, terminal.as_deref(), "0", shop.currency, &visit.reference);
        request.amount = Asked::Minor(visit.minor + more_minor);
        request.attempt = visit.attempt;
        request.screen_clear.clone_from(&visit.clear);
        if visit.manual {
            request.capture = Capture::Manual;
        }
        request.allow_part = visit.part;
        if let Some(scan) = shop.scan.filter(|_| visit.scan) {
            scan(&mut request);
        }
        if self.adapter.capabilities().items {
            let amount = request.amount.clone();
            request.items = vec![ItemRequest { amount, ..ItemRequest::new("Coffee", "0") }];
        }
        if visit.patient {
            request.start_by_ms = Some(300_000);
            request.settle_by_ms = Some(330_000);
        }
        if visit.pays { Call::Pay(Box::new(request)) } else { Call::Start(Box::new(request)) }
    }
}
