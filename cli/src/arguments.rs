//! The words of a call.

use clap::{CommandFactory as _, Parser};

use crate::command::Command;
use crate::places::Places;

/// What a script may rely on.
const AFTER: &str = "\
First steps, with no money and no merchant:
  till demo
  till simulate                      # in a terminal of its own, with a counter in the browser
  till accounts add shop-1 --provider centrapay --simulator http://127.0.0.1:8042
  till pay 13.30 NZD order-456

Exit codes:
  0  paid, held, or done          4  not known: do not charge again
  3  not paid, or given back      5  still open
  6  part paid                    2  the words cannot be understood
  1  anything else, told in one sentence";

/// Take card payments on physical terminals, each exactly once
///
/// Every command works beside a live process on the same journal. With --json it prints documents
/// for programs, one a line.
#[derive(Debug, Parser)]
#[command(name = "till", version, max_term_width = 100, after_help = AFTER)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub struct Arguments {
    #[command(flatten)]
    pub globals: Globals,
    #[command(subcommand)]
    pub command: Command,
}

/// What holds for every command.
#[derive(Debug, clap::Args)]
pub struct Globals {
    /// Print JSON for programs instead of text for people
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub json: bool,
    #[command(flatten)]
    pub places: Places,
}

/// The command line, for completions and documents.
#[must_use]
pub fn command_line() -> clap::Command {
    Arguments::command()
}
