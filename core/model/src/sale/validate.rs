//! From a raw request to a valid sale, one fixed order of checks.
//!
//! Three steps, because a repeat must be recognized before anything else is said of it: [`parse`]
//! is all that it takes to know the sale's identity, [`rules`] are ranges and sizes, and
//! [`capability`] is what the provider cannot do. Each names the first rule that is broken.

use super::{Account, Capabilities, Capture, Fault, Presence, References, Sale};
use super::{SaleRequest, Times, code, item, metadata};
use crate::ids::{Reference, TerminalId};
use crate::money::{Currency, Money};
use crate::time::Moment;

/// The most attempts that one reference may have.
pub const ATTEMPT_MAX: u32 = 99;

/// Reads currency, amount, reference, attempt, terminal, items and code, in this order.
///
/// # Errors
/// The first of them that cannot be read.
pub fn parse(
    request: &SaleRequest,
    account: &Account,
    references: &References,
    now: &Moment,
) -> Result<Sale, Fault> {
    let currency = Currency::parse(&request.currency)?;
    let amount = request.amount.read(currency)?;
    let reference = Reference::parse(&request.reference)
        .map_err(Fault::not_an_id("reference", Reference::LENGTH_MAX))?;
    let attempt = parse_attempt(request.attempt)?;
    let terminal = request.terminal.as_deref().map(TerminalId::parse).transpose();
    let terminal = terminal.map_err(Fault::not_an_id("terminal", TerminalId::LENGTH_MAX))?;
    let notes = request.metadata.iter();
    let items = item::read(&request.items, currency)?;
    request.code.as_ref().map_or(Ok(()), code::check)?;
    let sale = Sale {
        account: account.clone(),
        terminal,
        amount,
        reference,
        attempt,
        business_day: references.business_day(now),
        capture: request.capture,
        allow_part: request.allow_part,
        metadata: notes.map(|(key, value)| (key.as_str().into(), value.as_str().into())).collect(),
        items,
        customer_absent: request.customer_absent,
        scanned: request.code.is_some(),
    };
    code::check_absent(&sale)?;
    Ok(sale)
}

/// Checks that a terminal is named, then the amount's range, that the items add up, the notes and
/// the times; the times are what the request and the provider's usual ones come to.
///
/// # Errors
/// The first rule that is broken.
pub fn rules(
    request: &SaleRequest,
    sale: &Sale,
    capabilities: &Capabilities,
    usual: &Times,
) -> Result<Times, Fault> {
    check_terminal_named(sale, capabilities.terminal)?;
    check_amount_range(sale.amount, capabilities)?;
    item::check_sum(&sale.items, sale.amount)?;
    if let Some(bytes_max) = capabilities.metadata_bytes_max {
        metadata::check(sale, bytes_max)?;
    }
    Times::of(request, usual)
}

/// Checks what the provider can do: terminal, currency, notes, manual capture, part payment, items,
/// absent customers and scanned codes.
///
/// # Errors
/// The first thing that it cannot do.
pub fn capability(sale: &Sale, capabilities: &Capabilities) -> Result<(), Fault> {
    let provider = &sale.account.provider;
    if sale.terminal.is_some() && capabilities.terminal == Presence::Refused {
        let sentence = format!("{provider}'s sales have no terminal: leave it out");
        return Err(Fault::unsupported("terminal", "absent", sentence));
    }
    check_currency(sale, capabilities.currencies)?;
    if !sale.metadata.is_empty() && capabilities.metadata_bytes_max.is_none() {
        let sentence = format!("{provider} takes no metadata: leave it out");
        return Err(Fault::unsupported("metadata", "absent", sentence));
    }
    if sale.capture == Capture::Manual && !capabilities.manual_capture {
        let sentence = format!("{provider} captures by itself: ask for automatic capture");
        return Err(Fault::unsupported("capture", "automatic-only", sentence));
    }
    if sale.allow_part && !capabilities.part_payment {
        let sentence =
            format!("{provider} takes the whole amount or nothing: leave allow_part out");
        return Err(Fault::unsupported("allow_part", "whole-amount-only", sentence));
    }
    check_extras(sale, capabilities)
}

fn check_extras(sale: &Sale, capabilities: &Capabilities) -> Result<(), Fault> {
    let provider = &sale.account.provider;
    if !sale.items.is_empty() && !capabilities.items {
        let sentence = format!("{provider} takes no line items: leave items out");
        return Err(Fault::unsupported("items", "absent", sentence));
    }
    if sale.customer_absent && !capabilities.customer_absent {
        let sentence =
            format!("{provider} charges customers at the counter: leave customer_absent out");
        return Err(Fault::unsupported("customer_absent", "at-the-counter", sentence));
    }
    if sale.scanned && !capabilities.scanned_code {
        let sentence = format!("{provider} takes no scanned codes: leave code out");
        return Err(Fault::unsupported("code", "absent", sentence));
    }
    Ok(())
}

fn parse_attempt(attempt: u32) -> Result<u32, Fault> {
    if (1..=ATTEMPT_MAX).contains(&attempt) {
        return Ok(attempt);
    }
    let sentence = "an attempt is a number from 1 to 99: use the next_attempt that a payment names";
    Err(Fault::invalid("attempt", "range", sentence).limit(ATTEMPT_MAX))
}

fn check_terminal_named(sale: &Sale, presence: Presence) -> Result<(), Fault> {
    if sale.terminal.is_none() && presence == Presence::Required {
        let sentence = "a sale at this provider names the terminal that asks for the card";
        return Err(Fault::invalid("terminal", "required", sentence));
    }
    Ok(())
}

fn check_amount_range(amount: Money, capabilities: &Capabilities) -> Result<(), Fault> {
    if amount.is_zero() {
        return Err(Fault::amount("above-zero", "a sale is for more than nothing"));
    }
    // The limits are in the provider's own currencies; another currency is refused as such.
    if !takes(amount.currency(), capabilities.currencies) {
        return Ok(());
    }
    let limit = |minor| limit_text(minor, amount.currency());
    if let Some(min) = capabilities.amount_min_minor.filter(|min| amount.minor() < *min) {
        let sentence = format!("this provider takes at least {}", limit(min));
        return Err(Fault::amount("at-least", sentence).limit(limit(min)));
    }
    if let Some(max) = capabilities.amount_max_minor.filter(|max| amount.minor() > *max) {
        let sentence = format!("this provider takes at most {}", limit(max));
        return Err(Fault::amount("at-most", sentence).limit(limit(max)));
    }
    Ok(())
}

fn limit_text(minor: i64, currency: Currency) -> String {
    Money::from_minor(minor, currency).map_or_else(|_| minor.to_string(), |limit| limit.to_string())
}

fn check_currency(sale: &Sale, taken: &[&str]) -> Result<(), Fault> {
    if takes(sale.amount.currency(), taken) {
        return Ok(());
    }
    let list = taken.join(", ");
    let sentence =
        format!("{} takes {list}: ask for one of these currencies", sale.account.provider);
    Err(Fault::unsupported("currency", "one-of", sentence).limit(list))
}

fn takes(currency: Currency, taken: &[&str]) -> bool {
    taken.is_empty() || taken.contains(&currency.code())
}
