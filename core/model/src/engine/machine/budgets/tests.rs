//! When something is asked of a budget, how much, and who is woken for it.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "a test that overflows fails, which is what it is for"
)]

use super::*;
use crate::time::BootId;

fn at(boot_ms: u64) -> Moment {
    Moment { wall_ms: 0, boot_ms, boot: BootId(1) }
}

fn payment(number: u8) -> PaymentId {
    PaymentId::from_bytes([number; 16])
}

fn terms() -> Terms {
    Terms { requests_per_minute: Some(90), reserve_per_minute: 20, ..Terms::default() }
}

/// One process's part in one budget.
struct Process(Budgets);

impl Process {
    fn purse() -> Purse {
        Purse::of(["key-1"])
    }

    fn spend(&mut self, number: u8, urgency: Urgency, now_ms: u64) -> Result<(), u64> {
        self.0.spend(payment(number), Self::purse(), &terms(), urgency, &at(now_ms))
    }

    fn wanted(&mut self, now_ms: u64) -> Option<Tokens> {
        let draw = self.0.draw(Self::purse(), &terms(), false, &at(now_ms))?;
        assert_eq!((draw.per_minute, draw.reserve, draw.life_ms), (90, 20, 15_000));
        Some(draw.wanted)
    }

    fn drawn(&mut self, tokens: Tokens, again_ms: u64, now_ms: u64) -> Vec<PaymentId> {
        let drawn = Some(Drawn { tokens, again_ms });
        self.0.drawn(Self::purse(), drawn, &at(now_ms), &at(now_ms))
    }
}

fn process() -> Process {
    Process(Budgets::default())
}

fn looks(looks: u32) -> Tokens {
    Tokens { looks, ..Tokens::default() }
}

fn money(money: u32) -> Tokens {
    Tokens { money, ..Tokens::default() }
}

#[test]
fn nothing_is_asked_before_somebody_waits_and_nothing_twice() {
    let mut process = process();
    assert_eq!(process.wanted(0), None);
    assert_eq!(process.spend(1, Urgency::Look, 0), Err(250));
    assert_eq!(process.spend(1, Urgency::Look, 0), Err(250));
    assert_eq!(process.wanted(0), Some(looks(1)));
    assert_eq!(process.spend(2, Urgency::Look, 0), Err(250));
    assert_eq!(process.wanted(0), None, "one is under way");
    assert_eq!(process.drawn(looks(1), 0, 5), [payment(1)]);
    assert_eq!(process.spend(1, Urgency::Look, 5), Ok(()));
    assert_eq!(process.wanted(5), None, "looks ask once a second");
    assert_eq!(process.wanted(1_005), Some(looks(2)), "as much as waits, and as much as was used");
}

#[test]
fn polls_of_a_busy_counter_share_one_draw() {
    let mut process = process();
    let mut draws = 0;
    for second in 0..60_u64 {
        let now_ms = second * 1_000;
        if process.spend(1, Urgency::Look, now_ms).is_err() {
            let wanted = process.wanted(now_ms).expect("looks may ask once a second");
            process.drawn(wanted, 0, now_ms);
            draws += 1;
            assert_eq!(process.spend(1, Urgency::Look, now_ms), Ok(()));
        }
    }
    assert!(draws <= 13, "{draws} draws for sixty polls");
}

#[test]
fn money_waits_for_no_pause_and_takes_any_token() {
    let mut process = process();
    assert!(process.spend(1, Urgency::Look, 0).is_err());
    assert_eq!(process.wanted(0), Some(looks(1)));
    process.drawn(looks(1), 0, 0);
    assert_eq!(process.spend(2, Urgency::Money, 0), Ok(()), "that of a look");
    assert!(process.spend(3, Urgency::Money, 1).is_err());
    assert_eq!(process.wanted(1).map(|wanted| wanted.money), Some(2));
    assert_eq!(process.drawn(money(0), 400, 1), []);
    assert_eq!(process.wanted(400), None, "the journal said when there may be one");
    assert!(process.wanted(401).is_some());
    assert_eq!(process.drawn(money(1), 0, 401), [payment(3)]);
    assert_eq!(process.spend(4, Urgency::Look, 401), Err(1_000), "a look takes none of money's");
    assert_eq!(process.spend(3, Urgency::Money, 401), Ok(()));
}

#[test]
fn a_search_takes_no_look_s_token() {
    let mut process = process();
    process.spend(1, Urgency::Look, 0).unwrap_err();
    process.spend(2, Urgency::Search, 0).unwrap_err();
    process.wanted(0).unwrap();
    assert_eq!(process.drawn(Tokens { looks: 1, searches: 1, money: 0 }, 0, 0).len(), 2);
    assert_eq!(process.spend(2, Urgency::Search, 0), Ok(()));
    assert!(process.spend(2, Urgency::Search, 0).is_err());
    assert_eq!(process.spend(1, Urgency::Look, 0), Ok(()));
}

#[test]
fn the_most_urgent_are_woken_and_no_more_than_can_spend() {
    let mut process = process();
    for (number, urgency) in [(1, Urgency::Search), (2, Urgency::Look), (3, Urgency::Money)] {
        process.spend(number, urgency, 0).unwrap_err();
    }
    process.wanted(0).unwrap();
    assert_eq!(
        process.drawn(Tokens { money: 1, looks: 1, searches: 0 }, 0, 0),
        [payment(3), payment(2)]
    );
}

#[test]
fn what_was_not_spent_in_time_is_lost() {
    let mut process = process();
    process.spend(1, Urgency::Look, 0).unwrap_err();
    process.wanted(0).unwrap();
    process.drawn(looks(2), 0, 0);
    assert_eq!(process.spend(1, Urgency::Look, 14_999), Ok(()));
    assert!(process.spend(1, Urgency::Look, 15_000).is_err());
}

#[test]
fn a_journal_that_fails_is_asked_again_after_a_second() {
    let mut process = process();
    process.spend(1, Urgency::Money, 0).unwrap_err();
    process.wanted(0).unwrap();
    let woken = process.0.drawn(Process::purse(), None, &at(0), &at(10));
    assert_eq!(woken, []);
    assert_eq!(process.spend(1, Urgency::Money, 10), Err(1_000));
    assert_eq!(process.wanted(1_009), None);
    assert_eq!(process.wanted(1_010), Some(money(1)));
}
