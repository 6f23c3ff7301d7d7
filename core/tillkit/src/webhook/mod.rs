//! Notifications that arrive: checked against their exact bytes, remembered, passed on, answered.
//!
//! A notification is a hint, never a fact. It is answered with success only once what it tells is
//! durable; whoever forged it learns nothing but that it was refused; and whatever cannot be done
//! at present is answered so that the provider tries again. What is old and truly signed is still a
//! hint. A hint for a payment that nobody knows is kept for two weeks, for the notification may
//! have overtaken the answer that names the charge.

mod answer;
mod keys;
mod recovery;
mod shelf;
mod stream;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

#[cfg(test)]
mod tests;

use tillkit_model::engine::port::{Call, Reply};
use tillkit_model::error::{Code, Error};
use tillkit_model::ids::AccountName;
use tillkit_model::provider::{Delivery, Hint, Notice, Refused, Trust};

use crate::errand::Line;
use crate::shell::Runner;

pub use answer::{Heard, WebhookAnswer, parsed_body};
pub(crate) use keys::KeyRing;
pub(crate) use recovery::recover;
pub use recovery::{Hearing, Recovered};
pub use stream::TerminalStream;

/// The longest body that is looked at.
pub const BODY_BYTES_MAX: usize = 1_048_576;

/// Takes in what arrived for an account.
pub(crate) async fn receive(
    line: &Line,
    runner: &Runner,
    account: &AccountName,
    delivery: &Delivery<'_>,
) -> Result<Heard, Error> {
    if delivery.body.len() > BODY_BYTES_MAX {
        return Err(answer::too_large());
    }
    let notice = verified(line, runner, delivery).await?;
    take_in(line, runner, account, notice).await
}

/// Takes in what is authentic, once.
async fn take_in(
    line: &Line,
    runner: &Runner,
    account: &AccountName,
    notice: Notice,
) -> Result<Heard, Error> {
    let Notice { id, hints, consent_revoked } = notice;
    if let Some(id) = id.clone()
        && is_known(runner, account, id).await?
    {
        return Ok(Heard::Repeated);
    }
    let (mut heard, mut failed) = (Heard::NothingForUs, None);
    for hint in hints {
        match hear(line, runner, account, hint).await {
            Ok(one) => heard = heard.max(one),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    if consent_revoked {
        line.consent_was_revoked();
        heard = heard.max(Heard::Taken);
    }
    if let Some(error) = failed {
        return Err(error);
    }
    // Only now, when all of it is durable: after a crash in between it is heard once more.
    if let Some(id) = id {
        remember(runner, account, id).await?;
    }
    Ok(heard)
}

async fn verified(line: &Line, runner: &Runner, delivery: &Delivery<'_>) -> Result<Notice, Error> {
    let mut notified = line.notified(delivery, line.keys.known(runner).await.as_ref(), runner);
    if notified == Err(Refused::NeedsKeys) {
        let keys = line.keys.fetched(line, runner).await?;
        notified = line.notified(delivery, keys.as_ref(), runner);
    }
    notified.map_err(answer::refused)
}

impl Line {
    fn notified(
        &self,
        delivery: &Delivery<'_>,
        keys: Option<&tillkit_model::provider::SigningKeys>,
        runner: &Runner,
    ) -> Result<Notice, Refused> {
        let public_url = self.public_url.as_deref();
        let trust = Trust { secrets: &self.webhook_secrets, public_url, keys };
        self.desk.notified(delivery, &trust, &runner.now())
    }
}

/// One hint, durable when this returns: with its payment, or on the shelf.
async fn hear(
    line: &Line,
    runner: &Runner,
    account: &AccountName,
    hint: Hint,
) -> Result<Heard, Error> {
    match pass_on(runner, account, hint.clone()).await {
        Ok(Passed::Taken) => Ok(Heard::Taken),
        Ok(Passed::Pruned) => Ok(Heard::NothingForUs),
        Err(error) if error.code == Code::UnknownPayment => {
            let (name, now) = (account.clone(), runner.now());
            let keep =
                runner.ask(move |journal| journal.shelf().keep_hint(name.as_str(), &hint, &now));
            keep.await?;
            // Its payment may have become known just before it was kept.
            line.shelf_wake.notify_one();
            Ok(Heard::Kept)
        }
        Err(error) => Err(error),
    }
}

/// Whether an error is a payment's own: its record cannot be read, which stops it and no other.
fn stops_its_payment(error: &Error) -> bool {
    matches!(error.code, Code::JournalCorrupt | Code::JournalNewer)
}

/// What became of a hint that was passed on.
enum Passed {
    Taken,
    /// Its payment was settled long ago.
    Pruned,
}

async fn pass_on(runner: &Runner, account: &AccountName, hint: Hint) -> Result<Passed, Error> {
    let call = Call::Hint { account: account.clone(), hint: Box::new(hint) };
    match runner.call(call).await {
        Ok(Reply::HintTaken) => Ok(Passed::Taken),
        Ok(_) => Err(Error::new(Code::Internal)),
        Err(error) if error.code == Code::NotOpen => Ok(Passed::Pruned),
        Err(error) => Err(error),
    }
}

async fn is_known(runner: &Runner, account: &AccountName, id: Box<str>) -> Result<bool, Error> {
    let name = account.clone();
    runner.ask(move |journal| journal.shelf().knows_notice(name.as_str(), &id)).await
}

async fn remember(runner: &Runner, account: &AccountName, id: Box<str>) -> Result<(), Error> {
    let (name, now) = (account.clone(), runner.now());
    runner.ask(move |journal| journal.shelf().keep_notice(name.as_str(), &id, &now)).await
}
