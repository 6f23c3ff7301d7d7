//! Every short history, rather than random long ones: one sale, and all combinations of a few
//! faults at all of their points, with a cancel or a repeated call after any record.

use super::faults::{Fault, Faults};
use super::life::{Judging, Options, Report, live};
use super::providers::Kind;

/// The faults that are combined.
pub const MENU: &[Fault] = &[
    Fault::KillBeforeAppend,
    Fault::KillAfterAppend,
    Fault::AppendFails,
    Fault::AppendFailsAfter,
    Fault::KillBeforeSend,
    Fault::KillAfterSend,
    Fault::RequestLost,
    Fault::AnswerLost,
    Fault::ErrorAfter,
    Fault::Withheld,
];

/// How many points of each fault are tried at the most.
const POINTS_MAX: u32 = 6;
/// After how many records a till may act once more.
const RECORDS_MAX: u32 = 6;

/// What a till does once more, when so many records are durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// It wishes a cancel.
    Cancel {
        /// After so many records.
        after: u32,
    },
    /// It makes the same call again.
    Repeat {
        /// After so many records.
        after: u32,
    },
}

/// One history.
#[derive(Debug, Clone)]
pub struct History {
    /// At which provider.
    pub provider: Kind,
    /// The customers' and the network's manners.
    pub seed: u64,
    /// The faults, at their points.
    pub strikes: Vec<(Fault, u32)>,
    /// What the till does once more.
    pub deed: Option<Deed>,
}

impl History {
    /// Lives it.
    #[must_use]
    pub fn live(&self, tell: bool) -> Report {
        live(Options {
            seed: self.seed,
            faults: Faults::scripted(self.seed, self.strikes.iter().copied()),
            provider: Some(self.provider),
            short: true,
            deed: self.deed,
            extras: false,
            tokens: true,
            tell,
            judging: Judging::Off,
        })
    }
}

/// Lives every history with at most so many faults, and hands those that fail to the caller.
pub fn exhaust(
    provider: Kind,
    seed: u64,
    faults_max: usize,
    with_deeds: bool,
    mut failed: impl FnMut(&History, &Report),
) -> u64 {
    let mut lives = 0;
    for deed in deeds(with_deeds) {
        let mut open = vec![History { provider, seed, strikes: Vec::new(), deed }];
        while let Some(history) = open.pop() {
            let report = history.live(false);
            lives += 1;
            if !report.findings.is_empty() {
                failed(&history, &report);
            }
            if history.strikes.len() < faults_max {
                open.extend(extensions(&history, &report));
            }
        }
    }
    lives
}

fn deeds(with_deeds: bool) -> Vec<Option<Deed>> {
    let mut deeds = vec![None];
    if with_deeds {
        let after = 1..=RECORDS_MAX;
        deeds.extend(after.clone().map(|after| Some(Deed::Cancel { after })));
        deeds.extend(after.map(|after| Some(Deed::Repeat { after })));
    }
    deeds
}

/// The history with one more fault, at each point that it reached; each set of faults comes up
/// once.
fn extensions<'a>(history: &'a History, report: &'a Report) -> impl Iterator<Item = History> + 'a {
    let last = history.strikes.last().copied();
    let points = MENU.iter().flat_map(move |fault| {
        let chances = report.chances[*fault as usize].min(POINTS_MAX);
        (0..chances).map(move |number| (*fault, number))
    });
    points.filter(move |point| last.is_none_or(|last| *point > last)).map(move |point| {
        let mut longer = history.clone();
        longer.strikes.push(point);
        longer
    })
}
