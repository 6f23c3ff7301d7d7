//! What the shop sells in each life, and how its customers and its provider behave meanwhile.

use std::collections::BTreeMap;

use crate::qonto::Scene;
use crate::word::{Job, Manner};

/// Long enough for a replay after the send horizon.
pub const START_BY_MS: u64 = 240_000;
/// Over before the shop opens again.
pub const SOUP_START_BY_MS: u64 = 60_000;
/// How long after `start_by` the till is told *unknown*.
const SETTLE_AFTER_MS: u64 = 5_000;

/// A sale whose cancel is wished while the customer stands at the terminal.
pub const CANCELLED: &str = "soup";
/// A sale whose first answer is lost, and of which a notification tells.
pub const NOTIFIED: &str = "bread";

/// Four terminals side by side, on two of them one sale after another.
#[must_use]
pub fn lanes() -> Vec<Vec<Job>> {
    vec![
        vec![job("coffee", 1, Manner::Twice), job("cake", 1, Manner::Once)],
        vec![job("tea", 2, Manner::Once), job("juice", 2, Manner::Once)],
        vec![job(CANCELLED, 3, Manner::Cancel)],
        vec![job(NOTIFIED, 4, Manner::Once)],
    ]
}

/// How it goes at the counter: a repeat, a slow answer, a declined card, a wish to cancel that
/// comes too late, and an answer that is lost.
#[must_use]
pub fn scenes() -> BTreeMap<String, Scene> {
    let scenes = [
        ("tea", Scene { answers_after: Some("coffee"), pending_reads: 1, ..Scene::default() }),
        ("juice", Scene { declined: true, ..Scene::default() }),
        (CANCELLED, Scene { awaits_tap: true, ..Scene::default() }),
        (NOTIFIED, Scene { first_answer_lost: true, ..Scene::default() }),
    ];
    scenes.map(|(reference, scene)| (reference.to_owned(), scene)).into()
}

/// One sale.
#[must_use]
pub fn job(reference: &str, terminal: u8, manner: Manner) -> Job {
    let start_by_ms = if reference == CANCELLED { SOUP_START_BY_MS } else { START_BY_MS };
    Job {
        reference: reference.to_owned(),
        terminal: format!("00000000-0000-4000-8000-00000000000{terminal}"),
        amount: "13.30".to_owned(),
        start_by_ms,
        settle_by_ms: start_by_ms + SETTLE_AFTER_MS,
        manner,
    }
}
