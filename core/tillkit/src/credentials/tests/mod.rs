//! Sealing, and tokens as accounts live with them: over a provider whose refresh tokens are spent
//! by their use, and live on for a minute.

mod deaths;
mod house;
mod keeping;
mod life;
mod sealing;

use std::collections::BTreeMap;
use std::sync::Arc;

use tillkit_model::ids::Reference;
use tillkit_model::provider::{Credentials, qonto};
use tillkit_model::time::Clock;

use crate::credentials::Key;
use crate::shell::Ledger;
use crate::shell::Settings;
use crate::shell::clock::{ScaledClock, SystemClock};
use crate::till::{
    AccountHealth, Assembly, Connect, Outcome, SaleRequest, Standing, Summary, Till,
};
use house::{House, Rotating};

const TERMINAL: &str = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";
/// How many times as fast as the wall's the clocks of these tests run.
const PACE: u32 = 50;

fn key() -> Key {
    Key::new([7; 32])
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(ScaledClock::new(Arc::new(SystemClock::new(1)), PACE))
}

/// A till on this journal, with a key, at this house.
fn till(journal: impl Ledger + 'static, house: &Arc<House>, clock: &Arc<dyn Clock>) -> Till {
    let mut assembly = Assembly::new(journal, house.clone()).unwrap();
    assembly.clock = clock.clone();
    assembly.settings = Settings::default().at_pace(PACE);
    assembly.key = Some(key());
    Till::assemble(assembly).unwrap()
}

/// Qonto's rules, with tokens that rotate.
fn shop() -> Connect {
    let settings = BTreeMap::from(
        [
            ("environment", "sandbox"),
            ("organization_id", "org-1"),
            ("access_token", "unused"),
            ("staging_token", "unused"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned())),
    );
    let mut setup = qonto::set_up(&settings).unwrap();
    setup.credentials = Credentials::Tokens(Arc::new(Rotating));
    setup.hosts = vec![("oauth", "https://oauth.example".to_owned())];
    Connect::of("shop-1", "qonto", setup).unwrap().unasked()
}

fn sale(reference: &str) -> SaleRequest {
    SaleRequest::new("shop-1", Some(TERMINAL), "13.30", "EUR", reference)
}

async fn sells(till: &Till, reference: &str) {
    let paid = till.pay(sale(reference)).await.unwrap();
    assert_eq!(paid.outcome, Outcome::Paid, "{paid:?}");
}

async fn latest(till: &Till, reference: &str) -> Option<Summary> {
    let reference = Reference::parse(reference).unwrap();
    till.payment_by_reference("shop-1", &reference).await.unwrap()
}

async fn health(till: &Till) -> AccountHealth {
    till.health().await.unwrap().accounts.remove(0)
}

/// Waits until the account stands so.
async fn stands(till: &Till, wanted: impl Fn(&Standing) -> bool) -> Standing {
    loop {
        let standing = health(till).await.standing;
        if wanted(&standing) {
            return standing;
        }
        tokio::task::yield_now().await;
    }
}
