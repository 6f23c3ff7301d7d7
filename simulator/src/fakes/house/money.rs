//! What moves a house's money after the start, and how a charge is shown.

use serde::{Deserialize, Serialize};
use tillkit_model::wire::Response;

use super::super::json;
use super::{Cancel, Expiry, House, Moving, error};
use crate::fakes::Orders;
use crate::fakes::customer::Step;
use crate::fakes::ledger::{Move, Standing};

/// A charge as the house shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shown {
    /// The house's id of it.
    pub id: Box<str>,
    /// The till's payment id, where one was given.
    pub payment: Option<Box<str>>,
    /// The terminal, where there is one.
    pub terminal: Option<Box<str>>,
    /// Asked for, in minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: Box<str>,
    /// `pending`, `processing`, `taken`, `declined`, `cancelled`, `expired` or `reversed`.
    pub status: Box<str>,
    /// Approved, tip included.
    pub authorized: i64,
    /// Of it, captured.
    pub captured: i64,
    /// Of it, the tip.
    pub tip: i64,
    /// Of it, given back.
    pub returned: i64,
    /// Captures and refunds that ran.
    pub operations: Vec<ShownMove>,
}

/// A capture or refund as the house shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShownMove {
    /// The till's own name for it.
    pub reference: Box<str>,
    /// Minor units.
    pub amount: i64,
}

/// What most answers hold.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page {
    /// The charges.
    pub payments: Vec<Shown>,
}

impl House {
    pub(super) fn show(&self, status: u16, places: &[usize]) -> Response {
        let payments = places.iter().map(|place| self.shown(*place)).collect();
        let body = serde_json::to_string(&Page { payments }).unwrap_or_default();
        json(status, body)
    }

    fn shown(&self, place: usize) -> Shown {
        let charge = &self.ledger.charges[place];
        let stranger = || Some("another-till".into()).filter(|_| place.is_multiple_of(2));
        let payment = charge.payment.map(|id| id.to_string().into()).or_else(stranger);
        let moves = charge.moves.iter();
        Shown {
            id: charge.id.as_str().into(),
            payment,
            terminal: charge.terminal.clone(),
            amount: charge.asked_minor,
            currency: charge.currency.clone(),
            status: word(charge.standing).into(),
            authorized: charge.authorized_minor,
            captured: charge.captured_minor,
            tip: charge.tip_minor,
            returned: charge.returned_minor(),
            operations: moves
                .map(|step| ShownMove { reference: step.reference.clone(), amount: step.minor })
                .collect(),
        }
    }

    pub(super) fn act(
        &mut self,
        place: usize,
        verb: &str,
        body: &str,
        now_ms: u64,
        orders: &mut Orders,
    ) -> Response {
        match (verb, serde_json::from_str::<Moving>(body)) {
            ("cancel", _) => self.cancel(place, now_ms, orders),
            ("capture", Ok(asked)) => self.capture(place, &asked, now_ms),
            ("refund", Ok(asked)) => self.refund(place, &asked, now_ms),
            _ => error(400, "malformed"),
        }
    }

    fn cancel(&mut self, place: usize, now_ms: u64, orders: &mut Orders) -> Response {
        let charge = &mut self.ledger.charges[place];
        let untouched = matches!(charge.standing, Standing::Pending | Standing::Expired);
        let void = |charge: &mut crate::fakes::ledger::Charge| {
            charge.standing = Standing::Reversed;
            charge.reversed_at_ms = Some(now_ms);
        };
        match (self.rules.cancel, charge.standing) {
            (_, Standing::Cancelled | Standing::Reversed) => {}
            (Cancel::WhilePending, _) if !untouched => return error(409, "not-pending"),
            (Cancel::WhilePending | Cancel::Void, _) if untouched => {
                charge.standing = Standing::Cancelled;
            }
            (Cancel::Void, Standing::Processing) => charge.standing = Standing::Cancelled,
            (Cancel::Void, Standing::Taken) => void(charge),
            (Cancel::Void, _) => {}
            (Cancel::Accepted, Standing::Taken) if charge.captured_minor == 0 => void(charge),
            (Cancel::Accepted, Standing::Pending | Standing::Processing | Standing::Expired) => {
                let arrives_ms = now_ms + orders.draws.between(500, 9_000);
                self.agenda.write(arrives_ms, place, Step::CancelArrives);
                return json(202, "{\"payments\":[]}".to_owned());
            }
            _ => return error(409, "too-late"),
        }
        self.show(200, &[place])
    }

    fn capture(&mut self, place: usize, asked: &Moving, now_ms: u64) -> Response {
        let charge = &mut self.ledger.charges[place];
        let fits = charge.captured_minor + asked.amount <= charge.authorized_minor;
        if charge.standing != Standing::Taken || !fits {
            return error(409, "nothing-to-capture");
        }
        charge.captured_minor += asked.amount;
        self.moved(place, false, asked, now_ms)
    }

    fn refund(&mut self, place: usize, asked: &Moving, now_ms: u64) -> Response {
        let charge = &mut self.ledger.charges[place];
        let same = |step: &Move| {
            step.refund && step.reference == asked.reference && step.minor == asked.amount
        };
        if self.rules.refund_by_reference && charge.moves.iter().any(same) {
            return self.show(200, &[place]);
        }
        let fits = charge.returned_minor() + asked.amount <= charge.captured_minor;
        if charge.standing != Standing::Taken || !fits {
            return error(409, "nothing-to-refund");
        }
        self.moved(place, true, asked, now_ms)
    }

    fn moved(&mut self, place: usize, refund: bool, asked: &Moving, now_ms: u64) -> Response {
        self.ledger.charges[place].moves.push(Move {
            refund,
            reference: asked.reference.clone(),
            minor: asked.amount,
            at_ms: now_ms,
        });
        self.show(200, &[place])
    }

    /// Lets one step of the agenda happen; true where a webhook would tell of it.
    pub(super) fn happen(&mut self, place: usize, step: Step, at_ms: u64) -> bool {
        let expiry = self.rules.expiry;
        let charge = &mut self.ledger.charges[place];
        let payable = match charge.standing {
            Standing::Pending | Standing::Processing => true,
            Standing::Expired => expiry == Expiry::MayStillCharge,
            Standing::Taken | Standing::Declined | Standing::Cancelled | Standing::Reversed => {
                false
            }
        };
        match step {
            _ if !payable => return false,
            Step::Tap => charge.standing = Standing::Processing,
            Step::Approve { tip_minor } => {
                charge.standing = Standing::Taken;
                charge.tip_minor = tip_minor;
                charge.authorized_minor = charge.asked_minor + tip_minor;
                charge.captured_minor = if charge.manual { 0 } else { charge.authorized_minor };
                charge.taken_at_ms = Some(at_ms);
            }
            Step::Decline => charge.standing = Standing::Declined,
            Step::Expire if charge.standing == Standing::Pending => {
                charge.standing = Standing::Expired;
            }
            Step::CancelArrives if charge.standing != Standing::Processing => {
                charge.standing = Standing::Cancelled;
            }
            Step::Expire | Step::CancelArrives => return false,
        }
        !matches!(step, Step::Tap)
    }
}

const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Pending => "pending",
        Standing::Processing => "processing",
        Standing::Taken => "taken",
        Standing::Declined => "declined",
        Standing::Cancelled => "cancelled",
        Standing::Expired => "expired",
        Standing::Reversed => "reversed",
    }
}
