//! Qonto, behind its real adapter; its notifications go through the real desk.

use std::sync::Arc;

use tillkit_model::provider::qonto::{SIGNATURE_HEADER, set_up, sign};
use tillkit_model::provider::{Delivery, Desk, Hint, Secret, Settings, Trust};
use tillkit_model::time::{BootId, Moment};

use super::{Cast, Casting, Listener, Row, Shop, TERMINALS, uuid_terminal};
use crate::fakes::ledger::{Charge, Standing};
use crate::fakes::qonto::{Qonto, notification};
use crate::rng::Rng;
use crate::world::mutants::mutant;
use crate::world::verdict::{Cause, Verdict};

/// Qonto's row. It has no list and no cancel, so more is left to a person than in the mixture.
pub(super) static ROW: Row = Row {
    name: "qonto",
    shop: Shop { terminal: Some(uuid_terminal), currency: "EUR", patient: true, scan: None },
    cast,
    bounds: &[(Cause::IdNeverLearned, 180), (Cause::UndecidedThere, 160), (Cause::Restored, 40)],
    mutants: &[
        mutant("replay_after_expiry", Verdict::DoubleCharge),
        mutant("replay_beside_the_first", Verdict::DoubleCharge),
        mutant("qonto_replay_after_a_5xx", Verdict::DoubleCharge),
        mutant("qonto_new_word_taken_for_no", Verdict::FalseNotPaid),
        mutant("qonto_unsigned_hint_believed", Verdict::FalsePaid),
    ],
};

/// What signs notifications, and what signed them before it was replaced.
const SECRETS: [&str; 2] = ["the-secret-of-today", "the-secret-of-yesterday"];

/// How this life reads what Qonto's pages leave open.
#[derive(Debug, Clone, Copy)]
struct Readings {
    /// So long after its making a payment that waits is called by a word of a later version.
    new_word_after_ms: Option<u64>,
    /// A delivery that is tried again is not signed anew.
    signed_once: bool,
    /// A notification's metadata is text with JSON in it.
    metadata_as_text: bool,
    /// It is signed by the secret that is being replaced.
    old_secret: bool,
    /// Somebody who knows the address writes that a declined payment was paid.
    forged: bool,
}

fn cast(casting: &mut Casting<'_>) -> Cast {
    let habits = casting.habits(true, true);
    let readings = Readings::draw(casting);
    let terminals = (0..TERMINALS).map(|number| uuid_terminal(number).into()).collect();
    let fake = Qonto::new(terminals, habits);
    let fake = match readings.new_word_after_ms {
        Some(after_ms) => fake.with_a_new_word_after(after_ms),
        None => fake,
    };
    Cast {
        adapter: tillkit_model::provider::qonto::adapter(),
        provider: Box::new(fake),
        listener: Some(readings.listener()),
        readings: readings.in_words(),
    }
}

impl Readings {
    /// By a stream of their own, so that a new reading changes no other draw of a life.
    fn draw(casting: &Casting<'_>) -> Self {
        let mut draws = Rng::of(casting.draws.clone().next(), 0x51, 0);
        let after_ms = draws.pick(&[150_000, 900_000]);
        let new_word = draws.chance(300) && !casting.faultless;
        Self {
            new_word_after_ms: new_word.then_some(after_ms),
            signed_once: draws.chance(500),
            metadata_as_text: draws.chance(500),
            old_secret: draws.chance(500),
            forged: draws.chance(500) && !casting.faultless,
        }
    }

    fn in_words(self) -> Vec<&'static str> {
        let always = [
            (true, "two running requests with one key both run"),
            (true, "a 5xx after the push keeps no key"),
            (true, "a pending payment never ends, or is paid hours later"),
        ];
        let drawn = [
            (self.new_word_after_ms.is_some(), "a waiting payment gets a new word, and is paid"),
            (self.signed_once, "a late delivery keeps its old signature"),
            (self.metadata_as_text, "a notification's metadata is text"),
            (self.old_secret, "notifications are signed by the secret being replaced"),
            (self.forged, "a forger says that what was declined is paid"),
        ];
        let on = always.into_iter().chain(drawn).filter(|(on, _)| *on);
        on.map(|(_, reading)| reading).collect()
    }

    /// What arrives at a charge's webhook, through the real desk.
    fn listener(self) -> Listener {
        let desk = desk();
        let [today, yesterday] = SECRETS.map(Secret::new);
        let signer = if self.old_secret { yesterday.clone() } else { today.clone() };
        let trusted = [today, yesterday];
        Box::new(move |charge, now_ms| {
            let told = |charge: &Charge, secret: &Secret| {
                let body = notification(charge, self.metadata_as_text)?;
                let t_s = if self.signed_once { 1_400_000_000 } else { now_ms / 1_000 };
                let signature = sign(secret, t_s, body.as_bytes());
                hint(&*desk, &signature, body.as_bytes(), &trusted, now_ms)
            };
            let forger = Secret::new("whatever-a-forger-thinks-of");
            let forged = forged(charge).filter(|_| self.forged);
            forged.and_then(|charge| told(&charge, &forger)).or_else(|| told(charge, &signer))
        })
    }
}

/// What a forger would have us believe of it.
fn forged(charge: &Charge) -> Option<Charge> {
    let paid = Charge {
        standing: Standing::Taken,
        authorized_minor: charge.asked_minor,
        ..charge.clone()
    };
    (charge.standing == Standing::Declined).then_some(paid)
}

fn hint(
    desk: &dyn Desk,
    signature: &str,
    body: &[u8],
    trusted: &[Secret],
    now_ms: u64,
) -> Option<Hint> {
    let headers = [("Content-Type", "application/json"), (SIGNATURE_HEADER, signature)];
    let delivery = Delivery { method: "POST", url: "/webhooks/shop-1", headers: &headers, body };
    let trust = Trust { secrets: trusted, public_url: None, keys: None };
    let now = Moment { wall_ms: now_ms as i64, boot_ms: now_ms, boot: BootId(1) };
    desk.notified(&delivery, &trust, &now).ok()?.hints.pop()
}

fn desk() -> Arc<dyn Desk> {
    let settings = [
        ("environment", "production"),
        ("organization_id", "org-1"),
        ("client_id", "client-1"),
        ("client_secret", "secret-1"),
    ];
    let settings: Settings =
        settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    set_up(&settings).expect("settings that fit").desk
}
