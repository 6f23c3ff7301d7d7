//! How VINR shows a terminal payment, in the words of whichever page the life believes.

use serde_json::{Value, json};

use super::rules::{Rules, Tips};
use crate::fakes::ledger::{Charge, Reader, Standing};

/// The wall clock at the world's time zero, in seconds since 1970.
const WALL_S: u64 = crate::fakes::WALL_MS / 1_000;

/// What is kept of a charge beside the ledger.
#[derive(Debug, Clone, Default)]
pub struct Note {
    /// As it was given.
    pub reference: Value,
    /// As it was given.
    pub metadata: Value,
    /// When it was made.
    pub created_ms: u64,
    /// When it reached a final state.
    pub completed_ms: Option<u64>,
}

/// A charge as VINR shows it.
#[must_use]
pub fn object(rules: &Rules, charge: &Charge, note: &Note) -> Value {
    let approved = charge.standing == Standing::Taken;
    let amounts = Amounts::of(rules, charge);
    let metadata = if rules.keeps_metadata { note.metadata.clone() } else { json!({}) };
    let capture = if charge.manual { "manual" } else { "automatic" };
    let tip = json!({ "amount": charge.tip_minor, "mode": if charge.tip_minor > 0 { "custom" } else { "none" } });
    let entry = match charge.reader {
        Reader::Contactless => "contactless",
        Reader::Chip => "chip",
        Reader::Stripe => "swipe",
    };
    let method = json!({
        "type": "card", "card": { "brand": "visa", "last4": "4242" }, "entryMode": entry,
    });
    let mut shown = json!({
        "id": charge.id,
        "terminalId": charge.terminal,
        "amount": amounts.amount,
        "currency": charge.currency,
        "status": status(rules, charge),
        "captureMethod": capture,
        // Nothing is captured of what was declined when it was passed on.
        "amountCaptured": if charge.standing == Standing::Reversed { 0 } else { amounts.captured },
        "amountCapturable": amounts.capturable,
        "reference": note.reference,
        "paymentMethod": if approved { method } else { Value::Null },
        "tip": if approved && rules.tips != Tips::Total { tip } else { Value::Null },
        "metadata": if metadata.is_null() { json!({}) } else { metadata },
        "createdAt": time(rules, note.created_ms),
        "completedAt": note.completed_ms.map(|at_ms| time(rules, at_ms)),
    });
    let mut add = |name: &str, value: Value| shown[name] = value;
    if approved && rules.tips == Tips::Total && charge.tip_minor > 0 {
        add("tipAmount", json!(charge.tip_minor));
        add("total", json!(charge.asked_minor + charge.tip_minor));
    }
    if approved && rules.pay_ids {
        add("paymentId", json!(pay_id(charge)));
    }
    if approved && rules.offline_ms.is_some() {
        add("offline", json!(true));
    }
    if charge.standing == Standing::Declined {
        add("declineCode", json!("insufficient_funds"));
    }
    shown
}

struct Amounts {
    amount: i64,
    captured: i64,
    capturable: i64,
}

impl Amounts {
    fn of(rules: &Rules, charge: &Charge) -> Self {
        let Charge { asked_minor, tip_minor, authorized_minor, captured_minor, .. } = *charge;
        let held = charge.manual && captured_minor == 0 && charge.standing == Standing::Taken;
        let capturable = if held { authorized_minor } else { 0 };
        // Beside all amounts: what is whole is shown without its tip.
        let shown = |minor: i64| {
            let beside = rules.tips == Tips::Beside && minor == authorized_minor;
            if beside { minor - tip_minor } else { minor }
        };
        Self {
            amount: asked_minor + if rules.tips == Tips::Included { tip_minor } else { 0 },
            captured: shown(captured_minor),
            capturable: shown(capturable),
        }
    }
}

/// The id by which refunds go, where there is a second one.
#[must_use]
pub fn pay_id(charge: &Charge) -> String {
    charge.id.as_str().replacen("tpay_", "pay_", 1).replacen("tpy_", "pay_", 1)
}

/// The word for how a charge stands.
#[must_use]
pub fn status(rules: &Rules, charge: &Charge) -> &'static str {
    let cancelled = if rules.guide_words { "canceled" } else { "cancelled" };
    match charge.standing {
        Standing::Pending if rules.guide_words => "created",
        Standing::Pending => "pending",
        Standing::Processing => "processing",
        Standing::Taken if !charge.manual || charge.captured_minor > 0 => "completed",
        Standing::Taken if rules.completed_when_held => "completed",
        Standing::Taken => "authorized",
        Standing::Declined => "failed",
        Standing::Expired if !rules.guide_words => "expired",
        Standing::Cancelled | Standing::Expired | Standing::Reversed => cancelled,
    }
}

/// The event of a charge that has just changed.
#[must_use]
pub fn event_type(charge: &Charge) -> &'static str {
    match charge.standing {
        Standing::Taken => "terminal_payment.completed",
        Standing::Declined => "terminal_payment.failed",
        Standing::Cancelled | Standing::Expired | Standing::Reversed => {
            "terminal_payment.cancelled"
        }
        Standing::Pending | Standing::Processing => "terminal_payment.updated",
    }
}

/// A time in the form of the life.
#[must_use]
pub fn time(rules: &Rules, at_ms: u64) -> Value {
    let seconds = WALL_S + at_ms / 1_000;
    if !rules.iso_times {
        return json!(seconds);
    }
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    json!(format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// Seconds since 1970 at a time of the world.
#[must_use]
pub const fn seconds(at_ms: u64) -> i64 {
    (WALL_S + at_ms / 1_000) as i64
}

fn date(mut days: u64) -> (u64, u64, u64) {
    let mut year = 1970;
    let leap =
        |year: u64| year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let mut month = 1;
    for length in [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}
