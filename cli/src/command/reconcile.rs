//! `till reconcile`: our payments beside the provider's own list.

use clap::Args;
use serde_json::json;
use tillkit::report::Reconciliation;

use super::Ended;
use crate::book::Book;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::show::{paint, times, words};

/// Compare payments with the provider's own list; today's, unless a time is said
#[derive(Debug, Args)]
pub struct Reconcile {
    /// Which account, where several are known
    #[arg(long)]
    account: Option<String>,
    #[command(flatten)]
    span: times::Span,
}

impl Reconcile {
    /// Compares.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let period = self.span.period()?;
        let account = Book::read(&desk.places)?.only(self.account.as_deref())?;
        let (till, book) = desk.work(Some(&account)).await?;
        book.provider(&account)?;
        desk.console.spin("the provider's list is read");
        let compared = till.reconcile(&account, period).await;
        till.close().await?;
        tell(desk, &compared?)
    }
}

fn tell(desk: &mut Desk, compared: &Reconciliation) -> Result<Ended, Failure> {
    let console = &mut desk.console;
    console.document(&json!({ "reconciliation": compared }))?;
    for line in lines(compared) {
        console.line(line)?;
    }
    let agree = compared.missing_here.is_empty()
        && compared.missing_there.is_empty()
        && compared.different.is_empty()
        && compared.unreadable.is_empty();
    let count = compared.agreeing;
    if agree {
        console
            .line(paint::good(format!("{count} agree, and nothing is missing on either side")))?;
        return Ok(exit::DONE);
    }
    console.line(format!("{count} agree; lists may lag behind, so look before you act"))?;
    Ok(exit::NOT_PAID)
}

fn lines(compared: &Reconciliation) -> Vec<String> {
    let here = compared.missing_here.iter().map(|theirs| {
        let reference = theirs.reference.as_deref().unwrap_or("without a reference");
        paint::bad(format!("missing here: charge {} ({reference})", theirs.charge))
    });
    let there = compared.missing_there.iter();
    let there = there.map(|id| paint::bad(format!("missing at the provider: payment {id}")));
    let different = compared.different.iter().map(|one| {
        let what = words::word_of(&one.what);
        let (ours, theirs) = (&one.ours, &one.theirs);
        paint::bad(format!("payment {}: {what} is {ours} here and {theirs} there", one.payment))
    });
    let unreadable = compared.unreadable.iter();
    let unreadable = unreadable.map(|one| paint::bad(format!("cannot be read: {}", one.why)));
    here.chain(there).chain(different).chain(unreadable).collect()
}
