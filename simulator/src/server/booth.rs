//! One provider: its fake, its door, what was scripted for it, and what went through.

use serde::{Deserialize, Serialize};
use tillkit_model::wire::{Request, Response};

use super::door::{Door, Entry};
use super::faults::{self, Fault, Loss, Planned};
use super::http::Arrival;
use super::notify::{Outbox, Target};
use crate::fakes::{Customer, Device, Notice, Orders, Provider, Reaction, Step, Trouble};
use crate::judge::{self, Judge, Judged};
use crate::rng::Rng;

/// What the next customer, or their terminal, is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "customer", rename_all = "kebab-case")]
pub enum Wanted {
    /// Taps, and is approved.
    Taps {
        /// How long after the prompt.
        #[serde(default)]
        after_ms: u64,
        /// On top, in minor units.
        #[serde(default)]
        tip_minor: i64,
    },
    /// Taps, and is declined.
    Declines {
        /// How long after the prompt.
        #[serde(default)]
        after_ms: u64,
    },
    /// Walks away.
    WalksAway,
    /// The terminal is offline, and the sale is dropped in silence.
    Offline,
    /// The terminal is offline, shows the sale that much later all the same, and someone taps.
    WakesLate {
        /// After so long.
        after_ms: u64,
    },
}

/// One exchange, as the provider saw it.
#[derive(Debug, Clone, Serialize)]
pub struct Exchanged {
    /// When, on the simulator's clock.
    pub at_ms: u64,
    /// The method.
    pub method: &'static str,
    /// Path and query, below the provider's own.
    pub path: String,
    /// Names and values, without those that hold credentials.
    pub headers: Vec<(String, String)>,
    /// The body that came.
    pub body: String,
    /// The status that was answered.
    pub status: u16,
    /// The body that was answered.
    pub answer: String,
    /// The answer never left.
    pub lost: bool,
}

/// What becomes of one arrival.
pub(super) enum Outcome {
    /// It is answered, after so long.
    Answer { response: Response, after_ms: u64 },
    /// The connection is dropped, after so long.
    Drop { after_ms: u64 },
}

pub(super) struct Booth {
    pub(super) fake: Box<dyn Provider + Send>,
    pub(super) door: Box<dyn Door>,
    pub(super) outbox: Outbox,
    pub(super) wanted: Vec<Wanted>,
    pub(super) plans: Vec<Planned>,
    pub(super) exchanged: Vec<Exchanged>,
    judge: Option<&'static Judge>,
    /// What the provider's published schema says of all that went through.
    pub(super) judged: Judged,
    rng: Rng,
    /// Answers take as long as the provider works on them.
    works: bool,
}

impl Booth {
    pub(super) fn new(name: &str, door: Box<dyn Door>, seed: u64, works: bool) -> Self {
        Self {
            fake: door.fake(),
            door,
            outbox: Outbox::default(),
            wanted: Vec::new(),
            plans: Vec::new(),
            exchanged: Vec::new(),
            judge: judge::of(name),
            judged: Judged::default(),
            rng: Rng::new(seed),
            works,
        }
    }

    /// Lets everything happen that is due, and puts what it tells into the outbox.
    pub(super) fn tick(&mut self, now_ms: u64) {
        for notice in self.fake.tick(now_ms) {
            self.post(&notice, now_ms);
        }
    }

    /// When something happens next by itself.
    pub(super) fn next_ms(&self) -> Option<u64> {
        self.fake.next_ms().into_iter().chain(self.outbox.next_ms()).min()
    }

    /// One request has arrived.
    pub(super) fn handle(&mut self, arrival: &Arrival, now_ms: u64) -> Outcome {
        self.tick(now_ms);
        let request = arrival.request();
        let fault = faults::take(&mut self.plans, |plan| plan.fits(&request));
        if let Some(Fault::Lose { when: Loss::BeforeArrival }) = fault {
            self.note(arrival, &request, None, now_ms);
            return Outcome::Drop { after_ms: 0 };
        }
        let (response, work_ms) = self.work(arrival, &request, fault, now_ms);
        self.judge(&request, &response, fault);
        let lost = matches!(fault, Some(Fault::Lose { when: Loss::AfterWork }));
        self.note(arrival, &request, Some((&response, lost)), now_ms);
        let late_ms = if let Some(Fault::Delay { ms }) = fault { ms } else { 0 };
        let after_ms = work_ms + late_ms;
        if lost { Outcome::Drop { after_ms } } else { Outcome::Answer { response, after_ms } }
    }

