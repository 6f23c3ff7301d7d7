//! Everything that the page shows, as one record.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};
use tillkit::journal::Query;
use tillkit::receipt::qr_code;
use tillkit::till::{Error, Summary, Till};

use super::compare::{self, Line};
use super::desk::{Desk, Seller};
use super::shop::{PLACES, Place, TROUBLES, Trouble};
use crate::fakes::ledger::{Charge, Ledger};
use crate::server::{Control, Held, doors};

/// How many payments are shown.
const PAYMENTS: u32 = 20;
/// How many of a provider's newest charges are looked through for other tills'.
const OTHERS: usize = 10;

/// The page's whole state, but for the exchanges.
pub(super) async fn of(desk: &Desk) -> Result<Value, Error> {
    let (sellers, control) = (desk.sellers(), &desk.control);
    let mut payments = Vec::new();
    for seller in &sellers {
        payments.extend(payments_of(seller, control).await?);
    }
    payments.sort_by_key(|payment| Reverse(payment.summary.created_at_ms));
    let mut places = Vec::new();
    for place in PLACES {
        places.push(shown_place(&desk.till, control, place, &payments)?);
    }
    let mut others = Vec::new();
    for place in PLACES {
        others.extend(of_others(&sellers, control, place).await?);
    }
    let codes = json!({
        "app": doors::centrapay::APP_CODE, "quick": doors::centrapay::QUICK_CODE,
    });
    Ok(json!({
        "ahead_ms": control.ahead_ms(), "pace": control.pace(), "places": places,
        "payments": payments, "others": others, "codes": codes,
    }))
}

/// The newest payments of one till.
async fn payments_of(seller: &Seller, control: &Control) -> Result<Vec<Payment>, Error> {
    let Seller { till, prefix } = seller;
    let page = till.payments(Query { limit: PAYMENTS, ..Query::default() }).await?;
    let mut payments = Vec::new();
    for summary in page.payments {
        let summary = summary?;
        let provider = summary.account.as_str().strip_prefix(prefix);
        if let Some(place) = provider.and_then(Place::named) {
            payments.push(payment(till, control, place, summary).await?);
        }
    }
    Ok(payments)
}

/// The newest charges at a provider that are none of these tills': those of a program that a
/// developer is writing.
async fn of_others(
    sellers: &[Seller],
    control: &Control,
    place: &'static Place,
) -> Result<Vec<Value>, Error> {
    let ledger = control.ledger(place.provider);
    let mut others = Vec::new();
    for charge in ledger.charges.iter().rev().take(OTHERS) {
        if !is_known(sellers, charge).await? {
            others.push(json!({
                "id": charge.id, "provider": place.provider,
                "amount": compare::text(charge.asked_minor, &charge.currency),
                "standing": format!("{:?}", charge.standing).to_lowercase(),
            }));
        }
    }
    Ok(others)
}

async fn is_known(sellers: &[Seller], charge: &Charge) -> Result<bool, Error> {
    let Some(payment) = charge.payment else { return Ok(false) };
    for Seller { till, .. } in sellers {
        if till.payment(payment).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A payment: what the till says, its story, and the ledger beside it.
#[derive(Serialize)]
struct Payment {
    provider: &'static str,
    summary: Summary,
    story: Vec<Told>,
    /// What happened at the terminal.
    moments: Vec<crate::server::Moment>,
    lines: Vec<Line>,
    differs: bool,
}

/// One event of the till's, on the simulator's clock.
#[derive(Serialize)]
struct Told {
    at_ms: u64,
    name: &'static str,
    sentence: String,
}

async fn payment(
    till: &Till,
    control: &Control,
    place: &'static Place,
    summary: Summary,
) -> Result<Payment, Error> {
    let ledger = control.ledger(place.provider);
    let charges: Vec<Charge> = ledger.of(summary.id).cloned().collect();
    let ids: BTreeSet<&str> = charges.iter().map(|charge| charge.id.as_str()).collect();
    let held = control.held(place.provider);
    let mut moments = held.map(|held| held.moments).unwrap_or_default();
    moments.retain(|moment| moment.charge.as_deref().is_some_and(|id| ids.contains(id)));
    let story = till.timeline(summary.id).await?.into_iter().map(|entry| Told {
        at_ms: (entry.at.wall_ms as u64).saturating_sub(crate::fakes::WALL_MS),
        name: entry.name,
        sentence: entry.sentence,
    });
    let lines = compare::compare(&charges, &summary);
    let differs = lines.iter().any(|line| line.differs);
    Ok(Payment {
        provider: place.provider,
        story: story.collect(),
        moments,
        lines,
        differs,
        summary,
    })
}

fn shown_place(
    till: &Till,
    control: &Control,
    place: &'static Place,
    payments: &[Payment],
) -> Result<Value, Error> {
    let can = till.capabilities(place.provider)?;
    let planned = control.faults(place.provider);
    let is_planned =
        |trouble: &Trouble| place.planned(trouble).is_ok_and(|wanted| planned.contains(&wanted));
    let armed = TROUBLES.iter().filter(|trouble| is_planned(trouble));
    let stand = place.stand()?;
    let ledger = control.ledger(place.provider);
    let held = control.held(place.provider);
    Ok(json!({
        "provider": place.provider,
        "title": stand.title,
        "currency": stand.currency,
        "can": {
            "refund": can.refund, "cancel": can.cancel, "hold": can.manual_capture,
            "scan": can.scanned_code, "conditions": can.conditions,
            "card": place.names_terminal,
        },
        "armed": armed.map(|trouble| trouble.name).collect::<Vec<_>>(),
        "sale": held.as_ref().and_then(|held| sale(held, &ledger, payments)),
        "held": held,
        "prompts": ledger.prompts.len(),
    }))
}

/// The sale on a device's screen.
fn sale(held: &Held, ledger: &Ledger, payments: &[Payment]) -> Option<Value> {
    let charge = &ledger.charges[ledger.place(held.charge.as_deref()?)?];
    let payment = payments.iter().find(|payment| Some(payment.summary.id) == charge.payment);
    let url = payment.and_then(|payment| payment.summary.details.as_ref()?.url.clone());
    let total_minor = charge.authorized_minor.max(charge.asked_minor);
    Some(json!({
        "payment": charge.payment,
        "total": compare::text(total_minor, &charge.currency),
        "tip": (charge.tip_minor > 0).then(|| compare::text(charge.tip_minor, &charge.currency)),
        "qr": url.and_then(|url| squares(&url)),
    }))
}

/// A QR code as the path of its dark squares.
fn squares(url: &str) -> Option<Value> {
    let matrix = qr_code(url).ok()?.matrix;
    let mut path = String::new();
    for (y, row) in matrix.iter().enumerate() {
        for (x, _) in row.iter().enumerate().filter(|(_, dark)| **dark) {
            path += &format!("M{x} {y}h1v1h-1z");
        }
    }
    Some(json!({ "size": matrix.len(), "path": path }))
}
