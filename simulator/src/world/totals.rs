//! Many lives, added up.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::coverage::Coverage;
use super::faults::Fault;
use super::life::Report;
use super::providers::Kind;
use super::verdict::{Cause, Verdict};
use crate::judge::Judged;

/// How many findings of each verdict are remembered.
const KEPT: usize = 20;
/// From so many lives on a bound is held to the letter.
const MANY_LIVES: u64 = 20_000;
/// How many payments of one life may be left together because its journal was lost.
const TOGETHER: u64 = 5;

/// The sum of many lives.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// How many lives.
    pub lives: u64,
    /// Of them, without faults.
    pub faultless: u64,
    /// Payments in all of them.
    pub payments: u64,
    /// How often each kind of fault struck.
    pub struck: BTreeMap<Fault, u64>,
    /// How often a process died.
    pub kills: u64,
    /// How often each verdict was given.
    pub verdicts: BTreeMap<Verdict, u64>,
    /// Payments left to a person, by cause.
    pub left: BTreeMap<Cause, u64>,
    /// Pairs of stage and fault.
    pub coverage: Coverage,
    /// In how many lives each worst reading was played.
    pub readings: BTreeMap<&'static str, u64>,
    /// What published schemas said.
    pub judged: Judged,
    /// What was found first: seed and verdict, each verdict of a life once.
    pub failing: Vec<(u64, Verdict, String)>,
    sends_of: BTreeMap<u64, u64>,
    kills_of: BTreeMap<u64, u64>,
}

impl Totals {
    /// Adds one life.
    pub fn add(&mut self, seed: u64, report: &Report) {
        self.lives += 1;
        self.faultless += u64::from(report.faultless);
        self.payments += report.payments;
        self.kills += report.kills;
        for (fault, _) in &report.struck {
            *self.struck.entry(*fault).or_default() += 1;
        }
        for finding in &report.findings {
            *self.verdicts.entry(finding.verdict).or_default() += 1;
        }
        for finding in &report.findings {
            let known = |(of, verdict, _): &(u64, Verdict, String)| {
                *of == seed && *verdict == finding.verdict
            };
            if !self.failing.iter().any(known) {
                self.failing.push((seed, finding.verdict, finding.words.clone()));
            }
        }
        self.forget_more();
        for cause in &report.left {
            *self.left.entry(*cause).or_default() += 1;
        }
        self.coverage.add(&report.coverage);
        for reading in &report.readings {
            *self.readings.entry(reading).or_default() += 1;
        }
        self.judged.add(report.judged.clone());
        *self.sends_of.entry(report.sends).or_default() += 1;
        *self.kills_of.entry(report.kills).or_default() += 1;
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: Self) {
        self.lives += other.lives;
        self.faultless += other.faultless;
        self.payments += other.payments;
        self.kills += other.kills;
        merge(&mut self.struck, other.struck);
        merge(&mut self.verdicts, other.verdicts);
        merge(&mut self.left, other.left);
        merge(&mut self.readings, other.readings);
        merge(&mut self.sends_of, other.sends_of);
        merge(&mut self.kills_of, other.kills_of);
        self.judged.add(other.judged);
        self.coverage.add(&other.coverage);
        self.failing.extend(other.failing);
        self.forget_more();
    }

    /// Keeps the first findings of each verdict, in the order of their seeds, so that no kind of
    /// finding hides another.
    fn forget_more(&mut self) {
        self.failing.sort_by_key(|(seed, verdict, _)| (*seed, *verdict));
        let mut kept: BTreeMap<Verdict, usize> = BTreeMap::new();
        self.failing.retain(|(_, verdict, _)| {
            let count = kept.entry(*verdict).or_default();
            *count += 1;
            *count <= KEPT
        });
    }

    /// How often a verdict was given.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> u64 {
        self.verdicts.get(&verdict).copied().unwrap_or_default()
    }

    /// The middle life's number of requests.
    #[must_use]
    pub fn median_sends(&self) -> u64 {
        median(&self.sends_of)
    }

    /// The middle life's number of deaths.
    #[must_use]
    pub fn median_kills(&self) -> u64 {
        median(&self.kills_of)
    }

    /// Causes that left more payments to a person than they may: how many of a thousand there were.
    /// One provider alone has bounds of its own.
    #[must_use]
    pub fn bounds_broken(&self, only: Option<Kind>) -> Vec<(Cause, u64)> {
        let share = |cause: &Cause| {
            let count = self.left.get(cause).copied().unwrap_or_default();
            let expected = bound_per_mille(*cause, only) * self.payments;
            let broken = count * 1_000 > expected + self.margin_per_mille(*cause, expected);
            broken.then(|| (*cause, (count * 1_000).div_ceil(self.payments.max(1))))
        };
        Cause::ALL.iter().filter_map(share).collect()
    }

    /// What chance may add to a bound in few lives: three standard deviations of as many strokes
    /// as the bound allows. A rate that is well within its bound in fifty thousand lives is
    /// otherwise beyond it in one five hundred of many. Only a lost journal strikes all payments of
    /// its life with one stroke, which makes chance so much wider; what any other cause leaves was
    /// lost by a stroke of its own.
    fn margin_per_mille(&self, cause: Cause, expected: u64) -> u64 {
        let together = if cause == Cause::Restored { TOGETHER } else { 1 };
        if self.lives >= MANY_LIVES { 0 } else { 3 * (expected * 1_000 * together).isqrt() }
    }
}

/// How many of a thousand payments a cause may leave to a person.
#[must_use]
pub fn bound_per_mille(cause: Cause, only: Option<Kind>) -> u64 {
    only.map_or_else(|| cause.bound_per_mille(), |kind| kind.bound_per_mille(cause))
}

fn merge<K: Ord>(into: &mut BTreeMap<K, u64>, from: BTreeMap<K, u64>) {
    for (key, count) in from {
        *into.entry(key).or_default() += count;
    }
}

fn median(counts: &BTreeMap<u64, u64>) -> u64 {
    let half = counts.values().sum::<u64>() / 2;
    let mut seen = 0;
    for (value, count) in counts {
        seen += count;
        if seen > half {
            return *value;
        }
    }
    0
}
