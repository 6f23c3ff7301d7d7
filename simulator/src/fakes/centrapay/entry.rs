//! What Centrapay keeps of a payment request beside the ledger, and how it is asked for.

use std::collections::BTreeMap;

use serde_json::Value;
use tillkit_model::wire::Response;

use super::{APP_CODE, CONFIG, QUICK_CODE, error, forbidden};
use crate::rng::Rng;

/// A patron code made for tests: a condition stands before its payment.
pub const CONDITION_CODE: &str = "9990001234567908";
/// A patron code whose owner has a third of it.
pub const PART_CODE: &str = "9990001234567916";

/// How long two requests of one sale may stay side by side, while the till looks so often.
const LEFT_MS: u64 = 40_000;
const LEFT_LOOKS: u32 = 10;

/// One payment request.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) created_ms: u64,
    pub(super) expires_ms: u64,
    pub(super) external_ref: Option<String>,
    pub(super) minor: i64,
    pub(super) currency: Box<str>,
    pub(super) pre_auth: bool,
    pub(super) flow: Flow,
    /// What a customer pays of it, where a part is allowed.
    pub(super) part_minor: Option<i64>,
    /// What was asked, as it is shown again.
    pub(super) asked: Value,
    pub(super) cancellation: Option<&'static str>,
    pub(super) asset: &'static str,
    pub(super) condition: Option<ConditionState>,
    /// A poll has begun to take its money.
    pub(super) polled: bool,
    /// How long its first poll takes at the least.
    pub(super) slow_ms: u64,
    /// Its code was used for another request, so nothing comes of a poll.
    pub(super) spent: bool,
    /// How long after its making it is first in a list, if longer than others.
    pub(super) lag_ms: u64,
    /// One of several assets pays its part, and the others never do.
    pub(super) breaks_off: bool,
    pub(super) released: bool,
    /// Since when the till was told of another request of the same sale.
    pub(super) paired_ms: Option<u64>,
    /// How often one of them was read since.
    pub(super) looks: u32,
    /// When that was often enough.
    pub(super) looked_ms: u64,
    /// The till tried to void one of them.
    pub(super) withdrawn: bool,
    pub(super) activities: Vec<Value>,
    /// Refunds by their references.
    pub(super) refunds: BTreeMap<String, (i64, Value)>,
    /// Confirmations by their keys: what was asked and what was answered.
    pub(super) confirmations: BTreeMap<String, (Value, Value)>,
    /// Payments by their keys.
    pub(super) payments: BTreeMap<String, Value>,
}

/// How the customer is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// The till shows an address.
    Qr,
    /// The till scans a patron code, whose owner pays in an app.
    App,
    /// The till scans a code whose money a read takes.
    Quick,
}

/// Where the only condition of a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConditionState {
    Awaiting,
    Accepted,
    Declined,
}

