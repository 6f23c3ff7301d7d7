//! `till cancel`: a wish, and the one truth about it.

use clap::Args;
use serde_json::json;
use tillkit::till::CancelTruth;

use super::Ended;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::follow::Interruptions;
use crate::show::{paint, words};
use crate::target::Target;

/// Cancel a sale before it is paid, or release what is held
#[derive(Debug, Args)]
pub struct Cancel {
    #[command(flatten)]
    target: Target,
}

impl Cancel {
    /// Wishes it.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let (till, summary) = self.target.work(desk).await?;
        desk.console.spin("the provider is asked to cancel");
        let mut heed = Interruptions::new();
        let cancel = heed.during(&mut desk.console, "the cancel", till.cancel(summary.id));
        let (cancelled, _) = cancel.await;
        desk.close(&till).await;
        let cancelled = cancelled.map_err(Failure::of_money)?;
        let console = &mut desk.console;
        let truth_word = cancelled.truth.name();
        console.document(&json!({ "cancel": truth_word, "payment": cancelled.payment }))?;
        console.line(truth(cancelled.truth))?;
        console.line(words::ending(&cancelled.payment))?;
        Ok(exit_of(cancelled.truth))
    }
}

/// The truth in a sentence.
pub fn truth(truth: CancelTruth) -> String {
    let sentence = match truth {
        CancelTruth::Cancelled => "cancelled: no money was taken",
        CancelTruth::AlreadyPaid => "already paid: `till refund` gives it back",
        CancelTruth::AlreadyNotPaid => "already over, and not paid",
        CancelTruth::TooLate => "too late: the customer is at the reader, and it is still open",
        CancelTruth::NotSupported => {
            "this provider cannot cancel: it is open until it ends by itself"
        }
        CancelTruth::Unknown => "not known yet: the wish is recorded, and Tillkit goes on looking",
    };
    match truth {
        CancelTruth::Cancelled | CancelTruth::AlreadyNotPaid => paint::good(sentence),
        CancelTruth::AlreadyPaid | CancelTruth::NotSupported => paint::bad(sentence),
        CancelTruth::TooLate | CancelTruth::Unknown => paint::doubt(sentence),
    }
}

const fn exit_of(truth: CancelTruth) -> u8 {
    match truth {
        CancelTruth::Cancelled | CancelTruth::AlreadyNotPaid => exit::DONE,
        CancelTruth::AlreadyPaid | CancelTruth::NotSupported => exit::NOT_PAID,
        CancelTruth::TooLate => exit::OPEN,
        CancelTruth::Unknown => exit::UNKNOWN,
    }
}
