//! A Qonto of one merchant on loopback, with a ledger of what really happened.
//!
//! It is written from the same documentation as the simulator's fake, and smaller: what its
//! customers do hangs on how often a payment was read and on what the test says, never on the time,
//! so that a life passes the same steps however busy the machine is. The worst reading holds here
//! too: a key is kept only once its answer was given, so two equal pushes at once both run; after
//! thirty minutes it is forgotten. It shares no code with what it judges.

mod http;
mod ledger;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::clock::ShopClock;
use crate::hold;
pub use http::Server;
pub use ledger::{Ledger, Prompt};

/// Under this header a push carries its key.
pub const KEY_HEADER: &str = "X-Qonto-Idempotency-Key";
/// How long a key is known.
const KEY_LIFE_MS: i64 = 30 * 60_000;

/// How one sale goes at the counter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scene {
    /// The card is declined.
    pub declined: bool,
    /// How many reads still show it pending.
    pub pending_reads: u32,
    /// The customer taps only when the test says so.
    pub awaits_tap: bool,
    /// The first push runs, and its connection is closed without an answer.
    pub first_answer_lost: bool,
    /// A push is answered only once this other sale was pushed, too, or when the test says so.
    pub answers_after: Option<&'static str>,
    /// A push is answered only when the test says so.
    pub answers_when_told: bool,
}

/// A child dies when a request has arrived and before it is answered.
#[derive(Debug, Clone)]
pub struct Ambush {
    /// Which request, such as `push tea 1`.
    pub act: String,
    /// Who dies.
    pub victim: Pid,
    /// The request was heard here and goes on its way: it runs so much later, by the shop's clock.
    pub late_ms: Option<u64>,
}

/// What the server holds, and what its connections wait on.
pub struct Qonto {
    clock: Arc<ShopClock>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    scenes: BTreeMap<String, Scene>,
    ledger: Ledger,
    keys: BTreeMap<String, Kept>,
    arrivals: BTreeMap<String, u32>,
    steps: BTreeSet<String>,
    told: BTreeSet<String>,
    late: Vec<Push>,
    ambush: Option<Ambush>,
    unheard: u32,
    closing: bool,
}

/// A success that is kept for its key.
struct Kept {
    since_ms: i64,
    charge: String,
}

/// A push, as far as it is read.
#[derive(Debug, Clone)]
struct Push {
    key: String,
    terminal: String,
    amount: Value,
    metadata: Value,
    due_ms: i64,
}

/// What is sent back; nothing closes the connection.
type Reply = Option<(u16, Value)>;

impl Qonto {
    fn new(clock: Arc<ShopClock>, scenes: BTreeMap<String, Scene>) -> Self {
        let state = State { scenes, ..State::default() };
        Self { clock, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Lies in wait.
    pub fn set_ambush(&self, ambush: Ambush) {
        hold(&self.state).ambush = Some(ambush);
    }

    /// The customer taps, or an answer is let go.
    pub fn tell(&self, reference: &str) {
        hold(&self.state).told.insert(reference.to_owned());
        self.changed.notify_all();
    }

    /// Waits until a sale was rung up; false if that takes too long.
    #[must_use]
    pub fn has_rung_up(&self, reference: &str, at_most: Duration) -> bool {
        let waits = |state: &mut State| state.ledger.prompts_of(reference) == 0;
        let waited = self.changed.wait_timeout_while(hold(&self.state), at_most, waits);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// What has really happened until now.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        let mut state = hold(&self.state);
        state.run_late(self.clock.wall_ms());
        state.ledger.clone()
    }

    /// The requests that arrived, by name.
    #[must_use]
    pub fn arrivals(&self) -> BTreeSet<String> {
        hold(&self.state).steps.clone()
    }

    /// Somebody has come who may have something to say.
    fn expect(&self) {
        hold(&self.state).unheard += 1;
    }

    /// What was said was no request that does anything.
    fn dismiss(&self) {
        hold(&self.state).unheard -= 1;
        self.changed.notify_all();
    }

    /// Waits until everyone who has come was heard.
    fn hear_out(&self) {
        let waited = self.changed.wait_while(hold(&self.state), |state| state.unheard > 0);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn answer(&self, method: &str, path: &str, key: Option<&str>, body: &str) -> Reply {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match (method, parts.as_slice()) {
            ("POST", ["v2", "terminals", terminal, "payment"]) => self.push(terminal, key, body),
            ("GET", ["v2", "terminal_payments", charge]) => self.read(charge),
            ("GET", ["v2", list]) if list.starts_with("terminals") => {
                self.dismiss();
                Some((200, json!({ "terminals": [], "meta": { "current_page": 1 } })))
            }
            _ => {
                self.dismiss();
                Some(refused(404, "not_found"))
            }
        }
    }

    fn push(&self, terminal: &str, key: Option<&str>, body: &str) -> Reply {
        let (Some(key), Ok(body)) = (key, serde_json::from_str::<Value>(body)) else {
            self.dismiss();
            return Some(refused(400, "invalid_value"));
        };
        let now_ms = self.clock.wall_ms();
        let push = Push {
            key: key.to_owned(),
            terminal: terminal.to_owned(),
            amount: body["amount"].clone(),
            metadata: body["metadata"].clone(),
            due_ms: now_ms,
        };
        let reference = push.reference();
        let mut state = hold(&self.state);
        state.run_late(now_ms);
        let late_ms = state.arrive(&format!("push {reference}"));
        self.changed.notify_all();
        if let Some(late_ms) = late_ms {
            state.late.push(Push { due_ms: now_ms.saturating_add_unsigned(late_ms), ..push });
            return None;
        }
        if let Some(charge) = state.kept(&push.key, now_ms) {
            return Some((202, state.ledger.accepted(&charge)));
        }
        let scene = state.scene(&reference);
        let charge = state.run(&push, now_ms);
        let mut state = self.until_answered(state, &reference, scene);
        state.keys.insert(push.key, Kept { since_ms: now_ms, charge: charge.clone() });
        let lost = scene.first_answer_lost && state.ledger.prompts_of(&reference) == 1;
        (!lost).then(|| (202, state.ledger.accepted(&charge)))
    }

    /// Some answers are slow.
    fn until_answered<'a>(
        &self,
        state: MutexGuard<'a, State>,
        reference: &str,
        scene: Scene,
    ) -> MutexGuard<'a, State> {
        let waits = |state: &mut State| {
            let other = scene.answers_after.is_some_and(|name| state.ledger.prompts_of(name) == 0);
            let slow = other || scene.answers_when_told;
            slow && !state.closing && !state.told.contains(reference)
        };
        self.changed.wait_while(state, waits).unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, charge: &str) -> Reply {
        let reference = sold(charge);
        let mut state = hold(&self.state);
        state.run_late(self.clock.wall_ms());
        state.arrive(&format!("read {reference}"));
        self.changed.notify_all();
        let tapped = !state.scene(reference).awaits_tap || state.told.contains(reference);
        let pending_reads = state.scene(reference).pending_reads;
        let Some(prompt) = state.ledger.prompt_mut(charge) else {
            return Some(refused(404, "not_found"));
        };
        prompt.reads += 1;
        let pending = prompt.reads <= pending_reads || !tapped;
        Some((200, prompt.shown(pending)))
    }

    fn close(&self) {
        hold(&self.state).closing = true;
        self.changed.notify_all();
    }

    fn is_closing(&self) -> bool {
        hold(&self.state).closing
    }
}

impl State {
    fn scene(&self, reference: &str) -> Scene {
        self.scenes.get(reference).copied().unwrap_or_default()
    }

