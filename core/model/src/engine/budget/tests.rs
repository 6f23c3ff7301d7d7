//! However many share a budget, and however they come, go and wait: never more than one minute's
//! tokens and what comes in meanwhile.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "a test that overflows fails, which is what it is for"
)]

use proptest::prelude::*;

use super::*;
use crate::time::BootId;

const LIFE_MS: u64 = 15_000;

fn at(boot_ms: u64) -> Moment {
    Moment { wall_ms: i64::try_from(boot_ms).unwrap(), boot_ms, boot: BootId(1) }
}

fn asking(per_minute: u32, reserve: u32, wanted: Tokens) -> Draw {
    Draw { purse: Purse::of(["key-1"]), per_minute, reserve, life_ms: LIFE_MS, wanted }
}

fn looks(looks: u32) -> Tokens {
    Tokens { looks, ..Tokens::default() }
}

/// One draw of somebody's: how long after the one before, by how many living processes it is
/// shared, what for, and how long each token is held before it is spent.
#[derive(Debug, Clone)]
struct Step {
    after_ms: u64,
    sharers: u32,
    wanted: Tokens,
    held_ms: Vec<u64>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let wanted = (0_u32..40, 0_u32..40, 0_u32..40).prop_map(|(money, looks, searches)| Tokens {
        money,
        looks,
        searches,
    });
    // Most draws follow at once, and some after a long silence; many tokens are held to the last.
    let after = prop_oneof![3 => 0_u64..400, 2 => 400_u64..6_000, 1 => 6_000_u64..90_000];
    let held = prop_oneof![2 => Just(LIFE_MS), 1 => 0..=LIFE_MS];
    let step = (after, 1_u32..6, wanted, proptest::collection::vec(held, 120)).prop_map(
        |(after_ms, sharers, wanted, held_ms)| Step { after_ms, sharers, wanted, held_ms },
    );
    proptest::collection::vec(step, 1..60)
}

/// When the tokens of these draws are spent, all processes together.
fn spent(per_minute: u32, reserve: u32, steps: &[Step]) -> Vec<u64> {
    let (mut pot, mut now_ms, mut spent) = (None, 1_000_000, Vec::new());
    for step in steps {
        now_ms += step.after_ms;
        let asked = asking(per_minute, reserve, step.wanted);
        let (left, drawn) = draw(pot.as_ref(), &asked, step.sharers, &at(now_ms));
        pot = Some(left);
        assert_eq!(drawn.tokens.less(step.wanted), Tokens::default(), "never more than asked");
        let held = step.held_ms.iter().cycle();
        let count = usize::try_from(drawn.tokens.count()).unwrap();
        spent.extend(held.take(count).map(|held_ms| now_ms + held_ms));
    }
    spent.sort_unstable();
    spent
}

/// By how much the fullest span of time stays below a minute's tokens and what comes in during it,
/// in thousandths of a token; below zero where it does not.
fn room(per_minute: u32, spent: &[u64]) -> i64 {
    let rate = i64::from(per_minute);
    let mut least = rate * 1_000;
    for (first, from) in spent.iter().enumerate() {
        for (count, to) in (1_i64..).zip(&spent[first..]) {
            let came = rate * i64::try_from(to - from).unwrap() / 60;
            least = least.min(rate * 1_000 + came - count * 1_000);
        }
    }
    least
}

proptest! {
    #[test]
    fn all_together_never_spend_more(
        per_minute in 2_u32..150, reserve in 0_u32..40, steps in steps(),
    ) {
        prop_assert!(room(per_minute, &spent(per_minute, reserve, &steps)) >= 0);
    }
}

#[test]
fn the_bound_is_the_least_that_can_be_promised() {
    // One drains the budget, and holds what comes in for as long as it may.
    let step = |after_ms, held_ms| Step {
        after_ms,
        sharers: 1,
        wanted: looks(100),
        held_ms: vec![held_ms],
    };
    let mut steps = vec![step(0, LIFE_MS)];
    steps.extend((0..150_u64).map(|number| step(100, LIFE_MS.saturating_sub(number * 100))));
    let room = room(60, &spent(60, 0, &steps));
    assert!((0..2_000).contains(&room), "{room} thousandths of a token are left");
}

