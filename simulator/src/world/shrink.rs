//! Takes faults out of a failing life, one by one, for as long as the same verdict stays.

use std::collections::BTreeSet;

use super::faults::Fault;
use super::life::{Options, Report, live};
use super::verdict::Verdict;

/// A failing life with few faults.
#[derive(Debug)]
pub struct Shrunk {
    /// How many faults are left.
    pub kept: usize,
    /// The life with these alone, story and all.
    pub report: Report,
}

/// Looks for a smaller life with the same verdict.
#[must_use]
pub fn shrink(options: &Options, verdict: Verdict) -> Shrunk {
    let mut without: BTreeSet<(Fault, u32)> = BTreeSet::new();
    let mut report = attempt(options, &without, false);
    // First whole kinds, then strike by strike.
    for fault in Fault::ALL {
        let more = report.struck.iter().filter(|(kind, _)| kind == fault).copied();
        try_without(options, verdict, &mut without, more.collect(), &mut report);
    }
    for strike in report.struck.clone() {
        try_without(options, verdict, &mut without, vec![strike], &mut report);
    }
    let report = attempt(options, &without, true);
    Shrunk { kept: report.struck.len(), report }
}

fn try_without(
    options: &Options,
    verdict: Verdict,
    without: &mut BTreeSet<(Fault, u32)>,
    more: Vec<(Fault, u32)>,
    report: &mut Report,
) {
    if more.is_empty() {
        return;
    }
    let mut tried = without.clone();
    tried.extend(more);
    let smaller = attempt(options, &tried, false);
    if smaller.findings.iter().any(|finding| finding.verdict == verdict) {
        *without = tried;
        *report = smaller;
    }
}

fn attempt(options: &Options, without: &BTreeSet<(Fault, u32)>, tell: bool) -> Report {
    let faults = options.faults.clone().without(without);
    live(Options { faults, tell, ..options.clone() })
}