impl Entry {
    /// The request that this body asks for, or the refusal that it meets.
    pub(super) fn asked(body: &Value, now_ms: u64, draws: &mut Rng) -> Result<Self, Response> {
        let config = body["configId"].as_str().ok_or_else(|| error(400, "configId is required"))?;
        if config != CONFIG {
            return Err(forbidden());
        }
        let (minor, currency) = value(&body["value"])?;
        check_items(body, minor)?;
        let flow = match body["barcode"].as_str() {
            None => Flow::Qr,
            Some(APP_CODE | CONDITION_CODE | PART_CODE) => Flow::App,
            Some(QUICK_CODE) => Flow::Quick,
            Some(_) => return Err(error(403, "PATRON_CODE_INVALID")),
        };
        let partial = body["partialAllowed"] == Value::Bool(true);
        if partial && body["basketAmount"].is_null() {
            return Err(error(400, "basketAmount is required"));
        }
        let expiry_s = body["expirySeconds"].as_u64().unwrap_or(120);
        let conditions = body["conditionsEnabled"] == Value::Bool(true) && draws.chance(60);
        let conditions = conditions || body["barcode"] == CONDITION_CODE;
        let part = partial && (draws.chance(400) || body["barcode"] == PART_CODE);
        Ok(Self {
            created_ms: now_ms,
            expires_ms: now_ms + expiry_s * 1_000,
            external_ref: body["externalRef"].as_str().map(str::to_owned),
            minor,
            currency: currency.into(),
            pre_auth: body["preAuth"] == Value::Bool(true),
            flow,
            part_minor: part.then_some((minor / 3).max(1)),
            asked: body.clone(),
            cancellation: None,
            asset: if flow == Flow::Quick { "farmlands.nzd.test" } else { "centrapay.nzd.test" },
            condition: conditions.then_some(ConditionState::Awaiting),
            polled: false,
            slow_ms: 0,
            spent: false,
            lag_ms: 0,
            breaks_off: false,
            released: false,
            paired_ms: None,
            looks: 0,
            looked_ms: 0,
            withdrawn: false,
            activities: Vec::new(),
            refunds: BTreeMap::new(),
            confirmations: BTreeMap::new(),
            payments: BTreeMap::new(),
        })
    }

    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.asked[field].as_str()
    }

    /// The till is told that this is one of two, or that it is not.
    pub(super) fn pair(&mut self, paired: bool, now_ms: u64) {
        if !paired {
            self.paired_ms = None;
        } else if self.paired_ms.is_none() {
            self.paired_ms = Some(now_ms);
            self.looks = 0;
        }
    }

    /// It or another one of its sale was read.
    pub(super) fn looked(&mut self, now_ms: u64) {
        self.looks += 1;
        if self.looks == LEFT_LOOKS {
            self.looked_ms = now_ms;
        }
    }

    /// Since when the till has known for long that this is one of two, came back to it, and let
    /// both be.
    pub(super) fn left_since_ms(&self, now_ms: u64) -> Option<u64> {
        let due_ms = (self.paired_ms? + LEFT_MS).max(self.looked_ms);
        let left = now_ms >= due_ms && self.looks >= LEFT_LOOKS && !self.withdrawn;
        left.then_some(due_ms)
    }

    /// A condition that nobody has answered stands before the payment.
    pub(super) fn awaits_condition(&self) -> bool {
        self.condition == Some(ConditionState::Awaiting)
    }
}

/// An amount in minor units, as text or as a number.
pub(super) fn value(value: &Value) -> Result<(i64, &str), Response> {
    let amount = match &value["amount"] {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_i64(),
        _ => None,
    };
    let minor = amount.filter(|minor| (1..100_000_000).contains(minor));
    let minor = minor.ok_or_else(|| error(400, "amount is required"))?;
    let currency = value["currency"].as_str().ok_or_else(|| error(400, "currency is required"))?;
    Ok((minor, currency))
}

/// Lines add up to the amount that they are of.
pub(super) fn check_items(body: &Value, minor: i64) -> Result<(), Response> {
    let Some(items) = body["lineItems"].as_array() else { return Ok(()) };
    let price = |item: &Value| {
        let named = item["name"].is_string() && item["qty"].is_string();
        item["price"].as_str().filter(|_| named)?.parse::<i64>().ok()
    };
    let prices: Option<Vec<i64>> = items.iter().map(price).collect();
    let sum = prices.ok_or_else(|| error(400, "lineItems must have name, qty and price"))?;
    if sum.iter().sum::<i64>() == minor {
        Ok(())
    } else {
        Err(error(400, "LINE_ITEMS_SUM_CHECK_FAILED"))
    }
}

/// The short code of the request at this place, with its check digit.
pub(super) fn short_code(place: usize) -> String {
    let digits = format!("{place:06}");
    format!("CP-{}-{}{}", &digits[..3], &digits[3..], luhn(&digits))
}

/// Whether the check digit is right.
pub(super) fn is_short_code(code: &str) -> bool {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    digits.len() == 7 && luhn(&digits[..6]).to_string() == digits[6..]
}

fn luhn(digits: &str) -> u32 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0') * if place % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    (10 - sum % 10) % 10
}
