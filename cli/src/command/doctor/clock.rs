//! Whether this machine's clock is right: beside the payments that are stored, and beside the
//! clocks of the providers, as their answers tell them.

use tillkit::till::{Query, Till};

use super::{Finding, ill, mind, well};
use crate::failure::Failure;
use crate::show::times;

/// How far ahead of this clock a payment of another process may be.
const AHEAD_MS: i64 = 60_000;
/// How far from a provider's it may be: most signatures and expiries allow for some minutes, and
/// a machine whose clock is looked after is off by less than a second.
const OFF_MS: u64 = 30_000;

/// When the newest payment was called for, where there is one.
pub async fn newest_payment(till: &Till) -> Result<Option<i64>, Failure> {
    let page = till.payments(Query { limit: 1, ..Query::default() }).await?;
    Ok(page.payments.into_iter().flatten().next().map(|newest| newest.created_at_ms))
}

/// How far this clock is ahead of each account's provider's, of those that told the time.
pub async fn drifts(till: &Till) -> Vec<(String, i64)> {
    let accounts = till.health().await.map(|health| health.accounts).unwrap_or_default();
    let drift = |one: tillkit::till::AccountHealth| {
        one.clock_ahead_ms.map(|ahead_ms| (one.account.to_string(), ahead_ms))
    };
    accounts.into_iter().filter_map(drift).collect()
}

/// What is to be said of the clock.
pub fn judged(newest: &Result<Option<i64>, Failure>, drifts: &[(String, i64)]) -> Finding {
    let now_ms = times::now_ms();
    let (off, right): (Vec<_>, Vec<_>) =
        drifts.iter().partition(|(_, ahead_ms)| ahead_ms.unsigned_abs() > OFF_MS);
    let shown = times::local(now_ms);
    match (newest, off.as_slice(), right.as_slice()) {
        (_, [first, ..], []) => ill("clock", format!("it shows {shown}, {}: {SET}", from(first))),
        (_, off @ [_, ..], [(witness, _), ..]) => {
            let off: Vec<String> = off.iter().map(|one| from(one)).collect();
            let text = format!(
                "it shows {shown}, as the provider of {witness} does, but {}: tell that provider",
                off.join(" and ")
            );
            mind("clock", text)
        }
        (Ok(Some(newest_ms)), _, right) if *newest_ms > now_ms + AHEAD_MS => {
            let text =
                format!("it shows {shown}, but a payment is from {}", times::local(*newest_ms));
            match right {
                [] => ill("clock", format!("{text}: {SET}")),
                _ => mind("clock", format!("{text}: the clock was wrong when that was made")),
            }
        }
        (Err(failure), _, []) => ill("clock", failure.sentence()),
        (_, _, []) => mind(
            "clock",
            format!("it shows {shown}; no provider told the time, so compare it with another"),
        ),
        (_, _, right) => {
            let names: Vec<&str> = right.iter().map(|(name, _)| name.as_str()).collect();
            well("clock", format!("it shows {shown}, as the providers do: {}", names.join(", ")))
        }
    }
}

/// What to do, and why it matters.
const SET: &str = "set it, and have it kept right (NTP), for expiries, signatures, tokens and the \
                   day close go by it";

/// `2:00 min behind that of shop-1's provider`.
fn from((account, ahead_ms): &(String, i64)) -> String {
    let way = if *ahead_ms > 0 { "ahead of" } else { "behind" };
    format!("{} {way} that of {account}'s provider", times::span(ahead_ms.unsigned_abs()))
}
