//! Two processes on one file, a process that sleeps over its lease, a death in the middle of
//! closing; and that the judge would have noticed.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use rustix::process::Signal;
use tillkit_crash::halt::{Halt, How};
use tillkit_crash::qonto::Scene;
use tillkit_crash::shop::verdict::Verdict;
use tillkit_crash::shop::{SILENCE_MAX, Shop, workload};
use tillkit_crash::word::{Job, Manner, Order, Report};

/// How often two processes race for the same sales.
const RACES: usize = 4;

#[test]
fn two_processes_that_start_the_same_sales_at_once_ring_each_up_once() {
    for _ in 0..RACES {
        let mut shop = shop(workload::lanes(), workload::scenes());
        let both = [shop.start(None).unwrap(), shop.start(None).unwrap()];
        let work = shop.work();
        for who in both {
            shop.tell(who, &work);
        }
        let mut at_work = both.to_vec();
        shop.until(|happening| {
            let done = happening.said == Some(Report::Done);
            at_work.retain(|who| !(done && *who == happening.who));
            at_work.is_empty().then_some(())
        });
        close(&mut shop, both);
        assert_clean(&shop);
    }
}

#[test]
fn a_process_that_slept_between_record_and_send_sends_nothing_when_it_wakes() {
    wakes_after_a_take_over("append permitted of coffee 1 after");
}

#[test]
fn a_process_that_slept_before_it_handed_over_sends_nothing_when_it_wakes() {
    wakes_after_a_take_over("push coffee 1 before");
}

#[test]
fn a_process_that_slept_over_an_answer_records_it_when_it_wakes() {
    wakes_after_a_take_over("append answered of coffee 1 before");
}

/// One process stops there, another takes over and finds out, and the first wakes up.
fn wakes_after_a_take_over(step: &str) {
    let mut shop = shop(vec![vec![coffee()]], BTreeMap::new());
    let halt = Halt { step: step.to_owned(), how: How::Sleeps };
    let (sleeper, other) = (shop.start(Some(halt)).unwrap(), shop.start(None).unwrap());
    let work = shop.work();
    shop.tell(sleeper, &work);
    assert!(shop.hears(sleeper, &Report::Halting(step.to_owned())), "{}", shop.story());
    shop.process(sleeper).signal(Signal::STOP);
    shop.process(sleeper).wait_until_stopped();
    shop.tell(other, &work);
    assert!(shop.hears(other, &Report::Done), "{}", shop.story());
    let replayed = (other, "push coffee 1 after".to_owned());
    assert!(shop.steps.contains(&replayed), "{}", shop.story());
    shop.process(sleeper).signal(Signal::CONT);
    shop.tell(sleeper, &Order::Wake);
    assert!(shop.hears(sleeper, &Report::Done), "{}", shop.story());
    close(&mut shop, [sleeper, other]);
    assert_clean(&shop);
    let pushes: Vec<_> = shop.steps.iter().filter(|(_, step)| step.starts_with("push")).collect();
    assert!(!pushes.is_empty(), "{}", shop.story());
}

#[test]
fn a_till_killed_before_it_gives_its_lease_back_leaves_nothing_unknown() {
    dies_while_closing("release before", false);
}

#[test]
fn a_till_killed_after_it_gave_its_lease_back_leaves_nothing_unknown() {
    dies_while_closing("release after", false);
}

#[test]
fn a_till_killed_over_an_answer_that_came_while_it_closed_leaves_nothing_unknown() {
    dies_while_closing("append answered of coffee 1 before", true);
    dies_while_closing("append answered of coffee 1 committed", true);
}

/// A till is closed while a push is under way, and dies there; another finds out what became of it.
fn dies_while_closing(step: &str, answered: bool) {
    let slow = Scene { answers_when_told: true, ..Scene::default() };
    let mut shop = shop(vec![vec![coffee()]], [("coffee".to_owned(), slow)].into());
    let halt = Halt { step: step.to_owned(), how: How::Dies };
    let first = shop.start(Some(halt)).unwrap();
    let work = shop.work();
    shop.tell(first, &work);
    assert!(shop.server.has_rung_up("coffee", SILENCE_MAX), "{}", shop.story());
    shop.tell(first, &Order::Close);
    if answered {
        shop.server.tell("coffee");
    }
    assert!(shop.was_killed(first), "{}", shop.story());
    shop.server.tell("coffee");
    shop.clock.leap(100_000);
    let second = shop.start(None).unwrap();
    shop.tell(second, &work);
    assert!(shop.hears(second, &Report::Done), "{}", shop.story());
    close(&mut shop, [second]);
    assert_clean(&shop);
}

#[test]
fn the_judge_notices_a_second_prompt_and_one_that_nobody_allowed() {
    let mut shop = shop(vec![vec![coffee()]], BTreeMap::new());
    let till = shop.start(None).unwrap();
    let work = shop.work();
    shop.tell(till, &work);
    assert!(shop.hears(till, &Report::Done), "{}", shop.story());
    close(&mut shop, [till]);
    push_coffee_again(&shop);
    let verdict = Verdict::of(&shop);
    assert_eq!((verdict.double_charges, verdict.prompts_out_of_time), (1, 1));
}

fn push_coffee_again(shop: &Shop) {
    let address = shop.server.base_url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).unwrap();
    let body = r#"{"amount":{"value":"13.30","currency":"EUR"},"metadata":{"tillkit_reference":"coffee"}}"#;
    let terminal = coffee().terminal;
    let length = body.len();
    write!(
        stream,
        "POST /v2/terminals/{terminal}/payment HTTP/1.1\r\nX-Qonto-Idempotency-Key: another\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
}

fn coffee() -> Job {
    workload::job("coffee", 1, Manner::Once)
}

fn shop(lanes: Vec<Vec<Job>>, scenes: BTreeMap<String, Scene>) -> Shop {
    let till = Path::new(env!("CARGO_BIN_EXE_crash-till"));
    Shop::open(till, Path::new(env!("CARGO_TARGET_TMPDIR")), lanes, scenes)
}

fn close<const N: usize>(shop: &mut Shop, processes: [usize; N]) {
    for who in processes {
        shop.tell(who, &Order::Close);
        assert!(!shop.was_killed(who), "{}", shop.story());
    }
}

fn assert_clean(shop: &Shop) {
    let verdict = Verdict::of(shop);
    assert!(verdict.is_clean(), "{}", verdict.complaints.join("\n"));
}
