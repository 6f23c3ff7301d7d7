//! Notifications at the till's face: forged, late, doubled, early, large, and with a journal that
//! is down.

mod early;
mod keys;
mod providers;
mod recovery;
mod refusals;
mod shelf;
mod stream;

use std::collections::BTreeMap;
use std::sync::Arc;

use tillkit_model::ids::PaymentId;
use tillkit_model::money::{Currency, Money};
use tillkit_model::time::Clock;

use super::testing::{Signed, Told, qonto};
use super::{Heard, WebhookAnswer};
use crate::shell::clock::{ScaledClock, SystemClock};
use crate::shell::testing::{MemoryJournal, qonto as qonto_wire};
use crate::shell::{Ledger, Settings};
use crate::till::{Assembly, Connect, SaleRequest, Summary, Till};
use crate::transport::{Scripted, Transport};

const TERMINAL: &str = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";
const SECRET: &str = "whsec-1";
/// The id that the scripted provider gives to the first payment.
const FIRST_CHARGE: &str = "00000000-0000-4000-8000-000000000000";
const PACE: u32 = 50;

fn till_over(journal: impl Ledger + 'static, wire: Arc<dyn Transport>) -> Till {
    let clock: Arc<dyn Clock> = Arc::new(ScaledClock::new(Arc::new(SystemClock::new(1)), PACE));
    let mut assembly = Assembly::new(journal, wire).unwrap();
    assembly.clock = clock;
    assembly.settings = Settings::default().at_pace(PACE);
    Till::assemble(assembly).unwrap()
}

fn connect(account: &str, provider: &str, settings: &[(&str, &str)]) -> Connect {
    let settings: BTreeMap<String, String> =
        settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Connect::new(account, provider, &settings).unwrap().unasked()
}

fn qonto_shop(account: &str, secrets: &str) -> Connect {
    let settings = [
        ("environment", "sandbox"),
        ("organization_id", account),
        ("access_token", "tok-4711"),
        ("staging_token", "stage-4711"),
        ("webhook_secrets", secrets),
    ];
    connect(account, "qonto", &settings)
}

/// A till with one Qonto account, whose payments are read as this.
async fn shop(status: &'static str) -> (Till, MemoryJournal, Arc<Scripted>) {
    let journal = MemoryJournal::new();
    let wire = Arc::new(qonto_wire(move |_| status));
    let till = till_over(journal.clone(), wire.clone());
    till.connect(qonto_shop("shop-1", SECRET)).await.unwrap();
    (till, journal, wire)
}

async fn started(till: &Till) -> Summary {
    till.start(SaleRequest::new("shop-1", Some(TERMINAL), "13.30", "EUR", "order-1")).await.unwrap()
}

fn amount() -> Money {
    Money::from_minor(1_330, Currency::parse("EUR").unwrap()).unwrap()
}

fn told<'a>(notice: &'a str, charge: &'a str, payment: Option<PaymentId>, paid: bool) -> Told<'a> {
    Told { notice, charge, payment, terminal: TERMINAL, amount: amount(), paid }
}

async fn deliver(till: &Till, account: &str, signed: &Signed) -> WebhookAnswer {
    till.webhook(account, signed.method, &signed.url, &signed.headers(), &signed.body).await
}

/// How often something was heard of a payment.
async fn hinted(till: &Till, payment: PaymentId) -> usize {
    let timeline = till.timeline(payment).await.unwrap();
    timeline.iter().filter(|entry| entry.name == "hinted").count()
}

fn is_taken(answer: &WebhookAnswer) -> bool {
    answer.status == 200 && answer.heard == Ok(Heard::Taken)
}

/// As Qonto tells of the sale that was started.
fn paid(notice: &str, payment: PaymentId) -> Signed {
    qonto(SECRET, 1_800_000_000, &told(notice, FIRST_CHARGE, Some(payment), true))
}
