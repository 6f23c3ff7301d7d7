//! The levers: what customers do, what gets lost, how late it is, and what the provider really did.
//!
//! The same from Rust and over HTTP, below `/control`; JSON in and out.

use std::sync::{Arc, MutexGuard};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tillkit_model::wire::Response;

use super::Hall;
use super::booth::{Booth, Exchanged, Wanted};
use super::faults::Planned;
use super::notify::Target;
use crate::fakes::Step;
use crate::fakes::ledger::{Charge, Ledger};
use crate::judge::Judged;

/// The levers of a running simulator.
#[derive(Clone)]
pub struct Control {
    hall: Arc<Hall>,
}

impl Control {
    pub(super) const fn new(hall: Arc<Hall>) -> Self {
        Self { hall }
    }

    /// The providers that there are.
    pub(super) fn providers(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.hall.booths.keys().copied()
    }

    /// What the next customer at this provider does; later ones queue up behind.
    pub fn next(&self, provider: &str, wanted: Wanted) {
        self.at(provider, |booth| booth.wanted.push(wanted));
    }

    /// What goes wrong next at this provider.
    pub fn fault(&self, provider: &str, planned: Planned) {
        self.at(provider, |booth| booth.plans.push(planned));
    }

    /// Nothing goes wrong any more of what was planned.
    pub fn mend(&self, provider: &str) {
        self.at(provider, |booth| booth.plans.clear());
    }

    /// The merchant's account lacks this right from now on, by the provider's own word for it.
    ///
    /// # Panics
    /// When the provider has no such right.
    pub fn withhold(&self, provider: &str, right: &str) {
        assert!(self.at(provider, |booth| booth.door.withhold(right)), "{provider} has no {right}");
    }

    /// Whom this provider notifies from now on.
    pub fn notify(&self, provider: &str, target: Target) {
        self.at(provider, |booth| booth.notify(target));
    }

    /// Something happens to a charge now; false where there is no such charge or it cannot happen.
    #[must_use]
    pub fn act(&self, provider: &str, charge: &str, step: Step) -> bool {
        let now_ms = self.hall.clock.now_ms();
        let acted = self.at(provider, |booth| booth.act(charge, step, now_ms));
        self.hall.clock.nudge();
        acted
    }

    /// The clock jumps forward.
    pub fn forward(&self, ms: u64) {
        self.hall.clock.forward(ms);
        let now_ms = self.hall.clock.now_ms();
        for booth in self.hall.booths.values() {
            booth.lock().expect("no booth is left in a panic").tick(now_ms);
        }
    }

    /// What the provider really did.
    #[must_use]
    pub fn ledger(&self, provider: &str) -> Ledger {
        self.at(provider, |booth| booth.fake.ledger().clone())
    }

    /// What went through, in its order.
    #[must_use]
    pub fn exchanges(&self, provider: &str) -> Vec<Exchanged> {
        self.at(provider, |booth| booth.exchanged.clone())
    }

    /// What the provider's published schema says of all that went through.
    #[must_use]
    pub fn judged(&self, provider: &str) -> Judged {
        self.at(provider, |booth| booth.judged.clone())
    }

    fn at<T>(&self, provider: &str, act: impl FnOnce(&mut Booth) -> T) -> T {
        let booth = self.hall.booths.get(provider).expect("a provider that the simulator has");
        let mut booth: MutexGuard<'_, Booth> = booth.lock().expect("no booth is left in a panic");
        act(&mut booth)
    }
}

/// What is asked to happen to a charge.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    charge: String,
    step: String,
    #[serde(default)]
    tip_minor: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forward {
    ms: u64,
}

/// Answers a request to `/control`.
pub(super) fn answer(hall: &Arc<Hall>, method: &str, path: &str, body: &[u8]) -> Response {
    let control = Control::new(Arc::clone(hall));
    let path: Vec<&str> = path.trim_matches('/').split('/').collect();
    let answered = match (method, path.as_slice()) {
        ("POST", ["clock"]) => read(body).map(|Forward { ms }| {
            control.forward(ms);
            json!({ "now_ms": hall.clock.now_ms() })
        }),
        ("GET", ["clock"]) => Ok(json!({ "now_ms": hall.clock.now_ms() })),
        ("GET", [""]) => Ok(json!({ "providers": hall.booths.keys().collect::<Vec<_>>() })),
        (_, [provider, ..]) if !hall.booths.contains_key(provider) => {
            Err(format!("there is no provider {provider:?}"))
        }
        ("POST", [provider, lever]) => pull(&control, provider, lever, body),
        ("GET", [provider, "ledger"]) => Ok(shown(&control.ledger(provider))),
        ("GET", [provider, "exchanges"]) => Ok(json!(control.exchanges(provider))),
        _ => Err("no such lever".to_owned()),
    };
    match answered {
        Ok(value) => crate::fakes::json(200, value.to_string()),
        Err(why) => crate::fakes::json(400, json!({ "error": why }).to_string()),
    }
}

fn pull(control: &Control, provider: &str, lever: &str, body: &[u8]) -> Result<Value, String> {
    match lever {
        "next" => control.next(provider, read(body)?),
        "faults" => control.fault(provider, read(body)?),
        "mend" => control.mend(provider),
        "webhooks" => control.notify(provider, read(body)?),
        "act" => {
            let Act { charge, step, tip_minor } = read(body)?;
            let step = match step.as_str() {
                "tap" => Step::Tap,
                "approve" => Step::Approve { tip_minor },
                "decline" => Step::Decline,
                "expire" => Step::Expire,
                _ => return Err("a step is tap, approve, decline or expire".to_owned()),
            };
            if !control.act(provider, &charge, step) {
                return Err(format!("that cannot happen to {charge:?}"));
            }
        }
        _ => return Err("a lever is next, faults, mend, webhooks or act".to_owned()),
    }
    Ok(json!({ "done": true }))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|fault| format!("this is not what it takes: {fault}"))
}

fn shown(ledger: &Ledger) -> Value {
    let prompts = ledger
        .prompts
        .iter()
        .map(|prompt| json!({ "at_ms": prompt.at_ms, "payment": prompt.payment }));
    json!({
        "prompts": prompts.collect::<Vec<_>>(),
        "charges": ledger.charges.iter().map(charge).collect::<Vec<_>>(),
    })
}

fn charge(charge: &Charge) -> Value {
    let moves = charge.moves.iter().map(|step| {
        json!({
            "refund": step.refund,
            "reference": step.reference,
            "minor": step.minor,
            "at_ms": step.at_ms,
        })
    });
    json!({
        "id": charge.id,
        "payment": charge.payment,
        "terminal": charge.terminal,
        "asked_minor": charge.asked_minor,
        "currency": charge.currency,
        "standing": format!("{:?}", charge.standing).to_lowercase(),
        "authorized_minor": charge.authorized_minor,
        "tip_minor": charge.tip_minor,
        "captured_minor": charge.captured_minor,
        "returned_minor": charge.returned_minor(),
        "taken_at_ms": charge.taken_at_ms,
        "reversed_at_ms": charge.reversed_at_ms,
        "moves": moves.collect::<Vec<_>>(),
    })
}