    /// Counts an arrival, and springs the ambush if it is for this one: then tells how late it
    /// runs.
    fn arrive(&mut self, act: &str) -> Option<u64> {
        self.unheard -= 1;
        let count = self.arrivals.entry(act.to_owned()).or_default();
        *count += 1;
        let act = format!("{act} {count}");
        self.steps.insert(act.clone());
        let ambush = self.ambush.take_if(|ambush| ambush.act == act)?;
        // A victim that is gone already ends without this signal, which its parent sees.
        kill_process(ambush.victim, Signal::KILL).ok();
        ambush.late_ms
    }

    fn kept(&self, key: &str, now_ms: i64) -> Option<String> {
        let kept = self.keys.get(key)?;
        (now_ms - kept.since_ms < KEY_LIFE_MS).then(|| kept.charge.clone())
    }

    /// The push itself: the terminal asks for a card, and the customer gives one.
    fn run(&mut self, push: &Push, at_ms: i64) -> String {
        let reference = push.reference();
        let charge = format!("{reference}-{}", self.ledger.prompts_of(&reference) + 1);
        self.ledger.prompts.push(Prompt {
            at_ms,
            key: push.key.clone(),
            payment: text(&push.metadata, "tillkit_payment"),
            paid: !self.scene(&reference).declined,
            reference,
            terminal: push.terminal.clone(),
            amount: push.amount.clone(),
            metadata: push.metadata.clone(),
            charge: charge.clone(),
            reads: 0,
        });
        charge
    }

    /// What was on its way when its sender died arrives at last.
    fn run_late(&mut self, now_ms: i64) {
        let late = std::mem::take(&mut self.late);
        let (due, waiting): (Vec<Push>, Vec<Push>) =
            late.into_iter().partition(|push| push.due_ms <= now_ms);
        self.late = waiting;
        for push in due {
            if self.kept(&push.key, push.due_ms).is_none() {
                let charge = self.run(&push, push.due_ms);
                let kept = Kept { since_ms: push.due_ms, charge };
                self.keys.insert(push.key, kept);
            }
        }
    }
}

impl Push {
    fn reference(&self) -> String {
        text(&self.metadata, "tillkit_reference")
    }
}

/// The sale of a charge, from the charge's id or from a path that ends with it.
#[must_use]
pub fn sold(path: &str) -> &str {
    let charge = path.rsplit('/').next().unwrap_or(path);
    charge.rsplit_once('-').map_or(charge, |(reference, _)| reference)
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn refused(status: u16, code: &str) -> (u16, Value) {
    (status, json!({ "errors": [{ "code": code, "detail": "as documented" }], "trace_id": "t" }))
}
