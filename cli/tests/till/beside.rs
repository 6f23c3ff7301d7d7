//! Everything works beside a live process on the same journal.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use tillkit_simulator::server::{Fault, Planned, Wanted};

use crate::shop::{Shop, ended};

/// A sale whose customer takes a while, in a process that watches it.
fn selling(shop: &Shop) -> (std::process::Child, BufReader<std::process::ChildStdout>) {
    shop.next("centrapay", Wanted::Taps { after_ms: 60_000, tip_minor: 0 });
    let mut command = shop.command(&["pay", "13.30", "NZD", "order-1"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("was accepted") {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it ended before the sale was accepted");
    }
    (child, lines)
}

#[test]
fn others_look_join_and_report_while_one_sells() {
    let shop = Shop::at("centrapay");
    let (child, lines) = selling(&shop);
    let shown = shop.json(&["show", "order-1"]).ended(5).json();
    assert_eq!(shown["payment"]["status"], "pending");
    let id = shown["payment"]["id"].as_str().unwrap();
    assert_eq!(shop.json(&["list", "--unsettled"]).ended(0).json()["payments"][0]["id"], id);
    assert_eq!(shop.json(&["report"]).ended(0).json()["report"]["open"][0], id);
    assert_eq!(shop.json(&["journal", "check"]).ended(0).json()["check"]["payments"], 1);
    assert_eq!(shop.json(&["doctor"]).ended(0).json()["well"], true);
    // The same order from another process joins this sale.
    let joined = shop.json(&["pay", "13.30", "NZD", "order-1"]).ended(0).json();
    assert_eq!(joined["payment"]["id"], id);
    drop(lines);
    child.wait_with_output().unwrap();
    assert_eq!(shop.control().ledger("centrapay").charges.len(), 1);
}

#[test]
fn a_cancel_from_another_process_ends_the_sale_of_the_first() {
    let shop = Shop::at("centrapay");
    let (mut child, mut lines) = selling(&shop);
    let cancelled = shop.json(&["cancel", "order-1"]).ended(0).json();
    assert_eq!(cancelled["cancel"], "cancelled");
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut lines, &mut rest).unwrap();
    assert!(rest.contains("not_paid"), "{rest}");
    assert_eq!(child.wait().unwrap().code(), Some(3));
}

#[test]
fn ctrl_c_stops_watching_and_leaves_the_sale() {
    let shop = Shop::at("centrapay");
    let (child, _lines) = selling(&shop);
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let ran = ended(child);
    assert!(ran.ended(5).err.contains("No longer watching; the sale goes on."), "{ran:?}");
    assert!(ran.err.contains("till watch"), "it says how to go on: {ran:?}");
    let watched = shop.json(&["watch", "order-1"]).ended(0).json();
    assert_eq!(watched["payment"]["outcome"], "paid");
}

#[test]
fn ctrl_c_before_the_providers_answer_names_the_sale_that_goes_on() {
    let shop = Shop::at("centrapay");
    // Twenty times as fast there, so that it answers after two seconds.
    let late = Planned::once(Fault::Delay { ms: 40_000 });
    let (path, method) = ("/api/payment-requests".to_owned(), Some("POST".to_owned()));
    shop.control().fault("centrapay", Planned { path, method, ..late });
    let mut command = shop.command(&["pay", "13.30", "NZD", "order-1"]);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = child.spawn().unwrap();
    while shop.control().exchanges("centrapay").iter().all(|one| one.method != "POST") {
        std::thread::yield_now();
    }
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let ran = ended(child);
    assert!(matches!(ran.exit, 0 | 5), "{ran:?}");
    assert!(ran.err.contains("the sale has begun"), "{ran:?}");
    assert!(ran.err.contains("No longer watching; the sale goes on."), "{ran:?}");
    shop.run(&["watch", "order-1"]).ended(0);
    assert_eq!(shop.control().ledger("centrapay").charges.len(), 1);
}
