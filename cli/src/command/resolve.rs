//! `till resolve`: a person's word on what nothing else can tell, with a reason that is kept.

use clap::Args;
use serde_json::json;
use tillkit::till::{Query, Summary, Till, Word};
use tillkit_model::ids::PaymentId;

use super::Ended;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::opening::Purpose;
use crate::show::{paint, words};
use crate::target::reference;

/// Say what nothing else can tell: whether customers paid, or a capture or refund took effect
#[derive(Debug, Args)]
#[group(id = "word", required = true, multiple = false, args = ["paid", "not_paid", "took_effect", "no_effect"])]
pub struct Resolve {
    /// The payments' ids
    #[arg(value_name = "PAYMENT", required_unless_present = "all")]
    payments: Vec<String>,
    /// All payments that are not known, for the day close
    #[arg(long, conflicts_with = "payments")]
    all: bool,
    /// With --all: only those of this account
    #[arg(long, requires = "all")]
    account: Option<String>,
    /// The customers paid
    #[arg(long)]
    paid: bool,
    /// The customers did not pay
    #[arg(long)]
    not_paid: bool,
    /// The capture or refund of --operation took effect
    #[arg(long, requires = "operation")]
    took_effect: bool,
    /// The capture or refund of --operation did not
    #[arg(long, requires = "operation")]
    no_effect: bool,
    /// The reference of a capture or refund whose fate is not known
    #[arg(long, value_name = "REFERENCE", conflicts_with = "all")]
    operation: Option<String>,
    /// Why you say so; it is kept with the payment
    #[arg(long)]
    reason: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Resolve {
    /// Records the word.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        if self.reason.trim().is_empty() {
            let sentence = "say why in --reason: it is all that an auditor will find";
            return Err(Failure::said("no-reason", sentence));
        }
        let till = desk.open(Purpose::Look)?;
        let payments = self.meant(&till).await?;
        if desk.console.asks() && !self.yes && !self.confirmed(desk, payments.len())? {
            return Err(Failure::said("unsaid", "nothing was recorded"));
        }
        let mut told = Vec::new();
        let mut well = true;
        for payment in payments {
            let resolved = self.resolve(&till, payment).await;
            well &= resolved.is_ok();
            desk.console.line(line(payment, &resolved))?;
            told.push(match &resolved {
                Ok(summary) => json!({ "payment": summary }),
                Err(failure) => {
                    let mut told = failure.json();
                    told["id"] = json!(payment);
                    told
                }
            });
        }
        till.close().await?;
        desk.console.document(&json!({ "resolved": told }))?;
        Ok(if well { exit::DONE } else { exit::FAILED })
    }

    async fn meant(&self, till: &Till) -> Result<Vec<PaymentId>, Failure> {
        if !self.all {
            return self.payments.iter().map(|text| super::payment_id(text)).collect();
        }
        unknown(till, self.account.as_deref()).await
    }

    fn confirmed(&self, desk: &mut Desk, count: usize) -> Result<bool, Failure> {
        let word = if self.paid || self.took_effect { "yes, it did" } else { "no, it did not" };
        desk.console.confirms(&format!("Record {word:?} for {count} of them, for good?"))
    }

    async fn resolve(&self, till: &Till, payment: PaymentId) -> Result<Summary, Failure> {
        if let Some(name) = &self.operation {
            let name = reference(name)?;
            let word = self.took_effect;
            return Ok(till.resolve_operation(payment, name, word, &self.reason).await?);
        }
        let word = if self.paid { Word::Paid } else { Word::NotPaid };
        Ok(till.resolve(payment, word, &self.reason).await?)
    }
}

/// Every payment that is not known.
async fn unknown(till: &Till, account: Option<&str>) -> Result<Vec<PaymentId>, Failure> {
    let mut found = Vec::new();
    let mut query = Query {
        account: account.map(Into::into),
        unsettled: Some(true),
        outcome: Some("unknown".into()),
        before: None,
        limit: 500,
    };
    loop {
        let page = till.payments(query.clone()).await?;
        found.extend(page.payments.iter().flatten().map(|summary| summary.id));
        if page.next.is_none() {
            return Ok(found);
        }
        query.before = page.next;
    }
}

fn line(payment: PaymentId, resolved: &Result<Summary, Failure>) -> String {
    match resolved {
        Ok(summary) => format!("{payment}  {}", words::ending(summary)),
        Err(failure) => format!("{payment}  {} {}", paint::bad("error:"), failure.sentence()),
    }
}
