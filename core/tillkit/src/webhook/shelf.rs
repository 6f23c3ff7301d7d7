//! Hints that wait for their payment.

use std::sync::Arc;

use tillkit_model::error::{Code, Error};
use tillkit_model::ids::AccountName;
use tillkit_model::time::{MINUTE_MS, SECOND_MS};

use super::{pass_on, stops_its_payment};
use crate::errand::Line;
use crate::journal::KeptHint;
use crate::shell::Runner;

/// A notification that overtook its payment is soon overtaken itself: so long it is looked for
/// often.
const SOON_MS: i64 = 120_000;

impl Line {
    /// Passes kept hints on when their payment becomes known, until nobody holds this line any more
    /// or the shell ends.
    pub(crate) fn tend_shelf(self: &Arc<Self>, account: AccountName, runner: &Runner) {
        let (line, own) = (Arc::downgrade(self), runner.clone());
        runner.spawn(async move {
            while let Some(held) = line.upgrade() {
                let pause_ms = sweep(&held, &own, &account).await.unwrap_or(SECOND_MS);
                let wake = Arc::clone(&held.shelf_wake);
                drop(held);
                own.pause_until(pause_ms, &wake).await;
            }
        });
    }
}

/// One look at what is kept; how long until the next. What cannot be passed on is kept, and keeps
/// nothing else waiting.
async fn sweep(line: &Line, runner: &Runner, account: &AccountName) -> Result<u64, Error> {
    let name = account.clone();
    let matched = runner.ask(move |journal| journal.shelf().matched_hints(name.as_str())).await?;
    let (mut passed_some, mut kept, mut failed) = (false, 0_u32, None);
    for KeptHint { number, hint } in matched {
        match pass_on(runner, account, hint).await {
            Ok(_) => {}
            // It is listed, and cannot be read as a payment of this account.
            Err(error) if error.code == Code::UnknownPayment => {}
            Err(error) if stops_its_payment(&error) => {
                kept = kept.saturating_add(1);
                continue;
            }
            Err(error) if runner.is_over() => return Err(error),
            Err(error) => {
                failed = failed.or(Some(error));
                continue;
            }
        }
        runner.ask(move |journal| journal.shelf().forget_hint(number)).await?;
        passed_some = true;
    }
    line.tell_hearing(|hearing| hearing.kept = kept);
    if let Some(error) = failed {
        return Err(error);
    }
    if passed_some {
        return Ok(1);
    }
    let name = account.clone();
    let newest = runner.ask(move |journal| journal.shelf().newest_hint_wall_ms(name.as_str()));
    Ok(match newest.await? {
        None => MINUTE_MS,
        Some(came) if runner.now().wall_ms.saturating_sub(came) < SOON_MS => SECOND_MS,
        Some(_) => 30 * SECOND_MS,
    })
}
