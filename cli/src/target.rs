//! Which payment is meant: by its id, or by the till's own name for it.

use clap::Args;
use tillkit::till::{Summary, Till};
use tillkit_model::ids::{PaymentId, Reference};

use crate::book::Book;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::opening::Purpose;

/// One payment.
#[derive(Debug, Clone, Args)]
pub struct Target {
    /// The payment's id, the reference of its sale, or the short code on its receipt
    #[arg(value_name = "PAYMENT")]
    payment: String,
    /// The account of that reference, where several are known
    #[arg(long)]
    account: Option<String>,
}

impl Target {
    /// Opens the journal to look, and finds the payment in it.
    pub async fn look(&self, desk: &Desk) -> Result<(Till, Summary), Failure> {
        let till = desk.open(Purpose::Look)?;
        let summary = self.find(desk, &till).await?;
        Ok((till, summary))
    }

    /// Opens the journal to work, connected to the payment's own account.
    pub async fn work(&self, desk: &mut Desk) -> Result<(Till, Summary), Failure> {
        let (looking, summary) = self.look(desk).await?;
        looking.close().await?;
        let (till, book) = desk.work(Some(summary.account.as_str())).await?;
        // An unknown account is told as such, before anything is asked of it.
        book.provider(summary.account.as_str())?;
        Ok((till, summary))
    }

    async fn find(&self, desk: &Desk, till: &Till) -> Result<Summary, Failure> {
        find(desk, till, &self.payment, self.account.as_deref()).await
    }
}

/// The payment of this id, the latest one under this reference at an account, or the newest one
/// with this short code.
pub async fn find(
    desk: &Desk,
    till: &Till,
    named: &str,
    account: Option<&str>,
) -> Result<Summary, Failure> {
    let found = match PaymentId::parse(named) {
        Ok(id) => till.payment(id).await?,
        Err(_) => by_reference(desk, till, named, account).await?,
    };
    found.ok_or_else(|| {
        let sentence =
            format!("there is no payment {named:?} here: `till list` names those that there are");
        Failure::said("unknown-payment", sentence)
    })
}

async fn by_reference(
    desk: &Desk,
    till: &Till,
    named: &str,
    account: Option<&str>,
) -> Result<Option<Summary>, Failure> {
    let book = Book::read(&desk.places)?;
    let account = book.only(account)?;
    till.connect(book.connect(&account)?).await?;
    match till.payment_by_reference(&account, &reference(named)?).await? {
        Some(found) => Ok(Some(found)),
        None => Ok(till.payment_by_short_code(&account, named).await?),
    }
}

/// A till's own name for something.
pub fn reference(text: &str) -> Result<Reference, Failure> {
    Reference::parse(text).map_err(|fault| {
        Failure::said("not-a-reference", format!("{text:?} is no reference: {}", fault.rule))
    })
}
