//! Pays one sale, telling each step, so that it can be killed between any two.

use tillkit::till::{Code, Money, Summary, Till};
use tillkit_e2e::child::Brief;
use tillkit_e2e::provider::At;
use tillkit_e2e::shop::till;
use tillkit_model::ids::Reference;
use tillkit_model::money::Currency;
use tillkit_model::sale::{Capture, ItemRequest, SaleRequest};

fn main() {
    let brief = std::env::args().nth(1).expect("started with a brief");
    let Brief { journal, provider, base_url, reference, captures_minor } =
        serde_json::from_str(&brief).expect("the brief is JSON");
    let at = At::named(&provider);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let till = till(&journal, at, &base_url, false).await;
        println!("open");
        let ordinary = at.sale(&reference);
        let sale = if captures_minor.is_some() { held(ordinary) } else { ordinary };
        let started = till.start(sale).await.expect("it starts");
        println!("started {}", started.id);
        let paid = till.wait(started.id, None).await.expect("it is there");
        println!("ended {}", paid.outcome.name());
        if let Some(minor) = captures_minor {
            captured(&till, &paid, Money::from_minor(minor, currency(at)).expect("an amount"))
                .await;
        }
    });
}

/// A sale that is captured only when the till says so.
fn held(sale: SaleRequest) -> SaleRequest {
    let items = vec![ItemRequest::new("Coffee", "13.30")];
    SaleRequest { capture: Capture::Manual, items, ..sale }
}

fn currency(at: &At) -> Currency {
    Currency::parse(at.currency).expect("a currency")
}

/// Captures, and stays until it is ended.
async fn captured(till: &Till, paid: &Summary, amount: Money) {
    let name = || Reference::parse("last").expect("a reference");
    // A busy disk may outlast the hurried patience of a caller, who then repeats the call.
    while let Err(error) = till.capture_last(paid.id, name(), Some(amount)).await {
        assert_eq!(error.code, Code::JournalFailed, "{error}");
    }
    println!("captured");
    loop {
        till.health().await.expect("the journal tells");
    }
}
