//! The four scenes.

use tillkit::till::{Outcome, Till};
use tillkit_simulator::server::{Fault, Loss, Planned, Wanted};

use super::child::Child;
use super::ending::Row;
use super::stage::{Cast, Stage, start};
use crate::failure::Failure;
use crate::follow::Story;

/// How long a customer takes, on the hurried clocks.
const CUSTOMER_MS: u64 = 12_000;
/// When the offline terminal wakes up: after the till was told *unknown*.
const LATE_MS: u64 = 128_000;

/// A customer scans a code and pays.
pub async fn nothing_goes_wrong(stage: &mut Stage<'_>, till: &Till) -> Result<Row, Failure> {
    let cast = Cast::of("centrapay", "nothing goes wrong")?;
    stage.begin(cast, &["The customer pays by a QR code, after twelve seconds."])?;
    stage.control().next(cast.stand.name, Wanted::Taps { after_ms: CUSTOMER_MS, tip_minor: 0 });
    let started = start(till, cast).await?;
    let mut story = Story::of(started.id);
    let open = [Outcome::Open];
    let paid = stage.follow(till, &mut story, &open, "the customer looks for the phone").await?;
    stage.end(cast, &paid)
}

/// The request arrives, the card is charged, and nobody at the till hears of it.
pub async fn the_answer_is_lost(stage: &mut Stage<'_>, till: &Till) -> Result<Row, Failure> {
    let cast = Cast::of("dintero", "the answer is lost")?;
    stage.begin(
        cast,
        &[
            "The request arrives and the card is charged; the connection breaks before the answer.",
            "Dintero has no key that would make a second request safe, so there must not be one.",
        ],
    )?;
    let control = stage.control();
    control.next(cast.stand.name, Wanted::Taps { after_ms: 0, tip_minor: 0 });
    let lost = Planned::once(Fault::Lose { when: Loss::AfterWork });
    let (path, method) = ("/sessions-profile".to_owned(), Some("POST".to_owned()));
    control.fault(cast.stand.name, Planned { path, method, ..lost });
    let started = start(till, cast).await?;
    let mut story = Story::of(started.id);
    let not_known = [Outcome::Open, Outcome::Unknown];
    let paid = stage.follow(till, &mut story, &not_known, "Tillkit looks for its own id").await?;
    stage.end(cast, &paid)
}

/// The provider accepts a sale for a terminal that is offline; it shows it minutes later.
pub async fn the_terminal_is_offline(stage: &mut Stage<'_>, till: &Till) -> Result<Row, Failure> {
    let cast = Cast::of("qonto", "the terminal is offline")?;
    stage.begin(
        cast,
        &[
            "Qonto accepts the sale, but the terminal is offline. It wakes up when the till has",
            "given up waiting, shows the sale all the same, and somebody taps a card.",
        ],
    )?;
    stage.control().next(cast.stand.name, Wanted::WakesLate { after_ms: LATE_MS });
    let started = start(till, cast).await?;
    let mut story = Story::of(started.id);
    let open = [Outcome::Open];
    stage.follow(till, &mut story, &open, "the terminal stays dark").await?;
    stage.aside(
        "Time is up, and the till is told: unknown. Not \"no\": a card may still be tapped.",
    )?;
    let not_known = [Outcome::Open, Outcome::Unknown];
    let paid = stage.follow(till, &mut story, &not_known, "Tillkit goes on looking").await?;
    stage.end(cast, &paid)
}

/// The till's process is killed while the customer stands at the terminal, and started again.
pub async fn the_process_is_killed(stage: &mut Stage<'_>, till: &Till) -> Result<Row, Failure> {
    let cast = Cast::of("vinr", "the process is killed")?;
    stage.begin(
        cast,
        &[
            "Another process sells on the same journal. It is killed (SIGKILL) while the terminal",
            "asks for the card, and started again with the same order.",
        ],
    )?;
    stage.control().next(cast.stand.name, Wanted::Taps { after_ms: CUSTOMER_MS, tip_minor: 0 });
    let payment = killed(stage, cast).await?;
    stage.aside("Killed. The customer taps meanwhile, and nobody listens.")?;
    let mut again = Child::start(stage, cast).await?;
    stage.aside(&format!("Started again as process {}, with the same order.", again.id()))?;
    while let Some(heard) = again.hear(stage).await? {
        if heard.new {
            stage.at(heard.after_ms, &heard.sentence)?;
        }
    }
    again.end().await;
    let known = till.payment(payment).await?;
    let known = known.ok_or_else(|| Failure::said("lost", "the sale is not in the journal"))?;
    stage.end(cast, &known)
}

/// Runs the first process until the terminal asks for the card.
async fn killed(
    stage: &mut Stage<'_>,
    cast: Cast,
) -> Result<tillkit_model::ids::PaymentId, Failure> {
    let mut child = Child::start(stage, cast).await?;
    stage.aside(&format!("Process {} sells.", child.id()))?;
    while let Some(heard) = child.hear(stage).await? {
        stage.at(heard.after_ms, &heard.sentence)?;
        if heard.name == "answered" {
            child.kill().await?;
            return Ok(heard.payment);
        }
    }
    Err(Failure::said("child", "the process that was to be killed ended by itself"))
}
