//! The records that cross: complete, in the words of the core, and without what may not be seen.

mod calls;
mod guards;
mod refusals;
mod words;

use std::sync::Arc;

use super::{
    AccountOptions, Capture, Portion, ProviderSettings, Qonto, Sale, Till as BoundaryTill,
};
use crate::shell::Settings as Pace;
use crate::shell::clock::{ScaledClock, SystemClock};
use crate::shell::testing::MemoryJournal;
use crate::till::{Assembly, Till};
use crate::transport::Scripted;

const TERMINAL: &str = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";

/// A till with the account `shop-1`, on a clock fifty times as fast as the wall's.
async fn till(wire: Scripted) -> BoundaryTill {
    let mut assembly = Assembly::new(MemoryJournal::new(), Arc::new(wire)).unwrap();
    assembly.clock = Arc::new(ScaledClock::new(Arc::new(SystemClock::new(1)), 50));
    assembly.settings = Pace::default().at_pace(50);
    let till = BoundaryTill::over(Till::assemble(assembly).unwrap());
    till.connect("shop-1".to_owned(), qonto_settings(), unasked()).await.unwrap();
    till
}

fn qonto_settings() -> ProviderSettings {
    let text = |text: &str| Some(text.to_owned());
    ProviderSettings::Qonto(Qonto {
        environment: text("sandbox"),
        organization_id: text("org-1"),
        access_token: text("tok-4711"),
        staging_token: text("stage-4711"),
        ..Qonto::default()
    })
}

fn unasked() -> AccountOptions {
    AccountOptions { unasked: true, ..AccountOptions::default() }
}

fn sale(reference: &str) -> Sale {
    Sale {
        account: "shop-1".to_owned(),
        terminal: Some(TERMINAL.to_owned()),
        amount: Some("13.30".to_owned()),
        amount_minor: None,
        currency: "EUR".to_owned(),
        reference: reference.to_owned(),
        attempt: 1,
        capture: Capture::Automatic,
        allow_part: false,
        metadata: Vec::new(),
        items: Vec::new(),
        customer_absent: false,
        code: None,
        screen_clear: Vec::new(),
        start_by_ms: None,
        settle_by_ms: None,
    }
}

fn all() -> Portion {
    Portion::default()
}
