//! Takes one payment at Qonto, and prints its receipt.

// ANCHOR: whole
use std::collections::BTreeMap;

use tillkit::receipt::Layout;
use tillkit::till::{Connect, Error, Open, Outcome, SaleRequest, Till};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let till = Till::open("till.db", Open { create: true, ..Open::default() })?;
    till.connect(Connect::new("shop-1", "qonto", &settings("QONTO_"))?).await?;

    let terminal = std::env::var("TERMINAL").unwrap_or_default();
    let sale = SaleRequest::new("shop-1", Some(&terminal), "13.30", "EUR", "order-456");
    let payment = till.pay(sale).await?;
    match payment.outcome {
        Outcome::Paid => {
            if let Some(receipt) = till.receipt(payment.id).await? {
                println!("{}", receipt.text(&Layout::columns(42))?);
            }
        }
        Outcome::NotPaid => println!("not paid: {}", payment.status),
        // Do not charge again: Tillkit goes on looking, and the same call joins this payment.
        _ => println!("not known yet: {}", payment.status),
    }
    till.close().await
}

/// `QONTO_ORGANIZATION_ID` is the setting `organization_id`: secrets stay out of the source.
fn settings(prefix: &str) -> BTreeMap<String, String> {
    let named =
        |(name, value): (String, String)| Some((name.strip_prefix(prefix)?.to_lowercase(), value));
    std::env::vars().filter_map(named).collect()
}
// ANCHOR_END: whole
