//! What the scenes have in common: a simulator, a journal, and somebody who tells.

use std::time::Duration;

use tillkit::till::{Entry, Outcome, SaleRequest, Summary, Till};
use tillkit_model::error::Code;
use tillkit_model::ids::PaymentId;
use tillkit_simulator::server::Control;
use tillkit_simulator::server::counter::Counter;
use tillkit_simulator::server::stands::Stand;
use tokio::time::Instant;

use super::ending::Row;
use super::props::Props;
use super::{PACE, PREFIX, unknown_stand};
use crate::console::Console;
use crate::failure::Failure;
use crate::follow::{Story, Told};
use crate::show::{paint, times, words};

/// Where a scene plays.
pub struct Stage<'a> {
    pub console: &'a mut Console,
    pub props: &'a Props,
    pub counter: Option<&'a Counter>,
}

/// When a caller is told *unknown* at the latest, on the hurried clocks.
const SETTLE_BY: Duration = Duration::from_secs(120);
/// What every sale of the demo asks for.
pub const AMOUNT: &str = "13.30";

/// One scene's people.
#[derive(Clone, Copy)]
pub struct Cast {
    pub stand: &'static Stand,
    pub disaster: &'static str,
}

impl Cast {
    pub fn of(stand: &str, disaster: &'static str) -> Result<Self, Failure> {
        let stand = Stand::named(stand).ok_or_else(|| unknown_stand(stand))?;
        Ok(Self { stand, disaster })
    }

    /// The sale of this scene.
    pub fn sale(&self) -> SaleRequest {
        let Stand { name, currency, .. } = self.stand;
        let terminal = (self.stand.terminal)();
        let (account, reference) = (format!("{PREFIX}{name}"), format!("order-{name}"));
        SaleRequest::new(&account, terminal.as_deref(), AMOUNT, currency, &reference)
    }
}

/// Starts a scene's sale. On clocks that hurry a lease lapses within a second in which the machine
/// had no time for this process; nothing was sent then, and the same call takes a new one.
pub async fn start(till: &Till, cast: Cast) -> Result<Summary, Failure> {
    for _ in 0..LAPSES_MAX {
        match till.start(cast.sale()).await {
            Err(error) if error.code == Code::LeaseLost => {}
            started => return Ok(started?),
        }
    }
    Ok(till.start(cast.sale()).await?)
}

/// How many lapses in a row are borne with.
const LAPSES_MAX: u32 = 10;

impl<'a> Stage<'a> {
    pub const fn control(&self) -> &'a Control {
        self.props.simulator.control()
    }

    /// Begins a scene.
    pub fn begin(&mut self, cast: Cast, sentences: &[&str]) -> Result<(), Failure> {
        self.console.rest();
        self.console.line("")?;
        let heading = format!("{}: {}", cast.stand.title, cast.disaster);
        self.console.line(paint::strong(heading))?;
        for sentence in sentences {
            self.console.line(paint::dim(format!("  {sentence}")))?;
        }
        Ok(())
    }

    /// Something that Tillkit does not know of, or only the audience does.
    pub fn aside(&mut self, text: &str) -> Result<(), Failure> {
        self.console.line(format!("  {:>7}  {}", "", paint::doubt(text)))
    }

    /// One line of a payment's own story.
    pub fn entry(&mut self, began_ms: i64, entry: &Entry) -> Result<(), Failure> {
        self.at(entry.at.wall_ms - began_ms, &entry.sentence)
    }

    /// The same, told by another process.
    pub fn at(&mut self, after_ms: i64, sentence: &str) -> Result<(), Failure> {
        if let Some(counter) = self.counter {
            counter.look_again();
        }
        let tenths = after_ms.max(0) / 100;
        self.console.line(format!("  {:>4}.{} s  {sentence}", tenths / 10, tenths % 10))
    }

    /// Follows a payment as long as its outcome is one of these, with a countdown meanwhile.
    pub async fn follow(
        &mut self,
        till: &Till,
        story: &mut Story,
        until_not: &[Outcome],
        meanwhile: &str,
    ) -> Result<Summary, Failure> {
        let (began, began_ms) = (Instant::now(), story.began_ms(till).await?);
        let told = story.tell(till, until_not, |told| match told {
            Told::Entry(entry) => self.entry(began_ms, entry),
            Told::Now(summary) => {
                let left = SETTLE_BY.saturating_sub(began.elapsed() * PACE);
                let left = times::span(u64::try_from(left.as_millis()).unwrap_or_default());
                self.console.spin(&match summary.outcome {
                    Outcome::Open => format!("{meanwhile}: {left} left"),
                    other => format!("{meanwhile}: {}", other.name()),
                });
                Ok(())
            }
        });
        let summary = told.await?;
        self.console.rest();
        Ok(summary)
    }

    /// What became of it, and how it will stand in the table.
    pub fn end(&mut self, cast: Cast, summary: &Summary) -> Result<Row, Failure> {
        self.console.line(format!("  {:>7}  {}", "", words::ending(summary)))?;
        Ok(self.row(cast, summary.id, summary))
    }

    fn row(&self, cast: Cast, payment: PaymentId, summary: &Summary) -> Row {
        let ledger = self.control().ledger(cast.stand.name);
        let prompts = ledger.prompts.iter().filter(|prompt| prompt.payment == Some(payment));
        Row {
            provider: cast.stand.title,
            disaster: cast.disaster,
            asked: words::amount(&summary.amounts.asked),
            asked_minor: summary.amounts.asked.minor,
            currency: cast.stand.currency,
            prompts: prompts.count(),
            charged_minor: ledger.charges.iter().map(|charge| charge.authorized_minor).collect(),
            says: summary.outcome,
        }
    }
}
