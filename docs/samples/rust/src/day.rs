//! A shop's day: its order numbers, what was taken, and whether the provider agrees.

use tillkit::report::Period;
use tillkit::till::{Connect, Error, References, Terms, Till};

/// Order numbers begin at 1 each morning: the business day, from four o'clock on, is a part of
/// them.
///
/// # Errors
/// A business day that no calendar has.
// ANCHOR: restart
pub fn numbers_restart_each_day(account: Connect) -> Result<Connect, Error> {
    let references = References::PerDay { offset_minutes: 60, hour: 4 };
    account.on(Terms { references, ..Terms::default() })
}
// ANCHOR_END: restart

/// What the drawer should hold, and what somebody has to look at.
///
/// # Errors
/// When the journal or the provider cannot tell.
// ANCHOR: close
pub async fn close_the_day(till: &Till, account: &str, day: Period) -> Result<String, Error> {
    let report = till.report(Some(account), day).await?;
    let mut lines: Vec<String> = Vec::new();
    for total in &report.totals {
        lines.push(format!("{} {} in minor units", total.net.0, total.currency));
    }
    for payment in report.in_doubt.iter().chain(&report.alarmed) {
        lines.push(format!("look at {payment}"));
    }
    // Where the provider has a list of its own: capabilities.beside.reconcile says so.
    if till.capabilities(account)?.beside.reconcile {
        let compared = till.reconcile(account, day).await?;
        lines.push(format!("{} agree with the provider's list", compared.agreeing));
    }
    Ok(lines.join("\n"))
}
// ANCHOR_END: close
