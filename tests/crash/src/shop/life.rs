//! One life: processes that die one after another at the steps they were told, and one that lives.

use std::collections::BTreeSet;

use crate::halt::{Halt, How};
use crate::qonto::Ambush;
use crate::shop::Shop;
use crate::shop::verdict::Verdict;
use crate::word::{Order, Report};

/// What the shop does when its till has died.
#[derive(Debug, Clone, Copy)]
pub struct Mode {
    /// For the line that is printed.
    pub name: &'static str,
    /// A second process lives on the same file from the beginning, and takes over.
    pub second: bool,
    /// The machine reboots.
    pub reboots: bool,
    /// Notifications of whatever was rung up come before anything else.
    pub hints: bool,
    /// A request that was under way when its sender died runs so much later, if at all.
    pub late_ms: Option<u64>,
}

/// How long the shop stays closed after a death: a replay is due, and a soup too late.
const CLOSED_MS: u64 = 100_000;

/// What became of a life.
#[derive(Debug)]
pub struct Lived {
    /// How many processes were killed at the step that was meant for them.
    pub kills: u64,
    /// A step that was meant for somebody and never came.
    pub unreached: Option<String>,
    /// Whether the journal and the ledger agree.
    pub verdict: Verdict,
    /// The steps of the last process.
    pub steps: BTreeSet<String>,
}

/// Lives through these deaths in turn, then to the end.
#[must_use]
pub fn live(mut shop: Shop, mode: Mode, deaths: &[String]) -> Lived {
    let second = mode.second.then(|| shop.start(None).unwrap());
    let mut kills = 0;
    let mut unreached = None;
    for death in deaths {
        if !dies(&mut shop, death, mode) {
            unreached = Some(death.clone());
            break;
        }
        kills += 1;
        after_death(&mut shop, mode, second);
    }
    let arrived = shop.server.arrivals();
    let last = match (second, &unreached, kills) {
        (Some(second), _, 1..) => second,
        _ => shop.start(None).unwrap(),
    };
    if mode.hints && kills > 0 {
        tell_all(&mut shop, last);
    }
    work_to_the_end(&mut shop, last);
    if let Some(second) = second.filter(|second| *second != last) {
        close(&mut shop, second);
    }
    let new = shop.server.arrivals();
    let arrivals = new.difference(&arrived).map(|act| format!("{act} {ARRIVED}"));
    let passed = shop.steps.iter().filter(|(who, _)| *who == last).map(|(_, step)| step.clone());
    let steps = passed.chain(arrivals).collect();
    Lived { kills, unreached, verdict: Verdict::of(&shop), steps }
}

/// The last word of a step that a server waits for.
const ARRIVED: &str = "arrived";

/// Starts a till that is to die there, and tells whether it did.
fn dies(shop: &mut Shop, death: &str, mode: Mode) -> bool {
    let act = death.strip_suffix(ARRIVED).map(str::trim_end);
    let halt = Halt { step: death.to_owned(), how: How::Dies };
    let Some(who) = shop.start(act.is_none().then_some(halt)) else {
        let who = shop.last();
        return shop.was_killed(who);
    };
    if let Some(act) = act {
        let victim = shop.process(who).pid();
        shop.server.set_ambush(Ambush { act: act.to_owned(), victim, late_ms: mode.late_ms });
    }
    let work = shop.work();
    shop.tell(who, &work);
    // A till that gets through its work has not met its death.
    if shop.hears(who, &Report::Done) {
        close(shop, who);
    }
    shop.was_killed(who)
}

/// The customers and the provider go on, the shop closes, and opens again.
fn after_death(shop: &mut Shop, mode: Mode, second: Option<usize>) {
    for job in shop.lanes.iter().flatten() {
        shop.server.tell(&job.reference);
    }
    if mode.hints {
        return;
    }
    let leap = shop.clock.leap(CLOSED_MS);
    if mode.reboots {
        shop.reboot();
    }
    if let Some(second) = second {
        shop.tell(second, &Order::Leap(leap));
        assert!(shop.hears(second, &Report::Leapt), "{}", shop.story());
    }
}

/// The provider tells of everything that was rung up; whatever was not is replayed when it may be.
fn tell_all(shop: &mut Shop, who: usize) {
    for prompt in shop.server.ledger().prompts {
        shop.tell(who, &Order::Hint(prompt.notification()));
        assert!(shop.hears(who, &Report::HintTaken), "{}", shop.story());
    }
    let leap = shop.clock.leap(CLOSED_MS);
    shop.tell(who, &Order::Leap(leap));
    assert!(shop.hears(who, &Report::Leapt), "{}", shop.story());
}

fn work_to_the_end(shop: &mut Shop, who: usize) {
    let work = shop.work();
    shop.tell(who, &work);
    assert!(shop.hears(who, &Report::Done), "{who} died\n{}", shop.story());
    close(shop, who);
}

fn close(shop: &mut Shop, who: usize) {
    shop.tell(who, &Order::Close);
    shop.was_killed(who);
}