    /// What the door itself says, of tokens and to strangers, is no API of the schema's.
    fn judge(&mut self, request: &Request, response: &Response, fault: Option<Fault>) {
        let Some(judge) = self.judge.filter(|_| !request.path.starts_with("/oauth2/")) else {
            return;
        };
        let trouble = fault.map_or(Trouble::None, Fault::trouble);
        let gateway =
            matches!(trouble, Trouble::LoginPage | Trouble::ErrorBefore | Trouble::ErrorAfter);
        self.judged.add(judge.exchange(request, Some(response).filter(|_| !gateway)));
    }

    fn work(
        &mut self,
        arrival: &Arrival,
        request: &Request,
        fault: Option<Fault>,
        now_ms: u64,
    ) -> (Response, u64) {
        match self.door.enter(arrival, now_ms) {
            Entry::Answered(response) => return (response, 0),
            Entry::Admitted => {}
        }
        if let Some(Fault::Repeat) = fault {
            self.handed(request, fault, now_ms);
        }
        let reaction = self.handed(request, fault, now_ms);
        (reaction.response, if self.works { reaction.work_ms } else { 0 })
    }

    /// What nobody scripted goes well.
    fn orders(&mut self, fault: Option<Fault>) -> Orders {
        let customer = self.wanted.first().map_or(PROMPT_AND_TAP, |wanted| wanted.customer());
        Orders {
            trouble: fault.map_or(Trouble::None, Fault::trouble),
            device: Device::Told(customer),
            draws: Rng::new(self.rng.next()),
        }
    }

    /// A script is used up by the request that makes a charge.
    fn handed(&mut self, request: &Request, fault: Option<Fault>, now_ms: u64) -> Reaction {
        let before = self.fake.ledger().charges.len();
        let orders = self.orders(fault);
        let reaction = self.fake.handle(request, now_ms, orders);
        if self.fake.ledger().charges.len() > before && !self.wanted.is_empty() {
            self.wanted.remove(0);
        }
        reaction
    }

    fn post(&mut self, notice: &Notice, now_ms: u64) {
        for target in self.outbox.targets() {
            if let Some(outgoing) = self.door.notification(notice, &target, now_ms) {
                let fault = faults::take(&mut self.plans, |plan| plan.fault.is_of_webhooks());
                self.outbox.put(outgoing, target, fault, now_ms);
            }
        }
    }

    /// Makes something happen to a charge now, whatever was scripted.
    pub(super) fn act(&mut self, charge: &str, step: Step, now_ms: u64) -> bool {
        let Some(place) = self.fake.ledger().place(charge) else { return false };
        let acted = self.fake.act(place, step, now_ms);
        self.tick(now_ms);
        acted
    }

    pub(super) fn notify(&mut self, target: Target) {
        self.outbox.add(target);
    }

    fn note(
        &mut self,
        arrival: &Arrival,
        request: &Request,
        answered: Option<(&Response, bool)>,
        now_ms: u64,
    ) {
        let (status, answer, lost) =
            answered.map_or((0, String::new(), true), |(response, lost)| {
                (response.status, String::from_utf8_lossy(&response.body).into_owned(), lost)
            });
        self.exchanged.push(Exchanged {
            at_ms: now_ms,
            method: request.method.as_str(),
            path: request.path.to_string(),
            headers: arrival.shown_headers(),
            body: String::from_utf8_lossy(&arrival.body).into_owned(),
            status,
            answer,
            lost,
        });
    }
}

/// A customer who stands ready with a card.
const PROMPT_AND_TAP: Customer =
    Customer::told(Some(0), Some((200, Step::Approve { tip_minor: 0 })));

impl Wanted {
    const fn customer(self) -> Customer {
        match self {
            Self::Taps { after_ms, tip_minor } => {
                Customer::told(Some(0), Some((after_ms, Step::Approve { tip_minor })))
            }
            Self::Declines { after_ms } => Customer::told(Some(0), Some((after_ms, Step::Decline))),
            Self::WalksAway => Customer::told(Some(0), None),
            Self::Offline => Customer::told(None, None),
            Self::WakesLate { after_ms } => {
                Customer::told(Some(after_ms), Some((0, Step::Approve { tip_minor: 0 })))
            }
        }
    }
}
