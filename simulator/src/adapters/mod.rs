//! Translators for the three made-up providers of [`crate::fakes::house`].
//!
//! They stand in the world for the manners that real providers have: a key that conflicts, no key
//! with a look-up by reference, no key with void on doubt and a read that charges. Pure
//! translation, like every adapter.

mod manners;
mod reading;

use tillkit_model::ids::ChargeId;
use tillkit_model::payment::event::{Again, Answer, Reason};
use tillkit_model::payment::manners::Manners;
use tillkit_model::payment::{Operation, OperationKind, Payment};
use tillkit_model::provider::{Adapter, Capabilities, Fault, Presence, Reading};
use tillkit_model::sale::{Capture, Sale};
use tillkit_model::wire::{Exchange, Method, Request, SendFailure};

use crate::fakes::house::{Asking, Moving};

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A key that conflicts.
    Conflict,
    /// No key, and a look-up by reference.
    Reference,
    /// No key, void on doubt, and a read that charges.
    Quickpay,
}

/// The metadata field that makes a sale one of a scanned code.
pub const SCAN: &str = "scan";

/// The translator for one of the three.
#[derive(Debug)]
pub struct House {
    kind: Kind,
    manners: Manners,
    capabilities: Capabilities,
}

impl House {
    /// The translator of this provider.
    #[must_use]
    pub const fn new(kind: Kind) -> Self {
        let capabilities = Capabilities {
            terminal: Presence::Optional,
            currencies: &[],
            amount_min_minor: None,
            amount_max_minor: None,
            metadata_bytes_max: Some(1_000),
            manual_capture: !matches!(kind, Kind::Quickpay),
            part_payment: false,
            cancel: true,
            refund: true,
            partial_capture: true,
            partial_refund: true,
            ..Capabilities::BARE
        };
        Self { kind, manners: manners::of(kind), capabilities }
    }

    fn post(&self, path: String, body: &impl serde::Serialize, key: &Operation) -> Request {
        let keyed = self.kind == Kind::Conflict;
        let header = || ("idempotency-key".into(), key.id.to_string().into());
        Request {
            method: Method::Post,
            path: path.into(),
            headers: keyed.then(header).into_iter().collect(),
            body: Some(serde_json::to_string(body).unwrap_or_default().into()),
            may_move_money: true,
            timeout_ms: self.manners.start.timeout_ms,
            fresh_connection: !keyed,
        }
    }

    fn get(&self, path: String, may_move_money: bool) -> Request {
        Request {
            method: Method::Get,
            path: path.into(),
            headers: Vec::new(),
            body: None,
            may_move_money,
            timeout_ms: self.manners.looking.read_timeout_ms,
            fresh_connection: false,
        }
    }
}

