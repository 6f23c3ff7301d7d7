//! A provider whose whole protocol is single words: the path says what is asked, the body what
//! came.

use super::harness::CODE;
use crate::ids::ChargeId;
use crate::money::Money;
use crate::payment::details::{Condition, ConditionStatus, Details};
use crate::payment::event::{Again, Answer, Reason};
use crate::payment::manners::Manners;
use crate::payment::sighting::{NotTaken, Ours, SeenOperation, Sighting, Standing};
use crate::payment::{Operation, Payment};
use crate::provider::{Adapter, CODE_PLACEHOLDER, Capabilities, Presence, Reading};
use crate::sale::{Fault, Sale};
use crate::wire::{Exchange, Method, Request, SendFailure};

/// How a list says that it goes on.
const AND_MORE: &str = ", and more";

/// The provider.
pub struct Words {
    pub manners: Manners,
    /// Whether its reads may pay.
    pub paying_reads: bool,
}

const CAPABILITIES: Capabilities = Capabilities {
    terminal: Presence::Required,
    currencies: &["EUR"],
    amount_min_minor: None,
    amount_max_minor: None,
    metadata_bytes_max: Some(1_000),
    manual_capture: true,
    part_payment: true,
    cancel: true,
    refund: true,
    partial_capture: true,
    partial_refund: true,
    scanned_code: true,
    ..Capabilities::BARE
};

impl Words {
    fn request(path: String, moves: bool) -> Request {
        Request {
            method: if moves { Method::Post } else { Method::Get },
            path: path.into(),
            headers: Vec::new(),
            body: None,
            may_move_money: moves,
            timeout_ms: 10_000,
            fresh_connection: false,
        }
    }

    fn answer(payment: &Payment, exchange: &Exchange) -> Answer {
        match exchange {
            Err(SendFailure::NotSent { .. }) => Answer::NotExecuted {
                again: Again::After { ms: 1_000 },
                reason: Reason::code("unsent"),
            },
            Err(SendFailure::MaybeSent { .. }) => {
                Answer::Unknown { replayable: true, reason: Reason::code("lost") }
            }
            Ok(response) => match std::str::from_utf8(&response.body).unwrap() {
                "refused" => {
                    Answer::NotExecuted { again: Again::Never, reason: Reason::code("refused") }
                }
                "refused with words" => Answer::NotExecuted {
                    again: Again::Never,
                    reason: Reason {
                        detail: Some(format!("no such code: {CODE}").into()),
                        ..Reason::code("refused")
                    },
                },
                "broken" => Answer::Unknown { replayable: false, reason: Reason::code("broken") },
                word => Answer::Accepted { sightings: sightings(payment, word) },
            },
        }
    }

    fn reading(payment: &Payment, exchange: &Exchange) -> Reading {
        match exchange {
            Ok(response) if response.body != b"unclear" => {
                let word = std::str::from_utf8(&response.body).unwrap();
                let word = word.strip_suffix(AND_MORE).unwrap_or(word);
                Reading::Clear(sightings(payment, word))
            }
            Ok(_) | Err(_) => Reading::Unclear { why: "unclear".into(), retry_after_ms: None },
        }
    }
}

