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
use super::hands::{Deed, Held};
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
        self.change(provider, |booth| booth.wanted.push(wanted));
    }

    /// From now on its terminals approve offline, and what they approved is declined so long after;
    /// without a time they ask their issuers again. False where no terminal does that.
    pub fn approve_offline(&self, provider: &str, declined_after_ms: Option<u64>) -> bool {
        self.change(provider, |booth| booth.fake.approve_offline(declined_after_ms))
    }

    /// What goes wrong next at this provider.
    pub fn fault(&self, provider: &str, planned: Planned) {
        self.change(provider, |booth| booth.plans.push(planned));
    }

    /// What is planned to go wrong and has not yet.
    #[must_use]
    pub fn faults(&self, provider: &str) -> Vec<Planned> {
        self.at(provider, |booth| booth.plans.clone())
    }

    /// Takes back what was planned to go wrong; false where it was not, or has been met already.
    pub fn spare(&self, provider: &str, planned: &Planned) -> bool {
        self.change(provider, |booth| {
            let before = booth.plans.len();
            booth.plans.retain(|known| known != planned);
            booth.plans.len() < before
        })
    }

    /// From now on a person holds this terminal: nobody taps there by themselves.
    pub fn hold(&self, provider: &str, terminal: &str) {
        self.change(provider, |booth| booth.hold(terminal.to_owned()));
    }

    /// The terminal that a person holds, if there is one.
    #[must_use]
    pub fn held(&self, provider: &str) -> Option<Held> {
        self.at(provider, |booth| booth.hand.as_ref().map(|hand| hand.held()))
    }

    /// They do something with it.
    ///
    /// # Errors
    /// Why that cannot be done now.
    pub fn hand(&self, provider: &str, deed: Deed) -> Result<(), &'static str> {
        let now_ms = self.hall.clock.now_ms();
        self.change(provider, |booth| booth.do_by_hand(deed, now_ms))
    }

    /// Nothing goes wrong any more of what was planned.
    pub fn mend(&self, provider: &str) {
        self.change(provider, |booth| booth.plans.clear());
    }

    /// This provider's clock is so far ahead of the machine's from now on, as the `Date` of its
    /// answers tells; behind where that is negative.
    pub fn misdate(&self, provider: &str, ahead_ms: i64) {
        self.change(provider, |booth| booth.date_ahead_ms = ahead_ms);
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
        self.change(provider, |booth| booth.notify(target));
    }

    /// Something happens to a charge now; false where there is no such charge or it cannot happen.
    #[must_use]
    pub fn act(&self, provider: &str, charge: &str, step: Step) -> bool {
        let now_ms = self.hall.clock.now_ms();
        self.change(provider, |booth| booth.act(charge, step, now_ms))
    }

    /// The clock jumps forward.
    pub fn forward(&self, ms: u64) {
        self.hall.clock.forward(ms);
        let now_ms = self.hall.clock.now_ms();
        for booth in self.hall.booths.values() {
            booth.lock().expect("no booth is left in a panic").tick(now_ms);
        }
        self.hall.clock.nudge();
        self.hall.stir();
    }

    /// How far it has jumped.
    #[must_use]
    pub fn ahead_ms(&self) -> u64 {
        self.hall.clock.ahead_ms()
    }

    /// How many times as fast as the wall's it goes.
    #[must_use]
    pub fn pace(&self) -> u32 {
        self.hall.clock.pace()
    }

    /// Tells, from now on, that something happened.
    #[cfg(feature = "counter")]
    pub(super) fn watch(&self) -> tokio::sync::watch::Receiver<u64> {
        self.hall.stirred.subscribe()
    }

    /// The simulator's own clock, for tills that are to live by it.
    #[cfg(feature = "counter")]
    #[must_use]
    pub fn clock(&self) -> Arc<dyn tillkit_model::time::Clock> {
        Arc::clone(&self.hall.clock) as Arc<dyn tillkit_model::time::Clock>
    }

    #[cfg(feature = "counter")]
    pub(super) const fn hall(&self) -> &Arc<Hall> {
        &self.hall
    }

    /// What the simulator's clock shows.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.hall.clock.now_ms()
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

    /// The same from this place on.
    #[must_use]
    pub fn exchanges_from(&self, provider: &str, place: usize) -> Vec<Exchanged> {
        self.at(provider, |booth| booth.exchanged.get(place..).unwrap_or_default().to_vec())
    }

    /// How many there are.
    #[must_use]
    pub fn exchanges_count(&self, provider: &str) -> usize {
        self.at(provider, |booth| booth.exchanged.len())
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

    /// The same, for whatever others may want to see.
    fn change<T>(&self, provider: &str, act: impl FnOnce(&mut Booth) -> T) -> T {
        let done = self.at(provider, act);
        self.hall.clock.nudge();
        self.hall.stir();
        done
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
struct Hold {
    terminal: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offline {
    declined_after_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Misdate {
    ahead_ms: i64,
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
        ("GET", [provider, "faults"]) => Ok(json!(control.faults(provider))),
        ("GET", [provider, "hand"]) => Ok(json!(control.held(provider))),
        ("DELETE", [provider, "faults"]) => {
            read(body).map(|planned| json!({ "done": control.spare(provider, &planned) }))
        }
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
        "hold" => {
            let Hold { terminal } = read(body)?;
            control.hold(provider, &terminal);
        }
        "date" => {
            let Misdate { ahead_ms } = read(body)?;
            control.misdate(provider, ahead_ms);
        }
        "offline" => {
            let Offline { declined_after_ms } = read(body)?;
            if !control.approve_offline(provider, declined_after_ms) {
                return Err("no terminal of this provider approves offline".to_owned());
            }
        }
        "hand" => control.hand(provider, read(body)?)?,
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
        _ => {
            let levers = "next, faults, mend, webhooks, act, offline, date, hold or hand";
            return Err(format!("a lever is {levers}"));
        }
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
