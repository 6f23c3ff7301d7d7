//! `till receipt`: what a customer is handed.

use clap::{Args, ValueEnum};
use serde_json::json;
use tillkit::receipt::Layout;
use tillkit_model::payment::details::Holder;

use super::Ended;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::show::times;
use crate::target::Target;

/// Print the receipt of a payment
#[derive(Debug, Args)]
pub struct Receipt {
    #[command(flatten)]
    target: Target,
    /// How wide the paper is
    #[arg(long, default_value_t = 42)]
    columns: usize,
    /// Whose copy it is
    #[arg(long, value_enum, default_value_t = Copy::Customer)]
    copy: Copy,
    /// A line above, such as the shop's name; repeat it for each line
    #[arg(long = "header", value_name = "TEXT")]
    header: Vec<String>,
    /// A line below
    #[arg(long = "footer", value_name = "TEXT")]
    footer: Vec<String>,
}

#[derive(Debug, Clone, std::marker::Copy, ValueEnum)]
enum Copy {
    Customer,
    Merchant,
}

impl Receipt {
    /// Prints it.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let (till, summary) = self.target.look(desk).await?;
        let receipt = till.receipt(summary.id).await?;
        let receipt = receipt.ok_or_else(|| {
            Failure::said("unknown-payment", "this payment is not in the journal any more")
        })?;
        let holder = match self.copy {
            Copy::Customer => Holder::Customer,
            Copy::Merchant => Holder::Merchant,
        };
        let layout = Layout {
            holder,
            header: self.header,
            footer: self.footer,
            offset_minutes: times::offset_minutes(summary.created_at_ms),
            ..Layout::columns(self.columns)
        };
        let text = receipt.text(&layout)?;
        desk.console.document(&json!({ "receipt": receipt, "text": text }))?;
        desk.console.line(text.trim_end())?;
        Ok(exit::DONE)
    }
}