fn sightings(payment: &Payment, word: &str) -> Vec<Sighting> {
    let amount = payment.sale.amount;
    let zero = Money::zero(amount.currency());
    let taken = |captured, returned| Standing::Taken {
        authorized: amount,
        captured,
        tip: None,
        returned,
        provisional: false,
    };
    let mut operations = Vec::new();
    let standing = match word {
        "nothing" => return Vec::new(),
        "pending" | "second" | "second paid" | "two" | "asked" | "accepted" | "declining" => {
            Standing::Pending
        }
        "two paid" | "both paid" => taken(amount, None),
        "processing" => Standing::Processing,
        "paid" => taken(amount, None),
        "held" => taken(zero, None),
        "part" => {
            let part = Money::from_minor(1_000, amount.currency()).unwrap();
            Standing::Taken {
                authorized: part,
                captured: part,
                tip: None,
                returned: None,
                provisional: false,
            }
        }
        "declined" => Standing::NotTaken { how: NotTaken::Declined, reason: None },
        "cancelled" => Standing::NotTaken { how: NotTaken::Cancelled, reason: None },
        "done" => {
            operations = payment.operations.iter().filter_map(seen).collect();
            taken(amount, None)
        }
        other => panic!("the provider has no word {other}"),
    };
    let first = Sighting {
        details: details(word),
        charge: ChargeId::parse("charge-1").unwrap(),
        ours: Ours::Yes,
        asked: Some(amount),
        terminal: payment.sale.terminal.clone(),
        standing,
        operations,
        card: None,
    };
    let paid = matches!(word, "both paid" | "second paid");
    let standing = if paid { taken(amount, None) } else { Standing::Pending };
    let charge = ChargeId::parse("charge-2").unwrap();
    let second = Sighting { charge, standing, details: None, ..first.clone() };
    match word {
        "second" => vec![second],
        "two" | "two paid" | "both paid" | "second paid" => vec![first, second],
        _ => vec![first],
    }
}

fn details(word: &str) -> Option<Box<Details>> {
    let status = match word {
        "asked" => ConditionStatus::AwaitingTill,
        "accepted" => ConditionStatus::Accepted,
        "declining" => ConditionStatus::Declined,
        _ => return None,
    };
    let condition = Condition {
        id: "c-1".into(),
        name: "photo-id".into(),
        message: "Look at the photo".into(),
        status,
    };
    Some(Box::new(Details { conditions: vec![condition], ..Details::default() }))
}

fn seen(operation: &Operation) -> Option<SeenOperation> {
    let reference = operation.reference.clone()?;
    Some(SeenOperation { reference, amount: operation.amount, took_effect: Some(true) })
}

impl Adapter for Words {
    fn name(&self) -> &'static str {
        "words"
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn manners(&self) -> &Manners {
        &self.manners
    }

    fn check(&self, _sale: &Sale) -> Result<(), Fault> {
        Ok(())
    }

    fn read_may_pay(&self, _sale: &Sale) -> bool {
        self.paying_reads
    }

    fn start(&self, payment: &Payment, _left_ms: Option<u64>) -> Request {
        let body = payment.sale.scanned.then(|| format!("[\"{CODE_PLACEHOLDER}\"]").into());
        Request { body, ..Self::request(format!("/start/{}", payment.start.id), true) }
    }

    fn started(&self, payment: &Payment, exchange: &Exchange, _replay: bool) -> Answer {
        Self::answer(payment, exchange)
    }

    fn read(&self, _payment: &Payment, charge: &ChargeId) -> Request {
        let method = Method::Get;
        Request { method, ..Self::request(format!("/read/{charge}"), self.paying_reads) }
    }

    fn seen(&self, payment: &Payment, _charge: &ChargeId, exchange: &Exchange) -> Reading {
        Self::reading(payment, exchange)
    }

    fn look_up(&self, payment: &Payment) -> Option<Request> {
        let path = format!("/find/{}", payment.id);
        self.manners.look_up.then(|| Self::request(path, false))
    }

    fn found(&self, payment: &Payment, exchange: &Exchange) -> Reading {
        Self::reading(payment, exchange)
    }

    fn look_further(&self, _: &Payment, exchange: &Exchange) -> Option<Request> {
        let page = exchange.as_ref().ok()?;
        page.body.ends_with(AND_MORE.as_bytes()).then(|| Self::request("/more".to_owned(), false))
    }

    fn operate(&self, _: &Payment, operation: &Operation, charge: &ChargeId) -> Option<Request> {
        Some(Self::request(format!("/{:?}/{charge}/{}", operation.kind, operation.id), true))
    }

    fn operated(&self, payment: &Payment, _: &Operation, exchange: &Exchange) -> Answer {
        Self::answer(payment, exchange)
    }
}
