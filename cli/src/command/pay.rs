//! `till pay`: a sale, followed until its outcome is known.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use clap::{Args, ValueEnum};
use tillkit::till::{Outcome, SaleRequest, Summary, Till};
use tillkit_model::ids::PaymentId;
use tillkit_model::provider::{Secret, times_of};
use tillkit_model::sale::{Capture, ItemRequest};

use super::{Ended, payment_ended};
use crate::book::Book;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::follow::{Interruptions, Story};
use crate::progress::Progress;
use crate::show::paint;

/// Take a payment: the same reference never charges twice
#[derive(Debug, Args)]
pub struct Pay {
    /// How much, as decimal text: 13.30
    amount: String,
    /// The currency's ISO 4217 code: EUR
    currency: String,
    /// The till's own name for the sale, such as an order number
    reference: String,
    /// Who is paid, where several accounts are known
    #[arg(long)]
    account: Option<String>,
    /// The provider's id of the terminal, as `till terminals` shows it
    #[arg(long)]
    terminal: Option<String>,
    /// Which try of this reference it is; a second one is allowed once the first was not paid
    #[arg(long, default_value_t = 1)]
    attempt: u32,
    /// When the money is taken
    #[arg(long, value_enum, default_value_t = When::Automatic)]
    capture: When,
    /// Let less be paid than was asked for
    #[arg(long)]
    allow_part: bool,
    /// A line of the receipt, as NAME=AMOUNT; repeat it for each line
    #[arg(long = "item", value_name = "NAME=AMOUNT", value_parser = pair)]
    items: Vec<(String, String)>,
    /// A note of your own, as NAME=TEXT; repeat it for each note
    #[arg(long = "note", value_name = "NAME=TEXT", value_parser = pair)]
    notes: Vec<(String, String)>,
    /// Pay by the code on the customer's device: scan it when asked, or pipe it in
    #[arg(long)]
    scan: bool,
    /// Nobody stands at the counter: the customer pays from elsewhere
    #[arg(long)]
    customer_absent: bool,
    /// Sell although this payment is in doubt at the terminal: the cashier has looked, and its
    /// screen shows it no more; repeat it for each
    #[arg(long, value_name = "PAYMENT")]
    screen_clear: Vec<String>,
    /// Come back at the provider's first answer, and leave the sale open
    #[arg(long)]
    no_wait: bool,
}

/// When the money is taken.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum When {
    /// By the provider, at once or soon
    Automatic,
    /// When `till capture` says so
    Manual,
}

impl Pay {
    /// Sells.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let book = Book::read(&desk.places)?;
        let account = book.only(self.account.as_deref())?;
        let patience = patience(&book, &account, desk)?;
        let no_wait = self.no_wait;
        let sale = self.sale(desk, account.clone())?;
        let mut heed = Interruptions::new();
        let (till, _) = desk.work(Some(&account)).await?;
        let sold = match heed.came().await {
            true => Err(Failure::said("interrupted", "broken off before the sale began")),
            false => sell(desk, &till, &mut heed, sale, no_wait, patience).await,
        };
        desk.close(&till).await;
        payment_ended(desk, &sold?)
    }

    fn sale(self, desk: &mut Desk, account: String) -> Result<SaleRequest, Failure> {
        each_once(&self.notes)?;
        let code = if self.scan { Some(scanned(desk)?) } else { None };
        let items = self.items.iter().map(|(name, amount)| ItemRequest::new(name, amount));
        Ok(SaleRequest {
            attempt: self.attempt,
            capture: self.capture.into(),
            allow_part: self.allow_part,
            metadata: self.notes.into_iter().collect::<BTreeMap<_, _>>(),
            items: items.collect(),
            customer_absent: self.customer_absent,
            code,
            screen_clear: ids(&self.screen_clear)?,
            ..SaleRequest::new(
                &account,
                self.terminal.as_deref(),
                &self.amount,
                &self.currency,
                &self.reference,
            )
        })
    }
}