#[test]
fn looks_leave_the_reserve_to_money_and_searches_leave_more() {
    let wanted = Tokens { money: 0, looks: 0, searches: 100 };
    let (pot, drawn) = draw(None, &asking(80, 20, wanted), 1, &at(0));
    assert_eq!(drawn.tokens.searches, 30, "of sixty: twenty are kept, and a quarter of the rest");
    let (pot, drawn) = draw(Some(&pot), &asking(80, 20, looks(100)), 1, &at(0));
    assert_eq!(drawn.tokens.looks, 10);
    assert_eq!(drawn.again_ms, 750, "then one more has come in");
    let wanted = Tokens { money: 100, ..Tokens::default() };
    let (_, drawn) = draw(Some(&pot), &asking(80, 20, wanted), 4, &at(0));
    assert_eq!(drawn.tokens.money, 20, "all of it, however many share");
}

#[test]
fn those_who_look_leave_something_to_each_other() {
    let mut pot = None;
    let mut given = Vec::new();
    for _ in 0..4 {
        let (left, drawn) = draw(pot.as_ref(), &asking(80, 20, looks(100)), 4, &at(0));
        pot = Some(left);
        given.push(drawn.tokens.looks);
    }
    assert_eq!(given, [10, 8, 6, 4]);
    let (_, drawn) = draw(pot.as_ref(), &asking(80, 20, looks(1)), 100, &at(0));
    assert_eq!(drawn.tokens.looks, 1, "the last token goes to whoever asks");
}

#[test]
fn a_reserve_as_large_as_the_budget_still_lets_looks_leave() {
    let (pot, drawn) = draw(None, &asking(10, 10, looks(5)), 3, &at(0));
    assert_eq!(drawn.tokens.looks, 1);
    let (_, drawn) = draw(Some(&pot), &asking(10, 10, looks(5)), 3, &at(6_000));
    assert_eq!(drawn.tokens.looks, 1);
}

#[test]
fn a_budget_of_one_a_minute_has_one() {
    let (pot, drawn) = draw(None, &asking(1, 0, looks(1)), 1, &at(0));
    assert_eq!((drawn.tokens.looks, drawn.again_ms), (1, 0));
    let (_, drawn) = draw(Some(&pot), &asking(1, 0, looks(1)), 1, &at(59_999));
    assert_eq!((drawn.tokens.looks, drawn.again_ms), (0, 1));
    let (_, drawn) = draw(Some(&pot), &asking(1, 0, looks(1)), 1, &at(60_000));
    assert_eq!(drawn.tokens.looks, 1);
}

#[test]
fn no_clock_fills_a_budget_twice() {
    let drained = Pot { units: 0, filled_at: at(100_000) };
    let draws = |now: &Moment| {
        let (pot, drawn) = draw(Some(&drained), &asking(60, 0, looks(100)), 1, now);
        (drawn.tokens.looks, pot.filled_at)
    };
    // A moment that was read before another process's.
    assert_eq!(draws(&at(90_000)), (0, at(100_000)));
    // A wall clock that was set forward, in one boot.
    let forward = Moment { wall_ms: 100_000_000, ..at(110_000) };
    assert_eq!(draws(&forward), (10, forward));
    // Another boot that runs beside: no more than either clock says.
    let beside = |wall_ms, boot_ms| Moment { wall_ms, boot_ms, boot: BootId::of_process(2) };
    assert_eq!(draws(&beside(110_000, 900_000)).0, 10);
    assert_eq!(draws(&beside(900_000, 5_000)).0, 5);
    assert_eq!(draws(&beside(99_000, 5_000)), (0, at(100_000)));
    // A wall clock that was ahead by a day holds nobody up: it fills from here on.
    let back = beside(-86_400_000, 5_000);
    assert_eq!(draws(&back), (0, back));
}
