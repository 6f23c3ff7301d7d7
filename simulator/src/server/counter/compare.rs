//! What the provider's ledger says of a payment beside what the till believes, and where they
//! differ.
//!
//! The ledger is what really happened; the till knows what it could find out so far.

use serde::Serialize;
use tillkit::till::{Outcome, Summary};
use tillkit_model::money::{Currency, Money};

use crate::fakes::ledger::{Charge, Standing};

/// One thing that both have a word for.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) ledger: String,
    pub(super) till: String,
    pub(super) differs: bool,
}

/// Where a payment stands, as coarsely as both can say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    Open,
    Taken,
    NotTaken,
    Returned,
    /// The till's alone.
    Unknown,
}

/// The ledger's charges of a payment beside the till's summary of it.
pub(super) fn compare(charges: &[Charge], summary: &Summary) -> Vec<Line> {
    let (ledger, till) = (stand_of(charges), believed(summary.outcome));
    let taken = || charges.iter().filter(|charge| holds(charge));
    let sum = |of: fn(&Charge) -> i64| taken().map(of).sum::<i64>();
    let returned: i64 = charges.iter().map(Charge::returned_minor).sum();
    let counts = matches!(till, Stand::Taken | Stand::Returned);
    let believed = |minor: i64| if counts { minor } else { 0 };
    let amounts = &summary.amounts;
    let currency = &*amounts.asked.currency;
    let money = |name, ledger: i64, till: i64| Line {
        name,
        ledger: text(ledger, currency),
        till: text(till, currency),
        differs: ledger != till,
    };
    vec![
        Line {
            name: "Outcome",
            ledger: ledger_word(charges, ledger),
            till: summary.outcome.name().replace('_', " "),
            differs: ledger != till,
        },
        Line {
            name: "Charges",
            ledger: taken().count().to_string(),
            till: i64::from(counts).to_string(),
            differs: taken().count() != usize::from(counts),
        },
        money(
            "Approved",
            sum(|charge| charge.authorized_minor),
            believed(amounts.authorized.minor),
        ),
        money("Captured", sum(|charge| charge.captured_minor), believed(amounts.captured.minor)),
        money("Given back", returned, amounts.returned.minor),
    ]
}

fn holds(charge: &Charge) -> bool {
    charge.taken_at_ms.is_some() && charge.reversed_at_ms.is_none()
}

fn stand_of(charges: &[Charge]) -> Stand {
    let mut taken = charges.iter().filter(|charge| holds(charge)).peekable();
    if taken.peek().is_some() {
        let back = taken.all(|charge| charge.returned_minor() >= charge.authorized_minor);
        return if back { Stand::Returned } else { Stand::Taken };
    }
    let waits =
        |charge: &Charge| matches!(charge.standing, Standing::Pending | Standing::Processing);
    if charges.is_empty() || charges.iter().any(waits) { Stand::Open } else { Stand::NotTaken }
}

const fn believed(outcome: Outcome) -> Stand {
    match outcome {
        Outcome::Open => Stand::Open,
        Outcome::Paid | Outcome::Held | Outcome::PartPaid => Stand::Taken,
        Outcome::NotPaid => Stand::NotTaken,
        Outcome::Returned => Stand::Returned,
        Outcome::Unknown => Stand::Unknown,
    }
}

/// The newest charge's own word, where there is one.
fn ledger_word(charges: &[Charge], stand: Stand) -> String {
    match (stand, charges.last()) {
        (_, None) => "nothing".to_owned(),
        (Stand::Taken, _) => "taken".to_owned(),
        (Stand::Returned, _) => "given back".to_owned(),
        (_, Some(charge)) => format!("{:?}", charge.standing).to_lowercase(),
    }
}

/// An amount as a person reads it.
pub(super) fn text(minor: i64, currency: &str) -> String {
    let money = Currency::parse(currency).and_then(|known| Money::from_minor(minor, known));
    money.map_or_else(
        |_| format!("{minor} {currency}"),
        |money| format!("{} {currency}", money.text()),
    )
}