async fn sell(
    desk: &mut Desk,
    till: &Till,
    heed: &mut Interruptions,
    sale: SaleRequest,
    no_wait: bool,
    patience: Duration,
) -> Result<Summary, Failure> {
    desk.console.spin("the provider is asked");
    let start = heed.during(&mut desk.console, "the sale", till.start(sale));
    let (started, interrupted) = start.await;
    let started = started.map_err(Failure::of_money)?;
    if no_wait && !interrupted {
        return Ok(started);
    }
    let ended = match interrupted {
        true => stopped(desk, till, heed, started.id).await,
        false => follow(desk, till, heed, &started, patience).await,
    };
    ended.map_err(Failure::adrift)
}

/// Follows the sale until its outcome is known, or until Ctrl-C.
async fn follow(
    desk: &mut Desk,
    till: &Till,
    heed: &mut Interruptions,
    started: &Summary,
    patience: Duration,
) -> Result<Summary, Failure> {
    let mut story = Story::of(started.id);
    let mut progress = Progress::of_sale(patience);
    tokio::select! {
        followed = progress.follow(&mut desk.console, till, &mut story, &[Outcome::Open]) => {
            // Every wait is for a sale that was there before; this call may have made it.
            return Ok(Summary { replayed: started.replayed, ..followed? });
        }
        () = heed.next() => {}
    }
    stopped(desk, till, heed, started.id).await
}

/// The first Ctrl-C only stops watching; a second one asks whether to cancel.
async fn stopped(
    desk: &mut Desk,
    till: &Till,
    heed: &mut Interruptions,
    payment: PaymentId,
) -> Result<Summary, Failure> {
    let console = &mut desk.console;
    console.rest();
    console.note(paint::doubt("No longer watching; the sale goes on."));
    console.note(format!("`till watch {payment}` watches again, `till cancel {payment}` cancels."));
    if console.asks() {
        console.note("Ctrl-C again within three seconds asks whether to cancel it.");
        let again = tokio::time::timeout(AGAIN, heed.next()).await.is_ok();
        if again && heed.agrees(console, "Cancel this sale?").await {
            let (cancelled, _) = heed.during(console, "the cancel", till.cancel(payment)).await;
            let cancelled = cancelled?;
            console.note(super::cancel::truth(cancelled.truth));
            return Ok(cancelled.payment);
        }
    }
    let now = till.payment(payment).await?;
    now.ok_or_else(|| Failure::said("lost", "the sale is not in the journal"))
}

/// How long a second Ctrl-C is waited for.
const AGAIN: Duration = Duration::from_secs(3);

/// How long until the caller is told *unknown*, as the provider's manners say.
fn patience(book: &Book, account: &str, desk: &Desk) -> Result<Duration, Failure> {
    let times = times_of(book.setup(account)?.adapter.as_ref());
    let pace = desk.hurry.as_ref().map_or(1, |hurry| hurry.pace);
    Ok(Duration::from_millis(times.settle_by_ms) / pace)
}

/// What a customer's device showed; it is shown to nobody else.
fn scanned(desk: &mut Desk) -> Result<Secret, Failure> {
    let code = if desk.console.asks() {
        desk.console.ask("scan the code", true)?
    } else {
        super::line_of_input()?
    };
    match code.trim() {
        "" => Err(Failure::said("no-code", "no code was scanned: standard input was empty")),
        code => Ok(Secret::new(code)),
    }
}

fn ids(texts: &[String]) -> Result<Vec<PaymentId>, Failure> {
    texts.iter().map(|text| super::payment_id(text)).collect()
}

/// Refuses a name that was given twice: nobody could say which of the two was meant.
pub fn each_once<'a>(pairs: impl IntoIterator<Item = &'a (String, String)>) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    match pairs.into_iter().find(|(name, _)| !seen.insert(name)) {
        Some((name, _)) => {
            Err(Failure::said("said-twice", format!("{name} is said twice: say it once")))
        }
        None => Ok(()),
    }
}

pub fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("say NAME=VALUE, with a = between them")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl From<When> for Capture {
    fn from(when: When) -> Self {
        match when {
            When::Automatic => Self::Automatic,
            When::Manual => Self::Manual,
        }
    }
}
