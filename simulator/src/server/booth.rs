//! One provider: its fake, its door, what was scripted for it, and what went through.

use serde::{Deserialize, Serialize};
use tillkit_model::ids::PaymentId;
use tillkit_model::wire::{Request, Response};

use super::door::{Door, Entry};
use super::faults::{self, Fault, Loss, Planned};
use super::hands::{Deed, Hand};
use super::http::Arrival;
use super::masks;
use super::notify::{Delivery, Outbox, Target};
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

/// One exchange, as the provider saw it. Secrets are masked.
#[derive(Debug, Clone, Serialize)]
pub struct Exchanged {
    /// When, on the simulator's clock.
    pub at_ms: u64,
    /// It was the provider that asked: a notification.
    pub told: bool,
    /// The method.
    pub method: &'static str,
    /// Path and query, below the provider's own; of a notification the whole address.
    pub path: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body that came.
    pub body: String,
    /// The status that was answered; 0 where nothing was.
    pub status: u16,
    /// Names and values of the answer.
    pub answer_headers: Vec<(String, String)>,
    /// The body that was answered.
    pub answer: String,
    /// How long the answer took, on the simulator's clock.
    pub after_ms: u64,
    /// The answer never left.
    pub lost: bool,
    /// Whose payment it was about, where it names one that is known here.
    pub payment: Option<PaymentId>,
}

/// What a receiver of notifications answered.
pub(super) struct Told {
    /// 0 where nobody did.
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    pub(super) after_ms: u64,
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
    pub(super) hand: Option<Hand>,
    judge: Option<&'static Judge>,
    /// What the provider's published schema says of all that went through.
    pub(super) judged: Judged,
    rng: Rng,
    /// Answers take as long as the provider works on them.
    works: bool,
    /// How far ahead its clock is, as the `Date` of its answers tells.
    pub(super) date_ahead_ms: i64,
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
            hand: None,
            judge: judge::of(name),
            judged: Judged::default(),
            rng: Rng::new(seed),
            works,
            date_ahead_ms: 0,
        }
    }

    /// Lets everything happen that is due, and puts what it tells into the outbox.
    pub(super) fn tick(&mut self, now_ms: u64) {
        for notice in self.fake.tick(now_ms) {
            self.post(&notice, now_ms);
        }
        self.look(now_ms);
    }

    /// The terminal in a person's hands sees what became of its sales.
    fn look(&mut self, now_ms: u64) {
        let Some(hand) = &mut self.hand else { return };
        if let Some(place) = hand.look(self.fake.ledger(), now_ms) {
            self.fake.put_condition(place);
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
            self.note(arrival, &request, None, now_ms, 0);
            return Outcome::Drop { after_ms: 0 };
        }
        let (response, work_ms) = self.work(arrival, &request, fault, now_ms);
        self.judge(&request, &response, fault);
        self.look(now_ms);
        let lost = matches!(fault, Some(Fault::Lose { when: Loss::AfterWork }));
        let late_ms = if let Some(Fault::Delay { ms }) = fault { ms } else { 0 };
        let after_ms = work_ms + late_ms;
        self.note(arrival, &request, Some((&response, lost)), now_ms, after_ms);
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

    /// What nobody scripted goes well, but for a terminal that a person holds.
    fn orders(&mut self, held: Option<Customer>, fault: Option<Fault>) -> Orders {
        let scripted = || self.wanted.first().map_or(PROMPT_AND_TAP, |wanted| wanted.customer());
        let customer = held.unwrap_or_else(scripted);
        Orders {
            trouble: fault.map_or(Trouble::None, Fault::trouble),
            device: Device::Told(customer),
            draws: Rng::new(self.rng.next()),
        }
    }

    /// A script is used up by the request that makes a charge.
    fn handed(&mut self, request: &Request, fault: Option<Fault>, now_ms: u64) -> Reaction {
        let before = self.fake.ledger().charges.len();
        let held = self.hand.as_ref().filter(|hand| hand.is_meant(request)).map(Hand::customer);
        let orders = self.orders(held, fault);
        let reaction = self.fake.handle(request, now_ms, orders);
        let made = self.fake.ledger().charges.len() > before;
        if made && held.is_none() && !self.wanted.is_empty() {
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

    /// A person takes this terminal in hand.
    pub(super) fn hold(&mut self, terminal: String) {
        self.hand = Some(Hand::new(terminal, self.fake.ledger()));
    }

    /// They do something with it.
    pub(super) fn do_by_hand(&mut self, deed: Deed, now_ms: u64) -> Result<(), &'static str> {
        let hand = self.hand.as_mut().ok_or("nobody holds a terminal of this provider")?;
        hand.act(deed, self.fake.as_mut(), now_ms)?;
        self.tick(now_ms);
        Ok(())
    }

    pub(super) fn notify(&mut self, target: Target) {
        self.outbox.add(target);
    }

    /// A notification was delivered, or was not.
    pub(super) fn note_told(&mut self, delivery: &Delivery, answered: &Told, at_ms: u64) {
        let Delivery { outgoing, target, .. } = delivery;
        let body = String::from_utf8_lossy(&outgoing.body);
        let address = format!("{}{}", target.url, outgoing.query);
        self.exchanged.push(Exchanged {
            at_ms,
            told: true,
            method: outgoing.method,
            headers: masks::headers(&outgoing.headers),
            status: answered.status,
            answer_headers: Vec::new(),
            answer: masks::body(&answered.body),
            after_ms: answered.after_ms,
            lost: answered.status == 0,
            payment: self.payment_in(&[&address, &body]),
            path: masks::target(&address),
            body: masks::body(&outgoing.body),
        });
    }

    /// The newest payment that is named in one of these texts, by its own id or its charge's.
    fn payment_in(&self, texts: &[&str]) -> Option<PaymentId> {
        let names = |id: &str| texts.iter().any(|text| text.contains(id));
        let charges = self.fake.ledger().charges.iter().rev();
        charges.filter_map(|charge| Some((charge.payment?, charge.id.as_str()))).find_map(
            |(payment, charge)| {
                // Dintero's session and transaction are one number under two words.
                let transaction = charge.replace(".session", ".payment");
                let named = names(charge) || names(&transaction) || names(&payment.to_string());
                named.then_some(payment)
            },
        )
    }

    fn note(
        &mut self,
        arrival: &Arrival,
        request: &Request,
        answered: Option<(&Response, bool)>,
        at_ms: u64,
        after_ms: u64,
    ) {
        let headers = |response: &Response| {
            let pairs = response.headers.iter();
            masks::headers(
                &pairs
                    .map(|(name, value)| (name.to_string(), value.to_string()))
                    .collect::<Vec<_>>(),
            )
        };
        let response = answered.map(|(response, _)| response);
        self.exchanged.push(Exchanged {
            at_ms,
            told: false,
            method: request.method.as_str(),
            path: masks::target(&request.path),
            headers: masks::headers(&arrival.headers),
            body: masks::body(&arrival.body),
            status: response.map_or(0, |response| response.status),
            answer_headers: response.map(headers).unwrap_or_default(),
            answer: response.map(|response| masks::body(&response.body)).unwrap_or_default(),
            after_ms,
            lost: answered.is_none_or(|(_, lost)| lost),
            payment: self.payment_in(&[&request.path, request.body.as_deref().unwrap_or_default()]),
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
