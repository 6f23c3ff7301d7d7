//! Random lives: commands and times as proptest draws them, decided and applied as the engine
//! would.

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use crate::payment::Payment;
use crate::payment::apply::apply;
use crate::payment::command::Command;
use crate::payment::decide::{Decision, decide};
use crate::payment::event::Event;
use crate::payment::lifecycle::commands::{ASKED, command};
use crate::payment::lifecycle::representatives::{self, Representative, later};
use crate::payment::manners::Manners;
use crate::time::{BootId, Moment};

/// One thing that happens in a life.
#[derive(Debug, Clone)]
pub enum Step {
    /// Someone asks, in the words of the lifecycle's commands.
    Ask(&'static str),
    /// Time passes on both clocks.
    Pass(u64),
    /// Someone sets the wall clock.
    SetWall(i64),
    /// The machine starts anew.
    Reboot,
}

/// A life so far.
#[derive(Debug, Clone)]
pub struct Life {
    pub payment: Payment,
    pub manners: Manners,
    pub events: Vec<Event>,
    pub now: Moment,
}

impl Life {
    /// The fresh sale of one of the kinds of providers.
    pub fn fresh(manners_of: &str) -> Self {
        let mut all = representatives::all().expect("every story can happen");
        let like = all.iter().position(|one| one.name == manners_of).expect(manners_of);
        let like = all.swap_remove(like);
        let events = like.events[..1].to_vec();
        let payment = apply(None, &events[0]).expect("a creation");
        Self { payment, manners: like.manners, now: *events[0].at(), events }
    }

    /// A representative's life so far.
    pub fn named(name: &str) -> Self {
        let all = representatives::all().expect("every story can happen");
        let Representative { manners, events, payment, now, .. } =
            all.into_iter().find(|one| one.name == name).expect(name);
        Self { payment, manners, events, now }
    }

    /// Lets a step happen; tells what was decided, if anything was asked and not refused.
    pub fn happen(&mut self, step: &Step) -> Option<Decision> {
        match step {
            Step::Ask(words) => {
                let command = command(words, &self.payment, &self.now).expect(words);
                self.ask(command)
            }
            Step::Pass(ms) => {
                self.now = later(&self.now, *ms);
                None
            }
            Step::SetWall(by_ms) => {
                self.now.wall_ms = self.now.wall_ms.saturating_add(*by_ms);
                None
            }
            Step::Reboot => {
                self.now = Moment {
                    boot: BootId(self.now.boot.0 + 1),
                    boot_ms: 2_000,
                    ..later(&self.now, 30_000)
                };
                None
            }
        }
    }

    pub fn ask(&mut self, command: Command) -> Option<Decision> {
        let decision = decide(&self.payment, command, &self.manners, &self.now).ok()?;
        for event in &decision.events {
            self.take(event.clone());
        }
        Some(decision)
    }

    pub fn take(&mut self, event: Event) {
        let applied = apply(Some(self.payment.clone()), &event);
        self.payment = applied.expect("what is decided fits");
        self.events.push(event);
    }
}

/// So many lives; what ever failed is kept beside the tests and lived again first.
pub fn cases(cases: u32) -> ProptestConfig {
    let beside = FileFailurePersistence::WithSource("regressions");
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(beside)),
        ..ProptestConfig::default()
    }
}

/// The five kinds of manners, each by a representative that has them.
pub const KINDS: &[&str] = &[
    "created/fresh",
    "authorized/keyed",
    "authorized/once",
    "expired/absent",
    "completed/released",
];

pub fn kind() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(KINDS)
}

/// Steps of every sort; sends and their answers more often than the rest.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let any_words: Vec<&'static str> = ASKED.iter().map(|(words, _)| *words).collect();
    let sends = ["permit-start", "take-answer unknown", "take-answer not-yet", "permit-operation"];
    let waits: &[u64] =
        &[1, 1_000, 4_999, 5_000, 30_000, 65_000, 89_999, 90_000, 120_000, 600_000, 86_400_000];
    let step = prop_oneof![
        8 => proptest::sample::select(any_words).prop_map(Step::Ask),
        8 => proptest::sample::select(sends.to_vec()).prop_map(Step::Ask),
        6 => proptest::sample::select(waits).prop_map(Step::Pass),
        1 => proptest::sample::select(&[-3_600_000_i64, -60_000, 60_000, 3_600_000][..])
            .prop_map(Step::SetWall),
        1 => Just(Step::Reboot),
    ];
    proptest::collection::vec(step, 0..40)
}

/// Sends, answers that settle nothing, and time: what leads to replays.
pub fn sending_steps() -> impl Strategy<Value = Vec<Step>> {
    let words = [
        "take-answer unknown",
        "take-answer not-yet",
        "take-answer refused",
        "take-answer key-gone",
        "take-over",
        "doubt",
        "observe nothing",
    ];
    let waits: &[u64] = &[1_000, 5_000, 30_000, 60_000, 64_999, 65_000, 89_999, 90_000];
    let step = prop_oneof![
        24 => Just(Step::Ask("permit-start")),
        24 => Just(Step::Ask("permit-operation")),
        16 => Just(Step::Ask("take-answer unknown")),
        12 => proptest::sample::select(words.to_vec()).prop_map(Step::Ask),
        24 => proptest::sample::select(waits).prop_map(Step::Pass),
        1 => Just(Step::Ask("wish-cancel")),
        1 => proptest::sample::select(&[-60_000, 60_000][..]).prop_map(Step::SetWall),
        1 => Just(Step::Reboot),
    ];
    proptest::collection::vec(step, 0..30)
}

/// Only what time and a silent provider do: nothing is ever shown.
pub fn silent_steps() -> impl Strategy<Value = Vec<Step>> {
    let words = [
        "permit-start",
        "take-answer unknown",
        "take-answer not-yet",
        "observe nothing",
        "abandon late",
        "abandon cancel-wished",
        "doubt",
        "escalate",
        "end-looking",
        "wish-cancel",
        "permit-operation",
        "take-over",
    ];
    let waits: &[u64] = &[1, 5_000, 60_000, 90_000, 120_000, 219_999, 220_000, 86_400_000];
    let step = prop_oneof![
        10 => proptest::sample::select(words.to_vec()).prop_map(Step::Ask),
        5 => proptest::sample::select(waits).prop_map(Step::Pass),
        1 => proptest::sample::select(&[-3_600_000_i64, 3_600_000][..]).prop_map(Step::SetWall),
        1 => Just(Step::Reboot),
    ];
    proptest::collection::vec(step, 0..40)
}