impl Adapter for House {
    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Conflict => "conflict",
            Kind::Reference => "reference",
            Kind::Quickpay => "quickpay",
        }
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn manners(&self) -> &Manners {
        &self.manners
    }

    fn check(&self, _: &Sale) -> Result<(), Fault> {
        Ok(())
    }

    fn read_may_pay(&self, sale: &Sale) -> bool {
        self.kind == Kind::Quickpay && sale.metadata.contains_key(SCAN)
    }

    fn start(&self, payment: &Payment, left_ms: Option<u64>) -> Request {
        let sale = &payment.sale;
        let asking = Asking {
            payment: payment.id.to_string().into(),
            terminal: sale.terminal.as_ref().map(|terminal| terminal.as_str().into()),
            amount: sale.amount.minor(),
            currency: sale.amount.currency().code().into(),
            manual: sale.capture == Capture::Manual,
            expires_in_ms: left_ms,
            scan: self.read_may_pay(sale),
        };
        self.post("/payments".to_owned(), &asking, &payment.start)
    }

    fn started(&self, payment: &Payment, exchange: &Exchange, replay: bool) -> Answer {
        if let Some(answer) = not_executed(exchange) {
            return answer;
        }
        match reading::charges(self.kind, payment, exchange, &[201]) {
            Ok(sightings) if !sightings.is_empty() => Answer::Accepted { sightings },
            Ok(_) => unknown("no-payment-in-answer", true),
            // A conflict on a replay tells that the first is known there, and nothing of its fate.
            Err(why) => unknown(&why, self.kind == Kind::Conflict && !replay),
        }
    }

    fn read(&self, payment: &Payment, charge: &ChargeId) -> Request {
        self.get(format!("/payments/{charge}"), self.read_may_pay(&payment.sale))
    }

    fn seen(&self, payment: &Payment, charge: &ChargeId, exchange: &Exchange) -> Reading {
        let one = |found: Vec<_>| found.into_iter().filter(|seen| is(seen, charge)).collect();
        match reading::charges(self.kind, payment, exchange, &[200]).map(one) {
            Ok(found) if !Vec::is_empty(&found) => Reading::Clear(found),
            Ok(_) => unclear("another-payment-in-answer", exchange),
            Err(why) => unclear(&why, exchange),
        }
    }

    fn look_up(&self, payment: &Payment) -> Option<Request> {
        let path = match self.kind {
            Kind::Conflict => format!("/payments?terminal={}", payment.sale.terminal.as_ref()?),
            Kind::Reference | Kind::Quickpay => format!("/payments?payment={}", payment.id),
        };
        Some(self.get(path, false))
    }

    fn found(&self, payment: &Payment, exchange: &Exchange) -> Reading {
        match reading::charges(self.kind, payment, exchange, &[200]) {
            Ok(found) => Reading::Clear(found),
            Err(why) => unclear(&why, exchange),
        }
    }

    fn operate(
        &self,
        payment: &Payment,
        operation: &Operation,
        charge: &ChargeId,
    ) -> Option<Request> {
        let verb = match operation.kind {
            OperationKind::Start | OperationKind::Answer | OperationKind::Release => return None,
            OperationKind::Capture if self.kind == Kind::Quickpay => return None,
            OperationKind::Capture => "capture",
            OperationKind::Refund => "refund",
            OperationKind::Cancel | OperationKind::Withdraw => "cancel",
        };
        let amount = operation.amount.unwrap_or(payment.sale.amount).minor();
        let reference = operation.reference.as_ref().map_or("", |reference| reference.as_str());
        let moving = Moving { amount, reference: reference.into() };
        Some(self.post(format!("/payments/{charge}/{verb}"), &moving, operation))
    }

    fn operated(&self, payment: &Payment, operation: &Operation, exchange: &Exchange) -> Answer {
        if let Some(answer) = not_executed(exchange) {
            return answer;
        }
        if exchange.as_ref().is_ok_and(|response| response.status == 409) {
            // A replay may meet its own first run here, so only a first send is proof.
            let first = operation.sends.len() <= 1 && operation.untold_until.is_none();
            let proof = first || self.kind != Kind::Conflict;
            return match operation.kind {
                OperationKind::Cancel | OperationKind::Withdraw => refused("too-late"),
                _ if proof => refused("not-possible"),
                _ => unknown("conflict-on-replay", true),
            };
        }
        match reading::charges(self.kind, payment, exchange, &[200, 202]) {
            Ok(sightings) => Answer::Accepted { sightings },
            Err(why) => unknown(&why, true),
        }
    }
}

fn is(seen: &tillkit_model::payment::sighting::Sighting, charge: &ChargeId) -> bool {
    seen.charge == *charge
}

/// Proof that it did not run: no byte left, or a refusal at the door.
fn not_executed(exchange: &Exchange) -> Option<Answer> {
    let (again, code) = match exchange {
        Err(SendFailure::NotSent { .. }) => (Again::After { ms: 500 }, "not-sent"),
        Err(SendFailure::MaybeSent { .. }) => return None,
        Ok(response) => match response.status {
            401 => (Again::After { ms: 1_000 }, "unauthorized"),
            429 => {
                (Again::After { ms: response.retry_after_ms().unwrap_or(2_000) }, "rate-limited")
            }
            400 => (Again::Never, "malformed"),
            403 => (Again::Never, "forbidden"),
            _ => return None,
        },
    };
    Some(Answer::NotExecuted { again, reason: Reason::code(code) })
}

fn refused(code: &str) -> Answer {
    Answer::NotExecuted { again: Again::Never, reason: Reason::code(code) }
}

fn unknown(why: &str, replayable: bool) -> Answer {
    Answer::Unknown { replayable, reason: Reason::code(why) }
}

fn unclear(why: &str, exchange: &Exchange) -> Reading {
    let retry_after_ms = exchange.as_ref().ok().and_then(|response| response.retry_after_ms());
    Reading::Unclear { why: why.into(), retry_after_ms }
}
