//! Ctrl-C ends the watching of what moves money, never the money's move, and says so.

use std::process::{Child, Command, Stdio};

use tillkit_simulator::server::{Fault, Planned, Wanted};

use crate::shop::{Shop, ended};

fn interrupt(child: &Child) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
}

fn started(shop: &Shop, words: &[&str]) -> Child {
    let mut command = shop.command(words);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Answers to requests with this in their path take two seconds.
fn delay(shop: &Shop, path: &str) {
    let late = Planned::once(Fault::Delay { ms: 40_000 });
    let (path, method) = (path.to_owned(), Some("POST".to_owned()));
    shop.control().fault("centrapay", Planned { path, method, ..late });
}

fn posts(shop: &Shop) -> usize {
    let exchanges = shop.control().exchanges("centrapay");
    exchanges.iter().filter(|one| one.method == "POST").count()
}

/// Runs these words, and interrupts them as soon as their request is on its way.
fn interrupted(shop: &Shop, words: &[&str]) -> crate::shop::Ran {
    let before = posts(shop);
    let child = started(shop, words);
    while posts(shop) == before {
        std::thread::yield_now();
    }
    interrupt(&child);
    ended(child)
}

#[test]
fn a_refund_goes_on_and_the_same_call_tells_of_it() {
    let shop = Shop::at("centrapay");
    shop.run(&["pay", "13.30", "NZD", "order-1"]).ended(0);
    delay(&shop, "/refund");
    let refund = ["refund", "order-1", "--reference", "r-1", "--amount", "3.30"];
    let ran = interrupted(&shop, &refund);
    assert!(matches!(ran.exit, 0 | 4 | 5), "{ran:?}");
    assert!(ran.err.contains("the refund has begun"), "{ran:?}");
    assert!(ran.err.contains("it never acts twice"), "{ran:?}");
    shop.run(&refund).ended(0);
    assert_eq!(shop.control().ledger("centrapay").charges[0].returned_minor(), 330);
}

#[test]
fn a_cancel_that_has_begun_tells_its_truth() {
    let shop = Shop::at("centrapay");
    shop.next("centrapay", Wanted::WalksAway);
    shop.run(&["pay", "13.30", "NZD", "order-1", "--no-wait"]).ended(5);
    delay(&shop, "/void");
    let ran = interrupted(&shop, &["cancel", "order-1"]);
    assert!(ran.ended(0).err.contains("the cancel has begun"), "{ran:?}");
    assert!(ran.out.contains("cancelled: no money was taken"), "{ran:?}");
}

#[test]
fn recovery_says_what_it_leaves() {
    let shop = Shop::at("centrapay");
    shop.next("centrapay", Wanted::WalksAway);
    shop.run(&["pay", "13.30", "NZD", "order-1", "--no-wait"]).ended(5);
    let reads = shop.control().exchanges("centrapay").len();
    let child = started(&shop, &["recover", "--for", "60"]);
    while shop.control().exchanges("centrapay").len() == reads {
        std::thread::yield_now();
    }
    interrupt(&child);
    let ran = ended(child);
    assert!(ran.ended(5).err.contains("No longer watching; the payments go on."), "{ran:?}");
    assert!(ran.out.contains("order-1"), "it names what is left: {ran:?}");
    shop.run(&["cancel", "order-1"]).ended(0);
}
