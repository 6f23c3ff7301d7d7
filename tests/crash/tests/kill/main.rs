//! A till is killed before and after every append and every send, alone and beside a second process
//! on the same file; each sale is charged once, rung up in time, and known in the end.

mod modes;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

use modes::{ALONE, FIRST_DEATHS, MODES, TWICE};
use tillkit_crash::shop::life::{Lived, Mode, live};
use tillkit_crash::shop::verdict::Verdict;
use tillkit_crash::shop::{PACE, Shop, workload};

/// Lives that run side by side.
const SIDE_BY_SIDE: usize = 3;
/// How often the steps are counted: a step counts if every undisturbed life passes it.
const COUNTINGS: usize = 3;
/// The least number of kills.
const KILLS_MIN: u64 = 500;

/// One life to be led: its mode, and the deaths in it.
type Plan = (Mode, Vec<String>);

#[test]
fn whoever_is_killed_anywhere_no_sale_is_charged_twice_and_every_sale_ends_known() {
    tell(&format!("the clock runs {PACE} times as fast, and leaps while the shop is closed"));
    let mut kills = 0;
    let points = steps(ALONE, &[]);
    for mode in MODES {
        let deaths: Vec<Vec<String>> = points.iter().map(|point| vec![point.clone()]).collect();
        kills += run(mode.name, *mode, &deaths);
    }
    for first in FIRST_DEATHS {
        let death = vec![first.step.to_owned()];
        let seconds = steps(TWICE, &death).into_iter().filter(|step| first.is_about(step));
        let deaths = seconds.map(|second| [death.clone(), vec![second]].concat());
        let name = format!("{}, first at `{}`", TWICE.name, first.step);
        kills += run(&name, TWICE, &deaths.collect::<Vec<_>>());
    }
    tell(&format!("{kills} kills"));
    assert!(kills >= KILLS_MIN, "{kills} kills are too few");
}

/// The steps that every life passes after these deaths: the points to die at.
fn steps(mode: Mode, deaths: &[String]) -> BTreeSet<String> {
    let countings: Vec<Plan> = (0..COUNTINGS).map(|_| (mode, deaths.to_vec())).collect();
    let lives = side_by_side(countings);
    let counted = lives.into_iter().map(|(_, lived)| {
        assert!(lived.unreached.is_none() && lived.verdict.is_clean(), "{lived:#?}");
        lived.steps
    });
    counted.reduce(|some, others| &some & &others).unwrap()
}

/// Leads a life for each plan, prints the line of its mode, and tells the kills.
fn run(name: &str, mode: Mode, deaths: &[Vec<String>]) -> u64 {
    let lives = side_by_side(deaths.iter().map(|deaths| (mode, deaths.clone())).collect());
    let mut verdict = Verdict::default();
    let mut kills = 0;
    let mut unreached = Vec::new();
    for ((_, deaths), lived) in lives {
        let Lived { kills: killed, unreached: missed, verdict: judged, .. } = lived;
        kills += killed;
        unreached.extend(missed.map(|missed| format!("{missed} in {deaths:?}")));
        if !judged.is_clean() {
            tell(&format!("after {deaths:?}: {}", judged.complaints.join("\n")));
        }
        verdict += judged;
    }
    let points = deaths.len();
    tell(&line(name, points, kills, &verdict));
    assert!(unreached.is_empty(), "never reached: {unreached:#?}");
    assert!(verdict.is_clean(), "{verdict:?}");
    kills
}

fn line(name: &str, points: usize, kills: u64, verdict: &Verdict) -> String {
    let Verdict { identities, paid, not_paid, .. } = verdict;
    let Verdict { double_charges, prompts_out_of_time, unknown, untrue, .. } = verdict;
    format!(
        "{name}: {points} points, {kills} kills, {identities} identities ({paid} paid, {not_paid} not), \
         double charges: {double_charges}, prompts out of time: {prompts_out_of_time}, \
         unknown: {unknown}, untrue: {untrue}"
    )
}

fn side_by_side(plans: Vec<Plan>) -> Vec<(Plan, Lived)> {
    let waiting = Mutex::new(plans.into_iter());
    let lived = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                loop {
                    let Some((mode, deaths)) = waiting.lock().unwrap().next() else { return };
                    let life = live(shop(), mode, &deaths);
                    lived.lock().unwrap().push(((mode, deaths), life));
                }
            });
        }
    });
    lived.into_inner().unwrap()
}

fn shop() -> Shop {
    let till = Path::new(env!("CARGO_BIN_EXE_crash-till"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    Shop::open(till, folder, workload::lanes(), workload::scenes())
}

/// Past the test harness, which shows what a test prints only when it fails.
fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
}
