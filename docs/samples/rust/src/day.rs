//! The end of the day: what was taken, and whether the provider agrees.

use tillkit::report::Period;
use tillkit::till::{Error, Till};

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
