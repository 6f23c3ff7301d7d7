//! The commands, one file for each.

mod accounts;
mod answer;
mod cancel;
mod completions;
mod doctor;
mod journal;
mod list;
mod money;
mod pay;
mod receipt;
mod reconcile;
mod recover;
mod report;
mod resolve;
mod show;
mod simulate;
mod terminals;
mod watch;
mod webhooks;

use clap::Subcommand;
use serde_json::json;
use tillkit::till::Summary;
use tillkit_model::ids::PaymentId;

use crate::demo::{self, Demo};
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::show::words;

/// The exit code that a command ends with.
pub type Ended = u8;

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    Demo(Demo),
    #[command(subcommand)]
    Accounts(accounts::Accounts),
    Terminals(terminals::Terminals),
    Pay(pay::Pay),
    Watch(watch::Watch),
    Show(show::Show),
    List(list::List),
    Cancel(cancel::Cancel),
    Capture(money::Capture),
    Refund(money::Refund),
    Answer(answer::Answer),
    Resolve(resolve::Resolve),
    Recover(recover::Recover),
    Report(report::Report),
    Reconcile(reconcile::Reconcile),
    Receipt(receipt::Receipt),
    #[command(subcommand)]
    Webhooks(webhooks::Webhooks),
    #[command(subcommand)]
    Journal(journal::Keep),
    Simulate(simulate::Simulate),
    Doctor(doctor::Doctor),
    Completions(completions::Completions),
    #[command(name = demo::child::COMMAND, hide = true)]
    DemoChild,
}

impl Command {
    /// Whether all that it does is to print what it found.
    pub const fn prints_alone(&self) -> bool {
        matches!(
            self,
            Self::List(_)
                | Self::Report(_)
                | Self::Reconcile(_)
                | Self::Receipt(_)
                | Self::Terminals(_)
                | Self::Accounts(accounts::Accounts::List(_))
                | Self::Completions(_)
        )
    }

    /// Does it.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        match self {
            Self::Demo(it) => it.run(desk).await,
            Self::Accounts(it) => it.run(desk).await,
            Self::Terminals(it) => it.run(desk).await,
            Self::Pay(it) => it.run(desk).await,
            Self::Watch(it) => it.run(desk).await,
            Self::Show(it) => it.run(desk).await,
            Self::List(it) => it.run(desk).await,
            Self::Cancel(it) => it.run(desk).await,
            Self::Capture(it) => it.run(desk).await,
            Self::Refund(it) => it.run(desk).await,
            Self::Answer(it) => it.run(desk).await,
            Self::Resolve(it) => it.run(desk).await,
            Self::Recover(it) => it.run(desk).await,
            Self::Report(it) => it.run(desk).await,
            Self::Reconcile(it) => it.run(desk).await,
            Self::Receipt(it) => it.run(desk).await,
            Self::Webhooks(it) => it.run(desk).await,
            Self::Journal(it) => it.run(desk),
            Self::Simulate(it) => it.run(desk).await,
            Self::Doctor(it) => it.run(desk).await,
            Self::Completions(it) => it.run(desk),
            Self::DemoChild => demo::child::run(desk).await,
        }
    }
}

/// Tells how a payment stands; its outcome is the exit code.
fn payment_ended(desk: &mut Desk, summary: &Summary) -> Result<Ended, Failure> {
    desk.console.document(&json!({ "payment": summary }))?;
    for line in words::facts(summary) {
        desk.console.line(line)?;
    }
    Ok(exit::of(summary.outcome))
}

/// A payment's id, or a sentence that says what one is.
fn payment_id(text: &str) -> Result<PaymentId, Failure> {
    PaymentId::parse(text).map_err(|_| {
        let sentence = format!("{text:?} is no payment's id: `till list` shows them");
        Failure::said("not-an-id", sentence)
    })
}

/// The next line of standard input, without its end.
fn line_of_input() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(|fault| {
        Failure::said("input", format!("standard input cannot be read: {fault}"))
    })?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Shows an address in the user's browser, where there is one.
pub fn browse(address: &str) {
    let (program, words): (&str, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("cmd", &["/c", "start", ""]),
        _ => ("xdg-open", &[]),
    };
    let mut command = std::process::Command::new(program);
    command.args(words).arg(address);
    let silent = std::process::Stdio::null;
    // Without a browser the address on the screen has to do.
    command.stdin(silent()).stdout(silent()).stderr(silent()).spawn().ok();
}
