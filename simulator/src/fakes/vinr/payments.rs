//! Terminal payments: create, list, capture, cancel, and what customers do.

use serde_json::{Value, json};
use tillkit_model::ids::{ChargeId, PaymentId};
use tillkit_model::wire::Response;

use super::body::Fields;
use super::rules::{Conflict, Rules};
use super::show::{self, Note};
use super::{Later, Vinr, answered, refused};
use crate::fakes::customer::{Customer, Step};
use crate::fakes::ledger::{Charge, Move, Prompt, Reader, Standing};
use crate::fakes::{Device, Orders};

const WORDS: [&str; 7] =
    ["pending", "processing", "authorized", "completed", "failed", "cancelled", "expired"];

/// A charge that nobody has paid yet.
pub(super) fn opened(
    rules: &Rules,
    place: usize,
    terminal: Option<&str>,
    minor: i64,
    currency: &str,
) -> Charge {
    let prefix = if rules.guide_words { "tpay" } else { "tpy" };
    Charge {
        id: ChargeId::parse(&format!("{prefix}_{place}")).expect("short and ASCII"),
        payment: None,
        terminal: terminal.map(Into::into),
        asked_minor: minor,
        currency: currency.into(),
        manual: false,
        reader: Reader::default(),
        standing: Standing::Pending,
        authorized_minor: 0,
        tip_minor: 0,
        captured_minor: 0,
        taken_at_ms: None,
        reversed_at_ms: None,
        moves: Vec::new(),
        open: true,
    }
}

impl Vinr {
    pub(super) fn answer(&self, status: u16, place: usize) -> Response {
        let charge = &self.ledger.charges[place];
        answered(status, &show::object(&self.rules, charge, &self.note_of(place)))
    }

    pub(super) fn create(&mut self, fields: &Fields, now_ms: u64, orders: &mut Orders) -> Response {
        let invalid = |code| refused(400, "validation_error", code);
        let Some(terminal) = fields.text("terminalId") else { return invalid("missing_terminal") };
        let Ok(Some(minor)) = fields.whole("amount") else { return invalid("invalid_amount") };
        let currency = fields.text("currency").filter(|code| code.len() == 3);
        let Some(currency) = currency else { return invalid("invalid_currency") };
        let manual = match fields.text("captureMethod").unwrap_or("automatic") {
            "automatic" => false,
            "manual" => true,
            _ => return invalid("invalid_capture_method"),
        };
        if minor <= 0 {
            return invalid("invalid_amount");
        }
        if !self.estate.knows(terminal) {
            return refused(404, "validation_error", "terminal_not_found");
        }
        if self.estate.is_busy(terminal) || self.rules.busy && orders.draws.chance(150) {
            return self.forbidden("terminal_busy");
        }
        let place = self.ledger.charges.len();
        let reference = fields.value("reference").cloned().unwrap_or(Value::Null);
        let metadata = fields.value("metadata").cloned().unwrap_or(Value::Null);
        let payment = our_id(&reference, &metadata);
        let charge = opened(&self.rules, place, Some(terminal), minor, currency);
        self.ledger.open(Charge { payment, manual, ..charge });
        self.notes.push(Note { reference, metadata, created_ms: now_ms, completed_ms: None });
        if let Some(pending_ms) = self.rules.pending_ms {
            self.agenda.write(now_ms + pending_ms, place, Later::Customer(Step::Expire));
        }
        self.await_customer(place, now_ms, orders);
        self.answer(orders.draws.pick(&[200, 201]), place)
    }

    fn await_customer(&mut self, place: usize, now_ms: u64, orders: &mut Orders) {
        let terminal = self.ledger.charges[place].terminal.as_deref();
        // The test terminal that is back after ten seconds.
        let device = match terminal {
            Some("term_test_offline") => Device::Slow { after_ms: 10_000 },
            _ => orders.device,
        };
        let customer = Customer::draw(&self.habits, device, &mut orders.draws);
        let Some(after_ms) = customer.prompt_after_ms else { return };
        let payment = self.ledger.charges[place].payment;
        self.ledger.prompts.push(Prompt { at_ms: now_ms, payment });
        if let Some(tap) = customer.tap {
            let tap_ms = now_ms + after_ms + tap.after_ms;
            self.agenda.write(tap_ms, place, Later::Customer(Step::Tap));
            let decided_ms = tap_ms + tap.decided_after_ms;
            self.agenda.write(decided_ms, place, Later::Customer(tap.step));
        }
    }

    /// Lets a customer do something; true where a notification would tell of it.
    pub(super) fn customer(&mut self, place: usize, step: Step, at_ms: u64) -> bool {
        let charge = &mut self.ledger.charges[place];
        if !matches!(charge.standing, Standing::Pending | Standing::Processing) {
            return false;
        }
        match step {
            Step::Tap => {
                charge.standing = Standing::Processing;
                return false;
            }
            Step::Approve { tip_minor } => {
                charge.standing = Standing::Taken;
                charge.tip_minor = tip_minor;
                charge.authorized_minor = charge.asked_minor + tip_minor;
                charge.captured_minor = if charge.manual { 0 } else { charge.authorized_minor };
                charge.taken_at_ms = Some(at_ms);
                if let Some(after_ms) = self.rules.offline_ms {
                    self.agenda.write(at_ms + after_ms, place, Later::Reversal);
                }
            }
            Step::Decline => charge.standing = Standing::Declined,
            Step::Expire if charge.standing == Standing::Pending => {
                charge.standing = Standing::Expired;
            }
            Step::Expire | Step::CancelArrives => return false,
        }
        let held = self.ledger.charges[place].manual;
        self.complete(place, held, at_ms);
        true
    }

