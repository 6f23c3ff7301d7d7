//! What a made-up provider's answer shows.

use tillkit_model::ids::{ChargeId, PaymentId, Reference, TerminalId};
use tillkit_model::money::{Currency, Money};
use tillkit_model::payment::Payment;
use tillkit_model::payment::sighting::{NotTaken, Ours, SeenOperation, Sighting, Standing};
use tillkit_model::wire::{Exchange, Response};

use super::Kind;
use crate::fakes::house::{Page, Shown};

/// The charges of an answer with one of these statuses; else what is wrong with it.
pub(super) fn charges(
    kind: Kind,
    payment: &Payment,
    exchange: &Exchange,
    statuses: &[u16],
) -> Result<Vec<Sighting>, Box<str>> {
    let response = exchange.as_ref().map_err(|_| "no-answer")?;
    let page = page(response, statuses)?;
    page.payments.iter().map(|shown| sighting(kind, payment, shown)).collect()
}

fn page(response: &Response, statuses: &[u16]) -> Result<Page, Box<str>> {
    if !statuses.contains(&response.status) {
        return Err(format!("status-{}", response.status).into());
    }
    if response.truncated || !response.is_json() {
        return Err("not-whole-json".into());
    }
    serde_json::from_slice(&response.body).map_err(|_| "malformed".into())
}

fn sighting(kind: Kind, payment: &Payment, shown: &Shown) -> Result<Sighting, Box<str>> {
    let currency = Currency::parse(&shown.currency).map_err(|_| "currency")?;
    let money = |minor| Money::from_minor(minor, currency).map_err(|_| Box::from("amount"));
    let ours = match shown.payment.as_deref() {
        None => Ours::Unsaid,
        Some(id) if PaymentId::parse(id).is_ok_and(|id| id == payment.id) => Ours::Yes,
        Some(_) => Ours::No,
    };
    let not_taken = |how| Standing::NotTaken { how, reason: None };
    let standing = match &*shown.status {
        "pending" => Standing::Pending,
        "processing" => Standing::Processing,
        "taken" => Standing::Taken {
            authorized: money(shown.authorized)?,
            captured: money(shown.captured)?,
            tip: (shown.tip > 0).then(|| money(shown.tip)).transpose()?,
            returned: (shown.returned > 0).then(|| money(shown.returned)).transpose()?,
            provisional: false,
        },
        "declined" => not_taken(NotTaken::Declined),
        "cancelled" => not_taken(NotTaken::Cancelled),
        // An expired session may still be charged there, so nothing is decided.
        "expired" if kind == Kind::Reference => Standing::Pending,
        "expired" => not_taken(NotTaken::Expired),
        "reversed" => Standing::Reversed { authorized: Some(money(shown.authorized)?) },
        _ => return Err("unknown-status".into()),
    };
    let operations = shown.operations.iter().filter_map(|seen| {
        Some(SeenOperation {
            reference: Reference::parse(&seen.reference).ok()?,
            amount: money(seen.amount).ok(),
            took_effect: Some(true),
        })
    });
    Ok(Sighting {
        details: None,
        charge: ChargeId::parse(&shown.id).map_err(|_| "id")?,
        ours,
        asked: Some(money(shown.amount)?),
        terminal: shown.terminal.as_deref().and_then(|id| TerminalId::parse(id).ok()),
        standing,
        operations: operations.collect(),
        card: None,
    })
}
