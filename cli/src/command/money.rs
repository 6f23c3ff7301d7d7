//! `till capture` and `till refund`: money that moves after the sale.

use std::time::Duration;

use clap::Args;
use serde_json::json;
use tillkit::till::{Money, OperationSummary, Progress, Summary, Till};
use tillkit_model::ids::Reference;
use tillkit_model::money::Currency;

use super::Ended;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::follow::Interruptions;
use crate::show::{paint, words};
use crate::target::{Target, reference};

/// What a capture and a refund have in common.
#[derive(Debug, Args)]
struct Order {
    #[command(flatten)]
    target: Target,
    /// The till's own name for it: the same one never acts twice
    #[arg(long)]
    reference: String,
    /// How much; all that is left unless said
    #[arg(long)]
    amount: Option<String>,
}

/// Capture money that is held: all of it, or in parts
#[derive(Debug, Args)]
pub struct Capture {
    #[command(flatten)]
    order: Order,
    /// Nothing more will be captured: let go of what this leaves
    #[arg(long)]
    last: bool,
}

/// Give money back
#[derive(Debug, Args)]
pub struct Refund {
    #[command(flatten)]
    order: Order,
}

/// Which of them.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Capture,
    LastCapture,
    Refund,
}

impl Capture {
    /// Captures.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let kind = if self.last { Kind::LastCapture } else { Kind::Capture };
        self.order.run(desk, kind).await
    }
}

impl Refund {
    /// Refunds.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        self.order.run(desk, Kind::Refund).await
    }
}

impl Order {
    async fn run(self, desk: &mut Desk, kind: Kind) -> Result<Ended, Failure> {
        let name = reference(&self.reference)?;
        let (till, summary) = self.target.work(desk).await?;
        desk.console.spin("the provider is asked");
        let asked = self.ask(desk, &till, &summary, kind, &name).await;
        desk.close(&till).await;
        tell(desk, &asked?, &name)
    }

    async fn ask(
        &self,
        desk: &mut Desk,
        till: &Till,
        summary: &Summary,
        kind: Kind,
        name: &Reference,
    ) -> Result<Summary, Failure> {
        let amount = self.amount.as_deref().map(|text| money(text, summary)).transpose()?;
        let mut heed = Interruptions::new();
        let begun = async {
            match kind {
                Kind::Capture => till.capture(summary.id, name.clone(), amount).await,
                Kind::LastCapture => till.capture_last(summary.id, name.clone(), amount).await,
                Kind::Refund => till.refund(summary.id, name.clone(), amount).await,
            }
        };
        let begun = heed.during(&mut desk.console, kind.title(), begun);
        let (now, interrupted) = begun.await;
        let now = now.map_err(Failure::of_money)?;
        let now = match interrupted {
            true => (now, false),
            false => settled(till, now, name, &mut heed).await.map_err(Failure::adrift)?,
        };
        let (now, settled) = now;
        if !settled {
            self.goes_on(desk, kind, name);
        }
        Ok(now)
    }

    fn goes_on(&self, desk: &mut Desk, kind: Kind, name: &Reference) {
        let console = &mut desk.console;
        console.rest();
        let title = kind.title();
        console.note(paint::doubt(format!("No longer watching; {title} {name} goes on.")));
        console.note("The same call again tells what became of it: it never acts twice.");
    }
}

impl Kind {
    const fn title(self) -> &'static str {
        match self {
            Self::Capture | Self::LastCapture => "the capture",
            Self::Refund => "the refund",
        }
    }
}

/// How often it is looked whether the operation is over, and how long in all.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS_MAX: u32 = 300;

/// The payment once it is known what became of the operation, and whether that is so: after half a
/// minute, or with Ctrl-C, it may not be.
async fn settled(
    till: &Till,
    now: Summary,
    name: &Reference,
    heed: &mut Interruptions,
) -> Result<(Summary, bool), Failure> {
    let mut now = now;
    for _ in 0..LOOKS_MAX {
        let progress = named(&now, name).map(|operation| operation.progress);
        if matches!(progress, Some(Progress::Done | Progress::Refused)) {
            return Ok((now, true));
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = heed.next() => break,
        }
        now = till.payment(now.id).await?.unwrap_or(now);
    }
    Ok((now, false))
}

fn named<'a>(summary: &'a Summary, name: &Reference) -> Option<&'a OperationSummary> {
    summary.operations.iter().find(|operation| operation.reference.as_ref() == Some(name))
}

fn money(text: &str, summary: &Summary) -> Result<Money, Failure> {
    let currency = Currency::parse(&summary.amounts.asked.currency);
    let money = currency.and_then(|currency| Money::parse(text, currency));
    Ok(money.map_err(tillkit::till::Error::from)?)
}

fn tell(desk: &mut Desk, summary: &Summary, name: &Reference) -> Result<Ended, Failure> {
    let operation = named(summary, name);
    let console = &mut desk.console;
    console.document(&json!({ "operation": operation, "payment": summary }))?;
    let progress = operation.map(|operation| operation.progress);
    let kind = operation.map(|operation| words::word_of(&operation.kind)).unwrap_or_default();
    let sum = operation.and_then(|operation| operation.amount.as_ref()).map(words::amount);
    let sum = sum.unwrap_or_default();
    let (exit, said) = match progress {
        Some(Progress::Done) => (exit::DONE, "is done"),
        Some(Progress::Refused) => (exit::NOT_PAID, "was refused, and never took effect"),
        Some(Progress::Unresolved) => (exit::UNKNOWN, "is not known yet; Tillkit goes on looking"),
        Some(Progress::Wished | Progress::Accepted) | None => (exit::OPEN, "is on its way"),
    };
    console.line(format!("{kind} {name} of {sum} {said}"))?;
    console.line(words::ending(summary))?;
    Ok(exit)
}
