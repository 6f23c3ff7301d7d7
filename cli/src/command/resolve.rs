//! `till resolve`: a person's word on what nothing else can tell, with a reason that is kept.

use clap::{Args, ValueEnum};
use serde_json::json;
use tillkit::till::{Error, Query, Summary, Till, Word};
use tillkit_model::ids::{PaymentId, Reference};

use super::Ended;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::opening::Purpose;
use crate::show::{paint, words};
use crate::target::{find, reference};

/// Record a person's word on what nothing else can tell, with a reason that is kept
///
/// Whether customers paid, or whether a capture or a refund took effect. It is open once a payment
/// cannot settle by itself any more, and a provider's fact outranks it whenever one comes.
#[derive(Debug, Args)]
pub struct Resolve {
    /// The payments: each by its id, the reference of its sale, or the short code on its receipt
    #[arg(value_name = "PAYMENT", required_unless_present = "all")]
    payments: Vec<String>,
    /// All payments that are not known, for the day close
    #[arg(long, conflicts_with_all = ["payments", "operation"])]
    all: bool,
    /// The account of those references, where several are known; with --all only those of it
    #[arg(long)]
    account: Option<String>,
    /// What you say
    #[arg(long = "as", value_enum, value_name = "WORD")]
    word: Said,
    /// Of a capture or refund instead of the sale: its reference
    #[arg(long, value_name = "REFERENCE")]
    operation: Option<String>,
    /// Why you say so; it is kept with the payment
    #[arg(long)]
    reason: String,
    /// Do not ask; has to be said where nobody can be asked
    #[arg(long)]
    yes: bool,
}

/// A person's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Said {
    /// The customers paid
    Paid,
    /// The customers did not pay
    NotPaid,
    /// The capture or refund of --operation took effect
    TookEffect,
    /// The capture or refund of --operation did not
    NoEffect,
}

/// The word, about the sale or about an operation after it.
enum About {
    Sale(Word),
    Operation(Reference, bool),
}

impl Resolve {
    /// Records the word.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        if self.reason.trim().is_empty() {
            let sentence = "say why in --reason: it is all that an auditor will find";
            return Err(Failure::said("no-reason", sentence));
        }
        let about = self.about()?;
        let till = desk.open(Purpose::Look)?;
        let (payments, damaged) = self.meant(desk, &till).await?;
        if !self.confirmed(desk, payments.len())? {
            return Err(Failure::said("unsaid", "nothing was recorded"));
        }
        let mut told = Vec::new();
        let mut well = damaged.is_empty();
        for failure in damaged.into_iter().map(Failure::from) {
            desk.console.line(format!("{} {}", paint::bad("error:"), failure.sentence()))?;
            told.push(failure.json());
        }
        for payment in payments {
            let resolved = self.resolve(&till, payment, &about).await;
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

    /// Which are meant, each once, and what keeps others from being among them.
    async fn meant(
        &self,
        desk: &Desk,
        till: &Till,
    ) -> Result<(Vec<PaymentId>, Vec<Error>), Failure> {
        let account = self.account.as_deref();
        if self.all {
            return unknown(till, account).await;
        }
        let mut meant = Vec::new();
        for named in &self.payments {
            let id = match PaymentId::parse(named) {
                Ok(id) => id,
                Err(_) => find(desk, till, named, account).await?.id,
            };
            if !meant.contains(&id) {
                meant.push(id);
            }
        }
        Ok((meant, Vec::new()))
    }

    fn confirmed(&self, desk: &mut Desk, count: usize) -> Result<bool, Failure> {
        let word = self.word.to_possible_value();
        let word = word.as_ref().map_or("", |value| value.get_name());
        let question = match count {
            1 => format!("Record {word:?} for this payment, for good?"),
            count => format!("Record {word:?} for {count} payments, for good?"),
        };
        desk.console.agrees(self.yes, &question)
    }

    fn about(&self) -> Result<About, Failure> {
        let operation = self.operation.as_deref().map(reference).transpose()?;
        match (self.word, operation) {
            (Said::Paid, None) => Ok(About::Sale(Word::Paid)),
            (Said::NotPaid, None) => Ok(About::Sale(Word::NotPaid)),
            (Said::TookEffect, Some(name)) => Ok(About::Operation(name, true)),
            (Said::NoEffect, Some(name)) => Ok(About::Operation(name, false)),
            (Said::Paid | Said::NotPaid, Some(_)) | (Said::TookEffect | Said::NoEffect, None) => {
                let sentence = "say --as paid or not-paid of a sale, and --as took-effect or \
                                no-effect with --operation of a capture or refund";
                Err(Failure::said("which-word", sentence))
            }
        }
    }

    async fn resolve(
        &self,
        till: &Till,
        payment: PaymentId,
        about: &About,
    ) -> Result<Summary, Failure> {
        Ok(match about {
            About::Sale(word) => till.resolve(payment, *word, &self.reason).await?,
            About::Operation(name, took_effect) => {
                till.resolve_operation(payment, name.clone(), *took_effect, &self.reason).await?
            }
        })
    }
}

/// Every payment that is not known, and the damaged ones, of which nobody can say whether they are.
async fn unknown(
    till: &Till,
    account: Option<&str>,
) -> Result<(Vec<PaymentId>, Vec<Error>), Failure> {
    let (mut found, mut damaged) = (Vec::new(), Vec::new());
    let mut query = Query {
        account: account.map(Into::into),
        unsettled: Some(true),
        outcome: Some("unknown".into()),
        limit: 500,
        ..Query::default()
    };
    loop {
        let page = till.payments(query.clone()).await?;
        for payment in page.payments {
            match payment {
                Ok(summary) => found.push(summary.id),
                Err(error) => damaged.push(error),
            }
        }
        if page.next.is_none() {
            return Ok((found, damaged));
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