    fn complete(&mut self, place: usize, held: bool, at_ms: u64) {
        let taken = self.ledger.charges[place].standing == Standing::Taken;
        if let Some(note) = self.notes.get_mut(place).filter(|_| !(taken && held)) {
            note.completed_ms = Some(at_ms);
        }
    }

    /// A state that forbids it, as the life's page refuses it.
    pub(super) fn forbidden(&self, code: &str) -> Response {
        match self.rules.conflict {
            Conflict::Unprocessable => refused(422, "billing_error", code),
            Conflict::Conflict => refused(409, "billing_error", code),
        }
    }

    pub(super) fn cancel(&mut self, place: usize, now_ms: u64) -> Response {
        if self.ledger.charges[place].standing != Standing::Pending {
            return self.forbidden("not_cancellable");
        }
        self.ledger.charges[place].standing = Standing::Cancelled;
        self.complete(place, false, now_ms);
        self.answer(200, place)
    }

    pub(super) fn capture(
        &mut self,
        place: usize,
        fields: &Fields,
        key: Option<&str>,
        now_ms: u64,
    ) -> Response {
        let charge = &mut self.ledger.charges[place];
        let Ok(asked) = fields.whole("amount") else {
            return refused(400, "validation_error", "invalid_amount");
        };
        let minor = asked.unwrap_or(charge.authorized_minor);
        let held =
            charge.standing == Standing::Taken && charge.manual && charge.captured_minor == 0;
        if !held || minor <= 0 || minor > charge.authorized_minor {
            return self.forbidden("not_capturable");
        }
        charge.captured_minor = minor;
        // A capture has no name but its key.
        let reference = key.unwrap_or("nameless").into();
        charge.moves.push(Move { refund: false, reference, minor, at_ms: now_ms });
        self.complete(place, false, now_ms);
        self.answer(200, place)
    }

    pub(super) fn list(&self, query: &Fields) -> Response {
        let status = query.text("status");
        if status.is_some_and(|word| !WORDS.contains(&word)) {
            return refused(400, "validation_error", "invalid_status");
        }
        let (Ok(from), Ok(to)) = (query.whole("fromDate"), query.whole("toDate")) else {
            return refused(400, "validation_error", "invalid_date");
        };
        let fits = |(place, charge): &(usize, &Charge)| {
            let created = show::seconds(self.note_of(*place).created_ms);
            let terminal = charge.terminal.as_deref();
            let located = query.text("locationId").is_none_or(|id| self.estate.is_at(terminal, id));
            query.text("terminalId").is_none_or(|id| Some(id) == terminal)
                && located
                && status.is_none_or(|word| show::status(&self.rules, charge) == word)
                && from.is_none_or(|from| created >= from)
                && to.is_none_or(|to| created <= to)
        };
        let newest_first = self.ledger.charges.iter().enumerate().filter(fits).collect::<Vec<_>>();
        let shown = newest_first
            .into_iter()
            .rev()
            .map(|(place, charge)| show::object(&self.rules, charge, &self.note_of(place)));
        page(&self.rules, query, shown.collect())
    }
}

/// One page of a list, in the life's envelope.
pub(super) fn page(rules: &Rules, query: &Fields, items: Vec<Value>) -> Response {
    let invalid = |code| refused(400, "validation_error", code);
    let usual = if rules.paged { 25 } else { 10 };
    let limit = match query.whole("limit") {
        Ok(limit) if (1..=100).contains(&limit.unwrap_or(usual)) => limit.unwrap_or(usual),
        _ => return invalid("invalid_limit"),
    };
    let place = |id: &str| items.iter().position(|item| item["id"] == id);
    let from = match (query.text("startingAfter"), query.text("endingBefore")) {
        (Some(_), Some(_)) => return invalid("both_cursors"),
        (Some(after), None) => place(after).map(|place| place + 1),
        (None, Some(before)) => place(before).map(|place| place.saturating_sub(limit as usize)),
        (None, None) => Some(0),
    };
    let Some(from) = from else { return invalid("unknown_cursor") };
    let rest = items.get(from..).unwrap_or_default();
    let data: Vec<&Value> = rest.iter().take(limit as usize).collect();
    let has_more = rest.len() > data.len();
    let next = data.last().filter(|_| has_more).map(|item| item["id"].clone());
    let list = if rules.paged {
        let page =
            json!({ "has_more": has_more, "next_cursor": next, "total_estimate": items.len() });
        json!({ "object": "list", "data": data, "page": page })
    } else {
        json!({ "object": "list", "data": data, "has_more": has_more })
    };
    answered(200, &list)
}

/// Our payment's id, wherever it travels.
fn our_id(reference: &Value, metadata: &Value) -> Option<PaymentId> {
    let notes = metadata.as_object().into_iter().flat_map(serde_json::Map::values);
    let mut all = notes.chain([reference]).filter_map(Value::as_str);
    all.find_map(|text| PaymentId::parse(text).ok())
}
