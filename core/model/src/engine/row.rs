//! The small row that a journal keeps beside a payment's events, derived from the payment.

use super::store::Row;
use crate::identity;
use crate::payment::{Payment, view};

/// The row of a payment as it stands.
#[must_use]
pub fn row(payment: &Payment) -> Row {
    let sale = &payment.sale;
    let holds = if view::holds_terminal(payment) { identity::terminal_key(sale) } else { None };
    Row {
        identity: identity::key(sale),
        account: sale.account.name.as_str().into(),
        holds,
        unsettled: view::is_unsettled(payment),
        driver: payment.driver,
        charges: payment.charges.keys().cloned().collect(),
        outcome: view::outcome(payment).name().into(),
        created_wall_ms: payment.created_at.wall_ms,
    }
}
